"""The month as a workbook: downloaded, uploaded filled, shown, written as one act, taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.refusals import Refused, require
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest
from models_registry.importing.workbooks import Unreadable, read
from models_registry.views.imports import UploadForm
from reports.entry import month_import, month_weapons
from reports.entry.figures import open_report
from reports.entry.grid import Grid, Row
from reports.entry.month_file import month_workbook
from reports.models import FigureImport
from reports.months import Month
from reports.views.entry import refusal_of
from reports.views.places import grid_or_404

SHOWN = 500


def download(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the month. Its sheet as a workbook, to be filled and sent back."""
    grid = grid_or_404(request, unit, month)
    response = HttpResponse(month_workbook(grid), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="so-thang-{grid.unit.slug}-{month}.xlsx"'
    return response


def upload(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever enters the month. Choose the filled workbook; what was written from files before."""
    grid = grid_or_404(request, unit, month)
    require(refusal_of(grid, request.user))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, now = form.cleaned_data["file"], timezone.now()
        try:
            sheets = read(file.name, file.read())
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            report, _ = open_report(grid.unit, month, by=request.user, now=now)
            plan = month_import.plan_month(sheets, Grid.of(report))
            kept = month_import.keep(plan, report, file.name, by=request.user, now=now)
            return redirect("month_file_check", unit, month, kept.pk)
    context = {"grid": grid, "unit": grid.unit, "form": form, "done": _done(grid)}
    return render(request, "reports/month_file.html", context, status=422 if form.errors else 200)


def _done(grid: Grid) -> list[FigureImport]:
    written = FigureImport.objects.filter(report=grid.report, applied_at__isnull=False).select_related("by")
    return list(written[:10]) if grid.report else []


def _kept(request: AuthenticatedHttpRequest, unit: str, month: Month, pk: int) -> tuple[Grid, FigureImport]:
    grid = grid_or_404(request, unit, month)
    require(refusal_of(grid, request.user))
    found = FigureImport.objects.visible_to(request.user).select_related("report")
    return grid, get_object_or_404(found, report=grid.report, pk=pk)


def check(request: AuthenticatedHttpRequest, unit: str, month: Month, pk: int) -> HttpResponse:
    """Seen by: whoever enters the month. What the workbook would write, what it does not say, what would be odd."""
    grid, kept = _kept(request, unit, month, pk)
    if kept.applied_at:
        return redirect("month_file", unit, month)
    names, indicators = grid.names, grid.catalogue.by_code
    lines = [
        (names.get(Row.parse(key), key), indicators[code].name if code in indicators else code, was, value)
        for key, code, was, value in kept.cells[:SHOWN]
    ]
    context = {
        "grid": grid,
        "unit": grid.unit,
        "kept": kept,
        "weapons": month_weapons.shown(kept.weapons),
        "lines": lines,
        "more": max(0, len(kept.cells) - SHOWN),
        "new": sum(was is None for _, _, was, _ in kept.cells),
        "changed": sum(was is not None for _, _, was, _ in kept.cells),
        "problems": month_import.foreseen(kept, by=request.user, now=timezone.now())
        if kept.cells or kept.weapons
        else [],
    }
    return render(request, "reports/month_file_check.html", context)


@require_POST
def write(request: AuthenticatedHttpRequest, unit: str, month: Month, pk: int) -> HttpResponse:
    """Seen by: whoever enters the month. Write the workbook's cells as one act."""
    _, kept = _kept(request, unit, month, pk)
    if kept.faults and "only_good" not in request.POST:
        messages.error(request, f"Còn {len(kept.faults)} lỗi. Hãy sửa tệp, hoặc đồng ý chỉ ghi các ô tốt.")
        return redirect("month_file_check", unit, month, pk)
    try:
        outcome = month_import.apply(kept, by=request.user, now=timezone.now(), answers=request.POST.dict())
    except Refused as refused:
        messages.error(request, str(refused.objection))
        return redirect("month_file_check", unit, month, pk)
    left = [f"{len(outcome.conflicts)} ô vừa được người khác sửa nên giữ nguyên"] if outcome.conflicts else []
    left += [f"{len(outcome.errors)} ô không nhận"] if outcome.errors else []
    left += [f"thêm {len(kept.weapons)} dòng vũ khí"] if kept.weapons else []
    messages.success(request, "; ".join([f"Đã ghi {len(outcome.saved)} ô từ “{kept.file_name}”", *left]) + ".")
    return redirect("entry", unit, month)


@require_POST
def take_back(request: AuthenticatedHttpRequest, unit: str, month: Month, pk: int) -> HttpResponse:
    """Seen by: whoever enters the month. Take a written workbook back."""
    _, kept = _kept(request, unit, month, pk)
    try:
        outcome, lines = month_import.undo(kept, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.objection))
    else:
        stay = f" {len(outcome.conflicts)} ô đã được sửa sau đó nên giữ nguyên." if outcome.conflicts else ""
        stay += f" {lines} dòng vũ khí đã được sửa sau đó nên giữ nguyên." if lines else ""
        messages.success(request, f"Đã hoàn tác {len(outcome.saved)} ô.{stay}")
    return redirect("month_file", unit, month)
