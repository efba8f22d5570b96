"""What communes report month by month: catalogue, reports, cells, totals and their history."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from simple_history.models import HistoricalRecords

from communes.counts import MAX_VALUE
from communes.models import Commune, Hamlet, Province
from communes.names import NameField, WordsField
from communes.privacy import NOTE, refuse_personal_numbers
from communes.scope import ScopedQuerySet
from models_registry.headcount import CODES
from models_registry.models import Catalogue, SelfManagementGroup
from reports.months import Month, MonthField
from reports.units import Unit


class IndicatorSection(Catalogue):
    """A heading of the catalogue."""

    class Meta(Catalogue.Meta):
        verbose_name = "nhóm chỉ tiêu"
        verbose_name_plural = "nhóm chỉ tiêu"


class Indicator(Catalogue):
    """What is reported: asked from a month to a month, entered or counted from the register."""

    class Measure(models.TextChoices):
        """How it adds up over time (domain, section 6)."""

        FLOW = "flow", "Phát sinh (cộng dồn theo tháng)"
        STOCK = "stock", "Hiện có (lấy số cuối kỳ)"

    class Level(models.TextChoices):
        """Where it is entered."""

        HAMLET = "hamlet", "Theo khu dân cư, tổ"
        COMMUNE = "commune", "Toàn xã"

    class Source(models.TextChoices):
        """Where it comes from."""

        ENTERED = "entered", "Nhập hằng tháng"
        REGISTRY = "registry", "Đếm từ danh bạ"

    section = models.ForeignKey(IndicatorSection, models.PROTECT, verbose_name="nhóm")
    unit = NameField("đơn vị tính", max_length=30)
    measure = models.CharField("cách cộng", max_length=5, choices=Measure)
    level = models.CharField("cấp nhập", max_length=8, choices=Level)
    source = models.CharField("nguồn", max_length=8, choices=Source, default=Source.ENTERED)
    within = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts",
        verbose_name="không vượt quá", help_text="Chỉ tiêu này là một phần của chỉ tiêu được chọn.",
    )  # fmt: skip
    at_least = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reached_by",
        verbose_name="không nhỏ hơn",
    )  # fmt: skip
    core = models.BooleanField(
        "bắt buộc có số liệu", default=True, help_text="Để trống thì hệ thống hỏi lý do khi gửi."
    )
    first_month = MonthField("hỏi từ tháng", null=True, blank=True, help_text="Ví dụ 2026-01.")
    last_month = MonthField("đến hết tháng", null=True, blank=True)

    class Meta(Catalogue.Meta):
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["section__position", "position", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(source="entered") | Q(level="commune"),
                name="registry_indicator_for_commune",
                violation_error_message="Chỉ tiêu đếm từ danh bạ luôn tính cho toàn xã.",
            )
        ]

    def clean(self) -> None:
        """Refuse a counted indicator that the register cannot count."""
        if self.source == self.Source.REGISTRY and self.code not in CODES:
            raise ValidationError(
                {"source": "Hệ thống chưa biết đếm chỉ tiêu này từ danh bạ; hãy chọn nhập hằng tháng."}
            )

    def asked_in(self, month: Month) -> bool:
        """Whether the indicator is asked in that month."""
        return (
            self.is_active
            and (self.first_month is None or self.first_month <= month)  # type: ignore[operator]
            and (self.last_month is None or month <= self.last_month)  # type: ignore[operator]
        )


class WeaponKind(Catalogue):
    """A physical kind of weapon with its own unit; different units are never added."""

    unit = NameField("đơn vị tính", max_length=20)
    is_gun = models.BooleanField("là súng", default=False)

    class Meta(Catalogue.Meta):
        verbose_name = "loại vũ khí"
        verbose_name_plural = "loại vũ khí"
        constraints = [
            CheckConstraint(
                condition=Q(is_gun=False) | Q(unit="khẩu"),
                name="guns_in_khau",
                violation_error_message="Súng được đếm bằng “khẩu”.",
            )
        ]


class ReportQuerySet(ScopedQuerySet):
    """Monthly reports. The province's own have no commune, so communes do not see them."""

    province_path = "province"

    def of(self, unit: Unit) -> "ReportQuerySet":
        """Return the reports of one unit."""
        return self.filter(**unit.path())

    def with_unit(self) -> "ReportQuerySet":
        """Fetch the places with the reports."""
        return self.select_related("commune", "province")


