"""Đơn vị cũ: what a place was made of before, each with its pages and what it went into."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes import warrants as verbs
from communes.forms import DateInput, offer
from communes.keys import row_key
from communes.models import Commune, District, OfficialUnit, Province, UnitSuccession, User
from communes.refusals import require
from communes.requests import AuthenticatedHttpRequest, require_reader
from communes.written_months import span_name
from reports.asking.address import place_asked, place_query, summary_asked
from reports.filters import SpanForm
from reports.months import Month
from reports.tables.table import Cell, Column, Table
from reports.totals.place import Place
from reports.totals.rows import indicator_rows, weapon_rows
from reports.totals.summary import Summary
from reports.units import OFFICE, Unit, UnknownUnit
from reports.views.places import unit_or_404

LISTED_ON = (
    "Theo danh sách ngày 30/06/2025: hệ thống không biết đơn vị nào đã kết thúc trước ngày ấy, "
    "trừ đơn vị được ghi thêm."
)


class FormerUnit(NamedTuple):
    """One former unit: its page of totals, its months and published totals where it is seen, what it went into."""

    name: str
    dashboard: str = ""
    below: str = ""
    months: str = ""
    published: str = ""
    heirs: str = ""


def former(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone who reports or reads, each the former units of her place."""
    require_reader(request.user)
    try:
        place = place_asked(request.GET.dict(), request.user)
    except UnknownUnit as error:
        raise Http404 from error
    now = timezone.now()
    title, rows = _listed(place, request)
    above = f"/dashboard/?{urlencode(place_query(place))}"
    context = {"place": place, "title": title, "rows": rows, "above": above, "note": LISTED_ON, "now": now}
    return render(request, "dashboard/former.html", context)


def _listed(place: Place, request: AuthenticatedHttpRequest) -> tuple[str, list[FormerUnit]]:
    """What the list is of, and its rows."""
    if place.commune:
        return "Xã, phường, thị trấn đã nhập vào", _predecessors(place.commune, request)
    if place.district:
        return "Xã, phường, thị trấn của huyện", _communes(Commune.objects.filter(district=place.district))
    if place.province and place.province.ended_on:
        districts = District.objects.filter(province=place.province).exclude(ended_on=None).order_by("sort_key")
        return "Huyện, quận, thị xã, thành phố của tỉnh", [_row(one) for one in districts]
    provinces = Province.objects.exclude(ended_on=None).select_related("heir").order_by("code")
    if place.province:
        provinces = provinces.filter(heir=place.province)
    return "Tỉnh, thành phố đã nhập vào", [_row(one, str(one.heir or "")) for one in provinces]


def _communes(communes: "QuerySet[Commune]") -> list[FormerUnit]:
    """Former communes with what each went into."""
    rows = list(communes.exclude(ended_on=None).order_by("sort_key"))
    links = UnitSuccession.objects.filter(predecessor__in=rows).select_related("successor").order_by("-main", "pk")
    into: dict[int, list[str]] = {}
    for link in links:
        into.setdefault(link.predecessor_id, []).append(f"{link.successor}{'' if link.whole else ' (một phần)'}")
    return [_row(one, ", ".join(into.get(one.pk, []))) for one in rows]


def _predecessors(commune: Commune, request: AuthenticatedHttpRequest) -> list[FormerUnit]:
    """The former communes of one of today; of those that it is not the main heir of the totals alone."""
    links = UnitSuccession.objects.filter(successor=commune).select_related("predecessor").order_by("-main", "pk")
    seen = set(
        Commune.objects.visible_to(request.user).filter(successions__successor=commune).values_list("pk", flat=True)
    )
    rows = []
    for link in links:
        how = "toàn bộ" if link.whole else "một phần, kế thừa chính" if link.main else "một phần"
        old = link.predecessor
        rows.append(_row(old, how) if old.pk in seen else FormerUnit(str(old), dashboard=_totals_of(old), heirs=how))
    return rows


def _totals_of(old: Commune) -> str:
    return f"/dashboard/former/totals/?commune={old.slug}&span={_last_year(old)}"


