"""Reads the marks of an .ods from its XML: formulas without a result, errors, percentages, what is hidden."""

import io
import zipfile
from xml.parsers import expat

from models_registry.importing.marks import ERROR, FORMULA, PERCENT, SheetMarks

BLOCK = 1024 * 1024


class _Content:
    """The document on its way through the parser; repeated rows and cells are counted once for their marks."""

    def __init__(self) -> None:
        self.found: dict[str, SheetMarks] = {}
        self.hidden_styles: set[str] = set()
        self.style, self.marks = "", SheetMarks()
        self.row, self.rows, self.column, self.columns = 0, 1, 0, 0
        self.cell: dict[str, str] | None = None
        self.text = ""

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

    def say(self, text: str) -> None:
        if self.cell is not None:
            self.text += text

    def end(self, name: str) -> None:
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
        self.column += int(cell.get("table:number-columns-repeated", 1))
        self.cell = None


def read_marks(content: bytes) -> dict[str, SheetMarks]:
    """Return the marks of each sheet by its name. Raises what a broken file makes the parser say."""
    found, parser = _Content(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.say
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as stream:
        while block := stream.read(BLOCK):
            parser.Parse(block)
        parser.Parse(b"", True)
    return found.found
