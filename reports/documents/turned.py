"""What has moved under an issued version since it went out: which of its figures, by whose step, since when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet

from communes.templatetags.vietnamese import moment
from reports.documents.facts import Facts, IndicatorLine, WeaponLine
from reports.entry.workflow import STEPS
from reports.models import (
    ASKED_BACK,
    ApprovedTotal,
    Figure,
    FigureChange,
    IssuedReport,
    MonthlyReport,
    ReportEvent,
    ReportTotal,
    WeaponHandover,
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


def summary_of(version: IssuedReport, now: datetime) -> Summary:
    """What the figures of an issued version would be made from today."""
    place = Place(version.province, version.commune)
    return Summary(place, version.of_span, now, included(version.include), usual_boundaries(place))


def today_of(issued: Facts, version: IssuedReport, now: datetime) -> Facts:
    """The whole of an issued report as it would stand today, without its parts: what its figures are compared with."""
    summary = summary_of(version, now)
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


def turns(version: IssuedReport, now: datetime) -> dict[str, Turn]:
    """Indicator or kind of weapons → the last step that moved it, of the units whose reports count today.

    Figures of the register that are counted live, and reports that another unit's stand in for, move without a step.
    """
    include = included(version.include)
    reports = summary_of(version, now).filed(version.of_span)
    events = ReportEvent.objects.filter(report__in=reports, at__gt=version.at).exclude(action=ASKED_BACK)
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
    touched = _touched(last, version.at)
    handed = _kinds(WeaponHandover.objects.filter(report__in=last))
    found: dict[str, Turn] = {}
    for report, event in last.items():
        kept = after.get(report, {})
        then = before.get(report, {}) if report in opened else kept  # what never was open is what it was
        counted, counts = (state in INCLUDES[include] for state in (first[report].was, event.state))
        then, today = then if counted else {}, kept if counts else {}
        codes = {code for code in {*then, *today} if then.get(code) != today.get(code)} | touched[report]
        turn = Turn(event.report.unit.name, event.report.month, STEPS[event.action].label.lower(), event.at)
        for code in codes if counted == counts else codes | handed[report]:
            if code not in found or found[code].at < turn.at:
                found[code] = turn
    return found | (_typed(reports, version.at, found) if include == "all" else {})


def _touched(reports: Iterable[int], since: datetime) -> dict[int, set[str]]:
    """Report → every kind that its lines of weapons had which were written or taken away since a moment."""
    history = WeaponHandover.history.filter(report__in=list(reports))
    return _kinds(history.filter(id__in=history.filter(history_date__gt=since).values("id")))


def _kinds(lines: Any) -> dict[int, set[str]]:
    """Report → the kinds of some lines of weapons."""
    found: dict[int, set[str]] = defaultdict(set)
    for report, code in lines.order_by().values_list("report", "kind__code").distinct():
        found[report].add(code)
    return found


def _typed(reports: QuerySet[MonthlyReport], since: datetime, found: dict[str, Turn]) -> dict[str, Turn]:
    """The same of what was typed, where reports count that are open; the newest of each is found by the database."""
    newer: dict[str, tuple[datetime, int]] = {}
    for rows, code, at, report in (
        (FigureChange.objects.filter(log__report__in=reports), "indicator__code", "at", "log__report"),
        (Figure.objects.filter(log__report__in=reports), "indicator__code", "entered_at", "log__report"),
        (WeaponHandover.history.filter(report__in=reports), "kind__code", "history_date", "report"),
    ):
        later = rows.filter(**{f"{at}__gt": since}).order_by()
        newest = dict(later.values_list(code).annotate(Max(at)))
        asked = later.filter(**{f"{at}__in": {*newest.values()}}).values_list(code, at, report).distinct()
        for one, moment_of, key in asked:
            known = max(found[one].at if one in found else since, newer[one][0] if one in newer else since)
            if newest[one] == moment_of > known:
                newer[one] = moment_of, key
    of = MonthlyReport.objects.with_unit().in_bulk({key for _, key in newer.values()})
    return {one: Turn(of[key].unit.name, of[key].month, "sửa số", at) for one, (at, key) in newer.items()}


def _totals(rows: Any, report: str) -> dict[int, dict[str, int]]:
    """Report → what is kept of its indicators."""
    found: dict[int, dict[str, int]] = {}
    for key, code, value in rows.values_list(report, "indicator__code", "value"):
        found.setdefault(key, {})[code] = value
    return found


def told(turned: dict[str, Turn], codes: Iterable[str]) -> list[Turn]:
    """The steps that moved some indicators, each once, the newest first."""
    return sorted({turned[code] for code in codes if code in turned}, key=lambda one: one.at, reverse=True)
