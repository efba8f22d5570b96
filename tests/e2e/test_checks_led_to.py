"""Whoever opens a month is led to what there is to check, with and without scripts."""

from playwright.sync_api import expect

from tests.e2e.steps import ENTRY, cell, codes, fill_sign_in, hamlets

CHECKS = "Xem các điểm cần kiểm tra"


def opened(browse, username: str):
    page = browse(java_script_enabled=False)
    page.goto(f"/accounts/login/?next={ENTRY}")
    fill_sign_in(page, username)
    expect(page.locator("#checks")).to_be_attached()
    return page


def test_without_scripts_the_foot_and_the_steps_lead_to_the_checks(browse):
    page = opened(browse, "chidam.canbo")
    page.locator(".month-steps").get_by_role("link", name="Xem lại").click()
    expect(page.locator(".messages")).to_contain_text("Chưa có số liệu nào để xem lại")
    page.locator("#grid tbody input:not([type=checkbox])").first.fill("3")
    page.locator("#save-all").click()
    page.locator("#checks").get_by_role("link", name=CHECKS).click()
    expect(page.locator("#checks .problems").first).to_contain_text("thấp hơn hẳn mức thường thấy")
    expect(page.locator("#checks")).to_be_in_viewport()
    page.locator(".month-steps").get_by_role("link", name="Xem lại").click()
    expect(page.locator("h1")).to_contain_text("Gửi báo cáo")
    expect(page.locator("main")).to_contain_text("thấp hơn hẳn mức thường thấy")


def test_who_only_reads_a_month_is_shown_its_checks_and_not_asked_to_send(browse):
    page = browse()
    page.goto(f"/accounts/login/?next={ENTRY}")
    fill_sign_in(page, "chidam.canbo")
    cell(page, hamlets(page)[0], codes(page)[0]).fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("#checks").get_by_role("link", name="Xem lại và gửi")).to_be_visible()
    reader = opened(browse, "phutho.phong")
    reader.locator("#checks").get_by_role("link", name=CHECKS).click()
    expect(reader.locator("#checks .problems").first).to_be_visible()
    expect(reader.get_by_role("link", name="Xem lại và gửi")).to_have_count(0)
