"""The ranking: where each stood a year before, the median, thirteen months, and what ranks in the middle are worth."""

from decimal import Decimal
from html import escape, unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from reports.charts import Axis
from reports.tables.table import MIDDLE, Cell, Column, Table
from reports.templatetags.tables import table_rows
from reports.totals.parts import Ranked
from reports.views import dashboard_parts
from tests import factories as f
from tests.reports.conftest import as_

LAST = f.JUNE


@pytest.fixture
def four(cast, db):
    """Four communes with 10, 20, 30 and 40 patrols, the first with 5 a year before."""
    others = [f.commune(province=cast.phu_tho, name=name) for name in ("Yên Lập", "Hòa Bình")]
    for commune, patrols in zip((cast.chi_dam, cast.tay_coc, *others), (10, 20, 30, 40), strict=True):
        f.filed(commune, LAST, patrols=patrols)
    f.filed(cast.chi_dam, LAST - 12, patrols=5)
    return cast


def opened(client, who, **query):
    answer = as_(client, who).get("/dashboard/", {"span": str(LAST), "view": "ranking"} | query)
    assert answer.status_code == 200
    return answer, " ".join(unescape(answer.content.decode()).split())


def test_an_axis_lays_then_and_now_between_the_least_and_the_greatest():
    axis = Axis.of([10, 20, 30, None], [5, None, 25])
    assert axis.apart(5, 10) == (0.0, 20.0, 60.0) and axis.apart(None, 30) == (None, 100.0, 60.0)
    assert Axis.of([7, 7], []).place(7) == 50
    assert Axis.of([Decimal("1.13"), Decimal("1.2")], []).middle == Decimal("1.165")


def test_one_far_from_all_others_does_not_press_them_into_one_spot():
    axis = Axis.of([*range(10, 20), 500], [])
    assert axis.ends == (10, 19) and axis.place(19) == 100 and axis.place(500) > 100
    assert axis.key("lượt").endswith("; ‹ › ở mép: quá xa các nơi khác, nằm ngoài trục.")
    rows = [[Cell(str(value)), Cell(value, apart=axis.apart(value, value))] for value in (19, 500)]
    near, far = table_rows(Table("x", [Column("a"), Column("b")], rows)).split("</tr>")[:2]
    assert 'class="dot last"' in near and "beyond" not in near
    assert 'class="beyond last" d="M98' in far and "dot" not in far
    low = Axis.of([-500, *range(10, 20)], [])
    assert low.ends == (10, 19) and low.place(-500) < 0
    assert "ở mép" not in Axis.of(range(10, 20), [9]).key("lượt")
    assert Axis.of([*[7] * 10, 8], []).ends == (7, 8), "where half of them are equal nothing says what is far"
    assert Axis.of([1, 2, 900], []).ends == (1, 900), "of few nobody knows what is usual"


def test_one_that_lay_beyond_the_axis_and_still_does_keeps_its_mark_of_last_year():
    axis = Axis.of([*range(10, 20), 500], [480])
    beyond = table_rows(Table("x", [Column("a"), Column("b")], [[Cell("a"), Cell(500, apart=axis.apart(480, 500))]]))
    assert 'class="beyond then" d="M94' in beyond and 'class="beyond last" d="M98' in beyond


def test_ranks_in_the_middle_are_admitted_to_mean_little_but_not_of_three():
    assert (
        Axis.of(range(1, 9), []).admits("xã").startswith("Ít nhất một nửa số xã nằm trong khoảng 3–6: thứ hạng ở giữa")
    )
    assert "cùng là 4" in Axis.of([1, 4, 4, 4, 9], []).admits("xã")
    assert Axis.of([1, 2, 3], []).admits("xã") == ""


def test_each_place_is_drawn_from_last_year_to_now_with_the_median(client, four):
    answer, page = opened(client, four.hoa)
    assert "○ cùng kỳ năm trước (nơi so được), ● kỳ này, trên trục từ 5 đến 40 lượt; vạch đứng: trung vị 25." in page
    assert "Ít nhất một nửa số xã, phường nằm trong khoảng 20–30: thứ hạng ở giữa bảng ít ý nghĩa." in page
    first = {line[0].text: line[2].apart for line in answer.context["table"].rows}
    assert first["Xã Chí Đám"] == (0.0, 14.3, 57.1) and first["Xã Hòa Bình"] == (None, 100.0, 57.1)
    assert page.count('class="apart"') == 4


def test_each_place_has_its_thirteen_months_on_the_page_and_not_in_the_workbook(client, four):
    _, page = opened(client, four.hoa)
    assert 'aria-label="Xã Chí Đám, 13 tháng: từ 5 đến 10, gần nhất 10"' in page
    book = load_workbook(BytesIO(opened_bytes(client, four.hoa)))
    texts = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert "Hạng" in texts and "13 tháng" not in texts


def opened_bytes(client, who):
    return as_(client, who).get("/dashboard/", {"span": str(LAST), "view": "ranking", "format": "xlsx"}).content


