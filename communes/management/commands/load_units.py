"""``manage.py load_units``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from communes.models import Commune
from communes.units import load_units


class Command(BaseCommand):
    """Load the official units; running it again changes nothing."""

    help = "Load the 34 provinces and 3,321 communes in force since 1 July 2025."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--once``: do nothing where communes are already there."""
        parser.add_argument("--once", action="store_true", help="keep units that are already there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many."""
        if options["once"] and Commune.objects.exists():
            return
        counts = load_units()
        self.stdout.write(f"{counts['provinces']} provinces, {counts['communes']} communes")
