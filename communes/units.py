"""Official units, read from the files in ``communes/data``.

``legacy_*.csv`` is the country as of 30 June 2025, the last day of its 63 provinces and of the district level;
``succession_2025.csv`` says which commune of then went into which of now. Units that ended before that day are
not in it, nor when one began. Compiled from the MIT-licensed vietnamadminunits data set.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection
from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from communes.models import Commune, District, Province, RegisterChange, UnitSuccession

DATA = Path(__file__).parent / "data"
TWO_LEVELS = date(2025, 7, 1)  # the day the two-level local government began
LAST_DAY = date(2025, 6, 30)  # of everything before
ROWS = 500  # to a statement
NAMED = ["search", "sort_key"]  # columns derived from names
KIND_BEHIND = re.compile(r" \([^)]+\)$")


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _spelled(name: str) -> str:
    """A name of the former lists as it is written: "Mường É" of "Mường é", "Yên Viên" of "Yên Viên (Thị trấn)"."""
    words = KIND_BEHIND.sub("", name).split(" ")
    return " ".join(one if one == "trường" else one[:1].upper() + one[1:] for one in words)


def _mended(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with their names as they are written; what was loaded before with the names of the list is mended."""
    for model, column in ((Commune, "name"), (District, "district_name")):
        wrong = {row[column] for row in rows if row[column] != _spelled(row[column])}
        for one in model.objects.filter(ended_on=LAST_DAY, name__in=wrong) if wrong else ():
            one.name = _spelled(one.name)
            one.save()
    return [row | {name: _spelled(row[name]) for name in ("name", "district_name")} for row in rows]


def load_units() -> dict[str, int]:
    """Create or correct the units in force since 1 July 2025, and those of the day before with what became of them.

    Living units are found by code, former ones by code and last day; settings of provinces are left alone, and so
    are links that somebody set otherwise, and whatever an act has ended, founded, moved or named since. Returns how
    many of each there are. Running it again changes nothing.
    """
    with transaction.atomic():
        provinces = {row["code"]: _province(row) for row in _rows("provinces.csv")}
        counts = {"provinces": len(provinces), "communes": _communes(provinces)}
        counts |= _former()
    return counts


def _province(row: dict[str, str]) -> Province:
    """Create or correct a living province; one that has ended since is as it is."""
    since = Province.objects.filter(code=row["code"]).exclude(ended_on__lt=TWO_LEVELS).order_by("-ended_on")
    if since.exists() and not since.living().exists():
        return since[0]
    told: dict[str, object] = {name: row[name] for name in ("name", "kind", "latitude", "longitude")}
    found = since.living().first()
    if found is None or found.started_on in (None, TWO_LEVELS):
        told |= {"started_on": TWO_LEVELS}
        return Province.objects.update_or_create(code=row["code"], ended_on=None, defaults=told)[0]
    return found


def _communes(provinces: dict[str, Province]) -> int:
    """Create or correct the living communes: those that an act renamed, and what came of those it ended, stay."""
    acts = RegisterChange.objects.filter(kind=RegisterChange.Kind.UNITS, undone_at=None).values_list(
        "before", flat=True
    )
    renamed = {key: code for before in acts for key, code, *_ in before.get("names", [])}
    since = Commune.objects.exclude(ended_on__lt=TWO_LEVELS)
    known = {*since.values_list("code", flat=True), *renamed.values()}
    first = Q(started_on=TWO_LEVELS) | Q(started_on=None)
    own = dict(since.living().filter(first).exclude(pk__in=renamed).values_list("code", "pk"))
    communes = [
        Commune(
            pk=own.get(row["code"]),
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
    Commune.objects.bulk_create([c for c in communes if c.code not in known], batch_size=ROWS)
    Commune.objects.bulk_create(
        [c for c in communes if c.pk is not None and c.code in known],
        batch_size=ROWS,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "kind", "province", "latitude", "longitude", "area_km2", *NAMED],
    )
    return len(communes)


def _former() -> dict[str, int]:
    """Create the provinces, districts and communes of 30 June 2025 that are not there yet, and the links."""
    provinces = {
        row["code"]: Province.objects.get_or_create(
            code=row["code"], ended_on=LAST_DAY, defaults={"name": row["name"], "kind": row["kind"]}
        )[0]
        for row in _rows("legacy_provinces.csv")
    }
    rows = _mended(_rows("legacy_communes.csv"))
    districts = _districts(rows, provinces)
    ended = Commune.objects.filter(ended_on=LAST_DAY)
    known = set(ended.values_list("code", flat=True))
    Commune.objects.bulk_create(
        [
            Commune(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                province=provinces[row["province_code"]],
                district=districts[row["district_code"]],
                ended_on=LAST_DAY,
            )
            for row in rows
            if row["code"] not in known
        ],
        batch_size=ROWS,
    )
    links = _links({commune.code: commune for commune in ended.defer("search", "sort_key")})
    _name_heirs(provinces.values())
    return {
        "former_provinces": len(provinces),
        "former_districts": len(districts),
        "former_communes": len(rows),
        "links": links,
    }


def _districts(rows: list[dict[str, str]], provinces: dict[str, Province]) -> dict[str, District]:
    """Create the districts that communes name; return them by code."""
    ended = District.objects.filter(ended_on=LAST_DAY)
    known = set(ended.values_list("code", flat=True))
    named = {row["district_code"]: row for row in rows if row["district_code"] not in known}
    District.objects.bulk_create(
        [
            District(
                code=code,
                name=row["district_name"],
                kind=row["district_kind"],
                province=provinces[row["province_code"]],
                ended_on=LAST_DAY,
            )
            for code, row in named.items()
        ],
        batch_size=ROWS,
    )
    return {district.code: district for district in ended}


def _links(former: dict[str, Commune]) -> int:
    """Link each former commune that has no heir yet to those it went into; returns how many links the list has."""
    rows = _rows("succession_2025.csv")
    linked = set(UnitSuccession.objects.values_list("predecessor", flat=True).distinct())
    living = dict(Commune.objects.living().values_list("code", "pk"))
    UnitSuccession.objects.bulk_create(
        [
            UnitSuccession(
                predecessor=former[row["predecessor"]],
                successor_id=living[row["successor"]],
                day=TWO_LEVELS,
                whole=row["whole"] == "1",
                main=row["main"] == "1",
            )
            for row in rows
            if former[row["predecessor"]].pk not in linked and row["successor"] in living
        ],
        batch_size=ROWS,
    )
    return len(rows)


def _name_heirs(provinces: Collection[Province]) -> None:
    """Name the province that each former one went into: that of the most main heirs of its communes."""
    links = UnitSuccession.objects.filter(main=True, predecessor__province__in=provinces).order_by()
    found: dict[int, Counter[int]] = {}
    for old, new in links.values_list("predecessor__province", "successor__province"):
        found.setdefault(old, Counter())[new] += 1
    for province in provinces:
        heirs = found.get(province.pk)
        if heirs and province.heir_id is None:
            Province.objects.filter(pk=province.pk).update(heir=heirs.most_common(1)[0][0])
