"""The register's pages: one list, one form, one ending for every kind of row.

A :class:`Register` says what is particular to a kind; the views below do the rest. Apps further up
declare their own registers (``models_registry/views.py``) and add their addresses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse

from communes.filters import CommuneFilter
from communes.forms import EndForm, RegisterForm
from communes.models import User

PAGE_SIZE = 50


def objection(user: User) -> str | None:
    """Say why ``user`` may not change the register, or return None."""
    if not user.is_commune:
        return "Danh bạ do Công an cấp xã cập nhật; tài khoản của bạn chỉ xem."
    return None


def end(instance: Any, *, day: Any, by: User) -> None:
    """Close a row of the register on its last day; what it did stays in every past count."""
    refusal = objection(by)
    if refusal:
        raise PermissionDenied(refusal)
    with transaction.atomic():
        instance.ended_on = day
        instance.full_clean()
        instance.save()


def remove(instance: Any, *, by: User) -> str | None:
    """Delete a row entered by mistake; return a sentence instead where something refers to it."""
    refusal = objection(by)
    if refusal:
        raise PermissionDenied(refusal)
    try:
        with transaction.atomic():
            instance.delete()
    except ProtectedError:
        return (
            f"“{instance}” đã có số liệu hoặc danh sách kèm theo nên không xóa được. "
            "Nếu không còn hoạt động, hãy ghi ngày kết thúc."
        )
    return None


@dataclass(frozen=True)
class Column:
    """One column of a list: its heading, what it shows of a row, and whether it is a number."""

    heading: str
    value: Callable[[Any], Any]
    numeric: bool = False


@dataclass(frozen=True)
class Register:
    """What is particular to one kind of row of the register."""

    slug: str
    title: str
    one: str
    model: type[models.Model]
    form: type[RegisterForm]
    filterset: Any
    columns: tuple[Column, ...]
    queryset: Callable[[], Any]
    ends: str | None = "Kết thúc"
    related: Callable[[Any], list[tuple[str, str]]] = lambda row: []

    @property
    def list_url(self) -> str:
        """Address of the list."""
        return reverse(f"register_{self.slug}")

    @property
    def create_url(self) -> str:
        """Address of the empty form."""
        return reverse(f"register_{self.slug}_new")

    def urls(self) -> list[URLPattern]:
        """The addresses of this register."""
        options = {"register": self}
        base = f"register/{self.slug}/"
        return [
            path(base, listing, options, name=f"register_{self.slug}"),
            path(f"{base}new/", edit, options, name=f"register_{self.slug}_new"),
            path(f"{base}<int:pk>/", edit, options, name=f"register_{self.slug}_edit"),
            path(f"{base}<int:pk>/end/", close, options, name=f"register_{self.slug}_end"),
            path(f"{base}<int:pk>/delete/", delete, options, name=f"register_{self.slug}_delete"),
        ]


REGISTERS: list[Register] = []


def listing(request: HttpRequest, register: Register) -> HttpResponse:
    """Seen by: whoever sees the rows' commune. Search, filters, pages; the address holds the choice."""
    rows = register.queryset().visible_to(request.user)
    chosen = request.GET.copy()
    if "state" in register.filterset.base_filters:
        chosen.setdefault("state", "active")
    filterset = register.filterset(chosen, queryset=rows, request=request)
    if request.user.is_commune:
        for name, one in register.filterset.base_filters.items():
            if isinstance(one, CommuneFilter):
                filterset.form.fields.pop(name, None)
    page = Paginator(filterset.qs.order_by(*register.model._meta.ordering), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [(row, [(column, column.value(row)) for column in register.columns]) for row in page.object_list]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "register": register,
        "registers": REGISTERS,
        "filterset": filterset,
        "page": page,
        "lines": lines,
        "query": query.urlencode(),
        "refusal": objection(request.user),
    }
    template = "register/_list.html" if request.htmx else "register/list.html"
    return render(request, template, context)


def edit(request: HttpRequest, register: Register, pk: int | None = None) -> HttpResponse:
    """Seen by: the row's own commune; others who see the row read it without changing it."""
    instance = get_object_or_404(register.queryset().visible_to(request.user), pk=pk) if pk else None
    refusal = objection(request.user)
    if refusal and (request.method == "POST" or instance is None):
        raise PermissionDenied(refusal)
    initial = {name: value for name, value in request.GET.items() if name in register.form.base_fields}
    form = register.form(request.POST or None, instance=instance, user=request.user, initial=None if pk else initial)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"Đã lưu: {saved}.")
        if "another" in request.POST:
            return redirect(f"{register.create_url}?{request.GET.urlencode()}")
        return redirect(register.list_url)
    context = {
        "register": register,
        "registers": REGISTERS,
        "form": form,
        "instance": instance,
        "related": register.related(instance) if instance else [],
        "refusal": refusal,
    }
    return render(request, "register/form.html", context, status=422 if form.errors else 200)


def close(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Seen by: the row's own commune. Ask for the last day, say what follows, then close the row."""
    instance = get_object_or_404(register.queryset().visible_to(request.user), pk=pk)
    refusal = objection(request.user)
    if refusal or not register.ends:
        raise PermissionDenied(refusal or "Loại này không có ngày kết thúc.")
    form = EndForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        end(instance, day=form.cleaned_data["ended_on"], by=request.user)
        messages.success(request, f"Đã ghi ngày kết thúc của {instance}. Số liệu các tháng trước giữ nguyên.")
        return redirect(register.list_url)
    context = {"register": register, "registers": REGISTERS, "form": form, "instance": instance}
    return render(request, "register/end.html", context, status=422 if form.errors else 200)


def delete(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Seen by: the row's own commune. Confirm, then delete what nothing refers to."""
    instance = get_object_or_404(register.queryset().visible_to(request.user), pk=pk)
    refusal = objection(request.user)
    if refusal:
        raise PermissionDenied(refusal)
    if request.method == "POST":
        problem = remove(instance, by=request.user)
        if problem:
            messages.error(request, problem)
            return redirect(f"register_{register.slug}_edit", pk=pk)
        messages.success(request, f"Đã xóa {instance}.")
        return redirect(register.list_url)
    context = {"register": register, "registers": REGISTERS, "instance": instance}
    return render(request, "register/delete.html", context)
