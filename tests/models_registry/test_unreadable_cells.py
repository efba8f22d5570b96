"""What cannot be read is said with its cell, and never taken for a blank: formulas, errors, sheets far too wide."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from models_registry.importing.files import marked
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.runs import upload
from models_registry.importing.workbooks import Unreadable, UnreadCell, read
from models_registry.models import SelfManagementGroup
from tests.models_registry.workbooks import NOW, counted, do, planned, run_of, workbook

DATA = Path(__file__).resolve().parent.parent / "data" / "files"


def given(name):
    return (DATA / name).read_bytes()


@pytest.fixture
def chi_dam(cast):
    """The hamlets of the officers' files as the register has them."""
    for hamlet, households, population in ((cast.khu[0], 163, 619), (cast.khu[1], 151, 580)):
        hamlet.households, hamlet.population = households, population
        hamlet.save()
    return cast


def as_file(book):
    """The bytes of an openpyxl book."""
    book.save(buffer := io.BytesIO())
    return buffer.getvalue()


def faults_of(plan):
    return [(fault.cell, fault.value, fault.sentence) for fault in plan.faults]


def changes_of(plan):
    return [(row.name, row.changes) for row in plan.rows if row.outcome == CHANGED]


def test_a_formula_without_a_stored_result_is_a_fault_and_not_a_blank(chi_dam):
    plan = planned(run_of(chi_dam, "hamlets", given("formula-without-result.xlsx")))
    assert counted(plan) == {NEW: 0, CHANGED: 0, UNCHANGED: 0, REFUSED: 1}
    said = "Ô có công thức nhưng tệp không lưu kết quả. Hãy mở bằng Excel, lưu lại rồi tải lên; hoặc ghi thẳng số."
    assert faults_of(plan) == [("B2", "=100+70", said), ("C2", "=B2*4", said)]


def test_a_formula_that_was_calculated_is_read(chi_dam):
    plan = planned(run_of(chi_dam, "hamlets", given("formulas-and-a-fault.xlsx")))
    assert changes_of(plan) == [("Khu 1", [("số hộ", "163", "160"), ("số nhân khẩu", "619", "600")])]
    assert [fault.cell for fault in plan.faults] == ["C3"]


def test_the_marked_workbook_keeps_formulas_and_their_results(chi_dam):
    content = given("formulas-and-a-fault.xlsx")
    plan = planned(run_of(chi_dam, "hamlets", content))
    back = marked(content, read("x.xlsx", content), plan)
    again = planned(run_of(chi_dam, "hamlets", back))
    assert changes_of(again) == changes_of(plan) and [fault.cell for fault in again.faults] == ["C3"]
    assert openpyxl.load_workbook(io.BytesIO(back)).active["B2"].value == "=100+60"
    assert openpyxl.load_workbook(io.BytesIO(back), data_only=True).active["B2"].value == 160


def test_a_marked_workbook_of_before_that_lost_its_results_is_refused(chi_dam):
    plan = planned(run_of(chi_dam, "hamlets", given("marked-without-results.xlsx")))
    assert {fault.cell for fault in plan.faults} >= {"B2", "B3"} and counted(plan)[REFUSED] == 2


def test_results_of_every_sort_come_back_from_the_marked_workbook(chi_dam):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Khu & thôn")
    sheet.write_row(0, 0, ["Tên khu dân cư", "Số hộ", "Từ ngày"])
    sheet.write_formula(1, 0, '="Khu "&3', None, "Khu 3 & 4 <cũ>")
    sheet.write_formula(1, 1, "=1-1", None, "mấy")
    sheet.write_formula(1, 2, "=TODAY()", day, 45000)
    book.close()
    content = buffer.getvalue()
    plan = planned(run_of(chi_dam, "hamlets", content))
    (sheet,) = read("x.xlsx", marked(content, read("x.xlsx", content), plan))
    assert sheet.rows[1][:3] == read("x.xlsx", content)[0].rows[1] and sheet.rows[1][0] == "Khu 3 & 4 <cũ>"


def with_formula(result, *, form="", fresh=False):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    if not fresh:
        book.calc_on_load = False
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Tên khu dân cư", "Số hộ", "Ghi chú"])
    sheet.write_row(1, 0, ["Khu 1"])
    sheet.write_formula(1, 1, "=A9/A10", book.add_format({"num_format": form}) if form else None, result)
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (with_formula("#DIV/0!"), "Ô báo lỗi #DIV/0!. Hãy sửa công thức"),
        (with_formula("#REF!"), "Ô báo lỗi #REF!"),
        (with_formula(0.5, form="0%"), "Ô ghi phần trăm"),
        (with_formula(0, fresh=True), "tệp không lưu kết quả"),
    ],
)
def test_errors_shares_and_results_that_were_never_worked_out_are_faults(chi_dam, content, sentence):
    (fault,) = planned(run_of(chi_dam, "hamlets", content)).faults
    assert fault.cell == "B2" and sentence in fault.sentence  # the error among the remarks is nobody's business


