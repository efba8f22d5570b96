"""The API of places, and the base of every register in the API."""

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
from communes.models import Commune, Hamlet, Institution, Province
from communes.parameters import KnownFieldsOnly
from communes.refusals import Objection, Refused, require
from communes.register import objection
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


extend_schema_field({"type": "string", "example": "07999"})(CommuneField)


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
        return rows.visible_to(self.context["request"].user)

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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Run the model's checks and constraints on the row as it would be; it lies in the account's own commune."""
        user, commune = self.context["request"].user, attrs.get("commune")
        if commune is not None and not user.works_for(commune):
            said = f"Danh bạ của {commune} chỉ để đọc qua API; người được giao nhập ghi ở trang Danh bạ."
            raise Refused(Objection(said))
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
        try:
            instance.full_clean(exclude=self.excluded())
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Save a new row."""
        model: type[Model] = self.Meta.model
        return self.update(model(), validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Save the row the one way there is; 409 where it may not leave its place."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return save(instance, by=self.context["request"].user, now=timezone.now())


class ScopedViewSet(viewsets.GenericViewSet):
    """Rows that lie in a place: each reader works with what she may see."""

    request: AuthenticatedRequest
    queryset: ScopedQuerySet

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


class CatalogueViewSet(viewsets.ReadOnlyModelViewSet):
    """Catalogues, open to everyone signed in."""

    lookup_field = "code"


class RegisterViewSet(ScopedViewSet, viewsets.ModelViewSet):
    """Rows of the register: read within scope, changed by their own commune."""

    http_method_names = ["get", "post", "patch", "delete"]
    lookup_value_regex = r"[0-9]{1,18}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse changes by those who only read."""
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            require(objection(self.request.user))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete what nothing refers to; 409 with a sentence otherwise."""
        remove(self.get_object(), by=self.request.user, now=timezone.now())
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
