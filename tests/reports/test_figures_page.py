"""From a figure down to its cells: every level shows the same figure, and what it rests on."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.scope import Role
from reports.entry.grid import Row
from reports.entry.handovers import save_handover
from reports.entry.workflow import perform
from reports.models import WeaponHandover, WeaponKind
from reports.months import Month
from tests import factories as f

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def spring(cast):
    """Chí Đám entered hamlets and a group in April, its unit's row in May; Tây Cốc reported April."""
    cast.group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    april = f.report(cast.chi_dam, cast.lan, APRIL)
    rows = (Row(hamlet=cast.khu[0].pk), Row(group=cast.group.pk), Row(hamlet=cast.khu[1].pk), Row())
    values = {(row, "patrols"): 2**n for n, row in enumerate(rows)} | {(Row(hamlet=cast.khu[2].pk), "patrols"): 0}
    f.fill(april, cast.lan, values | {(Row(), "disputes_pending"): 3})
    f.bring(april, "approved")
    f.filed(cast.chi_dam, MAY, patrols=100, disputes_pending=2)
    f.filed(cast.tay_coc, APRIL, patrols=1000, disputes_pending=7)
    return cast


def seen(client, user, query):
    client.force_login(user, backend=BACKEND)
    answer = client.get(f"/figures/?{query}")
    assert answer.status_code == 200, answer.status_code
    return answer.context


def lines(table):
    return [[cell.value for cell in row] for row in table.rows]


def test_a_province_leads_to_its_communes_and_months(client, spring):
    page = seen(client, spring.hoa, "province=25&span=2025-04..2025-05&indicator=patrols")
    assert page["value"].value == 1115
    assert lines(page["below"]) == [["Xã Tây Cốc", 1000, 1], ["Xã Chí Đám", 115, 2]]
    assert lines(page["by_month"]) == [["Tháng 4/2025", 1015, 2], ["Tháng 5/2025", 100, 1]]
    assert page["below"].rows[1][0].url == "/figures/?commune=07999&indicator=patrols&span=2025-04..2025-05"


def test_a_commune_leads_to_its_reports_and_cells(client, spring):
    page = seen(client, spring.hoa, "commune=07999&span=2025-H1&indicator=patrols")
    assert page["value"].value == 115
    assert [row[:3] for row in lines(page["reports"])] == [
        ["Tháng 5/2025", "Đã duyệt", 100],
        ["Tháng 4/2025", "Đã duyệt", 15],
    ]
    cells = [(row[0].value, row[2].value) for row in page["cells"].rows]
    assert sorted(cells) == sorted([
        ("Toàn đơn vị", 100), ("Khu 1", 1), (f"Khu 1: {spring.group.name}", 2), ("Khu 2", 4), ("Toàn đơn vị", 8), ("Khu 10", 0),
    ])  # fmt: skip
    assert sum(value for _, value in cells) == page["value"].value
    khu = next(row for row in page["cells"].rows if row[0].value == "Khu 1")
    assert khu[0].url == f"/reports/07999/2025-04/cells/h{spring.khu[0].pk}/patrols/"
    assert client.get(khu[0].url).status_code == 200


def test_a_cell_says_who_wrote_it_last(client, cast):
    report = f.report(cast.chi_dam, cast.lan, MAY)
    f.fill(report, cast.lan, {(Row(), "patrols"): 5, (Row(), "tips"): 1})
    f.fill(report, cast.minh, {(Row(), "patrols"): 6})
    page = seen(client, cast.minh, "span=2025-05&indicator=patrols&include=all")
    assert lines(page["cells"]) == [["Toàn đơn vị", "tháng 5/2025", 6, "minh", "09:00 16/06/2025 (đã sửa)"]]
    page = seen(client, cast.minh, "span=2025-05&indicator=tips&include=all")
    assert lines(page["cells"])[0][3:] == ["lan", "09:00 16/06/2025"]


