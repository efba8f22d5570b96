"""On a window wide and high enough a month fills it: its table scrolls, the checks stand beside, one part is shown at a time."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import COMMUNE, ENTRY, MONTH, all_saved, cell, codes, complaint, hamlets, part, sign_in, step

PARTS = ("hamlets", "whole", "notes", "weapons", "registry")
FILLED = [(1366, 768), (1366, 625), (1920, 1080), (1100, 600)]
SCROLLED = [(1099, 768), (1366, 599), (640, 400), (360, 740)]
LONG = "document.scrollingElement.scrollHeight > innerHeight + 1"
WHOLE_WIDTH = "wrap => wrap.scrollWidth <= wrap.clientWidth"


def opened(browse, size: tuple[int, int], path: str = ENTRY, **more) -> Page:
    page = browse(viewport={"width": size[0], "height": size[1]}, **more)
    sign_in(page, "chidam.canbo", path)
    return page


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found, "not shown"
    return found | {"right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


def boxes(page: Page, *places: str) -> list[dict[str, float]]:
    """Where they stand at one moment: what the strip has still to tell raises it."""
    return page.evaluate(
        "all => all.map((one) => document.querySelector(one).getBoundingClientRect().toJSON())", list(places)
    )


def begin(page: Page) -> None:
    """Type a figure, so that there is something to check."""
    cell(page, hamlets(page)[0], codes(page)[0]).fill("3")
    page.keyboard.press("Tab")
    all_saved(page)


def shown(page: Page) -> list[str]:
    return [name for name in PARTS if part(page, name).is_visible()]


@pytest.mark.parametrize("size", FILLED, ids=lambda size: "x".join(map(str, size)))
def test_a_month_fills_the_window_with_its_totals_above_the_strip(browse, size):
    page = opened(browse, size)
    expect(page.locator("#cell-bar")).to_be_visible()
    assert not page.evaluate(LONG), "the page scrolls"
    table, total, strip = boxes(page, ".grid-wrap", ".grid tfoot tr:last-child th", "#cell-bar")
    assert table["y"] < total["y"] and total["bottom"] <= table["bottom"] + 1
    assert table["bottom"] <= strip["y"] + 1 and abs(strip["bottom"] - size[1]) < 2
    assert page.locator(".grid-wrap").evaluate("wrap => wrap.scrollHeight > wrap.clientHeight"), (
        "the table scrolls itself"
    )
    cell(page, hamlets(page)[-1], codes(page)[-1]).click()
    expect(page.locator("#cell-bar")).to_contain_text(re.compile("Cả nhóm .+: không phát sinh"))
    assert not page.evaluate(LONG)


@pytest.mark.parametrize("size", SCROLLED, ids=lambda size: "x".join(map(str, size)))
def test_a_narrow_or_short_window_scrolls_a_page_of_all_parts(browse, size):
    page = opened(browse, size)
    assert page.evaluate(LONG) and shown(page) == list(PARTS)
    expect(page.get_by_role("button", name="Kiểm tra")).to_be_hidden()
    cell(page, hamlets(page)[0], codes(page)[0]).click()
    strip, table = boxes(page, "#cell-bar", ".grid-wrap")
    assert strip["height"] and strip["bottom"] <= table["y"] + 1


def test_a_link_to_a_part_leads_to_it_where_the_page_scrolls(browse):
    page = opened(browse, (360, 740))
    page.goto("about:blank")
    page.goto(f"{ENTRY}#whole")
    expect(page.locator("#whole")).to_be_in_viewport(ratio=1)
    step(page, "registry").click()
    expect(page.locator("#registry h2")).to_be_in_viewport(ratio=1)
    assert shown(page) == list(PARTS)


def test_the_checks_stand_beside_all_columns_and_stay_as_they_were_left(browse):
    page = opened(browse, (1366, 768))
    checks, table = page.locator("#checks"), page.locator(".grid-wrap")
    button = page.get_by_role("button", name="Kiểm tra")
    expect(button).to_have_attribute("aria-expanded", "true")
    begin(page)
    expect(button).to_have_text(re.compile(r"^Kiểm tra \(\d+\)$"))
    left, right = boxes(page, ".grid-wrap", "#checks")
    assert left["right"] <= right["x"] + 1 and right["right"] <= 1366
    assert table.evaluate(WHOLE_WIDTH), "all columns beside the checks"
    button.click()
    expect(checks).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    assert box(table)["right"] > 1360
    page.reload()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(checks).to_be_hidden()
    button.click()
    page.reload()
    expect(checks).to_be_visible()


@pytest.mark.parametrize("size", [(1366, 768), (1100, 600)], ids=lambda size: "x".join(map(str, size)))
def test_the_keys_told_on_the_first_visit_take_no_row_of_the_table(browse, size):
    page = opened(browse, size)
    keys, signs = page.locator(".keys"), page.locator(".signs")
    expect(keys).to_have_attribute("open", "")
    expect(keys.get_by_text("dán khối từ Excel")).to_be_in_viewport(ratio=1)
    expect(cell(page, hamlets(page)[0], codes(page)[0])).to_be_focused()
    expect(cell(page, hamlets(page)[0], codes(page)[0])).to_be_in_viewport(ratio=1)
    table, line, strip = boxes(page, ".grid-wrap", ".keys-line", "#cell-bar")
    assert line["height"] < 30 and table["bottom"] <= line["y"] + 1 and line["bottom"] <= strip["y"] + 1
    page.reload()
    expect(keys).not_to_have_attribute("open", "")
    expect(signs).to_contain_text("tỉnh hỏi lại")
    expect(signs).to_be_in_viewport(ratio=1)
    assert box(page.locator(".keys-line"))["height"] == line["height"]


def test_where_columns_would_be_too_narrow_the_checks_wait_until_they_are_asked_for(browse):
    page = opened(browse, (1000, 700))
    checks, button = page.locator("#checks"), page.get_by_role("button", name="Kiểm tra")
    expect(checks).to_be_visible()
    page.set_viewport_size({"width": 1400, "height": 700})
    expect(button).to_have_attribute("aria-expanded", "true")
    page.set_viewport_size({"width": 1200, "height": 700})
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(checks).to_be_hidden()
    assert page.locator(".grid-wrap").evaluate(WHOLE_WIDTH)
    button.click()
    expect(checks).to_be_visible()


def test_where_there_is_no_room_beside_the_checks_follow_the_notes(browse):
    page = opened(browse, (360, 740))
    following = page.locator("#entry + #checks")
    expect(following).to_be_visible()
    notes, checks, weapons = boxes(page, "#notes", "#checks", "#weapons")
    assert notes["bottom"] <= checks["top"] and checks["bottom"] <= weapons["top"] + 1
    for width, height in ((1366, 768), (1600, 500)):
        page.set_viewport_size({"width": width, "height": height})
        expect(following).to_have_count(0)
        left, right = boxes(page, ".parts", "#checks")
        assert left["right"] <= right["left"] + 1 and right["right"] <= width
    page.set_viewport_size({"width": 360, "height": 740})
    expect(following).to_be_visible()


def test_one_part_is_shown_at_a_time_and_the_address_leads_to_it(browse):
    page = opened(browse, (1366, 768))
    last = cell(page, hamlets(page)[3], codes(page)[2])
    last.click()
    assert shown(page) == ["hamlets"]
    for name in (*PARTS[1:], PARTS[0]):
        step(page, name).click()
        expect(page).to_have_url(re.compile(f"#{name}$"))
        expect(part(page, name)).to_be_visible()
        assert shown(page) == [name]
        expect(page.locator(".month-steps [aria-current=step]")).to_have_attribute("href", f"#{name}")
        expect(page.locator("#cell-bar")).to_be_visible(visible=name in ("hamlets", "whole"))
    expect(last).to_be_focused()
    step(page, "whole").click()
    expect(page.locator(".unit-level input").first).to_be_focused()
    page.go_back()
    expect(last).to_be_focused()
    assert shown(page) == ["hamlets"]
    for name in PARTS:
        page.goto("about:blank")
        page.goto(f"{ENTRY}#{name}")
        expect(part(page, name)).to_be_visible()
        assert shown(page) == [name]


def test_back_from_the_first_step_leads_back_to_where_one_was(browse):
    page = opened(browse, (1366, 768))
    last = cell(page, hamlets(page)[3], codes(page)[2])
    last.click()
    expect(last).to_be_focused()
    for name in ("whole", "notes"):
        step(page, name).click()
        expect(page).to_have_url(re.compile(f"#{name}$"))
        page.go_back()
        expect(last).to_be_focused()
        assert shown(page) == ["hamlets"]


def test_a_step_that_the_address_already_names_is_gone_to_all_the_same(browse):
    page = opened(browse, (1366, 768))
    first = page.locator(".unit-level input").first
    step(page, "whole").click()
    expect(first).to_be_focused()
    page.get_by_role("button", name="Chỉ khu còn ô trống").click()
    expect(page.locator("#grid input:focus")).to_be_attached()
    assert shown(page) == ["hamlets"]
    step(page, "whole").click()
    expect(first).to_be_focused()
    assert shown(page) == ["whole"]
    expect(page.get_by_role("button", name="Cả dòng: không phát sinh")).to_be_hidden()


def test_a_link_to_a_cell_opens_the_part_that_holds_it(browse):
    page = opened(browse, (1366, 768))
    begin(page)
    unit = page.locator(".unit-level input").nth(3)
    link = unit.get_attribute("id")
    for _ in range(2):
        page.locator(f'#checks a[href="#{link}"]').evaluate("link => link.click()")
        expect(unit).to_be_focused()
        assert shown(page) == ["whole"]
        step(page, "notes").click()
        expect(page.get_by_label("Kiến nghị")).to_be_visible()


def test_enter_past_the_last_hamlet_leads_to_what_is_entered_for_the_unit(browse):
    page = opened(browse, (1366, 768))
    rows = page.locator("#grid tbody tr").evaluate_all("rows => rows.map(row => row.dataset.row)")
    end = cell(page, rows[-1], codes(page)[0])
    end.click()
    page.keyboard.press("Enter")
    expect(page.locator(".unit-level input").first).to_be_focused()
    assert shown(page) == ["whole"]
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    all_saved(page)
    page.keyboard.press("Control+z")
    expect(page.locator(".unit-level input").first).to_be_focused()
    assert shown(page) == ["whole"]


def test_what_is_wrong_with_a_cell_is_said_whole_by_the_strip_and_its_row_stays_low(browse):
    page = opened(browse, (1366, 768))
    row, code = hamlets(page)[0], codes(page)[2]
    wrong = cell(page, row, code)
    wrong.fill("mười")
    wrong.press("Enter")
    expect(complaint(page, row, code)).to_be_visible()
    wrong.click()
    expect(page.locator("#cell-bar")).to_contain_text("“mười” không phải là số đếm. Ghi số nguyên từ 0")
    assert box(page.locator(f'tr[data-row="{row}"]'))["height"] < 90


def test_without_scripts_or_to_be_read_all_parts_stand_below_one_another(browse):
    for page in (
        opened(browse, (1366, 768), java_script_enabled=False),
        opened(browse, (1366, 768), f"/reports/{COMMUNE}/{MONTH - 1}/"),
    ):
        assert page.evaluate(LONG) and shown(page) == list(PARTS)
