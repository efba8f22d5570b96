"""What the register has of communes without a report, by hand: see :mod:`test_consistency`."""

from django.db import connection

from models_registry.headcount import FAMILIES, headcount
from reports.catalogue import Catalogue
from reports.models import MonthlyReport

SILENT = """
SELECT c.id FROM communes_commune c WHERE c.province_id = %s AND NOT EXISTS (
  SELECT 1 FROM reports_monthlyreport r
  WHERE r.commune_id = c.id AND r.month BETWEEN %s AND %s AND r.state IN ({states}))
"""
FORMER = """
SELECT i.code, t.value FROM reports_reporttotal t JOIN reports_indicator i ON i.id = t.indicator_id
WHERE t.report_id = %s AND i.source = 'registry' AND i.measure = 'stock'
"""


def former_count(pk, span, states, stocks):
    """What the last counted report of a commune held of the register, or holds while it is open."""
    last = span.last.first_day
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM reports_monthlyreport r WHERE r.commune_id = %s AND r.month BETWEEN %s AND %s "
            f"AND r.state IN ({states}) ORDER BY r.month DESC LIMIT 1",
            [pk, (span.last - 12).first_day, last],
        )
        found = cursor.fetchone()
        if not found:
            return {}
        report = MonthlyReport.objects.get(pk=found[0])
        if report.is_open:
            since, on = report.month.window()
            counts = headcount([pk], since=since, on=on)
            return {i.code: counts[pk, i.code] for i in stocks}
        cursor.execute(FORMER, [report.pk])
        return {code: int(value) for code, value in cursor.fetchall()}


def count_registered(found, world, place, span, states):
    """Put what the register has on the span's last day in the place of former counts, of communes without a report."""
    with connection.cursor() as cursor:
        cursor.execute(SILENT.format(states=states), [world.province.pk, span.first.first_day, span.last.first_day])
        silent = {pk for (pk,) in cursor.fetchall()} & {
            one.pk for name, one in world.communes.items() if place in ("", name)
        }
    stocks = [i for i in Catalogue(span.last).registry if i.measure == "stock"]
    since, on = span.last.window()
    for pk in silent:
        former = former_count(pk, span, states, stocks)
        counts = headcount([pk], since=since, on=on)
        now = {i.code: counts[pk, i.code] for i in stocks}
        emptied = [
            family
            for family in FAMILIES
            if any(former.get(code) for code in family) and not any(now.get(code) for code in family)
        ]
        if emptied or not any(now.values()):
            continue
        for code, value in now.items():
            found[code] = found.get(code, 0) - former.get(code, 0) + value
