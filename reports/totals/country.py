"""The reports of the whole country, in columns by month.

An object for each of 120,000 reports takes longer than all sums over them. A month's columns are remembered in the
worker for as long as no report of that month has changed: of a year of which one month is being entered, eleven are
not fetched again (docs/decisions/0044).
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, Sum

from communes import editions
from communes.held import Setting
from communes.managers import lived
from communes.models import Commune, UnitSuccession
from reports.models import MonthlyReport
from reports.months import Month, Span, StoredMonth, by_stored
from reports.totals.heirs import Links, chain, passed_on
from reports.totals.place import Counted, Coverage, Place
from reports.totals.restating import families, left_to

State = MonthlyReport.State
Kept = TypeVar("Kept")
ADVANCE = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED)
RANKS = {str(state): rank for rank, state in enumerate(ADVANCE)}
STATES = list(RANKS)
SENT = {RANKS[state] for state in MonthlyReport.SENT}
PLACES = ("places",)
MOST_MONTHS = 48  # of 10,000 reports each: some 14 MB of a worker

THERE = ("pk", "province_id", "started_on", "ended_on")
There = tuple[int, int, date | None, date | None]
"""A commune, its province, its first and last day."""
Edition = tuple[tuple[int, ...], ...]
"""Of a month's reports by state: how many, their keys and their revisions added up. No change leaves it as it was."""

_columns = editions.Memory(MOST_MONTHS)


class Columns(NamedTuple):
    """The reports of a month: keys, who reported (:attr:`Counted.own_unit`), states (places in ``ADVANCE``), provinces
    and revisions.
    """

    pks: array
    units: array
    states: bytes
    provinces: array
    revisions: array

    @classmethod
    def of(cls, month: Month) -> Self:
        """Fetch those of a month."""
        rows = MonthlyReport.objects.filter(month=month).order_by()
        found = [
            (pk, commune or -province, RANKS[state], province, revision)
            for pk, commune, state, province, revision in rows.values_list(
                "pk", "commune_id", "state", "province_id", "revision"
            )
        ]
        pks, units, states, provinces, revisions = zip(*found, strict=True) if found else ((),) * 5
        return cls(array("q", pks), array("q", units), bytes(states), array("q", provinces), array("q", revisions))

    def report(self, place: int, month: Month, unit: int) -> Counted:
        """One of them, standing for ``unit``."""
        own = self.units[place]
        commune, state = own if own > 0 else None, STATES[self.states[place]]
        return Counted(self.pks[place], unit, commune, self.provinces[place], month, state, self.revisions[place])


class Holders(NamedTuple):
    """Who holds the stocks at the end of a span: reports of the last month but some, and some of months before."""

    end: Month
    left_out: frozenset[int]
    carried: list[Counted]


