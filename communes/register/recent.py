"""What was lately changed as one act, and taking it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.changes import CannotUndo, objection_to_undo, undo
from communes.models import PhoneViewing, RegisterChange
from communes.register.kinds import REGISTERS, objection
from communes.scope import Role

SHOWN = 50


def recent(request: HttpRequest) -> HttpResponse:
    """Seen by: a commune's own people. Imports, changes of hamlets, changes of many rows; each can be undone."""
    refusal = objection(request.user)
    if refusal:
        raise PermissionDenied(refusal)
    found = RegisterChange.objects.visible_to(request.user).select_related("by", "undone_by")[:SHOWN]
    viewings = PhoneViewing.objects.visible_to(request.user).select_related("by")[:SHOWN]
    context = {
        "registers": REGISTERS,
        "changes": found,
        "viewings": viewings if request.user.role == Role.COMMUNE_CHIEF else None,
    }
    return render(request, "register/recent.html", context)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Seen by: a commune's own people. One act, and why it may not be taken back if it may not."""
    found = get_object_or_404(RegisterChange.objects.visible_to(request.user), pk=pk)
    context = {"registers": REGISTERS, "change": found, "refusal": objection_to_undo(found, request.user)}
    return render(request, "register/change.html", context)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Seen by: a commune's own people."""
    found = get_object_or_404(RegisterChange.objects.visible_to(request.user), pk=pk)
    try:
        undo(found, by=request.user, now=timezone.now())
    except CannotUndo as refusal:
        messages.error(request, str(refusal))
        return redirect("register_changes", pk=pk)
    messages.success(request, f"Đã hoàn tác: {found}.")
    return redirect("register_recent")
