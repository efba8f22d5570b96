"""Reads the marks of an .xlsx from its XML, cell by cell, without keeping it."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree
from xml.parsers import expat

from models_registry.importing.marks import ERROR, FORMULA, PERCENT, SheetMarks, TooManyMarks, is_percent, legacy_of

BLOCK = 1024 * 1024
MOST_CELLS = 3_000_000
PERCENT_IDS = {9, 10}
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def place_of(reference: str) -> tuple[int, int] | None:
    """Return row and column, from 0, of "B12"; None where it is none."""
    found = CELL.fullmatch(reference.replace("$", ""))
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _parse(archive: zipfile.ZipFile, part: str, **handlers: Callable) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            parser.Parse(block)
        parser.Parse(b"", True)


class _Strings:
    """Which of the shared strings are blank."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self.blank: set[str] = set()
        self.number, self.text = 0, ""
        _parse(archive, part, StartElementHandler=self.start, EndElementHandler=self.end, CharacterDataHandler=self.say)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _bare(name) == "si":
            self.text = ""

    def say(self, text: str) -> None:
        self.text = self.text or text.strip()

    def end(self, name: str) -> None:
        if _bare(name) == "si":
            if not self.text:
                self.blank.add(str(self.number))
            self.number += 1


class _Sheet:
    """One sheet's XML on its way through the parser."""

    def __init__(self, marks: SheetMarks, blank: set[str], styles: list[tuple[str, bool]], fresh: bool) -> None:
        self.marks, self.blank, self.styles = marks, blank, styles
        self.fresh = fresh  # the file itself asks to be calculated when it is opened
        self.row, self.column, self.cells = -1, -1, 0
        self.kind, self.style = "n", 0
        self.inside, self.value, self.formula, self.has_formula = "", "", "", False

    def start(self, name: str, given: dict[str, str]) -> None:
        name = _bare(name)
        if name == "row":
            self.row = int(given["r"]) - 1 if given.get("r", "").isdigit() else self.row + 1
            self.column = -1
            if given.get("hidden") in ("1", "true"):
                self.marks.hidden_rows.append(self.row)
        elif name == "c":
            place = place_of(given.get("r", ""))
            self.column = place[1] if place else self.column + 1
            self.kind, self.value, self.formula, self.has_formula = given.get("t", "n"), "", "", False
            self.style = int(given["s"]) if given.get("s", "").isdigit() else 0
        elif name in ("v", "t", "f"):
            self.inside = name
            self.has_formula = self.has_formula or name == "f"
        elif name == "col" and given.get("hidden") in ("1", "true"):
            first, last = int(given.get("min", 1)), int(given.get("max", 1))
            self.marks.hidden_columns += range(first - 1, min(last, first + 999))
        elif name == "mergeCell":
            ends = [place_of(one) for one in given.get("ref", "").split(":")]
            if len(ends) == 2 and ends[0] and ends[1]:
                self.marks.merged.append((*ends[0], *ends[1]))

    def say(self, text: str) -> None:
        if self.inside == "f":
            self.formula += text
        elif self.inside:
            self.value += text

    def end(self, name: str) -> None:
        name = _bare(name)
        if name in ("v", "t", "f"):
            self.inside = ""
        elif name == "c":
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise TooManyMarks
            self.cell()

    def cell(self) -> None:
        """Take the marks of a cell that was read to its end."""
        value, marks, at = self.value.strip(), self.marks, (self.row, self.column)
        marks.there(*at)
        font, percent = self.styles[self.style] if self.style < len(self.styles) else ("", False)
        text = self.kind in ("s", "str", "inlineStr")
        if self.kind == "e":
            marks.unread.append((*at, ERROR, value[:40]))
        elif self.has_formula and not text and (value == "" or (self.fresh and value == "0")):
            marks.unread.append((*at, FORMULA, f"={self.formula.strip()[:40]}"))
        elif value == "" or (self.kind == "s" and value in self.blank):
            return
        elif not text and percent:
            marks.unread.append((*at, PERCENT, value[:40]))
        elif text and font:
            marks.legacy.append((*at, font))
        marks.filled(*at)


def _styles(archive: zipfile.ZipFile, part: str) -> list[tuple[str, bool]]:
    """Each style of cells: the old encoding of its font, and whether it shows hundredths."""
    root = ElementTree.fromstring(archive.read(part))
    spaces = root.tag.rpartition("}")[0]
    tag = f"{spaces}}}" if spaces else ""
    names = [font.find(f"{tag}name") for font in root.iterfind(f"{tag}fonts/{tag}font")]
    fonts = [legacy_of(name.get("val", "")) if name is not None else "" for name in names]
    shares = {
        int(form.get("numFmtId", "0")): is_percent(form.get("formatCode", "")) for form in root.iter(f"{tag}numFmt")
    }
    found = []
    for style in root.iterfind(f"{tag}cellXfs/{tag}xf"):
        font, form = int(style.get("fontId", "0")), int(style.get("numFmtId", "0"))
        found.append((fonts[font] if font < len(fonts) else "", shares.get(form, form in PERCENT_IDS)))
    return found


def read_marks(content: bytes) -> dict[str, SheetMarks]:
    """Return the marks of each sheet by its name. Raises what a broken file makes the parser say."""
    found: dict[str, SheetMarks] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = set(archive.namelist())
        book = next(name for name in archive.namelist() if name.endswith("workbook.xml"))
        folder = posixpath.dirname(book)
        relations = f"{folder}/_rels/{posixpath.basename(book)}.rels".lstrip("/")
        targets = {
            link.get("Id"): posixpath.normpath(posixpath.join(f"/{folder}", link.get("Target", ""))).lstrip("/")
            for link in ElementTree.fromstring(archive.read(relations))
        }
        named = {posixpath.basename(part): part for part in targets.values() if part in parts}
        strings = next((part for name, part in named.items() if name.lower() == "sharedstrings.xml"), None)
        blank = _Strings(archive, strings).blank if strings else set()
        styles = _styles(archive, named["styles.xml"]) if "styles.xml" in named else []
        sheets, fresh = _sheets(archive.read(book))
        for name, state, key in sheets:
            marks = found[name] = SheetMarks(hidden=state in ("hidden", "veryHidden"))
            part = targets.get(key, "")
            if part in parts:
                one = _Sheet(marks, blank, styles, fresh)
                _parse(
                    archive,
                    part,
                    StartElementHandler=one.start,
                    EndElementHandler=one.end,
                    CharacterDataHandler=one.say,
                )
    return found


def _sheets(book: bytes) -> tuple[list[tuple[str, str, str]], bool]:
    """Name, state and relation of every sheet, and whether the file asks to be calculated on opening."""
    sheets, fresh = [], False
    for node in ElementTree.fromstring(book).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
            sheets.append((node.get("name", ""), node.get("state", ""), key))
        elif node.tag.rpartition("}")[2] == "calcPr":
            fresh = node.get("fullCalcOnLoad") in ("1", "true")
    return sheets, fresh
