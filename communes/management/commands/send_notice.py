"""``manage.py send_notice``."""

import sys
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Send a letter to whoever looks after the site; asks no database, which may be what failed."""

    help = "Send what stands on standard input to NOTIFY_MAIL."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Send it; its first line is the subject."""
        if not settings.NOTIFY_MAIL:
            raise CommandError("NOTIFY_MAIL names nobody")
        said = sys.stdin.read().strip()
        send_mail(said.partition("\n")[0], said, None, settings.NOTIFY_MAIL)
