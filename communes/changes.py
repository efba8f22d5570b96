"""Changing many rows of the register as one act, and taking the act back.

Every row such an act writes carries the act's number as the reason in its history; undoing reads it
from there: what was created is deleted, what was changed becomes what it was. That is refused as soon as
something newer depends on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Max, ProtectedError
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from communes.models import Commune, HamletSuccession, RegisterChange, User
from communes.names import DerivedField
from communes.refusals import Forbidden, Objection, Refused
from communes.saving import BATCH, keep_first_version, refuse_moves

TAKEN = Objection("Tên hoặc vai trò cũ nay đã thuộc mục khác nên không hoàn tác được nữa.")
OF_HAMLETS = (RegisterChange.Kind.MERGE, RegisterChange.Kind.SPLIT, RegisterChange.Kind.RENAME)
"""What a province may do too, by a list for many communes; whoever did it takes it back, or the commune does."""
BY_PROVINCE = (*OF_HAMLETS, RegisterChange.Kind.MOVE)
"""What a province's reviewer does in a commune's register: rounds of hamlets, and moves from one commune to another."""
COMMUNES_WRITE = Forbidden("Danh bạ do Công an cấp xã cập nhật; tài khoản của bạn chỉ xem.")
UNDONE = Objection("Thay đổi này đã được hoàn tác.")


@dataclass(frozen=True)
class Act:
    """An act under way: whoever changes rows through it leaves its number in their histories."""

    change: RegisterChange

    def create(self, rows: Sequence[Any]) -> list[Any]:
        """Insert rows of one model; return them with their keys."""
        if not rows:
            return []
        return bulk_create_with_history(list(rows), type(rows[0]), batch_size=BATCH, **self.trace)

    def update(self, rows: Sequence[Any], fields: Iterable[str]) -> None:
        """Write these fields of rows of one model, and the columns derived from them.

        Raises :class:`~communes.refusals.Refused` where a row would leave its place although something hangs on it.
        """
        if not rows:
            return
        model, names = type(rows[0]), set(fields)
        refuse_moves(rows, names)
        keep_first_version(model, [row.pk for row in rows], now=self.change.at)
        for field in model._meta.concrete_fields:
            if isinstance(field, DerivedField) and names & set(field.of):
                names.add(field.name)
                for row in rows:
                    field.pre_save(row, add=False)
        bulk_update_with_history(list(rows), model, sorted(names), batch_size=BATCH, **self.trace)

    def delete(self, rows: Iterable[Any]) -> None:
        """Delete rows; undoing brings them back."""
        for row in rows:
            keep_first_version(type(row), [row.pk], now=self.change.at)
            row._change_reason, row._history_user = str(self.change.pk), self.change.by
            row.delete()

    @property
    def trace(self) -> dict[str, Any]:
        """What is written into the histories."""
        return {
            "default_user": self.change.by,
            "default_change_reason": str(self.change.pk),
            "default_date": self.change.at,
        }


def begin(
    commune: Commune, kind: str, title: str, *, by: User, now: datetime, day: date | None = None, decision: str = ""
) -> Act:
    """Begin an act on a commune's register, inside the caller's transaction. Raises :class:`Refused`."""
    if not (by.works_for(commune) or (kind in BY_PROVINCE and by.settles_hamlets_of(commune))):
        raise Refused(COMMUNES_WRITE)
    return Act(
        RegisterChange.objects.create(
            commune=commune, kind=kind, title=title[:300], day=day, decision=decision, by=by, at=now
        )
    )


def tracked_models() -> list[type[models.Model]]:
    """Every model with a history, those that others refer to first."""
    return [model for model in apps.get_models() if hasattr(model, "history") and not hasattr(model, "history_id")]


def _own(model: Any, change: RegisterChange) -> Any:
    return model.history.filter(history_change_reason=str(change.pk))


def objection_to_undo(change: RegisterChange, user: User) -> Objection | None:
    """Say why ``user`` may not take the act back now, or return None."""
    if change.kind == RegisterChange.Kind.UNITS:
        if not user.arranges(change.commune):
            return Forbidden("Sắp xếp đơn vị do cán bộ duyệt của tỉnh hoặc quản trị hệ thống hoàn tác.")
        return UNDONE if change.undone_at else _objection_of_rows(change)
    if (
        change.kind == RegisterChange.Kind.MOVE
        and not change.by.is_commune
        and not user.reviews(change.commune.province)
    ):
        return Forbidden("Việc chuyển sang xã khác do cán bộ duyệt của tỉnh hoàn tác.")
    own = change.kind == RegisterChange.Kind.MOVE and user.reviews(change.commune.province)
    own = own or (change.by_id == user.pk and change.kind in OF_HAMLETS and user.settles_hamlets_of(change.commune))
    if not (user.works_for(change.commune) or own):
        return Forbidden("Chỉ cán bộ của xã được hoàn tác thay đổi của xã.")
    if change.undone_at:
        return UNDONE
    return _objection_of_rows(change)


def _objection_of_rows(change: RegisterChange) -> Objection | None:
    """Say what newer stands on the rows of an act, or return None."""
    for model in tracked_models():
        own = _own(model, change)
        newer = (
            model.history.filter(id__in=own.values("id"))  # type: ignore[attr-defined]
            .values("id")
            .annotate(last=Max("history_id"))
            .exclude(last__in=own.values("history_id"))
        )
        for row in newer[:1]:
            touched = model._default_manager.filter(pk=row["id"]).first()
            name = f"“{touched}”" if touched else f"Một {model._meta.verbose_name}"
            return Objection(f"{name} đã được sửa sau thay đổi này nên không hoàn tác được nữa.")
    return _without_earlier_version(change) or _dependents(change)


def _without_earlier_version(change: RegisterChange) -> Objection | None:
    """Say which changed row has nothing it could become again, or return None."""
    for model in tracked_models():
        changed = _own(model, change).filter(history_type="~")
        earlier = model.history.exclude(history_change_reason=str(change.pk)).values("id")  # type: ignore[attr-defined]
        if row := model._default_manager.filter(pk__in=changed.values("id")).exclude(pk__in=earlier).first():
            return Objection(f"“{row}” không còn phiên bản trước thay đổi này nên không hoàn tác được.")
    return None


def _dependents(change: RegisterChange) -> Objection | None:
    """Say what newer rows would be lost with the rows this act created, or return None."""
    for model in tracked_models():
        created = _own(model, change).filter(history_type="+").values("id")
        for relation in model._meta.related_objects:
            other = relation.related_model
            if relation.on_delete is not models.CASCADE or other not in tracked_models():
                continue
            newer = other._default_manager.filter(**{f"{relation.field.name}__in": created})
            if row := newer.exclude(pk__in=_own(other, change).values("id")).first():
                return _kept(row)
    return None


def _kept(row: models.Model) -> Objection:
    name = row._meta.verbose_name
    return Objection(f"Đã có {name} kèm theo mục mới ({row}) nên không hoàn tác được nữa.")


def undo(change: RegisterChange, *, by: User, now: datetime) -> None:
    """Take an act back whole. Raises :class:`Refused` where something newer depends on it."""
    with transaction.atomic():
        change = RegisterChange.objects.select_for_update().get(pk=change.pk)
        refusal = objection_to_undo(change, by)
        if refusal:
            raise Refused(refusal)
        done = RegisterChange.objects.filter(pk=change.pk, undone_at=None).update(undone_by=by, undone_at=now)
        if not done:
            raise Refused(UNDONE)
        trace = {"default_user": by, "default_date": now, "default_change_reason": f"undo {change.pk}"}
        HamletSuccession.objects.filter(change=change).delete()
        try:
            for model in reversed(tracked_models()):
                _delete_created(model, change)
        except ProtectedError as error:
            raise Refused(_kept(next(iter(error.protected_objects)))) from error
        except IntegrityError as error:
            raise Refused(TAKEN) from error
        try:
            with transaction.atomic():
                for model in tracked_models():
                    _recreate_deleted(model, change)
                    _restore_changed(model, change, trace)
        except IntegrityError as error:
            raise Refused(TAKEN) from error


def _delete_created(model: Any, change: RegisterChange) -> None:
    model._default_manager.filter(pk__in=_own(model, change).filter(history_type="+").values("id")).delete()


def _recreate_deleted(model: Any, change: RegisterChange) -> None:
    for record in _own(model, change).filter(history_type="-"):
        record.instance.save(force_insert=True)


def _restore_changed(model: Any, change: RegisterChange, trace: dict[str, Any]) -> None:
    changed = _own(model, change).filter(history_type="~")
    earlier = (
        model.history.filter(id__in=changed.values("id"))
        .exclude(history_id__in=changed.values("history_id"))
        .values("id")
        .annotate(last=Max("history_id"))
    )
    former = model.history.filter(history_id__in=earlier.values("last"))
    rows = [record.instance for record in former]
    if rows:
        refuse_moves(rows)
        names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        bulk_update_with_history(rows, model, names, batch_size=BATCH, **trace)
