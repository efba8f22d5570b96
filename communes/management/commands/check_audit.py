"""``manage.py check_audit``."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communes.models import TrailBlock, TrailEntry
from communes.trail import chain, exports

LATE = timedelta(hours=1)


class Command(BaseCommand):
    """Prove that nothing was taken out of the trail, and that it is being sealed."""

    help = "Check the chain of the audit trail; ends with 1 where something does not fit."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--against FILE``: also compare with lines that were exported to another machine."""
        parser.add_argument("--against", type=Path, help="lines that were exported before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say every fault, or how much was proved."""
        faults = chain.check()
        if options["against"]:
            try:
                with options["against"].open(encoding="utf-8", errors="replace") as lines:
                    faults += exports.check_export(lines)
            except OSError as error:
                raise CommandError(f"Không mở được tệp {options['against']}: {error.strerror}.") from error
        waiting = TrailEntry.objects.filter(block=None).order_by("at")
        first = waiting.first()
        if first and timezone.now() - first.at > LATE:
            since = f"{timezone.localtime(first.at):%d/%m/%Y %H:%M}"
            faults.append(f"Còn {waiting.count()} dòng chưa niêm phong từ {since}: audit seal có chạy không?")
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{TrailBlock.objects.count()} khối nguyên vẹn, {waiting.count()} dòng chờ niêm phong.")
