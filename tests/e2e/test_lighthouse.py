"""Lighthouse looks at every page that answers; ``make lighthouse`` alone, for it takes some ten seconds a page.

Accessibility, practice and what is found of a page hold to 95; its performance, which belongs to the machine, is told.
``LIGHTHOUSE`` names words of the pages wanted, or is "all".
"""

import json
import os
import subprocess

import pytest

from tests.e2e.conftest import CHROMIUM, QUIET, ROOT
from tests.e2e.pages import PAGES
from tests.e2e.test_every_page import name_of, site  # noqa: F401 (a fixture)

WANTED = os.environ.get("LIGHTHOUSE", "").split()
LEAST = 95
HELD, TOLD = ("accessibility", "best-practices", "seo"), ("performance",)
PROGRAM = ROOT / "tests" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"


def wanted(one: tuple[str, str]) -> bool:
    return WANTED == ["all"] or any(word in name_of(one) for word in WANTED)


def looked_at(url: str, cookies: list[dict]) -> dict:
    """What Lighthouse says of a page as it comes to somebody who is signed in."""
    headers = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in cookies)}
    command = [
        PROGRAM, url, "--quiet", "--preset=desktop", "--output=json", "--output-path=stdout", "--no-enable-error-reporting",
        f"--only-categories={','.join(HELD + TOLD)}", f"--extra-headers={json.dumps(headers)}",
        f"--chrome-flags=--headless=new {' '.join(QUIET)}",
    ]  # fmt: skip
    ran = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": CHROMIUM}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


def failed(found: dict, category: str) -> list[str]:
    """The audits of a category that found fault."""
    weighed = [one["id"] for one in found["categories"][category]["auditRefs"] if one["weight"]]
    return [key for key in weighed if found["audits"][key]["score"] not in (1, None)]


@pytest.mark.parametrize("one", [one for one in PAGES if wanted(one)], ids=name_of)
def test_a_page_is_good_in_the_eyes_of_lighthouse(one, site):  # noqa: F811
    with site.visit(*one) as page:
        if page.answer.status >= 400:
            pytest.skip(f"the page answers {page.answer.status}, which Lighthouse does not look at")
        found = looked_at(page.url, page.context.cookies())
    scores = {name: round(100 * (found["categories"][name]["score"] or 0)) for name in HELD + TOLD}
    print(name_of(one), *(f"{name} {score}" for name, score in scores.items()))
    assert all(scores[name] >= LEAST for name in HELD), {name: failed(found, name) for name in HELD}
