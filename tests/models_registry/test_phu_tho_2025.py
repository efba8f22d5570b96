"""The real merger of 2025, rehearsed: what became Phú Thọ's 148 communes, with a filled register, and back."""

import csv
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from communes.models import Commune, Hamlet, Province, RegisterChange, UnitSuccession
from communes.scope import Role
from communes.units import DATA
from models_registry.arranging import planning, verbs
from models_registry.arranging.lines import ArrangedLine
from models_registry.headcount import headcount
from models_registry.models import GroupKind, Initiative, InitiativeSite, InitiativeType, Member, SelfManagementGroup
from models_registry.models import Person as Neighbour
from reports.models import Figure, ReportTotal
from reports.months import Month
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 3, 2, 0, tzinfo=UTC)
EVE, DAY = date(2025, 6, 30), date(2025, 7, 1)


def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def merger():
    """The links into Phú Thọ: old code, new unit, whether it is the main heir of one that was divided."""
    new = {row["code"]: row for row in rows_of("communes.csv") if row["province_code"] == "25"}
    links = [row for row in rows_of("succession_2025.csv") if row["successor"] in new]
    old = {row["code"]: row for row in rows_of("legacy_communes.csv")}
    return new, links, old


@pytest.fixture
def former(merger):
    """The former communes living in one province, each with two hamlets, a group, its leader and an initiative."""
    _, links, old = merger
    province = f.province(code="25", name="Phú Thọ")
    codes = sorted({row["predecessor"] for row in links})
    Commune.objects.bulk_create(
        Commune(code=code, name=old[code]["name"], kind=old[code]["kind"], province=province) for code in codes
    )
    communes = list(Commune.objects.order_by("code"))
    Hamlet.objects.bulk_create(Hamlet(commune=one, name=f"Khu {n}", households=50) for one in communes for n in (1, 2))
    hamlets = list(Hamlet.objects.select_related("commune").order_by("commune__code", "name"))
    kind = GroupKind.objects.get(code="household_cluster")
    SelfManagementGroup.objects.bulk_create(
        SelfManagementGroup(commune=one.commune, hamlet=one, kind=kind, name="Tổ 1") for one in hamlets
    )
    groups = list(SelfManagementGroup.objects.select_related("commune").order_by("pk"))
    Neighbour.objects.bulk_create(Neighbour(commune=one.commune, name="Nguyễn Văn An") for one in groups)
    people = list(Neighbour.objects.order_by("pk"))
    Member.objects.bulk_create(
        Member(group=group, person=person, position="leader") for group, person in zip(groups, people, strict=True)
    )
    camera = InitiativeType.objects.get(code="security_camera")
    Initiative.objects.bulk_create(Initiative(commune=one, type=camera, name="Camera an ninh") for one in communes)
    running = list(Initiative.objects.order_by("commune__code"))
    InitiativeSite.objects.bulk_create(
        InitiativeSite(initiative=one, hamlet=hamlet) for one, hamlet in zip(running, hamlets[::2], strict=True)
    )
    for one in communes[:3]:
        f.filed(one, Month(2025, 5), "approved", datetime(2025, 5, 16, 2, 0, tzinfo=UTC), patrols=5)
    return communes


def lines_of(merger):
    new, links, _ = merger
    shared = {one["predecessor"] for one in links if one["whole"] == "0"}
    return [
        ArrangedLine(
            row, one["predecessor"], one["successor"], f"{new[one['successor']]['kind']} {new[one['successor']]['name']}",
            "1676/NQ-UBTVQH15", "01/07/2025", "x" if one["main"] == "1" else "", "Khu 2" if one["main"] == "0" else "",
        )
        for row, one in enumerate(links, 2)
        if one["predecessor"] in shared or one["whole"] == "1"
    ]  # fmt: skip


MODELS = (Commune, Hamlet, SelfManagementGroup, Member, Neighbour, Initiative, InitiativeSite, UnitSuccession)
COUNTED = ("hamlets", "household_clusters", "initiative_sites")


def snapshot():
    return [list(model.objects.order_by("pk").values_list()) for model in (*MODELS, Figure, ReportTotal)]


def totals(day):
    counts = headcount(Commune.objects.values_list("pk", flat=True), since=day, on=day)
    return {code: sum(value for (_, one), value in counts.items() if one == code) for code in COUNTED}


def test_the_merger_of_2025_is_carried_out_and_taken_back(merger, former, capsys):
    hoa = f.user(Role.PROVINCE_REVIEWER, Province.objects.get())
    before, counted = snapshot(), totals(EVE)
    plan = planning.understood(lines_of(merger), hoa)
    assert plan.faults == []
    done = verbs.carry_out(plan, by=hoa, now=NOW)
    living = {one.code: f"{one.kind} {one.name}" for one in Commune.objects.living()}
    assert living == {code: f"{row['kind']} {row['name']}" for code, row in merger[0].items()} and len(living) == 148
    assert done.counts["khu dân cư"] == 2 * len(plan.olds), "two units only got another name"
    assert Hamlet.objects.living().count() == 2 * len(former)
    assert totals(DAY) == counted and totals(EVE) == counted, "nothing is lost on the way, nothing counted twice"
    call_command("check_integrity")
    verbs.undo(RegisterChange.objects.get(), by=hoa, now=NOW)
    assert snapshot() == before
    call_command("check_integrity")
