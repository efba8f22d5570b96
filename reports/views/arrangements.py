"""Sắp xếp đơn vị hành chính: a list of old and new units is tried, carried out as one act, and taken back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.changes import Tell
from communes.forms import DateInput, WrittenField
from communes.refusals import Refused, require
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest
from communes.telling import told
from models_registry.arranging import verbs
from models_registry.arranging.lines import FIELDS, ArrangedLine, lines_of, read_list
from models_registry.arranging.planning import CHANGES_NOTHING
from models_registry.importing import files, kept_lists
from models_registry.importing.workbooks import Unreadable
from models_registry.views.lists import asked_of, list_of
from reports.review import arranging

LISTED = "arrangements of units"
SHOWN, LATEST = 400, 20
WITH_ITS_KIND = "Cả loại, ví dụ: Xã Chí Đám."
ASKED, HEIRS = 2, 4  # parts of one unit that there are at least, and that its form offers; more go into a workbook


class ArrangementForm(forms.Form):
    """One merger or one new name, without a workbook."""

    old = forms.CharField(
        label="Đơn vị cũ",
        max_length=2000,
        help_text="Mã hoặc tên, cách nhau bằng dấu chấm phẩy; một đơn vị thì đó là đổi tên.",
    )
    code = forms.CharField(label="Mã đơn vị mới", max_length=5, help_text="5 chữ số; có thể là mã của một đơn vị cũ.")
    name = WrittenField(label="Tên đơn vị mới", max_length=100, help_text=WITH_ITS_KIND)
    number = WrittenField(label="Nghị quyết, quyết định", max_length=150)
    day = forms.DateField(label="Từ ngày", widget=DateInput())

    def lines(self) -> list[ArrangedLine]:
        """The lines that the form says: one for each old unit."""
        said = self.cleaned_data
        names = [one.strip() for one in said["old"].split(";") if one.strip()]
        day = f"{said['day']:%d/%m/%Y}"
        return [
            ArrangedLine(row, one, said["code"], said["name"], said["number"], day) for row, one in enumerate(names, 1)
        ]


class DivisionForm(forms.Form):
    """One unit that divides among several by its hamlets, the first of them its main heir."""

    old = forms.CharField(label="Đơn vị bị chia", max_length=200, help_text="Mã hoặc tên.")
    number = WrittenField(label="Nghị quyết, quyết định", max_length=150)
    day = forms.DateField(label="Từ ngày", widget=DateInput())

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix="division")
        for place in range(1, HEIRS + 1):
            label = f"Đơn vị mới {place}" + (", kế thừa chính" if place == 1 else "")
            asked = place <= ASKED
            self.fields[f"code_{place}"] = forms.CharField(label=f"{label}: mã", max_length=5, required=asked)
            self.fields[f"name_{place}"] = WrittenField(
                label=f"{label}: tên", max_length=100, required=asked, help_text=WITH_ITS_KIND
            )
            if place > 1:
                self.fields[f"hamlets_{place}"] = forms.CharField(
                    label=f"{label}: khu dân cư theo về",
                    max_length=8000,
                    required=False,
                    help_text="Cách nhau bằng dấu chấm phẩy; khu không ghi ở đâu theo về đơn vị kế thừa chính.",
                )
            self.fields[f"with_{place}"] = forms.CharField(
                label=f"{label}: đơn vị cũ khác nhập trọn vào đây",
                max_length=2000,
                required=False,
                help_text="Mã hoặc tên, cách nhau bằng dấu chấm phẩy; phần này nhập vào một xã đang có thì ghi xã ấy.",
            )

    @property
    def unit(self) -> list[forms.BoundField]:
        """The boxes that say which unit divides, and by what."""
        return [self["old"], self["number"], self["day"]]

    @property
    def parts(self) -> Iterator[tuple[str, list[forms.BoundField], bool]]:
        """The new units: name, boxes, and whether they stand open: those that there must be and those begun."""
        for place in range(1, HEIRS + 1):
            boxes = [box for box in self if box.name.endswith(f"_{place}")]
            begun = any(box.value() or box.errors for box in boxes)
            yield f"Đơn vị mới {place}", boxes, place <= ASKED or begun

    def clean(self) -> dict[str, Any]:
        """A part has both its code and its name, or is none."""
        said: dict[str, Any] = super().clean() or {}
        for place in range(ASKED + 1, HEIRS + 1):
            parts = [said.get(f"{name}_{place}") for name in ("code", "name", "hamlets", "with")]
            if any(parts) and not all(parts[:2]):
                self.add_error(f"code_{place}" if parts[1] else f"name_{place}", "Ghi cả mã và tên của đơn vị mới này.")
        return said

    def lines(self) -> list[ArrangedLine]:
        """The lines that the form says; ``row`` is the number of the new unit."""
        said, found = self.cleaned_data, []
        by = said["number"], f"{said['day']:%d/%m/%Y}"
        for place in range(1, HEIRS + 1):
            new = said[f"code_{place}"], said[f"name_{place}"]
            if not all(new):
                continue
            main, hamlets = "x" if place == 1 else "", said.get(f"hamlets_{place}", "")
            found.append(ArrangedLine(place, said["old"], *new, *by, main, hamlets))
            others = [one.strip() for one in said[f"with_{place}"].split(";") if one.strip()]
            found += [ArrangedLine(place, one, *new, *by) for one in others]
        return found


def arrangements(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    """Seen by: a province's reviewers, for its communes, and administrators, for those of the country."""
    require(verbs.objection(request.user))
    if request.method != "POST":
        return _page(request)
    return told(request, lambda tell: _answer(request, tell), after=lambda: _page(request))


