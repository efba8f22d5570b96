"""How people write counts. The same cases as static/js/counts.js: tests/number_cases.json."""

import re

from communes.templatetags.vietnamese import number

BLANK = re.compile(
    r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]"
)  # blanks of a width of their own, as other programs part thousands
AROUND = " \t\r\n\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # what comes with a number and is not seen
NO_PART = re.compile(r"(?<=[0-9]),00?$")  # "163,0": the comma is the decimal mark, and there is no part of one
PARTED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){1,3}|(?: [0-9]{3}){1,3})")
GROUPED = re.compile(rf"{PARTED.pattern}|[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,3}}")
MAX_VALUE = 999_999_999
NOT_A_COUNT = f"Ghi số nguyên từ 0 đến {number(MAX_VALUE)}, hoặc để trống nếu chưa có số liệu."


def parse_count(text: str) -> int | None:
    """Read a count as people write it: "1.164", "1,164", "1 164" and "02" are whole numbers, and so is "163,0".

    A blank is None. Raises ``ValueError`` with a sentence for anything else, "1,5", "3.0" and "-" included: a dot
    is no decimal mark in what people write, and "163.0" may have lost two zeros.
    """
    text = BLANK.sub(" ", text).strip(AROUND)
    if not text:
        return None
    whole = NO_PART.sub("", text)
    if re.fullmatch(r"[0-9]{1,12}", whole):
        value = int(whole)
    elif re.fullmatch(PARTED if whole != text else GROUPED, whole):
        value = int(re.sub(r"[., ]", "", whole))
    else:
        raise ValueError(f"{no_count(text[:30])} {NOT_A_COUNT}")
    if value > MAX_VALUE:
        raise ValueError(f"“{text[:30]}” quá lớn. {NOT_A_COUNT}")
    return value


def no_count(said: str) -> str:
    """That what was written counts nothing."""
    return f"“{said}” không phải là số đếm."


def not_whole(value: float) -> str:
    """That a cell holds a part of one, written as here: "2,5"."""
    return f"“{value}” không phải là số nguyên.".replace(".", ",", 1)
