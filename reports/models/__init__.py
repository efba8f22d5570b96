"""What communes report month by month: catalogue, reports, cells, totals and their history."""

from reports.models.catalogue import Indicator, IndicatorSection, WeaponKind
from reports.models.cells import ActivityLog, Figure, FigureChange, ReportTotal
from reports.models.deadlines import Calendar, Deadline, Reminder
from reports.models.documents import (
    DraftEdit,
    IssuedFigure,
    IssuedMonth,
    IssuedParagraph,
    IssuedPart,
    IssuedReport,
    IssuedWeapon,
    Letterhead,
    ReportTemplate,
    Sealed,
)
from reports.models.imports import FigureImport
from reports.models.published import Home, PublishedTotal
from reports.models.questions import SavedQuestion
from reports.models.remarks import (
    ASKED_BACK,
    ApprovedTotal,
    CellComment,
    Explanation,
    ReportEvent,
    ReportViewing,
    WeaponHandover,
)
from reports.models.reports import MonthlyReport

__all__ = [
    "ASKED_BACK",
    "ActivityLog",
    "ApprovedTotal",
    "Calendar",
    "CellComment",
    "Deadline",
    "DraftEdit",
    "Explanation",
    "Figure",
    "FigureChange",
    "FigureImport",
    "Home",
    "Indicator",
    "IndicatorSection",
    "IssuedFigure",
    "IssuedMonth",
    "IssuedParagraph",
    "IssuedPart",
    "IssuedReport",
    "IssuedWeapon",
    "Letterhead",
    "MonthlyReport",
    "PublishedTotal",
    "Reminder",
    "ReportEvent",
    "ReportTemplate",
    "ReportTotal",
    "ReportViewing",
    "SavedQuestion",
    "Sealed",
    "WeaponHandover",
    "WeaponKind",
]
