"""Mergers: figures stay with the commune that reported them and are read through its successions.

Xã A and Xã B went into Xã C on 15/06/2025.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from communes.models import UnitSuccession
from communes.scope import Role
from reports.models import Indicator
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.splits import list_note, split_note
from reports.totals.summary import Summary, Value
from tests import factories as f

MAY, JUNE, JULY = Month(2025, 5), Month(2025, 6), Month(2025, 7)
NOW = datetime(2025, 8, 20, 2, 0, tzinfo=UTC)
LAST_DAY, DAY = date(2025, 6, 14), date(2025, 6, 15)


def succeed(old, new, **fields):
    return UnitSuccession.objects.create(predecessor=old, successor=new, day=DAY, **fields)


@pytest.fixture
def merged(cast):
    a, b = (f.commune(province=cast.phu_tho, name=name, ended_on=LAST_DAY) for name in "AB")
    c = f.commune(province=cast.phu_tho, name="C", started_on=DAY)
    succeed(a, c)
    succeed(b, c)
    return SimpleNamespace(a=a, b=b, c=c, province=cast.phu_tho, elsewhere=cast.son_la, other=cast.chi_dam)


def summary(place, span, boundaries):
    place = place if isinstance(place, Place) else Place(place)
    return Summary(place, place.span(span), NOW, "approved", boundaries)


def file(commune, month, patrols, pending):
    return f.filed(commune, month, now=NOW, patrols=patrols, disputes_pending=pending)


def by_commune(asked, code):
    return {pk: row[code].value for pk, row in asked.values(asked.span, "commune").items() if code in row}


@pytest.fixture
def reported(merged):
    """Both old communes reported May and June, the new one July."""
    file(merged.a, MAY, 1, 4)
    file(merged.a, JUNE, 2, 10)
    file(merged.b, MAY, 4, 6)
    file(merged.b, JUNE, 8, 20)
    file(merged.c, JULY, 16, 5)
    return merged


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_flows_are_the_same_on_both_boundaries(reported, boundaries):
    assert summary(reported.province, "2025-05..2025-07", boundaries).total()["patrols"] == Value(31, 5)


def test_today_the_heir_has_what_its_predecessors_did(reported):
    asked = summary(reported.province, "2025-05..2025-07", "today")
    assert by_commune(asked, "patrols") == {reported.c.pk: 31}


def test_then_everyone_keeps_what_they_did(reported):
    asked = summary(reported.province, "2025-05..2025-07", "then")
    assert by_commune(asked, "patrols") == {reported.a.pk: 3, reported.b.pk: 12, reported.c.pk: 16}


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_stocks_are_not_counted_twice_across_a_merger(reported, boundaries):
    assert summary(reported.province, "2025-05..2025-07", boundaries).total()["disputes_pending"] == Value(5, 1)


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_before_the_merger_the_stocks_of_all_predecessors_add_up(reported, boundaries):
    asked = summary(reported.province, "2025-05..2025-06", boundaries)
    assert asked.total()["disputes_pending"] == Value(30, 2)
    a_and_b = {reported.a.pk: 10, reported.b.pk: 20}
    assert by_commune(asked, "disputes_pending") == ({reported.c.pk: 30} if boundaries == "today" else a_and_b)


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_a_predecessor_that_missed_the_last_month_keeps_its_own_last_stock(merged, boundaries):
    file(merged.a, MAY, 1, 4)
    file(merged.a, JUNE, 2, 10)
    file(merged.b, MAY, 4, 6)
    asked = summary(merged.province, "2025-05..2025-06", boundaries)
    assert asked.total()["disputes_pending"] == Value(10 + 6, 2, 1, MAY)


@pytest.mark.parametrize(("boundaries", "patrols"), [("today", 31), ("then", 16)])
def test_the_new_communes_own_page_reads_its_past_through_the_merger(reported, boundaries, patrols):
    place = Place(reported.province, reported.c)
    assert summary(place, "2025-05..2025-07", boundaries).total()["patrols"].value == patrols


def test_the_new_commune_is_compared_with_its_predecessors_today_and_with_nothing_then(reported):
    place = Place(reported.province, reported.c)
    today, then = (summary(place, "2025-07", boundaries) for boundaries in ("today", "then"))
    assert today.total(today.span.previous)["patrols"] == Value(10, 2)
    assert then.total(then.span.previous) == {}


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_a_late_heir_leaves_its_predecessors_stocks_standing(merged, boundaries):
    file(merged.a, JUNE, 2, 10)
    file(merged.b, MAY, 8, 20)
    asked = summary(merged.province, "2025-07", boundaries)
    assert asked.total()["disputes_pending"] == Value(30, 2, 2, MAY)
    heir = summary(Place(merged.province, merged.c), "2025-07", boundaries).total()
    assert heir.get("disputes_pending") == (Value(30, 2, 2, MAY) if boundaries == "today" else None)
    months = asked.values(asked.span, "month")
    assert months[JULY]["disputes_pending"] == Value(30, 2, 2, MAY)


def test_a_commune_that_ended_without_an_heir_carries_nothing_past_its_end(cast):
    gone = f.commune(province=cast.phu_tho, name="G", ended_on=LAST_DAY)
    file(gone, MAY, 1, 4)
    june, july = (summary(cast.phu_tho, span, "today") for span in ("2025-06", "2025-05..2025-07"))
    assert june.total()["disputes_pending"] == Value(4, 1, 1, MAY)
    assert "disputes_pending" not in july.total() and july.total()["patrols"] == Value(1, 1)
    months = july.values(july.span, "month")
    assert {month for month, row in months.items() if "disputes_pending" in row} == {MAY, JUNE}


def test_other_communes_are_left_alone_by_a_merger(reported):
    file(reported.other, MAY, 100, 7)
    for boundaries in ("today", "then"):
        asked = summary(reported.province, "2025-05..2025-07", boundaries)
        assert by_commune(asked, "patrols")[reported.other.pk] == 100
        assert asked.total()["disputes_pending"] == Value(5 + 7, 2, 1, MAY)


def test_chains_of_mergers_are_followed_to_the_living(reported):
    d = f.commune(province=reported.province, name="D")
    succeed(reported.c, d)
    asked = summary(reported.province, "2025-05..2025-07", "today")
    assert by_commune(asked, "patrols") == {d.pk: 31}


def test_what_cannot_be_divided_goes_to_the_main_heir(merged):
    split = f.commune(province=merged.province, name="E", ended_on=LAST_DAY)
    succeed(split, merged.c, whole=False, main=False)
    succeed(split, merged.other, whole=False, main=True)
    file(split, MAY, 64, 3)
    asked = summary(merged.province, "2025-05", "today")
    assert by_commune(asked, "patrols") == {merged.other.pk: 64}
    assert summary(Place(merged.province, merged.c), "2025-05", "today").total() == {}


@pytest.mark.parametrize(("boundaries", "here", "there"), [("today", 64, None), ("then", None, 64)])
def test_a_commune_that_changed_provinces_counts_where_its_heir_is_today(merged, boundaries, here, there):
    moved = f.commune(province=merged.elsewhere, name="F", ended_on=LAST_DAY)
    succeed(moved, merged.c)
    file(moved, MAY, 64, 3)
    totals = [summary(place, "2025-05", boundaries).total() for place in (merged.province, merged.elsewhere)]
    assert [total["patrols"].value if "patrols" in total else None for total in totals] == [here, there]
    assert summary(Place(), "2025-05", boundaries).total()["patrols"].value == 64


def test_an_office_stays_with_its_province_whatever_its_communes_became(reported):
    f.office_report(reported.province, MAY, "approved", inspections=3)
    for boundaries in ("today", "then"):
        assert summary(reported.province, "2025-05", boundaries).total()["inspections"] == Value(3, 1)


def test_by_month_predecessors_and_heir_follow_one_another(reported):
    asked = summary(reported.province, "2025-05..2025-07", "today")
    months = asked.values(asked.span, "month")
    assert [months[m]["patrols"].value for m in (MAY, JUNE, JULY)] == [5, 10, 16]
    assert [months[m]["disputes_pending"].value for m in (MAY, JUNE, JULY)] == [10, 30, 5]


def test_a_month_that_the_heir_restated_is_never_added_twice(reported):
    file(reported.c, MAY, 10, 7)
    asked = summary(reported.province, "2025-05", "today")
    assert (asked.total()["patrols"], asked.total()["disputes_pending"]) == (Value(10, 1), Value(7, 1))
    assert by_commune(asked, "patrols") == {reported.c.pk: 10}
    then = summary(reported.province, "2025-05", "then")
    assert then.total()["patrols"] == Value(5, 2), "the communes of then stand for themselves"
    year = summary(reported.province, "2025-05..2025-07", "today")
    assert year.total()["patrols"] == Value(10 + 2 + 8 + 16, 4)


def test_what_the_heir_is_still_entering_stands_in_for_nothing(reported):
    f.filed(reported.c, MAY, "draft", now=NOW, patrols=10)
    for include in ("approved", "all"):
        place = Place(reported.province)
        asked = Summary(place, place.span("2025-05"), NOW, include, "today")
        assert asked.total()["patrols"] == Value(5, 2), include


def test_an_heir_that_restates_what_nobody_had_reported_counts_both_ways(merged):
    file(merged.c, MAY, 10, 7)
    for boundaries in ("today", "then"):
        assert summary(merged.province, "2025-05", boundaries).total()["patrols"] == Value(10, 1), boundaries


def test_links_of_communes_that_never_reported_cost_a_place_nothing(reported, django_assert_num_queries):
    f.filed(reported.other, MAY, now=NOW, patrols=1)
    for _ in range(5):
        succeed(f.commune(province=reported.province, ended_on=LAST_DAY), reported.other)
    for place, queries in ((Place(), 2), (Place(reported.province), 2), (Place(reported.province, reported.other), 1)):
        asked = Summary(place, place.span("2025-05"), NOW)
        assert asked.editions  # read once for all that is asked
        with django_assert_num_queries(queries):
            links = asked.successors
        mine = {} if place.commune else {reported.a.pk: reported.c.pk, reported.b.pk: reported.c.pk}
        assert links == mine, place.name


def test_a_chain_of_heirs_is_followed_over_one_that_never_reported(merged):
    d = f.commune(province=merged.elsewhere, name="D", started_on=date(2026, 1, 1))
    merged.c.ended_on = date(2025, 12, 31)
    merged.c.save()
    succeed(merged.c, d)
    file(merged.a, MAY, 5, 4)
    for place in (Place(), Place(merged.elsewhere), Place(merged.elsewhere, d)):
        asked = Summary(place, place.span("2025-05"), NOW, "approved")
        assert asked.total()["patrols"] == Value(5, 1), place.name
        assert by_commune(asked, "patrols") == {d.pk: 5}


def test_a_former_commune_without_reports_is_expected_then_and_not_today(merged):
    for place in (Place(), Place(merged.province)):
        today, then = (summary(place, "2025-05", boundaries).expected for boundaries in ("today", "then"))
        assert merged.a.pk not in today
        assert {merged.a.pk, merged.b.pk} <= set(then)
        assert merged.c.pk in today and merged.c.pk not in then


def test_an_heir_between_that_restated_a_month_is_not_added_to_what_it_restates(merged):
    d = f.commune(province=merged.province, name="D")
    file(merged.a, MAY, 1, 4)
    file(merged.c, MAY, 10, 7)
    succeed(merged.c, d)
    for boundaries, patrols in (("today", 10), ("then", 1)):
        assert summary(merged.province, "2025-05", boundaries).total()["patrols"] == Value(patrols, 1), boundaries


@pytest.fixture
def joined(reported):
    """Another province went into this one; its commune and its office had reported."""
    reported.old = f.province(name="Cũ", ended_on=LAST_DAY)
    home = f.commune(province=reported.old, name="G", ended_on=LAST_DAY)
    file(home, MAY, 32, 3)
    f.office_report(reported.old, MAY, "approved", inspections=5)
    succeed(home, reported.c)
    reported.old.heir = reported.province
    reported.old.save()
    return reported


@pytest.mark.parametrize(("boundaries", "living", "former"), [("today", (37, 5), None), ("then", (5, None), (32, 5))])
def test_a_province_that_went_into_another_is_part_of_it_today_with_its_office(joined, boundaries, living, former):
    for place, expected in ((joined.province, living), (joined.old, former)):
        total = summary(place, "2025-05", boundaries).total()
        found = tuple(total[code].value if code in total else None for code in ("patrols", "inspections"))
        assert found == (expected or (None, None)), place
    for by in ("commune", "indicator"):
        assert summary(Place(), "2025-05", boundaries).values(Span.parse("2025-05"), by)


def test_an_office_that_restated_a_month_of_its_predecessor_is_not_added_to_it(joined):
    f.office_report(joined.province, MAY, "approved", inspections=9)
    today, then = (summary(Place(), "2025-05", boundaries).total() for boundaries in ("today", "then"))
    assert (today["inspections"], then["inspections"]) == (Value(9, 1), Value(5, 1))


def test_a_former_place_is_read_by_its_own_boundaries_unless_others_are_asked(joined):
    from reports.asking.address import summary_asked

    given = {"province": joined.old.slug, "span": "2025-05"}
    reader = f.user(Role.NATIONAL_VIEWER)
    own, today = (summary_asked(given | more, reader, NOW)[0] for more in ({}, {"boundaries": "today"}))
    assert (own.total()["patrols"].value, today.total()) == (32, {})


def test_a_total_says_how_much_rests_on_communes_that_were_split(merged):
    file(merged.a, MAY, 5, 4)
    place = Place(merged.province)
    patrols = Indicator.objects.get(code="patrols")

    def note(boundaries="today"):
        return split_note(Summary(place, place.span("2025-05"), NOW, "approved", boundaries), patrols)

    assert note() == "", "Xã A went whole into Xã C"
    split = f.commune(province=merged.province, name="E", ended_on=LAST_DAY)
    succeed(split, merged.c, whole=False, main=False)
    succeed(split, merged.other, whole=False, main=True)
    file(split, MAY, 64, 3)
    assert note() == (
        "1 báo cáo tháng của 1 xã cũ đã bị chia được tính cho xã kế thừa chính; trong “Lượt tuần tra” là 64/69 lượt."
    )
    assert note("then") == ""
    assert list_note(Summary(place, place.span("2025-05"), NOW, "approved", "then")).startswith("Đơn vị cũ theo danh")


def test_then_an_heir_that_restated_a_month_stands_for_its_predecessors(merged):
    file(merged.c, MAY, 10, 7)
    asked = summary(merged.province, "2025-05..2025-06", "then")
    assert (asked.expected.get(merged.a.pk), asked.expected[merged.c.pk]) == ([JUNE], [MAY])
    file(merged.a, MAY, 5, 4)
    again = summary(merged.province, "2025-05..2025-06", "then")
    assert again.expected[merged.a.pk] == again.expected[merged.b.pk] == [MAY, JUNE], "they stand for themselves"
