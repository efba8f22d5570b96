"""What ``manage.py check_integrity`` says of a row that is not as it should be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.urls import reverse

from reports.models import MonthlyReport

Severity = Literal["fault", "question"]
"""A fault can never be right; a question can, where somebody mended the past, and is for a person to look at."""


@dataclass(frozen=True)
class Finding:
    """One thing found: by which check, where, what, and the page on which it is seen."""

    check: str
    severity: Severity
    where: str
    sentence: str
    link: str


class OfReport(NamedTuple):
    """A finding in one report, before the report was named."""

    report: int
    check: str
    severity: Severity
    sentence: str


def named(found: Iterable[OfReport]) -> Iterator[Finding]:
    """Give findings the names and the pages of their reports (one query, none where nothing was found)."""
    rows = list(found)
    reports = MonthlyReport.objects.with_unit().in_bulk({row.report for row in rows}) if rows else {}
    for row in sorted(rows):
        report = reports[row.report]
        link = reverse("entry", args=[report.unit.slug, report.month])
        yield Finding(row.check, row.severity, str(report), row.sentence, link)
