"""The thirteen months behind a figure, of the same units throughout: a late report is not a fall."""

from decimal import Decimal
from itertools import groupby

from reports.months import Month, Span
from reports.totals.comparing import LEAST
from reports.totals.place import MONTH_OF, Counted
from reports.totals.summary import Summary

NEARLY_ALL = Decimal("0.95")  # of the reports of the country's fullest month
MONTHS = 13  # the same month of the year before to the last one
Months = dict[str, list[int | None]]


def run_of(span: Span) -> Span:
    """The thirteen months up to the end of a span."""
    first = span.last - (MONTHS - 1)
    return Span(f"{first}..{span.last}", first, span.last, span.first_month)


def steady_reports(summary: Summary, run: Span | None = None) -> list[Counted]:
    """The counted reports of the units that have one in each month of a run, by default the thirteen months."""
    run = run or run_of(summary.span)
    reports = summary.asking(span=run).counted(run)
    months: dict[Month, set[int]] = {month: set() for month in run}
    for month, some in groupby(reports, MONTH_OF):
        months[month].update(report.unit for report in some)
    steady = set.intersection(*months.values())
    return [report for report in reports if report.unit in steady]


def steady_months(summary: Summary) -> Months:
    """Indicator code → its values in the thirteen months; None is blank.

    A province or cluster: of the units of :func:`steady_reports`. A commune: its own, with their gaps. The country,
    whose reports are too many to be chosen one by one: all. A month in which too few reports hold the figure is blank:
    less than four fifths of the fullest month's; of the country, where late ones would be a fall, nineteen in twenty.
    """
    run = run_of(summary.span)
    asked = summary.asking(span=run)
    if summary.place.province and not summary.place.commune:
        values = asked.values_of(steady_reports(summary), run, "month")
    else:
        values = asked.values(run, "month")
    least = LEAST if summary.place.province else NEARLY_ALL
    found: Months = {}
    for code in {code for row in values.values() for code in row}:
        months = [values.get(month, {}).get(code) for month in run]
        most = max((one.reports for one in months if one), default=0)
        found[code] = [one.value if one and one.reports >= least * most else None for one in months]
    return found
