"""The month as a workbook that goes out: hamlets by indicators, last month beside, names locked."""

import io
from typing import Any

import xlsxwriter

from reports.entry import month_weapons
from reports.entry.checks import past_of
from reports.entry.grid import UNIT_ROW, Grid, GridLine
from reports.models import Figure, Indicator, MonthlyReport
from reports.models.remarks import NO_GIVER

HAMLETS, WHOLE = "Theo khu dân cư", "Toàn đơn vị"
KEY, NAME, THIS_MONTH, LAST_MONTH = "Mã", "Khu dân cư, tổ", "Tháng này", "Tháng trước"
GUIDANCE = 1  # the row of the guide, from 0
HEAD = 3  # the row of the heads; the codes stand above it
FIRST = 2  # the first column of figures
GUIDE = "Chỉ ghi vào ô trắng. Để trống là chưa có số liệu, 0 là không phát sinh. Ghi xong lưu lại rồi tải lên."
WEAPONS_GUIDE = f"Mỗi dòng một loại, ghi vào ô trắng; dòng xám đã có, sửa trên trang. {NO_GIVER}"


class _Book:
    """The workbook and its formats."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.buffer, options)
        head = {"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "bg_color": "#e3eee8"}
        grey = {"border": 1, "num_format": "#,##0", "bg_color": "#f5f7f6", "font_color": "#555555"}
        self.head = self.book.add_format(head)
        self.past_head = self.book.add_format(head | {"bold": False, "font_size": 9, "bg_color": "#f5f7f6"})
        self.section = self.book.add_format({"bold": True, "left": 1})
        self.code = self.book.add_format({"font_size": 8, "font_color": "#888888"})
        self.name = self.book.add_format({"border": 1, "bg_color": "#f5f7f6"})
        self.past = self.book.add_format(grey)
        self.total = self.book.add_format(grey | {"bold": True})
        self.typed = self.book.add_format({"border": 1, "num_format": "#,##0", "locked": False})
        self.past_quantity = self.book.add_format(grey | {"num_format": "#,##0.###"})
        self.past_day = self.book.add_format(grey | {"num_format": "dd/mm/yyyy"})
        white = {"border": 1, "locked": False}
        self.typed_text = self.book.add_format(white | {"num_format": "@"})
        self.typed_day = self.book.add_format(white | {"num_format": "dd/mm/yyyy"})
        self.typed_part = self.book.add_format(white | {"num_format": "#,##0.###"})
        self.title = self.book.add_format({"bold": True, "font_size": 13})

    def sheet(self, name: str, title: str, guide: str = GUIDE, at: tuple[int, int] = (GUIDANCE, 0)) -> Any:
        """A sheet with its title, its guide, and nothing that can be changed but the white cells."""
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, title, self.title)
        sheet.write_string(*at, guide)
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": False})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)
        return sheet

    def cell(self, sheet: Any, at: tuple[int, int], value: int | None) -> None:
        """A white cell: what stands there, and only whole numbers from zero."""
        if value is None:
            sheet.write_blank(*at, None, self.typed)
        else:
            sheet.write_number(*at, value, self.typed)

    def only_counts(self, sheet: Any, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Let a range take whole numbers only."""
        rule = {
            "validate": "integer",
            "criteria": ">=",
            "value": 0,
            "error_title": "Không phải số đếm",
            "error_message": "Ghi số nguyên từ 0, hoặc để trống nếu chưa có số liệu.",
        }
        sheet.data_validation(*first, *last, rule)


def month_workbook(grid: Grid) -> bytes:
    """Return the month's sheet of a unit, filled with what stands in it."""
    book = _Book()
    title = f"{grid.unit.name}: số liệu {grid.month.title}"
    last = _last_month(grid)
    if grid.hamlets and grid.catalogue.by_hamlet:
        beside_title = (0, FIRST + 3)  # the sections' names take the row of the guide
        _by_hamlet(book, book.sheet(HAMLETS, title, at=beside_title), grid, last)
    whole = grid.catalogue.by_commune if grid.unit.commune else grid.catalogue.entered
    if whole:
        _whole(book, book.sheet(WHOLE, title), grid, whole)
    title = f"{grid.unit.name}: vũ khí, vật liệu nổ giao nộp {grid.month.title}"
    month_weapons.write_sheet(book, book.sheet(month_weapons.WEAPONS, title, WEAPONS_GUIDE), grid, HEAD)
    book.book.close()
    return book.buffer.getvalue()


