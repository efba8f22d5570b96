"""Days in a real browser: typed as dd/mm/yyyy, picked from a calendar, and no bubble of the browser."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import sign_in


def test_a_day_is_typed_or_picked_and_the_browser_says_nothing(page: Page):
    sign_in(page, "chidam.canbo", "/register/hamlets/new/")
    box = page.get_by_label("ngày có quy ước").first
    expect(box).to_have_attribute("type", "text")
    box.fill("5/3/2024")
    around = page.locator(".day", has=box)
    around.locator("button").click()
    assert around.locator("input[type=date]").input_value() == "2024-03-05"
    around.locator("input[type=date]").evaluate(
        "one => { one.value = '2024-03-09'; one.dispatchEvent(new Event('change')); }"
    )
    expect(box).to_have_value("09/03/2024")
    page.get_by_role("button", name="Lưu").first.click()  # without a name, which is required
    watch_of(page).expected = ["422"]
    expect(page.locator(".notice.error")).to_be_visible()
    expect(box).to_have_value("09/03/2024")
