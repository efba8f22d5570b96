"""Drafts of months past, sent in one act: a province's former sheets, say, that ``import_figures`` brought in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef

from communes.models import User
from communes.refusals import Refused, note, trial
from reports.entry import checks, workflow
from reports.entry.grid import Grid
from reports.models import Figure, FigureImport, MonthlyReport
from reports.months import Month
from reports.units import Unit

AT_ONCE = 24  # months shown and sent in one request, the oldest first


@dataclass(frozen=True)
class ReadyDraft:
    """A draft of a month past: how many cells it holds, from which file, and what the checks say of it."""

    report: MonthlyReport
    cell_count: int
    file_name: str
    errors: list[checks.Problem]
    warning_count: int


@dataclass(frozen=True)
class SentDrafts:
    """What became of the chosen drafts: the months sent, and of the others why not."""

    sent: list[Month]
    refused: list[tuple[Month, str]]
    gone: int


def drafts_of(unit: Unit, now: datetime) -> list[MonthlyReport]:
    """The drafts of a unit's months that are over and hold something, the oldest first."""
    found = MonthlyReport.objects.of(unit).with_unit().with_due().filter(state=MonthlyReport.State.DRAFT)
    held = Figure.objects.filter(log__report=OuterRef("pk"))
    return list(found.filter(Exists(held), month__lt=unit.current_month(now)).order_by("month"))


def ready(drafts: list[MonthlyReport], now: datetime) -> list[ReadyDraft]:
    """The first :data:`AT_ONCE` drafts with what the checks say of each."""
    shown = drafts[:AT_ONCE]
    files: Mapping[int, str] = dict(
        FigureImport.objects.filter(report__in=shown, applied_at__isnull=False, undone_at=None)
        .order_by("applied_at")
        .values_list("report_id", "file_name")
    )
    held = Figure.objects.filter(log__report__in=shown).values_list("log__report").annotate(Count("pk")).order_by()
    cells: Mapping[int, int] = dict(held)
    found = []
    for report in shown:
        problems = checks.problems_of(report, now=now, grid=Grid.of(report))
        errors = [one for one in problems if one.is_error]
        count = len(problems) - len(errors)
        found.append(ReadyDraft(report, cells[report.pk], files.get(report.pk, ""), errors, count))
    return found


def send_drafts(unit: Unit, chosen: set[str], words: str, *, by: User, now: datetime) -> SentDrafts:
    """Send the chosen drafts at one moment, each answering its warnings with ``words`` where nothing else is said.

    A draft that may not be sent stays as it is and says why; the others go.
    """
    sent: list[Month] = []
    refused: list[tuple[Month, str]] = []
    drafts = [report for report in drafts_of(unit, now)[:AT_ONCE] if str(report.pk) in chosen]
    with trial() as objections:
        for report in drafts:
            try:
                workflow.perform(report, "submit", by=by, now=now, explanations={workflow.EXPLAIN_ALL: words})
            except Refused as error:
                refused.append((report.month, str(error.objection)))
            except ValidationError as error:
                refused.append((report.month, " ".join(error.messages)))
            else:
                sent.append(report.month)
    if objections and not sent:
        note(objections[0])
    return SentDrafts(sent, refused, len(chosen) - len(drafts))
