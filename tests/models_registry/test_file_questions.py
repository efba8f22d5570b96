"""What a file leaves open is asked before anything is written: old letters, what is hidden, two columns of one name."""

import io
from datetime import date
from io import StringIO

import openpyxl
import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from openpyxl.styles import Font

from communes.models import Hamlet
from communes.refusals import Refused
from models_registry.importing.letters import TCVN3, VNI, convert, kind_of, looks_legacy
from models_registry.importing.planning import NEW
from models_registry.models import SelfManagementGroup
from tests import factories as f
from tests.models_registry.test_unreadable_cells import DATA, as_file, given
from tests.models_registry.workbooks import counted, do, planned, run_of

ORDINARY = (
    "Tổ liên gia đường mới", "Hoà giải", "khoá", "thuý", "Trần Thị Loan", "Bản Heo Trại", "Quý", "1/2 ½", "Café", "Xã Ô Lâm", "hoè", "toàn xã", "Âu Cơ", "ý",
)  # fmt: skip


def answer(run, **answers):
    run.answers = {**run.answers, **answers}
    run.save()
    return run


@pytest.mark.parametrize(
    ("written", "kind", "read"),
    [
        ("Tæ liªn gia ®­êng míi", "tcvn3", "Tổ liên gia đường mới"),
        ("Khu d©n c­ sè 5", "tcvn3", "Khu dân cư số 5"),
        ("nguyÔn v¨n an", "tcvn3h", "NGUYỄN VĂN AN"),
        ("Toå lieân gia ñöôøng môùi", "vni", "Tổ liên gia đường mới"),
        ("TOÅ HOØA GIAÛI", "vni", "TỔ HÒA GIẢI"),
        ("Nguyeãn Thò Thuûy", "vni", "Nguyễn Thị Thủy"),
    ],
)
def test_letters_of_before_unicode_are_read(written, kind, read):
    assert convert(written, kind) == read
    assert kind_of(written) == kind.removesuffix("h")


@pytest.mark.parametrize("text", ORDINARY)
def test_proper_vietnamese_is_never_taken_for_an_old_encoding(text):
    assert kind_of(text) == "" and not looks_legacy(text)


def test_the_tables_hold_every_letter_of_the_alphabet():
    small = set("àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ")
    assert small <= set(TCVN3.values()) and small - set("ìí") <= set(VNI.values())


def test_a_list_in_tcvn3_is_converted_once_that_is_confirmed(cast):
    run = run_of(cast, "groups", given("tcvn3-names.xlsx"))
    plan = planned(run)
    (question,) = plan.open_questions
    assert (
        question.examples == (("Tæ liªn gia ®\xadêng míi", "Tổ liên gia đường mới"),) and "TCVN3" in question.sentence
    )
    with pytest.raises(Refused, match="Hãy trả lời trước"):
        do(run, cast)
    assert not SelfManagementGroup.objects.exists()
    do(answer(run, letters="convert"), cast)
    assert SelfManagementGroup.objects.get().name == "Tổ liên gia đường mới"


def test_letters_are_kept_where_the_officer_says_so(cast):
    run = answer(run_of(cast, "groups", given("tcvn3-names.xlsx")), letters="keep")
    assert not planned(run).open_questions and planned(run).rows[0].name.startswith("Tæ")


def test_heads_and_ansi_text_files_in_tcvn3_and_vni_are_recognised(cast):
    back = {new: old for old, new in TCVN3.items()}
    tcvn3 = "".join(back.get(c, c) for c in "Tên khu dân cư;Số hộ\nKhu Mới;12\nKhu Đình;13\n").encode("cp1252")
    vni = "Teân khu daân cö;Soá hoä\nKhu Môùi;12\nKhu Ñình;13\n".encode("cp1252")
    for content in (tcvn3, vni):
        plan = planned(run_of(cast, "hamlets", content, name="khu.csv"))
        assert [row.name for row in plan.rows] == ["Khu Mới", "Khu Đình"] and len(plan.open_questions) == 1


BYTES_AS_LETTERS = str.maketrans({code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256)})


def misread(text: str) -> str:
    """UTF-8 as a program shows it that takes each byte for a letter."""
    return text.encode().decode("latin-1").translate(BYTES_AS_LETTERS)


