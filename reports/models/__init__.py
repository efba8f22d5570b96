"""What communes report month by month: catalogue, reports, cells, totals and their history."""

from reports.models.catalogue import Indicator, IndicatorSection, WeaponKind
from reports.models.cells import ActivityLog, Figure, FigureChange, ReportTotal
from reports.models.remarks import ApprovedTotal, CellComment, Explanation, ReportEvent, WeaponHandover
from reports.models.reports import MonthlyReport

__all__ = [
    "ActivityLog",
    "ApprovedTotal",
    "CellComment",
    "Explanation",
    "Figure",
    "FigureChange",
    "Indicator",
    "IndicatorSection",
    "MonthlyReport",
    "ReportEvent",
    "ReportTotal",
    "WeaponHandover",
    "WeaponKind",
]
