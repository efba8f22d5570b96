"""Standards and ratings are of years: from 2000 on, and of a commune since it began."""

from datetime import date

import pytest

from communes.register.years import before_its_time
from communes.years import OUTSIDE
from models_registry.importing.occasions import read_year
from tests import factories as f
from tests.reports.conftest import as_

pytestmark = pytest.mark.django_db
PAGES = ["/register/safety/year/", "/register/groups/ratings/", "/register/initiatives/ratings/"]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("year", ["1998", "2101", "hai nghìn"])
def test_a_page_says_which_years_there_are_and_which_it_shows(client, cast, address, year):
    page = as_(client, cast.lan).get(f"{address}?year={year}").content.decode()
    assert OUTSIDE in page and "Đang xem năm 20" in page
    assert OUTSIDE not in client.get(f"{address}?year=2000").content.decode()
    assert OUTSIDE not in client.get(address).content.decode()


def test_a_form_and_a_file_say_it_of_a_year_before(client, cast):
    page = as_(client, cast.lan).post("/register/safety/new/", {"year": "1999", "registered_on": "01/02/1999"})
    assert OUTSIDE in page.content.decode()
    with pytest.raises(ValueError, match="từ năm 2000"):
        read_year("năm 1999")
    assert read_year("năm 2000") == 2000


@pytest.mark.parametrize("address", PAGES[1:])
def test_of_a_year_before_the_commune_began_it_is_said_who_rated(client, cast, address):
    cast.chi_dam.started_on = date(2025, 7, 1)
    cast.chi_dam.save()
    as_(client, cast.lan)
    said = before_its_time(cast.chi_dam, 2024)
    assert said.startswith("Xã Chí Đám có từ ngày 01/07/2025: năm 2024")
    assert said in client.get(f"{address}?year=2024").content.decode()
    assert "có từ ngày" not in client.get(f"{address}?year=2025").content.decode()
    f.group(cast.chi_dam, "security_team", started_on="2023-01-01")
    f.initiative(cast.chi_dam, started_on="2023-01-01")
    assert said not in client.get(f"{address}?year=2024").content.decode(), "what is known is rated"
