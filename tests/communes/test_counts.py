"""Counts as people write them: the cases that static/js/counts.js is held to as well (tests/js)."""

import json
from pathlib import Path

import pytest

from communes.counts import parse_count

CASES = json.loads((Path(__file__).parents[1] / "number_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_a_count_is_read_as_the_browser_reads_it(text, value):
    if value is False:
        with pytest.raises(ValueError, match=r"không phải là số đếm|quá lớn"):
            parse_count(text)
    else:
        assert parse_count(text) == value
