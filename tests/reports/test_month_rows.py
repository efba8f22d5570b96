"""Lines of a month's workbook: whose they are, which are sums or heads, and that none with figures is lost in silence."""

from datetime import date

import openpyxl
import pytest

from models_registry.importing.workbooks import read
from reports.entry.grid import Grid
from reports.entry.month_import import plan_month
from tests.models_registry.test_unreadable_cells import as_file


@pytest.fixture
def planned_rows(report):
    """Plan a sheet of two indicators by hamlets, written by a library that calculates nothing."""
    grid = Grid.of(report)
    heads = [grid.catalogue.by_code[code].name for code in ("patrols", "tips")]

    def plan(*rows, head=("TT", "Khu dân cư")):
        book = openpyxl.Workbook()
        for row in ([*head, *heads], *rows):
            book.active.append(row)
        return plan_month(read("a.xlsx", as_file(book)), Grid.of(report))

    return plan


def said(plan):
    return [(at.partition(" ")[2], value, sentence) for at, value, sentence in plan.faults]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("=A9", "không lưu kết quả"),
        ("#REF!", "Ô báo lỗi #REF!"),
        (date(2025, 2, 1), "Excel đã đổi tên thành ngày"),
        (None, "không rõ của khu nào"),
        ("Khu 99", "Không có khu dân cư này"),
    ],
)
def test_figures_of_a_line_whose_name_cannot_be_read_are_a_fault(planned_rows, khu, name, sentence):
    plan = planned_rows([1, name, 5, 6], [2, "Khu 2", 7, 8])
    assert {cell.row for cell in plan.cells} == {khu[1]}
    ((at, _, fault),) = said(plan)
    assert at == "dòng 2" and sentence in fault and "2 ô của dòng không được đọc" in fault


def test_a_sum_without_a_word_is_known_by_its_formulas_or_its_figures(planned_rows):
    lines = [[1, "Khu 1", 5, 6], [2, "Khu 2", 7, 8]]
    assert not said(planned_rows(*lines, [None, None, 12, 14]))
    assert not said(planned_rows(*lines, [None, None, "=SUM(C2:C3)", "=SUM(D2:D3)"]))
    assert len(said(planned_rows(*lines, [None, None, 12, 15]))) == 1


def test_numbers_of_columns_are_no_line(planned_rows, khu):
    assert not said(planned_rows(["(1)", "(2)", "(3)", "(4)"], ["A", "B", 1, 2], [1, "Khu 1", 5, 6]))
    for line in ([1, 2, 3, 4], ["1", "2", "3", "4"]):  # 2 stands under "Khu dân cư" and means no Khu 2
        plan = planned_rows(line, [1, "Khu 1", 5, 6])
        assert {cell.row for cell in plan.cells} == {khu[0]} and not said(plan)


def test_a_number_in_the_column_of_hamlets_means_the_hamlet_of_that_number(planned_rows, khu):
    plan = planned_rows([1, 1, 5, 6], [2, "02", 7, 8], [3, 10, 1, 2], [4, 77, 1, 2])
    assert {(cell.row, cell.value) for cell in plan.cells if cell.indicator == "patrols"} == {
        (khu[0], 5), (khu[1], 7), (khu[2], 1),
    }  # fmt: skip
    assert len(said(plan)) == 1


def test_heads_without_a_hamlet_below_say_so(planned_rows):
    plan = planned_rows()
    assert "Thấy cột chỉ tiêu" in plan.faults[0][2]


def test_truth_is_no_count(planned_rows):
    assert [fault[1] for fault in said(planned_rows([1, "Khu 1", True, False]))] == ["TRUE", "FALSE"]
