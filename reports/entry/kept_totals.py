"""How :class:`ReportTotal` is kept: set to the sums of the cells in the transaction that changes them."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Sum

from models_registry.headcount import headcount
from reports.entry.grid import Grid
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal

UPSERT = (
    "INSERT INTO reports_reporttotal (report_id, indicator_id, value) VALUES (%s, %s, %s) "
    "ON CONFLICT (report_id, indicator_id) DO UPDATE SET value = excluded.value"
)


def refresh(report: MonthlyReport, indicators: Iterable[Indicator], *, write: bool = True) -> dict[str, int | None]:
    """Set the totals of these indicators to the sums of the report's cells, and return them by code.

    An indicator without any filled cell has no total: blank is not zero.
    """
    code_of = {indicator.pk: indicator.code for indicator in indicators}
    wanted = list(code_of)
    sums = dict(
        Figure.objects.filter(log__report=report, indicator__in=wanted)
        .order_by()
        .values_list("indicator")
        .annotate(Sum("value"))
    )
    if write:
        _set(report, sums)
        gone = [pk for pk in wanted if pk not in sums]
        if gone:
            ReportTotal.objects.filter(report=report, indicator__in=gone).delete()
    return {code: sums.get(pk) for pk, code in code_of.items()}


def _set(report: MonthlyReport, values: dict[int, int]) -> None:
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT, [(report.pk, pk, value) for pk, value in values.items()])


def registry_values(grid: Grid) -> dict[Indicator, int]:
    """Count a unit's registry figures as of the end of its month; {} for a province's office."""
    if grid.unit.commune is None:
        return {}
    since, on = grid.window
    key = grid.unit.commune.pk
    counts = headcount([key], since=since, on=on)
    return {indicator: counts[key, indicator.code] for indicator in grid.catalogue.registry}


def freeze_registry(report: MonthlyReport) -> None:
    """Write the registry figures down, as they are when the report is sent."""
    _set(report, {i.pk: value for i, value in registry_values(Grid.of(report)).items()})


def thaw_registry(report: MonthlyReport) -> None:
    """Drop the frozen registry figures: an open report counts them live."""
    report.totals.filter(indicator__source=Indicator.Source.REGISTRY).delete()


def by_code(report: MonthlyReport, grid: Grid | None = None) -> dict[str, int]:
    """Return every total of a report by indicator code, registry figures live while it is open."""
    found = dict(report.totals.values_list("indicator__code", "value"))
    return found | live_by_code(grid or Grid.of(report)) if report.is_open else found


def live_by_code(grid: Grid) -> dict[str, int]:
    """Return the registry figures as they stand now, by indicator code."""
    return {indicator.code: value for indicator, value in registry_values(grid).items()}
