"""One report to read and decide on: beside its past, with what is odd, its words and its history."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.days import parse_day, parse_moment
from communes.refusals import Refused
from communes.requests import AuthenticatedHttpRequest
from reports.catalogue import sections
from reports.documents import issues
from reports.entry import checks, history, kept_totals, workflow
from reports.entry.both_told import restating_note
from reports.entry.grid import BegunGrid
from reports.entry.remarks import comment_objection, threads
from reports.forms import CommentForm
from reports.models import ApprovedTotal, Indicator, MonthlyReport, ReportViewing
from reports.models.deadlines import answer_day
from reports.months import Month
from reports.review.beside import figures_table, odd_cards, oddities_of, opened_rows
from reports.review.marks import Mark, marks_of
from reports.review.queue import QueuePlace, marked_queue, place_of
from reports.units import Unit
from reports.views.entry import compared
from reports.views.places import report_or_404
from reports.views.review import ORDER

DECISIONS = ("approve", "return", "reopen")
DONE = {
    "return": "đã trả lại báo cáo để đơn vị sửa.",
    "approve": "đã duyệt báo cáo.",
    "reopen": "đã mở lại báo cáo.",
    "undo": "đã hoàn tác; báo cáo lại chờ duyệt.",
}


def report(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the report. Its figures beside its past, what is odd, and its history."""
    grid = report_or_404(request, unit, month)
    context = report_context(request, grid)
    if request.user.reviews(grid.unit.province):  # what changes from now on has changed since she saw it
        now = timezone.now()
        ReportViewing.objects.update_or_create(report=grid.report, user=request.user, defaults={"at": now})
    return render(request, "review/report.html", context)


def report_context(request: AuthenticatedHttpRequest, grid: BegunGrid) -> dict[str, Any]:
    """Everything the page of one report shows."""
    found, past, now = grid.report, checks.past_of(grid), timezone.now()
    problems = checks.problems_of(found, now=now, grid=grid, past=past)
    odd = oddities_of(problems)
    reviews = request.user.reviews(grid.unit.province)
    opened = opened_rows(grid, request.GET.get("open", ""), odd)
    steps = [(workflow.STEPS[action], workflow.objection(found, action, request.user, now)) for action in DECISIONS]
    open_steps = {step.action for step, refusal in steps if refusal is None} if reviews else set()
    picked = list(dict.fromkeys(request.GET.getlist("pick"))) if "return" in open_steps else None
    beside = place_in_queue(request, grid) if reviews and grid.unit.commune else None
    own, near = marks(request, grid, problems, beside)
    return {
        "grid": grid,
        "unit": grid.unit,
        "report": found,
        "open_steps": open_steps,
        "picking": picked is not None,
        "figures": figures_table(grid, past, problems, now, picked=picked),
        "sections": sections(grid.catalogue.by_hamlet) if grid.unit.commune else [],
        "totals": kept_totals.by_code(found),
        "compared": compared(grid, past),
        "odd": odd,
        "opened": opened,
        "picked": picked,
        "chosen": "".join(f"{urlencode({'pick': key})}&" for key in picked or ()),
        "marks": own,
        "cards": odd_cards(grid, own, opened),
        "told": [mark for mark in own if not mark.outlier],
        "near": near,
        "handovers": found.handovers.select_related("kind", "hamlet"),
        "events": found.events.select_related("by").order_by("-at", "-pk"),
        "threads": threads(found),
        "comment_form": CommentForm(grid=grid),
        "comment_objection": comment_objection(found, request.user),
        "steps": [(step, objection) for step, objection in steps if not objection] or steps,
        "issued": issues.holding(grid.unit, grid.month) if found.state == MonthlyReport.State.APPROVED else [],
        "undo_objection": workflow.objection(found, workflow.UNDO, request.user, now),
        "reviews": reviews,
        "answer_by": f"{answer_day(now):%d/%m/%Y}",
        **_told_above(request, grid),
        "alone": bool(request.GET.get("seen")),
        "beside": beside,
    }


def _told_above(request: AuthenticatedHttpRequest, grid: BegunGrid) -> dict[str, Any]:
    """What stands above the figures: which of two reports of a month counts, and what changed."""
    return {
        "restating": restating_note(grid.unit, grid.month),
        "since": since_approval(grid),
        "seen": since_seen(request, grid),
    }


def marks(
    request: AuthenticatedHttpRequest, grid: BegunGrid, problems: list[checks.Problem], beside: QueuePlace | None
) -> tuple[list[Mark], list[tuple[MonthlyReport, Mark | None]]]:
    """Return why to look: as the queue says it once sent, as the checks say it while it is open.

    With it the reports that wait beside this one, each with its heaviest mark; asked of all at once.
    """
    found = grid.report
    asked = {one.pk: one for one in beside.near} if beside else {}
    if found.is_sent and grid.unit.commune:
        found.province, found.commune = grid.unit.province, grid.unit.commune
        asked[found.pk] = found
    known = marks_of(list(asked.values()), grid.month, request.user)
    near = [(one, next(iter(known[one.pk]), None)) for one in beside.near] if beside else []
    if found.pk in known:
        return known[found.pk], near
    said = {e.key: e.text for e in found.explanations.all()}
    return [
        Mark("explained" if problem.key in said else "unexplained", problem.sentence, said.get(problem.key, ""))
        for problem in problems
    ], near


