"""Totals of a place over a span: the only module that adds reports up.

Flows are added; a stock is taken at the end of the span, from each unit's last counted report in it;
registry figures are as frozen when the report was sent, and counted live while it is open; distinct
counts are asked of the register. Blank stays None: it is never read as zero. Every number comes with
the number of monthly reports behind it, and every summary with its coverage.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Literal

from django.db.models import CharField, Count, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from communes.held import Setting
from communes.models import Province
from models_registry.headcount import distinct_initiative_types, headcount
from reports.catalogue import Catalogue
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal, WeaponHandover, WeaponKind
from reports.months import Month, Span
from reports.totals import remembered
from reports.totals.chosen import Chosen, stored_months
from reports.totals.place import Counted, Value

By = Literal["indicator", "commune", "month", "hamlet", "commune_month", "hamlet_month"]
UNIT, MONTH = ("report__commune_id", "report__province_id"), ("day",)
DIMENSIONS: dict[str, tuple[str, ...]] = {"commune": UNIT, "month": MONTH, "commune_month": UNIT + MONTH}

Values = dict[Any, dict[str, Value]]
"""Key of the dimension → indicator code → value; a missing code is blank."""


@dataclass(frozen=True)
class Summary(Chosen):
    """What the chosen reports add up to, asked for piece by piece and remembered; ``indicators`` limits the codes."""

    indicators: tuple[str, ...] | None = None

    @cached_property
    def catalogue(self) -> list[Indicator]:
        """The indicators that are summed, in their order."""
        known = self.remember("catalogue", lambda: Catalogue().indicators)
        return [i for i in known if self.indicators is None or i.code in self.indicators]

    def _sums(self, question: Hashable, span: Span, reports: list[Counted], rows: QuerySet) -> list[tuple[Any, ...]]:
        """The rows of a query over ``reports`` of a span, remembered while these stay as they are."""
        known = ("edition", tuple(report.pk for report in reports))

        def edition() -> str:
            return self.remember(known, lambda: remembered.fingerprint(report.edition for report in reports))

        return remembered.rows_of(question, len(reports), edition, lambda: list(rows), lambda: self.is_unchanged(span))

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
        chosen = self.chosen(span) if whole else [report.pk for report in reports]
        dimension = DIMENSIONS.get(by, ())
        rows = ReportTotal.objects.filter(indicator__in=indicators, report__in=chosen).order_by()
        rows = rows.annotate(day=Cast("report__month", CharField())) if by.endswith("month") else rows
        grouped = rows.values_list(*dimension, "indicator_id").annotate(Sum("value"), Count("pk"))
        code_of, month_of = {i.pk: i.code for i in self.catalogue}, stored_months(span)
        unit_of = {report.own_unit: report.unit for report in reports}
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
        return WeaponHandover.objects.filter(report__in=self.chosen(self.span))

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
        chosen = self.chosen(span) if reports is None else [report.pk for report in reports]
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
        rows = WeaponHandover.objects.filter(report__in=self.chosen(span or self.span)).order_by()
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
