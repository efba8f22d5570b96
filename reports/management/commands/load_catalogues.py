"""``manage.py load_catalogues``."""

from typing import Any

from django.core.management.base import BaseCommand

from models_registry.catalogues import load_registry_catalogues
from reports.catalogue import load_catalogues


class Command(BaseCommand):
    """Load the default catalogues; codes already there are left alone."""

    help = "Load indicators, weapon kinds, group kinds and initiative types."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many were new."""
        new = load_registry_catalogues() + load_catalogues()
        self.stdout.write(f"{new} new catalogue rows")
