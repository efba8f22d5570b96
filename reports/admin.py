"""Django admin for the catalogues of reports."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from communes.refusals import Forbidden, Refused
from models_registry.admin import CatalogueAdmin
from reports.entry.kept_totals import fill_reached
from reports.models import Indicator, IndicatorSection, WeaponKind
from reports.months import MonthFormField


@admin.register(IndicatorSection)
class IndicatorSectionAdmin(CatalogueAdmin):
    """Headings of the catalogue."""


class SuccessorForm(forms.ModelForm):
    """The indicator that takes another's place from a month on; the other is asked until the month before."""

    first_month = MonthFormField(label="hỏi từ tháng", help_text="Ví dụ 1/2026. Chỉ tiêu cũ dừng ở tháng trước đó.")

    class Meta:
        model = Indicator
        fields = ["code", "name", "short_name", "unit", "measure", "level", "source", "core", "first_month"]

    def __init__(self, *args: Any, former: Indicator, **kwargs: Any) -> None:
        same = ("name", "short_name", "unit", "measure", "level", "source", "core")
        kept = {name: getattr(former, name) for name in same}
        super().__init__(*args, **kwargs | {"initial": kept})
        self.former = former
        self.instance.succeeds = former
        for name in ("section", "within", "at_least", "reaches", "position"):
            setattr(self.instance, name, getattr(former, name))

    def clean_first_month(self) -> Any:
        """The former indicator lived before its successor."""
        month = self.cleaned_data["first_month"]
        if self.former.first_month and month <= self.former.first_month:
            raise forms.ValidationError(f"Chỉ tiêu cũ bắt đầu {self.former.first_month.title}; hãy chọn tháng sau đó.")
        return month

    def save(self, commit: bool = True) -> Indicator:
        """End the former and begin the new one, both or neither."""
        with transaction.atomic():
            end = self.cleaned_data["first_month"] - 1
            self.former.last_month = min(self.former.last_month or end, end)
            self.former.save()
            made = super().save(commit)
            fill_reached([made] if made.reaches else [])
            return made


@admin.register(Indicator)
class IndicatorAdmin(CatalogueAdmin):
    """Indicators: asked from a month to a month, retired rather than deleted."""

    list_display = ["name", "short_name", "code", "section", "unit", "measure", "level", "source", "core", "is_active"]
    list_filter = ["section", "measure", "level", "source", "core", "is_active"]
    list_select_related = ["section"]
    change_form_template = "admin/indicator_change.html"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Say a month as people write it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, MonthFormField):
            field.help_text = "Ví dụ 1/2026."
        return field

    def get_readonly_fields(self, request: object, obj: Any = None) -> list[str]:
        """Which indicator it takes the place of is said by the act that makes it."""
        return [*super().get_readonly_fields(request, obj), "succeeds"]

    def save_model(self, request: HttpRequest, obj: Indicator, form: Any, change: bool) -> None:
        """Count what is new and counts hamlets, for the reports there are."""
        super().save_model(request, obj, form, change)
        if not change and obj.reaches:
            fill_reached([obj])

    def get_urls(self) -> list[Any]:
        """Add the page that makes a successor."""
        page = self.admin_site.admin_view(self.succeed)
        return [path("<int:pk>/successor/", page, name="reports_indicator_successor"), *super().get_urls()]

    def succeed(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the indicator that takes this one's place from a month on."""
        if not self.has_add_permission(request):
            raise Refused(Forbidden("Chỉ quản trị hệ thống được lập chỉ tiêu kế tiếp."))
        former = get_object_or_404(Indicator, pk=pk)
        here = reverse("admin:reports_indicator_change", args=[pk])
        if hasattr(former, "successor"):
            messages.error(request, f"Chỉ tiêu này đã có chỉ tiêu kế tiếp: “{former.successor}”.")
            return redirect(here)
        form = SuccessorForm(request.POST or None, former=former)
        if request.method == "POST" and form.is_valid():
            made = form.save()
            self.log_addition(request, made, [{"added": {}}])
            self.log_change(request, former, [{"changed": {"fields": ["đến hết tháng"]}}])
            messages.success(request, f"Từ {made.first_month.title}, “{made}” thay “{former}”.")  # type: ignore[union-attr]
            return redirect("admin:reports_indicator_change", made.pk)
        fields = AdminForm(form, [(None, {"fields": list(form.fields)})], {}, model_admin=self)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Lập chỉ tiêu kế tiếp “{former}”",
            "opts": self.opts,
            "adminform": fields,
            "form": form,
            "former": former,
            "here": here,
        }
        return TemplateResponse(request, "admin/indicator_successor.html", context)


@admin.register(WeaponKind)
class WeaponKindAdmin(CatalogueAdmin):
    """Kinds of weapon."""

    list_display = ["name", "code", "unit", "is_gun", "position", "is_active"]
    list_filter = ["unit", "is_gun", "is_active"]
