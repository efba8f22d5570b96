"""What must never be stored: the system counts, it keeps no files on people.

Law 91/2025/QH15 on personal data; Law 117/2025/QH15 on state secrets.
"""

import re
import unicodedata
from html import unescape
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError

from communes.ordinary_numbers import LEAST, NEAR, NEXT, documents_as_words, figures_as_words, shares_as_words
from communes.spelling import spelled

_UNBROKEN = re.compile(r"\d{9,}")
_NUMBERS = re.compile(r"(?<!\d)(?<!\d\.)\+?\d(?:[ .\-_|\\*~^#'•·]?\d){8,13}(?!\d)")
_PARTED = re.compile(
    r"(?:[^\w,;]|[,;](?!\s)|_|x){1,40}|[^\W\d]{1,9}|[^\w,;]{0,4}[a-z][^\w,;]{0,4}|(?P<listed>\W{1,9}|" + NEXT + ")",
    re.I,
)
"""What parts the digits of one number: marks, letters right between them, a letter; or what parts those of a list."""
_MARK = r"(?:(?:[^\w,;%+=]|_|x){1,9}|[^\W\d]{1,9})"
_THREES = re.compile(  # 131/234/567; (131) 234567; 12x345x678x901
    rf"(?<!\d)(?<!\d\.)(?:\d{{1,3}}(?:{_MARK}\d{{3}}(?!\d)){{2,}}|\d{{3}}{_MARK}\d{{6}}|\d{{6}}{_MARK}\d{{3}})"
    r"(?!\d| ?%)",
    re.I,
)
_LISTED = re.compile(  # 0912, 345, 678; 0912 và 345678: no count begins with 0, but numbers of records each do
    rf"(?<!\d)(?!0\d{{2,3}}(?:{NEXT}0\d{{2,3}}){{2}}(?!\d))0\d{{2,3}}{NEXT}(?:\d{{3,4}}{NEXT}\d{{3,4}}|\d{{6,7}})(?!\d)",
    re.I,
)
_SPOKEN = {
    "không": "0", "một": "1", "mốt": "1", "hai": "2", "ba": "3", "bốn": "4", "tư": "4", "năm": "5", "lăm": "5",
    "sáu": "6", "bảy": "7", "bẩy": "7", "tám": "8", "chín": "9",
}  # fmt: skip
_SPELLED = re.compile(rf"\b(?:{'|'.join(_SPOKEN)})(?:[^\w,;]{{1,3}}(?:{'|'.join(_SPOKEN)})\b){{2,}}", re.I)
"""Three digits and more said in words, as over the telephone; two are a count or a year ("ba năm")."""
_SPOKEN |= {
    "khong": "0", "mot": "1", "bon": "4", "tu": "4", "nam": "5", "lam": "5", "sau": "6", "bay": "7", "tam": "8",
    "chin": "9",
}  # fmt: skip
_SPELLED_PLAINLY = re.compile(rf"\b(?:{'|'.join(_SPOKEN)})(?:[^\w,;]{{1,3}}(?:{'|'.join(_SPOKEN)})\b){{8,}}", re.I)
"""A whole number said so without accents, where fewer words are words ("nam sau", the year that follows)."""
_TAGS = re.compile(
    r"</?(?:a|b|br|div|em|font|h[1-6]|i|li|o:p|ol|p|small|span|strong|su[bp]|t[dhr]|u|ul|wbr)(?:\s[^<>\d]{0,200})?/?>",
    re.I,
)
"""Marks of a page that was pasted; what else stands between "<" and ">" is text, and what holds digits is read."""
_READS = re.compile(r"(?:(?:00)?84|0)(?:[35789]\d{8}|2\d{9})|0\d{11}")
"""A phone (mobile or fixed, with or without +84), a citizen's number of twelve digits."""
_ENDING = re.compile(r"\.[a-z]{1,4}$", re.I)
_LONGEST = 14
_FIGURES = 6  # more two-digit figures in a list than the longest number has: a table's row
_LAST_DAY = 31
_YEARS_AND_DAYS = re.compile(r"(?:19|20)\d{2}|\d{1,2}")
NO_NAMES = "Không ghi họ tên, số điện thoại hay số căn cước."
NOTE = "Không ghi nội dung mật, họ tên đối tượng, người cung cấp tin, số điện thoại hay số căn cước."


