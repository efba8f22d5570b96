"""The totals page: every way to look, for every reader; each figure leads down."""

import re
from copy import deepcopy
from datetime import datetime
from html import unescape
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from communes.models import Cluster
from reports.entry.handovers import save_handover
from reports.models import Indicator, IndicatorSection, WeaponHandover, WeaponKind
from reports.months import HANOI, Month
from reports.totals.comparing import Compared
from reports.totals.place import Place
from reports.views.dashboard import VIEWS, span_choices
from reports.views.dashboard_overview import told_once
from tests import factories as f
from tests.conftest import cast_of_characters
from tests.databases import whole

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
PAGE = "/dashboard/"


def opened(client, who, status=200, **query):
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(PAGE, {"span": "2025-H1"} | query)
    assert answer.status_code == status
    return answer


def text(answer):
    return unescape(answer.content.decode())


def row(answer, name):
    """The texts of the first line of the page's table that begins with a name."""
    table = answer.context["table"]
    return next([cell.text for cell in line] for line in table.rows if line[0].text == name)


@pytest.fixture(scope="module")
def reported(lasting):
    cast = cast_of_characters()
    cast.yen_ky = f.commune(province=cast.phu_tho, code="08023", name="Yên Kỳ", latitude="21.6", longitude="105.2")
    for commune, at in ((cast.chi_dam, 21.7), (cast.tay_coc, 21.5)):
        commune.latitude, commune.longitude, commune.area_km2 = at, at + 84, 20
        commune.save()
    cast.north = Cluster.objects.create(province=cast.phu_tho, grouping="Theo khu vực", name="Phía bắc")
    cast.north.communes.add(cast.chi_dam, cast.tay_coc)
    f.filed(cast.chi_dam, APRIL, patrols=4, disputes_settled=2, disputes_not_settled=1)
    f.filed(cast.chi_dam, MAY, patrols=5, disputes_settled=3)
    f.filed(cast.tay_coc, APRIL, patrols=0)
    f.filed(cast.chieng_pha, APRIL, patrols=100)
    return cast


@pytest.fixture
def spring(reported, db):
    return deepcopy(reported)


VISITS = [
    (who, view) for who in ("lan", "minh", "hoa", "thu", "an") for view in VIEWS
]  # fmt: skip


@pytest.mark.parametrize(("who", "view"), VISITS)
def test_every_view_opens_for_every_reader_and_says_what_it_rests_on(client, spring, who, view):
    answer = opened(client, getattr(spring, who), view=view)
    assert "báo cáo tháng đã gửi" in text(answer)
    fits = VIEWS[view].fits(answer.context["place"])
    assert answer.context["asked"].view == (view if fits else "")
    assert bool(answer.context["asked"].notes) is not fits


CHOICES = [
    {"basis": "hamlet"}, {"basis": "households"}, {"basis": "commune"}, {"grouping": "Theo khu vực"},
    {"indicator": "household_clusters"}, {"indicator": "drug_rings"}, {"include": "all", "boundaries": "then"},
    {"span": "2019-01..2028-12"}, {"span": "2030"},
]  # fmt: skip


@pytest.mark.parametrize("query", CHOICES)
def test_every_view_takes_every_choice(client, spring, query):
    """By every reader, of a cluster too, or by one of them in turn (:func:`~tests.databases.whole`)."""
    asking = ((spring.hoa, {}), (spring.an, {}), (spring.lan, {}), (spring.hoa, {"cluster": spring.north.pk}))
    for place, view in enumerate(VIEWS, start=CHOICES.index(query)):
        for turn in range(whole(1, len(asking))):
            who, more = asking[(place + turn) % len(asking)]
            opened(client, who, view=view, **query, **more)


@pytest.mark.parametrize("query", [{"view": "khong"}, {"basis": "khong"}, {"grouping": "khong"}, {"size": "khong"},
                                   {"set": "khong"}, {"unit": "khong"}, {"sort": "khong"}, {"sort": "-"}])  # fmt: skip
