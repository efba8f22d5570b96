"""Counts as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.counts import MAX_VALUE, parse_count
from communes.templatetags.vietnamese import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("0", 0),
        ("02", 2),
        ("007", 7),
        (" 12 ", 12),
        ("1.164", 1164),
        ("1,164", 1164),
        ("1 164", 1164),
        ("1\u00a0164", 1164),
        ("1.234.567", 1234567),
        ("12.345", 12345),
        ("999999999", MAX_VALUE),
        ("999.999.999", MAX_VALUE),
        ("\t5\n", 5),
    ],
)
def test_whole_numbers_are_read_however_they_are_grouped(text, value):
    assert parse_count(text) == value


@pytest.mark.parametrize("text", ["", " ", "\t", "\u00a0", "\n"])
def test_a_blank_is_no_number_and_not_zero(text):
    assert parse_count(text) is None


@pytest.mark.parametrize(
    "text",
    ["0,500", "0.164", "-", "–", "-1", "−1", "+1", "1,5", "1.5", "1,50", "0,5", "1.16", "1.1644", "1.164,5",
     "1.164.5", "1,164.000", "1.234,567", "1..164", ".5", "5.", "1 16", "1  164", "12 34", "1e3", "0x10",
     "１２", "٣", "²", "½", "năm", "7 vụ", "O", "1/2", "=1+1", "'7", "NaN", "None", "1\u200b2"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"không phải là số đếm\. Ghi số nguyên từ 0 đến 999\.999\.999, hoặc"):
        parse_count(text)


@pytest.mark.parametrize("text", ["1000000000", "1.000.000.000", "999999999999", "1 000 000 000"])
def test_a_number_over_nine_digits_is_too_large(text):
    with pytest.raises(ValueError, match=r"quá lớn\. Ghi số nguyên từ 0 đến 999\.999\.999"):
        parse_count(text)


def test_a_refusal_quotes_only_the_beginning_of_a_long_text():
    with pytest.raises(ValueError, match="không phải") as refusal:
        parse_count("x" * 5000)
    assert len(str(refusal.value)) < 200


@given(st.integers(0, MAX_VALUE))
def test_what_is_shown_is_read_back_as_the_same_number(value):
    assert parse_count(number(value)) == parse_count(str(value)) == parse_count(f"{value:,}") == value


@given(st.text(max_size=40))
def test_any_text_is_a_count_a_blank_or_a_sentence(text):
    try:
        value = parse_count(text)
    except ValueError as refusal:
        assert "Ghi số nguyên" in str(refusal)
    else:
        assert value is None or 0 <= value <= MAX_VALUE
