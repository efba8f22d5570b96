"""Rows and cells of a report, their changes, and the totals kept with them."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from communes.counts import MAX_VALUE
from communes.models import Hamlet
from communes.scope import ScopedQuerySet
from models_registry.models import SelfManagementGroup
from reports.models.catalogue import Indicator
from reports.models.reports import MonthlyReport


class ByReportQuerySet(ScopedQuerySet):
    """Rows that belong to a report."""

    follows_heirs = True
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

    @property
    def home(self) -> Hamlet | None:
        """The hamlet of the line, or where its group sits."""
        return self.hamlet or (self.group.hamlet if self.group else None)


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
