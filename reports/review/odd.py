"""Which units' figures are not to be ranked or praised without a word: odd ones, and those with months missing."""

from collections import defaultdict

from reports.entry.checks import LOOK_BACK, unusual
from reports.models import Indicator, ReportTotal
from reports.months import Month
from reports.totals.inquiry import INCLUDES
from reports.totals.summary import Summary


def odd_communes(summary: Summary, code: str) -> set[int]:
    """The communes of which the queue marks a counted month of the span."""
    return {unit for unit, _ in odd_months(summary, code)}


def odd_months(summary: Summary, code: str) -> set[tuple[int, Month]]:
    """The counted months of the span that the queue marks: far from the commune's own twelve before; (unit, month).

    Asked of entered figures alone, as the queue does; of the country none, where provinces stand for their communes.
    """
    indicator = next((one for one in summary.catalogue if one.code == code), None)
    if indicator is None or indicator.source != Indicator.Source.ENTERED or summary.place.province is None:
        return set()
    span = summary.span
    counted = {(one.commune, one.month): one.unit for one in summary.counted(span) if one.commune}
    communes = {commune for commune, _ in counted}
    rows = ReportTotal.objects.filter(
        indicator=indicator, report__commune__in=communes, report__month__range=(span.first - LOOK_BACK, span.last)
    ).order_by()
    known: dict[int, dict[Month, int]] = defaultdict(dict)
    for commune, month, value in rows.values_list("report__commune", "report__month", "value"):
        known[commune][month] = value
    before = {month: [month - back for back in range(1, LOOK_BACK + 1)] for month in span}
    found = set()
    for (commune, month), unit in counted.items():
        months = known[commune]
        past = {one: months[one] for one in before[month] if one in months}
        if month in months and unusual(months[month], past, month) is not None:
            found.add((unit, month))
    return found


def cautions(summary: Summary, code: str, odd: set[int] | None = None) -> dict[int, str]:
    """Commune → what is said beside its rank: "thiếu 1/6 tháng", "có số khác hẳn mức thường thấy".

    Nothing where all is well; a month that runs is missing of nobody. ``odd`` are those of :func:`odd_communes`, where
    they are known already.
    """
    odd = odd_communes(summary, code) if odd is None else odd
    said = {unit: [f"thiếu {missing}/{months} tháng"] for unit, (missing, months) in lacking_months(summary).items()}
    for unit in odd & summary.expected.keys():
        said.setdefault(unit, []).append("có số khác hẳn mức thường thấy")
    return {unit: "; ".join(words) for unit, words in said.items()}


def lacking_months(summary: Summary) -> dict[int, tuple[int, int]]:
    """Commune → how many of how many months that are over do not count, of those that lack any."""
    current = Month.at(summary.now, summary.place.cutoff)
    states, found = INCLUDES[summary.include], {}
    for unit, months in summary.expected.items():
        over = [month for month in months if month < current]
        if missing := sum(summary.states.get((unit, month)) not in states for month in over):
            found[unit] = (missing, len(over))
    return found
