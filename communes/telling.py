"""Work that takes a while, told line by line while it goes on."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from queue import Empty, Queue
from threading import Thread
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from communes.changes import Tell, silent

STREAM = "application/x-ndjson"
PAUSE = 5.0
"""Seconds after which a line without news is sent: whoever waits between us and the reader hears that we work."""
MOST_PAUSES = 240


def _no_beat() -> None:
    """Nobody watches whether this process is busy or hangs."""


beat: Callable[[], None] = _no_beat
"""Says that this process works; gunicorn, which ends one that is silent for a minute, puts its own here."""


def stream(lines: Iterable[dict[str, Any]]) -> StreamingHttpResponse:
    """Answer line by line; "identity" and the header of nginx keep the lines from waiting for one another."""

    def written() -> Iterator[str]:
        for line in lines:
            beat()
            yield json.dumps(line) + "\n"

    response = StreamingHttpResponse(written(), content_type=STREAM)
    response["Content-Encoding"] = "identity"
    response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "no-store"
    return response


def told(
    request: HttpRequest, answer: Callable[[Tell], HttpResponse], after: Callable[[], HttpResponse]
) -> HttpResponseBase:
    """Answer at once; or, to a page that listens, each step of the work and then the page that comes of it.

    ``after`` is the page that a redirect leads to: what was done stands on it, and a stream has no way to lead on.
    """
    if request.headers.get("Accept") != STREAM:
        return answer(silent)
    heard: Queue[dict[str, Any] | BaseException] = Queue()
    _ = request.POST  # read here: the body belongs to this thread

    def work() -> None:
        try:
            response = answer(lambda what: heard.put({"said": what}))
            if response.status_code in (301, 302):
                response = after()
            heard.put({"page": response.content.decode()})
        except BaseException as error:  # raised again where it is heard
            heard.put(error)
        finally:
            connections.close_all()

    return stream(_lines(heard, Thread(target=copy_context().run, args=(work,), daemon=True)))


def _lines(heard: "Queue[dict[str, Any] | BaseException]", thread: Thread) -> Iterator[dict[str, Any]]:
    """What the thread says, to its end."""
    thread.start()
    pauses = 0
    while pauses < MOST_PAUSES:
        try:
            line = heard.get(timeout=PAUSE)
        except Empty:
            pauses += 1
            yield {}
            continue
        if isinstance(line, BaseException):
            raise line
        yield line
        if "page" in line:
            return
