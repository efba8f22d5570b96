"""Tables as an Excel workbook: real numbers, blank cells left empty, formulas made harmless.

Rows are written one after another and forgotten, so that memory does not grow with the table.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.tables.table import Cell, Table

FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
TITLE_ROW, GROUP_ROW, HEAD_ROW = 0, 1, 2
NARROWEST, WIDEST, MEASURED = 9, 44, 200  # characters; rows whose texts decide a column's width
A4 = 9
NUMBERS = {
    "whole": "#,##0",
    "number": "#,##0.###",
    "signed": "+#,##0;-#,##0;0",
    "signed number": "+#,##0.00;-#,##0.00;0",
}


def workbook(tables: Sequence[Table]) -> bytes:
    """Return a workbook with one sheet a table: title, heads frozen and repeated, rows, notes; fitted to A4."""
    buffer = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        formats = _formats(book)
        for place, table in enumerate(tables, start=1):
            sheet = book.add_worksheet(f"{place}. {table.title.translate(FORBIDDEN)}"[:31].rstrip())
            _write(sheet, formats, table)
            _lay_out(sheet, table)
    return buffer.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """Name → format; a name with "sum" is the same in bold."""
    head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E3EEE8"}
    known: dict[str, dict] = {
        "title": {"bold": True, "font_size": 13},
        "head": head,
        "group": {"bold": True, "left": 1},
        "section": {"bold": True, "border": 1},
        "text": {"border": 1, "text_wrap": True, "valign": "top"},
        "note": {"italic": True},
    }
    known |= {name: {"border": 1, "valign": "top", "num_format": form} for name, form in NUMBERS.items()}
    known |= {f"{name} sum": known[name] | {"bold": True} for name in ("text", *NUMBERS)}
    return {name: book.add_format(properties) for name, properties in known.items()}


def _write(sheet: Worksheet, formats: dict[str, Format], table: Table) -> None:
    """Write everything from top to bottom."""
    sheet.write_string(TITLE_ROW, 0, table.title, formats["title"])
    at = 0
    for name, width in table.groups:
        if name:
            sheet.write_string(GROUP_ROW, at, name, formats["group"])
        at += width
    for x, head in enumerate(table.columns):
        sheet.write_string(HEAD_ROW, x, head.heading, formats["head"])
    write_number, write_string, write_blank = sheet.write_number, sheet.write_string, sheet.write_blank
    whole, text = formats["whole"], formats["text"]
    for y, cells in enumerate(table.rows, start=HEAD_ROW + 1):
        for x, cell in enumerate(cells):
            value, style = cell.value, cell.style
            if value is None:
                write_blank(y, x, None, formats["text sum"] if style else text)
            elif isinstance(value, str):
                write_string(y, x, value, formats[_words(style)] if style else text)
            elif type(value) is int and not style:
                write_number(y, x, value, whole)
            else:
                write_number(y, x, value, formats[_number(cell)])
    for y, words in enumerate(table.notes, start=HEAD_ROW + len(table.rows) + 2):
        sheet.write_string(y, 0, words, formats["note"])


def _words(style: str) -> str:
    """The format of words in a style."""
    return "section" if style == "section" else "text sum" if "sum" in style else "text"


def _number(cell: Cell) -> str:
    """The format of a number: whole or with decimals, with its sign, in a row of totals."""
    value = cell.value
    broken = isinstance(value, Decimal) and value != int(value)
    kind = ("signed number" if broken else "signed") if "signed" in cell.style else "number" if broken else "whole"
    return f"{kind} sum" if "sum" in cell.style else kind


def _lay_out(sheet: Worksheet, table: Table) -> None:
    """Widths, frozen and repeated heads, one page wide on A4 landscape with page numbers."""
    for x, width in enumerate(_widths(table)):
        sheet.set_column(x, x, width)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P/&N")
    sheet.print_area(
        0, 0, HEAD_ROW + len(table.rows) + (len(table.notes) + 1 if table.notes else 0), len(table.columns) - 1
    )


def _widths(table: Table) -> Iterator[int]:
    """Widths that hold the longest of the first rows, within reason; heads are wrapped."""
    for x, head in enumerate(table.columns):
        words = (row[x].text for row in table.rows[:MEASURED] if row[x].style != "section")
        longest = max((len(text) for text in words), default=0)
        yield min(WIDEST, max(NARROWEST, longest + 2, len(head.heading) // 2))
