"""Acts on a whole province in a browser: each step is told while it goes on, then comes the page."""

import json
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import sign_in

HEADS = ["Mã xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết, quyết định", "Từ ngày"]


def press(page: Page, name: str) -> list[str]:
    """Press a button whose work is told; return what was told of it."""
    told: list[str] = []

    def listen(route: Route) -> None:
        answer = route.fetch()
        told.extend(answer.text().splitlines())
        route.fulfill(response=answer)

    page.route(lambda url: True, listen, times=1)
    page.get_by_role("button", name=name).first.click()
    expect(page.locator("[data-progress]:not([hidden])")).to_have_count(0)
    return [line["said"] for line in map(json.loads, told) if "said" in line]


def test_a_round_of_hamlets_is_told_step_by_step_and_taken_back(page: Page, base: str):
    sign_in(page, "phutho.phong", "/register/hamlets/round/")
    book = openpyxl.Workbook()
    for row in (HEADS, *(["07999", f"Khu {n}", "Khu Trung Tâm", "12/NQ-HĐND", "01/07/2026"] for n in (1, 2))):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    sheet = {"name": "khu.xlsx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    page.locator("#file").set_input_files(sheet)
    assert "tổ tự quản" in press(page, "Kiểm tra")
    expect(page.get_by_role("heading", name="Sẽ ghi 1 thay đổi")).to_be_focused()
    expect(page.locator("main")).to_contain_text("Sáp nhập Khu 1, Khu 2 thành Khu Trung Tâm")
    assert "thành viên" in press(page, "Ghi cả danh sách")
    expect(page.locator(".messages")).to_contain_text("Đã ghi 1 thay đổi")
    assert any(said.startswith("trả lại") for said in press(page, "Hoàn tác"))
    expect(page.locator(".messages")).to_contain_text("Đã hoàn tác 1 thay đổi")


def test_an_arrangement_of_units_is_told_step_by_step_and_taken_back(page: Page, base: str):
    sign_in(page, "phutho.phong", "/dashboard/arrangements/")
    for label, text in {
        "Đơn vị cũ": "04792; 04795",
        "Mã đơn vị mới": "04795",
        "Tên đơn vị mới": "Phường Hòa Bình",
        "Nghị quyết, quyết định": "12/NQ",
        "Từ ngày": f"{datetime.now(ZoneInfo('Asia/Ho_Chi_Minh')):%d/%m/%Y}",
    }.items():
        page.get_by_label(label).first.fill(text)
    told = press(page, "Xem trước")
    assert "tổ tự quản" in told and "cụm xã, tài khoản" in told
    expect(page.locator("#preview")).to_contain_text("Phường Hòa Bình")
    expect(page.locator("#preview")).to_be_focused()
    assert "mô hình" in press(page, "Ghi cả lần sắp xếp")
    expect(page.locator(".messages")).to_contain_text("Đã ghi")
    assert any(said.startswith("trả lại") for said in press(page, "Hoàn tác"))
    expect(page.locator("#undoing")).to_contain_text("Phường Hòa Bình")
    assert any(said.startswith("trả lại") for said in press(page, "Hoàn tác cả lần sắp xếp"))
    expect(page.locator(".messages")).to_contain_text("Đã hoàn tác")
