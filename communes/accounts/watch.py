"""What the trail learns from requests themselves: where from, what was refused, what was taken away as a file."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from communes.accounts.addresses import client_address, neighbourhood
from communes.models import User
from communes.trail.recording import Act, Caller, Outcome, caller, record

LOOKING = ("q",)  # what a reader looked for may be a person's name: not written down


class Watch:
    """Middleware: tells the trail the caller's address, and writes refusals and exports down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then look at the answer."""
        address = client_address(request)
        token = caller.set(Caller(address, neighbourhood(address)))
        try:
            response = self.get_response(request)
            _note(request, response)
            return response
        finally:
            caller.reset(token)


def _note(request: HttpRequest, response: HttpResponse) -> None:
    """Write down a refusal (403, 404 of an address that exists, 401 of a token), or that a file was taken."""
    user = request.user if isinstance(request.user, User) else None
    status = response.status_code
    if status == 401 and "HTTP_AUTHORIZATION" in request.META:
        record(Act.TOKEN, request.path, by=user, outcome=Outcome.FAILED)
    elif user and (status == 403 or (status == 404 and request.resolver_match)):
        record(Act.REFUSED, f"{status} {request.method} {request.path}", by=user, outcome=Outcome.REFUSED)
    elif user and status == 200 and _is_taken_away(request, response):
        record(Act.EXPORT, _address(request), by=user, rows=getattr(response, "rows", None))


def _is_taken_away(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the answer is a file, or a page made for paper."""
    return response.get("Content-Disposition", "").startswith("attachment") or request.GET.get("format") == "print"


def _address(request: HttpRequest) -> str:
    """The address asked for, without what was looked for."""
    asked = request.GET.copy()
    for name in LOOKING:
        asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path
