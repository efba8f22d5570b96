"""One row of a register: its form, its ending, its deletion, its history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from communes import viewings
from communes.forms import EndForm
from communes.history import restore, versions
from communes.keys import row_key
from communes.lifetimes import last_day, same_then
from communes.meeting import said_of
from communes.refusals import Forbidden, Objection, Refused, require
from communes.register.desks import Desk, desk_at, desk_for
from communes.register.kinds import REGISTERS, Register
from communes.requests import AuthenticatedHttpRequest
from communes.saving import end, held_while_saving, hold, remove


def visible_row(request: AuthenticatedHttpRequest, register: Register, pk: int) -> tuple[Any, Desk]:
    """A row with the desk where it lies, measured on the last day of a commune that is over."""
    row, desk = desk_for(request.user, register.rows(), pk)
    commune = desk.former or getattr(row, "commune", None)
    return register.rows(commune).get(pk=pk) if last_day(commune) else row, desk


def edit(request: AuthenticatedHttpRequest, register: Register, pk: int | None = None) -> HttpResponse:
    """Seen by: the row's own commune; others who see the row read it without changing it."""
    if request.method != "POST":
        return _edit(request, register, pk)
    with transaction.atomic():
        if pk:
            hold(register.model, pk)
            if taken_away := _taken_away(request, register, pk):
                return _edit(request, register, None, *taken_away)
        return _edit(request, register, pk)


def _taken_away(request: AuthenticatedHttpRequest, register: Register, pk: int) -> tuple[str, Desk] | None:
    """Who deleted the row that is being saved, in words, and at which desk; None where it stands, or was not hers."""
    if register.model._default_manager.filter(pk=pk).exists():
        return None
    gone = register.model.history.filter(id=pk, history_type="-").order_by("-history_id").first()  # type: ignore[attr-defined]
    if gone is None:
        return None
    commune = getattr(gone, "commune_id", None) or getattr(gone.instance, "commune_id", None)
    desks = [Desk(request.user), *(Desk(request.user.at(one), one) for one in request.user.formers_kept)]
    desk = next((one for one in desks if one.worker.commune_id == (commune or 0)), None)
    if desk is None or register.objection(desk.worker):
        return None
    said = said_of((gone.history_user, gone.history_date), request.user).replace("đã lưu", "đã xóa mục này")
    return f"{said}.", desk


def _edit(
    request: AuthenticatedHttpRequest, register: Register, pk: int | None, taken_away: str = "", at: Desk | None = None
) -> HttpResponse:
    instance, desk = visible_row(request, register, pk) if pk else (None, at)
    desk = desk or desk_at(request.user, request.GET.get("former", ""))
    refusal = register.objection(desk.worker)
    if request.method == "POST" or instance is None:
        require(refusal)
    initial = {name: value for name, value in request.GET.items() if name in register.form.base_fields}
    form = register.form(request.POST or None, instance=instance, user=desk.worker, initial=None if pk else initial)
    if request.method == "POST" and not taken_away and form.is_valid():
        saved = form.save()
        messages.success(request, f"Đã lưu: {saved}. {form.taken_over}".strip())
        for warning in register.warnings(register.rows(desk.former).get(pk=saved.pk)):
            messages.warning(request, warning)
        if "another" in request.POST:
            return redirect(f"{register.create_url}?{request.GET.urlencode()}")
        return redirect(desk.link(register.list_url))
    if form.revealed:
        where = f"Phiếu {register.one}: {form.revealed}"
        viewings.log(request.user, where=where, count=1, now=timezone.now(), former=desk.former)
    elif form.named:
        register.note_seen(1, by=desk.worker)
    context = {
        "register": register,
        "registers": REGISTERS,
        "form": form,
        "instance": instance,
        "ended": getattr(instance, "ended_on", None),
        "related": related_links(register, instance, desk) if instance and not refusal else [],
        "details": register.details(instance, desk.worker) if instance else [],
        "warnings": register.warnings(instance) if instance and not form.errors else [],
        "refusal": refusal,
        "may_move": not desk.former and register.may_move(instance, desk.worker),
        "taken_away": taken_away,
        "desk": desk,
    }
    status = 409 if taken_away or form.clashes else 422 if form.errors else 200
    return render(request, "register/form.html", context, status=status)


