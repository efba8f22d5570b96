"""Changing many rows of the register as one act, and taking the act back.

Every row such an act writes carries the act's number as the reason in its history; undoing reads it
from there: what was created is deleted, what was changed becomes what it was. That is refused as soon as
something newer depends on it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, F, Max, ProtectedError, Value
from django.db.models.deletion import Collector
from django.db.models.functions import Cast, Concat
from simple_history.utils import bulk_create_with_history

from communes.long_lists import rows_to_a_statement
from communes.models import Commune, HamletSuccession, RegisterChange, User
from communes.names import DerivedField
from communes.privacy import personal_number
from communes.records import tell_of_deletion
from communes.refusals import Forbidden, Objection, Refused
from communes.saving import BATCH, hold_places, keep_first_version, refuse_moves
from communes.trail import recording as trail

TAKEN = Objection("Tên hoặc vai trò cũ nay đã thuộc mục khác nên không hoàn tác được nữa.")
OF_HAMLETS = (RegisterChange.Kind.MERGE, RegisterChange.Kind.SPLIT, RegisterChange.Kind.RENAME)
"""What a province may do too, by a list for many communes; whoever did it takes it back, or the commune does."""
OF_FILES = (RegisterChange.Kind.IMPORT, RegisterChange.Kind.LISTS)
BY_PROVINCE = (*OF_HAMLETS, RegisterChange.Kind.MOVE)
"""What a province's reviewer does in a commune's register: rounds of hamlets, and moves from one commune to another."""
FEW = 20
"""How many rows must get the same values, on average, for them to be written together."""
COMMUNES_WRITE = Forbidden("Danh bạ do Công an cấp xã cập nhật; tài khoản của bạn chỉ xem.")
CAN_BE_UNDONE = "Có thể hoàn tác ở trang Thay đổi gần đây."
UNDOING = "undo "
"""How the reason begins that taking acts back leaves in the histories."""
UNDONE = Objection("Thay đổi này đã được hoàn tác.")
Tell = Callable[[str], None]
"""Hears what is being done now: an act on a whole province takes a while."""


def silent(what: str) -> None:
    """Hear nothing."""


@dataclass(frozen=True)
class Act:
    """An act under way: whoever changes rows through it leaves its number in their histories.

    Of several acts that are written together ``whose`` says to which a row belongs.
    """

    change: RegisterChange
    whose: Callable[[Any], RegisterChange] | None = None

    def create(self, rows: Sequence[Any]) -> list[Any]:
        """Insert rows of one model; return them with their keys."""
        if not rows:
            return []
        with self._signed(rows):
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
        with self._signed(rows):
            write(model, list(rows), sorted(names), self.trace)

    @contextmanager
    def _signed(self, rows: Sequence[Any]) -> Iterator[None]:
        """Let each row leave the number of its own act in its history."""
        for row in rows if self.whose else ():
            row._change_reason = str(self.whose(row).pk)  # type: ignore[misc]
        yield
        for row in rows if self.whose else ():
            del row._change_reason

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


def write(model: Any, rows: Sequence[Any], names: Sequence[str], trace: dict[str, Any]) -> None:
    """Write these fields of rows of one model, with their histories.

    Rows that get the same values are written together: an act on a province gives ten thousands of rows one last day,
    and a statement that says it for each of them takes longer than all else.
    """
    columns = [model._meta.get_field(name).attname for name in names]
    alike: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        alike.setdefault(tuple(getattr(row, column) for column in columns), []).append(row.pk)
    if names and len(alike) * FEW > len(rows):
        if "name" in names:
            _step_aside(model, rows)
        model._default_manager.bulk_update(rows, names, batch_size=rows_to_a_statement(len(names)))
    elif names:  # rows that are what they should be already have nothing to write
        for values, keys in alike.items():
            said = dict(zip(columns, values, strict=True))
            for first in range(0, len(keys), BATCH):
                model._default_manager.filter(pk__in=keys[first : first + BATCH]).update(**said)
    model.history.bulk_history_create(rows, batch_size=BATCH, update=True, **trace)


def _step_aside(model: Any, rows: Sequence[Any]) -> None:
    """Let nobody keep a name that another of these rows is to have: they may hand names on among themselves."""
    if len(rows) > 1:
        keys = [row.pk for row in rows]
        for first in range(0, len(keys), BATCH):
            aside = Concat(Value("→ "), Cast("pk", CharField()), output_field=CharField())
            model._default_manager.filter(pk__in=keys[first : first + BATCH]).update(name=aside)


def prepared(
    commune: Commune, kind: str, title: str, *, by: User, now: datetime, day: date | None = None, decision: str = ""
) -> RegisterChange:
    """An act on a commune's register that is not written yet. Raises :class:`Refused` where it may not be."""
    is_of_province = kind == RegisterChange.Kind.LISTS
    own = by.reviews(commune.province) if is_of_province else by.works_for(commune)
    if not (own or (kind in BY_PROVINCE and by.settles_hamlets_of(commune))):
        raise Refused(COMMUNES_WRITE)
    if said := personal_number(decision, "số nghị quyết, quyết định"):
        raise Refused(Objection(said))
    return RegisterChange(commune=commune, kind=kind, title=title[:300], day=day, decision=decision, by=by, at=now)


