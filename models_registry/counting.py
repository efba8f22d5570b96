"""Groups counted by kind, with their members and households, as of a day: province, commune, hamlet."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from models_registry.managers import GroupQuerySet


@dataclass(frozen=True)
class GroupCount:
    """How many groups, members and households; None where nobody said how many."""

    key: Any
    name: str
    groups: int
    members: int | None
    households: int | None


def count_by(groups: GroupQuerySet, by: str, names: dict[Any, str], *, on: date) -> list[GroupCount]:
    """Count the groups standing on a day by a column, in the order of ``names``; one query."""
    rows = {
        row[by]: row
        for row in groups.active_on(on)
        .with_headcount(on)
        .order_by()
        .values(by)
        .annotate(n=Count("pk"), people=Sum("headcount"), homes=Sum("household_count"))
    }
    return [
        GroupCount(key, name, rows[key]["n"], rows[key]["people"], rows[key]["homes"])
        for key, name in names.items()
        if key in rows
    ]


def total(lines: list[GroupCount]) -> GroupCount:
    """Add lines up; what nobody said stays unsaid."""

    def added(values: list[int | None]) -> int | None:
        known = [value for value in values if value is not None]
        return sum(known) if known else None

    return GroupCount(
        None,
        "Tổng",
        sum(line.groups for line in lines),
        added([line.members for line in lines]),
        added([line.households for line in lines]),
    )
