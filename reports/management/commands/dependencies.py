"""``manage.py dependencies [--advisories FILE] [--write]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.management import pins

TARGET = pins.ROOT / "docs" / "dependencies.md"


class Command(BaseCommand):
    """Say what is known against the pinned libraries, by a list that was fetched before: no network is asked."""

    help = "Compare the pinned libraries with a local list of advisories (OSV), or draw docs/dependencies.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the list is; whether to draw the page."""
        parser.add_argument("--advisories", type=Path, help="OSV records: a JSON file, a folder of them, or OSV's zip")
        parser.add_argument("--write", action="store_true", help="draw docs/dependencies.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw, compare, or only list; ends with 1 where an advisory names a pinned version."""
        if options["write"]:
            TARGET.write_text(pins.page(), encoding="utf-8")
        listed = sorted({pin for name in pins.FILES for pin in pins.pins(pins.ROOT / name)})
        path = options["advisories"]
        if path is None:
            self.stdout.write(f"{len({pin.name for pin in listed})} pinned libraries; no list of advisories was given")
            return
        if not path.exists():
            raise CommandError(f"{path} is not there")
        try:
            found = list(dict.fromkeys(pins.advisories(path, listed)))
        except (ValueError, KeyError, AttributeError) as error:
            raise CommandError(f"{path} cannot be read as OSV's records: {error}") from error
        for one in found:
            self.stdout.write(str(one))
        if found:
            raise CommandError(f"{len(found)} advisories against pinned versions")
        self.stdout.write("no advisory against a pinned version")
