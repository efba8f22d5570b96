"""One report beside its past: the table of its indicators, and what of it is odd."""

from dataclasses import dataclass
from statistics import median

from reports.catalogue import sections
from reports.entry import checks, kept_totals
from reports.entry.grid import UNIT_ROW, Grid, GridLine, Row
from reports.tables.table import Cell, Column, Table, change


def figures_table(grid: Grid, past: checks.Past, problems: list[checks.Problem], *, picking: bool = False) -> Table:
    """Every indicator beside last month, the same month last year and the median of twelve, with its line.

    With ``picking``, what is entered for the unit as a whole can be picked for a return.
    """
    whole = grid.catalogue.by_commune if grid.unit.commune else grid.catalogue.entered
    picked = {indicator.code for indicator in whole} if picking else set()
    known = kept_totals.by_code(grid.report) if grid.report else {}
    odd = {problem.indicator: problem.sentence for problem in reversed(problems)}
    rows = []
    for section, indicators in sections(grid.catalogue.indicators):
        rows.append([Cell(section.name, style="section"), *([Cell("")] * 8)])
        for indicator in indicators:
            code = indicator.code
            now = Cell(
                known.get(code),
                style="odd" if code in odd else "",
                note=odd.get(code, ""),
                pick=f"{UNIT_ROW.key}.{code}" if code in picked else "",
            )
            rows.append(
                [Cell(indicator.name), Cell(indicator.unit), now, *_past_cells(grid, past, code, known.get(code))]
            )
    before, season = grid.month - 1, grid.month - 12
    columns = [
        Column("Chỉ tiêu", numeric=False),
        Column("ĐVT", numeric=False),
        Column("Tháng này"),
        Column(f"Tháng trước ({before.number}/{before.year})"),
        Column("So với tháng trước"),
        Column(f"Cùng kỳ năm trước ({season.number}/{season.year})"),
        Column("So với cùng kỳ"),
        Column("Trung vị 12 tháng"),
        Column("13 tháng gần nhất", numeric=False),
    ]
    return Table("Số liệu của tháng", columns, rows)


def _past_cells(grid: Grid, past: checks.Past, code: str, value: int | None) -> list[Cell]:
    """What stands beside a figure: last month, a year ago, how it moved, the median, the line."""
    months = past.get(code, {})
    last, year = months.get(grid.month - 1), months.get(grid.month - 12)
    line = tuple(months.get(grid.month - step) for step in range(checks.LOOK_BACK, 0, -1))
    return [
        Cell(last),
        Cell(change(value, last)),
        Cell(year),
        Cell(change(value, year)),
        Cell(round(median(months.values())) if months else None),
        Cell("", spark=(*line, value)),
    ]


FEW_GROUPS = 60  # lines of groups that stand open without being asked for


def used_groups(grid: Grid, top: GridLine) -> list[GridLine]:
    """The groups of a top line that have figures of their own."""
    return [line for line in top.groups if line.row in grid.filled_rows]


def opened_rows(grid: Grid, asked: str, odd: "Oddities") -> set[Row]:
    """The top lines whose groups are shown: all where they are few, else those asked for and those with an odd cell."""
    used = {top.row: used_groups(grid, top) for top in grid.lines}
    if asked == "all" or sum(map(len, used.values())) <= FEW_GROUPS:
        return set(used)
    odd_rows = {row for row, _ in odd.cells}
    return {top for top, groups in used.items() if top.key == asked or any(line.row in odd_rows for line in groups)}


@dataclass(frozen=True)
class Oddities:
    """What the checks point at, each with its sentence: single cells, and totals by their indicator."""

    cells: dict[tuple[Row, str], str]
    totals: dict[str, str]


def oddities_of(problems: list[checks.Problem]) -> Oddities:
    """Sort problems by what they point at; the first that names a cell or a total speaks for it."""
    cells = {cell: problem.sentence for problem in reversed(problems) for cell in problem.cells}
    totals = {one.indicator: one.sentence for one in reversed(problems) if one.indicator and not one.cells}
    return Oddities(cells, totals)
