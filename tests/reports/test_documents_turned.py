"""An issued version says that its figures have changed, which, from what to what, and since when; approved again or not."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.models import UnitSuccession
from reports.documents.gathering import facts_of
from reports.documents.issues import facts_of_issue, whole_differences
from reports.documents.turned import today_of, turns
from reports.entry.grid import Row
from reports.entry.workflow import STEPS, perform
from reports.models import IssuedReport, MonthlyReport
from reports.months import Month
from reports.units import Unit
from reports.views.home import LOOKED_BACK, turned
from tests import factories as f
from tests.reports.test_documents_issues import ADDRESS, BACKEND, issue, sign

MAY = Month(2025, 5)
OF_PROVINCE = "/documents/province-25/2025-H1/"
BADGE = "tháng trong kỳ có cập nhật"


@pytest.fixture
def spring(cast):
    f.filed(cast.chi_dam, MAY, patrols=20, patrol_attendance=80)
    f.filed(cast.tay_coc, MAY, patrols=3)
    sign(cast, Unit(cast.phu_tho))
    return cast


def later():
    """A moment after the versions that were issued."""
    return timezone.now()


def move_figures(cast):
    """Reopen May, enter more patrols, and approve it again."""
    report = MonthlyReport.objects.get(commune=cast.chi_dam, month=MAY)
    perform(report, "reopen", by=cast.hoa, now=later(), comment="sai")
    report.refresh_from_db()
    f.fill(report, cast.lan, {(Row(), "patrols"): 50, (Row(), "tips"): 2}, later())
    f.bring(report, "approved", later())


def shown(client, address):
    page = client.get(address).content.decode()
    return " ".join(page.split())


@pytest.mark.parametrize(("who", "address"), [("minh", ADDRESS), ("hoa", OF_PROVINCE)])
def test_a_version_says_what_of_it_no_longer_stands_though_all_is_approved_again(client, spring, who, address):
    version = issue(client, getattr(spring, who), address=address)["Location"]
    assert "Số liệu đã đổi" not in shown(client, version) and BADGE not in shown(client, "/documents/")
    move_figures(spring)
    assert MonthlyReport.objects.get(commune=spring.chi_dam, month=MAY).state == "approved"
    page = shown(client, version)
    was, now = ("20", "50") if who == "minh" else ("23", "53")
    assert "Số liệu đã đổi từ khi ban hành, gần nhất" in page
    assert f"Lượt tuần tra: <b>{was} → {now}</b> lượt" in page and "Tin do quần chúng" in page
    assert "Tháng 5/2025, Xã Chí Đám: gửi lúc" in page
    assert "Ban hành bản thay thế" in page and BADGE in shown(client, "/documents/")
    assert "tháng 5/2025, Xã Chí Đám: gửi lúc" in shown(client, f"{version}changes/")
    assert f"{BADGE} ngày" in shown(client, address)
    assert "Văn bản đã ban hành có tháng cập nhật sau đó" in shown(client, "/")
    client.force_login(spring.lan, backend=BACKEND)
    assert "Văn bản đã ban hành" not in shown(client, "/"), "only who signs replaces it"


def test_who_only_reads_is_told_and_not_asked_to_replace_it(client, spring):
    version = issue(client, spring.minh)["Location"]
    move_figures(spring)
    client.force_login(spring.lan, backend=BACKEND)
    page = shown(client, version)
    assert "Số liệu đã đổi từ khi ban hành" in page and "Ban hành bản thay thế" not in page


def test_a_reopened_month_and_a_late_one_are_told_too(client, spring):
    version = issue(client, spring.hoa, address=OF_PROVINCE)["Location"]
    report = MonthlyReport.objects.get(commune=spring.chi_dam, month=MAY)
    perform(report, "reopen", by=spring.hoa, now=later(), comment="sai")
    page = shown(client, version)
    assert "Lượt tuần tra: <b>23 → 3</b>" in page and "Xã Chí Đám: mở lại lúc" in page
    other = f.commune(province=spring.phu_tho, code="08010", name="Vạn Xuân")
    f.filed(other, MAY, now=later(), patrols=7)
    assert "Xã Vạn Xuân: " in shown(client, version)


def test_a_replaced_version_says_only_what_replaced_it(client, spring):
    first = issue(client, spring.minh)["Location"]
    move_figures(spring)
    second = issue(client, spring.minh, 6)["Location"]
    assert "Số liệu đã đổi" not in shown(client, first) and "Số liệu đã đổi" not in shown(client, second)
    assert BADGE not in shown(client, "/documents/")


def test_a_step_that_moves_nothing_that_counts_is_not_told(client, spring):
    report = f.filed(spring.tay_coc, MAY - 1, "submitted", patrols=5)
    issue(client, spring.hoa, address=OF_PROVINCE)  # counts what was sent
    perform(report, "approve", by=spring.hoa, now=later())
    assert IssuedReport.objects.with_turned().get().turned_at is None
    moment = later()
    perform(MonthlyReport.objects.get(pk=report.pk), "reopen", by=spring.hoa, now=moment, comment="sai")
    assert IssuedReport.objects.with_turned().get().turned_at == moment


def test_a_list_of_versions_asks_as_often_however_many_have_moved(client, spring):
    asked = []
    for number in (1, 2, 3):
        issue(client, spring.minh, number, address=f"/documents/07999/2025-0{number + 2}..2025-05/")
        if number == 1:
            move_figures(spring)
        client.get("/documents/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/documents/")
        asked.append(len(queries))
    assert len(set(asked)) == 1, asked


def issued_counting(client, cast, include):
    """Issue the province's report of the half-year, counting some reports; return its address."""
    client.force_login(cast.hoa, backend=BACKEND)
    made = client.post(f"{OF_PROVINCE}issue/?include={include}", {"number": 5, "day": "2025-06-20"})["Location"]
    assert IssuedReport.objects.get().include == include
    return made


