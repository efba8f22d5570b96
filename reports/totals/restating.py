"""Of whom no report of a month is expected by the boundaries of then, because an heir has told that month.

Said once: of the country in columns (``country``) and of a smaller place report by report (``chosen``), whose
predecessors and heirs may lie beyond it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Set

from django.db.models import Q

from communes.models import Province, UnitSuccession
from reports.models import MonthlyReport
from reports.months import Month
from reports.totals.heirs import Families, succeeded

UNIT = ("commune", "province", "month")


def families() -> Families:
    """Who succeeded whom, all over the country."""
    return succeeded(dict(UnitSuccession.objects.filter(main=True).order_by().values_list("predecessor", "successor")))


def left_to(heirs: Iterable[int], known: Families, reported: Set[int]) -> set[int]:
    """The predecessors of ``heirs``, which told a month of before their own time, if none of these reported it."""
    found = (known[heir] for heir in heirs if heir in known)
    return set().union(*(family for family in found if family.isdisjoint(reported)))


def beyond(known: Families, communes: Set[int]) -> frozenset[int]:
    """The heirs and predecessors of a place's communes, and what belongs to these, that lie elsewhere."""
    touching = (
        {heir, *family} for heir, family in known.items() if heir in communes or not family.isdisjoint(communes)
    )
    return frozenset(set().union(*touching) - communes)


def told_by(
    heirs: Set[int], known: Families, months: tuple[Month, Month], states: Collection[str]
) -> dict[int, set[Month]]:
    """Heir → the months, from one to another, of which its report counts by the boundaries of then.

    One that any of those it succeeded reported is theirs. Provinces' offices are their keys, negative.
    """
    offices = {-heir for heir in heirs if heir < 0}
    succeeded = {heir: known.get(heir, set()) for heir in heirs}
    for old, heir in Province.objects.filter(heir__in=offices).values_list("pk", "heir") if offices else ():
        succeeded[-(heir or 0)] = {*succeeded[-(heir or 0)], -old}
    units = {*heirs, *(old for family in succeeded.values() for old in family)}
    asked = Q(commune__in=[unit for unit in units if unit > 0])
    asked |= Q(commune=None, province__in=[-unit for unit in units if unit < 0])
    rows = MonthlyReport.objects.filter(asked, month__range=months, state__in=states).order_by()
    there = {(commune or -province, month) for commune, province, month in rows.values_list(*UNIT)}
    told: dict[int, set[Month]] = defaultdict(set)
    for unit, month in there:
        if unit in succeeded and there.isdisjoint((old, month) for old in succeeded[unit]):
            told[unit].add(month)
    return dict(told)
