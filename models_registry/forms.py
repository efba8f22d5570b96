"""Forms of the register."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.forms import DayField, EndForm, FoldedBoxes, RegisterForm, WrittenField, offer
from communes.history import last_written
from communes.keys import row_key
from communes.meeting import Writer
from communes.models import Commune, Hamlet, Institution, User
from models_registry import sites
from models_registry.models import (
    Award,
    FestivalDay,
    GroupKind,
    Initiative,
    InitiativeType,
    Member,
    Person,
    SelfManagementGroup,
)
from models_registry.roster import check_since, enlist, resize, tidy_phone


class GroupForm(RegisterForm):
    """A group. New declared numbers count from a day; without one they correct what stood there."""

    lies_in = "hamlet"

    size_since = DayField(
        label="Số mới tính từ ngày",
        required=False,
        help_text="Khi số thành viên hoặc số hộ thay đổi. Để trống nếu chỉ sửa số ghi nhầm.",
    )

    class Meta:
        model = SelfManagementGroup
        fields = [
            "kind",
            "name",
            "hamlet",
            "institution",
            "declared_members",
            "households",
            "size_since",
            "started_on",
            "founding_decision",
            "meets",
            "last_met_on",
            "covenant_on",
            "also_hamlets",
            "border_communes",
        ]
        widgets = {"also_hamlets": FoldedBoxes, "border_communes": FoldedBoxes}
        help_texts = {"border_communes": "Với cụm giáp ranh."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.user.commune
        offer(self, "also_hamlets", Hamlet.objects.visible_to(self.user).standing_with(home))
        neighbours = Commune.objects.standing_with(home).filter(province=self.user.home_province)
        others = neighbours.exclude(pk=self.user.commune_id) if self.user.commune_id else neighbours
        offer(self, "border_communes", others.order_by("sort_key"))
        if not self.instance.pk:
            offer(self, "kind", GroupKind.objects.filter(is_active=True))
            del self.fields["size_since"]
        self.former = (self.instance.declared_members, self.instance.households)

    def clean_size_since(self) -> Any:
        """New numbers begin after the group did."""
        since = self.cleaned_data["size_since"]
        if since:
            check_since(self.instance, since)
        return since

    def save(self, commit: bool = True) -> SelfManagementGroup:
        """Save, and keep the former numbers where new ones count from a day."""
        with transaction.atomic():
            group = super().save(commit)
            since = self.cleaned_data.get("size_since")
            if since and self.former != (group.declared_members, group.households):
                resize(group, former=self.former, since=since)
        return group


class DissolveForm(EndForm):
    """Dissolving a group."""

    ended_on = DayField(label="Hoạt động đến hết ngày")
    dissolving_decision = WrittenField(label="Quyết định giải thể", max_length=150, required=False)


class MemberForm(RegisterForm):
    """A named member: the person, and how they serve."""

    lies_in = "group"

    person = forms.ModelChoiceField(queryset=Person.objects.all(), required=False, widget=forms.HiddenInput)
    name = Person._meta.get_field("name").formfield()
    sex = Person._meta.get_field("sex").formfield()
    birth_year = Person._meta.get_field("birth_year").formfield()
    phone = Person._meta.get_field("phone").formfield()

    class Meta:
        model = Member
        fields = [
            "person",
            "group",
            "name",
            "sex",
            "birth_year",
            "phone",
            "position",
            "started_on",
            "decision",
            "trained_on",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = SelfManagementGroup.objects.visible_to(self.user).standing_with(self.user.commune)
        groups = groups.select_related("kind", "hamlet", "institution")
        if self.instance.pk:
            groups |= SelfManagementGroup.objects.filter(pk=self.instance.group_id)
        offer(self, "group", groups, lambda group: f"{group} ({group.seat})")
        known = self.known_person()
        if known:
            for name in PERSON_FIELDS:
                self.initial.setdefault(name, getattr(known, name))
            self.named = str(known)
        if known and known.phone and (self.instance.pk or not self.is_bound):  # a row's form carries what is stored
            self.revealed = self.named

    def writers(self) -> list[Writer]:
        """Of the membership, and of the person."""
        return super().writers() + [found for found in [last_written(self.instance.person)] if found]

    def known_person(self) -> Person | None:
        """Whose membership this is: the row's person, or the one named in the address."""
        if self.instance.pk:
            return self.instance.person
        key = row_key(str(self.data.get("person") or self.initial.get("person") or ""))
        return Person.objects.visible_to(self.user).filter(pk=key).first() if key else None

    def clean_phone(self) -> str:
        """Forgive blanks, dots, +84 and the zero that spreadsheets lose."""
        return tidy_phone(self.cleaned_data["phone"])

    def _post_clean(self) -> None:
        """Check the person with the membership, so that every complaint is beside its field."""
        person = self.known_person() or Person(commune=self.user.commune)
        for name in PERSON_FIELDS:
            if name in self.cleaned_data:
                setattr(person, name, self.cleaned_data[name])
        self.cleaned_data["person"] = self.instance.person = person
        try:
            person.clean_fields(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error)
        super()._post_clean()

    def _get_validation_exclusions(self) -> set[str]:
        """A new person has no key yet."""
        excluded = super()._get_validation_exclusions()
        return excluded if self.instance.person.pk else excluded | {"person"}

    def save(self, commit: bool = True) -> Member:
        """Save the person, then the membership."""
        return enlist(self.instance, by=self.user, now=timezone.now())


