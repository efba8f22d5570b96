"""Everything a province has open in any month: what waits, was returned or reopened, never came; and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Min

from communes.models import Commune, Province
from reports.models import ASKED_BACK, Deadline, MonthlyReport, ReportEvent
from reports.models.deadlines import is_overdue
from reports.months import HANOI, Month
from reports.units import Unit

State = MonthlyReport.State
KINDS = {
    "sent": "Chờ duyệt",
    "returned": "Trả lại, chờ sửa",
    "reopened": "Mở lại, chờ sửa",
    "draft": "Đang nhập",
    "not_begun": "Chưa bắt đầu",
}


@dataclass(frozen=True)
class OpenItem:
    """One commune's month that is open: what it waits for, ``since`` when, whether it is overdue.

    ``owed`` is the first moment at which it is; ``words`` say why it came back.
    """

    kind: str
    since: datetime
    overdue: bool
    unit: Unit
    month: Month
    owed: datetime
    words: str = ""


@dataclass(frozen=True)
class OpenMonth:
    """What is open in one month."""

    month: Month
    items: tuple[OpenItem, ...]
    now: datetime

    @property
    def overdue(self) -> int:
        """How many are overdue: never sent, or returned and not answered."""
        return sum(item.overdue for item in self.items)

    @cached_property
    def kinds(self) -> list[tuple[str, str, int, int]]:
        """Kind, its name, how many, and for how many days the oldest has been open."""
        found = []
        for kind, name in KINDS.items():
            mine = [item.since for item in self.items if item.kind == kind]
            found.append((kind, name, len(mine), days_since(min(mine), self.now) if mine else 0))
        return found


def days_since(moment: datetime, now: datetime) -> int:
    """How many days ago a moment lies (Hà Nội); none where it is to come."""
    return max(0, (now.astimezone(HANOI).date() - moment.astimezone(HANOI).date()).days)


class Came(NamedTuple):
    """When a report came to where it stands, by which step ("" none) and with what words."""

    at: datetime
    step: str = ""
    words: str = ""


def since_of(reports: Iterable[int]) -> dict[int, Came]:
    """Report → how it came to where it stands (one query)."""
    rows = ReportEvent.objects.filter(report__in=list(reports)).exclude(action=ASKED_BACK).order_by("at", "pk")
    came = rows.values_list("report", "at", "action", "comment")
    return {report: Came(at, step, words) for report, at, step, words in came}


def kind_of(report: MonthlyReport, action: str = "") -> str:
    """Which kind of open work a report is; ``action`` is the step that brought it there."""
    if report.state == State.RETURNED:
        return "reopened" if action == "reopen" else "returned"
    return "sent" if report.state == State.SUBMITTED else "draft"


def backlog(province: Province, now: datetime) -> list[OpenMonth]:
    """Return the months in which anything is open, the newest first; six queries whatever their number.

    They begin with the first month of which any commune has a report. Of the month that runs only what was sent is
    open, and nobody owes a month before her first; but what was sent of one waits.
    """
    reports = MonthlyReport.objects.filter(province=province, commune__isnull=False).order_by()
    current = Unit(province).current_month(now)
    month = reports.aggregate(first=Min("month"))["first"] or current
    months = []
    while month <= current:
        months.append(month)
        month += 1
    begun = set(reports.values_list("commune", "month"))
    calendar = Deadline.objects.calendar([province.pk], months)
    found: dict[Month, list[OpenItem]] = {month: [] for month in months}
    waiting = list(reports.exclude(state=State.APPROVED).exclude(state=State.DRAFT, month=current))
    since = since_of(report.pk for report in waiting)
    communes = {commune.pk: commune for commune in Commune.objects.filter(province=province)}
    for report in waiting:
        report.province, report.commune = province, communes[report.commune_id or 0]
        report.fixed_due_on = calendar.fixed_day(report.unit, report.month)
        at, step, words = since.get(report.pk, Came(report.opened_at))
        kind, overdue = kind_of(report, step), report.is_overdue(now)
        found[report.month].append(OpenItem(kind, at, overdue, report.unit, report.month, report.owed, words))
    for commune in communes.values():
        if commune.ended_on is not None:
            continue
        unit = Unit(province, commune)
        for month in months[:-1]:
            if (commune.pk, month) not in begun and unit.owes(month):
                due = calendar.due(unit, month)
                last, overdue = due - timedelta(seconds=1), is_overdue(due, None, now)  # since its last day
                found[month].append(OpenItem("not_begun", last, overdue, unit, month, due))
    return [OpenMonth(month, tuple(items), now) for month, items in reversed(found.items()) if items]
