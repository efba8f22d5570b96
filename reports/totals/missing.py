"""The monthly reports of a span that are expected and not counted, each with why."""

from typing import NamedTuple

from communes.models import Province
from reports.models import MonthlyReport
from reports.months import Month
from reports.totals.summary import Summary

State = MonthlyReport.State
WHY = {
    None: "chưa bắt đầu",
    State.DRAFT: "đang nhập, chưa gửi",
    State.RETURNED: "trả lại, chưa gửi lại",
    State.SUBMITTED: "đã gửi, chờ duyệt",
}
"""Why the figures of a report are not counted, by its state."""


class Missing(NamedTuple):
    """One expected report that does not count; the ``unit`` of an office is its province's key, negative."""

    unit: int
    month: Month
    state: str | None

    @property
    def why(self) -> str:
        """Why its figures are not counted."""
        return WHY[State(self.state) if self.state else None]


def missing_of(summary: Summary) -> list[Missing]:
    """Return the expected reports that a summary does not count, unit by unit in official order."""
    expected, province = dict(summary.expected), summary.place.province
    if province and not summary.place.commune and not summary.place.part and _office_reports(province):
        expected[-province.pk] = summary.expected_months()
    counted = {(report.unit, report.month) for report in summary.counted(summary.span)}
    return [
        Missing(unit, month, summary.states.get((unit, month)))
        for unit, months in expected.items()
        for month in months
        if (unit, month) not in counted
    ]


def _office_reports(province: Province) -> bool:
    """Whether the province's own office reports at all."""
    return MonthlyReport.objects.filter(province=province, commune=None).exists()
