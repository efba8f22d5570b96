"""Lists of members as offices keep them: under rows that name their group, names in two columns, a sheet a hamlet."""

import io
from datetime import timedelta

import openpyxl
import pytest

from models_registry.importing.planning import NEW, REFUSED
from models_registry.importing.runs import KEPT_DAYS
from models_registry.importing.values import read_birth_year
from models_registry.importing.workbooks import BOOKS, TEXTS
from models_registry.models import Member, Person, RegisterImport
from tests import factories as f
from tests.models_registry.workbooks import NOW, counted, do, planned, run_of

HEADS = ["TT", "Họ và tên", "Năm sinh", "Số điện thoại", "Chức vụ"]


@pytest.fixture
def groups(cast):
    for number in (1, 2):
        for hamlet in cast.khu[:2]:
            f.group(cast.chi_dam, "household_cluster", name=f"Tổ liên gia số {number}", hamlet=hamlet)
    f.group(cast.chi_dam, "security_board", name="Ban ANTT Khu 10", hamlet=cast.khu[2])
    return cast


def office_list(*rows, merged=(), title="Danh sách", hide=()):
    """A workbook as people make one: merged rows, hidden columns."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    for letter in hide:
        sheet.column_dimensions[letter].hidden = True
    book.save(buffer)
    return buffer.getvalue()


def where(plan):
    return [(row.name, row.shown.get("group"), row.shown.get("hamlet")) for row in plan.rows if row.outcome == NEW]


def sentences(plan):
    return {fault.cell: fault.sentence for fault in plan.faults}


def test_members_belong_to_the_group_whose_name_stands_above_them(groups):
    rows = [
        ["DANH SÁCH THÀNH VIÊN"], HEADS, ["I", "KHU 1"], ["Tổ liên gia số 1"], [1, "Nguyễn Văn An", 1975, 912345678, "Tổ trưởng"],
        [2, "Trần Thị Mai", "15/08/1980", None, "Tổ viên"], ["Tổ liên gia 02 (01 người)"], [1, "Lê Văn Bình", 1960, None, None],
        ["II", "Khu 2"], [None, "Tổ liên gia số 1 - Tổ trưởng: Đỗ Văn Cả"], [1, "Đỗ Văn Cả", "1958", None, "TT"],
        ["Ban ANTT Khu 10"], [1, "Vũ Văn Tư", 1970, None, "TV"], ["Tổng cộng: 05 người"], [None, None, None, "NGƯỜI LẬP BIỂU"],
    ]  # fmt: skip
    run = run_of(groups, "members", office_list(*rows, merged=["A4:E4", "A7:E7", "A12:E12", "A14:E14"]))
    plan = planned(run)
    first = "LGTQ – Tổ liên gia số 1"
    assert not plan.faults and where(plan) == [
        ("Nguyễn Văn An", first, "Khu 1"), ("Trần Thị Mai", first, "Khu 1"), ("Lê Văn Bình", "LGTQ – Tổ liên gia số 2", "Khu 1"),
        ("Đỗ Văn Cả", first, "Khu 2"), ("Vũ Văn Tư", "Ban ANTT Khu 10", "Khu 10"),
    ]  # fmt: skip
    do(run, groups)
    stored = Member.objects.values_list("person__name", "group__name", "group__hamlet__name")
    assert ("Đỗ Văn Cả", "Tổ liên gia số 1", "Khu 2") in stored and ("Vũ Văn Tư", "Ban ANTT Khu 10", "Khu 10") in stored


def test_below_a_heading_that_names_no_group_nobody_is_put_into_the_group_before(groups):
    rows = [
        HEADS, ["Tổ liên gia số 1 Khu 1"], [1, "Nguyễn Văn An", 1975], ["Tổ liên gia số 99"], [1, "Lê Văn Bình", 1960],
        ["Nữ"], [1, "Trần Thị Mai", 1980], ["Tổ liên gia số 2, Khu 2"], [1, "Đỗ Văn Cả", 1958],
    ]  # fmt: skip
    plan = planned(run_of(groups, "members", office_list(*rows)))
    assert [name for name, *_ in where(plan)] == ["Nguyễn Văn An", "Đỗ Văn Cả"]
    assert "Không có tổ “Tổ liên gia số 99” (dòng mục 4)" in sentences(plan)["dòng 5"]
    assert "dòng mục “Nữ” (dòng 6) không mang tên tổ nào" in sentences(plan)["dòng 7"]


def test_a_heading_that_looks_like_a_person_is_asked_about(groups):
    rows = [
        HEADS, [1, "Tổ liên gia số 1"], [1, "Nguyễn Văn An", 1975], [2, "Lê Văn Lý"], [2, "Hội Bình An"], [1, "Trần Thị Mai", 1980],
        [3, "LGTQ 7"], [1, "Đỗ Văn Cả", 1958],
    ]  # fmt: skip
    plan = planned(run_of(groups, "members", office_list(["Khu 1"], *rows)))
    assert [name for name, *_ in where(plan)] == ["Nguyễn Văn An", "Lê Văn Lý"], "numbered on from the one before"
    assert {row.name for row in plan.rows if row.outcome == REFUSED} >= {"Trần Thị Mai", "Đỗ Văn Cả"}


def test_a_row_without_a_name_that_may_head_others_leaves_them_without_a_group(groups):
    rows = [
        HEADS,
        ["Tổ liên gia số 1 - Khu 1"],
        [1, "Nguyễn Văn An", 1975],
        ["Hàng xóm", None, None, None, "TV"],
        [2, "Lê Văn Bình", 1960],
    ]
    plan = planned(run_of(groups, "members", office_list(*rows)))
    assert counted(plan)[NEW] == 1 and "Còn trống" in sentences(plan)["B4"]
    assert "“Hàng xóm · TV” (dòng 4)" in sentences(plan)["dòng 5"]


def test_a_sheet_or_title_that_names_a_hamlet_tells_groups_of_one_name_apart(groups):
    rows = [[*HEADS, "Tổ"], [1, "Nguyễn Văn An", 1975, None, None, "Tổ liên gia số 1"]]
    assert where(planned(run_of(groups, "members", office_list(*rows, title="KDC 2")))) == [
        ("Nguyễn Văn An", "Tổ liên gia số 1", "Khu 2")
    ]
    text = f"{';'.join([*HEADS, 'Tổ'])}\n1;Nguyễn Văn An;1975;;;Tổ liên gia số 1\n".encode()
    assert where(planned(run_of(groups, "members", text, name="Khu 2.csv")))[0][2] == "Khu 2"
    titled = [["DANH SÁCH TỔ LIÊN GIA SỐ 2"], ["KHU DÂN CƯ SỐ 1, xã Chí Đám"], HEADS, [1, "Nguyễn Văn An", 1975]]
    assert where(planned(run_of(groups, "members", office_list(*titled)))) == [
        ("Nguyễn Văn An", "LGTQ – Tổ liên gia số 2", "Khu 1")
    ]
    plan = planned(run_of(groups, "members", office_list(*rows, title="Khu 10")))
    assert "Không có tổ “Tổ liên gia số 1” ở Khu 10 (tên trang hoặc tiêu đề)" in sentences(plan)["F2"]


def test_groups_on_a_sheet_named_for_a_hamlet_sit_there(groups):
    rows = [["TT", "Tên tổ", "Loại hình", "Số thành viên"], [1, "Tổ liên gia số 7", "LGTQ", 5]]
    assert where(planned(run_of(groups, "groups", office_list(*rows, title="Khu 2"))))[0][2] == "Khu 2"
    assert "hãy chọn khu dân cư" in str(sentences(planned(run_of(groups, "groups", office_list(*rows)))))


def test_a_sheet_without_any_group_is_left_alone(groups):
    plan = planned(run_of(groups, "members", office_list(HEADS, [1, "Nguyễn Văn An", 1975])))
    assert not plan.rows and "hoặc dòng mục mang tên tổ" in plan.layouts[0].lacking[0]


TWO_COLUMNS = {
    "in columns of their own": (
        [["STT", "Họ và tên đệm", "Tên", "Năm sinh", "Tổ"], ["(1)", "(2)", "(3)", "(4)", "(5)"], [1, "Nguyễn Văn", "An", 1975], [2, "Trần Thị", "Mai", 1980]], []
    ),
    "under one head over two columns": (
        [["STT", "Họ và tên", None, "Năm sinh", "Tổ"], [1, "Nguyễn Văn", "An", 1975], [2, "Trần Thị", "Mai", 1980]], ["B1:C1"]
    ),
    "under heads in two rows": (
        [["STT", "Họ và tên", None, "Năm sinh", "Tổ"], [None, "Họ đệm", "Tên"], [1, "Nguyễn Văn", "An", 1975], [2, "Trần Thị", "Mai", 1980]],
        ["A1:A2", "B1:C1", "D1:D2", "E1:E2"],
    ),
    "in three columns": (
        [["Họ", "Đệm", "Tên", "Năm sinh", "Tổ"], ["Nguyễn", "Văn", "An", 1975], ["Trần", "Thị", "Mai", 1980]], []
    ),
    "whole beside the last word": (
        [["STT", "Họ và tên", "Tên", "Năm sinh", "Tổ"], [1, "Nguyễn Văn An", "An", 1975], [2, "Trần Thị Mai", "Mai", 1980]], []
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "merged"), TWO_COLUMNS.values(), ids=TWO_COLUMNS)
def test_a_name_in_parts_is_one_name(groups, rows, merged):
    whole = [row if len(row) == 5 or row[0] is None else [*row, "Ban ANTT Khu 10"] for row in rows]
    run = run_of(groups, "members", office_list(*whole, merged=merged))
    plan = planned(run)
    if plan.open_questions:
        run.answers = {question.key: question.choices[0][0] for question in plan.open_questions}
        run.save()
    do(run, groups)
    assert set(Person.objects.values_list("name", flat=True)) == {"Nguyễn Văn An", "Trần Thị Mai"}


def test_a_name_whose_last_part_is_lacking_is_refused(groups):
    for heads, cell in ((["Họ và tên", None, "Năm sinh", "Tổ"], "A3"), (["Họ đệm", "Tên", "Năm sinh", "Tổ"], "B3")):
        rows = [heads, ["Nguyễn Văn", "An", 1975, "Ban ANTT Khu 10"], ["Trần Thị", None, 1980, "Ban ANTT Khu 10"]]
        plan = planned(run_of(groups, "members", office_list(*rows, merged=["A1:B1"] if heads[1] is None else [])))
        assert counted(plan)[NEW] == 1 and list(sentences(plan)) == [cell]


def test_the_hidden_half_of_a_name_is_read_with_the_other(groups):
    rows = [["Họ đệm", "Tên", "Năm sinh", "Tổ"], ["Nguyễn Văn", "An", 1975, "Ban ANTT Khu 10"]]
    plan = planned(run_of(groups, "members", office_list(*rows, hide="A")))
    assert [row.name for row in plan.rows] == ["Nguyễn Văn An"] and not plan.questions


@pytest.mark.parametrize(("typed", "year"), [(14611, 1940), ("27395", 1975), ("15/08/1980", 1980), ("1962", 1962)])
def test_a_day_of_birth_leaves_its_year(typed, year):
    assert read_birth_year(typed) == year


def test_what_is_no_business_of_ours_is_neither_read_nor_stored(groups):
    rows = [
        ["TT", "Họ và tên", "Ngày sinh", "Số CCCD", "Dân tộc", "Tôn giáo", "Quyết định", "Tổ"],
        [1, "Nguyễn Văn An", "05/03/1975", "025075001234", "Mường", "Không", "12/QĐ-UBND", "Ban ANTT Khu 10"],
        [2, "Trần Thị Mai 025080001234", 1980, None, None, None, None, "Ban ANTT Khu 10"],
        [3, "Lê Văn Bình", 1960, None, None, None, "CCCD 025060001234", "Ban ANTT Khu 10"],
    ]
    run = run_of(groups, "members", office_list(*rows))
    plan = planned(run)
    assert plan.layouts[0].layout.unused() == ["TT", "Số CCCD", "Dân tộc", "Tôn giáo"]
    assert set(sentences(plan)) == {"B3", "G4"}
    do(run, groups, only_good=True)
    run.refresh_from_db()
    held = [*Person.objects.values_list(), *Member.objects.values_list(), *Person.history.values_list()]
    assert len(Person.objects.all()) == 1 and run.content is None
    assert not any(word in str(held) for word in ("02507", "Mường", "1975-03"))


def test_a_file_that_nobody_applies_is_not_kept_for_ever(groups):
    rows = [HEADS, [1, "Nguyễn Văn An", 1975]]
    left = [run_of(groups, kind, office_list(*rows)).pk for kind in ("members", "institutions")]
    RegisterImport.objects.update(at=NOW - timedelta(days=KEPT_DAYS, seconds=1))
    run_of(groups, "hamlets", office_list(["Tên khu dân cư"], ["Khu 9"]))
    assert not RegisterImport.objects.filter(pk__in=left).exists()


def test_the_picker_offers_every_kind_of_file_that_is_read(client, groups):
    client.force_login(groups.lan)
    page = client.get("/register/import/members/").content.decode()
    assert (
        f'accept="{",".join((*BOOKS, *TEXTS))}"' in page
        and f"bỏ dở quá {KEPT_DAYS} ngày bị xóa khi có tệp khác" in page
    )
