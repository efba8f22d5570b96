"""What must never be stored: the system counts, it keeps no files on people.

Law 91/2025/QH15 on personal data; Law 117/2025/QH15 on state secrets.
"""

import csv
import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from communes.spelling import spelled

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATES = re.compile(
    rf"(?<!\d){_DAY}\s?[/.-]\s?{_MONTH}\s?[/.-]\s?(?:19|20)\d{{2}}(?!\d)|(?<![\d/]){_MONTH}/(?:19|20)\d{{2}}(?!/?\d)"
)
_AMOUNTS = re.compile(  # 1.250.000.000; 12.345.678 đồng
    r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})*\.000(?![\d.])|(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+(?=\s*(?:đồng|đ\b|vnđ|vnd))",
    re.I,
)
_ON = r"(?![^\w,;]{0,9}\w?[^\w,;]{0,9}\d)"
"""Nothing that would go on with digits."""
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_DOCUMENTS = re.compile(  # Công văn 084/2020; Chỉ thị 09 (2019-2024)
    r"\b(?:công văn|quyết định|nghị quyết|nghị định|thông tư|chỉ thị|kết luận|kế hoạch|hướng dẫn|tờ trình|thông báo"
    r"|báo cáo|biên bản|hợp đồng|đề án|văn bản|luật|cv|qđ)(?: số)?[\s:]{1,3}\d{1,4}"
    rf"(?:/{_YEAR}|\s?\({_YEAR}\s?-\s?{_YEAR}\)){_ON}",
    re.I,
)
_SPACED = re.compile(r"(?<![\d.+])[1-9]\d{0,2}(?: \d{3}){1,5}(?= ?(?:đồng|vnđ|vnd)\b)", re.I)  # 1 250 300 500 đồng
_COUNTS = re.compile(r"(?<![\d.])[12]?\d{1,2}(?:\.\d{3}){2}(?= (?:người|nhân khẩu|dân|lượt)\b)", re.I)
_HOURS = r"(?:[01]?\d|2[0-3])h[0-5][05] ?- ?(?:[01]?\d|2[0-3])h[0-5][05]"
_TIMES = re.compile(rf"(?<!\d){_HOURS}(?:[ ,;]{{1,3}}{_HOURS})*{_ON}", re.I)  # 07h30-11h30 13h30-17h00
_GOES_ON = re.compile(r"[^\w,;]{0,9}\w?[^\w,;]{0,9}\d")
_COUNT = re.compile(r"(?:0|0?[1-9]|[1-9]\d{1,3}|[1-9]\d{0,2}\.\d{3})(?:,\d{1,2})?(?: ?%)?")
_ONE = r"\d+(?:[.,]\d+)*(?: ?%)?"
_RUN = re.compile(rf"(?<![\d.,+]){_ONE}(?: ?[- :=/] ?{_ONE})+")
"""Numbers in a row, as of a table without its lines: 2021 105 2022 112; 05-2021 06-2022; 2019-2020 85% 2020-2021 9%."""
_YEARS = re.compile(rf"(?<!\d)({_YEAR}) ?[-/] ?{_YEAR}(?!\d)")
_LED = re.compile(r"\b(năm|tháng) $", re.I)
_PERCENT = r"(?:100|[1-9]\d?|0)(?:,\d{1,2})? ?%"
_PERCENTS = re.compile(rf"(?<![\d.,+]){_PERCENT}(?:[ ;,]{{1,2}}{_PERCENT})+")  # 84% 35% 67% 89%
_PAID = re.compile(  # kinh phí 1.250.300.500
    r"\b(?:kinh phí|số tiền|trị giá|giá trị|dự toán|thiệt hại|thu|chi)"
    r"(?: (?:vận động|huy động|ủng hộ|đóng góp|xã hội hóa|hỗ trợ|thực hiện|xây dựng|lắp đặt|mua sắm|tài sản|ước tính"
    rf"|được|năm {_YEAR}|là|khoảng|trên|hơn|gần)){{0,4}}[ :]{{1,2}}"
    r"(?!84\.[35789])[1-9]\d{0,2}(?:\.\d{3}){2,4}(?![\d.])",
    re.I,
)
_BEGUN = re.compile(r"(?<!\d)(?:\+?84\d*|0\d{2,})[^\w,;]{0,9}$")  # a phone may go on from here: 0912, +84 912
_UNBROKEN = re.compile(r"\d{9,}")
_NUMBERS = re.compile(r"(?<!\d)(?<!\d[.,])\+?\d(?:[ .-]?\d){8,13}(?!\d)")
_PIECES = re.compile(r"(?<!\d)\+?\d+(?:(?:(?:[^\w,;]|[,;](?!\s)|_|x){1,9}|[^\W\d])\d+)+", re.I)
_NEXT = r"(?: ?[,;]| (?:và|với|rồi|chấm|phẩy|gạch|cách|tiếp)) "
_LISTED = re.compile(  # 0912, 345, 678; 0912 và 345678: no count begins with 0, but numbers of records each do
    rf"(?<!\d)(?!0\d{{3}}(?:{_NEXT}0\d{{3}}){{2}}(?!\d))0\d{{2,3}}{_NEXT}(?:\d{{3,4}}{_NEXT}\d{{3,4}}|\d{{6,7}})(?!\d)",
    re.I,
)
_SPOKEN = {
    "không": "0", "một": "1", "mốt": "1", "hai": "2", "ba": "3", "bốn": "4", "tư": "4", "năm": "5", "lăm": "5",
    "sáu": "6", "bảy": "7", "bẩy": "7", "tám": "8", "chín": "9",
}  # fmt: skip
_SPELLED = re.compile(rf"\b(?:{'|'.join(_SPOKEN)})(?:[^\w,;]{{1,3}}(?:{'|'.join(_SPOKEN)})\b){{2,}}", re.I)
"""Three digits and more said in words, as over the telephone; two are a count or a year ("ba năm")."""
_READS = re.compile(r"(?:(?:00)?84|0)(?:[35789]\d{8}|2\d{9})|0\d{11}")
"""A phone (mobile or fixed, with or without +84), a citizen's number of twelve digits."""
_ENDING = re.compile(r"\.[a-z]{1,4}$", re.I)
_LEAST, _LONGEST = 9, 14
_CODES = re.compile(r"(?<!\d)\d{5}(?: \d{5})+(?!\d)(?![^\w,;]{0,3}\w?[^\w,;]{0,3}\d)")
_AFTER_DIGITS = re.compile(r"\d[^\w,;]{0,3}\w?[^\w,;]{0,3}$")
NEAR = 10
_LISTS = ("communes.csv", "legacy_communes.csv")
_YEARS_AND_DAYS = re.compile(r"(?:19|20)\d{2}|\d{1,2}")
NO_NAMES = "Không ghi họ tên, số điện thoại hay số căn cước."
NOTE = "Không ghi nội dung mật, họ tên đối tượng, người cung cấp tin, số điện thoại hay số căn cước."


