"""The life of initiatives: steps, spread, ratings, the province's typical ones."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.forms import DayField, WrittenField, offer
from communes.models import Commune, Hamlet, Institution, User
from communes.refusals import Forbidden, Refused, require
from communes.register import REGISTERS, objection
from communes.register.years import before_its_time, year_asked, year_shown
from communes.requests import AuthenticatedHttpRequest, require_above_communes
from communes.saving import held_while_saving, save
from models_registry.initiatives import STEPS, Step, spread, take_step
from models_registry.initiatives import objection as step_objection
from models_registry.models import Initiative, InitiativeRating, InitiativeSite, InitiativeType
from models_registry.ratings import rate_initiatives
from models_registry.spread_drawing import draw
from models_registry.views.teams import ratings_met


class StepForm(forms.Form):
    """One step: its day, decision and note; where it spreads to, for replicating."""

    day = DayField(label="Ngày")
    decision = WrittenField(label="Số quyết định, văn bản", max_length=150, required=False)
    note = WrittenField(label="Ghi chú", max_length=300, required=False)
    origin = forms.ModelChoiceField(
        label="Nhân rộng từ điểm",
        queryset=InitiativeSite.objects.none(),
        required=False,
        empty_label="– điểm đầu tiên –",
    )
    hamlets = forms.ModelMultipleChoiceField(
        label="Đến các khu dân cư", queryset=Hamlet.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    institutions = forms.ModelMultipleChoiceField(
        label="Đến các cơ quan, doanh nghiệp, trường học",
        queryset=Institution.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, initiative: Initiative, step: str, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step == Step.DISCONTINUE:
            self.fields["note"].label = "Lý do thanh loại"
            self.fields["note"].required = True
            self.fields["day"].label = "Hoạt động đến hết ngày"
        if step != Step.REPLICATE:
            for name in ("origin", "hamlets", "institutions"):
                del self.fields[name]
            return
        living = initiative.sites.filter(ended_on=None)
        offer(self, "origin", living.select_related("hamlet", "institution"), lambda site: site.place)
        hamlets, institutions = Hamlet.objects.visible_to(user).living(), Institution.objects.visible_to(user).living()
        offer(self, "hamlets", hamlets.exclude(pk__in=living.exclude(hamlet=None).values("hamlet")))
        offer(self, "institutions", institutions.exclude(pk__in=living.exclude(institution=None).values("institution")))


def life(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the initiative. Its steps, what may be done next, the tree of its spread."""
    seen = Initiative.objects.visible_to(request.user).select_related("commune", "type", "origin__commune")
    initiative = get_object_or_404(seen, pk=pk)
    on = initiative.ended_on or timezone.localdate()
    standing = initiative.sites.all().active_on(on)
    tree = spread(initiative)
    may_mark = request.user.reviews(initiative.commune.province) and not initiative.ended_on
    context = {
        "registers": REGISTERS,
        "initiative": initiative,
        "steps": initiative.steps.select_related("by"),
        "next": [
            (step, label, step_objection(initiative, step, request.user)) for step, (_, _, label) in STEPS.items()
        ],
        "tree": tree,
        "drawing": draw(tree),
        "sites": standing.count(),
        "hamlets": Hamlet.objects.filter(commune=initiative.commune).active_on(on).count(),
        "hamlet_sites": standing.exclude(hamlet=None).values("hamlet").distinct().count(),
        "on": on,
        "ratings": initiative.ratings.all(),
        "may_mark": may_mark,
    }
    return render(request, "register/initiative_life.html", context)


def step(request: AuthenticatedHttpRequest, pk: int, step: str) -> HttpResponse:
    """Seen by: the initiative's own commune. Ask for the day and decision of a step, then take it."""
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    require(step_objection(initiative, step, request.user))
    form = StepForm(
        request.POST or None,
        initiative=initiative,
        step=step,
        user=request.user,
        initial={"day": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            take_step(initiative, step, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error) if not hasattr(error, "error_dict") else _add(form, error)
        else:
            messages.success(request, f"Đã ghi: {STEPS[step][2]} – {initiative}.")
            return redirect("register_initiatives_life", pk=pk)
    context = {"registers": REGISTERS, "initiative": initiative, "form": form, "label": STEPS[step][2]}
    return render(request, "register/initiative_step.html", context, status=422 if form.errors else 200)


def _add(form: forms.Form, error: ValidationError) -> None:
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


def ratings(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes rate all their initiatives of a year on one page."""
    require(objection(request.user))
    with held_while_saving(request, Commune, request.user.own_commune.pk):
        return _rating(request)


def _rating(request: AuthenticatedHttpRequest) -> HttpResponse:
    today = timezone.localdate()
    year = year_asked(request.POST.get("year", ""), year_shown(request, today.year))
    commune = request.user.own_commune
    ratings = InitiativeRating.objects.filter(initiative__commune=commune, year=year)
    rated = {one.initiative_id: one.grade for one in ratings}
    first, last = today.replace(year=year, month=1, day=1), today.replace(year=year, month=12, day=31)
    rows = Initiative.objects.filter(commune=commune).active_during(first, last).select_related("type")
    labels = {f"i{row.pk}": f"Đánh giá {row}" for row in rows}
    stored = {f"i{row.pk}": rated.get(row.pk, "") for row in rows}
    meeting = ratings_met(request, stored, ratings, labels, InitiativeRating.Grade)
    if request.method == "POST" and not meeting.clashing:
        grades = {key: str(grade) for key, grade in meeting.values.items()}
        count = rate_initiatives(commune, year, grades, by=request.user, now=timezone.now())
        messages.success(request, f"Đã cập nhật đánh giá của {count} mô hình. {meeting.told(labels)}".strip())
        return redirect(f"{request.path}?year={year}")
    context = {
        "registers": REGISTERS,
        "year": year,
        "before": before_its_time(commune, year),
        "grades": InitiativeRating.Grade.choices,
        "lines": [(row, meeting.values[f"i{row.pk}"]) for row in rows],
        "meeting": meeting,
    }
    return render(request, "register/initiative_ratings.html", context, status=409 if meeting.clashing else 200)


def typical(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: provinces and the country. The typical initiatives, and which communes have none."""
    require_above_communes(request.user)
    chosen = (
        Initiative.objects.visible_to(request.user)
        .living()
        .filter(typical_since__isnull=False)
        .select_related("commune", "type")
        .order_by("commune__sort_key", "sort_key")
    )
    communes = Commune.objects.visible_to(request.user).living()
    running = Initiative.objects.running_on(timezone.localdate())
    context = {
        "registers": REGISTERS,
        "typical": chosen,
        "without": communes.exclude(pk__in=chosen.order_by().values("commune")).order_by("sort_key"),
        "without_any": communes.exclude(pk__in=running.values("commune")).order_by("sort_key"),
        "communes": communes.count(),
        "types": InitiativeType.objects.filter(pk__in=running.visible_to(request.user).values("type")).count(),
    }
    return render(request, "register/typical.html", context)


@require_POST
def mark_typical(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: provinces. Put an initiative on the list of typical ones, or take it off."""
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    if not request.user.reviews(initiative.commune.province):
        raise Refused(Forbidden("Cán bộ duyệt cấp tỉnh chọn mô hình điển hình."))
    initiative.typical_since = None if initiative.typical_since else timezone.localdate()
    save(initiative, by=request.user, now=timezone.now())
    said = "Đã đưa vào" if initiative.typical_since else "Đã đưa ra khỏi"
    messages.success(request, f"{said} danh sách mô hình điển hình: {initiative}.")
    return redirect("register_initiatives_life", pk=pk)
