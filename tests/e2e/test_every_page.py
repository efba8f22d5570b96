"""Each role's pages: no axe violation, light and dark, nothing in the console, nothing from elsewhere, light, and at home
on every screen from 320 to 1920 px and at 200 %, with its focus in sight."""

import gzip
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import serving, watch_of, watched
from tests.e2e.pages import ADMIN, ANYONE, CHIEF, COUNTRY, LEADER, OFFICER, PAGES, REVIEWER, VIEWS
from tests.e2e.steps import COMMUNE, ENTRY, cell, hamlets, sign_in, until_stored

HEAVIEST = 120 * 1024
WIDE = {"width": 1366, "height": 900}
ZOOMED = {"width": 683, "height": 425}  # 1366 by 850 at 200 %
WIDTHS = (320, 360, 683, 1024, 1280, 1920)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}}
FIRST_ROWS = {
    "exclude": [["tbody tr:nth-child(n+60)"]]
}  # the others have the same colours, and all are looked at by day
AGAIN = Axe("null")  # half a megabyte is not read twice
REFUSALS = ("status of 400", "status of 403", "status of 404")  # what Chromium says of a refused page


@dataclass
class Site:
    """A server with something of everything in it, the keys of its rows, and a page for each role."""

    base: str
    keys: dict[str, str]
    pages: dict[str, Page]

    @contextmanager
    def visit(self, username: str, path: str, **looks: str) -> Iterator[Page]:
        """Open a page as someone; leaving it fails where the page did what no page may do."""
        page = self.pages[username]
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme=looks.get("color_scheme", "light"))
        page.goto("about:blank")
        watch = watch_of(page)
        watch.seen.clear()
        page.scales = Scales(page)
        page.answer = page.goto(path.format(**self.keys))
        page.scales.rest()
        watch.expected = list(REFUSALS) if page.answer.status in (400, 403, 404) else []
        yield page
        page.scales.wire.detach()
        assert not watch.faults, watch.faults


def keys_of(database) -> dict[str, str]:
    """Ask the demonstration for rows to look at."""
    with sqlite3.connect(database) as connection:

        def one(sql: str) -> str:
            return str(connection.execute(sql, (COMMUNE,) if "?" in sql else ()).fetchone()[0])

        report = (
            "SELECT c.code FROM reports_monthlyreport r JOIN communes_commune c ON c.id = r.commune_id "
            "WHERE r.state = '{}' ORDER BY c.code LIMIT 1"
        )
        of = "FROM {} t JOIN communes_commune c ON c.id = t.commune_id WHERE c.code = ? ORDER BY t.id LIMIT 1"
        return {
            "hamlet": one(f"SELECT t.id {of.format('communes_hamlet')}"),
            "group": one(f"SELECT t.id {of.format('models_registry_selfmanagementgroup')}"),
            "other": one(f"SELECT t.id {of.format('communes_hamlet')} OFFSET 1"),
            "initiative": one(f"SELECT t.id {of.format('models_registry_initiative')}"),
            "member": one("SELECT m.id FROM models_registry_member m ORDER BY m.id LIMIT 1"),
            "change": one("SELECT c.id FROM communes_registerchange c ORDER BY c.id LIMIT 1"),
            "tree": one("SELECT i.id FROM models_registry_initiative i ORDER BY i.id DESC LIMIT 1"),
            "sent": one(report.format("submitted")),
            "returned": one(report.format("returned")),
            "odd": one(
                "SELECT c.code FROM reports_explanation e JOIN reports_monthlyreport r ON r.id = e.report_id "
                "JOIN communes_commune c ON c.id = r.commune_id "
                "WHERE r.state = 'submitted' AND e.key = 'jump:patrols' ORDER BY c.code LIMIT 1"
            ),
        }


@pytest.fixture(scope="module")
def site(demo, production, browser, tmp_path_factory) -> Iterator[Site]:
    with serving(demo, tmp_path_factory.mktemp("pages"), **production) as base, ExitStack() as open_contexts:
        site = Site(base, keys_of(demo), {})
        for username in (ANYONE, OFFICER, CHIEF, REVIEWER, LEADER, COUNTRY, ADMIN):
            page = open_contexts.enter_context(watched(browser, base)).new_page()
            site.pages[username] = page
            if username:
                sign_in(page, username)
            if username == OFFICER:
                site.keys["weapon"] = begin_a_month(page)
            if username == CHIEF:
                site.keys["issued"] = issue_a_report(page)
        yield site
        for page in site.pages.values():
            watch_of(page).seen.clear()  # each visit has answered for itself


