"""An account that stayed at a commune that is over: it reads what was, and enters nothing unless named."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from communes.scope import Role
from reports.months import Month
from reports.units import Unit
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 9, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def world(cast):
    """Xã Cũ of Phú Thọ ended with August 2025; mai still has her account there."""
    old = f.commune(code="07990", name="Cũ", province=cast.phu_tho, ended_on=date(2025, 8, 31))
    return SimpleNamespace(**vars(cast), old=old, mai=f.user(Role.COMMUNE_CHIEF, old), hamlet=f.hamlet(old, "Khu 1"))


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def open_month(client, month):
    return client.post("/api/v1/reports/", {"commune": "07990-2025", "month": month}, content_type="application/json")


def test_months_before_the_end_are_entered_by_whom_the_province_named(client, world):
    sign_in(client, world.mai)
    assert open_month(client, "2025-06").status_code == 403
    f.warrant(world.old, world.mai, by=world.hoa)
    assert open_month(client, "2025-06").status_code == 201
    assert open_month(client, "2025-10").status_code in (400, 409), "no warrant reaches past the end"


def test_nobody_signs_or_enters_for_it_but_a_living_commune_is_as_before(world):
    assert not Unit(world.phu_tho, world.old).is_entered_by(world.mai)
    assert not Unit(world.phu_tho, world.old).is_signed_by(world.mai)
    assert Unit(world.phu_tho, world.chi_dam).is_signed_by(world.minh)
    world.chi_dam.ended_on = date(2100, 1, 1)
    assert Unit(world.phu_tho, world.chi_dam).owes(Month(2025, 6)), "a last day still to come changes nothing"
    assert world.minh.works_for(world.chi_dam)


def test_the_register_of_a_commune_that_is_over_is_read(client, world):
    sign_in(client, world.mai)
    assert client.get("/register/hamlets/").status_code == 200
    page = client.post("/register/hamlets/new/", {"name": "Khu 2"})
    assert page.status_code == 409 and "đã kết thúc" in page.content.decode()
    assert client.post("/api/v1/hamlets/", {"name": "Khu 2"}, content_type="application/json").status_code in (403, 409)
