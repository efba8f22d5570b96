"""Whether places that ended have ended, and whether what lies in a commune lies in it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import F, Model, QuerySet
from django.urls import reverse

from communes.models import Commune, HamletSuccession, SafetyRecord, UnitSuccession
from models_registry.models import FestivalDay, InitiativeSite, Member, SelfManagementGroup
from reports.entry.finding import Finding

EVE = timedelta(days=1)


def _in_admin(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def successions(province: str | None) -> Iterator[Finding]:
    """What went into another unit ended on the eve of that day, and has one main heir; the heir was there by then."""
    links = UnitSuccession.objects.select_related("predecessor", "successor").order_by("predecessor__code", "pk")
    if province:
        links = links.filter(predecessor__province__code=province)
    heirs: dict[Commune, bool] = {}
    for one in links:
        old, new = one.predecessor, one.successor
        heirs[old] = heirs.get(old, False) or one.main
        told = None
        if old.ended_on is None:
            told = f"{old} went into {new} on {one.day} and has no last day"
        elif old.ended_on != one.day - EVE:
            told = f"{old} went into {new} on {one.day}; its last day is {old.ended_on}"
        elif new.started_on and new.started_on > one.day:
            told = f"{new} took over on {one.day}; its first day is {new.started_on}"
        if told:
            yield Finding("successions", "fault", str(one), told, _in_admin(old))
    for old, has_main in heirs.items():
        if not has_main:
            yield Finding("successions", "fault", str(old), "no heir is marked as the main one", _in_admin(old))


def provinces(province: str | None) -> Iterator[Finding]:
    """A province that ended has no living commune."""
    living = Commune.objects.living().filter(province__ended_on__isnull=False).select_related("province")
    if province:
        living = living.filter(province__code=province)
    for one in living.order_by("code", "pk"):
        yield Finding("provinces", "fault", str(one), f"it lives, and lies in {one.province}", _in_admin(one))


def hamlet_successions(province: str | None) -> Iterator[Finding]:
    """A hamlet that went into another has a last day, unless the act was taken back."""
    links = HamletSuccession.objects.filter(predecessor__ended_on=None, change__undone_at=None)
    if province:
        links = links.filter(predecessor__commune__province__code=province)
    for one in links.select_related("predecessor", "successor"):
        told = f"{one.predecessor} went into {one.successor} and has no last day"
        yield Finding(
            "successions", "fault", str(one), told, reverse("register_hamlets_edit", args=[one.predecessor_id])
        )


SEATS = (
    (SelfManagementGroup, "commune", ("hamlet", "institution"), "register_groups_edit"),
    (FestivalDay, "commune", ("hamlet", "institution"), "register_festivals_edit"),
    (SafetyRecord, "commune", ("hamlet", "institution"), "register_safety_edit"),
    (InitiativeSite, "initiative__commune", ("hamlet", "institution"), None),
    (Member, "group__commune", ("person",), "register_members_edit"),
)
"""Rows of a commune, the places and people of a commune that they name, and their page."""


def seats(province: str | None) -> Iterator[Finding]:
    """What a row of the register names lies in the row's own commune."""
    for model, home, names, page in SEATS:
        for name in names:
            rows: QuerySet[Any] = model._default_manager.filter(**{f"{name}__isnull": False})
            if province:
                rows = rows.filter(**{f"{home}__province__code": province})
            here = rows.filter(**{f"{name}__commune": F(home)})
            for row in rows.exclude(pk__in=here.values("pk")).order_by("pk"):
                if isinstance(row, InitiativeSite):
                    link = reverse("register_initiatives_edit", args=[row.initiative_id])
                else:
                    link = reverse(page, args=[row.pk])
                told = f"{model.__name__} {row.pk}: its {name} lies in another commune"
                yield Finding("orphans", "fault", str(row), told, link)


def references(province: str | None) -> Iterator[Finding]:
    """Every reference leads to a row (asked of the database itself; PostgreSQL never lets go of this)."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        yield Finding("orphans", "fault", "database", str(error), reverse("admin:index"))


CHECKS: tuple[Callable[[str | None], Iterator[Finding]], ...] = (
    successions,
    provinces,
    hamlet_successions,
    seats,
    references,
)
