"""Months that run from the 15th to the 14th (Decree 09/2019/NĐ-CP, article 12)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from reports.models import Indicator, MonthlyReport
from reports.months import HANOI, Month, MonthFormField
from tests import factories as f

months = st.builds(Month, st.integers(2001, 2098), st.integers(1, 12))
cutoffs = st.integers(1, 28)


@pytest.mark.parametrize(
    ("text", "month"),
    [("2025-06", Month(2025, 6)), ("2000-01", Month(2000, 1)), ("2099-12", Month(2099, 12))],
)
def test_a_month_is_read_and_written_as_year_and_month(text, month):
    assert Month.parse(text) == month
    assert str(month) == text


@pytest.mark.parametrize(
    "text",
    ["", "2025", "2025-6", "2025-13", "2025-00", "06-2025", "06/2025", "2025-06-01", "1944-12", "2100-01", " 2025-06",
     "2025-06\n", "２０２５-06", "2025-Q2", "abcd-ef"],
)  # fmt: skip
def test_other_texts_are_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"không phải là tháng\. Viết năm và tháng, ví dụ 2025-06"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (Month(2025, 6), date(2025, 5, 15), date(2025, 6, 14)),
        (Month(2025, 1), date(2024, 12, 15), date(2025, 1, 14)),
        (Month(2025, 3), date(2025, 2, 15), date(2025, 3, 14)),
        (Month(2024, 3), date(2024, 2, 15), date(2024, 3, 14)),
    ],
)
def test_a_month_runs_from_the_15th_to_the_14th(month, first, last):
    assert month.window() == (first, last)


@pytest.mark.parametrize(
    ("month", "cutoff", "first", "last"),
    [
        (Month(2025, 3), 28, date(2025, 3, 1), date(2025, 3, 28)),
        (Month(2024, 3), 28, date(2024, 2, 29), date(2024, 3, 28)),
        (Month(2025, 6), 1, date(2025, 5, 2), date(2025, 6, 1)),
        (Month(2025, 6), 20, date(2025, 5, 21), date(2025, 6, 20)),
    ],
)
def test_the_cut_off_day_is_a_setting_and_leap_years_lose_no_day(month, cutoff, first, last):
    assert month.window(cutoff) == (first, last)


@given(months, cutoffs)
def test_months_follow_one_another_without_gap_or_overlap(month, cutoff):
    assert month.window(cutoff)[1] + timedelta(days=1) == (month + 1).window(cutoff)[0]


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)), cutoffs)
def test_every_day_lies_in_the_window_of_its_month(day, cutoff):
    first, last = Month.of(day, cutoff).window(cutoff)
    assert first <= day <= last


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2025, 6, 14, 23, 59, 59, tzinfo=HANOI), Month(2025, 6)),
        (datetime(2025, 6, 15, 0, 0, tzinfo=HANOI), Month(2025, 7)),
        (datetime(2025, 6, 14, 16, 59, 59, tzinfo=UTC), Month(2025, 6)),
        (datetime(2025, 6, 14, 17, 0, tzinfo=UTC), Month(2025, 7)),
        (datetime(2025, 6, 14, 12, 0, tzinfo=timezone(timedelta(hours=-8))), Month(2025, 7)),
        (datetime(2024, 12, 15, 0, 0, tzinfo=HANOI), Month(2025, 1)),
    ],
)
def test_the_clock_in_hanoi_decides_which_month_runs(moment, month):
    assert Month.at(moment) == month


@pytest.mark.parametrize(
    ("month", "due", "moment"),
    [
        (Month(2025, 6), 17, datetime(2025, 6, 18, 0, 0, tzinfo=HANOI)),
        (Month(2025, 2), 28, datetime(2025, 3, 1, 0, 0, tzinfo=HANOI)),
        (Month(2024, 2), 28, datetime(2024, 2, 29, 0, 0, tzinfo=HANOI)),
        (Month(2025, 12), 31, datetime(2026, 1, 1, 0, 0, tzinfo=HANOI)),
    ],
)
def test_a_due_day_counts_to_its_end(month, due, moment):
    assert month.closes(due) == moment


@given(months, st.integers(-500, 500))
def test_adding_and_counting_months_agree(month, steps):
    moved = month + steps
    assert month.until(moved) == steps
    assert moved - steps == month
    assert 1 <= moved.number <= 12
    assert (moved > month) == (steps > 0)


@given(months, months)
def test_months_and_their_names_sort_alike(one, other):
    assert (one < other) == (str(one) < str(other)) == (one.first_day < other.first_day)


def test_a_month_has_a_name_in_a_sentence():
    assert Month(2025, 6).title == "tháng 6/2025"


def test_the_database_keeps_compares_and_orders_months(cast):
    for month in (Month(2025, 6), Month(2024, 12), Month(2025, 1)):
        f.report(cast.chi_dam, cast.lan, month)
    mine = MonthlyReport.objects.filter(commune=cast.chi_dam).order_by("month")
    assert [r.month for r in mine] == [Month(2024, 12), Month(2025, 1), Month(2025, 6)]
    assert mine.filter(month__range=(Month(2025, 1), Month(2025, 5))).get().month == Month(2025, 1)
    assert mine.get(month="2025-06").month == Month(2025, 6)
    assert mine.values_list("month", flat=True)[0] == Month(2024, 12)


def test_a_field_refuses_what_is_no_month_with_the_same_sentence(cast):
    field = MonthlyReport._meta.get_field("month")
    form = MonthFormField()
    for read in (field.to_python, form.clean):
        assert read("2025-06") == Month(2025, 6)
        with pytest.raises(ValidationError, match="không phải là tháng"):
            read("giữa năm")


def test_a_field_of_a_form_reads_and_shows_a_month_as_people_write_it():
    form = MonthFormField()
    assert form.clean(" tháng 6/2025 ") == Month(2025, 6) and form.prepare_value(Month(2025, 6)) == "6/2025"
    assert not form.has_changed(Month(2025, 6), "06/2025") and form.has_changed(Month(2025, 6), "7/2025")
    assert form.has_changed(Month(2025, 6), "giữa năm")
    with pytest.raises(ValidationError, match=r"ví dụ 6/2025"):
        form.clean("13/2025")


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        (None, None, ["2025-05", "2025-06", "2025-07"]),
        (Month(2025, 6), None, ["2025-06", "2025-07"]),
        (None, Month(2025, 6), ["2025-05", "2025-06"]),
        (Month(2025, 6), Month(2025, 6), ["2025-06"]),
    ],
)
def test_an_indicator_is_asked_from_a_month_to_a_month(first, last, asked):
    indicator = Indicator(first_month=first, last_month=last)
    three = [Month(2025, n) for n in (5, 6, 7)]
    assert [str(month) for month in three if indicator.asked_in(month)] == asked
    indicator.is_active = False
    assert not any(indicator.asked_in(month) for month in three)


@pytest.mark.parametrize(
    ("unit", "last_moment"),
    [("commune", datetime(2025, 6, 17, 23, 59, tzinfo=HANOI)), ("office", datetime(2025, 6, 20, 23, 59, tzinfo=HANOI))],
)
def test_an_unsent_report_is_overdue_from_the_day_after_its_due_day(cast, unit, last_moment):
    report = f.report(cast.chi_dam, cast.lan) if unit == "commune" else f.office_report(cast.phu_tho)
    assert not report.is_overdue(last_moment)
    assert report.is_overdue(last_moment + timedelta(minutes=1))


def test_a_sent_report_is_never_overdue_but_may_have_been_late(cast):
    on_time = f.filed(cast.chi_dam, now=datetime(2025, 6, 17, 23, 59, tzinfo=HANOI))
    late = f.filed(cast.tay_coc, now=datetime(2025, 6, 18, 0, 0, tzinfo=HANOI))
    assert not any(report.is_overdue(datetime(2026, 1, 1, tzinfo=HANOI)) for report in (on_time, late))
    assert (on_time.was_late, late.was_late) == (False, True)
