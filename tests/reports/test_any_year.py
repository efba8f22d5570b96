"""Months, spans and what asks for them reach back to any year of the republic."""

import pytest

from reports.models import Indicator, PublishedTotal
from reports.months import FIRST_REPORTED, Month, Span
from tests import factories as f
from tests.reports.test_former_units import sign_in

pytestmark = pytest.mark.django_db
LONG_AGO = Month(1998, 3)


def test_a_month_of_any_year_is_entered_by_page_and_api(client, cast):
    sign_in(client, cast.lan)
    assert f"Tháng {LONG_AGO.number}/{LONG_AGO.year}" in client.get("/reports/07999/?until=3/1998").content.decode()
    assert client.get(f"/reports/07999/{LONG_AGO}/").status_code == 200
    asked = {"commune": "07999", "month": str(LONG_AGO)}
    opened = client.post("/api/v1/reports/", asked, content_type="application/json")
    assert opened.status_code == 201, opened.content
    assert client.get(f"/api/v1/reports/?month={LONG_AGO}").json()["results"][0]["month"] == str(LONG_AGO)


@pytest.mark.parametrize(
    "span", [f"{FIRST_REPORTED}-01", f"{FIRST_REPORTED}-01..{FIRST_REPORTED}-03", f"{FIRST_REPORTED + 1}"]
)
@pytest.mark.parametrize("unit", ["commune=07999", "province=25"])
def test_the_first_months_there_are_can_be_asked_for(client, cast, span, unit):
    sign_in(client, cast.hoa)
    at = {"commune=07999": "07999", "province=25": "province-25"}[unit]
    for address in (
        f"/dashboard/?{unit}&span={span}", f"/explore/?{unit}&indicator=patrols&span={span}",
        f"/figures/?{unit}&indicator=patrols&span={span}", f"/documents/{at}/{span}/",
        f"/published/{unit.partition('=')[2]}/{span}/", f"/api/v1/summary/?{unit}&span={span}",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("span", ["1998", "1998-Q1", "1998-03", "1997-12..1998-05"])
def test_its_figures_come_back_wherever_they_are_asked(client, cast, span):
    f.filed(cast.chi_dam, LONG_AGO, patrols=73)
    sign_in(client, cast.hoa)
    for address in (
        f"/dashboard/?commune=07999&span={span}", f"/explore/?commune=07999&indicator=patrols&span={span}",
        f"/figures/?commune=07999&indicator=patrols&span={span}", f"/documents/07999/{span}/",
        f"/api/v1/summary/?commune=07999&indicator=patrols&span={span}",
    ):  # fmt: skip
        page = client.get(address)
        assert page.status_code == 200 and "73" in page.content.decode(), address


def test_what_was_published_of_it_is_kept(client, cast):
    sign_in(client, cast.lan)
    said = {"source": "Sổ xã", "f-patrols": "hơn 73", "seen-f-patrols": ""}
    assert client.post("/published/07999/1998/", said).status_code == 302
    assert "hơn 73" in client.get("/published/07999/1998/").content.decode()


def test_the_list_of_months_ends_with_the_first_of_them(client, cast):
    sign_in(client, cast.lan)
    page = client.get(f"/reports/07999/?until={FIRST_REPORTED}-02").content.decode()
    assert f"Tháng 1/{FIRST_REPORTED}<" in page and f"Tháng 12/{FIRST_REPORTED - 1}" not in page
    assert "Các tháng trước" not in page and "Các tháng sau" in page
    assert client.get(f"/reports/07999/{FIRST_REPORTED - 1}-12/").status_code == 404


def test_a_year_that_begins_with_december_has_its_months():
    first = Span.parse(str(FIRST_REPORTED + 1), 12)
    assert (str(first.first), len(first)) == (f"{FIRST_REPORTED}-12", 12)
    with pytest.raises(ValueError, match="không phải là kỳ báo cáo"):
        Span.parse(str(FIRST_REPORTED))


@pytest.mark.parametrize("kept", ["reported", "published"])
@pytest.mark.parametrize("where", ["own", "succeeded"])
def test_the_years_that_are_offered_reach_back_to_the_first_with_figures(client, cast, kept, where):
    unit = cast.chi_dam if where == "own" else f.former(cast.chi_dam, code="09000", name="V")
    sign_in(client, cast.hoa)
    pages = (
        "/dashboard/?commune=07999",
        "/explore/?commune=07999",
        "/documents/?unit=07999",
        "/dashboard/?province=25",
    )
    for address in pages:
        assert 'value="1998"' not in client.get(address).content.decode(), address
    if kept == "reported":
        f.filed(unit, LONG_AGO, patrols=73)
    else:
        PublishedTotal.objects.create(
            province=unit.province, commune=unit, span="1998", first=Month(1998, 1), last=Month(1998, 12), value=73,
            indicator=Indicator.objects.get(code="patrols"), source="Sổ xã", by=cast.hoa, at=f.NOW,
        )  # fmt: skip
    for address in pages:
        page = client.get(address).content.decode()
        assert 'value="1998"' in page and 'value="1997"' not in page, address
