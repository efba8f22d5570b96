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
    for address in (f"/dashboard/?commune={slug}&span=2025-05", f"/api/v1/summary/?commune={slug}&span=2025-05"):
        assert client.get(address).status_code == status, address


def test_the_heir_enters_nothing_for_a_former_commune(client, world):
    client.force_login(world.lan, backend="django.contrib.auth.backends.ModelBackend")
    slug = Commune.objects.get(pk=world.v.pk).slug
    body = {"commune": slug, "month": "2025-04"}
    answer = client.post("/api/v1/reports/", body, content_type="application/json")
    assert answer.status_code == 403, answer.content
    assert not MonthlyReport.objects.filter(commune=world.v, month=MAY - 1).exists()
