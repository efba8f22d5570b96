"""The page of parts in a browser: no violation, light or dark, and no width sticks out."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.steps import sign_in


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_part_is_accessible_and_fits(page, look):
    page.emulate_media(color_scheme=look)
    sign_in(page, "chidam.canbo", "/components/")
    found = Axe().run(page, options={"preload": False})
    assert not found.response["violations"], found.generate_report()
    for width in (320, 360, 640, 1024, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
