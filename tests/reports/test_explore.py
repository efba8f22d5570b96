"""Any question of the explore page: what is read from an address, and the table that answers it."""

import csv
import io
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from communes.models import Cluster
from communes.scope import Role
from reports.asking import figures
from reports.asking.figures import TooMuch
from reports.asking.pivot import Pivot
from reports.asking.question import CLUSTERS, examples, read
from reports.entry.grid import Row
from reports.models import Indicator
from reports.months import Month
from reports.totals.place import Place
from tests import factories as f
from tests.databases import whole

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
BACKEND = "django.contrib.auth.backends.ModelBackend"


def question(user, query):
    return read(QueryDict(query), user, f.NOW)


def grid(user, query):
    """The table as lists of values, headings first."""
    table = Pivot(question(user, query)).table()
    return [[c.heading for c in table.columns], *([cell.value for cell in row] for row in table.rows)]


def test_places_by_months_with_totals_that_are_the_places_and_the_spans_own(spring):
    assert grid(spring.hoa, "indicator=patrols&span=2025-04..2025-05&rows=place&columns=month") == [
        ["Xã, phường", "4/2025", "5/2025", "Cả kỳ"],
        ["Xã Tây Cốc", 1, None, 1],
        ["Xã Chí Đám", 4, 5, 9],
        ["Toàn tỉnh", 5, 5, 10],
    ]


def test_a_stock_is_never_added_over_months(spring):
    rows = grid(spring.hoa, "indicator=disputes_pending&span=2025-04..2025-05&rows=place&columns=month")
    assert rows[1:] == [["Xã Tây Cốc", 7, 7, 7], ["Xã Chí Đám", 3, 2, 2], ["Toàn tỉnh", 10, 9, 9]], (
        "April's stands in May"
    )
    table = Pivot(question(spring.hoa, "indicator=disputes_pending&span=2025-H1&rows=place&columns=month")).table()
    assert any("không cộng theo tháng" in note for note in table.notes)


def test_different_units_are_never_added(spring):
    rows = grid(spring.hoa, "indicator=patrols,tips&span=2025-H1&columns=place&rows=indicator")
    assert rows == [
        ["Chỉ tiêu", "ĐVT", "Xã Tây Cốc", "Xã Chí Đám", "Toàn tỉnh"],
        ["Lượt tuần tra", "lượt", 1, 9, 10],
        ["Tin do quần chúng, tổ tự quản cung cấp", "tin", None, 0, 0],
    ]


def test_indicators_that_are_neither_rows_nor_columns_stand_under_their_own_headings(spring):
    rows = grid(spring.hoa, "indicator=patrols,tips&span=2025-04..2025-05&rows=place&columns=month")
    assert [row[0] for row in rows] == [
        "Xã, phường", "Lượt tuần tra (lượt)", "Xã Tây Cốc", "Xã Chí Đám", "Toàn tỉnh",
        "Tin do quần chúng, tổ tự quản cung cấp (tin)", "Xã Tây Cốc", "Xã Chí Đám", "Toàn tỉnh",
    ]  # fmt: skip


def test_blank_zero_and_what_has_no_report_stay_apart(spring):
    rows = grid(spring.hoa, "indicator=tips&span=2025-04..2025-06&rows=place&columns=month")
    assert rows[2] == ["Xã Chí Đám", 0, None, None, 0]
    assert rows[1] == ["Xã Tây Cốc", None, None, None, None]


def test_every_measure_stands_beside_the_figure(spring):
    rows = grid(
        spring.hoa,
        "indicator=patrols&span=2025-05&measure=value,previous,change,rate,last_year,year_change,year_rate",
    )
    assert rows[1] == ["Lượt tuần tra", "lượt", 5, 5, None, None, None, None, None], "one of two units reported both"
    april = grid(spring.hoa, "indicator=patrols&span=2025-04&measure=last_year&measure=year_change&measure=year_rate")
    assert april[1] == ["Lượt tuần tra", "lượt", 2, None, None], "one of two units reported a year before"


