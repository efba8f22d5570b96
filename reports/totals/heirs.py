"""Which commune stands for a former one, and which province's office, asked for one place at a time.

The country has ten thousand links since 2025; a page reads the few that its own figures rest on: those of
communes that reported or kept a register, and of what these went into.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from communes.models import Hamlet, Province, UnitSuccession
from reports.models import MonthlyReport
from reports.months import Month
from reports.totals.place import Place

Links = dict[int, int]
"""Former commune → its main heir, which may itself have ended since; offices are their provinces' keys, negative."""
Families = dict[int, set[int]]
"""Main heir → those it succeeded, directly or over others."""


def links_of(place: Place) -> Links:
    """Return the links that the figures of a place rest on: of what went into it, and of what of it went elsewhere.

    One query for a living commune, two for most other places, one more for each merger on top of another.
    """
    if place.province is None:
        return {one.old: one.heir for one in _telling(UnitSuccession.objects.all())} | _offices(Province.objects.all())
    communes = place.communes()
    asked = Q(successor__in=communes)
    if not place.commune or place.commune.ended_on:
        asked |= Q(predecessor__in=communes.exclude(ended_on=None))
    links: Links = {}
    while True:
        found = [one for one in _telling(UnitSuccession.objects.filter(asked)) if one.old not in links]
        links |= {one.old: one.heir for one in found}
        older, newer = [one.old for one in found if one.older], [one.heir for one in found if one.heir_ended]
        if not older and not newer:
            break
        asked = Q(successor__in=older) | Q(predecessor__in=newer)
    if place.commune or place.part:
        return links
    return links | _offices(Province.objects.filter(Q(heir=place.province) | Q(pk=place.province.pk)))


def last_heirs(links: Links) -> Links:
    """Former commune → the last of its heirs; itself where links lead back to it."""
    found = {old: [old, *chain(links, old)][-1] for old in links}
    return {old: old if links.get(last) == old else last for old, last in found.items()}


def chain(links: Links, commune: int) -> list[int]:
    """The commune's heir, that one's heir, and so on; links that lead back end before the commune itself."""
    found: list[int] = []
    last = commune
    while (heir := links.get(last)) is not None and heir != commune and heir not in found:
        found.append(heir)
        last = heir
    return found


def succeeded(links: Links) -> Families:
    """Who succeeded whom by some links; nobody itself."""
    found: Families = defaultdict(set)
    for old in links:
        for heir in chain(links, old):
            found[heir].add(old)
    return dict(found)


def passed_on(families: Mapping[int, Collection[int]], latest: Mapping[int, Month]) -> set[int]:
    """Of those with a last report, those whose stocks another holds: their heir, or what they went on from.

    An heir's report stands for those of who it succeeded (``families``), unless one of these is of a later month:
    then each predecessor's own last one stands.
    """
    behind = overtaken(families, latest)
    heirs = latest.keys() & families.keys() - behind
    return behind | {old for heir in heirs for old in families[heir] if old in latest}


def overtaken(families: Mapping[int, Collection[int]], latest: Mapping[int, Month]) -> set[int]:
    """The heirs that only restated a month before: one of those they succeeded has a report of a later month.

    The office of a province, which was there beside those it succeeded, never does.
    """
    heirs = [heir for heir in latest.keys() & families.keys() if heir > 0]
    return {heir for heir in heirs if any(latest.get(old, latest[heir]) > latest[heir] for old in families[heir])}


class Link(NamedTuple):
    """A main heir, whether the predecessor has predecessors itself, and the heir's last day."""

    old: int
    heir: int
    older: bool
    heir_ended: date | None


def _telling(links: "QuerySet[UnitSuccession]") -> list[Link]:
    """Some links to main heirs; those whose predecessor has nothing to add, nor anything before it, are left out."""
    of = OuterRef("predecessor")
    own = Exists(MonthlyReport.objects.filter(commune=of)) | Exists(Hamlet.objects.filter(commune=of))
    older = Exists(UnitSuccession.objects.filter(main=True, successor=of))
    telling = links.filter(main=True).order_by().annotate(older=older).filter(Q(own) | Q(older=True))
    return [Link(*row) for row in telling.values_list("predecessor", "successor", "older", "successor__ended_on")]


def _offices(provinces: "QuerySet[Province]") -> Links:
    """The offices among those of some former provinces that reported, and their heirs'."""
    reported = Exists(MonthlyReport.objects.filter(province=OuterRef("pk"), commune=None))
    found = provinces.filter(reported, heir__isnull=False).order_by().values_list("pk", "heir")
    return {-old: -heir for old, heir in found if heir}
