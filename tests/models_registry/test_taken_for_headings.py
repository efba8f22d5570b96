"""Words in a list of members that look like a hamlet, a group or half a name, and are none."""

import pytest

from models_registry.importing.planning import NEW, REFUSED
from models_registry.importing.runs import importer_for
from models_registry.importing.text_files import decode, lost_letters
from models_registry.importing.workbooks import Unreadable
from tests import factories as f
from tests.models_registry.test_member_lists import HEADS, office_list, sentences, where
from tests.models_registry.workbooks import TODAY, planned, run_of


@pytest.fixture
def groups(cast):
    cast.tan_lap = f.hamlet(cast.chi_dam, "Tân Lập")
    for hamlet in (cast.khu[0], cast.tan_lap):
        f.group(cast.chi_dam, "household_cluster", name="Tổ liên gia số 1", hamlet=hamlet)
    f.group(cast.chi_dam, "household_cluster", name="Tổ liên gia số 2", hamlet=cast.khu[0])
    f.group(cast.chi_dam, "security_board", name="Ban ANTT Khu 10", hamlet=cast.khu[2])
    return cast


FLAT = [[*HEADS, "Tổ"], [1, "Nguyễn Văn An", 1975, None, None, "Tổ liên gia số 1"]]


@pytest.mark.parametrize(
    ("title", "hamlet"),
    [
        ("CÔNG AN XÃ TÂN LẬP", None), ("ỦY BAN NHÂN DÂN THỊ TRẤN TÂN LẬP", None), ("Phường Tân Lập, tỉnh Phú Thọ", None),
        ("Công an huyện Tân Lập – Danh sách", None),
        ("Danh sách thành viên Tân Lập", "Tân Lập"), ("Khu Tân Lập, xã Chí Đám", "Tân Lập"), ("Xã Chí Đám khu 1", "Khu 1"),
        ("DANH SÁCH TOÀN XÃ KHU 1", "Khu 1"), ("Công an xã Tân Lập – KDC 1", "Khu 1"), ("Xã Tân Lập (Khu 1)", "Khu 1"),
    ],
)  # fmt: skip
def test_a_letterhead_names_no_hamlet(groups, title, hamlet):
    plan = planned(run_of(groups, "members", office_list([title], *FLAT)))
    assert where(plan) == ([("Nguyễn Văn An", "Tổ liên gia số 1", hamlet)] if hamlet else [])
    assert hamlet or "Có 2 tổ mang tên này" in sentences(plan)["F3"]


@pytest.mark.parametrize(
    ("title", "sheet", "hamlet"),
    [
        ("CÔNG AN XÃ TÂN LẬP", "Danh sách", None), ("TỔ LIÊN GIA TÂN LẬP", "Danh sách", None), ("Danh sách", "Tân Lập", None),
        ("Danh sách khu dân cư Tân Lập", "Danh sách", "Tân Lập"),
    ],
)  # fmt: skip
def test_the_name_of_the_commune_is_no_hamlet_of_the_same_name(groups, title, sheet, hamlet):
    groups.chi_dam.name = "Tân Lập"
    groups.chi_dam.save()
    groups.lan.refresh_from_db()
    plan = planned(run_of(groups, "members", office_list([title], *FLAT, title=sheet)))
    assert where(plan) == ([("Nguyễn Văn An", "Tổ liên gia số 1", hamlet)] if hamlet else [])


def test_new_groups_on_a_sheet_named_for_the_commune_sit_in_no_hamlet_of_that_name(groups):
    rows = [["TT", "Tên tổ", "Loại hình", "Số thành viên"], [1, "Tổ liên gia số 7", "LGTQ", 5]]
    assert where(planned(run_of(groups, "groups", office_list(*rows, title="Tân Lập"))))[0][2] == "Tân Lập"
    groups.chi_dam.name = "Tân Lập"
    groups.chi_dam.save()
    groups.lan.refresh_from_db()
    plan = planned(run_of(groups, "groups", office_list(*rows, title="Tân Lập")))
    assert "hãy chọn khu dân cư" in str(sentences(plan))


@pytest.mark.parametrize(
    "said", [("Nam", "Nữ"), ("ĐV", "ĐV"), ("x", "x"), ("TV", "Tổ phó"), ("Phó", "Thành viên"), ("Kinh", "Kinh")]
)
def test_a_column_without_a_head_beside_names_is_half_of_them_only_where_it_holds_names(groups, said):
    heads = ["STT", "Họ và tên", None, "Năm sinh", "Tổ"]
    people = ["Nguyễn Văn An", "Trần Thị Mai", "Lê Văn Bình", "Vũ Thị Hoa"]
    rows = [[x, name, said[x % 2], 1975, "Ban ANTT Khu 10"] for x, name in enumerate(people)]
    assert [name for name, *_ in where(planned(run_of(groups, "members", office_list(heads, *rows))))] == people


def test_given_names_of_which_some_are_alike_are_halves_of_names(groups):
    heads = ["STT", "Họ và tên", None, "Năm sinh", "Tổ"]
    people = [("Nguyễn Văn", "Nam"), ("Trần Thị", "Hoa"), ("Lê Văn", "Nam"), ("Vũ Thị", "Hoa"), ("Đỗ Thị", "Hoa")]
    rows = [[x, *name, 1975, "Ban ANTT Khu 10"] for x, name in enumerate(people)]
    found = [name for name, *_ in where(planned(run_of(groups, "members", office_list(heads, *rows))))]
    assert found == [" ".join(name) for name in people]


