"""Rows of a printed list that are no data, known by their shape: titles, sections, sums, the signature."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from communes.names import clean, fold
from models_registry.importing.columns import Field, Layout
from models_registry.importing.values import text

SECTION = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})[.)]?|[A-H][.)]?")
SECTION_BEFORE_WORDS = re.compile(rf"(?:{SECTION.pattern.replace('[.)]?', '[.)]')})\s*\S.*")
WHAT_IS_ADDED = "toàn|xã|phường|chung|dồn|các|khu|số|cộng"
TOTAL = re.compile(
    rf"(?:tổng|cộng)(?:\s+(?:{WHAT_IS_ADDED})\b.*|\s*[:(\d].*)?"
    r"|toàn (?:xã|phường|đặc khu)(?:\s*[:(\d].*)?|(?:lũy|luỹ) kế.*|t\.?\s*cộng|[∑σ].*"
)
TOTAL_WITHOUT_ACCENTS = re.compile(
    r"tong (?:cong|so|toan)\b.*|cong (?:toan|xa|phuong|chung|don|cac|so)\b.*|tong|cong|luy ke.*|toan (?:xa|phuong)"
    r"|t\.? ?cong|tc|(?:grand |sub ?)?total|sum"
)
SIGNED = re.compile(
    r"(?:nguoi|can bo) (?:lap|tong hop|bao cao|ghi|ky|kiem tra|phu trach)\b.*|.*\bghi ro ho ten\b.*|ky ten.*|ky va .*"
    r"|(?:kt|tm|tl|tuq) [a-z]+.*|noi nhan.*|xac nhan.*|(?:pho )?(?:thu truong|chu tich|truong cong an|truong ban)\b.*"
    r"|.*\bngay \d* ?thang \d* ?nam\b.*|lap bieu.*|lap bang.*"
)
NOTE = re.compile(r"(?:\(?\*+\)?|(?:ghi chú|lưu ý|chú thích|nguồn)\s*:)\s*\S.*", re.IGNORECASE)
AVERAGE = re.compile(r"(?:bình quân|Bình quân|trung bình|Trung bình)(?:[\s/:(].*)?")  # a place is called "Bình Quân"
LONGEST_NUMBER = 5
USUAL_COLUMNS = 2  # rows of data fill this many columns where a row of one counts as no data


def is_total(words: str) -> bool:
    """Whether words name a sum or an average: "Cộng toàn xã", "Tổng cộng: 2 khu"; neither "Công ty" nor a place."""
    if AVERAGE.fullmatch(clean(words)):
        return True
    said = clean(words).lower().strip(" :.-–()")
    if said.isascii():
        return bool(TOTAL_WITHOUT_ACCENTS.fullmatch(said))
    return bool(TOTAL.fullmatch(said))


def is_signature(words: str) -> bool:
    """Whether words belong to the foot of a printed list: "NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"."""
    return bool(SIGNED.fullmatch(fold(words)))


def is_numbering(marks: Sequence[str]) -> bool:
    """Whether a line numbers the columns under their heads: (1) (2) (3), A B 1 2."""
    bare = [mark.strip("()") for mark in marks]
    begins = bare[:2] in (["1", "2"], ["A", "B"], ["a", "b"])
    return len(bare) > 2 and begins and all(mark.isdigit() or len(mark) == 1 for mark in bare)


def is_number(cell: Any) -> bool:
    """Whether a cell is a number or a day, typed as such or as text."""
    return isinstance(cell, (int, float, date)) or bool(re.fullmatch(r"[\d.,/ ]*\d[\d.,/ ]*", text(cell)))


class Shape:
    """What the rows of one sheet look like, and so which of them are no data."""

    def __init__(
        self,
        rows: Sequence[Sequence[Any]],
        layout: Layout,
        fields: Sequence[Field],
        is_known: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.rows, self.layout, self.is_known = rows, layout, is_known
        self.required = {field.name for field in fields if field.required}
        self.read = set(layout.columns.values())
        self.numbered = self._numbered()
        data = range(layout.head + 1, len(rows))
        counts = [len(self.filled(row)) for row in data if not NOTE.fullmatch("".join(map(text, rows[row])))]
        often = Counter(count for count in counts if count)
        self.usual = max(often, key=lambda count: (often[count], count), default=0)
        firsts = Counter(self._first_word(row) for row in range(layout.head + 1, len(rows)))
        del firsts[""]
        self.first_words = {word for word, times in firsts.items() if times > 1}
        self.foot = self._foot()

    def cell(self, row: int, column: int) -> Any:
        """A cell, blank where the row is shorter."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def filled(self, row: int) -> set[str]:
        """Names of the fields that a row fills."""
        return {
            name for name, place in self.layout.columns.items() if text(self.cell(row, place)) not in ("", "-", "–")
        }

    def skipped(self, row: int) -> str:
        """The words of a row that is no data, or ""; a row that fills no field but says something is one."""
        marks = [text(cell) for cell in self.rows[row] if text(cell)]
        filled = self.filled(row)
        if not marks:
            return ""
        if not filled:
            return "" if all(is_number(mark) or mark in "-–" for mark in marks) else self._said(marks)
        column = self.layout.columns.get("name")
        is_data = column is not None and self.is_known(text(self.cell(row, column)))
        is_no_data = (
            row >= self.foot
            or (any(is_total(mark) for mark in marks[:2]) and not is_data)
            or self._is_section(row, marks, filled)
            or self._is_title(marks, filled)
            or self._repeats_heads(row)
        )
        return self._said(marks) if is_no_data else ""

    @staticmethod
    def _said(marks: list[str]) -> str:
        return " · ".join(marks)[:80]

    def _numbered(self) -> int | None:
        """The column of running numbers, if there is one that no field reads."""
        width = max((len(row) for row in self.rows), default=0)
        for column in range(width):
            if column in self.read:
                continue
            cells = [text(self.cell(row, column)) for row in range(self.layout.head + 1, len(self.rows))]
            said = [cell for cell in cells if 0 < len(cell) <= LONGEST_NUMBER]
            digits = sum(cell.strip(".").isdigit() for cell in said)
            heading = self.layout.headings[column] if column < len(self.layout.headings) else ""
            if digits and (digits * 2 >= len(said) or fold(heading) in ("tt", "stt", "so tt", "so thu tu")):
                return column
        return None

    def _is_section(self, row: int, marks: list[str], filled: set[str]) -> bool:
        """A row headed by I, II, A, B where others have running numbers, or alone in its line."""
        first = next((place for place, cell in enumerate(self.rows[row]) if text(cell)), 0)
        if SECTION.fullmatch(marks[0]) and first not in self.read and len(marks) > 1:
            return self.numbered == first or (len(filled) == 1 and self.usual >= USUAL_COLUMNS)
        alone = len(filled) == 1 and len(marks) == 1 and self.usual >= USUAL_COLUMNS
        return alone and bool(SECTION_BEFORE_WORDS.fullmatch(marks[0]))

    def _is_title(self, marks: list[str], filled: set[str]) -> bool:
        """A line of words alone where more is required, or the numbers of columns under the heads."""
        if len(self.required) > 1 and len(filled) == 1 and len(marks) <= 2:
            return True
        alone = len(filled) == 1 and len(marks) == 1 and self.usual >= USUAL_COLUMNS
        return is_numbering(marks) or (alone and bool(NOTE.fullmatch(marks[0])))

    def _repeats_heads(self, row: int) -> bool:
        """The heads again, as on every printed page."""
        places = [place for place in self.read if place < len(self.layout.headings)]
        return len(places) > 1 and all(
            fold(text(self.cell(row, place))) == fold(self.layout.headings[place]) for place in places
        )

    def _first_word(self, row: int) -> str:
        column = self.layout.columns.get("name")
        return fold(text(self.cell(row, column))).partition(" ")[0] if column is not None else ""

    def _is_thin(self, row: int) -> bool:
        """A row of few words and no number at all, as in the block for the signature."""
        cells = self.rows[row]
        if self.numbered is not None and is_number(self.cell(row, self.numbered)):
            return False
        if any(is_signature(text(cell)) for cell in cells):
            return True
        filled = self.filled(row)
        complete = self.numbered is None and len(filled) >= self.usual and self.usual >= USUAL_COLUMNS
        return len(filled) <= 2 and not complete and not any(is_number(cell) for cell in cells if text(cell))

    def _foot(self) -> int:
        """The first row of what stands below the data: the signature, its place and day."""
        start = len(self.rows)
        while start > self.layout.head + 1 and self._is_thin(start - 1):
            start -= 1
        for row in range(start, len(self.rows)):
            if any(is_signature(text(cell)) for cell in self.rows[row]):
                return row
            below = row > self.layout.head + 1 and self._parts(row - 1)
            if below and self.usual >= USUAL_COLUMNS and self._all_strange(row):
                return row
        return len(self.rows)

    def _parts(self, row: int) -> bool:
        marks = [text(cell) for cell in self.rows[row] if text(cell)]
        return not marks or any(is_total(mark) for mark in marks[:2])

    def _all_strange(self, start: int) -> bool:
        """Whether no row from ``start`` on is called like the data or stands in the register."""
        column = self.layout.columns.get("name")
        rows = [row for row in range(start, len(self.rows)) if self.filled(row)]
        return bool(rows) and not any(
            self._first_word(row) in self.first_words
            or (column is not None and self.is_known(text(self.cell(row, column))))
            for row in rows
        )
