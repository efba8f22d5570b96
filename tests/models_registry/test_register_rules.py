"""What must never be false of groups, members, initiatives and awards, and the default catalogues."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.models import Institution
from models_registry.catalogues import DATA, load_registry_catalogues, read
from models_registry.models import Award, GroupKind, InitiativeSite, InitiativeType, Member, Person, SelfManagementGroup
from tests import factories as f


def sentences(row):
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    return " ".join(refusal.value.messages)


def refused_by_database(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def group(cast, kind="security_team", **fields):
    return SelfManagementGroup(
        **{"commune": cast.chi_dam, "kind": GroupKind.objects.get(code=kind), "name": "Tổ mới"} | fields
    )


def test_a_group_sits_in_a_hamlet_or_an_institution_not_in_both(cast):
    both = group(cast, "other", hamlet=cast.khu[0], institution=f.institution(cast.chi_dam))
    assert "không chọn cả hai" in sentences(both)
    refused_by_database(both)
    both.institution = None
    both.full_clean()
    both.save()


@pytest.mark.parametrize("seat", ["hamlet", "institution"])
def test_a_group_sits_in_its_own_commune(cast, seat):
    build = {"hamlet": f.hamlet, "institution": f.institution}[seat]
    stray = group(cast, "other", **{seat: build(cast.tay_coc)})
    assert "phải thuộc xã của tổ" in sentences(stray)
    setattr(stray, seat, build(cast.chi_dam))
    stray.full_clean()


@pytest.mark.parametrize(
    ("kind", "seat"), [("security_team", "hamlet"), ("teacher_group", "institution"), ("other", None)]
)
def test_a_group_sits_where_its_kind_does(cast, kind, seat):
    nowhere = group(cast, kind)
    if seat is None:
        nowhere.full_clean()
        return
    assert "đặt ở" in sentences(nowhere)
    place = cast.khu[0] if seat == "hamlet" else f.institution(cast.chi_dam, kind=Institution.Kind.SCHOOL)
    setattr(nowhere, seat, place)
    nowhere.full_clean()


def test_a_name_is_unique_among_living_groups_of_one_kind_in_one_hamlet(cast):
    group(cast, hamlet=cast.khu[0]).save()
    again = group(cast, hamlet=cast.khu[0])
    assert "mang tên đó" in sentences(again)
    refused_by_database(again)
    group(cast, hamlet=cast.khu[1]).save()
    group(cast, "security_board", hamlet=cast.khu[0]).save()
    group(cast, hamlet=cast.khu[0], ended_on=date(2024, 1, 1)).save()
    assert SelfManagementGroup.objects.filter(name="Tổ mới").count() == 4


def test_a_group_has_one_leader_at_a_time(cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0])
    first = f.member(team, position="leader")
    second = Member(group=team, person=f.person(cast.chi_dam), position="leader")
    assert "đã có người đứng đầu" in sentences(second)
    refused_by_database(second)
    first.ended_on = date(2025, 6, 1)
    first.save()
    second.full_clean()
    second.save()


@pytest.mark.parametrize(
    ("kind", "position", "title"),
    [
        ("security_board", "leader", "Trưởng ban"),
        ("security_team", "leader", "Tổ trưởng"),
        ("security_team", "deputy", "Tổ phó"),
        ("security_team", "member", "Thành viên"),
    ],
)
def test_a_leader_bears_the_local_title(cast, kind, position, title):
    assert f.member(f.group(cast.chi_dam, kind, hamlet=cast.khu[0]), position=position).title == title


@pytest.mark.parametrize(("phone", "allowed"), [("", True), ("0912345678", True), ("912345678", False), ("09x", False)])
def test_a_members_phone_begins_with_zero(cast, phone, allowed):
    member = Person(commune=cast.chi_dam, name="Lê Văn Bình", phone=phone)
    if allowed:
        member.full_clean()
    else:
        assert "Số điện thoại" in sentences(member)


def test_a_site_is_one_place(cast):
    school = f.institution(cast.chi_dam)
    both = InitiativeSite(initiative=f.initiative(cast.chi_dam), hamlet=cast.khu[0], institution=school)
    assert "một khu dân cư hoặc một cơ quan" in sentences(both)
    refused_by_database(both)


def test_an_award_goes_to_someone(cast):
    nobody = Award(commune=cast.chi_dam, kind="flag", awarded_on=date(2025, 6, 1))
    assert "tập thể hoặc số cá nhân" in sentences(nobody)
    refused_by_database(nobody)
    nobody.collectives = 1
    nobody.full_clean()
    nobody.save()


@pytest.mark.parametrize(("model", "file"), [(GroupKind, "group_kinds.csv"), (InitiativeType, "initiative_types.csv")])
def test_the_default_catalogue_is_loaded_in_the_order_of_its_file(db, model, file):
    assert list(model.objects.values_list("code", flat=True)) == [row["code"] for row in read(DATA / file)]


def test_loading_again_adds_nothing_and_leaves_edited_rows_alone(db):
    GroupKind.objects.filter(code="security_team").update(name="Tổ ANTT cơ sở", is_active=False, position=50)
    InitiativeType.objects.filter(code="safe_hamlet").update(name="Khu phố an toàn")
    assert load_registry_catalogues() == 0
    team = GroupKind.objects.get(code="security_team")
    assert (team.name, team.is_active, team.position) == ("Tổ ANTT cơ sở", False, 50)
    assert InitiativeType.objects.get(code="safe_hamlet").name == "Khu phố an toàn"


def test_loading_again_restores_only_what_is_missing(db):
    InitiativeType.objects.filter(code="safe_hamlet").delete()
    assert load_registry_catalogues() == 1
    assert InitiativeType.objects.filter(code="safe_hamlet").exists()


@pytest.mark.django_db
def test_a_form_says_what_must_be_in_the_register_first(cast, client):
    client.force_login(cast.tuan)
    assert "Danh bạ chưa có khu dân cư nào; nếu cần chọn thì ghi khu dân cư trước." in page_of(
        client, "/register/groups/new/"
    )
    assert "Danh bạ chưa có tổ tự quản nào: ghi tổ tự quản trước." in page_of(client, "/register/members/new/")
    f.group(cast.tay_coc, hamlet=f.hamlet(cast.tay_coc))
    for path in ("/register/groups/new/", "/register/members/new/"):
        assert "Danh bạ chưa có" not in page_of(client, path)


def page_of(client, path):
    return client.get(path).content.decode()
