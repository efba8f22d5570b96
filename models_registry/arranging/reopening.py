"""What was entered in a former commune's register since the act that ended it, when the act is taken back.

Such a row has an end only because its commune had one (docs/decisions/0052), so it lives on with the commune
(docs/decisions/0056). What ended for a reason of its own (dissolved, discontinued, left) or on another day stays ended.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from communes import changes
from communes.models import Hamlet, Institution, RegisterChange, User
from communes.refusals import Refused
from models_registry.arranging.carrying import EVE
from models_registry.models import Initiative, InitiativeSite, Member, SelfManagementGroup

REOPENING = "reopened "
"""How the reason begins in the histories of what lives on; the number of the act that was taken back follows."""
WITH_THEIR_COMMUNE: tuple[tuple[Any, Q], ...] = (
    (Hamlet, Q()),
    (Institution, Q()),
    (SelfManagementGroup, Q(dissolving_decision="", hamlet__ended_on=None, institution__ended_on=None)),
    (Member, Q(leaving="", group__ended_on=None)),
    (Initiative, Q(discontinued_because="")),
    (InitiativeSite, Q(initiative__ended_on=None, hamlet__ended_on=None, institution__ended_on=None)),
)
"""The kinds of rows that end with their commune, those that others lie in first, and which of them may live on."""


def reopen(change: RegisterChange, olds: Collection[int], *, by: User, now: datetime) -> list[Any]:
    """Let live on what was entered in these communes since they ended by an act, which is taken back just now.

    Returns the rows. Raises :class:`Refused` where a living one has the place of one of them.
    """
    if change.day is None:
        return []
    last = change.day - EVE
    # a reason of its own: the rows are not as they had been, so what was done to them before is not taken back any more
    trace = {"default_user": by, "default_date": now, "default_change_reason": f"{REOPENING}{change.pk}"}
    found: list[Any] = []
    try:
        with transaction.atomic():
            for model, lives in WITH_THEIR_COMMUNE:
                there = {f"{model.objects.all().commune_path}__in": olds}
                rows = _entered_since(change, model.objects.filter(lives, ended_on=last, **there), last)
                for row in rows:
                    row.ended_on = None
                if rows:
                    changes.write(model, rows, ["ended_on"], trace)
                found += rows
    except IntegrityError as error:
        raise Refused(changes.TAKEN) from error
    return found


def _entered_since(change: RegisterChange, rows: Any, last: date) -> list[Any]:
    """Those rows that got their end since the act: new ones, and ones that ended on another day before it.

    A row that was loaded in bulk has a first version that nobody wrote; it tells of what stood before.
    """
    found = {row.pk: row for row in rows}
    ends: dict[int, list[tuple[bool, date | None]]] = {}
    versions = rows.model.history.filter(id__in=found).order_by("history_id")
    for key, ended, at, person in versions.values_list("id", "ended_on", "history_date", "history_user"):
        ends.setdefault(key, []).append((at >= change.at and person is not None, ended))
    return [
        found[key]
        for key, said in ends.items()
        if any(since for since, _ in said)
        and next((ended for since, ended in reversed(said) if not since), None) != last
    ]
