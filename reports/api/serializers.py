"""How reports look in the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from communes.api import ScopedKeyField
from communes.counts import MAX_VALUE
from communes.models import Hamlet
from communes.parameters import KnownFieldsOnly, strangers
from models_registry.models import SelfManagementGroup
from reports.entry import checks, figures, kept_totals, presenting, workflow
from reports.entry.both_told import restating_note
from reports.entry.handovers import save_handover
from reports.models import Indicator, IndicatorSection, MonthlyReport, WeaponHandover, WeaponKind
from reports.months import Month
from reports.units import Unit, UnknownUnit

BIGGEST = 2**63 - 1
MOST_POINTED = 500


class MonthSerializerField(serializers.CharField):
    """A month: "2025-06"."""

    def run_validation(self, data: Any = empty) -> Any:
        """Read the text as a month or refuse with a sentence."""
        text = super().run_validation(data)
        try:
            return text and Month.parse(text)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Any) -> str:
        """Write it."""
        return str(value)


class ProblemSerializer(serializers.Serializer):
    """Something wrong or odd in a report, with its cells."""

    key = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning"])
    sentence = serializers.CharField()
    indicator = serializers.CharField(allow_null=True)
    cells = serializers.SerializerMethodField()

    def get_cells(self, problem: checks.Problem) -> list[dict[str, Any]]:
        """The cells it is about."""
        return [{"hamlet": row.hamlet, "group": row.group, "indicator": code} for row, code in problem.cells]


class ReportSerializer(serializers.ModelSerializer):
    """A report in a list."""

    unit = serializers.CharField(source="unit.slug", read_only=True)
    name = serializers.CharField(source="unit.name", read_only=True)
    commune = serializers.SerializerMethodField()
    province = serializers.CharField(source="province.slug", read_only=True)
    month = MonthSerializerField(read_only=True)
    due = serializers.DateTimeField(read_only=True)
    presented_by: Any = serializers.StringRelatedField(read_only=True, allow_null=True)
    overdue = serializers.SerializerMethodField()

    class Meta:
        model = MonthlyReport
        fields = [
            "id",
            "unit",
            "name",
            "commune",
            "province",
            "month",
            "state",
            "due",
            "overdue",
            "answer_by",
            "opened_at",
            "saved_at",
            "sent_at",
            "approved_at",
            "presented_at",
            "presented_by",
            "difficulties",
            "proposals",
        ]
        read_only_fields = fields

    def get_commune(self, report: MonthlyReport) -> str | None:
        """Code of the commune; null for the province's own report."""
        return report.commune.slug if report.commune else None

    def get_overdue(self, report: MonthlyReport) -> bool:
        """Past due and not sent, or returned and not answered by its day, as of now."""
        return report.is_overdue(timezone.now())


class ActionSerializer(serializers.Serializer):
    """A step and why it may not be taken now (null: it may)."""

    action = serializers.CharField()
    label: Any = serializers.CharField()  # a field of its own, not the label that every serializer has
    objection = serializers.CharField(allow_null=True)


class ReportDetailSerializer(ReportSerializer):
    """A report with its totals, problems and the steps open to the user."""

    totals = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    entry_objection = serializers.SerializerMethodField()
    explanations = serializers.SerializerMethodField()
    restating = serializers.SerializerMethodField()

    class Meta(ReportSerializer.Meta):
        fields = [*ReportSerializer.Meta.fields, "entry_objection", "restating", "totals", "problems", "explanations"]
        fields += ["actions"]
        read_only_fields = fields

    def get_restating(self, report: MonthlyReport) -> str:
        """That a former unit and its heir both hold the month, and which counts; or ""."""
        return restating_note(report.unit, report.month)

    def get_totals(self, report: MonthlyReport) -> dict[str, int]:
        """Indicator → total; registry figures are live while the report is open. Blank is absent."""
        return kept_totals.by_code(report)

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, report: MonthlyReport) -> Any:
        """What is wrong or odd."""
        return ProblemSerializer(checks.problems_of(report, now=timezone.now()), many=True).data

    @extend_schema_field(ActionSerializer(many=True))
    def get_actions(self, report: MonthlyReport) -> Any:
        """Every step, with the objection of the user who asks."""
        user, now = self.context["request"].user, timezone.now()
        rows = [
            {
                "action": step.action,
                "label": step.label,
                "objection": workflow.objection(report, step.action, user, now),
            }
            for step in workflow.STEPS.values()
        ]
        rows += [one._asdict() | {"objection": one.objection(report, user)} for one in presenting.ALL]
        return ActionSerializer(rows, many=True).data

    def get_entry_objection(self, report: MonthlyReport) -> str | None:
        """Why the user may not enter figures now; null: she may."""
        return figures.entry_objection(report, self.context["request"].user)

    def get_explanations(self, report: MonthlyReport) -> dict[str, str]:
        """What the unit said of its warnings, by key."""
        return {explanation.key: explanation.text for explanation in report.explanations.all()}


