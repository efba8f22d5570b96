"""Naming a person, by day, who enters the months of a former unit: no account is moved to do it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from communes.models import Commune, Province, User, Warrant
from communes.refusals import Forbidden, Objection, Refused, require
from communes.scope import REVIEWS, WORKS_FOR_A_COMMUNE
from communes.trail.recording import Act, record

LONGEST = timedelta(days=366)


def objection(place: Commune | Province, user: User) -> Objection | None:
    """Say why ``user`` may not name who enters for a former commune or a former province's office, or return None."""
    if not user.reviews(place.province if isinstance(place, Commune) else place):
        return Forbidden("Người nhập các tháng của đơn vị cũ do cán bộ duyệt của tỉnh giao.")
    if isinstance(place, Province):
        return None if place.ended_on else Objection("Cơ quan cấp tỉnh đang hoạt động tự nhập số liệu của mình.")
    if place.ended_on is None:
        return Objection("Xã đang hoạt động tự nhập số liệu của mình.")
    return None


def may_be_named(place: Commune | Province) -> "QuerySet[User]":
    """Return the accounts that may be named: those who see the former unit and enter, or review.

    They are the reviewers of the province of today and, for a commune, the people of its main heir, over several
    mergers.
    """
    heirs = [one.pk for one in place.heirs()] if isinstance(place, Commune) else []
    home = place.province if isinstance(place, Commune) else place
    province = home.heir_id or home.pk
    people = Q(WORKS_FOR_A_COMMUNE, commune__in=heirs) | Q(REVIEWS, is_active=True, province=province)
    return User.objects.filter(people).order_by("username")


def entrust(place: Commune | Province, person: User, until: date, *, by: User, now: datetime) -> Warrant:
    """Name a person who enters until the end of a day; one named before gets the new day. Raises :class:`Refused`."""
    require(objection(place, by))
    today = timezone.localdate(now)
    if not today <= until <= today + LONGEST:
        raise Refused(Objection("Chọn ngày từ hôm nay đến một năm sau."))
    if not may_be_named(place).filter(pk=person.pk).exists():
        raise Refused(Objection("Chỉ giao cho người của xã kế thừa chính hoặc cán bộ duyệt của tỉnh."))
    with transaction.atomic():
        where = {"commune": place} if isinstance(place, Commune) else {"province": place}
        _withdraw(Warrant.objects.filter(**where, person=person), by=by, now=now)
        warrant = Warrant.objects.create(**where, person=person, until=until, by=by, at=now)
        tell_given([warrant], by=by)
        return warrant


def withdraw(warrant: Warrant, *, by: User, now: datetime) -> None:
    """Take a warrant back; what was entered stays. Raises :class:`Refused`."""
    require(objection(warrant.place, by))
    _withdraw(Warrant.objects.filter(pk=warrant.pk), by=by, now=now)


def _withdraw(warrants: "QuerySet[Warrant]", *, by: User, now: datetime) -> None:
    with transaction.atomic():
        held = list(warrants.filter(withdrawn_at=None).select_related("person", "commune__province", "province"))
        taken = [
            one
            for one in held
            if Warrant.objects.filter(pk=one.pk, withdrawn_at=None).update(withdrawn_by=by, withdrawn_at=now)
        ]
        tell_withdrawn(taken, by=by)


def tell_given(warrants: Iterable[Warrant], *, by: User) -> None:
    """Leave in the trail who may enter for which former unit, and until when."""
    for one in warrants:
        said = f"Giao nhập cho đơn vị cũ đến hết ngày {one.until:%d/%m/%Y}"
        record(Act.SETTING, said, by=by, about=one.person, place=one.place)


def tell_withdrawn(warrants: Iterable[Warrant], *, by: User) -> None:
    """Leave in the trail who may no longer."""
    for one in warrants:
        record(Act.SETTING, "Thôi giao nhập cho đơn vị cũ", by=by, about=one.person, place=one.place)
