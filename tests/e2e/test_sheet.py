"""The grid feels like a sheet: selecting, replacing, filling, going back and forth across reloads."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import (
    ENTRY,
    PASTE,
    all_saved,
    cell,
    codes,
    complaint,
    hamlets,
    part,
    sign_in,
    state,
    step,
    total,
    until_stored,
)

COPY = """name => {
  const data = new DataTransfer(), cell = document.activeElement;
  cell.dispatchEvent(new ClipboardEvent(name, {clipboardData: data, bubbles: true, cancelable: true}));
  return data.getData("text/plain");
}"""


@pytest.fixture
def grid(page) -> Page:
    sign_in(page, "chidam.canbo", ENTRY)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def block(page: Page, rows: list[str], columns: list[str]) -> list[list[str]]:
    return [[cell(page, row, code).input_value() for code in columns] for row in rows]


def test_the_first_blank_cell_has_the_focus_on_opening(grid):
    rows, columns = hamlets(grid), codes(grid)
    expect(cell(grid, rows[0], columns[0])).to_be_focused()
    grid.keyboard.type("4")
    press(grid, "Tab")
    all_saved(grid)
    grid.reload()
    optional = grid.locator(f"#i-{columns[1]}").get_attribute("data-optional") is not None
    expect(cell(grid, rows[0], columns[2 if optional else 1])).to_be_focused()


def test_a_click_selects_and_typing_replaces_and_a_second_click_or_f2_mends(grid):
    row, columns = hamlets(grid)[0], codes(grid)
    first, second = cell(grid, row, columns[0]), cell(grid, row, columns[1])
    second.fill("1164")
    first.click()
    expect(second).to_have_value("1.164")
    second.click()
    grid.keyboard.type("5")
    expect(second).to_have_value("5")
    press(grid, "Escape")
    expect(second).to_have_value("1.164")
    press(grid, "F2")
    expect(second).to_have_value("1164")
    grid.keyboard.type("9")
    press(grid, "ArrowLeft", "ArrowLeft", "Backspace", "Enter")
    expect(second).to_have_value("1.149")
    second.click()
    second.click(position={"x": 2, "y": 10})
    expect(second).to_have_value("1149")
    press(grid, "Escape", "Escape")
    expect(second).to_have_value("1.149")
    second.dblclick()
    expect(second).to_have_value("1149")
    first.click()
    until_stored(grid, {f"{row}.{columns[1]}": 1149})


def test_pasting_one_number_replaces_the_number_that_is_there(grid):
    row, code = hamlets(grid)[0], codes(grid)[0]
    number = cell(grid, row, code)
    number.fill("1164")
    number.press("Enter")
    number.click()
    number.evaluate(
        """cell => { const data = new DataTransfer(); data.setData("text/plain", "\\u200b2.300\\u00a0\\r\\n");
        cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    expect(number).to_have_value("2.300")
    until_stored(grid, {f"{row}.{code}": 2300})


def test_a_range_is_copied_as_excel_reads_it_cleared_filled_and_undone_across_reloads(grid):
    rows, columns = hamlets(grid)[:3], codes(grid)[:2]
    cell(grid, rows[0], columns[0]).click()
    for text in ("1200", "7"):
        grid.keyboard.type(text)
        press(grid, "Tab")
    cell(grid, rows[0], columns[0]).click()
    press(grid, "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown")
    expect(grid.locator("td.picked")).to_have_count(6)
    press(grid, "Control+d")
    assert block(grid, rows, columns) == [["1.200", "7"]] * 3
    expect(total(grid, columns[0])).to_have_text("3.600")
    assert grid.evaluate(COPY, "copy") == "1200\t7\r\n1200\t7\r\n1200\t7"
    press(grid, "Delete")
    assert block(grid, rows, columns) == [["", ""]] * 3
    grid.keyboard.type("8")
    press(grid, "Control+Enter")
    assert block(grid, rows, columns) == [["8", "8"]] * 3
    all_saved(grid)
    grid.reload()
    cell(grid, rows[0], columns[0]).click()
    for wanted in ([["", ""]] * 3, [["1.200", "7"]] * 3, [["1.200", "7"], ["", ""], ["", ""]]):
        press(grid, "Control+z")
        assert block(grid, rows, columns) == wanted
    press(grid, "Control+y", "Control+y")
    assert block(grid, rows, columns) == [["", ""]] * 3
    press(grid, "Control+z")
    all_saved(grid)
    until_stored(grid, {f"{row}.{columns[0]}": 1200 for row in rows})


def test_undo_leaves_alone_what_was_changed_since(grid):
    row, code = hamlets(grid)[0], codes(grid)[0]
    cell(grid, row, code).fill("3")
    cell(grid, row, code).press("Enter")
    all_saved(grid)
    report = grid.locator("#entry").evaluate("form => form.dataset.report || null")
    grid.reload()
    report = report or grid.locator("#entry").get_attribute("data-report")
    changed = grid.evaluate(
        """async ([report, hamlet, indicator]) => (await fetch(`/api/v1/reports/${report}/figures/`, {method: "PUT",
        headers: {"Content-Type": "application/json", "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1]},
        body: JSON.stringify({figures: [{hamlet, group: null, indicator, value: 4, was: 3}]})})).status""",
        [report, int(row[1:]), code],
    )
    assert changed == 200
    grid.reload()
    cell(grid, row, code).click()
    press(grid, "Control+z")
    expect(state(grid)).to_contain_text("1 ô đã đổi sau đó nên giữ nguyên")
    expect(cell(grid, row, code)).to_have_value("4")


def test_dragging_and_shift_and_a_click_select_a_range(grid):
    rows, columns = hamlets(grid), codes(grid)
    cell(grid, rows[0], columns[0]).click()
    cell(grid, rows[1], columns[2]).click(modifiers=["Shift"])
    expect(grid.locator("td.picked")).to_have_count(6)
    cell(grid, rows[0], columns[1]).hover()
    grid.mouse.down()
    cell(grid, rows[2], columns[1]).hover()
    grid.mouse.up()
    expect(grid.locator("td.picked")).to_have_count(3)
    expect(cell(grid, rows[0], columns[1])).to_be_focused()
    press(grid, "Control+Shift+ArrowRight")
    expect(grid.locator("td.picked")).to_have_count(3 * (len(columns) - 1))
    press(grid, "ArrowDown")
    expect(grid.locator("td.picked")).to_have_count(0)


def test_enter_returns_to_the_column_where_tab_began_and_pages_turn(grid):
    rows, columns = hamlets(grid), codes(grid)
    cell(grid, rows[0], columns[1]).click()
    press(grid, "Tab", "Tab", "Enter")
    expect(cell(grid, rows[1], columns[1])).to_be_focused()
    cell(grid, rows[0], columns[-1]).focus()
    press(grid, "Tab")
    expect(cell(grid, rows[1], columns[0])).to_be_focused()
    press(grid, "PageDown")
    expect(cell(grid, rows[1], columns[0])).not_to_be_focused()
    press(grid, "PageUp")
    expect(cell(grid, rows[1], columns[0])).to_be_focused()


def test_what_was_written_into_a_cell_by_a_key_is_replaced_by_the_next_that_is_typed(grid):
    rows, code = hamlets(grid), codes(grid)[0]
    upper, lower = cell(grid, rows[0], code), cell(grid, rows[1], code)
    upper.fill("1164")
    lower.click()
    for keys in (("Control+d",), ("3", "Control+Enter"), ("7", "Control+z"), ("Control+y",)):
        press(grid, *keys, "5")
        expect(lower).to_have_value("5")
        press(grid, "Escape")
    lower.evaluate(PASTE, ["2.300", ""])
    grid.keyboard.type("6")
    press(grid, "Enter")
    until_stored(grid, {f"{rows[0]}.{code}": 1164, f"{rows[1]}.{code}": 6})


def test_mending_what_is_typed_over_a_range_clears_nothing_else_of_it(grid):
    rows, code = hamlets(grid)[:3], codes(grid)[0]
    for row, text in zip(rows, "789", strict=True):
        cell(grid, row, code).fill(text)
    cell(grid, rows[0], code).click()
    press(grid, "Shift+ArrowDown", "1", "2", "Backspace", "Backspace", "Backspace", "Delete", "4")
    assert block(grid, rows, [code]) == [["4"], ["8"], ["9"]]
    cell(grid, rows[0], code).click()
    press(grid, "Shift+ArrowDown", "Delete")
    assert block(grid, rows, [code]) == [[""], [""], ["9"]]
    press(grid, "Control+z")
    assert block(grid, rows, [code]) == [["7"], ["8"], ["9"]]
    cell(grid, rows[0], code).evaluate(PASTE, ["", ""])
    assert block(grid, rows, [code]) == [["7"], ["8"], ["9"]], "a picture on the clipboard clears nothing"


def test_a_block_is_pasted_into_the_selection_from_its_upper_left_cell_and_fills_it(grid):
    rows, columns = hamlets(grid), codes(grid)
    cell(grid, rows[3], columns[1]).click()
    press(grid, "Shift+ArrowUp", "Shift+ArrowLeft", "Shift+ArrowUp")
    cell(grid, rows[3], columns[1]).evaluate(PASTE, ["1\t2\r\n", ""])
    expect(grid.get_by_role("dialog")).to_be_visible()
    press(grid, "Enter")
    expect(grid.get_by_role("dialog")).to_have_count(0)
    assert block(grid, rows[:5], columns[:3]) == [["", "", ""], *[["1", "2", ""]] * 3, ["", "", ""]]


def test_a_block_fills_the_selected_rows_that_a_filter_shows_and_no_hidden_one(grid):
    rows, columns = hamlets(grid)[:3], codes(grid)
    cell(grid, rows[1], columns[0]).focus()
    press(grid, "Control+Shift+ArrowRight", "1", "Control+Enter")
    grid.get_by_role("button", name="Chỉ khu còn ô trống").click()
    expect(cell(grid, rows[1], columns[0])).to_be_hidden()
    cell(grid, rows[0], columns[0]).focus()
    press(grid, "Shift+ArrowDown")
    expect(grid.locator("td.picked")).to_have_count(2)
    cell(grid, rows[0], columns[0]).evaluate(PASTE, ["5\r\n6\r\n", ""])
    expect(grid.get_by_role("dialog")).to_be_visible()
    press(grid, "Enter")
    expect(grid.get_by_role("dialog")).to_have_count(0)
    assert block(grid, rows, columns[:1]) == [["5"], ["1"], ["6"]]


def test_a_block_for_the_whole_unit_is_previewed_by_its_indicators(grid):
    step(grid, "whole").click()
    numbers = part(grid, "whole").locator("input")
    first, second = (
        part(grid, "whole")
        .locator("th[id^=i-]")
        .evaluate_all("heads => heads.slice(0, 2).map(head => head.title || head.firstChild.textContent.trim())")
    )
    numbers.first.evaluate(PASTE, ["3\r\n4\r\n", ""])
    expect(grid.get_by_role("dialog")).to_contain_text(f"Dòng đầu: {first} = 3. Dòng cuối: {second} = 4.")


def test_undoing_shows_the_row_that_a_filter_hides_and_works_from_a_button_too(grid):
    row, columns = hamlets(grid)[0], codes(grid)
    only = grid.get_by_role("button", name="Chỉ khu còn ô trống")
    cell(grid, row, columns[0]).focus()
    press(grid, "Control+Shift+ArrowRight", "1", "Control+Enter")
    only.click()
    expect(cell(grid, row, columns[0])).to_be_hidden()
    only.focus()
    press(grid, "Control+z")
    expect(cell(grid, row, columns[0])).to_be_focused()
    assert block(grid, [row], columns) == [[""] * len(columns)]
    press(grid, "Control+y")
    only.click()
    only.click()
    expect(cell(grid, row, columns[0])).to_be_hidden()
    grid.evaluate("id => { location.hash = id; }", f"c-{row}-{columns[2]}")
    expect(cell(grid, row, columns[2])).to_be_focused()


def test_a_hamlet_is_not_closed_over_a_number_that_is_none(grid):
    row, code = hamlets(grid)[0], codes(grid)[0]
    opener = grid.locator(f'.open-groups[data-for="{row}"]')
    opener.click()
    number = grid.locator(f'tr[data-of="{row}"] td > input').first
    number.fill("x")
    opener.click()
    expect(number).to_be_focused()
    grid.keyboard.type("4")
    opener.click()
    expect(number).to_be_hidden()
    cell(grid, row, code).focus()
    press(grid, "Control+z")
    expect(number).to_be_focused()


def test_the_second_button_of_the_mouse_keeps_the_range(grid):
    rows, code = hamlets(grid), codes(grid)[0]
    cell(grid, rows[0], code).focus()
    press(grid, "Shift+ArrowDown")
    cell(grid, rows[1], code).click(button="right")
    expect(grid.locator("td.picked")).to_have_count(2)
    expect(cell(grid, rows[0], code)).to_be_focused()


def test_control_s_says_that_it_is_saved(grid):
    row, code = hamlets(grid)[0], codes(grid)[0]
    cell(grid, row, code).click()
    grid.keyboard.type("5")
    press(grid, "Control+s")
    expect(state(grid)).to_have_text(re.compile("^Đã lưu"))
    until_stored(grid, {f"{row}.{code}": 5})
    all_saved(grid)
    press(grid, "Control+s")
    expect(state(grid)).to_have_text("Đã lưu hết, không còn ô nào chờ gửi.")
    press(grid, "x", "Control+s")
    expect(complaint(grid, row, code)).to_contain_text("không phải là số đếm")


def paste_text(page: Page, row: str, code: str, text: str) -> None:
    cell(page, row, code).focus()
    cell(page, row, code).evaluate(PASTE, [text, ""])


def test_a_block_with_names_goes_to_the_rows_it_names_whatever_its_order(grid):
    rows, columns = hamlets(grid), codes(grid)
    heads = grid.locator("#grid thead th[data-code]").evaluate_all("all => all.map(one => one.firstChild.textContent)")
    text = f"BIỂU THÁNG\r\nTT\tKhu\t{heads[2]}\t{heads[0]}\r\n1\tKDC 3\t30\t3\r\n2\tkhu1\t1.010\t1\r\n\tTổng cộng\t1.040\t4\r\n"
    paste_text(grid, rows[5], columns[4], text)
    dialog = grid.get_by_role("dialog")
    expect(dialog).to_contain_text("4 ô sẽ được ghi")
    expect(dialog).to_contain_text("Dòng đầu: Khu 1 = 1.010 · 1. Dòng cuối: Khu 3 = 30 · 3.")
    expect(dialog).to_contain_text("Bỏ qua dòng cộng: Tổng cộng")
    expect(dialog.get_by_role("button", name="Ghi vào bảng")).to_be_focused()
    press(grid, "Enter")
    until_stored(grid, {
        f"{rows[0]}.{columns[2]}": 1010, f"{rows[0]}.{columns[0]}": 1, f"{rows[2]}.{columns[2]}": 30,
        f"{rows[2]}.{columns[0]}": 3, f"{rows[1]}.{columns[0]}": None, f"{rows[5]}.{columns[4]}": None,
    })  # fmt: skip


@pytest.mark.parametrize("text", ["Khu 2\n9\nKhu 1\n10\n", ""])
def test_a_table_copied_without_columns_in_its_text_is_pasted_as_a_table(grid, text):
    table = "<table><tr><td><p>Khu 2</p></td><td>9</td></tr><tr><td>Khu 1</td><td><p>10</p></td></tr></table>"
    rows, columns = hamlets(grid), codes(grid)
    cell(grid, rows[4], columns[0]).focus()
    cell(grid, rows[4], columns[0]).evaluate(
        """(cell, [text, html]) => {
            const data = new DataTransfer();
            if (text) data.setData("text/plain", text);
            data.setData("text/html", html);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [text, table],
    )
    expect(grid.get_by_role("dialog")).to_contain_text("Dòng đầu: Khu 1 = 10. Dòng cuối: Khu 2 = 9.")


def test_a_block_without_names_meets_hamlets_alone_where_groups_are_open_and_enter_cancels_what_is_doubtful(grid):
    rows, columns = hamlets(grid), codes(grid)
    grid.locator(f'.open-groups[data-for="{rows[0]}"]').click()
    expect(grid.locator(f'tr[data-of="{rows[0]}"]').first).to_be_visible()
    text = "".join(f"{101 + place}\r\n" for place in range(39))
    paste_text(grid, rows[0], columns[0], text)
    dialog = grid.get_by_role("dialog")
    expect(dialog).to_contain_text("đang mở 8 tổ của Khu 1")
    expect(dialog).to_contain_text("Dòng đầu: Khu 1 = 101. Dòng cuối: Khu 39 = 139.")
    expect(dialog.get_by_role("listitem").filter(has_text="trống →")).to_have_count(39)
    expect(dialog.get_by_role("button", name="Hủy")).to_be_focused()
    press(grid, "Enter")
    expect(cell(grid, rows[0], columns[0])).to_have_value("")
    paste_text(grid, rows[0], columns[0], text)
    grid.get_by_role("dialog").get_by_role("button", name="Ghi vào bảng").click()
    until_stored(grid, {f"{row}.{columns[0]}": 101 + place for place, row in enumerate(rows)})


def test_a_cell_with_a_line_break_stays_one_cell(grid):
    rows, columns = hamlets(grid), codes(grid)
    paste_text(grid, rows[0], columns[0], '12\t"ghi chú\ndòng hai"\t3\r\n15\tx\t4\r\n')
    dialog = grid.get_by_role("dialog")
    expect(dialog).to_contain_text("4 ô sẽ được ghi")
    expect(dialog).to_contain_text("“ghi chú dòng hai” không phải là số đếm")
    expect(dialog.get_by_role("button", name="Hủy")).to_be_focused()
    dialog.get_by_role("button", name="Ghi vào bảng").click()
    assert block(grid, rows[:2], columns[:3]) == [["12", "", "3"], ["15", "", "4"]]