def related_links(register: Register, row: Any, desk: Desk) -> list[tuple[str, str]]:
    """Where a row leads, at the desk where it lies: the steps of a life are for what lives."""
    return [
        (said, desk.link(url)) for said, url in register.related(row) if not (desk.former and url.endswith("/life/"))
    ]


def close(request: AuthenticatedHttpRequest, register: Register, pk: int) -> HttpResponse:
    """Seen by: the row's own commune. Ask for the last day, say what follows, then close the row."""
    with held_while_saving(request, register.model, pk):
        return _close(request, register, pk)


def _close(request: AuthenticatedHttpRequest, register: Register, pk: int) -> HttpResponse:
    instance, desk = visible_row(request, register, pk)
    register.require_editor(desk.worker)
    if not register.ends:
        raise Refused(Objection("Loại này không có ngày kết thúc."))
    form = register.end_form(request.POST or None, instance=instance, last=last_day(desk.worker.commune))
    if request.method == "POST" and form.is_valid() and _ended(form, instance, desk):
        said = "Đã ghi ngày kết thúc của" if instance.ended_on else "Đã bỏ ngày kết thúc của"
        messages.success(request, f"{said} {instance}. Số liệu các tháng đã gửi giữ nguyên.")
        return redirect(desk.link(register.list_url))
    context = {"register": register, "registers": REGISTERS, "form": form, "instance": instance, "desk": desk}
    register.note_seen(1, by=desk.worker)
    return render(request, "register/end.html", context, status=409 if form.clashes else 422 if form.errors else 200)


def _ended(form: EndForm, row: Any, desk: Desk) -> bool:
    """Close the row as the form says; where a rule of it is broken, the form says so instead."""
    for name, value in form.cleaned_data.items():
        setattr(row, name, value)
    try:
        if form.last and (said := same_then(row)):
            raise ValidationError(said)
        end(row, by=desk.worker, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        row.refresh_from_db()
        return False
    return True


def delete(request: AuthenticatedHttpRequest, register: Register, pk: int) -> HttpResponse:
    """Seen by: the row's own commune. Confirm, then delete what nothing refers to."""
    instance, desk = visible_row(request, register, pk)
    register.require_editor(desk.worker)
    if request.method == "POST":
        try:
            remove(instance, by=desk.worker, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.objection)
            return redirect(f"register_{register.slug}_edit", pk=pk)
        messages.success(request, f"Đã xóa {instance}.")
        return redirect(desk.link(register.list_url))
    context = {"register": register, "registers": REGISTERS, "instance": instance, "desk": desk}
    register.note_seen(1, by=desk.worker)
    return render(request, "register/delete.html", context)


def history(request: AuthenticatedHttpRequest, register: Register, pk: int) -> HttpResponse:
    """Seen by: the row's own commune and those above who see the row; administrators, who may restore.

    Administrators see that personal columns changed, not what they hold.
    """
    administrator = request.user.is_administrator
    rows = register.rows()
    instance = get_object_or_404(rows, pk=pk) if administrator else desk_for(request.user, rows, pk)[0]
    hidden = () if request.user.is_commune else register.personal
    if request.method == "POST":
        if not administrator:
            raise Refused(Forbidden("Chỉ quản trị hệ thống được khôi phục phiên bản cũ."))
        version = get_object_or_404(instance.history, history_id=row_key(request.POST.get("version")))
        try:
            restore(instance, version, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.objection)
        else:
            messages.success(request, "Đã khôi phục phiên bản đã chọn.")
        return redirect(request.path)
    context = {
        "register": register,
        "registers": REGISTERS,
        "name": f"{register.one} số {pk}" if administrator and register.personal else instance,
        "instance": instance,
        "versions": versions(instance, hidden=hidden),
        "administrator": administrator,
    }
    register.note_seen(1, by=request.user)
    return render(request, "register/history.html", context)
