"""``manage.py createsuperuser``: Django's own, held to what holds of every administrator that is made."""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone

from communes.accounts import given
from communes.accounts.confirming import MADE
from communes.models import User
from communes.names import account_name
from communes.scope import Role
from communes.trail.recording import Act, record

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"


class Command(createsuperuser.Command):
    """For the first administrator, or a new one where none is left to confirm: on the server's console alone."""

    help = "Make an administrator; she chooses another password at the first sign-in, within the hours of a given one."

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Make the account, and write down that it was made on the server.

        Raises ``CommandError`` where the password of the environment (``--noinput``) is none that an owner may choose.
        """
        password = os.environ.get(PASSWORD)
        if not options["interactive"] and password is not None:
            name = account_name(options.get("username") or os.environ.get("DJANGO_SUPERUSER_USERNAME", ""))
            try:
                validate_password(password, User(username=name, role=Role.ADMINISTRATOR))
            except ValidationError as error:
                raise CommandError("\n".join(error.messages)) from error
        known = set(User.objects.values_list("pk", flat=True))
        done = super().handle(*args, **options)
        for account in User.objects.exclude(pk__in=known):
            if account.has_usable_password():
                given.lend(account, now=timezone.now())
            record(Act.ADMIN, f"{MADE} trên máy chủ: {account.username}", by=None, about=account)
        return done
