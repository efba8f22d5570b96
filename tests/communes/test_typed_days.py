"""Days and counts as people type them in boxes: dd/mm/yyyy whatever the browser, and no bubbles of its own."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from communes.days import parse_day
from communes.forms import CountField, DayField
from models_registry.models import SelfManagementGroup
from tests import factories as f

DAY = date(2024, 3, 5)


@pytest.mark.parametrize("typed", ["05/03/2024", "5/3/2024", " 5-3-2024 ", "05.03.2024", "2024-03-05"])
def test_a_day_is_read_however_it_is_typed(typed):
    assert parse_day(typed) == DAY == DayField().clean(typed)


@pytest.mark.parametrize("typed", ["03/25/2024", "31/02/2024", "hôm qua", "5/3", "20240305x"])
def test_what_is_no_day_says_how_one_is_typed(typed):
    with pytest.raises(ValueError, match="dd/mm/yyyy, ví dụ 05/03/2024"):
        parse_day(typed)


def test_a_year_that_is_a_slip_is_asked_about_by_page_and_api(client, cast):
    with pytest.raises(ValidationError, match="năm 1024"):
        DayField().clean("5/3/1024")
    client.force_login(cast.lan)
    address = f"/api/v1/hamlets/{cast.khu[0].pk}/"
    answer = client.patch(address, {"covenant_on": "1024-03-05"}, content_type="application/json")
    assert answer.status_code == 400 and "năm 1024" in str(answer.json()["covenant_on"])


def test_a_blank_is_no_day():
    assert parse_day(" ") is None


@pytest.mark.parametrize(("typed", "value"), [("1.164", 1164), ("1.000", 1000), ("1 164", 1164), ("07", 7)])
def test_a_count_in_a_form_is_read_as_everywhere(typed, value):
    assert CountField().clean(typed) == value


def test_the_form_of_a_group_has_days_as_text_and_reads_counts_in_vietnamese(client, cast):
    client.force_login(cast.lan)
    group = f.group(cast.chi_dam, hamlet=cast.khu[0], started_on=DAY, declared_members=5)
    page = client.get(f"/register/groups/{group.pk}/").content.decode()
    assert 'value="05/03/2024"' in page and 'type="date"' not in page and 'type="number"' not in page
    posted = {"kind": group.kind_id, "name": group.name, "hamlet": cast.khu[0].pk, "declared_members": "1.000"}
    answer = client.post(f"/register/groups/{group.pk}/", posted | {"started_on": "13/25/2024"})
    assert answer.status_code == 422 and "Ghi ngày dạng dd/mm/yyyy" in answer.content.decode()
    assert ">Ngày thành lập</a>:" in answer.content.decode().replace("ngày thành lập", "Ngày thành lập")
    assert client.post(f"/register/groups/{group.pk}/", posted | {"started_on": "6/3/2024"}).status_code == 302
    stored = SelfManagementGroup.objects.get()
    assert (stored.declared_members, stored.started_on) == (1000, date(2024, 3, 6))
