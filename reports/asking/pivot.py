"""The table that answers a question of the explore page.

Every number is one of :meth:`Summary.values`; this module only lays them out. A total over months is the
span's own figure, so a stock stands there as at the end; places are added up by the summary; indicators,
which have different units, never are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

from communes.templatetags.vietnamese import number
from reports.asking.address import figure_address
from reports.asking.question import AXES, BESIDE, CHOSEN, MEASURES, PER, WHOLE, Question
from reports.charts.lines import MOST, Line, Lines
from reports.models import Indicator
from reports.months import Span
from reports.tables.table import Cell, Column, Table, per_cent, shares
from reports.totals.parts import Part, Parts, parts_of
from reports.totals.ratios import Sizes, divide, ratios, sizes_of
from reports.totals.summary import By, Place, Summary

MOST_CELLS = 40_000
MOST_CHARTS = 12
SPAN = "-span-"  # stands for a span in an address, until it is known
ALL = "all"  # in place of a key: the whole of an axis that is not laid out
BASE = {"change": "previous", "rate": "previous", "year_change": "last_year", "year_rate": "last_year"}
OFFSETS = {"value": 0, "previous": 1, "last_year": 12}  # months, of a single month


class TooMuch(Exception):
    """More cells than anyone can read; the sentence says how to ask for less."""


@dataclass(frozen=True, eq=False)
class Item:
    """One row or column of an axis: key in the values, name; ``url_part`` names a place in addresses."""

    key: Any
    name: str
    url_part: dict[str, str] | None = None


@dataclass(frozen=True)
class Places:
    """The places of a question: how the summary groups them, and how its keys become rows.

    ``by`` is "" for the place as one; ``group_of`` gives a key of the summary its row (None for none);
    ``parts`` names those that have figures without being listed.
    """

    items: tuple[Item, ...]
    by: str = ""
    group_of: Callable[[Any], Any] | None = None
    complete: bool = True  # the rows are the whole place: its own figure is their total
    total: str = ""
    parts: Parts | None = None


def places_of(question: Question) -> Places:
    """Return the places a question asks about (one query or two)."""
    place = question.place
    if question.places == CHOSEN:
        keys = {commune.pk: commune.pk for commune in question.communes}
        items = tuple(Item(c.pk, str(c), {"commune": c.slug}) for c in question.communes)
        return Places(items, "commune", keys.get, False, "Cộng các xã đã chọn")
    if question.places == WHOLE:
        return Places((Item(ALL, place.name, {}),))
    parts = parts_of(question.summary, question.grouping)
    items = tuple(_item(part, place) for part in parts.listed)
    return Places(items, parts.by, parts.group_of, total=_total(place), parts=parts)


def _total(place: Place) -> str:
    """What all the parts of a place are together."""
    if place.commune:
        return "Toàn xã"
    return "Cả cụm" if place.cluster else "Toàn tỉnh" if place.province else "Cả nước"


def address_of(part: Part, place: Place) -> dict[str, str] | None:
    """Return how the addresses of figures name a part of a place; None for communes that lie in no cluster."""
    home = place.commune.slug if place.commune else ""
    return {
        "hamlet": {"commune": home, "row": f"h{part.slug}"},
        "unit": {"commune": home, "row": "u"},
        "commune": {"commune": part.slug},
        "office": {"province": part.slug, "office": "1"},
        "cluster": {"cluster": part.slug},
        "province": {"province": part.slug},
    }.get(part.kind)


def _item(part: Part, place: Place) -> Item:
    return Item(part.key, part.name, address_of(part, place))


@dataclass(frozen=True)
class Pivot:
    """A question on its way to its table; what was asked of the summary is remembered."""

    question: Question
    memory: dict = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def places(self) -> Places:
        """Its places."""
        return places_of(self.question)

    @cached_property
    def items(self) -> dict[str, tuple[Item, ...]]:
        """Axis → its items, all of them known before a figure is asked."""
        question = self.question
        return {
            "indicator": tuple(Item(i.code, i.name) for i in question.indicators),
            "place": self.places.items,
            "month": tuple(Item(month, month.title.removeprefix("tháng ")) for month in question.span),
        }

    @property
    def sections(self) -> tuple[Indicator, ...] | tuple[None]:
        """The indicators each with lines of its own, where they are neither rows nor columns."""
        return (None,) if "indicator" in self.question.axes else self.question.indicators

    def refuse_too_much(self) -> None:
        """Raise :class:`TooMuch` where there would be more cells than ``MOST_CELLS``."""
        question = self.question
        cells = len(self.sections) * len(question.measures)
        for axis in question.axes:
            cells *= max(1, len(self.items[axis]))
        behind = len(question.indicators) * (len(question.span) if "month" in question.axes else 1)
        apart = self.places.by == "commune" and ("place" in question.axes or not self.places.complete)
        if apart or self.bases:
            behind *= question.place.communes().count()
        if max(cells, behind) > MOST_CELLS:
            raise TooMuch(
                f"Câu hỏi này cần {number(max(cells, behind))} ô số liệu, nhiều hơn {number(MOST_CELLS)} ô mà một bảng "
                "chứa được. Hãy chọn ít chỉ tiêu, ít nơi hoặc ít tháng hơn, hay bỏ bớt các cột so sánh."
            )

    # The figures

    def figures(self, by_place: bool, by_month: bool, offset: str) -> dict[tuple[Any, Any, str], int]:
        """(place, month, code) → figure, of this span or of one it is compared with; ``ALL`` is a whole axis."""
        known = (by_place, by_month, offset)
        if known not in self.memory:
            self.memory[known] = self._ask(by_place, by_month, offset)
        return self.memory[known]

    def _ask(self, by_place: bool, by_month: bool, offset: str) -> dict[tuple[Any, Any, str], int]:
        places, months = self.places, OFFSETS[offset]
        base = places.by if by_place or not places.complete else ""
        by: By = "_".join(filter(None, (base, by_month and "month"))) or "indicator"  # type: ignore[assignment,arg-type]
        values = self.question.summary.values(span_at(self.question.span, offset, by_month), by)
        if base and (places.group_of or not by_place):
            values = Summary.together(values, self._grouped(by_place, by_month))
        found = {}
        for key, row in values.items():
            at: tuple[Any, Any] = key if base and by_month else (key if base else ALL, key if by_month else ALL)
            place, month = at
            own = month if month == ALL else month + months  # a compared month stands where it is compared
            for code, value in row.items():
                found[place, own, code] = value.value
        return found

    def _grouped(self, by_place: bool, by_month: bool) -> Callable[[Any], Any]:
        """Which row a key of the summary goes into: its group's, or the one of all groups."""
        group_of = self.places.group_of or (lambda key: key)

        def group(place: Any) -> Any:
            found = group_of(place)
            return found if by_place or found is None else ALL

        def pair(key: Any) -> Any:
            found = group(key[0])
            return None if found is None else (found, key[1])

        return pair if by_month else group

    def figure(self, at: dict[str, Any], offset: str) -> int | None:
        """One number: the indicator, place and month of ``at``; None is blank."""
        place, month = at["place"], at["month"]
        return self.figures(place != ALL, month != ALL, offset).get((place, month, at["indicator"]))

    @property
    def bases(self) -> list[str]:
        """What figures are divided by, of all that is asked."""
        return [measure.removeprefix(PER) for measure in self.question.measures if measure.startswith(PER)]

    def sizes(self, basis: str) -> Sizes:
        """How many of something each unit counts as, at the end of the span."""
        if ("sizes", basis) not in self.memory:
            self.memory["sizes", basis] = sizes_of(self.question.summary, basis)
        return self.memory["sizes", basis]

    def averages(self, by_place: bool, by_month: bool, basis: str) -> dict[tuple[Any, Any, str], Decimal]:
        """(place, month, code) → ratio, recomputed from the parts that have both (:mod:`reports.totals.ratios`)."""
        known = ("averages", by_place, by_month, basis)
        if known not in self.memory:
            self.memory[known] = self._divide(by_place, by_month, self.sizes(basis))
        return self.memory[known]

    def _divide(self, by_place: bool, by_month: bool, sizes: Sizes) -> dict[tuple[Any, Any, str], Decimal]:
        question = self.question
        base = "hamlet" if question.place.commune else "commune"
        if base == "hamlet" and not by_place:  # a commune is one unit: its own figure by all its hamlets
            size = sum(sizes.of.values())
            figures = self.figures(False, by_month, "value") if size else {}
            return {key: divide(value, size, sizes.per) for key, value in figures.items()}
        by: By = f"{base}_month" if by_month else base  # type: ignore[assignment]
        codes = tuple(indicator.code for indicator in question.indicators)
        if by_month:
            of = {(unit, month): size for unit, size in sizes.of.items() for month in question.span}
            sizes = Sizes(sizes.basis, of, sizes.note)
        found = ratios(question.summary.values(question.span, by), codes, sizes, self._grouped(by_place, by_month))
        return {
            (*(group if by_month else (group, ALL)), code): one.value
            for group, row in found.items()
            for code, one in row.items()
            if one.value is not None
        }

    def cell(self, at: dict[str, Any], measure: str, item: Item | None) -> Cell:
        """One cell; a figure leads down to what it is made of."""
        if measure.startswith(PER):
            place, month = at["place"], at["month"]
            averages = self.averages(place != ALL, month != ALL, measure.removeprefix(PER))
            return Cell(averages.get((place, month, at["indicator"])))
        if measure in OFFSETS:
            value = self.figure(at, measure)
            return Cell(value, "" if value is None else self._address(at, measure, item))
        value, base = self.figure(at, "value"), self.figure(at, BASE[measure])
        if value is None or base is None:
            return Cell(None)
        if measure in ("change", "year_change"):
            return Cell(value - base, style="signed")
        return Cell(per_cent(value, base) if base else None, style="signed")

    def _address(self, at: dict[str, Any], measure: str, item: Item | None) -> str:
        """Where a figure is taken apart; its two halves are written once, not for every cell."""
        part = item.url_part if item else {} if self.places.complete else None
        if part is None:
            return ""
        place, month, code = ("place", item), at["month"], at["indicator"]
        when = (month, measure)
        if when not in self.memory:
            span = span_at(self.question.span, measure, False) if month == ALL else month - OFFSETS[measure]
            self.memory[when] = str(span)
        if (place, code) not in self.memory:
            self.memory[place, code] = figure_address(self.question.summary, code, SPAN, **part)
        return self.memory[place, code].replace(SPAN, self.memory[when])

    # The layout

    @cached_property
    def found(self) -> tuple[Item, ...]:
        """The places of the rows, and those that have figures without being listed: former ones, the office."""
        if self.places.parts is None:
            return self.places.items
        keys = {place for place, _, _ in self.figures(True, "month" in self.question.axes, "value")}
        return self.places.items + tuple(_item(one, self.question.place) for one in self.places.parts.unlisted(keys))

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
        question, unit_of = self.question, {i.code: i.unit for i in self.question.indicators}
        first = question.parts.capitalize() if question.rows == "place" else AXES[question.rows]
        heads = [Column(first, numeric=False, url=f"?{question.query(sort='')}")]
        if question.rows == "indicator":
            heads.append(Column("ĐVT", numeric=False))
        for place, (item, measure) in enumerate(self.columns, start=1):
            if item:
                name = f"{item.name} ({unit_of[item.key]})" if item.key in unit_of else item.name
                heading = f"{name}: {BESIDE[measure]}" if BESIDE[measure] else name
            else:
                heading = MEASURES[measure]
            direction = {str(place): "ascending", f"-{place}": "descending"}.get(question.sort, "")
            turn = str(place) if question.sort == f"-{place}" else f"-{place}"
            heads.append(Column(heading, url=f"?{question.query(sort=turn)}", sorted=direction))
        return heads

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
        return self._sorted(self._barred(rows)) + totals

    def _barred(self, rows: list[list[Cell]]) -> list[list[Cell]]:
        """Places with a bar in every cell that is a figure, where a drawing is asked for and months have none."""
        question = self.question
        if question.look != "chart" or question.rows != "place" or "month" in question.axes:
            return rows
        first = len(rows[0]) - len(self.columns) if rows else 0
        drawn = [first + at for at, (_, measure) in enumerate(self.columns) if measure in OFFSETS]
        bars = {x: shares([row[x].value for row in rows]) for x in drawn}  # type: ignore[misc]
        return [
            [replace(cell, share=bars[x][y]) if x in bars else cell for x, cell in enumerate(row)]
            for y, row in enumerate(rows)
        ]

    def charts(self) -> list[Lines]:
        """Lines over the months, a drawing for each indicator; [] where months are not laid out."""
        question = self.question
        if question.look != "chart" or "month" not in question.axes or len(question.span) < 2:
            return []
        items = self.found if "place" in question.axes else ()
        whole = Item(ALL, self.places.total or question.place.name)
        lines = items if 0 < len(items) <= MOST else (whole,)
        found, months = self.figures, self.items["month"]
        charts = []
        for indicator in question.indicators[:MOST_CHARTS]:
            drawn = [
                Line(
                    one.name,
                    [found(one.key != ALL, True, "value").get((one.key, m.key, indicator.code)) for m in months],
                )
                for one in lines
            ]
            charts.append(Lines(indicator.name, indicator.unit, [m.name for m in months], drawn))
        return charts

    def _sorted(self, rows: list[list[Cell]]) -> list[list[Cell]]:
        """By the column asked for; blanks last, whichever way."""
        wanted = self.question.sort.removeprefix("-")
        if not (wanted.isdecimal() and wanted.isascii() and 1 <= int(wanted) <= len(self.columns)):
            return rows
        place = int(wanted) + (1 if self.question.rows == "indicator" else 0)
        filled: list[tuple[Any, list[Cell]]] = [(row[place].value, row) for row in rows if row[place].value is not None]
        filled.sort(key=itemgetter(0), reverse=self.question.sort.startswith("-"))
        return [row for _, row in filled] + [row for row in rows if row[place].value is None]

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
        said.append(f"{question.place.name}: {question.summary.coverage.sentence}.")
        stocks = [i.name for i in question.indicators if i.measure == Indicator.Measure.STOCK]
        if stocks and "month" in question.axes and len(question.span) > 1:
            said.append("Số hiện có không cộng theo tháng: “Cả kỳ” là số ở báo cáo cuối cùng trong kỳ của mỗi xã.")
        if self.places.by == "hamlet" and any(i.level == Indicator.Level.COMMUNE for i in question.indicators):
            said.append("Chỉ tiêu chỉ tính cho toàn xã không có số liệu theo khu dân cư.")
        if question.look == "chart" and {"place", "month"} <= set(question.axes) and len(self.found) > MOST:
            said.append(f"Biểu đồ chỉ vẽ số chung; muốn vẽ từng nơi thì chọn nhiều nhất {MOST} nơi.")
        said += [note for basis in self.bases if (note := self.sizes(basis).note)]
        return said


def span_at(span: Span, offset: str, by_month: bool) -> Span:
    """Return the span a figure is taken from: compared spans, or the months before each month."""
    if by_month:
        first, last = span.first - OFFSETS[offset], span.last - OFFSETS[offset]
        return Span(f"{first}..{last}", first, last, span.first_month) if OFFSETS[offset] else span
    return {"value": span, "previous": span.previous, "last_year": span.same_span_last_year}[offset]
