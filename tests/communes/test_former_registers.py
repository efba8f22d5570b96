"""The register of a former commune: entered by whom the province named, until a day, and by nobody else."""

from datetime import date
from types import SimpleNamespace

import pytest

from communes.models import (
    Hamlet,
    Institution,
    PhoneViewing,
    RegisterChange,
    SafetyRecord,
    User,
    Warrant,
)
from models_registry.headcount import headcount
from models_registry.models import Award, FestivalDay, Initiative, Member, SelfManagementGroup
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST, DAY = date(2025, 6, 30), date(2100, 1, 1)
READ_ONLY = "chỉ để đọc"


@pytest.fixture
def world(cast):
    """V and W of Phú Thọ went into Chí Đám; the province named lan for V."""
    v, w = (f.former(cast.chi_dam, LAST, code=code, name=name) for code, name in (("09000", "V"), ("09001", "W")))
    khu = f.hamlet(v, "Khu 1", ended_on=LAST)
    for old in (v, w):
        f.hamlet(old, "Khu Cũ", ended_on=LAST)
    warrant = f.warrant(v, cast.lan, by=cast.hoa)
    return SimpleNamespace(**vars(cast), v=v, w=w, thon=khu, warrant=warrant)


@pytest.fixture
def as_(client):
    """Sign in as somebody, as another request finds her."""

    def sign_in(user):
        client.force_login(User.objects.get(pk=user.pk), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def kind(code="household_cluster"):
    return f.GroupKind.objects.get(code=code).pk


def given(world, slug):
    """What a form of each register is filled with."""
    return {
        "hamlets": {"name": "Khu 9"},
        "institutions": {"name": "Trường cũ", "kind": Institution.Kind.values[0]},
        "groups": {"kind": kind(), "name": "Tổ 7", "hamlet": world.thon.pk, "meets": "quarterly"},
        "initiatives": {
            "type": f.InitiativeType.objects.first().pk, "name": "Mô hình cũ", "state": "active", "hamlets": world.thon.pk,
        },
        "safety": {"hamlet": world.thon.pk, "year": 2024, "registered_on": "01/03/2024"},
        "awards": {"kind": Award.Kind.values[0], "collectives": 1, "individuals": 0, "awarded_on": "01/03/2024"},
        "festivals": {"hamlet": world.thon.pk, "held_on": "01/03/2024", "attendance": 50},
    }[slug]  # fmt: skip


MODELS = {
    "hamlets": Hamlet, "institutions": Institution, "groups": SelfManagementGroup, "initiatives": Initiative,
    "safety": SafetyRecord, "awards": Award, "festivals": FestivalDay,
}  # fmt: skip


@pytest.mark.parametrize("slug", MODELS)
def test_who_was_named_adds_to_every_list_of_it_and_nobody_else_does(as_, world, slug):
    address, rows = f"/register/{slug}/new/?former={world.v.slug}", MODELS[slug].objects.filter(commune=world.v)
    before = rows.count()
    for user, status in ((world.minh, 409), (world.hoa, 409), (world.tuan, 404), (world.son, 404), (world.an, 409)):
        assert as_(user).post(address, given(world, slug)).status_code == status, user
    assert as_(world.lan).post(address.replace("09000", "09001"), given(world, slug)).status_code == 409
    assert rows.count() == before
    page = as_(world.lan).get(address).content.decode()
    assert "Đang ghi danh bạ của <b>Xã V" in page and "01/01/2100" in page and "Về danh bạ của Xã Chí Đám" in page
    answer = as_(world.lan).post(address, given(world, slug))
    assert answer.status_code == 302 and answer["Location"] == f"/register/{slug}/?former=09000-2025"
    row = rows.order_by("-pk").first()
    assert rows.count() == before + 1 and row.history.first().history_user == world.lan
    assert getattr(row, "ended_on", LAST) == LAST, "it ends with its commune"
    assert not MODELS[slug].objects.filter(commune=world.chi_dam, **{"pk__gte": row.pk}).exists()


def test_the_list_leads_to_what_may_be_done_and_to_nothing_else(as_, world):
    page = as_(world.lan).get(f"/register/groups/?former={world.v.slug}").content.decode()
    assert "/register/groups/new/?former=09000-2025" in page and "/register/members/?former=09000-2025" in page
    assert "/register/groups/ratings/" not in page and READ_ONLY not in page
    for user, former in ((world.minh, world.v), (world.lan, world.w)):
        page = as_(user).get(f"/register/groups/?former={former.slug}").content.decode()
        assert READ_ONLY in page and "/groups/new/" not in page and "Đang ghi" not in page
    home = as_(world.lan).get("/").content.decode()
    assert "/register/hamlets/?former=09000-2025" in home and "được giao đến hết ngày 01/01/2100" in home


@pytest.mark.parametrize(
    ("slug", "said"), [("groups", "Xếp loại Tổ bảo vệ ANTT không ghi"), ("initiatives", "Các bước của mô hình")]
)
def test_its_lists_say_what_is_of_the_living_and_why(as_, world, slug, said):
    assert said in as_(world.lan).get(f"/register/{slug}/?former={world.v.slug}").content.decode()
    for user, address in ((world.lan, f"/register/{slug}/"), (world.minh, f"/register/{slug}/?former={world.v.slug}")):
        assert said not in as_(user).get(address).content.decode()


def test_a_step_of_its_initiative_is_refused_with_the_same_sentence(as_, world):
    one = f.initiative(world.v, ended_on=LAST)
    sent = {"kind": "consolidate", "day": "2025-01-01"}
    answer = as_(world.lan).post(f"/api/v1/initiatives/{one.pk}/steps/", sent, content_type="application/json")
    assert answer.status_code == 409 and "không ghi ở danh bạ của đơn vị cũ" in answer.json()["detail"]


def test_an_empty_list_of_it_speaks_of_no_filter_where_none_was_chosen(as_, world):
    address = "/register/groups/?former=09000-2025"
    page = as_(world.lan).get(address).content.decode()
    assert "Không có tổ tự quản nào." in page and "Bỏ các điều kiện lọc" not in page
    assert "khớp với điều kiện đang chọn" in as_(world.lan).get(f"{address}&q=chín").content.decode()


def test_after_its_day_the_same_addresses_refuse_with_a_sentence(as_, world):
    row = f.group(world.v, hamlet=world.thon, ended_on=LAST)
    Warrant.objects.update(until=date(2020, 1, 1))
    for path in ("new/?former=09000-2025", f"{row.pk}/", f"{row.pk}/end/", f"{row.pk}/delete/", f"{row.pk}/read/"):
        for answer in (as_(world.lan).get(f"/register/groups/{path}"), as_(world.lan).post(f"/register/groups/{path}")):
            said = answer.content.decode()
            assert answer.status_code in (405, 409), path
            assert answer.status_code == 405 or "đã hết ngày giao nhập (01/01/2020)" in said
    Warrant.objects.update(until=DAY, withdrawn_at=f.NOW, withdrawn_by=world.hoa)
    assert "đã thôi giao" in as_(world.lan).get("/register/groups/new/?former=09000-2025").content.decode()
    assert SelfManagementGroup.objects.get() == row


def test_rows_are_mended_ended_deleted_and_read_by_who_was_named(as_, world):
    row, other = f.group(world.v, hamlet=world.thon, ended_on=LAST), f.group(world.w, ended_on=LAST)
    edited = given(world, "groups") | {"name": "Tổ 8", "ended_on": "31/12/2024", "read": ""}
    base = f"/register/groups/{row.pk}/"
    for user, key in ((world.minh, row.pk), (world.hoa, row.pk), (world.tuan, row.pk), (world.lan, other.pk)):
        status = as_(user).post(f"/register/groups/{key}/", edited).status_code
        assert status in (403, 404), user
    assert as_(world.lan).post(base, edited).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.ended_on) == ("Tổ 8", date(2024, 12, 31))
    assert "Tổ 8" in as_(world.lan).get(f"{base}read/").content.decode()
    assert as_(world.lan).get(f"{base}history/").status_code == 200
    late = as_(world.lan).post(f"{base}end/", {"ended_on": "01/07/2025"})
    assert late.status_code == 422 and "kết thúc ngày 30/06/2025" in late.content.decode()
    assert as_(world.lan).post(f"{base}end/", {"ended_on": ""}).status_code == 422, "it cannot live on"
    assert as_(world.lan).post(f"{base}delete/").status_code == 302
    assert SelfManagementGroup.objects.get() == other


