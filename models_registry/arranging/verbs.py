"""Carrying out a list of units as one act, trying it first, and taking it back whole."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from communes import changes
from communes.changes import Tell, silent
from communes.models import (
    Cluster,
    Commune,
    Hamlet,
    PhoneViewing,
    Province,
    RegisterChange,
    UnitSuccession,
    User,
    Warrant,
)
from communes.refusals import Forbidden, Objection, Refused, require
from communes.saving import hold_places
from communes.scope import SIGNS_FOR_A_COMMUNE
from communes.warrants import tell_given, tell_withdrawn
from models_registry.arranging import provinces
from models_registry.arranging.carrying import EVE, Carrying
from models_registry.arranging.planning import CHANGES_NOTHING, Arrangement, NewUnit
from models_registry.arranging.reopening import reopen

TIME_TO_FINISH = timedelta(days=45)
"""How long the chiefs whose accounts moved still enter and send what their former commune left open."""


@dataclass
class Arranged:
    """What was done: the act, how much of each it moved, through which commune each old one is now read.

    ``provinces`` are those that ended with their last communes, each with its heir.
    """

    change: RegisterChange
    counts: Counter[str]
    heirs: dict[int, Commune] = field(default_factory=dict)
    provinces: dict[Province, Province] = field(default_factory=dict)


def objection(user: User) -> Objection | None:
    """Say why ``user`` may not arrange units, or return None."""
    if user.arranges_units:
        return None
    return Forbidden("Sắp xếp đơn vị hành chính do cán bộ duyệt của tỉnh hoặc quản trị hệ thống thực hiện.")


def objection_to_day(plan: Arrangement, now: datetime) -> Objection | None:
    """Say why a list may not be carried out yet, or return None: accounts move at once, so no day before it."""
    if plan.day and plan.day > timezone.localdate(now):
        return Objection(f"Nghị quyết có hiệu lực từ {plan.day:%d/%m/%Y}; từ ngày ấy mới ghi được, nay chỉ xem trước.")
    return None


def hold_all(user: User) -> None:
    """Hold every place that ``user`` arranges (:func:`hold_places`): nobody knows yet what later acts touch."""
    provinces = Province.objects.all() if user.is_administrator else Province.objects.filter(pk__in=user.provinces_seen)
    communes = Commune.objects.visible_to(user).order_by().values_list("pk", flat=True)
    hold_places(provinces=provinces.order_by().values_list("pk", flat=True), communes=communes)


def carry_out(plan: Arrangement, *, by: User, now: datetime, tell: Tell = silent) -> Arranged:
    """Carry a list out, all of it or nothing, inside the caller's transaction. Raises :class:`Refused`."""
    require(objection(by))
    if plan.faults:
        row, words = plan.faults[0]
        raise Refused(Objection(f"Dòng {row}: {words} Chưa ghi gì."))
    if plan.is_empty or plan.day is None:
        raise Refused(Objection(CHANGES_NOTHING))
    first = (plan.olds or [link.old for link in plan.renames])[0]
    with transaction.atomic():
        provinces.hold({link.old.province_id for link in plan.links}, {link.new.province.pk for link in plan.links})
        change = RegisterChange.objects.create(
            commune=first,
            kind=RegisterChange.Kind.UNITS,
            title=plan.title[:300],
            day=plan.day,
            decision=plan.number,
            by=by,
            at=now,
        )
        before: dict[str, list[list[object]]] = {"names": _rename(plan)}
        done = Arranged(change, Counter())
        tell(f"đơn vị: {len(plan.olds)} cũ, {len(plan.news)} mới")
        created = _found(plan, before)
        for link in plan.links:
            if link.main:
                done.heirs[link.old.pk] = created[link.new]
        _link(plan, change, plan.day, created)
        ways = _ways(plan, created, done.heirs)
        done.counts += Carrying(changes.Act(change), plan.day, done.heirs, ways, tell=tell).carry()
        tell("cụm xã, tài khoản")
        done.counts["cụm xã"] += _join_clusters(plan, created)
        _move_accounts(done, before, by=by, now=now)
        _end_provinces(plan, done, before, by=by, now=now)
        change.before = before
        change.save(update_fields=["before"])
    return done


def _rename(plan: Arrangement) -> list[list[object]]:
    """Give units another name, kind or code; they stay the same units. Return what each was called."""
    kept: list[list[object]] = []
    for link in plan.renames:
        old = Commune.objects.get(pk=link.old.pk)  # the plan goes on telling what it was called
        kept.append([old.pk, old.code, old.kind, old.name])
        old.code, old.kind, old.name = link.new.code, link.new.kind, link.new.name
        _checked(old, link.row)
        old.save()
    return kept


