"""What was lately changed as one act, and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from simple_history.utils import get_history_manager_for_model

from communes.changes import objection_to_undo, undo
from communes.history import ACTS
from communes.models import PhoneViewing, RegisterChange
from communes.refusals import Forbidden, Refused, require
from communes.register.desks import desk_at, desk_for
from communes.register.kinds import REGISTERS, Register, objection_to_rows
from communes.requests import AuthenticatedHttpRequest
from communes.trail.recording import Act, record

SHOWN = 50


@dataclass(frozen=True)
class Touched:
    """One change of one row, without what it holds."""

    register: Register
    key: int
    act: str
    at: datetime
    by: str


def overall(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: administrators. The latest changes of every register's rows, to find one whose version to restore."""
    if not request.user.is_administrator:
        raise Refused(Forbidden("Trang này dành cho quản trị hệ thống; lịch sử từng mục xem ở trang của mục đó."))
    slug = request.GET.get("register", "")
    key = request.GET.get("number", "")
    wanted = [one for one in REGISTERS if not slug or one.slug == slug]
    found = []
    for register in wanted:
        history = get_history_manager_for_model(register.model)
        records = history.select_related("history_user").order_by("-history_date", "-history_id")
        if key.isascii() and key.isdecimal() and len(key) < 19:
            records = records.filter(id=int(key))
        found += [
            Touched(register, one.id, ACTS[one.history_type], one.history_date, str(one.history_user or "hệ thống"))
            for one in records[:SHOWN]
        ]
    found.sort(key=lambda one: one.at, reverse=True)
    context = {"registers": REGISTERS, "found": found[:SHOWN], "slug": slug, "number": key}
    return render(request, "register/overall.html", context)


def recent(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: a commune's own people. Imports, changes of hamlets, changes of many rows; each can be undone.

    A province's reviewers see those of the lists that the province keeps.
    """
    desk = desk_at(request.user, request.GET.get("former", ""))
    worker = desk.worker
    require(None if worker.is_reviewer else objection_to_rows(worker))
    found = RegisterChange.objects.visible_to(worker).select_related("by", "undone_by")[:SHOWN]
    viewings = PhoneViewing.objects.visible_to(worker).select_related("by")[:SHOWN]
    if request.user.is_chief and (named := sum(one.count == 1 for one in viewings)):  # of these it says whose they were
        record(Act.MEMBERS, by=worker, rows=named)
    context = {
        "registers": REGISTERS,
        "changes": found,
        "viewings": viewings if request.user.is_chief else None,
        "desk": desk,
    }
    return render(request, "register/recent.html", context)


def change(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: a commune's own people, and reviewers. One act, and why it may not be taken back if it may not."""
    found, desk = desk_for(request.user, RegisterChange.objects.all(), pk)
    refusal = objection_to_undo(found, desk.worker)
    context = {"registers": REGISTERS, "change": found, "refusal": refusal, "desk": desk}
    return render(request, "register/change.html", context)


@require_POST
def take_back(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: a commune's own people, and a province's reviewers for the lists that the province keeps."""
    found, desk = desk_for(request.user, RegisterChange.objects.all(), pk)
    try:
        undo(found, by=desk.worker, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.objection)
        return redirect("register_changes", pk=pk)
    messages.success(request, f"Đã hoàn tác: {found}.")
    return redirect(desk.link("/register/recent/"))
