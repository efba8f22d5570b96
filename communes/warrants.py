"""Naming a person, by day, who enters the months of a former commune: no account is moved to do it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from communes.models import Commune, User, Warrant
from communes.refusals import Forbidden, Objection, Refused, require
from communes.scope import REVIEWS, WORKS_FOR_A_COMMUNE

LONGEST = timedelta(days=366)


def objection(commune: Commune, user: User) -> Objection | None:
    """Say why ``user`` may not name who enters for a former commune, or return None."""
    if not user.reviews(commune.province):
        return Forbidden("Người nhập các tháng của đơn vị cũ do cán bộ duyệt của tỉnh giao.")
    if commune.ended_on is None:
        return Objection("Xã đang hoạt động tự nhập số liệu của mình.")
    return None


def may_be_named(commune: Commune) -> "QuerySet[User]":
    """Return the accounts that may be named: those who see the former commune and enter, or review.

    They are the people of its main heir, over several mergers, and the reviewers of the province of today.
    """
    heirs = [one.pk for one in commune.heirs()]
    province = commune.province.heir_id or commune.province_id
    people = Q(WORKS_FOR_A_COMMUNE, commune__in=heirs) | Q(REVIEWS, is_active=True, province=province)
    return User.objects.filter(people).order_by("username")


def entrust(commune: Commune, person: User, until: date, *, by: User, now: datetime) -> Warrant:
    """Name a person who enters until the end of a day; one named before gets the new day. Raises :class:`Refused`."""
    require(objection(commune, by))
    today = now.date()
    if not today <= until <= today + LONGEST:
        raise Refused(Objection("Chọn ngày từ hôm nay đến một năm sau."))
    if not may_be_named(commune).filter(pk=person.pk).exists():
        raise Refused(Objection("Chỉ giao cho người của xã kế thừa chính hoặc cán bộ duyệt của tỉnh."))
    with transaction.atomic():
        _withdraw(Warrant.objects.filter(commune=commune, person=person), by=by, now=now)
        return Warrant.objects.create(commune=commune, person=person, until=until, by=by, at=now)


def withdraw(warrant: Warrant, *, by: User, now: datetime) -> None:
    """Take a warrant back; what was entered stays. Raises :class:`Refused`."""
    require(objection(warrant.commune, by))
    _withdraw(Warrant.objects.filter(pk=warrant.pk), by=by, now=now)


def _withdraw(warrants: "QuerySet[Warrant]", *, by: User, now: datetime) -> None:
    warrants.filter(withdrawn_at=None).update(withdrawn_by=by, withdrawn_at=now)
