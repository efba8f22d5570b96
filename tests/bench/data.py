"""The country that is measured: 3,321 communes for a year, a province with five, a filled month."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from communes.models import Commune, Hamlet, Province, User
from communes.scope import Role
from communes.units import load_units
from models_registry.catalogues import load_registry_catalogues
from models_registry.models import GroupKind, SelfManagementGroup
from reports.catalogue import Catalogue, load_catalogues
from reports.entry.figures import CellWrite, open_report, record
from reports.entry.grid import Grid, Row
from reports.models import MonthlyReport
from reports.months import Month, Span
from reports.units import Unit

COUNTRY, COMMUNES = 3321, 150
HAMLETS, GROUPS = 40, 290
YEARS = 5

TOTALS = """
INSERT INTO reports_reporttotal (report_id, indicator_id, value)
SELECT r.id, i.id, (r.id * 7 + i.id * 13) % 50
FROM reports_monthlyreport r CROSS JOIN reports_indicator i WHERE r.state = 'approved' ORDER BY r.id, i.id
"""
WEAPONS = """
INSERT INTO reports_weaponhandover (report_id, kind_id, quantity, source, record_number)
SELECT r.id, k.id, 1 + r.id % 7, 'voluntary', ''
FROM reports_monthlyreport r JOIN reports_weaponkind k ON k.position = 1 + r.id % 20
WHERE r.state = 'approved' AND r.id % 8 = 0
"""


@dataclass
class World:
    """What the subjects measure. ``year`` is the last whole calendar year; "old" has ``YEARS`` of them."""

    now: datetime
    year: Span
    young: Province
    old: Province
    unit: Unit
    officer: User
    viewer: User
    report: MonthlyReport | None = None
    empty: MonthlyReport | None = None

    @property
    def month(self) -> Month:
        """The month that is being entered."""
        return self.year.last + 1


def make() -> World:
    """Make everything in an empty database."""
    now = timezone.now()
    with transaction.atomic():
        load_registry_catalogues()
        load_catalogues()
        load_units()
        young, old = province("98", "Một Năm"), province("99", "Năm Năm")
        home = Commune.objects.filter(province=young).first()
        world = World(
            now, Span.parse(str(now.year - 1)), young, old, Unit(young, home),
            account("officer", Role.COMMUNE_OFFICER, commune=home), account("viewer", Role.NATIONAL_VIEWER),
        )  # fmt: skip
        register(world)
        reports(world)
    totals()
    month(world)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # what autovacuum does in time
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return world


def account(name: str, role: Role, **place: Commune) -> User:
    """An account that need not change its password."""
    return User.objects.create(username=name, role=role, must_change_password=False, **place)


def province(code: str, name: str) -> Province:
    """A province of 150 communes."""
    made = Province.objects.create(code=code, name=name, kind="Tỉnh")
    Commune.objects.bulk_create(
        Commune(code=f"{code}{number:03d}", name=f"{name} {number}", kind="Xã", province=made)
        for number in range(1, COMMUNES + 1)
    )
    return made


def register(world: World) -> None:
    """40 hamlets and 290 groups in the commune whose month is entered."""
    home = world.unit.commune
    hamlets = Hamlet.objects.bulk_create(Hamlet(commune=home, name=f"Khu {n}") for n in range(1, HAMLETS + 1))
    kinds = [GroupKind.objects.get(code=code) for code in ("household_cluster", "security_board")]
    SelfManagementGroup.objects.bulk_create(
        SelfManagementGroup(
            commune=home, hamlet=hamlets[n % HAMLETS], kind=kinds[n % len(kinds)], name=f"Tổ {n}", declared_members=20
        )
        for n in range(GROUPS)
    )  # fmt: skip


def reports(world: World) -> None:
    """Approved reports, month by month as they come in: the old province's first years, then everyone's."""
    ours = Commune.objects.filter(province__in=[world.young, world.old])
    others = Commune.objects.living().exclude(province__in=[world.young, world.old])
    everyone = sorted([*ours, *others[: COUNTRY - len(ours)]], key=lambda commune: commune.code)
    old = [commune for commune in ours if commune.province_id == world.old.pk]
    first = world.year.first - 12 * (YEARS - 1)
    for step in range(12 * YEARS):
        month = first + step
        recent = month in world.year
        units = [(c.province_id, c.pk) for c in (everyone if recent else old)]
        units += [(p.pk, None) for p in ((world.young, world.old) if recent else (world.old,))]
        MonthlyReport.objects.bulk_create(
            [
                MonthlyReport(
                    province_id=place, commune_id=commune, month=month, state="approved",
                    sent_at=world.now, approved_at=world.now,
                )
                for place, commune in units
            ],
            batch_size=2000,
        )  # fmt: skip


def totals() -> None:
    """Three million totals; the server need not look each of their references up again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with suppress(DatabaseError):  # only a superuser may
                cursor.execute("SET session_replication_role = replica")
        with connection.constraint_checks_disabled():
            cursor.execute(TOTALS)
            cursor.execute(WEAPONS)
        if connection.vendor == "postgresql":
            with suppress(DatabaseError):
                cursor.execute("SET session_replication_role = DEFAULT")


def month(world: World) -> None:
    """The commune's running month, every cell of its hamlets and its own filled; and an empty report."""
    world.report = open_report(world.unit, world.month, by=world.officer, now=world.now)[0]
    grid = Grid.of(world.report)
    catalogue = Catalogue(world.month)
    places = [(line.row, i.code) for line in grid.hamlets for i in catalogue.by_hamlet]
    places += [(Row(), i.code) for i in catalogue.by_commune]
    cells = [CellWrite(row, code, 20 + number % 7) for number, (row, code) in enumerate(places)]
    outcome = record(world.report, cells, by=world.officer, now=world.now)
    assert len(outcome.saved) == len(cells), outcome.errors
    world.empty = open_report(world.unit, world.year.first - 1, by=world.officer, now=world.now)[0]
