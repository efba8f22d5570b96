"""A key in the month's table makes the browser draw what it changes anew, not the page."""

import json

from tests.e2e.steps import ENTRY, all_saved, cell, codes, hamlets, sign_in

KEYS = 10


def styled(trace: bytes) -> int:
    """For how many elements a style was worked out."""
    events = json.loads(trace)["traceEvents"]
    counts = [one["args"].get("elementCount", 0) for one in events if one["name"] == "UpdateLayoutTree"]
    assert any(counts), "the browser tells nothing of styles"
    return sum(counts)


def test_ten_keys_style_a_few_cells_and_not_the_page_each(page, browser):
    sign_in(page, "chidam.canbo", ENTRY)
    cell(page, hamlets(page)[0], codes(page)[0]).click()
    everything = page.evaluate("document.querySelectorAll('*').length")
    for keys in (["ArrowDown"], ["ArrowUp"], ["5", "Enter"]):
        browser.start_tracing(page=page, categories=["devtools.timeline"])
        for _ in range(KEYS):
            for key in keys:
                page.keyboard.press(key)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        # About as many as the page has; where all of it followed from something within it, sixteen to thirty times as many
        assert styled(browser.stop_tracing()) < 4 * everything, keys
    all_saved(page)
