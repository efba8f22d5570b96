"""Which reports hold the stocks: a stock does not fall because a report is late.

A unit without a counted report in the month asked gives its last counted one of the twelve months before
(docs/decisions/0022); what is carried so is told apart from what is reported.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import takewhile

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from communes.templatetags.vietnamese import number
from reports.models import MonthlyReport
from reports.months import Month, Span
from reports.totals.chosen import Chosen
from reports.totals.country import PLACES, Holders
from reports.totals.heirs import Families, chain, overtaken, passed_on
from reports.totals.inquiry import INCLUDES, USUAL
from reports.totals.place import Counted
from reports.totals.restating import told_by

CARRIED = 12  # months before the one asked of which a unit's last counted stock still stands
NAMED = 3  # months whose carried units are counted one by one in a sentence

Latest = dict[int, Counted]
"""Who reported (:attr:`Counted.own_unit`) → its last counted report."""


class Stocks(Chosen):
    """The reports that hold the stocks at the end of a span, or at the end of each of its months."""

    def revisions(self) -> tuple[int, int]:
        """How many reports that count stand behind the figures of the span and of those it is compared with, and their
        revisions added up: asked anew each time, and while no report takes a step never the same again once one of
        them has changed. Published totals stand beside the usual ones (:data:`USUAL`), which are among them.
        """
        first = min(span.first for span in (self.span, self.span.previous, self.span.same_span_last_year)) - CARRIED
        states = {*INCLUDES[self.include], *INCLUDES[USUAL]}
        rows = self._reports().filter(month__range=(first, self.span.last), state__in=states).order_by()
        found = rows.aggregate(reports=Count("pk"), revisions=Coalesce(Sum("revision"), 0))
        return found["reports"], found["revisions"]

    def last(self, span: Span, asked: frozenset[int] = frozenset()) -> list[Counted]:
        """The reports that hold the stocks at the end of a span: each unit's last counted one.

        Where a unit has none in the span's last month, that of the twelve months before; a former commune's stocks
        pass to its heir as soon as that has a counted report of no earlier month. A month to come carries nothing into
        it. Those ``asked`` of the register at the end are as one that reports then.
        """

        def ask() -> list[Counted]:
            if standing := self.in_country(span, asked):
                return [*self._own_of(standing), *standing.carried]
            present = _latest(self.counted(span))
            if (end := self._end(span)) is None:
                return self._standing(present, self._told_elsewhere(span, span.first, span.last))
            lasting, elsewhere = (
                self._living(end) | self.heirs.keys(),
                self._told_elsewhere(span, end - CARRIED, span.last),
            )
            elsewhere |= dict.fromkeys(asked, end)
            before = self._before(span, present, elsewhere, end)
            found = self._standing(_recent(before | present, end), elsewhere)
            return [one for one in found if one.month >= end or not one.commune or one.commune in lasting]

        return self.remember(("last", span.first, span.last, self.include, asked), ask)

    def carried(self, span: Span, asked: frozenset[int] = frozenset()) -> list[Counted]:
        """Those of :meth:`last` that are of a month before the span's last, or before the running one."""
        if standing := self.in_country(span, asked):
            return standing.carried
        end = self._end(span)
        return [report for report in self.last(span, asked) if report.month < end] if end else []

    def in_country(self, span: Span, asked: frozenset[int] = frozenset()) -> Holders | None:
        """Who holds the stocks of the country at the end of a span; None of other places, and of a span to come."""

        def ask() -> Holders | None:
            end = self._end(span)
            if not self.country or not end:
                return None
            return self.country.standing(span, end, end - CARRIED, self._living(end), asked)

        return self.remember(("in country", span.first, span.last, self.include, asked), ask)

    def _own_of(self, standing: Holders) -> list[Counted]:
        """The reports of the last month among those that hold the stocks of the country."""
        end = standing.end
        counted = self.counted(Span(str(end), end, end, self.span.first_month))
        return [report for report in counted if report.pk not in standing.left_out]

    def own(self, span: Span) -> list[Counted]:
        """Those of :meth:`last` that are of the span's last month (the running one, where that comes first)."""
        end = self._end(span)
        return [report for report in self.last(span) if end is None or report.month >= end]

    def said_of(self, carried: list[Counted]) -> str:
        """Say whose stocks are of a month before: "Số hiện có: 57 xã, phường lấy số tháng 10/2026."; or nothing."""
        latest: dict[int, Month] = {}
        for report in carried:
            latest[report.unit] = max(report.month, latest.get(report.unit, report.month))
        if not latest:
            return ""
        if self.place.commune:
            return f"Số hiện có lấy ở báo cáo {max(latest.values()).title}, báo cáo gần nhất được tính."
        units = "đơn vị" if min(latest) < 0 else "xã, phường"
        counts = sorted(Counter(latest.values()).items(), reverse=True)
        said = [f"{number(count)} {units} lấy số {month.title}" for month, count in counts[:NAMED]]
        if older := sum(count for _, count in counts[NAMED:]):
            said.append(f"{number(older)} {units} lấy số của tháng trước nữa")
        return f"Số hiện có: {', '.join(said)}."

    def carried_by_month(self, span: Span) -> dict[Month, list[Counted]]:
        """Month of a span → the reports of months before that hold stocks at its end."""

        def ask() -> dict[Month, list[Counted]]:
            counted: dict[Month, list[Counted]] = defaultdict(list)
            for report in self.counted(span):
                counted[report.month].append(report)
            latest = self._latest_of(self._reports(), span, span.first - CARRIED)
            found: dict[Month, list[Counted]] = {}
            for month in takewhile(lambda month: month <= self._current, span):
                latest |= _latest(counted[month])
                standing = self._standing(_recent(latest, month), self._told_elsewhere(span, month - CARRIED, month))
                found[month] = [r for r in standing if r.month < month <= self._gone.get(r.own_unit, month)]
            return found

        return self.remember(("carried by month", span.first, span.last, self.include), ask)

    @property
    def _current(self) -> Month:
        """The month that runs."""
        return Month.at(self.now, self.place.cutoff)

    def _end(self, span: Span) -> Month | None:
        """The month at whose end the stocks of a span are asked: its last, or the running one; None if yet to begin."""
        return min(span.last, self._current) if span.first <= self._current else None

    def _before(self, span: Span, present: Latest, elsewhere: dict[int, Month], end: Month) -> Latest:
        """The last counted reports of the months before a span, of those who have none within it.

        What only restated a month of the span holds nobody's stocks: those it succeeded may have theirs before it.
        """
        behind = overtaken(*self._known(present, elsewhere))
        reports = self._lacking(present, behind, end)
        return {} if reports is None else self._latest_of(reports, span, end - CARRIED)

    def _latest_of(self, reports: QuerySet[MonthlyReport], span: Span, first: Month) -> Latest:
        """The last counted ones of some reports, of the months from ``first`` until a span begins."""
        if first >= span.first:
            return {}
        before = Span(f"{first}..{span.first - 1}", first, span.first - 1, span.first_month)
        found = [report for report in self._fetch(reports, before) if report.state in INCLUDES[self.include]]
        restated = self._stood_in_for(found) if self.heirs else set()
        return _latest(report for report in found if report.pk not in restated)

    def _lacking(self, present: Latest, behind: set[int], end: Month) -> QuerySet[MonthlyReport] | None:
        """The reports of those that live at the end of a month and are not ``present``, and of what went into them.

        Those ``behind`` others that went into them are as not present.

        The province's own office is one of them. None where nobody is lacking.
        """
        place = self.place
        lacking = (self._living(end) - present.keys()) | behind
        office = not (place.commune or place.cluster or place.district)
        office &= not (place.province and -place.province.pk in present)
        if not lacking and not office and not self._heirs_beyond:
            return None
        beyond = self._heirs_beyond
        former = {old for old, heir in self.heirs.items() if heir in lacking or heir in beyond}
        former |= set().union(*(self.succeeded.get(heir, set()) for heir in behind))
        return self._reports().filter(Q(commune__in=lacking | former) | (Q(commune=None) if office else Q()))

    def _living(self, month: Month) -> frozenset[int]:
        """The communes of the place that had not ended when a month began, or the one that runs in their province."""
        homes = [] if self.place.province else self.cutoffs
        behind = frozenset(home for home in homes if self.current_of(home) < month)

        def ask() -> frozenset[int]:
            recent = Q(ended_on=None) | Q(ended_on__gte=(month - 2).first_day)
            rows = list(self.place.communes().filter(recent).order_by().values_list("pk", "province_id", "ended_on"))
            since = {
                home: (month - 1 if home in behind else month).window(self.cutoff_of(home))[0]
                for home in {home for _, home, ended in rows if ended}
            }
            return frozenset(pk for pk, home, ended in rows if not ended or ended >= since[home])

        return self.keep(PLACES, ("living", self.place.key, month, behind), ask)

    @cached_property
    def _gone(self) -> dict[int, Month]:
        """The communes of the place that left no heir → the month in which each ended."""
        rows = self.place.communes().filter(ended_on__isnull=False).values_list("pk", "province_id", "ended_on")
        return {pk: Month.of(day, self.cutoff_of(home)) for pk, home, day in rows if day and pk not in self.heirs}

    def _standing(self, latest: Latest, elsewhere: dict[int, Month]) -> list[Counted]:
        """The last reports that hold the stocks: another of the line may, here or ``elsewhere``."""
        passed = passed_on(*self._known(latest, elsewhere))
        return [report for who, report in latest.items() if who not in passed]

    def _known(self, latest: Latest, elsewhere: dict[int, Month]) -> tuple[Families, dict[int, Month]]:
        """Who succeeded whom, here and ``elsewhere``, and the months of their last reports."""
        known = self.succeeded | {heir: self._families[heir] for heir in elsewhere if heir in self._families}
        return known, {who: report.month for who, report in latest.items()} | elsewhere

    def _elsewhere_in(self, span: Span, first: Month, last: Month) -> frozenset[int]:
        """Which heirs and predecessors beyond the place have a counted report from one month to another."""
        return frozenset(self._told_elsewhere(span, first, last))

    def _told_elsewhere(self, span: Span, first: Month, last: Month) -> dict[int, Month]:
        """Heirs and predecessors beyond the place → the month of their last counted report from one to another.

        The stocks of who went into such an heir stand with it: they would count in two places.
        """
        if not self._beyond:
            return {}
        earliest = span.first - CARRIED

        def ask() -> dict[int, set[Month]]:
            return told_by(self._beyond, self._families, (earliest, span.last), INCLUDES[self.include])

        told = self.remember(("told elsewhere", earliest, span.last, self.include), ask)
        within = {who: [month for month in months if first <= month <= last] for who, months in told.items()}
        return {who: max(months) for who, months in within.items() if months}

    @cached_property
    def _beyond(self) -> frozenset[int]:
        """The heirs and predecessors that lie elsewhere, by the boundaries of then."""
        if self.boundaries == "today" or self.place.province is None:
            return frozenset()
        return self._communes_beyond | self._heirs_beyond

    @cached_property
    def _heirs_beyond(self) -> frozenset[int]:
        """Those that its former units went into and that lie elsewhere, by the boundaries of then."""
        if self.boundaries == "today" or self.place.province is None:
            return frozenset()
        mine = self.communes | {-self.place.province.pk}
        found = {heir for old in self.successors if old in mine for heir in chain(self.successors, old)}
        return frozenset(found - mine)


def _latest(reports: Iterable[Counted]) -> Latest:
    """Who reported → the last of its reports."""
    found: Latest = {}
    for report in reports:
        before = found.get(report.own_unit)
        if before is None or before.month < report.month:
            found[report.own_unit] = report
    return found


def _recent(latest: Latest, month: Month) -> Latest:
    """Those that still stand at the end of a month."""
    least = month - CARRIED
    return {who: report for who, report in latest.items() if report.month >= least}
