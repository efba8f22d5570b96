"""The register of a former commune through the API: the same people, verbs and refusals as on its pages."""

from datetime import date
from types import SimpleNamespace

import pytest
from rest_framework.test import APIClient

from communes.models import Hamlet, Institution, PhoneViewing, User, Warrant
from models_registry.models import FormerSize, Initiative, Member, SelfManagementGroup
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST = date(2025, 6, 30)
READ_ONLY = "chỉ để đọc"
OLD = "09000-2025"


@pytest.fixture
def world(cast):
    """V and W of Phú Thọ went into Chí Đám; the province named lan for V."""
    v, w = (f.former(cast.chi_dam, LAST, code=code, name=name) for code, name in (("09000", "V"), ("09001", "W")))
    warrant = f.warrant(v, cast.lan, by=cast.hoa)
    khu, other = f.hamlet(v, "Khu 1", ended_on=LAST), f.hamlet(w, "Khu 1", ended_on=LAST)
    return SimpleNamespace(**vars(cast), v=v, w=w, old=khu, other=other, warrant=warrant)


def as_(user):
    """A client of somebody, as another request finds her."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def given(world, kind):
    """What a new row of each kind says."""
    return {
        "hamlets": {"commune": OLD, "name": "Khu 9"},
        "institutions": {"commune": OLD, "name": "Trường cũ", "kind": Institution.Kind.values[0]},
        "groups": {"commune": OLD, "kind": "household_cluster", "name": "Tổ 7", "hamlet": world.old.pk, "meets": "quarterly"},
        "initiatives": {"commune": OLD, "type": "security_camera", "name": "Camera", "hamlets": [world.old.pk]},
    }[kind]  # fmt: skip


MODELS = {"hamlets": Hamlet, "institutions": Institution, "groups": SelfManagementGroup, "initiatives": Initiative}


def post(user, kind, sent):
    return as_(user).post(f"/api/v1/{kind}/", sent, format="json")


@pytest.mark.parametrize("kind", MODELS)
def test_who_was_named_adds_changes_and_deletes_and_nobody_else_does(world, kind):
    model, sent = MODELS[kind], given(world, kind)
    before = model.objects.filter(commune=world.v).count()
    for user, status in ((world.minh, 409), (world.hoa, 409), (world.tuan, 400), (world.son, 403), (world.an, 409)):
        answer = post(user, kind, sent)
        assert answer.status_code == status, (user, answer.content.decode())
        assert status != 409 or READ_ONLY in answer.json()["detail"]
    refused = post(world.lan, kind, sent | {"commune": "09001-2025"})
    assert refused.status_code == 409 and READ_ONLY in refused.json()["detail"]
    assert model.objects.filter(commune=world.v).count() == before
    made = post(world.lan, kind, sent)
    assert made.status_code == 201 and made.json()["ended_on"] == "2025-06-30", made.content.decode()
    row = model.objects.get(pk=made.json()["id"])
    assert (row.commune, row.ended_on, row.history.first().history_user) == (world.v, LAST, world.lan)
    address = f"/api/v1/{kind}/{row.pk}/"
    earlier = {"ended_on": "2024-12-31"}
    for user, status in ((world.minh, 404), (world.hoa, 403), (world.tuan, 404)):
        assert as_(user).patch(address, earlier, format="json").status_code == status
        assert as_(user).delete(address).status_code == status
    assert as_(world.lan).patch(address, earlier, format="json").json()["ended_on"] == "2024-12-31"
    assert as_(world.lan).patch(address, {"ended_on": None}, format="json").json()["ended_on"] == "2025-06-30"
    late = as_(world.lan).patch(address, {"ended_on": "2025-07-01"}, format="json")
    assert late.status_code == 400 and "Xã V kết thúc ngày 30/06/2025" in str(late.json()["ended_on"])
    assert as_(world.lan).get(address).json()["id"] == row.pk
    if kind != "initiatives":
        assert as_(world.lan).delete(address).status_code == 204
        assert not model.objects.filter(pk=row.pk).exists()


def test_lists_hold_it_where_it_is_asked_for_and_for_who_reads_its_pages(world):
    home = f.hamlet(world.chi_dam, "Khu Nhà")
    group = f.group(world.v, hamlet=world.old, ended_on=LAST)

    def listed(user, query):
        return {row["id"] for row in as_(user).get(f"/api/v1/{query}").json()["results"]}

    for user in (world.lan, world.minh):
        assert listed(user, f"hamlets/?commune={OLD}") == {world.old.pk}, user
        assert listed(user, "hamlets/?commune=09001-2025") == {world.other.pk}
        assert listed(user, f"groups/?commune={OLD}&hamlet={world.old.pk}") == {group.pk}
        assert world.old.pk not in listed(user, "hamlets/") and home.pk in listed(user, "hamlets/")
    for user in (world.tuan, world.son, world.an):
        assert listed(user, f"hamlets/?commune={OLD}") == ({world.old.pk} if user == world.an else set())
    assert as_(world.minh).get(f"/api/v1/hamlets/{world.old.pk}/").status_code == 404, "as on its page"


def test_after_its_day_the_same_calls_refuse_with_a_sentence(world):
    Warrant.objects.update(until=date(2020, 1, 1))
    calls = (
        post(world.lan, "hamlets", given(world, "hamlets")),
        as_(world.lan).patch(f"/api/v1/hamlets/{world.old.pk}/", {"households": 9}, format="json"),
        as_(world.lan).delete(f"/api/v1/hamlets/{world.old.pk}/"),
    )
    for answer in calls:
        assert answer.status_code == 409 and "đã hết ngày giao nhập (01/01/2020)" in answer.json()["detail"]
    assert Hamlet.objects.filter(commune=world.v).count() == 1


def test_no_row_goes_from_one_register_to_another(world):
    home = f.hamlet(world.chi_dam, "Khu Nhà")
    for row, commune in ((home, OLD), (world.old, "07999")):
        answer = as_(world.lan).patch(f"/api/v1/hamlets/{row.pk}/", {"commune": commune}, format="json")
        assert answer.status_code == 409 and "không ghi sang danh bạ của" in answer.json()["detail"]
    for sent in ({"hamlet": home.pk}, {"hamlet": world.other.pk}):
        assert post(world.lan, "groups", given(world, "groups") | sent).status_code == 400
    assert post(world.lan, "hamlets", {"commune": "07999", "name": "Khu 9"}).status_code == 201


def test_two_of_one_name_are_refused_as_on_the_page(world):
    refused = post(world.lan, "hamlets", {"commune": OLD, "name": "khu 01"})
    assert refused.status_code == 400 and "mang tên này" in refused.content.decode()
    Hamlet.objects.filter(pk=world.old.pk).update(started_on=date(2020, 1, 1))
    earlier = {"commune": OLD, "name": "Khu 1", "ended_on": "2019-12-31"}
    assert post(world.lan, "hamlets", earlier).status_code == 201


def test_members_serve_where_their_group_lies_and_their_numbers_are_noted(world):
    group = f.group(world.v, hamlet=world.old, ended_on=LAST)
    sent = {"group": group.pk, "name": "Trần Văn Cũ", "position": "leader", "phone": "0912345678"}
    for user, status in ((world.minh, 400), (world.hoa, 403), (world.tuan, 400)):
        assert post(user, "members", sent).status_code == status, user
    made = post(world.lan, "members", sent)
    assert made.status_code == 201, made.content.decode()
    member = Member.objects.get()
    assert (member.person.commune, member.ended_on) == (world.v, LAST)
    again = post(world.lan, "members", sent | {"name": "Lê Thị Khác"})
    assert again.status_code == 400 and "đã có người đứng đầu" in again.content.decode()
    assert as_(world.lan).get(f"/api/v1/members/?commune={OLD}").json()["count"] == 1
    assert as_(world.lan).get("/api/v1/members/").json()["count"] == 0
    assert as_(world.lan).get(f"/api/v1/members/{member.pk}/").json()["name"] == "Trần Văn Cũ"
    seen = list(PhoneViewing.objects.values_list("commune", "by", "count", "where"))
    assert {one[:3] for one in seen} == {(world.chi_dam.pk, world.lan.pk, 1)}
    assert len(seen) == 2 and all(where.endswith(f" – {world.v}") for *_, where in seen)
    for user in (world.hoa, world.thu, world.an):
        assert as_(user).get(f"/api/v1/members/{member.pk}/").status_code == 404
    Warrant.objects.update(until=date(2020, 1, 1))
    assert as_(world.lan).get(f"/api/v1/members/{member.pk}/").status_code == 409


def test_places_of_an_initiative_are_those_of_its_last_day(world):
    two = f.hamlet(world.v, "Khu 2", ended_on=LAST)
    made = post(world.lan, "initiatives", given(world, "initiatives") | {"skilful_since": "2024-01-01"}).json()
    assert made["sites"] == [{"hamlet": world.old.pk, "institution": None}] and made["skilful"]
    one, address = Initiative.objects.get(), f"/api/v1/initiatives/{made['id']}/"
    assert [(site.hamlet, site.ended_on) for site in one.sites.all()] == [(world.old, LAST)]
    as_(world.lan).patch(address, {"ended_on": "2024-12-31"}, format="json")
    assert one.sites.get().ended_on == date(2024, 12, 31), "a place ends with its initiative"
    assert as_(world.lan).get(address).json()["sites"] == made["sites"]
    f.site(f.initiative(world.chi_dam), continues=one.sites.get())
    kept = as_(world.lan).patch(address, {"hamlets": [two.pk]}, format="json")
    assert kept.status_code == 400 and "đã được đơn vị kế thừa tiếp nối" in str(kept.json()["hamlets"])
    both = as_(world.lan).patch(address, {"hamlets": [world.old.pk, two.pk]}, format="json")
    assert [site["hamlet"] for site in both.json()["sites"]] == [world.old.pk, two.pk]


def test_groups_are_counted_on_the_last_day_and_new_numbers_begin_before_it(world):
    made = post(world.lan, "groups", given(world, "groups") | {"declared_members": 20}).json()
    assert made["headcount"] == 20
    address = f"/api/v1/groups/{made['id']}/"
    late = {"declared_members": 25, "size_since": "2025-07-10"}
    refused = as_(world.lan).patch(address, late, format="json")
    assert refused.status_code == 400 and "Xã V kết thúc" in str(refused.json()["size_since"])
    assert as_(world.lan).patch(address, late | {"size_since": "2025-03-10"}, format="json").status_code == 200
    assert FormerSize.objects.get().until == date(2025, 3, 9)
    listed = as_(world.lan).get(f"/api/v1/groups/?commune={OLD}").json()["results"]
    assert [row["headcount"] for row in listed] == [25]


def test_an_account_left_at_its_former_commune_is_let_in_by_its_warrant_alone(world):
    left = f.user(f.Role.COMMUNE_OFFICER, world.v)
    sent = {"commune": OLD, "name": "Khu 5"}
    assert post(left, "hamlets", sent).status_code == 409
    f.warrant(world.v, left, by=world.hoa)
    assert post(left, "hamlets", sent).json()["ended_on"] == "2025-06-30"


def test_the_schema_says_who_writes_there(client, world):
    client.force_login(world.lan, backend="django.contrib.auth.backends.ModelBackend")
    schema = client.get("/api/schema/?format=json").json()["components"]["schemas"]["HamletRequest"]
    said = schema["properties"]["commune"]["description"]
    assert "07999-2025" in said and READ_ONLY in said
