"""Filters of the register, used by pages and API alike."""

import django_filters as filters

from communes.filters import CommuneFilter, HamletFilterSet
from communes.models import Hamlet
from models_registry.models import Award, GroupKind, Initiative, InitiativeType, Member, SelfManagementGroup


class HamletChoice(filters.ModelChoiceFilter):
    """One hamlet among those the user may see."""

    def __init__(self, **kwargs: object) -> None:
        defaults = {
            "field_name": "hamlet",
            "label": "Khu dân cư",
            "empty_label": "Mọi khu dân cư",
            "queryset": lambda request: Hamlet.objects.visible_to(request.user),
        }
        super().__init__(**defaults | kwargs)


class GroupFilterSet(HamletFilterSet):
    """Groups by name, kind, hamlet, state, commune."""

    kind = filters.ModelChoiceFilter(
        queryset=GroupKind.objects.all(),
        to_field_name="code",
        label="Loại hình",
        empty_label="Mọi loại hình",
    )
    hamlet = HamletChoice()

    class Meta:
        model = SelfManagementGroup
        fields: list[str] = []


class MemberFilterSet(HamletFilterSet):
    """Members by name, group, commune, state."""

    commune = CommuneFilter(field_name="group__commune")
    group = filters.NumberFilter(label="Số của tổ", min_value=1, max_value=2**63 - 1)
    hamlet = HamletChoice(field_name="group__hamlet")

    class Meta:
        model = Member
        fields: list[str] = []


class InitiativeFilterSet(HamletFilterSet):
    """Initiatives by name, type, state, commune."""

    type = filters.ModelChoiceFilter(
        queryset=InitiativeType.objects.all(),
        to_field_name="code",
        label="Loại mô hình",
        empty_label="Mọi loại mô hình",
    )

    class Meta:
        model = Initiative
        fields: list[str] = []


class CatalogueFilterSet(filters.FilterSet):
    """Catalogues by name."""

    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Tìm theo tên", max_length=100)


class AwardFilterSet(filters.FilterSet):
    """Awards by commune."""

    commune = CommuneFilter()

    class Meta:
        model = Award
        fields: list[str] = []