class MonthlyReport(models.Model):
    """One unit's report of one month: a commune's, or the province's own office's (no commune)."""

    class State(models.TextChoices):
        """Where it stands; overdue is derived, never stored."""

        DRAFT = "draft", "Đang nhập"
        SUBMITTED = "submitted", "Đã gửi, chờ duyệt"
        RETURNED = "returned", "Trả lại để sửa"
        APPROVED = "approved", "Đã duyệt"

    OPEN: ClassVar = (State.DRAFT, State.RETURNED)
    SENT: ClassVar = (State.SUBMITTED, State.APPROVED)

    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh, thành phố")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, verbose_name="xã, phường, đặc khu")
    month = MonthField("tháng")
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.DRAFT)
    difficulties = WordsField(
        "khó khăn, vướng mắc", max_length=4000, blank=True, help_text=NOTE, validators=[refuse_personal_numbers]
    )
    proposals = WordsField(
        "kiến nghị", max_length=4000, blank=True, help_text=NOTE, validators=[refuse_personal_numbers]
    )
    opened_at = models.DateTimeField("mở lúc", default=timezone.now)
    saved_at = models.DateTimeField("lưu gần nhất", default=timezone.now)
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    approved_at = models.DateTimeField("duyệt lúc", null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo tháng"
        verbose_name_plural = "báo cáo tháng"
        ordering = ["-month", "commune__code"]
        constraints = [
            UniqueConstraint(
                fields=["commune", "month"],
                condition=Q(commune__isnull=False),
                name="one_report_a_month",
                violation_error_message="Xã đã có báo cáo của tháng này.",
            ),
            UniqueConstraint(
                fields=["province", "month"],
                condition=Q(commune__isnull=True),
                name="one_province_report_a_month",
                violation_error_message="Cơ quan cấp tỉnh đã có báo cáo của tháng này.",
            ),
            CheckConstraint(
                condition=Q(state="draft") | Q(sent_at__isnull=False),
                name="sent_report_has_a_day",
                violation_error_message="Báo cáo đã gửi phải có thời điểm gửi.",
            ),
            CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False),
                name="approved_report_has_a_day",
                violation_error_message="Báo cáo đã duyệt phải có thời điểm duyệt.",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "month", "state", "commune"], name="report_by_province_month"),
            models.Index(fields=["commune", "month", "state"], name="report_by_commune_month"),
            models.Index(fields=["month", "state", "commune"], name="report_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name}, {self.month.title}"

    @property
    def unit(self) -> Unit:
        """The unit that reports."""
        return Unit(self.province, self.commune)

    @property
    def is_open(self) -> bool:
        """Whether figures may be entered (given the role)."""
        return self.state in self.OPEN

    @property
    def is_sent(self) -> bool:
        """Whether the unit's sign-off stands: sent, or sent and approved."""
        return self.state in self.SENT

    @property
    def due(self) -> datetime:
        """The first moment at which an unsent report is overdue."""
        return self.unit.due(self.month)

    def is_overdue(self, now: datetime) -> bool:
        """Past due and never sent."""
        return self.sent_at is None and now >= self.due

    @property
    def was_late(self) -> bool:
        """Whether it was first sent after the due day."""
        return self.sent_at is not None and self.sent_at >= self.due


class ByReportQuerySet(ScopedQuerySet):
    """Rows that belong to a report."""

    commune_path = "report__commune"
    province_path = "report__province"


class ActivityLog(models.Model):
    """One row of a report's grid: a hamlet, a group, or the unit as a whole (neither).

    A hamlet's row holds what its itemised groups do not; totals add all rows.
    """

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="logs")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True)
    group = models.ForeignKey(SelfManagementGroup, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = "nhật ký hoạt động"
        verbose_name_plural = "nhật ký hoạt động"
        constraints = [
            CheckConstraint(condition=Q(hamlet__isnull=True) | Q(group__isnull=True), name="log_one_row"),
            UniqueConstraint(fields=["report", "hamlet"], condition=Q(hamlet__isnull=False), name="one_log_a_hamlet"),
            UniqueConstraint(fields=["report", "group"], condition=Q(group__isnull=False), name="one_log_a_group"),
            UniqueConstraint(
                fields=["report"],
                condition=Q(hamlet__isnull=True, group__isnull=True),
                name="one_log_for_the_unit",
            ),
        ]


class Figure(models.Model):
    """One cell that was filled in. Blank has no row; zero has one."""

    log = models.ForeignKey(ActivityLog, models.PROTECT, related_name="figures", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, db_index=False)
    value = models.PositiveIntegerField("giá trị")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False)
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        constraints = [
            UniqueConstraint(fields=["log", "indicator"], name="one_figure_a_cell"),
            CheckConstraint(condition=Q(value__gte=0, value__lte=MAX_VALUE), name="figure_in_range"),
        ]


class FigureChange(models.Model):
    """A later value of a cell: who, when, from, to (None is blank).

    The first value stands in :class:`Figure` with its writer and moment; when a cell is cleared, that
    entry is written here before the row goes, so the history of a cell is always whole.
    """

    log = models.ForeignKey(ActivityLog, models.PROTECT, related_name="changes")
    indicator = models.ForeignKey(Indicator, models.PROTECT, db_index=False)
    was = models.PositiveIntegerField("trước", null=True)
    value = models.PositiveIntegerField("sau", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "thay đổi số liệu"
        verbose_name_plural = "thay đổi số liệu"
        ordering = ["at", "pk"]


class ReportTotal(models.Model):
    """The sum of one indicator over a report's rows; kept in the transaction that saves a cell.

    An indicator without any filled cell has no row. Registry figures are frozen here when the report
    is sent. ``manage.py rebuild_totals --check`` proves every row.
    """

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="totals", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, db_index=False)
    value = models.PositiveBigIntegerField("tổng")

    class Meta:
        verbose_name = "tổng của báo cáo"
        verbose_name_plural = "tổng của báo cáo"
        constraints = [UniqueConstraint(fields=["report", "indicator"], name="one_total")]
        indexes = [models.Index(fields=["report", "indicator", "value"], name="total_covering")]


class WeaponHandover(models.Model):
    """One line of weapons handed over: a kind and a quantity in the kind's unit; never by whom."""

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
        help_text="Không ghi tên người giao nộp.",
        validators=[refuse_personal_numbers],
    )

    objects = ByReportQuerySet.as_manager()
    history = HistoricalRecords()

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
        return f"{self.kind}: {self.quantity.normalize():f} {self.kind.unit}"


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
    """What had been approved of one indicator when a report was reopened (``event``)."""

    event = models.ForeignKey(ReportEvent, models.PROTECT, related_name="approved_totals")
    indicator = models.ForeignKey(Indicator, models.PROTECT)
    value = models.PositiveBigIntegerField("đã duyệt")

    class Meta:
        constraints = [UniqueConstraint(fields=["event", "indicator"], name="one_approved_total")]
