"""The numbers of a paragraph: which are the system's figures, and which somebody wrote by hand."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from reports.documents.facts import IndicatorLine

NUMBER = re.compile(r"(?<![\d/.,])\d+(?:[.,]\d+)*(?![\d/%]|[.,]\d)")  # no part of a date, no share
MOVES = ("tăng", "giảm", "từ", "lên", "xuống", "+", "−", "(")  # what follows them is a difference


class Stretch(NamedTuple):
    """A stretch of a paragraph: plain words, the figure of ``line``, or a number written by hand."""

    text: str
    line: IndicatorLine | None = None
    by_hand: bool = False


def value_of(text: str) -> Decimal:
    """Read a number as the report writes it: "1.164", "0,5", "02"."""
    return Decimal(text.replace(".", "").replace(",", "."))


def values_in(text: str) -> set[Decimal]:
    """Every number that stands in a text."""
    return {value_of(found[0]) for found in NUMBER.finditer(text)}


def stretches(text: str, lines: Sequence[IndicatorLine], written_over: str | None = None) -> list[Stretch]:
    """Cut a paragraph at its numbers.

    A number that is the figure of one of ``lines`` is that figure, each line once and in order; no difference is.
    ``written_over`` is the draft that somebody wrote over: a number that is in neither was written by hand.
    """
    left, drafted = list(lines), values_in(written_over or "")
    found, at = [], 0
    for match in NUMBER.finditer(text):
        value, before = value_of(match[0]), text[: match.start()].rstrip()
        moved = before.endswith(MOVES)
        line = None if moved else next((one for one in left if one.value == value), None)
        if line:
            left.remove(line)
        by_hand = line is None and written_over is not None and value not in drafted
        if line or by_hand:
            found += [Stretch(text[at : match.start()]), Stretch(match[0], line, by_hand)]
            at = match.end()
    return [one for one in (*found, Stretch(text[at:])) if one.text]


def stands_in(line: IndicatorLine, texts: Iterable[str]) -> bool:
    """Whether the figure of a line is among the numbers of the texts."""
    return line.value is not None and any(Decimal(line.value) in values_in(text) for text in texts)
