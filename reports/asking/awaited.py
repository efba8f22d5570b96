"""Who is waited for: the reports of a month that never came, and those that went back and did not come again."""

from dataclasses import dataclass, field
from typing import NamedTuple

from communes.models import Commune, Province
from reports.models import Deadline, MonthlyReport
from reports.models.deadlines import days_late
from reports.months import Month, Span
from reports.totals.missing import missing_of
from reports.totals.place import Homes
from reports.totals.summary import Summary
from reports.units import Unit

State = MonthlyReport.State
BACK = {State.DRAFT, State.RETURNED}
"""Where a report that was sent once stands when it went back."""
LOOKED_BACK = 24  # months in which a commune's silence is counted


class Silent(NamedTuple):
    """Who has not sent, for how many months on end that it owes, and for how many days (0: it is not overdue yet).

    Of the country: a province, and how many of its communes.
    """

    name: str
    slug: str
    months: int
    late: int = 0


@dataclass(frozen=True)
class Awaited:
    """Of one month: who never sent, the longest silent first, and who has not sent again what went back.

    ``days_late``: for how many days the month is overdue in its province; 0 where it is not yet, and for the country.
    """

    silent: list[Silent] = field(default_factory=list)
    again: list[Silent] = field(default_factory=list)
    days_late: int = 0


def awaited(summary: Summary, month: Month) -> Awaited:
    """Return who is waited for in a month, whatever the summary's own span."""
    if summary.place.province is None:
        return Awaited(_provinces(summary, month))
    return _communes(summary, month, summary.place.province)


def _communes(summary: Summary, month: Month, province: Province) -> Awaited:
    first = month - (LOOKED_BACK - 1)
    run = Span(f"{first}..{month}", first, month, summary.span.first_month)
    asked = summary.asking(span=run, include="sent", indicators=())
    sent = set(
        MonthlyReport.objects.filter(
            commune__in=list(asked.expected), month__range=(first, month), sent_at__isnull=False
        )
        .order_by()
        .values_list("commune", "month")
    )
    calendar = Deadline.objects.calendar([province.pk], [month])
    due = calendar.due_of(province, Deadline.Party.COMMUNES, month)
    late = max(0, days_late(due, summary.now))
    silent, again = [], []
    communes = Commune.objects.select_related("province").in_bulk(list(asked.expected))
    for pk in asked.expected:
        commune = communes[pk]
        unit = Unit(commune.province, commune)
        if (pk, month) in sent:
            if asked.states.get((pk, month)) in BACK:
                again.append(Silent(str(commune), commune.slug, 0))
        elif months := _on_end({one for one in run if (pk, one) not in sent and unit.owes(one)}, month):
            own = max(0, days_late(calendar.due(unit, month), summary.now))
            silent.append(Silent(str(commune), commune.slug, months, own))
    return Awaited(sorted(silent, key=lambda one: -one.months), again, late)


def _provinces(summary: Summary, month: Month) -> list[Silent]:
    home, lacking = Homes(), dict[int, int]()
    span = Span(str(month), month, month, summary.span.first_month)
    for one in missing_of(summary.asking(span=span, include="sent", indicators=())):
        if one.state != State.RETURNED:
            lacking[home[one.unit]] = lacking.get(home[one.unit], 0) + 1
    provinces = Province.objects.in_bulk(lacking)
    found = [Silent(str(provinces[pk]), provinces[pk].slug, count) for pk, count in lacking.items()]
    return sorted(found, key=lambda one: -one.months)


def _on_end(months: set[Month], last: Month) -> int:
    """For how many months on end, up to the last one."""
    count = 0
    while last - count in months:
        count += 1
    return count
