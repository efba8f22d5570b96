"""Acts on more rows than a statement of a small SQLite takes parameters."""

import sqlite3
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models import Q

from communes import changes
from communes.models import Commune, Hamlet, Province
from models_registry import rounds
from models_registry.arranging import planning, verbs
from models_registry.importing.workbooks import Sheet
from models_registry.models import GroupKind, InitiativeSite, Member, Person, SelfManagementGroup
from tests import factories as f
from tests.models_registry.test_arranging import rows_of
from tests.models_registry.test_rounds import HEADS
from tests.models_registry.workbooks import do, run_of

pytestmark = pytest.mark.django_db
FEWEST = 999
"""As many parameters as the oldest libraries take, which is what Django reckons with; and more rows than that."""
ROWS = FEWEST + 101
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
TRACKED = (Commune, Hamlet, SelfManagementGroup, Member, Person, InitiativeSite)


@pytest.fixture
def small():
    """A database whose statements take few parameters; PostgreSQL is as it is."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, FEWEST)
    yield
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)


@pytest.fixture
def many(cast):
    """Chí Đám with a thousand hamlets, each with a group of one, and one initiative at all of them."""
    cast.phu_tho.save()
    begun = date(2025, 7, 1)
    kind = GroupKind.objects.get(code="household_cluster")
    names = [f"Thôn {number}" for number in range(ROWS)]
    hamlets = Hamlet.objects.bulk_create([Hamlet(commune=cast.chi_dam, name=one, started_on=begun) for one in names])
    groups = SelfManagementGroup.objects.bulk_create(
        SelfManagementGroup(commune=cast.chi_dam, hamlet=one, kind=kind, name="Tổ 1", started_on=begun)
        for one in hamlets
    )
    people = Person.objects.bulk_create(Person(commune=cast.chi_dam, name=f"Người {one}") for one in names)
    Member.objects.bulk_create(
        Member(group=group, person=person, started_on=begun) for group, person in zip(groups, people, strict=True)
    )
    camera = f.initiative(cast.chi_dam, started_on=begun)
    InitiativeSite.objects.bulk_create(
        InitiativeSite(initiative=camera, hamlet=one, started_on=begun) for one in hamlets
    )
    cast.hamlets = hamlets
    return cast


def snapshot():
    return [list(model.objects.order_by("pk").values_list()) for model in TRACKED]


def test_a_long_list_finds_what_a_short_one_finds(small, many):
    keys = [one.pk for one in many.hamlets]
    assert Hamlet.objects.filter(pk__in=keys).count() == ROWS
    assert SelfManagementGroup.objects.filter(hamlet__in=many.hamlets).count() == ROWS
    assert Hamlet.objects.filter(name__in=[one.name for one in many.hamlets]).count() == ROWS
    assert Hamlet.objects.filter(commune=many.chi_dam).exclude(pk__in=keys).count() == len(many.khu)
    assert Hamlet.objects.filter(Q(pk__in=keys) & Q(pk__in=keys[:3])).count() == 3
    days = [date(2000 + year, 1, 1 + day) for year in range(30) for day in range(28)]
    assert Hamlet.objects.filter(started_on__in=[*days, date(2025, 7, 1)], pk__in=keys).count() == ROWS
    assert Commune.objects.filter(code__in=[f"{one:05}" for one in range(10_000)]).count() == Commune.objects.count()
    assert Hamlet.objects.filter(pk__in=[]).count() == 0
    fetched = Commune.objects.filter(pk=many.chi_dam.pk).prefetch_related("hamlet_set__selfmanagementgroup_set").get()
    assert sum(len(one.selfmanagementgroup_set.all()) for one in fetched.hamlet_set.all()) == ROWS
    assert Province.objects.filter(commune__hamlet__in=keys).distinct().get() == many.phu_tho


def test_units_are_arranged_and_the_act_undone(small, many):
    before = snapshot()
    rows = rows_of(*((one, "07999", "Xã Chí Đám", "12/NQ", "01/03/2026") for one in ("07999", "Tây Cốc")))
    done = verbs.carry_out(planning.understood(rows, many.hoa), by=many.hoa, now=NOW)
    assert done.counts["khu dân cư"] == ROWS + len(many.khu)
    assert SelfManagementGroup.objects.filter(commune__started_on=date(2026, 3, 1)).count() == ROWS
    verbs.undo(done.change, by=many.hoa, now=NOW)
    assert snapshot() == before


def test_a_round_of_hamlets_is_carried_out_and_undone(small, many):
    before = snapshot()
    listed = [
        ["07999", one.name, f"Khu {place // 2}A", "12/NQ", "01/03/2026"] for place, one in enumerate(many.hamlets)
    ]
    assert rounds.apply(rounds.lines_of(rounds.read_list([Sheet("1", [HEADS, *listed])])), by=many.hoa, now=NOW)
    assert Hamlet.objects.filter(commune=many.chi_dam, name__endswith="A").count() == ROWS // 2
    rounds.undo(many.hoa, NOW, now=NOW)
    assert snapshot() == before


@pytest.mark.parametrize("kind", ["hamlets", "groups"])
def test_an_import_is_applied_and_undone(small, many, kind):
    before = snapshot()
    heads = {"hamlets": ["Tên khu dân cư", "Số hộ"], "groups": ["Loại hình", "Tên tổ", "Khu dân cư"]}[kind]
    rows = [
        [one.name, 100 + place] if kind == "hamlets" else ["Tổ liên gia tự quản", "Tổ 2", one.name]
        for place, one in enumerate(many.hamlets)
    ]
    change = do(run_of(many, kind, [heads, *rows]), many)
    written = Hamlet.objects.filter(households__gte=100) if kind == "hamlets" else SelfManagementGroup.objects
    assert written.filter(commune=many.chi_dam).count() == (ROWS if kind == "hamlets" else 2 * ROWS)
    changes.undo(change, by=many.lan, now=NOW)
    assert snapshot() == before
