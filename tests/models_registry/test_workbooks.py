"""Files of every kind, the officers' own sheets, the template, and files that mean harm."""

import io
import unicodedata
import zipfile
from datetime import datetime

import openpyxl
import pytest

from communes.models import Hamlet
from models_registry.importing.files import marked, template
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.reader import MAX_CELLS, MAX_ROWS, TooLarge
from models_registry.importing.runs import importer_for, upload
from models_registry.importing.sections import LONGEST, Sections
from models_registry.importing.values import MOST_LETTERS, text
from models_registry.importing.workbooks import Unreadable, decode, held, read
from models_registry.models import (
    RegisterImport,
)
from reports.demo.register import CHI_DAM_FILES, WORKBOOKS
from tests import factories as f
from tests.models_registry.workbooks import NOW, TODAY, counted, do, planned, run_of, workbook

pytestmark = pytest.mark.usefixtures("in_a_process")

# Files -------------------------------------------------------------------------------------------


def test_a_csv_whose_letters_became_question_marks_is_not_read():
    lists = "Tên khu dân cư,Số hộ\nKhu Đồng Tiến,12\nKhu Phượng Hùng,9\n"
    with pytest.raises(Unreadable, match="đã thành dấu “\\?”"):
        read("a.csv", lists.encode("cp1252", "replace"))
    asked = "Tên khu dân cư,Ghi chú\nKhu 1,Có họp không?Chưa rõ\n"
    assert read("a.csv", asked.encode())[0].rows[1][1] == "Có họp không?Chưa rõ"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Tên khu dân cư;Số hộ\nKhu 11;12\n"),
        ("utf-16-be", "Tên khu dân cư;Số hộ\nKhu 11;12\n"),
        ("utf-16-le", "Tên khu dân cư;Số hộ\nKhu 11;12\n"),
        ("utf-16-le", "Đơn vị: xã Chí Đám\nTên khu dân cư;Số hộ\nKhu 11;12\n"),
        ("utf-16-be", "Đơn vị: xã Chí Đám\nTên khu dân cư;Số hộ\nKhu 11;12\n"),
        ("utf-16", "Tên khu dân cư\tSố hộ\nKhu 11\t12\n"),
        ("cp1258", "Tên khu dân cư,Số hộ\nKhu 11,12\n"),
    ],
)
def test_csv_is_read_in_the_encodings_and_with_the_marks_people_have(cast, encoding, text):
    # cp1258 writes base letters and combining tones
    content = (
        unicodedata.normalize("NFD", text).encode("cp1258", "ignore") if encoding == "cp1258" else text.encode(encoding)
    )
    if encoding == "cp1258":
        content = "Tên khu dân cư,Số hộ".translate({ord("ố"): "ô\u0301", ord("ộ"): "ô\u0323"}).encode("cp1258")
        content += b"\nKhu 11,12\n"
        assert unicodedata.normalize("NFC", decode(content)).startswith("Tên khu dân cư,Số hộ")
    run = run_of(cast, "hamlets", content, name="khu.csv")
    do(run, cast)
    assert Hamlet.objects.get(name="Khu 11").households == 12


