"""Rows of a printed list that are no data, known by their shape: titles, sections, sums, the signature."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from communes.names import clean, fold
from models_registry.importing.columns import Field, Layout
from models_registry.importing.values import read_count, text

SECTION = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})[.)]?|[A-H][.)]?")
SECTION_BEFORE_WORDS = re.compile(rf"(?:{SECTION.pattern.replace('[.)]?', '[.)]')})\s*\S.*")
BULLET = re.compile(r"[a-z][.)]?|[-–+*•]")
UNIT_ABOVE = re.compile(r"(?:xã|phường|thị trấn|đặc khu|huyện|khu vực|cụm|địa bàn|vùng|các)\s.*", re.IGNORECASE)
WHAT_IS_COUNTED = re.compile(
    r"\([^()\d]*\)|(?:đvt\s*:?\s*)?(?:hộ|người|nhân khẩu|khẩu|thành viên|tổ|ngày)", re.IGNORECASE
)
WHAT_IS_ADDED = "toàn|xã|phường|chung|dồn|các|khu|số|cộng|[ivx]+|[a-h]"
TOTAL = re.compile(
    rf"(?:tổng|cộng)(?:\s+(?:{WHAT_IS_ADDED})\b.*|\s*[:(\d].*)?"
    r"|toàn (?:xã|phường|đặc khu)(?:\s*[:(\d].*)?|(?:lũy|luỹ) kế.*|t\.?\s*cộng|[∑σ].*|trong đó(?:\s*[:,].*)?|ấn định .*"
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
    bare = [mark.partition("=")[0].strip("() ") for mark in marks]  # (3)=(4)+(5)
    begins = bare[:2] in (["1", "2"], ["A", "B"], ["a", "b"])
    return len(bare) > 2 and begins and all(mark.isdigit() or len(mark) == 1 for mark in bare)


def is_number(cell: Any) -> bool:
    """Whether a cell is a number or a day, typed as such or as text."""
    return isinstance(cell, (int, float, date)) or bool(re.fullmatch(r"[\d.,/ ]*\d[\d.,/ ]*", text(cell)))


class Sum:
    """Counts of several rows added up, column by column."""

    def __init__(self, width: int, rows: int = 0) -> None:
        self.values, self.rows = [0] * width, rows

    def add(self, values: Sequence[int]) -> None:
        """Add a row that counts anything."""
        self.rows += any(values)
        self.values = [one + other for one, other in zip(self.values, values, strict=True)]

    def without(self, values: Sequence[int]) -> "Sum":
        """The same without one row."""
        found = Sum(len(values), self.rows - 1)
        found.values = [one - other for one, other in zip(self.values, values, strict=True)]
        return found

    def is_of(self, values: Sequence[int]) -> bool:
        """Whether a row says the sum of at least two rows."""
        filled = [(one, other) for one, other in zip(self.values, values, strict=True) if other]
        return self.rows > 1 and bool(filled) and all(one == other for one, other in filled)


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
        self.words = [[text(cell) for cell in row] for row in rows]
        self.fills = [self._fills(row) for row in range(len(rows))]
        self.first_word = [
            fold(self.said(row, layout.columns.get("name"))).partition(" ")[0] for row in range(len(rows))
        ]
        self.required = {one.name for one in fields if one.required and one.name in layout.columns}
        self.read = set(layout.columns.values())
        self.numbered = self._numbered()
        data = range(layout.head + 1, len(rows))
        said = [row for row in data if not NOTE.fullmatch("".join(self.words[row]))]
        counts = [len(self.fills[row]) for row in [row for row in said if self._has_number(row)] or said]
        often = Counter(count for count in counts if count)
        self.usual = max(often, key=lambda count: (often[count], count), default=0)
        firsts = Counter(self.first_word[row] for row in data if self._is_whole(row))
        del firsts[""]
        self.first_words = {word for word, times in firsts.items() if times > 1}
        self.sums = self._sums([layout.columns[one.name] for one in fields if self._is_count(one)])
        self.foot = self._foot()

    def cell(self, row: int, column: int) -> Any:
        """A cell, blank where the row is shorter."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def said(self, row: int, column: int | None) -> str:
        """The words of a cell, "" where the row is shorter or there is no such column."""
        words = self.words[row]
        return words[column] if column is not None and column < len(words) else ""

    def _fills(self, row: int) -> set[str]:
        """Names of the fields that a row fills."""
        return {name for name, place in self.layout.columns.items() if self.said(row, place) not in ("", "-", "–")}

    def marks(self, row: int) -> list[str]:
        """What the cells of a row say, without the blank ones."""
        return [words for words in self.words[row] if words]

    def skipped(self, row: int) -> str:
        """The words of a row that is no data, or ""; a row that fills no field but says something is one."""
        marks = self.marks(row)
        filled = self.fills[row]
        if not marks:
            return ""
        if not filled:
            return "" if all(is_number(mark) or mark in "-–" for mark in marks) else self._said(marks)
        is_data = self._is_known(row)
        is_no_data = (
            row >= self.foot
            or (not is_data and (row in self.sums or any(is_total(mark) for mark in marks[:2])))
            or (not is_data and self._is_beside_the_list(row, marks, filled))
            or self._is_section(row, marks, filled)
            or self._is_title(marks, filled)
            or self._repeats_heads(row)
        )
        return self._said(marks) if is_no_data else ""

    def may_head(self, row: int) -> bool:
        """Whether a row that is no data may head those below: no heads once more, no note, no units, not the foot."""
        marks = self.marks(row)
        beside = is_numbering(marks) or self._repeats_heads(row) or bool(NOTE.fullmatch("".join(marks)))
        units = row <= self.layout.head + 2 and all(WHAT_IS_COUNTED.fullmatch(mark) for mark in marks)
        return row < self.foot and not beside and not units

    def is_lone(self, row: int, *, is_headed: bool) -> bool:
        """Whether a row says a name and nothing else, nor a running number that goes on, or begins below a heading."""
        if self.fills[row] != {"name"}:
            return False
        if self.numbered is None:
            return self.usual >= USUAL_COLUMNS
        before, number = (self._running_number(one) for one in (row - 1, row))
        goes_on = before is not None and number == before + 1
        return not goes_on and not (is_headed and number == 1)

    def _running_number(self, row: int) -> int | None:
        said = self.said(row, self.numbered).strip(".) ")
        return int(said) if said.isdecimal() and row > self.layout.head else None

    def _is_known(self, row: int) -> bool:
        """Whether the register knows a row by its name."""
        column = self.layout.columns.get("name")
        return column is not None and self.is_known(self.said(row, column))

    def _has_number(self, row: int) -> bool:
        """Whether a row has a running number; so has every row of a list without them."""
        return self.numbered is None or self.said(row, self.numbered).strip(".) ").isdigit()

    def _is_whole(self, row: int) -> bool:
        """Whether a row is filled as most are: what such rows are called, data is called."""
        return len(self.fills[row]) >= self.usual and self._has_number(row)

    def _is_like_data(self, row: int) -> bool:
        return self.first_word[row] in self.first_words

    def _is_count(self, field: Field) -> bool:
        return field.read is read_count and field.name in self.layout.columns

    def _sums(self, columns: Sequence[int]) -> set[int]:
        """Rows whose every count is that of the rows above it, or since the last break, added up: not by their words.

        The first row may be the sum of all below it. A row that is called like the data is data.
        """
        counts = {row: self._counts(row, columns) for row in range(self.layout.head + 1, len(self.rows))}
        found: set[int] = set()
        whole, part = Sum(len(columns)), Sum(len(columns))
        for row, values in counts.items():
            is_strange = not self._is_like_data(row) and not self._is_known(row)
            enough = sum(bool(value) for value in values) > (self.first_word[row] != "")
            if is_strange and enough and (whole.is_of(values) or part.is_of(values)):
                found.add(row)
            if row in found or not any(values) or any(map(is_total, self.words[row][:2])):
                part = Sum(len(columns))
            else:
                whole.add(values)
                part.add(values)
        first = next((row for row, values in counts.items() if any(values)), None)
        if first is not None and first not in found and not self._is_like_data(first) and not self._is_known(first):
            below = whole.without(counts[first])
            if sum(bool(value) for value in counts[first]) > 1 and below.is_of(counts[first]):
                found.add(first)
        return found

    def _counts(self, row: int, columns: Sequence[int]) -> tuple[int, ...]:
        """The counts of a row, 0 for what is none."""
        found = []
        for column in columns:
            try:
                found.append(read_count(self.cell(row, column)) or 0)
            except ValueError:
                found.append(0)
        return tuple(found)

    def _is_beside_the_list(self, row: int, marks: list[str], filled: set[str]) -> bool:
        """A row that stands beside the list: units under the heads, a heading without the number that rows have.

        None of them is called like the data.
        """
        if row <= self.layout.head + 2 and not self.required & filled:
            return all(WHAT_IS_COUNTED.fullmatch(mark) for mark in marks)
        if self.usual < USUAL_COLUMNS or not filled or self._is_like_data(row):
            return False
        if len(filled) == 1 and len(marks) == 1 and "name" in filled:
            return bool(UNIT_ABOVE.fullmatch(marks[0])) or (not self._has_number(row) and len(self.required) == 1)
        return not self._has_number(row) and self.first_word[row] in ("cong", "tong")

    @staticmethod
    def _said(marks: list[str]) -> str:
        return " · ".join(marks)[:80]

    def _numbered(self) -> int | None:
        """The column of running numbers, if there is one that no field reads."""
        width = max((len(row) for row in self.rows), default=0)
        for column in range(width):
            if column in self.read:
                continue
            cells = [self.said(row, column) for row in range(self.layout.head + 1, len(self.rows))]
            said = [cell for cell in cells if 0 < len(cell) <= LONGEST_NUMBER]
            digits = sum(cell.strip(".").isdigit() for cell in said)
            heading = self.layout.headings[column] if column < len(self.layout.headings) else ""
            if digits and (digits * 2 >= len(said) or fold(heading) in ("tt", "stt", "so tt", "so thu tu")):
                return column
        return None

    def _is_section(self, row: int, marks: list[str], filled: set[str]) -> bool:
        """A row headed by I, II, A, B where others have running numbers, or alone in its line."""
        first = next((place for place, cell in enumerate(self.words[row]) if cell), 0)
        if SECTION.fullmatch(marks[0]) and first not in self.read and len(marks) > 1:
            return self.numbered == first or (len(filled) == 1 and self.usual >= USUAL_COLUMNS)
        if self.numbered == first and BULLET.fullmatch(marks[0]) and len(marks) == 2 and self.usual >= USUAL_COLUMNS:
            return not self._is_known(row)
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
            fold(self.said(row, place)) == fold(self.layout.headings[place]) for place in places
        )

    def _is_thin(self, row: int) -> bool:
        """A row of few words and no number at all, as in the block for the signature."""
        if self.numbered is not None and is_number(self.cell(row, self.numbered)):
            return False
        if any(map(is_signature, self.words[row])):
            return True
        filled = self.fills[row]
        complete = self.numbered is None and len(filled) >= self.usual and self.usual >= USUAL_COLUMNS
        return (
            len(filled) <= 2
            and not complete
            and not any(is_number(cell) for cell, words in zip(self.rows[row], self.words[row], strict=True) if words)
        )

    def _foot(self) -> int:
        """The first row of what stands below the data: the signature, its place and day."""
        start = len(self.rows)
        while start > self.layout.head + 1 and self._is_thin(start - 1):
            start -= 1
        for row in range(start, len(self.rows)):
            if any(map(is_signature, self.words[row])):
                return row
            below = row > self.layout.head + 1 and self._parts(row - 1)
            if below and self.usual >= USUAL_COLUMNS and self._all_strange(row):
                return row
        return len(self.rows)

    def _parts(self, row: int) -> bool:
        marks = self.marks(row)
        return not marks or any(is_total(mark) for mark in marks[:2])

    def _all_strange(self, start: int) -> bool:
        """Whether no row from ``start`` on is called like the data or stands in the register."""
        rows = [row for row in range(start, len(self.rows)) if self.fills[row]]
        return bool(rows) and not any(self._is_like_data(row) or self._is_known(row) for row in rows)