@cache
def _provinces_of_codes() -> dict[str, set[tuple[str, str]]]:
    """The official codes of communes, of today and until June 2025, with the provinces each stands in."""
    found: dict[str, set[tuple[str, str]]] = {}
    for name in _LISTS:
        with (Path(__file__).parent / "data" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["code"], set()).add((name, row["province_code"]))
    return found


def _beside(one: str, other: str) -> bool:
    """Whether two codes stand together: on the lists in one province; or one on them and the other within ten of it.

    The latter are units that ended before the lists begin.
    """
    known = _provinces_of_codes()
    here, there = known.get(one, set()), known.get(other, set())
    return bool(here & there) or (bool(here or there) and abs(int(one) - int(other)) <= NEAR)


def _before(found: re.Match[str]) -> str:
    """What stands right before: enough of it to see digits that something else parts."""
    return found.string[max(0, found.start() - 40) : found.start()]


def _without_codes(found: re.Match[str]) -> str:
    """A row of unit codes as a word; anything else as it stands.

    "07999 08000" has the digits of a phone. Codes are told from it by each standing beside the one before it, with no
    other digits around them: fewer than one in a thousand phones written as five and five digits do.
    """
    codes = re.findall(r"\d+", found.group())
    together = all(_beside(one, other) for one, other in pairwise(codes))
    return "đ" if together and not _AFTER_DIGITS.search(_before(found)) else found.group()


def _alone(found: re.Match[str]) -> str:
    """A sum, a count or hours as a word; as they stand where digits before them would go on with theirs."""
    return found.group() if _BEGUN.search(_before(found)) else "đ"


