"""Filters of places, used by pages and API alike."""

from datetime import date

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from communes.managers import LivedQuerySet, NamedQuerySet
from communes.models import Commune, Hamlet, Institution, PriorityListing, Province, SafetyRecord
from communes.names import search_words
from communes.years import FIRST, LAST


class SearchFilter(filters.CharFilter):
    """Forgiving search in the folded column (``?q=heo trai`` finds "Heo Trại")."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"label": "Tìm theo tên", "max_length": 100} | kwargs)

    def filter(self, qs: NamedQuerySet, value: str) -> QuerySet:
        """Keep the rows whose names hold every word."""
        if value and not search_words(value):
            return qs.none()  # "%" or "?" alone is no word
        return self.search(qs, value) if value else qs

    def search(self, qs: NamedQuerySet, value: str) -> QuerySet:
        """Search the rows."""
        return qs.search(value)


class CommuneFilter(filters.CharFilter):
    """A commune named by code ("07999") or, once ended, code and year ("07999-2025")."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"field_name": "commune", "label": "Mã xã, phường, đặc khu", "max_length": 10} | kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Keep the rows of that commune."""
        if not value:
            return qs
        return qs.filter(**{f"{self.field_name}__in": Commune.objects.named(value)})


class ProvinceFilter(filters.CharFilter):
    """A province named by code ("25") or, once ended, code and year ("25-2025")."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"field_name": "province", "label": "Mã tỉnh, thành phố", "max_length": 7} | kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Keep the rows of that province."""
        if not value:
            return qs
        return qs.filter(**{f"{self.field_name}__in": Province.objects.named(value)})


class FormerFilter(filters.BooleanFilter):
    """Former units instead of the living ones (``?former=true``)."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"label": "Đơn vị cũ, đã kết thúc (true)"} | kwargs)

    def filter(self, qs: LivedQuerySet, value: bool | None) -> QuerySet:
        """Keep the former units where they are asked for; which ones stand otherwise is for the list to say."""
        return qs.exclude(ended_on=None) if value else qs


class StateFilter(filters.ChoiceFilter):
    """Whether a row exists today or has ended."""

    CHOICES = [("active", "Đang hoạt động"), ("coming", "Chưa bắt đầu"), ("ended", "Đã kết thúc")]

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"choices": self.CHOICES, "label": "Trạng thái", "empty_label": "Tất cả"} | kwargs)

    def filter(self, qs: LivedQuerySet, value: str) -> QuerySet:
        """Keep the rows in that state as of today in Hà Nội."""
        today = timezone.localdate()
        if value == "active":
            return qs.active_on(today)
        if value == "coming":
            return qs.filter(started_on__gt=today)
        return qs.filter(ended_on__lt=today) if value == "ended" else qs


class ProvinceFilterSet(filters.FilterSet):
    """Provinces by name."""

    q = SearchFilter()
    former = FormerFilter()

    class Meta:
        model = Province
        fields: list[str] = []


class CommuneFilterSet(filters.FilterSet):
    """Communes by name and province."""

    q = SearchFilter()
    province = ProvinceFilter()
    former = FormerFilter()

    class Meta:
        model = Commune
        fields: list[str] = []


class HamletFilterSet(filters.FilterSet):
    """Hamlets by name, state, commune."""

    day: date | None = None  # the last day of the former commune whose list is asked for; None: today
    q = SearchFilter()
    state = StateFilter()
    commune = CommuneFilter()

    class Meta:
        model = Hamlet
        fields: list[str] = []


class InstitutionFilterSet(HamletFilterSet):
    """Institutions by name, state, commune and sort."""

    kind = filters.ChoiceFilter(choices=Institution.Kind, label="Loại", empty_label="Mọi loại")

    class Meta:
        model = Institution
        fields: list[str] = []


class SafetyFilterSet(filters.FilterSet):
    """Safety records by year and commune."""

    year = filters.NumberFilter(label="Năm", min_value=FIRST, max_value=LAST)
    recognised = filters.ChoiceFilter(
        choices=[("yes", "Đã đạt"), ("no", "Chưa đạt")], label="Công nhận", empty_label="Tất cả", method="by_result"
    )
    commune = CommuneFilter()

    class Meta:
        model = SafetyRecord
        fields: list[str] = []

    def by_result(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Keep those recognised, or those not."""
        return queryset.filter(recognised_on__isnull=value == "no")


class ListingFilterSet(filters.FilterSet):
    """Priority listings by name, list and state."""

    q = SearchFilter()
    level = filters.ChoiceFilter(choices=PriorityListing.Level, label="Danh sách", empty_label="Mọi danh sách")
    state = StateFilter(choices=[("active", "Đang trong danh sách"), ("ended", "Đã đưa ra")])
    commune = CommuneFilter()

    class Meta:
        model = PriorityListing
        fields: list[str] = []
