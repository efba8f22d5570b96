"""A round of hamlets by a list: upload, see what is wrong and what would be done, carry out, take back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.changes import OF_HAMLETS, Tell
from communes.days import parse_moment
from communes.models import RegisterChange
from communes.refusals import Refused, require
from communes.register import REGISTERS
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest
from communes.telling import told
from models_registry import rounds as verbs
from models_registry.importing import files, kept_lists
from models_registry.importing.workbooks import Unreadable
from models_registry.views.lists import asked_of, list_of

LISTED = "rounds of hamlets"
SHOWN = 20
SHOWN_CHANGES = 400


def hamlet_round(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """Seen by: a province's reviewers, for every commune of theirs, and communes for themselves."""
    require(verbs.objection(request.user))
    if request.method != "POST":
        return _page(request)
    return told(request, lambda tell: _answer(request, tell), after=lambda: _page(request))


def _page(request: AuthenticatedHttpRequest, **more: Any) -> HttpResponse:
    """The page with what was carried out, and what it is asked for besides."""
    context = {
        "registers": REGISTERS,
        "batches": _batches(request),
        "fields": verbs.FIELDS,
        "shown": SHOWN_CHANGES,
        "shown_less": -SHOWN_CHANGES,
    }
    wrong = "error" in more or ("round" in more and bool(more["round"].faults))
    return render(request, "register/rounds.html", context | more, status=422 if wrong else 200)


def _answer(request: AuthenticatedHttpRequest, tell: Tell) -> HttpResponse:
    """Try a list, carry out one that was tried, or take one back."""
    try:
        if "undo" in request.POST:
            return _undo(request, parse_moment(request.POST["undo"]), tell)
        if "lines" in request.POST:
            return _apply(request, request.POST["lines"], tell)
        listed = list_of(request, LISTED, verbs.read_list)
        asked = asked_of(listed, LISTED)
        if listed.open_questions:
            return _page(request, **asked)
        lines = verbs.lines_of(listed)
        found = verbs.plan(lines, request.user, timezone.now(), tell)
        return _page(request, round=found, lines=kept_lists.keep(lines, LISTED), **asked)
    except (ValidationError, Unreadable) as error:
        return _page(request, error=" ".join(getattr(error, "messages", [str(error)])))


def template(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: who may carry out a list. An empty workbook with one example."""
    require(verbs.objection(request.user))
    response = HttpResponse(files.empty("Sáp nhập khu dân cư", verbs.FIELDS), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = 'attachment; filename="sap-nhap-khu-dan-cu.xlsx"'
    return response


def _apply(request: AuthenticatedHttpRequest, signed: str, tell: Tell) -> HttpResponse:
    lines = [verbs.ListedLine(*one) for one in kept_lists.kept(signed, LISTED)]
    try:
        done = verbs.apply(lines, by=request.user, now=timezone.now(), tell=tell)
        messages.success(request, f"Đã ghi {len(done)} thay đổi khu dân cư. Có thể hoàn tác cả danh sách bên dưới.")
        if divided := sum(change.kind == RegisterChange.Kind.SPLIT for change in done):
            told = "Số hộ, nhân khẩu không tự chia: các xã ghi lại ở những khu mới"
            messages.info(request, f"{told} của {divided} thay đổi chia tách.")
    except Refused as refused:
        messages.error(request, str(refused.objection))
    return redirect("register_hamlet_round")


def _undo(request: AuthenticatedHttpRequest, at: datetime | None, tell: Tell) -> HttpResponse:
    if at is None:
        raise ValidationError("Không rõ hoàn tác danh sách nào.")
    try:
        count = verbs.undo(request.user, at, now=timezone.now(), tell=tell)
        messages.success(request, f"Đã hoàn tác {count} thay đổi khu dân cư.")
    except Refused as refused:
        messages.error(request, str(refused.objection))
    return redirect("register_hamlet_round")


def _batches(request: AuthenticatedHttpRequest) -> list[tuple[datetime, int]]:
    """When the reader carried lists out that still stand, and how many changes each had."""
    own = RegisterChange.objects.filter(by=request.user, kind__in=OF_HAMLETS, undone_at=None)
    return list(own.order_by("-at").values_list("at").annotate(Count("pk"))[:SHOWN])