@pytest.mark.parametrize(
    ("slug", "more"),
    [
        ("groups", {"started_on": "01/07/2025"}), ("groups", {"ended_on": "01/07/2025"}), ("safety", {"year": 2026}),
        ("festivals", {"held_on": "01/07/2025"}), ("awards", {"awarded_on": "01/08/2025"}),
    ],
)  # fmt: skip
def test_no_day_lies_after_its_end(as_, world, slug, more):
    page = as_(world.lan).post(f"/register/{slug}/new/?former={world.v.slug}", given(world, slug) | more)
    assert page.status_code == 422 and "Xã V kết thúc ngày 30/06/2025" in page.content.decode()
    assert (
        not MODELS[slug]
        .objects.filter(commune=world.v)
        .exclude(pk=world.thon.pk)
        .exclude(**{"name": "Khu Cũ"} if slug == "hamlets" else {})
        .exists()
    )


def test_two_of_one_name_are_refused_as_among_the_living(as_, world):
    page = as_(world.lan).post(f"/register/hamlets/new/?former={world.v.slug}", {"name": "khu 01"})
    assert page.status_code == 422 and "mang tên này" in page.content.decode()
    earlier = {"name": "Khu 1", "ended_on": "31/12/2019"}
    Hamlet.objects.filter(pk=world.thon.pk).update(started_on=date(2020, 1, 1))
    assert as_(world.lan).post(f"/register/hamlets/new/?former={world.v.slug}", earlier).status_code == 302


