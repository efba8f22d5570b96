"""Ratios: figures for each hamlet, each 1,000 households, each commune.

Recomputed from summed parts, never averaged (domain, section 6): what is divided and what it is divided by
are summed over the same units, those that have the figure and whose size is known. So a commune that has
not reported, or whose hamlets have no household numbers, makes no ratio smaller (docs/decisions/0011).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum

from communes.managers import LocalQuerySet, lived_during
from communes.models import Hamlet
from communes.templatetags.vietnamese import number
from reports.totals.summary import Summary, Values


class Divisor(NamedTuple):
    """What a figure is divided by: its words, and for how many of it the ratio stands."""

    label: str
    short: str
    per: int


BASES = {
    "hamlet": Divisor("mỗi khu dân cư", "/KDC", 1),
    "households": Divisor("mỗi 1.000 hộ", "/1.000 hộ", 1000),
    "commune": Divisor("mỗi xã, phường", "/xã", 1),
}


class Ratio(NamedTuple):
    """A ratio and how many units it rests on; None where nothing is known to divide by."""

    value: Decimal | None
    units: int


@dataclass(frozen=True)
class Sizes:
    """How many hamlets, households or communes each unit counts as, at the end of a span.

    ``of`` lacks the units of which it is unknown; ``note`` says what it rests on.
    """

    basis: str
    of: Mapping[Any, int]
    note: str = ""
    complete: bool = True  # of a commune's hamlets: the size of every one is known

    def __contains__(self, unit: Any) -> bool:
        return bool(self.of.get(unit))

    @property
    def per(self) -> int:
        """For how many the ratio stands."""
        return BASES[self.basis].per


def divide(value: int, size: int, per: int = 1) -> Decimal:
    """Return ``value`` for each ``per`` of ``size``: two decimals below ten, one above.

    Raises ``ZeroDivisionError`` where there is nothing to divide by.
    """
    if not size:
        raise ZeroDivisionError(size)
    exact = Decimal(value) * per / Decimal(size)
    return exact.quantize(Decimal("0.01") if exact < 10 else Decimal("0.1"), ROUND_HALF_UP)


def ratios(
    values: Values, codes: tuple[str, ...], sizes: Sizes, group_of: Callable[[Any], Any]
) -> dict[Any, dict[str, Ratio]]:
    """Return the ratio of each indicator for each group of units; a group without any is missing."""
    added = Summary.together(values, lambda unit: group_of(unit) if unit in sizes else None)
    weights: dict[Any, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for unit, row in values.items():
        group = group_of(unit) if unit in sizes else None
        for code in codes if group is not None else ():
            if code in row:
                weights[group][code].append(sizes.of[unit])
    return {
        group: {code: Ratio(divide(added[group][code].value, sum(w), sizes.per), len(w)) for code, w in row.items()}
        for group, row in weights.items()
    }


def sizes_of(summary: Summary, basis: str) -> Sizes:
    """Count what a summary's units are divided by, as of the last day of its span; one query or two.

    Units are hamlets where the place is a commune, else communes by the boundaries of the summary.
    """
    place = summary.place
    mine = set(place.communes().values_list("pk", flat=True))
    heirs = summary.heirs if summary.boundaries == "today" else {}
    family = mine | {old for old, heir in heirs.items() if heir in mine}
    hamlets = _at_end(summary)
    hamlets = hamlets.filter(commune__in=family) if place.province else hamlets
    if place.commune:
        homes = dict(hamlets.values_list("pk", "households"))
        known = sum(one is not None for one in homes.values())
        found = dict.fromkeys(homes, 1) if basis == "hamlet" else {pk: one for pk, one in homes.items() if one}
        complete = basis == "hamlet" or known == len(homes)
        return Sizes(basis, {} if basis == "commune" else found, _note(basis, known, len(homes)), complete)
    if basis == "commune":
        return Sizes(basis, dict.fromkeys(mine, 1))
    sizes: dict[int, int] = defaultdict(int)
    known = every = 0
    rows = hamlets.order_by().values_list("commune").annotate(Count("pk"), Count("households"), Sum("households"))
    partly = set()
    for commune, count, with_homes, homes in rows:
        unit = heirs.get(commune, commune)
        sizes[unit] += count if basis == "hamlet" else homes or 0
        known, every = known + with_homes, every + count
        if basis == "households" and with_homes < count:  # its figure is of all hamlets, its size of some
            partly.add(unit)
    return Sizes(basis, {unit: size for unit, size in sizes.items() if unit not in partly}, _note(basis, known, every))


def _at_end(summary: Summary) -> LocalQuerySet:
    """The hamlets there on the last day of a summary's span in their province."""
    place, month = summary.place, summary.span.last
    days: dict[date, list[int]] = defaultdict(list)
    for home in [place.province.pk] if place.province else summary.cutoffs:
        days[month.window(summary.cutoff_of(home))[1]].append(home)
    if len(days) < 2:
        return Hamlet.objects.active_on(next(iter(days), month.window()[1]))
    there = (Q(commune__province__in=some) & lived_during(on, on) for on, some in days.items())
    return Hamlet.objects.filter(reduce(or_, there))


def _note(basis: str, known: int, every: int) -> str:
    if basis != "households":
        return f"Số khu dân cư: {number(every)}, tính đến ngày cuối kỳ."
    return f"{number(known)}/{number(every)} khu dân cư có số hộ; xã còn khu chưa có số hộ thì không tính bình quân."
