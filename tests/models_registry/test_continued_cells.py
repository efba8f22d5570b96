"""A group or a hamlet that stands in the first row of a block alone: asked about, and read for the rows below."""

import io
from collections import Counter

import openpyxl
import pytest
import xlsxwriter

from models_registry.importing.planning import NEW, REFUSED
from models_registry.importing.questions import KEEP, READ
from models_registry.importing.shapes import Shape
from models_registry.models import Member, SelfManagementGroup
from tests import factories as f
from tests.models_registry.workbooks import counted, do, planned, run_of

HEADS = ["TT", "Tổ", "Họ và tên", "Năm sinh", "Chức danh"]
LIST = [
    HEADS,
    [1, "Tổ 1", "Nguyễn Văn An", 1970, "Tổ trưởng"],
    [2, None, "Lê Thị Bình", None, None],
    [3, None, "Trần Văn Cường", 1980, None],
    [1, "Tổ 2", "Nguyễn Văn Dũng", 1970, "Tổ trưởng"],
    [2, None, "Lê Thị Em", 1990, "Tổ phó"],
]
KEY = "continued:Trang 1"


@pytest.fixture
def groups(cast):
    for number in (1, 2):
        f.group(cast.chi_dam, name=f"Tổ {number}", hamlet=cast.khu[0])
    return cast


def test_the_blanks_below_a_group_are_asked_about_and_read_as_it(groups):
    run = run_of(groups, "members", LIST)
    plan = planned(run)
    (question,) = plan.open_questions
    assert question.key == KEY and "“Tổ” chỉ ghi ở dòng đầu mỗi nhóm, để trống 3 ô" in question.sentence
    assert question.examples == (("dòng 3–4", "Tổ 1"), ("dòng 6", "Tổ 2"))
    assert counted(plan)[NEW] == 5 and not plan.skipped  # "2 · Lê Thị Bình" was passed over as a title
    assert plan.rows[1].shown["group"] == "Tổ 1"
    run.answers = {KEY: READ}
    do(run, groups)
    served = Member.objects.values_list("group__name", "person__name")
    assert ("Tổ 1", "Lê Thị Bình") in served and ("Tổ 2", "Lê Thị Em") in served and len(served) == 5


def test_who_says_that_they_are_only_blank_gets_them_back_as_faults(groups):
    run = run_of(groups, "members", LIST)
    run.answers = {KEY: KEEP}
    plan = planned(run)
    assert not plan.open_questions and [fault.cell for fault in plan.faults] == ["B4", "B6"]


def test_each_row_is_asked_once_whether_it_is_data_however_many_columns_there_are(groups, monkeypatch):
    asked, skipped = Counter(), Shape.skipped

    def counting(shape, row):
        asked[shape, row] += 1
        return skipped(shape, row)

    monkeypatch.setattr(Shape, "skipped", counting)
    planned(run_of(groups, "members", LIST))
    assert set(asked.values()) == {1}


def test_the_same_in_a_text_file(groups):
    text = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in LIST)
    plan = planned(run_of(groups, "members", text.encode(), name="a.csv"))
    assert len(plan.open_questions) == 1 and counted(plan)[NEW] == 5


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({2: "Tổ 1", 4: "Tổ 2"}, ["B4", "B6"]),  # said again: then a blank is forgotten
        ({1: None}, ["B2", "B4", "B6"]),  # the first row says nothing
        ({2: "Tổ 2", 3: "Tổ 1"}, ["B6"]),  # one blank among names
    ],
)
def test_where_the_shape_leaves_a_doubt_a_blank_is_a_fault_as_ever(groups, changed, refused):
    rows = [list(row) for row in LIST]
    for number, name in changed.items():
        rows[number][1] = name
    plan = planned(run_of(groups, "members", rows))
    assert not plan.questions and [fault.cell for fault in plan.faults] == refused


def test_a_row_that_heads_others_ends_what_went_on(groups):
    rows = [*LIST[:4], ["II", None, "Khối cơ quan", None, None], [1, None, "Đỗ Văn Giang", 1970, None], *LIST[4:]]
    plan = planned(run_of(groups, "members", rows))
    assert plan.questions and [fault.cell for fault in plan.faults] == ["B6"]


def test_a_name_alone_in_its_row_is_nobody_of_the_group_above(groups):
    rows = [row[1:] for row in LIST]
    rows.insert(4, [None, "Tổ bảo vệ số 9", None, None])
    plan = planned(run_of(groups, "members", rows))
    assert "Tổ bảo vệ số 9" not in [row.name for row in plan.rows if row.outcome == NEW]


def test_a_hamlet_goes_on_for_its_groups_and_a_group_in_no_other_hamlet(cast):
    for hamlet in cast.khu[:2]:
        f.group(cast.chi_dam, name="Tổ 1", hamlet=hamlet)
    heads = ["Khu", "Tổ", "Họ và tên", "Năm sinh"]
    rows = [
        heads,
        ["Khu 1", "Tổ 1", "Nguyễn Văn An", 1970],
        [None, None, "Lê Thị Bình", 1971],
        [None, None, "Trần Văn Cường", 1972],
        ["Khu 2", "Tổ 1", "Đỗ Văn Dũng", 1973],
        [None, None, "Hà Thị Em", 1974],
    ]
    plan = planned(run_of(cast, "members", rows))
    assert "cột “Khu”, “Tổ”" in plan.open_questions[0].sentence and counted(plan)[NEW] == 5
    rows[4][1] = None
    plan = planned(run_of(cast, "members", rows))
    assert [fault.cell for fault in plan.faults] == ["B5", "B6"]