def _zip(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "Tệp rỗng"),
        ("a.pdf", b"%PDF-1.7 ...", "“a.pdf” thực ra là tệp PDF"),
        ("a.doc", b"abc", "Không đọc được tệp “a.doc”"),
        ("a.xlsx", b"Rar!\x1a\x07", "tệp nén RAR"),
        ("a.xls", b"<html><body>login</body></html>", "trang web không có bảng nào, có thể do hết phiên đăng nhập"),
        ("a.xls", b"ID;PWXL;N;E\nC;Y1;X1", "không phải là bảng tính Excel thật"),
        ("a.zip", _zip(**{"a.xlsx": "x"}), "giải nén"),
        ("a.csv", '"Tên khu dân cư,Số hộ\nKhu 1,164\n'.encode(), "lỗi dấu ngoặc kép"),
        ("a.xlsx", b"x" * (10 * 1024 * 1024 + 1), "quá 10 MB"),
        ("a.xlsx", b"PK\x03\x04 broken", "bị hỏng"),
        ("a.docx", _zip(word__document_xml="<w/>"), "không phải là bảng tính"),
        ("a.xlsm", _zip(xl__workbook_xml="<x/>", xl__vbaProject_bin="x"), "có macro"),
        ("a.xlsx", _zip(xl__workbook_xml="0" * (201 * 1024 * 1024)), "bung ra quá lớn"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "đặt mật khẩu"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "hỏng hoặc sai loại"),
        ("a.xlsx", workbook([[]]), "không có dữ liệu"),
        ("a.csv", b"a\n" * (MAX_ROWS + 1), f"hơn {MAX_ROWS} dòng"),
        ("a.csv", "a;b\n".encode("utf-16-le") * (MAX_ROWS + 1), f"hơn {MAX_ROWS} dòng"),
        ("a.csv", b"1;" * 80 + b"\n" + (b"1;" * 80 + b"\n") * (MAX_CELLS // 80), "quá nhiều ô"),
        ("a.csv", b"a;b\nx\0;y\n" * 1000, "không phải là tệp văn bản"),
        ("a.csv", b"a" * 9_000_000, "có ô quá dài"),
        ("a.csv", b"," * 9_000_000, "có ô quá dài"),
        ("a.csv", b"a;b\nx;" + b"1" * 5_000_000, "có ô quá dài"),
        ("a.csv", b"a,b\nx," + b"1" * 40_000, "dài hơn 32767 chữ .ô B2"),
        ("a.html", b"<table><tr><td>" + b"1" * 40_000 + b"</table>", "dài hơn 32767 chữ .ô A1"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\0", "thực ra là ảnh"),
        ("a.csv", b"ab\0\1\2\0\0", "không phải là tệp văn bản"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(cast, name, content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        upload("groups", name, content, by=cast.lan, now=NOW)
    assert not RegisterImport.objects.exists()


def test_of_a_csv_no_more_is_held_than_a_workbook_may_have():
    """Ten megabytes of lines are a million rows, each some hundred bytes in the worker that reads them."""
    taken = iter([["Khu 1", "5"]] * (MAX_ROWS + 10))
    with pytest.raises(TooLarge, match="rows"):
        held(taken)
    assert len(list(taken)) == 9, "it ends where it is too much"
    assert len(held(iter([["Khu 1"], *[[""]] * (MAX_ROWS + 10)]))) == MAX_ROWS, (
        "blank lines below the data are not kept"
    )


def test_a_cell_longer_than_any_name_is_compared_by_its_beginning_and_refused_by_its_length(cast):
    """Twenty cells of 32,000 letters held a worker for minutes: each was folded anew for every name it may be."""
    assert len(text("a" * 32_000)) == MOST_LETTERS and len(text(" a" * 32_000, 50_000)) == 49_999
    plan = planned(run_of(cast, "groups", [["Tên tổ", "Loại tổ", "Khu"], ["Tổ " + "1" * 30_000, "Tổ khác", "Khu 1"]]))
    assert [fault.sentence for fault in plan.faults if "Dài 30003 ký tự" in fault.sentence], plan.faults
    assert len(Sections._bare("Tổ liên gia " + "1" * 32_000)) <= LONGEST


@pytest.mark.once
@pytest.mark.parametrize(
    "before",
    ["", "\ufeff", "\r\n\t ", "<?xml version='1.0'?><!DOCTYPE html>", "<!-- xuất từ hệ thống\n -->", "\ufeff<?xml?><!--x--> ", "<center>"],
)  # fmt: skip
def test_a_web_page_is_known_whatever_stands_before_it(cast, before):
    page = f"{before}<table><tr><td>Tên khu dân cư<td>Số&nbsp;hộ<tr><td>Khu&nbsp;91<td>1.164</table>"
    plan = planned(run_of(cast, "hamlets", page.encode(), name="a.xls"))
    assert [row.shown for row in plan.rows] == [{"name": "Khu 91", "households": "1164"}]


def test_a_workbook_of_the_officers_own_is_matched_by_its_heads(cast):
    rows = [
        ["UBND XÃ CHÍ ĐÁM"], ["DANH SÁCH KHU DÂN CƯ NĂM 2025"], [],
        ["STT", "Khu", "Quy mô", None, "Ghi chú"], [None, None, "Hộ", "Khẩu", None], ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [1, "Khu 12", 99, 401, "x"], [2, "Khu 13", 98, 400, None], ["Tổng cộng", None, 197, 801, None],
    ]  # fmt: skip
    plan = planned(run_of(cast, "hamlets", rows))
    assert counted(plan) == {NEW: 2, CHANGED: 0, UNCHANGED: 0, REFUSED: 0}
    assert plan.layouts[0].layout.columns == {"name": 1, "households": 2, "population": 3}
    assert plan.layouts[0].layout.unused() == ["STT", "Ghi chú"]


def test_columns_are_matched_by_hand_where_the_heads_say_nothing(cast):
    run = run_of(cast, "hamlets", [["A", "B"], ["Khu 12", 99]])
    plan = planned(run)
    assert plan.layouts[0].layout is None and plan.layouts[0].lacking == ["Tên khu dân cư"] and not plan.rows
    run.columns = {"Trang 1": {"head": 0, "columns": {"name": 0, "households": 1}}}
    run.save()
    do(run, cast)
    assert Hamlet.objects.get(name="Khu 12").households == 99


@pytest.mark.once
@pytest.mark.parametrize("kind", ["hamlets", "institutions", "groups", "members", "initiatives"])
def test_the_template_reads_itself_and_its_example_is_faultless(cast, kind):
    f.hamlet(cast.chi_dam, "Khu 5")
    f.group(cast.chi_dam, "security_team", name="Tổ ANTT Khu 5", hamlet=Hamlet.objects.get(name="Khu 5"))
    content = template(importer_for(kind, cast.chi_dam, TODAY))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[1:] == ["Ví dụ", "Hướng dẫn", "Danh mục"]
    rows = [[cell.value for cell in row] for row in book["Ví dụ"].iter_rows()]
    rows = [[v.date() if isinstance(v, datetime) else v for v in row] for row in rows]
    plan = planned(run_of(cast, kind, rows))
    assert not plan.faults and counted(plan)[NEW] + counted(plan)[CHANGED] + counted(plan)[UNCHANGED] == 1
    empty = planned(run_of(cast, kind, content))
    assert [sheet.name for sheet in empty.layouts] == [book.sheetnames[0]] and not empty.rows


@pytest.mark.once
@pytest.mark.parametrize(("kind", "file"), CHI_DAM_FILES)
def test_what_libreoffice_wrote_is_read(cast, kind, file):
    """The workbooks of the demonstration were made in LibreOffice Calc; tests/test_demo.py counts what they bring."""
    content = (WORKBOOKS / file).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"LibreOffice" in archive.read("docProps/app.xml")
    plan = planned(run_of(cast, kind, content, name=file))
    assert plan.layouts[0].layout and not plan.layouts[0].lacking and plan.rows


# Hostile files -----------------------------------------------------------------------------------


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def _hostile(rows: str) -> bytes:
    """A workbook whose sheet is this XML."""
    buffer, content = io.BytesIO(), workbook([["Tên khu dân cư"], ["Khu 11"]])
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, SHEET.format(rows) if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return buffer.getvalue()


@pytest.mark.once
@pytest.mark.parametrize(
    "content",
    [
        _hostile('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        _hostile("".join(f'<row r="{n}"><c r="GR{n}"><v>1</v></c></row>' for n in range(1, 9001))),
        _zip(xl__workbook_xml="<x/>")[:-30] + b"\0" * 30,
        b"<table><tr>" + b"<td colspan=1000 rowspan=1000>1" * 200 + b"<tr></tr>" * 1000,  # 200 million cells in 14 KB
        b"<table " + b"a=b " * 2_500_000 + b"><tr><td>1",  # took 2 GB
        b"<table><tr><td>1" + b"<![" * 2000 + b">",  # ended in an error of the reader
    ],
)
def test_a_file_that_asks_for_more_than_there_is_is_refused_and_the_server_lives(cast, content):
    with pytest.raises(Unreadable):
        upload("hamlets", "a.xls", content, by=cast.lan, now=NOW)


def test_a_web_page_of_tags_that_never_end_is_read_once():
    """Every one of them was tried for the end of all the others: hours for a file of this size."""
    assert read("a.xls", b"<table><tr><td>1" + b"<a " * 3_000_000)[0].rows == [["1"]]


def test_a_register_as_large_as_is_read_is_read_and_planned(cast):
    """Memory and time are the reader's process's own, bounded; what comes of it is bounded by rows and cells."""
    heads = ["Tên tổ", "Loại hình", "Khu dân cư", "Số thành viên", "Số hộ", "Ngày thành lập", "Quyết định thành lập"]
    rows = [[f"Tổ {n}", "LGTQ", f"Khu {(1, 2, 10)[n % 3]}", 7, 24, "01/02/2024", f"{n}/QĐ"] for n in range(1, MAX_ROWS)]
    plan = planned(run_of(cast, "groups", [heads, *rows]))
    assert counted(plan)[NEW] == MAX_ROWS - 1 and not plan.faults


@pytest.mark.parametrize("name", ["khu.csv", "một tên tệp dài hơn ba mươi mốt ký tự của Excel.csv"])
def test_a_csv_comes_back_marked_too(cast, name):
    content = "Tên khu dân cư,Số hộ\nKhu 11,mười\x01\n".encode()
    run = run_of(cast, "hamlets", content, name=name)
    sheet = openpyxl.load_workbook(io.BytesIO(marked(content, read(name, content), planned(run)))).active
    assert sheet["B2"].fill.start_color.rgb == "FFFFC7CE" and "số đếm" in sheet["C2"].value
