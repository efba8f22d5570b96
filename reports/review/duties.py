"""How much waits for an account: the number in the bar of every page, and the months behind a commune's."""

from collections.abc import Mapping
from datetime import datetime

from communes.accounts import confirming
from communes.models import User
from reports.models import MonthlyReport
from reports.months import Month
from reports.units import Unit

State = MonthlyReport.State
MONTHS_BACK = 6  # how far back a month that was never sent is asked for


def months_behind(unit: Unit, first: Month | None, now: datetime) -> list[Month]:
    """The months before this one that may still be asked for, newest first; ``first`` is that of the first report."""
    current = unit.current_month(now)
    first = first or current - 1
    return [current - step for step in range(1, MONTHS_BACK + 1) if current - step >= first]


def unsent(unit: Unit, past: list[Month], sent: Mapping[Month, datetime | None]) -> list[Month]:
    """Those of some past months that the unit owes and never sent; ``sent`` says when each report was."""
    return [month for month in past if unit.owes(month) and sent.get(month) is None]


def returned_to(user: User) -> list[tuple[str, Month]]:
    """The months that wait returned with a commune: the unit's name in addresses and the month (one query)."""
    if not user.is_commune:
        return []
    unit = Unit(user.own_commune.province, user.own_commune)
    returned = MonthlyReport.objects.of(unit).filter(state=State.RETURNED).order_by("month")
    return [(unit.slug, month) for month in returned.values_list("month", flat=True)]


def duty_count(user: User, now: datetime) -> int:
    """What waits for an account, in one query.

    A commune: months returned, and months past that were never sent. A reviewer: reports that wait. An administrator:
    what another did and waits to be confirmed. Others none.
    """
    if user.is_commune:
        unit = Unit(user.own_commune.province, user.own_commune)
        rows = list(MonthlyReport.objects.of(unit).order_by("month").values_list("month", "state", "sent_at"))
        past = months_behind(unit, rows[0][0] if rows else None, now)
        returned = {month for month, state, _ in rows if state == State.RETURNED}
        return len(returned | set(unsent(unit, past, {month: at for month, _, at in rows})))
    if user.is_reviewer:
        own = MonthlyReport.objects.filter(province=user.own_province, commune__isnull=False)
        return own.filter(state=State.SUBMITTED).count()
    if user.is_administrator:
        return confirming.waiting_for(user).count()
    return 0