def test_a_month_is_compared_with_the_month_before_and_the_whole_with_the_span_before(spring):
    rows = grid(
        spring.hoa,
        "indicator=patrols&span=2025-04..2025-05&rows=month&measure=value&measure=previous&measure=last_year",
    )
    assert rows[1:] == [["4/2025", 5, None, 2], ["5/2025", 5, 5, None], ["Cả kỳ", 10, None, 2]]


def test_an_average_is_recomputed_from_the_parts_that_have_the_figure(spring):
    """Chí Đám has three hamlets, Tây Cốc two; only in April have both reported."""
    for number in (1, 2):
        f.hamlet(spring.tay_coc, f"Xóm {number}", households=500)
    measures = "measure=value&measure=per_hamlet&measure=per_commune"
    query = f"indicator=patrols&span=2025-04..2025-05&{measures}"
    rows = grid(spring.hoa, f"{query}&rows=place")
    assert rows[0] == ["Xã, phường", "Số liệu", "Bình quân mỗi khu dân cư", "Bình quân mỗi xã, phường"]
    assert rows[1:] == [["Xã Tây Cốc", 1, Decimal("0.5"), 1], ["Xã Chí Đám", 9, 3, 9], ["Toàn tỉnh", 10, 2, 5]]
    by_month = grid(spring.hoa, f"{query}&rows=month")
    assert by_month[1:] == [
        ["4/2025", 5, 1, Decimal("2.5")], ["5/2025", 5, Decimal("1.67"), 5], ["Cả kỳ", 10, 2, 5],
    ]  # fmt: skip
    homes = grid(spring.hoa, "indicator=patrols&span=2025-04&measure=per_households&rows=place")
    assert homes[1:] == [["Xã Tây Cốc", 1], ["Xã Chí Đám", None], ["Toàn tỉnh", 1]]


def test_chosen_communes_are_added_by_themselves(spring):
    third = f.commune(province=spring.phu_tho, code="07998", name="Đoan Hùng")
    f.filed(third, APRIL, patrols=100)
    base = "indicator=patrols&span=2025-H1&places=chosen&communes=07999&communes=07996"
    assert grid(spring.hoa, f"{base}&rows=place")[1:] == [
        ["Xã Tây Cốc", 1],
        ["Xã Chí Đám", 9],
        ["Cộng các xã đã chọn", 10],
    ]
    assert grid(spring.hoa, base)[1:] == [["Lượt tuần tra", "lượt", 10]]
    assert grid(spring.hoa, f"{base}&rows=month")[4:6] == [["4/2025", 5], ["5/2025", 5]]


def test_clusters_of_the_province_are_rows_beside_what_lies_in_none(spring):
    cluster = Cluster.objects.create(province=spring.phu_tho, grouping="Theo huyện cũ", name="Đoan Hùng cũ")
    cluster.communes.set([spring.chi_dam])
    query = f"indicator=patrols&span=2025-H1&rows=place&places={CLUSTERS}Theo huyện cũ"
    assert grid(spring.hoa, query)[1:] == [["Đoan Hùng cũ", 9], ["Xã chưa xếp cụm", 1], ["Toàn tỉnh", 10]]
    row = Pivot(question(spring.hoa, query)).table().rows[0]
    assert row[1].url == f"/figures/?cluster={cluster.pk}&indicator=patrols&span=2025-H1"
    cluster.communes.add(spring.tay_coc)
    assert grid(spring.hoa, query)[1:] == [["Đoan Hùng cũ", 10]]


def test_a_commune_sees_its_hamlets_and_what_lies_outside_them(cast):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 3, (Row(), "patrols"): 4})
    f.bring(report, "approved")
    query = "indicator=patrols,hamlets&span=2025-06&rows=place&columns=indicator"
    assert grid(cast.lan, query)[1:] == [
        ["Khu 1", None, 3], ["Khu 2", None, None], ["Khu 10", None, None],
        ["Ngoài khu dân cư (toàn xã)", None, 4], ["Toàn xã", 3, 7],
    ]  # fmt: skip
    by_month = grid(cast.lan, "indicator=patrols&span=2025-05..2025-06&rows=place&columns=month")
    assert by_month[1] == ["Khu 1", None, 3, 3] and by_month[-1] == ["Toàn xã", None, 7, 7]