def _checked(commune: Commune, row: int) -> None:
    try:
        commune.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refused(Objection(f"Dòng {row}: {' '.join(error.messages)} Chưa ghi gì.")) from error


def _found(plan: Arrangement, before: dict[str, list[list[object]]]) -> dict[NewUnit, Commune]:
    """End the old units on the eve and begin the new ones. Raises :class:`Refused` where one is gone meanwhile."""
    assert plan.day
    ended = Commune.objects.filter(pk__in=[one.pk for one in plan.olds]).living().update(ended_on=plan.day - EVE)
    if ended != len(plan.olds):
        raise Refused(Objection("Một đơn vị cũ vừa được người khác sắp xếp; hãy tải danh sách lên lại."))
    found = {}
    for new in plan.news:
        links = [link for link in plan.links if link.new == new]
        total = (
            None if any(link.old.area_km2 is None for link in links) else sum(link.old.area_km2 or 0 for link in links)
        )
        known = [link.old for link in links if link.old.latitude is not None and link.old.longitude is not None]
        found[new] = Commune(
            code=new.code,
            kind=new.kind,
            name=new.name,
            province=new.province,
            started_on=plan.day,
            area_km2=total if all(one.whole for one in links) else None,
            latitude=_mean([one.latitude for one in known]),
            longitude=_mean([one.longitude for one in known]),
        )
        _checked(found[new], links[0].row)
    try:
        with transaction.atomic():
            Commune.objects.bulk_create(found.values(), batch_size=500)
    except IntegrityError as error:
        raise Refused(Objection("Mã của một đơn vị mới vừa được dùng; hãy tải danh sách lên lại.")) from error
    before["created"] = [[one.pk] for one in found.values()]
    return found


def _mean(numbers: list[Any]) -> Decimal | None:
    return round(Decimal(sum(numbers)) / len(numbers), 4) if numbers else None


def _link(plan: Arrangement, change: RegisterChange, day: date, created: dict[NewUnit, Commune]) -> None:
    UnitSuccession.objects.bulk_create(
        [
            UnitSuccession(
                predecessor=link.old,
                successor=created[link.new],
                day=day,
                decision=change.decision,
                whole=link.whole,
                main=link.main,
                change=change,
            )
            for link in plan.links
        ],
        batch_size=500,
    )


def _ways(plan: Arrangement, created: dict[NewUnit, Commune], heirs: dict[int, Commune]) -> dict[Hamlet, Commune]:
    """Where each hamlet goes: where a line names it, else with the main heir."""
    named = {hamlet.pk: created[link.new] for link in plan.links for hamlet in link.hamlets}
    living = Hamlet.objects.filter(commune__in=heirs).living().select_related("commune").order_by("commune", "sort_key")
    return {one: named.get(one.pk) or heirs[one.commune_id] for one in living}


def _join_clusters(plan: Arrangement, created: dict[NewUnit, Commune]) -> int:
    """Put each new unit into a cluster of each grouping that its old ones stood in, that of the first line."""
    through = Cluster.communes.through
    rows = through.objects.filter(commune__in=[one.pk for one in plan.olds]).values_list("commune", "cluster")
    stood: dict[int, list[int]] = {}
    for commune, cluster in rows:
        stood.setdefault(commune, []).append(cluster)
    known = Cluster.objects.in_bulk({key for keys in stood.values() for key in keys})
    joined: dict[tuple[int, str], int] = {}
    for link in sorted(plan.links, key=lambda one: not one.main):
        for key in stood.get(link.old.pk, []):
            if known[key].province_id == link.new.province.pk:
                joined.setdefault((created[link.new].pk, known[key].grouping), key)
    through.objects.bulk_create(through(commune_id=commune, cluster_id=key) for (commune, _), key in joined.items())
    return len(set(joined.values()))


def _move_accounts(done: Arranged, before: dict[str, list[list[object]]], *, by: User, now: datetime) -> None:
    """Let the people of old units work for the main heirs; the chiefs finish what is left open, until a day."""
    people = User.objects.filter(commune__in=done.heirs)
    kept = list(people.order_by("pk").values_list("pk", "commune"))
    chiefs = set(people.filter(SIGNS_FOR_A_COMMUNE, is_active=True).values_list("pk", flat=True))
    for old, heir in done.heirs.items():
        User.objects.filter(pk__in=[key for key, commune in kept if commune == old]).update(commune=heir)
    until = _time_to_finish(done.change, now)
    warrants = Warrant.objects.bulk_create(
        Warrant(commune_id=commune, person_id=key, until=until, by=by, at=now) for key, commune in kept if key in chiefs
    )
    before["accounts"] = [[key, commune] for key, commune in kept]
    before["warrants"] = [[one.pk] for one in warrants]
    _tell(before["warrants"], tell_given, by)
    done.counts["tài khoản"] += len(kept)


