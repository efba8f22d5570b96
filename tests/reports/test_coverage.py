"""A total always says how many reports are behind it: what was expected, begun, sent and approved."""

from datetime import UTC, date, datetime

import pytest

from communes.models import UnitSuccession
from reports.months import HANOI, Month
from reports.totals.place import Coverage, Place
from reports.totals.summary import Summary
from tests import factories as f

MAY, JUNE = Month(2025, 5), f.JUNE
LATER = datetime(2025, 8, 20, 2, 0, tzinfo=UTC)


def coverage(place, span="2025-H1", include="approved", boundaries="today", now=f.NOW):
    place = place if isinstance(place, Place) else Place(place)
    return Summary(place, place.span(span), now, include, boundaries).coverage


@pytest.mark.parametrize("include", ["approved", "sent", "all"])
def test_coverage_is_the_same_whatever_is_included(cast, include):
    f.filed(cast.chi_dam, Month(2025, 1), "approved")
    f.filed(cast.chi_dam, Month(2025, 2), "submitted")
    f.filed(cast.chi_dam, Month(2025, 3), "returned")
    f.filed(cast.tay_coc, Month(2025, 1), "draft")
    f.filed(cast.tay_coc, Month(2024, 12), "approved")
    f.filed(cast.chieng_pha, Month(2025, 1), "approved")
    f.office_report(cast.phu_tho, MAY, "approved")
    assert coverage(cast.phu_tho, include=include) == Coverage(units=2, expected=12, begun=4, sent=2, approved=1)


def test_what_has_not_begun_is_expected_all_the_same(cast):
    nothing = coverage(cast.phu_tho)
    assert nothing == Coverage(units=2, expected=12, begun=0, sent=0, approved=0)
    assert nothing.sentence == "0/12 báo cáo tháng đã gửi, 0 đã duyệt"


def test_coverage_of_one_commune_is_its_own(cast):
    f.filed(cast.chi_dam, JUNE)
    f.filed(cast.tay_coc, JUNE)
    assert coverage(Place(cast.phu_tho, cast.chi_dam)) == Coverage(units=1, expected=6, begun=1, sent=1, approved=1)


def test_coverage_of_the_country_is_everybodys(cast):
    f.filed(cast.chieng_pha, JUNE, "submitted")
    assert coverage(Place(), "2025-06") == Coverage(units=3, expected=3, begun=1, sent=1, approved=0)


@pytest.mark.parametrize(
    ("now", "months"),
    [
        (datetime(2025, 6, 14, 23, 59, tzinfo=HANOI), 6),
        (datetime(2025, 6, 15, 0, 0, tzinfo=HANOI), 7),
        (datetime(2024, 12, 14, 12, 0, tzinfo=HANOI), 0),
        (datetime(2026, 1, 1, 0, 0, tzinfo=HANOI), 12),
    ],
)
def test_months_that_have_not_begun_are_not_expected(cast, now, months):
    assert coverage(cast.phu_tho, "2025", now=now).expected == 2 * months


def merger(cast):
    a, b = (f.commune(province=cast.son_la, name=name, ended_on=date(2025, 6, 14)) for name in "AB")
    c = f.commune(province=cast.son_la, name="C", started_on=date(2025, 6, 15))
    for old in (a, b):
        UnitSuccession.objects.create(predecessor=old, successor=c, day=date(2025, 6, 15))
    return a, b, c


def test_today_only_living_communes_are_expected(cast):
    a, b, _ = merger(cast)
    for commune in (a, b):
        f.filed(commune, MAY, now=LATER)
    assert coverage(cast.son_la, "2025-05", now=LATER) == Coverage(units=2, expected=2, begun=1, sent=1, approved=1)


def test_then_those_are_expected_that_existed(cast):
    a, b, _ = merger(cast)
    for commune in (a, b):
        f.filed(commune, MAY, now=LATER)
    then = coverage(cast.son_la, "2025-05", boundaries="then", now=LATER)
    assert then == Coverage(units=3, expected=3, begun=2, sent=2, approved=2)


