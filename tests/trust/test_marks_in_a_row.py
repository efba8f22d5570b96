"""Hundreds of thousands of accents on one letter are none: to order them held a worker for minutes, before the sign-in."""

import re

import pytest

from communes import privacy
from communes.models.accounts import _spellings
from communes.names import account_name, clean, fold, name_key, search_words, sort_key, visible
from communes.spelling import MOST_MARKS, spelled
from tests.databases import ROOT

MARKS = "a" + "\u0301\u0323" * 60_000
DOORS = [account_name, clean, visible, fold, name_key, sort_key, lambda text: _spellings(text)[0]]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_no_form_orders_more_marks_than_a_letter_has(form):
    assert len(spelled(form, MARKS)) <= MOST_MARKS + 1
    assert spelled(form, "Nguyễn Thị Ắn, tổ trưởng " * 20) == "".join(
        spelled(form, letter) for letter in "Nguyễn Thị Ắn, tổ trưởng " * 20
    ), "what people write stays"


@pytest.mark.parametrize("door", DOORS)
def test_every_reading_of_a_name_is_done_with_it(door):
    assert len(door(MARKS)) < 10 * MOST_MARKS


def test_searching_and_guarding_are_done_with_it():
    assert len("".join(search_words(MARKS))) < 10 * MOST_MARKS
    assert not privacy.personal_number(MARKS, "đây")
    assert privacy.personal_number(f"{MARKS} 0912345678", "đây")


@pytest.mark.django_db
def test_a_stranger_holds_nobody_up_with_it(client, cast):
    for box in ("username", "password"):
        given = {"username": "lan", "password": "x"} | {box: MARKS}
        assert client.post("/accounts/login/", given).status_code in (200, 429)


def test_nobody_goes_round_it():
    """Of one letter alone, and of what the program itself holds, nothing is to be feared."""
    known = {
        "communes/spelling.py",
        "communes/register/files.py",
        "communes/names.py",
        "models_registry/importing/letters.py",
    }
    found = {
        str(path.relative_to(ROOT))
        for app in ("antq", "communes", "models_registry", "reports")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"unicodedata\.normalize|import normalize", path.read_text(encoding="utf-8"))
    }
    assert found == known
