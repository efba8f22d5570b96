"""The month's page without JavaScript: a whole commune entered, mended and sent by plain forms."""

import pytest

from communes.models import Hamlet
from models_registry.models import GroupKind, SelfManagementGroup
from reports.entry import remarks
from reports.entry.grid import Grid, Row
from reports.models import MonthlyReport
from reports.months import Month
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/reports/07999/2025-06/"


def sign_in(client, user):
    client.force_login(user, backend=BACKEND)


def report_of(cast):
    return MonthlyReport.objects.get(commune=cast.chi_dam, month="2025-06")


@pytest.fixture
def large(cast):
    """40 hamlets and 290 groups."""
    Hamlet.objects.bulk_create(Hamlet(commune=cast.chi_dam, name=f"Khu {n}") for n in range(11, 48))
    hamlets = list(Hamlet.objects.filter(commune=cast.chi_dam))
    kind = GroupKind.objects.get(code="household_cluster")
    SelfManagementGroup.objects.bulk_create(
        SelfManagementGroup(commune=cast.chi_dam, kind=kind, name=f"Tổ {n}", hamlet=hamlets[n % 40]) for n in range(290)
    )
    return cast


@pytest.mark.django_db
def test_a_commune_of_40_hamlets_and_290_groups_is_entered_and_sent(client, large):
    sign_in(client, large.lan)
    page = client.get(f"{PAGE}?open=all").content.decode()
    assert page.count('class="group-row"') == 290
    grid = Grid.of(f.report(large.chi_dam, large.lan))
    rows = [line.row for top in grid.lines for line in (top, *top.groups)]
    form = {f"{row.key}.{i.code}": "1" for row in rows for i in grid.catalogue.by_hamlet}
    form |= {f"u.{i.code}": "1" for i in grid.catalogue.by_commune}
    assert len(form) > 4_600
    assert client.post(f"{PAGE}?open=all", form).status_code == 302
    assert report_of(large).totals.get(indicator__code="patrols").value == len(rows) == 331
    sign_in(client, large.minh)
    sent = client.post(f"{PAGE}send/", {"say.*": "Đã đối chiếu sổ của các tổ."})
    assert sent.status_code == 302 and report_of(large).state == "submitted"


@pytest.mark.django_db
def test_what_is_no_count_comes_back_as_typed_and_the_rest_is_saved(client, cast):
    sign_in(client, cast.lan)
    first, second = (khu.pk for khu in cast.khu[:2])
    answer = client.post(PAGE, {f"h{first}.patrols": "1.164", f"h{second}.patrols": "năm"})
    assert answer.status_code == 422
    assert 'value="năm"' in answer.content.decode() and "không phải là số đếm" in answer.content.decode()
    assert Grid.of(report_of(cast)).cells == {(Row(hamlet=first), "patrols"): 1164}


@pytest.mark.django_db
def test_a_form_grown_old_overwrites_nothing(client, cast):
    key = f"h{cast.khu[0].pk}.patrols"
    sign_in(client, cast.lan)
    client.post(PAGE, {key: "3"})
    sign_in(client, cast.minh)
    answer = client.post(PAGE, {key: "9", "was": ""})
    assert answer.status_code == 422 and "bạn ghi 9, đang lưu 3" in answer.content.decode()
    assert client.post(PAGE, {key: "9", "was": f"{key}=3"}).status_code == 302
    assert report_of(cast).totals.get(indicator__code="patrols").value == 9


@pytest.mark.django_db
def test_enter_in_the_form_saves_and_states_nothing(client, cast):
    sign_in(client, cast.lan)
    page = client.get(PAGE).content.decode()
    assert page.index('id="save-all"') < page.index('data-none="rest"')


@pytest.mark.django_db
def test_nothing_happened_is_said_of_the_rest_only(client, cast):
    sign_in(client, cast.lan)
    client.post(PAGE, {f"h{cast.khu[0].pk}.patrols": "3"})
    client.post(PAGE, {f"h{cast.khu[0].pk}.patrols": "3", "was": f"h{cast.khu[0].pk}.patrols=3", "none": "rest"})
    grid = Grid.of(report_of(cast))
    assert grid.cells[Row(hamlet=cast.khu[0].pk), "patrols"] == 3
    assert grid.cells[Row(hamlet=cast.khu[1].pk), "patrols"] == 0
    assert grid.blanks() == {"patrol_attendance": [Row(hamlet=cast.khu[0].pk)]}, "nobody went on three patrols?"


@pytest.mark.django_db
def test_a_weapons_line_is_added_with_a_comma_and_refused_without_a_quantity(client, cast):
    sign_in(client, cast.lan)
    from reports.models import WeaponKind

    kind = WeaponKind.objects.get(code="lead_shot").pk
    assert client.post(f"{PAGE}weapons/", {"kind": kind, "quantity": "0", "source": "voluntary"}).status_code == 422
    assert client.post(f"{PAGE}weapons/", {"kind": kind, "quantity": "0,5", "source": "voluntary"}).status_code == 302
    assert "0,5" in client.get(f"{PAGE}beside/").content.decode()


