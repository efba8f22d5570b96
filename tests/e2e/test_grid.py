"""The grid under someone's hands: keyboard, totals, pasting, undoing, proposals."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import (
    ENTRY,
    REVIEW,
    accept,
    all_saved,
    cell,
    codes,
    complaint,
    hamlets,
    nothing_happened,
    paste,
    sign_in,
    state,
    step,
    stored,
    total,
    until_stored,
)  # fmt: skip


@pytest.fixture
def grid(page) -> Page:
    """The running month of Chí Đám, where nothing is entered yet."""
    sign_in(page, "chidam.canbo", ENTRY)
    return page


def undo(page: Page) -> None:
    page.get_by_role("button", name="Hoàn tác").click()


def optional(page: Page) -> list[str]:
    return page.locator("#grid th[data-optional]").evaluate_all("heads => heads.map(head => head.dataset.code)")


def opener(page: Page, row: str):
    return page.locator(f'.open-groups[data-for="{row}"]')


def test_arrows_enter_home_and_end_move_from_cell_to_cell(grid):
    rows, columns = hamlets(grid), codes(grid)
    cell(grid, rows[0], columns[0]).focus()
    last = columns[-1]
    for key, row, code in (
        ("ArrowDown", rows[1], columns[0]), ("ArrowRight", rows[1], columns[1]), ("ArrowUp", rows[0], columns[1]),
        ("ArrowLeft", rows[0], columns[0]), ("Tab", rows[0], columns[1]), ("Shift+Tab", rows[0], columns[0]),
        ("Enter", rows[1], columns[0]), ("Shift+Enter", rows[0], columns[0]), ("End", rows[0], last),
        ("Home", rows[0], columns[0]), ("Control+ArrowRight", rows[0], last), ("Control+ArrowDown", "u", last),
        ("Control+ArrowLeft", "u", columns[0]), ("Control+ArrowUp", rows[0], columns[0]), ("Control+End", "u", last),
        ("Control+Home", rows[0], columns[0]),
    ):  # fmt: skip
        grid.keyboard.press(key)
        expect(cell(grid, row, code), key).to_be_focused()


def test_the_caret_moves_inside_a_number_before_the_arrow_leaves_the_cell(grid):
    rows, columns = hamlets(grid), codes(grid)
    first = cell(grid, rows[0], columns[1])
    first.focus()
    grid.keyboard.type("13")
    grid.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    grid.keyboard.type("2")
    expect(first).to_have_value("123")
    grid.keyboard.press("End")
    expect(cell(grid, rows[0], columns[-1])).to_be_focused()


def test_enter_leads_from_the_last_row_to_the_figures_of_the_whole_unit(grid):
    columns = codes(grid)
    cell(grid, "u", columns[0]).focus()
    grid.keyboard.press("Enter")
    expect(grid.locator(".unit-level input").first).to_be_focused()
    grid.keyboard.press("Enter")
    expect(grid.locator(".unit-level input").nth(1)).to_be_focused()


def test_totals_move_as_one_types_and_escape_takes_the_typing_back(grid):
    rows, sum_ = hamlets(grid), total(grid, "patrols")
    expect(sum_).to_have_text("–")
    cell(grid, rows[0], "patrols").press_sequentially("7")
    expect(sum_).to_have_text("7")
    grid.keyboard.press("Enter")
    grid.keyboard.type("1500")
    expect(sum_).to_have_text("1.507")
    grid.keyboard.press("Escape")
    expect(cell(grid, rows[1], "patrols")).to_have_value("")
    expect(sum_).to_have_text("7")
    all_saved(grid)
    until_stored(grid, {f"{rows[0]}.patrols": 7, f"{rows[1]}.patrols": None})


def test_escape_brings_back_what_the_cell_held_when_it_was_entered(grid):
    row = hamlets(grid)[0]
    patrols = cell(grid, row, "patrols")
    patrols.fill("7")
    patrols.press("Enter")
    all_saved(grid)
    patrols.focus()
    grid.keyboard.type("88")
    until_stored(grid, {f"{row}.patrols": 88})
    grid.keyboard.press("Escape")
    expect(patrols).to_have_value("7")
    until_stored(grid, {f"{row}.patrols": 7})


def test_what_is_no_count_is_refused_beside_its_cell_and_stays_to_be_mended(grid):
    rows = hamlets(grid)
    bad, good = cell(grid, rows[0], "patrols"), cell(grid, rows[0], "tips")
    good.fill("4")
    bad.fill("mười")
    bad.press("Tab")
    expect(complaint(grid, rows[0], "patrols")).to_contain_text("“mười” không phải là số đếm")
    expect(bad).to_have_attribute("aria-invalid", "true")
    expect(bad).to_have_accessible_description("“mười” không phải là số đếm. Ghi số nguyên từ 0 đến 999.999.999, "
                                               "hoặc để trống nếu chưa có số liệu.")  # fmt: skip
    expect(state(grid)).to_have_text(re.compile("1 mục chưa lưu"))
    until_stored(grid, {f"{rows[0]}.tips": 4, f"{rows[0]}.patrols": None})
    grid.reload()
    expect(bad).to_have_value("mười")
    expect(complaint(grid, rows[0], "patrols")).to_contain_text("không phải là số đếm")
    bad.fill("10")
    bad.press("Tab")
    expect(complaint(grid, rows[0], "patrols")).to_have_count(0)
    expect(bad).not_to_have_attribute("aria-invalid", "true")
    all_saved(grid)
    until_stored(grid, {f"{rows[0]}.patrols": 10})


def test_taking_back_what_is_no_count_leaves_nothing_that_waits(grid):
    row = hamlets(grid)[0]
    tips = cell(grid, row, "tips")
    tips.fill("4")
    tips.press("Tab")
    all_saved(grid)
    tips.fill("4,5")
    tips.press("Tab")
    expect(state(grid)).to_have_text(re.compile("1 mục chưa lưu"))
    tips.fill("4")
    tips.press("Tab")
    expect(complaint(grid, row, "tips")).to_have_count(0)
    expect(state(grid)).to_contain_text("Đã lưu")


@pytest.mark.parametrize("text", ["-1", "1,5", "1e3", "1000000000", "１２３"])
def test_a_cell_takes_only_whole_numbers_up_to_999_999_999(grid, text):
    row = hamlets(grid)[0]
    cell(grid, row, "patrols").fill(text)
    cell(grid, row, "patrols").press("Tab")
    expect(complaint(grid, row, "patrols")).to_be_visible()
    expect(cell(grid, row, "patrols")).to_have_value(text)
    expect(total(grid, "patrols")).to_have_text("–")
    assert not stored(grid)


def test_a_pasted_block_is_previewed_with_every_kind_of_number_understood_or_refused(grid):
    rows, columns = hamlets(grid), codes(grid)
    paste(cell(grid, rows[0], columns[0]), [["1.164", "1,164", "02", "", "-", "abc"]])
    dialog = grid.get_by_role("dialog")
    expect(dialog).to_contain_text("3 ô sẽ được ghi")
    expect(dialog).to_contain_text("1 ô trống trong phần dán được bỏ qua")
    expect(dialog).to_contain_text("“abc” không phải là số đếm")
    expect(dialog).to_contain_text("Khu 1 – ")
    assert not stored(grid), "a preview writes nothing"
    dialog.get_by_label("ghi là không phát sinh (0)").check()
    accept(grid)
    for code, value in zip(columns, ("1.164", "1.164", "2", "", "0", ""), strict=False):
        expect(cell(grid, rows[0], code)).to_have_value(value)
    all_saved(grid)
    name = rows[0] + ".{}"
    until_stored(grid, {name.format(c): v for c, v in zip(columns, (1164, 1164, 2, None, 0, None), strict=False)})


def test_a_dash_that_is_not_said_to_be_zero_stays_blank(grid):
    rows, columns = hamlets(grid), codes(grid)
    paste(cell(grid, rows[0], columns[0]), [["5", "-"], ["6", "–"]])
    accept(grid)
    all_saved(grid)
    until_stored(grid, {f"{rows[0]}.{columns[0]}": 5, f"{rows[1]}.{columns[0]}": 6, f"{rows[0]}.{columns[1]}": None})


def test_a_paste_says_what_it_replaces_and_what_falls_outside_and_may_be_cancelled(grid):
    rows, columns = hamlets(grid), codes(grid)
    last = cell(grid, rows[0], columns[-1])
    last.fill("3")
    last.press("Home")
    all_saved(grid)
    paste(last, [["9", "8"]])
    dialog = grid.get_by_role("dialog")
    expect(dialog).to_contain_text("1 số nằm ngoài bảng")
    expect(dialog).to_contain_text("3 → 9")
    dialog.get_by_role("button", name="Hủy").click()
    expect(last).to_have_value("3")
    until_stored(grid, {f"{rows[0]}.{columns[-1]}": 3})


def test_one_undo_takes_back_a_whole_paste(grid):
    rows, columns = hamlets(grid), codes(grid)
    start = cell(grid, rows[0], columns[0])
    start.fill("1")
    start.press("Tab")
    all_saved(grid)
    paste(start, [["5", "6"], ["7", "8"]])
    accept(grid)
    places = [(row, code) for row in rows[:2] for code in columns[:2]]
    until_stored(grid, {f"{row}.{code}": value for (row, code), value in zip(places, (5, 6, 7, 8), strict=True)})
    undo(grid)
    for (row, code), value in zip(places, ("1", "", "", ""), strict=True):
        expect(cell(grid, row, code)).to_have_value(value)
    all_saved(grid)
    names = [f"{row}.{code}" for row, code in places]
    until_stored(grid, dict(zip(names, (1, None, None, None), strict=True)))


def test_undo_takes_back_what_was_typed_last_and_then_what_was_before_it(grid):
    row = hamlets(grid)[0]
    patrols, tips = cell(grid, row, "patrols"), cell(grid, row, "tips")
    for place, text in ((patrols, "5"), (tips, "6")):
        place.fill(text)
        place.press("Tab")
    undo(grid)
    expect(tips).to_have_value("")
    expect(patrols).to_have_value("5")
    undo(grid)
    expect(patrols).to_have_value("")
    all_saved(grid)
    assert not stored(grid)


def test_khong_phat_sinh_of_a_row_fills_its_blanks_only(grid):
    rows, columns = hamlets(grid), codes(grid)
    cell(grid, rows[1], "patrols").fill("3")
    nothing_happened(grid, rows[1])
    expect(grid.get_by_role("dialog")).to_contain_text("Khu 2 – Lượt người tham gia tuần tra: “Lượt tuần tra” là 3")
    assert set(stored(grid)) <= {f"{rows[1]}.patrols"}, "a preview writes nothing"
    accept(grid)
    all_saved(grid)
    left = {"patrol_attendance", *optional(grid)}
    wanted = {f"{rows[1]}.{code}": 3 if code == "patrols" else 0 for code in columns if code not in left}
    until_stored(grid, wanted)
    assert stored(grid) == wanted
    grid.reload()
    undo(grid)
    expect(cell(grid, rows[1], "tips")).to_have_value("")
    expect(cell(grid, rows[1], "patrols")).to_have_value("3")


def test_khong_phat_sinh_of_a_section_fills_the_blanks_of_every_hamlet_and_no_other_section(grid):
    rows = hamlets(grid)
    cell(grid, rows[0], "tips").click()
    grid.get_by_role("button", name="Cả nhóm Nguồn tin: không phát sinh").click()
    accept(grid)
    all_saved(grid)
    wanted = {f"{row}.{code}" for row in rows for code in ("tips", "valuable_tips")}
    until_stored(grid, dict.fromkeys(wanted, 0))
    assert {name.split(".")[1] for name in stored(grid)} <= {
        "tips", "valuable_tips", "cases_solved_from_tips", "offenders_from_tips",
    }  # fmt: skip
    expect(cell(grid, rows[0], "patrols")).to_have_value("")


def test_last_months_stocks_are_proposed_for_blank_cells(grid):
    proposed = grid.request.get(f"{grid.url}stocks/", max_retries=3).json()
    assert proposed, "the demonstration has stocks of last month"
    kept = next(name for name in proposed if name.startswith("u."))
    step(grid, "whole").click()
    grid.locator(f'input[name="{kept}"]').fill("99")
    grid.get_by_role("button", name="Lấy số hiện có của tháng trước").click()
    expect(grid.get_by_role("dialog")).to_contain_text(f"{len(proposed) - 1} ô sẽ được ghi")
    assert set(stored(grid)) <= {kept}, "a proposal writes nothing"
    accept(grid)
    all_saved(grid)
    until_stored(grid, proposed | {kept: 99})


def test_a_hamlet_opens_to_its_groups_and_its_total_counts_them(grid):
    row = hamlets(grid)[0]
    cell(grid, row, "patrols").fill("2")
    opener(grid, row).click()
    expect(opener(grid, row)).to_have_attribute("aria-expanded", "true")
    group = grid.locator(f'tr[data-of="{row}"]').nth(1).get_attribute("data-row")
    cell(grid, group, "patrols").fill("4")
    expect(total(grid, "patrols")).to_have_text("6")
    cell(grid, group, "patrols").press("Enter")
    all_saved(grid)
    until_stored(grid, {f"{row}.patrols": 2, f"{group}.patrols": 4})
    grid.reload()
    expect(grid.locator(f'td:has(> input[name="{row}.patrols"])')).to_have_attribute("data-more", "4")
    expect(total(grid, "patrols")).to_have_text("6")
    cell(grid, row, "patrols").fill("3")
    expect(total(grid, "patrols")).to_have_text("7")
    opener(grid, row).click()
    expect(cell(grid, group, "patrols")).to_have_value("4")
    expect(total(grid, "patrols")).to_have_text("7")


def test_what_is_no_count_in_a_groups_row_is_still_there_to_be_mended_after_a_reload(grid):
    row = hamlets(grid)[0]
    opener(grid, row).click()
    group = grid.locator(f'tr[data-of="{row}"]').first.get_attribute("data-row")
    cell(grid, group, "patrols").fill("mười")
    cell(grid, group, "patrols").press("Tab")
    expect(complaint(grid, group, "patrols")).to_be_visible()
    grid.reload()
    expect(cell(grid, group, "patrols")).to_have_value("mười")
    expect(complaint(grid, group, "patrols")).to_be_visible()


def test_the_keyboard_passes_over_groups_that_are_closed_again(grid):
    rows, columns = hamlets(grid), codes(grid)
    opener(grid, rows[0]).click()
    first_group = grid.locator(f'tr[data-of="{rows[0]}"]').first
    expect(first_group).to_be_visible()
    cell(grid, rows[0], columns[0]).focus()
    grid.keyboard.press("ArrowDown")
    expect(first_group.locator("input").first).to_be_focused()
    opener(grid, rows[0]).click()
    expect(first_group).to_be_hidden()
    cell(grid, rows[0], columns[0]).focus()
    grid.keyboard.press("ArrowDown")
    expect(cell(grid, rows[1], columns[0])).to_be_focused()


def test_a_block_is_not_pasted_into_groups_that_are_closed_again(grid):
    rows, columns = hamlets(grid), codes(grid)
    opener(grid, rows[0]).click()
    expect(grid.locator(f'tr[data-of="{rows[0]}"]').first).to_be_visible()
    opener(grid, rows[0]).click()
    paste(cell(grid, rows[0], columns[0]), [["5"], ["6"]])
    accept(grid)
    expect(cell(grid, rows[0], columns[0])).to_have_value("5")
    expect(cell(grid, rows[1], columns[0])).to_have_value("6")


def test_khong_phat_sinh_leaves_a_hamlet_alone_whose_groups_have_the_figure(grid):
    row = hamlets(grid)[0]
    opener(grid, row).click()
    group = grid.locator(f'tr[data-of="{row}"]').first.get_attribute("data-row")
    cell(grid, group, "patrols").fill("4")
    cell(grid, group, "patrols").press("Enter")
    all_saved(grid)
    nothing_happened(grid, row)
    accept(grid)
    all_saved(grid)
    until_stored(grid, {f"{row}.tips": 0, f"{row}.patrols": None, f"{group}.patrols": 4})


def test_blank_and_zero_look_different_everywhere(grid):
    rows = hamlets(grid)
    cell(grid, rows[0], "patrols").fill("0")
    cell(grid, rows[0], "patrols").press("Enter")
    all_saved(grid)
    grid.reload()
    expect(cell(grid, rows[0], "patrols")).to_have_value("0")
    expect(cell(grid, rows[0], "tips")).to_have_value("")
    expect(total(grid, "patrols")).to_have_text("0")
    expect(total(grid, "tips")).to_have_text("–")
    grid.goto(REVIEW)
    expect(grid.locator(f"#c-{rows[0]}-patrols")).to_have_text("0")
    expect(grid.locator(f"#c-{rows[0]}-tips")).to_have_text("–")


def test_a_month_is_entered_by_keyboard_alone(browse):
    page = browse()
    page.goto(f"/accounts/login/?next={ENTRY}")
    page.locator("[name=username]").focus()
    page.keyboard.type("chidam.canbo")
    page.keyboard.press("Tab")
    page.keyboard.type("antq-demo-2025")
    page.keyboard.press("Enter")
    expect(page.locator("#grid")).to_be_visible()
    row, columns = hamlets(page)[0], codes(page)
    expect(cell(page, row, columns[0])).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    all_saved(page)
    until_stored(page, {f"{row}.{columns[0]}": 2, f"{row}.{columns[1]}": 9})
    assert not watch_of(page).faults
