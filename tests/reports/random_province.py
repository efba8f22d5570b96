"""A province filled with figures at random, in every way that figures come: see :mod:`test_consistency`."""

from datetime import date
from types import SimpleNamespace

from django.test import Client

from communes.scope import Role
from models_registry.models import Award, FestivalDay
from reports.catalogue import Catalogue
from reports.entry.grid import Row
from reports.models import Indicator
from reports.months import Month
from tests import factories as f

FIRST, LAST = Month(2024, 4), f.JUNE
BACKEND = "django.contrib.auth.backends.ModelBackend"
OPEN = {("B", LAST): "draft", ("C", Month(2025, 5)): "returned", ("A", LAST): "submitted", ("C", LAST): None}


def make(chance):
    province = f.province(code="25", name="Phú Thọ")
    boss = f.user(Role.PROVINCE_REVIEWER, province)
    Indicator.objects.filter(code="online_posts").update(first_month=Month(2025, 4))
    Indicator.objects.filter(code="reviews_held").update(last_month=Month(2025, 3))
    communes = {name: f.commune(province=province, code=f"0800{n}", name=name) for n, name in enumerate("ABC")}
    for commune in communes.values():
        register(commune, chance)
    month = FIRST
    while month <= LAST:
        for name, commune in communes.items():
            if (state := OPEN.get((name, month), "approved")) is not None:
                file(commune, month, state, chance)
        month += 1
    f.office_report(province, Month(2025, 4), "approved", patrols=31, inspections=4, directives_issued=2)
    f.office_report(province, LAST, "draft", patrols=7, released_supported=5)
    late = communes["A"].hamlet_set.first()
    f.group(communes["A"], hamlet=late, started_on="2025-05-20")  # after May was frozen, seen by what is still open
    f.group(communes["B"], hamlet=communes["B"].hamlet_set.first(), started_on="2025-06-01")
    return SimpleNamespace(
        province=province, communes=communes,
        at_province=browser(boss), at_commune=browser(f.user(Role.COMMUNE_CHIEF, communes["A"])),
    )  # fmt: skip


def browser(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def register(commune, chance):
    """A register that changes in the course of the months."""
    hamlets = [f.hamlet(commune, f"Khu {n}", started_on=day) for n, day in ((1, None), (2, None), (3, "2025-02-20"))]
    kinds = ("household_cluster", "security_team", "security_board", "mediation_team", "peoples_patrol")
    for n in range(8):
        begun = f"2024-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        ended = "2025-05-02" if n == 3 else None
        f.group(
            commune, chance.choice(kinds), hamlet=chance.choice(hamlets[:2]), started_on=begun, ended_on=ended,
            declared_members=chance.randint(3, 9), households=chance.randint(5, 30),
        )  # fmt: skip
    for type, day in (("security_camera", "2024-05-02"), ("safe_hamlet", "2025-03-01")):
        model = f.initiative(commune, type, started_on=day)
        f.site(model, hamlet=hamlets[0], started_on=day)
    Award.objects.create(commune=commune, kind="flag", collectives=2, individuals=3, awarded_on=date(2025, 5, 20))
    FestivalDay.objects.create(commune=commune, hamlet=hamlets[0], held_on=date(2025, 5, 19), attendance=120)
    f.safety(hamlets[1], 2025)


def file(commune, month, state, chance):
    """A report with cells at random: hamlets, a group, the unit; blank, zero, or a number."""
    chief = f.chief_of(commune)
    report = f.report(commune, chief, month)
    groups = commune.selfmanagementgroup_set.filter(started_on__lt=FIRST.first_day).order_by("pk")[:1]
    places = [Row(hamlet=h.pk) for h in commune.hamlet_set.order_by("pk")[:2]] + [Row(group=g.pk) for g in groups]
    cells = {}
    for indicator in Catalogue(month).entered:
        for row in [*places, Row()] if indicator.level == Indicator.Level.HAMLET else [Row()]:
            value = chance.choice((None, 0, chance.randint(1, 40), chance.randint(1, 2000)))
            whole = cells.get((row, indicator.within.code)) if indicator.within else 10**6
            least = cells.get((row, indicator.at_least.code)) if indicator.at_least else 0
            if value is not None and whole is not None and least is not None:  # else blank, as what it belongs to is
                cells[row, indicator.code] = max(min(value, whole), least or 0)
    f.fill(report, chief, cells)
    f.bring(report, state)
