"""Reading single cells as people fill them in. Each reader raises ``ValueError`` with what is wrong and the remedy."""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from communes.counts import parse_count
from communes.names import clean, fold, search_words

EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(20_000, 60_000)  # 1954 to 2064, as Excel numbers days
YEARS = range(1900, 2101)


def text(value: Any) -> str:
    """Return a cell as clean text; whole numbers lose their ".0", dates are written dd/mm/yyyy."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (date, datetime)):
        return f"{value:%d/%m/%Y}"
    return clean(str(value))


def read_text(most: int) -> Callable[[Any], str]:
    """A reader of text of at most ``most`` characters."""

    def reader(value: Any) -> str:
        found = text(value)
        if len(found) > most:
            raise ValueError(f"Dài {len(found)} ký tự, nhiều nhất {most}. Hãy rút gọn.")
        if "\x00" in found:
            raise ValueError("Có ký tự lạ. Hãy gõ lại ô này.")
        return found

    return reader


def read_count(value: Any) -> int | None:
    """A whole number: 24, "1.164", "02", or with its word: "24 hộ"."""
    if isinstance(value, (bool, date, datetime)):
        raise ValueError(f"“{text(value)}” không phải là số đếm. Ghi số nguyên, hoặc để trống.")
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"“{value}” không phải là số nguyên. Ghi số nguyên, hoặc để trống.")
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
    if re.fullmatch(r"\d{4}", found) and int(found) in YEARS:
        return date(int(found), 1, 1)
    if re.fullmatch(r"\d{5}", found) and int(found) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(found))
    patterns = (
        (r"(?:ngày\s*)?(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})", (3, 2, 1)),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", (1, 2, 3)),
        (r"(?:tháng\s*)?(\d{1,2})\s*[/.\-]\s*(\d{4})", (2, 1, 0)),
    )
    for pattern, (year, month, day) in patterns:
        match = re.fullmatch(pattern, found, re.IGNORECASE)
        if match:
            try:
                return _sane(date(int(match[year]), int(match[month]), int(match[day]) if day else 1), value)
            except ValueError:
                break
    raise ValueError(f"“{found[:30]}” không phải là ngày. Ghi dd/mm/yyyy, ví dụ 05/03/2024, hoặc chỉ ghi năm.")


def _sane(day: date, value: Any) -> date:
    if day.year not in YEARS:
        raise ValueError(f"“{text(value)}” có năm {day.year}. Hãy kiểm tra lại.")
    return day


def read_birth_year(value: Any) -> int:
    """A year of birth, from a year or from a whole date of birth (only the year is kept)."""
    try:
        year = read_day(value).year
    except ValueError:
        raise ValueError(f"“{text(value)[:30]}” không phải là năm sinh. Ghi 4 chữ số, ví dụ 1975.") from None
    if not 1900 <= year <= date.today().year:
        raise ValueError(f"Năm sinh {year} không hợp lý. Ghi 4 chữ số, ví dụ 1975.")
    return year


def read_phone(value: Any) -> str:
    """A telephone number; Excel's lost leading zero and +84 are mended."""
    digits = re.sub(r"[\s.\-()]", "", text(value))
    if digits.startswith(("+84", "0084")):
        digits = "0" + digits.removeprefix("+84").removeprefix("0084")
    elif re.fullmatch(r"84\d{9}", digits):
        digits = "0" + digits[2:]
    elif re.fullmatch(r"[1-9]\d{8}", digits):
        digits = "0" + digits
    if not re.fullmatch(r"0\d{9,10}", digits):
        raise ValueError(f"“{text(value)[:30]}” không phải là số điện thoại. Số gồm 10 chữ số, bắt đầu bằng 0.")
    return digits


def read_yes(value: Any) -> bool:
    """A tick: x, có, 1; or không, 0."""
    found = fold(text(value))
    if found in ("x", "co", "1", "dung", "true", "yes"):
        return True
    if found in ("khong", "0", "false", "no"):
        return False
    raise ValueError(f"“{text(value)[:30]}”: ghi “x” nếu có, để trống nếu không.")


def key_of(name: str) -> str:
    """Fold a name for looking up: accents, case, short forms and leading zeros do not matter."""
    return " ".join(word.lstrip("0") or "0" if word.isdigit() else word for word in search_words(name))


def read_choice(labels: Mapping[str, Any], what: str) -> Callable[[Any], Any]:
    """A reader of one of some labelled values; a wrong one is answered with the nearest."""
    known = {key_of(label): value for label, value in labels.items()}
    spelled = {key_of(label): label for label in labels}

    def reader(value: Any) -> Any:
        found = key_of(text(value))
        if found in known:
            return known[found]
        near = difflib.get_close_matches(found, known, n=1, cutoff=0.6)
        hint = f"Có phải “{spelled[near[0]]}”?" if near else f"Các lựa chọn: {'; '.join(list(labels)[:8])}."
        raise ValueError(f"Không có {what} “{text(value)[:40]}”. {hint}")

    return reader
