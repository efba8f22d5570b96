"""Weapons handed over: lines of the month's page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from communes.history import last_written
from communes.meeting import said_of
from communes.models import User
from communes.refusals import Refused, require
from communes.requests import AuthenticatedHttpRequest
from communes.saving import hold
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
    lines = grid.report.handovers.select_related("kind")
    if request.method != "POST":
        return _write(request, grid, get_object_or_404(lines, pk=pk))
    with transaction.atomic():
        hold(WeaponHandover, pk)
        line = lines.filter(pk=pk).first()
        gone = WeaponHandover.history.filter(id=pk, report=grid.report.pk, history_type="-").first()
        if line is None and gone is None:
            raise Http404
        return _write(request, grid, line, gone)


def _said_gone(gone: Any, user: User) -> str:
    return said_of((gone.history_user, gone.history_date), user).replace("đã lưu", "đã xóa dòng này")


def _write(
    request: AuthenticatedHttpRequest, grid: Grid, line: WeaponHandover | None, gone: Any = None
) -> HttpResponse:
    require(refusal_of(grid, request.user))
    form = HandoverForm(request.POST or None, instance=line, grid=grid)
    taken_away = _said_gone(gone, request.user) if gone and not line else ""
    removes = bool(line and "remove" in request.POST)
    if removes and form.meeting and form.meeting.moved:
        form.add_error(None, f"{said_of(last_written(line), request.user)} dòng này; hãy xem lại rồi mới xóa.")
    elif request.method == "POST" and not taken_away and (removes or form.is_valid()):
        try:
            _perform(request, grid, line, form)
        except (ValidationError, Refused) as error:
            for field, said in getattr(error, "message_dict", {None: getattr(error, "messages", str(error))}).items():
                form.add_error(field if field in form.fields else None, said)
        else:
            return redirect(reverse("entry", args=[grid.unit.slug, grid.month]) + "#weapons")
    context = {"grid": grid, "unit": grid.unit, "form": form, "line": line, "taken_away": taken_away}
    status = 409 if taken_away or form.clashes else 422 if form.errors else 200
    return render(request, "reports/weapon.html", context, status=status)


def _perform(request: AuthenticatedHttpRequest, grid: Grid, line: WeaponHandover | None, form: HandoverForm) -> None:
    now = timezone.now()
    if line and "remove" in request.POST:
        remove_handover(line, by=request.user, now=now)
        messages.success(request, f"Đã xóa dòng {line}.")
        return
    report = grid.report or open_report(grid.unit, grid.month, by=request.user, now=now)[0]
    saved = save_handover(line or WeaponHandover(report=report), by=request.user, now=now, **form.cleaned_data)
    messages.success(request, f"Đã lưu {saved}. {form.taken_over}".strip())