def last_turned(client, version, code="patrols"):
    """Which unit's step is named for an indicator, and what the step was."""
    issued = IssuedReport.objects.get(pk=int(version.strip("/").split("/")[-1]))
    turn = turns(issued, later()).get(code)
    return turn and (turn.unit, turn.what)


@pytest.mark.parametrize(("include", "step"), [("sent", "gửi"), ("approved", "duyệt")])
def test_another_report_that_was_approved_later_is_not_named_for_what_it_did_not_move(client, spring, include, step):
    other = f.filed(spring.tay_coc, MAY - 1, "submitted", tips=5)
    version = issued_counting(client, spring, include)
    move_figures(spring)
    perform(MonthlyReport.objects.get(pk=other.pk), "approve", by=spring.hoa, now=later())
    assert last_turned(client, version) == ("Xã Chí Đám", step)


@pytest.mark.parametrize("opening", ["return", "reopen"])
def test_a_report_that_went_back_and_came_again_as_it_was_is_not_named(client, spring, opening):
    state = "submitted" if opening == "return" else "approved"
    other = f.filed(spring.tay_coc, MAY - 1, state, patrols=5)
    version = issue(client, spring.hoa, address=OF_PROVINCE)["Location"]
    move_figures(spring)
    perform(MonthlyReport.objects.get(pk=other.pk), opening, by=spring.hoa, now=later(), comment="xem lại")
    assert last_turned(client, version) == ("Xã Tây Cốc", STEPS[opening].label.lower()), "it counts no more"
    f.bring(MonthlyReport.objects.get(pk=other.pk), "submitted", later())
    assert last_turned(client, version) == ("Xã Chí Đám", "gửi")


def test_an_approval_that_is_taken_back_is_named_where_only_the_approved_count(client, spring):
    version = issued_counting(client, spring, "approved")
    other = f.filed(spring.tay_coc, MAY - 1, "submitted", now=later(), patrols=5)
    assert last_turned(client, version) is None
    perform(other, "approve", by=spring.hoa, now=later())
    assert last_turned(client, version) == ("Xã Tây Cốc", "duyệt")
    perform(MonthlyReport.objects.get(pk=other.pk), "undo", by=spring.hoa, now=later())
    assert last_turned(client, version) is None


def test_a_month_that_was_opened_and_approved_as_it_was_is_said_to_have_moved_nowhere(client, spring):
    version = issue(client, spring.minh)["Location"]
    report = MonthlyReport.objects.get(commune=spring.chi_dam, month=MAY)
    perform(report, "reopen", by=spring.hoa, now=later(), comment="xem lại")
    f.bring(report, "approved", later())
    assert "giống hệt khi ban hành" in shown(client, f"{version}changes/")
    assert "số của toàn báo cáo vẫn như khi ban hành" in shown(client, version)
    for address in ("/", "/documents/", ADDRESS, version):
        page = shown(client, address)
        assert "cập nhật" in page and "liệu đã đổi" not in page, address
    assert "số liệu đổi" not in shown(client, "/documents/")


def test_home_looks_back_as_far_as_it_says(client, spring):
    issue(client, spring.minh)
    move_figures(spring)
    unit, at = Unit(spring.chi_dam.province, spring.chi_dam), IssuedReport.objects.get().at
    assert len(turned(unit, at + LOOKED_BACK - timedelta(seconds=1))) == 1
    assert turned(unit, at + LOOKED_BACK) == []


