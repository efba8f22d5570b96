"""Changing or closing many rows of a register at once, as one act that can be taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from communes import changes
from communes.forms import RegisterForm
from communes.keys import row_keys
from communes.lifetimes import beyond, last_day, same_then
from communes.models import RegisterChange, User
from communes.refusals import require
from communes.register.kinds import REGISTERS, Register
from communes.register.lists import Listing
from communes.requests import AuthenticatedHttpRequest
from communes.saving import hold_places, objections_to_moving

MOST = 5000


class BulkForm(forms.Form):
    """Which column gets which value; the fields are those of the register's own form."""

    def __init__(self, *args: Any, register: Register, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole: RegisterForm = register.form(user=user)
        choices = {"": "– chọn việc –"}
        for name in register.bulk:
            field = whole.fields[name]
            field.required = False
            choices[name] = f"Sửa “{field.label}”"
            self.fields[name] = field
        if register.ends:
            choices["end"] = register.ends
            ending = register.end_form(instance=register.model(), last=last_day(user.commune)).fields
            self.needed = [name for name, field in ending.items() if field.required]
            self.ending = list(ending)
            for name, field in ending.items():
                field.required = False
                self.fields[name] = field
        self.fields["action"] = forms.ChoiceField(label="Việc cần làm", choices=list(choices.items()))
        self.actions = choices
        self.fields["clear"] = forms.BooleanField(label="Xóa trắng giá trị đang có của các mục này", required=False)
        self.order_fields(["action"])

    def values(self) -> dict[str, Any]:
        """Column → the value every chosen row gets."""
        action = self.cleaned_data["action"]
        names = self.ending if action == "end" else [action]
        return {name: self.cleaned_data[name] for name in names}

    def clean(self) -> dict[str, Any]:
        """An ending needs what it always needs; an empty value clears only where that is said."""
        data = super().clean() or {}
        action = data.get("action")
        if action == "end":
            for name in self.needed:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "Còn trống. Mục này bắt buộc phải có.")
        elif action and action != "end" and not data.get(action) and not data.get("clear"):
            self.add_error(action, "Còn trống. Hãy ghi giá trị mới, hoặc đánh dấu “Xóa trắng”.")
        return data


def apply(rows: list[Any], values: dict[str, Any], title: str, *, by: User, now: Any) -> list[str]:
    """Write the values into every row, or return a sentence for each row that refuses and write nothing."""
    problems = []
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
        problems += [f"{row}: {said}" for said in beyond(values, by.commune).values()]
        try:
            row.full_clean(validate_unique=False)
        except ValidationError as error:
            problems.append(f"{row}: {' '.join(error.messages)}")
    problems += objections_to_moving(rows, values).values()
    if problems:
        return problems
    with transaction.atomic():
        act = changes.begin(by.commune, RegisterChange.Kind.BULK, title, by=by, now=now)  # type: ignore[arg-type]
        act.update(rows, values)
        if last_day(by.commune):  # asked of what is written, for the rows may be the same as one another
            problems = [f"{row}: {said}" for row in rows if (said := same_then(row))]
            transaction.set_rollback(bool(problems))
    return problems


def bulk(request: AuthenticatedHttpRequest, register: Register) -> HttpResponse:
    """Seen by: the rows' own commune. Show the chosen rows, ask what to change, change all or none."""
    if "action" not in request.POST:
        return _answered(request, register)
    with transaction.atomic():
        return _answered(request, register, filled=True)


def _answered(request: AuthenticatedHttpRequest, register: Register, *, filled: bool = False) -> HttpResponse:
    query = QueryDict(request.POST.get("query", ""))
    asked = Listing(register, request, query)
    desk = asked.desk
    require(asked.closed or register.objection_to_bulk(desk.worker))
    if filled:  # before the rows are read: they are written as they stand
        assert desk.worker.commune_id
        hold_places(communes=[desk.worker.commune_id])
    rows = asked.rows
    if "all" not in request.POST:
        keys = row_keys(request.POST.getlist("pk"))
        rows = rows.filter(pk__in=keys)
    chosen = list(rows[: MOST + 1])
    if not chosen or len(chosen) > MOST:
        said = f"Mỗi lần sửa được nhiều nhất {MOST} mục." if chosen else "Hãy chọn ít nhất một mục trong danh sách."
        messages.warning(request, said)
        return redirect(f"{register.list_url}?{query.urlencode()}")
    form = BulkForm(request.POST if filled else None, register=register, user=desk.worker)
    problems: list[str] = []
    if filled and form.is_valid():
        action = form.actions[form.cleaned_data["action"]]
        title = f"{action}: {len(chosen)} {register.one}"
        problems = apply(chosen, form.values(), title, by=desk.worker, now=timezone.now())
        if not problems:
            messages.success(request, f"Đã làm xong – {title}. {changes.CAN_BE_UNDONE}")
            return redirect(f"{register.list_url}?{query.urlencode()}")
    context = {
        "register": register,
        "registers": REGISTERS,
        "form": form,
        "chosen": chosen,
        "query": query.urlencode(),
        "all": "all" in request.POST,
        "problems": problems,
        "desk": desk,
    }
    register.note_seen(len(chosen), by=desk.worker)
    return render(request, "register/bulk.html", context, status=422 if problems or form.errors else 200)
