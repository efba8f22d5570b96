"""A month's sheet as offices keep it: last month beside, sums above, merged cells, other months' sheets, signatures."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from models_registry.importing.columns import WHOLE
from models_registry.importing.workbooks import read
from reports.entry import month_import
from reports.entry.grid import UNIT_ROW, Grid
from reports.models import FigureImport
from tests.models_registry.workbooks import workbook

PATROLS, TIPS = "Lượt tuần tra", "Tổng số tin"


def plan_of(report, content):
    return month_import.plan_month(read("a.xlsx", content), Grid.of(report))


def merged(rows, *ranges, name="Sheet"):
    """A workbook of one sheet with merged cells."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = name
    for row in rows:
        page.append(row)
    for one in ranges:
        page.merge_cells(one)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def found(plan, khu):
    names = {row: f"Khu {place}" for place, row in enumerate(khu, start=1)} | {UNIT_ROW: "xã"}
    return {f"{names[cell.row]} {cell.indicator}": cell.value for cell in plan.cells}


@pytest.mark.parametrize(
    ("rows", "ranges"),
    [
        (
            [["Khu", PATROLS, None, TIPS, None], [None, "Kỳ trước", "Kỳ này", "Kỳ trước", "Kỳ này"], ["Khu 1", 5, 6, 2, 3]],
            ("B1:C1", "D1:E1"),
        ),
        (
            [["Khu", PATROLS, None, TIPS, None], [None, "Tháng này", "Lũy kế", "Tháng này", "Lũy kế"], ["Khu 1", 6, 60, 3, 9]],
            ("B1:C1", "D1:E1"),
        ),
        (
            [["Khu", "Tháng trước", None, "Tháng này", None], [None, PATROLS, TIPS, PATROLS, TIPS], ["Khu 1", 5, 2, 6, 3]],
            ("B1:C1", "D1:E1"),
        ),
        (
            [["Chỉ tiêu", "Khu 1", None], [None, "Kỳ trước", "Kỳ này"], [PATROLS, 5, 6], [TIPS, 2, 3]],
            ("B1:C1",),
        ),
        (
            [["Khu", PATROLS, *[None] * 5, TIPS], [None, *range(1, 7), None], ["Khu 1", *range(1, 7), 3]],
            ("B1:G1", "H1:H2"),
        ),
        (
            [["Khu", PATROLS, None, None, TIPS, None], [None, "T5", "T6", "T7", "5/2025", "6/2025"], ["Khu 1", 5, 6, 7, 2, 3]],
            ("B1:D1", "E1:F1"),
        ),
        (
            [["Chỉ tiêu", "Khu 1", None], [None, "Tháng 5", "Tháng 6"], [PATROLS, 5, 6], [TIPS, 2, 3]],
            ("B1:C1",),
        ),
    ],
    ids=["below", "with the year's sum", "above", "turned", "numbered months", "a year's ledger", "turned ledger"],
)  # fmt: skip
def test_last_months_figures_beside_are_not_read_as_this_months(report, khu, rows, ranges):
    plan = plan_of(report, merged(rows, *ranges))
    assert found(plan, khu) == {"Khu 1 patrols": 6, "Khu 1 tips": 3} and not plan.faults and not plan.notes


@pytest.mark.parametrize("below", [("Ban ngày", "Ban đêm"), ("Năm 2024", "Năm 2025"), ("Tháng 4", "Tháng 5")])
def test_of_several_columns_below_a_head_none_is_read_unless_one_says_it_is_this_months(report, khu, below):
    plan = plan_of(report, merged([["Khu", PATROLS, None, TIPS], [None, *below, None], ["Khu 1", 5, 6, 3]], "B1:C1"))
    assert found(plan, khu) == {"Khu 1 tips": 3}
    ((at, said, sentence),) = plan.faults
    assert (at, said) == ("Sheet dòng 1", PATROLS) and f"({', '.join(below)})" in sentence


