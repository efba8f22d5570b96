"""The country's year by its living provinces, 3,321 communes."""

from tests.bench.data import World
from tests.bench.measure import Pair
from tests.bench.provinces import pair_of

LIMIT = 3


def pair(world: World) -> Pair:
    """The country's reader opens the page of provinces."""
    return pair_of(world, world.year, "today")
