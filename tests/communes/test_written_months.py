"""Months and spans as people write them."""

import pytest

from communes.written_months import month_name, month_said, span_name


@pytest.mark.parametrize("text", ["6/2025", "06/2025", "6-2025", "tháng 6/2025", " Tháng 6 năm 2025 ", "6.2025"])
def test_a_month_is_read_as_people_write_it(text):
    assert month_name(text) == span_name(text) == "2025-06"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1/2025–5/2025", "2025-01..2025-05"),
        ("1/2025-5/2025", "2025-01..2025-05"),
        ("11/2024 - 2/2025", "2024-11..2025-02"),
        ("từ tháng 1/2025 đến hết tháng 5/2025", "2025-01..2025-05"),
        ("tháng 1 đến tháng 5/2025", "2025-01..2025-05"),
        ("tháng 1/2025 tới 5/2025", "2025-01..2025-05"),
        ("1-5/2025", "2025-01..2025-05"),
        ("1–5/2025", "2025-01..2025-05"),
        ("quý III/2021", "2021-Q3"),
        ("Quý 3 năm 2021", "2021-Q3"),
        ("6 tháng đầu năm 2024", "2024-H1"),
        ("6 tháng cuối năm 2024", "2024-H2"),
        ("nửa đầu năm 2024", "2024-H1"),
        ("nửa cuối 2024", "2024-H2"),
        ("9 tháng năm 2024", "2024-9M"),
        ("9 tháng đầu năm 2024", "2024-9M"),
        ("năm 2022", "2022"),
    ],
)
def test_a_span_is_read_as_people_write_it(text, name):
    assert span_name(text) == name


@pytest.mark.parametrize(
    "text", ["2025-06", "2025-Q2", "2025-H1", "2025", "2025-01..2025-05", "khong-co", "01/05/2025", "6/25", ""]
)
def test_what_is_a_name_or_not_understood_stays_as_it_is(text):
    assert span_name(text) == text


def test_a_month_is_said_as_people_read_it():
    assert month_said("2026-01") == "1/2026" and month_said("sau") == "sau"
    assert month_said("05-2026") == "05-2026", "what was typed and is not understood comes back as it was"
