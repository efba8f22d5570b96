"""What a month costs in keys and clicks, from signing in until the chief has sent it: printed at the end of the run.

39 hamlets × the 12 required columns and the unit's 20 required cells, zeros included, as an ordinary month has them.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from reports.entry.month_file import HAMLETS, WHOLE
from tests.e2e.steps import ENTRY, PASTE, all_saved, cell, hamlets, sign_in, step, stored

WORDS = "Đã đối chiếu."


@dataclass
class Hands:
    """Types, presses and clicks on a page, and counts; Ctrl with another key is two."""

    page: Page
    keys: int = 0
    clicks: int = 0

    def press(self, *chords: str) -> None:
        for chord in chords:
            self.keys += chord.count("+") + 1
            self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def paste(self, rows: list[list[object]]) -> None:
        self.keys += 2
        text = "".join("\t".join(map(str, row)) + "\r\n" for row in rows)
        self.page.locator("input:focus").evaluate(PASTE, [text, ""])


def month_of(count: int) -> list[dict[str, int]]:
    """An ordinary month of hamlets: most met and patrolled, few had tips, quarrels or sessions."""
    rows = []
    for n in range(count):
        patrols, quarrel, session = 1 + n % 3, int(n % 6 == 0), int(n % 3 == 0)
        rows.append({
            "group_meetings": 1 + n % 2, "patrols": patrols, "patrol_attendance": 4 * patrols,
            "tips": int(n % 4 == 0), "valuable_tips": int(n % 8 == 0), "disputes_received": quarrel,
            "disputes_settled": quarrel, "disputes_not_settled": 0, "disputes_pending": 0,
            "outreach_sessions": session, "outreach_attendance": (45 + n) * session,
            "household_commitments": 25 * int(n % 10 == 0),
        })  # fmt: skip
    return rows


def unit_of(page: Page) -> dict[str, int]:
    """The unit's own required cells: one in three is not zero."""
    names = page.locator(".unit-level th[data-code]:not([data-optional])").evaluate_all(
        "heads => heads.map(head => head.dataset.code)"
    )
    return {code: 2 if place % 3 == 0 else 0 for place, code in enumerate(names)}


def wanted(page: Page) -> dict[str, int]:
    rows = hamlets(page)
    found = {
        f"{row}.{code}": value
        for row, values in zip(rows, month_of(len(rows)), strict=True)
        for code, value in values.items()
    }
    return found | {f"u.{code}": value for code, value in unit_of(page).items()}


@pytest.fixture
def hands(page) -> Hands:
    sign_in(page, "chidam.canbo", ENTRY)
    return Hands(page)


def sent_by_the_chief(browse, hands: Hands) -> None:
    """The chief reads what is odd, says a word on it and sends."""
    chief = browse()
    sign_in(chief, "chidam.chihuy", f"{ENTRY}send/")
    hers = Hands(chief)
    hers.click(chief.get_by_label("Lời giải thích chung"))
    hers.type(WORDS)
    hers.click(chief.get_by_role("button", name="Gửi lên tỉnh"))
    expect(chief.locator(".badge.submitted")).to_be_visible()
    hands.keys += hers.keys
    hands.clicks += hers.clicks


def test_a_month_is_typed_with_at_most_a_thousand_keys(hands, browse, record_property):
    page, goal = hands.page, wanted(hands.page)
    rows, code = hamlets(page), None
    for place, code in enumerate(month_of(1)[0]):
        hands.click(cell(page, rows[0], code)) if place else expect(cell(page, rows[0], code)).to_be_focused()
        for n, row in enumerate(rows):
            value = goal[f"{row}.{code}"]
            hands.type(str(value) if value else "")
            hands.press("Enter") if n < len(rows) - 1 else None
    unit = unit_of(page)
    hands.click(step(page, "whole"))
    expect(cell(page, "u", next(iter(unit)))).to_be_focused()
    previous = None
    for code in page.locator(".unit-level input").evaluate_all("all => all.map(one => one.name.split('.')[1])"):
        if previous:
            hands.press("Enter")
        previous = code
        hands.type(str(unit[code]) if unit.get(code) else "")
    hands.click(page.get_by_role("button", name="Các ô còn lại: không phát sinh"))
    expect(page.get_by_role("dialog").get_by_role("button", name="Ghi vào bảng")).to_be_focused()
    hands.press("Enter")
    all_saved(page)
    assert stored(page) == goal
    sent_by_the_chief(browse, hands)
    excel = sum(len(str(value)) + 1 for value in goal.values())
    record_property("keys", f"typed cell by cell: {hands.keys} keys, {hands.clicks} clicks (in Excel {excel} keys)")
    assert hands.keys <= 1000


