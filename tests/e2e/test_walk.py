"""The month from the first cell to the province's total, as the issue tells it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.steps import (
    ENTRY,
    MONTH,
    REVIEW,
    accept,
    all_saved,
    cell,
    codes,
    go_through_the_door,
    hamlets,
    number,
    paste,
    step,
    total,
    until_stored,
)  # fmt: skip

DASHBOARD = f"/dashboard/?province=25&span={MONTH}"
TYPED = {"patrols": 3, "patrol_attendance": 12, "tips": 4, "valuable_tips": 2}
PASTED = {"group_meetings": 1, "group_meeting_attendance": 24, "patrols": 2, "patrol_attendance": 9, "tips": 1}
RIGHT = 5  # what the returned cell becomes
APPROVED = "chỉ báo cáo đã duyệt"
FOLLOWED = ("Lượt tuần tra", "Lượt người tham gia tuần tra", "Trong đó: tin có giá trị")


def provinces_totals(page: Page, counted: str = "") -> dict[str, int]:
    page.goto(DASHBOARD)
    if counted:
        page.get_by_role("navigation", name="Báo cáo được tính").get_by_role("link", name=counted).click()
        expect(page.get_by_role("link", name=counted)).to_have_attribute("aria-current", "true")
    table = page.get_by_role("table", name=re.compile("^Chỉ tiêu –"))
    totals = {}
    for name in FOLLOWED:
        row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))
        totals[name] = number(row.get_by_role("cell").nth(1).inner_text()) or 0
    return totals


def enter(page: Page) -> list[str]:
    """The officer types one row, pastes the others from LibreOffice, and says that nothing else happened."""
    go_through_the_door(page, "chidam.canbo")
    page.get_by_role("link", name=f"Nhập {MONTH.title}").click()
    expect(page).to_have_url(re.compile(rf"{ENTRY}(#c-.+)?$"))
    rows, columns = hamlets(page), codes(page)
    cell(page, rows[0], columns[0]).focus()
    for code in columns:
        page.keyboard.type(str(TYPED.get(code, "")))
        if code != columns[-1]:
            page.keyboard.press("Tab")
    block = [[PASTED.get(code, "") for code in columns] for _ in rows[1:]]
    paste(cell(page, rows[1], columns[0]), block)
    expect(page.get_by_role("dialog")).to_contain_text(f"{len(PASTED) * (len(rows) - 1)} ô sẽ được ghi")
    accept(page)
    expect(total(page, "patrols")).to_have_text(str(TYPED["patrols"] + PASTED["patrols"] * (len(rows) - 1)))
    page.get_by_role("button", name="Các ô còn lại: không phát sinh").click()
    accept(page)
    expect(page.locator(f'input[name^="{rows[5]}."]').last).not_to_have_value("")
    step(page, "notes").click()
    page.get_by_label("Khó khăn, vướng mắc").fill("Hai khu thiếu đèn chiếu sáng.")
    page.get_by_label("Kiến nghị").fill("Đề nghị hỗ trợ kinh phí.")
    page.get_by_role("heading", level=1).click()
    expect(page.locator("#save-state")).to_have_text("Đã lưu ghi chú")
    page.reload()
    expect(page.get_by_label("Kiến nghị")).to_have_value("Đề nghị hỗ trợ kinh phí.")
    until_stored(page, {
        f"{rows[0]}.patrols": 3, f"{rows[0]}.disputes_received": 0, f"{rows[-1]}.group_meeting_attendance": 24,
        f"{rows[-1]}.patrols": 2, f"{rows[-1]}.valuable_tips": 0, "u.directives_issued": 0, "u.patrols": None,
    })  # fmt: skip
    return rows


def send(page: Page) -> None:
    """The chief answers the warnings and sends."""
    page.goto(ENTRY)
    page.get_by_role("link", name="Xem lại và gửi").click()
    page.get_by_label("Lời giải thích chung").fill("Số liệu đã đối chiếu với sổ trực; gửi sớm theo yêu cầu.")
    page.get_by_role("button", name="Gửi lên tỉnh").click()
    expect(page.get_by_text(f"Đã gửi báo cáo {MONTH.title}")).to_be_visible()
    expect(page.locator(".badge.submitted")).to_be_visible()


def send_back(reviewer: Page, row: str) -> None:
    """Remark on one cell, and return the report."""
    reviewer.locator("main").get_by_role("link", name="Xã Chí Đám").click()
    expect(reviewer).to_have_url(re.compile(f"{REVIEW}$"))
    reviewer.get_by_label("Khu dân cư hoặc tổ").select_option(row)
    reviewer.get_by_label("Chỉ tiêu").select_option("patrols")
    reviewer.get_by_label("Ý kiến", exact=True).fill("Khu này trực 5 đêm, xem lại.")
    reviewer.get_by_role("button", name="Ghi ý kiến").click()
    expect(reviewer.locator("#comments")).to_contain_text("Khu này trực 5 đêm")
    reviewer.get_by_role("button", name="Trả lại…").click()
    reviewer.get_by_label(re.compile("^Lý do chung")).fill("Rà soát lại lượt tuần tra.")
    reviewer.get_by_role("button", name="Trả lại báo cáo").click()
    expect(reviewer.get_by_text("Đã trả lại báo cáo để đơn vị sửa.")).to_be_visible()


def mend(officer: Page, row: str) -> None:
    """Go from the home page to the cell that was returned, and put it right."""
    officer.goto("/")
    expect(officer.get_by_role("heading", name="bị trả lại")).to_be_visible()
    expect(officer.locator(".task.hot").first).to_contain_text("Khu này trực 5 đêm, xem lại.")
    officer.locator(".task.hot").first.get_by_role("link", name=re.compile("^Lượt tuần tra")).click()
    wrong = cell(officer, row, "patrols")
    expect(wrong).to_be_focused()
    expect(officer.get_by_role("region", name="Báo cáo được trả lại")).to_contain_text("Khu này trực 5 đêm")
    wrong.fill(str(RIGHT))
    wrong.press("Enter")
    all_saved(officer)
    until_stored(officer, {f"{row}.patrols": RIGHT})


def test_a_month_is_entered_sent_returned_mended_approved_and_in_the_provinces_totals(browse):
    leader, officer, chief, reviewer = browse(), browse(), browse(), browse()
    go_through_the_door(leader, "phutho.lanhdao")
    before = provinces_totals(leader)
    approved_before = provinces_totals(leader, APPROVED)

    rows = enter(officer)
    go_through_the_door(chief, "chidam.chihuy")
    send(chief)
    others = len(rows) - 1
    added = {
        "Lượt tuần tra": TYPED["patrols"] + PASTED["patrols"] * others,
        "Lượt người tham gia tuần tra": TYPED["patrol_attendance"] + PASTED["patrol_attendance"] * others,
        "Trong đó: tin có giá trị": TYPED["valuable_tips"],
    }
    assert provinces_totals(leader) == {name: before[name] + added[name] for name in FOLLOWED}
    assert provinces_totals(leader, APPROVED) == approved_before, "what is sent is not approved"

    go_through_the_door(reviewer, "phutho.phong", f"/review/?month={MONTH}")
    send_back(reviewer, rows[2])
    mend(officer, rows[2])

    send(chief)
    reviewer.goto(REVIEW)
    reviewer.get_by_role("button", name="Duyệt", exact=True).click()
    expect(reviewer.get_by_text("Đã duyệt báo cáo.")).to_be_visible()

    added["Lượt tuần tra"] += RIGHT - PASTED["patrols"]
    assert provinces_totals(leader) == {name: before[name] + added[name] for name in FOLLOWED}
    assert provinces_totals(leader, APPROVED) == {name: approved_before[name] + added[name] for name in FOLLOWED}
