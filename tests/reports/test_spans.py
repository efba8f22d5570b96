"""Spans: runs of whole months with names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.months import Month, Span

years = st.integers(2002, 2097)
first_months = st.sampled_from([1, 12])
PARTITIONS = (("Q1", "Q2", "Q3", "Q4"), ("H1", "H2"), ("9M", "Q4"))
NAMES = ("", "-Q1", "-Q2", "-Q3", "-Q4", "-H1", "-H2", "-9M")


def ends(span):
    return str(span.first), str(span.last)


@pytest.mark.parametrize(
    ("name", "january", "december"),
    [
        ("2025", ("2025-01", "2025-12"), ("2024-12", "2025-11")),
        ("2025-Q1", ("2025-01", "2025-03"), ("2024-12", "2025-02")),
        ("2025-Q2", ("2025-04", "2025-06"), ("2025-03", "2025-05")),
        ("2025-Q3", ("2025-07", "2025-09"), ("2025-06", "2025-08")),
        ("2025-Q4", ("2025-10", "2025-12"), ("2025-09", "2025-11")),
        ("2025-H1", ("2025-01", "2025-06"), ("2024-12", "2025-05")),
        ("2025-H2", ("2025-07", "2025-12"), ("2025-06", "2025-11")),
        ("2025-9M", ("2025-01", "2025-09"), ("2024-12", "2025-08")),
        ("2025-06", ("2025-06", "2025-06"), ("2025-06", "2025-06")),
        ("2025-01..2025-05", ("2025-01", "2025-05"), ("2025-01", "2025-05")),
    ],
)
def test_a_named_span_begins_with_the_first_month_of_the_provinces_year(name, january, december):
    assert ends(Span.parse(name)) == january
    assert ends(Span.parse(name, 12)) == december
    assert str(Span.parse(name, 12)) == name


@pytest.mark.parametrize(
    ("name", "first_month", "window"),
    [
        ("2025-H1", 1, (date(2024, 12, 15), date(2025, 6, 14))),
        ("2025", 1, (date(2024, 12, 15), date(2025, 12, 14))),
        ("2025", 12, (date(2024, 11, 15), date(2025, 11, 14))),
        ("2025-Q2", 1, (date(2025, 3, 15), date(2025, 6, 14))),
        ("2024-Q1", 1, (date(2023, 12, 15), date(2024, 3, 14))),
    ],
)
def test_a_span_runs_from_15_to_14_as_the_decree_says(name, first_month, window):
    assert Span.parse(name, first_month).window() == window


@pytest.mark.parametrize(
    "text",
    ["", "25", "2025-Q5", "2025-q2", "2025-H3", "2025-10M", "2025-13", "2025-5", "1945", "2100", "2025-06..2025-05",
     "2025-01..", "..2025-01", "2025-01..2025-13", "2025-01...2025-05", "2010-01..2025-01", "2025-H1 ", "2025-H1\n",
     "năm 2025", "２０２５"],
)  # fmt: skip
def test_other_texts_are_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"không phải là (kỳ báo cáo|tháng)"):
        Span.parse(text)


@given(years, first_months, st.sampled_from(PARTITIONS))
def test_the_parts_of_a_year_partition_it(year, first_month, parts):
    whole = Span.parse(str(year), first_month)
    months = [month for part in parts for month in Span.parse(f"{year}-{part}", first_month)]
    assert months == list(whole)
    assert len(months) == len(set(months)) == 12


@given(years, first_months)
def test_years_follow_one_another_without_gap_or_overlap(year, first_month):
    assert Span.parse(str(year), first_month).last + 1 == Span.parse(str(year + 1), first_month).first


@given(years, first_months, st.sampled_from(NAMES))
def test_the_same_span_last_year_has_the_same_name_one_year_before(year, first_month, part):
    span = Span.parse(f"{year}{part}", first_month)
    assert span.same_span_last_year == Span.parse(f"{year - 1}{part}", first_month)


@given(years, first_months, st.sampled_from(NAMES))
def test_the_previous_span_is_as_long_and_ends_where_this_one_begins(year, first_month, part):
    span = Span.parse(f"{year}{part}", first_month)
    assert span.previous.last + 1 == span.first
    assert len(span.previous) == len(span)
    assert Span.parse(span.previous.name, first_month) == span.previous


runs = st.tuples(st.builds(Month, st.integers(2006, 2090), st.integers(1, 12)), st.integers(0, 40))


@given(runs, first_months)
def test_any_run_of_months_has_a_span_before_it_and_a_year_before_it(run, first_month):
    first, length = run
    span = Span.parse(f"{first}..{first + length}", first_month)
    assert len(span) == len(list(span)) == length + 1
    assert ends(span.previous) == (str(first - len(span)), str(first - 1))
    assert ends(span.same_span_last_year) == (str(first - 12), str(first + length - 12))
    assert Span.parse(span.same_span_last_year.name, first_month) == span.same_span_last_year


@pytest.mark.parametrize(
    ("name", "previous", "last_year"),
    [
        ("2025-06", "2025-05", "2024-06"),
        ("2025-01", "2024-12", "2024-01"),
        ("2025-Q1", "2024-Q4", "2024-Q1"),
        ("2025-Q3", "2025-Q2", "2024-Q3"),
        ("2025-H1", "2024-H2", "2024-H1"),
        ("2025-H2", "2025-H1", "2024-H2"),
        ("2025", "2024", "2024"),
        ("2025-9M", "2024-04..2024-12", "2024-9M"),
        ("2025-01..2025-05", "2024-08..2024-12", "2024-01..2024-05"),
    ],
)
def test_neighbouring_spans_have_their_proper_names(name, previous, last_year):
    span = Span.parse(name)
    assert (str(span.previous), str(span.same_span_last_year)) == (previous, last_year)
    if ".." not in previous:
        assert str(Span.parse(name, 12).previous) == previous


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2025-06", "tháng 6/2025"),
        ("2025-Q2", "quý II năm 2025"),
        ("2025-H1", "6 tháng đầu năm 2025"),
        ("2025-H2", "6 tháng cuối năm 2025"),
        ("2025-9M", "9 tháng đầu năm 2025"),
        ("2025", "năm 2025"),
        ("2025-01..2025-05", "tháng 1/2025 đến tháng 5/2025"),
    ],
)
def test_a_span_has_a_title_in_vietnamese(name, title):
    assert Span.parse(name).title == Span.parse(name, 12).title == title


def test_a_span_knows_its_months():
    span = Span.parse("2025-Q2")
    assert [str(month) for month in span] == ["2025-04", "2025-05", "2025-06"]
    assert Month(2025, 6) in span
    assert Month(2025, 7) not in span


@pytest.mark.parametrize("name", ["1945-01", "1946", "1946-H1", "1945-01..1945-03", "2099-12"])
def test_at_the_edge_of_the_calendar_neighbours_are_still_spans(name):
    span = Span.parse(name)
    assert len(span.previous) == len(span)
    assert span.same_span_last_year.first == span.first - 12
    assert "/" in span.previous.title or "năm" in span.previous.title


@pytest.mark.parametrize(
    ("name", "first_month", "first", "last"),
    [
        ("2025-06", 1, "2025-01", "2025-06"),
        ("2025-06", 12, "2024-12", "2025-06"),
        ("2025-Q2", 1, "2025-01", "2025-06"),
        ("2025-H2", 12, "2024-12", "2025-11"),
        ("2025-12", 1, "2025-01", "2025-12"),
        ("2025-12", 12, "2025-12", "2025-12"),  # the first month of the year that follows
        ("2024-10..2025-03", 1, "2025-01", "2025-03"),
        ("2024-10..2024-12", 12, "2024-12", "2024-12"),
    ],
)
def test_the_year_to_date_runs_from_the_years_first_month_to_the_spans_last(name, first_month, first, last):
    to_date = Span.parse(name, first_month).year_to_date
    assert (str(to_date.first), str(to_date.last)) == (first, last)


@pytest.mark.parametrize("name", ["2025", "2025-Q1", "2025-H1", "2025-9M"])
@pytest.mark.parametrize("first_month", [1, 12])
def test_a_span_from_the_years_beginning_is_its_own_year_to_date(name, first_month):
    span = Span.parse(name, first_month)
    assert span.year_to_date is span