def _unlike_any(found: re.Match[str]) -> str:
    """The same where any digits before or behind would."""
    apart = not _AFTER_DIGITS.search(_before(found)) and not _GOES_ON.match(found.string, found.end())
    return "đ" if apart else found.group()


def _paid(found: re.Match[str]) -> str:
    """A sum behind the word for it as a word, which ends what digits stood before; as it stands where some go on."""
    return found.group() if _GOES_ON.match(found.string, found.end()) else "đ"


def _without_years(found: re.Match[str]) -> str:
    """Years that go on or back, each with as many counts, as a word; anything else as it stands.

    Between two years stand fewer digits than a person's number has, and no telephone's go on over a year. Behind "năm"
    and "tháng" one year is enough.
    """
    numbers = re.findall(_ONE, _YEARS.sub(r"\1", found.group()))
    led = _LED.search(_before(found))
    most = 4
    if led and led[1].lower() == "tháng" and re.fullmatch(_MONTH, numbers[0]):
        most = 2
        del numbers[0]
    years = [one for one in numbers if re.fullmatch(_YEAR, one)]
    ordered = years in (sorted(years), sorted(years, reverse=True)) and len(set(years)) > 1
    alone = led and len(years) == 1 and numbers[0] == years[0] and len(numbers) <= most
    if not (ordered or alone) or not all(one in years or _COUNT.fullmatch(one) for one in numbers):
        return found.group()
    if not _is_even("".join("y" if one in years else "n" for one in numbers)) or (ordered and _is_called(numbers)):
        return found.group()
    between = re.split(rf"(?<!\d){_YEAR}(?!\d)", " ".join(numbers))
    return found.group() if max(sum(map(str.isdigit, one)) for one in between) >= _LEAST else _unlike_any(found)


def _is_even(order: str) -> bool:
    """Whether years and counts take turns: a count and its year, or a year and each time as many counts of it."""
    if order.startswith("n"):
        return re.fullmatch("(ny)+", order) is not None
    *whole, last = order.split("y")[1:]
    return len(set(whole)) <= 1 and (not whole or len(last) <= len(whole[0]))


def _is_called(numbers: list[str]) -> bool:
    """Whether some of them in a row are a mobile telephone's."""
    for start, first in enumerate(numbers):
        if first.startswith("0"):
            joined = re.sub(r"\D", " ", "|".join(numbers[start : start + 6])).split()
            if any(re.fullmatch(r"0[35789]\d{8}", "".join(joined[:end])) for end in range(2, len(joined) + 1)):
                return True
    return False


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


def _personal_number(text: str) -> str:
    """What in ``text`` reads as a phone or identity number; "" where nothing does.

    Digits of every script are digits, three and more said in words too; what nobody sees is not there, and digits are
    read through whatever parts them: blanks, line breaks, dashes, dots, slashes, brackets, a single letter. Days,
    years, hours, sums of money, large counts, percents, years with their counts, numbers of documents and rows of unit
    codes are none, where no digits go on from them.
    """
    composed = spelled("NFKC", text)
    seen = composed if composed.isascii() else "".join(map(_plainly, composed))
    seen = _SPELLED.sub(_in_digits, _DOCUMENTS.sub("văn bản", seen))
    seen = _AMOUNTS.sub(_alone, _DATES.sub("đ", " ".join(seen.split())))
    for plain in (_SPACED, _COUNTS, _TIMES, _PERCENTS):
        seen = plain.sub(_unlike_any, seen)
    seen = _PAID.sub(_paid, seen)
    seen = _RUN.sub(_without_years, seen)
    seen = _CODES.sub(_without_codes, seen)
    if unbroken := _UNBROKEN.search(seen):
        return unbroken.group()[:_LONGEST]
    for found in _NUMBERS.finditer(seen):
        pieces = re.findall(r"\d+", found.group())
        if not all(_YEARS_AND_DAYS.fullmatch(piece) for piece in pieces) or _READS.fullmatch("".join(pieces)):
            return found.group().strip()
    for found in (*_LISTED.finditer(seen), *_PIECES.finditer(seen)):
        pieces = re.findall(r"\d+", found.group())
        for start, joined in enumerate(pieces):
            for piece in pieces[start + 1 : start + _LONGEST]:
                joined += piece  # noqa: PLW2901 - it grows
                if len(joined) > _LONGEST:
                    break
                if _READS.fullmatch(joined):
                    return found.group().strip()
    return ""


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
