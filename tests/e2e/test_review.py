"""A reviewer's day: the clean ones at once, the odd ones by keyboard, cells back to a commune and its answers."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import COMMUNE, MONTH, hamlets, sign_in
from tests.e2e.test_every_page import RULES, no_violation
from tests.e2e.test_walk import enter, send

LAST = MONTH - 1
QUEUE = f"/review/?month={LAST}"


def waiting(page) -> int:
    page.goto(QUEUE)
    return int(re.search(r"\((\d+)\)", page.locator("#sent h2").inner_text())[1])


def press(page, keys: str) -> None:
    page.wait_for_load_state("load")  # the page's script has run
    page.keyboard.press(keys)


def test_the_clean_are_approved_at_once_and_the_odd_by_keyboard(browse):
    page = browse()
    sign_in(page, "phutho.phong", QUEUE)
    before = waiting(page)
    odd = page.locator(".queue tbody tr").count()
    assert 0 < odd < before
    page.get_by_role("link", name="Xem danh sách và duyệt cùng lúc…").click()
    expect(page.get_by_text("Duyệt nghĩa là:")).to_be_visible()
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="Duyệt các báo cáo đã chọn").click()
    expect(page.get_by_text(f"Đã duyệt {before - odd - 1} báo cáo.")).to_be_visible()
    assert waiting(page) == odd + 1
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text(f"Đã hoàn tác việc duyệt {before - odd - 1} báo cáo")).to_be_visible()
    assert waiting(page) == before

    page.locator(".queue tbody a").first.click()
    expect(page.get_by_role("link", name=f"Hàng đợi (1/{before})")).to_be_visible()
    first = page.locator("h1").inner_text()
    press(page, "Alt+n")
    expect(page.get_by_role("link", name=f"Hàng đợi (2/{before})")).to_be_visible()
    press(page, "Alt+p")
    expect(page.locator("h1")).to_have_text(first)
    press(page, "Alt+a")
    expect(page.locator("h1")).not_to_have_text(first)
    expect(page.get_by_text("Đã duyệt báo cáo.")).to_be_visible()
    press(page, "Alt+r")
    expect(page.get_by_role("heading", name="Trả lại: chọn ô cần sửa")).to_be_visible()


def test_chosen_cells_go_back_and_are_answered_first(browse):
    officer, chief, reviewer = browse(), browse(), browse()
    rows = enter(officer)
    sign_in(chief, "chidam.chihuy")
    send(chief)
    sign_in(reviewer, "phutho.phong", f"/review/{COMMUNE}/{MONTH}/give-back/")
    reviewer.get_by_label("Khu dân cư hoặc tổ").first.select_option(rows[1])
    reviewer.get_by_label("Chỉ tiêu").first.select_option("patrols")
    reviewer.get_by_label("Lời gửi xã", exact=True).first.fill("Sổ của khu ghi khác.")
    reviewer.get_by_role("button", name="Trả lại báo cáo").click()
    expect(reviewer.locator(".badge.returned").first).to_be_visible()

    officer.goto("/")
    officer.get_by_role("link", name="Sửa và trả lời 1 ô này").click()
    expect(officer.get_by_text("Sổ của khu ghi khác.")).to_be_visible()
    no_violation(officer, RULES)
    officer.get_by_label("Số liệu (lượt)").fill("3")
    officer.get_by_label(re.compile("^Trả lời tỉnh")).fill("Đã sửa theo sổ của khu.")
    officer.get_by_role("button", name="Lưu").click()
    expect(officer.get_by_text("Đã lưu mọi số và câu trả lời.")).to_be_visible()
    expect(officer.get_by_text("Đã sửa theo sổ của khu.")).to_have_count(1)
    officer.goto(f"/reports/{COMMUNE}/{MONTH}/")
    expect(officer.locator(f'input[name="{hamlets(officer)[1]}.patrols"]')).to_have_value("3")

    send(chief)
    reviewer.goto(f"/review/{COMMUNE}/{MONTH}/")
    expect(reviewer.locator("#comments")).to_contain_text("Đã sửa theo sổ của khu.")
    expect(reviewer.locator(".marks")).to_contain_text("1 ô đã đổi từ lần")


def test_a_reminder_is_copied_for_a_chat(browse):
    page = browse(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "phutho.phong", f"/review/reminders/?month={LAST}")
    page.get_by_role("button", name="Chép", exact=True).first.click()
    expect(page.locator("#copied")).to_have_text("Đã chép.")
    assert "Chưa bắt đầu nhập" in page.evaluate("navigator.clipboard.readText()")
