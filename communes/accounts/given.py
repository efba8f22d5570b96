"""Passwords that an administrator gives: made here, shown once, good for a while, and changed at the first sign-in."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings

from communes.models import User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
FOURS = 4  # groups of four: 79 random bits
ENDED = "Mật khẩu được cấp đã hết hạn"
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


def settle(account: User) -> None:
    """Note that the owner chose a password of her own."""
    account.must_change_password = False
    account.given_until = None
    account.save(update_fields=["must_change_password", "given_until"])
