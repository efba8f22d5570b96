"""A month's sheet with indicators down and hamlets across is read as its like the other way round."""

import openpyxl
import pytest

from models_registry.importing.workbooks import read
from reports.entry.grid import Grid
from reports.entry.month_import import plan_month
from tests.models_registry.test_unreadable_cells import as_file


@pytest.fixture
def planned(report):
    grid = Grid.of(report)
    names = {code: grid.catalogue.by_code[code].name for code in ("patrols", "tips")}

    def plan(*rows, change=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([names.get(cell, cell) for cell in row])
        if change:
            change(book.active)
        return plan_month(read("a.xlsx", as_file(book)), Grid.of(report))

    return plan


def cells(plan):
    return {(cell.row, cell.indicator): cell.value for cell in plan.cells}


def test_indicators_down_and_hamlets_across(planned, khu):
    plan = planned(
        ["Công an xã Chí Đám"],
        ["BIỂU TỔNG HỢP THÁNG 6"],
        ["TT", "Chỉ tiêu", "ĐVT", "Khu 1", "KDC 2", "Khu 10", "Cộng", "Tháng trước", "Ghi chú"],
        [1, "patrols", "lượt", 3, 4, 5, 12, 11, "x"],
        [2, "tips", "tin", 0, "1.164", None, 1164, 9, ""],
        ["", "Cộng toàn xã", "", 3, 1168, 5, "", "", ""],
    )
    assert cells(plan) == {
        (khu[0], "patrols"): 3, (khu[1], "patrols"): 4, (khu[2], "patrols"): 5, (khu[0], "tips"): 0, (khu[1], "tips"): 1164,
    }  # fmt: skip
    assert not plan.faults and not plan.questions


BARE = {
    "beside one that is named": [["TT", "Chỉ tiêu", "ĐVT", "1", 2, "Khu 10", "Cộng"]],
    "under the word for them": [["TT", "Chỉ tiêu", "ĐVT", "Khu dân cư"], ["", "", "", 1, "02", 10, "Cộng"]],
    "all there are": [["TT", "Chỉ tiêu", "ĐVT", 1, 2, 10, "Tổng"]],
}


@pytest.mark.parametrize("heads", BARE.values(), ids=BARE)
def test_bare_numbers_are_hamlets_where_nothing_else_can_be_meant(planned, khu, heads):
    plan = planned(*heads, [1, "patrols", "lượt", 3, 4, 5, 12], [2, "tips", "tin", 0, 1, None, 1])
    assert cells(plan) == {
        (khu[0], "patrols"): 3, (khu[1], "patrols"): 4, (khu[2], "patrols"): 5, (khu[0], "tips"): 0, (khu[1], "tips"): 1,
    }  # fmt: skip
    assert not plan.faults


@pytest.mark.parametrize(
    "heads", [["Chỉ tiêu", 1, 2], ["Chỉ tiêu", 1, 1], ["Chỉ tiêu", 1, 3], ["Khu", 1, 3], [1, 2, 3]]
)
def test_bare_numbers_that_may_be_weeks_or_columns_are_asked_for_names(planned, heads):
    plan = planned(heads, ["patrols", 3, 4], ["tips", 1, 2])
    assert not plan.cells and len(plan.faults) == 1


def test_one_hamlet_alone_is_turned_too(planned, khu):
    plan = planned(["Chỉ tiêu", "ĐVT", "Khu 2"], ["patrols", "lượt", 3], ["tips", "tin", "—"])
    assert cells(plan) == {(khu[1], "patrols"): 3} and not plan.faults


def test_a_hamlet_that_is_none_of_ours_is_a_fault_with_its_column(planned):
    plan = planned(["Chỉ tiêu", "Khu 1", "Khu 2", "Khu 99"], ["patrols", 3, 4, 5], ["tips", 1, 2, 3])
    assert len(plan.cells) == 4
    assert [(at, shown) for at, shown, _ in plan.faults] == [("Sheet cột D", "Khu 99")]


def test_what_cannot_be_read_and_what_is_hidden_is_told_by_its_cell(planned, khu):
    def hide(sheet):
        sheet.column_dimensions["C"].hidden = True

    plan = planned(["Chỉ tiêu", "Khu 1", "Khu 2"], ["patrols", "1,5", 4], ["tips", "=B9", 2], change=hide)
    assert {at for at, _, _ in plan.faults} == {"Sheet B2", "Sheet B3"}
    assert not plan.cells and {cell.row for cell, _ in plan.open_cells} == {khu[1]} and len(plan.questions) == 1


def test_two_lines_of_one_indicator_are_asked(planned):
    plan = planned(["Chỉ tiêu", "Khu 1", "Khu 2"], ["patrols", 3, 4], ["tips", 1, 2], ["patrols", 5, 6])
    (question,) = plan.questions
    assert "2 dòng cùng là" in question.sentence and [label for _, label in question.choices] == ["Dòng 2", "Dòng 4"]
