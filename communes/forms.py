"""Forms of places."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from communes.counts import parse_count
from communes.days import NOT_A_DAY, of_our_time
from communes.keys import row_key
from communes.lifetimes import after_its_end, beyond, last_day, same_then
from communes.meeting import MeetingForm
from communes.models import Commune, Hamlet, Institution, PriorityListing, SafetyRecord, User
from communes.names import visible
from communes.privacy import refuse_personal_numbers
from communes.saving import objection_to_moving, save
from communes.scope import ScopedQuerySet
from communes.years import FIRST, LAST, OUTSIDE


class DateInput(forms.DateInput):
    """A day typed as dd/mm/yyyy, whatever the browser's language; ``dates.js`` puts a calendar beside it."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "dd/mm/yyyy", "data-date": "", "autocomplete": "off", "maxlength": 10}
        super().__init__(format="%d/%m/%Y", attrs=attrs, **kwargs)

    def format_value(self, value: Any) -> Any:
        """Show the day of an address ("2025-12-31") as people read it."""
        if isinstance(value, str):
            with suppress(ValueError):
                value = date.fromisoformat(value) if len(value) == 10 else value
        return super().format_value(value)


class WrittenField(forms.CharField):
    """What a person writes and a row keeps, in a form of no model: cleaned and guarded as ``NameField`` is."""

    def to_python(self, value: Any) -> str:
        """Drop what nobody sees."""
        return visible(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse a phone or identity number, by the name of the box."""
        super().validate(value)
        if len(value) <= (self.max_length or len(value)):  # longer ones are refused for that, unread
            refuse_personal_numbers(value, f"mục “{self.label}”")


class DayField(forms.DateField):
    """A day typed as dd/mm/yyyy."""

    widget = DateInput
    default_error_messages = {"invalid": NOT_A_DAY}
    default_validators = [of_our_time]


class CountField(forms.IntegerField):
    """A whole number as people write it: "1.164" is one thousand one hundred and sixty-four."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Bring up the digits of a telephone."""
        return {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        """Read what was typed."""
        if not isinstance(value, str):
            return super().to_python(value)
        try:
            return parse_count(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    @classmethod
    def instead_of(cls, field: forms.IntegerField) -> "CountField":
        """The same field with this reader."""
        return cls(
            required=field.required,
            label=field.label,
            help_text=field.help_text,
            min_value=field.min_value,
            max_value=field.max_value,
            validators=[one for one in field.validators if one not in field.default_validators],
            initial=field.initial,
        )


AnyField = TypeVar("AnyField", bound=forms.Field)


def field_of(fields: Mapping[str, forms.Field], name: str, kind: type[AnyField]) -> AnyField:
    """Return the field of that name, which is of that kind."""
    field = fields[name]
    assert isinstance(field, kind)
    return field


def offer(form: forms.BaseForm, name: str, rows: QuerySet, label: Callable[[Any], str] | None = None) -> None:
    """Let a field of ``form`` choose among ``rows``, each shown as ``label`` says, or by its own name."""
    field = field_of(form.fields, name, forms.ModelChoiceField)
    field.queryset = rows
    if label:
        field.label_from_instance = label  # type: ignore[method-assign,assignment]  # Django asks the field, whoever answers


class FoldedBoxes(forms.CheckboxSelectMultiple):
    """Boxes for a choice that few make among many: folded to what is chosen until one opens them."""

    folds = True


class PlacedForm(forms.ModelForm):
    """A form of rows that stay in their place once something hangs on them."""

    def _post_clean(self) -> None:
        """Say so beside the form, where the page lets one choose the place."""
        super()._post_clean()  # type: ignore[misc]  # private to Django, so not in the stubs
        if self.instance.pk and not self.errors and (refusal := objection_to_moving(self.instance)):
            self.add_error(None, refusal)


class ScopedForm(forms.ModelForm):
    """A form that offers what ``user`` may see; a new row lies in her commune."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if hasattr(self.instance, "commune_id") and not self.instance.pk:
            self.instance.commune = user.commune
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.DateField):
                field.widget, field.error_messages["invalid"] = DateInput(), NOT_A_DAY
            elif isinstance(field, forms.IntegerField) and not isinstance(field, CountField):
                self.fields[name] = CountField.instead_of(field)
            if isinstance(field, forms.ModelChoiceField) and isinstance(field.queryset, ScopedQuerySet):
                field.queryset = field.queryset.visible_to(user)
                if isinstance(field.widget, forms.Select):
                    field.empty_label = "– chọn –"

    def _get_validation_exclusions(self) -> set[str]:
        """Let the constraints see the columns that are not fields of the form: commune, last day."""
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]  # private to Django, so not in the stubs
        hidden = {field.name for field in self.instance._meta.concrete_fields if field.editable} - set(self.fields)
        return excluded - hidden


ENDS_WITH = "Đơn vị cũ đã kết thúc: để trống là đến hết ngày cuối cùng của đơn vị."


class RegisterForm(MeetingForm, ScopedForm, PlacedForm):
    """A form of the register, filled by a commune for itself.

    ``named`` is whom of the people in the register the form shows by name, ``revealed`` whose stored telephone number,
    if any; ``lies_in`` the field of what a new row usually lies in: where the register has none of it yet, the form
    says so.
    """

    named = ""
    revealed = ""
    lies_in = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last = last_day(self.user.commune)
        lies_in = field_of(self.fields, self.lies_in, forms.ModelChoiceField) if self.lies_in else None
        if lies_in and lies_in.queryset is not None and not self.instance.pk and not lies_in.queryset.exists():
            what = lies_in.queryset.model._meta.verbose_name
            when = ":" if lies_in.required else "; nếu cần chọn thì"
            lies_in.help_text = f"Danh bạ chưa có {what} nào{when} ghi {what} trước."
        if self.last and hasattr(self.instance, "ended_on"):
            ended = self.instance.ended_on or self.last
            self.fields["ended_on"] = DayField(label="Đến hết ngày", required=False, help_text=ENDS_WITH)
            self.initial["ended_on"] = ended

    def _post_clean(self) -> None:
        """Hold a row of a former commune to its last day."""
        if self.last and "ended_on" in self.fields:
            self.instance.ended_on = self.cleaned_data.get("ended_on") or self.last
        super()._post_clean()
        for name, said in beyond(self.cleaned_data, self.user.commune).items():
            if name not in self.errors:
                self.add_error(name, said)
        if self.last and not self.errors and (said := same_then(self.instance)):
            self.add_error(None, said)

    def save(self, commit: bool = True) -> Any:
        """Save the row the one way there is, and what it refers to many of."""
        with transaction.atomic():
            row = save(super().save(commit=False), by=self.user, now=timezone.now())
            self.save_m2m()
        return row


class HamletForm(RegisterForm):
    """A hamlet."""

    class Meta:
        model = Hamlet
        fields = ["name", "households", "population", "covenant_on", "started_on"]
        help_texts = {"name": "Viết đầy đủ như địa phương gọi, ví dụ: Khu 5, Bản Heo Trại, Tổ dân phố số 3."}


class InstitutionForm(RegisterForm):
    """An institution."""

    class Meta:
        model = Institution
        fields = ["name", "kind", "started_on"]


class SafetyForm(RegisterForm):
    """A unit's year under the standard."""

    class Meta:
        model = SafetyRecord
        fields = ["hamlet", "institution", "year", "registered_on", "recognised_on"]
        help_texts = {"institution": "Để trống cả hai ô: đăng ký của toàn xã."}

    def clean_year(self) -> int:
        """Refuse a year that has no standards with a sentence that says which have."""
        year: int = self.cleaned_data["year"]
        if not FIRST <= year <= LAST:
            raise ValidationError(OUTSIDE)
        return year


class ListingForm(RegisterForm):
    """A commune on a priority list; the province keeps it."""

    class Meta:
        model = PriorityListing
        fields = ["commune", "hamlet", "level", "decision", "started_on", "department"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "commune", Commune.objects.visible_to(self.user).living().order_by("sort_key"))
        chosen = row_key(str(self.data.get("commune") or self.initial.get("commune") or self.instance.commune_id))
        offer(self, "hamlet", Hamlet.objects.visible_to(self.user).living().filter(commune=chosen))


class EndForm(MeetingForm, forms.Form):
    """The last day of a row of the register; blank opens a closed row again."""

    ended_on = DayField(label="Đến hết ngày")

    def __init__(self, *args: Any, instance: Any, last: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance
        self.last = last  # the last day of a commune that is over
        for name, field in self.fields.items():
            field.initial = getattr(instance, name)
        if instance.ended_on and not last:
            self.fields["ended_on"].required = False
            self.fields["ended_on"].help_text = "Để trống nếu đã ghi nhầm: mục này hoạt động trở lại."

    def clean_ended_on(self) -> Any:
        """The end may not lie before the beginning."""
        day = self.cleaned_data["ended_on"]
        if day and self.instance.started_on and day < self.instance.started_on:
            raise ValidationError(f"Ngày kết thúc phải từ ngày bắt đầu ({self.instance.started_on:%d/%m/%Y}) trở đi.")
        if day and self.last and day > self.last:
            raise ValidationError(after_its_end(self.last))
        return day


class DelistForm(EndForm):
    """Taking a place off a priority list."""

    ended_on = DayField(label="Ngày đưa ra")
    delisting_decision = WrittenField(label="Quyết định đưa ra", max_length=150)
