"""What a figure is made of: places, then months and their reports, then the cells and who entered them.

Nothing is added up here: the figures of places, months and reports are the summary's, cells are as they
were entered.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from communes.models import Commune
from communes.names import told_apart
from models_registry.headcount import GROUPS_BY_KIND, HOUSEHOLDS_BY_KIND, MEMBERS_BY_KIND
from reports.entry.grid import Row
from reports.models import Figure, FigureChange, Indicator, MonthlyReport, ReportTotal
from reports.months import Month
from reports.totals.place import Counted
from reports.totals.summary import Summary, Value

KINDS = {code: kinds[0] for code, kinds in GROUPS_BY_KIND.items()} | MEMBERS_BY_KIND | HOUSEHOLDS_BY_KIND
LISTS = {  # what else is counted from the register, and where it is listed
    "groups_founded": "movements/?since={since}&on={on}&",
    "groups_dissolved": "movements/?since={since}&on={on}&",
    "other_groups": "counts/?on={on}&",
    "hamlets": "hamlets/?",
    "hamlets_with_covenant": "hamlets/?",
    "hamlets_registered_safe": "safety/year/?year={year}&",
    "hamlets_recognised_safe": "safety/year/?year={year}&",
    "awards_collective": "awards/?",
    "awards_individual": "awards/?",
    "festival_days": "festivals/?",
    "festival_attendance": "festivals/?",
}


@dataclass(frozen=True)
class ReportPart:
    """A report a figure rests on: what it holds, and whether that is counted live from the register."""

    report: MonthlyReport
    value: int | None
    live: bool
    counts: bool


class CellEntry(NamedTuple):
    """A cell: its value, who entered it when, and who changed it last."""

    report: MonthlyReport
    row: Row
    name: str
    value: int
    by: str
    at: datetime
    changed: bool


def months(summary: Summary, indicator: Indicator) -> list[tuple[Month, Value | None]]:
    """Return the figure of each month of the span."""
    values = summary.values(summary.span, "month")
    return [(month, values.get(month, {}).get(indicator.code)) for month in summary.span]


def parts(summary: Summary, indicator: Indicator, unit: int) -> list[ReportPart]:
    """Return the counted reports of one unit in the span, newest first.

    Of a stock only each unit's last report counts, one of the months before where the span has none; the others are
    listed beside it.
    """
    counting = summary.behind(indicator)
    behind = {report.pk for report in counting}
    every = [*summary.behind(_as_flow(indicator)), *counting]
    chosen = {one.pk: one for one in every if one.unit == unit}
    totals = dict(ReportTotal.objects.filter(report__in=chosen, indicator=indicator).values_list("report", "value"))
    live = _live(summary, chosen) if indicator.source == Indicator.Source.REGISTRY else {}
    reports = MonthlyReport.objects.filter(pk__in=chosen).with_unit().order_by("-month", "commune__code")
    found = []
    for report in reports:
        is_live = bool(live) and report.is_open and report.commune_id is not None
        value = live.get((chosen[report.pk].unit, chosen[report.pk].month)) if is_live else totals.get(report.pk)
        found.append(ReportPart(report, value, is_live, report.pk in behind))
    return found


def _as_flow(indicator: Indicator) -> Indicator:
    """The indicator as one of which every report counts."""
    return Indicator(code=indicator.code, measure=Indicator.Measure.FLOW)


def _live(summary: Summary, chosen: dict[int, Counted]) -> dict[tuple[int, Month], int]:
    """What is counted live for those of some reports that are open, by unit and month."""
    waiting = [report for report in chosen.values() if report.state in MonthlyReport.OPEN]
    values = summary.values_of(waiting, summary.span, "commune", monthly=True)
    return {key: value.value for key, row in values.items() for value in row.values()}


def cells(indicator: Indicator, reports: list[int], row: Row | None = None) -> QuerySet[Figure]:
    """Return the cells of some reports, of one row where it is given (a hamlet with its groups)."""
    found = Figure.objects.filter(indicator=indicator, log__report__in=reports)
    if row is not None and row.hamlet:
        found = found.filter(Q(log__hamlet=row.hamlet) | Q(log__group__hamlet=row.hamlet))
    elif row is not None and row.group:
        found = found.filter(log__group=row.group)
    elif row is not None:
        found = found.filter(log__hamlet=None, log__group__hamlet=None)
    return found.select_related(
        "log__report__commune", "log__report__province", "log__hamlet", "log__group__hamlet", "entered_by"
    ).order_by("-log__report__month", "log__hamlet__sort_key", "log__group__sort_key", "pk")


def entries(found: list[Figure]) -> list[CellEntry]:
    """Return cells with their last writers (one query)."""
    logs, indicators = {figure.log_id for figure in found}, {figure.indicator_id for figure in found}
    last: dict[int, FigureChange] = {}
    changes = FigureChange.objects.filter(log__in=logs, indicator__in=indicators).select_related("by")
    for one in changes.order_by("at", "pk"):
        last[one.log_id] = one
    homes = {home for figure in found if (home := figure.log.home)}
    names, lines = told_apart(homes), []
    for figure in found:
        log, change = figure.log, last.get(figure.log_id)
        since = change if change and change.at >= figure.entered_at and change.was is not None else None
        name = names[log.hamlet.pk] if log.hamlet else log.group.name if log.group else "Toàn đơn vị"
        if log.group and log.home:
            name = f"{names[log.home.pk]}: {name}"
        by, at = (since.by, since.at) if since else (figure.entered_by, figure.entered_at)
        row = Row(log.hamlet_id, log.group_id)
        lines.append(CellEntry(log.report, row, name, figure.value, str(by), at, changed=since is not None))
    return lines


def register_address(indicator: Indicator, commune: Commune | None, window: tuple[date, date]) -> str:
    """Return where the register lists what an indicator counts, as of the end of a window."""
    since, on = window
    place = f"commune={commune.slug}" if commune else ""
    if indicator.code in KINDS:
        return f"/register/counts/?kind={KINDS[indicator.code]}&on={on}&{place}".rstrip("&")
    path = LISTS.get(indicator.code, "initiatives/?")
    return f"/register/{path.format(since=since, on=on, year=on.year)}{place}".rstrip("?&")
