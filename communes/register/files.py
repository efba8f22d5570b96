"""A list as a file: xlsx or csv, exactly what is listed."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from django.http import HttpResponse

from communes.names import UNSEEN, fold
from communes.register.kinds import ListColumn, Register

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
SIGNS = ("=", "+", "-", "@")
BREAKS = ("\t", "\r", "\n")


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, in full-width letters or behind any white space either.

    What is not seen (U+200B, U+FEFF) is white space here.

    A text that looks as if that had been done to it already gets the mark too, so that it can be taken off again.
    """
    bare = text.lstrip("'")
    seen = (letter for letter in bare if not letter.isspace() and unicodedata.category(letter) not in UNSEEN)
    begin = unicodedata.normalize("NFKC", next(seen, ""))
    return f"'{text}" if bare.startswith(BREAKS) or begin.startswith(SIGNS) else text


def as_file(
    form: str, register: Register, columns: Sequence[ListColumn], table: Sequence[Sequence[Any]]
) -> HttpResponse:
    """Answer with the rows' values as a file named after the register."""
    write = {"xlsx": as_xlsx, "csv": as_csv}[form]
    response = HttpResponse(write(register.title, columns, table), content_type=FORMATS[form])
    name = fold(register.title).replace(" ", "-")
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.rows = len(table)  # type: ignore[attr-defined]  # for the trail
    return response


def as_csv(title: str, columns: Sequence[ListColumn], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a csv that Excel opens in Vietnamese: UTF-8 with its mark, semicolons between, dates as dd/mm/yyyy."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([neutral(column.heading) for column in columns])
    writer.writerows([[_plain(value) for value in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return value if isinstance(value, int) else neutral(str(value))


def as_xlsx(title: str, columns: Sequence[ListColumn], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook with real numbers and dates, a frozen head, fitted to A4 landscape."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Danh sách")
    head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#e3eee8", "valign": "vcenter"})
    cell = book.add_format({"border": 1, "valign": "top"})
    number = book.add_format({"border": 1, "valign": "top", "num_format": "#,##0"})
    day = book.add_format({"border": 1, "valign": "top", "num_format": "dd/mm/yyyy", "align": "left"})
    sheet.write_row(0, 0, [column.heading for column in columns], head)
    widths = [len(column.heading) for column in columns]
    for y, row in enumerate(rows, start=1):
        for x, value in enumerate(row):
            if value is None or value == "":
                sheet.write_blank(y, x, None, cell)
            elif isinstance(value, bool) or not isinstance(value, (int, date)):
                sheet.write_string(y, x, str(value), cell)
            elif isinstance(value, date):
                sheet.write_datetime(y, x, value, day)
            else:
                sheet.write_number(y, x, value, number if columns[x].numeric else cell)
            widths[x] = max(widths[x], len(str(value or "")))
    for x, width in enumerate(widths):
        sheet.set_column(x, x, min(48, width + 2))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{title}&R&P/&N")
    book.close()
    return buffer.getvalue()