def test_utf8_that_was_read_byte_by_byte_is_put_together_again(cast):
    rows = [["Tên tổ", "Loại hình", "Khu dân cư"], ["Tổ liên gia đường mới", "Tổ liên gia tự quản", "Khu 1"]]
    for sheet in ([[misread(cell) for cell in row] for row in rows], [rows[0], [misread(cell) for cell in rows[1]]]):
        plan = planned(run_of(cast, "groups", sheet))
        (question,) = plan.open_questions
        assert "UTF-8 bị đọc sai" in question.sentence and plan.rows[0].name == "Tổ liên gia đường mới"
    content = "\n".join(";".join(row) for row in rows)
    plan = planned(run_of(cast, "groups", misread(content).encode(), name="a.csv"))
    assert plan.rows[0].name == "Tổ liên gia đường mới" and plan.open_questions


def test_a_font_tells_even_where_no_letter_does(cast):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Tên khu dân cư", "Số hộ"])
    sheet.write(1, 0, "Khu míi", book.add_format({"font_name": ".VnTimeH"}))
    book.close()
    plan = planned(run_of(cast, "hamlets", buffer.getvalue()))
    assert plan.rows[0].name == "KHU MỚI" and plan.open_questions


def filtered(*, hidden_sheet=False):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Khu")
    for y, row in enumerate([["Tên khu dân cư", "Số hộ"], ["Khu 11", 1], ["Khu 12", 2], ["Khu 13", 3]]):
        sheet.write_row(y, 0, row)
    if hidden_sheet:
        other = book.add_worksheet("Cũ")
        other.write_row(0, 0, ["Tên khu dân cư", "Số hộ"])
        other.write_row(1, 0, ["Khu 99", 9])
        other.hide()
    else:
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(("hidden_sheet", "rows"), [(False, {"skip": 2, "read": 3}), (True, {"skip": 3, "read": 4})])
def test_hidden_rows_and_sheets_are_asked_about(cast, hidden_sheet, rows):
    run = run_of(cast, "hamlets", filtered(hidden_sheet=hidden_sheet))
    (question,) = planned(run).open_questions
    assert ("trang ẩn “Cũ”" if hidden_sheet else "1 dòng ẩn hoặc bị lọc ở trang “Khu” (dòng 3)") in question.sentence
    with pytest.raises(Refused, match="Hãy trả lời trước"):
        do(run, cast)
    for given_answer, count in rows.items():
        assert counted(planned(answer(run, hidden=given_answer)))[NEW] == count


@pytest.mark.parametrize("name", ["hidden.xls", "hidden.ods"])
def test_hidden_rows_of_old_and_open_workbooks_are_asked_about(cast, name):
    run = run_of(cast, "hamlets", (DATA / name).read_bytes(), name=name)
    (question,) = planned(run).open_questions
    assert "1 dòng ẩn" in question.sentence and "(dòng 3)" in question.sentence


def test_two_columns_of_one_name_are_asked_about_unless_they_say_the_same(cast):
    rows = [["Tên khu", "Số hộ", "Nhân khẩu", "Hộ"], ["Khu 11", 120, 4, 99], ["Khu 12", 121, 5, 98]]
    run = run_of(cast, "hamlets", rows)
    (question,) = planned(run).open_questions
    assert [words for _, words in question.choices] == ["Cột B: Số hộ", "Cột D: Hộ"]
    do(answer(run, **{question.key: "3"}), cast)
    assert Hamlet.objects.get(name="Khu 11").households == 99
    rows = [["Tên khu", "Số hộ", "Hộ"], ["Khu 13", 120, 120]]
    assert not planned(run_of(cast, "hamlets", rows)).questions


def test_names_that_excel_turned_into_days_or_fractions_are_faults(cast):
    f.hamlet(cast.chi_dam, "Khu 5")
    rows = [["Tên khu", "Số hộ"], [date(2025, 3, 5), 1], [0.5, 2], [7, 3]]
    plan = planned(run_of(cast, "hamlets", rows))
    said = [(fault.cell, "Văn bản (Text)" in fault.sentence) for fault in plan.faults]
    assert said == [("A2", True), ("A3", True), ("A4", False)]  # 7 is no name either: which hamlet is meant?


