"""The country's year by its 63 former provinces, as 10,035 communes of then reported it.

By the boundaries of then. What it rests on is made here, so that the other subjects do not carry it: it comes last.
"""

from django.db import connection

from communes.models import Commune
from reports.models import MonthlyReport
from reports.months import Span
from reports.views.dashboard_overview import HEADLINES
from tests.bench import by_hand as sql
from tests.bench.data import World
from tests.bench.measure import Pair
from tests.bench.provinces import pair_of

LIMIT = 3
YEAR = Span.parse("2024")
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


def pair(world: World) -> Pair:
    """The country's reader opens the page of provinces."""
    reports(world)
    return pair_of(world, YEAR, "then")
