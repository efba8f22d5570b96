"""The page on which a province arranges its communes: tried, carried out, taken back; drafts and extensions."""

import re
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from communes.models import Commune, RegisterChange, TrailEntry, User
from models_registry.arranging.lines import ArrangedLine
from reports.models import Deadline
from reports.months import Month
from reports.review import arranging
from reports.totals.place import Place, Value
from reports.totals.splits import on_splits
from reports.totals.summary import Summary
from reports.units import Unit
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
PAGE = "/dashboard/arrangements/"
FORM = {"old": "07999; Tây Cốc", "code": "07999", "name": "Xã Chí Đám", "number": "12/NQ-UBTVQH", "day": "01/03/2026"}
LINES = [
    ArrangedLine(n, old, "07999", "Xã Chí Đám", "12/NQ-UBTVQH", "01/03/2026") for n, old in ((1, "07999"), (2, "07996"))
]


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in (["Đơn vị cũ", "Mã đơn vị mới", "Đơn vị mới", "Nghị quyết, quyết định", "Từ ngày"], *rows):
        book.active.append(list(row))
    buffer = BytesIO()
    book.save(buffer)
    buffer.name, _ = "xa.xlsx", buffer.seek(0)
    return buffer


def living(code):
    return Commune.objects.living().get(code=code)


def test_a_merger_by_the_form_is_previewed_written_and_taken_back(client, cast):
    sign_in(client, cast.hoa)
    assert "Chưa có lần sắp xếp nào" in client.get(PAGE).content.decode()
    page = client.post(PAGE, FORM)
    shown = page.content.decode()
    assert page.status_code == 200 and "Xã Chí Đám + Xã Tây Cốc → Xã Chí Đám (07999)" in shown
    assert "<dt>Khu dân cư</dt><dd>3</dd>" in shown and "<dt>Tài khoản</dt><dd>3</dd>" in shown
    assert living("07999") == cast.chi_dam, "a preview keeps nothing"
    client.post(PAGE, {"lines": page.context["lines"]})
    assert living("07999") != cast.chi_dam and TrailEntry.objects.filter(act="setting", about=None).count() == 1
    assert "Hoàn tác" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{RegisterChange.objects.get().pk}/undo/")
    assert living("07999") == cast.chi_dam
    assert "đã hoàn tác" in client.get(PAGE).content.decode()


def test_a_workbook_tells_its_faults_at_their_rows(client, cast):
    sign_in(client, cast.hoa)
    rows = [
        ("07999", "07999", "Xã Chí Đám", "12/NQ", date(2026, 3, 1)),
        ("Xã Lạ", "07999", "Xã Chí Đám", "12/NQ", "01/03/2026"),
    ]
    page = client.post(PAGE, {"file": workbook(*rows)})
    assert page.status_code == 422 and "Dòng 3: Không rõ đơn vị cũ “Xã Lạ”" in page.content.decode()
    assert client.post(PAGE, {}).status_code == 422 and client.post(PAGE, {"lines": "x"}).status_code == 422
    empty = client.post(PAGE, {**FORM, "day": ""})
    assert empty.status_code == 422 and "Xem trước:" not in empty.content.decode()
    assert client.get(f"{PAGE}template/").status_code == 200


def test_whom_the_page_is_for(client, cast):
    change = arranging.apply(LINES, by=cast.hoa, now=NOW)[0].change
    for user, page, undo in ((cast.son, 200, 404), (cast.thu, 403, 403), (cast.lan, 403, 403), (cast.an, 403, 403)):
        sign_in(client, User.objects.get(pk=user.pk))
        assert (client.get(PAGE).status_code, client.post(f"{PAGE}{change.pk}/undo/").status_code) == (page, undo)
    sign_in(client, cast.quan)
    assert "Xã Chí Đám" in client.get(PAGE).content.decode() and PAGE in client.get("/").content.decode()
    sign_in(client, cast.hoa)
    assert PAGE in client.get("/dashboard/former/").content.decode()


def test_a_draft_stays_with_the_old_unit_and_its_chief_finishes_it(cast):
    report = f.report(cast.chi_dam, cast.lan, Month(2026, 2), NOW)
    (done,) = arranging.apply(LINES, by=cast.hoa, now=NOW)
    assert done.counts["báo cáo đang nhập (ở lại đơn vị cũ, chỉ huy nhập tiếp)"] == 1
    report.refresh_from_db()
    assert report.commune_id == cast.chi_dam.pk
    old = Unit(cast.phu_tho, Commune.objects.get(pk=cast.chi_dam.pk))
    assert not old.owes(Month(2026, 3)) and Unit(cast.phu_tho, living("07999")).owes(Month(2026, 3))


