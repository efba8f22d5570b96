"""An heir that restates a month of before its time says nothing of the stocks of later months.

Xã A and Xã B went into Xã C on 15/06/2025, which tells of January what it found in their books.
"""

from datetime import date

import pytest

from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f
from tests.reports.test_summary_boundaries import DAY, JULY, JUNE, LAST_DAY, MAY, NOW, file, merged, succeed  # noqa: F401

JANUARY, MARCH, APRIL = Month(2025, 1), Month(2025, 3), Month(2025, 4)


def asked(place, boundaries, span):
    return Summary(place, Span.parse(span), NOW, "approved", boundaries)


def told(summary, code):
    """What stands at the end of the span, and of each of its months."""
    by_month = summary.values(summary.span, "month").items()
    total = summary.total().get(code)
    return total.value if total else None, {month: row[code].value for month, row in by_month if code in row}


@pytest.mark.parametrize("boundaries", ["today", "then"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_month_restated_earlier_neither_doubles_nor_overrules_a_later_stock(merged, boundaries, whole):  # noqa: F811
    """By month January's 70 and June's 10 were added up; the total said January's 70 of June."""
    place = Place() if whole else Place(merged.province)
    file(merged.c, JANUARY, 2, 70)
    file(merged.a, MAY, 1, 4)
    file(merged.a, JUNE, 2, 10)
    assert told(asked(place, boundaries, "2025-06"), "disputes_pending") == (10, {JUNE: 10})
    half = told(asked(place, boundaries, "2025-H1"), "disputes_pending")
    assert half == (10, dict(zip(Span.parse("2025-H1"), (70, 70, 70, 70, 4, 10), strict=True)))
    file(merged.b, MARCH, 4, 6)
    assert told(asked(place, boundaries, "2025-06"), "disputes_pending") == (16, {JUNE: 16}), "each its own last"
    file(merged.c, JULY, 2, 3)
    assert told(asked(place, boundaries, "2025-07"), "disputes_pending") == (3, {JULY: 3})


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_nor_does_it_lose_a_stock_of_before_the_span(merged, boundaries):  # noqa: F811
    """In a province C was present in May, so that nobody asked for B's April: 10 for the country's 16."""
    places = [Place(), Place(merged.province)] + [Place(merged.province, merged.c)] * (boundaries == "today")

    def proves(stands):
        for place in places:
            summary = asked(place, boundaries, "2025-05..2025-07")
            assert told(summary, "disputes_pending")[0] == stands, place
            assert summary.values(summary.span, "month")[JULY]["disputes_pending"].value == stands, place

    file(merged.b, APRIL, 1, 6)
    file(merged.a, JUNE, 2, 10)
    file(merged.c, MAY, 4, 70)
    proves(16)
    file(merged.c, APRIL, 8, 50)  # stands in for B's by today's boundaries
    proves(10 if boundaries == "today" else 16)


@pytest.fixture
def registered(merged):  # noqa: F811
    """Xã A had three hamlets until its end; they are Xã C's since."""
    for commune, days in ((merged.a, {"ended_on": LAST_DAY}), (merged.c, {"started_on": DAY})):
        for number in range(3):
            f.hamlet(commune, f"Khu {number}", **days)
    return merged


@pytest.mark.parametrize("boundaries", ["today", "then"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("reported", [False, True])
def test_nor_does_it_overrule_or_double_what_the_register_has(registered, boundaries, whole, reported):
    place = Place() if whole else Place(registered.province)
    f.hamlet(registered.c, "Khu cũ", started_on=date(2020, 1, 1), ended_on=date(2025, 1, 31))
    file(registered.c, JANUARY, 2, 70)  # freezes one hamlet
    if reported:
        file(registered.a, MAY, 1, 4)  # freezes three
    for span in ("2025-06", "2025-H1"):
        total, months = told(asked(place, boundaries, span), "hamlets")
        assert (total, months[JUNE]) == (3 + 3, 3 + 3), span  # with the three of Chí Đám


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("reported", [False, True])
def test_an_empty_register_of_the_heir_overrules_no_count_of_the_month_it_restates(registered, whole, reported):
    place = Place() if whole else Place(registered.province)
    if reported:
        file(registered.a, JANUARY, 1, 4)
    file(registered.c, JANUARY, 2, 70)
    assert told(asked(place, "today", "2025-01"), "hamlets") == (3 + 3, {JANUARY: 3 + 3})


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_links_that_lead_back_to_a_commune_take_nothing_from_it(merged, boundaries):  # noqa: F811
    """Nobody succeeds itself: what reported was held by its own report, and stood nowhere."""
    succeed(merged.c, merged.a)
    file(merged.c, JUNE, 2, 70)
    file(merged.b, MAY, 1, 4)
    for place in (Place(), Place(merged.province)):
        summary = asked(place, boundaries, "2025-06")
        assert told(summary, "disputes_pending") == (70, {JUNE: 70}), place
        assert summary.total()["patrols"].value == 2, place
        assert (
            summary._families
            == summary.succeeded
            == {
                merged.a.pk: {merged.b.pk, merged.c.pk},
                merged.c.pk: {merged.a.pk, merged.b.pk},
            }
        )