def test_a_mistyped_choice_is_forgiven(client, spring, query):
    for view in ("", "map", "composition"):
        opened(client, spring.hoa, **{"view": view} | query)


@pytest.mark.parametrize("query", [{"span": "khong"}, {"indicator": "khong"}, {"include": "khong"}])
def test_what_nobody_can_answer_is_refused_with_a_sentence(client, spring, query):
    assert opened(client, spring.hoa, 400, **query).context["errors"]


def test_an_empty_catalogue_breaks_no_view(client, spring, monkeypatch):
    monkeypatch.setattr("reports.catalogue.Catalogue.indicators", [])
    for view in VIEWS:
        opened(client, spring.hoa, view=view)


# What the views say


def test_a_ranking_has_ranks_bars_and_names_what_is_blank(client, spring):
    answer = opened(client, spring.hoa, view="ranking")
    assert row(answer, "Xã Chí Đám")[:3] == ["Xã Chí Đám", "1", "9"]
    assert row(answer, "Xã Tây Cốc")[:3] == ["Xã Tây Cốc", "2", "0"]
    assert row(answer, "Xã Yên Kỳ")[:3] == ["Xã Yên Kỳ", "", "chưa có số liệu"]
    assert row(answer, "Tỉnh Phú Thọ")[2] == "9"
    assert row(answer, "Xã Chí Đám")[-1] == "2/6"


def test_a_ranking_by_hamlet_ranks_the_ratio_and_keeps_the_figure(client, spring):
    f.hamlet(spring.tay_coc)
    answer = opened(client, spring.hoa, view="ranking", basis="hamlet")
    assert row(answer, "Xã Chí Đám")[:4] == ["Xã Chí Đám", "1", "3,00", "9"]
    assert row(answer, "Tỉnh Phú Thọ")[2:4] == ["2,25", "9"]  # 9 over 3 + 1 hamlets
    assert "Số khu dân cư: 4" in text(answer)


def test_a_matrix_tells_blank_from_zero(client, spring):
    page = text(opened(client, spring.hoa, view="matrix"))
    lines = {match[1]: match[0] for match in re.finditer(r"<tr><th scope=\"row\"><a[^>]*>([^<]+)</a>.*?</tr>", page)}
    assert (
        '<td class="q0"><a href="/figures/?commune=07996&indicator=patrols&span=2025-04">0</a></td>'
        in lines["Xã Tây Cốc"]
    )
    assert lines["Xã Tây Cốc"].count("q-blank") == 11 and lines["Xã Yên Kỳ"].count("q-blank") == 12


def test_a_distribution_names_its_extremes_and_its_blanks(client, spring):
    answer = opened(client, spring.hoa, view="distribution")
    assert [line[0].text for line in answer.context["most"].rows] == ["Xã Chí Đám"]
    assert [line[0].text for line in answer.context["least"].rows] == ["Xã Tây Cốc"]
    assert answer.context["strip"].blanks == ["Xã Yên Kỳ"]


def test_contribution_is_a_share_of_the_whole(client, spring):
    f.filed(spring.yen_ky, MAY, patrols=27)
    answer = opened(client, spring.hoa, view="contribution")
    assert row(answer, "Xã Yên Kỳ") == ["Xã Yên Kỳ", "27", "75,00", "75,00"]
    assert row(answer, "Xã Chí Đám") == ["Xã Chí Đám", "9", "25,00", "100,00"]
    assert "1/3 xã, phường nhiều nhất" in text(answer)


def test_composition_stacks_months_of_one_unit(client, spring):
    answer = opened(client, spring.hoa, view="composition", set="mediation")
    assert row(answer, "4/2025")[1:3] == ["2", "1"]
    assert row(answer, "5/2025")[1:3] == ["3", "–"]


