"""The figures of a question, asked of its summary once for each way it is laid out, and remembered.

A total over months is the span's own figure, so a stock stands there as at the end; places are added up by
the summary; indicators, which have different units, never are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from communes.templatetags.vietnamese import number
from reports.asking.places import ALL, Item, Places, item_of, places_of
from reports.asking.question import PER, Question
from reports.models import Indicator
from reports.months import Span
from reports.totals.comparing import Base, Compared, Comparison
from reports.totals.dimensions import By
from reports.totals.ratios import Sizes, divide, ratios, sizes_of
from reports.totals.summary import Summary

MOST_CELLS = 40_000
OFFSETS = {"value": 0, "previous": 1, "last_year": 12}  # months, of a single month


class TooMuch(Exception):
    """More cells than anyone can read; the sentence says how to ask for less."""


@dataclass(frozen=True)
class QuestionFigures:
    """What a question asks of its summary; what was asked is remembered."""

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

    def figures(self, by_place: bool, by_month: bool, offset: str) -> dict[tuple[Any, Any, str], int]:
        """(place, month, code) → figure, of this span or of one it is compared with; ``ALL`` is a whole axis."""
        known = (by_place, by_month, offset)
        if known not in self.memory:
            self.memory[known] = self._ask(by_place, by_month, offset)
        return self.memory[known]

    def _ask(self, by_place: bool, by_month: bool, offset: str) -> dict[tuple[Any, Any, str], int]:
        places, months = self.places, OFFSETS[offset]
        base = self._by(by_place)
        span = span_at(self.question.span, offset, by_month)
        values = self.question.summary.values(span, base, monthly=by_month)
        laid_out = base != "indicator"
        if laid_out and (places.group_of or not by_place):
            values = Summary.together(values, self._grouped(by_place, by_month))
        found = {}
        for key, row in values.items():
            at: tuple[Any, Any] = key if laid_out and by_month else (key if laid_out else ALL, key if by_month else ALL)
            place, month = at
            own = month if month == ALL else month + months  # a compared month stands where it is compared
            for code, value in row.items():
                found[place, own, code] = value.value
        return found

    def _by(self, by_place: bool) -> By:
        """By what the summary is asked: by places where these are laid out, or where they are not the whole."""
        return self.places.by if by_place or not self.places.complete else "indicator"

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

    def compared(self, by_place: bool, by_month: bool, base: Base) -> dict[tuple[Any, Any, str], Compared]:
        """(place, month, code) → how the figure compares with a span before, like with like; ``ALL`` as in figures."""
        known = ("compared", by_place, by_month, base)
        if known not in self.memory:
            self.memory[known] = self._compare(by_place, by_month, base)
        return self.memory[known]

    def _compare(self, by_place: bool, by_month: bool, base: Base) -> dict[tuple[Any, Any, str], Compared]:
        question, places = self.question, self.places
        by = self._by(by_place)
        grouped = by == "commune" and (places.group_of or not by_place)
        found: dict[tuple[Any, Any, str], Compared] = {}
        for month in question.span if by_month else [ALL]:
            span = question.span if month == ALL else question.place.span(str(month))
            beside = Comparison(question.summary.asking(span=span), base)
            for key, row in beside.figures(by, self._grouped(by_place, False) if grouped else None).items():
                place = ALL if by == "indicator" else key
                found |= {(place, month, code): one for code, one in row.items()}
        return found

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
        base: By = "hamlet" if question.place.commune else "commune"
        if base == "hamlet" and not by_place:  # a commune is one unit: its own figure by all its hamlets
            size = sum(sizes.of.values())
            figures = self.figures(False, by_month, "value") if size else {}
            return {key: divide(value, size, sizes.per) for key, value in figures.items()}
        codes = tuple(indicator.code for indicator in question.indicators)
        if by_month:
            of = {(unit, month): size for unit, size in sizes.of.items() for month in question.span}
            sizes = Sizes(sizes.basis, of, sizes.note)
        values = question.summary.values(question.span, base, monthly=by_month)
        found = ratios(values, codes, sizes, self._grouped(by_place, by_month))
        return {
            (*(group if by_month else (group, ALL)), code): one.value
            for group, row in found.items()
            for code, one in row.items()
            if one.value is not None
        }

    @cached_property
    def found(self) -> tuple[Item, ...]:
        """The places of the rows, and those that have figures without being listed: former ones, the office."""
        if self.places.parts is None:
            return self.places.items
        keys = {place for place, _, _ in self.figures(True, "month" in self.question.axes, "value")}
        return self.places.items + tuple(item_of(one, self.question.place) for one in self.places.parts.unlisted(keys))


def span_at(span: Span, offset: str, by_month: bool) -> Span:
    """Return the span a figure is taken from: compared spans, or the months before each month."""
    if by_month:
        first, last = span.first - OFFSETS[offset], span.last - OFFSETS[offset]
        return Span(f"{first}..{last}", first, last, span.first_month) if OFFSETS[offset] else span
    return {"value": span, "previous": span.previous, "last_year": span.same_span_last_year}[offset]
