"""Back and Forward at every door, in a browser that keeps pages as an ordinary one does: what is shown is true."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from reports.months import Month
from tests.e2e.conftest import CHROMIUM, QUIET, watched
from tests.e2e.steps import ENTRY, all_saved, cell, codes, hamlets, report_id, sign_in, sign_out, until_stored

LAST = Month.parse(ENTRY.split("/")[3]) - 1


@pytest.fixture
def page(playwright, base):
    """A page of a browser that keeps the pages one goes back to; playwright's own does not."""
    kept = ["--disable-back-forward-cache"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET), ignore_default_args=kept)
    with watched(browser, base) as context:
        context.watch.expected += ["status of 4"]  # refusals are asked for here
        yield context.new_page()
    browser.close()


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(name)).first.click()


def put(page: Page, name: str, value: int, was: int | None) -> None:
    """Write a cell as a program does."""
    row, code = name.split(".")
    figure = {"hamlet": int(row[1:]), "group": None, "indicator": code, "value": value, "was": was}
    token = next(one["value"] for one in page.context.cookies() if "csrftoken" in one["name"])
    answer = page.request.put(
        f"/api/v1/reports/{report_id(page)}/figures/", data={"figures": [figure]},
        headers={"X-CSRFToken": token, "Referer": page.url},
    )  # fmt: skip
    assert answer.ok, answer.text()


def test_back_to_the_sheet_shows_what_was_saved_since(page):
    sign_in(page, "chidam.canbo", ENTRY)
    name = f"{hamlets(page)[0]}.{codes(page)[0]}"
    box = cell(page, *name.split("."))
    box.fill("7")
    box.press("Enter")
    all_saved(page)
    page.goto("/")
    until_stored(page, {name: 7})
    put(page, name, 9, 7)
    page.go_back()
    expect(box).to_have_value("9")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Việc cần làm")
    page.go_back()
    expect(box).to_have_value("9")


def test_back_to_a_form_shows_the_register_and_not_what_was_typed(page):
    sign_in(page, "chidam.canbo", "/register/hamlets/")
    page.get_by_role("link", name="Khu 1", exact=True).first.click()
    if page.locator("[name=households]").count() == 0:
        page.get_by_role("link", name=re.compile("Sửa")).first.click()
    address, box = page.url, page.locator("[name=households]")
    box.fill("77")
    press(page, "^Lưu$")
    page.go_back()
    expect(box).to_have_value("77")
    box.fill("không phải số")
    press(page, "^Lưu$")
    expect(page.get_by_text("Chưa lưu được")).to_be_visible()
    box.fill("78")
    press(page, "^Lưu$")
    expect(page.get_by_text("Đã lưu")).to_be_visible()
    page.go_back()  # over the page that answered a form: the browser's own would ask to send it again
    expect(page).to_have_url(address)
    expect(box).to_have_value("78")


def test_back_to_a_form_that_added_is_empty_again(page):
    sign_in(page, "chidam.canbo", f"{ENTRY}weapons/")
    page.locator("[name=kind]").select_option(index=3)
    page.locator("[name=quantity]").fill("2")
    press(page, "^(Lưu|Thêm)")
    page.go_back()
    expect(page.locator("[name=quantity]")).to_have_value("")
    page.locator("[name=quantity]").fill("3")  # typed and not sent: that stays, one may have looked something up
    page.goto("/guide/")
    page.go_back()
    expect(page.locator("[name=quantity]")).to_have_value("3")


def test_back_to_a_preview_says_that_it_was_applied(page):
    sign_in(page, "chidam.canbo", "/register/import/hamlets/")
    book = openpyxl.Workbook()
    for row in (["Tên khu dân cư", "Số hộ"], ["Khu 1", 170]):
        book.active.append(row)
    book.save(buffer := io.BytesIO())
    file = {"name": "khu.xlsx", "mimeType": "application/octet-stream", "buffer": buffer.getvalue()}
    page.locator("input[type=file]").set_input_files([file])
    press(page, "Tải lên và kiểm tra")
    page.get_by_role("button", name="Nhập 1 dòng vào danh bạ").click()
    expect(page.get_by_text("Đã nhập xong vào danh bạ")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Hoàn tác thay đổi này")).to_be_visible()
    expect(page.get_by_role("button", name="Nhập 1 dòng")).to_have_count(0)

    page.goto(f"{ENTRY}file/")
    month = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{ENTRY}file/download/", max_retries=3).body()))
    month.worksheets[0]["C5"] = 3
    month.save(buffer := io.BytesIO())
    page.locator("input[type=file]").set_input_files([{**file, "buffer": buffer.getvalue()}])
    press(page, "Tải lên và xem trước")
    press(page, "^Ghi 1 ô")
    page.go_back()
    expect(page.get_by_role("button", name="^Ghi 1 ô")).to_have_count(0)
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_visible()


def test_back_after_sending_shows_that_it_is_sent(page):
    sign_in(page, "chidam.chihuy", ENTRY)
    cell(page, hamlets(page)[0], codes(page)[0]).fill("7")
    page.keyboard.press("Enter")
    all_saved(page)
    page.goto(f"{ENTRY}send/")
    page.locator("[name='say.*']").fill("Chưa có số liệu, sẽ bổ sung")
    press(page, "Gửi lên tỉnh")
    page.go_back()
    expect(page.get_by_role("button", name="Gửi lên tỉnh")).to_have_count(0)
    page.goto(ENTRY)
    expect(page.locator("#grid input:enabled")).to_have_count(0)


def test_back_after_a_decision_shows_the_decision_and_a_refusal_is_no_page_to_go_back_to(page):
    sign_in(page, "phutho.phong", f"/review/?month={LAST}")
    page.locator(".queue tbody a").first.click()
    expect(page.get_by_role("button", name=re.compile("^Duyệt")).first).to_be_visible()
    address = page.url
    press(page, "^Duyệt")
    page.go_back()
    expect(page.get_by_role("button", name=re.compile("^Duyệt"))).to_have_count(0)
    press(page, "^Mở lại$")
    expect(page.get_by_text("Hãy ghi lý do khi mở lại báo cáo")).to_be_visible()
    page.goto("/")
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(address.partition("?")[0])))
    expect(page.get_by_role("button", name="Mở lại")).to_be_visible()


def test_back_to_the_door_leads_in_or_keeps_out(page):
    sign_in(page, "chidam.canbo", "/register/members/?phones=1")
    phones = re.compile(r"\b0[0-9]{9}\b")
    assert phones.search(page.content())
    page.goto("/accounts/login/")
    expect(page.locator("[name=password]")).to_have_count(0)
    for people in ("/register/members/?phones=1", "/register/groups/1/read/", "/register/members/?format=print", "/"):
        page.goto(people)
    sign_out(page)
    for _ in range(6):
        page.go_back()
        expect(page.locator("[name=password]")).to_be_visible()
        assert not phones.search(page.content())
