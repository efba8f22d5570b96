"""Số liệu đã công bố: totals of a span as their sources have them, beside the sums of months."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.forms import DateInput, WrittenField
from communes.meeting import Meeting, Value, plain
from communes.models import Commune, District, Province, User
from communes.models.places import OfficialUnit
from communes.names import clean
from communes.refusals import require
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest, require_reader
from communes.saving import held_while_saving
from communes.trail.recording import Act, record
from communes.written_months import span_name
from models_registry.importing.workbooks import Unreadable, read
from reports.asking.address import place_named, place_query, units_called
from reports.asking.published import entry_table, figures_of, table_beside, things
from reports.entry.published import Publication, Source, objection, publish, span_objection
from reports.models import Home, PublishedTotal
from reports.months import Span
from reports.tables.xlsx import workbook
from reports.totals.published import beside_months, place_of
from reports.units import UnknownUnit

SHEETS_SHOWN = 30
ABOUT = ("number", "day")  # what a sheet says of its source, beside its figures
UNIT = ("province", "district", "commune")


class SheetForm(forms.Form):
    """Which sheet to open: a unit and a span."""

    unit = forms.CharField(
        label="Đơn vị",
        max_length=100,
        help_text="Tên hoặc mã; mã của đơn vị cũ thêm năm kết thúc. Ví dụ huyện Thuận Châu, 07999, 119-2025.",
    )
    span = forms.CharField(
        label="Kỳ",
        max_length=60,
        help_text="Ví dụ năm 2022, quý III/2021, 6 tháng đầu năm 2024, 1/2022–10/2022.",
    )


class SourceForm(forms.Form):
    """Where the figures of a sheet were published."""

    source = WrittenField(
        label="Nguồn", max_length=200, help_text="Ví dụ: Báo cáo tổng kết năm 2022 của Công an huyện; Báo Sơn La."
    )
    number = WrittenField(label="Số văn bản", max_length=60, required=False)
    day = forms.DateField(label="Ngày", required=False, widget=DateInput())


def index(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone who reports or reads, each what was published of her place; opens a sheet."""
    user = request.user
    require_reader(user)
    own = user.place.slug if user.place else ""
    form = SheetForm(request.GET if "unit" in request.GET else None, initial={"unit": own})
    namesakes: list[tuple[str, str]] = []
    if form.is_valid():
        units = _meant(form.cleaned_data["unit"].strip(), user)
        try:
            if len(units) > 1:
                namesakes = [(_in_full(one), urlencode(form.cleaned_data | {"unit": one.slug})) for one in units]
                form.add_error("unit", "Có nhiều đơn vị mang tên như vậy hoặc gần như vậy; hãy chọn ở dưới.")
            elif units:
                home, span = _asked(request, units[0].slug, span_name(form.cleaned_data["span"]))
                return redirect("published_sheet", home.unit.slug, str(span))
            else:
                form.add_error("unit", "Không có đơn vị mang tên hoặc mã ấy trong phạm vi của bạn.")
        except ValueError as error:
            form.add_error("span", str(error))
    seen = PublishedTotal.objects.visible_to(user)
    sheets = seen.order_by("-last", "-first", *UNIT, "span").values_list(*UNIT, "span").distinct()
    pages = Paginator(sheets, SHEETS_SHOWN).get_page(request.GET.get("page"))
    context = {"form": form, "namesakes": namesakes, "lines": _lines(seen, list(pages)), "pages": pages}
    return render(request, "published/index.html", context, status=400 if form.errors else 200)


def _meant(words: str, user: User) -> list[OfficialUnit]:
    """The units that a code or a name means; several where the name is not enough."""
    try:
        home = place_named(words.upper(), user).home
    except UnknownUnit:
        return units_called(words, user)
    return [home.unit] if home else []


def _in_full(unit: OfficialUnit) -> str:
    """The name of a unit with its province, which tells namesakes apart."""
    return f"{unit}, {unit.province}" if isinstance(unit, (Commune, District)) else str(unit)


