"""Provinces that merge: one whose last commune went elsewhere by an act ends with it, and goes on in its heir.

What became of its communes says what became of it (docs/decisions/0051): nobody declares it, and the act is taken back
with all of that.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from communes.models import Commune, Province, RegisterChange, UnitSuccession, User, Warrant
from communes.refusals import Objection, Refused
from communes.scope import REVIEWS

EVE = timedelta(days=1)


def hold(left: Collection[int], entered: Collection[int]) -> None:
    """Let no other act take communes from these provinces or to them until this one is written.

    Two acts that take the last communes each would else both see that of the other. Raises :class:`Refused` where a
    province that communes enter has ended meanwhile.
    """
    held = Province.objects.select_for_update(no_key=True).filter(pk__in={*left, *entered}).order_by("pk")
    for one in held:
        if one.pk in entered and one.ended_on:
            raise Refused(Objection(f"{one} vừa kết thúc; hãy tải danh sách lên lại."))


def end_emptied(
    left: Collection[int], day: date, until: date, *, by: User, now: datetime
) -> tuple[dict[Province, Province], dict[str, list[list[object]]]]:
    """End the provinces that have no commune left; return each with its heir, and what has to be noted for undoing.

    ``left`` are the provinces that communes leave now. Accounts work for the heir; reviewers still enter, until a day,
    what the office of their former province left open.
    """
    communes = Commune.objects.living().filter(province=OuterRef("pk"))
    empty = Province.objects.filter(~Exists(communes), pk__in=left).order_by("pk")
    ended = {old: _heir_of(old, {*empty}) for old in empty}
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


def _heir_of(old: Province, ending: Collection[Province]) -> Province:
    """The province that took most of the communes that left one, by this act and those before; of two the later.

    Not one of those that end by the same act, ``old`` among them: of where they go on nothing is said yet.
    """
    links = UnitSuccession.objects.filter(main=True, predecessor__province=old)
    took: Counter[Province] = Counter()
    for link in links.select_related("successor__province__heir").order_by("-day", "pk"):
        there = link.successor.province
        took[there.heir or there] += 1
    return next(there for there, _ in took.most_common() if there not in ending)


def refuse_before_later(change: RegisterChange, left: Collection[int]) -> None:
    """Refuse to take an act back while a later one stands that ended a province which communes left by it."""
    later = RegisterChange.objects.filter(kind=RegisterChange.Kind.UNITS, pk__gt=change.pk, undone_at=None)
    for act in later.order_by("-pk"):
        if any(key in left for key, _ in act.before.get("provinces", [])):
            raise Refused(Objection(f"Hãy hoàn tác lần sắp xếp sau trước: {act}."))


def begin_again(before: Mapping[str, Any]) -> None:
    """Let provinces that ended by an act live on, and their people work there.

    Raises :class:`Refused` where the code of one is another's by now.
    """
    back = Province.objects.in_bulk([key for key, heir in before.get("provinces", []) if heir is None])
    taken = Province.objects.living().filter(code__in=[one.code for one in back.values()]).exclude(pk__in=back).first()
    if taken:
        raise Refused(Objection(f"Mã tỉnh {taken.code} nay là của {taken} nên không hoàn tác được nữa."))
    heirs = dict(
        Province.objects.filter(pk__in=[old for _, old in before.get("officers", [])]).values_list("pk", "heir")
    )
    for person, old in before.get("officers", []):
        User.objects.filter(pk=person, province=heirs[old]).update(province=old)
    for key, heir in before.get("provinces", []):
        Province.objects.filter(pk=key).update(heir=heir, **({} if heir else {"ended_on": None}))