def test_the_page_asks_and_the_answer_is_kept(client, cast):
    run = run_of(cast, "hamlets", filtered())
    client.force_login(cast.lan)
    address = f"/register/import/hamlets/{run.pk}/"
    page = client.get(f"{address}?whole=1").content.decode()
    assert "Cần bạn trả lời trước khi nhập" in page and "Nhập 2 dòng" not in page
    assert client.get(f"{address}answers/").status_code == 405
    client.force_login(cast.tuan)
    assert client.post(f"{address}answers/", {"answer.hidden": "read"}).status_code == 404
    client.force_login(cast.lan)
    client.post(f"{address}answers/", {"answer.hidden": "nonsense"})
    assert "Cần bạn trả lời" in client.get(f"{address}?whole=1").content.decode()
    client.post(f"{address}answers/", {"answer.hidden": "read"})
    page = client.get(f"{address}?whole=1").content.decode()
    assert "Cách đọc tệp" in page and "Nhập 3 dòng" in page


def test_blanks_leave_what_stands_and_say_so_or_take_it_away_where_that_is_meant(cast):
    khu = cast.khu[0]
    khu.households, khu.population = 163, 619
    khu.save()
    rows = [["Tên khu dân cư", "Số hộ", "Nhân khẩu"], ["Khu 1", 170, None], ["Khu 2", 5, None], ["Khu 11", 1, None]]
    run = run_of(cast, "hamlets", rows)
    plan = planned(run)
    (question,) = plan.questions
    assert (
        question.answer == "keep"
        and "1 ô của tệp để trống mà danh bạ đang có (Khu 1: số nhân khẩu)" in question.sentence
    )
    assert not plan.open_questions and plan.rows[0].changes == [("số hộ", "163", "170")]
    plan = planned(answer(run, blanks="clear"))
    assert plan.rows[0].changes == [("số hộ", "163", "170"), ("số nhân khẩu", "619", "–")]
    do(run, cast)
    khu.refresh_from_db()
    assert (khu.households, khu.population) == (170, None)


def test_the_command_asks_too(cast, tmp_path):
    path, said = tmp_path / "khu.xlsx", StringIO()
    path.write_bytes(filtered())
    with pytest.raises(CommandError, match="Hãy trả lời trước"):
        call_command("import_groups", path, kind="hamlets", by="lan", stdout=said)
    assert "--answer hidden=read" in said.getvalue()
    call_command("import_groups", path, "--kind=hamlets", "--by=lan", "--answer=hidden=read", stdout=said)
    assert Hamlet.objects.filter(name="Khu 12").exists()


def test_a_hidden_column_is_asked_about_and_passed_by_or_read(cast):
    book = openpyxl.Workbook()
    for row in (["TT", "Tên khu dân cư", "Số hộ", "Nhân khẩu"], [1, "Khu 1", 164, 620]):
        book.active.append(row)
    for letter in "AC":  # numbers of lines are nobody's business
        book.active.column_dimensions[letter].hidden = True
    run = run_of(cast, "hamlets", as_file(book))
    (question,) = planned(run).open_questions
    assert "1 cột ẩn" in question.sentence and "(cột C)" in question.sentence
    (row,) = planned(answer(run, hidden="skip")).rows
    assert [change[0] for change in row.changes] == ["số nhân khẩu"]
    (row,) = planned(answer(run, hidden="read")).rows
    assert [change[0] for change in row.changes] == ["số hộ", "số nhân khẩu"]


def test_unicode_typed_in_an_old_font_is_left_as_it_is(cast):
    book = openpyxl.Workbook()
    for row in (["Tên tổ", "Loại hình", "Khu dân cư"], ["Tổ Đông Sơn", "LGTQ", "Khu 1"], ["Nhóm Tâm", "LGTQ", "Khu 1"]):
        book.active.append(row)
    for cell in ("A2", "A3"):
        book.active[cell].font = Font(name=".VnTime")
    plan = planned(run_of(cast, "groups", as_file(book)))
    assert not plan.questions and [row.name for row in plan.rows] == ["Tổ Đông Sơn", "Nhóm Tâm"]