@pytest.mark.parametrize(
    "below",
    [("Tổng", "Ban đêm"), ("Cộng", "Ban đêm"), ("Tổng số", "Ban đêm"), ("Tổng", "Trong đó nữ"), ("Tổng", "Tỷ lệ"), ("Tổng",)],
)  # fmt: skip
def test_of_a_whole_and_its_parts_below_a_head_the_whole_is_read(report, khu, below):
    blank = [None] * (len(below) - 1)
    rows = [["Khu", PATROLS, *blank, TIPS], [None, *below, None], ["Khu 1", 9, *[2 for _ in blank], 3]]
    plan = plan_of(report, merged(rows, *(["B1:C1"] if blank else [])))
    assert found(plan, khu) == {"Khu 1 patrols": 9, "Khu 1 tips": 3} and not plan.faults


def test_beside_months_a_sum_is_none_of_them(report, khu):
    rows = [["Khu", PATROLS, None, None, TIPS], [None, "T4", "T5", "Cộng", None], ["Khu 1", 4, 5, 9, 3]]
    plan = plan_of(report, merged(rows, "B1:D1"))
    assert found(plan, khu) == {"Khu 1 tips": 3} and "(T4, T5, Cộng)" in plan.faults[0][2]


def test_a_pasted_block_knows_the_same_words_for_a_whole():
    page = (Path(settings.BASE_DIR) / "static/js/heads.js").read_text()
    words = re.search(r"const WHOLE = \[(.*?)\]", page)
    assert words and tuple(re.findall(r'"([^"]+)"', words[1])) == WHOLE


@pytest.mark.parametrize("first", [["Khu 1", "không", "tổng"], ["Khu 1", "không", "kỳ này"]])
def test_a_line_of_a_hamlet_is_never_below_the_heads(report, khu, first):
    plan = plan_of(report, workbook([["Khu", PATROLS], first, ["Khu 2", 4, 7]]))
    assert found(plan, khu) == {"Khu 2 patrols": 4} and [fault[0] for fault in plan.faults] == ["Trang 1 B2"]


def test_figures_of_a_first_line_are_no_months(report, khu):
    plan = plan_of(report, workbook([["Khu", PATROLS], ["Khu 1", *range(1, 8)], ["Khu 2", *range(2, 9)]]))
    assert found(plan, khu) == {"Khu 1 patrols": 1, "Khu 2 patrols": 2}


def test_an_empty_sheet_beside_is_passed_over(client, cast, report, khu):
    content = workbook([["Khu", PATROLS], ["Khu 1", 2]], [], names=["T6", "Sheet2"])
    client.force_login(cast.lan)
    sent = client.post("/reports/07999/2025-06/file/", {"file": SimpleUploadedFile("a.xlsx", content)})
    assert sent.status_code == 302
    assert FigureImport.objects.get().cells == [[khu[0].key, "patrols", None, 2]]


def test_a_list_of_indicators_by_months_is_read_for_this_one(report, khu):
    rows = [["TT", "Nội dung", "T5", "T6", "Cộng"], [1, "Vụ ma túy", 1, 2, 3], [2, "Tin, bài trên mạng", 4, 5, 9]]
    assert found(plan_of(report, workbook(rows)), khu) == {"xã drug_cases": 2, "xã online_posts": 5}


@pytest.mark.parametrize(
    ("rows", "ranges", "at"),
    [
        ([["Khu", PATROLS], ["Khu 1", 5], ["Khu 2", None], ["Khu 10", 4]], "B2:B3", ["Sheet B2", "Sheet B3"]),
        ([["Chỉ tiêu", "Khu 1", "Khu 2"], [PATROLS, 5, None], [TIPS, 1, None]], "B2:C2", ["Sheet B2"]),
    ],
)
def test_a_number_merged_over_several_hamlets_is_written_to_none(report, khu, rows, ranges, at):
    plan = plan_of(report, merged(rows, ranges))
    assert [fault[0] for fault in plan.faults] == at and "ô gộp" in plan.faults[0][2]
    assert len(found(plan, khu)) == 1, "what stands beside is read"


@pytest.mark.parametrize("typed", ["5", "1.164"])
def test_a_number_typed_as_text_in_merged_cells_is_written_to_none(report, khu, typed):
    plan = plan_of(report, merged([["Khu", PATROLS], ["Khu 1", typed], ["Khu 2", None], ["Khu 10", "4"]], "B2:B3"))
    assert [fault[0] for fault in plan.faults] == ["Sheet B2", "Sheet B3"] and len(found(plan, khu)) == 1


