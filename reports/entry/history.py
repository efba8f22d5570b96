"""What became of each cell: every value, who wrote it, when, and what changed since approval."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from reports.entry.grid import Row
from reports.models import Figure, FigureChange, MonthlyReport, ReportEvent, WeaponHandover


@dataclass(frozen=True)
class Change:
    """One value a cell took; None is blank."""

    row: Row
    indicator: str
    was: int | None
    value: int | None
    by: str
    at: datetime


def changes(report: MonthlyReport, row: Row | None = None, code: str | None = None) -> list[Change]:
    """Return every value the report's cells took (or those of one cell), newest first."""
    cell: dict[str, Any] = {} if row is None else {"log__hamlet": row.hamlet, "log__group": row.group}
    if code:
        cell["indicator__code"] = code
    later = FigureChange.objects.filter(log__report=report, **cell).select_related("log", "indicator", "by")
    found = [
        Change(Row(c.log.hamlet_id, c.log.group_id), c.indicator.code, c.was, c.value, str(c.by), c.at) for c in later
    ]
    first: dict[tuple[Row, str], list[Change]] = {}
    for change in found:
        first.setdefault((change.row, change.indicator), []).append(change)
    entries = Figure.objects.filter(log__report=report, **cell).select_related("log", "indicator", "entered_by")
    for figure in entries:
        place = (Row(figure.log.hamlet_id, figure.log.group_id), figure.indicator.code)
        since = [c for c in first.get(place, ()) if c.at >= figure.entered_at and c.was is not None]
        value = min(since, key=lambda c: c.at).was if since else figure.value
        found.append(Change(*place, None, value, str(figure.entered_by), figure.entered_at))
    return sorted(found, key=lambda change: change.at, reverse=True)


def last_words(report: MonthlyReport) -> dict[tuple[Row, str], Change]:
    """Return the last change of every cell that ever held a value (two queries): who wrote what is there, and when."""
    last: dict[tuple[Row, str], Change] = {}
    for change in changes(report):  # newest first
        last.setdefault((change.row, change.indicator), change)
    return last


def changed_cells(report: MonthlyReport, since: datetime) -> list[Change]:
    """Return the cells whose value now is not what it was at ``since``: from, to, last writer."""
    last: dict[tuple[Row, str], Change] = {}
    was: dict[tuple[Row, str], int | None] = {}
    for change in changes(report):  # newest first
        if change.at > since:
            place = (change.row, change.indicator)
            last.setdefault(place, change)
            was[place] = change.was
    return [
        Change(*place, was[place], change.value, change.by, change.at)
        for place, change in last.items()
        if was[place] != change.value
    ]


def changed_handovers(report: MonthlyReport, since: datetime) -> list[tuple[str, str]]:
    """Return weapons lines that differ from ``since``: as it was ("" new), as it is ("" taken away)."""
    before = {line.id: str(line) for line in _as_of(report, since)}
    now = {line.pk: str(line) for line in report.handovers.select_related("kind")}
    keys: Iterable[int] = sorted(before.keys() | now.keys())
    return [(before.get(key, ""), now.get(key, "")) for key in keys if before.get(key) != now.get(key)]


def _as_of(report: MonthlyReport, moment: datetime) -> QuerySet:
    return WeaponHandover.history.as_of(moment).filter(report=report).select_related("kind")


def last_return(report: MonthlyReport) -> ReportEvent | None:
    """Return the step that gave a report back to its unit the last time, returned or reopened (one query)."""
    return report.events.filter(action__in=("return", "reopen")).select_related("by").last()


def last_approval(report: MonthlyReport) -> datetime | None:
    """Return when the report was last approved, if it ever was; what was undone at once does not count."""
    approvals: list[datetime] = []
    before = ""
    for action, at in report.events.values_list("action", "at"):
        if action == "approve":
            approvals.append(at)
        elif action == "undo" and before == "approve":
            approvals.pop()
        before = action
    return approvals[-1] if approvals else None
