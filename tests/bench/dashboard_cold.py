"""A province's dashboard as the first reader after an approval finds it: nothing is remembered."""

from dataclasses import replace

from django.core.cache import cache

from tests.bench import dashboard
from tests.bench.data import World
from tests.bench.measure import Pair

LIMIT = 2.5


def pair(world: World) -> Pair:
    """The same page, the cache emptied before each."""
    return replace(dashboard.pair(world), before_value=cache.clear)
