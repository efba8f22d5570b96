"""Small builders of rows; every default is believable."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from communes.models import Commune, Hamlet, Institution, Province, User
from communes.scope import Role
from models_registry.models import GroupKind, SelfManagementGroup
from reports.figures import Cell, open_report, record
from reports.grid import Row
from reports.models import MonthlyReport
from reports.months import Month
from reports.units import Unit

NOW = datetime(2025, 6, 16, 2, 0, tzinfo=UTC)  # 09:00 on 16/06/2025 in Hà Nội
JUNE = Month(2025, 6)
_numbers = count(1)


def province(**fields: Any) -> Province:
    number = next(_numbers)
    return Province.objects.create(**{"code": f"{number % 100:02d}", "name": f"Tỉnh {number}", "kind": "Tỉnh"} | fields)


def commune(**fields: Any) -> Commune:
    number = next(_numbers)
    if "province" not in fields:
        fields["province"] = province()
    return Commune.objects.create(**{"code": f"{number:05d}", "name": f"Xã {number}", "kind": "Xã"} | fields)


def hamlet(commune: Commune, name: str | None = None, **fields: Any) -> Hamlet:
    return Hamlet.objects.create(commune=commune, name=name or f"Khu {next(_numbers)}", **fields)


def institution(commune: Commune, **fields: Any) -> Institution:
    defaults = {"name": f"Trường THCS số {next(_numbers)}", "kind": Institution.Kind.SCHOOL}
    return Institution.objects.create(commune=commune, **defaults | fields)


def group(commune: Commune, kind: str = "household_cluster", **fields: Any) -> SelfManagementGroup:
    defaults = {"name": f"Tổ {next(_numbers)}", "kind": GroupKind.objects.get(code=kind)}
    return SelfManagementGroup.objects.create(commune=commune, **defaults | fields)


def user(role: Role, place: Commune | Province | None = None, **fields: Any) -> User:
    key = {Commune: "commune", Province: "province"}.get(type(place))
    places = {key: place} if key else {}
    defaults = {"username": f"user{next(_numbers)}", "must_change_password": False}
    account = User(**defaults | {"role": role} | places | fields)
    account.set_password("mot-hai-ba-bon")
    account.save()
    return account


def report(commune: Commune, by: User, month: Month = JUNE, now: datetime = NOW) -> MonthlyReport:
    return open_report(Unit(commune.province, commune), month, by=by, now=now)[0]


def fill(report: MonthlyReport, by: User, values: dict[tuple[Row, str], int | None], now: datetime = NOW) -> None:
    """Write cells over whatever stands there."""
    from reports.grid import Grid

    stored = Grid.of(report).cells
    cells = [Cell(row, code, value, stored.get((row, code))) for (row, code), value in values.items()]
    outcome = record(report, cells, by=by, now=now)
    assert not outcome.errors and not outcome.conflicts, outcome
