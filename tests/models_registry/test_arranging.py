"""Communes merge, divide, take another name or another province: one act, tried first, taken back whole."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from communes.models import (
    Commune,
    Hamlet,
    HamletSuccession,
    Institution,
    PhoneViewing,
    PriorityListing,
    Province,
    RegisterChange,
    SafetyRecord,
    UnitSuccession,
    User,
    Warrant,
)
from communes.refusals import Refused
from communes.scope import Role
from communes.units import load_units
from models_registry.arranging import lines, planning, verbs
from models_registry.headcount import headcount
from models_registry.importing.workbooks import Sheet
from models_registry.models import Initiative, InitiativeSite, Member, Person, SelfManagementGroup
from reports.entry.grid import Row
from reports.models import Figure, ReportTotal
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
BY = ("12/NQ-UBTVQH", "01/03/2026")
HEADS = ["Đơn vị cũ", "Mã đơn vị mới", "Đơn vị mới", "Nghị quyết, quyết định", "Từ ngày", "Kế thừa chính"]
HEADS += ["Khu dân cư theo về", "Tỉnh mới"]
TRACKED = (Commune, Hamlet, Institution, SelfManagementGroup, Member, Person, Initiative, InitiativeSite, Figure)
TRACKED += (ReportTotal, UnitSuccession, HamletSuccession, PriorityListing, SafetyRecord, User, Warrant)


@pytest.fixture
def world(cast):
    """Chí Đám and Tây Cốc with a register, accounts, listings, a cluster, and Chí Đám with figures of June."""
    cast.phu_tho.ended_on = None
    east = f.hamlet(cast.tay_coc, "Khu 1", households=100)
    school = f.institution(cast.chi_dam, name="Trường Chí Đám")
    groups = [f.group(cast.chi_dam, hamlet=hamlet, name="Tổ 1") for hamlet in cast.khu]
    groups.append(f.group(cast.chi_dam, "student_group", institution=school, name="Tổ học sinh"))
    groups.append(f.group(cast.chi_dam, "civil_defence_team", name="Đội dân phòng"))
    f.member(groups[0], position="leader", phone="0912345678")
    camera = f.initiative(cast.chi_dam, started_on=date(2025, 1, 5))
    for hamlet in cast.khu:
        f.site(camera, hamlet=hamlet)
    listed = {"commune": cast.chi_dam, "decision": "1/QĐ", "started_on": date(2024, 1, 1)}
    PriorityListing.objects.create(**listed)
    PriorityListing.objects.create(**listed, hamlet=cast.khu[0], level="province")
    f.safety(cast.khu[0], 2026)
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 5})
    return SimpleNamespace(**vars(cast), east=east, school=school, groups=groups, camera=camera, report=report)


def rows_of(*rows):
    return lines.lines_of(lines.read_list([Sheet("1", [HEADS, *[list(row) + [""] * (8 - len(row)) for row in rows]])]))


MERGER = (("07999", "07999", "Xã Chí Đám", *BY), ("Tây Cốc", "07999", "Xã Chí Đám", *BY))
DIVISION = (
    ("07999", "07999", "Xã Chí Đám", *BY, "x"),
    ("07999", "07997", "Phường Đoan Hùng", *BY, "", "Khu 2; khu 10"),
    ("07996", "07997", "Phường Đoan Hùng", *BY),
)


def arranged(world, *rows, by=None, now=NOW):
    return verbs.carry_out(planning.understood(rows_of(*rows), by or world.hoa), by=by or world.hoa, now=now)


def snapshot():
    return [list(model.objects.order_by("pk").values_list()) for model in TRACKED]


def living(code):
    return Commune.objects.living().get(code=code)


def test_a_merger_lets_everything_go_on_in_the_new_unit_and_figures_stay(world):
    figures = list(Figure.objects.values_list())
    done = arranged(world, *MERGER)
    new = living("07999")
    assert new.pk != world.chi_dam.pk and new.started_on == date(2026, 3, 1)
    assert {one.slug for one in Commune.objects.filter(pk__in=[world.chi_dam.pk, world.tay_coc.pk])} == {
        "07999-2026", "07996-2026",
    }  # fmt: skip
    assert list(Figure.objects.values_list()) == figures
    assert set(Hamlet.objects.filter(commune=new).living().values_list("name", flat=True)) == {
        "Khu 1 (Chí Đám)", "Khu 1 (Tây Cốc)", "Khu 2", "Khu 10",
    }  # fmt: skip
    assert not Hamlet.objects.filter(commune__in=[world.chi_dam, world.tay_coc]).living().exists()
    going_on = SelfManagementGroup.objects.filter(commune=new, ended_on=None)
    assert {one.continues for one in going_on} == set(world.groups)
    leader = Member.objects.get(group__in=going_on, ended_on=None)
    assert (leader.position, leader.person.commune, leader.person.phone) == ("leader", new, "0912345678")
    camera = Initiative.objects.get(commune=new, ended_on=None)
    assert camera.continues == world.camera and camera.sites.filter(ended_on=None).count() == 3
    assert not PriorityListing.objects.filter(ended_on=None).exists(), "the status is not inherited"
    assert SafetyRecord.objects.filter(commune=new, year=2026).count() == 1
    assert done.counts["khu dân cư"] == 4 and done.counts["tổ tự quản"] == 5 and done.counts["tài khoản"] == 3


def test_nothing_counts_as_founded_or_dissolved(world):
    arranged(world, *MERGER)
    new = living("07999")
    counted = headcount([new.pk, world.chi_dam.pk], since=date(2026, 2, 15), on=date(2026, 3, 14))
    for code in ("groups_founded", "groups_dissolved", "initiatives_started", "initiatives_discontinued"):
        assert counted.get((new.pk, code), 0) == counted.get((world.chi_dam.pk, code), 0) == 0, code
    assert counted[new.pk, "hamlets"] == 4 and counted[new.pk, "initiatives"] == 1
    assert counted.get((world.chi_dam.pk, "hamlets"), 0) == 0


def test_accounts_work_for_the_heir_and_the_chief_finishes_what_is_open(world):
    arranged(world, *MERGER)
    new = living("07999")
    lan, minh = (User.objects.get(pk=one.pk) for one in (world.lan, world.minh))
    assert (lan.commune, minh.commune, User.objects.get(pk=world.tuan.pk).commune) == (new, new, new)
    old = Commune.objects.get(pk=world.chi_dam.pk)
    assert set(lan.communes_seen) == {new.pk, world.chi_dam.pk, world.tay_coc.pk}, "the former register is read"
    assert not lan.is_entrusted_with(old)
    assert Warrant.objects.get(commune=old).person == minh


def test_a_division_takes_the_named_hamlets_elsewhere_and_the_rest_with_the_main_heir(world):
    arranged(world, *DIVISION)
    here, there = living("07999"), living("07997")
    assert there.kind == "Phường"
    assert set(Hamlet.objects.filter(commune=here).values_list("name", flat=True)) == {"Khu 1"}
    assert set(Hamlet.objects.filter(commune=there).values_list("name", flat=True)) == {"Khu 1", "Khu 2", "Khu 10"}
    assert set(UnitSuccession.objects.values_list("predecessor__code", "successor__code", "whole", "main")) == {
        ("07999", "07999", False, True), ("07999", "07997", False, False), ("07996", "07997", True, True),
    }  # fmt: skip
    assert SelfManagementGroup.objects.filter(commune=there, ended_on=None).count() == 2
    running = Initiative.objects.filter(ended_on=None).order_by("commune__code")
    assert [(one.commune, one.sites.filter(ended_on=None).count()) for one in running] == [(there, 2), (here, 1)]


def test_a_unit_that_only_gets_another_name_stays_the_same_unit(world):
    plan = planning.understood(rows_of(("07996", "07996", "Phường Tây Cốc Mới", *BY)), world.hoa)
    verbs.carry_out(plan, by=world.hoa, now=NOW)
    assert plan.title == "Đổi Xã Tây Cốc (07996) thành Phường Tây Cốc Mới (07996)", "also once it was tried"
    same = Commune.objects.get(pk=world.tay_coc.pk)
    assert (same.kind, same.name, same.ended_on) == ("Phường", "Tây Cốc Mới", None)
    assert Commune.objects.search("tay coc moi").get() == same
    verbs.undo(RegisterChange.objects.get(), by=world.hoa, now=NOW)
    assert Commune.objects.get(pk=world.tay_coc.pk).name == "Tây Cốc"


@pytest.mark.parametrize("rows", [MERGER, DIVISION])
def test_an_act_is_taken_back_whole(world, rows):
    before = snapshot()
    arranged(world, *rows)
    assert snapshot() != before
    verbs.undo(RegisterChange.objects.get(), by=world.hoa, now=NOW)
    assert snapshot() == before
    with pytest.raises(Refused, match="đã được hoàn tác"):
        verbs.undo(RegisterChange.objects.get(), by=world.hoa, now=NOW)


def test_it_is_not_taken_back_once_something_newer_depends_on_it(world):
    arranged(world, *MERGER)
    new = living("07999")
    change, before = RegisterChange.objects.get(), None
    f.report(new, User.objects.get(pk=world.lan.pk), f.Month(2026, 3), NOW)
    before = snapshot()
    with pytest.raises(Refused, match="không hoàn tác được nữa"):
        verbs.undo(change, by=world.hoa, now=NOW)
    assert snapshot() == before, "nothing of it was taken back"


def test_an_account_made_for_the_new_unit_stops_the_undoing(world):
    arranged(world, *MERGER)
    f.user(Role.COMMUNE_OFFICER, living("07999"), username="moi")
    with pytest.raises(Refused, match="tài khoản moi"):
        verbs.undo(RegisterChange.objects.get(), by=world.hoa, now=NOW)


def test_a_province_arranges_its_own_units_and_an_administrator_moves_one_to_another(world):
    row = ("07996", "07996", "Xã Tây Cốc", *BY, "", "", "14")
    assert "quản trị" in planning.understood(rows_of(row), world.hoa).faults[0][1]
    assert "Không rõ" in planning.understood(rows_of(row), world.son).faults[0][1]
    for nobody in (world.lan, world.minh, world.thu, world.an):
        with pytest.raises(Refused, match="cán bộ duyệt"):
            arranged(world, *MERGER, by=nobody)
    arranged(world, row, by=world.quan)
    assert living("07996").province == world.son_la and User.objects.get(pk=world.tuan.pk).home_province == world.son_la
    with pytest.raises(Refused, match="hoàn tác"):
        verbs.undo(RegisterChange.objects.get(), by=world.son, now=NOW)


@pytest.mark.parametrize(
    ("rows", "row", "said"),
    [
        ([("07999", "07996", "Xã Tây Cốc", *BY)], 2, "đang là của Xã Tây Cốc"),
        ([("99999", "07999", "Xã Chí Đám", *BY)], 2, "Không rõ đơn vị cũ"),
        ([MERGER[0], ("07996", "07999", "Xã Khác", *BY)], 3, "đã ghi là Xã Chí Đám"),
        ([MERGER[0], ("07996", "07999", "Xã Chí Đám", "13/NQ", "01/03/2026")], 3, "một nghị quyết"),
        ([("07999", "7x", "Xã Chí Đám", *BY)], 2, "5 chữ số"),
        ([("07999", "07999", "Chí Đám", *BY)], 2, "đủ loại và tên"),
        ([("07999", "07998", "Xã Mới", "12/NQ", "ngày mai")], 2, ""),
        ([("07999", "07998", "Xã Mới", "", "01/03/2026")], 2, "Thiếu số nghị quyết"),
        ([("07999", "07998", "Xã Mới", "9" * 151, "01/03/2026")], 2, "dài 151 ký tự"),
        ([MERGER[0], MERGER[0]], 3, "hai lần"),
        ([*DIVISION[:1], ("07999", "07997", "Xã B", *BY, "x")], 3, "một đơn vị kế thừa chính"),
        ([*DIVISION[:1], ("07999", "07997", "Xã B", *BY, "", "Khu 77")], 3, "không có khu dân cư “Khu 77”"),
        ([MERGER[0], (*MERGER[1], "", "Khu 1")], 3, "trọn một đơn vị mới"),
    ],
)
def test_each_fault_is_said_at_its_row_and_nothing_is_written(world, rows, row, said):
    before = snapshot()
    plan = planning.understood(rows_of(*rows), world.hoa)
    assert any(place == row and said in words for place, words in plan.faults), plan.faults
    with pytest.raises(Refused, match="Chưa ghi gì"):
        verbs.carry_out(plan, by=world.hoa, now=NOW)
    assert snapshot() == before


def test_no_list_is_carried_out_before_its_day(world):
    plan = planning.understood(rows_of(*MERGER), world.hoa)
    assert verbs.objection_to_day(plan, datetime(2026, 2, 20, tzinfo=UTC)) and not verbs.objection_to_day(plan, NOW)


def test_a_unit_ends_on_the_eve_of_the_day_and_its_viewings_come_back_with_it(world):
    arranged(world, *MERGER)
    assert Commune.objects.get(pk=world.chi_dam.pk).ended_on == date(2026, 2, 28)
    PhoneViewing.objects.create(
        commune=living("07999"), by=User.objects.get(pk=world.lan.pk), at=NOW, where="x", count=1
    )
    verbs.undo(RegisterChange.objects.get(), by=world.hoa, now=NOW)
    assert PhoneViewing.objects.get().commune.ended_on is None


def test_loading_the_official_list_again_undoes_no_act(db):
    """An upgrade loads the list; it knows nothing of what became of its units since."""
    load_units()
    admin = f.user(Role.ADMINISTRATOR)
    rows = rows_of(
        ("07999", "07999", "Xã Đoan Hùng Mới", *BY),
        ("07996", "07999", "Xã Đoan Hùng Mới", *BY),
        ("08023", "99999", "Phường Tên Khác", *BY),
        *(
            (one.code, one.code, str(one), *BY, "", "", "25")
            for one in Commune.objects.living().filter(province__code="14")
        ),
    )
    plan = planning.understood(rows, admin)
    assert not plan.faults
    verbs.carry_out(plan, by=admin, now=NOW)
    units = [list(model.objects.order_by("pk").values_list()) for model in (Province, Commune, UnitSuccession)]
    load_units()
    assert [list(model.objects.order_by("pk").values_list()) for model in (Province, Commune, UnitSuccession)] == units
    assert Commune.objects.living().get(name="Tên Khác").code == "99999"
    assert not Province.objects.living().filter(code="14").exists()