def _plainly(letter: str) -> str:
    """A letter as it is compared: any script's digit as ours, any dash as "-"; nothing for what is not seen alone.

    Marks over, under and around digits (a key's frame, a line below) are none of their own.
    """
    kind = unicodedata.category(letter)
    if kind in ("Cf", "Mn", "Me"):
        return ""
    if kind == "Pd":
        return "-"
    value = unicodedata.numeric(letter, -1)
    return str(int(value)) if value in range(10) else letter


def _in_digits(found: re.Match[str]) -> str:
    """Digits said in words as digits: "không chín một hai" as "0912"."""
    return "".join(_SPOKEN[word.lower()] for word in re.findall(r"\w+", found.group()))


def _are_counted_on(numbers: list[str]) -> bool:
    """Whether three and more go on as days, months, hamlets or records do: of one width, each above the one before.

    None is beyond a month's last day, or each within ten of the one before: fewer than one phone in a thousand is.
    """
    values = [int(one) for one in numbers]
    steps = [later - one for one, later in pairwise(values)]
    near = values[-1] <= _LAST_DAY or max(steps, default=0) <= NEAR
    return len(values) > 2 and len({len(one) for one in numbers}) == 1 and min(steps) > 0 and near


def _is_list(numbers: list[str], listed: list[bool], row: int) -> bool:
    """Whether what joins to a number of a person are figures of a list all the same.

    ``listed`` tells of each gap whether a comma, a semicolon or a word like "và" stands in it; ``row`` how many figures
    of two digits follow each other in the whole list.
    """
    if _are_counted_on(numbers):
        return True
    if not any(listed):
        return False
    first, *rest = numbers
    if not re.fullmatch("0[0-9]+", first) and not (first == "84" and all(len(one) > 2 for one in rest)):
        return True  # no count begins with 0, nor any list with a phone's 84 but by chance
    if not all(listed):  # 01: 120; 02: 98; 03: 134; or 001-100, 101-200
        taking_turns = listed == [place % 2 == 1 for place in range(len(listed))]
        labels = [int(one) for one in numbers[::2]]
        going_on = len(labels) > 1 and labels == list(range(labels[0], labels[0] + len(labels)))
        ranges = len(numbers) > 3 and len({len(one) for one in numbers}) == 1 and numbers == sorted(set(numbers))
        return taking_turns and (going_on or ranges)
    if all(len(one) == 2 for one in numbers):
        return row > _FIGURES or all(int(one) <= _LAST_DAY for one in numbers)
    return all(re.fullmatch(r"0\d{2,3}", one) for one in numbers)


def _rows(numbers: list[str], gaps: list[re.Match[str] | None]) -> list[int]:
    """How many figures of two digits stand in the list that each number is of."""
    ends = [place for place, gap in enumerate(gaps) if not (gap and gap["listed"])] + [len(numbers) - 1]
    rows: list[int] = []
    for end in ends:
        row = numbers[len(rows) : end + 1]
        rows += [len(row) if all(len(one) == 2 for one in row) else 1] * len(row)
    return rows


def _in_pieces(seen: str) -> str:
    """The first phone or citizen's number that digits make together over whatever parts them."""
    found = list(re.finditer(r"\d+", seen))
    gaps = [_PARTED.fullmatch(seen, one.end(), later.start()) for one, later in pairwise(found)]
    numbers = [one.group() for one in found]
    rows = _rows(numbers, gaps)
    for start, joined in enumerate(numbers):
        if joined[0] not in "08":
            continue
        for end in range(start + 1, min(start + _LONGEST, len(numbers))):
            gap = gaps[end - 1]
            joined += numbers[end]  # noqa: PLW2901 - it grows
            if not gap or len(joined) > _LONGEST:
                break
            if _READS.fullmatch(joined):
                listed = [bool(one and one["listed"]) for one in gaps[start:end]]
                called = seen[found[start].start() - 1 : found[start].start()] == "+"
                if (called and any(listed)) or not _is_list(numbers[start : end + 1], listed, rows[start]):
                    return seen[found[start].start() : found[end].end()]
    return ""


