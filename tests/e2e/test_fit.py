"""Tables and forms take the room that they ask for: no more on wide screens, all of it on telephones."""

from tests.e2e.steps import ENTRY, MONTH, all_saved, cell, codes, hamlets, sign_in
from tests.e2e.test_every_page import keys_of

PHONE = {"width": 360, "height": 740}


def width(place) -> float:
    return place.bounding_box()["width"]


def test_a_table_of_few_columns_does_not_stretch_over_a_wide_page(browse):
    page = browse(viewport={"width": 1366, "height": 768})
    sign_in(page, "phutho.phong")
    for path in (
        "/explore/?indicator=patrols&span=2025&rows=place",
        "/figures/?province=25&span=2025&indicator=patrols",
    ):
        page.goto(path)
        tables = page.locator("main .scroll:has(> table.figures)")
        for scroll in tables.all():
            table = scroll.locator("table")
            assert table.locator("thead tr:last-child th").count() < 5
            assert width(table) < width(scroll) * 0.6, path
        assert tables.count()


def test_lines_of_handed_weapons_and_movements_are_read_one_by_one_on_a_telephone(browse):
    page = browse(viewport=PHONE)
    sign_in(page, "phutho.phong")
    for path, label in (
        ("/figures/weapons/guns/?province=25&span=2025", "Số lượng"),
        ("/register/movements/?since=2025-01-01&on=2025-12-31", "Đối chiếu"),
    ):
        page.goto(path)
        scroll = page.locator("main .scroll").first
        assert scroll.evaluate("one => one.scrollWidth <= one.clientWidth"), path
        first = scroll.locator(f'tbody tr:first-child td[data-label="{label}"]')
        assert label in first.evaluate("one => getComputedStyle(one, '::before').content")
        assert scroll.locator("tbody tr").first.bounding_box()["height"] < 130, path


def test_cells_are_picked_for_a_return_and_progress_is_read_on_the_narrowest_screen(browse, demo):
    page = browse(viewport={"width": 320, "height": 640})
    sign_in(page, "phutho.phong", f"/review/{keys_of(demo)['odd']}/{MONTH - 1}/give-back/")
    scroll = page.locator("main .scroll").first
    assert scroll.evaluate("one => one.scrollWidth <= one.clientWidth")
    tick, name, words = (scroll.locator(f"tbody tr:first-child {part}") for part in (".tick", "th", "textarea"))
    assert abs(tick.bounding_box()["y"] - name.bounding_box()["y"]) < 12 and width(words) > 200
    other = browse(viewport={"width": 320, "height": 640})
    sign_in(other, "chidam.canbo", ENTRY)
    cell(other, hamlets(other)[0], codes(other)[0]).fill("3")
    other.keyboard.press("Tab")
    all_saved(other)
    other.goto("/")
    lines = other.locator(".progress-table tr").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert lines and max(lines) < 60, "a word a line"


def test_words_of_a_return_are_seen_whole_and_stand_beside_their_cell(browse, demo):
    page = browse(viewport={"width": 1366, "height": 768})
    sign_in(page, "phutho.phong", f"/review/{keys_of(demo)['odd']}/{MONTH - 1}/give-back/")
    rows = page.locator(".picks tbody tr").all()
    assert rows
    for row in rows:
        name, words = row.locator("th").bounding_box(), row.locator("td.field").bounding_box()
        assert abs(row.locator("label").bounding_box()["y"] - row.locator("textarea").bounding_box()["y"]) < 24
        assert name["y"] == words["y"]
        assert row.locator("textarea").evaluate("one => one.scrollHeight <= one.clientHeight + 1")


