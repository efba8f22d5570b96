"""Counts as people write them: the cases that static/js/counts.js is held to as well (tests/js)."""

import json
from pathlib import Path

import pytest

from communes.counts import parse_count
from models_registry.importing.values import read_count
from reports.entry.month_import import read_figure

CASES = json.loads((Path(__file__).parents[1] / "number_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_a_count_is_read_as_the_browser_reads_it(text, value):
    if value is False:
        with pytest.raises(ValueError, match=r"không phải là số đếm|quá lớn"):
            parse_count(text)
    else:
        assert parse_count(text) == value


@pytest.mark.parametrize("read", [read_count, read_figure])
def test_a_cell_with_a_part_of_one_is_refused_as_it_is_written_here(read):
    with pytest.raises(ValueError, match="“2,5” không phải là số nguyên"):
        read(2.5)
