"""Requests that carry an account: what a page or a call may take for granted behind the sign-in.

Every address but a listed few refuses strangers (``LoginRequiredMiddleware``, the API's default permission), so
behind it ``request.user`` is a :class:`~communes.models.User` and never Django's anonymous one. These types say so.
"""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from communes.models import User
from communes.refusals import Forbidden, Refused


class AuthenticatedHttpRequest(HttpRequest):
    """A request of a page by someone signed in."""

    user: User
    htmx: HtmxDetails


class AuthenticatedRequest(Request):
    """A call of the API by someone signed in."""

    user: User


def require_reader(user: User) -> None:
    """Raise :class:`Refused` for administrators: they keep accounts and catalogues, and see no figures."""
    if user.is_administrator:
        raise Refused(Forbidden("Trang này dành cho người báo cáo và người đọc báo cáo."))


def require_above_communes(user: User) -> None:
    """Raise :class:`Refused` for those who do not read above a commune: its own people, administrators."""
    if not user.reads_above_communes:
        raise Refused(Forbidden("Trang này dành cho cấp tỉnh và trung ương."))


def here_only(request: HttpRequest, wanted: str) -> str:
    """Return where a form asks to be led on to if it is an address of this site, else "".

    It begins with a slash: to Django's ``redirect`` a bare word ("home") is the name of a view.
    """
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else ""
