"""Former units: seen by their heirs, and entered by nobody."""

from datetime import date
from types import SimpleNamespace

import pytest

from communes.models import Commune, Province, UnitSuccession, User
from models_registry.models import Member
from reports.models import MonthlyReport
from reports.months import Month
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST_DAY, MAY = date(2025, 6, 30), Month(2025, 5)


@pytest.fixture
def world(cast):
    """Vĩnh Phúc went into Phú Thọ: its Xã V mainly into Chí Đám and partly into Tây Cốc; Xã U went into V before."""
    vinh_phuc = f.province(code="26", name="Vĩnh Phúc", ended_on=LAST_DAY, heir=cast.phu_tho)
    v = f.commune(code="09000", name="V", province=vinh_phuc)
    u = f.commune(code="09001", name="U", province=vinh_phuc)
    reports = {name: f.filed(one, MAY, "approved", patrols=3) for name, one in (("v", v), ("u", u))}
    office = f.office_report(vinh_phuc, MAY, "approved", inspections=2)
    Commune.objects.filter(pk=v.pk).update(ended_on=LAST_DAY)
    Commune.objects.filter(pk=u.pk).update(ended_on=date(2025, 5, 31))
    for old, new, main in ((u, v, True), (v, cast.chi_dam, True), (v, cast.tay_coc, False)):
        UnitSuccession.objects.create(predecessor=old, successor=new, main=main, whole=False, day=date(2025, 7, 1))
    return SimpleNamespace(**vars(cast), vinh_phuc=vinh_phuc, v=v, u=u, reports=reports, office=office)


def again(user):
    """The account as another request finds it."""
    return User.objects.get(pk=user.pk)


def test_a_province_sees_what_the_provinces_it_succeeded_reported(world):
    for user in map(again, (world.hoa, world.thu)):
        assert set(Province.objects.visible_to(user)) == {world.phu_tho, world.vinh_phuc}
        assert {world.v, world.u} <= set(Commune.objects.visible_to(user))
        seen = set(MonthlyReport.objects.visible_to(user))
        assert seen == {*world.reports.values(), world.office}
    assert not MonthlyReport.objects.visible_to(again(world.son)).exists()
    assert world.vinh_phuc not in Province.objects.visible_to(again(world.son))


def test_a_commune_sees_the_former_ones_whose_main_heir_it_is_and_no_part_of_others(world):
    assert set(Commune.objects.visible_to(again(world.lan))) == {world.chi_dam, world.v, world.u}
    assert set(MonthlyReport.objects.visible_to(again(world.lan))) == set(world.reports.values())
    assert set(Commune.objects.visible_to(again(world.tuan))) == {world.tay_coc}
    assert not MonthlyReport.objects.visible_to(again(world.tuan)).exists()


def test_names_of_people_stay_in_the_commune_they_served(world):
    f.member(f.group(world.v))
    for user in (world.lan, world.hoa):
        assert not Member.objects.visible_to(again(user)).exists()


@pytest.mark.parametrize(("name", "status"), [("lan", 200), ("hoa", 200), ("tuan", 404), ("son", 404), ("an", 200)])
def test_pages_and_api_open_a_former_months_report_to_its_heirs(client, world, name, status):
    client.force_login(getattr(world, name), backend="django.contrib.auth.backends.ModelBackend")
    slug = Commune.objects.get(pk=world.v.pk).slug
    report = world.reports["v"]
    for address in (f"/reports/{slug}/{MAY}/", f"/api/v1/reports/{report.pk}/", f"/api/v1/communes/{slug}/"):
        assert client.get(address).status_code == status, address
    assert client.get(f"/dashboard/?commune={slug}&span=2025-05").status_code == status
    of_totals = 200 if name == "tuan" else status
    for address in (f"/dashboard/former/totals/?commune={slug}", f"/api/v1/summary/?commune={slug}&span=2025-05"):
        assert client.get(address).status_code == of_totals, address


