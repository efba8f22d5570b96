"""Provinces that merge: one whose last commune went elsewhere by an act ends with it, and goes on in its heir.

What became of its communes says what became of it (docs/decisions/0051): nobody declares it, and the act is taken back
with all of that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from communes.models import Commune, Province, User, Warrant
from communes.scope import REVIEWS

EVE = timedelta(days=1)


def end_emptied(
    ways: Iterable[tuple[Province, Province]], day: date, until: date, *, by: User, now: datetime
) -> tuple[dict[Province, Province], dict[str, list[list[object]]]]:
    """End the provinces that have no commune left; return each with its heir, and what has to be noted for undoing.

    ``ways`` says for each old commune from which province its main heir went into which. Accounts work for the heir;
    reviewers still enter, until a day, what the office of their former province left open.
    """
    into: dict[Province, Counter[Province]] = {}
    for old, new in ways:
        into.setdefault(old, Counter())[new] += 1
    moved = {old: heirs.most_common(1)[0][0] for old, heirs in into.items() if set(heirs) != {old}}
    communes = Commune.objects.living().filter(province=OuterRef("pk"))
    empty = set(
        Province.objects.filter(~Exists(communes), pk__in=[one.pk for one in moved]).values_list("pk", flat=True)
    )
    ended = {old: heir for old, heir in moved.items() if old.pk in empty}
    noted: dict[str, list[list[object]]] = {"provinces": [], "officers": [], "warrants": []}
    for old, heir in ended.items():
        read = Province.objects.filter(heir=old)
        noted["provinces"] += [[key, old.pk] for key in read.values_list("pk", flat=True)]
        noted["provinces"].append([old.pk, None])
        read.update(heir=heir)
        Province.objects.filter(pk=old.pk).update(ended_on=day - EVE, heir=heir)
        people = User.objects.filter(province=old).order_by("pk")
        noted["officers"] += [[key, old.pk] for key in people.values_list("pk", flat=True)]
        warrants = Warrant.objects.bulk_create(
            Warrant(province=old, person=one, until=until, by=by, at=now)
            for one in people.filter(REVIEWS, is_active=True)
        )
        noted["warrants"] += [[one.pk] for one in warrants]
        people.update(province=heir)
    return ended, noted


def begin_again(before: Mapping[str, Any]) -> None:
    """Let provinces that ended by an act live on, and their people work there."""
    heirs = dict(
        Province.objects.filter(pk__in=[old for _, old in before.get("officers", [])]).values_list("pk", "heir")
    )
    for person, old in before.get("officers", []):
        User.objects.filter(pk=person, province=heirs[old]).update(province=old)
    for key, heir in before.get("provinces", []):
        Province.objects.filter(pk=key).update(heir=heir, **({} if heir else {"ended_on": None}))
