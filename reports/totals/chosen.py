"""Which monthly reports count: those of a place over a span, by their state and by whose boundaries.

A former commune's reports stand with its main heir where figures are read by today's boundaries. What is
expected and what is there are told apart from what counts: the coverage is that of every report.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from communes.managers import lived
from communes.models import UnitSuccession
from reports.models import MonthlyReport
from reports.months import Month, Span, StoredMonth, by_stored
from reports.totals import remembered
from reports.totals.country import ADVANCE, PLACES, THERE, Country, There
from reports.totals.heirs import Families, Links, chain, last_heirs, links_of, succeeded
from reports.totals.inquiry import INCLUDES, LINKED, Inquiry
from reports.totals.place import MONTH_OF, Counted, Coverage
from reports.totals.restating import beyond, families, left_to


@dataclass(frozen=True)
class Chosen(Inquiry):
    """The reports of one place over one span that count, asked for piece by piece."""

    @cached_property
    def successors(self) -> Links:
        """Former commune → its main heir, of those that the figures of this place rest on."""
        return self.keep(LINKED, ("successors", self.place.key), lambda: links_of(self.place))

    @cached_property
    def communes(self) -> frozenset[int]:
        """The communes of the place, former ones included."""
        rows = self.place.communes().order_by().values_list("pk", flat=True)
        return self.keep(PLACES, ("communes", self.place.key), lambda: frozenset(rows))

    @property
    def _families(self) -> Families:
        """Who succeeded whom, all over the country."""
        return self.keep(PLACES, ("families",), families)

    @property
    def _communes_beyond(self) -> frozenset[int]:
        """The heirs and predecessors of the place's communes that lie elsewhere."""
        return self.keep(PLACES, ("beyond", self.place.key), lambda: beyond(self._families, self.communes))

    @cached_property
    def heirs(self) -> Links:
        """Former commune → the last of its heirs."""
        return last_heirs(self.successors)

    @cached_property
    def succeeded(self) -> Families:
        """Heir → those it succeeded, of those that the figures of this place rest on."""
        return self.keep(LINKED, ("succeeded", self.place.key), lambda: succeeded(self.successors))

    @cached_property
    def country(self) -> Country | None:
        """The reports of the whole country, where that is the place: too many to be gone over one by one."""
        return None if self.place.province else Country(self, INCLUDES[self.include])

    def _reports(self) -> QuerySet[MonthlyReport]:
        """The reports of the place, whatever their month and state."""
        place = self.place
        if place.province is None:
            return MonthlyReport.objects.all()
        if self.boundaries == "then" or not self.heirs:
            if place.commune:
                return MonthlyReport.objects.filter(commune=place.commune)
            if place.part:
                return MonthlyReport.objects.filter(commune__in=place.communes())
            return MonthlyReport.objects.filter(province=place.province)
        mine = self.communes
        family = {old for old, heir in self.heirs.items() if heir in mine}
        moved = {old for old in mine if self.heirs.get(old, old) not in mine}
        communes = Q(commune__in=(mine | family) - moved)
        if not place.commune and not place.part:
            offices = [-old for old, heir in self.heirs.items() if heir == -place.province.pk]
            own = [] if place.province.heir_id else [place.province.pk]
            communes |= Q(province__in=own + offices, commune=None)
        return MonthlyReport.objects.filter(communes)

    def filed(self, span: Span) -> QuerySet[MonthlyReport]:
        """The reports of a span in any state, as a query."""
        return self._reports().filter(month__range=(span.first, span.last))

    def chosen(self, span: Span) -> QuerySet[MonthlyReport]:
        """The reports that count in a span, as a query."""
        rows = self.filed(span).filter(state__in=INCLUDES[self.include])
        restated = self._restated(span)
        return rows.exclude(pk__in=restated) if restated else rows

    def _every(self, span: Span) -> list[Counted]:
        """The reports of a span in any state, remembered month by month: spans that overlap ask for each month once."""

        def ask() -> list[Counted]:
            if self.country:
                return list(self.country.every(span))
            known: dict[Month, list[Counted]] = self.remember("months", dict)
            missing = [month for month in span if month not in known]
            if missing:
                new = dict[Month, list[Counted]]((month, []) for month in missing)
                first, last = missing[0], missing[-1]
                fetched = self._fetch(self._reports(), Span(f"{first}..{last}", first, last, span.first_month))
                for month, some in groupby(fetched, MONTH_OF):
                    if month in new:
                        new[month].extend(some)
                known |= new
            return [report for month in span for report in known[month]]

        return self.remember((span.first, span.last), ask)

    def _fetch(self, reports: QuerySet[MonthlyReport], span: Span) -> list[Counted]:
        """Those of some reports that are of a span, each with its unit by the boundaries asked."""
        rows = reports.filter(month__range=(span.first, span.last)).order_by()
        heirs = self.heirs if self.boundaries == "today" else {}
        month_of = by_stored(span)
        return [
            Counted(pk, heirs.get(c or -province, c or -province), c, province, month_of[month], state, revision)
            for pk, c, province, month, state, revision in rows.annotate(day=StoredMonth("month")).values_list(
                "pk", "commune_id", "province_id", "day", "state", "revision"
            )
        ]

    def is_unchanged(self, span: Span, reports: list[Counted] | None = None) -> bool:
        """Whether no report of a span, or of some, has changed since they were fetched: revisions only rise."""
        if reports is None and self.country:
            return self.country.is_unchanged(span)
        before, rows = self._every(span), self._reports().filter(month__range=(span.first, span.last)).order_by()
        if reports is not None:
            before, rows = reports, MonthlyReport.objects.filter(pk__in=[one.pk for one in reports]).order_by()
        now = rows.aggregate(reports=Count("pk"), revisions=Coalesce(Sum("revision"), 0))
        return now == {"reports": len(before), "revisions": sum(report.revision for report in before)}

    def _sums(
        self, question: Hashable, span: Span, reports: list[Counted], rows: Callable[[], Iterable[tuple[Any, ...]]]
    ) -> list[tuple[Any, ...]]:
        """The rows of a query over ``reports`` of a span, made and asked only where these changed since."""
        known = ("edition", tuple([report.pk for report in reports]))

        def edition() -> str:
            return self.remember(known, lambda: remembered.fingerprint(report.edition for report in reports))

        def unchanged() -> bool:
            return self.is_unchanged(span, None if self._is_whole(span, reports) else reports)

        return remembered.rows_of(question, len(reports), edition, lambda: list(rows()), unchanged)

    def _is_whole(self, span: Span, reports: list[Counted]) -> bool:
        """Whether some reports are all that count in a span."""
        if self.country and len(reports) != self.country.how_many(span):
            return False
        counted = self.counted(span)
        if reports is counted or len(reports) != len(counted):
            return reports is counted
        return {report.pk for report in reports} == {report.pk for report in counted}

    def counted(self, span: Span) -> list[Counted]:
        """The reports of a span that count; of a month that a former commune and its heir both hold, one of them."""

        def ask() -> list[Counted]:
            states, restated = INCLUDES[self.include], self._restated(span)
            return [report for report in self._every(span) if report.state in states and report.pk not in restated]

        return self.remember(("counted", span.first, span.last, self.include), ask)

    def _restated(self, span: Span) -> set[int]:
        """The reports that another stands in for, of months that both a former commune and its heir hold.

        By today's boundaries what the heir has sent stands in for what it restates; by those of then, and while she
        is still entering, the former communes stand for themselves. Added up they would count twice.
        """

        if self.country:
            return set().union(*(self.country.restated(month) for month in span))
        key = ("restated", span.first, span.last, self.include)
        return self.remember(key, lambda: self._stood_in_for(self._every(span))) if self.heirs else set()

    def _stood_in_for(self, reports: list[Counted]) -> set[int]:
        """Those of some reports that another of them stands in for."""
        linked, states = {*self.successors, *self.successors.values()}, INCLUDES[self.include]
        counted = [one for one in reports if one.own_unit in linked and one.state in states]
        holding = {(one.own_unit, one.month): one for one in counted}
        left: set[int] = set()
        for unit, month in [*holding, *self._elsewhere(month for _, month in holding)]:
            heirs = chain(self.successors, unit) if unit in self.successors else ()
            told = [holding[heir, month] for heir in heirs if (heir, month) in holding]
            if self.boundaries == "today" and any(other.state in MonthlyReport.SENT for other in told):
                left.add(holding[unit, month].pk)
            else:
                left.update(other.pk for other in told)
        return left

    def _elsewhere(self, months: Iterable[Month]) -> list[tuple[int, Month]]:
        """By the boundaries of then, what former units reported of some months outside the place they went into."""
        asked = set(months)
        if self.boundaries == "today" or self.place.province is None or not asked:
            return []
        former = Q(commune__in=[unit for unit in self.successors if unit > 0])
        former |= Q(province__in=[-unit for unit in self.successors if unit < 0], commune=None)
        rows = MonthlyReport.objects.filter(former, month__in=asked, state__in=INCLUDES[self.include]).order_by()
        return [
            (commune or -province, month)
            for commune, province, month in rows.values_list("commune", "province", "month")
        ]

    @cached_property
    def expected(self) -> dict[int, list[Month]]:
        """Commune → the months for which its report is expected, in official order.

        Today: every month of the communes living now, and of a former one without an heir the months
        it existed. Then: the months in which a commune existed or reported; an heir that restated a month of which
        none of its predecessors reported stands for them.
        """
        months = self.expected_months()
        today, states = self.boundaries == "today", self.states
        found: dict[int, list[Month]] = {}
        early: dict[Month, set[int]] = defaultdict(set)
        for pk, province, started, ended in self._expecting(months):
            windows = self._windows(province)
            if today and (ended is None or self.place.commune):
                found[pk] = [month for month, *_ in windows]
                continue
            there = {month for month, since, until in windows if lived(started, ended, since, until)}
            reported = {month for month, *_ in windows if (pk, month) in states}
            found[pk] = [month for month, *_ in windows if month in there | reported]
            for month in reported - there if started else ():
                early[month].add(pk)
        if not today:
            self._leave_out_restated(found, early, months)
        return {pk: when for pk, when in found.items() if when or today}

    def _leave_out_restated(
        self, found: dict[int, list[Month]], early: dict[Month, set[int]], months: list[Month]
    ) -> None:
        """Expect nothing of predecessors for months that heirs told of before their own time and none of them reported.

        Heirs and predecessors may lie in another province than this place.
        """
        known = self._families
        reported: dict[Month, set[int]] = defaultdict(set)
        for unit, month in self.states:
            reported[month].add(unit)
        self._told_beyond(reported, early, months)
        for month, heirs in early.items():
            for old in left_to(heirs, known, reported[month]) & found.keys():
                found[old] = [one for one in found[old] if one != month]

    def _told_beyond(
        self,
        reported: dict[Month, set[int]],
        early: dict[Month, set[int]],
        months: list[Month],
    ) -> None:
        """Add who elsewhere reported a month, and which of these told it of before their own time."""
        others = self._communes_beyond
        if not others or not months:
            return
        rows = MonthlyReport.objects.filter(commune__in=others, month__range=(months[0], months[-1])).order_by()
        for unit, province, month, started, ended in rows.values_list(
            "commune", "commune__province", "month", "commune__started_on", "commune__ended_on"
        ):
            reported[month].add(unit)
            since, until = month.window(self.cutoff_of(province))
            if started and not lived(started, ended, since, until):
                early[month].add(unit)

    def _expecting(self, months: list[Month]) -> list[There]:
        """The communes that may be expected in some months, in official order.

        Today the living and those that nobody succeeded; then those that were there, and those that reported.
        """

        def ask() -> list[There]:
            return list(communes.order_by("code").values_list(*THERE))

        communes = self.place.communes()
        if self.boundaries == "today" and not self.place.commune:
            succeeded = UnitSuccession.objects.filter(predecessor=OuterRef("pk"), main=True)
            communes = communes.filter(Q(ended_on=None) | ~Exists(succeeded))
        elif not self.place.commune and months:
            there = communes.active_during((months[0] - 1).first_day, (months[-1] + 1).first_day)
            rows = list(there.values_list(*THERE, "code"))
            others = {unit for unit, _ in self.states if unit > 0} - {row[0] for row in rows}
            if others:
                more = communes.filter(pk__in=others).values_list(*THERE, "code")
                rows = sorted([*rows, *more], key=lambda row: (row[-1], row[0]))
            return [row[:-1] for row in rows]
        return self.keep(PLACES, ("expecting", self.place.key, self.boundaries), ask)

    @cached_property
    def states(self) -> dict[tuple[int, Month], str]:
        """(unit, month) → state of every report of the span, whatever is included.

        Where several communes went into one, its month stands where the least advanced of them does.
        """
        found: dict[tuple[int, Month], str] = {}
        for report in self._every(self.span):
            place = (report.unit, report.month)
            found[place] = min(found.get(place, report.state), report.state, key=ADVANCE.index)
        return found

    @cached_property
    def coverage(self) -> Coverage:
        """How much of what is expected of communes is there, whatever is included."""
        if self.country:
            found = self.country.coverage_by(lambda commune: True)
            return replace(found.get(True, found[None]), offices=found[None].sent)
        months = [len(months) for months in self.expected.values()]
        communes, offices = ([s for (u, _), s in self.states.items() if (u > 0) is below] for below in (True, False))
        return Coverage.of(months, communes, offices)

    def coverage_by(self, group_of: Callable[[int], Any]) -> dict[Any, Coverage]:
        """The same for each group of communes; ``group_of`` gives a commune its group, or None."""
        if self.country:
            found = self.country.coverage_by(group_of)
            return {group: coverage for group, coverage in found.items() if group is not None}
        months: dict[Any, list[int]] = defaultdict(list)
        states: dict[Any, list[str]] = defaultdict(list)
        for unit, expected in self.expected.items():
            months[group_of(unit)].append(len(expected))
        for (unit, _), state in self.states.items():
            states[group_of(unit) if unit > 0 else None].append(state)
        return {group: Coverage.of(months[group], states[group]) for group in months if group is not None}
