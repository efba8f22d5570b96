"""The API of the register: groups, members, initiatives and their catalogues."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.fields import get_error_detail
from rest_framework.request import Request
from rest_framework.response import Response

from communes import viewings
from communes.api import CatalogueViewSet, CommuneField, RegisterSerializer, RegisterViewSet, ScopedKeyField
from communes.models import Commune, Hamlet, Institution
from communes.register.desks import Desk, desk_for
from models_registry import filters
from models_registry.api.initiatives import InitiativeViewSet
from models_registry.forms import PERSON_FIELDS
from models_registry.models import (
    GroupKind,
    InitiativeType,
    Member,
    Person,
    SelfManagementGroup,
)
from models_registry.roster import check_since, enlist, resize, tidy_phone


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
    size_since = serializers.DateField(
        write_only=True, required=False, help_text="Số mới tính từ ngày này; bỏ trống là sửa số ghi nhầm."
    )

    class Meta:
        model = SelfManagementGroup
        fields = [
            "id",
            "commune",
            "kind",
            "name",
            "hamlet",
            "institution",
            "declared_members",
            "households",
            "size_since",
            "headcount",
            "meets",
            "last_met_on",
            "covenant_on",
            "founding_decision",
            "dissolving_decision",
            "started_on",
            "ended_on",
        ]

    def validate_size_since(self, value: Any) -> Any:
        """New numbers begin after the group did."""
        if self.instance:
            check_since(self.instance, value)
        return value

    def save(self, **kwargs: Any) -> SelfManagementGroup:
        """Save; what was declared before counts until the eve of ``size_since``."""
        since = self.validated_data.pop("size_since", None)
        former = (self.instance.declared_members, self.instance.households) if self.instance else None
        with transaction.atomic():
            group = super().save(**kwargs)
            if since and former and former != (group.declared_members, group.households):
                resize(group, former=former, since=since)
        return group

    def get_headcount(self, group: SelfManagementGroup) -> int | None:
        """Members today; of a former commune's group on its last day."""
        if hasattr(group, "headcount"):
            return group.headcount
        day = self.context["view"].last or timezone.localdate()
        return SelfManagementGroup.objects.filter(pk=group.pk).with_headcount(day).get().headcount


class MemberSerializer(RegisterSerializer):
    """A member; seen inside the commune only. ``person`` is whoever already serves in another group."""

    group = ScopedKeyField(queryset=SelfManagementGroup.objects.all())
    person = ScopedKeyField(queryset=Person.objects.all(), required=False)
    name = serializers.CharField(max_length=100, required=False)
    sex = serializers.ChoiceField(choices=Person.Sex.choices, allow_blank=True, required=False)
    birth_year = serializers.IntegerField(min_value=1900, max_value=2100, allow_null=True, required=False)
    phone = serializers.CharField(max_length=15, allow_blank=True, required=False)

    class Meta:
        model = Member
        fields = [
            "id",
            "person",
            "group",
            "name",
            "sex",
            "birth_year",
            "phone",
            "position",
            "decision",
            "trained_on",
            "started_on",
            "ended_on",
            "leaving",
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take the person apart from the membership, and check both by their models' rules."""
        given = {name: attrs.pop(name) for name in PERSON_FIELDS if name in attrs}
        known = attrs.get("person") or (self.instance.person if self.instance else None)
        if known is None and not given.get("name"):
            raise serializers.ValidationError({"name": "Hãy ghi họ và tên, hoặc số của người đã có trong danh bạ."})
        person = known or Person(commune=self.worker.commune)
        for name, value in given.items():
            setattr(person, name, tidy_phone(value) if name == "phone" else value)
        try:
            person.full_clean()
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        self.whose = attrs["person"] = person
        return super().validate(attrs)

    def excluded(self) -> set[str]:
        """A person who is new has no key yet."""
        return set() if self.whose.pk else {"person"}

    def create(self, validated_data: dict[str, Any]) -> Member:
        """Save the person, then the membership."""
        return self.update(Member(), validated_data)

    def update(self, instance: Member, validated_data: dict[str, Any]) -> Member:
        """Save the person, then the membership."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return enlist(instance, by=self.worker, now=timezone.now())


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
        """What the user may see, with members counted today; of a former commune on its last day."""
        return super().get_queryset().with_headcount(self.last or timezone.localdate())


class MemberViewSet(RegisterViewSet):
    """Thành viên (chỉ trong xã)."""

    queryset = Member.objects.select_related("group", "person")
    serializer_class = MemberSerializer
    filterset_class = filters.MemberFilterSet

    def desk_of_new(self, data: Mapping[str, Any]) -> Desk:
        """A new member serves where the group lies."""
        group = data.get("group")
        if isinstance(group, int) and not isinstance(group, bool) and 0 < group < 2**63:
            with suppress(Http404):
                return desk_for(self.request.user, SelfManagementGroup.objects.all(), group)[1]
        return Desk(self.request.user)

    def note(self, where: str, count: int) -> None:
        """Note whose numbers the account was shown, in its own commune, whoever it works for here."""
        former = self.asked[1]
        former = former if former and former.pk != self.request.user.commune_id else None
        viewings.log(self.request.user, where=where, count=count, now=timezone.now(), former=former)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The members; that their telephone numbers were read is logged."""
        answer = super().list(request, *args, **kwargs)
        self.note("API: danh sách thành viên", len(answer.data["results"]))
        return answer

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add one member; the answer shows the telephone number of whoever serves already, which is logged."""
        answer = super().create(request, *args, **kwargs)
        if isinstance(request.data, Mapping) and request.data.get("person"):
            self.note(f"API: {answer.data['name']}", 1)
        return answer

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change one member; the answer shows the telephone number, which is logged."""
        answer = super().update(request, *args, **kwargs)
        self.note(f"API: {answer.data['name']}", 1)
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One member; that the telephone number was read is logged."""
        answer = super().retrieve(request, *args, **kwargs)
        self.note(f"API: {answer.data['name']}", 1)
        return answer


ROUTES = (
    ("group-kinds", GroupKindViewSet, "api_group_kind"),
    ("groups", GroupViewSet, "api_group"),
    ("members", MemberViewSet, "api_member"),
    ("initiative-types", InitiativeTypeViewSet, "api_initiative_type"),
    ("initiatives", InitiativeViewSet, "api_initiative"),
)
