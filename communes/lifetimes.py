"""Rows of a commune that is over: they end with it, no day of theirs lies after it, and no two are the same on it.

Its people enter them afterwards, from old books (docs/decisions/0052); what the heir keeps is untouched by it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q, UniqueConstraint

from communes.models import Commune
from communes.names import sort_key


def last_day(commune: Commune | None) -> date | None:
    """The last day of a commune that is over; None of every other."""
    return commune.ended_on if commune is not None and commune.is_over else None


def end_with(row: Any, commune: Commune | None) -> None:
    """Let a row that has no end of its own end with its commune, where that is over."""
    last = last_day(commune)
    if last and hasattr(row, "ended_on") and row.ended_on is None:
        row.ended_on = last


def after_its_end(last: date, who: str = "Đơn vị cũ") -> str:
    """What is said of a day after the last one of a former commune."""
    return f"{who} kết thúc ngày {last:%d/%m/%Y}; hãy ghi từ đó trở về trước."


def stands(row: Any, commune: Commune | None) -> bool:
    """Whether a row has no end; in a commune that is over, whether it stood on its last day."""
    last = last_day(commune)
    return row.ended_on is None or (last is not None and row.ended_on >= last)


def held_to_it(row: Any, commune: Commune | None, names: Collection[str]) -> dict[str, str]:
    """Let a new row end with its commune, and return what of its columns of these names lies beyond the end."""
    if row.pk is None:
        end_with(row, commune)
    return beyond({name: row.__dict__.get(name) for name in names}, commune)


def beyond(values: Mapping[str, Any], commune: Commune | None) -> dict[str, str]:
    """Column → why what somebody writes there may not stand: a day or a year after the end of the row's commune.

    Of a living commune there is nothing to say.
    """
    last = last_day(commune)
    if commune is None or last is None:
        return {}
    said = after_its_end(last, f"{commune.kind} {commune.name}")
    return {name: said for name, value in values.items() if _lies_after(value, name, last)}


def _lies_after(value: Any, name: str, last: date) -> bool:
    if name == "year" and isinstance(value, int):
        return value > last.year
    return isinstance(value, date) and not isinstance(value, datetime) and value > last


def same_then(row: Any) -> str:
    """What is said where another row was the same on the last day of this one, or nothing.

    The rules by which living rows differ (names, one leader, one membership) are constraints of rows without an end;
    those of a former commune all have one.
    """
    if getattr(row, "ended_on", None) is None:
        return ""
    model = type(row)
    for rule in model._meta.constraints:
        rest = _of_the_living(rule)
        if rest is None or not all(_holds(row, look_up, value) for look_up, value in rest):
            continue
        keys = {name: getattr(row, model._meta.get_field(name).attname) for name in rule.fields}
        if None in keys.values():
            continue
        if "name" in keys:
            keys["sort_key"] = sort_key(keys.pop("name"))
        others = model._default_manager.active_on(row.ended_on).filter(Q(*rest), **keys)
        if others.exclude(pk=row.pk).exists():
            return str(rule.violation_error_message)
    return ""


def _of_the_living(rule: Any) -> list[tuple[str, Any]] | None:
    """What a rule of uniqueness asks of living rows beside that they live; None where it is no such rule."""
    if not isinstance(rule, UniqueConstraint) or rule.condition is None:
        return None
    asked = [child for child in rule.condition.children if isinstance(child, tuple)]
    rest = [child for child in asked if child[0] != "ended_on__isnull"]
    return rest if len(rest) < len(asked) else None


def _holds(row: Any, look_up: str, value: Any) -> bool:
    """Whether a row meets one condition of such a rule: "column" or "column__isnull"."""
    name, _, kind = look_up.partition("__")
    held = getattr(row, row._meta.get_field(name).attname)
    return (held is None) == value if kind == "isnull" else held == value
