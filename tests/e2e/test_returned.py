"""The page of returned cells saves itself."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import ENTRY, REVIEW, all_saved, cell, hamlets, sign_in, until_stored


def test_a_returned_cell_and_its_answer_are_kept_without_a_click_on_save(browse):
    officer, chief, reviewer = browse(), browse(), browse()
    sign_in(officer, "chidam.canbo", ENTRY)
    row = hamlets(officer)[0]
    cell(officer, row, "patrols").fill("4")
    cell(officer, row, "patrols").press("Enter")
    all_saved(officer)
    sign_in(chief, "chidam.chihuy", f"{ENTRY}send/")
    chief.get_by_label("Lời giải thích chung").fill("Gửi thử.")
    chief.get_by_role("button", name="Gửi lên tỉnh").click()
    expect(chief.locator(".badge.submitted")).to_be_visible()
    sign_in(reviewer, "phutho.phong", REVIEW)
    done = reviewer.evaluate(
        """async ([hamlet]) => {
          const headers = {"Content-Type": "application/json", "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1]};
          const found = await (await fetch("/api/v1/reports/?commune=07999&state=submitted")).json();
          const report = found.results[0].id;
          const cells = [{hamlet, group: null, indicator: "patrols", comment: "Xem lại số này."}];
          return (await fetch(`/api/v1/reports/${report}/return/`, {method: "POST", headers,
            body: JSON.stringify({comment: "Xem lại.", cells})})).status;
        }""",
        [int(row[1:])],
    )
    assert done == 200
    officer.goto(f"{ENTRY}returned/")
    officer.get_by_label("Số liệu").fill("5")
    officer.get_by_label("Trả lời tỉnh").fill("Đã đếm lại.")
    officer.get_by_label("Trả lời tỉnh").blur()
    expect(officer.locator("#save-state")).to_have_text(re.compile("^Đã lưu lúc"))
    expect(officer.locator(".thread li").last).to_have_text("Đã đếm lại.")
    until_stored(officer, {f"{row}.patrols": 5})
    officer.reload()
    expect(officer.get_by_text("đã trả lời")).to_be_visible()