def begin(commune: Commune, kind: str, title: str, **what: Any) -> Act:
    """Begin an act (:func:`prepared`) inside the caller's transaction."""
    return Act(begin_all([prepared(commune, kind, title, **what)])[0])


def begin_all(acts: Sequence[RegisterChange]) -> list[RegisterChange]:
    """Begin many that were prepared."""
    return RegisterChange.objects.bulk_create(acts, batch_size=BATCH)


def tracked_models() -> list[type[models.Model]]:
    """Every model with a history, those that others refer to first."""
    return [model for model in apps.get_models() if hasattr(model, "history") and not hasattr(model, "history_id")]


def _own(model: Any, acts: Collection[RegisterChange]) -> Any:
    """What these acts wrote into the history of a table."""
    return model.history.filter(history_change_reason__in=[str(act.pk) for act in acts])


def _standing(model: Any) -> Any:
    """The history of a table without acts that were taken back, and without what taking them back wrote.

    It left the rows as they had been, so that an earlier act may be taken back too.
    """
    undone = RegisterChange.objects.exclude(undone_at=None).annotate(reason=Cast("pk", CharField())).values("reason")
    return model.history.exclude(history_change_reason__in=undone).exclude(history_change_reason__startswith=UNDOING)


def objection_to_undo(change: RegisterChange, user: User) -> Objection | None:
    """Say why ``user`` may not take the act back now, or return None."""
    return _objection_to_person(change, user) or _objection_of_rows([change])


def _objection_to_person(change: RegisterChange, user: User) -> Objection | None:
    """Say why this person may not, or that it is undone already, or return None."""
    refusal = _objection_to_stranger(change, user)
    return Forbidden(refusal) if refusal else UNDONE if change.undone_at else None


def _objection_to_stranger(change: RegisterChange, user: User) -> str:
    """Say whose act it is where it is not this person's, or nothing."""
    reviews = user.reviews(change.commune.province)
    if change.kind == RegisterChange.Kind.UNITS:
        home = F("predecessor__province")
        if not user.arranges(change.commune):
            return "Sắp xếp đơn vị do cán bộ duyệt của tỉnh hoặc quản trị hệ thống hoàn tác."
        crosses = change.unit_successions.exclude(successor__province=home)
        settled = user.is_administrator or not crosses.exists()
        return "" if settled else "Việc chuyển sang tỉnh khác do quản trị hệ thống hoàn tác."
    if change.kind == RegisterChange.Kind.LISTS:
        return "" if reviews else "Danh sách của tỉnh do cán bộ duyệt của tỉnh hoàn tác."
    if change.kind == RegisterChange.Kind.MOVE and not change.by.is_commune:
        return "" if reviews else "Việc chuyển sang xã khác do cán bộ duyệt của tỉnh hoàn tác."
    own = change.kind == RegisterChange.Kind.MOVE and reviews
    own = own or (change.by_id == user.pk and change.kind in OF_HAMLETS and user.settles_hamlets_of(change.commune))
    return "" if user.works_for(change.commune) or own else "Chỉ cán bộ của xã được hoàn tác thay đổi của xã."


def _objection_of_rows(acts: Collection[RegisterChange]) -> Objection | None:
    """Say what newer stands on the rows of some acts, or return None."""
    for model in tracked_models():
        own = _own(model, acts)
        newer = (
            _standing(model)
            .filter(id__in=own.values("id"))
            .values("id")
            .annotate(last=Max("history_id"))
            .exclude(last__in=own.values("history_id"))
        )
        for row in newer[:1]:
            touched = model._default_manager.filter(pk=row["id"]).first()
            name = f"“{touched}”" if touched else f"Một {model._meta.verbose_name}"
            return Objection(f"{name} đã được sửa sau thay đổi này nên không hoàn tác được nữa.")
    return _without_earlier_version(acts) or _dependents(acts)


def _without_earlier_version(acts: Collection[RegisterChange]) -> Objection | None:
    """Say which changed row has nothing it could become again, or return None."""
    for model in tracked_models():
        own = _own(model, acts)
        earlier = _standing(model).exclude(history_id__in=own.values("history_id")).values("id")
        changed = own.filter(history_type="~").values("id")
        if row := model._default_manager.filter(pk__in=changed).exclude(pk__in=earlier).first():
            return Objection(f"“{row}” không còn phiên bản trước thay đổi này nên không hoàn tác được.")
    return None


def _dependents(acts: Collection[RegisterChange]) -> Objection | None:
    """Say what newer rows would be lost with the rows these acts created, or return None."""
    for model in tracked_models():
        created = _own(model, acts).filter(history_type="+").values("id")
        for relation in model._meta.related_objects:
            other = relation.related_model
            if relation.on_delete is not models.CASCADE or other not in tracked_models():
                continue
            newer = other._default_manager.filter(**{f"{relation.field.name}__in": created})
            if row := newer.exclude(pk__in=_own(other, acts).values("id")).first():
                return _kept(row)
    return None