def lines_of(grid: Grid) -> list[GridLine]:
    """Hamlets, each followed by those of its groups that hold a figure; then the unit, where it does."""
    held = {row for row, _ in grid.cells}
    lines = []
    for top in grid.lines:
        groups = [group for group in top.groups if group.row in held]
        if top.row.hamlet is not None or top.row in held or groups:
            lines += [top, *groups]
    return lines


def _last_month(grid: Grid) -> dict[tuple[int | None, int | None, str], int]:
    """Last month's cells by hamlet, group and indicator."""
    before = MonthlyReport.objects.of(grid.unit).filter(month=grid.month - 1)
    rows = Figure.objects.filter(log__report__in=before).values_list(
        "log__hamlet", "log__group", "indicator__code", "value"
    )
    return {(hamlet, group, code): value for hamlet, group, code, value in rows}


def _by_hamlet(book: _Book, sheet: Any, grid: Grid, last: dict[Any, int]) -> None:
    """Hamlets by indicators, each with last month's figure beside it and its sum below."""
    indicators, lines = grid.catalogue.by_hamlet, lines_of(grid)
    sheet.write_row(HEAD, 0, [KEY, NAME], book.head)
    sheet.set_column(0, 0, 7)
    sheet.set_column(1, 1, 34)
    sheet.set_row(HEAD, 62)
    for y, line in enumerate(lines, start=HEAD + 1):
        sheet.write_string(y, 0, line.row.key, book.code)
        sheet.write_string(y, 1, f"{'    ' if line.row.group else ''}{line.name}", book.name)
    bottom = HEAD + len(lines) + 1
    sheet.write_string(bottom, 1, "Cộng", book.total)
    for place, indicator in enumerate(indicators):
        x = FIRST + 2 * place
        _heads(book, sheet, x, indicator)
        if not place or indicators[place - 1].section != indicator.section:
            sheet.write_string(GUIDANCE, x, indicator.section.name, book.section)
        for y, line in enumerate(lines, start=HEAD + 1):
            book.cell(sheet, (y, x), grid.cells.get((line.row, indicator.code)))
            past = last.get((line.row.hamlet, line.row.group, indicator.code))
            sheet.write(y, x + 1, past, book.past)
        for column in (x, x + 1):
            letters = xlsxwriter.utility.xl_col_to_name(column)
            now, before = (
                [grid.cells.get((line.row, indicator.code), 0) for line in lines],
                [last.get((line.row.hamlet, line.row.group, indicator.code), 0) for line in lines],
            )
            formula = f"=SUM({letters}{HEAD + 2}:{letters}{bottom})"
            sheet.write_formula(bottom, column, formula, book.total, sum(now if column == x else before))
        book.only_counts(sheet, (HEAD + 1, x), (bottom - 1, x))
    sheet.freeze_panes(HEAD + 1, FIRST)


def _heads(book: _Book, sheet: Any, x: int, indicator: Indicator) -> None:
    sheet.write_string(HEAD - 1, x, indicator.code, book.code)
    sheet.write_string(HEAD, x, f"{indicator.head} ({indicator.unit})", book.head)
    sheet.write_string(HEAD, x + 1, LAST_MONTH, book.past_head)
    sheet.set_column(x, x, 13)
    sheet.set_column(x + 1, x + 1, 8)
    said = [indicator.name, indicator.section.name, f"Đơn vị tính: {indicator.unit}."]
    said.append("Bắt buộc có số liệu." if indicator.core else "Không bắt buộc.")
    sheet.write_comment(HEAD, x, "\n".join(said))


def _whole(book: _Book, sheet: Any, grid: Grid, indicators: list[Indicator]) -> None:
    """What is typed for the unit as a whole: one indicator a row."""
    past = past_of(grid, (grid.month - 1, grid.month - 12))
    heads = [KEY, "Chỉ tiêu", "Đơn vị tính", THIS_MONTH, LAST_MONTH, "Cùng kỳ năm trước"]
    sheet.write_row(HEAD, 0, heads, book.head)
    for column, width in enumerate((22, 60, 12, 14, 14, 14)):
        sheet.set_column(column, column, width)
    for y, indicator in enumerate(indicators, start=HEAD + 1):
        sheet.write_string(y, 0, indicator.code, book.code)
        sheet.write_string(y, 1, indicator.name, book.name)
        sheet.write_string(y, 2, indicator.unit, book.name)
        book.cell(sheet, (y, 3), grid.cells.get((UNIT_ROW, indicator.code)))
        months = past.get(indicator.code, {})
        sheet.write(y, 4, months.get(grid.month - 1), book.past)
        sheet.write(y, 5, months.get(grid.month - 12), book.past)
    book.only_counts(sheet, (HEAD + 1, 3), (HEAD + len(indicators), 3))
    sheet.freeze_panes(HEAD + 1, 2)
