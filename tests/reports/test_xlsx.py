"""Tables as Excel: real numbers, blanks, formulas made harmless, and a sheet that prints."""

import io
import tracemalloc
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from reports.tables.table import Cell, Column, Table
from reports.tables.xlsx import workbook

HEADS = [Column("Đơn vị", numeric=False), Column("Lượt tuần tra (lượt)"), Column("Tỷ lệ")]


def sheet_of(rows, notes=(), title="Tuần tra"):
    return load_workbook(io.BytesIO(workbook([Table(title, HEADS, rows, notes)]))).active


def test_numbers_are_numbers_blanks_are_empty_and_zero_is_zero():
    sheet = sheet_of([[Cell("Khu 1"), Cell(1164), Cell(Decimal("0.5"))], [Cell("Khu 2"), Cell(0), Cell(None)]])
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows == [["Khu 1", 1164, 0.5], ["Khu 2", 0, None]]
    assert [cell.number_format for cell in sheet[4]][1:] == ["#,##0", "#,##0.###"]


def test_changes_have_their_sign_and_totals_are_bold():
    sheet = sheet_of([[Cell("Cộng", style="sum"), Cell(-4, style="signed sum"), Cell(Decimal("2.50"), style="signed")]])
    assert [cell.value for cell in sheet[4]] == ["Cộng", -4, 2.5]
    assert sheet["B4"].number_format == "+#,##0;-#,##0;0" and sheet["C4"].number_format.startswith("+#,##0.00")
    assert [cell.font.bold for cell in sheet[4]] == [True, True, False]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)", "=HYPERLINK(1)", "http://a.vn", "{=1}"])
def test_no_text_becomes_a_formula_or_a_link(text):
    sheet = sheet_of([[Cell(text), Cell(1), Cell(1)]], notes=[text], title=text)
    assert sheet["A4"].value == text and sheet["A4"].data_type == "s" and sheet["A4"].hyperlink is None
    assert sheet["A6"].value == text and sheet["A6"].data_type == "s"
    assert sheet["A1"].data_type == "s"


def test_the_sheet_is_laid_out_for_reading_and_for_a4_across():
    sheet = sheet_of([[Cell("Khu 1"), Cell(1), Cell(2)]] * 3, notes=["118/148 báo cáo"])
    assert sheet.freeze_panes == "B4" and sheet.print_title_rows == "$3:$3"
    assert sheet.print_area.replace("$", "").endswith("A1:C8") and sheet["A8"].value == "118/148 báo cáo"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert "&P/&N" in sheet.oddFooter.center.text or sheet.oddFooter.center.text == "&P/&N"


def test_titles_that_excel_refuses_and_empty_tables_are_no_obstacle():
    content = workbook([Table("[x]:*?/\\'" + "dài " * 20, HEADS, []), Table("[x]:*?/\\'" + "dài " * 20, HEADS, [])])
    assert len(load_workbook(io.BytesIO(content)).sheetnames) == 2


def test_memory_does_not_grow_with_the_rows():
    """The rows are those of one table, written again and again: what grows is the file alone."""
    row = [Cell("Xã"), Cell(1164), Cell(Decimal("0.5"))]

    def peak(number):
        table = Table("Tuần tra", HEADS, [row] * number)
        tracemalloc.start()
        size = len(workbook([table]))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest - size

    assert peak(8_000) < 2 * peak(1_000) + 1_000_000
