"""A province's dashboard as the first reader after an approval finds it: nothing is remembered."""

from dataclasses import replace

from django.core.cache import cache

from communes import editions
from tests.bench import dashboard
from tests.bench.data import World
from tests.bench.measure import Pair

LIMIT = 2.5


def pair(world: World) -> Pair:
    """The same page, all that is remembered forgotten before each."""
    return replace(dashboard.pair(world), before_value=forget)


def forget() -> None:
    """Leave neither the sums of reports nor what was asked under an edition."""
    cache.clear()
    editions.forget()
