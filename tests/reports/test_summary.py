"""Totals of a place over a span."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.scope import Role
from models_registry.headcount import CODES
from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import MonthlyReport, WeaponKind
from reports.months import Month
from reports.totals.place import Place
from reports.totals.summary import Summary, Value
from tests import factories as f

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
UNIT = Row()


def summary(place, span="2025-H1", include="approved", **options):
    place = place if isinstance(place, Place) else Place(place)
    return Summary(place, place.span(span), f.NOW, include, **options)


def of_commune(commune):
    return Place(commune.province, commune)


@pytest.fixture
def spring(cast):
    """Chí Đám reported April and May, Tây Cốc April only; Chiềng Pha lies in another province."""
    f.filed(cast.chi_dam, APRIL, patrols=4, tips=0, disputes_pending=3)
    f.filed(cast.chi_dam, MAY, patrols=5, disputes_pending=2)
    f.filed(cast.tay_coc, APRIL, patrols=1, disputes_pending=7)
    f.filed(cast.chieng_pha, APRIL, patrols=100, disputes_pending=100)
    return cast


def test_flows_are_added_over_time_and_over_places(spring):
    assert summary(spring.phu_tho).total()["patrols"] == Value(4 + 5 + 1, 3)
    assert summary(of_commune(spring.chi_dam)).total()["patrols"] == Value(9, 2)
    assert summary(Place()).total()["patrols"] == Value(110, 4)


def test_a_stock_is_each_units_at_its_last_counted_month(spring):
    assert summary(spring.phu_tho).total()["disputes_pending"] == Value(2 + 7, 2, 2, APRIL)
    assert summary(spring.phu_tho, "2025-04").total()["disputes_pending"] == Value(3 + 7, 2)
    assert summary(spring.phu_tho, "2025-05").total()["disputes_pending"] == Value(2 + 7, 2, 1, APRIL)
    assert summary(of_commune(spring.chi_dam)).total()["disputes_pending"] == Value(2, 1, 1, MAY)


def test_a_stock_that_was_left_blank_at_the_end_stays_blank(cast):
    f.filed(cast.chi_dam, APRIL, disputes_pending=3)
    f.filed(cast.chi_dam, MAY, patrols=1)
    assert "disputes_pending" not in summary(cast.phu_tho).total()


def test_blank_is_missing_and_zero_is_a_number(spring):
    total = summary(spring.phu_tho).total()
    assert total["tips"] == Value(0, 1)
    assert "online_posts" not in total
    assert summary(spring.phu_tho, "2025-05").total().get("tips") is None


def test_a_place_without_reports_has_nothing_but_its_register(cast):
    assert summary(cast.phu_tho).weapons() == {}
    total = summary(cast.phu_tho).total()
    assert total["hamlets"] == Value(3, 0, registered=1) and total.keys() <= CODES
    assert summary(f.province()).total() == {}


@pytest.mark.parametrize(
    ("include", "patrols"), [("approved", 1000), ("sent", 1000 + 10), ("all", 1000 + 100 + 10 + 1)]
)
def test_approved_sent_or_all_reports_are_counted(cast, include, patrols):
    for month, (state, value) in enumerate(
        {"draft": 1, "submitted": 10, "returned": 100, "approved": 1000}.items(), start=1
    ):
        f.filed(cast.chi_dam, Month(2025, month), state, patrols=value)
    assert summary(cast.phu_tho, include=include).total()["patrols"].value == patrols


@pytest.mark.parametrize(
    ("span", "value", "previous", "last_year"),
    [
        ("2025-06", 32, 16, 4),
        ("2025-Q2", 16 + 32, 8, 4),
        ("2025-H1", 8 + 16 + 32, 1 + 2, 4),
        ("2025-04..2025-05", 16, 8, None),
        ("2024-06", 4, None, None),
    ],
)
def test_every_figure_has_its_previous_span_and_the_same_span_last_year(cast, span, value, previous, last_year):
    months = {"2024-06": 4, "2024-07": 1, "2024-12": 2, "2025-03": 8, "2025-05": 16, "2025-06": 32}
    for month, patrols in months.items():
        f.filed(cast.chi_dam, Month.parse(month), patrols=patrols)
    asked = summary(cast.phu_tho, span)
    totals = [asked.total(one) for one in (asked.span, asked.span.previous, asked.span.same_span_last_year)]
    assert [total["patrols"].value if "patrols" in total else None for total in totals] == [value, previous, last_year]


def test_by_commune_each_units_figures_stand_apart(spring):
    values = summary(spring.phu_tho).values(summary(spring.phu_tho).span, "commune")
    chi_dam, tay_coc = values[spring.chi_dam.pk], values[spring.tay_coc.pk]
    assert set(values) == {spring.chi_dam.pk, spring.tay_coc.pk}
    assert (chi_dam["patrols"], chi_dam["disputes_pending"]) == (Value(9, 2), Value(2, 1, 1, MAY))
    assert (tay_coc["patrols"], tay_coc["disputes_pending"]) == (Value(1, 1), Value(7, 1, 1, APRIL))
    assert "tips" not in tay_coc


def test_by_month_a_stock_is_that_of_each_month_and_stands_until_the_next(spring):
    asked = summary(spring.phu_tho)
    values = asked.values(asked.span, "month")
    assert {month for month, row in values.items() if any(one.reports for one in row.values())} == {APRIL, MAY, JUNE}
    assert (values[APRIL]["patrols"], values[APRIL]["disputes_pending"]) == (Value(5, 2), Value(10, 2))
    assert (values[MAY]["patrols"], values[MAY]["disputes_pending"]) == (Value(5, 1), Value(2 + 7, 2, 1, APRIL))
    assert values[JUNE]["disputes_pending"] == Value(2 + 7, 2, 2, APRIL)
    assert "patrols" not in values[JUNE]


def test_by_hamlet_groups_count_where_they_sit(cast):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    patrol = f.group(cast.chi_dam, "peoples_patrol")
    khu = [Row(hamlet=hamlet.pk) for hamlet in cast.khu]
    for month, pending in ((APRIL, 5), (MAY, 1)):
        report = f.report(cast.chi_dam, cast.lan, month)
        cells = {(khu[0], "patrols"): 1, (Row(group=group.pk), "patrols"): 2, (khu[1], "patrols"): 4,
                 (UNIT, "patrols"): 8, (Row(group=patrol.pk), "patrols"): 16, (khu[0], "disputes_pending"): pending,
                 (khu[2], "tips"): 0}  # fmt: skip
        f.fill(report, cast.lan, cells)
        f.bring(report, "approved")
    asked = summary(of_commune(cast.chi_dam))
    values = asked.values(asked.span, "hamlet")
    assert values[cast.khu[0].pk]["patrols"] == Value(2 * 3, 2)
    assert values[cast.khu[0].pk]["disputes_pending"] == Value(1, 1, 1, MAY)
    by_month = asked.values(asked.span, "hamlet", monthly=True)
    assert by_month[cast.khu[0].pk, JUNE] == {"disputes_pending": Value(1, 1, 1, MAY)}
    assert values[cast.khu[1].pk] == {"patrols": Value(8, 2)}
    assert values[cast.khu[2].pk] == {"tips": Value(0, 2)}
    assert values[None]["patrols"].value == 2 * (8 + 16)
    assert sum(row["patrols"].value for row in values.values() if "patrols" in row) == asked.total()["patrols"].value


@pytest.mark.parametrize("include", ["approved", "sent", "all"])
def test_a_flow_adds_up_to_the_same_total_by_every_dimension(spring, include):
    f.filed(spring.tay_coc, MAY, "draft", patrols=32)
    f.filed(spring.tay_coc, JUNE, "submitted", patrols=64)
    f.office_report(spring.phu_tho, MAY, "approved", patrols=128)
    asked = summary(spring.phu_tho, include=include)
    total = asked.total()["patrols"]
    for by in ("commune", "month"):
        parts = [row["patrols"] for row in asked.values(asked.span, by).values() if "patrols" in row]
        assert Value(*(sum(getattr(part, name) for part in parts) for name in ("value", "reports"))) == total
    by_hamlet = asked.values(asked.span, "hamlet")
    assert sum(row["patrols"].value for row in by_hamlet.values()) == total.value


def test_registry_figures_of_sent_reports_are_as_they_were_frozen(cast):
    f.filed(cast.chi_dam, MAY)
    f.hamlet(cast.chi_dam, "Khu 11")
    for include in ("approved", "sent", "all"):
        assert summary(cast.phu_tho, "2025-05", include=include).total()["hamlets"] == Value(3, 1)
        assert summary(cast.phu_tho, include=include).total()["hamlets"] == Value(3, 1, 1, MAY)


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_registry_figures_of_open_reports_are_counted_live_where_all_are_asked_for(cast, state):
    f.filed(cast.chi_dam, MAY, state)
    f.hamlet(cast.chi_dam, "Khu 11")
    f.hamlet(cast.chi_dam, "Khu 12", started_on="2025-05-15")  # the day after the month's end
    assert summary(cast.phu_tho, include="all").total()["hamlets"] == Value(4, 1, 1, MAY, live=1)
    assert summary(cast.phu_tho, include="sent").total()["hamlets"] == Value(5, 0, registered=1)  # in June


def test_live_and_frozen_registry_figures_add_up(cast):
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-05-01")
    f.group(cast.chi_dam, hamlet=cast.khu[1], started_on="2025-06-01")
    f.group(cast.tay_coc, "peoples_patrol", started_on="2025-06-01")
    f.filed(cast.chi_dam, MAY)
    f.filed(cast.chi_dam, JUNE, "draft")
    f.filed(cast.tay_coc, JUNE)
    asked = summary(cast.phu_tho, include="all")
    total = asked.total()
    assert (total["groups_founded"], total["hamlets"]) == (Value(3, 3, live=1), Value(3, 2, live=1))
    assert (total["household_clusters"], total["other_groups"]) == (Value(2, 2, live=1), Value(1, 2, live=1))
    by_commune, by_month = asked.values(asked.span, "commune"), asked.values(asked.span, "month")
    assert by_commune[cast.chi_dam.pk]["household_clusters"] == Value(2, 1, live=1)
    assert by_month[MAY]["household_clusters"] == Value(1, 1)  # Tây Cốc's register is empty in May
    assert by_month[JUNE]["household_clusters"] == Value(2, 2, live=1)
    approved = summary(cast.phu_tho).total()
    assert (approved["household_clusters"], approved["groups_founded"]) == (Value(1, 2, 1, MAY), Value(2, 2))


def test_two_open_months_count_their_founded_groups_once_each_and_their_stock_at_the_end(cast):
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-05-01")
    f.group(cast.chi_dam, hamlet=cast.khu[1], started_on="2025-06-01")
    for month in (MAY, JUNE):
        f.filed(cast.chi_dam, month, "draft")
    total = summary(cast.phu_tho, include="all").total()
    assert (total["groups_founded"], total["household_clusters"]) == (Value(2, 2, live=2), Value(2, 1, live=1))


def test_the_country_counts_live_by_each_provinces_own_cut_off(cast):
    cast.phu_tho.cutoff_day = 15
    cast.phu_tho.save()
    f.filed(cast.chi_dam, JUNE, "draft")
    f.hamlet(cast.chi_dam, "Khu 11", started_on="2025-06-15")
    assert summary(cast.phu_tho, include="all").total()["hamlets"].value == 4
    assert summary(Place(), include="all").total()["hamlets"].value == 4


def test_a_sum_may_be_limited_to_some_indicators(spring):
    limited = summary(spring.phu_tho, indicators=("patrols", "hamlets"))
    assert set(limited.total()) == {"patrols", "hamlets"}
    assert limited.total()["patrols"] == summary(spring.phu_tho).total()["patrols"]


def test_the_provinces_own_office_counts_in_the_province_and_nowhere_else(spring):
    f.office_report(spring.phu_tho, MAY, "approved", patrols=1000, inspections=3, released_supported=4)
    asked = summary(spring.phu_tho)
    assert asked.total()["patrols"] == Value(1010, 4)
    assert asked.total()["released_supported"] == Value(4, 1, 1, MAY)
    by_commune = asked.values(asked.span, "commune")
    assert by_commune[-spring.phu_tho.pk]["inspections"] == Value(3, 1)
    assert not CODES & set(by_commune[-spring.phu_tho.pk])
    assert "inspections" not in summary(of_commune(spring.chi_dam)).total()
    assert "inspections" not in summary(spring.son_la).total()
    assert summary(Place()).total()["inspections"] == Value(3, 1)


def test_weapons_are_added_kind_by_kind_and_only_guns_together(cast):
    for month, state, amounts in (
        (APRIL, "approved", {"homemade_gun": "2", "lead_shot": "0.5", "gun_part": "7"}),
        (MAY, "approved", {"homemade_gun": "1", "military_gun": "3", "lead_shot": "0.125"}),
        (JUNE, "submitted", {"support_gun": "8"}),
    ):
        report = f.report(cast.chi_dam, cast.lan, month)
        f.hand_over(report, cast.lan, **amounts)
        f.bring(report, state)
    asked = summary(cast.phu_tho)
    weapons = asked.weapons()
    expected = {"homemade_gun": 3, "military_gun": 3, "lead_shot": Decimal("0.625"), "gun_part": 7}
    assert weapons == expected
    assert asked.guns(weapons, WeaponKind.objects.all()) == 6
    sent = summary(cast.phu_tho, include="sent").weapons()
    assert Summary.guns(sent, WeaponKind.objects.all()) == 14
    assert asked.weapons(asked.place.span("2025-04"))["homemade_gun"] == 2
    assert summary(cast.son_la).weapons() == {}


def test_types_of_initiative_are_distinct_at_the_level_asked(cast):
    for commune in (cast.chi_dam, cast.tay_coc, cast.chieng_pha):
        f.initiative(commune, "security_camera")
    f.initiative(cast.tay_coc, "safe_hamlet", started_on="2025-06-15")
    counts = [summary(place).initiative_types() for place in (cast.phu_tho, Place(), of_commune(cast.tay_coc))]
    assert counts == [1, 1, 1]
    assert summary(cast.phu_tho, "2025-07").initiative_types() == 2


def test_a_reopened_report_leaves_the_approved_total_until_it_is_approved_again(spring):
    report = MonthlyReport.objects.get(commune=spring.chi_dam, month=MAY)
    perform(report, "reopen", by=spring.hoa, now=f.NOW, comment="bổ sung")
    assert summary(spring.phu_tho).total()["patrols"] == Value(5, 2)
    assert summary(spring.phu_tho, include="all").total()["patrols"] == Value(10, 3)
    f.bring(report, "approved")
    assert summary(spring.phu_tho).total()["patrols"] == Value(10, 3)


def queries_for(province, include):
    """How many queries it takes to know everything of a province's half-year."""
    with CaptureQueriesContext(connection) as queries:
        asked = summary(province, include=include)
        for span in (asked.span, asked.span.previous, asked.span.same_span_last_year):
            asked.total(span)
        for by in ("commune", "month", "hamlet"):
            assert asked.values(asked.span, by)
        assert asked.coverage.expected
        asked.weapons()
        asked.initiative_types()
    return len(queries)


@pytest.mark.once
def test_thirty_communes_are_summed_in_as_many_queries_as_three(cast):
    asked = {}
    for number in (3, 30):
        province = f.province(code=f"{90 + number % 7}", name=f"Tỉnh {number} xã")
        for _ in range(number):
            commune = f.commune(province=province)
            f.user(Role.COMMUNE_CHIEF, commune)
            f.hamlet(commune)
            for month, state in ((APRIL, "approved"), (MAY, "submitted"), (JUNE, "draft")):
                f.filed(commune, month, state, patrols=1, disputes_pending=1)
        asked[number] = [queries_for(province, include) for include in ("approved", "sent", "all")]
        assert summary(province, include="all").total()["patrols"].value == 3 * number
    assert asked[3] == asked[30]