def test_a_month_is_pasted_with_at_most_sixty_keys(hands, browse, record_property):
    page, goal = hands.page, wanted(hands.page)
    heads = dict(
        page.locator("th[data-code]").evaluate_all(
            "all => all.map(one => [one.dataset.code, one.firstChild.textContent.trim()])"
        )
    )
    rows, month = hamlets(page), month_of(39)
    table = [["TT", "Khu dân cư", *(heads[code] for code in month[0])]]
    table += [[n + 1, f"Khu {n + 1}", *values.values()] for n, values in enumerate(month)]
    expect(cell(page, rows[0], next(iter(month[0])))).to_be_focused()
    hands.paste(table)
    expect(page.get_by_role("dialog")).to_contain_text(f"{39 * 12} ô sẽ được ghi")
    hands.press("Enter")
    unit = unit_of(page)
    hands.click(step(page, "whole"))
    expect(cell(page, "u", next(iter(unit)))).to_be_focused()
    hands.paste([[heads[code], value] for code, value in unit.items()])
    expect(page.get_by_role("dialog")).to_be_visible()
    hands.press("Enter")
    all_saved(page)
    assert stored(page) == goal
    sent_by_the_chief(browse, hands)
    record_property("keys", f"pasted in two blocks: {hands.keys} keys, {hands.clicks} clicks")
    assert hands.keys <= 60


def filled_in_excel(book: Path, goal: dict[str, int]) -> bytes:
    """The month's workbook as the hamlets' heads fill it."""
    file = openpyxl.load_workbook(io.BytesIO(book.read_bytes()))
    by_hamlet, whole = file[HAMLETS], file[WHOLE]
    columns = {by_hamlet.cell(3, x).value: x for x in range(1, by_hamlet.max_column + 1)}
    rows = {str(by_hamlet.cell(y, 1).value): y for y in range(5, by_hamlet.max_row + 1)}
    lines = {str(whole.cell(y, 1).value): y for y in range(5, whole.max_row + 1)}
    for place, value in goal.items():
        row, code = place.split(".")
        if row == "u":
            whole.cell(lines[code], 4).value = value
        else:
            by_hamlet.cell(rows[row], columns[code]).value = value
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def test_a_month_is_uploaded_as_its_workbook_with_at_most_thirty_keys(hands, browse, record_property):
    page, goal = hands.page, wanted(hands.page)
    with page.expect_download() as coming:
        hands.click(page.get_by_role("link", name="Tải sổ tháng"))
    content = filled_in_excel(coming.value.path(), goal)
    hands.click(page.get_by_role("link", name="Nhập từ Excel"))
    with page.expect_file_chooser() as choosing:
        hands.click(page.locator("input[type=file]"))
    hands.clicks += 1  # the file, in the window that the system opens
    choosing.value.set_files({"name": "so-thang.xlsx", "mimeType": "application/octet-stream", "buffer": content})
    hands.click(page.get_by_role("button", name="Tải lên và xem trước"))
    hands.click(page.get_by_role("button", name=f"Ghi {len(goal)} ô vào bảng"))
    expect(page.get_by_text(f"Đã ghi {len(goal)} ô")).to_be_visible()
    assert stored(page) == goal
    sent_by_the_chief(browse, hands)
    record_property("keys", f"uploaded as the month's workbook: {hands.keys} keys, {hands.clicks} clicks")
    assert hands.keys <= 30
