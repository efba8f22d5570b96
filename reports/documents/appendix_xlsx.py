"""The appendix as an Excel workbook: real numbers under their formats, ready to print on landscape A4."""

from io import BytesIO
from typing import Any

import xlsxwriter

from reports.documents.appendix import AppendixTable, whole
from reports.documents.paper import Paper
from reports.tables.xlsx import FORBIDDEN

MM_TO_WIDTH = 0.53  # of a millimetre on paper, in Excel's characters
A4, INCHES = 9, 25.4
NUMBERS = {
    "count": "#,##0",
    "decimal": "#,##0.0##",
    "signed": "+#,##0;−#,##0;0",
    "rate": "+#,##0.00;−#,##0.00;0",
    "signed_decimal": "+#,##0.0##;−#,##0.0##;0",
}
BASE = {"font_name": "Times New Roman", "font_size": 10}


def workbook(paper: Paper) -> bytes:
    """Return the appendix of a report, one sheet a table."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = _looks(book)
    for table in paper.tables:
        _sheet(book, looks, paper, table)
    book.set_properties({"title": paper.subject.replace("\n", " "), "author": paper.letterhead.body})
    book.close()
    return buffer.getvalue()


def _looks(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """The formats: heads, text and numbers, each also in bold for totals."""
    cell = BASE | {"border": 1, "valign": "vcenter"}
    looks = {
        "body": book.add_format(BASE | {"align": "center", "bold": True, "font_size": 11}),
        "title": book.add_format(BASE | {"align": "center", "bold": True, "font_size": 13}),
        "attached": book.add_format(BASE | {"align": "center", "italic": True, "font_size": 11}),
        "note": book.add_format(BASE | {"italic": True}),
        "head": book.add_format(cell | {"bold": True, "text_wrap": True, "align": "center"}),
        "section": book.add_format(cell | {"bold": True}),
    }
    for kind in ("line", "total"):
        bold = {"bold": kind == "total"}
        looks[f"{kind} text"] = book.add_format(cell | bold | {"text_wrap": True})
        for form, number in NUMBERS.items():
            looks[f"{kind} {form}"] = book.add_format(cell | bold | {"num_format": number})
    return looks


def _sheet(book: xlsxwriter.Workbook, looks: dict[str, Any], paper: Paper, table: AppendixTable) -> None:
    sheet = book.add_worksheet(table.name.translate(FORBIDDEN)[:31])
    last = len(table.columns) - 1
    for row, (text, look) in enumerate(
        (
            (paper.letterhead.body, "body"),
            (table.title.upper(), "title"),
            (paper.facts.span.title, "title"),
            (paper.attached_to, "attached"),
        )
    ):
        sheet.merge_range(row, 0, row, last, text, looks[look])
    top = 5
    depth = _heads(sheet, looks, table, top)
    for row, (kind, values) in enumerate(table.rows, start=top + depth):
        if kind == "section":
            sheet.merge_range(row, 0, row, last, values[0], looks["section"])
        else:
            for column, value in enumerate(values):
                _write(sheet, looks, row, column, kind, table.columns[column].form, value)
    end = top + depth + len(table.rows)
    for place, note in enumerate(table.notes):
        sheet.write_string(end + place, 0, note, looks["note"])
    for column, one in enumerate(table.columns):
        sheet.set_column(column, column, one.width * MM_TO_WIDTH)
    _print(sheet, top, depth, end + len(table.notes), last)


def _heads(sheet: Any, looks: dict[str, Any], table: AppendixTable, top: int) -> int:
    """Write the head; return how many rows it takes."""
    depth = 2 if table.grouped else 1
    place = 0
    for head in table.heads[0]:
        bottom, right = top + head.rows - 1, place + head.columns - 1
        if (bottom, right) == (top, place):
            sheet.write_string(top, place, head.text, looks["head"])
        else:
            sheet.merge_range(top, place, bottom, right, head.text, looks["head"])
        place = right + 1
    for place, column in enumerate(table.columns):
        if column.group:
            sheet.write_string(top + 1, place, column.heading, looks["head"])
    sheet.set_row(top, 30 if depth > 1 else 75)
    return depth


def _write(sheet: Any, looks: dict[str, Any], row: int, column: int, kind: str, form: str, value: Any) -> None:
    """A blank stays empty: it is not zero, and a program that adds up must not take it for text."""
    if isinstance(value, str) or form == "text":
        sheet.write_string(row, column, value or "", looks[f"{kind} text"])
    elif value is None:
        sheet.write_blank(row, column, None, looks[f"{kind} text"])
    else:
        decimals = {"count": "decimal", "signed": "signed_decimal"}
        look = form if whole(value) else decimals.get(form, form)
        sheet.write_number(row, column, value, looks[f"{kind} {look}"])


def _print(sheet: Any, top: int, depth: int, end: int, last: int) -> None:
    sheet.freeze_panes(top + depth, 2)
    sheet.repeat_rows(top, top + depth - 1)
    sheet.print_area(0, 0, end - 1, last)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=25 / INCHES, right=20 / INCHES, top=20 / INCHES, bottom=20 / INCHES)
    sheet.set_header("&C&P")
    sheet.center_horizontally()
