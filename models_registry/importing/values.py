"""Reading single cells as people fill them in. Each reader raises ``ValueError`` with what is wrong and the remedy."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from communes.counts import no_count, not_whole, parse_count
from communes.names import SHORT_FORMS, clean, fold, name_key, search_words
from communes.spelling import spelled
from models_registry.roster import tidy_phone

MOST_LETTERS = 400  # of a cell that are read; nothing in the register has as many
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(20_000, 60_000)  # 1954 to 2064, as Excel numbers days
BIRTHS = range(10_000, 60_000)  # days of birth, from 1927
LETTER_BEFORE_DIGIT = re.compile(r"([^\W\d_])(?=\d)")
NUMBERED_PLACE = re.compile(r"\bkhu dan cu (?=\d)")
MASK = "•••"  # what hides the digits of a number in our lists
YEARS = range(1900, 2101)
ONLY_A_YEAR = re.compile(r"(?:năm\s+)?\d{4}", re.IGNORECASE)
ONLY_A_MONTH = re.compile(r"(?:tháng\s*)?\d{1,2}\s*[/.\-]\s*\d{4}", re.IGNORECASE)
HOUR = r"(?:[ T]\d{1,2}:\d{2}.*)?"  # what other programs put behind a day
NUMBERED = re.compile(r"\bsố (?=\d)", re.IGNORECASE)  # "Tổ dân phố số 3" is "Tổ dân phố 3"
MOST_HINTS = 200  # a nearest name is looked for this often in a file
OF_OFFICES = {
    "Trường học": "school",
    "Trường": "school",
    "Giáo dục": "school",
    "Công ty": "enterprise",
    "Doanh nghiệp tư nhân": "enterprise",
    "DN": "enterprise",
    "HTX": "enterprise",
    "Hợp tác xã": "enterprise",
    "Cơ quan nhà nước": "agency",
    "Cơ quan hành chính": "agency",
    "Y tế": "hospital",
    "Trạm y tế": "hospital",
    "Bệnh viện": "hospital",
    "Tôn giáo": "religious",
    "Cơ sở thờ tự": "religious",
}
"""What offices call the kinds of institutions."""


def text(value: Any, most: int = MOST_LETTERS) -> str:
    """Return a cell as clean text; whole numbers lose their ".0", dates are written dd/mm/yyyy, truth as Excel does.

    What is longer than anything of the register is cut, and is refused as too long all the same: a cell may hold 32,767
    letters, and is compared with every name.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (date, datetime)):
        return f"{value:%d/%m/%Y}"
    return CONTROL.sub("", clean(str(value).strip()[:most]))


def read_text(most: int) -> Callable[[Any], str]:
    """A reader of text of at most ``most`` characters."""

    def reader(value: Any) -> str:
        if isinstance(value, (bool, date, float)) and not (isinstance(value, float) and value.is_integer()):
            what = "ngày" if isinstance(value, date) else "số lẻ" if isinstance(value, float) else "đúng, sai"
            raise ValueError(f"Excel đã đổi chữ thành {what} {text(value)}. Định dạng ô là Văn bản (Text) rồi gõ lại.")
        found = text(value)
        if "\ufffd" in found:
            raise ValueError("Có chữ đã mất khi tệp được chuyển bảng mã (�). Hãy gõ lại, hoặc lưu tệp gốc thành .xlsx.")
        if len(found) > most:
            raise ValueError(f"Dài {len(clean(str(value)))} ký tự, nhiều nhất {most}. Hãy rút gọn.")
        return found

    return reader


ADDRESSED = re.compile(r"(?:(?:đ/c|đc|đồng chí)\s*[.:]?|(?:ông|bà)\s*[.:])\s+(?=\S+\s+\S)", re.IGNORECASE)
SIR = re.compile(r"(?:ông|bà)\s+(?=(\S+)\s+\S)", re.IGNORECASE)
MIDDLE_NAMES = (
    "văn",
    "thị",
    "hữu",
    "đình",
    "đức",
    "ngọc",
    "xuân",
    "thế",
    "quang",
    "minh",
    "kim",
    "thanh",
    "gia",
    "ích",
)


def read_person(value: Any) -> str:
    """The name of a person, without the address before it: "Đ/c Nguyễn Văn An", "Ông: Trần Văn Bình".

    Ông and Bà are families too: before a middle name they stay ("Ông Văn Tùng").
    """
    name = read_text(100)(value)
    bare = ADDRESSED.sub("", name, count=1) if ADDRESSED.match(name) else name
    found = SIR.match(bare)
    return bare[found.end() :] if found and found[1].lower() not in MIDDLE_NAMES else bare


