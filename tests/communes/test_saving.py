"""One verb saves a row of the register, whichever the door: what stood there is kept, and rows stay in their place."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from communes import changes
from communes.changes import undo
from communes.history import restore
from communes.models import Hamlet, RegisterChange
from communes.refusals import Refused
from communes.register.bulk import apply
from communes.saving import end, keep_first_version, remove, save
from models_registry.importing.runs import apply as apply_import
from models_registry.importing.runs import upload
from models_registry.models import Person
from tests import factories as f

NOW = datetime(2025, 6, 20, 3, 0, tzinfo=UTC)
SENTENCE = "kèm theo nên không đổi được"


@pytest.fixture
def loaded(cast):
    """A hamlet as a first load leaves it: 171 households, and no history."""
    (row,) = Hamlet.objects.bulk_create([Hamlet(commune=cast.chi_dam, name="Khu 7", households=171)])
    assert not row.history.exists()
    return row


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def by_page(as_, cast, row):
    assert as_(cast.lan).post(f"/register/hamlets/{row.pk}/", {"name": row.name, "households": 999}).status_code == 302


def by_api(as_, cast, row):
    changed = api(cast.lan).patch(f"/api/v1/hamlets/{row.pk}/", {"households": 999}, format="json")
    assert changed.status_code == 200 and changed.json()["households"] == 999


def by_admin(as_, cast, row):
    sent = {"commune": cast.chi_dam.pk, "name": row.name, "households": 999}
    assert as_(cast.quan).post(f"/admin/communes/hamlet/{row.pk}/change/", sent).status_code == 302


def by_import(as_, cast, row):
    run = upload("hamlets", "khu.csv", f"Tên khu dân cư,Số hộ\n{row.name},999\n".encode(), by=cast.lan, now=NOW)
    apply_import(run, only_good=False, by=cast.lan, now=NOW, today=timezone.localdate(NOW))


def by_bulk(as_, cast, row):
    assert apply([row], {"households": 999}, "Sửa số hộ", by=cast.lan, now=NOW) == []


DOORS = (by_page, by_api, by_admin, by_import, by_bulk)


@pytest.mark.parametrize("door", DOORS)
def test_what_stood_in_a_row_without_a_history_is_kept_through_every_door(as_, cast, loaded, door):
    door(as_, cast, loaded)
    versions = list(Hamlet.history.filter(id=loaded.pk).order_by("history_date", "history_id"))
    assert [(one.households, one.history_type) for one in versions] == [(171, "+"), (999, "~")]
    who = cast.quan if door is by_admin else cast.lan
    assert [one.history_user for one in versions] == [None, who]


def test_a_row_with_a_history_gets_no_second_first_version(cast):
    now = timezone.now()
    hamlet = save(Hamlet(commune=cast.chi_dam, name="Khu 90"), by=cast.lan, now=now)
    keep_first_version(Hamlet, [hamlet.pk], now=now)
    assert hamlet.history.count() == 1


def test_a_loaded_row_that_is_ended_or_deleted_keeps_its_first_version(cast, loaded):
    end(loaded, by=cast.lan, now=NOW, ended_on="2025-05-31")
    assert next(one.ended_on for one in loaded.history.order_by("history_id")) is None
    (other,) = Hamlet.objects.bulk_create([Hamlet(commune=cast.chi_dam, name="Khu 8")])
    key = other.pk
    remove(other, by=cast.lan, now=NOW)
    assert [one.history_type for one in Hamlet.history.filter(id=key).order_by("history_id")] == ["+", "-"]


def test_a_member_of_a_loaded_group_keeps_the_person_as_it_was(cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0])
    (person,) = Person.objects.bulk_create([Person(commune=cast.chi_dam, name="Lê Văn An")])
    member = f.member(team, person=person)
    changed = api(cast.lan).patch(f"/api/v1/members/{member.pk}/", {"name": "Lê Văn Ân"}, format="json")
    assert changed.status_code == 200
    assert list(person.history.order_by("history_id").values_list("name", flat=True)) == ["Lê Văn An", "Lê Văn Ân"]


def test_an_act_on_a_row_without_a_history_is_taken_back_to_what_stood_there(cast, loaded):
    by_bulk(None, cast, loaded)
    undo(RegisterChange.objects.get(), by=cast.lan, now=NOW)
    assert Hamlet.objects.get(pk=loaded.pk).households == 171


def test_an_act_of_a_commune_is_not_the_provinces_to_take_back(cast, loaded):
    by_bulk(None, cast, loaded)
    with pytest.raises(Refused, match="Chỉ cán bộ của xã"):
        undo(RegisterChange.objects.get(), by=cast.hoa, now=NOW)
    assert Hamlet.objects.get(pk=loaded.pk).households == 999


def test_an_act_is_not_taken_back_where_no_earlier_version_is_left(cast, loaded):
    by_bulk(None, cast, loaded)
    loaded.history.filter(history_type="+").delete()
    with pytest.raises(Refused, match="không còn phiên bản trước"):
        undo(RegisterChange.objects.get(), by=cast.lan, now=NOW)
    assert Hamlet.objects.get(pk=loaded.pk).households == 999
    assert RegisterChange.objects.get().undone_at is None


def test_a_row_is_not_restored_to_the_version_that_stands(as_, cast):
    khu = cast.khu[0]
    with pytest.raises(Refused, match="không có gì để khôi phục"):
        restore(khu, khu.history.get(), by=cast.quan, now=NOW)
    page = as_(cast.quan).post(
        f"/register/hamlets/{khu.pk}/history/", {"version": khu.history.get().history_id}, follow=True
    )
    assert "không có gì để khôi phục" in page.content.decode() and khu.history.count() == 1


@pytest.fixture
def reported(cast):
    """A hamlet with a cell in a report."""
    khu = cast.khu[0]
    f.fill(f.report(cast.chi_dam, cast.lan), cast.lan, {(f.Row(hamlet=khu.pk), "patrols"): 3})
    return khu


def test_the_admin_moves_no_hamlet_that_has_figures(as_, cast, reported):
    sent = {"commune": cast.tay_coc.pk, "name": reported.name}
    address = f"/admin/communes/hamlet/{reported.pk}/change/"
    refused = as_(cast.quan).post(address, sent)
    assert refused.status_code == 200 and SENTENCE in refused.content.decode()
    assert Hamlet.objects.get(pk=reported.pk).commune == cast.chi_dam
    assert as_(cast.quan).post(address, sent | {"commune": cast.chi_dam.pk, "households": 9}).status_code == 302


def test_the_admin_moves_a_hamlet_entered_under_the_wrong_commune(as_, cast):
    khu = cast.khu[2]
    sent = {"commune": cast.tay_coc.pk, "name": khu.name}
    assert as_(cast.quan).post(f"/admin/communes/hamlet/{khu.pk}/change/", sent).status_code == 302
    assert Hamlet.objects.get(pk=khu.pk).commune == cast.tay_coc


@pytest.fixture
def team(cast):
    """A group with a member."""
    found = f.group(cast.chi_dam, hamlet=cast.khu[0])
    f.member(found)
    return found


def test_the_page_moves_no_group_that_has_members(as_, cast, team):
    sent = {"kind": team.kind_id, "name": team.name, "hamlet": cast.khu[1].pk}
    refused = as_(cast.lan).post(f"/register/groups/{team.pk}/", sent)
    said = refused.content.decode()
    assert refused.status_code == 422 and "đã có thành viên kèm theo nên không đổi được khu dân cư" in said
    team.refresh_from_db()
    assert team.hamlet == cast.khu[0]


def test_the_api_moves_no_group_that_has_members(cast, team):
    address = f"/api/v1/groups/{team.pk}/"
    refused = api(cast.lan).patch(address, {"hamlet": cast.khu[1].pk}, format="json")
    assert refused.status_code == 409 and SENTENCE in refused.json()["detail"]
    team.refresh_from_db()
    assert team.hamlet == cast.khu[0]
    assert api(cast.lan).patch(address, {"hamlet": cast.khu[0].pk, "households": 5}, format="json").status_code == 200


def test_a_group_that_nothing_hangs_on_is_moved(cast):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    moved = api(cast.lan).patch(f"/api/v1/groups/{group.pk}/", {"hamlet": cast.khu[1].pk}, format="json")
    assert moved.status_code == 200 and moved.json()["hamlet"] == cast.khu[1].pk


def test_acts_on_many_rows_and_imports_move_no_group_that_has_members(cast, team):
    problems = apply([team], {"hamlet": cast.khu[1]}, "Chuyển tổ", by=cast.lan, now=NOW)
    assert len(problems) == 1 and SENTENCE in problems[0]
    act = changes.begin(cast.chi_dam, RegisterChange.Kind.IMPORT, "Nhập", by=cast.lan, now=NOW)
    team.hamlet = cast.khu[1]
    with pytest.raises(Refused, match=SENTENCE):
        act.update([team], ["hamlet", "name"])
    act.update([team], ["name"])  # what is not written does not move
    team.refresh_from_db()
    assert team.hamlet == cast.khu[0]


def test_undoing_moves_no_group_back_once_it_has_members(cast):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    assert apply([group], {"hamlet": cast.khu[1]}, "Chuyển tổ", by=cast.lan, now=NOW) == []
    f.member(group)
    with pytest.raises(Refused, match=SENTENCE):
        undo(RegisterChange.objects.get(), by=cast.lan, now=NOW)
    group.refresh_from_db()
    assert group.hamlet == cast.khu[1] and RegisterChange.objects.get().undone_at is None


def test_the_verb_itself_says_which_rows_hang_there(cast, reported):
    reported.commune = cast.tay_coc
    with pytest.raises(Refused, match="đã có nhật ký hoạt động kèm theo nên không đổi được xã") as refusal:
        save(reported, by=cast.quan, now=NOW)
    assert refusal.value.objection.status == 409


def test_what_is_tracked_are_the_models_with_a_history_not_the_histories():
    tracked = changes.tracked_models()
    assert Hamlet in tracked and Person in tracked
    assert Hamlet.history.model not in tracked and RegisterChange not in tracked
