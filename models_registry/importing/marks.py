"""What a sheet says beside its values: what cannot be read, what is hidden or merged, letters of old encodings.

Runs in the reader's process (``reader.py``), and so imports nothing of Django.
"""

from dataclasses import dataclass, field
from typing import Any

FORMULA, ERROR, PERCENT = "formula", "error", "percent"
LEGACY_FONTS = {".vn": "tcvn3", "vni-": "vni"}  # how the fonts of TCVN3 (ABC) and VNI begin
MOST_MARKS = 200_000  # cells, rows and columns that marks are kept of


class TooManyMarks(Exception):
    """A sheet holds more than is read; carries what: "cells"."""


@dataclass
class SheetMarks:
    """The marks of one sheet, rows and columns from 0."""

    hidden: bool = False
    unread: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Row, column, why (formula, error, percent), and what stands there."""
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column."""
    legacy: list[tuple[int, int, str]] = field(default_factory=list)
    """Cells in fonts of an old encoding: "tcvn3", its capitals "tcvn3h", or "vni"."""
    last: tuple[int, int] = (-1, -1)  # the last row and column with anything but blanks
    ends: tuple[tuple[int, int], tuple[int, int]] = ((-1, -1), (-1, -1))  # the cells that make them so
    size: tuple[int, int] = (0, 0)  # rows and columns with anything at all

    def filled(self, row: int, column: int) -> None:
        """Say that a cell holds something that is not blank."""
        lowest, rightmost = self.ends
        if row > self.last[0]:
            lowest = (row, column)
        if column > self.last[1]:
            rightmost = (row, column)
        self.ends = (lowest, rightmost)
        self.last = (max(self.last[0], row), max(self.last[1], column))

    def there(self, row: int, column: int) -> None:
        """Say that a cell stands in the file."""
        self.size = (max(self.size[0], row + 1), max(self.size[1], column + 1))

    def as_json(self) -> dict[str, Any]:
        """The marks that the project reads. Raises :class:`TooManyMarks`."""
        kept: dict[str, list[Any]] = {
            "unread": self.unread,
            "hidden_rows": self.hidden_rows,
            "hidden_columns": self.hidden_columns,
            "merged": self.merged,
            "legacy": self.legacy,
        }
        if sum(len(marks) for marks in kept.values()) > MOST_MARKS:
            raise TooManyMarks
        return {"hidden": self.hidden, **kept}


def legacy_of(font: str) -> str:
    """Return the encoding that a font's name stands for: "tcvn3", "tcvn3h" (capitals), "vni", or ""."""
    name = font.strip().lower()
    found = next((kind for begin, kind in LEGACY_FONTS.items() if name.startswith(begin)), "")
    return "tcvn3h" if found == "tcvn3" and name.endswith("h") else found


def is_percent(code: str) -> bool:
    """Whether a number format shows hundredths: "0%", "0.0 %"; not a quoted sign."""
    return "%" in "".join(part for place, part in enumerate(code.split('"')) if place % 2 == 0)
