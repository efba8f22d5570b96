"""Who begins in the table of a month before its scripts have come loses neither figures nor place."""

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import (
    ENTRY,
    accept,
    all_saved,
    cell,
    codes,
    hamlets,
    part,
    paste,
    sign_in,
    state,
    step,
    until_stored,
)

SCRIPT = "**/static/js/entry.js"
LATER = "**/static/js/once.js"


def hold_scripts(page: Page, which: str = SCRIPT) -> list[Route]:
    """Keep back the table's script, or another; what has asked for it."""
    held: list[Route] = []
    page.route(which, lambda route: held.append(route))  # noqa: PLW0108 - it marks its handlers
    return held


def release(page: Page, held: list[Route]) -> None:
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()


def test_what_is_typed_before_the_scripts_have_come_is_saved_all_the_same(page):
    held = hold_scripts(page)
    sign_in(page, "chidam.canbo")
    page.goto(ENTRY, wait_until="commit")
    expect(page.locator("#grid tfoot")).to_be_attached()
    row = hamlets(page)[0]
    cell(page, row, "patrols").press_sequentially("14")
    page.get_by_label("Kiến nghị").fill("Thêm đèn pin.")
    release(page, held)
    all_saved(page)
    until_stored(page, {f"{row}.patrols": 14})
    page.unroute(SCRIPT)
    page.reload()
    expect(page.get_by_label("Kiến nghị")).to_have_value("Thêm đèn pin.")


def test_who_has_gone_on_before_the_page_is_read_whole_is_not_led_back_to_the_address_s_cell(page):
    sign_in(page, "chidam.canbo", ENTRY)
    row, (first, second, third, *_) = hamlets(page)[0], codes(page)
    page.goto("/")
    held = hold_scripts(page)
    page.goto(f"{ENTRY}#c-{row}-{first}", wait_until="commit")
    expect(cell(page, row, second)).to_be_attached()
    cell(page, row, first).focus()
    page.keyboard.press("Tab")
    expect(cell(page, row, second)).to_be_focused()
    release(page, held)
    page.wait_for_load_state("load")
    expect(cell(page, row, second)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    until_stored(page, {f"{row}.{third}": 7, f"{row}.{first}": None})


def test_who_has_gone_on_to_another_part_before_the_page_is_read_whole_stays_there(page):
    sign_in(page, "chidam.canbo")
    held = hold_scripts(page, LATER)
    page.goto(f"{ENTRY}#whole", wait_until="commit")
    expect(part(page, "whole")).to_have_class("part cells present")
    step(page, "notes").click()
    expect(page.get_by_label("Kiến nghị")).to_be_visible()
    release(page, held)
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert part(page, "notes").is_visible() and not part(page, "whole").is_visible()
    expect(step(page, "notes")).to_have_attribute("aria-current", "step")


def test_a_block_that_is_pasted_before_its_reader_could_be_fetched_is_asked_for_again(page):
    sign_in(page, "chidam.canbo")
    page.goto(ENTRY)
    expect(page.locator("#cell-bar")).to_contain_text("Tổng cột")
    watch_of(page).expected.append("ERR_INTERNET_DISCONNECTED")
    row, block = hamlets(page)[0], [["5", "6"], ["7", "8"]]
    page.context.set_offline(True)
    paste(cell(page, row, "patrols"), block)
    expect(state(page)).to_contain_text("hãy dán lần nữa")
    page.context.set_offline(False)
    paste(cell(page, row, "patrols"), block)
    accept(page)
    all_saved(page)
    until_stored(page, {f"{row}.patrols": 5})
