"""What people do and see in the pages, for tests to read like a walk."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from reports.months import Month

PASSWORD = "antq-demo-2025"
COMMUNE = "07999"
MONTH = Month.at(datetime.now(UTC), 15)
ENTRY = f"/reports/{COMMUNE}/{MONTH}/"
REVIEW = f"/review/{COMMUNE}/{MONTH}/"

SESSIONS: dict[str, Iterator[str]] = {}
"""Keys of sessions that stand in the demonstration, for each of its accounts in turn (tests/e2e/conftest.py)."""

PASTE = """(cell, [text, html]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  data.setData("text/html", html);
  cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def sign_in(page: Page, username: str, path: str = "/") -> None:
    """Open a page as somebody; its scripts have run when this returns.

    Who has sessions comes in by one of them: to go through the door, as in test_walk.py, took most tests a third of their time.
    """
    if username not in SESSIONS:
        go_through_the_door(page, username, path)
        return
    key, of = next(SESSIONS[username]), page.context.watch.base
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": of}])
    page.goto(path)
    signed_in(page)


def go_through_the_door(page: Page, username: str, path: str = "/") -> None:
    """Sign in as people do and open a page; its scripts have run when this returns."""
    page.goto(f"/accounts/login/?next={quote(path)}")
    fill_sign_in(page, username)
    signed_in(page)


def signed_in(page: Page) -> None:
    expect(page.locator("body[data-user]")).to_be_attached()
    page.wait_for_load_state("load")


def fill_sign_in(page: Page, username: str) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def sign_out(page: Page) -> None:
    page.locator(".account summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("[name=username]")).to_be_visible()


def hamlets(page: Page) -> list[str]:
    """The keys of the grid's hamlets, in the order of the page: h12, h13, …"""
    return page.locator("#grid tbody tr[data-row^=h]").evaluate_all("rows => rows.map(row => row.dataset.row)")


def codes(page: Page) -> list[str]:
    """The indicators of the grid, in the order of the page."""
    return page.locator("#grid thead th[data-code]").evaluate_all("heads => heads.map(head => head.dataset.code)")


def cell(page: Page, row: str, code: str) -> Locator:
    return page.locator(f'input[name="{row}.{code}"]')


def step(page: Page, name: str) -> Locator:
    """The link to a part of the month: hamlets, whole, weapons, notes, registry."""
    return page.locator(f'.month-steps [href="#{name}"]')


def part(page: Page, name: str) -> Locator:
    return page.locator(f'.part[data-step="{name}"]')


def total(page: Page, code: str) -> Locator:
    return page.locator(f'[data-total="{code}"]')


def complaint(page: Page, row: str, code: str) -> Locator:
    return page.locator(f'td:has(> input[name="{row}.{code}"]) .cell-error')


def state(page: Page) -> Locator:
    return page.locator("#save-state")


def all_saved(page: Page) -> None:
    expect(state(page)).to_have_class("saved")
    expect(page.locator("input.waiting")).to_have_count(0)


def paste(cell: Locator, rows: list[list[object]]) -> None:
    """Paste a block as LibreOffice puts it on the clipboard: text with tabs, and a table."""
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    lines = "".join("<tr>" + "".join(f'<td align="right">{one}</td>' for one in row) + "</tr>" for row in rows)
    html = f'<meta name="generator" content="LibreOffice 7.4"/><table cellspacing="0" border="0">{lines}</table>'
    cell.focus()
    cell.evaluate(PASTE, [text, html])


def accept(page: Page) -> None:
    """Say yes to the preview."""
    page.get_by_role("dialog").get_by_role("button", name="Ghi vào bảng").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def report_id(page: Page, month: Month = MONTH, commune: str = COMMUNE) -> int | None:
    found = page.request.get(f"/api/v1/reports/?commune={commune}&month={month}", max_retries=3).json()["results"]
    return found[0]["id"] if found else None


def stored(page: Page) -> dict[str, int]:
    """The cells the server has, by their names in the form."""
    report = report_id(page)
    url, cells = f"/api/v1/reports/{report}/figures/?page_size=1000", {}
    while report and url:
        answer = page.request.get(url, max_retries=3).json()
        for one in answer["results"]:
            row = f"h{one['hamlet']}" if one["hamlet"] else f"g{one['group']}" if one["group"] else "u"
            cells[f"{row}.{one['indicator']}"] = one["value"]
        url = answer["next"]
    return cells


def until_stored(page: Page, wanted: dict[str, int | None]) -> None:
    """Wait until the server has these cells (None: blank)."""
    for _ in range(300):
        known = stored(page)
        found = {name: known.get(name) for name in wanted}
        if found == wanted:
            return
        page.wait_for_timeout(100)
    assert found == wanted


def number(text: str) -> int | None:
    """Read a number as pages write it; a dash is a blank."""
    text = text.strip().replace(".", "").replace("\u00a0", "")
    return None if text == "–" else int(text)


def nothing_happened(page: Page, row: str) -> None:
    """Ask for zeros in a row: the strip has the button of the row one is in."""
    page.locator(f'input[name^="{row}."]').first.focus()
    page.get_by_role("button", name="Cả dòng: không phát sinh").click()