def test_a_block_whose_first_row_is_hidden_does_not_fall_to_the_block_above(groups):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Trang 1")
    for y, row in enumerate(LIST):
        sheet.write_row(y, 0, row)
    sheet.set_row(4, None, None, {"hidden": True})
    book.close()
    run = run_of(groups, "members", buffer.getvalue())
    run.answers = {"hidden": "skip", KEY: READ}
    rows = {row.name: row.shown["group"] for row in planned(run).rows}
    assert rows["Lê Thị Em"] == "Tổ 2" and "Nguyễn Văn Dũng" not in rows


def test_hamlets_of_groups_go_on_too(cast):
    rows = [["Khu", "Tên tổ", "Loại hình", "Số hộ"]]
    for khu in ("Khu 1", "Khu 2"):
        rows += [[khu, "Tổ 1", "LGTQ", 20], [None, "Tổ 2", "LGTQ", 21], [None, "Tổ 3", "LGTQ", 22]]
    run = run_of(cast, "groups", rows)
    plan = planned(run)
    assert len(plan.open_questions) == 1 and counted(plan) == {"new": 6, "changed": 0, "unchanged": 0, REFUSED: 0}
    run.answers = {KEY: READ}
    do(run, cast)
    assert SelfManagementGroup.objects.filter(hamlet=cast.khu[1]).count() == 3


def test_a_school_beside_a_blank_hamlet_belongs_to_no_hamlet(cast):
    f.institution(cast.chi_dam, name="Trường THCS")
    rows = [["Khu", "Cơ quan", "Tên tổ", "Loại hình"], ["Khu 1", None, "Tổ 1", "LGTQ"]]
    rows += [[None, "Trường THCS", f"Tổ nhà giáo {number}", "Tổ nhà giáo"] for number in range(3)]
    plan = planned(run_of(cast, "groups", rows))
    assert not plan.questions and counted(plan)[NEW] == 4


@pytest.mark.parametrize("mark", ["nt", "-nt-", "N.T", "Như trên", '"', "''", "- nt -"])
def test_as_above_is_read_as_what_stands_above_after_asking(groups, mark):
    rows = [
        ["Tổ", "Họ và tên", "Năm sinh", "Quyết định công nhận"],
        ["Tổ 1", "Nguyễn Văn An", 1970, "15/QĐ"],
        [mark, "Lê Thị Bình", 1971, mark],
        [mark, "Trần Văn Cường", 1972, mark],
    ]
    run = run_of(groups, "members", rows)
    plan = planned(run)
    assert "4 ô ở cột “Tổ”, “Quyết định công nhận” ghi “như trên”" in plan.open_questions[0].sentence
    assert [row.shown["group"] for row in plan.rows] == ["Tổ 1"] * 3
    assert [row.shown["decision"] for row in plan.rows] == ["15/QĐ"] * 3  # "nt" was kept as the decision
    run.answers = {"repeated:Trang 1": KEEP}
    assert [fault.cell for fault in planned(run).faults] == ["A3", "D3", "A4", "D4"]


def test_as_above_below_nothing_is_a_fault(groups):
    rows = [["Tổ", "Họ và tên", "Quyết định công nhận"], ["Tổ 1", "Nguyễn Văn An", None], ["nt", "Lê Thị Bình", "nt"]]
    run = run_of(groups, "members", rows)
    (fault,) = planned(run).faults
    assert fault.cell == "C3" and "ô ở trên không có gì" in fault.sentence


@pytest.mark.parametrize("count", [120, "120", "1.120", "120 hộ"])
def test_a_count_merged_over_two_hamlets_is_neithers(cast, count):
    book = openpyxl.Workbook()
    for row in (["Tên khu dân cư", "Số hộ"], ["Khu 1", count], ["Khu 2", None], ["Khu 10", 90]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    buffer = io.BytesIO()
    book.save(buffer)
    plan = planned(run_of(cast, "hamlets", buffer.getvalue()))
    assert [fault.cell for fault in plan.faults] == ["B2", "B3"] and "ô gộp" in plan.faults[0].sentence


def test_a_count_that_spans_two_lines_of_a_web_page_is_neithers(cast):
    lines = (
        "<td>Tên khu dân cư</td><td>Số hộ</td>", '<td>Khu 1</td><td rowspan="2">120</td>', "<td>Khu 2</td>",
        "<td>Khu 10</td><td>90</td>",
    )  # fmt: skip
    page = "<html><table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></html>"
    plan = planned(run_of(cast, "hamlets", page.encode(), name="a.xls"))
    assert [fault.cell for fault in plan.faults] == ["B2", "B3"] and "ô gộp" in plan.faults[0].sentence
