"""Workbooks that go out: the empty template, and the officer's own workbook with its faults marked."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from models_registry.importing.columns import REMARKS, Field
from models_registry.importing.kinds import Importer
from models_registry.importing.planning import Plan
from models_registry.importing.reader import MOST_LETTERS
from models_registry.importing.values import EXCEL_EPOCH, text
from models_registry.importing.workbooks import ZIP, Sheet, UnreadCell

ROWS_WITH_LISTS = 5000
RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
MOST_CELLS, MOST_BYTES = 300_000, 4_000_000  # written back in one request


@dataclass(frozen=True)
class Formats:
    """How the cells of a template look: heads of columns that must or may be filled, days, plain text."""

    must: Any
    may: Any
    day: Any
    plain: Any

    @classmethod
    def of(cls, book: Any) -> "Formats":
        """Add them to a workbook."""
        head = {"text_wrap": True, "border": 1, "valign": "vcenter"}
        return cls(
            must=book.add_format(head | {"bold": True, "bg_color": "#e3eee8"}),
            may=book.add_format(head | {"bg_color": "#f5f7f6"}),
            day=book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            plain=book.add_format({"num_format": "@"}),
        )


def template(importer: Importer) -> bytes:
    """Return an empty workbook for an importer."""
    return empty(importer.title, importer.fields)


def empty(title: str, every: Iterable[Field]) -> bytes:
    """Return an empty workbook with drop-downs, a sheet with an example and one that explains the columns."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = Formats.of(book)
    data, example = book.add_worksheet(title[:31].replace("/", " ")), book.add_worksheet("Ví dụ")
    guide, lists = book.add_worksheet("Hướng dẫn"), book.add_worksheet("Danh mục")
    fields = [field for field in every if field.in_template]
    for x, field in enumerate(fields):
        _column(x, field, data, example, formats)
        if field.choices:
            _drop_down(x, field, data, lists)
    for sheet in (data, example):
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 32)
    _explain(fields, guide, formats)
    book.close()
    return buffer.getvalue()


def _column(x: int, field: Field, data: Any, example: Any, formats: Formats) -> None:
    """Write the head of a column on both sheets, and what it may hold on the example's."""
    form = formats.day if isinstance(field.example, date) else formats.plain if field.name == "phone" else None
    for sheet, longest in ((data, field.heading), (example, str(field.example))):
        sheet.write_string(0, x, field.heading, formats.must if field.required else formats.may)
        sheet.set_column(x, x, max(14, min(40, len(longest) + 4)), form)
    if isinstance(field.example, date):
        example.write_datetime(1, x, field.example, formats.day)
    elif field.example != "":
        example.write(1, x, field.example)


def _drop_down(x: int, field: Field, data: Any, lists: Any) -> None:
    """Offer the choices of a column, kept on a sheet of their own; something else is asked about, not refused."""
    lists.write_column(0, x, [field.heading, *field.choices])
    column = xlsxwriter.utility.xl_col_to_name(x)
    rule = {
        "validate": "list",
        "source": f"='Danh mục'!${column}$2:${column}${len(field.choices) + 1}",
        "error_type": "warning",
        "error_title": "Không có trong danh mục",
        "error_message": "Hãy chọn trong danh sách thả xuống.",
    }
    data.data_validation(1, x, ROWS_WITH_LISTS, x, rule)


def _explain(fields: list[Field], guide: Any, formats: Formats) -> None:
    """Write how each column is filled."""
    guide.set_column(0, 0, 34)
    guide.set_column(1, 1, 90)
    guide.write_row(0, 0, ["Cột", "Cách ghi"], formats.must)
    for y, field in enumerate(fields, start=1):
        words = ["Bắt buộc." if field.required else "Không bắt buộc; để trống thì giữ nguyên điều đã có."]
        if field.choices:
            words.append(f"Chọn: {'; '.join(field.choices[:12])}{'…' if len(field.choices) > 12 else ''}.")
        if field.help:
            words.append(f"{field.help[:1].upper()}{field.help[1:]}.")
        guide.write_row(y, 0, [field.heading, " ".join(words)])


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
            sheet.cell(row + 1, last, " ".join(sentences)).data_type = "s"  # a heading of the file may begin with "="
        sheet.column_dimensions[openpyxl.utils.get_column_letter(last)].width = 60
    buffer = io.BytesIO()
    book.calculation.fullCalcOnLoad = False  # the results below are those that the officer's program kept
    book.save(buffer)
    return with_results(buffer.getvalue(), [_results(sheets, name) for name in pages])


FORMULA_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"([^>]*)>(<f[^>]*>[^<]*</f>|<f[^>]*/>)<v\s*(?:/>|></v>)</c>')


def _results(sheets: list[Sheet], name: str) -> list[list[Any]]:
    return next((sheet.rows for sheet in sheets if sheet.name == name), [])


def with_results(content: bytes, pages: list[list[list[Any]]]) -> bytes:
    """Put the results back that openpyxl drops where it writes a formula, so that any program reads them.

    ``pages`` are the values of the sheets, in the order of the workbook.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            number = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", part)
            if number and int(number[1]) <= len(pages):
                rows = pages[int(number[1]) - 1]
                text = FORMULA_CELL.sub(partial(_with_result, rows), text)
            new.writestr(part, text)
    return buffer.getvalue()


def _with_result(rows: list[list[Any]], found: re.Match[bytes]) -> bytes:
    row, column = int(found[2]) - 1, openpyxl.utils.column_index_from_string(found[1].decode()) - 1
    value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
    if isinstance(value, UnreadCell):
        return found[0]
    kind, said = "n", str(value)
    if isinstance(value, date):
        said = str((value - EXCEL_EPOCH).days)
    elif isinstance(value, bool):
        kind, said = "b", str(int(value))
    elif isinstance(value, str):
        kind = "str"
    rest = re.sub(rb' t="[^"]*"', b"", found[3])
    return b'<c r="%s%s"%s t="%s">%s<v>%s</v></c>' % (
        found[1],
        found[2],
        rest,
        kind.encode(),
        found[4],
        escape(said).encode(),
    )


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
            page.append([cell if isinstance(cell, (int, float, date)) else text(cell, MOST_LETTERS) for cell in row])
            for cell in page[page.max_row]:
                if cell.data_type == "f":
                    cell.data_type = "s"  # never a formula that came from outside
    return pages
