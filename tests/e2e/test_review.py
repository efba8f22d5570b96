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
    sign_in(reviewer, "phutho.phong", f"/review/{COMMUNE}/{MONTH}/")
    box(reviewer, f"{rows[1]}.patrols").click()
    reviewer.get_by_label(re.compile("^Lời gửi về")).fill("Sổ của khu ghi khác.")
    reviewer.get_by_role("button", name="Trả lại 1 ô").click()
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


def box(page, key: str):
    return page.locator(f'input[name="pick"][value="{key}"]')


def open_a_waiting(page) -> list[str]:
    """Open the first report that waits and give the keys of its grid's cells, row after row."""
    sign_in(page, "phutho.phong", QUEUE)
    page.locator("#sent tbody a").first.click()
    page.wait_for_load_state("load")
    return page.locator(".grid tbody input[name=pick]").evaluate_all("boxes => boxes.map((box) => box.value)")


def test_cells_are_picked_by_keyboard_marked_numbered_and_never_hidden(browse):
    page = browse()
    keys = open_a_waiting(page)
    box(page, keys[0]).focus()
    wide = page.locator(".grid tbody tr").first.locator("input").count()
    for _ in range(9):
        page.keyboard.press("ArrowDown")
        seen = page.evaluate("""() => { const one = document.activeElement.closest("td"), at = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2)); }""")
        assert seen, page.evaluate("document.activeElement.value")
    page.keyboard.press("Space")
    chosen = box(page, keys[9 * wide])
    expect(chosen).to_be_checked()
    cell = page.locator("td", has=chosen)
    expect(cell).to_have_attribute("data-pick", "1")
    assert "1" in cell.evaluate("one => getComputedStyle(one, '::after').content"), "a number, not colour alone"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("Ghi cả người đi kiểm tra?")
    expect(page.locator("#picked")).to_have_text("Đã chọn 2 ô")
    no_violation(page, RULES)
    page.keyboard.press("Enter")
    expect(box(page, keys[9 * wide + 1])).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Trả lại 1 ô")).to_be_visible()
    page.get_by_label("Lời chung cho ô không có lời riêng").fill("Đối chiếu sổ tuần tra.")
    page.get_by_role("button", name="Trả lại 1 ô").click()
    expect(page.get_by_text("Đã trả lại báo cáo để đơn vị sửa.")).to_be_visible()


def test_cells_are_picked_without_scripts_and_get_words_on_the_next_page(browse):
    page = browse(java_script_enabled=False)
    sign_in(page, "phutho.phong", QUEUE)
    page.locator("#sent tbody a").first.click()
    page.locator(".grid tbody input[name=pick]").nth(3).check()
    page.get_by_role("button", name="Trả lại…").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    page.get_by_label(re.compile("^Lời gửi về")).first.fill("Xem lại.")
    page.get_by_role("button", name="Trả lại báo cáo").click()
    expect(page.get_by_text("Đã trả lại báo cáo để đơn vị sửa.")).to_be_visible()


def test_the_card_of_an_odd_total_picks_its_cell_in_the_grid(browse):
    for script in (True, False):
        page = browse(java_script_enabled=script)
        sign_in(page, "phutho.phong", QUEUE)
        page.locator("#sent .queue tbody a").first.click()
        page.wait_for_load_state("load")
        lead = page.locator(".odd-cards .leads a").nth(1)
        words = lead.inner_text()
        lead.click()
        chosen = page.locator(".grid tbody input[name=pick]:checked")
        expect(chosen).to_have_count(1)
        assert page.locator(".grid tbody td:has(:checked)").inner_text().strip() == words.rsplit(": ", 1)[1]
        if script:
            expect(chosen).to_be_focused()
            expect(page.get_by_role("button", name="Trả lại 1 ô")).to_be_visible()
        page.get_by_role("navigation", name="Báo cáo chờ duyệt").get_by_role("link").nth(1).click()
        expect(page.locator(".walk a").nth(1)).to_have_attribute("aria-current", "page")


def test_a_telephone_picks_too_with_two_buttons_below(browse):
    page = browse(viewport={"width": 360, "height": 740}, has_touch=True)
    keys = open_a_waiting(page)
    page.locator("td", has=box(page, keys[0])).tap()
    back, approve = page.get_by_role("button", name="Trả lại 1 ô"), page.get_by_role("button", name="Duyệt, sang")
    for button in (back, approve):
        expect(button).to_be_in_viewport()
    page.get_by_role("link", name="Ghi lời từng ô").click()
    expect(page.get_by_label(re.compile("^Lời gửi về"))).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_reminder_is_copied_for_a_chat(browse):
    page = browse(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "phutho.phong", f"/review/reminders/?month={LAST}")
    page.get_by_role("button", name="Chép", exact=True).first.click()
    expect(page.locator("#copied")).to_have_text("Đã chép.")
    assert "Chưa bắt đầu nhập" in page.evaluate("navigator.clipboard.readText()")
