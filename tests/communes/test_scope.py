"""Who sees what: one role at one place, and nothing without a place."""

import pytest
from django.contrib.auth.models import AnonymousUser

from communes.models import Commune, Hamlet, Institution, Province, SafetyRecord, User
from communes.scope import Role
from models_registry.models import Award, Initiative, InitiativeSite, Member, SelfManagementGroup
from reports.models import MonthlyReport, WeaponHandover, WeaponKind
from reports.units import Unit, UnknownUnit
from tests import factories as f

EVERYONE = ("lan", "minh", "tuan", "hoa", "thu", "son", "an", "quan")


def furnish(commune):
    """One row of everything in a commune."""
    hamlet = f.hamlet(commune, "Khu Trung Tâm")
    group = f.group(commune, "security_team", hamlet=hamlet)
    initiative = f.initiative(commune)
    report = f.report(commune, f.user(Role.COMMUNE_OFFICER, commune))
    return {
        Hamlet: hamlet,
        Institution: f.institution(commune),
        SelfManagementGroup: group,
        Member: f.member(group),
        Initiative: initiative,
        InitiativeSite: f.site(initiative, hamlet=hamlet),
        SafetyRecord: f.safety(hamlet),
        Award: Award.objects.create(commune=commune, kind="police", individuals=1, awarded_on="2025-06-01"),
        MonthlyReport: report,
        WeaponHandover: WeaponHandover.objects.create(
            report=report, kind=WeaponKind.objects.get(code="homemade_gun"), quantity=1
        ),
    }


@pytest.fixture
def world(cast):
    cast.rows = {name: furnish(getattr(cast, name)) for name in ("chi_dam", "tay_coc", "chieng_pha")}
    return cast


def seen(world, model, user):
    """The communes of which ``user`` sees the furnished row."""
    visible = set(model.objects.visible_to(user).values_list("pk", flat=True))
    return {name for name, rows in world.rows.items() if rows[model].pk in visible}


PHU_THO, ALL = {"chi_dam", "tay_coc"}, {"chi_dam", "tay_coc", "chieng_pha"}
REPORTED = {
    "lan": {"chi_dam"}, "minh": {"chi_dam"}, "tuan": {"tay_coc"}, "hoa": PHU_THO, "thu": PHU_THO,
    "son": {"chieng_pha"}, "an": ALL, "quan": set(),
}  # fmt: skip
PLACES = REPORTED | {"quan": ALL}
PERSONAL = {name: set() for name in EVERYONE} | {"lan": {"chi_dam"}, "minh": {"chi_dam"}, "tuan": {"tay_coc"}}
EXPECTED = {
    Hamlet: PLACES,
    Institution: PLACES,
    SelfManagementGroup: REPORTED,
    Member: PERSONAL,
    Initiative: REPORTED,
    InitiativeSite: REPORTED,
    SafetyRecord: REPORTED,
    Award: REPORTED,
    MonthlyReport: REPORTED,
    WeaponHandover: REPORTED,
}


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_each_role_sees_the_rows_of_its_place_and_no_others(world, model):
    assert {name: seen(world, model, getattr(world, name)) for name in EVERYONE} == EXPECTED[model]


def test_names_of_members_stay_inside_their_commune(world):
    outside = [world.tuan, world.hoa, world.thu, world.son, world.an, world.quan]
    mine = Member.objects.filter(group__commune=world.chi_dam)
    assert mine.visible_to(world.lan).exists()
    assert not any(mine.visible_to(user).exists() for user in outside)


def test_everybody_sees_the_units_of_their_own_place(cast):
    communes = {
        name: set(Commune.objects.visible_to(getattr(cast, name)).values_list("code", flat=True)) for name in EVERYONE
    }
    phu_tho, everything = {"07999", "07996"}, {"07999", "07996", "03733"}
    assert communes == {
        "lan": {"07999"}, "minh": {"07999"}, "tuan": {"07996"}, "hoa": phu_tho, "thu": phu_tho,
        "son": {"03733"}, "an": everything, "quan": everything,
    }  # fmt: skip
    provinces = {
        name: set(Province.objects.visible_to(getattr(cast, name)).values_list("code", flat=True)) for name in EVERYONE
    }
    assert provinces == {
        "lan": {"25"}, "minh": {"25"}, "tuan": {"25"}, "hoa": {"25"}, "thu": {"25"},
        "son": {"14"}, "an": {"25", "14"}, "quan": {"25", "14"},
    }  # fmt: skip


@pytest.mark.parametrize("model", [Province, Commune, *EXPECTED], ids=lambda model: model.__name__)
def test_a_stranger_a_locked_account_and_an_account_without_a_place_see_nothing(world, model):
    locked = world.an
    locked.is_active = False
    placeless = [User(role=role) for role in Role if role not in (Role.NATIONAL_VIEWER, Role.ADMINISTRATOR)]
    for user in (AnonymousUser(), locked, *placeless, User(role="")):
        assert not model.objects.visible_to(user).exists()


@pytest.mark.parametrize("name", ["hoa", "thu"])
def test_the_province_sees_its_own_offices_reports_and_its_communes_do_not(cast, name):
    report = f.office_report(cast.phu_tho)
    assert report in MonthlyReport.objects.visible_to(getattr(cast, name))
    for other in (cast.lan, cast.minh, cast.son):
        assert report not in MonthlyReport.objects.visible_to(other)


def test_a_former_and_a_living_unit_share_a_code_and_have_names_of_their_own(cast):
    former = f.commune(code="07999", name="Chí Đám", province=cast.phu_tho, ended_on="2025-06-30")
    former.refresh_from_db()
    assert Commune.objects.named("07999").get() == cast.chi_dam
    assert Commune.objects.named("07999-2025").get() == former
    assert (cast.chi_dam.slug, former.slug) == ("07999", "07999-2025")
    assert not Commune.objects.named("07999-2024").exists()


@pytest.mark.parametrize("name", ["", "\x007999", "7999", "07999-25", "07999-abcd", "07999-0000", "07999-２０２５"])
def test_other_names_find_no_unit(cast, name):
    f.commune(code="07999", province=cast.phu_tho, ended_on="2025-06-30")
    assert not Commune.objects.named(name).exists()


def test_a_unit_is_found_by_name_only_within_the_users_scope(cast):
    assert Unit.named("07999", cast.hoa).commune == cast.chi_dam
    assert Unit.named("province-25", cast.hoa) == Unit(cast.phu_tho)
    refused = [("07999", cast.tuan), ("07999", cast.son), ("province-25", cast.lan), ("province-25", cast.son)]
    for slug, user in [*refused, ("07999", AnonymousUser()), ("province-25", AnonymousUser())]:
        with pytest.raises(UnknownUnit):
            Unit.named(slug, user)
