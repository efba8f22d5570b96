"""Beside a list of the register: how many rows each list has, the kinds with their counts, the active filters."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils import timezone

from communes.models import User
from communes.register.kinds import REGISTERS, Register

MOST_KINDS = 8  # kinds shown with their counts; the choice of the filter holds all


class Chip(NamedTuple):
    """An active filter in words, and the address of the list without it."""

    words: str
    url: str


@dataclass(frozen=True)
class KindCount:
    """A kind with how many rows it has, its share of the fullest one, its address, and whether it is chosen."""

    name: str
    count: int
    share: int
    url: str
    chosen: bool


def counts_of(user: User) -> dict[str, int]:
    """Slug → how many rows exist today, of the lists whose rows begin and end (a query each)."""
    seen = [one for one in REGISTERS if one.counted and (user.is_commune or not one.personal)]
    return {one.slug: _living(one.model._default_manager, user).count() for one in seen}


def _living(rows: Any, user: User) -> Any:
    """The rows of today that ``user`` sees; every counted register has these querysets."""
    return rows.visible_to(user).active_on(timezone.localdate())


def chips_of(form: Any, listing: Any) -> list[Chip]:
    """The filters in use, each with the way to take it off; the usual state is one too."""
    if not form.is_valid():
        return []
    found = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value in (None, ""):
            continue
        words = str(dict(getattr(field.field, "choices", ())).get(value, value))
        if field.name == "q":
            words = f"“{words}”"
        elif field.field.widget.input_type != "select":
            words = f"{field.label}: {words}"
        found.append(Chip(words, listing.address(**{field.name: ""})))
    return found


def kinds_of(listing: Any, other: Any) -> list[KindCount]:
    """The kinds of a list's rows with their counts, the fullest first; ``other`` is the list without that filter."""
    register: Register = listing.register
    if not register.facet:
        return []
    name, code, label = register.facet
    rows = other.filterset.qs.order_by().values(code, label).annotate(rows=Count("pk", distinct=True))
    found = sorted(((row[label], row["rows"], row[code]) for row in rows), key=lambda one: (-one[1], str(one[0])))
    found = found[:MOST_KINDS]
    most, chosen = max((count for _, count, _ in found), default=1), listing.chosen.get(name, "")
    return [
        KindCount(
            said, count, max(1, round(100 * count / most)), listing.address(**{name: str(value)}), chosen == value
        )
        for said, count, value in found
    ]
