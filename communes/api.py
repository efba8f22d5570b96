"""The API of places, and the base of every register in the API.

A register is worked on at a desk, as on its pages (``communes/register/desks.py``): at one's own commune, or at a
former one whose register one keeps until a day, named by a row, by ``commune`` of a list or of a new row.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.fields import get_error_detail
from rest_framework.request import Request
from rest_framework.response import Response

from communes import filters
from communes.lifetimes import beyond, end_with, last_day, same_then
from communes.models import Commune, Hamlet, Institution, Province, User
from communes.parameters import KnownFieldsOnly, KnownParametersOnly
from communes.refusals import Objection, Refused, require
from communes.register.desks import Desk, desk_for, desk_of, former_asked, reading_desk, rows_seen
from communes.register.kinds import objection_to_rows
from communes.requests import AuthenticatedRequest
from communes.saving import remove, save
from communes.scope import ScopedQuerySet


class CommuneField(serializers.RelatedField[Commune, Any, str]):
    """A commune named by its code, within the user's scope."""

    default_error_messages = {"does_not_exist": "Không có xã, phường mang mã “{value}” trong phạm vi của bạn."}

    def get_queryset(self) -> Any:
        """Offer what the user sees."""
        if self.read_only:
            return None
        return Commune.objects.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Commune:
        """Find the commune."""
        for commune in self.get_queryset().named(data) if isinstance(data, str) else ():
            return commune
        return self.fail("does_not_exist", value=data)

    def to_representation(self, value: Any) -> str:
        """Name it."""
        return value.slug


extend_schema_field(
    {
        "type": "string",
        "example": "07999",
        "description": "Mã xã của tài khoản; hoặc mã và năm kết thúc của đơn vị cũ (07999-2025) mà tỉnh giao cho tài "
        "khoản nhập, đến hết ngày được giao. Mục của đơn vị cũ kết thúc cùng đơn vị ấy, không ngày nào ghi sau đó; "
        "ngoài người được giao, danh bạ ấy chỉ để đọc (409).",
    }
)(CommuneField)


