"""Writing the trail. One call, in the transaction of what it tells of where there is one, and no lock."""

from contextvars import ContextVar
from typing import NamedTuple, TypeAlias

from django.utils import timezone

from communes.models import Commune, Province, TrailEntry, User
from communes.names import visible

Act: TypeAlias = TrailEntry.Act
Outcome: TypeAlias = TrailEntry.Outcome


ADDED = "Thêm {}"
"""How a row of the administration that was added is told of, by the name of its kind."""


class Caller(NamedTuple):
    """Where the request of the moment comes from; empty for commands on the server."""

    address: str = ""
    network: str = ""


NOBODY = Caller()
caller: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def record(
    act: Act,
    what: str = "",
    *,
    by: User | None,
    about: User | None = None,
    place: Commune | Province | None = None,
    rows: int | None = None,
    outcome: Outcome = Outcome.DONE,
) -> None:
    """Add a row at the true time. ``place`` is what was worked on, by default the account's own."""
    place = place or (by.place if by else None)
    commune = place if isinstance(place, Commune) else None
    province = commune.province if commune else place
    TrailEntry.objects.create(
        at=timezone.now(),
        by=by,
        about=about,
        role=by.role if by else "",
        address=caller.get().address,
        network=caller.get().network,
        act=act,
        outcome=outcome,
        what=visible(what)[:300],
        province=province.slug if province else "",
        commune=commune.slug if commune else "",
        rows=rows,
    )
