"""What the trail learns from requests themselves: where from, what was refused, what was taken away as a file."""

from collections.abc import Callable, Iterator
from contextvars import copy_context

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from communes.accounts.addresses import client_address, neighbourhood
from communes.models import User
from communes.refusals import met
from communes.trail.recording import Act, Caller, Outcome, caller, record

QUESTIONS = ("GET", "HEAD", "OPTIONS")  # what a page only asks itself, to say beforehand what is refused
PAPER = "print"  # the format, or the end of the address, of a page made for paper
LOOKING = ("q",)  # what a reader looked for may be a person's name: not written down


class Watch:
    """Middleware: tells the trail the caller's address, and writes refusals and exports down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then look at the answer; of one that is told line by line, once more when all is told."""
        address = client_address(request)
        token, refusals = caller.set(Caller(address, neighbourhood(address))), met.set([])
        try:
            response = self.get_response(request)
            _note(request, response)
            if isinstance(response, StreamingHttpResponse):
                _watch_to_its_end(request, response)
            return response
        finally:
            met.reset(refusals)
            caller.reset(token)


def _watch_to_its_end(request: HttpRequest, response: StreamingHttpResponse) -> None:
    """Let what a stream does while it is told bear the caller's address, and note what it refused at the end."""
    context, parts, before = copy_context(), iter(response), len(met.get() or ())

    def watched() -> Iterator[bytes]:
        try:
            while (part := context.run(next, parts, None)) is not None:
                yield part
        finally:
            context.run(_note_refusal, request, response.status_code, before)

    response.streaming_content = watched()


def _note(request: HttpRequest, response: HttpResponse) -> None:
    """Write down a refusal (403, 409, 404 of an address that exists, 401 of a token), or that a file was taken.

    A 409 that names what of many was refused, while the others went, is none.
    """
    user = request.user if isinstance(request.user, User) else None
    status = response.status_code
    if status == 401 and "HTTP_AUTHORIZATION" in request.META:
        record(Act.TOKEN, request.path, by=user, outcome=Outcome.FAILED)
    elif (
        status == 403
        or (status == 409 and not getattr(response, "in_part", False))
        or (status == 404 and request.resolver_match)
    ):
        _refused(request, status)
    elif user and status == 200 and _is_taken_away(request, response):
        record(Act.EXPORT, _address(request), by=user, rows=getattr(response, "rows", None))
    else:
        _note_refusal(request, status)


def _note_refusal(request: HttpRequest, status: int, before: int = 0) -> None:
    """Write down what was refused in words on a page that is none of a refusal, unless it was only a question."""
    told = (met.get() or [])[before:]
    if told and request.method not in QUESTIONS and status < 500:
        _refused(request, told[0].status)


def _refused(request: HttpRequest, status: int) -> None:
    """Where and how, not in which words: they may hold a name."""
    if isinstance(request.user, User):
        record(Act.REFUSED, f"{status} {request.method} {request.path}", by=request.user, outcome=Outcome.REFUSED)


def _is_taken_away(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the answer is a file, or a page made for paper."""
    for_paper = request.GET.get("format") == PAPER or request.path.endswith(f"/{PAPER}/")
    return for_paper or response.get("Content-Disposition", "").startswith("attachment")


def _address(request: HttpRequest) -> str:
    """The address asked for, without what was looked for."""
    asked = request.GET.copy()
    for name in LOOKING:
        asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path
