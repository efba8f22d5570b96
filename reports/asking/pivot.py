"""The table that answers a question of the explore page: its lay-out alone.

Every number is one of :class:`~reports.asking.figures.QuestionFigures`; here they get their rows, columns,
headings, order and links.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Any

from reports.asking.address import figure_address, span_below
from reports.asking.drawings import barred
from reports.asking.figures import OFFSETS, QuestionFigures, span_at
from reports.asking.places import ALL, Item
from reports.asking.question import AXES, BESIDE, MEASURES, PER
from reports.charts.lines import MOST
from reports.models import Indicator
from reports.tables.table import SMALL, Cell, Column, Table, per_cent
from reports.totals.comparing import LIKE_NOTE, Base

SPAN = "-span-"  # stands for a span in an address, until it is known
BASE: dict[str, Base] = {
    "change": "previous",
    "rate": "previous",
    "year_change": "same_span_last_year",
    "year_rate": "same_span_last_year",
}


def sorted_rows(rows: Sequence[list[Cell]], place: int | None, backwards: bool) -> list[list[Cell]]:
    """Put rows in the order of one of their cells, blanks last whichever way; as they are without one."""
    if place is None:
        return list(rows)
    filled: list[tuple[Any, list[Cell]]] = [(row[place].value, row) for row in rows if row[place].value is not None]
    filled.sort(key=itemgetter(0), reverse=backwards)
    return [row for _, row in filled] + [row for row in rows if row[place].value is None]


@dataclass(frozen=True)
class Pivot(QuestionFigures):
    """A question laid out as its table."""

    def cell(self, at: dict[str, Any], measure: str, item: Item | None) -> Cell:
        """One cell; a figure leads down to what it is made of."""
        if measure.startswith(PER):
            place, month = at["place"], at["month"]
            averages = self.averages(place != ALL, month != ALL, measure.removeprefix(PER))
            return Cell(averages.get((place, month, at["indicator"])))
        if measure in OFFSETS:
            value = self.figure(at, measure)
            return Cell(value, "" if value is None else self._address(at, measure, item))
        place, month = at["place"], at["month"]
        beside = self.compared(place != ALL, month != ALL, BASE[measure]).get((place, month, at["indicator"]))
        if beside is None or beside.sides is None:
            return Cell(None, note=beside.why if beside else "")
        now, then = beside.sides
        if measure in ("change", "year_change"):
            return Cell(now - then, note=beside.why, style="signed")
        return Cell(per_cent(now, then) if then >= SMALL else None, note=beside.why, style="signed")

    def _address(self, at: dict[str, Any], measure: str, item: Item | None) -> str:
        """Where a figure is taken apart; its two halves are written once, not for every cell."""
        part = item.url_part if item else {} if self.places.complete else None
        if part is None:
            return ""
        place, month, code = ("place", item), at["month"], at["indicator"]
        when = (month, measure, item is None)
        if when not in self.memory:
            self.memory[when] = self._named(month, measure, below=item is not None)
        if (place, code) not in self.memory:
            self.memory[place, code] = figure_address(self.question.summary, code, SPAN, **part)
        return self.memory[place, code].replace(SPAN, self.memory[when])

    def _named(self, month: Any, measure: str, *, below: bool) -> str:
        """The span of a figure as its address names it, to a part of the place or to the whole."""
        if month != ALL:
            return str(month - OFFSETS[measure])
        span = span_at(self.question.span, measure, False)
        return span_below(self.question.summary, span) if below else str(span)

    def axis(self, axis: str) -> list[tuple[Item, bool]]:
        """The items of an axis, then its total where there is one; whether each is a total."""
        items = [(item, False) for item in (self.found if axis == "place" else self.items[axis])]
        if len(items) > 1 and axis != "indicator":
            items.append((Item(ALL, "Cả kỳ" if axis == "month" else self.places.total), True))
        return items

    def at(self, section: Indicator | None, row: Item, column: Item | None) -> dict[str, Any]:
        """Which figure stands where: indicator, place and month."""
        at = {"place": ALL, "month": ALL, "indicator": section.code if section else None}
        at[self.question.rows] = row.key
        if column:
            at[self.question.columns] = column.key
        return at

    def place_item(self, row: Item, column: Item | None) -> Item | None:
        """The place among a row and a column; None for the whole."""
        item = {self.question.rows: row, self.question.columns: column}.get("place")
        return None if item is None or item.key == ALL else item

    @cached_property
    def columns(self) -> list[tuple[Item | None, str]]:
        """The columns of numbers: item and measure."""
        items = [item for item, _ in self.axis(self.question.columns)] if self.question.columns else [None]
        return [(item, measure) for item in items for measure in self.question.measures]

    def heads(self) -> list[Column]:
        """The headings; a click sorts."""
        question, by_code = self.question, {i.code: i for i in self.question.indicators}
        first = question.parts.capitalize() if question.rows == "place" else AXES[question.rows]
        heads = [Column(first, numeric=False, url=f"?{question.query(sort='')}")]
        if question.rows == "indicator":
            heads.append(Column("ĐVT", numeric=False))
        for place, (item, measure) in enumerate(self.columns, start=1):
            direction = {str(place): "ascending", f"-{place}": "descending"}.get(question.sort, "")
            turn = str(place) if question.sort == f"-{place}" else f"-{place}"
            head = self._head(item, by_code.get(item.key) if item else None, measure)
            heads.append(replace(head, url=f"?{question.query(sort=turn)}", sorted=direction))
        return heads

    @staticmethod
    def _head(item: Item | None, indicator: Indicator | None, measure: str) -> Column:
        """What a column of numbers is called; an indicator by its short name, under its section's."""
        beside = f": {BESIDE[measure]}" if BESIDE[measure] else ""
        if indicator:
            short, full = (f"{name} ({indicator.unit}){beside}" for name in (indicator.head, indicator.name))
            return Column(short, full=full, group=indicator.section.name)
        return Column(f"{item.name}{beside}" if item else MEASURES[measure])

    def lines(self, section: Indicator | None) -> list[list[Cell]]:
        """The rows of a section, in their order, the total last."""
        question = self.question
        unit_of = {i.code: i.unit for i in question.indicators}
        rows: list[list[Cell]] = []
        totals: list[list[Cell]] = []
        for row, is_total in self.axis(question.rows):
            style = "sum" if is_total else ""
            line = [Cell(row.name, style=style)]
            if question.rows == "indicator":
                line.append(Cell(unit_of[row.key]))
            for column, measure in self.columns:
                cell = self.cell(self.at(section, row, column), measure, self.place_item(row, column))
                line.append(replace(cell, style=f"{cell.style} sum".strip()) if is_total else cell)
            (totals if is_total else rows).append(line)
        first = len(rows[0]) - len(self.columns) if rows else 0
        drawn = [first + at for at, (_, measure) in enumerate(self.columns) if measure in OFFSETS]
        backwards = question.sort.startswith("-")
        return sorted_rows(barred(question, rows, drawn), self.sorted_by, backwards) + totals

    @property
    def sorted_by(self) -> int | None:
        """The place in a line of the column that sorts them, or None."""
        wanted = self.question.sort.removeprefix("-")
        if not (wanted.isdecimal() and wanted.isascii() and 1 <= int(wanted) <= len(self.columns)):
            return None
        return int(wanted) + (1 if self.question.rows == "indicator" else 0)

    def table(self) -> Table:
        """Return the table. Raises :class:`TooMuch`."""
        self.refuse_too_much()
        heads, rows = self.heads(), []
        for section in self.sections:
            if section and len(self.question.indicators) > 1:
                title = Cell(f"{section.name} ({section.unit})", style="section")
                rows.append([title, *([Cell("")] * (len(heads) - 1))])
            rows += self.lines(section)
        return Table(self.question.title, heads, rows, self.notes())

    def notes(self) -> list[str]:
        """What must be known to read the numbers."""
        question = self.question
        alone = question.indicators[0] if len(question.indicators) == 1 else None
        said = [f"Đơn vị tính: {alone.unit}."] if alone and "indicator" not in question.axes else []
        said.append(f"{question.place.name}: {' '.join(question.summary.notes)}")
        stocks = [i.name for i in question.indicators if i.measure == Indicator.Measure.STOCK]
        if stocks and "month" in question.axes and len(question.span) > 1:
            said.append("Số hiện có không cộng theo tháng: “Cả kỳ” là số ở báo cáo cuối cùng của mỗi xã.")
        if set(BASE) & set(question.measures):
            said.append(LIKE_NOTE.replace("cột này nói rõ", "ô ấy để trống"))
        if self.places.by == "hamlet" and any(i.level == Indicator.Level.COMMUNE for i in question.indicators):
            said.append("Chỉ tiêu chỉ tính cho toàn xã không có số liệu theo khu dân cư.")
        if question.look == "chart" and {"place", "month"} <= set(question.axes) and len(self.found) > MOST:
            said.append(f"Biểu đồ chỉ vẽ số chung; muốn vẽ từng nơi thì chọn nhiều nhất {MOST} nơi.")
        said += [note for basis in self.bases if (note := self.sizes(basis).note)]
        return said
