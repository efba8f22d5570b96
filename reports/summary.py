"""Totals of a place over a span: the only module that adds reports up.

Flows are added; a stock is taken at the end of the span, from each unit's last counted report in it;
registry figures are as frozen when the report was sent, and counted live while it is open; distinct
counts are asked of the register. Blank stays None: it is never read as zero. Every number comes with
the number of monthly reports behind it, and every summary with its coverage.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from communes.models import Commune, Province, UnitSuccession
from models_registry.headcount import distinct_initiative_types, headcount
from reports.catalogue import Catalogue
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal, WeaponHandover, WeaponKind
from reports.months import Month, Span

State = MonthlyReport.State
Include = Literal["approved", "sent", "all"]
By = Literal["indicator", "commune", "month", "hamlet"]
Boundaries = Literal["today", "then"]
INCLUDES: dict[str, tuple[State, ...]] = {
    "approved": (State.APPROVED,),
    "sent": MonthlyReport.SENT,
    "all": tuple(State),
}
INCLUDE_LABELS = {"approved": "Đã duyệt", "sent": "Đã gửi", "all": "Tất cả"}


@dataclass(frozen=True)
class Place:
    """What is summed: a commune, a province, or (neither) the country."""

    province: Province | None = None
    commune: Commune | None = None

    @property
    def name(self) -> str:
        """Its name in a title."""
        return str(self.commune or self.province or "Cả nước")

    @property
    def cutoff_day(self) -> int:
        """The cut-off day of its months."""
        return self.province.cutoff_day if self.province else 14

    def span(self, name: str) -> Span:
        """Read a span by the place's year; raises ``ValueError`` with a sentence."""
        return Span.parse(name, self.province.year_first_month if self.province else 1)

    def communes(self) -> QuerySet[Commune]:
        """The communes of the place, former ones included."""
        if self.commune:
            return Commune.objects.filter(pk=self.commune.pk)
        if self.province:
            return Commune.objects.filter(province=self.province)
        return Commune.objects.all()


class Value(NamedTuple):
    """A figure and how many monthly reports stand behind it."""

    value: int
    reports: int


class Counted(NamedTuple):
    """One report that is counted.

    ``unit`` is its commune by the boundaries asked, ``family`` the living heir of that commune;
    a province's own office is its province's key, negative.
    """

    pk: int
    unit: int
    family: int
    commune: int | None
    month: Month
    state: str


