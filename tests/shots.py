"""Pictures of the key screens: wide, narrow, dark, on the wall and on paper.

``python -m tests.shots`` (``make shots``) writes them into ``shots/``, which git ignores; with ``--guide`` those that the
README and the guide show into docs/images too. It serves a demonstration of its own, or that of ``E2E_DEMO``.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import xlsxwriter
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, QUIET, ROOT, environment, serving
from tests.e2e.steps import COMMUNE, ENTRY, MONTH, accept, all_saved, cell, codes, hamlets, paste, sign_in
from tests.e2e.test_every_page import keys_of

FOLDER = ROOT / "shots"
IMAGES = ROOT / "docs" / "images"
LAST = MONTH - 1
BEGUN = 31  # hamlets that have figures of the running month
OFFICER, CHIEF, REVIEWER, LEADER, COUNTRY = (
    "chidam.canbo",
    "chidam.chihuy",
    "phutho.phong",
    "phutho.lanhdao",
    "trunguong",
)
LOOKS = {
    "1366": {"viewport": {"width": 1366, "height": 850}},
    "360": {"viewport": {"width": 360, "height": 740}},
    "1920": {"viewport": {"width": 1920, "height": 1080}},
    "dark": {"viewport": {"width": 1366, "height": 850}, "color_scheme": "dark"},
}


class Shot(NamedTuple):
    """A screen: its name, who opens what, in which looks besides the wide one, as which picture of the guide.

    A path may name rows of the demonstration: {hamlet}, {group}, {sent} …
    """

    name: str
    who: str
    path: str
    looks: tuple[str, ...] = ("360",)
    guide: str = ""
    paper: bool = False


SHOTS = [
    Shot("01-dang-nhap", "", "/accounts/login/"),
    Shot("02-viec-can-lam", OFFICER, "/", ("360", "dark"), "home"),
    Shot("02b-chi-huy", CHIEF, "/"),
    Shot("03-nhap-thang", OFFICER, ENTRY, ("360", "1920", "dark"), "entry", paper=True),
    Shot("03-xem-lai-gui", CHIEF, f"{ENTRY}send/"),
    Shot("04-tinh-viec-can-lam", REVIEWER, "/", ("360", "dark")),
    Shot("05-duyet", REVIEWER, f"/review/?month={LAST}", ("360",), "review"),
    Shot("05-mot-bao-cao", REVIEWER, f"/review/{COMMUNE}/{LAST}/", ("360",), paper=True),
    Shot("06-lanh-dao", LEADER, "/", ("360", "1920", "dark"), "overview", paper=True),
    Shot("06b-ca-nuoc", COUNTRY, "/", ("360",), "", paper=True),
    Shot("07-bang-chi-tieu", REVIEWER, f"/dashboard/?province=25&span={LAST}", ("360",), "dashboard", True),
    Shot(
        "08a-ban-do", REVIEWER, f"/dashboard/?province=25&span={LAST - 1}&view=map&basis=hamlet", ("360", "dark"), "map"
    ),
    Shot("08b-xep-hang", REVIEWER, f"/dashboard/?province=25&span={LAST - 1}&view=ranking"),
    Shot("08c-cac-thang", REVIEWER, f"/dashboard/?province=25&span={LAST - 1}&view=matrix", ("360", "dark")),
    Shot("08d-ca-nuoc", COUNTRY, f"/dashboard/?span={LAST - 1}&view=map"),
    Shot("09a-danh-ba", OFFICER, "/register/groups/", ("360",), "groups", paper=True),
    Shot("10-van-ban", OFFICER, f"/documents/{COMMUNE}/2025-H1/", ("360",), "report"),
    Shot("05b-tra-lai", REVIEWER, f"/review/{{sent}}/{LAST}/give-back/"),
    Shot("05c-cho-duyet", REVIEWER, f"/review/{{odd}}/{LAST}/", ("360", "1920", "dark"), "review-report"),
    Shot("09b-mot-to", OFFICER, "/register/groups/{group}/read/", ("360", "dark")),
    Shot("09c-mot-khu", OFFICER, "/register/hamlets/{hamlet}/read/"),
    Shot("09d-mot-mo-hinh", OFFICER, "/register/initiatives/{initiative}/read/"),
    Shot("09e-lan-toa", COUNTRY, "/register/initiatives/{tree}/life/", guide="spread"),
    Shot("09f-nhap-excel", OFFICER, "/register/import/groups/"),
    Shot("09f-kiem-tra-tep", OFFICER, "{checked}?whole=1", guide="import"),
    Shot("09g-chuyen", REVIEWER, "/register/hamlets/{hamlet}/move/"),
    Shot("11-khai-thac", REVIEWER, "/explore/?indicator=patrols&span=2026&rows=place&columns=month"),
    Shot("12-sap-xep", REVIEWER, "/dashboard/arrangements/"),
    Shot("13-ban-nhap", CHIEF, f"/reports/{COMMUNE}/drafts/"),
    Shot("14-dung-han", REVIEWER, "/review/timeliness/?year=2026", ("360", "1920")),
    Shot("00-thanh-phan", OFFICER, "/components/", ("360", "dark")),
]


def main() -> None:
    """Take every picture, or those whose name holds a word given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--guide", action="store_true", help="write docs/images too")
    given = parser.parse_args()
    wanted = [shot for shot in SHOTS if not given.words or any(word in shot.name for word in given.words)]
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        demo = demonstration(folder)
        keys = keys_of(demo)
        base = stack.enter_context(serving(demo, folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        stack.callback(browser.close)
        begin_the_month(browser, base)
        keys["checked"] = check_a_file(browser, base, folder / "to_tu_quan.xlsx")
        wanted = [shot._replace(path=shot.path.format(**keys)) for shot in wanted]
        for look in LOOKS:
            take(browser, base, [shot for shot in wanted if look in ("1366", *shot.looks)], look, given.guide)


def demonstration(folder: Path) -> Path:
    """The demonstration that is there, or a new one."""
    if os.environ.get("E2E_DEMO"):
        return Path(os.environ["E2E_DEMO"])
    database = folder / "demo.sqlite3"
    for command in ("migrate", "load_units", "load_catalogues", "seed_demo"):
        subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=environment(database), check=True)
    return database


def begin_the_month(browser: Browser, base: str) -> None:
    """Paste ordinary figures into the first hamlets of the running month, so that its pictures show work half done."""
    page = browser.new_context(base_url=base, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh").new_page()
    sign_in(page, OFFICER, ENTRY)
    rows = []
    for at in range(BEGUN):
        patrols, told, quarrel, session = 1 + at % 2, int(at % 3 == 0), int(at % 4 == 1), int(at % 5 == 2)
        people, valued, heard = 4 * patrols + at % 2, int(at % 6 == 0), session * (55 + at)
        rows.append([1 + at % 3, "", patrols, people, "", told, valued, quarrel, quarrel, 0, 0, session, heard, at % 4])
    paste(cell(page, hamlets(page)[0], codes(page)[0]), rows)
    accept(page)
    all_saved(page)
    page.context.close()


def check_a_file(browser: Browser, base: str, path: Path) -> str:
    """Hand in a list of groups as an office keeps it, with two mistakes; give the address of what was found."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write_row(0, 0, ["DANH SÁCH TỔ LIÊN GIA TỰ QUẢN"])
        sheet.write_row(2, 0, ["TT", "Tên tổ", "Loại hình", "Khu dân cư", "Ngày thành lập", "Số hộ"])
        for at in range(1, 9):
            day = "31/02/2026" if at == 5 else f"{at:02}/03/2026"
            hamlet = "Khu 99" if at == 7 else f"Khu {at}"
            sheet.write_row(2 + at, 0, [at, f"Tổ liên gia số {100 + at}", "Tổ liên gia tự quản", hamlet, day, 20 + at])
    page = browser.new_context(base_url=base, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh").new_page()
    sign_in(page, OFFICER, "/register/import/groups/")
    page.set_input_files("[type=file]", path)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    page.wait_for_selector("#result .tiles")
    address = urlsplit(page.url).path
    page.context.close()
    return address


def take(browser: Browser, base: str, shots: list[Shot], look: str, guide: bool) -> None:
    """Take the pictures of one look, each account signed in once."""
    pages: dict[str, Page] = {}
    for shot in shots:
        if shot.who not in pages:
            page = browser.new_context(
                base_url=base, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **LOOKS[look]
            ).new_page()
            if shot.who:
                sign_in(page, shot.who)
            pages[shot.who] = page
        page = pages[shot.who]
        page.goto(shot.path, wait_until="networkidle")
        in_our_letters(page)
        page.locator("[data-once]").evaluate_all("all => all.forEach(one => one.open = false)")  # as the second time
        target = FOLDER / (f"{shot.name}.png" if look == "1366" else f"{shot.name}-{look}.png")
        page.screenshot(path=target)
        if look == "1366" and shot.paper:
            page.pdf(path=FOLDER / f"{shot.name}-A4.pdf", prefer_css_page_size=True)
        if look == "1366" and shot.guide and guide:
            shutil.copyfile(target, IMAGES / f"{shot.guide}.png")
        print(target.relative_to(ROOT))
    for page in pages.values():
        page.context.close()


def in_our_letters(page: Page) -> None:
    """Open a page again that its font came too late for: it keeps the system's (``font-display: optional``)."""
    for _ in range(3):
        if drawn_in(page) == {True}:
            return
        page.evaluate("document.fonts.ready")
        page.reload(wait_until="networkidle")
    raise AssertionError(f"{page.url} is not drawn in our letters")


def drawn_in(page: Page) -> set[bool]:
    """Whether the letters of the page's heading are ours, and whether any are the system's."""
    wire = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        wire.send(f"{domain}.enable")
    root = wire.send("DOM.getDocument")["root"]["nodeId"]
    heading = wire.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = wire.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    wire.detach()
    return {font["isCustomFont"] for font in fonts}


if __name__ == "__main__":
    main()
