"""Filters of the register, used by pages and API alike."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.forms import HiddenInput
from django.utils import timezone

from communes.filters import CommuneFilter, HamletFilterSet, SearchFilter
from communes.models import Hamlet
from communes.register.desks import former_asked, rows_seen
from models_registry.models import (
    Award,
    FestivalDay,
    GroupKind,
    Initiative,
    InitiativeType,
    Member,
    SelfManagementGroup,
    WorkField,
)
from models_registry.ratings import outside_age_bounds


def hamlets_offered(request: Any) -> Any:
    """The hamlets whose rows the list may hold: those that its reader sees, of the former commune that a call names."""
    former = former_asked(request.user, request.GET.get("commune"))
    return rows_seen(request.user, Hamlet.objects.all(), former)


class HamletChoice(filters.ModelChoiceFilter):
    """One hamlet among those the user may see."""

    def __init__(self, **kwargs: object) -> None:
        defaults = {
            "field_name": "hamlet",
            "label": "Khu dân cư",
            "empty_label": "Mọi khu dân cư",
            "queryset": hamlets_offered,
        }
        super().__init__(**defaults | kwargs)


class KindChoice(filters.ModelChoiceFilter):
    """One kind of group, by its code."""

    def __init__(self, **kwargs: object) -> None:
        defaults = {
            "queryset": GroupKind.objects.all(),
            "to_field_name": "code",
            "label": "Loại hình",
            "empty_label": "Mọi loại hình",
        }
        super().__init__(**defaults | kwargs)


class GroupSearch(SearchFilter):
    """By name or number; inside the commune also by the leader's name or telephone number."""

    def search(self, qs: Any, value: str) -> Any:
        """Search the groups, and inside the commune their leaders."""
        return qs.search_with_leaders(value) if self.parent.request.user.is_commune else qs.search(value)


class GroupFilterSet(HamletFilterSet):
    """Groups by name, kind, hamlet, state, what is missing, commune."""

    MISSING = [
        ("no_leader", "Chưa ghi người đứng đầu"),
        ("too_few", "Ít người hơn định mức"),
        ("too_many", "Nhiều người hơn định mức"),
        ("no_meeting", "Ba tháng chưa họp"),
    ]
    q = GroupSearch(label="Tìm tên, số, người đứng đầu")
    missing = filters.ChoiceFilter(choices=MISSING, label="Còn thiếu", empty_label="Tất cả", method="by_missing")
    kind = KindChoice()
    hamlet = HamletChoice()

    class Meta:
        model = SelfManagementGroup
        fields: list[str] = []

    def by_missing(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the groups that lack it on the day of the list."""
        return queryset.with_missing(self.day or timezone.localdate()).filter(**{value: True})


class MemberFilterSet(HamletFilterSet):
    """Members by name, group, commune, state."""

    commune = CommuneFilter(field_name="group__commune")
    q = SearchFilter(label="Tìm họ tên, số điện thoại")
    group = filters.NumberFilter(label="Tổ", min_value=1, max_value=2**63 - 1, widget=HiddenInput)  # by links alone
    kind = KindChoice(field_name="group__kind")
    hamlet = HamletChoice(field_name="group__hamlet")
    position = filters.ChoiceFilter(choices=Member.Position, label="Chức danh", empty_label="Mọi chức danh")
    age = filters.ChoiceFilter(
        choices=[("outside", "Ngoài tuổi 18–70 (Tổ bảo vệ ANTT)")],
        label="Cần xem lại",
        empty_label="Tất cả",
        method="by_age",
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def by_age(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the members of statutory teams outside the bounds of the law in the year of the list."""
        return queryset.filter(outside_age_bounds((self.day or timezone.localdate()).year))


class InitiativeFilterSet(HamletFilterSet):
    """Initiatives by name, type, state, commune."""

    type = filters.ModelChoiceFilter(
        queryset=InitiativeType.objects.all(),
        to_field_name="code",
        label="Loại mô hình",
        empty_label="Mọi loại mô hình",
    )
    field = filters.ChoiceFilter(choices=WorkField, label="Lĩnh vực", empty_label="Mọi lĩnh vực", method="by_field")
    stage = filters.ChoiceFilter(
        field_name="state", choices=Initiative.State, label="Giai đoạn", empty_label="Mọi giai đoạn"
    )
    tag = filters.ChoiceFilter(
        choices=[("skilful", "“Dân vận khéo”"), ("typical", "Điển hình của tỉnh")],
        label="Danh hiệu",
        empty_label="Tất cả",
        method="by_tag",
    )

    class Meta:
        model = Initiative
        fields: list[str] = []

    def by_field(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the initiatives of a field of work: their own, or their type's."""
        return queryset.filter(Q(field=value) | Q(field="", type__field=value))

    def by_tag(self, queryset: Any, name: str, value: str) -> Any:
        """Keep those that bear it on the day of the list."""
        if value == "typical":
            return queryset.filter(typical_since__isnull=False)
        return queryset.skilful_on(self.day or timezone.localdate())


class CatalogueFilterSet(filters.FilterSet):
    """Catalogues by name."""

    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Tìm theo tên", max_length=100)


class AwardFilterSet(filters.FilterSet):
    """Awards by kind, year and commune."""

    kind = filters.ChoiceFilter(choices=Award.Kind, label="Hình thức", empty_label="Mọi hình thức")
    year = filters.NumberFilter(field_name="awarded_on", lookup_expr="year", label="Năm", min_value=1, max_value=9999)
    commune = CommuneFilter()

    class Meta:
        model = Award
        fields: list[str] = []


class FestivalFilterSet(filters.FilterSet):
    """Festival days by year and commune."""

    year = filters.NumberFilter(field_name="held_on", lookup_expr="year", label="Năm", min_value=1, max_value=9999)
    commune = CommuneFilter()

    class Meta:
        model = FestivalDay
        fields: list[str] = []
