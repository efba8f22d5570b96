"""What has moved under an issued version since it went out: which of its figures, by whose step, since when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from communes.templatetags.vietnamese import moment
from reports.documents.facts import Facts, IndicatorLine, WeaponLine
from reports.entry.workflow import STEPS
from reports.models import (
    ASKED_BACK,
    ApprovedTotal,
    FigureChange,
    IssuedReport,
    MonthlyReport,
    ReportEvent,
    ReportTotal,
    WeaponKind,
)
from reports.models.documents import MOVES
from reports.months import Month
from reports.totals.inquiry import INCLUDES, included
from reports.totals.place import Place
from reports.totals.published import usual_boundaries
from reports.totals.summary import Summary


class Turn(NamedTuple):
    """The last step of a unit's month after a version went out."""

    unit: str
    month: Month
    what: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.month.title}, {self.unit}: {self.what} lúc {moment(self.at)}"


def today_of(issued: Facts, version: IssuedReport, now: datetime) -> Facts:
    """The whole of an issued report as it would stand today, without its parts: what its figures are compared with."""
    place = Place(version.province, version.commune)
    summary = Summary(place, version.of_span, now, included(version.include), usual_boundaries(place))
    values, weapons = summary.total(summary.span), summary.weapons(summary.span)
    known = {line.code: line for line in issued.lines}
    lines = [
        IndicatorLine(value=values[one.code].value if one.code in values else None,
                      code=one.code, name=one.name, unit=one.unit)
        for one in summary.catalogue
        if one.code in known or one.code in values
    ]  # fmt: skip
    asked = {*weapons, *(one.code for one in issued.weapons)}
    kinds = [
        WeaponLine(value=weapons.get(kind.code), code=kind.code, name=kind.name, unit=kind.unit)
        for kind in WeaponKind.objects.filter(code__in=asked)
    ]
    return Facts(issued.unit, issued.span, issued.include, issued.basis, tuple(lines), tuple(kinds))


def turns(version: IssuedReport) -> dict[str, Turn]:
    """Indicator → the last step that moved it. Four queries."""
    include = included(version.include)
    events = ReportEvent.objects.filter(
        report__province=version.province_id, report__month__range=(version.first, version.last), at__gt=version.at
    ).exclude(action=ASKED_BACK)
    if version.commune_id:
        events = events.filter(report__commune=version.commune_id)
    first: dict[int, ReportEvent] = {}
    last: dict[int, ReportEvent] = {}
    opened: dict[int, int] = {}
    for event in events.select_related("report__province", "report__commune").order_by("at", "pk"):
        if event.state in MonthlyReport.OPEN:
            opened.setdefault(event.report_id, event.pk)
        if event.action in MOVES[include]:
            first.setdefault(event.report_id, event)
            last[event.report_id] = event
    before = _totals(ApprovedTotal.objects.filter(event__in=opened.values()), "event__report")
    after = _totals(ReportTotal.objects.filter(report__in=last), "report")
    found: dict[str, Turn] = {}
    for report, event in last.items():
        kept = after.get(report, {})
        then = before.get(report, {}) if report in opened else kept  # what never was open is what it was
        then, now = (
            totals if state in INCLUDES[include] else {}
            for totals, state in ((then, first[report].was), (kept, event.state))
        )
        turn = Turn(event.report.unit.name, event.report.month, STEPS[event.action].label.lower(), event.at)
        for code in {*then, *now}:
            if then.get(code) != now.get(code) and (code not in found or found[code].at < turn.at):
                found[code] = turn
    return found | (_typed(version, found) if include == "all" else {})


def _typed(version: IssuedReport, found: dict[str, Turn]) -> dict[str, Turn]:
    """The same of cells, where reports count that are open."""
    changes = FigureChange.objects.filter(
        log__report__province=version.province_id,
        log__report__month__range=(version.first, version.last),
        at__gt=version.at,
    )
    if version.commune_id:
        changes = changes.filter(log__report__commune=version.commune_id)
    newer: dict[str, Turn] = {}
    for one in changes.select_related("log__report__province", "log__report__commune", "indicator").order_by("at"):
        turn = Turn(one.log.report.unit.name, one.log.report.month, "sửa số", one.at)
        if one.indicator.code not in found or found[one.indicator.code].at < turn.at:
            newer[one.indicator.code] = turn
    return newer


def _totals(rows: Any, report: str) -> dict[int, dict[str, int]]:
    """Report → what is kept of its indicators."""
    found: dict[int, dict[str, int]] = {}
    for key, code, value in rows.values_list(report, "indicator__code", "value"):
        found.setdefault(key, {})[code] = value
    return found


def told(turned: dict[str, Turn], codes: Iterable[str]) -> list[Turn]:
    """The steps that moved some indicators, each once, the newest first."""
    return sorted({turned[code] for code in codes if code in turned}, key=lambda one: one.at, reverse=True)
