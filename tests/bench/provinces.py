"""The page of the country's provinces beside its figures by hand-written SQL and the same bytes."""

from django.http import HttpRequest, HttpResponse

from reports.models import Indicator
from reports.months import Span
from reports.totals.inquiry import Boundaries
from reports.totals.parts import parts_of
from reports.totals.place import Place
from reports.totals.summary import Summary
from reports.views.dashboard_overview import HEADLINES
from tests.bench import by_hand as sql
from tests.bench.data import World
from tests.bench.measure import Pair, browser, getting, keep, kept


def pair_of(world: World, span: Span, boundaries: Boundaries) -> Pair:
    """The country's reader opens the page of a span; its floor asks for the figures by hand and answers the page."""
    codes = dict(Indicator.objects.filter(code__in=HEADLINES).values_list("code", "pk"))
    check(Summary(Place(), span, world.now, "approved", boundaries), codes)
    address = f"/dashboard/?view=country&span={span}&boundaries={boundaries}&include=approved"
    keep(world.viewer, address)
    floor = f"/floor/provinces/?columns={','.join(map(str, codes.values()))}&span={span}&boundaries={boundaries}"
    client = browser(world.viewer)
    return Pair(getting(client, address), getting(client, floor))


def by_hand(request: HttpRequest) -> HttpResponse:
    """The floor: the figures by hand, and the page as it was."""
    span, boundaries = request.GET["span"], request.GET["boundaries"]
    sql.by_province(Span.parse(span), [int(key) for key in request.GET["columns"].split(",")])
    return HttpResponse(kept[f"/dashboard/?view=country&span={span}&boundaries={boundaries}&include=approved"])


def check(summary: Summary, codes: dict[str, int]) -> None:
    """The floor's figures are those of the page."""
    found = {
        (province, indicator): value
        for province, indicator, value in sql.by_province(summary.span, list(codes.values()))
    }
    ours = {
        (part.key, codes[code]): value.value
        for part, row in parts_of(summary).rows(tuple(codes))
        for code, value in row.items()
        if value.reports  # the register alone tells of a unit that reported nothing
    }
    assert found == ours