def test_a_result_of_zero_that_was_worked_out_is_a_zero(chi_dam):
    plan = planned(run_of(chi_dam, "hamlets", with_formula(0)))
    assert changes_of(plan) == [("Khu 1", [("số hộ", "163", "0")])]


@pytest.mark.parametrize(("name", "where"), [("errors.xls", ["B2", "C3"]), ("errors.ods", ["B2", "C3", "B4"])])
def test_errors_in_old_and_open_workbooks_are_faults_too(chi_dam, name, where):
    plan = planned(run_of(chi_dam, "hamlets", given(name), name=name))
    assert [fault.cell for fault in plan.faults] == where
    assert all("#DIV/0!" in fault.sentence or "công thức" in fault.sentence for fault in plan.faults)


def test_formulas_in_a_text_file_have_no_result_and_quoted_text_is_text(chi_dam):
    content = 'Tên khu dân cư;Số hộ;Nhân khẩu\n=A9;1;2\n="Khu 1";=163+1;="620"\n'.encode()
    plan = planned(run_of(chi_dam, "hamlets", content, name="a.csv"))
    assert [(cell, value) for cell, value, _ in faults_of(plan)] == [("A2", "=A9"), ("B3", "=163+1")]
    assert all("không lưu kết quả" in sentence for _, _, sentence in faults_of(plan))
    plan = planned(
        run_of(chi_dam, "hamlets", b'T\xc3\xaan khu;S\xe1\xbb\x91 h\xe1\xbb\x99\n="Khu 1";="164"\n', name="a.csv")
    )
    assert changes_of(plan) == [("Khu 1", [("số hộ", "163", "164")])]


# Sheets that seem large --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["space-in-a30000.xlsx", "space-in-xfd.xlsx"])
def test_one_stray_space_does_not_make_a_sheet_large(chi_dam, name):
    plan = planned(run_of(chi_dam, "hamlets", given(name)))
    assert changes_of(plan) == [("Khu 1", [("số hộ", "163", "164")])] and len(plan.rows) == 1


def test_one_stray_space_does_not_make_an_open_document_large(chi_dam):
    """It has days, a formula with its result and a blank of two in a name, and a space in XFD1048576."""
    plan = planned(run_of(chi_dam, "hamlets", given("space-in-xfd.ods"), name="a.ods"))
    (row,) = plan.rows
    assert row.shown == {"name": "Khu 1", "households": "164", "population": "600", "covenant_on": "01/03/2023"}


def test_an_open_document_that_is_large_is_told_by_its_cell():
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(given("space-in-xfd.ods"))) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "content.xml":
                content = content.replace(b"<text:s/>", b"x")
            new.writestr(part, content)
    with pytest.raises(Unreadable, match="ô XFD1048576"):
        read("a.ods", buffer.getvalue())


@pytest.mark.parametrize("unseen", ["\u200b", "\u2800", "\ufeff\u00a0"])
def test_what_nobody_sees_does_not_make_a_sheet_large(chi_dam, unseen):
    rows = [["Tên khu dân cư", "Số hộ", *[None] * 298, unseen], ["Khu 1", 164]]
    plan = planned(run_of(chi_dam, "hamlets", rows))
    assert changes_of(plan) == [("Khu 1", [("số hộ", "163", "164")])]


def test_a_letter_that_was_lost_is_a_fault(chi_dam):
    plan = planned(run_of(chi_dam, "hamlets", "Tên khu dân cư;Số hộ\nKhu m\ufffdi;5\n".encode(), name="a.csv"))
    ((cell, _, sentence),) = faults_of(plan)
    assert cell == "A2" and "chữ đã mất" in sentence


def test_a_cell_of_text_far_away_is_named(chi_dam):
    for place, sentence in (
        ((30_000, 0), "ô A30001"),
        ((30_000, 4), "ô E30001"),
        ((4, 300), "ô KO5"),
        ((1_048_575, 16_383), "ô XFD1048576"),
    ):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Tên khu dân cư", "Số hộ"])
        sheet.write(*place, "x")
        book.close()
        with pytest.raises(Unreadable, match=sentence):
            upload("hamlets", "a.xlsx", buffer.getvalue(), by=chi_dam.lan, now=NOW)


def test_a_csv_with_more_than_two_hundred_columns_is_refused_and_not_cut(chi_dam):
    content = ("Tên khu dân cư;" + ";" * 250 + "Số hộ\nKhu 1;" + ";" * 250 + "9\n").encode()
    with pytest.raises(Unreadable, match=r"hơn 200 cột \(ô IR1"):
        upload("hamlets", "a.csv", content, by=chi_dam.lan, now=NOW)
    blank = (
        b"T\xc3\xaan khu d\xc3\xa2n c\xc6\xb0;S\xe1\xbb\x91 h\xe1\xbb\x99\nKhu 1;164"
        + b";" * 300
        + b"\n" * 30_000
        + b" ;\n"
    )
    assert len(planned(run_of(chi_dam, "hamlets", blank, name="a.csv")).rows) == 1


