"""The page of returned cells saves itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import ENTRY, REVIEW, all_saved, cell, hamlets, sign_in, until_stored


@pytest.fixture
def returned(browse) -> tuple[Page, str]:
    """The officer's page of one returned cell, and its hamlet."""
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
    return officer, row


def test_a_returned_cell_and_its_answer_are_kept_without_a_click_on_save(returned):
    officer, row = returned
    officer.get_by_label("Số liệu").fill("5")
    officer.get_by_label("Trả lời tỉnh").fill("Đã đếm lại.")
    officer.get_by_label("Trả lời tỉnh").blur()
    expect(officer.locator("#save-state")).to_have_text(re.compile("^Đã lưu lúc"))
    expect(officer.locator(".thread li").last).to_have_text("Đã đếm lại.")
    until_stored(officer, {f"{row}.patrols": 5})
    officer.reload()
    expect(officer.get_by_text("đã trả lời")).to_be_visible()


def test_what_cannot_be_saved_is_said_and_sent_when_the_network_is_back(returned):
    officer, row = returned
    watch_of(officer).expected.append("ERR_INTERNET_DISCONNECTED")
    number, said = officer.get_by_label("Số liệu"), officer.locator("#save-state")
    number.fill("5,5")
    number.blur()
    expect(said).to_contain_text("Chưa lưu được: “5,5” không phải là số đếm.")
    officer.context.set_offline(True)
    number.fill("6")
    number.blur()
    expect(said).to_have_text("Chưa lưu được: mất kết nối, sẽ gửi khi có mạng.")
    officer.context.set_offline(False)
    expect(said).to_have_text(re.compile("^Đã lưu lúc"))
    until_stored(officer, {f"{row}.patrols": 6})