def test_a_cell_that_spans_lines_of_a_web_page_is_merged_within_its_table(report, khu):
    lines = (f"<td>Khu</td><td>{PATROLS}</td>", '<td>Khu 1</td><td rowspan="9">5</td>', "<td>Khu 2</td>")
    table = "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"
    page = f"<html>{table}<table><tr><td>Khu 10</td><td>4</td></tr></table></html>"
    plan = month_import.plan_month(read("a.xls", page.encode()), Grid.of(report))
    assert [fault[1] for fault in plan.faults] == ["5", "5"] and list(found(plan, khu).values()) == [4]


@pytest.mark.parametrize("total", ["Toàn xã", None, "Xã Chí Đám", "CÁC KHU VỰC"])
def test_a_sum_above_the_rows_is_no_hamlet(report, khu, total):
    plan = plan_of(report, workbook([["Khu", PATROLS, TIPS], [total, 5, 3], ["Khu 1", 2, 1], ["Khu 2", 3, 2]]))
    assert len(plan.cells) == 4 and not plan.faults
    assert [note for note in plan.notes if "dòng cộng" in note] or total in ("Toàn xã", None)


def test_a_line_that_adds_nothing_up_is_told(report):
    plan = plan_of(report, workbook([["Khu", PATROLS], ["Khu 1", 2], ["Khu 1A", 2], ["Khu 2", 3], ["Khu 77", "năm"]]))
    assert [(at, said) for at, said, _ in plan.faults] == [("Trang 1 dòng 3", "Khu 1A"), ("Trang 1 dòng 5", "Khu 77")]


@pytest.mark.parametrize("total", ["Khu Đồng Tâm", "Khu 99", "Tổ dân phố mới"])
@pytest.mark.parametrize("figure", [2, "=SUM(B2:B3)"])
def test_an_unknown_hamlet_is_no_sum_though_its_figure_should_be_one(report, total, figure):
    plan = plan_of(report, merged([["Khu", PATROLS], ["Khu 1", 1], ["Khu 2", 1], [total, figure]]))
    assert [fault[:2] for fault in plan.faults] == [("Sheet dòng 4", total)] and not plan.notes
    assert "Không có khu dân cư này" in plan.faults[0][2] and len(plan.cells) == 2


@pytest.mark.parametrize("total", ["Xã Chí Đám", "Chí Đám", "Các khu vực", "Khu vực"])
def test_a_sum_of_formulas_under_the_name_of_what_hamlets_lie_in_is_none(report, total):
    plan = plan_of(report, merged([["Khu", PATROLS], ["Khu 1", 1], ["Khu 2", 1], [total, "=SUM(B2:B3)"]]))
    assert not plan.faults and "dòng cộng" in plan.notes[0] and len(plan.cells) == 2


def test_who_signs_below_is_no_hamlet(report):
    foot = [["NGƯỜI LẬP BIỂU", None, "TRƯỞNG CÔNG AN XÃ"], ["Nguyễn Văn An", None, "Trần Văn Bình"]]
    plan = plan_of(report, workbook([["Khu", "Ghi chú", PATROLS], ["Khu 1", None, 2], *foot]))
    assert len(plan.cells) == 1 and not plan.faults


@pytest.mark.parametrize("other", ["T5", "Tháng 5", "tháng 5-2025", "T.5"])
def test_sheets_named_for_another_month_are_left_out_beside_this_ones(report, khu, other):
    before, now = [["Khu", PATROLS], ["Khu 1", 9], ["Khu 2", 9]], [["Khu", PATROLS], ["Khu 1", 2]]
    plan = plan_of(report, workbook(before, now, names=[other, "T6"]))
    assert found(plan, khu) == {"Khu 1 patrols": 2} and not plan.faults and not plan.questions
    assert f"Không đọc trang “{other}”" in plan.notes[0]
    alone = plan_of(report, workbook(before, names=[other]))
    assert other in alone.questions[0].sentence and len(alone.cells) == 2


def test_a_line_of_an_indicator_that_is_not_this_months_is_named(report):
    rows = [["TT", "Nội dung", "Số liệu"], [1, "Tin, bài trên mạng", 3], [2, "Số cột đèn", 5], [3, "Cộng", 8]]
    plan = plan_of(report, workbook(rows))
    assert len(plan.cells) == 1 and plan.notes == [
        "Trang “Trang 1”: không đọc dòng “Số cột đèn”, không phải chỉ tiêu của tháng này."
    ]
