"""``manage.py audit seal | export | expire``."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communes.trail import chain, exports

SHORTEST = 365  # days a row is kept at least


class Command(BaseCommand):
    """Look after the trail: seal it every minute, export it to a log server, let what is old and exported go."""

    help = "Seal the audit trail, write what is sealed as JSON lines to standard output, or expire what was exported."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do; ``expire`` asks for a number of days."""
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("seal", help="seal the rows of the last minute")
        export = what.add_parser("export", help="JSON lines of blocks not exported yet")
        export.add_argument("--again", action="store_true", help="every block that is still there")
        expire = what.add_parser("expire", help="remove exported blocks; a checkpoint stays")
        expire.add_argument("--days", type=int, default=730, help=f"keep so many days, at least {SHORTEST}")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        """Do it."""
        now = timezone.now()
        getattr(self, what)(now, options)

    def seal(self, now: datetime, options: dict[str, Any]) -> None:
        """Seal what waits."""
        self.stderr.write(f"{chain.seal(now=now)} rows sealed")

    def export(self, now: datetime, options: dict[str, Any]) -> None:
        """Seal what waits, and write."""
        chain.seal(now=now)
        for line in exports.export(now=now, again=options["again"]):
            self.stdout.write(line)
            self.stdout.flush()  # the block is noted as exported only when its lines have left

    def expire(self, now: datetime, options: dict[str, Any]) -> None:
        """Remove what is old."""
        if options["days"] < SHORTEST:
            raise CommandError(f"The trail is kept for at least {SHORTEST} days.")
        self.stderr.write(f"{chain.expire(now - timedelta(days=options['days']), now=now)} blocks expired")
