"""A commune is completed while its name is typed, in the form of an account."""

from playwright.sync_api import expect

from tests.e2e.pages import ADMIN
from tests.e2e.steps import sign_in


def test_a_commune_is_offered_while_its_name_is_typed(page):
    sign_in(page, ADMIN)
    page.goto("/admin/communes/user/add/")
    box = page.locator("[name=commune]")
    box.press_sequentially("chi dam")
    offered = page.locator("#commune-offered option")
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("value", "07999 Xã Chí Đám, Phú Thọ")
