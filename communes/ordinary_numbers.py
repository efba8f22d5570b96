"""Numbers that are no person's though they look like one: days, hours, money, counts, documents, unit codes."""

import csv
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

LEAST = 9  # digits that a number of a person has
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATES = re.compile(
    rf"(?<!\d){_DAY}\s?[/.-]\s?{_MONTH}\s?[/.-]\s?(?:19|20)\d{{2}}(?!\d)|(?<![\d/]){_MONTH}/(?:19|20)\d{{2}}(?!/?\d)"
)
_MONEY = r"(?:đồng(?! (?:chí|bào|đội))|vnđ\b|vnd\b)"
_AMOUNTS = re.compile(  # 1.250.000.000; 12.345.678 đồng
    r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})*\.000(?![\d.])|(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+"
    rf"(?=\s*(?:{_MONEY}|đ\b(?!/)))",
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
_SPACED = re.compile(rf"(?<![\d.+])[1-9]\d{{0,2}}(?: \d{{3}}){{1,5}}(?= ?{_MONEY})", re.I)  # 1 250 300 500 đồng
_COUNTS = re.compile(r"(?<![\d.])[12]?\d{1,2}(?:\.\d{3}){2}(?= (?:người|nhân khẩu|dân|lượt)\b)", re.I)
NEXT = r"(?: ?[,;]| (?:và|với|rồi|chấm|phẩy|gạch|cách|tiếp)) "
_HOUR = r"(?:[01]?\d|2[0-3])(?:h[0-5]\d|[g:][0-5][05])"
_HOURS = rf"{_HOUR} ?- ?{_HOUR}"
_TIMES = re.compile(  # 07h30-11h30 13h30-17h00; 07h30, 09h15, 13h30
    rf"(?<!\d){_HOURS}(?:[ ,;]{{1,3}}{_HOURS})*{_ON}|(?<!\d){_HOUR}(?:{NEXT}{_HOUR})+{_ON}", re.I
)
_AND = rf"(?:{NEXT}| ?- ?)"
_MOMENT = rf"{_HOUR}(?: ngày)? \(?{_DAY}/{_MONTH}\)?(?!/?\d)"
_MOMENTS = re.compile(rf"(?<!\d){_MOMENT}(?:{_AND}{_MOMENT})*{_ON}", re.I)  # 08h30 05/6, 17h00 (09/6)
_DAYS_OF = rf"(?:{_DAY}{_AND}){{0,9}}+{_DAY}/{_MONTH}(?!/?\d)"
_DAYS = re.compile(rf"(?<![\d/.-]){_DAYS_OF}(?:{_AND}{_DAYS_OF})+{_ON}|(?<![\d/.-]){_DAY}{_AND}{_DAYS_OF}{_ON}", re.I)
"""Days of months without their year: 03/6, 10/6 và 17/6; 03, 05, 08/6."""
_SHORT_DATE = rf"{_DAY}(?P<mark>[/.-]){_MONTH}(?P=mark)[12]\d(?!\d)"
_SHORT_DATES = re.compile(  # từ 05/11/26 - 14/12/26; 03/11/26, 05/11/26
    rf"(?<![\d/.-]){_SHORT_DATE}(?:{_AND}{_DAY}(?P=mark){_MONTH}(?P=mark)[12]\d(?!\d)){{0,9}}+{_ON}", re.I
)
_NUMBERED = re.compile(rf"(?<!\d)\d{{1,4}}/{_YEAR}(?:{NEXT}\d{{1,4}}/{_YEAR})+{_ON}", re.I)  # 084/2020, 085/2020
_PLACES = re.compile(rf"\b(?:km|lý trình) ?\d{{1,3}}\+\d{{3}}(?:{_AND}\d{{1,3}}\+\d{{3}})*{_ON}", re.I)
_AREA = (
    r"\b(?:khu(?: dân cư| phố)?|(?:tổ|nhóm) liên gia(?: tự quản)?|tổ(?: dân phố| tự quản| hòa giải| antt| lgtq)?"
    r"|thôn|bản|xóm|ấp|buôn|làng|khối|phum|tdp|kdc|cụm|đội|nhóm)(?: số)?"
)
_LABELS = re.compile(rf"{_AREA} \d{{1,2}}(?=: ?\d{{1,4}}(?:[,;)]|\.(?!\d)| ?[^\W\d]|$))", re.I)
"""What figures are counted for: Khu 05: 12, 45."""
_AREAS = re.compile(rf"{_AREA} ?[:(]? ?(\d{{1,2}}(?:(?:{NEXT}|[,;])\d{{1,2}})+)(?!\d){_ON}", re.I)
"""Các khu 05, 12, 24, 33; khu: 05,12,24; 4 tổ (05, 12, 24, 33)."""
_SERIES = re.compile(rf"\bsố \d{{1,3}}(?:{NEXT}\d{{1,3}})+(?=/[^\W\d])", re.I)  # số 03, 05, 12, 24, 33/KH-UBND
_MOST_AREAS = 45  # in a commune, with names that are numbers
_PLATES = re.compile(r"(?<![\w.])\d{2}[A-Z]{1,2}\d?[- ]?\d{3}\.?\d{2}(?![\w.]\d)", re.I)  # 19A-034.56
_PART = r"\d{1,2}/\d{1,2}(?: ?\(\d{1,3}(?:,\d{1,2})? ?%\))?"
_PARTS = re.compile(rf"(?<![\d/.,]){_PART}(?:{NEXT}{_PART})+(?![\d/]){_ON}", re.I)
"""Parts of wholes in a list: 05/07 (71%); 03/05 (60%)."""
_WHAT = (
    r"(?:(?:xã|phường|khu|em|công dân)(?! (?:\d|(?-i:[A-ZĐÂÊÔĂƠƯÁÀÉÈÍÓÚÝ])))"
    r"|tổ(?! (?:\d|trưởng|phó))|hộ(?! (?:ông|bà|chiếu))|người|nhân khẩu|lượt|buổi|cuộc|tin|vụ|trẻ|cháu"
    r"|đảng viên|hội viên|đoàn viên|học sinh|km|m|tr|triệu)\b"
)
"""What is counted, not one by name or seat: 120/145/134 tổ, but not "tổ trưởng", "khu 5", "em Tuấn", "hộ ông An"."""
_COUNTED = re.compile(  # 512/345/678 (tổ/hộ/người); 131 - 145 - 150 lượt; Khu 1: 120/145/134; 120 → 145 → 134
    rf"(?:{_AREA} \d{{1,2}}: ?|\bkích thước:? )(\d{{1,3}}(?: ?[-/x] ?\d{{1,3}}){{2}})(?!\d){_ON}"
    rf"|(?<![\d.,/])\d{{1,3}}(?: ?[-/] ?\d{{1,3}}){{2}}(?= ?(?:\([^\W\d]+/|{_WHAT}))"
    rf"|(?<![\d.,/])\d{{1,3}}(?: ?→ ?\d{{1,3}}){{2,}}(?!\d){_ON}",
    re.I,
)
_MONTHS = re.compile(  # tháng 09 và 10; 2025-05, 2025-06
    rf"\btháng {_MONTH}(?:{NEXT}{_MONTH})+(?!\d){_ON}|(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?(?![\d-])",
    re.I,
)
_TENTHS = re.compile(rf"(?<![\d.,+])\d?\d,\d{{1,2}} ?%(?:{NEXT}\d?\d,\d{{1,2}} ?%)+{_ON}", re.I)  # 05,2%, 08,5%
_GOES_ON = re.compile(r"[^\w,;]{0,9}\w?[^\w,;]{0,9}\d")
_COUNT = re.compile(r"(?:0|0?[1-9]|[1-9]\d{1,3}|[1-9]\d{0,2}\.\d{3})(?:,\d{1,2})?(?: ?%)?")
_ONE = r"\d+(?:[.,]\d+)*(?: ?%)?"
_RUN = re.compile(rf"(?<![\d.,+]){_ONE}(?: ?[- :=/|] ?{_ONE})+")
_RUN_LISTED = re.compile(rf"(?<![\d.,+]){_ONE}(?: ?[- :=/|,;] ?{_ONE})+")
"""Numbers in a row, as of a table without its lines: 2021 105 2022 112; 05-2021 06-2022; 2019-2020 85% 2020-2021 9%."""
_YEARS = re.compile(rf"(?<!\d)({_YEAR}) ?[-/] ?{_YEAR}(?!\d)")
_LED = re.compile(r"\b(năm|tháng) $", re.I)
_PERCENT = r"(?:100|[1-9]\d?|0)(?:,\d{1,2})? ?%"
_PERCENTS = re.compile(rf"(?<![\d.,+]){_PERCENT}(?:[ ;,]{{1,2}}{_PERCENT})+")  # 84% 35% 67% 89%
_PAID = re.compile(  # kinh phí 1.250.300.500; Thu and Chi are names of people too
    r"\b(?:kinh phí|số tiền|trị giá|giá trị|dự toán|thiệt hại|(?<!chị )(?<!anh )(?<!gọi )(?<!gặp )(?<!cô )(?<!bà )"
    r"(?<!ông )(?<!đ/c )(?<!chí )(?-i:thu|chi))"
    r"(?: (?:vận động|huy động|ủng hộ|đóng góp|xã hội hóa|hỗ trợ|thực hiện|xây dựng|lắp đặt|mua sắm|tài sản|ước tính"
    rf"|được|năm {_YEAR}|là|khoảng|trên|hơn|gần)){{0,4}}[ :]{{1,2}}"
    r"(?!84\.[35789])[1-9]\d{0,2}(?:\.\d{3}){2,4}(?!\.?\d)",
    re.I,
)
_BEGUN = re.compile(r"(?<!\d)(?:\+?84\d*|0\d{2,})[^\w,;]{0,9}$")  # a phone may go on from here: 0912, +84 912
_DOTTED = r"[1-9]\d{0,2}(?:\.\d{3})"
_SHARE = rf"{_DOTTED}*/{_DOTTED}*"
_SHARES = re.compile(  # 131.234/145.678; 312/400 (298/400); 131.234 - 145.678; 131.234 (120.345)
    rf"(?<![\d.,/])(?:{_SHARE}(?: ?\({_SHARE}\))?|{_DOTTED}+ ?- ?{_DOTTED}+|{_DOTTED}+ ?\({_DOTTED}+\))(?![\d/.]\d?)",
    re.I,
)
_SIZES = re.compile(r"(?<![\dx])\d+(?: ?x ?\d+){1,3} ?(?:mm|cm|dm|m)\b", re.I)  # 120x240x300 cm
_CODES = re.compile(rf"(?<!\d)\d{{5}}(?:(?: |{NEXT})\d{{5}})++(?!\d)(?![^\w,;]{{0,3}}\w?[^\w,;]{{0,3}}\d)", re.I)
_AFTER_DIGITS = re.compile(r"\d[^\w,;]{0,3}\w?[^\w,;]{0,3}$")
NEAR = 10
_LISTS = ("communes.csv", "legacy_communes.csv")


_PLAIN = (
    _SERIES, _SPACED, _COUNTS, _SHORT_DATES, _MOMENTS, _TIMES, _PLATES, _PERCENTS, _TENTHS, _NUMBERED, _DAYS, _MONTHS,
    _PLACES,
)  # fmt: skip
"""What is a word wherever no digits go on from it."""


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

    "07999 08000" has the digits of a phone. Codes are told from it by each standing beside the one before it, or from
    three on within ten of it, with no other digits around them: fewer than one in a thousand phones written as five and
    five digits do.
    """
    codes = re.findall(r"\d+", found.group())
    near = NEAR if len(codes) > 2 else 0
    together = all(_beside(one, other) or abs(int(one) - int(other)) <= near for one, other in pairwise(codes))
    return "đ" if together and not _AFTER_DIGITS.search(_before(found)) else found.group()


def _alone(found: re.Match[str]) -> str:
    """A sum, a count or hours as a word; as they stand where digits before them would go on with theirs."""
    return found.group() if _BEGUN.search(_before(found)) else "đ"


def _unlike_any(found: re.Match[str]) -> str:
    """The same where any digits before or behind would."""
    apart = not _AFTER_DIGITS.search(_before(found)) and not _GOES_ON.match(found.string, found.end())
    return "đ" if apart else found.group()


def _counted(found: re.Match[str]) -> str:
    """Three counts that say what they count as a word, unless their label and they are as long as a phone."""
    digits = re.sub(r"\D", "", found.group())
    called = digits.startswith("0") and len(digits) == 10
    return found.group() if called or _AFTER_DIGITS.search(_before(found)) else "đ"


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
    return found.group() if max(sum(map(str.isdigit, one)) for one in between) >= LEAST else _unlike_any(found)


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


def _share(found: re.Match[str]) -> str:
    """A part of its whole, a range, or a count beside that of another time, as a word; else as it stands."""
    one, other = (int(count.replace(".", "")) for count in re.findall(r"[\d.]+", found.group())[:2])
    return _unlike_any(found) if one <= other or "(" in found.group() else found.group()


def _areas(found: re.Match[str]) -> str:
    """Numbers of hamlets or groups as a word, where a commune may have so many of them; else as they stand."""
    return "đ" if all(int(one) <= _MOST_AREAS for one in re.findall(r"\d+", found.group())) else found.group()


def _parts(found: re.Match[str]) -> str:
    """A list of parts of their wholes as a word; as it stands where one is above its whole."""
    pairs = re.findall(r"(\d+)/(\d+)", found.group())
    return _unlike_any(found) if all(int(part) <= int(whole) for part, whole in pairs) else found.group()


def documents_as_words(text: str) -> str:
    """Return text without the numbers of documents by their years."""
    return _DOCUMENTS.sub("văn bản", text)


def figures_as_words(text: str) -> str:
    """Return text with its ordinary numbers as words, where no digits go on from them; each run of blanks is one."""
    seen = _AMOUNTS.sub(_alone, _DATES.sub("ngày", " ".join(text.split())))
    for plain in _PLAIN:
        seen = plain.sub(_unlike_any, seen)
    seen = _PARTS.sub(_parts, _AREAS.sub(_areas, _COUNTED.sub(_counted, _PAID.sub(_paid, seen))))
    seen = _LABELS.sub("đ", seen)
    for run in (_RUN_LISTED, _RUN):
        seen = run.sub(_without_years, seen)
    return _CODES.sub(_without_codes, seen)


def shares_as_words(text: str) -> str:
    """Return text with parts of wholes, ranges of large counts and sizes of things as words."""
    return _SIZES.sub("đ", _SHARES.sub(_share, text))
