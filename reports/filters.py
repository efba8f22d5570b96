"""Filters of reports and their catalogues."""

from typing import Any

import django_filters as filters
from django import forms

from communes.filters import CommuneFilter, ProvinceFilter
from reports.models import Indicator, MonthlyReport
from reports.models.documents import INCLUDES
from reports.months import NO_MONTH, MonthFormField


class MonthName(MonthFormField):
    """A month by its name alone, as the API has it: "2025-06"."""

    WROTE = NO_MONTH

    def named(self, text: str) -> str:
        """Read nothing into it."""
        return text


class MonthFilter(filters.Filter):
    """A month: "2025-06"."""

    field_class = MonthName

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"field_name": "month", "label": "Tháng (2025-06)"} | kwargs)


class ReportFilterSet(filters.FilterSet):
    """Reports by commune, province, month, state."""

    commune = CommuneFilter()
    province = ProvinceFilter()
    month = MonthFilter()
    state = filters.ChoiceFilter(choices=MonthlyReport.State, label="Trạng thái")

    class Meta:
        model = MonthlyReport
        fields: list[str] = []


class IndicatorFilterSet(filters.FilterSet):
    """Indicators by section, source, level and month."""

    section = filters.CharFilter(field_name="section__code", label="Nhóm", max_length=60)
    source = filters.ChoiceFilter(choices=Indicator.Source, label="Nguồn")
    level = filters.ChoiceFilter(choices=Indicator.Level, label="Cấp nhập")

    class Meta:
        model = Indicator
        fields: list[str] = []


class SpanForm(forms.Form):
    """What is summed: a place, a span, and how."""

    province = forms.CharField(required=False, max_length=10)
    commune = forms.CharField(required=False, max_length=10)
    cluster = forms.CharField(required=False, max_length=18)
    district = forms.CharField(required=False, max_length=10)
    span = forms.CharField(required=False, max_length=20)
    include = forms.ChoiceField(required=False, choices=INCLUDES)
    boundaries = forms.ChoiceField(
        required=False, choices=[("today", "Địa giới hiện nay"), ("then", "Địa giới khi báo cáo")]
    )
    by = forms.ChoiceField(
        required=False,
        choices=[("indicator", "Chỉ tiêu"), ("commune", "Xã"), ("month", "Tháng"), ("hamlet", "Khu dân cư")],
    )
    indicator = forms.CharField(required=False, max_length=2000)
