"""Rounds of hamlets as offices write them: titles, merged cells, several hamlets in a cell, communes above, slips."""

import unicodedata
from io import BytesIO

import openpyxl
import pytest

from models_registry import rounds
from models_registry.importing.workbooks import read
from tests import factories as f
from tests.models_registry.test_rounds import NOW, living, snapshot, world  # noqa: F401

pytestmark = pytest.mark.django_db
HEADS = ["TT", "Xã", "Khu dân cư cũ", "Khu dân cư mới", "Nghị quyết", "Từ ngày"]
BY = ("45/NQ-HĐND", "01/09/2025")


def book(*rows, merged=()):
    """A workbook with its title above the heads, as it was opened and read."""
    made = openpyxl.Workbook()
    sheet = made.active
    for row in ([], ["DANH SÁCH SÁP NHẬP KHU DÂN CƯ NĂM 2025"], [], HEADS, *rows):
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    file = BytesIO()
    made.save(file)
    return read("danh-sach.xlsx", file.getvalue())


def listed(*rows, merged=(), **answers):
    return rounds.lines_of(rounds.read_list(book(*rows, merged=merged), answers))


def planned(world, *rows, merged=(), by=None):  # noqa: F811
    found = rounds.plan(listed(*rows, merged=merged), by or world.hoa, NOW)
    return [(one.row, one.words) for one in found.changes], found.faults


CENTRE = "Sáp nhập Khu 1, Khu 2 thành Khu Trung Tâm"


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        (([1, "Chí Đám", "Khu 1", "Khu Trung Tâm", *BY], [2, None, "Khu 2"]), ("B5:B6", "D5:D6", "E5:E6", "F5:F6")),
        (([1, "Chí Đám", "Khu 1, Khu 2", "Khu Trung Tâm", *BY],), ()),
        (([1, "Chí Đám", "Khu 1 và khu 2", "Khu Trung Tâm", *BY],), ()),
        ((["I", "XÃ CHÍ ĐÁM"], [1, None, "Khu 1; Khu 2", "Khu Trung Tâm", *BY]), ()),
        (
            (
                ["CXII/ Xã Chí Đám"],
                [1, None, "Khu 1; ", "Khu Trung Tâm", *BY],
                [2, None, "Khu 2,", "Khu Trung Tâm;", *BY],
            ),
            (),
        ),
        ((["1/ Chí Đám"], [1, None, "Khu 1, Khu 2.", "Khu Trung Tâm", *BY]), ()),
        ((["A. Chí Đám"], [1, None, "+ Khu 1\n+ Khu 2", "Khu Trung Tâm", *BY]), ()),
        ((["II. Xã Chí Đám"], [1, None, "Khu 1 + Khu 2", "Khu Trung Tâm", *BY]), ("A5:F5",)),
        (
            tuple(
                [n, *(unicodedata.normalize("NFD", words) for words in ("Chí Đám", f"Khu {n}", "Khu Trung Tâm", *BY))]
                for n in (1, 2)
            ),
            (),
        ),
        (([1, "07999", "Khu 1", "Khu Trung Tâm", *BY], [2, 7999, "khu 02", "Khu Trung Tâm", *BY]), ()),
    ],
    ids=[
        "merged cells",
        "commas",
        "and",
        "commune above",
        "slash and marks at the end",
        "figure and slash",
        "letter",
        "across the columns",
        "decomposed",
        "written otherwise",
    ],
)
def test_it_is_read_as_it_is_meant(world, rows, merged):  # noqa: F811
    changes, faults = planned(world, *rows, merged=merged)
    assert (faults, [words for _, words in changes]) == ([], [CENTRE])


