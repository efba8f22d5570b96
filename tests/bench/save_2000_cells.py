"""Saving 2,000 pasted cells against the same rows written by one ``executemany`` upsert; both commit."""

from django.db import connection, transaction

from reports.entry.figures import CellWrite, record
from reports.entry.grid import Grid
from reports.models import ActivityLog, Figure, FigureChange, ReportTotal
from tests.bench.data import World
from tests.bench.measure import Pair

LIMIT = 3
CELLS = 2000
UPSERT = (
    "INSERT INTO reports_figure (log_id, indicator_id, value, entered_by_id, entered_at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (log_id, indicator_id) DO UPDATE SET value = excluded.value"
)


def pair(world: World) -> Pair:
    """Cells of hamlets and groups of a report that has none; it is emptied between the rounds."""
    report = world.empty
    grid = Grid.of(report)
    rows = [line.row for top in grid.lines for line in (top, *top.groups) if top.row.hamlet]
    places = [(row, indicator) for row in rows for indicator in grid.catalogue.by_hamlet][:CELLS]
    cells = [CellWrite(row, indicator.code, number % 30) for number, (row, indicator) in enumerate(places)]
    assert len(cells) == CELLS
    floor_rows: list[tuple] = []

    def empty() -> None:
        with transaction.atomic():
            for model in (Figure, FigureChange):
                model.objects.filter(log__report=report).delete()
            ActivityLog.objects.filter(report=report).delete()
            ReportTotal.objects.filter(report=report).delete()

    def empty_with_logs() -> None:
        empty()
        used = dict.fromkeys(row for row, _ in places)
        logs = ActivityLog.objects.bulk_create(
            ActivityLog(report=report, hamlet_id=row.hamlet, group_id=row.group) for row in used
        )
        log_of = dict(zip(used, logs, strict=True))
        at = connection.ops.adapt_datetimefield_value(world.now)
        floor_rows[:] = [
            (log_of[row].pk, indicator.pk, cell.value, world.officer.pk, at)
            for (row, indicator), cell in zip(places, cells, strict=True)
        ]

    def save() -> None:
        outcome = record(report, cells, by=world.officer, now=world.now)
        assert len(outcome.saved) == CELLS

    def floor() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(UPSERT, floor_rows)

    return Pair(save, floor, empty, empty_with_logs)
