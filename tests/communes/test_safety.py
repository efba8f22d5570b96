"""The yearly standard: ticking a whole commune, the two thresholds; the priority lists as of a day."""

from datetime import date

import pytest

from communes.changes import undo
from communes.models import PriorityListing, RegisterChange, SafetyRecord
from communes.safety import standings, tick
from tests import factories as f

TODAY = date(2025, 12, 1)


@pytest.fixture
def units(cast):
    """Chí Đám's three hamlets and a school: four units."""
    cast.school = f.institution(cast.chi_dam)
    cast.keys = [f"h{h.pk}" for h in cast.khu] + [f"i{cast.school.pk}"]
    return cast


def ticked(cast, registered, recognised=()):
    return tick(
        cast.chi_dam, 2025, registered=set(registered), recognised=set(recognised), registered_on=date(2025, 3, 1),
        recognised_on=date(2025, 11, 20), by=cast.lan, now=f.NOW, on=TODAY,
    )  # fmt: skip


def standing(cast):
    return standings([cast.chi_dam], 2025, on=TODAY)[cast.chi_dam.pk]


@pytest.mark.parametrize(
    ("registered", "recognised", "all_registered", "enough"),
    [(0, 0, False, False), (3, 3, False, True), (4, 2, True, False), (4, 3, True, True), (4, 4, True, True)],
)
def test_the_thresholds_are_every_unit_registered_and_seven_in_ten_recognised(
    units, registered, recognised, all_registered, enough
):
    ticked(units, units.keys[:registered], units.keys[:recognised])
    found = standing(units)
    assert (found.units, found.registered, found.recognised) == (4, registered, recognised)
    assert (found.all_registered, found.enough_recognised, found.meets) == (
        all_registered,
        enough,
        all_registered and enough,
    )


def test_a_unit_is_counted_once_however_many_years_it_has_registered(units):
    for year in (2022, 2023, 2024):
        for hamlet in units.khu:
            SafetyRecord.objects.create(
                commune=units.chi_dam, hamlet=hamlet, year=year, registered_on=date(year, 3, 1),
                recognised_on=date(year, 11, 1),
            )  # fmt: skip
    ticked(units, units.keys, units.keys)
    found = standing(units)
    assert (found.units, found.registered, found.recognised) == (4, 4, 4)


def test_ticking_again_keeps_the_days_that_stand_and_unticking_takes_away(units):
    ticked(units, units.keys[:2])
    SafetyRecord.objects.update(registered_on=date(2025, 2, 2))
    assert ticked(units, units.keys[1:3], units.keys[1:2]) == 3
    days = dict(SafetyRecord.objects.values_list("hamlet__name", "registered_on"))
    assert days == {"Khu 2": date(2025, 2, 2), "Khu 10": date(2025, 3, 1)}
    assert ticked(units, units.keys[1:3], units.keys[1:2]) == 0


def test_unticking_is_taken_back_too(units):
    ticked(units, units.keys[:2])
    before = list(SafetyRecord.objects.order_by("pk").values())
    ticked(units, units.keys[:1])
    undo(RegisterChange.objects.latest("pk"), by=units.lan, now=f.NOW)
    assert list(SafetyRecord.objects.order_by("pk").values()) == before


def test_what_registered_and_was_merged_since_stays_in_its_year(units):
    ticked(units, units.keys, units.keys)
    units.khu[0].ended_on = date(2025, 11, 30)
    units.khu[0].save()
    found = standing(units)
    assert (found.units, found.registered, found.recognised) == (4, 4, 4)


def test_the_commune_registers_itself_and_is_not_one_of_its_units(units):
    ticked(units, ["u"], ["u"])
    found = standing(units)
    assert found.itself.recognised_on and (found.units, found.registered) == (4, 0)


def test_the_page_refuses_recognition_without_registration_and_keeps_the_ticks(units, client):
    client.force_login(units.lan, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"year": "2025", "registered_on": "2025-03-01", "recognised_on": "2025-11-20",
            "registered": units.keys[:1], "recognised": units.keys[:2]}  # fmt: skip
    refused = client.post("/register/safety/year/", sent)
    assert refused.status_code == 422 and "phải có đăng ký" in refused.content.decode()
    assert refused.content.decode().count(" checked") == 3 and not SafetyRecord.objects.exists()
    client.post("/register/safety/year/", sent | {"registered": units.keys, "recognised": units.keys})
    assert SafetyRecord.objects.filter(recognised_on=date(2025, 11, 20)).count() == 4
    assert RegisterChange.objects.get().title == "“An toàn về ANTT” năm 2025: 4 đơn vị"
    client.force_login(units.hoa, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/register/safety/year/?year=2025").content.decode()
    assert "1/2 xã, phường đủ hai điều kiện" in page
    assert client.post("/register/safety/year/", sent).status_code == 403


@pytest.fixture
def listings(cast):
    """Chí Đám listed in 2024 and off in August 2025; Tây Cốc on since June 2025, with an initiative."""
    PriorityListing.objects.create(
        commune=cast.chi_dam, decision="1/QĐ-BCA", started_on=date(2024, 2, 1), ended_on=date(2025, 8, 31)
    )
    PriorityListing.objects.create(commune=cast.tay_coc, decision="2/QĐ-BCA", started_on=date(2025, 6, 1))
    f.initiative(cast.tay_coc, started_on=date(2025, 1, 1))
    return cast


@pytest.mark.parametrize(
    ("on", "listed", "came_on", "came_off", "without"),
    [
        ("2025-03-01", {"07999"}, set(), set(), {"07999"}),
        ("2025-08-31", {"07999", "07996"}, {"07996"}, set(), {"07999"}),
        ("2025-09-01", {"07996"}, {"07996"}, {"07999"}, set()),
    ],
)
def test_the_priority_list_is_read_as_of_any_day(listings, client, on, listed, came_on, came_off, without):
    client.force_login(listings.hoa, backend="django.contrib.auth.backends.ModelBackend")
    context = client.get(f"/register/priority/on/?since=2025-01-01&on={on}").context
    found = {name: {one.commune.code for one in context[name]} for name in ("listed", "came_on", "came_off", "without")}
    assert found == {"listed": listed, "came_on": came_on, "came_off": came_off, "without": without}


def test_the_province_keeps_the_list_and_its_communes_read_their_own(listings, client):
    client.force_login(listings.hoa, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"commune": listings.chi_dam.pk, "level": "province", "decision": "3/QĐ-CAT", "started_on": "2025-10-01"}
    assert client.post("/register/priority/new/", sent).status_code == 302
    again = client.post("/register/priority/new/", sent)
    assert again.status_code == 422 and "đang ở trong danh sách đó" in again.content.decode()
    one = PriorityListing.objects.get(decision="3/QĐ-CAT")
    address = f"/register/priority/{one.pk}/end/"
    assert client.post(address, {"ended_on": "2025-11-01"}).status_code == 422  # coming off needs its decision
    client.post(address, {"ended_on": "2025-11-01", "delisting_decision": "4/QĐ-CAT"})
    one.refresh_from_db()
    assert (one.ended_on, one.delisting_decision) == (date(2025, 11, 1), "4/QĐ-CAT")
    client.force_login(listings.lan, backend="django.contrib.auth.backends.ModelBackend")
    assert len(client.get("/register/priority/?state=").context["lines"]) == 2
    assert client.get("/register/priority/new/").status_code == 403