def test_an_extension_of_a_month_that_the_heir_owes_goes_with_it_and_back(cast):
    for month, commune in ((2, cast.chi_dam), (3, cast.tay_coc)):
        Deadline.objects.create(
            province=cast.phu_tho, commune=commune, party="commune", month=Month(2026, month), due_on="2026-03-25",
            reason="Mất điện", by=cast.hoa, at=NOW,
        )  # fmt: skip
    change = arranging.apply(LINES, by=cast.hoa, now=NOW)[0].change
    moved = Deadline.objects.get(commune=living("07999"))
    assert (moved.month, moved.due_on) == (Month(2026, 3), date(2026, 3, 25))
    arranging.undo(change, by=cast.hoa, now=NOW)
    assert set(Deadline.objects.values_list("commune", flat=True)) == {cast.chi_dam.pk, cast.tay_coc.pk}


def test_a_unit_that_reported_a_month_after_its_end_is_not_ended_before_it(cast):
    f.report(cast.tay_coc, cast.tuan, Month(2026, 3), datetime(2026, 3, 1, 2, 0, tzinfo=UTC))
    late = [line._replace(day="10/02/2026") for line in LINES]
    found = arranging.preview(late, cast.hoa, NOW)
    assert [row for row, words in found.faults if "đã có báo cáo tháng 3/2026" in words] == [2], found.faults


SEVERAL = (
    ("Xã Đoan Hùng Mới", "07999", "Phường Đoan Hùng", "20/NQ", "02/03/2026"),
    ("07999", "07999", "Xã Đoan Hùng Mới", "12/NQ", "01/03/2026"),
    ("Tây Cốc", "07999", "Xã Đoan Hùng Mới", "12/NQ", "01/03/2026"),
)


def test_a_list_of_several_decisions_and_days_is_an_act_for_each_in_their_order(client, cast):
    f.filed(cast.chi_dam, Month(2026, 2), "approved", NOW, patrols=30)
    sign_in(client, cast.hoa)
    page = client.post(PAGE, {"file": workbook(*SEVERAL)})
    shown = page.content.decode()
    assert page.status_code == 200, shown
    assert "2 lần sắp xếp" in shown and shown.index("12/NQ, từ 01/03/2026") < shown.index("20/NQ, từ 02/03/2026")
    assert "Đổi Xã Đoan Hùng Mới (07999) thành Phường Đoan Hùng (07999)" in shown
    assert "<dt>Khu dân cư</dt><dd>3</dd>" in shown and living("07999") == cast.chi_dam
    client.post(PAGE, {"lines": page.context["lines"]})
    assert str(living("07999")) == "Phường Đoan Hùng" and living("07999").started_on == date(2026, 3, 1)
    assert patrols(Place(cast.phu_tho, living("07999")), "today") == Value(30, 1)
    first, second = RegisterChange.objects.order_by("pk")
    assert (first.decision, second.decision) == ("12/NQ", "20/NQ")
    client.post(f"{PAGE}{first.pk}/undo/")
    assert str(living("07999")) == "Phường Đoan Hùng", "a later act depends on it"
    for act in (second, first):
        client.post(f"{PAGE}{act.pk}/undo/")
    assert (str(living("07999")), living("07999")) == ("Xã Chí Đám", cast.chi_dam)


def test_what_may_build_on_a_faulty_act_is_not_looked_at(client, cast):
    sign_in(client, cast.hoa)
    faulty = (SEVERAL[0], ("Xã Lạ", *SEVERAL[1][1:]), SEVERAL[2])
    page = client.post(PAGE, {"file": workbook(*faulty)})
    shown = page.content.decode()
    assert page.status_code == 422 and {row for row, _ in page.context["preview"].faults} == {3, 4}
    assert "1 lần sắp xếp sau đó chưa được kiểm tra" in shown
    assert "chưa được kiểm tra" not in client.post(PAGE, {"file": workbook(*SEVERAL)}).content.decode()


def test_a_list_of_several_decisions_is_carried_out_whole_or_not_at_all(client, cast):
    sign_in(client, cast.hoa)
    wrong = workbook(*SEVERAL, ("Xã Lạ", "07990", "Xã Nào", "30/NQ", "03/03/2026"))
    page = client.post(PAGE, {"file": wrong})
    assert page.status_code == 422 and "Dòng 5: Không rõ đơn vị cũ" in page.content.decode()
    client.post(PAGE, {"lines": page.context["lines"]})
    assert living("07999") == cast.chi_dam and not RegisterChange.objects.exists()
    later = [*SEVERAL[1:], ("Tây Cốc", "07996", "Xã Tây Cốc", "40/NQ", "01/01/2999")]
    page = client.post(PAGE, {"file": workbook(*later)})
    assert page.status_code == 422 and living("07999") == cast.chi_dam
    same = workbook(
        ("07999", "07999", "Xã Chí Đám", "1", "01/03/2026"), ("07996", "07996", "Xã Tây Cốc", "2", "01/03/2026")
    )
    assert "Danh sách không thay đổi gì" in client.post(PAGE, {"file": same}).content.decode()


