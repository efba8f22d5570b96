"""Totals of a place over a span: the only module that adds reports up (:mod:`reports.totals.joined`, the pairs of two).

Flows are added; a hamlet reached in several months counts once; a stock is taken at the end of the span, from each
unit's last counted report, one of the twelve months before where it has none in the last
(:mod:`reports.totals.standing`); registry figures are as frozen when the report was sent, and counted live while it
is open; distinct counts are asked of the register.
Blank stays None: it is never read as zero. Every number comes with the number of monthly reports behind it, and
every summary with its coverage.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min, QuerySet, Sum

from communes.held import Setting
from models_registry.headcount import headcount_then, without_register
from reports.catalogue import every_indicator
from reports.entry.kept_totals import HOME, HOME_KNOWN
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal
from reports.months import Month, Span, StoredMonth, by_stored
from reports.totals import remembered
from reports.totals.dimensions import MONTH, UNIT, By, Dimension
from reports.totals.homes import ByHome
from reports.totals.inquiry import REGISTER
from reports.totals.place import MONTH_OF, Counted, Homes, Value, Values
from reports.totals.register import Registered
from reports.totals.weapons import Weapons


class Addend(NamedTuple):
    """Reports and those of their figures that are added; ``into`` is the month in which former stocks stand."""

    reports: list[Counted]
    indicators: list[Indicator]
    into: Month | None = None


@dataclass(frozen=True)
class Summary(Weapons):
    """What the chosen reports add up to, asked for piece by piece and remembered; ``indicators`` limits the codes."""

    indicators: tuple[str, ...] | None = None

    @cached_property
    def catalogue(self) -> list[Indicator]:
        """The indicators that are summed, in their order."""
        return [i for i in every_indicator(self.editions) if self.indicators is None or i.code in self.indicators]

    def behind(self, indicator: Indicator) -> list[Counted]:
        """The reports whose totals make the figure of an indicator over the span, in order of their months."""
        reports = self.counted(self.span)
        if indicator.measure == Indicator.Measure.STOCK:
            counted = indicator.source == Indicator.Source.REGISTRY
            reports = [one for one in self.last_registry(self.span) if one.pk] if counted else self.last(self.span)
        return sorted(reports, key=lambda report: (report.month, report.unit))

    @cached_property
    def notes(self) -> list[str]:
        """What the figures rest on, in sentences: the coverage, and whose stocks are of a month before."""
        return list(filter(None, [f"{self.coverage.sentence}.", self.carried_sentence if self._measured[1] else ""]))

    @cached_property
    def carried_sentence(self) -> str:
        """Say of what is standing whose figures are of a month before, and whose are asked of the register."""
        typed = len(self._measured[1]) > len(self._registry)
        standing = self.said_of(
            self.carried(self.span) if typed or not self._registry else self.unregistered(self.span)
        )
        if not self._registry:
            return standing
        asked = self.register_sentence("Riêng số" if standing and typed else "")
        return f"{standing} {asked}".strip()

    def values(self, span: Span, by: By = "indicator", *, monthly: bool = False) -> Values:
        """Return every figure of a span by one dimension, ``monthly`` in each month apart.

        Keys are: None (by indicator), a unit (by commune), a :class:`Month`, a hamlet's primary key
        (None for the unit's own row), or a place and a month. By month a stock is that of each month.
        """
        dimension = Dimension.of(by, monthly)
        ask = self._by_hamlet if dimension.place == "hamlet" else self._values
        key = ("values", span.first, span.last, dimension, self.include, self.indicators)
        return self.remember(key, lambda: ask(span, dimension))

    def by_home(self, span: Span) -> Values:
        """The same of the country by province; as :meth:`together` of what is there by commune."""
        ask = partial(self._of_country, span, apart=True)
        return self.remember(("by home", span.first, span.last, self.include, self.indicators), ask)

    def _of_country(self, span: Span, *, apart: bool) -> Values:
        """The figures of the country by province or whole; report by report only where what is open counts too."""
        standing = self.in_country(span) if self.include != "all" else None
        if self.country and standing:
            reached = partial(self._reached_in, span)
            figures = ByHome(self, self.country, standing, span, self._measured, reached, apart=apart)
            return figures.values(self._beside(span))
        if not apart:
            return self._added(span, Dimension(None, False))
        homes = Homes()
        return self.together(self.values(span, "commune"), lambda unit: homes[unit] if unit > 0 else -unit)

    def _beside(self, span: Span) -> Values:
        """The stocks at the end of a span, by commune, that no report of its last month holds."""
        found: Values = defaultdict(dict)
        by = Dimension("commune", False)
        for part in self._carried(span):
            self._add_frozen(found, span, by, part)
        self._add_registered(found, by, self.registered(span) if self._registry else [], span.last)
        return found

    def _values(self, span: Span, by: Dimension) -> Values:
        if self.country and by == Dimension(None, False):
            return self._of_country(span, apart=False)
        return self._added(span, by)

    def _added(self, span: Span, by: Dimension) -> Values:
        found: Values = defaultdict(dict)
        for part in self._addends(span, by):
            self._add_frozen(found, span, by, part)
            self._add_live(found, by, part)
        if by.monthly:
            self._add_standing(found, span, by)
            for month, some in self.registered_by_month(span).items() if self._registry else ():
                self._add_registered(found, by, some, month)
        else:
            self._count_once(found, span, by, self.counted(span))
            self._add_registered(found, by, self.registered(span) if self._registry else [], span.last)
        return found

    @cached_property
    def _registry(self) -> list[Indicator]:
        """The stocks that the register is asked for where a report is missing."""
        return [i for i in self._measured[1] if i.source == Indicator.Source.REGISTRY]

    def _add_registered(self, found: Values, by: Dimension, registered: Iterable[Registered], month: Month) -> None:
        """Add the stocks of communes that are asked of the register at the end of a month."""
        asked = [i.code for i in self._registry if i.asked_in(month)]
        for one in registered:
            row = found[by.key(one.unit, month)]
            for code in asked:
                _put(row, code, Value(one.counts.get(code, 0), 0, registered=1))

    def _count_once(self, found: Values, span: Span, by: Dimension, reports: list[Counted]) -> None:
        """Count each hamlet reached once, in whichever months of a span: months added up would count it in each."""
        reached = [i for i in self.catalogue if i.measure == Indicator.Measure.REACHED]
        if not reached or len({report.month for report in reports}) < 2:
            return
        unit_of = {report.commune or report.unit: report.unit for report in reports}
        chosen = self.chosen(span) if self._is_whole(span, reports) else [report.pk for report in reports]
        for indicator in reached:
            hamlets: dict[Any, set[int]] = defaultdict(set)
            rows = partial(_reached, chosen, indicator)
            for commune, home in self._sums(("reached", indicator.pk), span, reports, rows):
                hamlets[unit_of[commune] if by.place == "commune" else None].add(home)
            for key, row in found.items():
                if indicator.code in row:
                    row[indicator.code] = row[indicator.code]._replace(value=len(hamlets[key]))

    def _addends(self, span: Span, by: Dimension) -> Iterator[Addend]:
        """What is added: flows of all reports, stocks of those at the end of the span (or of each of its months)."""
        flows, stocks = self._measured
        if by.monthly or not stocks:
            yield Addend(self.counted(span), flows + stocks)
        else:
            yield Addend(self.counted(span), flows)
            yield Addend(self.own(span), stocks)
            yield from self._carried(span)

    def _carried(self, span: Span) -> Iterator[Addend]:
        """The stocks of months before that stand at the end of a span."""
        asked = [i for i in self._measured[1] if i.asked_in(span.last)]
        carried = self.carried(span)
        standing = self.unregistered(span) if self._registry else carried
        if standing == carried:
            yield Addend(carried, asked, span.last)
            return
        yield Addend(carried, [i for i in asked if i not in self._registry], span.last)
        yield Addend(standing, [i for i in asked if i in self._registry], span.last)

    def _add_standing(self, found: Values, span: Span, by: Dimension) -> None:
        """Add the stocks that stand in months of a span without a report of their own (one query)."""
        stocks = {i.pk: i for i in self._measured[1]}
        carried = self.carried_by_month(span) if stocks else {}
        placed = [(report, month) for month, some in carried.items() for report in some]
        if not placed:
            return
        months: dict[int, list[Month]] = defaultdict(list)
        for report, month in placed:
            months[report.pk].append(month)
        known = {report.pk: report for report, _ in placed}
        frozen = {
            month: {one.pk for one in some}
            for month, some in (self.unregistered_by_month(span).items() if self._registry else ())
        }
        rows: Iterable[tuple[int, int | None, int, int]]
        if by.place == "hamlet":
            cells = Figure.objects.filter(log__report__in=months, indicator__in=stocks).order_by()
            rows = cells.values_list("log__report", HOME, "indicator_id").annotate(Sum("value"))
        else:
            totals = ReportTotal.objects.filter(report__in=months, indicator__in=stocks).order_by()
            rows = ((pk, known[pk].unit, i, v) for pk, i, v in totals.values_list("report_id", "indicator_id", "value"))
            for month, reports in carried.items():
                standing = [one for one in reports if one.pk in frozen.get(month, {one.pk})]
                self._add_live(found, by, Addend(standing, self._measured[1], month))
        for pk, place, indicator, value in rows:
            counted = stocks[indicator].source == Indicator.Source.REGISTRY
            for month in months[pk]:
                if stocks[indicator].asked_in(month) and not (counted and pk not in frozen.get(month, {pk})):
                    one = Value(value, 1, 1, known[pk].month)
                    _put(found[by.key(place, month)], stocks[indicator].code, one)

    @cached_property
    def _measured(self) -> tuple[list[Indicator], list[Indicator]]:
        """What is added over time (what hamlets reached too), and the stocks."""
        stock = Indicator.Measure.STOCK
        return [i for i in self.catalogue if i.measure != stock], [i for i in self.catalogue if i.measure == stock]

    def values_of(self, reports: list[Counted], span: Span, by: By, *, monthly: bool = False) -> Values:
        """Return what some counted reports of a span hold by one dimension, as :meth:`values` does of all.

        Nothing is chosen here: stocks too are added over the reports given.
        """
        dimension = Dimension.of(by, monthly)
        found: Values = defaultdict(dict)
        part = Addend([report for report in reports if report.pk], self.catalogue)
        without = {report.commune for report in reports if not report.pk}
        if without:
            some = [one for one in self.registered(span) if one.commune in without]
            self._add_registered(found, dimension, some, span.last)
        reports = part.reports
        self._add_frozen(found, span, dimension, part)
        self._add_live(found, dimension, part)
        if not dimension.monthly:
            self._count_once(found, span, dimension, reports)
        return found

    def _add_frozen(self, found: Values, span: Span, by: Dimension, part: Addend) -> None:
        """Add what stands in ``ReportTotal``."""
        reports, indicators, into = part
        if not indicators or not reports:
            return
        if not into and UNIT[0] not in by.columns:
            return self._add_months(found, span, by, part)
        columns = tuple(one for one in by.columns if one not in MONTH or into is None)

        def grouped() -> QuerySet:
            whole = into is None and self._is_whole(span, reports)
            return _totals(self.chosen(span) if whole else _only(reports), code_of, *columns).annotate(
                Sum("totals__value"), Count("totals"), *([Min("month")] if into else ())
            )

        code_of, month_of = {i.pk: i.code for i in indicators}, by_stored(span)
        unit_of = {report.own_unit: report.unit for report in reports} if UNIT[0] in columns else {}
        question = (columns, bool(into), *code_of)
        for *key, indicator, total, count, since in (
            row if into else (*row, None) for row in self._sums(question, span, reports, grouped)
        ):
            unit = unit_of[key[0] or -key[1]] if UNIT[0] in columns else None
            month = into or (month_of[key[-1]] if by.monthly else None)
            _put(found[by.key(unit, month)], code_of[indicator], _value(total, count, since))

    def _add_months(self, found: Values, span: Span, by: Dimension, part: Addend) -> None:
        """Add what stands in ``ReportTotal`` of all units, month by month: a save changes the sums of one of them."""
        code_of, month_of = {i.pk: i.code for i in part.indicators}, by_stored(span)
        months: dict[Month, list[Counted]] = defaultdict(list)
        for month, some in groupby(part.reports, MONTH_OF):
            months[month].extend(some)
        whole = self._is_whole(span, part.reports)

        def grouped(missing: list[Month]) -> Iterator[tuple[Month, tuple[int, ...]]]:
            every = whole and len(missing) == len(months)
            chosen = self.chosen(span) if every else _only([one for month in missing for one in months[month]])
            for day, *sums in _totals(chosen, code_of, *MONTH).annotate(Sum("totals__value"), Count("totals")):
                yield month_of[day], tuple(sums)

        parts = {month: [report.edition for report in some] for month, some in months.items()}
        unchanged = partial(self.is_unchanged, span, None if whole else part.reports)
        for month, rows in remembered.rows_by_part(("months", *code_of), parts, grouped, unchanged).items():
            for indicator, total, count in rows:
                _put(found[by.key(None, month)], code_of[indicator], Value(total, count))

    def _add_live(self, found: Values, by: Dimension, part: Addend) -> None:
        """Add the registry figures of those reports that are open: they are counted live."""
        reports, indicators, into = part
        registry = [i for i in indicators if i.source == Indicator.Source.REGISTRY]
        if self.include != "all" or not registry:
            return
        waiting: dict[tuple[Month, int | Setting], list[Counted]] = defaultdict(list)
        for report in reports:
            if report.state in MonthlyReport.OPEN and report.commune:
                waiting[report.month, self.cutoff_of(report.province)].append(report)
        for (month, cutoff), open_ones in waiting.items():
            since, on = month.window(cutoff)
            communes = tuple(report.commune for report in open_ones if report.commune)
            ask = partial(headcount_then, communes, since=since, on=on)
            counts = self.keep(REGISTER, ("headcount", since, on, communes), ask)
            asked = [i.code for i in registry if i.asked_in(month)]
            bare = without_register(communes, counts, on)
            for report in open_ones:
                if report.commune in bare:
                    continue
                row = found[by.key(report.unit, into or month)]
                for code in asked:
                    one = _value(counts[report.commune or 0, code], 1, month if into else None)
                    _put(row, code, one._replace(live=1))

    def _by_hamlet(self, span: Span, by: Dimension) -> Values:
        """Group the cells themselves by hamlet; a group counts in the hamlet where it sits."""
        found: Values = defaultdict(dict)
        for reports, indicators, into in self._addends(span, by):
            if not reports or not indicators:
                continue
            monthly = ("log__report__month",) if by.monthly else ()
            rows = (
                Figure.objects.filter(log__report__in=[report.pk for report in reports], indicator__in=indicators)
                .order_by()
                .values_list(HOME, *monthly, "indicator__code")
                .annotate(Sum("value"), Count("log__report", distinct=True), Min("log__report__month"))
            )
            for place, *_, code, total, count, since in rows:
                value = _value(total, count, since if into else None)
                _put(found[by.key(place, into or since)], code, value)
        if by.monthly:
            self._add_standing(found, span, by)
        self._add_reached(found, span, by)
        return found

    def _add_reached(self, found: Values, span: Span, by: Dimension) -> None:
        """Of each hamlet, whether it was reached: 1 or 0, in a span or in each of its months."""
        reports = [report.pk for report in self.counted(span)]
        monthly = ("log__report__month",) if by.monthly else ()
        for indicator in self.catalogue:
            if indicator.measure == Indicator.Measure.REACHED:
                cells = Figure.objects.filter(log__report__in=reports, indicator=indicator.reaches_id).order_by()
                rows = cells.filter(HOME_KNOWN).values_list(HOME, *monthly)
                for place, *month, most, count in rows.annotate(Max("value"), Count("log__report", distinct=True)):
                    key = by.key(place, month[0] if month else None)
                    found[key][indicator.code] = Value(int(most > 0), count)

    def _reached_in(self, span: Span, indicator: Indicator) -> Iterable[tuple[int, int]]:
        """The communes and hamlets that the counted reports of a span say were reached."""
        return _reached(self.chosen(span), indicator)

    @staticmethod
    def together(values: Values, group_of: Callable[[Any], Any]) -> Values:
        """Add places up that ``group_of`` gives one key (clusters, chosen communes); None leaves one out.

        Right for flows and stocks alike, as all are of the same span.
        """
        found: Values = defaultdict(dict)
        for key, row in values.items():
            group = group_of(key)
            for code, value in row.items() if group is not None else ():
                _put(found[group], code, value)
        return found

    def total(self, span: Span | None = None) -> dict[str, Value]:
        """Return the figures of the whole place over a span (its own by default), by code."""
        return dict(self.values(span or self.span).get(None, {}))


def _only(reports: Iterable[Counted]) -> QuerySet[MonthlyReport]:
    """Some reports, as a query."""
    return MonthlyReport.objects.filter(pk__in=[report.pk for report in reports])


def _totals(reports: QuerySet[MonthlyReport], indicators: Iterable[int], *columns: str) -> QuerySet:
    """The totals of some reports by columns and indicator, to be added up.

    Asked from the reports, each found once: asked of their totals, PostgreSQL looks through all reports there are.
    """
    rows = reports.filter(totals__indicator__in=list(indicators)).order_by().annotate(day=StoredMonth("month"))
    return rows.values_list(*(one.removeprefix("report__") for one in columns), "totals__indicator_id")


def _reached(chosen: QuerySet | list[int], indicator: Indicator) -> QuerySet:
    """The communes and hamlets that some reports say were reached, each once."""
    cells = Figure.objects.filter(log__report__in=chosen, indicator=indicator.reaches_id, value__gt=0).order_by()
    return cells.filter(HOME_KNOWN).annotate(home=HOME).values_list("log__report__commune", "home").distinct()


def _value(value: int, reports: int, since: Month | None = None) -> Value:
    """A figure of some reports; all of them carried where ``since`` is the month of the first."""
    return Value(value, reports, reports, since) if since else Value(value, reports)


def _put(row: dict[str, Value], code: str, value: Value) -> None:
    row[code] = row[code].plus(value) if code in row else value
