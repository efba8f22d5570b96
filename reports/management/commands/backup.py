"""``manage.py backup DIR``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.management import archives
from reports.management.keeping import Keeping, prune


class Command(BaseCommand):
    """Write the database down as of one moment, while the service runs, into one file of DIR."""

    help = "Back the database up into one compressed file, with a manifest by which restore --verify proves it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, for whom, and how many are kept."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--recipient",
            default=settings.BACKUP_RECIPIENT,
            help="a public key to encrypt to: age1… or ssh-… for age, else a key of gpg (default: BACKUP_RECIPIENT)",
        )
        parser.add_argument("--prune", action="store_true", help="then delete what is not kept (see --daily …)")
        for name, number in (("daily", Keeping.daily), ("weekly", Keeping.weekly), ("monthly", Keeping.monthly)):
            parser.add_argument(f"--{name}", type=int, default=number, help=f"backups kept with --prune ({number})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up, then prune: what fails deletes nothing."""
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        path, manifest = archives.write(folder, now=timezone.localtime(), recipient=options["recipient"])
        rows, size = sum(manifest.rows.values()), path.stat().st_size / 1e6
        self.stdout.write(f"{path}: {rows} rows of {len(manifest.rows)} tables, {size:.1f} MB")
        if manifest.totals_that_differ:
            told = f"{manifest.totals_that_differ} totals are not the sum of their cells: see rebuild_totals --check"
            self.stderr.write(told)
        if options["prune"]:
            gone = prune(folder, Keeping(options["daily"], options["weekly"], options["monthly"]))
            self.stdout.write(f"{len(gone)} older backups deleted")