def test_one_hamlet_has_its_own_cells_and_its_groups(client, spring):
    query = f"commune=07999&span=2025-H1&indicator=patrols&row=h{spring.khu[0].pk}"
    page = seen(client, spring.lan, query)
    assert page["value"].value == 3
    assert sorted(row[0].value for row in page["cells"].rows) == ["Khu 1", f"Khu 1: {spring.group.name}"]
    assert seen(client, spring.lan, query.replace("row=h", "row=x"))["value"].value == 115


def test_of_a_stock_only_the_last_report_counts(client, spring):
    page = seen(client, spring.hoa, "commune=07999&span=2025-H1&indicator=disputes_pending")
    assert page["value"].value == 2
    assert [(row[2].value, row[3].value) for row in page["reports"].rows] == [
        (2, "được tính"), (3, "không: có báo cáo sau"),
    ]  # fmt: skip
    assert [row[2].value for row in page["cells"].rows] == [2]


def test_a_counted_figure_leads_to_the_register(client, spring):
    page = seen(client, spring.hoa, "commune=07999&span=2025-05&indicator=household_clusters")
    assert page["value"].value == 1 and "cells" not in page
    cell = page["reports"].rows[0][3]
    assert cell.value == "chốt khi gửi, 09:00 16/06/2025"
    assert cell.url == "/register/counts/?kind=household_cluster&on=2025-05-14&commune=07999"
    assert client.get(cell.url).status_code == 200


@pytest.mark.parametrize("who", ["lan", "hoa", "an"])
def test_every_counted_indicator_leads_somewhere(client, spring, who):
    from models_registry.headcount import CODES

    for code in sorted(CODES):
        page = seen(client, getattr(spring, who), f"commune=07999&span=2025-05&indicator={code}")
        assert client.get(page["reports"].rows[0][3].url).status_code == 200, code


def test_an_open_report_counts_from_the_register_as_it_is(client, spring):
    perform(spring.chi_dam.monthlyreport_set.get(month=MAY), "reopen", by=spring.hoa, now=f.NOW, comment="bổ sung")
    f.group(spring.chi_dam, hamlet=spring.khu[1])
    page = seen(client, spring.hoa, "commune=07999&span=2025-05&indicator=household_clusters&include=all")
    assert page["value"].value == 2
    assert [cell.value for cell in page["reports"].rows[0]][2:] == [2, "đang đếm từ danh bạ"]


def test_the_offices_own_figures_have_their_page(client, spring):
    f.office_report(spring.phu_tho, APRIL, "approved", patrols=5000)
    page = seen(client, spring.hoa, "province=25&span=2025-H1&indicator=patrols")
    assert page["below"].rows[0][0].url.startswith("/figures/?province=25&office=1&")
    page = seen(client, spring.hoa, "province=25&office=1&span=2025-H1&indicator=patrols")
    assert page["value"].value == 5000 and len(page["cells"].rows) == 1
    assert client.get(page["cells"].rows[0][0].url).status_code == 200


def test_the_country_leads_to_its_provinces(client, spring):
    f.filed(spring.chieng_pha, APRIL, patrols=9)
    page = seen(client, spring.an, "span=2025-H1&indicator=patrols")
    assert lines(page["below"]) == [["Tỉnh Phú Thọ", 1115, 3], ["Tỉnh Sơn La", 9, 1]]
    assert seen(client, spring.an, "commune=07999&span=2025-H1&indicator=patrols")["trail"][0][0] == "Cả nước"


def test_the_country_leads_to_the_same_months_of_a_province_whose_year_begins_elsewhere(client, spring):
    f.filed(spring.chi_dam, Month(2024, 12), patrols=50)
    spring.phu_tho.year_first_month = 12
    spring.phu_tho.save()
    name, figure, _ = seen(client, spring.an, "span=2025-H1&indicator=patrols")["below"].rows[0]
    assert seen(client, spring.an, name.url.partition("?")[2])["value"].value == figure.value == 1115


