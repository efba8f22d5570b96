"""The API of the register: groups, members, initiatives and their catalogues."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers

from communes.api import CatalogueViewSet, CommuneField, RegisterSerializer, RegisterViewSet, ScopedKeyField
from communes.models import Commune, Hamlet, Institution
from models_registry import filters
from models_registry.forms import set_sites
from models_registry.models import GroupKind, Initiative, InitiativeType, Member, SelfManagementGroup


class GroupKindSerializer(serializers.ModelSerializer):
    """A kind of group."""

    class Meta:
        model = GroupKind
        fields = ["code", "name", "short_name", "leader_title", "deputy_title", "seat", "counts", "is_active"]


class InitiativeTypeSerializer(serializers.ModelSerializer):
    """A type of initiative."""

    class Meta:
        model = InitiativeType
        fields = ["code", "name", "field", "is_active"]


class GroupSerializer(RegisterSerializer):
    """A group; ``headcount`` counts its named members, or what it declares where none is named."""

    commune = CommuneField(queryset=Commune.objects.all())
    kind = serializers.SlugRelatedField(slug_field="code", queryset=GroupKind.objects.all())
    hamlet = ScopedKeyField(queryset=Hamlet.objects.all(), allow_null=True, required=False)
    institution = ScopedKeyField(queryset=Institution.objects.all(), allow_null=True, required=False)
    headcount = serializers.SerializerMethodField()

    class Meta:
        model = SelfManagementGroup
        fields = ["id", "commune", "kind", "name", "hamlet", "institution", "declared_members", "households",
                  "headcount", "founding_decision", "started_on", "ended_on"]  # fmt: skip

    def get_headcount(self, group: SelfManagementGroup) -> int | None:
        """Members today."""
        if hasattr(group, "headcount"):
            return group.headcount
        today = timezone.localdate()
        return SelfManagementGroup.objects.filter(pk=group.pk).with_headcount(today).get().headcount


class MemberSerializer(RegisterSerializer):
    """A member; seen inside the commune only."""

    group = ScopedKeyField(queryset=SelfManagementGroup.objects.all())

    class Meta:
        model = Member
        fields = ["id", "group", "name", "position", "birth_year", "phone", "started_on", "ended_on"]


class InitiativeSerializer(RegisterSerializer):
    """An initiative with its living sites: hamlets, institutions, or the whole commune."""

    commune = CommuneField(queryset=Commune.objects.all())
    type = serializers.SlugRelatedField(slug_field="code", queryset=InitiativeType.objects.all())
    hamlets = ScopedKeyField(queryset=Hamlet.objects.all(), many=True, write_only=True, required=False)
    institutions = ScopedKeyField(queryset=Institution.objects.all(), many=True, write_only=True, required=False)
    whole_commune = serializers.BooleanField(write_only=True, required=False)
    sites = serializers.SerializerMethodField()

    class Meta:
        model = Initiative
        fields = ["id", "commune", "type", "name", "state", "skilful", "decision", "started_on", "ended_on",
                  "hamlets", "institutions", "whole_commune", "sites"]  # fmt: skip

    def get_sites(self, initiative: Initiative) -> list[dict[str, int | None]]:
        """Where it runs; neither hamlet nor institution is the whole commune."""
        return [
            {"hamlet": site.hamlet_id, "institution": site.institution_id}
            for site in initiative.sites.all()
            if site.ended_on is None
        ]

    def save(self, **kwargs: Any) -> Initiative:
        """Save with its sites, which are changed only where one of their fields is given."""
        data = self.validated_data
        given = {name: data.pop(name) for name in ("hamlets", "institutions", "whole_commune") if name in data}
        with transaction.atomic():
            initiative = super().save(**kwargs)
            if given:
                wanted = {("hamlet_id", place.pk) for place in given.get("hamlets", ())}
                wanted |= {("institution_id", place.pk) for place in given.get("institutions", ())}
                if given.get("whole_commune"):
                    wanted.add(("hamlet_id", None))
                set_sites(initiative, wanted, on=timezone.localdate())
                initiative._prefetched_objects_cache = {}
        return initiative


class GroupKindViewSet(CatalogueViewSet):
    """Loại hình tổ chức."""

    queryset = GroupKind.objects.all()
    serializer_class = GroupKindSerializer
    filterset_class = filters.CatalogueFilterSet


class InitiativeTypeViewSet(CatalogueViewSet):
    """Loại mô hình."""

    queryset = InitiativeType.objects.all()
    serializer_class = InitiativeTypeSerializer
    filterset_class = filters.CatalogueFilterSet


class GroupViewSet(RegisterViewSet):
    """Tổ tự quản."""

    queryset = SelfManagementGroup.objects.select_related("commune", "kind")
    serializer_class = GroupSerializer
    filterset_class = filters.GroupFilterSet

    def get_queryset(self) -> Any:
        """What the user may see, with members counted today."""
        return super().get_queryset().with_headcount(timezone.localdate())


class MemberViewSet(RegisterViewSet):
    """Thành viên (chỉ trong xã)."""

    queryset = Member.objects.select_related("group")
    serializer_class = MemberSerializer
    filterset_class = filters.MemberFilterSet


class InitiativeViewSet(RegisterViewSet):
    """Mô hình."""

    queryset = Initiative.objects.select_related("commune", "type").prefetch_related("sites")
    serializer_class = InitiativeSerializer
    filterset_class = filters.InitiativeFilterSet


ROUTES = (
    ("group-kinds", GroupKindViewSet, "api_group_kind"),
    ("groups", GroupViewSet, "api_group"),
    ("members", MemberViewSet, "api_member"),
    ("initiative-types", InitiativeTypeViewSet, "api_initiative_type"),
    ("initiatives", InitiativeViewSet, "api_initiative"),
)
