"""Measuring something beside its floor: by turns, in one run, medians."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.test import Client

ROUNDS, SHORT = 15, 5
kept: dict[str, bytes] = {}  # pages the floor views answer with


def nothing() -> None:
    """Nothing to prepare."""


@dataclass(frozen=True)
class Pair:
    """What is measured and its floor. ``before_value`` and ``before_floor`` run outside of the clock.

    ``times`` is how many measurements a round takes of each: many of what is quick.
    """

    value: Callable[[], object]
    floor: Callable[[], object]
    before_value: Callable[[], object] = nothing
    before_floor: Callable[[], object] = nothing
    times: int = 1


def timed(run: Callable[[], object], before: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    before()
    gc.collect()
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000


def side_by_side(pair: Pair, rounds: int) -> tuple[float, float, float]:
    """Return the ratio, the value and the floor, the last two in milliseconds.

    The ratio is the median of the rounds' own ratios: what else the machine does slows both of a pair.
    """
    for _ in range(2):
        timed(pair.value, pair.before_value)
        timed(pair.floor, pair.before_floor)
    gc.freeze()
    values, floors = [], []
    for turn in range(rounds * pair.times):
        sides = [(pair.value, pair.before_value, values), (pair.floor, pair.before_floor, floors)]
        for run, before, into in sides if turn % 2 else reversed(sides):
            into.append(timed(run, before))
    ratios = [value / floor for value, floor in zip(values, floors, strict=True)]
    return median(ratios), median(values), median(floors)


def browser(user) -> Client:
    """A signed-in browser that takes gzip, its session begun."""
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def getting(client: Client, address: str) -> Callable[[], HttpResponse]:
    """A call that opens a page and insists that it comes."""

    def get() -> HttpResponse:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        assert response["Content-Encoding"] == "gzip"
        return response

    return get


def keep(user, address: str) -> None:
    """Remember the bytes of a page for the floors that answer with the same."""
    client = browser(user)
    del client.defaults["HTTP_ACCEPT_ENCODING"]
    kept[address] = client.get(address).content


def same_bytes(request: HttpRequest) -> HttpResponse:
    """Answer with a page that was kept."""
    return HttpResponse(kept[request.GET["of"]])
