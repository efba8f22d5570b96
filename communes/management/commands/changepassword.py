"""``manage.py changepassword``: Django's own, held to what holds of a password that an administrator gives."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.utils import timezone

from communes.accounts import given
from communes.accounts.slowing import RESET
from communes.models import User
from communes.names import account_name
from communes.trail.recording import Act, record


class Command(changepassword.Command):
    """For the administrator who forgot her password where there is no other: on the server's console alone."""

    help = "Give an account a password; its owner chooses another at the next sign-in. It unlocks the account."

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Ask for the password, and write down that it was given."""
        name = account_name(options["username"] or getpass.getuser())
        done = super().handle(*args, **options | {"username": name})
        account = User.objects.get(username=name)
        given.lend(account, now=timezone.now())
        record(Act.ADMIN, f"{RESET} trên máy chủ: {account.username}", by=None, about=account)
        return done