@pytest.mark.parametrize(
    ("rows", "at", "said"),
    [
        ([[1, "Chí Đám", "Khu 1", "Khu A", BY[0], None]], 5, "Thiếu ngày."),
        ([[1, "Chí Đám", "Khu 1", "Khu A", BY[0], "2025"]], 5, "chưa nói ngày nào"),
        ([[1, "Chí Đám", "Khu 1", "Khu 1A, Khu 1B", *BY]], 5, "mỗi khu mới ghi một dòng"),
        ([[1, "Chí Đám", "; ", "Khu A", *BY]], 5, "Thiếu tên khu cũ."),
        ([[1, "Chí Đám", None, "Khu A", *BY]], 5, "Thiếu tên khu cũ."),
        ([[1, "Chí Đám", "Khu 1", ";", *BY]], 5, "mỗi khu mới ghi một dòng"),
        ([[1, "Chí Đám", "Khu 1, Khu 9", "Khu A", *BY]], 5, "không có khu dân cư “Khu 9”"),
        ([[1, "Tây Cốc", "Khu 10", "Khu A", *BY]], 5, "Xã Tây Cốc không có khu dân cư “Khu 10”"),
        ([[1, "Chí Đám", "Khu 1", "Khu B", *BY], [2, "Chí Đám", "Khu B", "Khu C", BY[0], "03/09/2025"]], 6,
         "Tên ấy mới có ở dòng 5"),
        ([["I. Xã Lạ"], [1, None, "Khu 1", "Khu A", *BY]], 6, "Không rõ xã “Xã Lạ”"),
    ],
)  # fmt: skip
def test_a_slip_is_told_at_its_line(world, rows, at, said):  # noqa: F811
    before = snapshot()
    _, faults = planned(world, *rows)
    assert any(row == at and said in words for row, words in faults), faults
    assert snapshot() == before


def test_a_name_with_a_comma_that_a_hamlet_has_is_one_hamlet(world):  # noqa: F811
    f.hamlet(world.chi_dam, "Xóm Đình, Chùa")
    changes, faults = planned(world, [1, "Chí Đám", "Xóm Đình, Chùa", "Xóm Đình", *BY])
    assert (faults, [words for _, words in changes]) == ([], ["Đổi tên Xóm Đình, Chùa thành Xóm Đình"])


def test_a_hamlet_that_stays_as_it_is_heads_no_lines(world):  # noqa: F811
    """A hamlet may be called as another commune is."""
    f.hamlet(world.chi_dam, "Tây Cốc")
    rows = [["I. Xã Chí Đám"], [1, None, "Tây Cốc", "Tây Cốc"], [2, None, "Khu 1", "Khu A", *BY]]
    found = rounds.plan(listed(*rows), world.hoa, NOW)
    assert (found.faults, [(one.commune, one.words) for one in found.changes]) == (
        [],
        [(world.chi_dam, "Đổi tên Khu 1 thành Khu A")],
    )


def test_a_hamlet_that_stays_and_takes_another_in_needs_no_number_of_its_own(world):  # noqa: F811
    rows = [1, "Chí Đám", "Khu 01", "Khu 1"], [2, "Chí Đám", "Khu 2", "Khu 1", *BY]
    assert planned(world, *rows) == ([(5, "Sáp nhập Khu 1, Khu 2 thành Khu 1")], [])
    assert planned(world, *rows[::-1]) == ([(5, "Sáp nhập Khu 2, Khu 1 thành Khu 1")], [])
    _, faults = planned(world, [1, "Chí Đám", "Khu 1", "Khu 1", BY[0]])
    assert "Thiếu ngày." in faults[0][1], "a decision without its day is a slip all the same"
    _, faults = planned(world, [1, "Chí Đám", "Khu 9", "Khu 9"])
    assert "không có khu dân cư “Khu 9”" in faults[0][1]


HERE = [1, None, "Khu 1", "Khu A", *BY]


