"""Numbers and changes as they are read in Vietnamese."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from communes.templatetags.vietnamese import day, number, quoted
from reports.tables.table import Cell, arrowed, change, rate_of_change, shares
from reports.templatetags.tables import alike


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (1164, "1.164"),
        (1234567, "1.234.567"),
        (Decimal("0.5"), "0,5"),
        (Decimal("0.500"), "0,5"),
        (Decimal("1164.25"), "1.164,25"),
        (Decimal("12.000"), "12"),
        (Decimal("1200"), "1.200"),
        (Decimal(0), "0"),
        (None, "–"),
    ],
)
def test_a_number_has_dots_for_thousands_and_a_comma_for_decimals(value, text):
    assert number(value) == text
    assert Cell(value).text == text


def test_words_in_a_cell_are_shown_as_they_are():
    assert Cell("xã Chí Đám").text == "xã Chí Đám"


@pytest.mark.parametrize(
    ("value", "base", "text"),
    [
        (4056, 3665, "tăng 391 (+10,7%)"),
        (114, 133, "giảm 19 (−14,3%)"),
        (150, 100, "tăng 50 (+50%)"),
        (200, 100, "tăng 100 (+100%)"),
        (0, 8, "từ 8 xuống 0"),
        (2400, 1200, "tăng 1.200 (+100%)"),
        (3, 2, "từ 2 lên 3"),
        (9, 8, "từ 8 lên 9"),
        (1004, 1000, "tăng 4 (+0,4%)"),
        (48, 50, "giảm 2 (−4%)"),
        (12, 10, "tăng 2 (+20%)"),
        (7, 7, "không đổi"),
        (0, 0, "không đổi"),
        (5, 0, "từ 0 lên 5"),
        (Decimal("0.5"), Decimal("0.25"), "từ 0,25 lên 0,5"),
        (Decimal("1.5"), Decimal("2"), "từ 2 xuống 1,5"),
        (Decimal("0.5"), Decimal("0"), "từ 0 lên 0,5"),
        (None, 5, ""),
        (5, None, ""),
        (None, None, ""),
        (20_000, 1, "từ 1 lên 20.000"),
    ],
)
def test_a_change_is_said_in_numbers_and_per_cent(value, base, text):
    assert change(value, base) == text
    assert arrowed(value, base) == text.replace("tăng", "▲").replace("giảm", "▼")


@pytest.mark.parametrize(
    ("value", "base", "rate"),
    [(2, 3, "−33,3%"), (5, 3, "+66,7%"), (1001, 1000, "+0,1%"), (Decimal(3), 2, "+50%")],
)
def test_a_rate_has_one_decimal_at_most_and_a_true_minus(value, base, rate):
    assert rate_of_change(value, base) == rate


@pytest.mark.parametrize(
    ("values", "expected"),
    [([50, 100, None, 0], [50, 100, None, 0]), ([None, None], [None, None]), ([0, 0], [None, None]), ([], [])],
)
def test_bars_are_shares_of_the_greatest_and_blank_stays_blank(values, expected):
    assert shares(values) == expected


def test_the_day_of_a_moment_is_that_of_ha_noi():
    assert day(datetime(2026, 11, 29, 16, 59, tzinfo=UTC)) == "29/11/2026"
    assert day(datetime(2026, 11, 29, 17, 0, tzinfo=UTC)) == "30/11/2026"
    assert day(date(2026, 11, 30)) == "30/11/2026" and day(None) == ""


def test_figures_that_are_compared_have_as_many_decimals():
    def rows(*values):
        return [SimpleNamespace(line=SimpleNamespace(shown=None if one is None else Decimal(one))) for one in values]

    assert alike(Decimal("9.37"), rows("9.37", "10.4")) == "9,4" and alike(Decimal("10.0"), rows("14.3")) == "10,0"
    assert alike(Decimal("9.85"), rows("9.85", "10.4")) == "9,9", "halves go up, as in every ratio"
    assert alike(1164, rows("2000")) == "1.164" and alike(None, []) == "–"


def test_words_that_quote_are_quoted_once():
    assert quoted("Đã đối chiếu.") == "“Đã đối chiếu.”"
    assert quoted("“Lượt tuần tra” bằng 0.") == "“‘Lượt tuần tra’ bằng 0.”"