def test_the_country_stands_by_province(spring):
    f.filed(spring.chieng_pha, APRIL, patrols=100)
    f.office_report(spring.phu_tho, APRIL, "approved", patrols=1000)
    rows = grid(spring.an, "indicator=patrols&span=2025-H1&rows=place")
    assert rows[1:] == [["Tỉnh Sơn La", 100], ["Tỉnh Phú Thọ", 1010], ["Cả nước", 1110]]


def test_a_figure_leads_to_the_same_months_of_a_province_whose_year_begins_elsewhere(spring):
    spring.phu_tho.year_first_month = 12
    spring.phu_tho.save()
    asked = question(spring.an, "indicator=patrols&span=2025-H1&rows=place&measure=value&measure=last_year")
    *_, below, whole = Pivot(asked).table().rows
    assert [cell.url[-len("2024-01..2024-06") :] for cell in below[1:]] == ["2025-01..2025-06", "2024-01..2024-06"]
    assert whole[1].url.endswith("span=2025-H1") and whole[2].url.endswith("span=2024-H1")


def test_the_office_and_former_communes_stand_below_the_living_ones(spring):
    f.office_report(spring.phu_tho, APRIL, "approved", patrols=1000)
    old = f.commune(province=spring.phu_tho, code="07990", name="Cũ", ended_on=date(2025, 4, 30))
    f.filed(old, APRIL, patrols=50)
    rows = grid(spring.hoa, "indicator=patrols&span=2025-H1&rows=place")
    assert [row[1] for row in rows[1:]] == [1, 9, 50, 1000, 1060]
    assert rows[-2][0] == spring.phu_tho.office_name


def test_sorting_by_a_column_keeps_blanks_and_totals_last(spring):
    f.commune(province=spring.phu_tho, code="07000", name="Trống")
    query = "indicator=patrols&span=2025-H1&rows=place&sort="
    assert [row[1] for row in grid(spring.hoa, query + "1")[1:]] == [1, 9, None, 10]
    assert [row[1] for row in grid(spring.hoa, query + "-1")[1:]] == [9, 1, None, 10]
    assert [row[1] for row in grid(spring.hoa, query + "7")[1:]] == [None, 1, 9, 10]


def test_what_an_old_address_asks_in_vain_is_said_and_left_out(spring):
    Indicator.objects.filter(code="tips").update(is_active=False)
    asked = question(
        spring.hoa,
        "indicator=patrols,tips,da-xoa&span=2025-13&rows=x&columns=indicator&measure=y&include=z&places=clusters:Không"
        "&communes=99999&look=%00",
    )
    assert [i.code for i in asked.indicators] == ["patrols", "tips"]
    said = " ".join(asked.notes)
    for words in ("“da-xoa”", "đã thôi dùng", "“2025-13”", "1 xã đã chọn", "cùng một thứ", "không có cách chia cụm"):
        assert words in said
    assert Pivot(asked).table().rows


def test_a_question_is_read_back_from_the_address_it_writes(spring):
    asked = question(
        spring.hoa,
        "indicator=tips&indicator=patrols&span=2025-H1&rows=place&columns=month&measure=value&measure=rate&places=chosen"
        "&communes=07996&include=sent&boundaries=then&look=chart&sort=-2",
    )
    again = question(spring.hoa, asked.query())
    assert again == asked and again.query() == asked.query() and not again.notes
    run = question(spring.hoa, "indicator=tips&first=2025-01&last=2025-05&span=2025")
    assert str(run.span) == "2025-01..2025-05"


def test_too_large_a_question_is_refused_with_a_way_out(spring, monkeypatch):
    monkeypatch.setattr(figures, "MOST_CELLS", 5)
    with pytest.raises(TooMuch, match=r"6 ô số liệu.*ít"):
        Pivot(question(spring.hoa, "indicator=patrols&span=2025-04..2025-06&rows=place&columns=month")).table()


