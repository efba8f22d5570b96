"""The figures of a place and span by hand-written SQL: what a total costs at the least."""

from django.db import connection

from reports.months import Month, Span
from reports.totals.steady import run_of

FLOWS = """
SELECT t.indicator_id, SUM(t.value), COUNT(*)
FROM reports_monthlyreport r
JOIN reports_reporttotal t ON t.report_id = r.id
JOIN reports_indicator i ON i.id = t.indicator_id AND i.measure = 'flow'
WHERE {place} r.month BETWEEN %s AND %s AND r.state = 'approved'
GROUP BY t.indicator_id
"""
STOCKS = """
SELECT t.indicator_id, SUM(t.value), COUNT(*)
FROM (
  SELECT id, month, MAX(month) OVER (PARTITION BY province_id, commune_id) AS last
  FROM reports_monthlyreport r WHERE {place} r.month BETWEEN %s AND %s AND r.state = 'approved'
) r
JOIN reports_reporttotal t ON t.report_id = r.id
JOIN reports_indicator i ON i.id = t.indicator_id AND i.measure = 'stock'
WHERE r.month = r.last
GROUP BY t.indicator_id
"""
REACHED = """
SELECT i.id, COUNT(DISTINCT COALESCE(l.hamlet_id, g.hamlet_id))
FROM reports_monthlyreport r
JOIN reports_activitylog l ON l.report_id = r.id
JOIN reports_figure f ON f.log_id = l.id AND f.value > 0
JOIN reports_indicator i ON i.reaches_id = f.indicator_id
LEFT JOIN models_registry_selfmanagementgroup g ON g.id = l.group_id
WHERE {place} r.month BETWEEN %s AND %s AND r.state = 'approved'
GROUP BY i.id
"""
REACHED_REPORTS = FLOWS.replace("'flow'", "'reached'")
BY_MONTH = """
SELECT r.month, SUM(t.value)
FROM reports_monthlyreport r JOIN reports_reporttotal t ON t.report_id = r.id
WHERE r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state = 'approved' AND t.indicator_id = %s
GROUP BY r.month
"""
STEADY = """
SELECT r.month, t.indicator_id, SUM(t.value), COUNT(*)
FROM (
  SELECT id, month, COUNT(*) OVER (PARTITION BY province_id, commune_id) AS months
  FROM reports_monthlyreport r WHERE r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state = 'approved'
) r
JOIN reports_reporttotal t ON t.report_id = r.id
WHERE r.months = 13
GROUP BY r.month, t.indicator_id
"""
BY_COMMUNE = """
SELECT r.commune_id, t.indicator_id, SUM(t.value)
FROM reports_monthlyreport r JOIN reports_reporttotal t ON t.report_id = r.id
WHERE r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state = 'approved' AND t.indicator_id IN ({codes})
GROUP BY r.commune_id, t.indicator_id
"""
BY_COMMUNE_AND_MONTH = """
SELECT r.commune_id, r.month, t.indicator_id, SUM(t.value)
FROM reports_monthlyreport r JOIN reports_reporttotal t ON t.report_id = r.id
WHERE r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state = 'approved' AND t.indicator_id IN ({codes})
GROUP BY r.commune_id, r.month, t.indicator_id
"""
FLOWS_BY_PROVINCE = """
SELECT r.province_id, t.indicator_id, SUM(t.value)
FROM reports_monthlyreport r
JOIN reports_reporttotal t ON t.report_id = r.id AND t.indicator_id IN ({codes})
JOIN reports_indicator i ON i.id = t.indicator_id AND i.measure = 'flow'
WHERE r.month BETWEEN %s AND %s AND r.state = 'approved'
GROUP BY r.province_id, t.indicator_id
"""
STOCKS_BY_PROVINCE = """
SELECT r.province_id, t.indicator_id, SUM(t.value)
FROM (
  SELECT id, province_id, month, MAX(month) OVER (PARTITION BY province_id, commune_id) AS last
  FROM reports_monthlyreport r WHERE r.month BETWEEN %s AND %s AND r.state = 'approved'
) r
JOIN reports_reporttotal t ON t.report_id = r.id AND t.indicator_id IN ({codes})
JOIN reports_indicator i ON i.id = t.indicator_id AND i.measure = 'stock'
WHERE r.month = r.last
GROUP BY r.province_id, t.indicator_id
"""
WEAPONS = """
SELECT w.kind_id, SUM(w.quantity)
FROM reports_monthlyreport r JOIN reports_weaponhandover w ON w.report_id = r.id
WHERE r.province_id = %s AND r.month BETWEEN %s AND %s AND r.state = 'approved'
GROUP BY w.kind_id
"""
STATES = "SELECT commune_id, month, state FROM reports_monthlyreport WHERE province_id = %s AND month BETWEEN %s AND %s"


def rows(sql: str, params: list) -> list[tuple]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def months(span: Span) -> list:
    """First and last month as they are stored."""
    return [span.first.first_day, span.last.first_day]


def totals(span: Span, province: int | None = None) -> dict[int, tuple[int, int]]:
    """Indicator → sum and number of reports: flows over the span, stocks at its end, hamlets reached once."""
    place, params = ("r.province_id = %s AND", [province]) if province else ("", [])
    params += months(span)
    found = [row for sql in (FLOWS, STOCKS) for row in rows(sql.format(place=place), params)]
    reached = dict(rows(REACHED.format(place=place), params))
    counted = rows(REACHED_REPORTS.format(place=place), params)
    found += [(indicator, reached.get(indicator, 0), reports) for indicator, _, reports in counted]
    return {indicator: (value, reports) for indicator, value, reports in found}


def dashboard(province: int, span: Span, chosen: int, columns: list[int]) -> dict[str, object]:
    """Every figure of a province's page; spans that are the same are asked once."""
    spans = {(s.first, s.last): s for s in (span, span.previous, span.same_span_last_year)}
    place = [province]
    marks = ", ".join(["%s"] * len(columns))
    trend, steady = Span("", span.first - 12, span.last), run_of(span)
    return {
        "totals": {key: totals(one, province) for key, one in spans.items()},
        "trend": rows(BY_MONTH, place + months(trend) + [chosen]),
        "steady": rows(STEADY, place + months(steady)),
        "communes": rows(BY_COMMUNE.format(codes=marks), place + months(span) + columns),
        "states": rows(STATES, place + months(span)),
        "weapons": {key: rows(WEAPONS, place + months(one)) for key, one in spans.items()},
    }


def by_commune_and_month(province: int, span: Span, indicators: list[int]) -> list[tuple]:
    """The figures of each commune in each month."""
    marks = ", ".join(["%s"] * len(indicators))
    return rows(BY_COMMUNE_AND_MONTH.format(codes=marks), [province, *months(span), *indicators])


def by_province(span: Span, indicators: list[int]) -> list[tuple]:
    """The figures of each province: flows over the span, stocks at its end."""
    marks = ", ".join(["%s"] * len(indicators))
    flows = rows(FLOWS_BY_PROVINCE.format(codes=marks), [*indicators, *months(span)])
    return flows + rows(STOCKS_BY_PROVINCE.format(codes=marks), [*months(span), *indicators])


def month_of(value: object) -> Month:
    """The month that a row holds: text on SQLite, a date on PostgreSQL."""
    return Month.parse(str(value)[:7])