def begin_a_month(page: Page) -> str:
    """A month with a mistake, a warning, a note on a cell and a weapon, put before the chief; give the weapon's key."""
    page.goto(ENTRY)
    row = hamlets(page)[0]
    for code, text in (("patrols", "9"), ("patrol_attendance", "2"), ("tips", "0")):
        cell(page, row, code).fill(text)
    cell(page, row, "tips").press("Tab")
    until_stored(page, {f"{row}.patrols": 9, f"{row}.patrol_attendance": 2, f"{row}.tips": 0})
    page.goto(f"{ENTRY}cells/{row}/patrols/")
    page.get_by_label("Ghi ý kiến vào ô này").fill("Đã đối chiếu sổ trực.")
    page.get_by_role("button", name="Ghi ý kiến").click()
    page.goto(f"{ENTRY}#weapons")
    page.get_by_role("link", name="Thêm dòng giao nộp").click()
    form = page.locator("main form")
    form.locator("[name=kind]").select_option(index=1)
    form.locator("[name=quantity]").fill("5")
    form.get_by_role("button", name="Lưu").click()
    line = page.locator("#weapons tbody a").first
    expect(line).to_be_visible()
    weapon = line.get_attribute("href").rstrip("/").rsplit("/", 1)[1]
    page.goto(f"{ENTRY}send/")
    page.get_by_role("button", name="Trình chỉ huy").click()
    expect(page.get_by_role("button", name="Rút lại")).to_be_visible()
    return weapon


def issue_a_report(page: Page) -> str:
    """A paragraph written over and a version issued; give the version's key."""
    address = f"/documents/{COMMUNE}/2025-H1/"
    page.goto(f"{address}paragraphs/patrols/")
    page.get_by_label("Lời văn").fill("Duy trì tuần tra hằng đêm.")
    page.get_by_role("button", name="Lưu").click()
    page.goto(f"{address}issue/")
    page.get_by_role("button", name="Ban hành", exact=True).click()
    expect(page.get_by_role("heading", name="Báo cáo số")).to_be_visible()
    return page.url.rstrip("/").rsplit("/", 1)[1]


IDLE = "document.fonts.ready.then(() => new Promise((done) => requestIdleCallback(done)))"


class Scales:
    """Weighs a page and all it loads on a cold cache, as it comes over the wire."""

    def __init__(self, page: Page) -> None:
        self.wire = page.context.new_cdp_session(page)
        self.page = page
        self.bytes: dict[str, float] = {}
        self.urls: dict[str, str] = {}
        self.on_the_way: set[str] = set()
        self.wire.send("Network.enable")
        self.wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.wire.on("Network.requestWillBeSent", lambda e: self.on_the_way.add(e["requestId"]))
        self.wire.on("Network.loadingFailed", lambda e: self.on_the_way.discard(e["requestId"]))
        self.wire.on("Network.responseReceived", lambda e: self.urls.update({e["requestId"]: e["response"]["url"]}))
        self.wire.on("Network.loadingFinished", self.arrived)

    def arrived(self, event: dict) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]
        self.on_the_way.discard(event["requestId"])

    def rest(self) -> None:
        """Wait until the page has drawn itself with its fonts, has nothing to do, and nothing it asked for is on its way.

        Thrice running: what it does when it has time may ask for more.
        """
        resting = 0
        for _ in range(600):
            self.page.evaluate(IDLE)
            resting = 0 if self.on_the_way else resting + 1
            if resting == 3:
                return
        raise AssertionError(f"still on the way: {[self.urls.get(one, '?') for one in self.on_the_way]}")

    def heaviest(self) -> str:
        parts = sorted(((size, self.urls.get(key, "?")) for key, size in self.bytes.items()), reverse=True)
        return "\n".join(f"{size:>9.0f} {url}" for size, url in parts[:12])


def name_of(one: tuple[str, str]) -> str:
    return " ".join(one).strip()