def test_before_its_day_a_list_is_only_previewed(client, cast):
    early = datetime(2026, 2, 20, 2, 0, tzinfo=UTC)
    found = arranging.preview(LINES, cast.hoa, early)
    assert "từ ngày ấy mới ghi được" in found.refusal and found.counts["khu dân cư"] == 3
    with pytest.raises(arranging.Refused):
        arranging.apply(LINES, by=cast.hoa, now=early)


def test_the_heirs_officer_reads_the_former_register_and_changes_nothing_of_it(client, cast):
    f.member(f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ 1"), name="Nguyễn Văn An", position="leader")
    sign_in(client, cast.lan)
    assert "Danh bạ của" not in client.get("/register/hamlets/").content.decode()
    arranging.apply(LINES, by=cast.hoa, now=NOW)
    lan = User.objects.get(pk=cast.lan.pk)
    sign_in(client, lan)
    now = client.get("/register/hamlets/").content.decode()
    assert "Danh bạ của" in now and now.count('<th scope="row">') == 3
    was = client.get("/register/hamlets/?former=07999-2026").content.decode()
    assert "Khu 10" in was and "chỉ để đọc" in was and "Thêm khu" not in was and f"/{cast.khu[0].pk}/" not in was
    assert "Nguyễn Văn An" in client.get("/register/members/?former=07999-2026").content.decode()
    assert client.get(f"/register/hamlets/{cast.khu[0].pk}/").status_code == 404
    assert client.post(f"/register/hamlets/{cast.khu[0].pk}/", {"name": "Khu 9"}).status_code == 404
    stranger = f.user(f.Role.COMMUNE_OFFICER, f.commune(province=cast.phu_tho))
    sign_in(client, stranger)
    assert "Khu 10" not in client.get("/register/hamlets/?former=07999-2026").content.decode()


SPLIT = {
    **{"division-old": "07999", "division-number": "12/NQ-UBTVQH", "division-day": "01/03/2026"},
    **{"division-code_1": "07999", "division-name_1": "Xã Chí Đám"},
    **{"division-code_2": "07996", "division-name_2": "Xã Tây Cốc", "division-with_2": "Tây Cốc"},
    "division-hamlets_2": "Khu 2; khu 10",
}


def patrols(place, boundaries, month="2026-02"):
    total = Summary(place, place.span(month), NOW, "approved", boundaries).total()
    return total.get("patrols")


def test_a_commune_is_split_by_the_form_and_its_figures_stand_once_then_and_now(client, cast):
    for commune, value in ((cast.chi_dam, 30), (cast.tay_coc, 7)):
        f.filed(commune, Month(2026, 2), "approved", NOW, patrols=value)
    before = [patrols(Place(cast.phu_tho), boundaries) for boundaries in ("then", "today")]
    sign_in(client, cast.hoa)
    page = client.post(PAGE, SPLIT)
    shown = page.content.decode()
    assert page.status_code == 200, shown
    assert "Xã Chí Đám (một phần) + Xã Tây Cốc → Xã Tây Cốc (07996)" in shown and living("07999") == cast.chi_dam
    client.post(PAGE, {"lines": page.context["lines"]})
    main, part = living("07999"), living("07996")
    assert {one.name for one in main.hamlet_set.living()} == {"Khu 1"}
    assert {one.name for one in part.hamlet_set.living()} == {"Khu 2", "Khu 10"}
    province, old = Place(cast.phu_tho), Place(cast.phu_tho, Commune.objects.get(pk=cast.chi_dam.pk))
    assert [patrols(province, boundaries) for boundaries in ("then", "today")] == before == [Value(37, 2)] * 2
    assert patrols(old, "then") == Value(30, 1) and patrols(old, "today") is None
    assert [patrols(Place(cast.phu_tho, one), "today") for one in (main, part)] == [Value(30, 1), Value(7, 1)]
    summary = Summary(province, province.span("2026-02"), NOW, "approved")
    assert [one.commune for one in on_splits(summary)] == [cast.chi_dam.pk], "the total says what rests on a split"
    sign_in(client, User.objects.get(pk=cast.tuan.pk))
    assert "30" in client.get("/dashboard/former/totals/?commune=07999-2026&span=2026-02").content.decode()
    assert client.get("/reports/07999-2026/2026-02/").status_code == 404, "a part heir sees totals alone"
    sign_in(client, cast.hoa)
    client.post(f"{PAGE}{RegisterChange.objects.get().pk}/undo/")
    assert (living("07999"), living("07996")) == (cast.chi_dam, cast.tay_coc)
    assert [patrols(province, boundaries) for boundaries in ("then", "today")] == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"division-hamlets_2": "Khu 77"}, "Dòng 2: Xã Chí Đám không có khu dân cư “Khu 77”"),
        ({"division-with_2": ""}, "Dòng 2: Mã 07996 đang là của Xã Tây Cốc"),
        ({"division-name_3": "Xã Ba"}, "Ghi cả mã và tên"),
        ({"division-code_2": ""}, "Đơn vị mới 2: mã"),
        (
            {"division-code_3": "07990", "division-name_3": "Xã Ba", "division-hamlets_3": "Khu 2"},
            "“Khu 2” đã ghi ở dòng",
        ),
    ],
)
def test_a_split_by_the_form_tells_each_fault_by_the_number_of_its_part(client, cast, changed, said):
    sign_in(client, cast.hoa)
    page = client.post(PAGE, SPLIT | changed)
    assert page.status_code == 422 and said in page.content.decode()
    assert living("07999") == cast.chi_dam


