"""The API of the register: groups, members, initiatives and their catalogues."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.fields import get_error_detail
from rest_framework.request import Request
from rest_framework.response import Response

from communes import viewings
from communes.api import CatalogueViewSet, CommuneField, RegisterSerializer, RegisterViewSet, ScopedKeyField
from communes.models import Commune, Hamlet, Institution
from communes.parameters import KnownFieldsOnly
from communes.refusals import require
from communes.requests import AuthenticatedRequest
from models_registry import filters
from models_registry.forms import PERSON_FIELDS, origins_for, set_sites
from models_registry.initiatives import objection, take_step
from models_registry.models import (
    GroupKind,
    Initiative,
    InitiativeSite,
    InitiativeStep,
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
        """Members today."""
        if hasattr(group, "headcount"):
            return group.headcount
        today = timezone.localdate()
        return SelfManagementGroup.objects.filter(pk=group.pk).with_headcount(today).get().headcount


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
        person = known or Person(commune=self.context["request"].user.commune)
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
        return enlist(instance, by=self.context["request"].user, now=timezone.now())


class OriginField(ScopedKeyField):
    """An initiative of another commune of the province, from which one was taken up."""

    def get_queryset(self) -> Any:
        """Offer what the form offers."""
        return origins_for(self.context["request"].user)


class InitiativeStepSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """A step in an initiative's life; replicating names the places, and the site it spread from."""

    hamlets = ScopedKeyField(queryset=Hamlet.objects.living(), many=True, write_only=True, required=False)
    institutions = ScopedKeyField(queryset=Institution.objects.living(), many=True, write_only=True, required=False)
    origin = ScopedKeyField(queryset=InitiativeSite.objects.all(), write_only=True, required=False)

    class Meta:
        model = InitiativeStep
        fields = ["id", "kind", "day", "decision", "note", "at", "hamlets", "institutions", "origin"]
        read_only_fields = ["at"]


class InitiativeSerializer(RegisterSerializer):
    """An initiative with its living sites: hamlets, institutions, or the whole commune.

    ``skilful`` says whether it carries the tag "Dân vận khéo" today. Its state is set when it is created;
    afterwards it changes by steps.
    """

    commune = CommuneField(queryset=Commune.objects.all())
    type = serializers.SlugRelatedField(slug_field="code", queryset=InitiativeType.objects.all())
    hamlets = ScopedKeyField(queryset=Hamlet.objects.all(), many=True, write_only=True, required=False)
    institutions = ScopedKeyField(queryset=Institution.objects.all(), many=True, write_only=True, required=False)
    whole_commune = serializers.BooleanField(write_only=True, required=False)
    origin = OriginField(queryset=Initiative.objects.all(), allow_null=True, required=False)
    sites = serializers.SerializerMethodField()
    skilful = serializers.SerializerMethodField()

    class Meta:
        model = Initiative
        fields = [
            "id",
            "commune",
            "type",
            "name",
            "state",
            "field",
            "skilful",
            "skilful_since",
            "skilful_until",
            "typical_since",
            "decision",
            "people",
            "cameras",
            "lamps",
            "keyrings",
            "started_on",
            "ended_on",
            "discontinued_because",
            "origin",
            "hamlets",
            "institutions",
            "whole_commune",
            "sites",
        ]
        read_only_fields = ["typical_since", "ended_on", "discontinued_because"]

    def get_skilful(self, initiative: Initiative) -> bool:
        """Whether it carries the tag today."""
        return initiative.skilful_on(timezone.localdate())

    def validate_state(self, value: str) -> str:
        """A running initiative moves on by steps, each with its day and decision."""
        if self.instance and self.instance.state not in (Initiative.State.PLANNED, value):
            raise serializers.ValidationError(
                "Giai đoạn của mô hình đang chạy thay đổi qua các bước, có ngày và quyết định."
            )
        return value

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
                set_sites(initiative, wanted, by=self.context["request"].user, now=timezone.now())
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

    queryset = Member.objects.select_related("group", "person")
    serializer_class = MemberSerializer
    filterset_class = filters.MemberFilterSet

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The members; that their telephone numbers were read is logged."""
        answer = super().list(request, *args, **kwargs)
        count = len(answer.data["results"])
        viewings.log(self.request.user, where="API: danh sách thành viên", count=count, now=timezone.now())
        return answer

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change one member; the answer shows the telephone number, which is logged."""
        answer = super().update(request, *args, **kwargs)
        viewings.log(self.request.user, where=f"API: {answer.data['name']}", count=1, now=timezone.now())
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One member; that the telephone number was read is logged."""
        answer = super().retrieve(request, *args, **kwargs)
        viewings.log(self.request.user, where=f"API: {answer.data['name']}", count=1, now=timezone.now())
        return answer


class InitiativeViewSet(RegisterViewSet):
    """Mô hình."""

    queryset = Initiative.objects.select_related("commune", "type").prefetch_related("sites")
    serializer_class = InitiativeSerializer
    filterset_class = filters.InitiativeFilterSet

    @extend_schema(responses={200: InitiativeStepSerializer(many=True)}, filters=False, methods=["GET"])
    @extend_schema(request=InitiativeStepSerializer, responses={201: InitiativeStepSerializer}, methods=["POST"])
    @action(detail=True, methods=["get", "post"], serializer_class=InitiativeStepSerializer, pagination_class=None)
    def steps(self, request: AuthenticatedRequest, pk: str) -> Response:
        """The steps of its life; POST takes the next one, by the rules of the page."""
        initiative = self.get_object()
        if request.method == "GET":
            return Response(InitiativeStepSerializer(initiative.steps.all(), many=True).data)
        given = InitiativeStepSerializer(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        kind = data.pop("kind")
        require(objection(initiative, kind, request.user))
        origin = data.get("origin")
        if origin and origin.initiative_id != initiative.pk:
            raise serializers.ValidationError({"origin": "Điểm này không thuộc mô hình."})
        try:
            taken = take_step(initiative, kind, by=request.user, now=timezone.now(), **data)
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        return Response(InitiativeStepSerializer(taken).data, status=201)


ROUTES = (
    ("group-kinds", GroupKindViewSet, "api_group_kind"),
    ("groups", GroupViewSet, "api_group"),
    ("members", MemberViewSet, "api_member"),
    ("initiative-types", InitiativeTypeViewSet, "api_initiative_type"),
    ("initiatives", InitiativeViewSet, "api_initiative"),
)
