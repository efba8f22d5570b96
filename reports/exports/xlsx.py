"""Tables as an Excel workbook: real numbers, blank cells left empty, formulas made harmless."""

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from reports.tables import Cell, Table

FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def workbook(tables: Sequence[Table]) -> bytes:
    """Return a workbook with one sheet a table: title, heads frozen, rows, notes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format(
            {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E3EEE8"}
        ),
        "section": book.add_format({"bold": True, "border": 1}),
        "text": book.add_format({"border": 1, "text_wrap": True}),
        "number": book.add_format({"border": 1, "num_format": "#,##0.###"}),
        "whole": book.add_format({"border": 1, "num_format": "#,##0"}),
        "note": book.add_format({"italic": True}),
    }
    for place, table in enumerate(tables, start=1):
        _sheet(book, formats, place, table)
    book.close()
    return buffer.getvalue()


def _sheet(book: xlsxwriter.Workbook, formats: dict, place: int, table: Table) -> None:
    sheet = book.add_worksheet(f"{place}. {table.title.translate(FORBIDDEN)}"[:31].rstrip())
    sheet.write_string(0, 0, table.title, formats["title"])
    for column, head in enumerate(table.columns):
        sheet.write_string(2, column, head.heading, formats["head"])
        sheet.set_column(column, column, 16 if head.numeric else 34)
    for row, cells in enumerate(table.rows, start=3):
        for column, cell in enumerate(cells):
            _write(sheet, formats, row, column, cell)
    for row, note in enumerate(table.notes, start=4 + len(table.rows)):
        sheet.write_string(row, 0, note, formats["note"])
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _write(sheet: xlsxwriter.workbook.Worksheet, formats: dict, row: int, column: int, cell: Cell) -> None:
    if cell.value is None:
        sheet.write_blank(row, column, None, formats["text"])
    elif isinstance(cell.value, str):
        sheet.write_string(row, column, cell.value, formats["section" if cell.style == "section" else "text"])
    else:
        whole = cell.value == int(cell.value)
        sheet.write_number(row, column, cell.value, formats["whole" if whole else "number"])