class OpenSerializer(KnownFieldsOnly, serializers.Serializer):
    """Which report to open: a commune's, or the province's own."""

    commune = serializers.CharField(required=False, max_length=10)
    province = serializers.CharField(required=False, max_length=10)
    month = MonthSerializerField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the unit within the user's scope."""
        slug = attrs.get("commune") or ("province-" + attrs["province"] if attrs.get("province") else "")
        if not slug:
            raise serializers.ValidationError({"commune": "Ghi mã xã (commune) hoặc mã tỉnh (province)."})
        try:
            attrs["unit"] = Unit.named(slug, self.context["request"].user)
        except UnknownUnit as error:
            raise serializers.ValidationError(
                {"commune": "Không có đơn vị mang mã này trong phạm vi của bạn."}
            ) from error
        return attrs


class CellSerializer(serializers.Serializer):
    """One cell: hamlet and group null is the unit itself; value null is blank."""

    hamlet = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST)
    group = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST)
    indicator = serializers.CharField(max_length=60)
    value = serializers.IntegerField(allow_null=True, min_value=0, max_value=MAX_VALUE)
    was = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MAX_VALUE)


class FiguresSerializer(serializers.Serializer):
    """Cells to write."""

    figures = CellSerializer(many=True)


class ConflictSerializer(CellSerializer):
    """A cell that someone else changed meanwhile; ``current`` is what stands there, ``by`` and ``at`` who and when."""

    current = serializers.IntegerField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class CellErrorSerializer(serializers.Serializer):
    """A cell that was refused."""

    hamlet = serializers.IntegerField(allow_null=True)
    group = serializers.IntegerField(allow_null=True)
    indicator = serializers.CharField(allow_null=True)
    error = serializers.CharField()


class OutcomeSerializer(serializers.Serializer):
    """What became of the cells."""

    saved = CellSerializer(many=True)
    conflicts = ConflictSerializer(many=True)
    errors: Any = CellErrorSerializer(many=True)  # a field of its own, not what is wrong with this serializer
    totals = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    saved_at = serializers.DateTimeField()


class ChangeSerializer(serializers.Serializer):
    """A value a cell took: who, when, from, to."""

    hamlet = serializers.IntegerField(source="row.hamlet", allow_null=True)
    group = serializers.IntegerField(source="row.group", allow_null=True)
    indicator = serializers.CharField()
    was = serializers.IntegerField(allow_null=True)
    value = serializers.IntegerField(allow_null=True)
    by = serializers.CharField()
    at = serializers.DateTimeField()


class HandoverSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """A line of weapons handed over; quantity in the unit of its kind."""

    kind = serializers.SlugRelatedField(slug_field="code", queryset=WeaponKind.objects.all())
    hamlet = ScopedKeyField(queryset=Hamlet.objects.all(), allow_null=True, required=False)
    group = ScopedKeyField(queryset=SelfManagementGroup.objects.all(), allow_null=True, required=False)
    unit = serializers.CharField(source="kind.unit", read_only=True)

    class Meta:
        model = WeaponHandover
        fields = ["id", "kind", "quantity", "unit", "source", "hamlet", "group", "day", "record_number"]

    def save(self, **kwargs: Any) -> WeaponHandover:
        """Through the same door as the screen."""
        handover = self.instance or WeaponHandover(report=kwargs["report"])
        self.instance = save_handover(
            handover, by=self.context["request"].user, now=timezone.now(), **self.validated_data
        )
        return self.instance