def _lines(seen: "QuerySet[PublishedTotal]", sheets: list[tuple[Any, ...]]) -> list[tuple[Home, Span, int, list[str]]]:
    """Unit, span, number of figures and sources of some sheets; one query."""
    asked = [Q(**dict(zip((*UNIT, "span"), one, strict=True))) for one in sheets]
    found: dict[tuple[Home, str], list[PublishedTotal]] = {}
    for total in PublishedTotal.objects.named().filter(reduce(or_, asked), pk__in=seen) if asked else ():
        found.setdefault((total.home, total.span), []).append(total)
    return [
        (home, place_of(home).span(span), len(totals), list(dict.fromkeys(one.cited for one in totals)))
        for (home, span), totals in found.items()
    ]


def sheet(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: whoever sees the unit. Its published totals of a span; those who answer for it keep them."""
    home, asked = _sheet_or_404(request, unit, span)
    with held_while_saving(request, Province, home.province.pk):
        return _sheet(request, home, asked)


def _sheet(request: AuthenticatedHttpRequest, home: Home, asked: Span) -> HttpResponse:
    now = timezone.now()
    refusal = objection(home, request.user) or span_objection(home, asked, now)
    source = SourceForm(request.POST or None, initial=_last_source(request, home, asked))
    errors: dict[str, Any] = {}
    meeting = _meeting(request, home, asked, source, {})
    if request.method == "POST":
        require(refusal)
        try:
            uploaded = _uploaded(request)
            meeting = _meeting(request, home, asked, source, uploaded)
            source = _put_in(source, meeting)
            figures = _figures(request, meeting, uploaded)
            if source.is_valid() and not meeting.clashing:
                words = source.cleaned_data
                where = Source(words["source"], words["number"], words["day"])
                outcome = publish(home, asked, where, figures, by=request.user, now=now)
                if uploaded:
                    _tell(home, asked, outcome, request.user)
                told = meeting.told(_labels())
                messages.success(request, f"Đã lưu số liệu đã công bố: {outcome.sentence}. {told}".strip())
                return redirect("published_sheet", home.unit.slug, str(asked))
        except Unreadable as error:
            source.add_error(None, str(error))
        except ValidationError as error:
            errors = dict(error.message_dict)
            for name in [name for name in errors if name in source.fields]:
                source.add_error(name, errors.pop(name))
    known = list(PublishedTotal.objects.of(home).named().filter(span=str(asked)))
    context = {
        "home": home,
        "span": asked,
        "refusal": refusal,
        "dashboard_url": f"/dashboard/?{urlencode(place_query(place_of(home)) | {'span': str(asked)})}",
        "source": source,
        "table": table_beside(home, asked, beside_months(home, asked, known, now)),
        "errors": [(*_box(key), words) for key, words in errors.items()],
        "meeting": meeting,
        "sections": _boxes(meeting, errors) if not refusal else [],
    }
    status = 409 if meeting.clashing else 422 if errors or source.errors else 200
    return render(request, "published/sheet.html", context, status=status)


def _tell(home: Home, span: Span, outcome: Publication, by: User) -> None:
    written = len([*outcome.new, *outcome.changed, *outcome.removed])
    place = home.commune or home.province
    record(Act.IMPORT, f"Số liệu đã công bố {span}", by=by, place=place, rows=written)


def _labels() -> dict[str, str]:
    """Name of a box → what it is for."""
    own = {name: str(SourceForm.base_fields[name].label) for name in ABOUT}
    return own | {f"f-{one.key}": one.name for _, members in things() for one in members}


def _meeting(
    request: AuthenticatedHttpRequest, home: Home, span: Span, source: SourceForm, uploaded: dict[str, str]
) -> Meeting:
    """What stands of the source, and where a form came, its boxes or its file put together with it.

    Of another source than the one that was shown nothing was read: what stands of it and is not typed stays.
    """
    chosen = clean(str((source.data if source.is_bound else source.initial).get("source") or ""))
    kept = list(PublishedTotal.objects.of(home).named().filter(span=str(span), source=chosen)) if chosen else []
    texts = {f"f-{one.key}": one.text for one in kept}
    last_kept = max(kept, key=lambda one: one.at, default=None)
    texts |= {"number": last_kept.number, "day": str(plain(last_kept.day))} if last_kept else {}
    stored: dict[str, Value] = {name: texts.get(name, "") for name in _labels()}
    if request.method != "POST":
        return Meeting(stored, of=chosen)
    given = {name: plain(request.POST.get(name, "")) for name in stored}
    if request.FILES.get("file"):
        given |= {name: uploaded.get(name, text) for name, text in stored.items() if name not in ABOUT}
    meeting = Meeting(stored, given, request.POST, of=chosen)
    if meeting.clashing:
        last = max(((one.by, one.at) for one in kept), key=lambda one: one[1], default=None)
        meeting.tell(_labels(), last, request.user)
    return meeting


def _put_in(source: SourceForm, meeting: Meeting) -> SourceForm:
    """The source with what another saved of its number and day since it was shown."""
    taken = {name: str(meeting.values[name]) for name in ABOUT if name in meeting.taken}
    return SourceForm(dict(source.data.items()) | taken, initial=source.initial) if taken else source


def template(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: whoever sees the unit. The sheet as a workbook that is filled in and uploaded again."""
    home, asked = _sheet_or_404(request, unit, span)
    known = PublishedTotal.objects.of(home).named().filter(span=str(asked))
    source = request.GET.get("source") or next((one.source for one in known), "")
    table = entry_table(home, asked, [one for one in known if one.source == source])
    response = HttpResponse(workbook([table]), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="cong-bo-{home.unit.slug}-{asked}.xlsx"'
    return response


def _asked(request: AuthenticatedHttpRequest, unit: str, span: str) -> tuple[Home, Span]:
    """Raises :class:`UnknownUnit`, or ``ValueError`` with a sentence for what is no span."""
    place = place_named(unit, request.user)
    if place.home is None:
        raise UnknownUnit(unit)
    return place.home, place.span(span)


def _sheet_or_404(request: AuthenticatedHttpRequest, unit: str, span: str) -> tuple[Home, Span]:
    if request.user.is_administrator:
        raise Http404
    try:
        return _asked(request, unit, span)
    except (UnknownUnit, ValueError) as error:
        raise Http404 from error


def _last_source(request: AuthenticatedHttpRequest, home: Home, span: Span) -> dict[str, str | date | None]:
    """The source of the address, or the one kept last, so that its figures can be corrected."""
    rows = PublishedTotal.objects.of(home).filter(span=str(span)).order_by("-at", "-pk")
    if "source" in request.GET:
        rows = rows.filter(source=request.GET["source"])
    last = rows.first()
    return {"source": last.source, "number": last.number, "day": last.day} if last else {}


def _uploaded(request: AuthenticatedHttpRequest) -> dict[str, str]:
    """The figures of a workbook that was sent, by their boxes. Raises ``Unreadable`` or ``ValidationError``."""
    file = request.FILES.get("file")
    if not file:
        return {}
    return {f"f-{key}": text for key, text in figures_of(read(file.name or "", file.read())).items()}


def _figures(request: AuthenticatedHttpRequest, meeting: Meeting, uploaded: dict[str, str]) -> dict[str, str]:
    """The figures that were sent, of a workbook where there is one, else of the boxes, as they were put together."""
    given = uploaded or {name: str(text) for name, text in request.POST.items() if name.startswith("f-")}
    given |= {name: str(meeting.values[name]) for name in given.keys() & meeting.values.keys()}
    given |= {name: str(meeting.values[name]) for name in meeting.taken if name not in ABOUT}
    return {name.removeprefix("f-"): text for name, text in given.items()}


def _boxes(meeting: Meeting, errors: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, str, Value, str]]]]:
    """Sections of boxes: key, name, unit, text, and what is wrong with it."""
    return [
        (
            section,
            [
                (key, name, unit, meeting.values[f"f-{key}"], " ".join(errors.get(key, [])))
                for key, name, unit in members
            ],
        )
        for section, members in things()
    ]


def _box(key: str) -> tuple[str, str]:
    """The box that an error is about, of an indicator or the file, and its name."""
    found = (one.name for _, members in things() for one in members if one.key == key)
    return next(((f"f-{key}", name) for name in found), ("file", "Tệp"))
