"""One report beside its past: the table of its indicators, and what of it is odd."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from reports import charts
from reports.catalogue import sections
from reports.entry import checks, kept_totals
from reports.entry.grid import UNIT_ROW, Grid, GridLine, Row
from reports.models import Indicator, MonthlyReport
from reports.months import Month
from reports.review.marks import Mark, Outlier
from reports.tables.table import Cell, Column, Table
from reports.totals.comparing import Base, alone, moves_note


def figures_table(
    grid: Grid,
    past: checks.Past,
    problems: list[checks.Problem],
    now: datetime,
    *,
    picked: Collection[str] | None = None,
) -> Table:
    """Every indicator beside last month, the same month last year and the median of twelve, with its line.

    A month that runs compares with nothing, nor does any with one that was not sent. What is entered for the unit as a
    whole can be picked for a return, unless ``picked`` is None.
    """
    whole = grid.catalogue.by_commune if grid.unit.commune else grid.catalogue.entered
    pickable = {indicator.code for indicator in whole} if picked is not None else set()
    known = kept_totals.by_code(grid.report) if grid.report else {}
    odd = {problem.indicator: problem.sentence for problem in reversed(problems)}
    beside = AgainstThePast.of(grid, past, now, {p.indicator for p in problems if p.key.startswith("jump:")})
    rows = []
    for section, indicators in sections(grid.catalogue.indicators):
        rows.append([Cell(section.name, style="section"), *([Cell("")] * 8)])
        for indicator in indicators:
            code = indicator.code
            key = f"{UNIT_ROW.key}.{code}"
            here = Cell(
                known.get(code),
                style="odd" if code in odd else "",
                note=odd.get(code, ""),
                pick=key if code in pickable else "",
                picked=key in (picked or ()),
            )
            rows.append([Cell(indicator.name), Cell(indicator.unit), here, *beside.cells(indicator, known.get(code))])
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
    return Table("Số liệu của tháng", columns, rows, [moves_note()])


@dataclass(frozen=True)
class AgainstThePast:
    """What a month's figures are held against: its past, whether it is over, and which months of the past were sent."""

    month: Month
    past: checks.Past
    over: bool
    sent: set[Month]
    jumped: Collection[str | None]  # what lies beyond its past

    @classmethod
    def of(cls, grid: Grid, past: checks.Past, now: datetime, jumped: Collection[str | None] = ()) -> "AgainstThePast":
        """Ask which of the months that a grid's is compared with were sent (one query)."""
        reports = MonthlyReport.objects.of(grid.unit).filter(month__in=[grid.month - 1, grid.month - 12])
        sent = set(reports.filter(state__in=MonthlyReport.SENT).order_by().values_list("month", flat=True))
        return cls(grid.month, past, grid.month < Month.at(now, grid.unit.province.cutoff), sent, jumped)

    def cells(self, indicator: Indicator, value: int | None) -> list[Cell]:
        """What stands beside a figure: last month, a year ago, how it moved, the median, the line."""
        code = indicator.code
        months = self.past.get(code, {})
        line = tuple(months.get(self.month - step) for step in range(checks.LOOK_BACK, 0, -1))
        return [
            *self._compared(months, value, 1, "previous"),
            *self._compared(months, value, 12, "same_span_last_year"),
            Cell(round(median(months.values())) if months else None),
            Cell("", past=charts.Past(indicator.name, (*line, value), code in self.jumped)),
        ]

    def _compared(self, months: dict[Month, int], value: int | None, back: int, base: Base) -> tuple[Cell, Cell]:
        then = months.get(self.month - back)
        said = alone(value, then, base, over=self.over, counted=self.month - back in self.sent)
        return Cell(then), said.cell("")


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


MOST = 3  # rows named on the card of an odd total


@dataclass(frozen=True)
class Lead:
    """A cell that a card leads to: the key by which it is picked, where it stands on the page, its name and number."""

    key: str
    anchor: str
    name: str
    value: int


@dataclass(frozen=True)
class OddCard:
    """An odd total as it is laid before the reviewer, and the cells to look at."""

    mark: Mark
    outlier: Outlier
    leads: Sequence[Lead]


def odd_cards(grid: Grid, marks: Sequence[Mark], opened: Collection[Row]) -> list[OddCard]:
    """Return a card for each odd total among the marks; ``opened`` are the top lines whose groups are on the page."""
    by_hamlet = {indicator.code for indicator in grid.catalogue.by_hamlet} if grid.hamlets else set()
    return [
        OddCard(mark, mark.outlier, list(_leads(grid, mark.outlier, by_hamlet, opened)))
        for mark in marks
        if mark.outlier
    ]


def _leads(grid: Grid, outlier: Outlier, by_hamlet: Collection[str], opened: Collection[Row]) -> Iterator[Lead]:
    """The total's cell, and of a high total those of the rows that hold most of it."""
    code = outlier.indicator.code
    anchor = f"t-{code}" if code in by_hamlet else "figures"
    yield Lead(f"{UNIT_ROW.key}.{code}", anchor, "Tổng", outlier.value)
    if code not in by_hamlet or outlier.value < outlier.usual:
        return
    shown = list(grid.hamlets) + [line for top in grid.lines if top.row in opened for line in top.groups]
    known = [(grid.cells.get((line.row, code)) or 0, line) for line in shown]
    for value, line in sorted((one for one in known if one[0]), key=lambda one: -one[0])[:MOST]:
        yield Lead(f"{line.row.key}.{code}", f"c-{line.row.key}-{code}", line.name, value)
