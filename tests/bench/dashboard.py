"""A province's dashboard over a year, opened again, against its figures by hand-written SQL and the same bytes."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse

from communes.models import Province
from reports.models import Indicator
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.steady import run_of, steady_months
from reports.totals.summary import Summary
from reports.views.dashboard_overview import COMPARED
from tests.bench import by_hand as sql
from tests.bench.data import World
from tests.bench.measure import Pair, browser, getting, keep, kept

LIMIT = 1


def address_of(province: Province, span: Span) -> str:
    """The page of a province's year."""
    return f"/dashboard/?province={province.code}&span={span}"


def by_hand(request: HttpRequest) -> HttpResponse:
    """The floor: the figures by hand, and the page as it was."""
    pk, span = int(request.GET["pk"]), Span.parse(request.GET["span"])
    columns = [int(key) for key in request.GET["columns"].split(",")]
    sql.dashboard(pk, span, columns[0], columns)
    return HttpResponse(kept[request.GET["of"]])


def check(world: World, columns: list[int]) -> None:
    """The floor's figures are those of the page."""
    found = sql.dashboard(world.old.pk, world.year, columns[0], columns)
    pk_of = dict(Indicator.objects.values_list("code", "pk"))
    summary = Summary(Place(world.old), world.year, world.now)
    for span in (world.year, world.year.previous):
        ours = {pk_of[code]: (value.value, value.reports) for code, value in summary.total(span).items()}
        assert found["totals"][span.first, span.last] == ours
    trend = {sql.month_of(month): value for month, value in found["trend"]}
    for span in (world.year, world.year.previous):
        for month, values in summary.values(span, "month").items():
            assert trend[month] == values[COMPARED[0]].value
    steady: dict[str, dict[Month, int]] = defaultdict(dict)
    code_of = {pk: code for code, pk in pk_of.items()}
    for month, indicator, value, _ in found["steady"]:
        steady[code_of[indicator]][sql.month_of(month)] = value
    lines = steady_months(summary)
    assert steady.keys() == lines.keys()
    for code, months in steady.items():
        assert [months.get(month) for month in run_of(world.year)] == lines[code], code
    assert len(found["communes"]) == 151 * len(columns)


def pair(world: World) -> Pair:
    """The province with a history, so that every comparison has its figures."""
    pk_of = dict(Indicator.objects.values_list("code", "pk"))
    columns = [pk_of[code] for code in COMPARED]
    check(world, columns)
    address = address_of(world.old, world.year)
    keep(world.viewer, address)
    client = browser(world.viewer)
    joined = ",".join(map(str, columns))
    floor = f"/floor/dashboard/?pk={world.old.pk}&span={world.year}&columns={joined}&of={address.replace('&', '%26')}"
    return Pair(getting(client, address), getting(client, floor))