def test_weapons_of_different_units_are_never_stacked(client, spring):
    report = f.report(spring.tay_coc, spring.tuan, MAY)
    for code, quantity in (("homemade_gun", "2"), ("lead_shot", "0.5")):
        kind = WeaponKind.objects.get(code=code)
        save_handover(WeaponHandover(report=report), by=spring.tuan, now=f.NOW, kind=kind, quantity=quantity)
    asked = {"view": "composition", "set": "weapons", "include": "all"}
    guns = opened(client, spring.hoa, **asked).context["stacked"]
    assert (guns.unit, [list(layer.values)[-2] for layer in guns.layers]) == ("khẩu", [2])
    lead = opened(client, spring.hoa, unit="kg", **asked).context["stacked"]
    assert lead.unit == "kg" and len(lead.layers) == 1


def test_each_quantity_of_weapons_leads_to_its_lines(client, spring):
    report = f.report(spring.tay_coc, spring.tuan, MAY)
    kind = WeaponKind.objects.get(code="lead_shot")
    save_handover(WeaponHandover(report=report), by=spring.tuan, now=f.NOW, kind=kind, quantity="0.5")
    table = opened(client, spring.hoa, include="all").context["weapons"]
    line = next(line for line in table.rows if line[0].text == kind.name)
    assert (line[2].text, line[3].text, line[-1].text) == ("0,5", "–", "0,5")
    assert line[2].url == "/figures/weapons/lead_shot/?province=25&span=2025-H1&include=all" and not line[3].url
    assert client.get(line[2].url).status_code == 200


def test_a_kind_that_no_report_names_is_none_and_of_what_nobody_reported_nothing_is_known(client, spring):
    report = f.report(spring.tay_coc, spring.tuan, MAY)
    f.report(spring.tay_coc, spring.tuan, MAY - 1)
    f.hand_over(report, spring.tuan, homemade_gun="2")
    rows = opened(client, spring.hoa, span=str(MAY), include="all").context["weapons"].rows
    assert {tuple(cell.text for cell in (row[2], row[3], row[5])) for row in rows} == {("2", "0", "–")}
    rows = opened(client, spring.hoa, span="2020-05", include="all").context["weapons"].rows
    assert [row[2].text for row in rows if row[0].text == "Tổng số súng"] == ["–"]


def test_weapons_are_told_by_how_they_came(client, spring):
    report = f.report(spring.tay_coc, spring.tuan, MAY)
    f.hand_over(report, spring.tuan, homemade_gun="2")
    heads = [column.heading for column in opened(client, spring.hoa, include="all").context["weapons"].columns]
    assert heads[-1] == "Lũy kế năm", "all came voluntarily"
    f.hand_over(report, spring.tuan, source="exchanged", homemade_gun="3", military_gun="1", lead_shot="0.5")
    table = opened(client, spring.hoa, include="all").context["weapons"]
    assert [column.heading for column in table.columns][-2:] == ["Tự giác giao nộp", "Đổi quà"]
    assert [[cell.text for cell in row[2:3] + row[-2:]] for row in table.rows] == [
        ["1", "–", "1"], ["5", "2", "3"], ["0,5", "–", "0,5"], ["6", "2", "4"],
    ]  # fmt: skip


def test_a_map_links_each_place_and_says_who_has_no_place(client, spring):
    f.commune(province=spring.phu_tho, name="Không đâu")
    page = text(opened(client, spring.hoa, view="map"))
    assert re.search(
        r'<a href="/dashboard/\?[^"]*commune=07999" tabindex="-1"><path class="q\d" d="M[^"]+"><title>Xã Chí Đám: 9 lượt',
        page,
    )
    assert "Xã Yên Kỳ: chưa có số liệu" in page and "Không có vị trí: Xã Không đâu" in page


def test_the_country_sees_its_provinces_with_their_coverage(client, spring):
    answer = opened(client, spring.an, view="country", basis="commune", sort="-patrols")
    assert row(answer, "Tỉnh Phú Thọ")[:6] == ["Tỉnh Phú Thọ", "3", "3/18", "3", "4,50", "9"]
    assert [line[0].text for line in answer.context["table"].rows] == ["Tỉnh Sơn La", "Tỉnh Phú Thọ", "Cả nước"]
    assert "country" not in [url for url, _, _ in opened(client, spring.hoa).context["tabs"]]


