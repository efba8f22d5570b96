"""Small builders of rows; every default is believable."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from communes.models import Commune, Hamlet, Institution, Province, SafetyRecord, UnitSuccession, User, Warrant
from communes.scope import Role
from models_registry.models import (
    GroupKind,
    Initiative,
    InitiativeSite,
    InitiativeType,
    Member,
    Person,
    SelfManagementGroup,
)
from reports.entry.figures import CellWrite, open_report, record
from reports.entry.grid import Row
from reports.entry.handovers import save_handover
from reports.entry.workflow import perform
from reports.models import MonthlyReport, WeaponHandover, WeaponKind
from reports.months import Month
from reports.units import Unit

NOW = datetime(2025, 6, 16, 2, 0, tzinfo=UTC)  # 09:00 on 16/06/2025 in Hà Nội
JUNE = Month(2025, 6)
_numbers = count(1)


def province(**fields: Any) -> Province:
    number = next(_numbers)
    return Province.objects.create(
        **{"code": f"{40 + number % 60:02d}", "name": f"Tỉnh {number}", "kind": "Tỉnh"} | fields
    )


def commune(**fields: Any) -> Commune:
    number = next(_numbers)
    if "province" not in fields:
        fields["province"] = province()
    return Commune.objects.create(
        **{"code": f"{90_000 + number % 10_000}", "name": f"Xã {number}", "kind": "Xã"} | fields
    )


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
    account.password = make_password("mot-hai-ba-bon")  # a new account has no sessions and no tries to forget
    account.save()
    return account


def report(commune: Commune, by: User, month: Month = JUNE, now: datetime = NOW) -> MonthlyReport:
    return open_report(Unit(commune.province, commune), month, by=by, now=now)[0]


def fill(report: MonthlyReport, by: User, values: dict[tuple[Row, str], int | None], now: datetime = NOW) -> None:
    """Write cells over whatever stands there."""
    from reports.entry.grid import Grid

    stored = Grid.of(report).cells
    cells = [CellWrite(row, code, value, stored.get((row, code))) for (row, code), value in values.items()]
    outcome = record(report, cells, by=by, now=now)
    assert not outcome.errors and not outcome.conflicts, outcome


def person(commune: Commune, **fields: Any) -> Person:
    return Person.objects.create(commune=commune, **{"name": f"Nguyễn Văn {next(_numbers)}"} | fields)


def member(group: SelfManagementGroup, **fields: Any) -> Member:
    own = {name: fields.pop(name) for name in ("name", "sex", "birth_year", "phone") if name in fields}
    if "person" not in fields:
        fields["person"] = person(group.commune, **own)
    return Member.objects.create(group=group, **fields)


def safety(hamlet: Hamlet, year: int = 2025, **fields: Any) -> SafetyRecord:
    days = {"registered_on": f"{year}-02-01"}
    return SafetyRecord.objects.create(commune=hamlet.commune, hamlet=hamlet, year=year, **days | fields)


def initiative(commune: Commune, type: str = "security_camera", **fields: Any) -> Initiative:
    kind = InitiativeType.objects.get(code=type)
    return Initiative.objects.create(commune=commune, type=kind, **{"name": f"Mô hình {next(_numbers)}"} | fields)


def site(initiative: Initiative, **fields: Any) -> InitiativeSite:
    return InitiativeSite.objects.create(initiative=initiative, **fields)


def former(heir: Commune, ended_on: date = date(2025, 6, 30), **fields: Any) -> Commune:
    """A commune that went whole into another."""
    one = commune(**{"province": heir.province, "ended_on": ended_on} | fields)
    UnitSuccession.objects.create(predecessor=one, successor=heir, main=True, day=ended_on + timedelta(days=1))
    return one


def warrant(commune: Commune, person: User, by: User, until: date = date(2100, 1, 1)) -> Warrant:
    """A person named to enter for a commune that is over."""
    return Warrant.objects.create(commune=commune, person=person, until=until, by=by, at=NOW)


def chief_of(commune: Commune) -> User:
    """The commune's chief; of one that is over, whom the province named for its months."""
    found = User.objects.filter(role=Role.COMMUNE_CHIEF, commune=commune).first() or user(Role.COMMUNE_CHIEF, commune)
    if commune.ended_on and not found.is_entrusted_with(commune):
        warrant(commune, found, by=found)
        del found._entrusted
    return found


def reviewer_of(province: Province) -> User:
    """A reviewer of the province; of one that is over, whom it named for its office."""
    found = User.objects.filter(role=Role.PROVINCE_REVIEWER, province=province).first()
    found = found or user(Role.PROVINCE_REVIEWER, province)
    if province.ended_on and not found.is_entrusted_with(province):
        Warrant.objects.create(province=province, person=found, until=date(2100, 1, 1), by=found, at=NOW)
        del found._entrusted
    return found


PATHS = {
    "draft": (),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "approved": ("submit", "approve"),
}


def bring(report: MonthlyReport, state: str, now: datetime = NOW) -> MonthlyReport:
    """Take a draft through the workflow to a state, by the people whose steps they are."""
    reviewer = reviewer_of(report.province)
    sender = chief_of(report.commune) if report.commune else reviewer
    for action in PATHS[state]:
        by = sender if action == "submit" else reviewer
        perform(report, action, by=by, now=now, comment="đã xem", explanations={"*": "đã rà soát"})
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def filed(
    commune: Commune, month: Month = JUNE, state: str = "approved", now: datetime = NOW, **values: int
) -> MonthlyReport:
    """A report of a commune with values of its unit's row, brought to a state."""
    chief = chief_of(commune)
    opened = report(commune, chief, month, now)
    fill(opened, chief, {(Row(), code): value for code, value in values.items()}, now)
    return bring(opened, state, now)


def office_report(
    province: Province, month: Month = JUNE, state: str = "draft", now: datetime = NOW, **values: int
) -> MonthlyReport:
    """A report of the province's own office, brought to a state."""
    reviewer = reviewer_of(province)
    opened = open_report(Unit(province), month, by=reviewer, now=now)[0]
    fill(opened, reviewer, {(Row(), code): value for code, value in values.items()})
    return bring(opened, state, now)


def hand_over(report: MonthlyReport, by: User, source: str = "voluntary", **quantities: str) -> None:
    """Weapons handed over in a month, by the codes of their kinds."""
    for code, quantity in quantities.items():
        kind = WeaponKind.objects.get(code=code)
        save_handover(
            WeaponHandover(report=report, source=source), by=by, now=NOW, kind=kind, quantity=Decimal(quantity)
        )
