"""The API of initiatives: what they are, where they run, the steps of their lives."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from communes.api import CommuneField, RegisterSerializer, RegisterViewSet, ScopedKeyField
from communes.lifetimes import last_day
from communes.managers import lived
from communes.models import Commune, Hamlet, Institution
from communes.parameters import KnownFieldsOnly
from communes.refusals import require
from communes.requests import AuthenticatedRequest
from models_registry import filters
from models_registry import sites as places
from models_registry.forms import origins_for
from models_registry.initiatives import objection, take_step
from models_registry.models import Initiative, InitiativeSite, InitiativeStep, InitiativeType


class OriginField(ScopedKeyField):
    """An initiative of another commune of the province, from which one was taken up."""

    def get_queryset(self) -> Any:
        """Offer what the form offers."""
        return origins_for(self.context["view"].desk.worker)


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
    ended_on = serializers.DateField(
        allow_null=True,
        required=False,
        help_text="Chỉ ghi được ở danh bạ của đơn vị cũ; mô hình đang chạy kết thúc bằng bước thanh loại.",
    )
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
        read_only_fields = ["typical_since", "discontinued_because"]

    def get_skilful(self, initiative: Initiative) -> bool:
        """Whether it carries the tag today; that of a former commune on its last day."""
        return initiative.skilful_on(self.context["view"].last or timezone.localdate())

    def validate_state(self, value: str) -> str:
        """A running initiative moves on by steps, each with its day and decision."""
        if self.instance and self.instance.state not in (Initiative.State.PLANNED, value):
            raise serializers.ValidationError(
                "Giai đoạn của mô hình đang chạy thay đổi qua các bước, có ngày và quyết định."
            )
        return value

    def get_sites(self, initiative: Initiative) -> list[dict[str, int | None]]:
        """Where it runs; neither hamlet nor institution is the whole commune."""
        last = self.context["view"].last
        then = last and (initiative.ended_on or last)
        return [
            {"hamlet": site.hamlet_id, "institution": site.institution_id}
            for site in initiative.sites.all()
            if (lived(site.started_on, site.ended_on, then, then) if then else site.ended_on is None)
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """In a former commune an initiative ends by its day, as on its form; one that lives ends by a step alone."""
        last, one = last_day(self.worker.commune), self.instance
        ended = None if last else attrs.pop("ended_on", None)
        if ended and ended != (one and one.ended_on):
            raise serializers.ValidationError({"ended_on": self.fields["ended_on"].help_text})
        self.then = last and ((one and one.ended_on) or last)
        running = list(places.standing(one, self.then)) if one and self.then else []
        given: dict[str, Any] = {name: attrs.pop(name) for name in places.CHOSEN if name in attrs}
        self.wanted = places.wanted_of(**given) if given or not last else {places.place_of(site) for site in running}
        self.placed = bool(given or last)
        attrs = super().validate(attrs)
        if one and last:
            said = places.objections(one, running, self.wanted, attrs["ended_on"])
            if said:
                raise serializers.ValidationError(said)
        return attrs

    def save(self, **kwargs: Any) -> Initiative:
        """Save with its sites; those of a living initiative are changed only where one of their fields is given."""
        with transaction.atomic():
            initiative = super().save(**kwargs)
            if self.then:
                places.correct(initiative, self.wanted, self.then, by=self.worker, now=timezone.now())
            elif self.placed:
                places.choose(initiative, self.wanted, by=self.worker, now=timezone.now())
            initiative._prefetched_objects_cache = {}
        return initiative


class InitiativeViewSet(RegisterViewSet):
    """Mô hình."""

    queryset = Initiative.objects.select_related("commune", "type").prefetch_related("sites")
    serializer_class = InitiativeSerializer
    filterset_class = filters.InitiativeFilterSet

    @extend_schema(responses={200: InitiativeStepSerializer(many=True)}, filters=False, methods=["GET"])
    @extend_schema(request=InitiativeStepSerializer, responses={201: InitiativeStepSerializer}, methods=["POST"])
    @action(
        detail=True,
        methods=["get", "post"],
        serializer_class=InitiativeStepSerializer,
        pagination_class=None,
        filterset_class=None,
    )
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
