"""The register in a browser: a workbook with faults, mended, applied and taken back; lists without reloading."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import sign_in

HEADS = ["Tên tổ", "Loại hình", "Khu dân cư", "Số thành viên"]
GOOD = [["Tổ liên gia số 91", "LGTQ", "Khu 1", 22], ["Tổ liên gia số 92", "LGTQ", "Khu 2", "1.024"]]
BAD = [["Tổ liên gia số 93", "LGTQ", "Khu 77", 22], ["Tổ liên gia số 94", "Liên giá", "Khu 3", "mười"]]


def workbook(rows: list[list], folder: Path, name: str = "to.xlsx") -> Path:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Tổ")
    for y, row in enumerate([HEADS, *rows]):
        sheet.write_row(y, 0, row)
    book.close()
    path = folder / name
    path.write_bytes(buffer.getvalue())
    return path


@pytest.fixture
def start(page) -> Page:
    sign_in(page, "chidam.canbo", "/register/import/groups/")
    return page


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()


def tile(page: Page, words: str) -> str:
    return page.locator(".tile", has_text=words).locator("b").inner_text()


def test_a_workbook_with_faults_is_mended_applied_and_taken_back(start, tmp_path):
    upload(start, workbook(GOOD + BAD, tmp_path))
    expect(start.locator(".tile")).to_have_count(4)
    assert [tile(start, words) for words in ("dòng mới", "dòng có lỗi")] == ["2", "2"]
    faults = start.get_by_role("region", name="Các lỗi")
    expect(faults).to_contain_text("C4")
    expect(faults).to_contain_text("Không có khu dân cư “Khu 77”")
    expect(faults).to_contain_text("“mười” không phải là số đếm")
    with start.expect_download() as marked:
        start.get_by_role("link", name="Tải lại tệp có đánh dấu lỗi").click()
    sheet = openpyxl.load_workbook(io.BytesIO(marked.value.path().read_bytes())).active
    assert sheet["C4"].fill.start_color.rgb == "FFFFC7CE" and sheet["E1"].value == "Lỗi cần sửa"

    start.get_by_role("link", name="Tải tệp khác").click()
    upload(start, workbook(GOOD, tmp_path, "to-sua.xlsx"))
    start.get_by_role("button", name="Nhập 2 dòng vào danh bạ").click()
    expect(start.get_by_role("heading", level=1)).to_contain_text("“to-sua.xlsx”: 2 mới")
    start.goto("/register/groups/?q=tổ+số+092")  # a number is found whole, with or without its zero
    expect(start.locator("tbody tr")).to_have_count(1)
    expect(start.locator("tbody")).to_contain_text("1.024")
    start.goto("/register/recent/")
    start.get_by_role("link", name=re.compile("to-sua.xlsx")).click()
    start.get_by_role("button", name="Hoàn tác thay đổi này").click()
    expect(start.locator(".messages")).to_contain_text("Đã hoàn tác")
    start.goto("/register/groups/?q=tổ+số+092")
    expect(start.locator("tbody tr")).to_have_count(0)


def test_a_file_of_the_wrong_kind_is_refused_where_it_was_chosen(start, tmp_path):
    watch_of(start).expected.append("status of 422")
    picture = tmp_path / "anh.xlsx"
    picture.write_bytes(b"\x89PNG" + b"\0" * 500)
    upload(start, picture)
    expect(start.get_by_role("alert")).to_contain_text("thực ra là ảnh")
    upload(start, workbook(GOOD, tmp_path))
    expect(start.locator(".tile")).to_have_count(4)


def test_a_workbook_is_applied_without_javascript(browse, tmp_path):
    page = browse(java_script_enabled=False)
    sign_in(page, "chidam.canbo", "/register/import/groups/")
    upload(page, workbook(GOOD + BAD, tmp_path))
    page.get_by_role("link", name="Xem kết quả kiểm tra").click()
    page.get_by_role("checkbox", name=re.compile("Tôi đồng ý chỉ nhập 2 dòng tốt")).check()
    page.get_by_role("button", name="Nhập 2 dòng vào danh bạ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bỏ 2 dòng lỗi")


def test_the_list_follows_the_choice_without_a_click_and_the_address_holds_it(page):
    sign_in(page, "chidam.canbo", "/register/groups/")
    page.get_by_label("Tìm tên, số, người đứng đầu").press_sequentially("lien gia so 2")
    expect(page.locator("#list")).to_contain_text("39 tổ tự quản")
    page.locator(".columns-choice summary").click()
    page.get_by_role("checkbox", name="Sinh hoạt").check()
    expect(page.locator("thead")).to_contain_text("Sinh hoạt")
    assert "columns=meets" in page.url and "q=lien%20gia%20so%202" in page.url
    page.get_by_role("link", name="Thành viên", exact=True).last.click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Thành viên"))


def test_chosen_groups_are_changed_at_once(page):
    sign_in(page, "chidam.canbo", "/register/groups/?q=so+2")
    for box in page.locator("tbody input[type=checkbox]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Sửa các mục đã chọn").click()
    page.get_by_label("Việc cần làm").select_option(label="Sửa “Sinh hoạt”")
    page.get_by_label("Sinh hoạt", exact=False).last.select_option(label="Hằng quý")
    page.get_by_role("button", name="Sửa 2 mục").click()
    expect(page.locator(".messages")).to_contain_text("Đã làm xong")
