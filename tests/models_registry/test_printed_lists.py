"""Lists as offices print them: sections, sums, signatures are said to be passed over; nothing else is."""

import pytest

from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.shapes import is_signature, is_total
from models_registry.models import SelfManagementGroup
from tests import factories as f
from tests.models_registry.test_unreadable_cells import chi_dam, given  # noqa: F401
from tests.models_registry.workbooks import counted, do, planned, run_of, workbook

HEADS = ["TT", "Khu dân cư", "Số hộ", "Nhân khẩu"]


def passed_over(plan):
    return [row.line for row in plan.skipped]


def test_an_ordinary_printed_list_brings_its_hamlets_and_nothing_else(chi_dam):  # noqa: F811
    plan = planned(run_of(chi_dam, "hamlets", given("printed-list.xlsx")))
    assert counted(plan) == {NEW: 0, CHANGED: 0, UNCHANGED: 2, REFUSED: 0}
    assert [(row.line, row.words) for row in plan.skipped] == [
        (2, "I · XÃ CHÍ ĐÁM CŨ"), (5, "Cộng toàn xã · 314 · 1199"), (6, "Tổng cộng: 2 khu · 314 · 1199"),
        (8, "NGƯỜI LẬP BIỂU"), (9, "(Ký, ghi rõ họ tên)"), (10, "Nguyễn Văn Mẫu"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["Cộng", "CỘNG:", "Tổng", "Tổng cộng", "tổng số (39 khu)", "Cộng toàn xã", "Tổng cộng: 2 khu", "Toàn xã", "Lũy kế từ đầu năm",
     "Cộng xã Chí Đám", "Bình quân", "Trung bình 1 khu", "TONG CONG", "Cong toan xa", "T.Cộng", "T CỘNG", "TC",
     "∑", "Σ 39 khu", "Total", "GRAND TOTAL", "Sum", "Trung bình/khu", "Cộng I", "Cộng II:", "Tổng A", "Cộng (I+II)",
     "Trong đó: khu mới", "Ấn định danh sách này có 03 khu./."],
)  # fmt: skip
def test_sums_are_known_by_their_words(words):
    assert is_total(words)


@pytest.mark.parametrize(
    "words",
    ["Công ty TNHH Sông Lô", "Tổng công ty Giấy", "Công an xã", "Cộng Hòa", "Cộng đồng dân cư", "Cong ty", "Khu 1", "Toàn Thắng", "Tổng kho", "Bình Quân", "Trung Bình",
     "Cộng Ích", "Trong Đồng"],
)  # fmt: skip
def test_names_that_begin_alike_are_no_sums(words):
    assert not is_total(words)


@pytest.mark.parametrize(
    ("words", "is_one"),
    [("NGƯỜI LẬP BIỂU", True), ("(Ký, ghi rõ họ tên)", True), ("KT. TRƯỞNG CÔNG AN XÃ", True), ("TM. ỦY BAN NHÂN DÂN", True),
     ("Chí Đám, ngày 15 tháng 6 năm 2025", True), ("Nơi nhận:", True), ("Khu 5", False), ("Trường THCS Chí Đám", False),
     ("Trương Công Ký", False), ("Ngô Thị Ngày", False), ("Chủ nhiệm", False), ("Tổ trưởng", False)],
)  # fmt: skip
def test_signatures_are_known_by_their_words(words, is_one):
    assert is_signature(words) is is_one


def test_sections_with_sums_of_their_own_and_heads_on_every_page_are_passed_over(cast):
    rows = [
        ["DANH SÁCH KHU DÂN CƯ"], HEADS, ["I", "Xã cũ A", 240, 900], [1, "Khu 11", 120, 450], [2, "Khu 12", 120, 450],
        HEADS, ["II.", "Xã cũ B", 90, 300], [3, "Khu 13", 90, 300], ["Toàn xã", None, 330, 1200],
        [None, "Chí Đám, ngày 15 tháng 6 năm 2025"], ["NGƯỜI LẬP", None, "TRƯỞNG CÔNG AN XÃ"], [], [None, "Lê Văn B", "Trung tá Trần C"],
    ]  # fmt: skip
    plan = planned(run_of(cast, "hamlets", rows))
    assert [row.name for row in plan.rows] == ["Khu 11", "Khu 12", "Khu 13"] and not plan.faults
    assert passed_over(plan) == [3, 6, 7, 9, 10, 11, 13]


def test_hamlets_without_figures_at_the_end_are_data_even_below_a_blank_line(cast):
    rows = [HEADS[1:], ["Khu 11", 1, 2], ["Khu 12", 3, 4], [], ["Khu 13", None, None], ["Bản Heo Trại", None, None]]
    plan = planned(run_of(cast, "hamlets", rows))
    assert [row.name for row in plan.rows] == ["Khu 11", "Khu 12", "Khu 13", "Bản Heo Trại"] and not plan.skipped


def test_a_list_of_names_alone_is_all_data_until_the_signature(cast):
    rows = [["Tên khu dân cư"], ["Khu 11"], ["Xóm Đình"], ["Heo Trại"], [], ["Người lập biểu"], [], ["Nguyễn Văn Mẫu"]]
    plan = planned(run_of(cast, "hamlets", rows))
    assert [row.name for row in plan.rows] == ["Khu 11", "Xóm Đình", "Heo Trại"] and passed_over(plan) == [6, 8]


def test_the_foot_of_a_list_of_members_is_passed_over_and_a_member_named_alike_is_not(cast):
    f.group(cast.chi_dam, "security_team", name="Tổ ANTT", hamlet=cast.khu[0])
    rows = [
        ["TT", "Họ và tên", "Năm sinh", "Tên tổ"], [1, "Trương Công Ký", 1970, "Tổ ANTT"], [2, "Ngô Cộng", 1971, "Tổ ANTT"],
        [None, "Tổng số: 2 người", None, None], [None, "NGƯỜI LẬP BIỂU", None, "TRƯỞNG CÔNG AN XÃ"], [None, "Lê A", None, "Trần B"],
    ]  # fmt: skip
    plan = planned(run_of(cast, "members", rows))
    assert [row.name for row in plan.rows] == ["Trương Công Ký", "Ngô Cộng"] and not plan.faults
    assert passed_over(plan) == [4, 5, 6]


def test_words_in_columns_that_nothing_reads_are_said_too(cast):
    rows = [
        [*HEADS, "Ghi chú"],
        [1, "Khu 11", 1, 2, "x"],
        [None, None, None, None, "cả bản đã nhập vào Khu 11"],
        [2, None, None, None, None],
    ]
    plan = planned(run_of(cast, "hamlets", rows))
    assert passed_over(plan) == [3] and len(plan.rows) == 1


def test_the_page_says_what_is_passed_over_and_shows_every_column_of_new_rows(client, cast):
    rows = [
        ["Tên tổ", "Loại hình", "Khu dân cư", "Số thành viên", "Thành lập"], ["Tổ 91", "LGTQ", "khu 02", "1.024", "5/3/2024"],
        ["Cộng", None, None, 1024, None],
    ]  # fmt: skip
    run = run_of(cast, "groups", workbook(rows))
    client.force_login(cast.lan)
    page = client.get(f"/register/import/groups/{run.pk}/?whole=1").content.decode()
    assert "dòng 3: Cộng" in page and "<details open>" in page
    for words in (
        "Tổ 91",
        "Tổ (nhóm) liên gia tự quản",
        "<td>Khu 2</td>",
        "<td>1024</td>",
        "05/03/2024",
        '<th scope="col">Ngày thành lập</th>',
    ):
        assert words in page
    do(run, cast)
    assert SelfManagementGroup.objects.get().declared_members == 1024


def test_a_note_below_the_data_is_no_hamlet(chi_dam):  # noqa: F811
    notes = [[None, "* Khu 3 đã sáp nhập vào Khu 2"], [None, "(*) Số liệu tạm tính"], [None, "Ghi chú: đến 14/6"]]
    plan = planned(run_of(chi_dam, "hamlets", [HEADS, [1, "Khu 1", 163, 619], [2, "Khu 2", 151, 580], *notes]))
    assert counted(plan)[NEW] == 0 and passed_over(plan) == [4, 5, 6]


def test_what_the_register_calls_like_a_sum_is_data(chi_dam):  # noqa: F811
    f.hamlet(chi_dam.chi_dam, "Toàn xã")
    plan = planned(run_of(chi_dam, "hamlets", [HEADS, [1, "Toàn xã", 5, 6], [2, "Cộng", 5, 6]]))
    assert counted(plan)[CHANGED] == 1 and passed_over(plan) == [3]


def test_a_bare_number_means_the_hamlet_of_that_number_and_makes_none(chi_dam):  # noqa: F811
    plan = planned(run_of(chi_dam, "hamlets", [HEADS, [1, 1, 164, 619], [2, 77, 5, 6], [3, True, 1, 1]]))
    assert counted(plan) == {NEW: 0, CHANGED: 1, UNCHANGED: 0, REFUSED: 2}
    assert [fault.sentence.partition(".")[0] for fault in plan.faults] == [
        "“77” chỉ là số, không rõ khu nào", "Excel đã đổi chữ thành đúng, sai TRUE",
    ]  # fmt: skip


def test_groups_under_a_section_that_names_a_hamlet_sit_there(chi_dam):  # noqa: F811
    rows = [
        ["TT", "Tên tổ", "Loại hình", "Số thành viên"], ["I", "Khu 1"], [1, "Số 1", "LGTQ", 5], ["II.", "Khu 2"], [1, "Số 1", "LGTQ", 3],
        [None, "Cộng Khu 2", None, 3], [2, "Số 2", "LGTQ", 4], ["III", "Nơi khác"], [1, "Số 1", "LGTQ", 4],
    ]  # fmt: skip
    plan = planned(run_of(chi_dam, "groups", rows))
    assert [(row.name, row.shown.get("hamlet")) for row in plan.rows if row.outcome == NEW] == [
        ("Số 1", "Khu 1"), ("Số 1", "Khu 2"), ("Số 2", "Khu 2"),
    ]  # fmt: skip
    assert "hãy chọn khu dân cư" in plan.faults[0].sentence and len(plan.faults) == 1


def test_one_place_called_two_ways_in_a_file_is_one(chi_dam):  # noqa: F811
    rows = [
        HEADS,
        [1, "KP 1", 10, 20],
        [2, "Khu phố số 01", 11, 21],
        [3, "Thôn Đông Sơn", 1, 2],
        [4, "Thôn Đồng Sơn", 3, 4],
    ]
    plan = planned(run_of(chi_dam, "hamlets", rows))
    assert counted(plan) == {NEW: 3, CHANGED: 0, UNCHANGED: 0, REFUSED: 1}


TWO = [[1, "Khu 1", 163, 619], [2, "Khu 2", 151, 580]]
PRINTED = {
    "sections of capitals and their sums": (
        [["I", "Khu vực Chí Đám cũ"], *TWO, ["", "Cộng I", 314, 1199], ["II", "Khu vực khác"], ["", "Cộng II", 0, 0]],
        [2, 5, 6, 7],
    ),
    "sections of small letters or bullets": (
        [["a", "Khu thị tứ"], TWO[0], ["b)", "Khu đồi"], TWO[1], ["-", "Khu khác"]],
        [2, 4, 6],
    ),
    "sections without any mark": ([[None, "Xã Chí Đám cũ"], *TWO, [None, "Cụm bên kia sông"]], [2, 5]),
    "headings without the number that rows have": ([*TWO, [None, "Bên kia sông"]], [4]),
    "a sum without words": ([*TWO, [None, None, 314, 1199]], [4]),
    "a sum that is named as a place": ([[None, "Xã Chí Đám", 314, 1199], *TWO], [2]),
    "a sum below named as a place": ([*TWO, [None, "Xã Chí Đám", 314, 1199]], [4]),
    "sums with marks of thousands": ([*TWO, [None, "Chí Đám", "314", "1.199"]], [4]),
    "units and numbers of columns": ([[None, None, "(hộ)", "(người)"], ["(1)", "(2)", "(3)=(4)+(5)", "(4)"], *TWO], [2, 3]),
    "what the list says of itself": ([*TWO, [None, "Trong đó: khu mới", 1, 2], [None, "Ấn định danh sách này có 02 khu./."]], [4, 5]),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "lines"), PRINTED.values(), ids=PRINTED)