@pytest.mark.django_db
def test_a_sent_month_is_read_with_its_reason(client, cast):
    sign_in(client, cast.lan)
    client.post(PAGE, {"none": "rest"})
    sign_in(client, cast.minh)
    client.post(f"{PAGE}send/", {"say.*": "ít việc"})
    sign_in(client, cast.lan)
    page = client.get(PAGE).content.decode()
    assert "đang chờ duyệt nên không sửa được" in page and '<input id="c-' not in page
    assert client.post(PAGE, {f"h{cast.khu[0].pk}.patrols": "3"}).status_code == 409


@pytest.mark.django_db
def test_the_reviewer_returns_one_cell_and_approves_the_corrected_report(client, cast):
    sign_in(client, cast.lan)
    client.post(PAGE, {f"h{cast.khu[0].pk}.disputes_settled": "30", "none": "rest"})
    sign_in(client, cast.minh)
    client.post(f"{PAGE}send/", {"say.*": "ít việc"})
    sign_in(client, cast.hoa)
    client.post(
        f"{PAGE}comments/", {"row": f"h{cast.khu[0].pk}", "indicator": "disputes_settled", "text": "Xem lại số này"}
    )
    client.post("/review/07999/2025-06/return/", {"comment": "Một ô cần xem"})
    sign_in(client, cast.lan)
    assert (
        "Xem lại số này" in client.get(PAGE).content.decode() and "Xem lại số này" in client.get("/").content.decode()
    )
    key = f"h{cast.khu[0].pk}.disputes_settled"
    client.post(PAGE, {key: "3", "was": f"{key}=30"})
    sign_in(client, cast.minh)
    client.post(f"{PAGE}send/", {"say.*": "đã sửa"})
    sign_in(client, cast.hoa)
    client.post("/review/07999/2025-06/approve/")
    sign_in(client, cast.thu)
    tiles = client.get("/dashboard/?province=25&span=2025-06").context["tiles"]
    assert report_of(cast).state == "approved"
    assert {row.name: row.value for row, *_ in tiles}["Hòa giải thành"] == 3


@pytest.mark.django_db
def test_a_conflict_names_the_other_and_the_time(client, cast):
    hamlet = cast.khu[0].pk
    report = f.report(cast.chi_dam, cast.lan)
    sign_in(client, cast.lan)
    url = f"/api/v1/reports/{report.pk}/figures/"

    def put(value, was):
        cell = {"hamlet": hamlet, "group": None, "indicator": "patrols", "value": value, "was": was}
        return client.put(url, {"figures": [cell]}, content_type="application/json")

    assert put(5, None).status_code == 200
    assert put(6, 5).status_code == 200
    sign_in(client, cast.minh)
    answer = put(8, None)
    (conflict,) = answer.json()["conflicts"]
    assert answer.status_code == 207 and conflict["current"] == 6
    assert conflict["by"] == str(cast.lan) and conflict["at"]
    page = client.post(PAGE, {"was": "", f"h{hamlet}.patrols": "8"}).content.decode()
    assert "Lượt tuần tra" in page and f"{cast.lan} ghi lúc" in page


@pytest.mark.django_db
def test_what_is_told_of_cells_are_their_own_months_and_the_words_on_them(client, cast, django_assert_max_num_queries):
    khu, june = Row(hamlet=cast.khu[0].pk), f.report(cast.chi_dam, cast.lan)
    for month, value in (("2025-05", 4), ("2024-06", 9)):
        f.fill(f.report(cast.chi_dam, cast.lan, Month.parse(month)), cast.lan, {(khu, "patrols"): value})
    f.fill(june, cast.lan, {(khu, "patrols"): 5})
    remarks.comment_on(june, khu, "patrols", "Đủ các buổi chưa?", by=cast.hoa, now=f.NOW)
    sign_in(client, cast.lan)
    with django_assert_max_num_queries(12):
        told = client.get(f"{PAGE}told/").json()
    assert told["before"] == {f"{khu.key}.patrols": [4, 9]}
    assert told["marks"] == {f"{khu.key}.patrols": ["comment", f"{cast.hoa}: Đủ các buổi chưa?"]}


@pytest.mark.django_db
def test_checks_stand_where_there_is_something_to_check_and_who_only_reads_is_led_to_them(client, cast):
    june = f.report(cast.chi_dam, cast.lan)
    sign_in(client, cast.lan)
    page = client.get(PAGE).content.decode()
    assert 'id="checks"' in page and 'href="#checks"' not in page
    sign_in(client, cast.hoa)
    page = client.get(PAGE).content.decode()
    assert page.index('href="#checks"') < page.index('id="grid"') < page.index('id="checks"')
    f.bring(june, "submitted")
    for user in (cast.lan, cast.hoa):
        sign_in(client, user)
        page = client.get(PAGE).content.decode()
        assert "#checks" not in page and 'id="checks"' not in page and "Kiểm tra</h2>" not in page
