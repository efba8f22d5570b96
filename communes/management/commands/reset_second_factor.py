"""``manage.py reset_second_factor``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communes.accounts.confirming import DEVICE
from communes.accounts.second_factor import remove
from communes.models import User
from communes.names import account_name
from communes.trail.recording import Act, record


class Command(BaseCommand):
    """For the administrator who lost her device where there is no other: on the server's console alone."""

    help = "Take an account's second factor away; a new one is set up at its next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        """The account by its user name."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done, or that there is nothing to do."""
        user = User.objects.filter(username=account_name(options["username"])).first()
        if user is None or user.second_factor_since is None:
            raise CommandError("There is no such account, or it has no second factor.")
        remove(user)
        record(Act.ADMIN, f"{DEVICE} trên máy chủ: {user.username}", by=None, about=user)
        self.stdout.write(f"{user.username} sets up a new device at the next sign-in.")
