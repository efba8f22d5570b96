"""Workbooks that go out: the empty template, and the officer's own workbook with its faults marked."""

import io
from datetime import date
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from models_registry.importing.columns import REMARKS
from models_registry.importing.kinds import Importer
from models_registry.importing.planning import Plan
from models_registry.importing.values import text
from models_registry.importing.workbooks import ZIP, Sheet

ROWS_WITH_LISTS = 5000
RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
MOST_CELLS, MOST_BYTES = 300_000, 4_000_000  # written back in one request


def template(importer: Importer) -> bytes:
    """Return an empty workbook with drop-downs, a sheet with an example and one that explains the columns."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    must = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#e3eee8", "valign": "vcenter"})
    may = book.add_format({"text_wrap": True, "border": 1, "bg_color": "#f5f7f6", "valign": "vcenter"})
    day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
    plain = book.add_format({"num_format": "@"})
    data, example = book.add_worksheet(importer.title[:31].replace("/", " ")), book.add_worksheet("Ví dụ")
    guide, lists = book.add_worksheet("Hướng dẫn"), book.add_worksheet("Danh mục")
    fields = [field for field in importer.fields if field.in_template]
    for x, field in enumerate(fields):
        for sheet in (data, example):
            sheet.write_string(0, x, field.heading, must if field.required else may)
        form = day if isinstance(field.example, date) else plain if field.name == "phone" else None
        data.set_column(x, x, max(14, min(40, len(field.heading) + 4)), form)
        example.set_column(x, x, max(14, min(40, len(str(field.example)) + 4)), form)
        if isinstance(field.example, date):
            example.write_datetime(1, x, field.example, day)  # type: ignore[arg-type]
        elif field.example != "":
            example.write(1, x, field.example)
        if field.choices:
            lists.write_column(0, x, [field.heading, *field.choices])
            column = xlsxwriter.utility.xl_col_to_name(x)
            source = f"='Danh mục'!${column}$2:${column}${len(field.choices) + 1}"
            data.data_validation(
                1,
                x,
                ROWS_WITH_LISTS,
                x,
                {
                    "validate": "list",
                    "source": source,
                    "error_type": "warning",
                    "error_title": "Không có trong danh mục",
                    "error_message": "Hãy chọn trong danh sách thả xuống.",
                },
            )
    for sheet in (data, example):
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 32)
    guide.set_column(0, 0, 34)
    guide.set_column(1, 1, 90)
    guide.write_row(0, 0, ["Cột", "Cách ghi"], must)
    for y, field in enumerate(fields, start=1):
        words = ["Bắt buộc." if field.required else "Không bắt buộc; để trống thì giữ nguyên điều đã có."]
        words += (
            [f"Chọn: {'; '.join(field.choices[:12])}{'…' if len(field.choices) > 12 else ''}."] if field.choices else []
        )
        words += [f"{field.help[:1].upper()}{field.help[1:]}."] if field.help else []
        guide.write_row(y, 0, [field.heading, " ".join(words)])
    book.close()
    return buffer.getvalue()


def marked(content: bytes, sheets: list[Sheet], plan: Plan) -> bytes:
    """Return the workbook with refused cells in red, each with its sentence, and a last column of remarks.

    An .xlsx keeps its own look; files of other kinds, very large ones and those only we can open are
    written anew.
    """
    pages = _own_pages(content, sheets) or _copy(sheets)
    book = next(iter(pages.values())).parent
    for planned in plan.layouts:
        sheet = pages.get(planned.name)
        faults = [fault for fault in plan.faults if fault.sheet == planned.name]
        if sheet is None or not faults:
            continue
        last = sheet.max_column + 1
        sheet.cell(planned.head + 1, last, REMARKS).fill = RED
        remarks: dict[int, list[str]] = {}
        for fault in faults:
            sentence = f"{fault.heading}: {fault.sentence}" if fault.heading else fault.sentence
            remarks.setdefault(fault.row, []).append(sentence)
            if fault.column is not None:
                cell = sheet.cell(fault.row + 1, fault.column + 1)
                if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                    cell.fill = RED
                    cell.comment = Comment(fault.sentence, "ANTQ", width=320, height=90)
        for row, sentences in remarks.items():
            sheet.cell(row + 1, last, " ".join(sentences))
        sheet.column_dimensions[openpyxl.utils.get_column_letter(last)].width = 60
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _own_pages(content: bytes, sheets: list[Sheet]) -> dict[str, Any] | None:
    """The pages of the officer's own workbook, or None where it cannot or should not be opened for writing."""
    cells = sum(len(row) for sheet in sheets for row in sheet.rows)
    if not content.startswith(ZIP) or cells > MOST_CELLS or len(content) > MOST_BYTES:
        return None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
    except Exception:  # openpyxl refuses files that others open; then they are written anew
        return None
    return {name: book[name] for name in book.sheetnames if hasattr(book[name], "max_column")} or None


def _copy(sheets: list[Sheet]) -> dict[str, Any]:
    """Pages with the same cells, without the look: the first so many of them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    pages, cells = {}, 0
    for number, sheet in enumerate(sheets, start=1):
        page = pages[sheet.name] = book.create_sheet(f"Trang {number}")
        for row in sheet.rows:
            cells += len(row)
            if cells > MOST_CELLS:
                break
            page.append([cell if isinstance(cell, (int, float, date)) else text(cell) for cell in row])
            for cell in page[page.max_row]:
                if cell.data_type == "f":
                    cell.data_type = "s"  # never a formula that came from outside
    return pages