def test_questions_in_a_sound_file_are_no_lost_letters(groups):
    links = "".join(f"{n};Nguyễn Văn An;1975;;TV;Ban ANTT Khu 10;https://example.org/x{n}?usp=1\n" for n in range(4))
    text = f"{';'.join([*HEADS, 'Tổ', 'Ảnh'])}\n{links}"
    assert planned(run_of(groups, "members", text.encode(), name="a.csv")).count(NEW) == 1
    lost = text.encode("cp1252", errors="replace")
    with pytest.raises(Unreadable, match="đã thành dấu “\\?”"):
        run_of(groups, "members", lost, name="a.csv")
    assert lost_letters("Khu d?n c?, Tr?n Th? H?ng, Hà, é") and lost_letters("Tr?n Văn Đ?c, Đư?ng, T?n")
    assert lost_letters(decode("Tr?n Th?ng, Nguy?n Hà, giòn".encode("cp1252"))), (
        "ò stands for an accent in Windows-1258"
    )
    assert not lost_letters("Đỗ ?a ?b ?c") and not lost_letters("To\u0302\u0309 ?a ?b ?c")


def test_a_person_whose_first_words_are_a_hamlets_name_is_a_person(groups):
    f.hamlet(groups.chi_dam, "Trần Phú")
    rows = [
        HEADS, ["Tổ liên gia số 2"], [1, "Nguyễn Văn An", 1975], [2, "Trần Phú Quý", 1980, "0912345678"], [3, "Lê Văn Bình", 1960],
        [4, "Trần Phú", 1971, "0912345670"], [5, "Vũ Thị Hoa", 1977],
    ]  # fmt: skip
    plan = planned(run_of(groups, "members", office_list(*rows)))
    assert [name for name, *_ in where(plan)] == [
        "Nguyễn Văn An",
        "Trần Phú Quý",
        "Lê Văn Bình",
        "Trần Phú",
        "Vũ Thị Hoa",
    ]


@pytest.mark.parametrize(
    "words",
    ["Tổ trưởng: Đỗ Văn Cả", "Tổ phó: Đỗ Văn Cả", "Ban chỉ huy: 3 đồng chí", "Nhóm trưởng - Đỗ Văn Cả", "Đội trưởng: Đỗ Văn Cả",
     "Trưởng ban: Đỗ Văn Cả", "Cụm phó: ông Cả", "Hội trưởng đ/c Cả", "Tổ trưởng Đỗ Văn Cả", "Ban chỉ huy tổ", "Phó trưởng ban (bà Hoa)"],
)  # fmt: skip
def test_who_leads_a_group_begins_no_other(groups, words):
    rows = [
        HEADS,
        ["Tổ liên gia số 2"],
        [words],
        [1, "Nguyễn Văn An", 1975, None, "TV"],
        [2, "Lê Văn Bình", 1960, None, "TV"],
    ]
    plan = planned(run_of(groups, "members", office_list(*rows, merged=["A2:E2", "A3:E3"])))
    assert not plan.faults and [name for name, *_ in where(plan)] == ["Nguyễn Văn An", "Lê Văn Bình"]
    assert not plan.count(REFUSED)


@pytest.mark.parametrize("words", ["TỔ TRƯỞNG CÁC KHU", "Ban chỉ huy quân sự xã", "Trưởng ban công tác Mặt trận"])
def test_a_heading_that_begins_with_an_office_and_says_more_is_not_passed_over(groups, words):
    rows = [
        HEADS,
        ["Tổ liên gia số 2"],
        [1, "Nguyễn Văn An", 1975, None, "TV"],
        [words],
        [1, "Lê Văn Bình", 1960, None, "TV"],
    ]
    plan = planned(run_of(groups, "members", office_list(*rows, merged=["A2:E2", "A4:E4"])))
    assert [name for name, *_ in where(plan)] == ["Nguyễn Văn An"] and plan.count(REFUSED)


@pytest.mark.parametrize("words", ["Tổ trưởng: Đỗ Văn Cả", "Trưởng ban: Đỗ Văn Cả"])
def test_who_leads_a_group_in_the_column_of_names_is_no_member_and_begins_no_group(groups, words):
    rows = [HEADS, [None, "Tổ liên gia số 2"], [None, words], [1, "Nguyễn Văn An", 1975], [2, "Lê Văn Bình", 1960]]
    plan = planned(run_of(groups, "members", office_list(*rows)))
    assert not plan.faults and [name for name, *_ in where(plan)] == ["Nguyễn Văn An", "Lê Văn Bình"]


def test_a_hamlet_beside_its_leader_heads_the_rows_below(groups):
    rows = [
        HEADS, ["Khu 1 - Tổ trưởng: Đỗ Văn Cả"], ["Tổ liên gia số 1"], [1, "Nguyễn Văn An", 1975], [2, "Lê Văn Bình", 1960],
    ]  # fmt: skip
    plan = planned(run_of(groups, "members", office_list(*rows, merged=["A2:E2", "A3:E3"])))
    assert {hamlet for *_, hamlet in where(plan)} == {"Khu 1"} and not plan.faults


def test_a_heading_supplies_the_group_and_nothing_else(groups):
    members = importer_for("members", groups.chi_dam, TODAY)
    members.under(["Tổ liên gia số 2"], 2)
    assert members.supplies("group") and not members.supplies("name")
