"""Forms of the report pages."""

from decimal import Decimal
from typing import Any

from django import forms

from communes.forms import DateInput, DayField, WrittenField, field_of, offer
from communes.meeting import MeetingForm
from communes.models import Commune, Hamlet, Province
from communes.privacy import NOTE
from reports.entry.grid import Grid, Row
from reports.entry.handovers import read_handed_over, written_quantity
from reports.models import SavedQuestion, WeaponHandover, WeaponKind
from reports.months import MonthFormField


class HandoverForm(MeetingForm, forms.ModelForm):
    """A line of weapons handed over."""

    class Meta:
        model = WeaponHandover
        fields = ["kind", "quantity", "source", "hamlet", "day", "record_number"]
        widgets = {"day": DateInput()}

    quantity = forms.CharField(
        label="Số lượng",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="Ví dụ 1.164 viên hoặc 0,5 kg.",
    )

    def __init__(self, *args: Any, grid: Grid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", WeaponKind.objects.filter(is_active=True), lambda kind: f"{kind.name} ({kind.unit})")
        keys = [line.row.hamlet for line in grid.hamlets if line.row.hamlet]
        offer(self, "hamlet", Hamlet.objects.filter(pk__in=keys))
        field_of(self.fields, "hamlet", forms.ModelChoiceField).empty_label = "– không rõ –"
        if self.instance.pk:
            self.initial["quantity"] = written_quantity(self.instance.quantity)

    def clean_quantity(self) -> Decimal | None:
        """Read the number by its kind; without a kind it waits."""
        kind, text = self.cleaned_data.get("kind"), self.cleaned_data["quantity"]
        return read_handed_over(text, kind) if kind else None

    def _post_clean(self) -> None:
        """Leave the model's checks to the verb, which knows the report."""


class CommentForm(forms.Form):
    """A remark on a cell, chosen by its row and indicator."""

    row = forms.ChoiceField(label="Khu dân cư hoặc tổ")
    indicator = forms.ChoiceField(label="Chỉ tiêu")
    text = WrittenField(
        label="Ý kiến",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=NOTE,
    )

    def __init__(self, *args: Any, grid: Grid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows, indicators = (field_of(self.fields, name, forms.ChoiceField) for name in ("row", "indicator"))
        rows.choices = [(row.key, name) for row, name in grid.names.items()]
        indicators.choices = [(i.code, i.name) for i in grid.catalogue.entered]

    def clean_row(self) -> Row:
        """Read the row."""
        return Row.parse(self.cleaned_data["row"])


class ExtensionForm(forms.Form):
    """More time for one commune in one month."""

    commune = forms.ModelChoiceField(Commune.objects.none(), label="Xã, phường", empty_label="– chọn –")
    month = MonthFormField(label="Tháng", help_text="Ví dụ 2/2026.")
    due_on = DayField(label="Gửi chậm nhất hết ngày")
    reason = WrittenField(label="Lý do", max_length=500)
    replaces = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)  # the one that was shown

    def __init__(self, *args: Any, province: Province, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "commune", Commune.objects.filter(province=province).living().order_by("sort_key"))


class SavedQuestionForm(MeetingForm, forms.ModelForm):
    """The name of a question that is kept, and whether colleagues see it."""

    class Meta:
        model = SavedQuestion
        fields = ["name", "shared"]
