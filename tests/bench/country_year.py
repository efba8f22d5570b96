"""A year for all 3,321 communes, against its figures by hand-written SQL."""

from reports.models import Indicator
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests.bench import by_hand
from tests.bench.data import World
from tests.bench.measure import Pair

LIMIT = 1


def pair(world: World) -> Pair:
    """Totals of every indicator."""

    def summarise():
        return Summary(Place(), world.year, world.now, "approved").total()

    def floor():
        return by_hand.totals(world.year)

    pk_of = dict(Indicator.objects.values_list("code", "pk"))
    assert {pk_of[code]: (value.value, value.reports) for code, value in summarise().items()} == floor()
    return Pair(summarise, floor)
