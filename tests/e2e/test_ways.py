"""The sheet of a month by touch on a telephone, enlarged to 200 %, and as a screen reader names it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import ENTRY, all_saved, cell, codes, hamlets, sign_in, until_stored

TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ENLARGED = {"viewport": {"width": 683, "height": 384}, "device_scale_factor": 2}  # 1366 × 768 at 200 %
COVERED = """box => {
  const {left, top, width, height} = box.getBoundingClientRect();
  return ![[2, 2], [width - 2, 2], [2, height - 2], [width - 2, height - 2]].every(([x, y]) =>
    box.parentElement.contains(document.elementFromPoint(left + x, top + y)));
}"""

# In one step: what is shown again after a save would be gone between finding and measuring
SMALL = """() => [...document.querySelectorAll("main :is(button, input, summary, #grid a)")]
  .filter(one => one.type !== "hidden" && one.checkVisibility({visibilityProperty: true}))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([one]) => one.outerHTML.slice(0, 80))"""


def in_sight(box: Locator) -> None:
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    assert not box.evaluate(COVERED), box.get_attribute("name")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_month_is_entered_by_touch_at_360_pixels(browse):
    page = browse(**TELEPHONE)
    sign_in(page, "chidam.canbo", ENTRY)
    row, columns = hamlets(page)[1], codes(page)
    assert fits(page)
    for place, text in ((0, "2"), (2, "31"), (0, "3")):  # the third replaces the first
        box = cell(page, row, columns[place])
        box.tap()
        page.keyboard.type(text)
        in_sight(box)
        assert box.get_attribute("inputmode") == "numeric"
    page.keyboard.press("Enter")
    all_saved(page)
    until_stored(page, {f"{row}.{columns[0]}": 3, f"{row}.{columns[2]}": 31})

    opener = page.locator(f"#grid tr[data-row={row}]").get_by_text(re.compile(r"^\d+ tổ$"))
    opener.tap()
    group = page.locator(f"#grid tr[data-of={row}]").first
    expect(group).to_be_visible()
    inner = group.locator("input").first
    inner.tap()
    page.keyboard.type("1")
    in_sight(inner)

    cell(page, hamlets(page)[3], columns[0]).tap()
    page.get_by_role("button", name="Cả dòng: không phát sinh").tap()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Ghi vào bảng")).to_be_in_viewport()
    dialog.get_by_role("button", name="Ghi vào bảng").tap()
    all_saved(page)
    page.get_by_role("button", name="Hoàn tác").tap()
    expect(cell(page, hamlets(page)[3], columns[0])).to_have_value("")
    all_saved(page)
    small = page.evaluate(SMALL)
    assert not small, small  # WCAG 2.2, 2.5.8


def test_a_month_is_entered_at_200_percent(browse):
    page = browse(**ENLARGED)
    sign_in(page, "chidam.canbo", ENTRY)
    row, columns = hamlets(page)[0], codes(page)
    assert fits(page)
    cell(page, row, columns[0]).click()
    for code in columns[:8]:
        in_sight(cell(page, row, code))
        page.keyboard.type("1")
        page.keyboard.press("Tab")
    for name in hamlets(page)[1:9]:
        page.keyboard.press("ArrowDown")
        in_sight(cell(page, name, columns[8]))
    all_saved(page)
    expect(page.locator("#cell-bar")).to_be_in_viewport()
    page.get_by_role("button", name="Cả dòng: không phát sinh").click()
    for name in ("Ghi vào bảng", "Hủy"):
        button = page.get_by_role("dialog").get_by_role("button", name=name)
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert fits(page)


def said(page: Page, box: Locator) -> dict[str, str]:
    """Name, role, value and description of a box, as the browser tells them to a screen reader."""
    session = page.context.new_cdp_session(page)
    box.evaluate("box => { window.heard = box; }")
    held = session.send("Runtime.evaluate", {"expression": "window.heard"})["result"]["objectId"]
    (node,) = session.send("Accessibility.getPartialAXTree", {"objectId": held, "fetchRelatives": False})["nodes"]
    return {part: str(node.get(part, {}).get("value", "")) for part in ("name", "role", "value", "description")}


def test_a_screen_reader_hears_row_column_value_and_what_is_wrong(browse):
    page = browse()
    sign_in(page, "chidam.canbo", ENTRY)
    rows, columns = hamlets(page), codes(page)
    for row in (rows[0], rows[-1]):
        named = page.locator(f"#r-{row}").inner_text().strip()
        for code in (columns[0], columns[-1]):
            heard = said(page, cell(page, row, code))
            whole = page.locator(f"#i-{code}").evaluate("head => head.title || head.firstChild.textContent.trim()")
            assert heard["role"] == "textbox" and named in heard["name"], heard
            assert whole.split(" ")[0].lower() in heard["name"].lower(), heard
    box = cell(page, rows[0], columns[0])
    box.fill("mười")
    box.press("Enter")
    expect(box).to_have_attribute("aria-invalid", "true")
    heard = said(page, box)
    assert heard["value"] == "mười" and "không phải là số đếm" in heard["description"], heard
    assert page.locator("#save-state").get_attribute("role") == "status"
    table = page.locator("#grid")
    assert table.locator("thead th:not([scope])").count() == table.locator("tbody th:not([scope])").count() == 0
