"""The table of docs/security.md: every section of the standard once, and every test that it names is there."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
SECTIONS = {
    1: 5,
    2: 4,
    3: 7,
    4: 4,
    5: 4,
    6: 8,
    7: 6,
    8: 4,
    9: 2,
    10: 7,
    11: 7,
    12: 3,
    13: 4,
    14: 3,
    15: 4,
    16: 5,
    17: 3,
}
ROW = re.compile(r"^\| (\d+)\.(\d+)(?: to \d+\.(\d+))?[^|]*\| (holds|open|does not apply) \| (.+) \|$", re.M)


def test_every_section_of_the_standard_has_one_line():
    told = [
        (int(chapter), number)
        for chapter, first, last, _, _ in ROW.findall(PAGE)
        for number in range(int(first), int(last or first) + 1)
    ]
    assert told == [(chapter, number) for chapter, last in SECTIONS.items() for number in range(1, last + 1)]


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
    assert len(set(named)) > 60
    for path, name in named:
        text = (TESTS / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.M), f"{path}::{name}"


def test_what_is_open_says_what_is_missing():
    for chapter, number, _, state, words in ROW.findall(PAGE):
        if state == "open":
            assert re.search(r"Missing: \w|is the operator's to set", words), f"{chapter}.{number}"