@pytest.mark.parametrize(
    ("headings", "by", "said"),
    [
        ([["I. Khu sáp nhập"]], "lan", ""),
        ([["I", None, "KHU ĐỔI TÊN"]], "lan", ""),
        ([["I. Phía đông sông Lô"]], "lan", ""),
        ([["I. Xã Chí Đám"], ["1. Khu sáp nhập"]], "hoa", ""),
        ([["I", None, "Xã Chí Đám"], ["a", None, "Các khu đổi tên"]], "hoa", ""),
        ([["I. Tây Cốc"]], "lan", "Không rõ xã “Tây Cốc”"),
        ([["I. Xã Lạ"]], "lan", "Không rõ xã “Xã Lạ”"),
        ([["I. Xã Chí Đám"], ["II. Xã sáp nhập"]], "hoa", "Không rõ xã “Xã sáp nhập”"),
        ([["I. Xã Chí Đám"], ["II. Tây Cóp"]], "hoa", "Không rõ xã “Tây Cóp”"),
        ([["I. Khu sáp nhập"]], "hoa", "Không rõ xã “”"),
    ],
)
def test_a_heading_of_what_is_done_names_no_commune(world, headings, by, said):  # noqa: F811
    changes, faults = planned(world, *headings, HERE, by=getattr(world, by))
    told = [words for _, words in changes], [words.partition(";")[0] for _, words in faults]
    assert told == (([], [said]) if said else (["Đổi tên Khu 1 thành Khu A"], []))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("Xóm Đình, Chùa", "Xóm Đình, Chùa", *BY), []),
        (("Xóm Đình, Chùa", "xóm đình, chùa"), []),
        (("Xóm Đình, Chùa", "XÓM ĐÌNH, CHÙA", *BY), ["Đổi tên Xóm Đình, Chùa thành XÓM ĐÌNH, CHÙA"]),
        (("Khu Hòa và Bình", "Khu Hòa và Bình", *BY), []),
    ],
)
def test_a_name_with_a_comma_stays_and_is_written_otherwise(world, row, words):  # noqa: F811
    for name in ("Xóm Đình, Chùa", "Khu Hòa và Bình"):
        f.hamlet(world.chi_dam, name)
    changes, faults = planned(world, [1, "Chí Đám", *row])
    assert (faults, [said for _, said in changes]) == ([], words)


def test_others_go_into_a_hamlet_whose_name_holds_a_comma(world):  # noqa: F811
    f.hamlet(world.chi_dam, "Xóm Đình, Chùa")
    rows = [[n, "Chí Đám", old, "Xóm Đình, Chùa", *BY] for n, old in enumerate(("Xóm Đình, Chùa", "Khu 1, Khu 2"))]
    assert planned(world, *rows) == ([(5, "Sáp nhập Xóm Đình, Chùa, Khu 1, Khu 2 thành Xóm Đình, Chùa")], [])
    _, faults = planned(world, [1, "Chí Đám", "Khu 1, Khu 2", "Khu 1, Khu 2", *BY])
    assert "mỗi khu mới ghi một dòng" in faults[0][1], "two hamlets in a cell are no name of one"


def test_a_name_that_a_cell_of_several_gives_away_is_not_called_taken(world):  # noqa: F811
    """A fault elsewhere must not hide that the name becomes free."""
    rows = [["", "07999", "Khu 1; Khu 2", "Khu Trung Tâm", *BY], ["", "07999", "Khu 10", "Khu 1", *BY]]
    assert planned(world, *rows)[1] == []
    _, faults = planned(world, *rows, ["", "07999", "Khu 9", "Khu B", *BY])
    assert [row for row, _ in faults] == [7]


def test_names_are_handed_on_down_a_chain_and_into_one_that_gives_its_own_away(world):  # noqa: F811
    """Khu 1 becomes Khu 2, which becomes Khu 10, which gets a new name; and back."""
    before = snapshot()
    chain = [["", "07999", old, new, *BY] for old, new in (("Khu 1", "Khu 2"), ("Khu 2", "Khu 10"), ("Khu 10", "Đồi"))]
    rounds.apply(listed(*chain), by=world.hoa, now=NOW)
    world.khu[0].refresh_from_db()
    assert (world.khu[0].name, living(world.chi_dam)) == ("Khu 2", {"Khu 2", "Khu 10", "Đồi"})
    rounds.undo(world.hoa, NOW, now=NOW)
    assert snapshot() == before