def test_what_stands_between_and_beside_the_rows_is_passed_over(chi_dam, rows, lines):  # noqa: F811
    plan = planned(run_of(chi_dam, "hamlets", [HEADS, *rows]))
    assert counted(plan) == {NEW: 0, CHANGED: 0, UNCHANGED: 2, REFUSED: 0}
    assert passed_over(plan) == lines


NEW_ONES = {
    "equal to the sum of those above": [[1, "Khu 91", 10, 30], [2, "Khu 92", 20, 40], [3, "Khu 93", 30, 70]],
    "of another name, with its number": [*TWO, [3, "Bản Heo Trại", None, None]],
    "of another name, filled": [*TWO, [None, "Bản Heo Trại", 40, 160]],
    "of its name alone": [*TWO, [None, "Khu 91", None, None]],
}


@pytest.mark.parametrize("rows", NEW_ONES.values(), ids=NEW_ONES)
def test_a_new_hamlet_is_no_sum_and_no_heading(chi_dam, rows):  # noqa: F811
    plan = planned(run_of(chi_dam, "hamlets", [HEADS, *rows]))
    assert counted(plan)[NEW] == sum("Khu 9" in row[1] or "Bản" in row[1] for row in rows) and not plan.skipped


def test_a_column_of_leaders_is_no_column_of_schools(cast):
    rows = [["Tên tổ", "Loại hình", "Khu dân cư", "Tổ trưởng"], ["Số 41", "LGTQ", "Khu 1", "Nguyễn Văn A"]]
    assert counted(planned(run_of(cast, "groups", rows)))[NEW] == 1
    rows[0][3] = "HỌ TÊN NHÓM TRƯỞNG"
    assert counted(planned(run_of(cast, "groups", rows)))[NEW] == 1