def _tell(keys: list[list[Any]], tell: Callable[..., None], by: User) -> None:
    """Leave in the trail which warrants were given, or end."""
    found = Warrant.objects.filter(pk__in=[key for (key,) in keys], withdrawn_at=None)
    tell(found.select_related("person", "commune__province", "province").order_by("pk"), by=by)


def _time_to_finish(change: RegisterChange, now: datetime) -> date:
    return max(timezone.localdate(now), change.day or date.min) + TIME_TO_FINISH


def _end_provinces(
    plan: Arrangement, done: Arranged, before: dict[str, list[list[object]]], *, by: User, now: datetime
) -> None:
    """End the provinces whose last communes went elsewhere."""
    assert plan.day
    left = {link.old.province_id for link in plan.links if link.main and link.new.province.pk != link.old.province_id}
    done.provinces, noted = provinces.end_emptied(left, plan.day, _time_to_finish(done.change, now), by=by, now=now)
    _tell(noted["warrants"], tell_given, by)
    for name, rows in noted.items():
        before.setdefault(name, []).extend(rows)
    for old, heir in done.provinces.items():
        done.counts[f"{old} hết xã nên kết thúc, tiếp tục ở {heir} (tài khoản cấp tỉnh)"] = len(
            [key for key, home in noted["officers"] if home == old.pk]
        )


def undo(change: RegisterChange, *, by: User, now: datetime, tell: Tell = silent) -> list[Any]:
    """Take an act back whole. Raises :class:`Refused` where something newer depends on it.

    Returns the rows that were entered in the old units since, which live on with them.
    """
    with transaction.atomic():
        links = UnitSuccession.objects.filter(change=change)
        left = set(links.values_list("predecessor__province", flat=True))
        provinces.hold(left | set(links.values_list("successor__province", flat=True)), ())
        change = RegisterChange.objects.select_for_update().get(pk=change.pk)
        before = change.before
        heirs = dict(links.filter(main=True).values_list("predecessor", "successor"))
        if not change.undone_at:
            provinces.refuse_before_later(change, left)
        created = [key for (key,) in before.get("created", [])]
        _return_accounts(before, heirs, created)
        provinces.begin_again(before)
        _tell(before.get("warrants", []), tell_withdrawn, by)
        Warrant.objects.filter(pk__in=[key for (key,) in before.get("warrants", [])]).delete()
        for old, heir in heirs.items():
            PhoneViewing.objects.filter(commune=heir).update(commune=old)
            RegisterChange.objects.filter(commune=heir).exclude(undone_at=None).update(commune=old)
        changes.undo(change, by=by, now=now, tell=tell)
        links.delete()
        _remove(created)
        try:
            _begin_again([*heirs], before)
        except IntegrityError as error:
            raise Refused(Objection("Mã cũ nay là của đơn vị khác nên không hoàn tác được nữa.")) from error
        return reopen(change, [*heirs], by=by, now=now)


def _begin_again(olds: list[int], before: dict[str, Any]) -> None:
    """Let the units that the act ended live on, and those that it renamed be called as they were."""
    Commune.objects.filter(pk__in=olds).update(ended_on=None)
    for key, code, kind, name in before.get("names", []):
        commune = Commune.objects.get(pk=key)
        commune.code, commune.kind, commune.name = code, kind, name
        commune.save()


def _remove(created: list[int]) -> None:
    """Delete the units that the act founded. Raises :class:`Refused` where something came to them since."""
    try:
        with transaction.atomic():
            Commune.objects.filter(pk__in=created).delete()
    except models.ProtectedError as error:
        row = next(iter(error.protected_objects))
        raise Refused(
            Objection(f"Đơn vị mới đã có {row._meta.verbose_name} ({row}) nên không hoàn tác được nữa.")
        ) from error


def _return_accounts(before: dict[str, Any], heirs: dict[int, int], created: list[int]) -> None:
    """Let the accounts that moved work where they did; one made for a new unit since stops it all."""
    moved: dict[int, int] = dict(before.get("accounts", []))
    strange = User.objects.filter(commune__in=created).exclude(pk__in=moved).first()
    if strange:
        raise Refused(Objection(f"Đã có tài khoản {strange.username} lập cho đơn vị mới nên không hoàn tác được nữa."))
    for old, heir in heirs.items():
        User.objects.filter(pk__in=[key for key, was in moved.items() if was == old], commune=heir).update(commune=old)