class TextOnlyField(serializers.CharField):
    """A text that is given as one: a number is none."""

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is no text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def of_cells(sentences: dict[int, str], among: int) -> list[str]:
    """Say what is wrong with some of the cells that were given, each by its place where there are several."""
    return [f"Ô thứ {place + 1}: {said}" if among > 1 else said for place, said in sentences.items()]


class PointedCellSerializer(KnownFieldsOnly, serializers.Serializer):
    """A cell that a return points at, with its comment if it has one."""

    hamlet = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST)
    group = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST)
    indicator = TextOnlyField(max_length=60)
    comment = TextOnlyField(required=False, allow_blank=True, max_length=1000)


class StepSerializer(KnownFieldsOnly, serializers.Serializer):
    """What goes with a step: a comment, explanations by key ("*" for all); cells a return points at, its last day."""

    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    explanations = serializers.DictField(required=False, child=serializers.CharField(max_length=1000, allow_blank=True))
    cells = serializers.ListField(required=False, child=serializers.DictField(), max_length=MOST_POINTED)
    answer_by = serializers.DateField(required=False, allow_null=True)

    def validate_cells(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Read each cell, or say of which what is wrong."""
        read = [PointedCellSerializer(data=one) for one in value]
        wrong = {place: one.errors for place, one in enumerate(read) if not one.is_valid()}
        said = {
            place: " ".join(sentence for some in errors.values() for sentence in some)
            for place, errors in wrong.items()
        }
        if said:
            raise serializers.ValidationError(of_cells(said, len(value)))
        return [one.validated_data for one in read]


class NotesSerializer(KnownFieldsOnly, serializers.Serializer):
    """The notes, and what their writer saw."""

    difficulties = serializers.CharField(required=False, allow_blank=True, max_length=4000, trim_whitespace=False)
    proposals = serializers.CharField(required=False, allow_blank=True, max_length=4000, trim_whitespace=False)
    was = serializers.DictField(required=False, child=serializers.CharField(allow_blank=True, trim_whitespace=False))

    def validate_was(self, value: dict[str, str]) -> dict[str, str]:
        """Refuse what is no note."""
        if strange := strangers(value, ("difficulties", "proposals")):
            raise serializers.ValidationError(strange)
        return value


class CommentSerializer(KnownFieldsOnly, serializers.Serializer):
    """A remark on a cell."""

    hamlet = serializers.IntegerField(
        source="hamlet_id", required=False, allow_null=True, min_value=1, max_value=BIGGEST
    )
    group = serializers.IntegerField(source="group_id", required=False, allow_null=True, min_value=1, max_value=BIGGEST)
    indicator = serializers.CharField(source="indicator.code", max_length=60)
    text = serializers.CharField(max_length=1000)
    by = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class IndicatorSerializer(serializers.ModelSerializer):
    """An indicator of the catalogue."""

    section = serializers.SlugRelatedField[IndicatorSection](slug_field="code", read_only=True)
    section_name = serializers.CharField(source="section.name", read_only=True)
    within = serializers.SlugRelatedField[Indicator](slug_field="code", read_only=True, allow_null=True)
    at_least = serializers.SlugRelatedField[Indicator](slug_field="code", read_only=True, allow_null=True)
    first_month = MonthSerializerField(read_only=True, allow_null=True)
    last_month = MonthSerializerField(read_only=True, allow_null=True)

    class Meta:
        model = Indicator
        fields = [
            "code",
            "name",
            "short_name",
            "unit",
            "section",
            "section_name",
            "measure",
            "level",
            "source",
            "within",
            "at_least",
            "core",
            "first_month",
            "last_month",
            "is_active",
        ]


class WeaponKindSerializer(serializers.ModelSerializer):
    """A kind of weapon."""

    class Meta:
        model = WeaponKind
        fields = ["code", "name", "unit", "is_gun", "is_active"]