@pytest.mark.parametrize("merged_name", [None, "Khu dân cư"])
def test_heads_over_others_are_read_by_the_lower_ones(cast, merged_name):
    rows = [
        ["TT", "Khu dân cư", "Dân số", None, "Quy ước"],
        [None, merged_name, "Hộ", "Khẩu", "Ngày"],
        [1, "Khu 1", 163, 619, "01/06/2023"],
    ]
    plan = planned(run_of(cast, "hamlets", rows))
    (row,) = plan.rows
    assert [(what, after) for what, _, after in row.changes] == [
        ("số hộ", "163"), ("số nhân khẩu", "619"), ("ngày có quy ước về ANTT", "01/06/2023"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("below", "households"),
    [
        (["Hộ nghèo", "Tổng số"], 163),
        (["Tổng số", "Hộ nghèo"], 12),
        (["Tổng số", "Tỷ lệ %"], 12),
        (["Năm 2025", "Năm 2026"], None),
        (["Đầu kỳ", "Cuối kỳ"], None),
    ],
)
def test_of_several_columns_below_a_count_the_whole_is_read_or_it_is_asked_which(cast, below, households):
    rows = [["Tên khu", "Số hộ", None, "Nhân khẩu"], [None, *below, None], ["Khu 1", 12, 163, 619]]
    run = run_of(cast, "hamlets", rows)
    plan = planned(run)
    if households is None:
        (question,) = plan.open_questions
        assert [words for _, words in question.choices] == [f"Cột B: Số hộ {below[0]}", f"Cột C: Số hộ {below[1]}"]
        run.answers, households = {question.key: "2"}, 163
        plan = planned(run)
    (row,) = plan.rows
    assert ("số hộ", "–", str(households)) in row.changes and not plan.open_questions
