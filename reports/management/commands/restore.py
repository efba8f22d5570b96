"""``manage.py restore FILE [--verify]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communes import caching
from communes.triggers import install
from reports.management import archives
from reports.management.stores import the_store


class Command(BaseCommand):
    """Put a backup in the place of the database; what stood there is set aside, not thrown away.

    Refuses a backup of a newer schema than this code's and of the other kind of database. One of an older schema is
    put back as it is: ``migrate`` then brings it up to date.
    """

    help = "Restore a backup made by manage.py backup; with --verify prove that it equals its manifest."
    requires_system_checks: list[str] = []  # the database may be gone
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, and the private key that opens it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--verify", action="store_true", help="count and add up what was put back, and compare")
        parser.add_argument("--identity", default="", help="age's file with the private key (gpg asks its agent)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look into the file before anything is touched."""
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} is no file")
        store = the_store()
        with archives.opening(options["file"], options["identity"]) as archive:
            manifest = archives.manifest_of(archive, store)
            with archive.open(store.member) as member:
                aside = store.restore(member, timezone.now())
        rows = sum(manifest.rows.values())
        self.stdout.write(f"restored {rows} rows of {len(manifest.rows)} tables, as of {manifest.made_at}")
        if aside:
            self.stdout.write(f"what stood there before is kept as {aside}")
        try:
            if options["verify"]:
                self.verify(manifest)
        finally:
            if not caching.forget_all():  # revisions of restored reports come again (docs/decisions/0012)
                self.stderr.write(
                    "what is remembered was not emptied: empty CACHE_URL by hand before the service starts"
                )
            install()  # editions of restored tables come again too (docs/decisions/0042)

    def verify(self, manifest: archives.Manifest) -> None:
        """Compare what was put back with the manifest, table by table."""
        here = archives.Manifest.of("default", vendor=manifest.vendor, sha256=manifest.sha256, made_at=manifest.made_at)
        if told := list(manifest.differences(here)):
            raise CommandError("what was restored is not what was backed up:\n" + "\n".join(told))
        self.stdout.write(f"verified: rows, migrations and totals are those of {manifest.made_at}")
