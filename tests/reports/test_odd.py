"""No unit with months missing is ranked without a word, and no odd figure is praised."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from reports.documents.gathering import facts_of
from reports.documents.narrative import narrative
from reports.months import Month
from reports.review.odd import cautions, odd_communes
from reports.totals.place import Place
from reports.totals.summary import Summary
from reports.units import Unit
from tests import factories as f
from tests.conftest import cast_of_characters

BACKEND = "django.contrib.auth.backends.ModelBackend"
LATER = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(lasting):
    """Ten communes, each with ten patrols a month for a year; one of them suddenly with a thousand, one late."""
    cast = cast_of_characters()
    cast.all = [f.commune(province=cast.phu_tho, code=f"081{n:02d}", name=f"Số {n}") for n in range(10)]
    for commune in cast.all:
        f.hamlet(commune=commune)
        for back in range(12):
            month = Month(2025, 6) - back
            if commune == cast.all[1] and month == Month(2025, 3):
                continue
            leap = commune == cast.all[0] and not back
            f.filed(commune, month, "submitted", patrols=1000 if leap else 10)
    return cast


@pytest.fixture
def year(told, db):
    return deepcopy(told)


def test_what_is_far_from_the_usual_is_odd_and_the_missing_month_is_told(year):
    place = Place(year.phu_tho)
    summary = Summary(place, place.span("2025-H1"), LATER)
    assert odd_communes(summary, "patrols") == {year.all[0].pk}
    said = cautions(summary, "patrols")
    assert said[year.all[0].pk] == "có số khác hẳn mức thường thấy"
    assert said[year.all[1].pk] == "thiếu 1/6 tháng"
    assert year.all[2].pk not in said
    assert odd_communes(summary.asking(span=place.span("2025-Q1")), "patrols") == set()


def test_the_ranking_and_the_extremes_say_so(client, year):
    client.force_login(year.hoa, backend=BACKEND)
    for view in ("ranking", "distribution"):
        page = client.get(f"/dashboard/?province=25&span=2025-H1&indicator=patrols&view={view}").content.decode()
        assert "có số khác hẳn mức thường thấy" in page and "thiếu 1/6 tháng" in page, view


def test_the_review_praises_no_odd_figure(year):
    unit = Unit(year.phu_tho)
    facts = facts_of(unit, unit.span("2025-H1"), "sent", LATER)
    assert {part.name for part in facts.parts if part.odd} == {"Xã Số 0"}
    said = {one.key: one.text for one in narrative(facts)}
    assert "xã Số" in said["best"] and "xã Số 0 " not in said["best"]