def test_as_many_queries_for_five_months_of_thirty_communes_as_for_two_of_three(cast):
    counted = []
    for number, span in ((3, "2025-04..2025-05"), (30, "2025-01..2025-05")):
        province = f.province(code=f"{90 + number % 7}", name=f"Tỉnh {number} xã")
        boss = f.user(Role.PROVINCE_REVIEWER, province)
        for _ in range(number):
            last = f.commune(province=province)
            f.filed(last, MAY, patrols=1, disputes_pending=1)
        for month in ("2024-01", "2024-05", "2024-12", "2025-03"):  # each span compared has its end, and a gap
            f.filed(last, Month.parse(month), patrols=1, disputes_pending=1)
        query = (
            f"indicator=patrols,disputes_pending&span={span}&rows=place&columns=month&measure=value,previous,last_year"
        )
        with CaptureQueriesContext(connection) as queries:
            table = Pivot(question(boss, query)).table()
        assert table.rows[number + 1][-6].value == number
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("who", ["lan", "hoa", "an"])
def test_the_examples_can_be_asked(client, spring, who):
    user = getattr(spring, who)
    place = Place(user.home_province, user.commune) if who != "an" else Place()
    client.force_login(user, backend=BACKEND)
    for words, query in examples(place, f.NOW):
        page = client.get(f"/explore/?{query}")
        assert page.status_code == 200 and not page.context["question"].notes, words
        assert page.context["table"].rows


