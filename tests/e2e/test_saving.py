"""Nothing that was typed is lost: the network, the session, the other writer, no JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import watch_of
from tests.e2e.steps import (
    COMMUNE,
    ENTRY,
    MONTH,
    all_saved,
    cell,
    fill_sign_in,
    hamlets,
    report_id,
    sign_in,
    sign_out,
    state,
    step,
    stored,
    until_stored,
)  # fmt: skip


@pytest.fixture
def grid(page) -> Page:
    sign_in(page, "chidam.canbo", ENTRY)
    return page


def fill(page: Page, row: str, **values: str) -> None:
    for code, text in values.items():
        cell(page, row, code).fill(text)
        cell(page, row, code).press("Tab")


def test_a_cell_is_on_the_server_without_a_click_and_the_page_says_when(grid):
    row = hamlets(grid)[0]
    cell(grid, row, "patrols").press_sequentially("12")
    until_stored(grid, {f"{row}.patrols": 12})
    expect(state(grid)).to_have_text(re.compile(r"^Đã lưu lúc \d\d:\d\d:\d\d$"))
    expect(cell(grid, row, "patrols")).to_be_focused()


def test_what_is_typed_without_network_waits_visibly_and_is_sent_when_it_returns(grid):
    watch_of(grid).expected.append("ERR_INTERNET_DISCONNECTED")
    row = hamlets(grid)[0]
    grid.context.set_offline(True)
    fill(grid, row, patrols="3", patrol_attendance="9")
    expect(state(grid)).to_contain_text("Mất kết nối. 2 mục đang giữ trên máy này")
    expect(cell(grid, row, "patrols")).to_have_class(re.compile("waiting"))
    assert not stored(grid)
    grid.context.set_offline(False)
    all_saved(grid)
    until_stored(grid, {f"{row}.patrols": 3, f"{row}.patrol_attendance": 9})


def test_what_waits_survives_closing_the_page_and_signing_out_and_in(grid):
    watch_of(grid).expected.append("ERR_INTERNET_DISCONNECTED")
    row = hamlets(grid)[0]
    grid.context.set_offline(True)
    fill(grid, row, patrols="3", tips="2", disputes_received="1")
    step(grid, "notes").click()
    grid.get_by_label("Kiến nghị").fill("Thêm đèn pin.")
    grid.get_by_label("Kiến nghị").blur()
    expect(state(grid)).to_contain_text("Mất kết nối. 4 mục")
    again = grid.context.new_page()
    grid.close()
    grid.context.set_offline(False)
    again.goto("/")
    notice = again.get_by_role("link", name=f"của tháng {MONTH.number}/{MONTH.year} chưa gửi được")
    expect(notice).to_contain_text(re.compile("Có [34] ô"))
    sign_out(again)
    fill_sign_in(again, "chidam.canbo")
    assert not stored(again)
    notice.click()
    all_saved(again)
    until_stored(again, {f"{row}.patrols": 3, f"{row}.tips": 2, f"{row}.disputes_received": 1})
    again.reload()
    expect(again.get_by_label("Kiến nghị")).to_have_value("Thêm đèn pin.")
    again.goto("/")
    expect(again.locator("#waiting")).to_be_hidden()


def test_what_waits_belongs_to_its_writer(grid):
    watch_of(grid).expected.append("ERR_INTERNET_DISCONNECTED")
    row = hamlets(grid)[0]
    grid.context.set_offline(True)
    fill(grid, row, patrols="3")
    expect(state(grid)).to_contain_text("Mất kết nối")
    again = grid.context.new_page()
    grid.close()
    grid.context.set_offline(False)
    again.goto("/")
    sign_out(again)
    fill_sign_in(again, "chidam.chihuy")
    expect(again.locator("#waiting")).to_be_hidden()
    again.goto(ENTRY)
    expect(cell(again, row, "patrols")).to_have_value("")


def test_what_is_typed_in_a_tab_of_before_is_never_written_in_another_accounts_name(grid):
    watch_of(grid).expected += ["status of 409", "status of 401", "status of 403"]
    row, other = hamlets(grid)[0], grid.context.new_page()
    other.goto("/")
    sign_out(other)
    fill_sign_in(other, "chidam.chihuy")
    expect(other.locator("body[data-user]")).to_be_attached()
    fill(grid, row, patrols="3")
    expect(state(grid)).to_contain_text("đăng nhập tài khoản khác")
    assert stored(other).get(f"{row}.patrols") is None
    sign_out(other)
    sign_in(other, "chidam.canbo", ENTRY)
    until_stored(other, {f"{row}.patrols": 3})


def test_ten_cells_typed_after_the_session_ended_are_all_there_after_signing_in(grid):
    watch_of(grid).expected.append("status of 401")
    rows = hamlets(grid)[:10]
    grid.context.clear_cookies(name="sessionid")
    for row in rows:
        fill(grid, row, patrols="3")
    expect(state(grid)).to_contain_text("Phiên làm việc đã hết. 10 mục đang giữ trên máy này")
    expect(cell(grid, rows[9], "patrols")).to_have_value("3")
    state(grid).get_by_role("link", name="Đăng nhập lại để gửi").click()
    fill_sign_in(grid, "chidam.canbo")
    expect(grid).to_have_url(re.compile(f"{ENTRY}$"))
    all_saved(grid)
    until_stored(grid, {f"{row}.patrols": 3 for row in rows})


def test_a_server_that_fails_is_asked_again_and_loses_nothing(grid):
    watch_of(grid).expected.append("status of 503")
    row = hamlets(grid)[0]
    grid.route("**/figures/", lambda route: route.fulfill(status=503, body="busy"))
    fill(grid, row, patrols="3")
    expect(state(grid)).to_contain_text("1 mục đang giữ trên máy này")
    grid.unroute("**/figures/")
    expect(state(grid)).to_have_class("saved", timeout=20_000)
    until_stored(grid, {f"{row}.patrols": 3})


@pytest.fixture
def two(browse) -> tuple[Page, Page, str]:
    """The officer has written 5 where the chief, whose page still shows a blank, writes 8."""
    officer, chief = browse(), browse()
    sign_in(officer, "chidam.canbo", ENTRY)
    sign_in(chief, "chidam.chihuy", ENTRY)
    row = hamlets(officer)[0]
    fill(officer, row, patrols="5")
    until_stored(officer, {f"{row}.patrols": 5})
    fill(chief, row, patrols="8")
    box = chief.locator("#conflicts")
    expect(box).to_contain_text("Khu 1 – Lượt tuần tra: bạn ghi 8, người khác vừa ghi 5.")
    expect(box).to_contain_text(re.compile(r"Người ghi: .+, lúc \d\d:\d\d \d\d/\d\d/\d{4}"))
    assert stored(officer)[f"{row}.patrols"] == 5, "nothing is overwritten silently"
    return officer, chief, row


def test_the_second_writer_sees_both_values_and_may_keep_hers(two):
    officer, chief, row = two
    chief.get_by_role("button", name="Giữ số của tôi (8)").click()
    all_saved(chief)
    until_stored(officer, {f"{row}.patrols": 8})
    expect(chief.locator("#conflicts")).to_be_hidden()


def test_the_second_writer_sees_both_values_and_may_take_the_other(two):
    officer, chief, row = two
    chief.get_by_role("button", name="Lấy số kia (5)").click()
    expect(cell(chief, row, "patrols")).to_have_value("5")
    expect(chief.locator("#conflicts")).to_be_hidden()
    expect(state(chief)).to_contain_text("Đã lưu")
    assert stored(officer)[f"{row}.patrols"] == 5


def test_a_conflict_is_asked_in_sight_of_the_cell_wherever_that_is(two):
    _, chief, _ = two
    expect(chief.locator("#conflicts")).to_be_in_viewport(ratio=1)
    last = cell(chief, hamlets(chief)[-1], "patrols")
    last.focus()
    expect(last).to_be_in_viewport(ratio=1)
    for button in chief.locator("#conflicts button").all():
        expect(button).to_be_in_viewport(ratio=1)
        button.click(trial=True)


def test_a_conflict_is_still_asked_after_a_reload(two):
    _, chief, row = two
    chief.reload()
    expect(cell(chief, row, "patrols")).to_have_value("8")
    chief.get_by_role("button", name="Giữ số của tôi (8)").click()
    all_saved(chief)
    until_stored(chief, {f"{row}.patrols": 8})


def test_another_cell_is_saved_while_a_conflict_waits(two):
    _, chief, row = two
    fill(chief, row, tips="2")
    until_stored(chief, {f"{row}.tips": 2, f"{row}.patrols": 5})
    expect(chief.get_by_role("button", name="Lấy số kia (5)")).to_be_visible()


def test_what_is_typed_into_a_month_that_was_sent_meanwhile_is_refused_with_a_sentence_and_kept(browse):
    officer, chief = browse(), browse()
    watch_of(officer).expected.append("status of 409")
    sign_in(officer, "chidam.canbo", ENTRY)
    row = hamlets(officer)[0]
    fill(officer, row, patrols="5", patrol_attendance="9")
    all_saved(officer)
    sign_in(chief, "chidam.chihuy", f"{ENTRY}send/")
    chief.get_by_label("Lời giải thích chung").fill("Gửi thử.")
    chief.get_by_role("button", name="Gửi lên tỉnh").click()
    expect(chief.locator(".badge.submitted")).to_be_visible()
    fill(officer, row, patrols="6")
    expect(state(officer)).to_contain_text("đang chờ duyệt nên không sửa được")
    expect(cell(officer, row, "patrols")).to_have_value("6")
    assert stored(officer)[f"{row}.patrols"] == 5
    officer.reload()
    told = officer.locator("#waiting")
    expect(told).to_contain_text("1 ô bạn ghi chưa vào báo cáo này")
    expect(told).to_contain_text("Khu 1 – Lượt tuần tra = 6")
    told.get_by_role("button", name="Bỏ các số này").click()
    officer.reload()
    expect(told).to_be_hidden()


def test_a_note_is_kept_as_it_is_typed(grid):
    note = grid.get_by_label("Kiến nghị")
    step(grid, "notes").click()
    note.press_sequentially("Thêm đèn pin.")
    grid.reload()
    expect(note).to_have_value("Thêm đèn pin.")
    expect(state(grid)).to_have_class("saved")


def test_two_writers_of_a_note_lose_neither_text(browse):
    officer, chief = browse(), browse()
    watch_of(chief).expected.append("status of 409")
    sign_in(officer, "chidam.canbo", f"{ENTRY}#notes")
    sign_in(chief, "chidam.chihuy", f"{ENTRY}#notes")
    mine, hers = (page.get_by_label("Kiến nghị") for page in (officer, chief))
    mine.fill("Thêm đèn pin.")
    mine.blur()
    expect(state(officer)).to_have_text("Đã lưu ghi chú")
    hers.fill("Thêm áo mưa.")
    hers.blur()
    expect(chief.get_by_role("alert")).to_contain_text("người khác vừa ghi “Thêm đèn pin.”")
    expect(hers).to_have_value("Thêm áo mưa.")
    chief.reload()
    expect(hers).to_have_value("Thêm áo mưa.")
    row = hamlets(chief)[0]
    step(chief, "hamlets").click()
    expect(chief.locator("#grid input:focus")).to_be_attached()
    fill(chief, row, patrols="3")
    until_stored(chief, {f"{row}.patrols": 3})
    chief.wait_for_load_state("networkidle")
    officer.reload()
    expect(mine).to_have_value("Thêm đèn pin.")


# Without JavaScript ---------------------------------------------------------------------------


@pytest.fixture
def plain(browse) -> Page:
    page = browse(java_script_enabled=False)
    watch_of(page).expected += ["status of 422"]
    sign_in(page, "chidam.canbo", ENTRY)
    return page


def keys(page: Page) -> list[str]:
    return [row.get_attribute("data-row") for row in page.locator("#grid tbody tr[data-row^=h]").all()[:3]]


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu", exact=True).click()


def test_without_javascript_the_form_saves_all_and_shows_a_bad_value_again(plain):
    first, second, _ = keys(plain)
    cell(plain, first, "patrols").fill("3")
    cell(plain, first, "tips").fill("hai")
    cell(plain, second, "patrols").fill("1.164")
    plain.get_by_label("Kiến nghị").fill("Thêm đèn pin.")
    save(plain)
    expect(plain.get_by_text("“hai” không phải là số đếm")).to_be_visible()
    expect(cell(plain, first, "tips")).to_have_value("hai")
    expect(cell(plain, first, "tips")).to_have_attribute("aria-invalid", "true")
    assert stored(plain) == {f"{first}.patrols": 3, f"{second}.patrols": 1164}
    cell(plain, first, "tips").fill("2")
    save(plain)
    expect(plain.get_by_text("Đã lưu 1 ô.")).to_be_visible()
    expect(plain.get_by_label("Kiến nghị")).to_have_value("Thêm đèn pin.")
    assert stored(plain)[f"{first}.tips"] == 2


def test_without_javascript_enter_saves_and_says_nothing_of_other_cells(plain):
    first = keys(plain)[0]
    cell(plain, first, "patrols").fill("3")
    cell(plain, first, "patrols").press("Enter")
    expect(plain.get_by_text(re.compile(r"^Đã lưu \d+ ô\.$"))).to_be_visible()
    assert stored(plain) == {f"{first}.patrols": 3}


def test_without_javascript_a_row_is_said_to_have_nothing(plain):
    first = keys(plain)[0]
    cell(plain, first, "patrols").fill("3")
    plain.locator(f'[data-none="row:{first}"]').click()
    expect(cell(plain, first, "tips")).to_have_value("0")
    cells = stored(plain)
    assert cells.pop(f"{first}.patrols") == 3
    assert set(cells.values()) == {0} and {name.split(".")[0] for name in cells} == {first}


def test_without_javascript_a_hamlet_opens_to_its_groups(plain):
    first = keys(plain)[0]
    plain.locator(f'.open-groups[data-for="{first}"]').click()
    group = plain.locator(f'tr[data-of="{first}"]').first.get_attribute("data-row")
    cell(plain, group, "patrols").fill("4")
    save(plain)
    expect(plain.get_by_text("Đã lưu 1 ô.")).to_be_visible()
    expect(cell(plain, group, "patrols")).to_have_value("4")
    assert stored(plain) == {f"{group}.patrols": 4}


def test_without_javascript_the_second_writer_sees_both_values(plain, browse):
    first = keys(plain)[0]
    chief = browse()
    sign_in(chief, "chidam.chihuy", ENTRY)
    fill(chief, first, patrols="5")
    until_stored(chief, {f"{first}.patrols": 5})
    cell(plain, first, "patrols").fill("8")
    save(plain)
    expect(plain.get_by_role("alert")).to_contain_text("bạn ghi 8, đang lưu 5")
    assert stored(plain)[f"{first}.patrols"] == 5


def test_the_report_of_the_month_is_opened_by_its_first_cell(grid):
    assert report_id(grid) is None
    row = hamlets(grid)[0]
    fill(grid, row, patrols="1")
    until_stored(grid, {f"{row}.patrols": 1})
    assert report_id(grid, MONTH, COMMUNE)


def test_two_tabs_keep_one_anothers_unsent_cells(grid):
    watch_of(grid).expected.append("ERR_INTERNET_DISCONNECTED")
    rows = hamlets(grid)
    other = grid.context.new_page()
    other.goto(ENTRY)
    grid.context.set_offline(True)
    for row, text in zip(rows[10:13], ("71", "72", "73"), strict=True):
        fill(grid, row, patrols=text)
    fill(other, rows[20], patrols="81")
    expect(cell(other, rows[10], "patrols")).to_have_value("71")
    again = grid.context.new_page()
    grid.close()
    other.close()
    grid.context.set_offline(False)
    again.goto(ENTRY)
    until_stored(
        again, dict(zip([f"{row}.patrols" for row in (*rows[10:13], rows[20])], (71, 72, 73, 81), strict=True))
    )


def test_a_save_in_one_tab_forgets_nothing_that_waits_in_another(grid):
    watch_of(grid).expected.append("ERR_FAILED")
    rows = hamlets(grid)
    other = grid.context.new_page()
    other.goto(ENTRY)
    grid.route("**/api/**", lambda route: route.abort())
    fill(grid, rows[10], patrols="71")
    expect(state(grid)).to_contain_text("Mất kết nối")
    fill(other, rows[20], patrols="81")
    until_stored(other, {f"{rows[20]}.patrols": 81})
    expect(cell(grid, rows[20], "patrols")).to_have_value("81")
    other.close()
    again = grid.context.new_page()
    grid.close()
    again.goto(ENTRY)
    until_stored(again, {f"{rows[10]}.patrols": 71, f"{rows[20]}.patrols": 81})