def test_then_a_commune_is_expected_only_in_the_months_in_which_it_existed(cast):
    a, b, c = merger(cast)
    for commune, months in ((a, "56"), (b, "56"), (c, "78"), (cast.chieng_pha, "5678")):
        for month in months:
            f.filed(commune, Month(2025, int(month)), now=LATER)
    then = coverage(cast.son_la, "2025-05..2025-08", boundaries="then", now=LATER)
    assert (then.sent, then.expected) == (10, 10)


@pytest.mark.parametrize("order", [("approved", "draft"), ("draft", "approved")])
def test_a_merged_communes_past_month_is_sent_only_when_all_its_predecessors_sent_theirs(cast, order):
    a, b, _ = merger(cast)
    for commune, state in zip((a, b), order, strict=True):
        f.filed(commune, MAY, state, now=LATER)
    today = coverage(cast.son_la, "2025-05", now=LATER)
    assert (today.begun, today.sent, today.approved) == (1, 0, 0)


def test_no_more_is_covered_than_expected(cast):
    gone = f.commune(province=cast.son_la, name="Không ai kế thừa", ended_on=date(2025, 6, 14))
    f.filed(gone, MAY, now=LATER)
    f.filed(cast.chieng_pha, MAY, now=LATER)
    today = coverage(cast.son_la, "2025-05", now=LATER)
    assert today.sent <= today.expected


@pytest.mark.parametrize("place", [None, Place()])
@pytest.mark.parametrize(("ended", "expected"), [(date(2025, 5, 15), 1), (date(2025, 5, 14), 0)])
def test_a_commune_that_ends_on_the_first_day_of_a_month_is_expected_in_it(cast, place, ended, expected):
    asked = place or cast.son_la
    before = coverage(asked, "2025-06", boundaries="then").expected
    f.commune(province=cast.son_la, ended_on=ended)
    assert coverage(asked, "2025-06", boundaries="then").expected - before == expected


def ending_on(day, province):
    """The province, its months ending on another day than the Ministry's."""
    province.cutoff_day, province.commune_due_day, province.province_due_day = day, day + 1, day + 2
    province.save()
    return province


@pytest.mark.parametrize(
    ("cutoff", "now", "month", "begun"),
    [
        (25, datetime(2025, 6, 20, 12, 0, tzinfo=HANOI), "2025-07", False),
        (25, datetime(2025, 6, 26, 0, 0, tzinfo=HANOI), "2025-07", True),
        (9, datetime(2025, 6, 9, 23, 59, tzinfo=HANOI), "2025-07", False),
        (9, datetime(2025, 6, 10, 0, 0, tzinfo=HANOI), "2025-07", True),
    ],
)
@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_the_country_expects_a_month_where_it_has_begun(cast, cutoff, now, month, begun, boundaries):
    ending_on(cutoff, cast.son_la)
    own = [coverage(one, month, boundaries=boundaries, now=now) for one in (cast.phu_tho, cast.son_la)]
    assert own[1].expected == begun
    assert coverage(Place(), month, boundaries=boundaries, now=now).expected == sum(one.expected for one in own)


@pytest.mark.parametrize(("cutoff", "expected"), [(14, 1), (25, 0)])
def test_whether_a_commune_was_there_in_a_month_is_told_by_the_days_of_its_province(cast, cutoff, expected):
    """It ends on 20/05: a day of June where months end on the 14th, of May where they end on the 25th."""
    ending_on(cutoff, cast.son_la)
    before = [coverage(place, "2025-06", boundaries="then").expected for place in (cast.son_la, Place())]
    f.commune(province=cast.son_la, ended_on=date(2025, 5, 20))
    after = [coverage(place, "2025-06", boundaries="then").expected for place in (cast.son_la, Place())]
    assert [now - then for now, then in zip(after, before, strict=True)] == [expected, expected]
