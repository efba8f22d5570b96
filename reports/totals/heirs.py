"""Which commune stands for a former one, and which province's office, asked for one place at a time.

The country has ten thousand links since 2025; a page reads the few that its own figures rest on: those of
communes that reported or kept a register, and of what these went into.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from communes.models import Commune, Hamlet, Province, UnitSuccession
from reports.models import MonthlyReport
from reports.totals.place import Place

Links = dict[int, int]
"""Former commune → its main heir, which may itself have ended since; offices are their provinces' keys, negative."""


def links_of(place: Place) -> Links:
    """Return the links that the figures of a place rest on; two queries for the country, three or four else."""
    if place.province is None:
        return {one.old: one.heir for one in _telling(UnitSuccession.objects.all())} | _offices(Province.objects.all())
    communes = place.communes()
    links = {} if place.commune and place.commune.ended_on is None else _onward(communes.exclude(ended_on=None))
    offices = {} if place.commune or place.part else _offices(place.province.succeeded.all())
    return links | _back(communes) | offices


def last_heirs(links: Links) -> Links:
    """Former commune → the last of its heirs."""
    return {old: chain(links, old)[-1] for old in links}


def chain(links: Links, commune: int) -> list[int]:
    """The commune's heir, that one's heir, and so on."""
    found: list[int] = []
    while (heir := links.get(commune)) is not None and heir not in found:
        found.append(heir)
        commune = heir
    return found


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


def _back(communes: QuerySet[Commune] | Collection[int]) -> Links:
    """What went into some communes, what went into those, and so on."""
    links: Links = {}
    while True:
        found = [one for one in _telling(UnitSuccession.objects.filter(successor__in=communes)) if one.old not in links]
        links |= {one.old: one.heir for one in found}
        communes = [one.old for one in found if one.older]
        if not communes:
            return links


def _onward(communes: QuerySet[Commune] | Collection[int]) -> Links:
    """What some communes went into, what those went into, and so on."""
    links: Links = {}
    while True:
        found = [
            one for one in _telling(UnitSuccession.objects.filter(predecessor__in=communes)) if one.old not in links
        ]
        links |= {one.old: one.heir for one in found}
        communes = [one.heir for one in found if one.heir_ended]
        if not communes:
            return links
