"""How a figure compares with that of another span: like with like, or not at all. Every door asks here.

A pair is one unit (the province's office too; at ``by="hamlet"`` the hamlet) and one month of the span in which
both sides have a counted report and a value of the indicator: zero is one, a blank is none. A stock is of one moment,
so its pair is the unit. All pairs there on both sides compare ``whole``; at least :data:`LEAST` of the side with
more compare ``like``, over the pairs alone; fewer compare not at all. A month that runs or is to come has no pair.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from django.conf import settings

from communes.templatetags.vietnamese import number
from reports.models import Indicator, WeaponKind
from reports.months import Month, Span
from reports.tables.table import Cell, arrowed, change, is_share, tells
from reports.totals.dimensions import By
from reports.totals.joined import NOTHING, can_join, pair_sums
from reports.totals.pairs import AT_ENDS, Kind, Pairing, Piece, Side, Spot, side_of
from reports.totals.summary import Summary, Values

Base = Literal["same_span_last_year", "previous"]
Likeness = Literal["whole", "like", "none"]
WHOLE: Likeness = "whole"
LIKE: Likeness = "like"
BASES: tuple[Base, ...] = ("previous", "same_span_last_year")
BASE_NAMES: dict[Base, str] = {"same_span_last_year": "cùng kỳ", "previous": "kỳ trước"}
GroupOf = Callable[[Any], Any]
LEAST = Decimal("0.8")  # of the pairs of the side with more
UNFINISHED = "kỳ này chưa kết thúc"
LIKE_NOTE = (
    "Tăng, giảm chỉ tính trên những đơn vị và tháng có số liệu ở cả hai kỳ; "
    "khi chưa đủ 80% thì không so sánh và cột này nói rõ."
)
BOTH_SPANS = " có số liệu cả hai kỳ"


class Compared(NamedTuple):
    """A figure beside that of another span: ``now`` and ``then`` are sums over the ``reports`` pairs of both.

    They are None where nothing is compared. ``why`` is empty where all is there on both sides.
    """

    basis: Likeness
    now: int | Decimal | None
    then: int | Decimal | None
    reports: int
    why: str

    @property
    def sides(self) -> tuple[int | Decimal, int | Decimal] | None:
        """What is compared, now and then; None where nothing is."""
        return None if self.now is None or self.then is None else (self.now, self.then)

    @property
    def text(self) -> str:
        """Say it in words: "tăng 391 (+10,7%)", "so cùng 91 xã, phường có số liệu cả hai kỳ: …", or why not."""
        if self.sides is None:
            return f"chưa so được: {self.why}" if self.reports else ""
        return f"{self.why}: {self._changed}" if self.why else self._changed

    @property
    def _changed(self) -> str:
        assert self.sides
        return change(*self.sides) if tells(*self.sides) else near(*self.sides)

    def beside(self, base: Base, told: str = "") -> str:
        """The same with what it is compared with: "tăng 391 (+10,7%) so với kỳ trước"; empty where nothing is there.

        ``told``: over what it is compared, where that is said once for several figures.
        """
        name = BASE_NAMES[base]
        if self.sides is None:
            return f"chưa so được với {name}: {self.why}" if self.reports else ""
        return f"{self._changed if self.why == told else self.text} so với {name}"

    @property
    def short(self) -> str:
        """The same in a cell of a table; empty where one of the spans has nothing."""
        if self.now is None or self.then is None:
            return self.why.removesuffix(BOTH_SPANS) if self.reports else ""
        return ", ".join(filter(None, (arrowed(self.now, self.then), self.on)))

    def cell(self, style: str = "compared") -> Cell:
        """The same as a cell; a move that tells nothing is written faintly."""
        still = " still" if self.sides and not tells(*self.sides) else ""
        return Cell(self.short, note=self.why, style=f"{style}{still}".strip(), on=self.on)

    @property
    def on(self) -> str:
        """What ``short`` ends with where something is compared, but not all."""
        return self.why.removesuffix(BOTH_SPANS) if self.sides else ""


RUNS = Compared("none", None, None, 0, UNFINISHED)
"""How a figure compares whose month is not over."""


def alone(now: int | None, then: int | None, base: Base, *, over: bool, counted: bool) -> Compared:
    """How a figure of one report compares with that of another month of its unit: one pair, or none.

    ``over``: its own month has ended; ``counted``: the other month's report was sent.
    """
    if not over:
        return RUNS
    if now is None or then is None or not counted:
        lacking = "kỳ này" if now is None else BASE_NAMES[base]
        return Compared("none", None, None, 0, f"{lacking} chưa có số liệu được tính")
    return Compared("whole", now, then, 1, "")


class Both(NamedTuple):
    """The pairs that both sides have: how many, and whether a province's own office is one."""

    pairs: int
    offices: bool
    pairing: Pairing | None = None  # of hamlets there is none

    @classmethod
    def of(cls, spots: Collection[Spot], pairing: Pairing | None) -> "Both":
        """Say it of spots."""
        return cls(len(spots), any((unit or 0) < 0 for unit, _ in spots), pairing)

    @property
    def of_units(self) -> bool:
        """Whether each pair is another unit."""
        return self.pairing is not None and self.pairing.is_of_units

    @property
    def at_end(self) -> bool:
        """Whether they are of one moment, the end of a span."""
        return self.pairing is not None and self.pairing.here.kind in AT_ENDS

    def are_enough_of(self, most: int) -> bool:
        """Whether they are enough of the side with more to be compared."""
        return self.pairs > 0 and self.pairs >= LEAST * most