@pytest.mark.parametrize("one", PAGES, ids=name_of)
def test_a_page_is_accessible_quiet_light_and_fits_every_screen(one, site):
    with site.visit(*one) as page:
        assert page.answer.status < 500
        assert "#" in page.url or page.evaluate("scrollY") == 0, "the page does not open at its top"
        weight = sum(page.scales.bytes.values())
        assert weight <= HEAVIEST, f"{weight:.0f} bytes\n{page.scales.heaviest()}"
        no_violation(page, RULES)
        page.emulate_media(color_scheme="dark")
        page.evaluate(COLOURS_ARRIVED)
        no_violation(page, {"runOnly": ["color-contrast"]}, of=FIRST_ROWS)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": ZOOMED["height"]})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"at {width}:\n{widest(page)}"
        for size in (ZOOMED, WIDE):
            page.set_viewport_size(size)
            assert not page.evaluate(HIDDEN_FOCUS), f"the focus is hidden at {size}"
        assert says_itself(page), "without scripts there is nothing to read or to do"


COLOURS_ARRIVED = """() => new Promise(requestAnimationFrame)
  .then(() => Promise.all(document.getAnimations().map((one) => one.finished)))"""
"""The administration fades from one colour to another; half way there nothing is to be judged."""


HIDDEN_FOCUS = """() => {
  const able = [...document.querySelectorAll("main a[href], main button, main input, main select, main textarea, main summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0);
  const step = Math.max(1, Math.floor(able.length / 40));
  const hidden = [];
  for (const one of able.filter((_, at) => at % step === 0)) {
    one.focus({ focusVisible: true });
    const box = one.getBoundingClientRect();
    const points = [[0.5, 0.5], [0.05, 0.5], [0.95, 0.5], [0.5, 0.1], [0.5, 0.9]];
    const seen = points.some(([x, y]) => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return top && (one.contains(top) || top.contains(one) || top.closest("label")?.control === one);
    });
    if (!seen) hidden.push(one.outerHTML.slice(0, 160));
  }
  return hidden.join("\\n");
}"""
"""Focus what is in the tab order, forty of it at most, and name what something that stays in place covers wholly."""


def says_itself(page: Page) -> bool:
    """Whether the page as it is sent has its heading, and in its body something to read or to do."""
    text = page.request.get(page.url, max_retries=3).text()  # a line kept open too long is closed
    body = text[text.find("<main") : text.rfind("</main>")] if "<main" in text else text
    return "<h1" in text and any(part in body for part in ("<a ", "<form", "<table", "<p"))


def no_violation(page: Page, options: dict, of: str | dict | None = None) -> None:
    # Without preload: axe would inject the admin's imported stylesheets, which the policy rightly blocks. What passes is
    # not asked for: to say where each of it stands took axe as long as the looking.
    axe = AGAIN if page.evaluate("Boolean(window.axe)") else Axe()
    found = axe.run(page, of, options=options | {"preload": False, "resultTypes": ["violations"]})
    assert not found.response["violations"], found.generate_report()


def widest(page: Page) -> str:
    """Name what sticks out to the right, but for what its own box scrolls."""
    return page.evaluate("""() => [...document.querySelectorAll("body *")].filter((one) => {
      if (one.getBoundingClientRect().right <= innerWidth + 1) return false;
      for (let box = one.offsetParent; box; box = box.offsetParent) {
        if (getComputedStyle(box).overflowX !== "visible") return false;
      }
      return true;
    }).slice(0, 8).map((one) => one.outerHTML.slice(0, 120)).join("\\n")""")


@pytest.mark.parametrize("view", VIEWS)
def test_a_chart_keeps_its_contrast_in_the_dark(view, site):
    with site.visit(COUNTRY, f"/dashboard/?span=2025&view={view}", color_scheme="dark") as page:
        no_violation(page, {"runOnly": ["color-contrast"]})


def test_a_refused_cell_is_accessible(site):
    with site.visit(OFFICER, ENTRY) as page:
        cell(page, hamlets(page)[1], "patrols").fill("mười")
        cell(page, hamlets(page)[1], "patrols").press("Tab")
        expect(page.locator(".cell-error")).to_be_visible()
        no_violation(page, RULES)


def test_the_preview_of_a_paste_is_accessible(site):
    with site.visit(OFFICER, ENTRY) as page:
        page.get_by_role("button", name="Các ô còn lại: không phát sinh").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        no_violation(page, RULES)


def test_a_page_is_compressed_on_its_way(site):
    """What the scales weigh is what a browser receives."""
    request = urllib.request.Request(f"{site.base}/accounts/login/", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert b"username" in gzip.decompress(answer.read())
