"""The API of totals: what a place adds up to over a span, as rows of objects or, smaller, as columns."""

from decimal import Decimal
from hashlib import blake2b
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.encoding import force_bytes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from communes.models import User
from communes.parameters import KnownParametersOnly
from communes.requests import AuthenticatedRequest, require_reader
from reports.api.answers import kept_or_written
from reports.api.published import published_of
from reports.api.summaries import SummarySerializer
from reports.asking.address import summary_asked
from reports.filters import SpanForm
from reports.totals.comparing import BASES
from reports.totals.dimensions import By
from reports.totals.rows import IndicatorRow, WeaponRow, indicator_rows, weapon_rows
from reports.totals.splits import on_splits
from reports.totals.summary import Summary
from reports.units import UnknownUnit

SHAPES = ("rows", "columns")
BASIS = ("whole", "like", "none")
COLUMNS = (
    *("key", "indicator", "value", "previous", "same_span_last_year", "reports", "carried", "carried_since"),
    *(f"{base}_{name}" for base in BASES for name in ("basis", "now", "then", "reports", "why")),
    *("from_register", "mark"),
)
"""What stands where in a row of numbers; ``key``, ``indicator``, bases and words are places in their lists."""


class IndicatorColumnSerializer(serializers.Serializer):
    """An indicator, said once."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    section = serializers.CharField()
    measure = serializers.CharField()


class KeyColumnSerializer(serializers.Serializer):
    """A commune, month or hamlet, said once; null where rows are by indicator alone."""

    key = serializers.CharField(allow_null=True)
    key_name = serializers.CharField(allow_null=True)


class SummaryColumnsSerializer(SummarySerializer):
    """The same totals with each indicator, place and sentence said once, and rows of numbers as ``columns`` names them.

    A row's ``key`` and ``indicator`` are places in ``keys`` and ``indicators``, counted from 0; ``…_basis`` in
    ``bases``, ``…_why``, ``mark`` and ``carried_since`` in ``words``.
    """

    shape = serializers.ChoiceField(("columns",))
    indicators = IndicatorColumnSerializer(many=True)
    keys = KeyColumnSerializer(many=True)
    bases = serializers.ListField(child=serializers.CharField())
    words = serializers.ListField(child=serializers.CharField(allow_blank=True))
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField(allow_null=True)))  # type: ignore[assignment]


class SummaryView(KnownParametersOnly, APIView):
    """Tổng hợp."""

    parameters = (*SpanForm.base_fields, "shape")

    ANSWER: ClassVar = PolymorphicProxySerializer(
        component_name="SummaryAnswer",
        serializers=[SummarySerializer, SummaryColumnsSerializer],
        resource_type_field_name=None,
    )

    @extend_schema(
        parameters=[
            OpenApiParameter("province", description="Mã tỉnh"),
            OpenApiParameter("commune", description="Mã xã"),
            OpenApiParameter("cluster", description="Số của cụm xã"),
            OpenApiParameter("span", description="Kỳ: 2025-06, 2025-Q2, 2025-H1, 2025-9M, 2025, 2025-01..2025-05"),
            OpenApiParameter(
                "by", enum=["indicator", "commune", "month", "hamlet"], description="Chia theo chỉ tiêu, xã, tháng, khu"
            ),
            OpenApiParameter(
                "include", enum=["approved", "sent", "all"], description="Tính báo cáo đã duyệt, đã gửi, hay tất cả"
            ),
            OpenApiParameter(
                "boundaries", enum=["today", "then"], description="Theo địa giới hiện nay, hay khi báo cáo"
            ),
            OpenApiParameter("indicator", description="Các mã chỉ tiêu, cách nhau bằng dấu phẩy"),
            OpenApiParameter(
                "shape", enum=SHAPES, description="columns: chỉ tiêu và nơi ghi một lần, số liệu thành dòng số"
            ),
            OpenApiParameter(
                "If-None-Match", location=OpenApiParameter.HEADER, description="ETag của lần trước: 304 nếu chưa đổi"
            ),
        ],
        responses={200: ANSWER, 304: OpenApiResponse(description="Như lần trước.")},
    )
    def get(self, request: AuthenticatedRequest) -> HttpResponse:
        """Totals of a place over a span, with what they are compared with and their coverage."""
        require_reader(request.user)
        shape = request.query_params.get("shape") or SHAPES[0]
        if shape not in SHAPES:
            raise ValidationError({"shape": [f"Chỉ có: {', '.join(SHAPES)}."]})
        try:
            summary, by = summary_asked(request.query_params, request.user, timezone.now(), parts=True)
        except UnknownUnit as error:
            raise Http404 from error
        media_type = request.accepted_media_type

        def write() -> bytes:
            body = (columns_body if shape == "columns" else summary_body)(summary, by)
            return force_bytes(request.accepted_renderer.render(body, media_type, self.get_renderer_context()))

        return _unless_held(request, kept_or_written(summary, (by, shape, media_type), write))


def _unless_held(request: AuthenticatedRequest, body: bytes) -> HttpResponse:
    """Name the answer of this account, and answer 304 to who holds it: 3,650 KB of a province's year by commune.

    The name is made of what is said: so it lasts where what the answer rests on has changed and the answer has not.
    """
    account: User = request.user
    named = blake2b(body, digest_size=16, key=str(account.pk).encode())
    response = HttpResponse(body, content_type=request.accepted_renderer.media_type)
    response["ETag"] = f'"{named.hexdigest()}"'
    return get_conditional_response(request._request, etag=response["ETag"], response=response) or response


def columns_body(summary: Summary, by: By) -> dict[str, Any]:
    """Write a summary with everything that repeats said once."""
    body = head_of(summary, by)
    indicators: dict[str, tuple[int, dict[str, Any]]] = {}
    keys: dict[str | None, tuple[int, dict[str, Any]]] = {}
    words: dict[str, int] = {}
    rows = []
    for row in indicator_rows(summary, by):
        if row.code not in indicators:
            said = {name: getattr(row, name) for name in ("code", "name", "unit", "section", "measure")}
            indicators[row.code] = (len(indicators), said)
        if row.key not in keys:
            keys[row.key] = (len(keys), {"key": row.key, "key_name": row.key_name})
        numbers: list[Any] = [
            keys[row.key][0],
            indicators[row.code][0],
            row.value,
            row.previous,
            row.same_span_last_year,
        ]
        since = None if row.carried_since is None else words.setdefault(row.carried_since, len(words))
        numbers += [row.reports, row.carried, since]
        for base in BASES:
            one = row.compared[base]
            why = words.setdefault(one.why, len(words))
            numbers += [BASIS.index(one.basis), one.now, one.then, one.reports, why]
        numbers += [row.from_register, words.setdefault(row.mark, len(words))]
        rows.append(numbers)
    return body | {
        "shape": "columns",
        "indicators": [said for _, said in indicators.values()],
        "keys": [said for _, said in keys.values()],
        "bases": BASIS,
        "words": list(words),
        "columns": COLUMNS,
        "rows": rows,
    }


def summary_body(summary: Summary, by: By) -> dict[str, Any]:
    """Write a summary with a whole object a row."""
    rows = [row._asdict() | {"compared": _compared(row)} for row in indicator_rows(summary, by)]
    return head_of(summary, by) | {"rows": rows}


def head_of(summary: Summary, by: By) -> dict[str, Any]:
    """Write what both shapes say; ``rows`` holds its place among the rest."""
    span, coverage = summary.span, summary.coverage
    weapons, guns = weapon_rows(summary)
    return {
        "place": summary.place.name,
        "span": str(span),
        "title": span.title,
        "previous_span": str(span.previous),
        "same_span_last_year": str(span.same_span_last_year),
        "include": summary.include,
        "boundaries": summary.boundaries,
        "by": by,
        "coverage": vars(coverage),
        "on_splits": len(on_splits(summary)),
        "rows": None,
        "weapons": [row._asdict() | _as_text(row) | {"compared": _weapons_compared(row)} for row in weapons],
        "guns": _plain(guns.value),
        "initiative_types": summary.initiative_types(),
        "published": published_of(summary),
    }


def _as_text(row: Any) -> dict[str, str | None]:
    names = ("value", "previous", "same_span_last_year")
    return {name: _plain(getattr(row, name)) for name in names}


def _compared(row: IndicatorRow) -> dict[str, dict[str, Any]]:
    return {base: one._asdict() for base, one in row.compared.items()}


def _weapons_compared(row: WeaponRow) -> dict[str, dict[str, Any]]:
    return {
        base: one._asdict() | {"now": _plain(one.now), "then": _plain(one.then)} for base, one in row.compared.items()
    }


def _plain(quantity: int | Decimal | None) -> str | None:
    """Write a quantity without idle zeros: "0.5", "11"."""
    return None if quantity is None else f"{Decimal(quantity).normalize():f}"