def test_the_heir_enters_nothing_for_a_former_commune(client, world):
    client.force_login(world.lan, backend="django.contrib.auth.backends.ModelBackend")
    slug = Commune.objects.get(pk=world.v.pk).slug
    body = {"commune": slug, "month": "2025-04"}
    answer = client.post("/api/v1/reports/", body, content_type="application/json")
    assert answer.status_code == 403, answer.content
    assert not MonthlyReport.objects.filter(commune=world.v, month=MAY - 1).exists()


@pytest.fixture
def tuan(client, world):
    """tuan of Tây Cốc, into which V went in part, and V's name; the heir of the rest reported May anew."""
    MonthlyReport.objects.filter(pk=world.reports["u"].pk).update(month=MAY - 1)
    f.filed(world.chi_dam, MAY, "approved", patrols=77)
    f.hamlet(world.v, "Khu Giữ Kín")
    client.force_login(again(world.tuan), backend="django.contrib.auth.backends.ModelBackend")
    return Commune.objects.get(pk=world.v.pk).slug


def named(page):
    """Whether a page tells anything of V."""
    return "Giữ Kín" in page or "Xã V" in page


@pytest.mark.parametrize("by", ["indicator", "month"])
def test_a_part_heir_reads_the_totals(client, world, tuan, by):
    told = client.get(f"/api/v1/summary/?commune={tuan}&span=2025-05&by={by}").json()
    assert [row["value"] for row in told["rows"] if row["code"] == "patrols"] == [3]
    page = client.get(f"/dashboard/former/totals/?commune={tuan}&span=2025-05").content.decode()
    assert "Xã V" in page and "Giữ Kín" not in page and f"/reports/{tuan}" not in page
    listed = client.get("/dashboard/former/?commune=07996").content.decode()
    assert f"/dashboard/former/totals/?commune={tuan}" in listed and f"/reports/{tuan}" not in listed


@pytest.mark.parametrize("more", ["by=hamlet", "by=commune", "boundaries=today", "include=all"])
def test_a_part_heir_gets_no_more_by_asking_otherwise(client, world, tuan, more):
    refused = client.get(f"/api/v1/summary/?commune={tuan}&span=2025-05&{more}")
    assert refused.status_code == 400 and "chỉ nhập một phần" in refused.content.decode()
    page = client.get(f"/dashboard/former/totals/?commune={tuan}&span=2025-05&{more}", follow=True).content.decode()
    assert "chỉ nhập một phần" in page and "Giữ Kín" not in page and ">77<" not in page


def test_a_part_heir_finds_nothing_else_by_editing_addresses(client, world, tuan):
    pk = world.reports["v"].pk
    pages = (
        "/dashboard/?commune={}&span=2025-05", "/dashboard/?commune={}&span=2025-05&view=matrix",
        "/figures/?commune={}&indicator=patrols&span=2025-05", "/explore/?place={}", "/explore/?commune={}",
        "/reports/{}/", "/reports/{}/2025-05/", "/review/{}/2025-05/", "/published/{}/2024/",
        "/register/hamlets/?former={}", "/documents/{}/2025-05/", "/dashboard/former/?commune={}",
        "/reports/{}/2025-05/file/",
    )  # fmt: skip
    calls = ("/api/v1/communes/{}/", f"/api/v1/reports/{pk}/", f"/api/v1/reports/{pk}/figures/")
    for address in (one.format(tuan) for one in pages + calls):
        answer = client.get(address)
        assert answer.status_code in (302, 400, 404) or not named(answer.content.decode()), address
    for kind in ("hamlets", "groups", "reports"):
        assert client.get(f"/api/v1/{kind}/?commune={tuan}").json().get("count", 0) == 0, kind


def test_totals_of_what_went_elsewhere_or_is_living_are_not_had_so(client, world, tuan):
    beyond = Commune.objects.get(pk=world.u.pk).slug  # went into V whole, before V was divided
    for slug in (beyond, "07999", "03733", "99999-2025", "07996"):
        assert client.get(f"/dashboard/former/totals/?commune={slug}").status_code == 404, slug
    for slug in (beyond, "07999", "99999-2025"):
        assert client.get(f"/api/v1/summary/?commune={slug}").status_code == 404, slug
    assert client.get("/dashboard/former/totals/").status_code == 404
    assert client.get(f"/dashboard/former/totals/?commune={tuan}&span=mai", follow=True).status_code == 200