def test_long_names_of_hamlets_take_two_lines_and_keep_to_their_place(browse):
    page = browse(viewport={"width": 1366, "height": 768})
    sign_in(page, "chidam.canbo", ENTRY)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for number, row in enumerate(hamlets(page)[:6]):
        name = {"name": f"Tổ dân phố khu tập thể Nhà máy Giấy Bãi Bằng {number}"}
        headers = {"X-CSRFToken": token, "Referer": page.url}
        assert page.request.patch(f"/api/v1/hamlets/{row[1:]}/", data=name, headers=headers).ok
    page.goto(ENTRY)
    heights = page.locator("#grid tbody tr[data-row^=h]").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert max(heights) < 48, "two lines"
    cell(page, hamlets(page)[0], codes(page)[0]).focus()
    ground = page.locator("#grid tr:focus-within td.optional").first
    assert ground.evaluate("one => getComputedStyle(one).backgroundImage") == "none", "the row in hand is of one colour"
    page.set_viewport_size(PHONE)
    page.goto(ENTRY)
    last = page.locator("#grid tbody tr", has_text="Bãi Bằng").first
    last.locator(".open-groups").click()
    opened = page.locator(".open-groups[aria-expanded=true]")
    inside = (
        "one => one.scrollWidth <= one.closest('th').clientWidth && one.offsetWidth <= one.closest('th').clientWidth"
    )
    assert opened.evaluate(inside), "what is said of its line goes over the first cell"
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/register/hamlets/change/")
    pieces = page.locator(".choices .check").evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert pieces and max(pieces) == 1, "a name is torn between two columns"


def test_the_fields_of_a_new_account_are_whole_on_a_telephone(browse):
    page = browse(viewport=PHONE)
    sign_in(page, "quantri")
    page.goto("/admin/communes/user/add/")
    for field in page.locator(".form-row :is(input:not([type=hidden]), select)").all():
        if field.is_visible():
            box, row = field.bounding_box(), field.locator("xpath=ancestor::fieldset").bounding_box()
            assert box["x"] + box["width"] <= row["x"] + row["width"]


def test_a_message_begins_where_its_wide_page_does(browse):
    page = browse(viewport={"width": 1366, "height": 768})
    sign_in(page, "chidam.canbo", ENTRY)
    page.goto(f"/register/hamlets/{hamlets(page)[0][1:]}/")
    page.get_by_role("button", name="Lưu").first.click()
    message, foot = page.locator(".messages"), page.locator(".foot p")
    assert message.bounding_box()["x"] == foot.bounding_box()["x"]


def test_a_list_begins_on_the_first_screen_of_a_telephone_and_shows_all_conditions_where_there_is_room(browse):
    page = browse(viewport=PHONE)
    sign_in(page, "chidam.canbo", "/register/groups/")
    kind = page.locator("#id_kind")
    assert not kind.is_visible() and page.locator("#list tbody tr").first.bounding_box()["y"] < PHONE["height"]
    page.get_by_text("Điều kiện khác").click()
    kind.select_option(index=1)
    page.locator(".chips").get_by_text("✕").nth(1).wait_for()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/register/groups/")
    assert kind.is_visible() and not page.get_by_text("Điều kiện khác").is_visible()
    page.locator("#id_q").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "state"


def test_short_words_stand_on_one_line_where_three_columns_are_narrowest_and_on_telephones(browse):
    page = browse(viewport={"width": 1366, "height": 850})
    sign_in(page, "phutho.lanhdao")
    page.wait_for_function("[...document.fonts].every(one => one.status !== 'loading')")
    page.reload()  # a page that its font came too late for keeps the system's
    for wide in (1366, 1280, 1120, 768, 360):
        page.set_viewport_size({"width": wide, "height": 850})
        lines = page.locator(".tile .moved").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert lines and max(lines) < 30, wide


def test_names_in_the_queue_stand_on_one_line_on_a_wide_screen(browse):
    other = browse(viewport={"width": 1366, "height": 850})
    sign_in(other, "phutho.phong", f"/review/?month={MONTH - 1}")
    names = other.locator(".queue tbody th a").evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert names and max(names) == 1
