"""Weapons handed over: lines of the month's page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from communes.refusals import Refused, require
from communes.requests import AuthenticatedHttpRequest
from reports.entry.figures import open_report
from reports.entry.grid import Grid
from reports.entry.handovers import remove_handover, save_handover
from reports.forms import HandoverForm
from reports.models import WeaponHandover
from reports.months import Month
from reports.views.entry import refusal_of
from reports.views.places import grid_or_404, report_or_404


def add(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: the unit. Add a line; a faulty one comes back with its words."""
    grid = grid_or_404(request, unit, month)
    return _write(request, grid, None)


def edit(request: AuthenticatedHttpRequest, unit: str, month: Month, pk: int) -> HttpResponse:
    """Seen by: the unit. Change a line or take it away."""
    grid = report_or_404(request, unit, month)
    line = get_object_or_404(grid.report.handovers.select_related("kind"), pk=pk)
    return _write(request, grid, line)


def _write(request: AuthenticatedHttpRequest, grid: Grid, line: WeaponHandover | None) -> HttpResponse:
    require(refusal_of(grid, request.user))
    form = HandoverForm(request.POST or None, instance=line, grid=grid)
    if request.method == "POST" and ((line and "remove" in request.POST) or form.is_valid()):
        try:
            _perform(request, grid, line, form)
        except (ValidationError, Refused) as error:
            for field, said in getattr(error, "message_dict", {None: getattr(error, "messages", str(error))}).items():
                form.add_error(field if field in form.fields else None, said)
        else:
            return redirect(reverse("entry", args=[grid.unit.slug, grid.month]) + "#weapons")
    context = {"grid": grid, "unit": grid.unit, "form": form, "line": line}
    return render(request, "reports/weapon.html", context, status=422 if form.errors else 200)


def _perform(request: AuthenticatedHttpRequest, grid: Grid, line: WeaponHandover | None, form: HandoverForm) -> None:
    now = timezone.now()
    if line and "remove" in request.POST:
        remove_handover(line, by=request.user, now=now)
        messages.success(request, f"Đã xóa dòng {line}.")
        return
    report = grid.report or open_report(grid.unit, grid.month, by=request.user, now=now)[0]
    saved = save_handover(line or WeaponHandover(report=report), by=request.user, now=now, **form.cleaned_data)
    messages.success(request, f"Đã lưu {saved}.")
