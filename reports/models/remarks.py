"""What stands beside the cells: weapons handed in, steps, explanations, comments, what was approved."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone

from communes.models import Hamlet, User
from communes.names import NameField, WordsField
from communes.privacy import NOTE, refuse_personal_numbers
from communes.records import Records
from communes.templatetags.vietnamese import number
from models_registry.models import SelfManagementGroup
from reports.models.catalogue import Indicator, WeaponKind
from reports.models.cells import ByReportQuerySet
from reports.models.reports import MonthlyReport

NO_GIVER = "Không ghi tên người giao nộp."


class WeaponHandover(models.Model):
    """One line of weapons handed over: a kind and a quantity in the kind's unit; never by whom."""

    _history_user: User | None  # who its history names as the writer

    class Source(models.TextChoices):
        """How it came."""

        VOLUNTARY = "voluntary", "Tự giác giao nộp"
        FOUND = "found", "Phát hiện, thu gom"
        EXCHANGED = "exchanged", "Đổi quà"

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="handovers")
    kind = models.ForeignKey(WeaponKind, models.PROTECT, verbose_name="loại")
    quantity = models.DecimalField(
        "số lượng", max_digits=12, decimal_places=3, validators=[MinValueValidator(Decimal("0.001"))]
    )
    source = models.CharField("nguồn", max_length=10, choices=Source, default=Source.VOLUNTARY)
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True, verbose_name="khu dân cư")
    group = models.ForeignKey(SelfManagementGroup, models.PROTECT, null=True, blank=True, verbose_name="tổ")
    day = models.DateField("ngày", null=True, blank=True)
    record_number = NameField(
        "số biên bản",
        max_length=60,
        blank=True,
        help_text=NO_GIVER,
        validators=[refuse_personal_numbers],
    )

    objects = ByReportQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "giao nộp vũ khí"
        verbose_name_plural = "giao nộp vũ khí"
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(quantity__gt=0),
                name="handover_quantity_positive",
                violation_error_message="Số lượng phải lớn hơn 0.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {number(Decimal(self.quantity))} {self.kind.unit}"


ASKED_BACK = "ask_return"  # no step: the unit asks for its sent report, whose state stays


class ReportEvent(models.Model):
    """A step of the workflow that was taken: who, when, from which state to which, and why."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="events")
    action = models.CharField("việc", max_length=10)
    was = models.CharField("trước", max_length=10, choices=MonthlyReport.State)
    state = models.CharField("sau", max_length=10, choices=MonthlyReport.State)
    comment = WordsField("ý kiến", max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "bước xử lý báo cáo"
        verbose_name_plural = "bước xử lý báo cáo"
        ordering = ["at", "pk"]


class Explanation(models.Model):
    """What a unit says of a warning when it sends its report, by the warning's key."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="explanations")
    key = models.CharField("cảnh báo", max_length=120)
    text = WordsField("giải thích", max_length=1000)
    sentence = models.CharField("điều được giải thích", max_length=1000, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["report", "key"], name="one_explanation")]


class CellComment(models.Model):
    """A remark on one cell, by the unit or the province; ``returned_with`` binds it to a return."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="comments")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True)
    group = models.ForeignKey(SelfManagementGroup, models.PROTECT, null=True, blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT)
    text = WordsField("ý kiến", max_length=1000, help_text=NOTE, validators=[refuse_personal_numbers])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField("lúc", default=timezone.now)
    returned_with = models.ForeignKey(ReportEvent, models.PROTECT, null=True, blank=True, related_name="cells")

    class Meta:
        ordering = ["at", "pk"]


class ApprovedTotal(models.Model):
    """What had been approved (or sent) of one indicator when a report was reopened (or returned), by ``event``."""

    event = models.ForeignKey(ReportEvent, models.PROTECT, related_name="approved_totals")
    indicator = models.ForeignKey(Indicator, models.PROTECT)
    value = models.PositiveBigIntegerField("đã duyệt")

    class Meta:
        constraints = [UniqueConstraint(fields=["event", "indicator"], name="one_approved_total")]


class ReportViewing(models.Model):
    """When a reviewer last had a report before her: what changed later is shown as changed."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="viewings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField("lúc")

    class Meta:
        constraints = [UniqueConstraint(fields=["report", "user"], name="one_viewing_a_user")]
