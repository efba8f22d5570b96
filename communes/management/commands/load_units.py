"""``manage.py load_units``."""

from typing import Any

from django.core.management.base import BaseCommand

from communes.units import load_units


class Command(BaseCommand):
    """Load the official units; running it again changes nothing."""

    help = "Load the 34 provinces and 3,321 communes in force since 1 July 2025."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many."""
        counts = load_units()
        self.stdout.write(f"{counts['provinces']} provinces, {counts['communes']} communes")
