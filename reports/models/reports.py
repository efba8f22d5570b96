"""One unit's report of one month."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, CheckConstraint, F, OuterRef, Q, Subquery, UniqueConstraint, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from communes.models import Commune, Province
from communes.names import WordsField
from communes.privacy import NOTE, refuse_personal_numbers
from communes.scope import ScopedQuerySet
from reports.models.deadlines import Deadline, due_on, is_overdue, party_of
from reports.months import MonthField, end_of
from reports.units import Unit


class ReportQuerySet(ScopedQuerySet):
    """Monthly reports. The province's own have no commune, so communes do not see them."""

    follows_heirs = True
    province_path = "province"

    def of(self, unit: Unit) -> Self:
        """Return the reports of one unit."""
        return self.filter(**unit.path())

    def change(self, **values: Any) -> int:
        """Update reports and raise their revision; return how many there were.

        Whatever changes a report's totals goes through here, in the same transaction: the same revision
        means the same figures (docs/decisions/0012).
        """
        return self.update(revision=F("revision") + 1, **values)

    def with_unit(self) -> "ReportQuerySet":
        """Fetch the places with the reports."""
        return self.select_related("commune", "province")

    def with_due(self) -> "ReportQuerySet":
        """Fetch with each report its due day where that differs from the usual (``fixed_due_on``)."""
        days = Deadline.objects.order_by().filter(month=OuterRef("month")).values("due_on")
        extension = days.filter(commune=OuterRef("commune"))
        party = Case(
            When(commune__isnull=True, then=Value(Deadline.Party.OFFICE)), default=Value(Deadline.Party.COMMUNES)
        )
        usual = days.filter(province=OuterRef("province"), commune=None, party=OuterRef("party"))
        return self.annotate(party=party).annotate(fixed_due_on=Coalesce(Subquery(extension), Subquery(usual)))


class MonthlyReport(models.Model):
    """One unit's report of one month: a commune's, or the province's own office's (no commune)."""

    fixed_due_on: date | None  # brought by ``with_due``

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
    answer_by = models.DateField("hạn trả lời", null=True, blank=True)  # of a returned report, to the end of the day
    # The officer's mark for the chief, on an open report (reports/entry/presenting.py).
    presented_at = models.DateTimeField("trình chỉ huy lúc", null=True, blank=True, editable=False)
    presented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, verbose_name="người trình"
    )
    # Raised by ``ReportQuerySet.change`` in every transaction that changes its totals.
    revision = models.PositiveIntegerField(default=0, editable=False)

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
            CheckConstraint(
                condition=Q(state="returned") | Q(answer_by__isnull=True),
                name="only_a_returned_report_is_answered",
                violation_error_message="Chỉ báo cáo được trả lại mới có hạn trả lời.",
            ),
            CheckConstraint(
                condition=Q(presented_at__isnull=True, presented_by__isnull=True)
                | Q(presented_at__isnull=False, presented_by__isnull=False, state__in=("draft", "returned")),
                name="only_an_open_report_is_presented",
                violation_error_message="Chỉ báo cáo đang nhập mới trình chỉ huy.",
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
    def way_back(self) -> str:
        """What the province does to let a sent report be mended: "trả lại", of an approved one "mở lại"."""
        return "mở lại" if self.state == self.State.APPROVED else "trả lại"

    @property
    def due(self) -> datetime:
        """The first moment at which an unsent report is overdue; a query unless ``with_due`` brought it."""
        if "fixed_due_on" not in vars(self):
            calendar = Deadline.objects.calendar([self.province_id], [self.month])
            return calendar.due(self.unit, self.month)
        return due_on(self.fixed_due_on, self.province, party_of(self.unit), self.month)

    @property
    def owed(self) -> datetime:
        """The first moment at which it is overdue as it stands: of a returned report, its answer; else its sending."""
        return end_of(self.answer_by) if self.answer_by else self.due

    def is_overdue(self, now: datetime) -> bool:
        """Past due and never sent, or returned and not answered in time; late is only who was late the first time.

        Of a unit that has ended since, never.
        """
        if self.answer_by:
            return now >= self.owed and not (self.commune or self.province).is_over
        return self.unit.is_awaited(self.month) and is_overdue(self.due, self.sent_at, now)

    @property
    def was_late(self) -> bool:
        """Whether it was first sent after the due day; a month that is not owed is late of nobody.

        Nor is one that somebody entered from old books once the unit had ended.
        """
        ended = self.unit.ended_on
        if self.sent_at is None or (ended and self.sent_at >= end_of(ended)):
            return False
        return self.sent_at >= self.due and self.unit.owes(self.month)
