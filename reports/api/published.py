"""The API of published totals."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as fields
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from communes.api import ScopedViewSet
from communes.parameters import KnownFieldsOnly
from communes.requests import AuthenticatedRequest
from reports.asking.address import place_named
from reports.entry.published import WEAPON, Source, publish
from reports.models import PublishedTotal
from reports.months import Span
from reports.totals.published import Beside, beside_months, published_beside
from reports.totals.summary import Summary
from reports.units import UnknownUnit


class PublishedSerializer(fields.Serializer):
    """A published total as its source has it; ``summed`` and ``difference`` are of the months, null where unknown."""

    unit = fields.CharField()
    unit_name = fields.CharField()
    span = fields.CharField()
    indicator = fields.CharField(allow_null=True)
    weapon = fields.CharField(allow_null=True)
    name = fields.CharField()
    value = fields.CharField(allow_null=True)
    mark = fields.CharField()
    words = fields.CharField()
    text = fields.CharField()
    source: Any = fields.CharField()  # a field of its own, not what every serializer field reads
    number = fields.CharField()
    day = fields.DateField(allow_null=True)
    summed = fields.CharField(allow_null=True)
    difference = fields.CharField(allow_null=True)


class PublishedFigureSerializer(KnownFieldsOnly, fields.Serializer):
    """One figure: of an indicator or of a kind of weapon, as the source writes it ("gần 170"); blank takes it back."""

    indicator = fields.CharField(required=False, allow_null=True, max_length=60)
    weapon = fields.CharField(required=False, allow_null=True, max_length=60)
    text = fields.CharField(allow_blank=True, max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one of the two."""
        if bool(attrs.get("indicator")) == bool(attrs.get("weapon")):
            raise fields.ValidationError("Ghi mã chỉ tiêu (indicator) hoặc mã loại vũ khí (weapon).")
        return attrs


class PublicationSerializer(KnownFieldsOnly, fields.Serializer):
    """What one source says of a unit's span, kept all or nothing."""

    unit = fields.CharField(max_length=10)
    span = fields.CharField(max_length=20)
    source: Any = fields.CharField(max_length=200)
    number = fields.CharField(max_length=60, required=False, allow_blank=True, default="")
    day = fields.DateField(required=False, allow_null=True, default=None)
    figures = PublishedFigureSerializer(many=True, allow_empty=False)


class PublishedViewSet(ScopedViewSet):
    """Số liệu đã công bố."""

    queryset = PublishedTotal.objects.all()
    serializer_class = PublishedSerializer
    parameters = ("unit", "span")

    @extend_schema(
        parameters=[
            OpenApiParameter("unit", description="Mã đơn vị: 25, 119-2025, 07999, 07999-2025"),
            OpenApiParameter("span", description="Kỳ: 2022, 2024-H1"),
        ],
        responses=PublishedSerializer(many=True),
    )
    def list(self, request: AuthenticatedRequest) -> Response:
        """Published totals of what one sees, newest spans first, each beside the sum of its months."""
        rows = self.get_queryset().named()
        if unit := request.query_params.get("unit"):
            home = _home(unit, request)
            rows = rows.of(home)
        if span := request.query_params.get("span"):
            rows = rows.filter(span=span)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(_beside(page or []))

    @extend_schema(request=PublicationSerializer, responses=PublishedSerializer(many=True))
    def create(self, request: AuthenticatedRequest) -> Response:
        """Keep what a source says of a unit's span; answers all that is kept of it."""
        given = PublicationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        home = _home(asked["unit"], request)
        try:
            span = Span.parse(asked["span"], home.province.year_first)
        except ValueError as error:
            raise fields.ValidationError({"span": [str(error)]}) from error
        figures = {one.get("indicator") or f"{WEAPON}{one['weapon']}": one["text"] for one in asked["figures"]}
        source = Source(asked["source"], asked["number"], asked["day"])
        try:
            publish(home, span, source, figures, by=request.user, now=timezone.now())
        except ValidationError as error:
            raise fields.ValidationError(get_error_detail(error)) from error
        kept = PublishedTotal.objects.of(home).named().filter(span=str(span))
        return Response(_beside(list(kept)), status=201)


def _home(unit: str, request: AuthenticatedRequest) -> Any:
    """The unit of that name within the user's scope, or a sentence."""
    try:
        home = place_named(unit.upper(), request.user).home
    except UnknownUnit:
        home = None
    if home is None or request.user.is_administrator:
        raise fields.ValidationError({"unit": [f"Không có đơn vị mang mã “{unit}” trong phạm vi của bạn."]})
    return home


def _beside(totals: list[PublishedTotal]) -> list[dict[str, Any]]:
    """Write totals in their order, those of one unit and span asked of the months together."""
    groups: dict[Any, list[PublishedTotal]] = {}
    for one in totals:
        groups.setdefault((one.home, one.span), []).append(one)
    now = timezone.now()
    found: dict[int, dict[str, Any]] = {}
    for (home, name), rows in groups.items():
        span = Span.parse(name, home.province.year_first)
        found |= {row.published.pk: written(row) for row in beside_months(home, span, rows, now)}
    return [found[one.pk] for one in totals]


def published_of(summary: Summary) -> list[dict[str, Any]]:
    """Write what was published of a summary's place and span: its own beside the months, its predecessors' alone."""
    found = published_beside(summary)
    own = [one for one in found if one.home == summary.place.home]
    rows = beside_months(own[0].home, summary.span, own, summary.now) if own else []
    return [written(row) for row in (*rows, *(Beside(one, None, 0) for one in found if one not in own))]


def written(row: Beside) -> dict[str, Any]:
    """Write a total."""
    one = row.published
    return {
        "unit": one.home.unit.slug,
        "unit_name": str(one.home.unit),
        "span": one.span,
        "indicator": one.indicator.code if one.indicator else None,
        "weapon": one.weapon.code if one.weapon else None,
        "name": one.name,
        "value": _plain(one.value),
        "mark": one.mark,
        "words": one.words,
        "text": one.text,
        "source": one.source,
        "number": one.number,
        "day": one.day,
        "summed": _plain(row.summed),
        "difference": _plain(row.difference),
    }


def _plain(quantity: Any) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"


ROUTES = (("published", PublishedViewSet, "api_published"),)