def test_only_the_parts_that_must_be_and_those_begun_stand_open(client, cast):
    sign_in(client, cast.hoa)

    def is_open(page):
        return [bool(one) for one in re.findall(r"<details( open)?>\s*<summary>Đơn vị mới", page.content.decode())]

    assert is_open(client.get(PAGE)) == [True, True, False, False]
    page = client.post(PAGE, SPLIT | {"division-name_4": "Xã Bốn"})
    assert is_open(page) == [True, True, False, True] and "Xã Bốn" in page.content.decode()


def test_the_country_is_arranged_from_the_console_with_its_steps_and_taken_back(cast, tmp_path):
    def command(*given):
        said = StringIO()
        call_command("arrange_units", *given, "--by", "quan", stdout=said)
        return said.getvalue()

    file, wrong = tmp_path / "xa.xlsx", tmp_path / "sai.xlsx"
    rows = [(old, "07999", "Xã Chí Đám", "12/NQ", "01/07/2025") for old in ("07999", "07996")]
    file.write_bytes(workbook(*rows).getvalue())
    wrong.write_bytes(workbook(*rows, ("Xã Lạ", *rows[0][1:]), ("Xã Quen", *rows[0][1:])).getvalue())
    faults = StringIO()
    with pytest.raises(CommandError, match="2 lỗi"):
        call_command("arrange_units", wrong, "--by", "quan", "--dry-run", stdout=faults)
    assert [line.split(":")[0] for line in faults.getvalue().splitlines() if "Không rõ" in line] == ["Dòng 4", "Dòng 5"]
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        command(str(wrong))
    tried = command(str(file), "--dry-run")
    assert "khu dân cư: 3" in tried and "Chưa ghi gì" in tried and living("07999") == cast.chi_dam
    said = command(str(file))
    assert ["đơn vị: 2 cũ, 1 mới" in said, "thành viên" in said, living("07999") != cast.chi_dam] == [True] * 3
    command("--undo", str(RegisterChange.objects.get().pk))
    assert living("07999") == cast.chi_dam
    for given, words in (
        ([str(file), "--by", "lan"], "cán bộ duyệt"),
        (["--undo", "0", "--by", "ai"], "Không có tài khoản"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("arrange_units", *given)


@pytest.mark.parametrize(("day", "goes"), [("14/03/2026", True), ("15/03/2026", False)])
def test_an_extension_goes_along_where_its_month_ends_on_the_day_or_later(cast, day, goes):
    Deadline.objects.create(
        province=cast.phu_tho, commune=cast.tay_coc, party="commune", month=Month(2026, 3), due_on="2026-03-25",
        reason="Mất điện", by=cast.hoa, at=NOW,
    )  # fmt: skip
    now = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
    arranging.apply([line._replace(day=day) for line in LINES], by=cast.hoa, now=now)
    assert Deadline.objects.filter(commune=living("07999")).exists() == goes


@pytest.mark.parametrize(("day", "wrong"), [("15/02/2026", True), ("16/02/2026", False)])
def test_a_month_that_begins_on_the_day_is_no_longer_the_old_units(cast, day, wrong):
    f.report(cast.tay_coc, cast.tuan, Month(2026, 3), datetime(2026, 3, 1, 2, 0, tzinfo=UTC))
    found = arranging.preview([line._replace(day=day) for line in LINES], cast.hoa, NOW)
    assert any("đã có báo cáo tháng 3/2026" in words for _, words in found.faults) == wrong
