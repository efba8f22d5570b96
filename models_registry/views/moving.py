"""The page on which a hamlet, a group or an initiative is moved elsewhere from a day: where to, what moves, do it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from communes.forms import DayField, WrittenField
from communes.models import Commune, Hamlet, Institution
from communes.refusals import Refused, require
from communes.register import REGISTERS
from communes.requests import AuthenticatedHttpRequest
from models_registry.arranging import moving as verbs
from models_registry.models import Initiative, InitiativeSite, SelfManagementGroup

MOVABLE: dict[str, Any] = {"hamlets": Hamlet, "groups": SelfManagementGroup, "initiatives": Initiative}
WHOLE = "whole"


class MovingForm(forms.Form):
    """Where to within a commune, by which decision, from which day."""

    site = forms.ChoiceField(label="Điểm chuyển đi")
    seat = forms.ChoiceField(label="Nơi đến")
    day = DayField(label="Có hiệu lực từ ngày")
    decision = WrittenField(label="Số nghị quyết, quyết định", max_length=150)

    def __init__(self, *args: Any, row: Any, commune: Commune, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.commune = row, commune
        self.here = commune.pk == row.commune_id
        self.places: dict[str, Any] = {WHOLE: None}
        for letter, model in (("h", Hamlet), ("i", Institution)):
            self.places |= {f"{letter}{one.pk}": one for one in model.objects.lying_in(commune).living()}
        self.sites = {str(one.pk): one for one in _sites(row)} if self.here else {}
        self._choose("seat", {} if isinstance(row, Hamlet) else self.places)
        self._choose("site", self.sites)

    def _choose(self, name: str, offered: dict[str, Any]) -> None:
        if not offered:
            del self.fields[name]
            return
        label = "toàn xã"
        choices = [(key, str(getattr(one, "place", one) if one else label)) for key, one in offered.items()]
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "– chọn –"), *choices]

    @property
    def what(self) -> Any:
        """What moves: the row, or one of its sites."""
        return self.sites[self.cleaned_data["site"]] if self.sites else self.row

    @property
    def destination(self) -> verbs.Destination:
        """Where to."""
        place = self.places[self.cleaned_data.get("seat") or WHOLE]
        return verbs.Destination(
            self.commune,
            place if isinstance(place, Hamlet) else None,
            place if isinstance(place, Institution) else None,
        )


def _sites(row: Any) -> list[InitiativeSite]:
    if not isinstance(row, Initiative):
        return []
    found = InitiativeSite.objects.filter(initiative=row, ended_on=None)
    return list(found.select_related("initiative__commune__province", "hamlet", "institution"))


def move(request: AuthenticatedHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Seen by: the row's own commune, within it; the province's reviewer, to another commune."""
    rows = MOVABLE[slug].objects.visible_to(request.user).select_related("commune__province")
    row = get_object_or_404(rows, pk=pk)
    require(verbs.objection(row, request.user))
    communes = list(Commune.objects.visible_to(request.user).living().exclude(pk=row.commune_id).order_by("sort_key"))
    communes = [row.commune] if request.user.is_commune else communes
    wanted = request.POST.get("commune") or request.GET.get("commune", "")
    commune = communes[0] if request.user.is_commune else next((one for one in communes if one.slug == wanted), None)
    context: dict[str, Any] = {
        "registers": REGISTERS,
        "slug": slug,
        "row": row,
        "communes": communes,
        "commune": commune,
        "kind": row._meta.verbose_name,
    }
    if commune is None:
        if wanted:
            messages.error(request, f"Không có xã “{wanted[:20]}” trong số các xã nhận được; hãy chọn lại.")
        return render(request, "register/move.html", context, status=422 if wanted else 200)
    form = context["form"] = MovingForm(request.POST or None, row=row, commune=commune)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        order = verbs.Order(said["day"], said["decision"], request.user, timezone.now())
        try:
            if "confirm" in request.POST:
                change, _ = verbs.move(form.what, form.destination, order)
                messages.success(request, f"Đã ghi: {change}.")
                return redirect(f"register_{slug}")
            context["counts"] = verbs.counted(verbs.preview(form.what, form.destination, order)).most_common()
            context["words"] = verbs.words(form.what, form.destination)
        except Refused as refused:
            form.add_error(None, str(refused.objection))
        except ValidationError as error:
            form.add_error("day" if "day" in getattr(error, "error_dict", {}) else None, error.messages)
    return render(request, "register/move.html", context, status=422 if form.errors else 200)
