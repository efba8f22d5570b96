"""The yearly standard "An toàn về an ninh, trật tự": who registered, who was recognised, is it enough.

Circular 124/2021/TT-BCA: units register in the first quarter and are recognised near the year's end; a
commune needs every unit registered and at least 70 % of them recognised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q

from communes import changes
from communes.models import Commune, Hamlet, Institution, RegisterChange, SafetyRecord, User

NEEDED_RECOGNISED = 70  # per cent of the units registered


@dataclass(frozen=True)
class Standing:
    """A commune's year: its units (hamlets and institutions), how many registered, how many recognised."""

    units: int
    registered: int
    recognised: int
    itself: SafetyRecord | None = None

    @property
    def all_registered(self) -> bool:
        """Every unit registered."""
        return bool(self.units) and self.registered >= self.units

    @property
    def enough_recognised(self) -> bool:
        """At least 70 % of the units registered are recognised."""
        return bool(self.registered) and self.recognised * 100 >= self.registered * NEEDED_RECOGNISED

    @property
    def meets(self) -> bool:
        """Both thresholds are reached."""
        return self.all_registered and self.enough_recognised

    @property
    def rate(self) -> int | None:
        """Recognised of registered, in per cent rounded down; None where nothing is registered."""
        return self.recognised * 100 // self.registered if self.registered else None


def of_year(model: Any, year: int, on: date) -> Any:
    """The hamlets or institutions a year is asked of: those standing at its end (or today), and those registered in it.

    What has registered and was merged since stays in its year.
    """
    last = min(on, date(year, 12, 31))
    standing = Q(pk__in=model.objects.active_on(last).values("pk"))
    name = model._meta.model_name
    registered = SafetyRecord.objects.filter(year=year, **{f"{name}__isnull": False}).values(name)
    return model.objects.filter(standing | Q(pk__in=registered))  # a join would count a unit once a record


def standings(communes: Iterable[Commune], year: int, *, on: date) -> dict[int, Standing]:
    """Return the standing of each commune by key, in four queries whatever their number."""
    keys = [commune.pk for commune in communes]
    units: dict[int, int] = dict.fromkeys(keys, 0)
    for model in (Hamlet, Institution):
        rows = of_year(model, year, on).filter(commune__in=keys).order_by().values("commune").annotate(n=Count("pk"))
        for row in rows:
            units[row["commune"]] += row["n"]
    records = SafetyRecord.objects.filter(commune__in=keys, year=year)
    counted: dict[int, Mapping[str, Any]] = {
        row["commune"]: row
        for row in records.exclude(hamlet=None, institution=None)
        .order_by()
        .values("commune")
        .annotate(registered=Count("pk"), recognised=Count("recognised_on"))
    }
    own = {record.commune_id: record for record in records.filter(hamlet=None, institution=None)}
    return {
        key: Standing(
            units[key],
            counted.get(key, {}).get("registered", 0),
            counted.get(key, {}).get("recognised", 0),
            own.get(key),
        )
        for key in keys
    }


@dataclass
class UnitLine:
    """One unit of a commune on the page of a year: its key in the form, its name, its record if any."""

    key: str
    name: str
    kind: str
    fields: dict[str, int]
    record: SafetyRecord | None


def lines(commune: Commune, year: int, *, on: date) -> list[UnitLine]:
    """Return the commune itself, and the hamlets and institutions of the year."""
    records = {(r.hamlet_id, r.institution_id): r for r in SafetyRecord.objects.filter(commune=commune, year=year)}
    found = [UnitLine("u", str(commune), "Toàn xã", {}, records.get((None, None)))]
    for one in of_year(Hamlet, year, on).filter(commune=commune):
        record = records.get((one.pk, None))
        found.append(UnitLine(f"h{one.pk}", one.name, "Khu dân cư", {"hamlet_id": one.pk}, record))
    for one in of_year(Institution, year, on).filter(commune=commune):
        record = records.get((None, one.pk))
        found.append(UnitLine(f"i{one.pk}", one.name, one.get_kind_display(), {"institution_id": one.pk}, record))
    return found


def tick(
    commune: Commune,
    year: int,
    *,
    registered: set[str],
    recognised: set[str],
    registered_on: date,
    recognised_on: date,
    by: User,
    now: datetime,
    on: date,
) -> int:
    """Make exactly these units registered and recognised in a year; return how many records changed.

    Units newly ticked get the given days; days that stand are kept. What is recognised must be
    registered; raises ``ValidationError`` otherwise.
    """
    if recognised - registered:
        raise ValidationError("Đơn vị được công nhận đạt phải có đăng ký trong năm.")
    new: list[Any] = []
    changed: list[Any] = []
    gone: list[Any] = []
    for line in lines(commune, year, on=on):
        record, wanted = line.record, line.key in registered
        passed = line.key in recognised
        if record is None and wanted:
            record = SafetyRecord(commune=commune, year=year, registered_on=registered_on, **line.fields)
            record.recognised_on = recognised_on if passed else None
            record.full_clean()
            new.append(record)
        elif record and not wanted:
            gone.append(record)
        elif record and passed != bool(record.recognised_on):
            record.recognised_on = recognised_on if passed else None
            record.full_clean()
            changed.append(record)
    count = len(new) + len(changed) + len(gone)
    if count:
        with transaction.atomic():
            title = f"“An toàn về ANTT” năm {year}: {count} đơn vị"
            act = changes.begin(commune, RegisterChange.Kind.BULK, title, by=by, now=now)
            act.create(new)
            act.update(changed, ["recognised_on"])
            act.delete(gone)
    return count
