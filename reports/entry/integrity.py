"""Proving the kept totals from the cells, and mending them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from reports.entry import kept_totals
from reports.entry.figures import lock
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal
from reports.months import Month


@dataclass(frozen=True)
class Mismatch:
    """A total that is not the sum of its cells; None is "no row"."""

    report: int
    indicator: int
    kept: int | None
    summed: int | None


def months_of(reports: QuerySet[MonthlyReport]) -> list[Month]:
    """Return the months in which there are reports."""
    return sorted(set(reports.order_by().values_list("month", flat=True)))


def differences(reports: QuerySet[MonthlyReport], month: Month) -> Iterator[Mismatch]:
    """Yield every total of a month that differs from its cells (two queries, of the database the reports are of).

    Entered indicators are summed from the cells, hamlets reached are counted from them. A registry figure belongs
    only to a report that was sent: one that stands in an open report differs from "no row".
    """
    chosen = reports.filter(month=month)
    sums = {
        (report, indicator): total
        for report, indicator, total in Figure.objects.using(reports.db)
        .filter(log__report__in=chosen)
        .order_by()
        .values_list("log__report", "indicator")
        .annotate(Sum("value"))
    }
    reached = Indicator.objects.using(reports.db).filter(source=Indicator.Source.CELLS).order_by()
    sums |= kept_totals.reached_in(chosen.values("pk"), reached)
    counted = Q(indicator__source=Indicator.Source.REGISTRY)
    sent = counted & Q(report__state__in=MonthlyReport.SENT)
    kept = ReportTotal.objects.using(reports.db).filter(report__in=chosen).exclude(sent)
    known = {
        (report, indicator): value for report, indicator, value in kept.values_list("report", "indicator", "value")
    }
    for place in sums.keys() | known.keys():
        if sums.get(place) != known.get(place):
            yield Mismatch(place[0], place[1], known.get(place), sums.get(place))


def mend(found: list[Mismatch]) -> None:
    """Set the totals to the sums, each report held while its cells are summed again."""
    wrong: dict[int, set[int]] = {}
    for one in found:
        wrong.setdefault(one.report, set()).add(one.indicator)
    for report, indicators in wrong.items():
        with transaction.atomic():
            locked = lock(MonthlyReport(pk=report))
            summed = Q(pk__in=indicators) | Q(reached_in__in=indicators)
            kept_totals.refresh(locked, Indicator.objects.filter(summed, source=Indicator.Source.ENTERED).distinct())
            if locked.is_open:
                kept_totals.thaw_registry(locked)
            MonthlyReport.objects.filter(pk=report).change()