def test_many_cells_come_in_pages(client, spring, monkeypatch):
    monkeypatch.setattr("reports.views.figures.CELLS_A_PAGE", 4)
    page = seen(client, spring.lan, "span=2025-H1&indicator=patrols")
    assert page["pages"].paginator.num_pages == 2 and len(page["cells"].rows) == 4
    assert len(seen(client, spring.lan, "span=2025-H1&indicator=patrols&page=2")["cells"].rows) == 2
    assert len(seen(client, spring.lan, "span=2025-H1&indicator=patrols&page=x")["cells"].rows) == 4


def test_as_many_queries_for_thirty_communes_and_cells_as_for_three(client, cast):
    counted = []
    for number in (3, 30):
        province = f.province(code=f"{60 + number}")
        boss = f.user(Role.PROVINCE_LEADER, province)
        for _ in range(number):
            f.filed(f.commune(province=province), MAY, patrols=1)
        home = f.commune(province=province)
        cells = {(Row(hamlet=f.hamlet(home).pk), "patrols"): 1 for _ in range(number)}
        report = f.report(home, f.chief_of(home), MAY)
        f.fill(report, f.chief_of(home), cells)
        f.bring(report, "approved")
        client.force_login(boss, backend=BACKEND)
        for place in (f"province={province.code}", f"commune={home.code}"):
            with CaptureQueriesContext(connection) as queries:
                page = client.get(f"/figures/?{place}&span=2025-05&indicator=patrols").context
            assert page["value"].value == (2 * number if "province" in place else number)
            counted.append(len(queries))
    assert counted[:2] == counted[2:]


def test_a_blank_figure_says_so(client, spring):
    page = seen(client, spring.hoa, "commune=07999&span=2025-H1&indicator=online_posts")
    assert page["value"] is None


def test_weapons_lead_to_their_lines(client, cast):
    for month, quantities in ((APRIL, {"homemade_gun": "2", "lead_shot": "0.5"}), (MAY, {"military_gun": "3"})):
        report = f.report(cast.chi_dam, cast.lan, month)
        for code, quantity in quantities.items():
            line = WeaponHandover(report=report)
            kind = WeaponKind.objects.get(code=code)
            save_handover(line, by=cast.lan, now=f.NOW, kind=kind, quantity=Decimal(quantity), hamlet=cast.khu[0])
        f.bring(report, "approved")
    client.force_login(cast.hoa, backend=BACKEND)
    guns = client.get("/figures/weapons/guns/?province=25&span=2025-H1").context
    assert guns["value"] == 5 == sum(row[3].value for row in guns["lines"].rows)
    shot = client.get("/figures/weapons/lead_shot/?province=25&span=2025-H1").context
    assert [cell.value for cell in shot["lines"].rows[0]] == [
        "Xã Chí Đám", "tháng 4/2025", "Đạn chì", Decimal("0.5"), "kg", "Tự giác giao nộp", "Khu 1", "",
    ]  # fmt: skip
    assert client.get("/figures/weapons/lead_shot/?province=25&span=2025-05").context["value"] is None
    assert client.get("/figures/weapons/khong-co/?province=25").status_code == 404
    client.force_login(cast.son, backend=BACKEND)
    assert client.get("/figures/weapons/guns/?province=25").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "indicator=khong-co", "indicator=patrols&span=2025-99", "indicator=patrols&include=x"]
)
def test_what_cannot_be_read_leads_back_with_a_sentence(client, spring, query):
    client.force_login(spring.hoa, backend=BACKEND)
    answer = client.get(f"/figures/?{query}", follow=True)
    assert answer.redirect_chain[0][0] == "/explore/" and list(answer.context["messages"])


def test_others_find_nothing(client, spring):
    for user, status in ((spring.son, 404), (spring.tuan, 404), (spring.quan, 403)):
        client.force_login(user, backend=BACKEND)
        assert client.get("/figures/?commune=07999&indicator=patrols").status_code == status
    leader = f.user(Role.PROVINCE_LEADER, spring.son_la)
    client.force_login(leader, backend=BACKEND)
    assert client.get("/figures/?province=25&office=1&indicator=patrols").status_code == 404
