"""Opening the month page, 40 hamlets × 14 indicators, against a view that returns the same bytes."""

from tests.bench.data import World
from tests.bench.measure import Pair, browser, getting, keep

LIMIT = 4


def pair(world: World) -> Pair:
    """The page as the officer opens it."""
    address = f"/reports/{world.unit.slug}/{world.month}/"
    keep(world.officer, address)
    client = browser(world.officer)
    return Pair(getting(client, address), getting(client, f"/floor/bytes/?of={address}"), times=3)
