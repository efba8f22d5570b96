"""One spelling of letters: the forms of Unicode, in a time that grows with the text and not with its square.

To bring the marks over and under a letter into their order takes as many steps as the square of how many there are:
80,000 of them in a user name held a worker for seven seconds, a megabyte for minutes. No letter of any language
has more than a few; of a row of more than ``MOST_MARKS`` (Unicode, annex 15: Stream-Safe) the rest is dropped.
"""

import unicodedata
from typing import Literal

MOST_MARKS = 30
SHORT = 100  # letters that are ordered at once, whatever they are


def spelled(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return ``text`` in a form of Unicode."""
    return unicodedata.normalize(form, text if len(text) <= SHORT or text.isascii() else _calm(text))


def _calm(text: str) -> str:
    marks, kept = 0, []
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return text if len(kept) == len(text) else "".join(kept)
