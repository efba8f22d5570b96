"""Moving a hamlet, a group, an initiative or one of its sites elsewhere: a day, a preview, taken back."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from communes import changes
from communes.models import Hamlet, HamletSuccession, RegisterChange
from communes.refusals import Refused
from models_registry.arranging.moving import Destination, Order, move, preview
from models_registry.headcount import headcount
from models_registry.models import Initiative, InitiativeSite, Member, Person, SelfManagementGroup
from reports.entry.grid import Row
from reports.models import Figure
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW, DAY = datetime(2026, 3, 5, 2, 0, tzinfo=UTC), date(2026, 3, 1)


@pytest.fixture
def world(cast):
    """Khu 1 of Chí Đám has a group with a leader, a site of a camera initiative, and figures; Tây Cốc has Khu 1 too."""
    there = f.hamlet(cast.tay_coc, "Khu 1")
    group = f.group(cast.chi_dam, hamlet=cast.khu[0], name="Tổ 1")
    f.member(group, position="leader", phone="0912345678")
    camera = f.initiative(cast.chi_dam, started_on=date(2025, 1, 5))
    sites = [f.site(camera, hamlet=hamlet) for hamlet in cast.khu[:2]]
    f.fill(f.report(cast.chi_dam, cast.lan), cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 5})
    return SimpleNamespace(**vars(cast), there=there, group=group, camera=camera, sites=sites)


MODELS = (Hamlet, SelfManagementGroup, Member, Person, Initiative, InitiativeSite, HamletSuccession, Figure)


def snapshot():
    return [list(model.objects.order_by("pk").values_list()) for model in MODELS]


def order(by, day=DAY):
    return Order(day, "7/QĐ-UBND", by, NOW)


CASES = {
    "a hamlet to another commune": lambda w: (w.khu[0], Destination(w.tay_coc), w.hoa),
    "a group to another commune": lambda w: (w.group, Destination(w.tay_coc, w.there), w.hoa),
    "a group to another hamlet": lambda w: (w.group, Destination(w.chi_dam, w.khu[1]), w.lan),
    "an initiative to another commune": lambda w: (w.camera, Destination(w.tay_coc, w.there), w.hoa),
    "a site to another hamlet": lambda w: (w.sites[0], Destination(w.chi_dam, w.khu[2]), w.lan),
}


@pytest.mark.parametrize("case", CASES)
def test_what_moves_is_shown_first_and_taken_back_whole_and_nothing_counts_as_new(world, case):
    row, to, by = CASES[case](world)
    before = snapshot()
    counts = preview(row, to, order(by))
    assert sum(counts.values()) and snapshot() == before
    change, moved = move(row, to, order(by))
    assert moved == counts and snapshot() != before
    assert list(Figure.objects.values_list()) == before[-1], "figures stay where they were counted"
    counted = headcount([world.chi_dam.pk, world.tay_coc.pk], since=date(2026, 2, 15), on=date(2026, 3, 14))
    new = ("groups_founded", "groups_dissolved", "initiatives_started", "initiatives_discontinued")
    assert not sum(value for (_, code), value in counted.items() if code in new)
    changes.undo(change, by=by, now=NOW)
    assert snapshot() == before


def test_a_hamlet_takes_its_groups_people_and_sites_along_and_says_where_it_comes_from(world):
    move(world.khu[0], Destination(world.tay_coc), order(world.hoa))
    moved = Hamlet.objects.get(name="Khu 1 (Chí Đám)")
    assert (moved.commune, moved.started_on) == (world.tay_coc, DAY)
    member = Member.objects.get(group__hamlet=moved, ended_on=None)
    assert member.person.commune == world.tay_coc and member.person.phone == "0912345678"
    running = {one.commune: one.sites.filter(ended_on=None).count() for one in Initiative.objects.filter(ended_on=None)}
    assert running == {world.chi_dam: 1, world.tay_coc: 1}


def test_who_may_move_what_where(world):
    for row, to, by, said in (
        (world.group, Destination(world.tay_coc, world.there), world.lan, "cán bộ duyệt của tỉnh"),
        (world.group, Destination(world.chi_dam, world.khu[1]), world.hoa, "Công an xã thực hiện"),
        (world.group, Destination(world.chi_dam, world.khu[1]), world.tuan, "Chỉ Công an xã"),
        (world.group, Destination(world.chi_dam, world.khu[0]), world.lan, "đang ở nơi ấy"),
        (world.khu[0], Destination(world.chieng_pha), world.hoa, "cùng một tỉnh"),
        (world.sites[0], Destination(world.chi_dam, world.khu[1]), world.lan, "đã có điểm"),
        (world.group, Destination(world.tay_coc, world.khu[1]), world.hoa, "thuộc xã đã chọn"),
    ):
        with pytest.raises(Refused, match=said):
            move(row, to, order(by))
    with pytest.raises(ValidationError, match="không sau hôm nay"):
        move(world.group, Destination(world.chi_dam, world.khu[1]), order(world.lan, date(2026, 4, 1)))


def test_a_move_between_communes_is_taken_back_by_the_province_alone(world):
    change, _ = move(world.group, Destination(world.tay_coc, world.there), order(world.hoa))
    for nobody in (world.minh, world.tuan, world.son, world.thu):
        with pytest.raises(Refused):
            changes.undo(change, by=nobody, now=NOW)
    changes.undo(change, by=world.hoa, now=NOW)


def test_taking_a_move_back_holds_both_communes_as_moving_does(world, monkeypatch):
    held = []
    monkeypatch.setattr(changes, "hold_places", lambda *, communes: held.append(set(communes)))
    row, to, by = CASES["a group to another commune"](world)
    changes.undo(move(row, to, order(by))[0], by=by, now=NOW)
    assert held == [{world.chi_dam.pk, world.tay_coc.pk}]


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def test_the_reviewer_moves_a_hamlet_on_its_page(client, world):
    sign_in(client, world.hoa)
    page = f"/register/hamlets/{world.khu[0].pk}/"
    for address in (page, f"{page}read/"):
        assert f"{page}move/" in client.get(address).content.decode()
    assert 'value="07996"' in client.get(f"{page}move/").content.decode()
    said = {"commune": "07996", "day": "01/03/2026", "decision": "7/QĐ"}
    shown = client.post(f"{page}move/", said).content.decode()
    assert "1 tổ tự quản" in shown and "Ghi việc chuyển" in shown and not RegisterChange.objects.exists()
    assert client.post(f"{page}move/", said | {"confirm": "1"}).status_code == 302
    change = RegisterChange.objects.get()
    assert change.title == "Chuyển Khu 1 từ Xã Chí Đám đến Xã Tây Cốc"
    assert f"/dashboard/arrangements/{change.pk}/" in client.get("/dashboard/arrangements/").content.decode()
    client.post(f"/dashboard/arrangements/{change.pk}/undo/")
    assert Hamlet.objects.get(pk=world.khu[0].pk).ended_on is None


def test_an_officer_moves_a_group_and_a_site_within_her_commune(client, world):
    sign_in(client, world.lan)
    page = f"/register/groups/{world.group.pk}/"
    assert "Chuyển nơi" in client.get(page).content.decode()
    said = {"seat": f"h{world.khu[1].pk}", "day": "01/03/2026", "decision": "7/QĐ"}
    assert client.post(f"{page}move/", said | {"day": ""}).status_code == 422
    assert client.post(f"{page}move/", said | {"seat": f"h{world.khu[0].pk}"}).status_code == 422
    assert client.post(f"{page}move/", said | {"confirm": "1"}).status_code == 302
    assert RegisterChange.objects.get().title == "Chuyển LGTQ – Tổ 1 đến Khu 2, Xã Chí Đám"
    assert SelfManagementGroup.objects.filter(hamlet=world.khu[1], continues=world.group).exists()
    site = {"site": str(world.sites[0].pk), "seat": f"h{world.khu[2].pk}", "confirm": "1"}
    assert client.post(f"/register/initiatives/{world.camera.pk}/move/", said | site).status_code == 302
    assert world.camera.sites.filter(hamlet=world.khu[2], ended_on=None).exists()
    sign_in(client, world.tuan)
    assert client.get(f"/register/groups/{world.group.pk}/move/").status_code == 404