@dataclass(frozen=True)
class Coverage:
    """How much of what was expected is there, in monthly reports of communes."""

    units: int
    expected: int
    begun: int
    sent: int
    approved: int

    @property
    def sentence(self) -> str:
        """Say it: "118/148 báo cáo tháng đã gửi, 100 đã duyệt"."""
        return f"{self.sent}/{self.expected} báo cáo tháng đã gửi, {self.approved} đã duyệt"


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
    include: Include = "approved"
    boundaries: Boundaries = "today"
    indicators: tuple[str, ...] | None = None
    memory: dict = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def catalogue(self) -> list[Indicator]:
        """The indicators that are summed, in their order."""
        known = Catalogue().indicators
        return [i for i in known if self.indicators is None or i.code in self.indicators]

    @cached_property
    def heirs(self) -> dict[int, int]:
        """Former commune → the living one that is its main heir, chains followed."""
        links = dict(UnitSuccession.objects.filter(main=True).values_list("predecessor", "successor"))
        for old in list(links):
            seen = {old}
            while links[old] in links and links[old] not in seen:
                seen.add(links[old])
                links[old] = links[links[old]]
        return links

    def _reports(self) -> QuerySet[MonthlyReport]:
        """The reports of the place, whatever their month and state."""
        place = self.place
        if place.province is None:
            return MonthlyReport.objects.all()
        if self.boundaries == "then" or not self.heirs:
            if place.commune:
                return MonthlyReport.objects.filter(commune=place.commune)
            return MonthlyReport.objects.filter(province=place.province)
        mine = set(place.communes().values_list("pk", flat=True))
        family = {old for old, heir in self.heirs.items() if heir in mine}
        moved = {old for old in mine if self.heirs.get(old, old) not in mine}
        communes = Q(commune__in=(mine | family) - moved)
        if not place.commune:
            communes |= Q(province=place.province, commune=None)
        return MonthlyReport.objects.filter(communes)

    def _chosen(self, span: Span) -> QuerySet[MonthlyReport]:
        """The reports that count in a span, as a query."""
        return self._reports().filter(month__range=(span.first, span.last), state__in=INCLUDES[self.include])

    def _counted(self, span: Span) -> list[Counted]:
        """The reports that count in a span, in one query, remembered."""
        key = (span.first, span.last)
        if key not in self.memory:
            rows = self._chosen(span).order_by().values_list("pk", "commune_id", "province_id", "month", "state")
            counted = []
            for pk, commune, province, month, state in rows:
                family = self.heirs.get(commune, commune) if commune else -province
                unit = family if self.boundaries == "today" or not commune else commune
                counted.append(Counted(pk, unit, family, commune, month, state))
            self.memory[key] = counted
        return self.memory[key]

    def _last(self, span: Span) -> list[Counted]:
        """The reports that hold the stocks at the end of a span.

        For each unit, with the communes that went into it, those of its last counted month.
        """
        last: dict[int, Month] = {}
        for report in self._counted(span):
            last[report.family] = max(last.get(report.family, report.month), report.month)
        return [report for report in self._counted(span) if report.month == last[report.family]]

    def values(self, span: Span, by: By = "indicator") -> Values:
        """Return every figure of a span by one dimension.

        Keys are: None (by indicator), a unit (by commune), a :class:`Month`, a hamlet's primary key
        (None for the unit's own row).
        """
        if by == "hamlet":
            return self._by_hamlet(span)
        found: Values = defaultdict(dict)
        flows = [i.pk for i in self.catalogue if i.measure == Indicator.Measure.FLOW or by == "month"]
        stocks = [i.pk for i in self.catalogue if i.pk not in set(flows)]
        self._add_frozen(found, self._counted(span), flows, by, whole=span)
        self._add_frozen(found, self._last(span), stocks, by)
        self._add_live(found, span, by)
        return found

    def _add_frozen(
        self, found: Values, reports: list[Counted], indicators: list[int], by: By, whole: Span | None = None
    ) -> None:
        """Add what stands in ``ReportTotal``; ``whole`` is the span where all its reports count."""
        if not indicators or not reports:
            return
        rows = ReportTotal.objects.filter(indicator__in=indicators)
        if whole:
            chosen = self._reports().filter(month__range=(whole.first, whole.last), state__in=INCLUDES[self.include])
            rows = rows.filter(report__in=chosen)
        else:
            rows = rows.filter(report__in=[report.pk for report in reports])
        code_of = {i.pk: i.code for i in self.catalogue}
        dimension = {"commune": ("report__commune_id", "report__province_id"), "month": ("report__month",)}.get(by, ())
        unit_of = {report.commune or report.unit: report.unit for report in reports}
        grouped = rows.order_by().values_list(*dimension, "indicator_id").annotate(Sum("value"), Count("pk"))
        for *key, indicator, total, count in grouped:
            self._put(found, self._key(by, key, unit_of), code_of[indicator], total, count)

    @staticmethod
    def _key(by: By, key: list, unit_of: dict[int, int]) -> Any:
        if by == "commune":
            return unit_of[key[0] or -key[1]]
        return key[0] if key else None

    @staticmethod
    def _put(found: Values, key: Any, code: str, value: int, reports: int) -> None:
        before = found[key].get(code, Value(0, 0))
        found[key][code] = Value(before.value + value, before.reports + reports)

    def _add_live(self, found: Values, span: Span, by: By) -> None:
        """Add the registry figures of reports that are open: they are counted live."""
        registry = [i for i in self.catalogue if i.source == Indicator.Source.REGISTRY]
        if self.include != "all" or not registry:
            return
        last = {report.pk for report in self._last(span)}
        waiting: dict[Month, list[Counted]] = defaultdict(list)
        for report in self._counted(span):
            if report.state in MonthlyReport.OPEN and report.commune:
                waiting[report.month].append(report)
        for month, reports in waiting.items():
            since, on = month.window(self.place.cutoff_day)
            counts = headcount([report.commune for report in reports], since=since, on=on)
            for report in reports:
                key = {"commune": report.unit, "month": month}.get(by)
                for indicator in registry:
                    stock = indicator.measure == Indicator.Measure.STOCK
                    if (
                        report.commune
                        and (by == "month" or not stock or report.pk in last)
                        and indicator.asked_in(month)
                    ):
                        self._put(found, key, indicator.code, counts[report.commune, indicator.code], 1)

    def _by_hamlet(self, span: Span) -> Values:
        """Group the cells themselves by hamlet; a group counts in the hamlet where it sits."""
        found: Values = defaultdict(dict)
        last = [report.pk for report in self._last(span)]
        every = [report.pk for report in self._counted(span)]
        for indicators, reports in (
            ([i.pk for i in self.catalogue if i.measure == Indicator.Measure.FLOW], every),
            ([i.pk for i in self.catalogue if i.measure == Indicator.Measure.STOCK], last),
        ):
            rows = (
                Figure.objects.filter(log__report__in=reports, indicator__in=indicators)
                .order_by()
                .annotate(place=Coalesce("log__hamlet", "log__group__hamlet"))
                .values_list("place", "indicator__code")
                .annotate(Sum("value"), Count("log__report", distinct=True))
            )
            for place, code, total, count in rows:
                self._put(found, place, code, total, count)
        return found

    def total(self, span: Span | None = None) -> dict[str, Value]:
        """Return the figures of the whole place over a span (its own by default), by code."""
        return dict(self.values(span or self.span).get(None, {}))

    def weapons(self, span: Span | None = None) -> dict[str, Decimal]:
        """Return quantities handed over by kind, each in its own unit."""
        rows = (
            WeaponHandover.objects.filter(report__in=self._chosen(span or self.span))
            .order_by()
            .values_list("kind__code")
            .annotate(Sum("quantity"))
        )
        return {code: Decimal(total).quantize(Decimal("0.001")) for code, total in rows}

    @staticmethod
    def guns(weapons: dict[str, Decimal], kinds: Iterable[WeaponKind]) -> Decimal:
        """Add the kinds that are guns, all counted in "khẩu"."""
        return sum((weapons.get(kind.code, Decimal(0)) for kind in kinds if kind.is_gun), Decimal(0))

    def initiative_types(self) -> int:
        """Count distinct types running at the end of the span, at the level asked."""
        _, on = self.span.window(self.place.cutoff_day)
        return distinct_initiative_types(self.place.communes().values("pk"), on=on)

    def expected_communes(self) -> QuerySet[Commune]:
        """The communes from which reports are expected, in official order."""
        communes = self.place.communes().order_by("code")
        if self.boundaries == "today":
            return communes.living() if not self.place.commune else communes
        since, until = self.span.window(self.place.cutoff_day)
        reported = [report.commune for report in self._counted(self.span) if report.commune]
        return communes.active_during(since, until) | communes.filter(pk__in=reported)

    def expected_months(self) -> Iterator[Month]:
        """The months of the span that have begun."""
        current = Month.at(self.now, self.place.cutoff_day)
        return (month for month in self.span if month <= current)

    def states(self) -> dict[tuple[int, Month], str]:
        """(unit, month) → state of every report of the span, whatever is included (one query)."""
        if self.include == "all":
            return {(r.unit, r.month): r.state for r in self._counted(self.span)}
        everything = Summary(self.place, self.span, self.now, "all", self.boundaries)
        everything.__dict__["heirs"] = self.heirs
        return everything.states()

    @cached_property
    def coverage(self) -> Coverage:
        """How much of what is expected of communes is there, whatever is included."""
        units = self.expected_communes().count()
        states = [state for (unit, _), state in self.states().items() if unit > 0]
        sent = sum(state in MonthlyReport.SENT for state in states)
        months = sum(1 for _ in self.expected_months())
        return Coverage(units, units * months, len(states), sent, states.count(State.APPROVED))
