"""What is printed: how many sheets of A4, which way up, and nothing that only a screen needs."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import COMMUNE, ENTRY, MONTH, hamlets, sign_in, step

LAST = MONTH - 1
SHEET = re.compile(rb"/Type /Page\b.*?/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", re.S)
UPRIGHT, ACROSS = "upright", "across"


def printed(page: Page, path: str = "") -> list[str]:
    """The sheets that come out, each by which way up it is."""
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    content = page.pdf(prefer_css_page_size=True)
    sheets = [(float(width), float(height)) for width, height in SHEET.findall(content)]
    assert len(sheets) == len(re.findall(rb"/Type /Page\b", content)) > 0
    assert {tuple(sorted(round(side) for side in sheet)) for sheet in sheets} == {(595, 842)}, "every sheet is A4"
    return [UPRIGHT if width < height else ACROSS for width, height in sheets]


def no_tools(page: Page) -> None:
    """Nothing that is pressed or stays in place over something else is on paper."""
    page.emulate_media(media="print")
    for tool in ("button", ".button", "nav", ".toolbar", "form.filters", "[type=checkbox]", ".tick", ".open-groups"):
        for one in page.locator(f"main {tool}").all():
            expect(one).to_be_hidden()
    stays = page.locator("main table *").evaluate_all(
        "all => all.filter((one) => ['sticky', 'fixed'].includes(getComputedStyle(one).position)).length"
    )
    assert stays == 0
    page.emulate_media(media="null")  # as the browser decides, also for what is printed next


@pytest.fixture
def forty(page):
    """The officer of a commune that has forty hamlets by now."""
    sign_in(page, "chidam.canbo", ENTRY)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for number in range(len(hamlets(page)) + 1, 41):
        made = page.request.post(
            "/api/v1/hamlets/",
            data={"commune": COMMUNE, "name": f"Khu {number}", "started_on": "2020-01-01"},
            headers={"X-CSRFToken": token, "Referer": page.url},
        )
        assert made.status == 201, made.text()
    page.goto(ENTRY)
    assert len(hamlets(page)) == 40
    return page


def test_the_month_of_forty_hamlets_is_two_upright_sheets(forty):
    assert printed(forty) == [UPRIGHT, UPRIGHT]
    no_tools(forty)


def test_the_month_of_forty_hamlets_with_long_names_is_two_upright_sheets_too(forty):
    token = forty.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for number, row in enumerate(hamlets(forty)):
        name = {"name": f"Tổ dân phố khu tập thể Nhà máy Giấy Bãi Bằng {number}"}
        headers = {"X-CSRFToken": token, "Referer": forty.url}
        assert forty.request.patch(f"/api/v1/hamlets/{row[1:]}/", data=name, headers=headers).ok
    assert printed(forty, ENTRY) == [UPRIGHT, UPRIGHT]


def test_a_list_on_paper_says_its_conditions_and_not_how_to_change_them(page):
    sign_in(page, "chidam.canbo", "/register/groups/")
    page.emulate_media(media="print")
    expect(page.locator(".chips .badge").first).to_be_visible()
    for words in ("✕", "Bỏ lọc"):
        expect(page.get_by_text(words).first).to_be_hidden()


def test_the_queue_is_printed_without_tools(page):
    sign_in(page, "phutho.phong")
    assert len(printed(page, f"/review/?month={LAST}")) <= 3
    no_tools(page)


def test_on_paper_the_totals_stand_under_the_hamlets_and_the_rest_on_the_second_sheet(forty):
    expect(forty.locator(".paper-sign")).to_be_attached()
    expect(forty.locator(".paper-head")).to_be_hidden()
    expect(forty.locator("#registry dl")).to_be_attached()
    forty.emulate_media(media="print")
    rows = forty.locator("#grid :is(tbody, tfoot) tr").evaluate_all(
        "rows => rows.map((row) => { const box = row.getBoundingClientRect(); return [box.top, box.bottom]; })"
    )
    marked = forty.locator("#grid .here, #grid .here > span").evaluate_all(
        """all => all.map((one) => getComputedStyle(one))
          .filter((style) => style.textDecorationLine !== "none" || Number(style.fontWeight) > 400).length"""
    )
    assert forty.locator("#grid .here").count() == 2 and not marked, "the cursor is on paper"
    assert len(rows) > 40 and all(above[1] <= below[0] + 0.5 for above, below in pairwise(rows))
    parts = ("#grid", ".paper-head", ".unit-level", ".paper-weapons", ".notes", "#registry", ".paper-sign")
    tops = [forty.locator(part).bounding_box()["y"] for part in parts]
    assert tops == sorted(tops)
    expect(forty.locator(".paper-head")).to_contain_text("CÔNG AN XÃ CHÍ ĐÁM")
    expect(forty.locator(".paper-sign")).to_contain_text("TRƯỞNG CÔNG AN XÃ")
    expect(forty.locator("#grid thead")).to_contain_text("Thành")


def test_a_long_note_is_printed_to_its_end(forty):
    note = forty.locator("#difficulties")
    step(forty, "notes").click()
    note.fill("\n".join(f"Dòng {number}" for number in range(12)))
    forty.emulate_media(media="print")
    assert note.evaluate("box => box.scrollHeight <= box.clientHeight + 4")


def test_a_sent_month_and_the_offices_are_two_sheets_at_most(browse):
    page = browse()
    sign_in(page, "chidam.canbo")
    assert printed(page, f"/reports/{COMMUNE}/{LAST}/") == [UPRIGHT, UPRIGHT]
    no_tools(page)
    other = browse()
    sign_in(other, "phutho.phong")
    assert printed(other, f"/reports/province-25/{LAST}/") == [UPRIGHT]


def test_the_indicators_of_a_place_stand_on_one_upright_sheet(browse):
    page = browse()
    sign_in(page, "phutho.phong")
    for place in ("province=25", f"province=25&commune={COMMUNE}"):
        sheets = printed(page, f"/dashboard/?{place}&span={LAST}")
        assert sheets.count(ACROSS) == 1 and len(sheets) <= 6, sheets
        no_tools(page)
        page.evaluate("document.querySelectorAll('#indicators ~ section').forEach((one) => one.remove())")
        assert printed(page).count(UPRIGHT) == 1


@pytest.mark.parametrize("span", [str(LAST), str(LAST.year)])
def test_the_indicators_of_a_province_fit_the_sheet_at_a_size_one_reads(browse, span):
    page = browse()
    sign_in(page, "phutho.phong")
    page.goto(f"/dashboard/?province=25&span={span}")
    said = page.locator("#indicators [data-on]")
    assert "so cùng" in said.first.inner_text()
    expect(page.locator("#indicators .grounds").first).to_be_hidden()
    page.set_viewport_size({"width": round(190 / 25.4 * 96), "height": 1000})  # what the margins leave of the sheet
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the browser would shrink the sheet"
    sizes = page.locator("#indicators tbody :is(th, td)").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 10, "pixels, 7.5 pt"
    letters = set(said.evaluate_all("all => all.map((one) => one.dataset.on)"))
    below = page.locator("#indicators .grounds").all_inner_texts()
    assert letters == {one[0] for one in below} and all("có số liệu cả hai kỳ." in one for one in below)
    assert said.first.evaluate("one => getComputedStyle(one).fontSize") == "0px"


def test_a_map_is_one_sheet_with_its_colours_explained(browse):
    page = browse()
    sign_in(page, "phutho.phong")
    assert printed(page, f"/dashboard/?province=25&span={LAST}&view=map&basis=hamlet") == [ACROSS]
    no_tools(page)


def test_long_tables_of_places_are_upright_and_few(browse):
    page = browse()
    sign_in(page, "phutho.phong")
    for path in (
        f"/dashboard/?province=25&span={LAST}&view=ranking&whole=1",
        f"/dashboard/?province=25&span={LAST}&view=matrix",
        f"/review/timeliness/?year={LAST.year}",
    ):
        sheets = printed(page, path)
        assert set(sheets) == {UPRIGHT} and len(sheets) <= 4, (path, sheets)
        no_tools(page)


def test_the_calendar_is_printed_without_boxes_to_fill_in(browse):
    page = browse()
    sign_in(page, "phutho.phong")
    assert len(printed(page, f"/review/deadlines/?year={LAST.year}")) == 1
    no_tools(page)
    page.emulate_media(media="print")
    expect(page.locator("#extensions form.card")).to_be_hidden()
    widths = page.locator("td.field input[data-date]").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).borderTopWidth)"
    )
    assert widths and set(widths) == {"0px"}


def test_lists_come_out_in_few_sheets(browse):
    page = browse()
    sign_in(page, "chidam.canbo")
    for register in ("hamlets", "groups", "members", "initiatives"):
        assert len(printed(page, f"/register/{register}/")) <= 2, register
        no_tools(page)
        rows = page.goto(f"/register/{register}/?format=print") and page.locator("tbody tr").count()
        assert len(printed(page)) <= 2 + rows // 32, register


def test_a_report_to_read_is_printed_upright(browse):
    page = browse()
    sign_in(page, "phutho.phong")
    assert printed(page, f"/review/{COMMUNE}/{LAST}/") == [UPRIGHT, UPRIGHT]
    no_tools(page)
    page.emulate_media(media="print")
    tops = [page.locator(part).bounding_box()["y"] for part in ("#cells", "#weapons", "#notes", "#steps", "#figures")]
    assert tops == sorted(tops), "the figures of the month begin a sheet, all else is before them"
    assert page.locator("#figures").evaluate("one => getComputedStyle(one).breakBefore") == "page"


def test_what_is_about_to_be_sent_is_two_upright_sheets(browse):
    page = browse()
    sign_in(page, "chidam.chihuy")
    assert printed(page, f"{ENTRY}send/") == [UPRIGHT, UPRIGHT]
    no_tools(page)


def test_the_leaders_page_is_one_sheet_across(browse):
    page = browse()
    sign_in(page, "phutho.lanhdao")
    assert printed(page, "/") == [ACROSS]
