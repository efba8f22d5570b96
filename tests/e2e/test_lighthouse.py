"""Lighthouse looks at every page that answers; ``make lighthouse`` alone, for it takes some seconds a page.

Accessibility, practice and what is found of a page hold to 95 on all of them; performance, which belongs to the machine
and takes three times as long to measure, is told of the main ones. ``LIGHTHOUSE`` names words of the pages wanted, or is
"all"; ``LIGHTHOUSE_TIMED=all`` measures the performance of each.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.conftest import CHROMIUM, QUIET, ROOT
from tests.e2e.pages import ANYONE, COUNTRY, LAST, LEADER, OFFICER, PAGES, REVIEWER
from tests.e2e.steps import COMMUNE, ENTRY
from tests.e2e.test_every_page import name_of, site  # noqa: F401 (a fixture)

WANTED = os.environ.get("LIGHTHOUSE", "").split()
LEAST = 95
HELD, TOLD = ("accessibility", "best-practices", "seo"), ("performance",)
PROGRAM = ROOT / "tests" / "lighthouse" / "look.mjs"
TIMED = {
    (ANYONE, "/accounts/login/"),
    (OFFICER, "/"),
    (OFFICER, ENTRY),
    (OFFICER, f"{ENTRY}send/"),
    (OFFICER, "/register/groups/"),
    (OFFICER, f"/documents/{COMMUNE}/2025-H1/"),
    (REVIEWER, "/"),
    (REVIEWER, "/review/"),
    (REVIEWER, f"/review/{{sent}}/{LAST}/"),
    (LEADER, f"/dashboard/?province=25&span={LAST}"),
    (REVIEWER, "/dashboard/?province=25&span=2025-H1&view=map"),
    (LEADER, "/"),
    (COUNTRY, "/"),
    (COUNTRY, "/dashboard/?span=2025&view=country&basis=commune"),
}


def wanted(one: tuple[str, str]) -> bool:
    return WANTED == ["all"] or any(word in name_of(one) for word in WANTED)


@pytest.fixture(scope="module")
def looks() -> Iterator[Callable[..., dict]]:
    """What Lighthouse says of a page as it comes to somebody who is signed in; one process for all of them."""
    command = ["node", str(PROGRAM), "--headless=new", *QUIET]
    program = subprocess.Popen(
        command, env=os.environ | {"CHROME_PATH": CHROMIUM}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdin and program.stdout

    def look(url: str, cookies: list[dict], categories: tuple[str, ...]) -> dict:
        headers = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in cookies)}
        asked = json.dumps({"url": url, "headers": headers, "categories": categories})
        for _ in range(2):  # what Lighthouse could not record on a busy machine it says to try again
            print(asked, file=program.stdin, flush=True)
            found = json.loads(program.stdout.readline())
            if "error" not in found:
                return found
        raise AssertionError(found["error"])

    yield look
    program.stdin.close()
    program.wait()


def failed(found: dict, category: str) -> list[str]:
    """The audits of a category that found fault."""
    weighed = [one["id"] for one in found["categories"][category]["auditRefs"] if one["weight"]]
    return [key for key in weighed if found["audits"][key]["score"] not in (1, None)]


@pytest.mark.parametrize("one", [one for one in PAGES if wanted(one)], ids=name_of)
def test_a_page_is_good_in_the_eyes_of_lighthouse(one, site, looks):  # noqa: F811
    timed = one in TIMED or os.environ.get("LIGHTHOUSE_TIMED") == "all"
    with site.visit(*one) as page:
        if page.answer.status >= 400:
            pytest.skip(f"the page answers {page.answer.status}, which Lighthouse does not look at")
        url, cookies = page.url, page.context.cookies()
    found = looks(url, cookies, HELD + TOLD if timed else HELD)
    scores = {name: round(100 * (of["score"] or 0)) for name, of in found["categories"].items()}
    print(name_of(one), *(f"{name} {scores[name]}" for name in HELD + TOLD if name in scores))
    assert all(scores[name] >= LEAST for name in HELD), {name: failed(found, name) for name in HELD}


def test_the_main_pages_are_among_all():
    assert set(PAGES) >= TIMED
