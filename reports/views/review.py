"""Duyệt: the queue of a province, and one report as a page to read and decide on."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.models import Province
from communes.scope import Role
from reports import checks, history, totals, workflow
from reports.catalogue import sections
from reports.forms import CommentForm
from reports.grid import Grid
from reports.models import ApprovedTotal, CellComment, Indicator
from reports.months import Month
from reports.queue import queue_of
from reports.refusals import Refused
from reports.remarks import comment_objection
from reports.tables import Cell, Column, Table, change
from reports.units import Unit
from reports.views.entry import compared
from reports.views.places import report_or_404

DONE = {"return": "Đã trả lại báo cáo để đơn vị sửa.", "approve": "Đã duyệt báo cáo.", "reopen": "Đã mở lại báo cáo."}


def queue(request: HttpRequest) -> HttpResponse:
    """Seen by: the province's people; a national viewer names the province."""
    user, now = request.user, timezone.now()
    if user.is_commune or user.is_administrator:
        raise PermissionDenied("Hàng đợi duyệt dành cho cấp tỉnh.")
    province = user.province or Province.objects.visible_to(user).named(request.GET.get("province", "")).first()
    if province is None:
        return render(request, "review/provinces.html", {"provinces": Province.objects.visible_to(user).living()})
    current = Unit(province).current_month(now)
    try:
        month = Month.parse(request.GET["month"]) if request.GET.get("month") else current - 1
    except ValueError as error:
        messages.error(request, str(error))
        month = current - 1
    context = {
        "province": province,
        "queue": queue_of(province, month, now),
        "month": month,
        "before": month - 1,
        "after": month + 1 if month < current else None,
        "choice": "" if user.province else f"&province={province.slug}",
    }
    return render(request, "review/queue.html", context)


def report(request: HttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the report. Its figures beside its past, what is odd, and its history."""
    grid = report_or_404(request, unit, month)
    return render(request, "review/report.html", report_context(request, grid))


def report_context(request: HttpRequest, grid: Grid) -> dict[str, Any]:
    """Everything the page of one report shows."""
    found, past = grid.report, checks.past_of(grid)
    problems = checks.problems_of(found, now=timezone.now(), grid=grid, past=past)
    said = {e.key: e.text for e in found.explanations.all()}
    steps = [(step, workflow.objection(found, step.action, request.user)) for step in workflow.STEPS.values()]
    return {
        "grid": grid,
        "unit": grid.unit,
        "report": found,
        "figures": figures_table(grid, past, problems),
        "hamlets": hamlet_table(grid, problems),
        "problems": [(problem, said.get(problem.key, "")) for problem in problems],
        "handovers": found.handovers.select_related("kind", "hamlet"),
        "events": found.events.select_related("by").order_by("-at", "-pk"),
        "comments": CellComment.objects.filter(report=found).select_related("indicator", "by", "hamlet", "group"),
        "comment_form": CommentForm(grid=grid),
        "comment_objection": comment_objection(found, request.user),
        "steps": [(step, objection) for step, objection in steps if step.action != "submit"],
        "reviews": request.user.role == Role.PROVINCE_REVIEWER,
        "since": since_approval(grid),
    }


def figures_table(grid: Grid, past: checks.Past, problems: list[checks.Problem]) -> Table:
    """Every indicator beside last month and the same month last year, section by section."""
    known = totals.by_code(grid.report)
    before = compared(grid, past)
    odd = {problem.indicator: problem.sentence for problem in reversed(problems)}
    rows = []
    for section, indicators in sections(grid.catalogue.indicators):
        rows.append([Cell(section.name, style="section"), *([Cell("")] * 6)])
        for indicator in indicators:
            value = known.get(indicator.code)
            last, year = (values.get(indicator.code) for _, _, values in before)
            rows.append(
                [
                    Cell(indicator.name),
                    Cell(indicator.unit),
                    Cell(value, style="odd" if indicator.code in odd else "", note=odd.get(indicator.code, "")),
                    Cell(last),
                    Cell(change(value, last)),
                    Cell(year),
                    Cell(change(value, year)),
                ]
            )
    columns = [
        Column("Chỉ tiêu", numeric=False), Column("ĐVT", numeric=False), Column("Tháng này"),
        Column(before[0][1]), Column("Tăng, giảm"), Column(before[1][1]), Column("Tăng, giảm"),
    ]  # fmt: skip
    return Table("Số liệu của tháng", columns, rows)


def hamlet_table(grid: Grid, problems: list[checks.Problem]) -> Table:
    """Hamlets by indicators; each cell leads to its history."""
    odd = {cell: problem.sentence for problem in problems for cell in problem.cells}
    indicators = grid.catalogue.by_hamlet
    base = f"/reports/{grid.unit.slug}/{grid.month}/cells"
    rows = []
    for top in grid.lines:
        used = [line for line in top.groups if any((line.row, i.code) in grid.cells for i in indicators)]
        for line in [top, *used]:
            cells = [Cell(line.name, style="group" if line in used else "")]
            for indicator in indicators:
                place = (line.row, indicator.code)
                cells.append(
                    Cell(
                        grid.cells.get(place), url=f"{base}/{line.row.key}/{indicator.code}/",
                        style="odd" if place in odd else "", note=odd.get(place, ""),
                    )
                )  # fmt: skip
            rows.append(cells)
    columns = [Column("Khu dân cư", numeric=False), *(Column(i.name) for i in indicators)]
    return Table("Theo khu dân cư", columns, rows)


@dataclass(frozen=True)
class SinceApproval:
    """What changed since the report was last approved."""

    moment: Any
    cells: list[tuple[str, Indicator, history.Change]]
    handovers: list[tuple[str, str]]
    totals: list[tuple[Indicator, int | None, int | None]]


def since_approval(grid: Grid) -> SinceApproval | None:
    """Return what changed since approval, or None where the report stands as approved or never was."""
    moment = history.last_approval(grid.report)
    if moment is None or grid.report.state == "approved":
        return None
    known = totals.by_code(grid.report)
    approved = dict(
        ApprovedTotal.objects.filter(event=grid.report.events.filter(action="reopen").last()).values_list(
            "indicator__code", "value"
        )
    )
    names, by_code = grid.names, grid.catalogue.by_code
    return SinceApproval(
        moment,
        [
            (names.get(one.row, "Dòng đã kết thúc"), by_code[one.indicator], one)
            for one in history.changed_cells(grid.report, moment)
            if one.indicator in by_code
        ],
        history.changed_handovers(grid.report, moment),
        [
            (indicator, approved.get(code), known.get(code))
            for code, indicator in by_code.items()
            if approved.get(code) != known.get(code)
        ],
    )


@require_POST
def step(request: HttpRequest, unit: str, month: Month, action: str) -> HttpResponse:
    """Seen by: whoever sees the report; taken by the province's reviewers."""
    grid = report_or_404(request, unit, month)
    if action not in DONE:
        raise Http404
    try:
        workflow.perform(
            grid.report, action, by=request.user, now=timezone.now(), comment=request.POST.get("comment", "")[:2000]
        )
    except (Refused, ValidationError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        grid = report_or_404(request, unit, month)
        context = report_context(request, grid) | {
            "typed_comment": request.POST.get("comment", ""),
            "typed_action": action,
        }
        status = error.objection.status if isinstance(error, Refused) else 422
        return render(request, "review/report.html", context, status=status)
    messages.success(request, DONE[action])
    if request.POST.get("next") == "queue":
        return redirect("review")
    return redirect("review_report", grid.unit.slug, month)
