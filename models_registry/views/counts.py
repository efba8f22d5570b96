"""Counting the register: by kind, by place, between two days; the priority lists as of a day."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communes.forms import DayField
from communes.models import Commune, Hamlet, PriorityListing, Province
from communes.register import REGISTERS
from communes.requests import AuthenticatedHttpRequest, require_above_communes, require_reader
from models_registry.counting import count_by, total
from models_registry.models import GroupKind, Initiative, SelfManagementGroup
from models_registry.movements import group_movements, initiative_movements


class DayForm(forms.Form):
    """A day."""

    on = DayField(label="Đến hết ngày")


class DaysForm(DayForm):
    """A day, and an earlier one to compare with."""

    since = DayField(label="So với hết ngày")
    field_order = ["since", "on"]

    def clean(self) -> dict[str, Any]:
        """The earlier day comes first."""
        data = super().clean() or {}
        if data.get("since") and data.get("on") and data["since"] >= data["on"]:
            self.add_error("since", "Ngày so sánh phải trước ngày cuối.")
        return data


def _asked(
    form_class: type[forms.Form], request: AuthenticatedHttpRequest, initial: dict[str, date]
) -> tuple[forms.Form, dict]:
    """The form as asked, and its days: the usual ones where none were asked or what was asked is wrong."""
    form = form_class(request.GET if "on" in request.GET else None, initial=initial)
    return form, form.cleaned_data if form.is_bound and form.is_valid() else initial


class PlaceAsked:
    """Which place was asked for, within what the user may see."""

    def __init__(self, request: AuthenticatedHttpRequest) -> None:
        user = request.user
        self.asked = list(request.GET.items())  # not by the template, which would find a parameter named "items"
        require_reader(user)
        self.province: Province | None = user.home_province
        self.commune: Commune | None = user.commune
        if "commune" in request.GET:
            seen = Commune.objects.visible_to(user).select_related("province")
            self.commune = seen.named(request.GET["commune"]).first()
            if self.commune is None:
                raise Http404
            self.province = self.commune.province
        elif "province" in request.GET:
            self.province = Province.objects.visible_to(user).named(request.GET["province"]).first()
            if self.province is None:
                raise Http404

    def __str__(self) -> str:
        return str(self.commune or self.province or "Cả nước")

    @property
    def query(self) -> str:
        """How addresses name it."""
        if self.commune:
            return f"commune={self.commune.slug}"
        return f"province={self.province.slug}" if self.province else ""

    @property
    def communes(self) -> Any:
        """The communes it holds."""
        if self.commune:
            return Commune.objects.filter(pk=self.commune.pk)
        return Commune.objects.filter(province=self.province).living()


def counts(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes, provinces, the country. Groups by kind; one kind by the places below; down to the list."""
    place = PlaceAsked(request)
    form, days = _asked(DayForm, request, {"on": timezone.localdate()})
    on = days["on"]
    groups = SelfManagementGroup.objects.visible_to(request.user)
    if place.commune:
        groups = groups.filter(commune=place.commune)
    elif place.province:
        groups = groups.filter(commune__province=place.province)
    kind = GroupKind.objects.filter(code=request.GET.get("kind", "")).first()
    if kind is None:
        names = dict(GroupKind.objects.values_list("code", "name"))
        lines = [
            (line, f"?{place.query}&kind={line.key}&on={on}") for line in count_by(groups, "kind__code", names, on=on)
        ]
    else:
        lines = _below(place, kind, groups.filter(kind=kind), on)
    context = {
        "registers": REGISTERS,
        "place": place,
        "kind": kind,
        "form": form,
        "on": on,
        "lines": lines,
        "total": total([line for line, _ in lines]),
        "list_url": f"/register/groups/?kind={kind.code}&{place.query}" if kind else "",
    }
    return render(request, "register/counts.html", context)


def _below(place: PlaceAsked, kind: GroupKind, groups: Any, on: date) -> list[tuple[Any, str]]:
    if place.commune:
        hamlets: dict[int | None, str] = dict(Hamlet.objects.filter(commune=place.commune).values_list("pk", "name"))
        lines = count_by(groups, "hamlet", hamlets | {None: "Ngoài khu dân cư (toàn xã, cơ quan, trường học)"}, on=on)
        list_url = f"/register/groups/?kind={kind.code}&{place.query}"
        return [(line, f"{list_url}&hamlet={line.key}" if line.key else list_url) for line in lines]
    if place.province:
        units = {c.pk: c for c in place.communes.order_by("sort_key")}
        level, path = "commune", "commune"
    else:
        units = {p.pk: p for p in Province.objects.living()}
        level, path = "province", "commune__province"
    names = {key: str(unit) for key, unit in units.items()}
    lines = count_by(groups, path, names, on=on)
    return [(line, f"?{level}={units[line.key].slug}&kind={kind.code}&on={on}") for line in lines]


def movements(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes, provinces, the country (one province at a time). What changed between two days."""
    place = PlaceAsked(request)
    today = timezone.localdate()
    form, days = _asked(DaysForm, request, {"on": today, "since": today - timedelta(days=31)})
    context: dict[str, Any] = {"registers": REGISTERS, "place": place, "form": form, "days": days}
    if place.province is None:
        context["provinces"] = Province.objects.living()
    else:
        keys = list(place.communes.values_list("pk", flat=True))
        context["lines"] = [
            *group_movements(keys, days["since"], days["on"]),
            *initiative_movements(keys, days["since"], days["on"]),
        ]
    return render(request, "register/movements.html", context)


def listed_on(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: provinces and the country. The priority lists as of a day: who came off, who has no initiative."""
    require_above_communes(request.user)
    today = timezone.localdate()
    form, days = _asked(DaysForm, request, {"on": today, "since": today.replace(month=1, day=1) - timedelta(days=1)})
    seen = PriorityListing.objects.visible_to(request.user).select_related("commune", "hamlet")
    listed = list(seen.active_on(days["on"]))
    running = set(Initiative.objects.running_on(days["on"]).values_list("commune", flat=True).distinct())
    context = {
        "registers": REGISTERS,
        "form": form,
        "days": days,
        "listed": listed,
        "came_off": list(seen.filter(ended_on__gte=days["since"], ended_on__lt=days["on"])),
        "came_on": [one for one in listed if one.started_on > days["since"]],
        "without": [one for one in listed if one.commune_id not in running],
    }
    return render(request, "register/priority_on.html", context)