class Choice(Protocol):
    """What must be known of a choice of reports (:class:`reports.totals.chosen.Chosen`)."""

    @property
    def place(self) -> Place:
        """What is asked about."""

    @property
    def span(self) -> Span:
        """Over which months."""

    @property
    def include(self) -> str:
        """Which reports count."""

    @property
    def boundaries(self) -> str:
        """By whose boundaries."""

    @property
    def successors(self) -> Links:
        """Former unit → its main heir."""

    @property
    def heirs(self) -> Links:
        """Former unit → the last of its heirs."""

    @property
    def succeeded(self) -> Mapping[int, Collection[int]]:
        """Heir → those it succeeded."""

    def remember(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """Keep for as long as this question is answered."""

    def keep(self, subjects: tuple[str, ...], question: tuple[Hashable, ...], ask: Callable[[], Kept]) -> Kept:
        """Keep for as long as some subjects do not change."""

    def expected_months(self) -> list[Month]:
        """The months that have begun somewhere."""

    @property
    def cutoffs(self) -> dict[int, Setting]:
        """Province → the day on which its months end."""

    def cutoff_of(self, province: int) -> int | Setting:
        """The same of one."""

    def current_of(self, province: int) -> Month:
        """The month that runs in a province."""


class Country:
    """The reports of the country that count, by the boundaries and states of a choice of them."""

    def __init__(self, chosen: Choice, states: Iterable[str]) -> None:
        self.chosen = chosen
        self.then = chosen.boundaries == "then"
        self.counting = {RANKS[state] for state in states}
        self.include = chosen.include

    def _remember(self, key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
        return self.chosen.remember(("country", *key), ask)

    # What there is

    def editions(self, months: Iterable[Month]) -> dict[Month, Edition]:
        """The editions of some months as they are now, in one statement."""
        wanted = sorted(months)
        if not wanted:
            return {}
        day_of = by_stored(wanted)
        rows = MonthlyReport.objects.filter(month__range=(wanted[0], wanted[-1])).order_by()
        by_day = rows.annotate(day=StoredMonth("month")).values_list("day", "state")
        found: dict[Month, list[tuple[int, ...]]] = {month: [] for month in wanted}
        for day, state, *sums in by_day.annotate(Count("pk"), Sum("pk"), Sum("revision")):
            if day in day_of:
                found[day_of[day]].append((RANKS[state], *map(int, sums)))
        return {month: tuple(sorted(some)) for month, some in found.items()}

    def edition(self, month: Month) -> Edition:
        """The edition of a month as this answer rests on it."""
        self.columns([month])
        return self._remember(("editions",), dict)[month]

    def columns(self, months: Iterable[Month]) -> dict[Month, Columns]:
        """The reports of some months, in any state."""
        asked = list(months)
        known: dict[Month, Columns] = self._remember(("columns",), dict)
        missing = [month for month in asked if month not in known]
        if missing:
            now = self.editions(missing)
            self._remember(("editions",), dict).update(now)
            for month in missing:
                known[month] = self._kept(month, now[month])
        return {month: known[month] for month in asked}

    @staticmethod
    def _kept(month: Month, edition: Edition) -> Columns:
        if editions.uncommitted():
            return Columns.of(month)
        return _columns.recall((month, edition), lambda: Columns.of(month))

    def is_unchanged(self, months: Iterable[Month]) -> bool:
        """Whether the reports of some months are still what they were when they were fetched."""
        known: dict[Month, Edition] = self._remember(("editions",), dict)
        return all(known.get(month) == edition for month, edition in self.editions(months).items())

    def every(self, span: Span) -> Iterator[Counted]:
        """The reports of a span in any state, one by one."""
        heirs = self.heirs
        for month, columns in self.columns(span).items():
            for place, own in enumerate(columns.units):
                yield columns.report(place, month, heirs.get(own, own))

    @property
    def heirs(self) -> dict[int, int]:
        """Former unit → who stands for it by the boundaries asked."""
        return {} if self.then else self.chosen.heirs

    # What counts

    def holding(self, month: Month) -> dict[int, int]:
        """Who has a report of a month in a state that counts → its place in the columns."""

        def ask() -> dict[int, int]:
            columns, counting = self.columns([month])[month], self.counting
            if counting.issuperset(columns.states):
                return dict(zip(columns.units, range(len(columns.units)), strict=True))
            pairs = zip(columns.units, columns.states, strict=True)
            return {unit: place for place, (unit, state) in enumerate(pairs) if state in counting}

        return self._remember(("holding", month, self.include), ask)

    def restated(self, month: Month) -> set[int]:
        """The reports of a month that another stands in for (:meth:`Chosen.counted`)."""
        return self._remember(("restated", month, self.include), lambda: self._restated(month))

    def _restated(self, month: Month) -> set[int]:
        links = self.chosen.successors
        if not links:
            return set()
        columns, holding = self.columns([month])[month], self.holding(month)
        there = self._remember(("heirs",), lambda: set(links.values())) & holding.keys()
        left: set[int] = set()
        for unit in links.keys() & holding.keys() if there else ():
            told = [holding[heir] for heir in chain(links, unit) if heir in there]
            if not self.then and any(columns.states[place] in SENT for place in told):
                left.add(columns.pks[holding[unit]])
            else:
                left.update(columns.pks[place] for place in told)
        return left

    def counted(self, month: Month) -> dict[int, int]:
        """Who has a report of a month that counts → its place in the columns."""
        holding, restated = self.holding(month), self.restated(month)
        if not restated:
            return holding
        pks = self.columns([month])[month].pks
        return {unit: place for unit, place in holding.items() if pks[place] not in restated}

    def units(self, span: Span) -> set[int]:
        """Who has a report of a span that counts."""
        self.columns(span)
        return set().union(*(self.counted(month) for month in span))

    def how_many(self, span: Span) -> int:
        """How many reports of a span count."""
        self.columns(span)
        return sum(len(self.counted(month)) for month in span)

    def of_communes(self, span: Span, communes: frozenset[int]) -> list[Counted]:
        """The counted reports of some communes that stand with another unit than their own."""
        heirs, found = self.heirs, []
        asked = communes & heirs.keys()
        for month in span if asked else ():
            columns, counted = self.columns([month])[month], self.counted(month)
            found += [columns.report(counted[unit], month, heirs[unit]) for unit in asked & counted.keys()]
        return found

    def standing(
        self, span: Span, end: Month, earliest: Month, living: frozenset[int], asked: frozenset[int]
    ) -> Holders | None:
        """Who holds the stocks at the ``end`` of a span; those of months before it since ``earliest`` are carried.

        Those ``asked`` of the register are as one that reports at the end.

        None where somebody reported a month after the end: such a span is gone over report by report.
        """
        before = [end - step for step in range(earliest.until(end) + 1)]
        self.columns({*span, *before})
        if any(self.counted(month) for month in span if month > end):
            return None
        heirs = self.heirs
        latest: dict[int, Month] = {}
        for month in before:
            latest |= dict.fromkeys(self.counted(month).keys() - latest.keys(), month)
        passed = passed_on(self.chosen.succeeded, latest | dict.fromkeys(asked, end))
        own, lasting = self.columns([end])[end], living | self.chosen.heirs.keys()
        left_out = frozenset(own.pks[place] for unit, place in self.counted(end).items() if unit in passed)
        carried = [
            (unit, month)
            for unit, month in latest.items()
            if month < end and unit not in passed and (unit < 0 or unit in lasting)
        ]
        reports = [
            self.columns([month])[month].report(self.counted(month)[unit], month, heirs.get(unit, unit))
            for unit, month in carried
        ]
        return Holders(end, left_out, reports)

    # What is there of what is expected

    def states(self, month: Month) -> dict[int, int]:
        """Unit → where its month stands, whatever counts: where the least advanced of those that make it up does."""
        return self._remember(("states", month), lambda: self._states(month))

    def _states(self, month: Month) -> dict[int, int]:
        columns, heirs = self.columns([month])[month], self.heirs
        if not heirs or heirs.keys().isdisjoint(columns.units):
            return dict(zip(columns.units, columns.states, strict=True))
        found: dict[int, int] = {}
        for own, state in zip(columns.units, columns.states, strict=True):
            unit = heirs.get(own, own)
            found[unit] = min(found.get(unit, state), state)
        return found

    def coverage_by(self, group_of: Callable[[int], Any]) -> dict[Any, Coverage]:
        """Group of communes → how much of what is expected of them is there; None gathers the states of offices."""
        months = self.chosen.expected_months()
        expected: Counter[Any] = Counter()
        tally: Counter[tuple[Any, int]] = Counter()
        everybody = set() if self.then else {row[0] for row in self._there()}
        known: dict[int, Any] = {}
        self.columns(self.chosen.span)

        def grouped(units: Iterable[int]) -> list[Any]:
            some = list(units)
            known.update((unit, group_of(unit) if unit > 0 else None) for unit in set(some) - known.keys())
            return [known[unit] for unit in some]

        for month in self.chosen.span:
            states = self.states(month)
            tally.update(zip(grouped(states), states.values(), strict=True))
            if month in months:
                units = self._remember(("expected", month), partial(self._expected, month, states.keys()))
                expected.update(grouped(units))
                everybody |= units
        units_of = Counter(grouped(everybody))
        return {
            group: Coverage.counted(
                units, expected[group], {state: tally[group, rank] for state, rank in RANKS.items()}
            )
            for group, units in {None: 0, **units_of}.items()
        }

    def _there(self) -> list[There]:
        """The communes that may be expected: today the living and those without an heir."""

        def ask() -> list[There]:
            communes = Commune.objects.order_by()
            if not self.then:
                succeeded = UnitSuccession.objects.filter(predecessor=OuterRef("pk"), main=True)
                communes = communes.filter(Q(ended_on=None) | ~Exists(succeeded))
            return list(communes.values_list(*THERE))

        return self.chosen.keep(PLACES, ("may be expected", self.then), ask)

    def _during(self, month: Month) -> frozenset[int]:
        """Those that exist in a month of their province; today the living ones, since when ever."""
        living = not self.then

        def ask() -> frozenset[int]:
            there = self._there()
            windows = {home: month.window(self.chosen.cutoff_of(home)) for home in {row[1] for row in there}}
            return frozenset(
                pk
                for pk, home, started, ended in there
                if (living and ended is None) or lived(started, ended, *windows[home])
            )

        return self.chosen.keep(PLACES, ("expected in", self.then, month), ask)

    def _waiting(self, month: Month) -> set[int]:
        """The communes in whose province a month has not begun, where it has in others."""
        later = {home for home in self.chosen.cutoffs if self.chosen.current_of(home) < month}
        return {pk for pk, home, *_ in self._there() if home in later} if later else set()

    def _expected(self, month: Month, reported: Iterable[int]) -> set[int]:
        """The communes whose report of a month is expected, given the units that have one (:meth:`Chosen.expected`)."""
        waiting = self._waiting(month)
        there = set(self._during(month)) - waiting
        beside = {unit for unit in set(reported) - there - waiting if unit > 0}
        if not self.then:
            return there | (beside & {row[0] for row in self._there()}) if beside else there
        begun = beside and {pk for pk, _, started, _ in self._there() if started and pk in beside}
        if begun:
            there -= left_to(begun, self.chosen.keep(PLACES, ("families",), families), set(reported))
        return there | beside
