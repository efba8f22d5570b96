"""The same workbook as it is downloaded, against its figures by hand-written SQL and the same cells."""

from reports.models import Indicator
from tests.bench import by_hand
from tests.bench.data import World
from tests.bench.measure import Pair, browser
from tests.bench.xlsx import query, same_cells, table_of

LIMIT = 3


def pair(world: World) -> Pair:
    """Sums, layout and file."""
    table, client = table_of(world), browser(world.viewer)
    codes = table_codes(world)
    keys = list(Indicator.objects.filter(code__in=codes).values_list("pk", flat=True))

    def download():
        response = client.get(f"/explore/?{query(world)}&format=xlsx")
        assert response.status_code == 200 and "attachment" in response["Content-Disposition"]

    def floor():
        by_hand.by_commune_and_month(world.old.pk, world.year, keys)
        same_cells(table)

    assert len(by_hand.by_commune_and_month(world.old.pk, world.year, keys)) == 151 * 12 * len(codes)
    return Pair(download, floor)


def table_codes(world: World) -> list[str]:
    """The indicators of the question."""
    return query(world).split("indicator=")[1].split("&")[0].split(",")
