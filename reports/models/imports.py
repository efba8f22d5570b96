"""A filled workbook of a month on its way into the grid: what it would write, and what it wrote."""

from typing import Any

from django.conf import settings
from django.db import models

from communes.names import NameField
from reports.models.cells import ByReportQuerySet
from reports.models.reports import MonthlyReport


class FigureImport(models.Model):
    """Cells read from a file, each with what stood there: shown, then written as one act, which can be undone.

    The file itself is not kept. ``cells`` are lists of row key, indicator code, former value, new value;
    ``open_cells`` have also the answers, by the keys of ``questions``, that make them be written. ``weapons`` are
    lines to add, once written with their keys; ``questions`` lists of key, sentence, and choices as value and words.
    """

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="imports", verbose_name="báo cáo")
    file_name = NameField("tệp", max_length=200)
    cells = models.JSONField("các ô", default=list)
    faults = models.JSONField("các lỗi", default=list)
    open_cells = models.JSONField("các ô còn chờ trả lời", default=list)
    weapons = models.JSONField("các dòng vũ khí", default=list)
    questions = models.JSONField("các câu hỏi", default=list)
    notes = models.JSONField("ghi nhận", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người nhập")
    at = models.DateTimeField("tải lên lúc")
    applied_at = models.DateTimeField("ghi lúc", null=True, blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người hoàn tác"
    )

    objects: Any = ByReportQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập số liệu từ bảng tính"
        verbose_name_plural = "lần nhập số liệu từ bảng tính"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
