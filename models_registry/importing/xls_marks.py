"""Reads the marks of an .xls: errors, hidden rows, columns and sheets, percentages, fonts of old encodings.

Cells of formulas always hold a result in this format.
"""

from typing import Any

import xlrd

from models_registry.importing.marks import ERROR, PERCENT, SheetMarks, is_percent, legacy_of


def read_marks(content: bytes) -> dict[str, SheetMarks]:
    """Return the marks of each sheet by its name. Raises what a broken file makes the library say."""
    book = xlrd.open_workbook(file_contents=content, formatting_info=True, on_demand=True)
    found = {}
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        marks = found[sheet.name] = SheetMarks(hidden=sheet.visibility != 0)
        marks.hidden_rows = [row for row, said in sheet.rowinfo_map.items() if said.hidden]
        marks.hidden_columns = [column for column, said in sheet.colinfo_map.items() if said.hidden and column < 256]
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                _cell(book, marks, (row, column), cell)
        book.unload_sheet(number)
    return found


def _cell(book: Any, marks: SheetMarks, at: tuple[int, int], cell: Any) -> None:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        marks.unread.append((*at, ERROR, xlrd.error_text_from_code.get(cell.value, "#?")))
    elif cell.ctype == xlrd.XL_CELL_NUMBER:
        form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        if form and is_percent(form.format_str):
            marks.unread.append((*at, PERCENT, str(cell.value)))
    elif cell.ctype == xlrd.XL_CELL_TEXT:
        font = legacy_of(book.font_list[book.xf_list[cell.xf_index].font_index].name)
        if font and cell.value.strip():
            marks.legacy.append((*at, font))
