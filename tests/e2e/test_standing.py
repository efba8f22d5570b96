"""Where one stands, by keyboard alone: the way to a decision, and after an act that failed."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import MONTH, fill_sign_in

LAST = MONTH - 1


def opened(browse, username: str, path: str) -> Page:
    page = browse()
    watch_of(page).expected = ["status of 4"]  # what Chromium says of an act that was refused
    page.goto(f"/accounts/login/?next={path}")
    fill_sign_in(page, username)
    page.wait_for_load_state("load")
    return page


def standing(page: Page):
    return page.locator(":focus")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_report_is_approved_in_a_few_keys(browse):
    page = opened(browse, "phutho.phong", f"/review/?month={LAST}")
    page.locator("main table a").first.focus()
    press(page, "Enter")
    expect(page.locator(".decide")).to_be_visible()
    name = page.get_by_role("heading", level=1).inner_text()
    press(page, "Tab", "Tab")
    expect(standing(page)).to_have_text("Tới nút duyệt, trả lại")
    press(page, "Enter", "Tab", "Tab")
    expect(standing(page)).to_contain_text("Duyệt")
    press(page, "Enter")
    expect(page.locator(".messages")).to_contain_text("đã duyệt báo cáo")
    assert page.get_by_role("heading", level=1).inner_text() != name


def test_after_an_act_that_failed_one_stands_at_what_is_said(browse):
    page = opened(browse, "phutho.phong", f"/review/?month={LAST}")
    page.locator("main table a").first.click()
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_role("button", name="Trả lại báo cáo")).to_be_visible()
    for box in page.locator("[name=pick]:checked").all():
        box.uncheck()
    page.get_by_role("button", name="Trả lại báo cáo").press("Enter")
    expect(standing(page)).to_contain_text("Hãy ghi lý do")
    other = opened(browse, "chidam.canbo", "/register/hamlets/new/")
    other.get_by_role("button", name="Lưu", exact=True).press("Enter")
    expect(standing(other)).to_contain_text("Chưa lưu được")
    press(other, "Tab", "Enter")
    expect(standing(other)).to_have_attribute("name", "name")


def test_an_account_is_made_by_keyboard_and_a_wrong_box_is_where_one_stands(browse):
    page = opened(browse, "quantri", "/admin/communes/user/add/")
    expect(standing(page)).to_have_attribute("name", "username")
    page.keyboard.type("chidam.canbo2")
    press(page, "Tab", "Tab")
    page.keyboard.type("an@")
    press(page, "Tab", "ArrowDown", "Tab", "Tab", "Tab")
    expect(standing(page)).to_have_attribute("name", "commune")
    page.keyboard.type("07999")
    press(page, "Enter")
    expect(standing(page)).to_have_attribute("name", "email")
    press(page, "Control+a")
    page.keyboard.type("an@congan.vn")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Mật khẩu của chidam.canbo2")).to_be_visible()