WHOLE = "Ghi số nguyên, hoặc để trống."


def read_count(value: Any) -> int | None:
    """A whole number: 24, "1.164", "02", or with its word: "24 hộ"."""
    if isinstance(value, (bool, date, datetime)):
        raise ValueError(f"{no_count(text(value))} {WHOLE}")
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{not_whole(value)} {WHOLE}")
    found = re.sub(r"\s*(hộ|người|khẩu|nhân khẩu|thành viên|cái|chiếc)$", "", text(value), flags=re.IGNORECASE)
    count = parse_count(found)
    if count is not None and count > 1_000_000:
        raise ValueError(f"“{found}” quá lớn. Hãy kiểm tra lại.")
    return count


def read_day(value: Any) -> date:
    """A day: an Excel date, dd/mm/yyyy, mm/yyyy (its first day) or a year (1 January)."""
    if isinstance(value, datetime):
        return _sane(value.date(), value)
    if isinstance(value, date):
        return _sane(value, value)
    found = text(value)
    if (year_alone := re.fullmatch(r"(?:năm\s+)?(\d{4})", found, re.IGNORECASE)) and int(year_alone[1]) in YEARS:
        return date(int(year_alone[1]), 1, 1)
    if re.fullmatch(r"\d{5}", found) and int(found) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(found))
    patterns = (
        (rf"(?:ngày\s*)?(\d{{1,2}})\s*[/.\-]\s*(\d{{1,2}})\s*[/.\-]\s*(\d{{4}}){HOUR}", (3, 2, 1)),
        (r"(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2}),?\s*(?:năm\s*)?(\d{4})", (3, 2, 1)),
        (rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}}){HOUR}", (1, 2, 3)),
        (r"(\d{1,2})[/.](\d{1,2})[/.](\d{2})", (-3, 2, 1)),
        (r"(?:tháng\s*)?(\d{1,2})\s*[/.\-]\s*(\d{4})", (2, 1, 0)),
    )
    for pattern, (year, month, day) in patterns:
        match = re.fullmatch(pattern, found, re.IGNORECASE)
        if match:
            try:
                full = int(match[year]) if year > 0 else _century(int(match[-year]))
                return _sane(date(full, int(match[month]), int(match[day]) if day else 1), value)
            except ValueError:
                break
    raise ValueError(f"“{found[:30]}” không phải là ngày. Ghi dd/mm/yyyy, ví dụ 05/03/2024, hoặc chỉ ghi năm.")


def read_exact_day(value: Any) -> date:
    """A day of something that happened: a month or a year alone is none."""
    try:
        day = read_day(value)
    except ValueError as error:
        raise ValueError(str(error).replace(", hoặc chỉ ghi năm", "")) from error
    said = text(value)
    if not isinstance(value, date) and (ONLY_A_MONTH.fullmatch(said) or ONLY_A_YEAR.fullmatch(said)):
        raise ValueError(f"“{said[:30]}” chưa nói ngày nào. Ghi đủ dd/mm/yyyy, ví dụ 05/03/2024.")
    return day


def read_act_day(value: Any) -> date:
    """The day from which a decision holds. Raises ``ValueError`` for a blank as for what is no whole day."""
    if not text(value):
        raise ValueError("Thiếu ngày. Ghi dd/mm/yyyy, ví dụ 05/03/2024.")
    return read_exact_day(value)


def _century(year: int) -> int:
    """A year of two digits: this century up to next year, the last one otherwise."""
    return 2000 + year if 2000 + year <= timezone.localdate().year + 1 else 1900 + year


def _sane(day: date, value: Any) -> date:
    if day.year not in YEARS:
        raise ValueError(f"“{text(value)}” có năm {day.year}. Hãy kiểm tra lại.")
    return day


def read_birth_year(value: Any) -> int:
    """A year of birth, from a year or from a whole date of birth (only the year is kept)."""
    if (serial := text(value)).isdecimal() and len(serial) == 5 and int(serial) in BIRTHS:
        value = EXCEL_EPOCH + timedelta(days=int(serial))
    try:
        year = read_day(value).year
    except ValueError:
        raise ValueError(f"“{text(value)[:30]}” không phải là năm sinh. Ghi 4 chữ số, ví dụ 1975.") from None
    if not 1900 <= year <= timezone.localdate().year:
        raise ValueError(f"Năm sinh {year} không hợp lý. Ghi 4 chữ số, ví dụ 1975.")
    return year


