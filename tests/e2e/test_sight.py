"""The cell that is typed in is always in sight: whatever stays in place never covers it (WCAG 2.2, 2.4.11)."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import ENTRY, cell, codes, hamlets, sign_in

SIZES = [(1366, 768), (1280, 800), (1920, 1080), (640, 400), (360, 740)]

HIDDEN = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const cell = document.activeElement, box = cell.getBoundingClientRect();
  if (!cell.matches("input[name*='.']")) return `no cell but ${cell.outerHTML.slice(0, 80)}`;
  // 3 pixels within: nearer a corner, a point of a box that begins between two pixels lies outside its round
  for (const x of [box.left + 3, (box.left + box.right) / 2, box.right - 3])
    for (const y of [box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3]) {
      const top = document.elementFromPoint(x, y);
      if (top !== cell) return `${cell.name} at ${x},${y} under ${top ? top.outerHTML.slice(0, 80) : "the edge"}`;
    }
  const [row, code] = cell.name.split(".");
  const heads = [document.getElementById(`i-${code}`), cell.closest("tr").querySelector("th")];
  if (heads.some((head) => head.closest("#grid") && !head.classList.contains("here"))) return `${cell.name}: heads unmarked`;
  return document.querySelectorAll("th.here").length > 2 ? `${cell.name}: other heads marked` : null;
}"""


def opened(browse, size: tuple[int, int]) -> Page:
    page = browse(viewport={"width": size[0], "height": size[1]})
    sign_in(page, "chidam.canbo", ENTRY)
    return page


@pytest.fixture(params=SIZES, ids=lambda size: "x".join(map(str, size)))
def page(request, browse) -> Page:
    return opened(browse, request.param)


def hidden_after(page: Page, key: str, times: int) -> list[str]:
    found = []
    for _ in range(times):
        page.keyboard.press(key)
        found.append(page.evaluate(HIDDEN))
    return [one for one in found if one]


def test_no_active_cell_is_hidden_going_all_four_ways(page):
    rows, columns = hamlets(page), codes(page)
    cell(page, rows[0], columns[0]).focus()
    hidden = [page.evaluate(HIDDEN)]
    across, down = len(columns) - 1, len(rows)
    for key, times in (
        ("ArrowRight", across), ("ArrowDown", down), ("ArrowLeft", across), ("ArrowUp", down),
        ("Tab", across + 3), ("Shift+Tab", 2), ("Enter", 2), ("Control+End", 1), ("Control+Home", 1),
        ("Control+ArrowDown", 1), ("Enter", 2),
    ):  # fmt: skip
        hidden += hidden_after(page, key, times)
    assert not [one for one in hidden if one]


def test_no_cell_is_hidden_that_a_link_leads_to(page):
    rows, columns = hamlets(page), codes(page)
    hidden = []
    for row, code in ((rows[0], columns[0]), (rows[20], columns[-1]), (rows[-1], columns[3]), ("u", columns[1])):
        page.goto("about:blank")
        page.goto(f"{ENTRY}#c-{row}-{code}")
        expect(cell(page, row, code)).to_be_focused()
        hidden.append(page.evaluate(HIDDEN))
    unit = page.locator(".unit-level input").last
    for place in [cell(page, rows[5], columns[-1]), cell(page, rows[38], columns[0]), unit]:
        link = place.get_attribute("id")
        page.evaluate(
            "id => { const link = document.createElement('a'); link.href = `#${id}`; document.body.append(link); link.click(); }",
            link,
        )
        expect(place).to_be_focused()
        hidden.append(page.evaluate(HIDDEN))
    assert not [one for one in hidden if one]
