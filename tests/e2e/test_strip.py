"""The strip beside the table tells of the present cell; rows without blanks step aside; marks are not colour alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import ENTRY, all_saved, cell, codes, hamlets, nothing_happened, number, sign_in, until_stored


@pytest.fixture
def grid(page) -> Page:
    sign_in(page, "chidam.canbo", ENTRY)
    return page


def test_the_strip_names_the_cell_its_months_before_and_the_live_total(grid):
    rows, columns = hamlets(grid), codes(grid)
    strip = grid.locator("#cell-bar")
    told = grid.request.get(f"{grid.url}told/", max_retries=3).json()["before"]
    name = next(one for one in told if one.startswith("h") and one.endswith(".patrols") and told[one][0])
    cell(grid, *name.split(".")).click()
    expect(strip).to_contain_text("– Lượt tuần tra")
    expect(strip).to_contain_text(f"Tháng trước: {told[name][0]}")
    grid.keyboard.type("12")
    expect(strip).to_contain_text("Tổng cột: 12")
    grid.locator(f'.open-groups[data-for="{rows[0]}"]').click()
    group = grid.locator(f'tr[data-of="{rows[0]}"]').first.get_attribute("data-row")
    cell(grid, group, columns[0]).click()
    expect(strip).to_contain_text("Khu 1, ")
    grid.keyboard.type("4")
    cell(grid, rows[0], columns[0]).click()
    grid.keyboard.type("3")
    expect(strip).to_contain_text("Cả khu: 7 (dòng này 3, các tổ 4)")
    expect(cell(grid, rows[0], columns[0]).locator("xpath=..")).to_have_attribute("data-whole", "7")
    grid.keyboard.press("Shift+ArrowRight")
    expect(strip).to_contain_text("Đang chọn 2 ô, tổng 3")
    bar, table = strip.bounding_box(), grid.locator(".grid-wrap").bounding_box()
    assert bar["y"] + 1 >= table["y"] + table["height"], "below the table, never over it"


MARKED = """() => { const colour = (head) => getComputedStyle(head).backgroundColor;
  const heads = [...document.querySelectorAll("#grid tbody th")], marked = colour(document.querySelector("thead th.here"));
  return heads.filter((head) => head.matches(".here") || colour(head) === marked).map((head) => head.parentNode.dataset.row); }"""


def test_the_row_that_is_marked_is_the_one_the_strip_tells_of_while_groups_are_opened_and_closed(grid):
    rows, columns, strip = hamlets(grid), codes(grid), grid.locator("#cell-bar")
    cell(grid, rows[1], columns[1]).click()
    opener = grid.locator(f'.open-groups[data-for="{rows[4]}"]')
    opener.click()
    group = grid.locator(f'tr[data-of="{rows[4]}"]').first
    expect(group).to_be_visible()
    expect(strip).to_contain_text("Khu 2 –")
    assert grid.evaluate(MARKED) == [rows[1]]
    group.locator("input").nth(2).click()
    expect(strip).to_contain_text("Khu 5, ")
    assert grid.evaluate(MARKED) == [group.get_attribute("data-row")]
    opener.click()
    expect(group).to_be_hidden()
    expect(strip).to_contain_text("Khu 5 –")
    assert grid.evaluate(MARKED) == [rows[4]]


def test_the_parts_of_the_month_stay_in_sight_count_as_one_types_and_lead_to_themselves(grid):
    parts, first = grid.locator(".month-steps"), cell(grid, hamlets(grid)[0], codes(grid)[0])
    below, whole = parts.locator('[href="#hamlets"]'), parts.locator('[href="#whole"]')
    done, owed = below.locator("[data-filled]").inner_text().split("/")
    first.fill("3")
    first.press("Enter")
    expect(below.locator("[data-filled]")).to_have_text(f"{int(done) + 1}/{owed}")
    expect(below).to_have_attribute("aria-current", "step")
    expect(parts).to_be_in_viewport(ratio=1)
    whole.click()
    heading = grid.locator("#whole")
    expect(heading).to_be_in_viewport(ratio=1)
    top = grid.locator(".sheet-top").bounding_box()
    assert heading.bounding_box()["y"] >= top["y"] + top["height"] - 1, "not below what stays in place"
    left = whole.locator("[data-filled]").inner_text().split("/")
    for box in grid.locator(".unit-level tr:not(:has([data-optional])) input").all():
        box.fill("0")
    expect(whole.locator("[data-filled]")).to_have_text(f"{left[1]}/{left[1]}")
    expect(whole).to_have_class("done")
    expect(whole).to_have_attribute("aria-current", "step")
    expect(below).not_to_have_attribute("aria-current", "step")
    all_saved(grid)


def test_only_hamlets_with_blanks_are_shown_and_a_paste_by_name_still_finds_the_others(grid):
    rows, columns = hamlets(grid), codes(grid)
    nothing_happened(grid, rows[0])
    grid.get_by_role("dialog").get_by_role("button", name="Ghi vào bảng").click()
    all_saved(grid)
    only = grid.get_by_role("button", name="Chỉ khu còn ô trống")
    only.click()
    expect(grid.locator(f'tr[data-row="{rows[0]}"]')).to_be_hidden()
    expect(grid.locator("#save-state")).to_have_text(f"Còn {len(rows) - 1} khu có ô trống.")
    start = cell(grid, rows[1], columns[0])
    start.click()
    start.evaluate(
        """cell => { const data = new DataTransfer(); data.setData("text/plain", "Khu 1\\t5\\nKhu 2\\t6\\n");
        cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    grid.get_by_role("dialog").get_by_role("button", name="Ghi vào bảng").click()
    until_stored(grid, {f"{rows[0]}.{columns[0]}": 5, f"{rows[1]}.{columns[0]}": 6})
    only.click()
    expect(grid.locator(f'tr[data-row="{rows[0]}"]')).to_be_visible()
    assert number(grid.locator(f'[data-total="{columns[0]}"]').inner_text()) == 11


def test_a_cell_that_is_asked_about_or_wrong_carries_a_sign_that_is_read_out(grid):
    row = hamlets(grid)[0]
    cell(grid, row, "tips").fill("1")
    cell(grid, row, "valuable_tips").fill("3")
    cell(grid, row, "valuable_tips").press("Tab")
    place = cell(grid, row, "valuable_tips").locator("xpath=..")
    expect(place).to_have_attribute("data-mark", "⚠")
    assert "lớn hơn" in cell(grid, row, "valuable_tips").get_attribute("aria-description")
    cell(grid, row, "valuable_tips").fill("1")
    cell(grid, row, "valuable_tips").press("Tab")
    expect(place).not_to_have_attribute("data-mark", "⚠")


def test_hamlets_reached_are_counted_as_one_types_each_once_through_any_of_its_groups(grid):
    rows, code = hamlets(grid), "outreach_sessions"
    count, strip = grid.locator(f'[data-reached="{code}"]'), grid.locator("#cell-bar")
    expect(count).to_have_text("–")
    for row, typed, counted in ((rows[1], "0", "0"), (rows[0], "3", "1"), (rows[2], "2", "2")):
        cell(grid, row, code).click()
        grid.keyboard.type(typed)
        expect(count).to_have_text(counted)
    expect(strip).to_contain_text("Tổng cột: 5 (ở 2 khu)")
    grid.locator(f'.open-groups[data-for="{rows[0]}"]').click()
    group = grid.locator(f'tr[data-of="{rows[0]}"]').first.get_attribute("data-row")
    cell(grid, group, code).click()
    grid.keyboard.type("4")
    expect(count).to_have_text("2")
    all_saved(grid)
    grid.reload()
    expect(count).to_have_text("2")
