"""The API of review: the queue with its marks, deadlines, and who kept them."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from communes.api import ScopedViewSet
from communes.models import Commune, Province
from communes.parameters import KnownFieldsOnly, KnownParametersOnly
from communes.refusals import Forbidden, Refused
from communes.requests import AuthenticatedRequest
from reports.api.serializers import MonthSerializerField
from reports.models import Deadline
from reports.months import Month
from reports.review import deadlines
from reports.review.queue import Waiting, marked_queue
from reports.units import Unit


def province_asked(request: AuthenticatedRequest) -> Province:
    """Return the reader's province, or the one a national viewer names.

    Raises :class:`Refused` for a commune's people, ``Http404`` for a province out of scope.
    """
    user = request.user
    if not user.reads_above_communes:
        raise Refused(Forbidden("Hàng đợi duyệt dành cho cấp tỉnh."))
    name = request.query_params.get("province")
    province = Province.objects.visible_to(user).named(name).first() if name else user.province
    if province is None:
        raise Http404
    return province


class MarkSerializer(serializers.Serializer):
    """Why a report stands out: its kind, a sentence with numbers, and what the unit said of it."""

    kind = serializers.CharField()
    label: Any = serializers.CharField()  # a field of its own, not the label that every serializer has
    sentence = serializers.CharField()
    said = serializers.CharField()


class WaitingSerializer(serializers.Serializer):
    """One commune's month; ``report`` is null where it was never begun."""

    unit = serializers.CharField()
    name = serializers.CharField()
    part = serializers.CharField()
    report = serializers.IntegerField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    due = serializers.DateTimeField()
    answer_by = serializers.DateField(allow_null=True)
    overdue = serializers.BooleanField()
    marks = MarkSerializer(many=True)


def waiting_body(one: Waiting) -> dict[str, Any]:
    """Write one commune's month."""
    return {
        "unit": one.unit.slug,
        "name": one.unit.name,
        "part": one.kind,
        "report": one.report and one.report.pk,
        "sent_at": one.report and one.report.sent_at,
        "due": one.due,
        "answer_by": one.report and one.report.answer_by,
        "overdue": one.is_overdue,
        "marks": one.marks,
    }


PROVINCE = OpenApiParameter("province", description="Mã tỉnh (cấp trung ương phải ghi)")


class QueueView(KnownParametersOnly, APIView):
    """Seen by: the province's people, and a national viewer who names the province."""

    parameters = ("province", "month")

    @extend_schema(
        parameters=[PROVINCE, OpenApiParameter("month", description="2025-06; mặc định là tháng vừa kết thúc")],
        responses=WaitingSerializer(many=True),
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Every commune's month, part by part; among what waits for review the oddest first."""
        province, now = province_asked(request), timezone.now()
        try:
            name = request.query_params.get("month")
            month = Month.parse(name) if name else Unit(province).current_month(now) - 1
        except ValueError as error:
            raise ValidationError({"month": [str(error)]}) from error
        queue = marked_queue(province, month, request.user, now)
        rows = [waiting_body(one) for _, _, part in queue.listed for one in part]
        return Response(WaitingSerializer(rows, many=True).data)


class KeptSerializer(serializers.Serializer):
    """How one commune kept one month's deadline: on_time, late (by days), overdue, open, none (not owed)."""

    month = serializers.CharField()
    kind = serializers.CharField()
    days = serializers.IntegerField(allow_null=True)
    extended = serializers.BooleanField()


class TimelinessSerializer(serializers.Serializer):
    """A commune's deadlines over a year."""

    commune = serializers.CharField()
    name = serializers.CharField()
    due = serializers.IntegerField()
    on_time = serializers.IntegerField()
    days_late = serializers.IntegerField()
    months = KeptSerializer(many=True)


class TimelinessView(KnownParametersOnly, APIView):
    """Seen by: the province's people, and a national viewer who names the province."""

    parameters = ("province", "year")

    @extend_schema(
        parameters=[PROVINCE, OpenApiParameter("year", description="2025; mặc định là năm đang chạy")],
        responses=TimelinessSerializer(many=True),
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """How each commune kept the deadlines of a year."""
        province, now = province_asked(request), timezone.now()
        span = deadlines.year_of(province, request.query_params.get("year", ""), now)
        rows = [
            {
                "commune": row.commune.slug,
                "name": str(row.commune),
                "due": row.due,
                "on_time": row.count("on_time"),
                "days_late": row.days_late,
                "months": [{"month": str(month)} | vars(kept) for month, kept in zip(span, row.months, strict=False)],
            }
            for row in deadlines.timeliness(province, span, now)
        ]
        return Response(TimelinessSerializer(rows, many=True).data)


class ReplacedSerializer(serializers.Serializer):
    """The extension of the same month in whose place one was given just now, and who had set it."""

    due_on = serializers.DateField()
    reason = serializers.CharField()
    by: Any = serializers.StringRelatedField()
    at = serializers.DateTimeField()


class DeadlineSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """A month's last day that differs from the usual; with a commune it is an extension and has a reason."""

    province = serializers.CharField(source="province.slug", read_only=True)
    commune = serializers.CharField(source="commune.slug", allow_null=True, max_length=10)
    month = MonthSerializerField()
    reason = serializers.CharField(max_length=500)
    replaced = ReplacedSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Deadline
        fields = ["id", "province", "commune", "party", "month", "due_on", "reason", "at", "replaced"]
        read_only_fields = ["party", "at"]

    def create(self, validated_data: dict[str, Any]) -> Deadline:
        """Give one commune more time."""
        user = self.context["request"].user
        slug = (validated_data.get("commune") or {}).get("slug") or ""
        commune = Commune.objects.visible_to(user).select_related("province").named(slug).first()
        if commune is None:
            raise ValidationError({"commune": ["Không có xã mang mã này trong phạm vi của bạn."]})
        return deadlines.extend(
            commune,
            validated_data["month"],
            validated_data["due_on"],
            reason=validated_data["reason"],
            by=user,
            now=timezone.now(),
        )


class DeadlineViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, mixins.DestroyModelMixin, ScopedViewSet):
    """Seen by: the province and above it; a commune its own extensions. Hạn gửi."""

    queryset = Deadline.objects.select_related("province", "commune")
    serializer_class = DeadlineSerializer
    filterset_class = None
    lookup_value_regex = r"[0-9]{1,18}"

    def perform_destroy(self, instance: Deadline) -> None:
        """Take it back."""
        deadlines.withdraw(instance, by=self.request.user)


ROUTES = (("deadlines", DeadlineViewSet, "api_deadline"),)
