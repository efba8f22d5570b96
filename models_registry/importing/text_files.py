"""Files that are text: csv in any of the usual encodings and marks, and web pages that call themselves .xls."""

import csv
import io
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from models_registry.importing.letters import looks_legacy

MARKS = ",;\t|"
LOST = re.compile(r"\?[^\W\d_]")
LOST_AT_LEAST = 3  # a question may stand between two words that lack their space
LOOKED_INTO = 400  # bytes of a text that its encoding is told from
LOOKED_AT = 200  # rows of a csv that its mark is found from
MOST_SPAN = 1000
PAGES = ("<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<style", "<div", "<center")
BEFORE_A_PAGE = re.compile(r"^(?:[\ufeff\s]+|<\?xml[^>]*\?>|<!--.*?-->)+", re.DOTALL)


def decode(content: bytes) -> str:
    """Return text in UTF-8, UTF-16 or, failing those, Windows-1258 (Vietnamese) as NFC-ready text.

    Text of TCVN3 or VNI comes as the Western letters that stand for its own; see ``legacy.py``.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if wide := _unsaid(content[:LOOKED_INTO]):
        return content.decode(wide, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    western = content.decode("cp1252", errors="replace")
    return western if looks_legacy(western) else content.decode("cp1258", errors="replace")


def _unsaid(head: bytes) -> str:
    """UTF-16 that does not say so: of every letter, mark and digit of ASCII's one byte is nought, always the same."""
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) * 8 < len(head) or min(first, second) * 8 > max(first, second):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def mark_of(text: str) -> str:
    """The mark between the cells: the one that parts most rows alike, and into most cells.

    A title above the table may hold more commas than the table has semicolons.
    """

    def alike(mark: str) -> tuple[int, int]:
        rows = itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), LOOKED_AT)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        return max(((often, width) for width, often in widths.items()), default=(0, 0))

    return max(MARKS, key=alike)


def csv_rows(text: str, most: int) -> Iterator[list[Any]]:
    """Yield at most ``most`` rows of a csv. Raises ``csv.Error``, for a quote that is never closed too."""
    csv.field_size_limit(100_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark_of(text), strict=True)
    return itertools.islice(reader, most)


def is_html(text: str) -> bool:
    """Whether text is a web page."""
    begin = BEFORE_A_PAGE.sub("", text[:4000]).lower()
    return begin.startswith(PAGES)


def lost_letters(text: str) -> bool:
    """Whether letters became question marks within words, as saving in an encoding without them does ("Khu d?n c?").

    Where a letter stands that no such encoding holds ("ễ"), none was lost: a question belongs to an address of a page.
    Windows-1258 keeps "ư" and "đ".
    """
    return len(LOST.findall(text)) >= LOST_AT_LEAST and not any(map(_tells_of_unicode, set(text)))


def _tells_of_unicode(letter: str) -> bool:
    """Whether a letter or an accent can stand in no text of Windows-1252 or Windows-1258."""
    is_letter = letter.isalpha() or unicodedata.combining(letter) != 0
    return is_letter and not any(_can_write(letter, one) for one in ("cp1252", "cp1258"))


def _can_write(letter: str, encoding: str) -> bool:
    return letter.encode(encoding, errors="ignore") != b""


class TooManyCells(Exception):
    """The tables of a web page hold more cells than are read."""


class Tables(HTMLParser):
    """The tables of a web page as rows; a cell over several rows or columns stands in all its rows."""

    def __init__(self, most: int) -> None:
        super().__init__(convert_charrefs=True)
        self.left = most
        self.rows: list[list[Any]] = []
        self.cell: list[str] | None = None
        self.down, self.right = 1, 1
        self.over: dict[int, tuple[int, str, int]] = {}
        self.merged: list[list[int]] = []
        """Of each cell that spans others and holds a digit: first row, first column, last row, last column."""
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell."""
        if tag in ("script", "style"):
            self.silent += 1
        elif tag == "tr":
            self.finish()
            self.rows.append([])
        elif tag in ("td", "th"):
            self.finish()
            given = dict(attrs)
            self.down, self.right = (_span(given.get(name)) for name in ("rowspan", "colspan"))
            self.cell = []
            if not self.rows:
                self.rows.append([])
            self._above()
        elif tag in ("br", "p", "div") and self.cell:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell or a row."""
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
        elif tag in ("td", "th"):
            self.finish()
        elif tag == "tr":
            self.finish()
            self._above()
        elif tag == "table":
            self.finish()
            self.over.clear()

    def handle_data(self, data: str) -> None:
        """Take text inside a cell."""
        if self.cell is not None and not self.silent:
            self.cell.append(data)

    def _above(self) -> None:
        """Put cells that reach down from above where the row stands now."""
        if not self.rows:
            return
        row = self.rows[-1]
        while (found := self.over.get(len(row))) is not None:
            left, text, span = found
            if left > 1:
                self.over[len(row)] = (left - 1, text, span)
            else:
                del self.over[len(row)]
            if span >= 0:
                self.merged[span][2] = len(self.rows) - 1
            self._put(text)

    def finish(self) -> None:
        """Finish the cell that is open."""
        if self.cell is None:
            return
        text, self.cell = " ".join("".join(self.cell).split()), None
        span, at = -1, (len(self.rows) - 1, len(self.rows[-1]))
        if max(self.down, self.right) > 1 and any(map(str.isdigit, text)):
            span = len(self.merged)
            self.merged.append([*at, at[0], at[1] + self.right - 1])
        for place in range(self.right):
            if self.down > 1:
                self.over[len(self.rows[-1])] = (self.down - 1, text if place == 0 else "", span)
            self._put(text if place == 0 else "")

    def _put(self, text: str) -> None:
        """Put a cell at the end of the last row."""
        if not self.left:
            raise TooManyCells
        self.left -= 1
        self.rows[-1].append(text)


def _span(value: str | None) -> int:
    said = value or ""
    return min(MOST_SPAN, max(1, int(said))) if said.isdecimal() and len(said) < 6 else 1


def html_rows(text: str, most: int) -> tuple[list[list[Any]], list[list[int]]]:
    """Return the rows of all tables of a web page, and its spans as merged cells.

    Raises :class:`TooManyCells` where there are more cells than ``most``.
    """
    reader = Tables(most)
    end = text.rfind(">") + 1
    reader.feed(text[:end] + text[end:].partition("<")[0])  # of a tag that never ends every part is tried for one
    reader.close()
    reader.finish()
    return reader.rows, reader.merged
