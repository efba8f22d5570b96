"""Passwords that an administrator gives: made here, shown once, good for a while, and changed at the first sign-in."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from communes.models import User
from communes.refusals import Objection, Refused
from communes.trail.recording import Act, record

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
FOURS = 4  # groups of four: 79 random bits
ENDED = "Mật khẩu được cấp đã hết hạn"
CHANGED = Objection("Tài khoản vừa được đổi ở nơi khác nên mật khẩu chưa đổi. Hãy đăng nhập lại rồi đổi.")
OVER = f"{ENDED}. Hãy nhờ người quản trị cấp lại mật khẩu mới."


def give(account: User, *, now: datetime) -> str:
    """Give the account a new password that nobody chose; returns it, to be shown once."""
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(FOURS))
    account.set_password(password)
    account.save(update_fields=["password"])
    lend(account, now=now)
    return password


def lend(account: User, *, now: datetime) -> None:
    """Note that somebody else knows the account's password: it is good for a while, and changed first."""
    account.must_change_password = True
    account.given_until = now + timedelta(hours=settings.GIVEN_PASSWORD_HOURS)
    account.save(update_fields=["must_change_password", "given_until"])


def is_over(account: User, *, now: datetime) -> bool:
    """Whether the account's password was given, and too long ago."""
    return account.given_until is not None and now >= account.given_until


def choose(account: User, password: str) -> None:
    """Let the owner's own choice take the place of what she had, and nothing else of the account.

    Raises :class:`Refused` where the account is not what it was when it was asked for: what an administrator or
    another window of hers changed while the password was made stands.
    """
    before = account.standing
    account.set_password(password)
    account.must_change_password = False
    account.given_until = None
    with transaction.atomic():
        if User.objects.select_for_update(of=("self",)).get(pk=account.pk).standing != before:
            raise Refused(CHANGED)
        account.save(update_fields=["password", "must_change_password", "given_until"])
        record(Act.PASSWORD, "Tự đổi mật khẩu", by=account)