def test_the_countrys_figures_lead_to_the_same_months_of_a_province_whose_year_begins_elsewhere(client, spring):
    f.filed(spring.chi_dam, Month(2024, 12), patrols=50)
    spring.phu_tho.year_first_month = 12
    spring.phu_tho.save()
    table = opened(client, spring.an, view="country").context["table"]
    name, figure = next((line[0], line[4]) for line in table.rows if line[0].text == "Tỉnh Phú Thọ")
    assert figure.value == 9 and "span=2025-01..2025-06" in unquote(name.url)
    assert client.get(figure.url).context["value"].value == 9


def test_the_province_is_offered_the_year_that_runs(client, spring, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2025, 11, 20, tzinfo=HANOI))
    for first_month, newest in ((1, "Năm 2025"), (12, "Năm 2026")):
        spring.phu_tho.year_first_month = first_month
        spring.phu_tho.save()
        assert opened(client, spring.hoa).context["spans"][0][0] == newest


def test_a_year_that_has_no_month_yet_heads_no_list(spring):
    place = Place(spring.phu_tho)
    groups = span_choices(place, Month(2026, 12), place.span("2026-11..2027-03"))
    assert groups[0][0] == "Năm 2026"


def test_a_view_that_a_place_has_not_gives_way_to_one_by_name(client, spring):
    assert "nên hiện “Bảng chỉ tiêu”." in text(opened(client, spring.hoa, view="country"))


def test_the_overview_has_the_year_to_date(client, spring):
    table = opened(client, spring.hoa, span="2025-05").context["indicators"]
    line = next(line for line in table.rows if line[0].text == "Lượt tuần tra")
    at = [column.heading for column in table.columns].index("Lũy kế năm")
    assert (line[2].text, line[at].text) == ("5", "9")
    assert line[at].url == "/figures/?province=25&indicator=patrols&span=2025-01..2025-05"
    spring.phu_tho.year_first_month = 12
    spring.phu_tho.save()
    f.filed(spring.chi_dam, Month(2024, 12), patrols=1000)
    table = opened(client, spring.hoa, span="2025-05").context["indicators"]
    assert next(line for line in table.rows if line[0].text == "Lượt tuần tra")[at].text == "1.009"


def test_blanks_stand_last_whichever_way_the_parts_are_sorted(client, spring):
    for sort in ("patrols", "-patrols"):
        names = [line[0].text for line in opened(client, spring.hoa, sort=sort).context["parts"].rows]
        assert names[-1] == "Xã Yên Kỳ"


# Where things lead


def test_clusters_stand_between_province_and_communes(client, spring):
    answer = opened(client, spring.hoa, view="ranking", grouping="Theo khu vực")
    line = answer.context["table"].rows[0]
    assert line[0].text == "Phía bắc" and f"cluster={spring.north.pk}" in line[0].url
    below = client.get(line[0].url)
    assert below.context["place"].cluster == spring.north
    assert [one[0].text for one in below.context["table"].rows] == ["Xã Chí Đám", "Xã Tây Cốc", "Phía bắc"]
    assert "commune=07999" in below.context["table"].rows[0][0].url
    assert below.context["trail"][0][1] == "Tỉnh Phú Thọ"


@pytest.mark.parametrize(("who", "status"), [("son", 404), ("lan", 404), ("an", 200), ("thu", 200)])
def test_a_cluster_is_seen_by_its_province_and_above(client, spring, who, status):
    opened(client, getattr(spring, who), status, cluster=spring.north.pk)


@pytest.mark.parametrize("cluster", ["99999999", "abc", "9" * 18, "-1"])
def test_a_cluster_that_is_not_there_is_not_found(client, spring, cluster):
    opened(client, spring.hoa, 404, cluster=cluster)