def test_members_are_entered_and_seen_by_who_was_named_alone(as_, world):
    group = f.group(world.v, hamlet=world.thon, ended_on=LAST)
    address = f"/register/members/new/?group={group.pk}&former={world.v.slug}"
    sent = {"group": group.pk, "name": "Trần Văn Cũ", "position": "leader", "phone": "0912345678"}
    assert as_(world.lan).post(address, sent).status_code == 302
    member = Member.objects.get()
    assert (member.person.commune, member.ended_on) == (world.v, LAST)
    again = as_(world.lan).post(address, sent | {"name": "Lê Thị Khác"})
    assert again.status_code == 422 and "đã có người đứng đầu" in again.content.decode()
    listed = f"/register/members/?former={world.v.slug}&group={group.pk}"
    assert "Trần Văn Cũ" in as_(world.lan).get(listed).content.decode()
    assert "Trần Văn Cũ" in as_(world.lan).get(f"/register/groups/{group.pk}/read/").content.decode()
    assert "Trần Văn Cũ" not in as_(world.lan).get("/register/members/").content.decode()
    f.warrant(world.v, world.hoa, by=world.hoa)
    for user in (world.hoa, world.thu, world.son, world.an):
        assert as_(user).get(f"/register/members/{member.pk}/").status_code == 404
        assert "Trần Văn Cũ" not in as_(user).get(listed).content.decode()
    assert as_(world.hoa).post(address, sent).status_code in (403, 409), "a reviewer who was named enters months alone"


def test_places_of_an_initiative_end_with_it_and_what_was_ticked_by_mistake_goes(as_, world):
    as_(world.lan).post(f"/register/initiatives/new/?former={world.v.slug}", given(world, "initiatives"))
    one = Initiative.objects.get()
    assert [(site.hamlet, site.ended_on) for site in one.sites.all()] == [(world.thon, LAST)]
    page = as_(world.lan).get(f"/register/initiatives/{one.pk}/read/").content.decode()
    assert "/life/" not in page
    form = as_(world.lan).get(f"/register/initiatives/{one.pk}/").content.decode()
    assert f'value="{world.thon.pk}"' in form and "checked" in form
    sent = given(world, "initiatives") | {"whole_commune": "on"}
    del sent["hamlets"]
    assert as_(world.lan).post(f"/register/initiatives/{one.pk}/", sent).status_code == 302
    assert [(site.hamlet, site.ended_on) for site in one.sites.all()] == [(None, LAST)]


def test_many_rows_are_changed_and_taken_back_as_one_act_of_the_former_commune(as_, world):
    rows = [f.group(world.v, hamlet=world.thon, name=f"Tổ {n}", ended_on=LAST) for n in (1, 2)]
    query, keys = f"former={world.v.slug}", [row.pk for row in rows]
    sent = {"query": query, "pk": keys, "action": "founding_decision", "founding_decision": "12/QĐ"}
    for user in (world.minh, world.hoa):
        assert as_(user).post("/register/groups/bulk/", sent).status_code in (403, 409)
    late = as_(world.lan).post("/register/groups/bulk/", sent | {"action": "started_on", "started_on": "01/07/2025"})
    assert late.status_code == 422
    assert as_(world.lan).post("/register/groups/bulk/", sent).status_code == 302
    act = RegisterChange.objects.get()
    assert (act.commune, act.by) == (world.v, world.lan)
    assert act.title in as_(world.lan).get(f"/register/recent/?former={world.v.slug}").content.decode()
    assert act.title not in as_(world.lan).get("/register/recent/").content.decode()
    for user, status in ((world.minh, 404), (world.tuan, 404)):
        assert as_(user).post(f"/register/recent/{act.pk}/undo/").status_code == status
    assert as_(world.lan).post(f"/register/recent/{act.pk}/undo/").status_code == 302
    assert set(SelfManagementGroup.objects.values_list("founding_decision", flat=True)) == {""}


