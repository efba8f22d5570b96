"""Reads the marks of an .ods from its XML: formulas without a result, errors, percentages, what is hidden."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.parsers import expat

from models_registry.importing.marks import ERROR, FORMULA, PERCENT, SheetMarks

BLOCK = 1024 * 1024
BLANKS = ("text:s", "text:tab", "text:line-break", "text:p")


class _Content:
    """The document on its way through the parser; repeated rows and cells are counted once for their marks."""

    def __init__(self) -> None:
        self.found: dict[str, SheetMarks] = {}
        self.hidden_styles: set[str] = set()
        self.style, self.marks = "", SheetMarks()
        self.row, self.rows, self.column, self.columns = 0, 1, 0, 0
        self.cell: dict[str, str] | None = None
        self.text = ""
        self.beside = 0  # how deep in a remark on the cell

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "style:style":
            self.style = given.get("style:name", "")
        elif name == "style:table-properties" and given.get("table:display") == "false":
            self.hidden_styles.add(self.style)
        elif name == "table:table":
            self.marks = self.found[given.get("table:name", "")] = SheetMarks()
            self.marks.hidden = given.get("table:style-name", "") in self.hidden_styles
            self.row, self.rows, self.columns = 0, 0, 0
        elif name == "table:table-column":
            often = int(given.get("table:number-columns-repeated", 1))
            if given.get("table:visibility") in ("collapse", "filter"):
                self.marks.hidden_columns += range(self.columns, self.columns + min(often, 999))
            self.columns += often
        elif name == "table:table-row":
            self.row, self.column = self.row + self.rows, 0
            self.rows = int(given.get("table:number-rows-repeated", 1))
            if given.get("table:visibility") in ("collapse", "filter"):
                self.marks.hidden_rows += range(self.row, self.row + min(self.rows, 999))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.text = given, ""
        elif name == "office:annotation":
            self.beside += 1
        elif name in BLANKS and self.cell is not None and self.text and not self.beside:
            self.text += " "

    def say(self, text: str) -> None:
        if self.cell is not None and not self.beside:
            self.text += text

    def end(self, name: str) -> None:
        if name == "office:annotation":
            self.beside -= 1
        if name not in ("table:table-cell", "table:covered-table-cell") or self.cell is None:
            return
        cell, text, at = self.cell, self.text.strip(), (self.row, self.column)
        formula = cell.get("table:formula", "")
        if cell.get("calcext:value-type") == "error" or (formula and text.startswith(("#", "Err:"))):
            self.marks.unread.append((*at, ERROR, text[:40]))
        elif formula and "office:value-type" not in cell and not text:
            self.marks.unread.append((*at, FORMULA, f"={formula.partition(':=')[2][:40]}"))
        elif cell.get("office:value-type") == "percentage":
            self.marks.unread.append((*at, PERCENT, text[:40]))
        down, right = (int(cell.get(f"table:number-{way}-spanned", 1)) for way in ("rows", "columns"))
        if down > 1:
            self.marks.merged.append((*at, at[0] + down - 1, at[1] + right - 1))
        often = int(cell.get("table:number-columns-repeated", 1))
        if "office:value-type" in cell:
            self.stands(cell, text, (self.row, self.column), (self.rows, often))
        self.column += often
        self.cell = None

    def stands(self, cell: dict[str, str], text: str, at: tuple[int, int], often: tuple[int, int]) -> None:
        """Note where something stands: the cell, and how often it is repeated downwards and to the right."""
        end = (at[0] + often[0] - 1, at[1] + often[1] - 1)
        self.marks.there(*end)
        if text or cell["office:value-type"] != "string":
            self.marks.filled(*end)


class _Cells(_Content):
    """The cells of one sheet within so many rows and columns."""

    def __init__(self, name: str, size: tuple[int, int]) -> None:
        super().__init__()
        self.name, self.size = name, size
        self.values: dict[tuple[int, int], Any] = {}

    def stands(self, cell: dict[str, str], text: str, at: tuple[int, int], often: tuple[int, int]) -> None:
        """Keep what stands in a cell."""
        if self.found.get(self.name) is not self.marks:
            return
        for row in range(at[0], min(at[0] + often[0], self.size[0])):
            for column in range(at[1], min(at[1] + often[1], self.size[1])):
                self.values[row, column] = value_of(cell, text)


def value_of(cell: dict[str, str], text: str) -> Any:
    """A cell as calamine gives it: numbers, days, true and false, else text."""
    kind = cell["office:value-type"]
    if kind in ("float", "currency", "percentage"):
        return float(cell.get("office:value", "nan"))
    if kind == "date":
        return date.fromisoformat(cell.get("office:date-value", "")[:10])
    if kind == "boolean":
        return cell.get("office:boolean-value") == "true"
    return text


def read_rows(content: bytes, name: str, size: tuple[int, int]) -> Iterator[list[Any]]:
    """Yield the rows of one sheet, as many and as wide as ``size`` says."""
    found = _Cells(name, size)
    _parse(content, found)
    for row in range(size[0]):
        yield [found.values.get((row, column), "") for column in range(size[1])]


def read_marks(content: bytes) -> dict[str, SheetMarks]:
    """Return the marks of each sheet by its name. Raises what a broken file makes the parser say."""
    found = _Content()
    _parse(content, found)
    return found.found


def _parse(content: bytes, found: _Content) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.say
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as stream:
        while block := stream.read(BLOCK):
            parser.Parse(block)
        parser.Parse(b"", True)