def near(value: int | Decimal, base: int | Decimal) -> str:
    """Say that a figure hardly moved: by less than 5 %, "gần như không đổi (từ 1.000 lên 1.004)".

    By a few units that are more of a small base: "chênh ít (từ 16 xuống 14)".
    """
    words = "chênh ít" if is_share(value, base) else "gần như không đổi"
    return f"{words} (từ {number(base)} {'lên' if value > base else 'xuống'} {number(value)})"


def moves_note() -> str:
    """The key to how tables write a move."""
    return (
        f"▲ tăng, ▼ giảm; viết nhạt là gần như không đổi hoặc chênh ít (dưới {settings.TELLING_PERCENT}% "
        f"hoặc dưới {settings.TELLING_UNITS} đơn vị)."
    )


@dataclass(frozen=True)
class Comparison:
    """A summary's span beside one of the two spans before."""

    summary: Summary
    base: Base

    @cached_property
    def before(self) -> Span:
        """The span that is compared with."""
        return getattr(self.summary.span, self.base)

    @cached_property
    def unfinished(self) -> bool:
        """Whether no month of the span is over."""
        return self.summary.span.first >= self._current

    @cached_property
    def _current(self) -> Month:
        """The month that runs."""
        return Month.at(self.summary.now, self.summary.place.cutoff)

    def _pairing(self, by: By = "indicator", group_of: GroupOf | None = None, kind: Kind = "flows") -> Pairing:
        here, there = (side_of(self.summary, span, kind) for span in (self.summary.span, self.before))
        return Pairing(here, there, by, group_of)

    def figures(self, by: By = "indicator", group_of: GroupOf | None = None) -> dict[Any, dict[str, Compared]]:
        """Return how every figure of the summary compares, by the keys of one dimension and code.

        ``group_of`` gives a unit its group (a cluster, a province), as :meth:`Summary.together` asks.
        """
        if by == "hamlet":
            return self._hamlets()
        stock = Indicator.Measure.STOCK
        flows = [i.code for i in self.summary.catalogue if i.measure != stock]
        registry = Indicator.Source.REGISTRY
        typed, counted = (
            [i.code for i in self.summary.catalogue if i.measure == stock and (i.source == registry) is is_counted]
            for is_counted in (False, True)
        )
        asked: list[tuple[list[str], Kind]] = [(flows, "flows"), (typed, "ends" if by == "month" else "end")]
        asked.append((counted, "registers" if by == "month" else "register"))
        found: dict[Any, dict[str, Compared]] = {}
        for codes, kind in asked:
            for key, row in self._figures(codes, self._pairing(by, group_of, kind)).items() if codes else ():
                found.setdefault(key, {}).update(row)
        return found

    def _totals(self, pairing: Pairing) -> list[Values]:
        """The figures of both spans by the groups of a pairing."""
        totals = [self.summary.values(side.span, pairing.by) for side in (pairing.here, pairing.there)]
        if pairing.group_of:
            return [Summary.together(values, pairing.group_of) for values in totals]
        if pairing.by == "month":
            month_of = dict(zip(self.before, self.summary.span, strict=True))
            totals[1] = {month_of[month]: row for month, row in totals[1].items()}
        return totals

    def _figures(self, codes: list[str], pairing: Pairing) -> dict[Any, dict[str, Compared]]:
        totals = self._totals(pairing)
        found: dict[Any, dict[str, Compared]] = {}
        unsettled: set[tuple[Any, str]] = set()
        for group in set(totals[0]) | set(totals[1]):
            for code in codes:
                now, then = (total.get(group, {}).get(code) for total in totals)
                if now is None and then is None:
                    continue
                if self.unfinished or (pairing.by == "month" and group >= self._current):
                    said = RUNS
                elif now and then and pairing.is_whole(group, now, then):
                    said = Compared("whole", now.value, then.value, now.units, "")
                else:
                    said = self._none(now, then)
                    if now and then:
                        unsettled.add((group, code))
                found.setdefault(group, {})[code] = said
        for (group, code), said in self._of_sums(pairing, totals, unsettled).items():
            found[group][code] = said
            unsettled.remove((group, code))
        if unsettled:
            self._of_values(found, pairing, unsettled)
        return found

    def _of_values(
        self, found: dict[Any, dict[str, Compared]], pairing: Pairing, unsettled: set[tuple[Any, str]]
    ) -> None:
        """Compare value by value what the database cannot add up."""
        asked, groups = tuple(sorted({code for _, code in unsettled})), {group for group, _ in unsettled}
        here, there = (pairing.pieces(self.summary, s, groups, asked) for s in (pairing.here, pairing.there))
        once: dict[str, dict[Any, set[Spot]]] = {}
        for group, code in unsettled:
            now, then = (side.get((group, code), {}) for side in (here, there))
            found[group][code] = self._of_pairs(now, then, pairing)
            if code in self._reached and pairing.by != "month":
                once.setdefault(code, {})[group] = set(_paired(now, then))
        for code, paired in once.items():
            self._count_once(found, code, paired, pairing)

    def _of_sums(
        self, pairing: Pairing, totals: list[Values], unsettled: set[tuple[Any, str]]
    ) -> dict[tuple[Any, str], Compared]:
        """Compare what the database can add up over the pairs; hamlets counted once are left to be counted again."""
        unsettled = {(group, code) for group, code in unsettled if code not in self._reached}
        if not unsettled or not can_join(pairing, self.summary):
            return {}
        groups, codes = {group for group, _ in unsettled}, tuple(sorted({code for _, code in unsettled}))
        sums, found = pair_sums(pairing, self.summary, groups, codes), {}
        for group, code in unsettled:
            one, (now, then) = sums.get((group, code), NOTHING), (total[group][code].units for total in totals)
            both = Both(one.pairs, one.offices > 0, pairing)
            found[group, code] = self._judged(both, now, then, (one.now, one.then))
        return found

    @cached_property
    def _reached(self) -> set[str]:
        """The indicators that count hamlets once a span."""
        return {i.code for i in self.summary.catalogue if i.measure == Indicator.Measure.REACHED}

    def _count_once(
        self, found: dict[Any, dict[str, Compared]], code: str, groups: dict[Any, set[Spot]], pairing: Pairing
    ) -> None:
        """Count again, over the pairs alone, what months added up would count in each of them."""
        paired = set().union(*groups.values())
        by: By = "indicator" if pairing.by == "indicator" and not pairing.group_of else "commune"
        sums: list[Values] = []
        for side in (pairing.here, pairing.there):
            reports = [r for r, spot in zip(side.reports, side.spots, strict=True) if spot in paired]
            values = self.summary.asking(indicators=(code,)).values_of(reports, side.span, by)
            sums.append(Summary.together(values, pairing.group_of) if pairing.group_of else values)
        for group in groups:
            said = found[group][code]
            if said.sides:
                now, then = (side[group][code].value for side in sums)
                found[group][code] = said._replace(now=now, then=then)

    def _of_pairs(self, now: Mapping[Spot, Piece], then: Mapping[Spot, Piece], pairing: Pairing | None) -> Compared:
        """Compare two sides, each its pieces by spot: over the pairs that both have, where these are enough."""
        both = _paired(now, then)
        sums = sum(now[spot].value for spot in both), sum(then[spot].value for spot in both)
        return self._judged(Both.of(both, pairing), len(now), len(then), sums)

    def _judged(self, both: Both, now: int, then: int, sums: tuple[int, int]) -> Compared:
        """Compare the sums over the pairs, where these are enough of what either side has."""
        most = max(now, then)
        if not both.are_enough_of(most):
            return Compared("none", None, None, both.pairs, self._too_few(both, most))
        if both.pairs == now == then:
            return Compared("whole", *sums, both.pairs, "")
        return Compared("like", *sums, both.pairs, self._shared(both))

    def _none(self, now: Any, then: Any) -> Compared:
        """What one side lacks, or both."""
        if self.unfinished:
            return RUNS
        name = BASE_NAMES[self.base] if now else "kỳ này"
        return Compared("none", None, None, 0, f"{name} chưa có số liệu")

    def _too_few(self, both: Both, most: int) -> str:
        if self.unfinished or (both.at_end and self.summary.span.last >= self._current):
            return UNFINISHED
        return f"mới {number(both.pairs)}/{number(most)} {self._pairs(both)}{BOTH_SPANS}"

    def _shared(self, both: Both) -> str:
        return f"so cùng {number(both.pairs)} {self._pairs(both)}{BOTH_SPANS}"

    def _pairs(self, both: Both) -> str:
        """What the pairs are called: months of one commune, units, or monthly reports."""
        if self.summary.place.commune:
            return "tháng"
        if not both.of_units:
            return "báo cáo tháng"
        return "đơn vị" if both.offices else "xã, phường"

    def _hamlets(self) -> dict[Any, dict[str, Compared]]:
        """The same for hamlets: a pair is one month of the hamlet, for a stock the hamlet."""
        here, there = (self._pieces_of_hamlets(span) for span in (self.summary.span, self.before))
        now, then = (self.summary.values(span, "hamlet") for span in (self.summary.span, self.before))
        stocks = {i.code for i in self.summary.catalogue if i.measure == Indicator.Measure.STOCK}
        found: dict[Any, dict[str, Compared]] = {}
        for key in set(now) | set(then):
            ours, theirs = now.get(key, {}), then.get(key, {})
            for code in set(ours) | set(theirs):
                said = self._none(ours.get(code), theirs.get(code))
                if code in ours and code in theirs and not self.unfinished:
                    if code in stocks:
                        runs = self.summary.span.last >= self._current and not ours[code].carried
                        said = RUNS if runs else Compared("whole", ours[code].value, theirs[code].value, 1, "")
                    else:
                        said = self._of_pairs(here[key, code], there[key, code], None)
                        if code in self._reached and said.now is not None and said.then is not None:
                            said = said._replace(now=min(said.now, 1), then=min(said.then, 1))  # one hamlet, once
                found.setdefault(key, {})[code] = said
        return found

    def _pieces_of_hamlets(self, span: Span) -> dict[tuple[Any, str], dict[Spot, Piece]]:
        """(hamlet, code) → spot → its value, month by month of a span."""
        place_of = {month: place for place, month in enumerate(span)}
        found: dict[tuple[Any, str], dict[Spot, Piece]] = {}
        for (hamlet, month), row in self.summary.values(span, "hamlet", monthly=True).items():
            for code, value in row.items():
                piece = Piece(value.value, month < self._current)
                found.setdefault((hamlet, code), {})[hamlet, place_of[month]] = piece
        return found

    def weapons(self, kinds: Iterable[WeaponKind]) -> tuple[dict[str, Compared], Compared]:
        """Return how each kind handed over compares, and all guns together.

        A counted report without a kind handed nothing over: the pairs are the reports themselves.
        """
        kinds, pairing = list(kinds), self._pairing()
        both, sides = Both.of(pairing.both, pairing), (pairing.here, pairing.there)
        most = max(len(side.all) for side in sides)
        if not both.are_enough_of(most):
            lacking = self._none(pairing.here.reports, pairing.there.reports).why
            none = Compared("none", None, None, both.pairs, self._too_few(both, most) if both.pairs else lacking)
            return {kind.code: none for kind in kinds}, none
        if pairing.is_complete:
            sums, basis, why = [self.summary.weapons(side.span) for side in sides], WHOLE, ""
        else:
            sums, basis, why = [self._handed(side, pairing.both) for side in sides], LIKE, self._shared(both)

        def said(now: Decimal, then: Decimal) -> Compared:
            return Compared(basis, now, then, both.pairs, why)

        zero = Decimal(0)
        rows = {kind.code: said(*(found.get(kind.code, zero) for found in sums)) for kind in kinds}
        return rows, said(*(Summary.guns(found, kinds) for found in sums))

    def _handed(self, side: Side, both: set[Spot]) -> dict[str, Decimal]:
        """What the paired reports of one side handed over, by kind."""
        paired = [report for report, spot in zip(side.reports, side.spots, strict=True) if spot in both]
        return self.summary.weapons(side.span, paired)


def _paired(now: Mapping[Spot, Piece], then: Mapping[Spot, Piece]) -> list[Spot]:
    """The spots that both sides have, their month over."""
    return [spot for spot, piece in now.items() if spot in then and piece.over]
