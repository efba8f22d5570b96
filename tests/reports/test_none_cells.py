"""One click says "Không phát sinh": zeros for what is blank, one click for a row, a section or the rest."""

import pytest

from reports.catalogue import Catalogue
from reports.entry.figures import none_cells, none_left, record
from reports.entry.grid import Grid, Row
from tests import factories as f

UNIT = Row()


def entered(level):
    return {indicator.code for indicator in getattr(Catalogue(f.JUNE), level) if indicator.core}


def places(report, scope):
    cells = none_cells(Grid.of(report), scope)
    assert all(cell.value == 0 and cell.was is None for cell in cells)
    assert len({(cell.row, cell.indicator) for cell in cells}) == len(cells)
    return {(cell.row, cell.indicator) for cell in cells}


def test_the_rest_is_every_blank_cell_that_is_owed(report, khu):
    owed = {(row, code) for row in khu for code in entered("by_hamlet")}
    owed |= {(UNIT, code) for code in entered("by_commune")}
    assert places(report, "rest") == owed


def test_a_row_is_the_blank_cells_of_one_hamlet_or_of_the_unit(report, khu):
    assert places(report, f"row:{khu[1].key}") == {(khu[1], code) for code in entered("by_hamlet")}
    assert places(report, "row:u") == {(UNIT, code) for code in entered("by_commune")}


def test_a_section_is_its_indicators_wherever_they_are_entered(report, khu):
    by_hamlet = {(row, code) for row in khu for code in ("tips", "valuable_tips")}
    unit = {(UNIT, "cases_solved_from_tips"), (UNIT, "offenders_from_tips")}
    assert places(report, "section:tips") == by_hamlet | unit


@pytest.mark.parametrize("scope", ["", "row:", "row:h999999", "row:x", "section:", "section:nowhere", "all", "tips"])
def test_an_unknown_scope_is_nothing(report, scope):
    assert places(report, scope) == set()


def test_cells_with_a_value_are_never_touched(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "tips"): 5, (khu[1], "tips"): 0})
    missing = places(report, "section:tips")
    assert (khu[2], "tips") in missing
    assert not {(khu[0], "tips"), (khu[1], "tips")} & missing


def test_a_hamlet_whose_group_has_a_value_owes_nothing(cast, report, khu):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    f.fill(report, cast.lan, {(Row(group=group.pk), "tips"): 2})
    rest = places(report, "rest")
    assert (khu[0], "tips") not in rest
    assert (khu[0], "patrols") in rest
    assert not any(row.group for row, _ in rest)


def test_a_commune_without_hamlets_owes_everything_itself(cast):
    report = f.report(cast.tay_coc, cast.tuan)
    assert places(report, "rest") == {(UNIT, code) for code in entered("entered")}


def test_after_the_rest_is_none_nothing_is_blank(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "tips"): 5})
    outcome = record(report, none_cells(Grid.of(report), "rest"), by=cast.lan, now=f.NOW)
    assert not outcome.errors
    assert not outcome.conflicts
    grid = Grid.of(report)
    assert grid.blanks() == {}
    assert none_cells(grid, "rest") == []
    assert outcome.totals["tips"] == 5
    assert outcome.totals["online_posts"] == 0


def test_zero_is_never_written_where_another_cell_of_the_row_makes_it_false(cast, report, khu):
    f.fill(report, cast.lan, {
        (khu[0], "patrols"): 3, (khu[0], "valuable_tips"): 1, (khu[0], "disputes_received"): 2,
        (khu[1], "disputes_received"): 2, (khu[1], "disputes_settled"): 2, (khu[1], "patrol_attendance"): 5,
        (khu[2], "disputes_settled"): 1, (khu[2], "patrols"): 0,
    })  # fmt: skip
    written = places(report, "rest")
    left = {
        (khu[0], "patrol_attendance"), (khu[0], "tips"), (khu[0], "disputes_settled"),
        (khu[0], "disputes_not_settled"), (khu[0], "disputes_pending"), (khu[1], "patrols"),
        (khu[2], "disputes_received"),
    }  # fmt: skip
    assert not written & left
    assert none_left(Grid.of(report), "rest") == len(left)
    assert {(khu[1], "disputes_pending"), (khu[2], "patrol_attendance"), (khu[0], "group_meetings")} <= written


def test_what_the_groups_hold_counts_beside_a_zero(cast, report, khu):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    f.fill(report, cast.lan, {(Row(group=group.pk), "patrols"): 2})
    assert (khu[0], "patrol_attendance") not in places(report, "rest")
