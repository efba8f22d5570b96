"""What communes report month by month: catalogue, reports, cells, totals and their history."""

from reports.models.catalogue import Indicator, IndicatorSection, WeaponKind
from reports.models.cells import ActivityLog, Figure, FigureChange, ReportTotal
from reports.models.deadlines import Deadline, Reminder, ReportViewing
from reports.models.questions import SavedQuestion
from reports.models.remarks import ApprovedTotal, CellComment, Explanation, ReportEvent, WeaponHandover
from reports.models.reports import MonthlyReport

__all__ = [
    "ActivityLog",
    "ApprovedTotal",
    "CellComment",
    "Deadline",
    "Explanation",
    "Figure",
    "FigureChange",
    "Indicator",
    "IndicatorSection",
    "MonthlyReport",
    "Reminder",
    "ReportEvent",
    "ReportTotal",
    "ReportViewing",
    "SavedQuestion",
    "WeaponHandover",
    "WeaponKind",
]
