"""Tokens: programs that act for an account through the API. Made by their owner alone, shown once, and mortal.

A token dies after ``TOKEN_DAYS``, and at once with every change of the account's password, role, place, second factor
or activity, by whatever door that came: it carries the standing of its account, which is compared at every call.
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework import exceptions

from communes.accounts import second_factor
from communes.models import TokenGrant, User

DEAD = "Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi."
STEP = timedelta(minutes=5)  # how exactly the last use is kept


class MortalTokenAuthentication(TokenAuthentication):
    """Knox's tokens, held to the standing of their account."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """Return the account and its token; raises ``AuthenticationFailed`` where either has ended."""
        try:
            user, found = super().authenticate_credentials(token)
        except UnicodeDecodeError as error:
            raise exceptions.AuthenticationFailed(DEAD) from error
        if second_factor.required_of(user) and not user.second_factor_since:
            raise exceptions.AuthenticationFailed(second_factor.BEFORE_TOKENS)
        if not _stands(found, now=timezone.now()):
            found.delete()
            raise exceptions.AuthenticationFailed(DEAD)
        return user, found


def _stands(token: AuthToken, *, now: datetime) -> bool:
    """Compare the account with what it was, and note the use."""
    grant, _ = TokenGrant.objects.get_or_create(token=token, defaults={"standing": token.user.standing})
    if not compare_digest(grant.standing, token.user.standing):
        return False
    if grant.last_used_at is None or now - grant.last_used_at >= STEP:
        TokenGrant.objects.filter(pk=grant.pk).update(last_used_at=now)
    return True


def issue(user: User) -> str:
    """Make a token for its owner and return its key, which is kept nowhere."""
    token, key = AuthToken.objects.create(user)
    TokenGrant.objects.create(token=token, standing=user.standing)
    return key


def living(user: User, *, now: datetime) -> list[AuthToken]:
    """Return the tokens of an account that still work, newest first; the dead are swept away."""
    found: list[Any] = list(AuthToken.objects.filter(user=user).select_related("grant").order_by("-created"))
    dead = [
        token.pk
        for token in found
        if (token.expiry and token.expiry < now) or (hasattr(token, "grant") and token.grant.standing != user.standing)
    ]
    if dead:
        AuthToken.objects.filter(pk__in=dead).delete()
    return [token for token in found if token.pk not in dead]