def totals(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: who sees the former commune, and the commune into which it went in part: totals and nothing below."""
    require_reader(request.user)
    given = {name: request.GET[name] for name in SpanForm.base_fields if request.GET.get(name)}
    given["span"] = span_name(given.get("span", ""))
    try:
        place = place_asked(given, request.user, parts=True)
        if place.commune is None or place.commune.ended_on is None:
            raise Http404
        summary, _ = summary_asked(given, request.user, timezone.now(), parts=True)
    except UnknownUnit as error:
        raise Http404 from error
    except ValidationError as error:
        assert place.commune
        messages.error(request, " ".join(error.messages))
        return redirect(_totals_of(place.commune))
    shown = {"place": place, "tables": _tables(summary), "summary": summary}
    return render(request, "dashboard/former_totals.html", shown)


def _tables(summary: Summary) -> list[Table]:
    """The totals of a former commune: finished numbers that lead to nothing below them."""
    span = summary.span
    heads = [Column("Chỉ tiêu", numeric=False), Column("ĐVT", numeric=False), Column(span.title.capitalize())]
    heads += [Column("Kỳ trước"), Column("Cùng kỳ năm trước")]
    found = [
        Table(title, heads, [[Cell(row.name), Cell(row.unit), *map(Cell, _values(row))] for row in rows])
        for title, rows in (
            ("Chỉ tiêu", indicator_rows(summary, "indicator")),
            ("Vũ khí, vật liệu nổ, công cụ hỗ trợ", weapon_rows(summary)[0]),
        )
    ]
    return [table for table in found if table.rows]


def _values(row: Any) -> tuple[Any, ...]:
    return row.value, row.previous, row.same_span_last_year


def _row(unit: OfficialUnit, heirs: str = "") -> FormerUnit:
    kind = {Province: "province", District: "district"}.get(type(unit), "commune")
    year = _last_year(unit)
    return FormerUnit(
        str(unit),
        dashboard=f"/dashboard/?{kind}={unit.slug}&span={year}",
        below=f"/dashboard/former/?{kind}={unit.slug}" if kind != "commune" else "",
        months={"province": f"/reports/{OFFICE}{unit.slug}/", "commune": f"/reports/{unit.slug}/"}.get(kind, ""),
        published=f"/published/{unit.slug}/{year}/",
        heirs=heirs,
    )


def _last_year(unit: OfficialUnit) -> int:
    """The last reporting year that was whole when the unit ended, or the year of its end."""
    assert unit.ended_on
    last = Month.of(unit.ended_on)
    return last.year if last.number == 12 else last.year - 1


class WarrantForm(forms.Form):
    """Who enters for a former commune, and until when."""

    person = forms.ModelChoiceField(User.objects.none(), label="Người được giao", empty_label="– chọn –")
    until = forms.DateField(label="Đến hết ngày", widget=DateInput())

    def __init__(self, *args: Any, place: Commune | Province, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", verbs.may_be_named(place), lambda user: f"{user} ({user.place})")


def warrants_of(unit: Unit, user: User) -> dict[str, Any]:
    """Who may enter for a former unit, and for its reviewers the form that names them."""
    place = unit.commune or unit.province
    if place.ended_on is None:
        return {}
    held = place.warrants.in_force(timezone.localdate())
    form = None if verbs.objection(place, user) else WarrantForm(place=place)
    return {"warrants": held.select_related("person"), "warrant_form": form}


@require_POST
def entrust(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: the reviewers of the province. Name who enters for a former unit until a day, or take it back."""
    found, now = unit_or_404(request, unit), timezone.localtime()
    place = found.commune or found.province
    require(verbs.objection(place, request.user))
    if key := row_key(request.POST.get("withdraw", "")):
        held = get_object_or_404(place.warrants.all(), pk=key)
        verbs.withdraw(held, by=request.user, now=now)
        messages.success(request, f"Đã thôi giao cho {held.person}.")
        return redirect("months", unit)
    form = WarrantForm(request.POST, place=place)
    if form.is_valid():
        person, until = form.cleaned_data["person"], form.cleaned_data["until"]
        verbs.entrust(place, person, until, by=request.user, now=now)
        messages.success(request, f"Đã giao cho {person} nhập đến hết ngày {until:%d/%m/%Y}.")
    else:
        messages.error(request, " ".join(str(words) for errors in form.errors.values() for words in errors))
    return redirect("months", unit)
