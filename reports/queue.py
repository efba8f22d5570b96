"""The reviewer's queue: what came in, what is late, what was returned, what was never begun."""

from dataclasses import dataclass, field
from datetime import datetime

from communes.models import Commune, Province
from reports.models import MonthlyReport
from reports.months import Month
from reports.units import Unit

State = MonthlyReport.State
SENT_PARTS: dict[str, str] = {
    State.SUBMITTED: "sent",
    State.RETURNED: "returned",
    State.APPROVED: "approved",
}


@dataclass(frozen=True)
class Waiting:
    """One commune's month in the queue; ``report`` is None where it was never begun."""

    unit: Unit
    report: MonthlyReport | None
    due: datetime
    now: datetime

    @property
    def is_overdue(self) -> bool:
        """Past due and never sent."""
        return self.now >= self.due and (self.report is None or self.report.sent_at is None)

    @property
    def kind(self) -> str:
        """Which part of the queue it stands in."""
        if self.report is None:
            return "not_begun"
        return SENT_PARTS.get(self.report.state, "draft")


PARTS = {
    "sent": "Chờ duyệt",
    "returned": "Đã trả lại, chờ sửa",
    "draft": "Đang nhập",
    "not_begun": "Chưa bắt đầu",
    "approved": "Đã duyệt",
}


@dataclass(frozen=True)
class Queue:
    """A province's month, by part; communes in official order, those sent late first among the sent."""

    month: Month
    parts: dict[str, list[Waiting]] = field(default_factory=dict)

    @property
    def listed(self) -> list[tuple[str, str, list[Waiting]]]:
        """Parts with their key, title and rows, in the order they need eyes."""
        return [(key, title, self.parts.get(key, [])) for key, title in PARTS.items()]

    @property
    def overdue(self) -> list[Waiting]:
        """Everything past due and never sent."""
        return [one for rows in self.parts.values() for one in rows if one.is_overdue]

    def count(self, part: str) -> int:
        """How many stand in a part."""
        return len(self.parts.get(part, ()))


def queue_of(province: Province, month: Month, now: datetime) -> Queue:
    """Return the queue of a month in two queries, whatever the number of communes."""
    reports = {
        report.commune_id: report
        for report in MonthlyReport.objects.filter(province=province, month=month, commune__isnull=False)
    }
    queue = Queue(month)
    for commune in Commune.objects.filter(province=province).living().order_by("code"):
        unit = Unit(province, commune)
        report = reports.get(commune.pk)
        if report:
            report.province, report.commune = province, commune
        one = Waiting(unit, report, unit.due(month), now)
        queue.parts.setdefault(one.kind, []).append(one)
    queue.parts.get("sent", []).sort(key=lambda one: not one.report.was_late)
    return queue
