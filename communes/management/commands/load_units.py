"""``manage.py load_units``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from communes.models import Commune, District
from communes.units import load_units


class Command(BaseCommand):
    """Load the official units; running it again changes nothing."""

    help = "Load the units in force since 1 July 2025, and the 63 provinces and 10,035 communes of the day before."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--once``: do nothing where the units of both times are already there."""
        parser.add_argument("--once", action="store_true", help="keep units that are already there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many."""
        if options["once"] and District.objects.exists() and Commune.objects.living().exists():
            return
        counts = load_units()
        self.stdout.write(f"{counts['provinces']} provinces, {counts['communes']} communes")
        former = "{former_provinces} provinces, {former_districts} districts, {former_communes} communes, {links} links"
        self.stdout.write(f"until 30 June 2025: {former.format(**counts)}")
