"""A file to choose: worded by the house, reached and shown by the keyboard, with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import COMMUNE, fill_sign_in

FILE = {"name": "Danh sách tổ.xlsx", "mimeType": "application/octet-stream", "buffer": b"x"}
READS = "one => getComputedStyle(one).color"
UNREAD = "rgba(0, 0, 0, 0)"


def read_words(page):
    """Of the browser's own words, what colour they have; of ours, whether they are seen."""
    field = page.locator("input[type=file]")
    return field.evaluate(READS), page.locator(".file i").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_chosen_is_said_by_the_house_and_a_name_by_the_browser(browse, scripts):
    page = browse(java_script_enabled=scripts)
    page.goto("/accounts/login/?next=/register/import/groups/")
    fill_sign_in(page, "chidam.canbo")
    expect(page.get_by_text("chưa chọn tệp nào")).to_be_visible()
    assert read_words(page) == (UNREAD, True)
    field = page.get_by_label("Tệp Excel")
    field.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    assert field.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    field.set_input_files(FILE)
    colour, ours = read_words(page)
    assert colour != UNREAD and not ours


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_that_is_one_way_of_two_is_worded_too(browse, scripts):
    page = browse(java_script_enabled=scripts)
    page.goto(f"/accounts/login/?next=/published/{COMMUNE}/2025/")
    fill_sign_in(page, "chidam.chihuy")
    field = page.get_by_label("Tệp Excel", exact=True)
    expect(field).to_be_hidden()
    page.get_by_text("Tải lên tệp Excel đã điền").press("Enter")
    expect(page.get_by_text("chưa chọn tệp nào")).to_be_visible()
    assert read_words(page) == (UNREAD, True)
    field.set_input_files(FILE)
    colour, ours = read_words(page)
    assert colour != UNREAD and not ours


def test_a_file_that_is_refused_leaves_one_at_what_is_said_of_it(browse):
    page = browse()
    watch_of(page).expected = ["status of 422"]
    page.goto("/accounts/login/?next=/register/import/groups/")
    fill_sign_in(page, "chidam.canbo")
    page.get_by_label("Tệp Excel").set_input_files(FILE | {"name": "ảnh.png"})
    page.get_by_role("button", name="Tải lên").press("Enter")
    expect(page.locator(":focus")).to_contain_text("Chưa lưu được")
    assert read_words(page) == (UNREAD, True), "the field asks anew"