def _in_a_list(seen: str) -> str:
    """The first list that begins as no list of counts does."""
    lists = (found.group() for found in _LISTED.finditer(seen))
    return next((one for one in lists if not _are_counted_on(re.findall(r"\d+", one))), "")


def _in_threes(seen: str) -> str:
    """The first identity number written in threes, as 131/234/567, over marks that part no figures."""
    for found in _THREES.finditer(shares_as_words(seen)):
        pieces = re.findall(r"\d+", found.group())
        if sum(map(len, pieces)) >= LEAST and not _are_counted_on(pieces):
            return found.group()
    return ""


def _in_a_row(seen: str) -> str:
    """The first nine digits and more with a single blank or mark between them: a number, if not of years and days."""
    for found in _NUMBERS.finditer(seen):
        pieces = re.findall(r"\d+", found.group())
        ordinary = all(_YEARS_AND_DAYS.fullmatch(piece) for piece in pieces) and not _READS.fullmatch("".join(pieces))
        if not ordinary and not _are_counted_on(pieces):
            return found.group().strip()
    return ""


def _personal_number(text: str) -> str:
    """What in ``text`` reads as a phone or identity number; "" where nothing does.

    Digits of every script are digits, three and more said in words too; what nobody sees is not there, and how a page
    is marked is a blank (&nbsp;, <br>). Digits are read through whatever parts them: blanks, line breaks, dashes, dots,
    slashes, brackets, letters between, and the commas and words of a list. Days, years, hours, sums of money, large
    counts, percents, years with their counts, numbers of documents and rows of unit codes are none, where no digits go
    on from them.

    What could be both, figures of a list and a number, is a number wherever it has a phone's or citizen's beginning and
    length, or stands in threes over marks that part no figures. It is a list all the same where its numbers go on (01
    02 03), are days or small counts of two digits (05, 12, 08, 03, 10), more than any number has, or stand behind what
    counts them (Khu 05: 12, 45); and always where it begins with a count, which has no 0 before it (120, 135, 140).
    """
    composed = spelled("NFKC", _TAGS.sub(" ", unescape(text)) if "&" in text or "<" in text else text)
    seen = composed if composed.isascii() else "".join(map(_plainly, composed))
    seen = _SPELLED_PLAINLY.sub(_in_digits, documents_as_words(seen))
    seen = figures_as_words(_SPELLED.sub(_in_digits, seen))
    if unbroken := _UNBROKEN.search(seen):
        return unbroken.group()[:_LONGEST]
    return _in_a_row(seen) or _in_a_list(seen) or _in_pieces(seen) or _in_threes(seen)


def refuse_personal_numbers(text: str, where: object = "phần này") -> None:
    """Raise ``ValidationError`` where free text holds what looks like a phone or identity number.

    ``where`` is what the text is called, for whoever reads the sentence away from its box.
    """
    found = _personal_number(text)
    if found:
        raise ValidationError(
            "“%(found)s” giống số điện thoại hoặc số căn cước. Hệ thống không lưu thông tin cá nhân "
            "ở %(where)s; hãy bỏ số này rồi gửi lại.",
            code="personal_number",
            params={"found": " ".join(found.split()), "where": where},
        )


def personal_number(text: str, where: object) -> str:
    """The same as a sentence, or "" where there is none."""
    try:
        refuse_personal_numbers(text, where)
    except ValidationError as error:
        return error.messages[0]
    return ""


def without_personal_numbers(text: str) -> str:
    """The text as it may be kept where nobody is asked again (names of files, quoted cells): such digits are dots."""
    if not _personal_number(text):
        return text
    hidden = re.sub(r"\d", "•", text)
    if not _personal_number(hidden):
        return hidden
    return "…" + "".join(_ENDING.findall(text))  # by its ending a file is read


def quoting_without_personal_numbers(sentence: str) -> str:
    """The same of what a sentence of ours quotes; its own figures stay."""
    return re.sub("“[^”]*”", lambda found: without_personal_numbers(found.group()), sentence)


class NoPersonalNumbers:
    """The same for a column, by the name it has. What is longer than the column holds is refused for that, unread."""

    def __init__(self, column: Any) -> None:
        self.column = column

    def __call__(self, text: str) -> None:
        """Refuse them."""
        if len(text) <= (self.column.max_length or len(text)):
            refuse_personal_numbers(text, f"mục “{self.column.verbose_name}”")
