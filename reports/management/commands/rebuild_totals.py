"""``manage.py rebuild_totals [--check]``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communes.models import Province
from reports.entry.integrity import Mismatch, differences, mend, months_of
from reports.models import MonthlyReport


class Command(BaseCommand):
    """Compare every kept total with the sum of its cells; mend it, or with --check only say so."""

    help = "Recompute report totals from the cells."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--check``, and which reports."""
        parser.add_argument("--check", action="store_true", help="change nothing; fail if anything differs")
        parser.add_argument("--province", help="only this province (25; a former one 25-2025)")
        parser.add_argument("--year", type=int, help="only the months named in this year")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go month by month with a progress bar."""
        reports = MonthlyReport.objects.all()
        if options["province"]:
            reports = reports.filter(province__in=Province.objects.named(options["province"]))
        months = [m for m in months_of(reports) if options["year"] in (None, m.year)]
        found: list[Mismatch] = []
        for done, month in enumerate(months, start=1):
            here = list(differences(reports, month))
            found += here
            if not options["check"]:
                mend(here)
            self.progress(done, len(months), str(month))
        for one in found[:20]:
            self.stdout.write(f"report {one.report}, indicator {one.indicator}: kept {one.kept}, cells {one.summed}")
        if found and options["check"]:
            raise CommandError(f"{len(found)} totals differ from their cells")
        self.stdout.write(
            f"{len(months)} months, {len(found)} totals mended" if found else f"{len(months)} months, 0 differences"
        )

    def progress(self, done: int, whole: int, name: str) -> None:
        """Draw the bar on a terminal."""
        if self.stderr.isatty():
            bar = "█" * (30 * done // whole)
            self.stderr.write(f"\r{bar:<30} {done}/{whole} {name}", ending="\n" if done == whole else "")