def test_what_is_typed_is_told_at_once_where_open_reports_count(client, spring):
    draft = f.filed(spring.tay_coc, MAY - 1, "draft", patrols=5)
    version = issued_counting(client, spring, "all")
    assert IssuedReport.objects.with_turned().get().turned_at is None
    for values in ({"tips": 4}, {"tips": 6}):  # a first value, then another
        at = later()
        f.fill(draft, f.chief_of(spring.tay_coc), {(Row(), code): value for code, value in values.items()}, at)
        assert IssuedReport.objects.with_turned().get().turned_at == at
        assert turns(IssuedReport.objects.get(), later())["tips"].at == at
    assert last_turned(client, version, "tips") == ("Xã Tây Cốc", "sửa số")
    assert last_turned(client, version) is None
    with CaptureQueriesContext(connection) as few:
        turns(IssuedReport.objects.get(), later())
    for value in range(5):
        f.fill(draft, f.chief_of(spring.tay_coc), {(Row(), "patrols"): 10 + value}, later())
    with CaptureQueriesContext(connection) as many:
        turns(IssuedReport.objects.get(), later())
    assert len(many) == len(few)


@pytest.mark.parametrize("include", ["sent", "all"])
def test_a_step_of_a_former_unit_is_told_by_its_heir_and_the_heirs_province(client, spring, include):
    province = f.province(code="26", name="Vĩnh Phúc", ended_on=date(2025, 6, 30), heir=spring.phu_tho)
    old = f.former(spring.chi_dam, province=province, code="07998", name="Hùng Quan")
    report = f.filed(old, MAY - 1, patrols=4)
    version = issued_counting(client, spring, include)
    client.force_login(spring.minh, backend=BACKEND)
    own = client.post(f"{ADDRESS}issue/?include={include}", {"number": 1, "day": "2025-06-20"})["Location"]
    at = later()
    perform(MonthlyReport.objects.get(pk=report.pk), "reopen", by=f.reviewer_of(province), now=at, comment="sai")
    assert {one.turned_at for one in IssuedReport.objects.with_turned()} == {at}
    f.fill(MonthlyReport.objects.get(pk=report.pk), f.chief_of(old), {(Row(), "patrols"): 9}, later())
    f.bring(MonthlyReport.objects.get(pk=report.pk), "submitted", later())
    for one in (version, own):
        assert last_turned(client, one) == (str(old), "gửi")


def test_a_step_of_a_unit_that_came_over_several_mergers_is_told_of(client, spring):
    line = [spring.chi_dam]
    for month in (6, 5, 4):
        line.append(f.former(line[-1], date(2025, month, 28), code=f"0801{month}", name=f"Tháng {month}"))
        assert UnitSuccession.generations() == len(line) - 1
    report = f.filed(line[-1], MAY - 1, patrols=4)
    issue(client, spring.minh)
    at = later()
    perform(MonthlyReport.objects.get(pk=report.pk), "reopen", by=spring.hoa, now=at, comment="sai")
    assert IssuedReport.objects.with_turned().get().turned_at == at


def test_weapons_have_their_step_too(client, spring):
    version = issue(client, spring.minh)["Location"]
    report = MonthlyReport.objects.get(commune=spring.chi_dam, month=MAY)
    perform(report, "reopen", by=spring.hoa, now=later(), comment="thiếu")
    f.hand_over(MonthlyReport.objects.get(pk=report.pk), spring.lan, military_gun="2")
    f.bring(MonthlyReport.objects.get(pk=report.pk), "approved", later())
    assert last_turned(client, version, "military_gun") == ("Xã Chí Đám", "gửi")
    assert last_turned(client, version) is None
    assert "Xã Chí Đám: gửi lúc" in shown(client, version)
    perform(MonthlyReport.objects.get(pk=report.pk), "reopen", by=spring.hoa, now=later(), comment="sai")
    assert last_turned(client, version, "military_gun") == ("Xã Chí Đám", "mở lại")


def test_the_page_and_the_page_of_changes_compare_the_whole_alike(client, spring):
    issue(client, spring.hoa, address=OF_PROVINCE)
    move_figures(spring)
    version, now = IssuedReport.objects.get(), later()
    before = facts_of_issue(version)
    full = facts_of(version.unit, version.of_span, "sent", now)
    assert whole_differences(before, full) == whole_differences(before, today_of(before, version, now)) != []


def test_figures_that_moved_between_units_under_an_equal_sum_are_told_of(client, spring):
    version = issue(client, spring.hoa, address=OF_PROVINCE)["Location"]
    for commune, value in ((spring.chi_dam, 19), (spring.tay_coc, 4)):
        report = MonthlyReport.objects.get(commune=commune, month=MAY)
        perform(report, "reopen", by=spring.hoa, now=later(), comment="sai")
        f.fill(MonthlyReport.objects.get(pk=report.pk), f.chief_of(commune), {(Row(), "patrols"): value}, later())
        f.bring(MonthlyReport.objects.get(pk=report.pk), "approved", later())
    page = shown(client, version)
    assert "số của toàn báo cáo vẫn như khi ban hành" in page and "Số của từng đơn vị" in page
    changes = shown(client, f"{version}changes/")
    assert "giống hệt" not in changes and "Theo từng đơn vị" in changes
