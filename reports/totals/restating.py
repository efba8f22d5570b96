"""Of whom no report of a month is expected by the boundaries of then, because an heir has told that month.

Said once: of the country in columns (``country``) and of a smaller place report by report (``chosen``), whose
predecessors and heirs may lie beyond it.
"""

from collections import defaultdict
from collections.abc import Iterable, Set

from communes.models import UnitSuccession

Families = dict[int, set[int]]
"""Main heir → those it succeeded, directly or over others."""


def families() -> Families:
    """Who succeeded whom, all over the country."""
    links = dict(UnitSuccession.objects.filter(main=True).order_by().values_list("predecessor", "successor"))
    found: Families = defaultdict(set)
    for old in links:
        heir, seen = links.get(old), {old}
        while heir is not None and heir not in seen:
            found[heir].add(old)
            seen.add(heir)
            heir = links.get(heir)
    return dict(found)


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