def read_phone(value: Any) -> str:
    """A telephone number; Excel's lost leading zero and +84 are mended; one that our list masked stays so."""
    if re.fullmatch(rf"{MASK} [0-9]{{3}}", text(value)):
        return text(value)
    digits = tidy_phone("".join(map(_plain_digit, text(value))))
    if not re.fullmatch(r"0[0-9]{9,10}", digits):
        raise ValueError(f"“{text(value)[:30]}” không phải là số điện thoại. Số gồm 10 chữ số, bắt đầu bằng 0.")
    return digits


def _plain_digit(letter: str) -> str:
    """A digit of any script as ours."""
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


def read_birth_or_mark(value: Any) -> int | None:
    """A year of birth in a column for men or women, or only a tick in it."""
    return None if fold(text(value)) in ("x", "1") else read_birth_year(value)


def folded_key(name: str) -> str:
    """Fold a name for people who type without accents, "TDP" for "Tổ dân phố", or "KDC 5" for "Khu 5"."""
    apart = LETTER_BEFORE_DIGIT.sub(r"\1 ", name)  # "kdc5"
    words = [word.lstrip("0") or "0" if word.isdigit() else word for word in search_words(apart)]
    folded = " ".join(
        word
        for place, word in enumerate(words)
        if word != "so" or not words[place + 1 : place + 2] or not words[place + 1].isdigit()
    )
    return NUMBERED_PLACE.sub("khu ", folded)


LONG = {"kdc": "khu ", "kp": "khu phố ", "tdp": "tổ dân phố "}
SHORT = re.compile(rf"\b({'|'.join(LONG)})[.\s]*(?=\d)", re.IGNORECASE)


def place_key(name: str) -> str:
    """A key that is the same for a numbered place however it is called: "KP 01" and "Khu phố số 1"."""
    long = SHORT.sub(lambda found: LONG[found[1].lower()], NUMBERED.sub("", clean(name)))
    return name_key(re.sub(r"\bkhu dân cư (?=\d)", "khu ", long, flags=re.IGNORECASE))


class Lookup:
    """Rows by their names: as they are spelled, or, where that is unambiguous, without accents."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self.rows = dict(rows)
        self.exact = {self._key(name): row for name, row in rows.items()}
        self.folded: dict[str, list[Any]] = {}
        for name, row in rows.items():
            found = self.folded.setdefault(folded_key(name), [])
            if row not in found:
                found.append(row)

    def get(self, name: str) -> Any:
        """Return the row of that name, or None."""
        name = spelled("NFKC", name)
        if self._key(name) in self.exact:
            return self.exact[self._key(name)]
        found = self.folded.get(folded_key(name), [])
        is_short = any(word.lower() in SHORT_FORMS for word in name.split())
        typed_plainly = name.isascii() or is_short or " số " in name or "khu dân cư" in clean(name).lower()
        return found[0] if len(found) == 1 and typed_plainly else None

    @staticmethod
    def _key(name: str) -> str:
        return name_key(NUMBERED.sub("", clean(name)))

    def by_number(self, number: str) -> Any:
        """The one row whose name ends in a number: "5" means "Khu 5"; None where none or several do."""
        found = [rows for key, rows in self.folded.items() if key.rpartition(" ")[2] == (number.lstrip("0") or "0")]
        return found[0][0] if len(found) == 1 and len(found[0]) == 1 else None


def read_choice(labels: Mapping[str, Any], what: str) -> Callable[[Any], Any]:
    """A reader of one of some labelled values; a wrong one is answered with the nearest."""
    lookup = Lookup(labels)
    nearest = {folded_key(label): label for label in reversed(list(labels))}  # the first name of each, not the last
    hints: dict[str, str] = {}

    def hint(name: str) -> str:
        found = folded_key(name)
        if found not in hints and len(hints) < MOST_HINTS:
            near = difflib.get_close_matches(found, nearest, n=1, cutoff=0.6)
            hints[found] = f"Có phải “{nearest[near[0]]}”?" if near else ""
        shown = list(dict.fromkeys(labels))
        rest = f"; và {len(shown) - 8} lựa chọn khác" if len(shown) > 8 else ""
        return hints.get(found) or f"Các lựa chọn: {'; '.join(shown[:8])}{rest}."

    def reader(value: Any) -> Any:
        name = text(value)
        found = lookup.get(name)
        if found is None:
            raise ValueError(f"Không có {what} “{name[:40]}”. {hint(name)}")
        return found

    reader.labels = {value: label for label, value in reversed(list(labels.items()))}  # type: ignore[attr-defined]
    return reader
