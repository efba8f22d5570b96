"""The gate between a right password and everything else, for accounts that have or need a second factor.

A session that passed carries the moment its account's second factor began. Nothing else opens: no page, no call. A
device may be remembered for ``SECOND_FACTOR_DAYS`` by a signed cookie, which dies with the account's standing.
"""

import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from communes.accounts.second_factor import required_of
from communes.models import User

PASSED = "second_factor"  # in the session: the account's second factor that was proved, by its first moment
HALF_SIGNED_IN = 15 * 60  # seconds a session may stand before the gate
SALT = "communes.accounts.gate"
OWED = "Hãy hoàn tất xác thực hai bước trên trang web trước khi tiếp tục."
ENDED = "Xác thực hai bước của tài khoản vừa thay đổi. Hãy đăng nhập lại."


def passed(request: HttpRequest, user: User) -> None:
    """Note in the session that the second factor was proved, under a new key."""
    request.session.cycle_key()
    request.session[PASSED] = _moment(user.second_factor_since)


def remember(response: HttpResponse, user: User) -> None:
    """Ask no code on this device for a while."""
    response.set_signed_cookie(
        _cookie(user),
        user.standing,
        salt=SALT,
        max_age=settings.SECOND_FACTOR_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def remembered(request: HttpRequest, user: User) -> bool:
    """Whether this device proved the account's second factor within the days, and the account is still the same."""
    age = settings.SECOND_FACTOR_DAYS * 24 * 3600
    kept = request.get_signed_cookie(_cookie(user), default="", salt=SALT, max_age=age) or ""
    return bool(user.second_factor_since and kept) and constant_time_compare(kept, user.standing)


class SecondFactor:
    """Middleware: leads to the page where the second factor is proved or set up, and lets nothing else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass those who owe nothing."""
        user = request.user
        if isinstance(user, User) and (owed := _owed(request, user)):
            return self._stop(request, owed)
        return self.get_response(request)

    def _stop(self, request: HttpRequest, owed: str) -> HttpResponse:
        """Let only what settles the debt through, and signing out; not for ever."""
        began = request.session.get("began", 0)
        if owed == "login" or time.time() - began > HALF_SIGNED_IN:
            logout(request)
            messages.warning(request, ENDED if owed == "login" else OWED)
            owed = "login"
        elif request.path.startswith((reverse(owed), reverse("logout"), settings.STATIC_URL, "/healthz", "/readyz")):
            request.half_signed_in = True  # type: ignore[attr-defined]  # the page shows no navigation
            return self.get_response(request)
        if request.path.startswith("/api/") and not request.path.startswith("/api/docs/"):
            return JsonResponse({"detail": OWED}, status=401 if owed == "login" else 403)
        return redirect_to_login(request.get_full_path(), login_url=reverse(owed))


def _owed(request: HttpRequest, user: User) -> str:
    """Name the page that the account owes a visit to, if any."""
    proved = request.session.get(PASSED)
    if user.second_factor_since is None:
        if proved:
            return "login"  # what this session proved was taken away meanwhile
        return "second_factor_enrol" if required_of(user) and not user.must_change_password else ""
    return "" if proved == _moment(user.second_factor_since) else "second_factor_prove"


def _cookie(user: User) -> str:
    return f"{settings.COOKIE_PREFIX}antq_device_{user.pk}"


def _moment(since: datetime | None) -> str:
    return since.isoformat() if since else ""