def test_its_months_count_what_was_entered_and_the_heirs_do_not(as_, world):
    def groups(commune, day):
        return headcount([commune.pk], since=day, on=day)[commune.pk, "household_clusters"]

    there, here = groups(world.v, LAST), groups(world.chi_dam, date(2025, 7, 31))
    as_(world.lan).post(f"/register/groups/new/?former={world.v.slug}", given(world, "groups"))
    assert groups(world.v, LAST) == there + 1
    assert groups(world.chi_dam, date(2025, 7, 31)) == here


def test_the_account_itself_stays_where_it_was(world):
    lan = User.objects.get(pk=world.lan.pk)
    at = lan.at(world.v)
    assert (lan.commune, at.commune, at.pk) == (world.chi_dam, world.v, lan.pk)
    assert set(Hamlet.objects.visible_to(at)) == set(Hamlet.objects.filter(commune=world.v))
    for other in (world.w, world.chi_dam, world.tay_coc):
        with pytest.raises(LookupError):
            lan.at(other)
    with pytest.raises(LookupError):
        User.objects.get(pk=world.hoa.pk).at(world.v)


def test_an_ending_makes_no_two_leaders_and_no_two_of_one_name(as_, world):
    group = f.group(world.v, hamlet=world.thon, ended_on=LAST)
    leaders = [f.member(group, position="leader", ended_on=day) for day in (date(2023, 12, 31), date(2024, 6, 30))]
    query, last = f"former={world.v.slug}&state=", {"ended_on": "30/06/2025", "leaving": Member.Leaving.values[0]}
    many = {"query": query, "pk": [one.pk for one in leaders], "action": "end"} | last
    together = as_(world.lan).post("/register/members/bulk/", many)
    assert together.status_code == 422 and "đã có người đứng đầu" in together.content.decode()
    assert not RegisterChange.objects.exists(), "all or none"
    assert as_(world.lan).post(f"/register/members/{leaders[1].pk}/end/", last).status_code == 302
    second = as_(world.lan).post(f"/register/members/{leaders[0].pk}/end/", last)
    assert second.status_code == 422 and "đã có người đứng đầu" in second.content.decode()
    alone = as_(world.lan).post("/register/members/bulk/", many | {"pk": [leaders[0].pk]})
    assert alone.status_code == 422 and "đã có người đứng đầu" in alone.content.decode()
    assert [Member.objects.get(pk=one.pk).ended_on for one in leaders] == [date(2023, 12, 31), LAST]
    earlier = f.hamlet(world.v, "Khu 1", ended_on=date(2019, 12, 31))
    same = as_(world.lan).post(f"/register/hamlets/{earlier.pk}/end/", {"ended_on": "30/06/2025"})
    assert same.status_code == 422 and "mang tên này" in same.content.decode()


def test_opening_a_row_again_beside_another_of_its_name_is_a_sentence(as_, cast):
    old = f.hamlet(cast.chi_dam, "Khu 77", ended_on=date(2020, 12, 31))
    f.hamlet(cast.chi_dam, "Khu 77")
    page = as_(cast.lan).post(f"/register/hamlets/{old.pk}/end/", {"ended_on": ""})
    assert page.status_code == 422 and "mang tên này" in page.content.decode()


def test_numbers_that_were_looked_at_are_noted_where_the_chief_of_who_looked_finds_it(as_, world):
    group = f.group(world.v, hamlet=world.thon, ended_on=LAST)
    member = f.member(group, name="Trần Văn Cũ", phone="0912345678", ended_on=LAST)
    for path in (f"?former={world.v.slug}&phones=1", f"?former={world.v.slug}&phones=1&format=csv", f"{member.pk}/"):
        assert "0912345678" in as_(world.lan).get(f"/register/members/{path}").content.decode(), path
    seen = PhoneViewing.objects.values_list("commune", "by", "count")
    assert list(seen) == [(world.chi_dam.pk, world.lan.pk, 1)] * 3
    assert all(one.where.endswith(f" – {world.v}") for one in PhoneViewing.objects.all())
    page = as_(world.minh).get("/register/recent/").content.decode()
    assert page.count(str(world.v)) == 3
