"""Wholes that are made of parts of one unit, month by month: what is stacked on one another.

Names and codes stand here, for what is a part of what cannot be told from the catalogue alone; a code the
catalogue does not know is left out, and a whole without any of its parts is not offered.
"""

from dataclasses import dataclass
from decimal import Decimal

from reports.models import WeaponKind
from reports.months import Month, Span
from reports.totals.summary import Summary


@dataclass(frozen=True)
class Composition:
    """A whole: its name, its unit, the indicators it is made of."""

    slug: str
    name: str
    unit: str
    codes: tuple[str, ...]


COMPOSITIONS = (
    Composition(
        "groups",
        "Tổ chức quần chúng theo loại hình",
        "tổ, ban",
        (
            "household_clusters",
            "security_teams",
            "security_boards",
            "peoples_security_teams",
            "mediation_teams",
            "fire_safety_clusters",
            "fire_teams",
            "teacher_groups",
            "student_groups",
            "other_groups",
        ),
    ),
    Composition(
        "mediation",
        "Kết quả hòa giải",
        "vụ",
        ("disputes_settled", "disputes_not_settled", "disputes_pending"),
    ),
    Composition(
        "reintegration",
        "Người được quản lý, giáo dục, giúp đỡ",
        "người",
        ("released_supported", "suspended_sentences", "non_custodial", "deferred_sentences", "youth_supervised"),
    ),
    Composition("crime", "Vụ phạm tội", "vụ", ("public_order_cases", "drug_cases")),
    Composition("movements", "Tổ chức thành lập mới, giải thể", "tổ", ("groups_founded", "groups_dissolved")),
)
WEAPONS = "weapons"
Layers = list[tuple[str, list[int | Decimal | None]]]
"""Name of a part → its value at each month; None is blank."""


def layers(summary: Summary, composition: Composition, run: Span) -> Layers:
    """Return the parts of a whole over a run of months; those never reported are left out. One query or two."""
    asked = summary.asking(indicators=composition.codes)
    values = asked.values(run, "month")
    name_of = {indicator.code: indicator.name for indicator in asked.catalogue}
    found: Layers = []
    for code in composition.codes:
        row = [values.get(month, {}).get(code) for month in run]
        if code in name_of and any(row):
            found.append((name_of[code], [one.value if one else None for one in row]))
    return found


def weapon_units(handed: dict[Month, dict[str, Decimal]], kinds: list[WeaponKind]) -> list[str]:
    """Return the units of what was handed over, in the order of the catalogue."""
    found = {code for row in handed.values() for code in row}
    return list(dict.fromkeys(kind.unit for kind in kinds if kind.code in found))


def weapon_layers(handed: dict[Month, dict[str, Decimal]], kinds: list[WeaponKind], unit: str, run: Span) -> Layers:
    """Return the kinds of one unit over a run of months: different units are never stacked."""
    rows: Layers = [
        (kind.name, [handed.get(month, {}).get(kind.code) for month in run]) for kind in kinds if kind.unit == unit
    ]
    return [(name, row) for name, row in rows if any(row)]