# Files that are not what they are called ---------------------------------------------------------


@pytest.mark.parametrize("name", ["web-page.xls", "csv-named.xlsx"])
def test_a_web_page_or_a_csv_that_calls_itself_excel_is_read(chi_dam, name):
    plan = planned(run_of(chi_dam, "groups", given(name), name=name))
    assert [(row.name, row.outcome) for row in plan.rows] == [("Tổ A", NEW)] and not plan.faults


def test_a_web_page_with_cells_over_several_rows_and_entities_is_read(chi_dam):
    page = (
        "<html><head><style>td {color: red}</style></head><table><tr><th colspan=2>DANH S&Aacute;CH</th></tr>"
        "<tr><th>Khu dân cư<th>Tên tổ<th>Loại hình</tr><tr><td rowspan=2>Khu&nbsp;1</td><td>Tổ <b>A</b><br></td>"
        "<td>LGTQ</td></tr><tr><td>Tổ B</td><td>LGTQ</td></tr></table>"
    ).encode()
    plan = planned(run_of(chi_dam, "groups", page, name="a.xls"))
    assert [row.name for row in plan.rows] == ["Tổ A", "Tổ B"] and not plan.faults
    do(run_of(chi_dam, "groups", page, name="a.xls"), chi_dam)
    assert {group.hamlet for group in SelfManagementGroup.objects.all()} == {chi_dam.khu[0]}


@pytest.mark.parametrize(
    "content",
    [b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'],
)  # fmt: skip
def test_a_web_archive_is_refused_with_the_way_to_save_it(chi_dam, content):
    with pytest.raises(Unreadable, match=r"Save As.*\.xlsx"):
        upload("groups", "a.xls", content, by=chi_dam.lan, now=NOW)


def test_the_mark_of_a_csv_is_found_below_a_title_with_more_commas(chi_dam):
    content = (
        "DANH SÁCH KHU DÂN CƯ, XÃ CHÍ ĐÁM, TỈNH PHÚ THỌ, NĂM 2026, QUÝ I\n\nTên khu dân cư;Số hộ\nKhu 1;164\nKhu 2;151\n"
    ).encode()
    plan = planned(run_of(chi_dam, "hamlets", content, name="a.csv"))
    assert changes_of(plan) == [("Khu 1", [("số hộ", "163", "164")])] and counted(plan)[UNCHANGED] == 1


def test_what_our_csv_puts_before_a_formula_is_taken_off_again(chi_dam):
    content = "Tên khu dân cư;Số hộ\n'-Khu 9;5\n'Khu 8;6\n".encode()
    (sheet,) = read("a.csv", content)
    assert [row[0] for row in sheet.rows] == ["Tên khu dân cư", "-Khu 9", "'Khu 8"]
    (sheet,) = read("a.xlsx", workbook([["'=1+1", "'x"]]))
    assert sheet.rows[0] == ["=1+1", "'x"]


def test_cells_merged_over_rows_count_for_all_of_them(chi_dam):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.merge_range("A1:C1", "DANH SÁCH TỔ TỰ QUẢN")
    sheet.merge_range("A2:A3", "Khu dân cư")
    sheet.merge_range("B2:C2", "Tổ")
    sheet.write_row("B3", ["Tên tổ", "Loại hình"])
    sheet.merge_range("A4:A6", "Khu 1")
    for row in (3, 4, 5):
        sheet.write_row(row, 1, [f"Tổ {row}", "LGTQ"])
    book.close()
    plan = planned(run_of(chi_dam, "groups", buffer.getvalue()))
    assert counted(plan) == {NEW: 3, CHANGED: 0, UNCHANGED: 0, REFUSED: 0}
    assert {row.hamlet_id for row in plan.importer.new} == {chi_dam.khu[0].pk}


def test_a_binary_workbook_is_refused_because_its_errors_cannot_be_told(chi_dam):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    with pytest.raises(Unreadable, match="xlsb"):
        upload("groups", "a.xlsb", buffer.getvalue(), by=chi_dam.lan, now=NOW)


def test_an_unread_cell_shows_what_stands_there():
    assert str(UnreadCell("formula", "=A1")) == "=A1" and str(UnreadCell("error", "")) == "?"


def test_a_line_of_a_csv_that_is_wider_than_its_like_has_a_number_cut_in_two():
    def rows(*lines):
        return read("a.csv", "\n".join(lines).encode())[0].rows

    cut = rows("Danh sách, năm 2026, của xã, in ngày 5", "Khu,Hộ,Khẩu", "Khu 1,12,30", "Khu 2,1,164,30", "Khu 3,7,8")
    assert [isinstance(cell, UnreadCell) for cell in cut[3]] == [False, True, True, True]
    assert "ngoặc kép" in cut[3][1].sentence and cut[4][1] == "7" and cut[0][0] == "Danh sách"
    whole = rows("Khu,Hộ", '"Khu 1","1,164"', "Khu 2,7,,", "Khu 3,8")
    assert not any(isinstance(cell, UnreadCell) for row in whole for cell in row)
