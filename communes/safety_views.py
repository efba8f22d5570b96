"""The page of the yearly standard."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes import safety
from communes.forms import DayField
from communes.meeting import Meeting, plain
from communes.models import Commune
from communes.refusals import require
from communes.register import REGISTERS, objection
from communes.register.years import year_asked, year_shown
from communes.requests import AuthenticatedHttpRequest, require_reader
from communes.saving import held_while_saving
from communes.years import FIRST, LAST

TICKS = ("registered", "recognised")


class YearForm(forms.Form):
    """Which year, and the days newly ticked units get."""

    year = forms.IntegerField(min_value=FIRST, max_value=LAST, widget=forms.HiddenInput)
    registered_on = DayField(label="Ngày đăng ký của các mục mới đánh dấu")
    recognised_on = DayField(label="Ngày công nhận của các mục mới đánh dấu")


def year(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes tick their units; the province and the country read every commune's standing."""
    today = timezone.localdate()
    chosen = year_shown(request, today.year)
    context = {"registers": REGISTERS, "year": chosen, "needed": safety.NEEDED_RECOGNISED}
    require_reader(request.user)
    if request.user.is_commune:
        return _own_year(request, chosen, today, context)
    if request.method == "POST":
        require(objection(request.user))
    communes = list(Commune.objects.visible_to(request.user).living().order_by("province__code", "sort_key"))
    found = safety.standings(communes, chosen, on=today)
    context["lines"] = [(commune, found[commune.pk]) for commune in communes]
    context["meeting"] = sum(one.meets for one in found.values())
    return render(request, "register/safety_province.html", context)


def _meeting(request: AuthenticatedHttpRequest, commune: Commune, chosen: int, today: date) -> Meeting:
    """The ticks that stand, and where a form came, its ticks put together with them."""
    records = [(line.key, line.record) for line in safety.lines(commune, chosen, on=today) if line.record]
    stored = {
        "registered": plain([key for key, _ in records]),
        "recognised": plain([key for key, record in records if record.recognised_on]),
    }
    if request.method != "POST":
        return Meeting(stored)
    return Meeting(stored, {name: plain(request.POST.getlist(name)) for name in TICKS}, request.POST)


def _own_year(request: AuthenticatedHttpRequest, chosen: int, today: date, context: dict[str, Any]) -> HttpResponse:
    """The commune's own units, each to be ticked; what another ticked meanwhile stays ticked."""
    with held_while_saving(request, Commune, request.user.own_commune.pk):
        return _ticking(request, chosen, today, context)


def _ticking(request: AuthenticatedHttpRequest, chosen: int, today: date, context: dict[str, Any]) -> HttpResponse:
    commune = request.user.own_commune
    initial = {"year": chosen, "registered_on": today, "recognised_on": today}
    form = YearForm(request.POST or None, initial=initial)
    meeting = _meeting(request, commune, year_asked(request.POST.get("year", ""), chosen), today)
    ticked = {name: set(meeting.values[name]) for name in TICKS}
    if request.method == "POST" and form.is_valid():
        try:
            count = safety.tick(
                commune,
                form.cleaned_data["year"],
                **ticked,
                by=request.user,
                now=timezone.now(),
                on=today,
                registered_on=form.cleaned_data["registered_on"],
                recognised_on=form.cleaned_data["recognised_on"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            told = meeting.told({"registered": "dấu đăng ký", "recognised": "dấu công nhận đạt"})
            messages.success(request, f"Đã cập nhật {count} đơn vị. {told}".strip())
            return redirect(f"{request.path}?year={form.cleaned_data['year']}")
    if not form.is_bound:
        form.initial["year"] = chosen
    context |= {
        "form": form,
        "meeting": meeting,
        "lines": [
            (line, line.key in ticked["registered"], line.key in ticked["recognised"])
            if form.is_bound
            else (line, bool(line.record), bool(line.record and line.record.recognised_on))
            for line in safety.lines(commune, chosen, on=today)
        ],
        "standing": safety.standings([commune], chosen, on=today)[commune.pk],
    }
    return render(request, "register/safety_year.html", context, status=422 if form.errors else 200)
