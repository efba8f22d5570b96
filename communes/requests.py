"""Requests that carry an account: what a page or a call may take for granted behind the sign-in.

Every address but a listed few refuses strangers (``LoginRequiredMiddleware``, the API's default permission), so
behind it ``request.user`` is a :class:`~communes.models.User` and never Django's anonymous one. These types say so.
"""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from communes.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """A request of a page by someone signed in."""

    user: User
    htmx: HtmxDetails


class AuthenticatedRequest(Request):
    """A call of the API by someone signed in."""

    user: User
