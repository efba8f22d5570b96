"""What is carried from months before is told wherever the figure is: API, totals page, drill-down, document."""

from datetime import UTC, date, datetime

import pytest

from reports.documents.facts import Unit
from reports.documents.gathering import facts_of
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f

MAY, JUNE = Month(2025, 5), Month(2025, 6)
LATER = datetime(2025, 7, 20, tzinfo=UTC)
SAID = "Số hiện có: 2 xã, phường lấy số tháng 5/2025, 1 xã, phường lấy số tháng 4/2025."


@pytest.fixture
def late(cast):
    """Chí Đám has June; of the others two stand with May and one with April."""
    others = [f.commune(province=cast.phu_tho, name=f"Xã {number}") for number in range(3)]
    f.filed(cast.chi_dam, JUNE, disputes_pending=1)
    for commune, month in zip(others, (MAY, MAY, MAY - 1), strict=True):
        f.filed(commune, month, disputes_pending=10)
    return cast


def test_the_sentence_counts_the_units_of_each_month(late):
    place = Place(late.phu_tho)
    asked = Summary(place, place.span("2025-06"), LATER)
    assert asked.carried_sentence == SAID
    assert "lấy số" not in Summary(place, place.span("2025-04"), LATER).carried_sentence
    assert SAID in asked.notes and asked.asking(indicators=("patrols",)).notes == [f"{asked.coverage.sentence}."]
    unit = Unit(late.phu_tho)
    assert facts_of(unit, unit.span("2025-06"), "sent", LATER).carried == SAID


def test_pages_and_answers_tell_it(late, client):
    client.force_login(late.thu, backend="django.contrib.auth.backends.ModelBackend")
    body = client.get("/api/v1/summary/?province=25&span=2025-06").json()
    rows = {row["code"]: row for row in body["rows"]}
    told = [rows["disputes_pending"][name] for name in ("value", "reports", "carried", "carried_since")]
    assert told == [31, 4, 3, "2025-04"]
    for address in ("/dashboard/?", "/figures/?indicator=disputes_pending&"):
        assert SAID in client.get(f"{address}province=25&span=2025-06").content.decode(), address
    flow = client.get("/figures/?indicator=patrols&province=25&span=2025-06").content.decode()
    assert SAID not in flow


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("ended", "stands"), [(date(2025, 5, 15), True), (date(2025, 5, 14), False)])
def test_the_stock_of_a_commune_without_an_heir_stands_in_the_month_in_which_it_ended(cast, whole, ended, stands):
    gone = f.commune(province=cast.phu_tho)
    f.filed(gone, MAY, "approved", disputes_pending=4)
    gone.ended_on = ended
    gone.save()
    summary = Summary(Place() if whole else Place(cast.phu_tho), Span.parse("2025-06"), LATER, "approved", "then")
    by_month = summary.values(summary.span, "month").get(Month(2025, 6), {})
    assert ["disputes_pending" in row for row in (summary.total(), by_month)] == [stands, stands]