def test_the_page_shows_the_table_and_links_a_figure_to_its_cells(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    page = client.get("/explore/?indicator=patrols&span=2025-H1&rows=place&columns=month&include=all")
    address = "/figures/?commune=07999&amp;indicator=patrols&amp;span=2025-04&amp;include=all"
    assert f'<a href="{address}">4</a>' in page.content.decode()
    assert client.get(address.replace("&amp;", "&")).context["value"].value == 4


def test_a_drawing_has_a_line_for_each_place_and_breaks_where_a_month_is_blank(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    query = "/explore/?indicator=patrols,tips&span=2025-03..2025-06&rows=place&columns=month&look=chart"
    first, second = client.get(query).context["charts"]
    assert [(line.name, list(line.values)) for line in first.lines] == [
        ("Xã Tây Cốc", [None, 1, None, None]), ("Xã Chí Đám", [None, 4, 5, None]),
    ]  # fmt: skip
    assert (first.unit, second.unit) == ("lượt", "tin")
    alone, pair = first.drawn
    assert len(alone.runs) == 0 and len(alone.dots) == 1 and len(pair.runs) == 1
    for number in range(8):
        f.commune(province=spring.phu_tho, code=f"0810{number}")
    page = client.get(query)
    assert [list(line.values) for line in page.context["charts"][0].lines] == [[None, 5, 5, None]]
    assert "Biểu đồ chỉ vẽ số chung" in page.content.decode()


def test_without_months_a_drawing_is_bars_in_the_table(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    page = client.get("/explore/?indicator=patrols&span=2025-H1&rows=place&look=chart&measure=value,change")
    assert page.context["charts"] == []
    assert [[cell.share for cell in row] for row in page.context["table"].rows] == [
        [None, 11, None], [None, 100, None], [None, None, None],
    ]  # fmt: skip


def test_a_cluster_is_a_place_of_its_own(client, spring):
    cluster = Cluster.objects.create(province=spring.phu_tho, grouping="Theo khu vực", name="Phía bắc")
    cluster.communes.set([spring.chi_dam])
    query = f"cluster={cluster.pk}&indicator=patrols&span=2025-H1&rows=place"
    assert grid(spring.hoa, query)[1:] == [["Xã Chí Đám", 9]]
    assert f"cluster={cluster.pk}" in question(spring.hoa, query).query()
    client.force_login(spring.hoa, backend=BACKEND)
    assert client.get(f"/figures/?cluster={cluster.pk}&span=2025-H1&indicator=patrols").context["value"].value == 9
    client.force_login(spring.son, backend=BACKEND)
    assert client.get(f"/explore/?{query}").status_code == 404


def test_a_long_table_comes_in_pages_and_whole_in_its_file(client, spring, monkeypatch):
    monkeypatch.setattr("reports.views.explore.CELLS_A_PAGE", 1)
    for number in range(25):
        f.commune(province=spring.phu_tho, code=f"08{number:03d}")
    client.force_login(spring.hoa, backend=BACKEND)
    query = "/explore/?indicator=patrols&span=2025-H1&rows=place"
    page = client.get(query)
    assert len(page.context["table"].rows) == 20 and page.context["pages"].paginator.num_pages == 2
    assert len(client.get(query + "&page=2").context["table"].rows) == 8
    assert client.get(query + "&page=x").status_code == 200
    sheet = load_workbook(io.BytesIO(client.get(query + "&format=xlsx").content)).active
    assert (
        sum(row[0].value is not None and "xã" in str(row[0].value).lower() for row in sheet.iter_rows(min_row=4)) >= 27
    )


def test_the_csv_opens_in_vietnamese_excel_and_holds_no_formula(client, spring):
    spring.tay_coc.kind, spring.tay_coc.name = "=1+1", "x"
    spring.tay_coc.save()
    client.force_login(spring.hoa, backend=BACKEND)
    answer = client.get(
        "/explore/?indicator=patrols&span=2025-04&rows=place&measure=value,last_year,year_rate&format=csv"
    )
    assert answer["Content-Disposition"] == 'attachment; filename="khai-thac-25-2025-04.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1:] == [["'=1+1 x", "1", "", ""], ["Xã Chí Đám", "4", "2", ""], ["Toàn tỉnh", "5", "2", ""]]


def test_numbers_are_real_and_blanks_empty_in_excel(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    answer = client.get("/explore/?indicator=patrols,tips&span=2025-05&measure=value,previous&format=xlsx")
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()]
    assert ["Lượt tuần tra", "lượt", 5, 5] in rows
    assert ["Tin do quần chúng, tổ tự quản cung cấp", "tin", None, 0] in rows


TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "patrols,tips", "x,,patrols", "25", "14", "07999", "07999-2025", "99999999999999999999", "2025-H1", "2025",
         "0000-01", "2025-12..2025-01", "2000-01..2009-12", "place", "month", "indicator", "rate,value", "chosen",
         "clusters:", "clusters:x", "whole", "chart", "-1", "1", "²", "٣", "--1", "all", "then", "xlsx", "csv", "h1", "u",
         "h999999999999999999", "\x00"]
    ),
)  # fmt: skip
NAMES = ("province", "commune", "cluster", "indicator", "places", "communes", "span", "first", "last", "rows", "columns",
         "measure", "include", "boundaries", "look", "sort", "page", "format", "row", "office")  # fmt: skip


@settings(max_examples=whole(15, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=9))
def test_whatever_is_asked_is_answered(client, cast, asked):
    client.force_login(cast.hoa, backend=BACKEND)
    for path in ("/explore/", "/figures/"):
        for query in (asked, {"indicator": "patrols", "rows": "place"} | asked):
            assert client.get(path, query).status_code in (200, 302, 404), (path, query)
    assert client.post("/explore/saved/", {"query": urlencode(asked), "name": "Hỏi"}).status_code in (302, 404)


def test_another_province_is_not_found_and_administrators_are_refused(client, spring):
    client.force_login(spring.son, backend=BACKEND)
    assert client.get("/explore/?province=25&indicator=patrols").status_code == 404
    kept_there = {"query": "province=25&indicator=patrols", "name": "Tuần tra"}
    assert client.post("/explore/saved/", kept_there).status_code == 404
    assert "communes" not in client.get("/explore/?indicator=patrols&communes=07999&places=chosen").context["query"]
    client.force_login(spring.quan, backend=BACKEND)
    assert client.get("/explore/").status_code == 403
