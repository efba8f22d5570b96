"""``manage.py check_integrity [--json]``."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from communes.models import Province
from communes.trail import chain
from reports.entry import sound_figures, sound_places
from reports.entry.finding import Finding, named
from reports.entry.integrity import months_of
from reports.models import MonthlyReport

SHOWN = 20


class Command(BaseCommand):
    """Look for what can never be (faults) and for what somebody should look at (questions); change nothing.

    Ends with 1 where there is a fault, with 0 where there are none or questions alone. A monitor reads ``--json``:
    ``{"reports", "faults", "questions", "findings": [{"check", "severity", "where", "sentence", "link"}]}``.
    """

    help = "Check totals, parts, stocks and flows, frozen figures, histories, successions, orphans and the audit chain."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json``, and which part of the house."""
        parser.add_argument("--json", action="store_true", help="one JSON object, every finding in it")
        parser.add_argument("--province", help="only this province (code)")
        parser.add_argument("--year", type=int, help="only the months named in this year")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the places, then month by month."""
        found = [finding for check in sound_places.CHECKS for finding in check(options["province"])]
        found += self.of_reports(options["province"], options["year"])
        if not options["province"]:  # the trail is the whole house's
            link = reverse("admin:communes_trailentry_changelist")
            found += [Finding("audit chain", "fault", "Nhật ký", sentence, link) for sentence in chain.check()]
        counted = Counter(finding.severity for finding in found)
        if options["json"]:
            told = {"reports": self.reports, "faults": counted["fault"], "questions": counted["question"]}
            body = told | {"findings": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(body, ensure_ascii=False, indent=1))
        else:
            self.tell(found)
            self.stdout.write(
                f"{self.reports} reports: {counted['fault']} faults, {counted['question']} questions", ending="\n"
            )
        if counted["fault"]:
            raise CommandError(f"{counted['fault']} faults", returncode=1)

    def of_reports(self, code: str | None, year: int | None) -> Iterator[Finding]:
        """Check every province's every month, with a line of progress on a terminal."""
        self.reports = 0
        for province in Province.objects.filter(**({"code": code} if code else {})).order_by("code", "pk"):
            every = MonthlyReport.objects.filter(province=province)
            for month in months_of(every):
                if year in (None, month.year):
                    reports = every.filter(month=month)
                    self.reports += reports.count()
                    for check in sound_figures.CHECKS:
                        yield from named(check(reports, province, month))
                    if self.stderr.isatty():
                        self.stderr.write(f"\r{province.code} {month}  ", ending="")

    def tell(self, found: list[Finding]) -> None:
        """Write the first findings of each check, faults first."""
        shown: Counter[tuple[str, str]] = Counter()
        for one in sorted(found, key=lambda finding: finding.severity):
            kind = (one.severity, one.check)
            shown[kind] += 1
            if shown[kind] <= SHOWN:
                self.stdout.write(f"{one.severity} [{one.check}] {one.where}: {one.sentence}\n    {one.link}")
        for (severity, check), number in shown.items():
            if number > SHOWN:
                self.stdout.write(f"{severity} [{check}]: {number - SHOWN} more; --json names all")