def _kept(row: models.Model) -> Objection:
    name = row._meta.verbose_name
    return Objection(f"Đã có {name} kèm theo mục mới ({row}) nên không hoàn tác được nữa.")


def undo(change: RegisterChange, *, by: User, now: datetime, tell: Tell = silent) -> None:
    """Take an act back whole. Raises :class:`Refused` where something newer depends on it."""
    undo_all([change], by=by, now=now, tell=tell)


def undo_all(acts: Collection[RegisterChange], *, by: User, now: datetime, tell: Tell = silent) -> None:
    """Take acts back together, all of them or none: a list of thousands is read from the histories once."""
    with transaction.atomic():
        hold_places(communes=[act.commune_id for act in acts] + _destinations(acts))
        held = RegisterChange.objects.select_for_update(of=("self",)).filter(pk__in=[act.pk for act in acts])
        acts = list(held.select_related("commune__province", "by").order_by("pk"))
        refusals = (_objection_to_person(act, by) for act in acts)
        refusal = next((one for one in refusals if one), None) or _objection_of_rows(acts)
        if refusal:
            raise Refused(refusal)
        keys = [act.pk for act in acts]
        if RegisterChange.objects.filter(pk__in=keys, undone_at=None).update(undone_by=by, undone_at=now) < len(keys):
            raise Refused(UNDONE)
        HamletSuccession.objects.filter(change__in=keys).delete()
        files = [act for act in acts if act.kind in OF_FILES]
        rows = {act.pk: sum(_own(model, [act]).count() for model in tracked_models()) for act in files}
        _take_back(acts, by, now, tell)
        for act in files:
            said = f"Hoàn tác: {act.get_kind_display()}"
            trail.record(trail.Act.IMPORT, said, by=by, place=act.commune, rows=rows[act.pk])


def _destinations(acts: Collection[RegisterChange]) -> list[int]:
    """The communes to which something moved by some of these acts: where what they created lies."""
    moves = [act for act in acts if act.kind == RegisterChange.Kind.MOVE]
    found: list[int] = []
    for model in tracked_models() if moves else ():
        if path := getattr(model._default_manager.all(), "commune_path", ""):
            new = _own(model, moves).filter(history_type="+").values("id")
            found += model._default_manager.filter(pk__in=new).order_by().values_list(path, flat=True)
    return found


def undoing(acts: Collection[RegisterChange]) -> str:
    """The reason that taking acts back leaves in the histories."""
    return f"{UNDOING}{min(act.pk for act in acts)}"


def _take_back(acts: Collection[RegisterChange], by: User, now: datetime, tell: Tell) -> None:
    """Delete what the acts created, bring back what they deleted, let what they changed be what it was."""
    reason = undoing(acts)
    written = [model for model in tracked_models() if _own(model, acts).exists()]
    try:
        for model in reversed(written):
            tell(f"bỏ {model._meta.verbose_name} mới")
            _delete_created(model, acts, {"by": by, "at": now, "reason": reason})
    except ProtectedError as error:
        raise Refused(_kept(next(iter(error.protected_objects)))) from error
    except IntegrityError as error:
        raise Refused(TAKEN) from error
    trace = {"default_user": by, "default_date": now, "default_change_reason": reason}
    try:
        with transaction.atomic():
            for model in written:
                tell(f"trả lại {model._meta.verbose_name}")
                _recreate_deleted(model, acts)
                _restore_changed(model, acts, trace)
    except IntegrityError as error:
        raise Refused(TAKEN) from error


def _delete_created(model: Any, acts: Collection[RegisterChange], told: dict[str, Any]) -> None:
    rows = model._default_manager.filter(pk__in=_own(model, acts).filter(history_type="+").values("id"))
    going = Collector(using=rows.db)
    going.collect(rows)
    for kind, gone in going.data.items():
        if kind in tracked_models():
            tell_of_deletion(list(gone), **told)
    going.delete()


def _recreate_deleted(model: Any, acts: Collection[RegisterChange]) -> None:
    for record in _own(model, acts).filter(history_type="-"):
        record.instance.save(force_insert=True)


def _restore_changed(model: Any, acts: Collection[RegisterChange], trace: dict[str, Any]) -> None:
    own = _own(model, acts)
    earlier = (
        _standing(model)
        .filter(id__in=own.filter(history_type="~").values("id"))
        .exclude(history_id__in=own.values("history_id"))
        .values("id")
        .annotate(last=Max("history_id"))
    )
    rows = [record.instance for record in model.history.filter(history_id__in=earlier.values("last"))]
    if rows:
        refuse_moves(rows)
        write(model, rows, _differing(model, rows), trace)


def _differing(model: Any, rows: Sequence[Any]) -> list[str]:
    """The fields in which any of these rows is not what is stored."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    kept = model._default_manager.filter(pk__in=[row.pk for row in rows])
    stored = {key: values for key, *values in kept.values_list("pk", *(field.attname for field in fields))}
    return [
        field.name
        for place, field in enumerate(fields)
        if any(row.pk in stored and getattr(row, field.attname) != stored[row.pk][place] for row in rows)
    ]
