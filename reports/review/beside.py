"""One report beside its past: tables of its indicators and of its hamlets."""

from statistics import median

from reports.catalogue import sections
from reports.entry import checks, kept_totals
from reports.entry.grid import Grid
from reports.models import Indicator
from reports.tables.table import Cell, Column, Table, change


def figures_table(grid: Grid, past: checks.Past, problems: list[checks.Problem]) -> Table:
    """Every indicator beside last month, the same month last year and the median of twelve, with its line."""
    known = kept_totals.by_code(grid.report) if grid.report else {}
    odd = {problem.indicator: problem.sentence for problem in reversed(problems)}
    rows = []
    for section, indicators in sections(grid.catalogue.indicators):
        rows.append([Cell(section.name, style="section"), *([Cell("")] * 8)])
        for indicator in indicators:
            months = past.get(indicator.code, {})
            value, last, year = known.get(indicator.code), months.get(grid.month - 1), months.get(grid.month - 12)
            line = tuple(months.get(grid.month - step) for step in range(checks.LOOK_BACK, 0, -1))
            rows.append(
                [
                    Cell(indicator.name),
                    Cell(indicator.unit),
                    Cell(value, style="odd" if indicator.code in odd else "", note=odd.get(indicator.code, "")),
                    Cell(last),
                    Cell(change(value, last)),
                    Cell(year),
                    Cell(change(value, year)),
                    Cell(round(median(months.values())) if months else None),
                    Cell("", spark=(*line, value)),
                ]
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


def hamlet_table(grid: Grid, problems: list[checks.Problem]) -> Table:
    """Hamlets (and groups that have figures) by indicators, and their total; each cell leads to its history."""
    odd = {cell: problem.sentence for problem in problems for cell in problem.cells}
    totals = kept_totals.by_code(grid.report) if grid.report else {}
    indicators = grid.catalogue.by_hamlet
    base = f"/reports/{grid.unit.slug}/{grid.month}/cells"
    rows = []
    for top in grid.lines:
        used = [line for line in top.groups if any((line.row, i.code) in grid.cells for i in indicators)]
        for line in [top, *used]:
            cells = [Cell(line.name, style="group" if line in used else "")]
            for indicator in indicators:
                place = (line.row, indicator.code)
                cells.append(
                    Cell(
                        grid.cells.get(place),
                        url=f"{base}/{line.row.key}/{indicator.code}/",
                        style="odd" if place in odd else "",
                        note=odd.get(place, ""),
                    )
                )
            rows.append(cells)
    whole = [Cell(totals.get(indicator.code), style="sum") for indicator in indicators]
    rows.append([Cell("Tổng cộng", style="sum"), *whole])
    return Table("Theo khu dân cư", [Column("Khu dân cư", numeric=False), *_heads(indicators)], rows)


def _heads(indicators: list[Indicator]) -> list[Column]:
    return [Column(one.head, full=f"{one.name} ({one.unit})", group=one.section.name) for one in indicators]
