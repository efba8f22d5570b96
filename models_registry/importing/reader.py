"""Opens a workbook, or a web page, in a process of its own, with bounded memory and time: bytes in, JSON out.

Run as a module, for a web page with PAGE. A hostile file may ask for more memory than the machine has; then this
process dies, not the server. It imports nothing of Django, so that it starts at once.
"""

import io
import itertools
import json
import math
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from models_registry.importing.marks import SheetMarks, TooManyMarks
from models_registry.importing.text_files import TooManyCells, html_rows

MEMORY = 512 * 1024 * 1024  # a file as large as is read takes 240 MB
SECONDS, PAGE_SECONDS = 30, 10
MAX_SHEETS, MAX_ROWS, MAX_COLUMNS = 50, 20_000, 200
MAX_CELLS, MAX_TEXT = 1_500_000, 60_000_000
MOST_LETTERS = 32_767  # of a cell, as Excel has them
DENSE = 4_000_000  # cells that a sheet may span before it is read row by row
PAGE = "page"
OLE = b"\xd0\xcf\x11\xe0"
_BLANK_RANGES = (range(33), range(0x7F, 0xA1), range(0x2000, 0x2010), range(0x2028, 0x2030), range(0x205F, 0x2070))
UNSEEN = "".join(chr(code) for code in (0xAD, 0x115F, 0x1680, 0x180E, 0x2800, 0x3000, 0x3164, 0xFEFF))
UNSEEN += "".join(chr(code) for codes in _BLANK_RANGES for code in codes)


class TooLarge(Exception):
    """A sheet is larger than what is read; carries what, and the cell that shows it."""


def plain(cell: Any) -> Any:
    """A cell as JSON holds it: days as {"day": …}, other times as text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return {"day": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return "#NUM!"  # a number of more digits than numbers have
    return cell


def is_blank(cell: Any) -> bool:
    """Whether a cell holds nothing but blanks and what nobody sees."""
    return cell is None or (isinstance(cell, str) and not cell.strip(UNSEEN))


def column_name(column: int) -> str:
    """The letters of a column, from 0: 0 → A, 200 → GS."""
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters, column = chr(65 + rest) + letters, column - 1
    return letters


def filled_rows(rows: Iterable[Iterable[Any]]) -> Iterator[list[Any]]:
    """Yield the rows up to the last that is not blank, each up to its last such cell. Raises :class:`TooLarge`."""
    waiting = 0
    for number, cells in enumerate(rows):
        row = list(cells)
        width = next((place for place in range(len(row), 0, -1) if not is_blank(row[place - 1])), 0)
        if not width:
            waiting += 1
            continue
        if number >= MAX_ROWS:
            first = next(place for place, cell in enumerate(row) if not is_blank(cell))
            raise TooLarge("rows", f"{column_name(first)}{number + 1}")
        if width > MAX_COLUMNS:
            raise TooLarge("columns", f"{column_name(width - 1)}{number + 1}")
        long = next((at for at, cell in enumerate(row) if isinstance(cell, str) and len(cell) > MOST_LETTERS), None)
        if long is not None:
            raise TooLarge("letters", f"{column_name(long)}{number + 1}")
        yield from ([] for _ in range(waiting))
        waiting = 0
        yield [plain(cell) for cell in row[:width]]


def is_ods(content: bytes) -> bool:
    """Whether a file is LibreOffice's own."""
    if content.startswith(OLE):
        return False
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "content.xml" in archive.namelist()


def all_marks(content: bytes) -> dict[str, SheetMarks]:
    """Return the marks of every sheet, whatever the format."""
    if content.startswith(OLE):
        from models_registry.importing import xls_marks

        return xls_marks.read_marks(content)
    if is_ods(content):
        from models_registry.importing import ods_marks

        return ods_marks.read_marks(content)
    from models_registry.importing import xlsx_marks

    return xlsx_marks.read_marks(content)


def rows_of(book: Any, content: bytes, name: str, marks: SheetMarks) -> Iterator[list[Any]]:
    """The rows of a sheet; one that spans far more cells than it fills is read row by row by another reader."""
    if marks.size[0] * marks.size[1] <= DENSE:
        return filled_rows(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
    row, column = marks.last
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        at = marks.ends[0 if row >= MAX_ROWS else 1]
        raise TooLarge("rows" if row >= MAX_ROWS else "columns", f"{column_name(at[1])}{at[0] + 1}")
    if book is None:
        from models_registry.importing import ods_marks

        return filled_rows(ods_marks.read_rows(content, name, (row + 1, column + 1)))
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)[name]
    cells = sheet.iter_rows(max_row=row + 1, max_col=column + 1, values_only=True)
    return filled_rows(itertools.islice(cells, row + 1))


def open_book(content: bytes, marks: dict[str, SheetMarks]) -> tuple[Any, list[str]]:
    """Return calamine's workbook and the names of its sheets; None for an .ods that spans far more than it fills.

    calamine lays all sheets of an .ods out when it opens it.
    """
    from python_calamine import CalamineWorkbook

    if is_ods(content) and any(one.size[0] * one.size[1] > DENSE for one in marks.values()):
        for one in marks.values():
            one.size = (DENSE, DENSE)  # all of them are read row by row
        return None, list(marks)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book, book.sheet_names


def read_sheets(content: bytes) -> list[dict[str, Any]]:
    """Return every sheet with its marks. Raises :class:`TooLarge`, and whatever a broken file makes a library say."""
    marks = all_marks(content)
    book, names = open_book(content, marks)
    if len(names) > MAX_SHEETS:
        raise TooLarge("sheets")
    found, rows_read, cells, letters = [], 0, 0, 0
    for name in names:
        beside = marks.get(name, SheetMarks())
        rows = []
        for row in rows_of(book, content, name, beside):
            rows.append(row)
            rows_read, cells = rows_read + 1, cells + len(row)
            letters += sum(len(cell) for cell in row if isinstance(cell, str))
            if rows_read > MAX_ROWS:
                raise TooLarge("rows")
            if cells > MAX_CELLS or letters > MAX_TEXT:
                raise TooLarge("cells")
        found.append({"name": name, "rows": rows, **beside.as_json()})
    return found


def read_page(content: bytes) -> list[dict[str, Any]]:
    """Return the tables of a web page, in UTF-8, as one sheet."""
    rows, spans = html_rows(content.decode(), MAX_CELLS)
    marks = SheetMarks(merged=[(first, column, last, right) for first, column, last, right in spans])
    return [{"name": "", "rows": list(filled_rows(rows)), **marks.as_json()}]


def answer(content: bytes, *, page: bool) -> dict[str, Any]:
    """Return {"sheets": …}, or {"error": what is too large or broken}."""
    from python_calamine import PasswordError

    try:
        return {"sheets": read_page(content) if page else read_sheets(content)}
    except PasswordError:
        return {"error": "password"}
    except TooLarge as error:
        return dict(zip(("error", "cell"), error.args, strict=False))
    except (TooManyMarks, TooManyCells):
        return {"error": "cells"}
    except Exception as error:  # whatever a broken file makes the libraries say
        return {"error": "broken", "said": str(error)[:200]}


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        seconds = PAGE_SECONDS if PAGE in sys.argv else SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    except ImportError:
        pass  # a system without such limits
    json.dump(answer(sys.stdin.buffer.read(), page=PAGE in sys.argv), sys.stdout)
