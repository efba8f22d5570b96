"""The tab key through the main pages: where one is shows, is never covered, and goes on in the order of the page."""

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import COMMUNE, ENTRY, MONTH, cell, codes, hamlets, sign_in, step

LAST = MONTH - 1
WAITING = "the first report that waits"
PAGES = {
    "chidam.canbo": ("/", ENTRY, "/register/groups/", f"/documents/{COMMUNE}/2025-H1/"),
    "chidam.chihuy": (f"{ENTRY}send/",),
    "phutho.phong": (
        "/",
        f"/review/?month={LAST}",
        WAITING,
        f"/dashboard/?province=25&span={LAST}",
        "/explore/",
    ),
    "phutho.lanhdao": ("/",),
}
SIZES = ({"width": 1366, "height": 850}, {"width": 360, "height": 740})
FORWARD, BACK = 40, 15

STEP = """async () => {
  await new Promise(requestAnimationFrame);
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const box = one.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.05, 0.5], [0.95, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const covered = !points.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && (one.contains(top) || top.contains(one) || top.closest("label")?.control === one);
  });
  const shows = (part) => { const { outlineStyle, outlineWidth } = getComputedStyle(part);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2; };
  const unmarked = !shows(one) && !shows(one.parentElement);
  const last = window.tabbedLast;
  const order = !last?.isConnected || last === one ? 0 : last.compareDocumentPosition(one) & 4 ? 1 : -1;
  window.tabbedLast = one;
  return { covered, unmarked, order, name: one.outerHTML.slice(0, 140) };
}"""
"""What has the focus: whether it is covered or unmarked, and whether it follows (1) or precedes (-1) the one before.

The browser brings it into sight with the next frame; of two keys within one frame, which nobody presses, it may bring none.
"""


FROM_THE_TOP = (
    """() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex"); }"""
)
"""Let the next Tab go to what comes first, also where the page has set the focus itself."""


@pytest.mark.parametrize("who", PAGES)
def test_the_tab_key_goes_through_a_page_in_its_order_and_in_sight(who, browse):
    page = browse()
    sign_in(page, who)
    faults = []
    for named in PAGES[who]:
        path = named
        if named == WAITING:
            page.goto(f"/review/?month={LAST}")
            path = page.locator("#sent tbody a").first.get_attribute("href")
        for size in SIZES:
            page.set_viewport_size(size)
            page.goto(path)
            page.wait_for_load_state("load")
            page.evaluate(FROM_THE_TOP)
            assert page.locator("[tabindex]").evaluate_all("all => all.every((one) => one.tabIndex <= 0)"), path
            faults += [f"{path} at {size['width']}: {fault}" for fault in walked(page, "Tab", FORWARD, 1)]
            faults += [f"{path} at {size['width']}, back: {fault}" for fault in walked(page, "Shift+Tab", BACK, -1)]
    assert not faults, "\n".join(faults)


def walked(page, key: str, times: int, way: int) -> list[str]:
    """Press a key and name what is not as it should be; the walk ends where the page does."""
    page.evaluate("window.tabbedLast = null")
    faults = []
    for _ in range(times):
        page.keyboard.press(key)
        seen = page.evaluate(STEP)
        if seen is None:
            break
        faults += [f"{word}: {seen['name']}" for word in ("covered", "unmarked") if seen[word]]
        if seen["order"] == -way:
            faults.append(f"turned back to {seen['name']}")
    return faults


def test_f6_leaves_the_table_and_comes_back_to_the_cell_one_was_in(browse):
    page = browse(viewport={"width": 1366, "height": 768})
    sign_in(page, "chidam.canbo", ENTRY)
    box = cell(page, hamlets(page)[3], codes(page)[2])
    box.fill("3")
    expect(page.locator("#checks").get_by_role("link", name="Xem lại và gửi")).to_be_visible()
    for area in ("#cell-bar", "#checks", ".month-steps", ".toolbar"):
        page.keyboard.press("F6")
        expect(page.locator(f"{area} :focus")).to_be_in_viewport()
    page.keyboard.press("F6")
    expect(box).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(page.locator(".toolbar :focus")).to_be_in_viewport()
    page.keyboard.press("Control+F6")
    expect(box).to_be_focused()
    step(page, "notes").click()
    page.keyboard.press("F6")  # from none of the areas into the table
    expect(page.locator("#difficulties")).to_be_focused()


SHOWN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const line = one.closest(".main-nav, .tabs, .outline ul, .scroll")?.getBoundingClientRect();
  if (!line || one.matches(".scroll")) return null;
  const stays = one.closest("tr")?.querySelector("th");
  const covers = stays && stays !== one.parentElement && getComputedStyle(stays).position === "sticky";
  const left = covers ? stays.getBoundingClientRect().right : line.left;
  const wide = Math.min(box.right, line.right) - Math.max(box.left, left);
  return wide >= Math.min(box.width, 100) / 2 ? true : one.textContent.trim();
}"""
"""Whether half of what has the focus is in sight in its line, or 50 px of it; else its words."""


@pytest.mark.parametrize("width", [683, 360])
def test_what_the_keyboard_comes_to_in_a_line_that_scrolls_is_in_sight(width, browse):
    officer, reviewer = (browse(viewport={"width": width, "height": 740}) for _ in range(2))
    sign_in(officer, "chidam.canbo")
    sign_in(reviewer, "phutho.phong")
    faults, seen = [], 0
    for page, path in (
        (officer, "/register/groups/"),
        (officer, "/dashboard/?span=2025-H1"),
        (officer, f"/documents/{COMMUNE}/2025-H1/"),
        (reviewer, f"/dashboard/?province=25&span={LAST}&view=matrix"),
    ):
        page.goto(path)
        page.evaluate(FROM_THE_TOP)
        for _ in range(70):
            page.keyboard.press("Tab")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            shown = page.evaluate(SHOWN)
            seen += shown is True
            faults += [(path, shown)] if isinstance(shown, str) else []
    assert not faults and seen > 100
