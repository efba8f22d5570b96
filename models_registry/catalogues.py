"""Default catalogues, read from CSV; what administrators changed since is left alone."""

import csv
from pathlib import Path

from django.db import models

from models_registry.models import GroupKind, InitiativeType

DATA = Path(__file__).parent / "data"


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_missing(model: type[models.Model], rows: list[dict], by: str = "code") -> int:
    """Create the rows whose code is not there yet, in the file's order; return how many were new."""
    known = set(model._default_manager.values_list(by, flat=True))
    new = [model(**row, position=place) for place, row in enumerate(rows, start=1) if row[by] not in known]
    model._default_manager.bulk_create(new)
    return len(new)


def load_registry_catalogues() -> int:
    """Load kinds of group and types of initiative; return how many were new."""
    return add_missing(GroupKind, read(DATA / "group_kinds.csv")) + add_missing(
        InitiativeType, read(DATA / "initiative_types.csv")
    )
