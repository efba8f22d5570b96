"""Months and spans as people write them, put into the names of addresses; what is not understood stays as it is."""

import re

from communes.names import fold

MONTH = r"(?:thang )?(\d{1,2}) (?:nam )?(\d{4})"
RUN = re.compile(rf"(?:tu )?(?:thang )?(\d{{1,2}})(?: (?:nam )?(\d{{4}}))? den (?:het )?{MONTH}")
QUARTER = re.compile(r"quy (i{1,3}|iv|[1-4]) (?:nam )?(\d{4})")
QUARTERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
PART = re.compile(r"(6 thang cuoi|6 thang|9 thang|nua|nua cuoi)(?: dau)?(?: nam)? (\d{4})")
PARTS = {"6 thang cuoi": "H2", "nua cuoi": "H2", "9 thang": "9M"}
BETWEEN = re.compile(
    r"\s*(?:\.\.|–|—|\btới\b)\s*|\s+-\s+|(?<=\d{4})\s*-\s*(?=\d{1,2}\D)|(?:(?<=\b\d)|(?<=\b\d\d))-(?=\d{1,2}/)"
)


def month_name(text: str) -> str:
    """Read "6/2025", "tháng 6 năm 2025": "2025-06"."""
    if found := re.fullmatch(MONTH, fold(text)):
        return f"{found[2]}-{found[1]:0>2}"
    return text


def span_name(text: str) -> str:
    """Read "6/2025", "quý II/2025", "6 tháng đầu năm 2025", "9 tháng 2025", "năm 2025", "1/2025–5/2025", "1–5/2025"."""
    words = fold(BETWEEN.sub(" đến ", " ".join(text.split())))
    if found := RUN.fullmatch(words):
        return f"{found[2] or found[4]}-{found[1]:0>2}..{found[4]}-{found[3]:0>2}"
    if found := QUARTER.fullmatch(words):
        return f"{found[2]}-Q{QUARTERS.get(found[1], found[1])}"
    if found := PART.fullmatch(words):
        return f"{found[2]}-{PARTS.get(found[1], 'H1')}"
    if found := re.fullmatch(r"nam (\d{4})", words):
        return found[1]
    return month_name(text)


def month_said(name: str) -> str:
    """Write a month's name as people read it: "2025-06" is "6/2025"; what is none stays as it was typed."""
    year, _, number = name.partition("-")
    return f"{int(number)}/{year}" if re.fullmatch(r"\d{4}-\d{2}", name, re.ASCII) else name
