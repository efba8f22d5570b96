"""The country's year by its 63 former provinces, against their figures by hand-written SQL and the same bytes.

A year before July 2025 as 10,035 communes of then reported it, by the boundaries of then. What it rests on is made here, so
that the other subjects do not carry it.
"""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from communes.models import Commune, Province
from reports.models import Indicator, MonthlyReport
from reports.months import Span
from reports.totals.parts import parts_of
from reports.totals.place import Place
from reports.totals.summary import Summary
from reports.views.dashboard_overview import HEADLINES
from tests.bench import by_hand as sql
from tests.bench.data import World
from tests.bench.measure import Pair, browser, getting, keep, kept

LIMIT = 3
YEAR = Span.parse("2024")
ADDRESS = f"/dashboard/?view=country&span={YEAR}&boundaries=then&include=approved"
TOTALS = """
INSERT INTO reports_reporttotal (report_id, indicator_id, value)
SELECT r.id, i.id, (r.id * 7 + i.id * 13) %% 50
FROM reports_monthlyreport r CROSS JOIN reports_indicator i
WHERE r.month BETWEEN %s AND %s AND i.code IN ({codes})
AND NOT EXISTS (SELECT 1 FROM reports_reporttotal t WHERE t.report_id = r.id AND t.indicator_id = i.id)
"""


def reports(world: World) -> None:
    """Every former commune reported each month of the year, the headline indicators."""
    former = Commune.objects.exclude(ended_on=None).order_by("code").values_list("province", "pk")
    for month in YEAR:
        MonthlyReport.objects.bulk_create(
            [
                MonthlyReport(
                    province_id=province, commune_id=commune, month=month, state="approved",
                    sent_at=world.now, approved_at=world.now,
                )
                for province, commune in former
            ],
            batch_size=2000,
        )  # fmt: skip
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(HEADLINES))
        cursor.execute(TOTALS.format(codes=marks), [*sql.months(YEAR), *HEADLINES])
        cursor.execute("ANALYZE")


def by_hand(request: HttpRequest) -> HttpResponse:
    """The floor: the figures by hand, and the page as it was."""
    sql.by_province(YEAR, [int(key) for key in request.GET["columns"].split(",")])
    return HttpResponse(kept[ADDRESS])


def check(codes: dict[str, int], world: World) -> None:
    """The floor's figures are those of the page."""
    found = {(province, indicator): value for province, indicator, value in sql.by_province(YEAR, list(codes.values()))}
    summary = Summary(Place(), YEAR, world.now, "approved", "then")
    ours = {
        (part.key, codes[code]): value.value
        for part, row in parts_of(summary).rows(tuple(codes))
        for code, value in row.items()
        if value.reports  # the register alone tells of a unit that reported nothing
    }
    former = set(Province.objects.exclude(ended_on=None).values_list("pk", flat=True))
    assert found == ours
    assert former <= {province for province, _ in found}


def pair(world: World) -> Pair:
    """The country's reader opens the page of provinces."""
    reports(world)
    codes = dict(Indicator.objects.filter(code__in=HEADLINES).values_list("code", "pk"))
    check(codes, world)
    keep(world.viewer, ADDRESS)
    client = browser(world.viewer)
    floor = f"/floor/former_provinces/?columns={','.join(map(str, codes.values()))}"
    return Pair(getting(client, ADDRESS), getting(client, floor))
