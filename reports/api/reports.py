"""The API of reports: cells, weapons and steps."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from communes.api import CatalogueViewSet, ScopedViewSet
from communes.refusals import Refused
from communes.requests import AuthenticatedRequest
from models_registry.filters import CatalogueFilterSet
from reports.api import serializers
from reports.api.cells import NOT_A_CELL, outcome_body, read_cells
from reports.entry import figures, history, presenting, workflow
from reports.entry.grid import Grid, Row
from reports.entry.handovers import remove_handover
from reports.entry.remarks import comment_on, write_notes
from reports.filters import IndicatorFilterSet, ReportFilterSet
from reports.models import CellComment, Figure, Indicator, MonthlyReport, WeaponHandover, WeaponKind


class ReportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Báo cáo tháng."""

    queryset = MonthlyReport.objects.with_unit().with_due().select_related("presented_by")
    serializer_class = serializers.ReportSerializer
    filterset_class = ReportFilterSet
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> Any:
        """What the user may see; where cells are written only which report it is: it is read when it is locked."""
        if self.action == "figures":
            return MonthlyReport.objects.visible_to(self.request.user).only("pk")
        return super().get_queryset()

    def get_serializer_class(self) -> type:
        """One report is told in full."""
        return serializers.ReportDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    def detail_body(self, report: MonthlyReport) -> Any:
        """The report in full."""
        return serializers.ReportDetailSerializer(report, context=self.get_serializer_context()).data

    @extend_schema(
        request=serializers.OpenSerializer,
        responses={200: serializers.ReportDetailSerializer, 201: serializers.ReportDetailSerializer},
    )
    def create(self, request: AuthenticatedRequest) -> Response:
        """Open the report of a month (201), or return the one there is (200)."""
        asked = serializers.OpenSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        unit, month = asked.validated_data["unit"], asked.validated_data["month"]
        report, created = figures.open_report(unit, month, by=request.user, now=timezone.now())
        return Response(self.detail_body(report), status=201 if created else 200)

    @extend_schema(
        methods=["put"],
        request=serializers.FiguresSerializer,
        responses={200: serializers.OutcomeSerializer, 207: serializers.OutcomeSerializer},
    )
    @extend_schema(methods=["get"], responses=serializers.CellSerializer(many=True))
    @action(detail=True, methods=["get", "put"], filterset_class=None)
    def figures(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Read the filled cells; or write cells: saved, conflicts, errors; 207 where some failed."""
        if request.method == "GET":
            report = self.get_object()
            rows = Figure.objects.filter(log__report=report).order_by("pk").select_related("log", "indicator")
            page = self.paginate_queryset(rows) or []
            return self.get_paginated_response(
                [
                    {
                        "hamlet": f.log.hamlet_id,
                        "group": f.log.group_id,
                        "indicator": f.indicator.code,
                        "value": f.value,
                    }
                    for f in page
                ]
            )
        report = MonthlyReport(pk=int(pk))  # read when it is locked: whoever may enter sees it, others are asked below
        try:
            cells, unread = read_cells(request.data)
            outcome = figures.record(report, cells, by=request.user, now=timezone.now())
        except (Refused, APIException, MonthlyReport.DoesNotExist):
            self.get_object()
            raise
        body = outcome_body(report, outcome, unread)
        return Response(body, status=207 if body["conflicts"] or body["errors"] else 200)

    @extend_schema(responses=serializers.ChangeSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def changes(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Every value the cells took, newest first."""
        page = self.paginate_queryset(history.changes(self.get_object()))
        return self.get_paginated_response(serializers.ChangeSerializer(page, many=True).data)

    @extend_schema(methods=["get"], responses=serializers.HandoverSerializer(many=True))
    @extend_schema(
        methods=["post"], request=serializers.HandoverSerializer, responses={201: serializers.HandoverSerializer}
    )
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def handovers(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Weapons handed over: read the lines, or add one."""
        report = self.get_object()
        context = self.get_serializer_context()
        if request.method == "GET":
            page = self.paginate_queryset(report.handovers.select_related("kind"))
            return self.get_paginated_response(serializers.HandoverSerializer(page, many=True, context=context).data)
        line = serializers.HandoverSerializer(data=request.data, context=context)
        line.is_valid(raise_exception=True)
        line.save(report=report)
        return Response(line.data, status=201)

    @extend_schema(request=serializers.NotesSerializer, responses={200: serializers.NotesSerializer})
    @action(detail=True, methods=["put"], filterset_class=None)
    def notes(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Write the notes; those that someone else changed meanwhile come back as conflicts (409)."""
        given = serializers.NotesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        notes = dict(given.validated_data)
        was = notes.pop("was", {})
        report = self.get_object()
        conflicts = write_notes(report, notes, was=was, by=request.user, now=timezone.now())
        if conflicts:
            detail = "Người khác vừa sửa phần ghi chú này."
            return Response({"detail": detail, "conflicts": conflicts}, status=409)
        report.refresh_from_db(fields=list(notes))
        return Response({name: getattr(report, name) for name in notes})

    @extend_schema(methods=["get"], responses=serializers.CommentSerializer(many=True))
    @extend_schema(
        methods=["post"], request=serializers.CommentSerializer, responses={201: serializers.CommentSerializer}
    )
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def comments(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Remarks on cells: read them, or add one."""
        report = self.get_object()
        if request.method == "GET":
            rows = CellComment.objects.filter(report=report).select_related("indicator", "by")
            page = self.paginate_queryset(rows)
            return self.get_paginated_response(serializers.CommentSerializer(page, many=True).data)
        given = serializers.CommentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        if data.get("hamlet_id") and data.get("group_id"):
            raise ValidationError({"hamlet": [NOT_A_CELL]})
        row = Row(data.get("hamlet_id"), data.get("group_id"))
        comment = comment_on(report, row, data["indicator"]["code"], data["text"], by=request.user, now=timezone.now())
        return Response(serializers.CommentSerializer(comment).data, status=201)

    def _step(self, request: AuthenticatedRequest, name: str) -> Response:
        given = serializers.StepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        report = self.get_object()
        if strange := [key for key in ("cells", "answer_by") if data.get(key) and name != "return"]:
            raise ValidationError({key: ["Mục này chỉ dùng khi trả lại báo cáo."] for key in strange})
        workflow.perform(
            report,
            name,
            by=request.user,
            now=timezone.now(),
            comment=data.get("comment", ""),
            explanations=data.get("explanations"),
            cells=_pointed(report, data.get("cells", [])),
            answer_by=data.get("answer_by"),
        )
        return Response(self.detail_body(self.get_object()))

    def _mark(self, request: AuthenticatedRequest, marking: presenting.Marking) -> Response:
        given = serializers.StepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        explanations = given.validated_data.get("explanations")
        presenting.mark(self.get_object(), marking, by=request.user, now=timezone.now(), explanations=explanations)
        return Response(self.detail_body(self.get_object()))

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def present(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Trình chỉ huy: a mark on the open report, with what the officer says of its warnings."""
        return self._mark(request, presenting.PRESENT)

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def withdraw(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Rút lại: the mark is taken off."""
        return self._mark(request, presenting.WITHDRAW)

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def ask_return(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Đề nghị trả lại: the unit asks for its sent report, with why."""
        given = serializers.StepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        comment = given.validated_data.get("comment", "")
        presenting.ask_return(self.get_object(), comment, by=request.user, now=timezone.now())
        return Response(self.detail_body(self.get_object()))

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def submit(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Gửi."""
        return self._step(request, "submit")

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], url_path="return", filterset_class=None)
    def send_back(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Trả lại."""
        return self._step(request, "return")

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def approve(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Duyệt."""
        return self._step(request, "approve")

    @extend_schema(request=serializers.StepSerializer, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def reopen(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Mở lại."""
        return self._step(request, "reopen")

    @extend_schema(request=None, responses={200: serializers.ReportDetailSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def undo(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Hoàn tác việc duyệt hoặc trả lại trong ngày."""
        workflow.perform(self.get_object(), workflow.UNDO, by=request.user, now=timezone.now())
        return Response(self.detail_body(self.get_object()))


def _pointed(report: MonthlyReport, raw: list[dict[str, Any]]) -> dict[tuple[Row, str], str]:
    """Read the cells a return points at, each with its comment if it has one, and see that they exist."""
    if not raw:
        return {}
    grid = Grid.of(report)
    cells = {}
    wrong: dict[int, str] = {}
    for place, one in enumerate(raw):
        row, code = Row(one.get("hamlet"), one.get("group")), one["indicator"]
        try:
            grid.indicator_of(row, code)
        except DjangoValidationError as error:
            wrong[place] = " ".join(error.messages)
        cells[row, code] = one.get("comment", "")
    if wrong:
        raise ValidationError({"cells": serializers.of_cells(wrong, len(raw))})
    return cells


class HandoverViewSet(mixins.UpdateModelMixin, ScopedViewSet):
    """Giao nộp vũ khí."""

    http_method_names = ["patch", "delete"]
    queryset = WeaponHandover.objects.select_related("report", "kind")
    serializer_class = serializers.HandoverSerializer
    lookup_value_regex = r"[0-9]{1,18}"

    def destroy(self, request: AuthenticatedRequest, pk: str) -> Response:
        """Take the line away."""
        remove_handover(self.get_object(), by=request.user, now=timezone.now())
        return Response(status=204)


class IndicatorViewSet(CatalogueViewSet):
    """Chỉ tiêu."""

    queryset = Indicator.objects.select_related("section", "within", "at_least")
    serializer_class = serializers.IndicatorSerializer
    filterset_class = IndicatorFilterSet


class WeaponKindViewSet(CatalogueViewSet):
    """Loại vũ khí."""

    queryset = WeaponKind.objects.all()
    serializer_class = serializers.WeaponKindSerializer
    filterset_class = CatalogueFilterSet


ROUTES = (
    ("indicators", IndicatorViewSet, "api_indicator"),
    ("weapon-kinds", WeaponKindViewSet, "api_weapon_kind"),
    ("reports", ReportViewSet, "api_report"),
    ("handovers", HandoverViewSet, "api_handover"),
)