class ScopedKeyField(serializers.PrimaryKeyRelatedField):
    """A row of the register by its number, within the user's scope."""

    default_error_messages = {
        "does_not_exist": "Không có mục số {pk_value} trong phạm vi của bạn.",
        "incorrect_type": "Ghi số của mục (số nguyên).",
    }

    def get_queryset(self) -> Any:
        """Offer what the user sees."""
        rows = super().get_queryset()
        assert isinstance(rows, ScopedQuerySet)
        return rows.visible_to(self.context["view"].desk.worker)

    def to_internal_value(self, data: Any) -> Any:
        """Find the row; a number no database holds is simply not there."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type")
        if not 0 < data < 2**63:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class RegisterSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """A row of the register, held to the same rules as its form: the model's own."""

    def get_unique_together_validators(self) -> list[Any]:
        """Leave uniqueness to the constraints, which have their sentences."""
        return []

    def excluded(self) -> set[str]:
        """Columns that are checked elsewhere."""
        return set()

    @property
    def worker(self) -> User:
        """Who writes, as one that sees and writes the commune of the desk alone."""
        return self.context["view"].desk.worker

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Run the model's checks and constraints on the row as it would be; it lies in the desk's commune.

        One of a former commune is held to its last day, as its form does.
        """
        home, commune = self.worker.commune, attrs.get("commune")
        if commune is not None and not self.worker.works_for(commune):
            raise Refused(Objection(f"Mục ở danh bạ của {home} không ghi sang danh bạ của {commune} được."))
        instance = self._as_it_would_be(attrs)
        end_with(instance, home)
        if said := beyond(attrs, home):
            raise serializers.ValidationError(said)
        try:
            instance.full_clean(exclude=self.excluded())
            if last_day(home) and (same := same_then(instance)):
                raise ValidationError(same)
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        if last_day(home) and hasattr(instance, "ended_on"):
            attrs["ended_on"] = instance.ended_on
        return attrs

    def _as_it_would_be(self, attrs: dict[str, Any]) -> Any:
        model: type[Model] = self.Meta.model
        own = {f.name for f in model._meta.get_fields() if not f.one_to_many and not f.many_to_many}
        instance = model()
        if self.instance:
            instance._state.adding = False
            for field in model._meta.concrete_fields:
                setattr(instance, field.attname, getattr(self.instance, field.attname))
        for name, value in attrs.items():
            if name in own:
                setattr(instance, name, value)
        return instance

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Save a new row."""
        model: type[Model] = self.Meta.model
        return self.update(model(), validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Save the row the one way there is; 409 where it may not leave its place."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return save(instance, by=self.worker, now=timezone.now())


class ScopedViewSet(KnownParametersOnly, viewsets.GenericViewSet):
    """Rows that lie in a place: each reader works with what she may see."""

    request: AuthenticatedRequest
    queryset: ScopedQuerySet

    @property
    def desk(self) -> Desk:
        """Where the account works: at its own place, where a call says nothing else."""
        return Desk(self.request.user)

    def get_queryset(self) -> Any:
        """What the user may see."""
        return self.queryset.visible_to(self.request.user)


class PlaceViewSet(ScopedViewSet, viewsets.ReadOnlyModelViewSet):
    """Official units by code; a former one by code and year of its end."""

    lookup_value_regex = r"[0-9A-Z-]+"
    lookup_field = "code"

    def filter_queryset(self, queryset: Any) -> Any:
        """List the living units, or with ``?former=true`` the former ones; each is found by its name."""
        found: Any = super().filter_queryset(queryset)
        former = self.request.query_params.get("former", "").lower() == "true"
        return found.living() if self.action == "list" and not former else found

    def get_object(self) -> Any:
        """Find the unit by the name it has in addresses."""
        for unit in self.filter_queryset(self.get_queryset().named(self.kwargs["code"])):
            return unit
        raise Http404


class CatalogueViewSet(KnownParametersOnly, viewsets.ReadOnlyModelViewSet):
    """Catalogues, open to everyone signed in."""

    lookup_field = "code"


class RegisterViewSet(ScopedViewSet, viewsets.ModelViewSet):
    """Rows of the register: read within scope, changed by their own commune, or by whom the province named."""

    http_method_names = ["get", "post", "patch", "delete"]
    lookup_value_regex = r"[0-9]{1,18}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse changes by those who only read."""
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            require(objection_to_rows(self.desk.worker))

    @cached_property
    def asked(self) -> tuple[Desk, Commune | None]:
        """The desk at which the call is answered, and the commune that it is about, where it is about one.

        Raises ``Http404``, :class:`Refused`.
        """
        user = self.request.user
        if "pk" in self.kwargs:
            row, desk = desk_for(user, type(self).queryset.all(), int(self.kwargs["pk"]))
            return desk, desk.former or getattr(row, "commune", None) or user.commune
        if self.request.method == "POST":
            data = self.request.data
            desk = self.desk_of_new(data) if isinstance(data, Mapping) else Desk(user)
            return desk, desk.worker.commune
        former = former_asked(user, self.request.query_params.get("commune"))
        return reading_desk(user, former), former

    def desk_of_new(self, data: Mapping[str, Any]) -> Desk:
        """The desk at which a new row is written: its commune's."""
        user = self.request.user
        return desk_of(user, former_asked(user, data.get("commune")))

    @property
    def desk(self) -> Desk:
        """Where the account works with what is asked for."""
        return self.asked[0]

    @property
    def last(self) -> date | None:
        """The last day of the commune that the call is about, on which it is measured; None of a living one."""
        return last_day(self.asked[1])

    def get_queryset(self) -> Any:
        """What the user may see, of a former commune where the call asks for it."""
        desk, commune = self.asked
        if "pk" in self.kwargs:
            return self.queryset.visible_to(desk.worker)
        return rows_seen(self.request.user, self.queryset, commune if last_day(commune) else None)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete what nothing refers to; 409 with a sentence otherwise."""
        remove(self.get_object(), by=self.desk.worker, now=timezone.now())
        return Response(status=204)


class ProvinceSerializer(serializers.ModelSerializer):
    """A province and the settings of its reporting."""

    code = serializers.CharField(source="slug", read_only=True)

    class Meta:
        model = Province
        fields = [
            "code",
            "name",
            "kind",
            "cutoff_day",
            "commune_due_day",
            "province_due_day",
            "year_first_month",
            "office_name",
            "latitude",
            "longitude",
        ]


class CommuneSerializer(serializers.ModelSerializer):
    """A commune."""

    code = serializers.CharField(source="slug", read_only=True)
    province = serializers.CharField(source="province.slug", read_only=True)

    class Meta:
        model = Commune
        fields = ["code", "name", "kind", "province", "area_km2", "latitude", "longitude", "started_on", "ended_on"]


class HamletSerializer(RegisterSerializer):
    """A hamlet."""

    commune = CommuneField(queryset=Commune.objects.all())

    class Meta:
        model = Hamlet
        fields = ["id", "commune", "name", "households", "population", "covenant_on", "started_on", "ended_on"]


class InstitutionSerializer(RegisterSerializer):
    """An institution."""

    commune = CommuneField(queryset=Commune.objects.all())

    class Meta:
        model = Institution
        fields = ["id", "commune", "name", "kind", "started_on", "ended_on"]


class ProvinceViewSet(PlaceViewSet):
    """Tỉnh, thành phố."""

    queryset = Province.objects.all()
    serializer_class = ProvinceSerializer
    filterset_class = filters.ProvinceFilterSet


class CommuneViewSet(PlaceViewSet):
    """Xã, phường, đặc khu."""

    queryset = Commune.objects.select_related("province")
    serializer_class = CommuneSerializer
    filterset_class = filters.CommuneFilterSet


class HamletViewSet(RegisterViewSet):
    """Khu dân cư."""

    queryset = Hamlet.objects.select_related("commune")
    serializer_class = HamletSerializer
    filterset_class = filters.HamletFilterSet


class InstitutionViewSet(RegisterViewSet):
    """Cơ quan, doanh nghiệp, trường học."""

    queryset = Institution.objects.select_related("commune")
    serializer_class = InstitutionSerializer
    filterset_class = filters.InstitutionFilterSet


ROUTES = (
    ("provinces", ProvinceViewSet, "api_province"),
    ("communes", CommuneViewSet, "api_commune"),
    ("hamlets", HamletViewSet, "api_hamlet"),
    ("institutions", InstitutionViewSet, "api_institution"),
)
