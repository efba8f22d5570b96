"""The history of a row: who changed what, when, from what to what; and going back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from communes.models import User
from communes.names import DerivedField
from communes.refusals import Objection, Refused
from communes.saving import save
from communes.trail.recording import Act, record

HIDDEN = "•••"


@dataclass(frozen=True)
class FieldChange:
    """One column's change, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One version of a row: when it came about, who wrote it, what changed."""

    number: int
    at: datetime
    by: str
    act: str
    changes: list[FieldChange]
    latest: bool
    undoes: list[FieldChange]  # what restoring it would do to the row as it stands

    @property
    def begins(self) -> bool:
        """Whether the row came to be with it: nothing stood before."""
        return not any(one.before for one in self.changes)


ACTS = {"+": "Thêm", "~": "Sửa", "-": "Xóa"}


def versions(instance: models.Model, *, hidden: tuple[str, ...] = ()) -> list[Version]:
    """Return the versions of a row, newest first; columns named in ``hidden`` tell only that they changed."""
    records = list(instance.history.select_related("history_user").order_by("-history_date", "-history_id"))  # type: ignore[attr-defined]
    fields = [f for f in type(instance)._meta.concrete_fields if not f.primary_key and not isinstance(f, DerivedField)]
    names = _names(records, fields)

    def changed(then: Any, now: Any) -> list[FieldChange]:
        """What is not the same in two records; of a row that is new, what it holds."""
        changes = []
        for field in fields:
            old, new = getattr(then, field.attname) if then else None, getattr(now, field.attname)
            if new != old and not (then is None and new in (None, "", False)):
                words = [HIDDEN if field.name in hidden else _words(field, value, names) for value in (old, new)]
                changes.append(FieldChange(str(field.verbose_name), words[0] if then else "", words[1]))
        return changes

    found = []
    for place, kept in enumerate(records):
        before = records[place + 1] if place + 1 < len(records) else None
        changes, undoes = changed(before, kept), changed(records[0], kept)
        by = str(kept.history_user) if kept.history_user else "hệ thống"
        found.append(
            Version(kept.history_id, kept.history_date, by, ACTS[kept.history_type], changes, place == 0, undoes)
        )
    return found


def last_written(row: Any) -> tuple[User | None, datetime] | None:
    """Who wrote a row last, and when; None where nothing tells."""
    if hasattr(row, "history"):
        kept = row.history.select_related("history_user").order_by("-history_date", "-history_id").first()
        return (kept.history_user, kept.history_date) if kept else None
    return (row.by, row.at) if hasattr(row, "by") and row.pk else None


def _names(records: list[Any], fields: list[Any]) -> dict[tuple[type, Any], str]:
    """Names of every row the versions refer to, a query a model."""
    wanted: dict[type, set[Any]] = {}
    for field in fields:
        if field.related_model:
            keys = {getattr(record, field.attname) for record in records} - {None}
            wanted.setdefault(field.related_model, set()).update(keys)
    return {
        (model, row.pk): str(row)
        for model, keys in wanted.items()
        for row in model._default_manager.filter(pk__in=keys)  # type: ignore[attr-defined]
    }


def _words(field: Any, value: Any, names: dict[tuple[type, Any], str]) -> str:
    if value in (None, ""):
        return "–"
    if field.related_model:
        return names.get((field.related_model, value), f"số {value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def restore(row: models.Model, version: Any, *, by: User, now: datetime) -> None:
    """Write a former version of a row again.

    Raises :class:`Refused` where the row stands so already, and where today's rules refuse it.
    """
    former = version.instance
    columns = [f.attname for f in row._meta.concrete_fields if not f.primary_key and not isinstance(f, DerivedField)]
    if all(getattr(row, column) == getattr(former, column) for column in columns):
        raise Refused(Objection("Mục này đang đúng như phiên bản đã chọn nên không có gì để khôi phục."))
    for column in columns:
        setattr(row, column, getattr(former, column))
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(Objection("Không khôi phục được: " + " ".join(error.messages))) from error
    save(row, by=by, now=now)
    record(Act.ADMIN, f"Khôi phục phiên bản cũ: {row._meta.verbose_name} số {row.pk}", by=by)
