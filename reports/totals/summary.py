"""Totals of a place over a span: the only module that adds reports up.

Flows are added; a stock is taken at the end of the span, from each unit's last counted report in it;
registry figures are as frozen when the report was sent, and counted live while it is open; distinct
counts are asked of the register. Blank stays None: it is never read as zero. Every number comes with
the number of monthly reports behind it, and every summary with its coverage.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Literal

from django.db.models import CharField, Count, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from communes.held import Setting
from communes.models import Province, UnitSuccession
from models_registry.headcount import distinct_initiative_types, headcount
from reports.catalogue import Catalogue
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal, WeaponHandover, WeaponKind
from reports.months import Month, Span
from reports.totals import remembered
from reports.totals.place import Counted, Coverage, Place, Value

State = MonthlyReport.State
Include = Literal["approved", "sent", "all"]
By = Literal["indicator", "commune", "month", "hamlet", "commune_month", "hamlet_month"]
Boundaries = Literal["today", "then"]
INCLUDES: dict[Include, tuple[State, ...]] = {
    "approved": (State.APPROVED,),
    "sent": MonthlyReport.SENT,
    "all": tuple(State),
}
USUAL: Include = "sent"  # what every page, file and answer counts where nothing else is asked


def included(name: str) -> Include:
    """Read which reports are asked for; the usual ones where that is no choice."""
    return next((one for one in INCLUDES if one == name), USUAL)


UNIT, MONTH = ("report__commune_id", "report__province_id"), ("day",)
DIMENSIONS: dict[str, tuple[str, ...]] = {"commune": UNIT, "month": MONTH, "commune_month": UNIT + MONTH}
ADVANCE = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED)


def _months(span: Span) -> dict[str, Month]:
    """The months of a span by how they are stored: to make a date of each row takes longer than the row."""
    return {str(month.first_day): month for month in span}


Values = dict[Any, dict[str, Value]]
"""Key of the dimension → indicator code → value; a missing code is blank."""


@dataclass(frozen=True)
class Summary:
    """Everything known of one place over one span, asked for piece by piece and remembered.

    ``include`` is which reports count; ``boundaries`` "today" adds a former commune's figures to its
    main heir, "then" leaves them with the commune they were reported by. ``indicators`` limits the
    codes; ``now`` bounds what is expected.
    """

    place: Place
    span: Span
    now: datetime
    include: Include = USUAL
    boundaries: Boundaries = "today"
    indicators: tuple[str, ...] | None = None
    memory: dict = field(default_factory=dict, compare=False, repr=False)

    def asking(self, **changes: Any) -> "Summary":
        """Return another question about the same place that shares what is remembered."""
        return replace(self, **changes)

    def remember(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """Return what was asked of this place under ``key``, asking it the first time."""
        key = (self.boundaries, key)
        if key not in self.memory:
            self.memory[key] = ask()
        return self.memory[key]

    @cached_property
    def catalogue(self) -> list[Indicator]:
        """The indicators that are summed, in their order."""
        known = self.remember("catalogue", lambda: Catalogue().indicators)
        return [i for i in known if self.indicators is None or i.code in self.indicators]

    @cached_property
    def successors(self) -> dict[int, int]:
        """Former commune → its main heir, which may itself have ended since."""
        links = UnitSuccession.objects.filter(main=True).values_list("predecessor", "successor")
        return self.remember("successors", lambda: dict(links))

    def _chain(self, commune: int) -> list[int]:
        """The commune's heir, that one's heir, and so on."""
        chain: list[int] = []
        while (heir := self.successors.get(commune)) is not None and heir not in chain:
            chain.append(heir)
            commune = heir
        return chain

    @cached_property
    def heirs(self) -> dict[int, int]:
        """Former commune → the last of its heirs."""
        return {old: self._chain(old)[-1] for old in self.successors}

    def _reports(self) -> QuerySet[MonthlyReport]:
        """The reports of the place, whatever their month and state."""
        place = self.place
        if place.province is None:
            return MonthlyReport.objects.all()
        if self.boundaries == "then" or not self.heirs:
            if place.commune:
                return MonthlyReport.objects.filter(commune=place.commune)
            if place.cluster:
                return MonthlyReport.objects.filter(commune__in=place.communes())
            return MonthlyReport.objects.filter(province=place.province)
        mine = set(place.communes().values_list("pk", flat=True))
        family = {old for old, heir in self.heirs.items() if heir in mine}
        moved = {old for old in mine if self.heirs.get(old, old) not in mine}
        communes = Q(commune__in=(mine | family) - moved)
        if not place.commune and not place.cluster:
            communes |= Q(province=place.province, commune=None)
        return MonthlyReport.objects.filter(communes)

    def _chosen(self, span: Span) -> QuerySet[MonthlyReport]:
        """The reports that count in a span, as a query."""
        return self._reports().filter(month__range=(span.first, span.last), state__in=INCLUDES[self.include])

    def _every(self, span: Span) -> list[Counted]:
        """The reports of a span in any state, in one query, remembered."""

        def ask() -> list[Counted]:
            rows = self._reports().filter(month__range=(span.first, span.last)).order_by()
            heirs = self.heirs if self.boundaries == "today" else {}
            month_of = _months(span)
            return [
                Counted(pk, heirs.get(c, c) if c else -province, c, province, month_of[month], state, revision)
                for pk, c, province, month, state, revision in rows.annotate(
                    day=Cast("month", CharField())
                ).values_list("pk", "commune_id", "province_id", "day", "state", "revision")
            ]

        return self.remember((span.first, span.last), ask)

    def _unchanged(self, span: Span) -> bool:
        """Whether no report of a span has changed since they were fetched: revisions only rise."""
        before, rows = self._every(span), self._reports().filter(month__range=(span.first, span.last)).order_by()
        now = rows.aggregate(reports=Count("pk"), revisions=Coalesce(Sum("revision"), 0))
        return now == {"reports": len(before), "revisions": sum(report.revision for report in before)}

    def _sums(self, question: Hashable, span: Span, reports: list[Counted], rows: QuerySet) -> list[tuple[Any, ...]]:
        """The rows of a query over ``reports`` of a span, remembered while these stay as they are."""
        known = ("edition", tuple(report.pk for report in reports))

        def edition() -> str:
            return self.remember(known, lambda: remembered.fingerprint(report.edition for report in reports))

        return remembered.rows_of(question, len(reports), edition, lambda: list(rows), lambda: self._unchanged(span))

    def counted(self, span: Span) -> list[Counted]:
        """The reports of a span that count."""
        states = INCLUDES[self.include]
        return self.remember(
            ("counted", span.first, span.last, self.include),
            lambda: [report for report in self._every(span) if report.state in states],
        )

    def last(self, span: Span) -> list[Counted]:
        """The reports that hold the stocks at the end of a span: each commune's last counted one.

        A former commune's stocks pass to its heir: they are left out as soon as one of its heirs has
        a counted report in the span.
        """

        def ask() -> list[Counted]:
            last: dict[int, Counted] = {}
            months = {month: at for at, month in enumerate(span)}  # to compare months themselves takes longer
            for report in sorted(self.counted(span), key=lambda report: months[report.month]):
                last[report.commune or -report.province] = report
            return [report for who, report in last.items() if not any(heir in last for heir in self._chain(who))]

        return self.remember(("last", span.first, span.last, self.include), ask)

    def behind(self, indicator: Indicator) -> list[Counted]:
        """The reports whose totals make the figure of an indicator over the span, in order of their months."""
        flow = indicator.measure == Indicator.Measure.FLOW
        reports = self.counted(self.span) if flow else self.last(self.span)
        return sorted(reports, key=lambda report: (report.month, report.unit))

    def values(self, span: Span, by: By = "indicator") -> Values:
        """Return every figure of a span by one dimension.

        Keys are: None (by indicator), a unit (by commune), a :class:`Month`, a hamlet's primary key
        (None for the unit's own row), or a place and a month. By month a stock is that of each month.
        """
        key = ("values", span.first, span.last, by, self.include, self.indicators)
        return self.remember(
            key, lambda: self._by_hamlet(span, by) if by.startswith("hamlet") else self._values(span, by)
        )

    def _values(self, span: Span, by: By) -> Values:
        found: Values = defaultdict(dict)
        flows = [i.pk for i in self.catalogue if i.measure == Indicator.Measure.FLOW or by.endswith("month")]
        stocks = [i.pk for i in self.catalogue if i.pk not in set(flows)]
        self._add_frozen(found, span, self.counted(span), flows, by)
        self._add_frozen(found, span, self.last(span), stocks, by)
        self._add_live(found, span, self.counted(span), by)
        return found

    def values_of(self, reports: list[Counted], span: Span, by: By) -> Values:
        """Return what some counted reports of a span hold by one dimension, as :meth:`values` does of all.

        Nothing is chosen here: stocks too are added over the reports given.
        """
        found: Values = defaultdict(dict)
        self._add_frozen(found, span, reports, [i.pk for i in self.catalogue], by)
        self._add_live(found, span, reports, by)
        return found

    def _add_frozen(self, found: Values, span: Span, reports: list[Counted], indicators: list[int], by: By) -> None:
        """Add what stands in ``ReportTotal`` for some reports of a span."""
        if not indicators or not reports:
            return
        whole = len(reports) == len(self.counted(span))
        chosen = self._chosen(span) if whole else [report.pk for report in reports]
        dimension = DIMENSIONS.get(by, ())
        rows = ReportTotal.objects.filter(indicator__in=indicators, report__in=chosen).order_by()
        rows = rows.annotate(day=Cast("report__month", CharField())) if by.endswith("month") else rows
        grouped = rows.values_list(*dimension, "indicator_id").annotate(Sum("value"), Count("pk"))
        code_of, month_of = {i.pk: i.code for i in self.catalogue}, _months(span)
        unit_of = {report.commune or report.unit: report.unit for report in reports}
        for *key, indicator, total, count in self._sums((dimension, *indicators), span, reports, grouped):
            unit = unit_of[key[0] or -key[1]] if UNIT[0] in dimension else None
            month = month_of[key[-1]] if by.endswith("month") else None
            self._put(found, self._key(by, unit, month), code_of[indicator], total, count)

    @staticmethod
    def _key(by: By, place: int | None, month: Month | None) -> Any:
        """The key of a dimension, given both that there are."""
        return {"commune": place, "hamlet": place, "month": month, "indicator": None}.get(by, (place, month))

    @staticmethod
    def _put(found: Values, key: Any, code: str, value: int, reports: int) -> None:
        before = found[key].get(code, Value(0, 0))
        found[key][code] = Value(before.value + value, before.reports + reports)

    def _add_live(self, found: Values, span: Span, reports: list[Counted], by: By) -> None:
        """Add the registry figures of those reports that are open: they are counted live."""
        registry = [i for i in self.catalogue if i.source == Indicator.Source.REGISTRY]
        if self.include != "all" or not registry:
            return
        last = {report.pk for report in self.last(span)}
        waiting: dict[tuple[Month, Setting], list[Counted]] = defaultdict(list)
        for report in reports:
            if report.state in MonthlyReport.OPEN and report.commune:
                waiting[report.month, self._cutoffs[report.province]].append(report)
        for (month, cutoff), open_ones in waiting.items():
            since, on = month.window(cutoff)
            communes = tuple(report.commune for report in open_ones if report.commune)
            ask = partial(headcount, communes, since=since, on=on)
            counts = self.remember(("headcount", month, communes), ask)
            asked = [i for i in registry if i.asked_in(month)]
            for report in open_ones:
                key = self._key(by, report.unit, month)
                for indicator in asked:
                    stock = indicator.measure == Indicator.Measure.STOCK
                    if by.endswith("month") or not stock or report.pk in last:
                        self._put(found, key, indicator.code, counts[report.commune or 0, indicator.code], 1)

    @cached_property
    def _cutoffs(self) -> dict[int, Setting]:
        """Province → the day on which its months end."""
        return {one.pk: one.cutoff for one in Province.objects.order_by()}

    def _by_hamlet(self, span: Span, by: By) -> Values:
        """Group the cells themselves by hamlet; a group counts in the hamlet where it sits."""
        found: Values = defaultdict(dict)
        every = [report.pk for report in self.counted(span)]
        last = every if by == "hamlet_month" else [report.pk for report in self.last(span)]
        dimension = ("log__report__month",) if by == "hamlet_month" else ()
        for measure, reports in ((Indicator.Measure.FLOW, every), (Indicator.Measure.STOCK, last)):
            indicators = [i.pk for i in self.catalogue if i.measure == measure]
            rows = (
                Figure.objects.filter(log__report__in=reports, indicator__in=indicators)
                .order_by()
                .annotate(place=Coalesce("log__hamlet", "log__group__hamlet"))
                .values_list("place", *dimension, "indicator__code")
                .annotate(Sum("value"), Count("log__report", distinct=True))
            )
            for place, *month, code, total, count in rows:
                self._put(found, self._key(by, place, month[0] if month else None), code, total, count)
        return found

    @staticmethod
    def together(values: Values, group_of: Callable[[Any], Any]) -> Values:
        """Add places up that ``group_of`` gives one key (clusters, chosen communes); None leaves one out.

        Right for flows and stocks alike, as all are of the same span.
        """
        found: Values = defaultdict(dict)
        for key, row in values.items():
            group = group_of(key)
            for code, value in row.items() if group is not None else ():
                Summary._put(found, group, code, value.value, value.reports)
        return found

    def total(self, span: Span | None = None) -> dict[str, Value]:
        """Return the figures of the whole place over a span (its own by default), by code."""
        return dict(self.values(span or self.span).get(None, {}))

    def handovers(self) -> QuerySet[WeaponHandover]:
        """The lines of weapons behind the quantities of the span."""
        return WeaponHandover.objects.filter(report__in=self._chosen(self.span))

    def weapons(self, span: Span | None = None, reports: list[Counted] | None = None) -> dict[str, Decimal]:
        """Return quantities handed over by kind, each in its own unit; of some counted reports of the span only."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for code, _, quantity in self._handed_over(span or self.span, reports):
            found[code] += quantity
        return dict(found)

    def weapons_by_source(self) -> dict[str, dict[str, Decimal]]:
        """Return what was handed over in the span by how it came (:class:`WeaponHandover.Source`) and kind."""
        found: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for code, source, quantity in self._handed_over(self.span):
            found[source][code] = quantity
        return found

    def _handed_over(self, span: Span, reports: list[Counted] | None = None) -> list[tuple[str, str, Decimal]]:
        """Kind, source and quantity of what was handed over, in one query, remembered."""
        chosen = self._chosen(span) if reports is None else [report.pk for report in reports]
        rows = WeaponHandover.objects.filter(report__in=chosen).order_by()
        grouped = rows.values_list("kind__code", "source").annotate(Sum("quantity"))
        counted = self.counted(span) if reports is None else reports
        found = self.remember(
            ("weapons", span.first, span.last, self.include, reports is None or tuple(r.pk for r in reports)),
            lambda: self._sums("weapons by source", span, counted, grouped),
        )
        return [(code, source, Decimal(total).quantize(Decimal("0.001"))) for code, source, total in found]

    def weapons_by_month(self, span: Span | None = None) -> dict[Month, dict[str, Decimal]]:
        """Return the same month by month."""
        rows = WeaponHandover.objects.filter(report__in=self._chosen(span or self.span)).order_by()
        found: dict[Month, dict[str, Decimal]] = defaultdict(dict)
        for month, code, total in rows.values_list("report__month", "kind__code").annotate(Sum("quantity")):
            found[month][code] = Decimal(total).quantize(Decimal("0.001"))
        return found

    @staticmethod
    def guns(weapons: dict[str, Decimal], kinds: Iterable[WeaponKind]) -> Decimal:
        """Add the kinds that are guns, all counted in "khẩu"."""
        return sum((weapons.get(kind.code, Decimal(0)) for kind in kinds if kind.is_gun), Decimal(0))

    def initiative_types(self) -> int:
        """Count distinct types running at the end of the span, at the level asked."""
        _, on = self.span.window(self.place.cutoff)
        return distinct_initiative_types(self.place.communes().values_list("pk", flat=True), on=on)

    def expected_months(self) -> list[Month]:
        """The months of the span that have begun."""
        current = Month.at(self.now, self.place.cutoff)
        return [month for month in self.span if month <= current]

    @cached_property
    def expected(self) -> dict[int, list[Month]]:
        """Commune → the months for which its report is expected, in official order.

        Today: every month of the communes living now, and of a former one without an heir the months
        it existed. Then: the months in which a commune existed or reported.
        """
        months = self.expected_months()
        windows = [(month, *month.window(self.place.cutoff)) for month in months]
        today, states = self.boundaries == "today", self.states
        rows = self.place.communes().order_by("code").values_list("pk", "started_on", "ended_on")
        found: dict[int, list[Month]] = {}
        for pk, started, ended in rows:
            if today and (ended is None or self.place.commune):
                found[pk] = months
            elif not today or pk not in self.heirs:
                found[pk] = [
                    month
                    for month, since, until in windows
                    if (pk, month) in states
                    or ((started is None or started <= until) and (ended is None or ended >= since))
                ]
        return {pk: when for pk, when in found.items() if when or today}

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
        months = [len(months) for months in self.expected.values()]
        communes, offices = ([s for (u, _), s in self.states.items() if (u > 0) is below] for below in (True, False))
        return Coverage.of(months, communes, offices)

    def coverage_by(self, group_of: Callable[[int], Any]) -> dict[Any, Coverage]:
        """The same for each group of communes; ``group_of`` gives a commune its group, or None."""
        months: dict[Any, list[int]] = defaultdict(list)
        states: dict[Any, list[str]] = defaultdict(list)
        for unit, expected in self.expected.items():
            months[group_of(unit)].append(len(expected))
        for (unit, _), state in self.states.items():
            states[group_of(unit) if unit > 0 else None].append(state)
        return {group: Coverage.of(months[group], states[group]) for group in months if group is not None}
