"""Provinces merge: one ends with its last commune, is read through its heir, and all of it is taken back."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.changes import objection_to_undo
from communes.models import Commune, Province, RegisterChange, User, Warrant
from communes.refusals import Refused
from models_registry.arranging import planning, verbs
from reports.entry import sound_places
from reports.entry.published import Source, publish
from reports.models import Home, PublishedTotal
from reports.months import Month, Span
from reports.review import arranging
from reports.totals.place import Place
from reports.totals.published import published_for
from reports.totals.summary import Summary
from reports.units import Unit
from tests import factories as f
from tests.databases import on_postgres
from tests.models_registry.test_arranging import rows_of

pytestmark = pytest.mark.django_db
NOW, FEBRUARY = datetime(2026, 3, 5, 2, 0, tzinfo=UTC), Month(2026, 2)
BY = ("30/NQ-QH", "01/03/2026")
INTO_PHU_THO = rows_of(("03733", "03733", "Xã Chiềng Pha", *BY, "", "", "25"))


@pytest.fixture
def world(cast):
    """Sơn La with its one commune, its people, an older province that it succeeded, and figures of February."""
    older = f.province(code="13", name="Xưa", ended_on=date(2025, 6, 30), heir=cast.son_la)
    leader = f.user(f.Role.PROVINCE_LEADER, cast.son_la)
    officer = f.user(f.Role.COMMUNE_OFFICER, cast.chieng_pha)
    for commune, patrols in ((cast.chi_dam, 30), (cast.chieng_pha, 7)):
        f.filed(commune, FEBRUARY, "approved", NOW, patrols=patrols)
    f.office_report(cast.son_la, FEBRUARY, "approved", NOW, outreach_sessions=4)
    return SimpleNamespace(**vars(cast), older=older, leader=leader, officer=officer)


def merged(world, lines=INTO_PHU_THO):
    return arranging.apply(lines, by=world.quan, now=NOW)[0]


def total(place, boundaries, code="patrols"):
    found = Summary(place, Span.parse("2026"), NOW, "approved", boundaries).total().get(code)
    return found and found.value


def homes():
    rows = Province.objects.order_by("pk").values_list("pk", "ended_on", "heir")
    return list(rows), list(User.objects.order_by("pk").values_list("pk", "province", "commune"))


def test_a_province_that_loses_its_last_commune_ends_and_goes_on_in_its_heir(world):
    before = homes()
    found = arranging.preview(INTO_PHU_THO, world.quan, NOW)
    assert any("Tỉnh Sơn La hết xã nên kết thúc, tiếp tục ở Tỉnh Phú Thọ" in what for what in found.counts)
    assert homes() == before, "a preview keeps nothing"
    done = merged(world)
    gone = Province.objects.get(pk=world.son_la.pk)
    assert (gone.ended_on, gone.heir, gone.slug) == (date(2026, 2, 28), world.phu_tho, "14-2026")
    assert Province.objects.get(pk=world.older.pk).heir == world.phu_tho, "what it succeeded is read there too"
    people = User.objects.filter(pk__in=[world.son.pk, world.leader.pk])
    assert {one.province for one in people} == {world.phu_tho}
    assert User.objects.get(pk=world.officer.pk).commune.province == world.phu_tho
    arranging.undo(done.change, by=world.quan, now=NOW)
    assert homes() == before and not Warrant.objects.exists()


def test_its_figures_stand_once_then_and_now(world):
    old, heir = Place(world.son_la), Place(world.phu_tho)
    assert [total(old, "then"), total(heir, "then"), total(Place(), "today")] == [7, 30, 37]
    merged(world)
    gone = Place(Province.objects.get(pk=world.son_la.pk))
    for whole in (Place(), heir):
        assert total(whole, "today") == 37 and total(whole, "today", "outreach_sessions") == 4
    assert [total(gone, "then"), total(heir, "then"), total(Place(), "then")] == [7, 30, 37]
    assert total(gone, "then", "outreach_sessions") == 4


def test_its_heirs_people_read_its_months_and_what_it_published(client, world):
    source = Source("Báo cáo năm")
    publish(Home(world.son_la), Span.parse("2025"), source, {"patrols": "hơn 40"}, by=world.son, now=NOW)
    merged(world)
    assert [one.text for one in published_for(Place(world.phu_tho), Span.parse("2025"))] == ["hơn 40"]
    client.force_login(world.hoa)
    for address in (
        "/dashboard/?province=14-2026&span=2026-02", "/reports/province-14-2026/", "/dashboard/former/",
        "/reports/03733-2026/2026-02/", "/published/14-2026/2025/", "/documents/province-14-2026/2026-02/", "/",
        "/explore/?province=14-2026&indicator=patrols&span=2026-02", "/api/v1/provinces/14-2026/",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    assert "Tỉnh Sơn La (đến 28/02/2026)" in client.get("/dashboard/former/").content.decode()
    assert PublishedTotal.objects.visible_to(world.hoa).count() == 1


def test_its_reviewers_finish_what_its_office_left_open(world):
    merged(world)
    son = User.objects.get(pk=world.son.pk)
    office = Unit(Province.objects.get(pk=world.son_la.pk))
    held = Warrant.objects.get(province=world.son_la)
    assert (held.person, held.until) == (son, date(2026, 4, 19))
    assert not office.owes(Month(2026, 3)) and office.owes(FEBRUARY)
    assert son.reviews(world.phu_tho) and not User.objects.get(pk=world.leader.pk).warrants.exists()


def test_a_province_that_keeps_a_commune_lives_on(world):
    stays = f.commune(code="03800", name="Mường É", province=world.son_la)
    merged(world)
    assert Province.objects.get(pk=world.son_la.pk).ended_on is None
    assert User.objects.get(pk=world.son.pk).province == world.son_la and not Warrant.objects.filter(province__gt=0)
    assert Commune.objects.get(pk=stays.pk).province == world.son_la


def test_two_provinces_become_a_third_that_was_founded_for_it(world):
    third = f.province(code="26", name="Tây Bắc", started_on=date(2026, 3, 1))
    lines = [(code, code, name, *BY, "", "", "26") for code, name in
             (("03733", "Xã Chiềng Pha"), ("07999", "Xã Chí Đám"), ("07996", "Xã Tây Cốc"))]  # fmt: skip
    before = homes()
    done = merged(world, rows_of(*lines))
    assert set(done.provinces.values()) == {third} and len(done.provinces) == 2
    assert done.change.title == "Sắp xếp 3 đơn vị thành 3, chuyển sang Tỉnh Tây Bắc"
    assert [total(Place(third), boundaries) for boundaries in ("today", "then")] == [37, None]
    assert total(Place(third), "today", "outreach_sessions") == 4
    assert {one.heir for one in Province.objects.exclude(ended_on=None)} == {third}
    arranging.undo(done.change, by=world.quan, now=NOW)
    assert homes() == before


def test_what_crosses_provinces_is_taken_back_by_administrators_alone(world):
    done = merged(world)
    for user in (world.hoa, world.son):
        assert "quản trị" in str(objection_to_undo(done.change, User.objects.get(pk=user.pk)))
    assert objection_to_undo(done.change, world.quan) is None


def test_a_province_whose_office_reported_later_does_not_end_before_it(world):
    f.office_report(world.son_la, Month(2026, 4), "draft", datetime(2026, 3, 20, tzinfo=UTC), outreach_sessions=1)
    found = arranging.preview(INTO_PHU_THO, world.quan, NOW)
    assert "cơ quan tổng hợp đã có báo cáo tháng 4/2026" in found.refusal
    with pytest.raises(Refused):
        merged(world)
    assert not RegisterChange.objects.exists()


@pytest.mark.parametrize("of", ["office", "commune"])
def test_a_month_is_after_the_end_by_the_provinces_own_cut_off(world, of):
    Province.objects.filter(pk=world.son_la.pk).update(cutoff_day=27, commune_due_day=28, province_due_day=28)
    son_la, march = Province.objects.get(pk=world.son_la.pk), Month(2026, 3)
    if of == "office":
        f.office_report(son_la, march, "draft", NOW, outreach_sessions=1)
    else:
        f.report(Commune.objects.get(pk=world.chieng_pha.pk), world.officer, march, NOW)
    with pytest.raises(Refused, match="đã có báo cáo tháng 3/2026"):
        act(world, ("03733", "25"), day="28/02/2026")


def test_what_came_to_the_heir_since_keeps_it_from_being_undone(world):
    done = merged(world)
    new = Commune.objects.living().get(code="03733")
    f.filed(new, Month(2026, 3), "approved", NOW, patrols=1)
    with pytest.raises(Refused, match="không hoàn tác được nữa"):
        arranging.undo(done.change, by=world.quan, now=NOW)
    assert Province.objects.get(pk=world.son_la.pk).heir == world.phu_tho


def act(world, *ways, day="01/03/2026"):
    """Communes by their codes, each into a province by its code under a code of that day; the act."""
    new = [(code, f"{day[1]}{code[1:]}", into) for code, into in ways]
    lines = rows_of(*((old, code, f"Xã Mới {code}", f"{day[:2]}/NQ", day, "", "", into) for old, code, into in new))
    return arranging.apply(lines, by=world.quan, now=NOW)[0].change


@pytest.fixture
def leaving(world):
    """Three communes of Sơn La went to Phú Thọ, then its last one to Tây Bắc."""
    world.tay_bac = f.province(code="26", name="Tây Bắc")
    for code in ("03801", "03802", "03803"):
        f.commune(code=code, name=f"Mường {code}", province=world.son_la)
    world.first = act(world, *((code, "25") for code in ("03801", "03802", "03803")))
    world.last = act(world, ("03733", "26"), day="02/03/2026")
    return world


def test_the_heir_is_the_province_that_took_most_communes_by_all_the_acts(leaving):
    gone = Province.objects.get(pk=leaving.son_la.pk)
    assert (gone.ended_on, gone.heir) == (date(2026, 3, 1), leaving.phu_tho)


def test_the_heir_is_none_of_those_that_end_by_the_same_act(leaving):
    arranging.undo(leaving.last, by=leaving.quan, now=NOW)
    codes = Commune.objects.living().exclude(province=leaving.tay_bac).values_list("code", flat=True)
    last = act(leaving, *((code, "26") for code in codes), day="02/03/2026")
    ended = Province.objects.filter(ended_on=date(2026, 3, 1))
    assert {one.pk: one.heir for one in ended} == dict.fromkeys(
        [leaving.phu_tho.pk, leaving.son_la.pk], leaving.tay_bac
    )
    arranging.undo(last, by=leaving.quan, now=NOW)
    assert not Province.objects.living().exclude(heir=None).exists()


def test_where_most_went_has_gone_on_in_another_since(leaving):
    arranging.undo(leaving.last, by=leaving.quan, now=NOW)
    codes = Commune.objects.living().filter(province=leaving.phu_tho).values_list("code", flat=True)
    act(leaving, *((code, "26") for code in codes), day="02/03/2026")
    f.province(code="27", name="Xa", started_on=date(2026, 3, 3))
    act(leaving, ("03733", "27"), day="03/03/2026")
    assert Province.objects.get(pk=leaving.son_la.pk).heir == leaving.tay_bac


def test_what_went_before_comes_back_after_what_ended_the_province(leaving):
    with pytest.raises(Refused, match=r"Hãy hoàn tác lần sắp xếp sau trước"):
        arranging.undo(leaving.first, by=leaving.quan, now=NOW)
    for change in (leaving.last, leaving.first):
        arranging.undo(change, by=leaving.quan, now=NOW)
    assert Commune.objects.living().filter(province=leaving.son_la).count() == 4
    assert Province.objects.get(pk=leaving.son_la.pk).ended_on is None
    assert not list(sound_places.provinces(None))


def test_a_living_commune_of_a_province_that_ended_is_found(client, leaving):
    Commune.objects.filter(code="03801", province=leaving.son_la).update(ended_on=None)
    (found,) = sound_places.provinces("14")
    assert (found.check, found.severity) == ("provinces", "fault") and "Sơn La (đến 01/03/2026)" in found.sentence
    assert not list(sound_places.provinces("25"))
    client.force_login(leaving.quan)
    assert client.get(found.link).status_code == 200


@pytest.mark.parametrize(("make", "code"), [(f.province, "14"), (f.commune, "03733")])
def test_what_ended_does_not_come_back_under_a_code_that_is_anothers_by_now(client, leaving, make, code):
    make(code=code, name="Khác", **({"province": leaving.phu_tho} if make is f.commune else {}))
    client.force_login(leaving.quan, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(f"/dashboard/arrangements/{leaving.last.pk}/undo/", follow=True)
    assert page.status_code == 200 and "nên không hoàn tác được nữa" in page.content.decode()
    assert Province.objects.get(pk=leaving.son_la.pk).ended_on and Commune.objects.living().filter(code="23733")


@pytest.mark.skipif(not on_postgres(), reason="SQLite has one writer at a time")
def test_acts_on_one_province_wait_for_each_other(world):
    with CaptureQueriesContext(connection) as asked:
        act(world, ("03733", "25"))
    said = [one["sql"] for one in asked]
    held = next(place for place, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql and "communes_province" in sql)
    ended = next(place for place, sql in enumerate(said) if sql.startswith('UPDATE "communes_commune"'))
    assert held < ended, "each sees which communes the other left there"


def test_no_commune_is_taken_to_a_province_that_ended_meanwhile(world):
    lines = rows_of(("03733", "03733", "Xã Chiềng Pha", *BY, "", "", "26"))
    tay_bac = f.province(code="26", name="Tây Bắc")
    plan = planning.understood(lines, world.quan)
    Province.objects.filter(pk=tay_bac.pk).update(ended_on=date(2026, 3, 1))
    with pytest.raises(Refused, match=r"Tây Bắc .* vừa kết thúc"):
        verbs.carry_out(plan, by=world.quan, now=NOW)
    assert not RegisterChange.objects.exists()
