"""The one way a row of the register is written: by page, call, workbook, admin and acts on many rows alike.

What stood there before is kept, also where the row came without a history; and a row that something hangs on
stays in its place, for what was counted there was counted there.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.http import HttpRequest

from communes.models import Commune, Province, User
from communes.refusals import Objection, Refused

BATCH = 500
PLACES = ("commune", "hamlet", "institution")
"""The columns that say where a row of the register lies."""


def keep_first_version(model: Any, keys: Sequence[int], *, now: datetime) -> None:
    """Write what stands in rows that came without a history (loaded in bulk), before they are changed.

    Nobody of today wrote it, so it is nobody's in the history.
    """
    known = set(model.history.filter(id__in=keys).values_list("id", flat=True))
    unknown = list(model._default_manager.filter(pk__in=[key for key in keys if key not in known]))
    for row in unknown:
        row._history_user = None
    if unknown:
        model.history.bulk_history_create(
            unknown, batch_size=BATCH, default_change_reason="", default_date=now - timedelta(seconds=1)
        )


def hold(model: Any, key: int) -> None:
    """Let nobody else write a row until the transaction ends, so that what is read of it now still stands then."""
    list(model._default_manager.select_for_update(of=("self",)).filter(pk=key).order_by().values_list("pk"))


def hold_places(*, provinces: Iterable[int] = (), communes: Iterable[int] = ()) -> None:
    """Let no other act on many rows of these places begin until the transaction ends.

    Lists and files, changes of chosen rows, mergers, moves, arrangements and taking any act back hold their places
    before they read what they change, all of them at once, provinces before communes, each by their keys: of two on one
    place the later sees what the earlier left, and no two wait for each other. Who saves a single row, a figure, a step
    or the ratings and standings of a year waits for none. SQLite has one writer at a time, and nothing to hold.
    """
    if not connection.features.has_select_for_update:
        return
    for model, keys in ((Province, set(provinces)), (Commune, set(communes))):
        rows = model._base_manager.select_for_update(of=("self",), no_key=True).order_by("pk")
        if keys:
            list(rows.filter(pk__in=keys).values_list("pk"))


@contextmanager
def held_while_saving(request: HttpRequest, model: Any, key: int) -> Iterator[None]:
    """Hold a row (:func:`hold`) for as long as a page that saves it takes; what only shows it holds nothing."""
    if request.method != "POST":
        yield
        return
    with transaction.atomic():
        hold(model, key)
        yield


def refuse_moves(rows: Sequence[Any], fields: Collection[str] | None = None) -> None:
    """Raise :class:`Refused` for the first of these rows (of one model) that may not lie where it would now.

    ``fields`` are the columns about to be written; None means all of them.
    """
    for refusal in objections_to_moving(rows, fields).values():
        raise Refused(refusal)


def objection_to_moving(row: Any) -> Objection | None:
    """Say why a row may not lie where its columns have it now, or return None."""
    return objections_to_moving([row]).get(row.pk)


def objections_to_moving(rows: Sequence[Any], fields: Collection[str] | None = None) -> dict[int, Objection]:
    """Key → why that row of one model may not lie where its columns have it now; the others are left out.

    A row lies in a commune, perhaps in a hamlet or an institution. Once something hangs on it (figures, members,
    groups), moving it would move what was counted, so it ends where it is and begins anew elsewhere.
    """
    keys = [row.pk for row in rows if row.pk]
    if not keys:
        return {}
    model = type(rows[0])
    written = PLACES if fields is None else set(PLACES) & set(fields)
    places = [field for field in model._meta.concrete_fields if field.name in written]
    if not places:
        return {}
    columns = [field.attname for field in places]
    stored = {key: where for key, *where in model._default_manager.filter(pk__in=keys).values_list("pk", *columns)}
    found = {}
    for row in rows:
        where = [getattr(row, column) for column in columns]
        if row.pk in stored and where != stored[row.pk] and (hanging := what_hangs_on(row)):
            moved = next(f for f, now, then in zip(places, where, stored[row.pk], strict=True) if now != then)
            found[row.pk] = Objection(
                f"“{row}” đã có {hanging} kèm theo nên không đổi được {moved.verbose_name}. "
                "Hãy ghi ngày kết thúc của mục này và thêm mục mới ở nơi mới."
            )
    return found


def what_hangs_on(row: Any) -> str:
    """Name a kind of rows that refer to this one, or nothing where none does."""
    for relation in type(row)._meta.related_objects:
        other = relation.related_model
        if other._base_manager.filter(**{relation.field.name: row.pk}).exists():
            return str(other._meta.verbose_name)
    return ""


def save(row: Any, *, by: User | None, now: datetime) -> Any:
    """Write one row of the register, new or changed, and return it.

    The caller has checked the row's own rules. Raises :class:`Refused` where the row would leave its place although
    something hangs on it.
    """
    model = type(row)
    with transaction.atomic():
        if row.pk:
            hold(model, row.pk)
            refuse_moves([row])
            keep_first_version(model, [row.pk], now=now)
        row._history_user = by
        try:
            row.save()
        finally:
            del row._history_user
    return row


def end(row: models.Model, *, by: User, now: datetime, **fields: Any) -> None:
    """Close a row of the register: its last day (None opens it again) and what is said of it.

    What it did stays in every past count. Raises ``ValidationError`` where a rule of the row is broken.
    """
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    save(row, by=by, now=now)


def remove(row: Any, *, by: User, now: datetime) -> None:
    """Delete a row entered by mistake. Raises :class:`Refused` where something refers to it."""
    try:
        with transaction.atomic():
            keep_first_version(type(row), [row.pk], now=now)
            row._history_user = by
            row.delete()
    except models.ProtectedError as error:
        raise Refused(
            Objection(
                f"“{row}” đã có số liệu hoặc danh sách kèm theo nên không xóa được. "
                "Nếu không còn hoạt động, hãy ghi ngày kết thúc."
            )
        ) from error