def place_in_queue(request: AuthenticatedHttpRequest, grid: BegunGrid) -> QueuePlace:
    """What waits before and after this report, in the order in which the queue was last seen, else as it stands now.

    Where only some were seen, and this is none of them, the whole queue is walked.
    """
    seen = request.session.get(ORDER, {})
    strange = seen.get("only") and grid.unit.slug not in seen.get("units", [])
    if seen.get("month") == str(grid.month) and not strange:
        order = seen.get("units", [])
    else:
        seen = {}
        queue = marked_queue(grid.unit.province, grid.month, request.user, timezone.now())
        order = [one.unit.slug for one in queue.sent]
        request.session[ORDER] = {"month": str(grid.month), "units": order}
    return place_of(grid.unit, grid.month, order, alone=seen.get("only", False))


def next_in_queue(request: AuthenticatedHttpRequest, grid: BegunGrid) -> Unit | None:
    """The unit whose report is opened after this one, where the button asks for it."""
    return place_in_queue(request, grid).after if request.POST.get("next") and grid.unit.commune else None


@dataclass(frozen=True)
class Since:
    """What changed in a report since a moment; ``totals`` beside those that had been approved."""

    moment: Any
    cells: list[tuple[str, Indicator, history.Change]]
    handovers: list[tuple[str, str]]
    totals: list[tuple[Indicator, int | None, int | None]]


def since_approval(grid: BegunGrid) -> Since | None:
    """Return what changed since approval, or None where the report stands as approved or never was."""
    moment = history.last_approval(grid.report)
    if moment is None or grid.report.state == "approved":
        return None
    known = kept_totals.by_code(grid.report)
    approved = dict(
        ApprovedTotal.objects.filter(event=grid.report.events.filter(action="reopen").last()).values_list(
            "indicator__code", "value"
        )
    )
    totals = [
        (indicator, approved.get(code), known.get(code))
        for code, indicator in grid.catalogue.by_code.items()
        if approved.get(code) != known.get(code)
    ]
    return Since(moment, changed_cells(grid, moment), history.changed_handovers(grid.report, moment), totals)


def changed_cells(grid: BegunGrid, moment: datetime) -> list[tuple[str, Indicator, history.Change]]:
    """The cells that changed since a moment, each with the names of its row and indicator."""
    names, by_code = grid.names, grid.catalogue.by_code
    return [
        (names.get(one.row, "Dòng đã kết thúc"), by_code[one.indicator], one)
        for one in history.changed_cells(grid.report, moment)
        if one.indicator in by_code
    ]


def since_seen(request: AuthenticatedHttpRequest, grid: BegunGrid) -> Since | None:
    """What changed since the reviewer last saw the report, or since the moment the address names; None for nothing."""
    if not request.user.reviews(grid.unit.province):
        return None
    moment = parse_moment(request.GET.get("seen", ""))
    if moment is None:
        rows = ReportViewing.objects.filter(report=grid.report, user=request.user)
        moment = rows.values_list("at", flat=True).first()
    if moment is None:
        return None
    found = Since(moment, changed_cells(grid, moment), history.changed_handovers(grid.report, moment), [])
    return found if found.cells or found.handovers else None


@require_POST
def step(request: AuthenticatedHttpRequest, unit: str, month: Month, action: str) -> HttpResponse:
    """Seen by: whoever sees the report; taken by the province's reviewers."""
    grid = report_or_404(request, unit, month)
    if action not in DONE:
        raise Http404
    after = next_in_queue(request, grid)
    try:
        take(request, grid.report, action)
    except (Refused, ValidationError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        grid = report_or_404(request, unit, month)
        context = report_context(request, grid)
        comment = request.POST.get("comment", "")
        has_box = action == "reopen" and action in context["open_steps"]
        context |= {
            "typed_comment": comment,
            "unkept": [comment] if comment.strip() and not has_box else [],
            "typed_action": action,
            "typed_answer": request.POST.get("answer_by", ""),
        }
        status = error.objection.status if isinstance(error, Refused) else 422
        return render(request, "review/report.html", context, status=status)
    messages.success(request, f"{grid.unit.name}: {DONE[action]}")
    if after:
        return redirect("review_report", after.slug, month)
    return redirect("review_report", grid.unit.slug, month)


def take(request: AuthenticatedHttpRequest, report: MonthlyReport, action: str) -> None:
    """Take a step, or take the last one back. Raises ``Refused`` or ``ValidationError``."""
    comment = request.POST.get("comment", "")
    workflow.perform(report, action, by=request.user, now=timezone.now(), comment=comment, answer_by=day_of(request))


def day_of(request: AuthenticatedHttpRequest) -> date | None:
    """The last day to answer by, None where none is named; raises ``ValidationError`` for what is no day."""
    text = request.POST.get("answer_by", "").strip()
    try:
        return parse_day(text)
    except ValueError as error:
        raise ValidationError(f"Hạn trả lời: {error}") from error
