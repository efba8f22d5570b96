"""Two spans laid over each other: which counted reports of the one have their like in the other."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from reports.months import Month, Span
from reports.totals.dimensions import By
from reports.totals.place import Counted
from reports.totals.summary import Summary, Value

AT_END = -1  # the place of a stock, which is of one moment
Kind = Literal["flows", "end", "ends", "register", "registers"]
"""What two spans are compared by: the flows of their months, the stocks at their end, or at each month's end.

The last two are the same for the stocks of the register, which stand without a report too.
"""
AT_ENDS = ("end", "register")

Spot = tuple[Any, int]
"""A unit (or hamlet) and the place of a month in its span, 0 the first: what both sides of a pair have in common."""


class Piece(NamedTuple):
    """The value on one side of a pair; ``over`` where its month has ended."""

    value: int
    over: bool


@dataclass(frozen=True)
class Side:
    """The counted reports of one span, their ``spots`` beside them.

    ``all`` are the spots once (where communes were merged, several reports may stand at one), ``over`` those whose
    month has ended.
    """

    span: Span
    reports: list[Counted]
    spots: list[Spot]
    all: set[Spot]
    over: set[Spot]
    kind: Kind
    units: frozenset[int] | None = None  # whose alone, where not everybody's

    def of_units(self, units: set[int]) -> "Side":
        """The same side of some units alone."""
        some = [(report, spot) for report, spot in zip(self.reports, self.spots, strict=True) if report.unit in units]
        reports, spots = [report for report, _ in some], [spot for _, spot in some]
        return replace(self, reports=reports, spots=spots, units=frozenset(units))

    def spot_of(self, key: Any) -> Spot:
        """The spot of a key of :meth:`Summary.values`, by commune and month or by commune."""
        return (key, AT_END) if self.kind in AT_ENDS else (key[0], self._places[key[1]])

    @cached_property
    def _places(self) -> dict[Month, int]:
        return {month: place for place, month in enumerate(self.span)}


def side_of(summary: Summary, span: Span, kind: Kind) -> Side:
    """Return the reports of a span that are compared: those that count, or hold the stocks at an end. Remembered."""

    def ask() -> Side:
        placed = _placed(summary, span, kind)
        reports, spots = [report for report, _ in placed], [spot for _, spot in placed]
        every = over = set(spots)
        current = {home: summary.current_of(home) for home in {report.province for report in reports}}
        if span.last >= min(current.values(), default=span.last):
            if kind in AT_ENDS:
                over = {spot for report, spot in placed if report.month < current[report.province]}
            else:
                running = {home: span.first.until(month) for home, month in current.items()}
                over = {spot for report, spot in placed if spot[1] < running[report.province]}
        return Side(span, reports, spots, every, over, kind)

    return summary.remember(("side", span.first, span.last, summary.include, kind), ask)


def _placed(summary: Summary, span: Span, kind: Kind) -> list[tuple[Counted, Spot]]:
    """The reports of one side, each with its spot; one that stands in several months is there for each."""
    if kind in AT_ENDS:
        standing = summary.last(span) if kind == "end" else summary.last_registry(span)
        return [(report, (report.unit, AT_END)) for report in standing]
    place_of = {month: place for place, month in enumerate(span)}
    found = [(report, (report.unit, place_of[report.month])) for report in summary.counted(span)]
    if kind in ("ends", "registers"):
        asked = summary.registered_by_month(span) if kind == "registers" else {}
        carried = summary.unregistered_by_month(span) if kind == "registers" else summary.carried_by_month(span)
        for month, some in carried.items():
            standing = [*some, *(one.standing_for(month) for one in asked.get(month, []))]
            found += [(report, (report.unit, place_of[month])) for report in standing]
    return found


@dataclass(frozen=True)
class Pairing:
    """Two sides and the group in which a spot counts, by the dimension asked."""

    here: Side
    there: Side
    by: By = "indicator"
    group_of: Callable[[Any], Any] | None = None

    @property
    def is_of_units(self) -> bool:
        """Whether each pair of a group is another unit: of one moment, or of one month."""
        return self.here.kind in AT_ENDS or self.by == "month" or len(self.here.span) == 1

    @cached_property
    def both(self) -> set[Spot]:
        """The spots that both sides have, their month over."""
        return self.here.over & self.there.all

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Names what is laid over what, of one place."""
        spans = (self.here.span, self.there.span)
        ends = tuple(month for span in spans for month in (span.first, span.last))
        return self.here.kind, *ends, self.by, self.group_of

    @property
    def is_complete(self) -> bool:
        """Whether no report of either side lacks its like."""
        return len(self.both) == len(self.here.all) == len(self.there.all)

    @cached_property
    def group(self) -> Callable[[Spot], Any]:
        """Spot → its key of the dimension."""
        if self.by == "commune":
            of = self.group_of
            return (lambda spot: of(spot[0])) if of else (lambda spot: spot[0])
        if self.by == "month":
            months = list(self.here.span)
            return lambda spot: months[spot[1]]
        return lambda spot: None

    @cached_property
    def _reports(self) -> dict[Any, tuple[int, int] | None]:
        """Group → how many reports it has on either side, None where one of them lacks its like."""
        sides = (self.here, self.there)
        if self.by == "indicator":
            return {None: (len(self.here.reports), len(self.there.reports)) if self.is_complete else None}
        here, there = (Counter(map(self.group, side.spots)) for side in sides)
        lacking = {self.group(spot) for side in sides for spot in side.all - self.both}
        return {group: None if group in lacking else (here[group], there[group]) for group in {*here, *there}}

    def is_whole(self, group: Any, now: Value, then: Value) -> bool:
        """Whether every report of the group has its like, and all have the value."""
        return self._reports.get(group) == (now.units, then.units)

    def pieces(
        self, summary: Summary, side: Side, groups: set[Any], codes: tuple[str, ...]
    ) -> dict[tuple[Any, str], dict[Spot, Piece]]:
        """(group, code) → spot → the value of one side, asked of the reports of these groups alone; remembered."""
        is_here = side.span == self.here.span
        key = ("pieces", *self.key, is_here, side.units, summary.include, frozenset(groups), codes)
        return summary.remember(key, lambda: self._pieces(summary, side, groups, codes))

    def _pieces(
        self, summary: Summary, side: Side, groups: set[Any], codes: tuple[str, ...]
    ) -> dict[tuple[Any, str], dict[Spot, Piece]]:
        chosen = [r for r, spot in zip(side.reports, side.spots, strict=True) if self.group(spot) in groups]
        asked, monthly = summary.asking(indicators=codes), side.kind not in AT_ENDS
        values = (
            asked.values(side.span, "commune", monthly=monthly)
            if side.kind in ("ends", "registers")
            else asked.values_of(chosen, side.span, "commune", monthly=monthly)
        )
        found: dict[tuple[Any, str], dict[Spot, Piece]] = {}
        for key, row in values.items():
            spot = side.spot_of(key)
            for code, value in row.items():
                found.setdefault((self.group(spot), code), {})[spot] = Piece(value.value, spot in side.over)
        return found
