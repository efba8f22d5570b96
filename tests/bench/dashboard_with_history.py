"""The same page of a province with 60 months behind it, against one with 12."""

from tests.bench.dashboard import address_of
from tests.bench.data import World
from tests.bench.measure import Pair, browser, getting

LIMIT = 1.2


def pair(world: World) -> Pair:
    """Two provinces of one database."""
    client = browser(world.viewer)
    old, young = (getting(client, address_of(one, world.year)) for one in (world.old, world.young))
    return Pair(old, young)
