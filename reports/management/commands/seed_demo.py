"""``manage.py seed_demo``."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communes.models import User
from reports.demo import ACCOUNTS, PASSWORD, Demo, NotEmpty


class Command(BaseCommand):
    """Make the demonstration province and print its accounts."""

    help = "Fill an empty database with Phú Thọ's 148 communes since January 2025 (DEBUG only)."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--once``: do nothing where the demonstration is already there."""
        parser.add_argument("--once", action="store_true", help="keep a demonstration that is already there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse without DEBUG and on a database that holds anything else."""
        if not settings.DEBUG:
            raise CommandError("seed_demo makes accounts with a published password: it runs only with DEBUG=1.")
        there = User.objects.filter(username=ACCOUNTS[0][0]).exists()
        if not (options["once"] and there):
            try:
                Demo(timezone.now()).make()
            except NotEmpty as error:
                raise CommandError("The database already holds accounts or figures; nothing was changed.") from error
        self.stdout.write(f"\nTài khoản dùng thử (mật khẩu: {PASSWORD})")
        for username, name, role in ACCOUNTS:
            self.stdout.write(f"  {username:<16} {name:<18} {role.label}")
        self.stdout.write("")
