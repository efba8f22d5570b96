"""Which columns of a list of hamlets are what: counts beside names, days of decisions, heads in two rows."""

import pytest
from django.core.exceptions import ValidationError

from models_registry import rounds
from models_registry.importing.questions import answer_option
from models_registry.importing.workbooks import Sheet
from tests import factories as f
from tests.models_registry.test_rounds import NOW, world  # noqa: F401

pytestmark = pytest.mark.django_db
NUMBER, DAY = "45/NQ-HĐND", "01/09/2025"


def planned(world, *rows):  # noqa: F811
    lines = rounds.lines_of(rounds.read_list([Sheet("1", [list(row) for row in rows])]))
    found = rounds.plan(lines, world.hoa, NOW)
    return [one.words for one in found.changes], [words for _, words in found.faults]


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ([["Xã", "Số hộ trước sáp nhập", "Tên thôn trước sáp nhập", "Số hộ sau sáp nhập", "Tên thôn sau sáp nhập"]],
         ["Chí Đám", 30, "Khu 1", 60, "Khu A"]),
        ([["Xã", "Thôn trước sắp xếp", "Số thôn trước sắp xếp", "Diện tích sau sắp xếp", "Thôn sau sắp xếp"]],
         ["Chí Đám", "Khu 1", 1, "2,5", "Khu A"]),
        ([["Xã", "Trước sáp nhập", "", "Sau sáp nhập", ""], ["", "Số hộ", "Tên thôn", "Dân số", "Tên thôn"]],
         ["Chí Đám", 30, "Khu 1", 240, "Khu A"]),
    ],
)  # fmt: skip
def test_a_count_before_and_after_is_no_name(world, heads, row):  # noqa: F811
    heads[0] += ["Nghị quyết", "Từ ngày"]
    assert planned(world, *heads, [*row, NUMBER, DAY]) == (["Đổi tên Khu 1 thành Khu A"], [])


def test_the_day_of_a_decision_is_not_the_day_from_which_it_holds(world):  # noqa: F811
    upper = ["Xã", "Khu cũ", "Khu mới", "Nghị quyết", ""]
    lower = ["", "", "", "Số", "Ngày"]
    row = ["Chí Đám", "Khu 1", "Khu A", NUMBER, "15/08/2025"]
    with pytest.raises(ValidationError, match="thiếu “Từ ngày”"):
        planned(world, upper, lower, row)
    assert planned(world, [*upper, "Có hiệu lực"], [*lower, "Từ ngày"], [*row, DAY])[1] == []


def test_a_line_that_begins_as_heads_do_is_no_heads_further_down(world):  # noqa: F811
    f.hamlet(world.chi_dam, "Tến Xênh")
    heads = ["Xã", "Khu cũ", "Khu mới", "Nghị quyết", "Từ ngày"]
    _, faults = planned(
        world, heads, ["Chí Đám", "Khu 1", "Khu A", NUMBER, DAY], ["Chí Đám", "Tến Xênh", "Tên Mới"], heads
    )
    assert any("Thiếu tên khu mới hoặc số nghị quyết" in one for one in faults), faults


def test_a_name_may_go_on_in_the_next_line_of_its_cell(world):  # noqa: F811
    for number in (1, 2):
        f.hamlet(world.chi_dam, f"Tổ dân phố số {number}")
    heads = ["Xã", "Khu cũ", "Khu mới", "Nghị quyết", "Từ ngày"]
    told = planned(world, heads, ["Chí Đám", "Tổ dân phố số 1, Tổ dân\nphố số 2", "Khu A", NUMBER, DAY])
    assert told == (["Sáp nhập Tổ dân phố số 1, Tổ dân phố số 2 thành Khu A"], [])


def test_an_answer_of_a_command_may_be_of_a_sheet_with_any_name():
    assert answer_option("repeated:a=b=read") == ("repeated:a=b", "read")