def _page(
    request: AuthenticatedHttpRequest,
    form: ArrangementForm | None = None,
    division: DivisionForm | None = None,
    **more: Any,
) -> HttpResponse:
    """The page with its forms and what was done, and what it is asked for besides."""
    context = {
        "form": form or ArrangementForm(),
        "division": division or DivisionForm(),
        "acts": arranging.acts_of(request.user)[:LATEST],
        "fields": FIELDS,
        "shown": SHOWN,
        "changes_nothing": CHANGES_NOTHING,
    }
    found, undoing = more.get("preview"), more.get("undoing")
    wrong: Any = "error" in more or (form and form.errors) or (division and division.errors)
    wrong = wrong or (found and (found.faults or found.refusal)) or (undoing and undoing.refusal)
    return render(request, "dashboard/arrangements.html", context | more, status=422 if wrong else 200)


def _answer(request: AuthenticatedHttpRequest, tell: Tell) -> HttpResponse:
    """Try a list, or carry out one that was tried."""
    now = timezone.now()
    form = ArrangementForm(request.POST) if "old" in request.POST else None
    division = DivisionForm(request.POST) if "division-old" in request.POST else None
    more: dict[str, Any] = {}
    try:
        if "lines" in request.POST:
            return _apply(request, request.POST["lines"], now, tell)
        lines, asked = _asked(request, division or form)
        more |= asked
        more["preview"] = arranging.preview(lines, request.user, now, tell) if lines else None
        more["lines"] = kept_lists.keep(lines, LISTED)
    except (ValidationError, Unreadable) as error:
        more["error"] = " ".join(getattr(error, "messages", [str(error)]))
    return _page(request, form, division, **more)


def template(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: who may arrange units. An empty workbook with one example."""
    require(verbs.objection(request.user))
    response = HttpResponse(files.empty("Sắp xếp đơn vị", FIELDS), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = 'attachment; filename="sap-xep-don-vi.xlsx"'
    return response


@require_POST
def undo_preview(request: AuthenticatedHttpRequest, pk: int) -> HttpResponseBase:
    """Seen by: who may arrange the units of that act. What taking it back would do, tried and not kept."""
    require(verbs.objection(request.user))
    change = get_object_or_404(arranging.acts_of(request.user), pk=pk)

    def answer(tell: Tell) -> HttpResponse:
        return _page(request, undoing=arranging.preview_undo(change, request.user, timezone.now(), tell))

    return told(request, answer, after=lambda: _page(request))


@require_POST
def undo(request: AuthenticatedHttpRequest, pk: int) -> HttpResponseBase:
    """Seen by: who may arrange the units of that act."""
    require(verbs.objection(request.user))
    change = get_object_or_404(arranging.acts_of(request.user), pk=pk)

    def answer(tell: Tell) -> HttpResponse:
        try:
            done = arranging.undo(change, by=request.user, now=timezone.now(), tell=tell)
            said = f" Hoạt động tiếp cùng đơn vị cũ: {len(done.reopened)} mục ghi sau đó." if done.reopened else ""
            messages.success(request, f"Đã hoàn tác: {change}.{said}")
        except Refused as refused:
            messages.error(request, str(refused.objection))
        return redirect("arrangements")

    return told(request, answer, after=lambda: _page(request))


def _asked(
    request: AuthenticatedHttpRequest, form: ArrangementForm | DivisionForm | None
) -> tuple[list[ArrangedLine], dict[str, Any]]:
    """The lines of a form or of the file, none until it leaves nothing open, and what the page asks of it.

    Raises ``ValidationError`` where there is neither.
    """
    if form:
        return (form.lines() if form.is_valid() else []), {}
    found = list_of(request, LISTED, read_list)
    return ([] if found.open_questions else lines_of(found)), asked_of(found, LISTED)


def _apply(request: AuthenticatedHttpRequest, signed: str, now: datetime, tell: Tell) -> HttpResponse:
    lines = [ArrangedLine(*one) for one in kept_lists.kept(signed, LISTED)]
    try:
        done = arranging.apply(lines, by=request.user, now=now, tell=tell)
        for one in done:
            messages.success(request, f"Đã ghi: {one.change}. Có thể hoàn tác cả lần sắp xếp bên dưới.")
    except Refused as refused:
        messages.error(request, str(refused.objection))
    return redirect("arrangements")