PERSON_FIELDS = ("name", "sex", "birth_year", "phone")


class LeaveForm(EndForm):
    """A member leaves."""

    ended_on = DayField(label="Tham gia đến hết ngày")
    leaving = Member._meta.get_field("leaving").formfield()


def origins_for(user: User) -> Any:
    """The initiatives of the province's other communes, from which one may have been taken up: names only."""
    others = Initiative.objects.filter(commune__province=user.home_province).exclude(commune=user.commune)
    return others.select_related("commune").order_by("sort_key", "commune__sort_key")


class InitiativeForm(RegisterForm):
    """An initiative and the places where it runs."""

    hamlets = forms.ModelMultipleChoiceField(
        label="Các khu dân cư thực hiện",
        queryset=Hamlet.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    institutions = forms.ModelMultipleChoiceField(
        label="Các cơ quan, doanh nghiệp, trường học thực hiện",
        queryset=Institution.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    whole_commune = forms.BooleanField(label="Thực hiện trên toàn xã", required=False)

    class Meta:
        model = Initiative
        fields = [
            "type",
            "name",
            "state",
            "field",
            "started_on",
            "decision",
            "people",
            "cameras",
            "lamps",
            "keyrings",
            "skilful_since",
            "skilful_until",
            "origin",
        ]
        help_texts = {"origin": "Khi học từ mô hình của một xã khác trong tỉnh."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "origin", origins_for(self.user), lambda one: f"{one} – {one.commune}")
        self.then = self.instance.ended_on or self.last if self.last else None
        running = self.running = list(sites.standing(self.instance, self.then)) if self.instance.pk else []
        for name, model in (("hamlets", Hamlet), ("institutions", Institution)):
            places: Any = model.objects.visible_to(self.user)
            held = places.filter(initiativesite__in=[site.pk for site in running])  # those of an earlier day
            offer(self, name, places.filter(pk__in=held) | places.standing_with(self.user.commune))
        if self.instance.pk:
            self.initial["hamlets"] = [s.hamlet_id for s in running if s.hamlet_id]
            self.initial["institutions"] = [s.institution_id for s in running if s.institution_id]
            self.initial["whole_commune"] = any(not s.hamlet_id and not s.institution_id for s in running)
            if self.instance.state != Initiative.State.PLANNED:
                del self.fields["state"]  # changed by steps, each with its day and decision
        else:
            offer(self, "type", InitiativeType.objects.filter(is_active=True))

    def clean(self) -> dict[str, Any]:
        """In a former commune no place begins after the initiative's end, and none goes on which others rest."""
        data = super().clean() or self.cleaned_data
        if self.last and self.instance.pk:
            end = data.get("ended_on") or self.last
            for name, said in sites.objections(self.instance, self.running, self.wanted(), end).items():
                if name not in self.errors:
                    self.add_error(name, said)
        return data

    def wanted(self) -> set[sites.Place]:
        """The places that are ticked."""
        return sites.wanted_of(**{name: self.cleaned_data[name] for name in sites.CHOSEN if name in self.cleaned_data})

    def save(self, commit: bool = True) -> Initiative:
        """Save the initiative, add new sites from today and end those taken off."""
        with transaction.atomic():
            initiative = super().save(commit)
            if self.then:
                sites.correct(initiative, self.wanted(), self.then, by=self.user, now=timezone.now())
            else:
                sites.choose(initiative, self.wanted(), by=self.user, now=timezone.now())
        return initiative


class AwardForm(RegisterForm):
    """An award."""

    class Meta:
        model = Award
        fields = ["kind", "collectives", "individuals", "awarded_on", "decision"]


class FestivalForm(RegisterForm):
    """A festival day."""

    class Meta:
        model = FestivalDay
        fields = ["hamlet", "institution", "held_on", "attendance", "is_model"]
