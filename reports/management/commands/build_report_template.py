"""``manage.py build_report_template``: write the project's own Word template anew."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.documents.default_template import build
from reports.documents.docx import DEFAULT


class Command(BaseCommand):
    """Write ``reports/data/report_template.docx``."""

    help = "Write the project's own Word template of the official report to reports/data."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it and say where it went."""
        DEFAULT.write_bytes(build())
        self.stdout.write(str(DEFAULT))
