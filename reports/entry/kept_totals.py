"""How :class:`ReportTotal` is kept: set to the sums of the cells in the transaction that changes them."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from models_registry.headcount import headcount_then, without_register
from reports.entry.grid import Grid
from reports.entry.writing import write_rows
from reports.models import Figure, Indicator, MonthlyReport, ReportTotal

HOME = Coalesce("log__hamlet", "log__group__hamlet")
"""The hamlet of a cell, of a group's too; none of the unit's own row."""
HOME_KNOWN = Q(log__hamlet__isnull=False) | Q(log__group__hamlet__isnull=False)
OVER = "ON CONFLICT (report_id, indicator_id) DO UPDATE SET value = excluded.value"
UPSERT = f"INSERT INTO reports_reporttotal (report_id, indicator_id, value) VALUES (%s, %s, %s) {OVER}"
SUM_UP = (
    "INSERT INTO reports_reporttotal (report_id, indicator_id, value) "
    "SELECT log.report_id, cell.indicator_id, SUM(cell.value) "
    "FROM reports_figure cell JOIN reports_activitylog log ON log.id = cell.log_id "
    "WHERE log.report_id = %s AND cell.indicator_id IN ({}) GROUP BY log.report_id, cell.indicator_id "
    f"{OVER} RETURNING indicator_id, value"
)


def refresh(
    report: MonthlyReport, indicators: Iterable[Indicator], reaching: Iterable[Indicator] | None = None
) -> dict[str, int | None]:
    """Set the totals of these indicators to the sums of the report's cells, and return them by code.

    An indicator without any filled cell has no total: blank is not zero. ``reaching`` are the indicators that count
    the hamlets with one of these; they are kept too (None asks for them).
    """
    indicators = list(indicators)
    sums = _sum_up(report, indicators)
    counting = list(Indicator.objects.filter(reaches__in=indicators).order_by() if reaching is None else reaching)
    reached = {pk: value for (_, pk), value in reached_in([report.pk], counting).items()}
    _set(report, reached)
    gone = [i.pk for i in [*indicators, *counting] if i.pk not in sums and i.pk not in reached]
    if gone:
        ReportTotal.objects.filter(report=report, indicator__in=gone).delete()
    return {indicator.code: sums.get(indicator.pk) for indicator in indicators}


def sums_of(report: MonthlyReport, indicators: list[Indicator]) -> dict[int, int]:
    """The sums of the report's cells by indicator; without a filled cell there is none."""
    cells = Figure.objects.filter(log__report=report, indicator__in=[indicator.pk for indicator in indicators])
    return dict(cells.order_by().values_list("indicator").annotate(Sum("value")))


def reached_in(reports: Iterable[int] | QuerySet, indicators: Iterable[Indicator]) -> dict[tuple[int, int], int]:
    """(report, indicator) → how many hamlets have at least one of what each indicator ``reaches``.

    A hamlet counts once, through its own cell or any of its groups'; without a filled cell of a hamlet there is no
    number: blank is not zero. One query for each indicator.
    """
    found: dict[tuple[int, int], int] = {}
    for indicator in indicators:
        here = Figure.objects.using(indicator._state.db)  # a backup is counted in a database of its own
        cells = here.filter(HOME_KNOWN, log__report__in=reports, indicator=indicator.reaches_id).order_by()
        hamlets = Count(HOME, filter=Q(value__gt=0), distinct=True)
        rows = cells.values_list("log__report").annotate(hamlets=hamlets)
        found.update({(report, indicator.pk): count for report, count in rows})
    return found


def fill_reached(indicators: Iterable[Indicator]) -> None:
    """Write the totals of indicators that are new and count hamlets, for every report there is."""
    for indicator in indicators:
        reports = MonthlyReport.objects.order_by().values("pk")
        counted = reached_in(reports, [indicator])
        ReportTotal.objects.bulk_create(
            [ReportTotal(report_id=report, indicator_id=pk, value=value) for (report, pk), value in counted.items()],
            batch_size=1000,
            ignore_conflicts=True,
        )


def _sum_up(report: MonthlyReport, indicators: list[Indicator]) -> dict[int, int]:
    """Set the totals to the sums of the cells in one statement; return them by indicator, as :func:`sums_of` does."""
    if not indicators:
        return {}
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(indicators))
        cursor.execute(SUM_UP.format(marks), [report.pk, *(indicator.pk for indicator in indicators)])
        return dict(cursor.fetchall())


def _set(report: MonthlyReport, values: dict[int, int]) -> None:
    write_rows(UPSERT, [(report.pk, pk, value) for pk, value in values.items()])


def registry_values(grid: Grid) -> dict[Indicator, int]:
    """Count a unit's registry figures as of the end of its month.

    {} for a province's office, and for a commune of which no register knows that day: unknown is not zero.
    """
    if grid.unit.commune is None:
        return {}
    since, on = grid.window
    key = grid.unit.commune.pk
    counts = headcount_then([key], since=since, on=on)
    if without_register([key], counts, on):
        return {}
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
