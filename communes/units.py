"""Official units, read from the files in ``communes/data``."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from communes.models import Commune, Province

DATA = Path(__file__).parent / "data"
TWO_LEVELS = date(2025, 7, 1)  # the day the two-level local government began


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_units() -> dict[str, int]:
    """Create or correct the 34 provinces and 3,321 communes in force since 1 July 2025.

    Living units are found by code; settings of provinces are left alone. Returns how many of each
    there are. Running it again changes nothing.
    """
    with transaction.atomic():
        provinces = {
            row["code"]: Province.objects.update_or_create(
                code=row["code"],
                ended_on=None,
                defaults={
                    "name": row["name"],
                    "kind": row["kind"],
                    "latitude": row["latitude"],
                    "longitude": row["longitude"],
                    "started_on": TWO_LEVELS,
                },
            )[0]
            for row in _rows("provinces.csv")
        }
        known = {commune.code: commune.pk for commune in Commune.objects.living()}
        communes = [
            Commune(
                pk=known.get(row["code"]),
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                province=provinces[row["province_code"]],
                latitude=row["latitude"] or None,
                longitude=row["longitude"] or None,
                area_km2=row["area_km2"] or None,
                started_on=TWO_LEVELS,
            )
            for row in _rows("communes.csv")
        ]
        Commune.objects.bulk_create([c for c in communes if c.pk is None], batch_size=500)
        Commune.objects.bulk_create(
            [c for c in communes if c.pk is not None],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name", "kind", "province", "latitude", "longitude", "area_km2", "search", "sort_key"],
        )
    return {"provinces": len(provinces), "communes": len(communes)}