def test_the_middle_of_a_long_ranking_is_folded_and_opens(client, four, monkeypatch):
    f.commune(province=four.phu_tho, name="Chưa Gửi")
    names = ["Xã Hòa Bình", "Xã Yên Lập", "Xã Tây Cốc", "Xã Chí Đám", "Xã Chưa Gửi", "Tỉnh Phú Thọ"]
    assert shown(opened(client, four.hoa)[0]) == names, "few are all shown"
    monkeypatch.setattr(dashboard_parts, "ENDS", 1)
    answer, page = opened(client, four.hoa)
    assert shown(answer) == [names[0], "Hiện 2 xã, phường ở giữa", *names[3:]]
    assert "vạch đứng: trung vị 25" in page, "the axis is that of all"
    link = line_of_middle(answer).url
    said = f'<a href="{escape(link)}#middle"><span class="no-print">Hiện </span>2 xã, phường ở giữa</a>'
    assert f'<tr id="middle"><td class="section" colspan="{len(answer.context["table"].columns)}">{said}' in page_of(
        answer
    )
    whole = client.get(link)
    assert shown(whole) == [names[0], "Ẩn 2 xã, phường ở giữa", *names[1:]]
    assert shown(client.get(line_of_middle(whole).url)) == shown(answer)
    book = load_workbook(BytesIO(opened_bytes(client, four.hoa)))
    texts = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert "Xã Yên Lập" in texts and "ở giữa" not in " ".join(texts), "a workbook has all"


def page_of(answer):
    return answer.content.decode()


def line_of_middle(answer):
    (link,) = [line[0] for line in answer.context["table"].rows if line[0].style == MIDDLE]
    return link


def shown(answer):
    rows = answer.context["table"].rows
    return [" ".join(cell.text for cell in line[:2]) if line[0].style == MIDDLE else line[0].text for line in rows]


@pytest.mark.parametrize(
    ("ranks", "middle"),
    [
        (range(1, 36), range(0)),
        (range(1, 37), range(12, 24)),
        ([*range(1, 12), *[12] * 5, *range(17, 45), None, None], range(16, 32)),
        ([*range(1, 30), *[30] * 20], range(12, 29)),
        ([*range(1, 6), *[6] * 143], range(0)),
        ([], range(0)),
    ],
)
def test_what_is_folded_parts_no_two_of_one_rank(ranks, middle):
    assert dashboard_parts._middle_of([Ranked(rank, None) for rank in ranks]) == middle


def test_a_warning_of_those_that_are_folded_makes_no_empty_column(client, four, monkeypatch):
    monkeypatch.setattr(dashboard_parts, "ENDS", 1)
    monkeypatch.setattr(dashboard_parts, "warned_of", lambda asked: {four.tay_coc.pk: "hỏi lại"})
    heads = [column.heading for column in opened(client, four.hoa)[0].context["table"].columns]
    assert "Lưu ý" not in heads
    heads = [column.heading for column in opened(client, four.hoa, whole="1")[0].context["table"].columns]
    assert "Lưu ý" in heads


def test_the_country_leads_to_the_same_months_of_a_province_whose_year_begins_elsewhere(client, four):
    four.phu_tho.year_first_month = 12
    four.phu_tho.save()
    answer, _ = opened(client, four.an, span="2025-H1")
    ranked = {line[0].text: line for line in answer.context["table"].rows}["Tỉnh Phú Thọ"]
    assert [ranked[at].url.partition("span=")[2] for at in (0, 2, 5)] == [
        "2025-01..2025-06&view=ranking&province=25", "2025-01..2025-06", "2024-01..2024-06",
    ]  # fmt: skip


def test_the_rate_of_each_hamlet_is_one_click_away(client, four):
    _, page = opened(client, four.hoa)
    assert 'aria-current="true">tổng số</a>' in page and "basis=hamlet" in page
    assert 'aria-current="true">mỗi khu dân cư</a>' in opened(client, four.hoa, basis="hamlet")[1]
    assert "Xếp theo" not in opened(client, four.lan)[1], "a commune is divided by hamlets already"


def test_what_the_column_does_not_compare_is_not_drawn(client, four):
    """Chí Đám has last year's May and June and this June: over both months nothing of hers compares but June."""
    f.filed(four.chi_dam, LAST - 13, patrols=900)
    answer, _ = opened(client, four.hoa, span=f"{LAST - 1}..{LAST}")
    rows = {line[0].text: line for line in answer.context["table"].rows}
    assert rows["Xã Chí Đám"][2].apart.then is None and rows["Xã Tây Cốc"][2].apart.now is not None


def test_a_place_that_is_not_known_has_a_ring_or_nothing():
    axis = Axis.of([1, 2], [1])
    rows = [[Cell("a"), Cell(None, apart=axis.apart(1, None))], [Cell("b"), Cell(None, apart=axis.apart(None, None))]]
    first, second = table_rows(Table("x", [Column("a"), Column("b")], rows)).split("</tr>")[:2]
    assert 'class="dot hole"' in first and 'class="dot last"' not in first and "dot" not in second