def test_a_commune_left_over_from_another_province_gives_way(client, spring):
    answer = opened(client, spring.an, province="14", commune="07999", cluster="")
    assert answer.context["place"].name == "Tỉnh Sơn La"
    opened(client, spring.hoa, 404, province="14", commune="07999")
    assert opened(client, spring.an, province="25", commune="07999").context["place"].commune == spring.chi_dam


@pytest.mark.parametrize("view", ["ranking", "matrix", "contribution", "map", "multiples", ""])
def test_every_link_of_a_view_opens(client, spring, view):
    page = text(opened(client, spring.hoa, view=view, indicator="disputes_settled"))
    main = page[page.index("<main") : page.index("</main>")]
    links = sorted(set(re.findall(r'href="(/[^"]+)"', main)))
    kinds = {re.sub(r"=[^&]*|\d+", "", link): link for link in links}
    assert len(kinds) >= 5
    for link in kinds.values():
        assert client.get(link).status_code == 200, link


def test_the_picker_lists_indicators_by_section(client, spring):
    page = text(opened(client, spring.hoa, indicator="tips"))
    for section in IndicatorSection.objects.all():
        assert f'<optgroup label="{section.name}">' in page
    assert '<option value="tips" selected>' in page
    assert page.count("<option value=") > Indicator.objects.count()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_a_workbook(client, spring, view):
    answer = opened(client, spring.an, view=view, format="xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert len(book.sheetnames) == (3 if view == "" else 1)
    sheet = load_workbook(BytesIO(opened(client, spring.hoa, view="ranking", format="xlsx").content)).active
    assert [cell.value for cell in sheet[4]][:3] == ["Xã Chí Đám", 1, 9]


# What it costs


def counted(client, who, **query):
    opened(client, who, **query)
    with CaptureQueriesContext(connection) as queries:
        opened(client, who, **query)
    return len(queries)


@pytest.mark.once
def test_a_view_takes_as_many_queries_for_thirty_communes_as_for_three(client, spring):
    found = {}
    for number in (3, 30):
        province = f.province(code=f"{70 + number % 7}", name=f"Tỉnh {number} xã")
        cluster = Cluster.objects.create(province=province, grouping="Theo khu vực", name="A")
        for _ in range(number):
            commune = f.commune(province=province, latitude=21, longitude=105)
            f.hamlet(commune, households=120)
            f.filed(commune, MAY, patrols=2)
            cluster.communes.add(commune)
        reader = f.reviewer_of(province)
        choices = [{}, {"basis": "households"}, {"grouping": "Theo khu vực", "basis": "hamlet"}]
        found[number] = [
            [view] + [counted(client, reader, view=view, **choice) for choice in choices] for view in VIEWS
        ]
    assert found[3] == found[30]


def test_the_country_takes_as_many_queries_for_many_provinces_as_for_few(client, spring):
    found = []
    for _ in range(2):
        for _ in range(4):
            commune = f.commune()
            f.filed(commune, MAY, patrols=2)
        found.append([counted(client, spring.an, view=view) for view in VIEWS])
    assert found[0] == found[1]


# What the figures of the overview are compared over


def headline(code, measure, why):
    return SimpleNamespace(code=code, measure=measure, compared={"previous": Compared("like", 9, 8, 9, why)})


def test_over_what_the_flows_are_compared_is_said_once_and_of_them_alone():
    on = "so cùng 9 xã, phường có số liệu cả hai kỳ"
    flow, other = headline("patrols", "flow", on), headline("tips", "flow", "so cùng 8 xã, phường có số liệu cả hai kỳ")
    stock, whole = headline("initiatives", "stock", on), headline("security_teams", "stock", "")
    told = told_once([flow, flow, other, stock, whole])
    assert (told.why, told.name) == (on, "số phát sinh trong kỳ")
    assert [told.of(row) for row in (flow, other, stock, whole)] == [on, on, "", ""]
    told = told_once([flow, stock])
    assert (told.name, told.of(stock)) == ("các con số trên", on)
    assert told_once([headline("patrols", "flow", ""), stock]).why == ""
