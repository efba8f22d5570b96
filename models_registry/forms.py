"""Forms of the register."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from communes.forms import RegisterForm
from communes.models import Hamlet, Institution
from models_registry.models import Award, Initiative, InitiativeSite, Member, SelfManagementGroup


def active_choices(field: forms.ModelChoiceField) -> None:
    """Offer only the catalogue's rows in use."""
    field.queryset = field.queryset.filter(is_active=True)


class GroupForm(RegisterForm):
    """A group."""

    class Meta:
        model = SelfManagementGroup
        fields = [
            "kind",
            "name",
            "hamlet",
            "institution",
            "declared_members",
            "households",
            "started_on",
            "founding_decision",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            active_choices(self.fields["kind"])


class MemberForm(RegisterForm):
    """A named member."""

    class Meta:
        model = Member
        fields = ["group", "name", "position", "birth_year", "phone", "started_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = self.fields["group"]
        groups.queryset = groups.queryset.select_related("kind", "hamlet", "institution")
        groups.label_from_instance = lambda group: f"{group} ({group.seat})"


class InitiativeForm(RegisterForm):
    """An initiative and the places where it runs."""

    hamlets = forms.ModelMultipleChoiceField(
        label="Các khu dân cư thực hiện",
        queryset=Hamlet.objects.living(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    institutions = forms.ModelMultipleChoiceField(
        label="Các cơ quan, doanh nghiệp, trường học thực hiện",
        queryset=Institution.objects.living(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    whole_commune = forms.BooleanField(label="Thực hiện trên toàn xã", required=False)

    class Meta:
        model = Initiative
        fields = ["type", "name", "state", "skilful", "started_on", "decision"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            running = self.instance.sites.filter(ended_on=None)
            self.initial["hamlets"] = [s.hamlet_id for s in running if s.hamlet_id]
            self.initial["institutions"] = [s.institution_id for s in running if s.institution_id]
            self.initial["whole_commune"] = any(not s.hamlet_id and not s.institution_id for s in running)
        else:
            active_choices(self.fields["type"])

    def save(self, commit: bool = True) -> Initiative:
        """Save the initiative, add new sites from today and end those taken off."""
        with transaction.atomic():
            initiative = super().save(commit)
            wanted = {("hamlet_id", h.pk) for h in self.cleaned_data["hamlets"]}
            wanted |= {("institution_id", i.pk) for i in self.cleaned_data["institutions"]}
            if self.cleaned_data["whole_commune"]:
                wanted.add(("hamlet_id", None))
            set_sites(initiative, wanted, on=timezone.localdate())
        return initiative


def set_sites(initiative: Initiative, wanted: set[tuple[str, int | None]], *, on: Any) -> None:
    """Make ``wanted`` the living sites: pairs of column and key, ("hamlet_id", None) the whole commune."""
    for site in initiative.sites.filter(ended_on=None):
        place = ("institution_id", site.institution_id) if site.institution_id else ("hamlet_id", site.hamlet_id)
        if place in wanted:
            wanted = wanted - {place}
        else:
            site.ended_on = max(on, site.started_on or on)
            site.save()
    first = not initiative.sites.exists()
    for column, key in wanted:
        begun = (initiative.started_on or on) if first else max(on, initiative.started_on or on)
        InitiativeSite.objects.create(initiative=initiative, started_on=begun, **{column: key})


class AwardForm(RegisterForm):
    """An award."""

    class Meta:
        model = Award
        fields = ["kind", "collectives", "individuals", "awarded_on", "decision"]
