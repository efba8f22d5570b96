"""What a hamlet or a group did month by month, as its commune reported it: for the pages that are read."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Max, Q, Sum

from communes.models import Commune
from reports.charts.past import Past
from reports.models import Figure, Indicator, MonthlyReport
from reports.months import Month

MONTHS = 13  # the same month a year before to the last one
YEAR = 12


class Done(NamedTuple):
    """One indicator: the twelve months together (of a stock the last one known), the last month, the line."""

    indicator: Indicator
    year: int | None
    last: int | None
    past: Past


class Activity(NamedTuple):
    """What was reported until a month, the last one that was sent."""

    until: Month
    lines: list[Done]


def activity_of(rows: Q, commune: Commune) -> Activity | None:
    """Add up the cells of some rows of a commune's sent months; None where nothing was sent or nothing stands there."""
    sent = MonthlyReport.objects.filter(commune=commune).exclude(state__in=MonthlyReport.OPEN)
    until = sent.aggregate(last=Max("month"))["last"]
    if until is None:
        return None
    months = [until - step for step in range(MONTHS - 1, -1, -1)]
    sums = (
        Figure.objects.filter(rows, log__report__in=sent.filter(month__gte=months[0]))
        .values_list("indicator", "log__report__month")
        .annotate(Sum("value"))
        .order_by()
    )
    found: dict[int, dict[Month, int]] = {}
    for key, month, value in sums:
        found.setdefault(key, {})[month] = value
    indicators = Indicator.objects.filter(pk__in=found).order_by("section__position", "position")
    lines = [_done(one, found[one.pk], months) for one in indicators]
    return Activity(until, lines) if lines else None


def _done(indicator: Indicator, held: Mapping[Month, int], months: list[Month]) -> Done:
    values = [held.get(month) for month in months]
    year = [value for value in values[-YEAR:] if value is not None]
    is_stock = indicator.measure == Indicator.Measure.STOCK
    together = (year[-1] if is_stock else sum(year)) if year else None
    return Done(indicator, together, values[-1], Past(indicator.name, values))
