"""Moving a hamlet, a group, an initiative or one of its sites elsewhere, from a day, as an act that is taken back.

Within a commune its own people move what is theirs; to another commune of the province its reviewers do. What moves
ends where it was and goes on where it goes (docs/decisions/0034); figures stay.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes import changes
from communes.models import Commune, Hamlet, Institution, RegisterChange, User
from communes.refusals import Forbidden, Objection, Refused, require, trial
from communes.saving import hold_places
from models_registry.arranging.carrying import Carrying
from models_registry.hamlets import OLDEST, not_yet
from models_registry.models import Initiative, InitiativeSite, SelfManagementGroup

Movable = Hamlet | SelfManagementGroup | Initiative | InitiativeSite


@dataclass(frozen=True)
class Destination:
    """Where something goes: a commune, and there a hamlet or an institution, or the whole commune."""

    commune: Commune
    hamlet: Hamlet | None = None
    institution: Institution | None = None

    def __str__(self) -> str:
        return f"{self.hamlet or self.institution or 'toàn xã'}, {self.commune}"


@dataclass(frozen=True)
class Order:
    """From which day, by which decision, by whom, written down when."""

    day: date
    number: str
    by: User
    now: datetime


def home_of(row: Movable) -> Commune:
    """The commune in which something lies."""
    return row.initiative.commune if isinstance(row, InitiativeSite) else row.commune


def words(row: Movable, to: Destination) -> str:
    """The act in one line: "Chuyển Khu 1 từ Xã Chí Đám đến Xã Tây Cốc"."""
    home = home_of(row)
    where = to.commune if isinstance(row, Hamlet) else to
    return f"Chuyển {row}{f' từ {home}' if home != to.commune else ''} đến {where}"


def objection(row: Movable, user: User) -> Objection | None:
    """Say why ``user`` may not move this at all, or return None."""
    if not (user.works_for(home_of(row)) or user.reviews(home_of(row).province)):
        return Forbidden("Chỉ Công an xã (trong xã) hoặc cán bộ duyệt của tỉnh (sang xã khác) được chuyển.")
    if row.ended_on:
        return Objection(f"“{row}” đã kết thúc ngày {row.ended_on:%d/%m/%Y}.")
    return None


def move(row: Movable, to: Destination, order: Order) -> tuple[RegisterChange, dict[str, int]]:
    """Move something, and return the act and how much of each it moved.

    Raises :class:`Refused` where it may not be moved there, ``ValidationError`` for what is said of it.
    """
    with transaction.atomic():
        hold_places(communes=[home_of(row).pk, to.commune.pk])
        row = type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)  # as it stands now, held
        require(objection(row, order.by))
        _check(row, to, order)
        kind = RegisterChange.Kind.MOVE
        act = changes.begin(
            home_of(row),
            kind,
            words(row, to),
            by=order.by,
            now=order.now,
            day=order.day,
            decision=order.number,
        )
        way = Carrying(act, order.day, {}, {row: to.commune} if isinstance(row, Hamlet) else {})
        VERBS[type(row)](way, row, to)
    return act.change, dict(way.counts)


def preview(row: Movable, to: Destination, order: Order) -> dict[str, int]:
    """Try it and keep nothing; raises as :func:`move` does."""
    with trial(), transaction.atomic():
        counts = move(row, to, order)[1]
        transaction.set_rollback(True)
    return counts


def _check(row: Movable, to: Destination, order: Order) -> None:
    home, seat = home_of(row), to.hamlet or to.institution
    if order.day.year < OLDEST or order.day > timezone.localdate(order.now):
        raise ValidationError({"day": "Ghi ngày có hiệu lực, không sau hôm nay."})
    if row.started_on and row.started_on >= order.day:
        raise ValidationError({"day": not_yet(f"“{row}”", row.started_on)})
    if to.commune.ended_on or (seat and (seat.ended_on or seat.commune_id != to.commune.pk)):
        raise Refused(Objection("Nơi đến phải đang hoạt động và thuộc xã đã chọn."))
    if to.commune.province_id != home.province_id:
        raise Refused(Objection("Chỉ chuyển trong cùng một tỉnh."))
    elsewhere = to.commune.pk != home.pk
    if elsewhere and not order.by.reviews(home.province):
        raise Refused(Forbidden("Chuyển sang xã khác do cán bộ duyệt của tỉnh thực hiện."))
    if not elsewhere and not order.by.works_for(home):
        raise Refused(Forbidden("Chuyển trong xã do Công an xã thực hiện."))
    if isinstance(row, InitiativeSite) and elsewhere:
        raise Refused(Objection("Điểm chỉ chuyển trong xã; sang xã khác hãy chuyển cả mô hình."))
    if not elsewhere and isinstance(row, Hamlet | Initiative):
        raise Refused(Objection(f"“{row}” đang ở {home}."))
    there = (to.hamlet and to.hamlet.pk, to.institution and to.institution.pk)
    if not elsewhere and there == (getattr(row, "hamlet_id", ""), getattr(row, "institution_id", "")):
        raise Refused(Objection(f"“{row}” đang ở nơi ấy."))


def _hamlet(way: Carrying, row: Hamlet, to: Destination) -> None:
    way.carry()


def _group(way: Carrying, row: SelfManagementGroup, to: Destination) -> None:
    """The group goes on in the other seat with its members; further hamlets it shared stay behind."""
    new = row.going_on(to.commune, to.hamlet, to.institution, way.first_day(row))
    way.close([row], dissolving_decision=way.act.change.decision)
    new.full_clean(exclude=["continues"])
    way.act.create([new])
    way.groups = {row.pk: new}
    way.counts["tổ tự quản"] += 1
    way.members()


def _initiative(way: Carrying, row: Initiative, to: Destination) -> None:
    """The initiative goes on in the other commune, at the one place named; its sites here end with it."""
    sites = list(InitiativeSite.objects.filter(initiative=row, ended_on=None))
    way.initiative(row, to.commune)
    new = way.initiatives[row.pk, to.commune.pk]
    way.close([row])
    way.act.create([new])
    way.close(sites)
    _open_site(way, InitiativeSite(initiative=new, continues=sites[0] if sites else None), to)
    way.counts["mô hình"] += 1
    way.counts["điểm mô hình kết thúc ở nơi cũ"] += len(sites)


def _site(way: Carrying, row: InitiativeSite, to: Destination) -> None:
    there = InitiativeSite.objects.filter(
        initiative=row.initiative, hamlet=to.hamlet, institution=to.institution, ended_on=None
    )
    if there.exists():
        raise Refused(Objection(f"Mô hình đã có điểm ở {to}."))
    way.close([row])
    _open_site(way, InitiativeSite(initiative=row.initiative, continues=row, origin_id=row.origin_id), to)
    way.counts["điểm mô hình"] += 1


def _open_site(way: Carrying, site: InitiativeSite, to: Destination) -> None:
    site.hamlet, site.institution, site.started_on = to.hamlet, to.institution, way.day
    way.act.create([site])


VERBS: dict[type, Callable[..., None]] = {
    Hamlet: _hamlet,
    SelfManagementGroup: _group,
    Initiative: _initiative,
    InitiativeSite: _site,
}


def counted(counts: dict[str, int]) -> Counter[str]:
    """What moves, without the noughts."""
    return +Counter(counts)
