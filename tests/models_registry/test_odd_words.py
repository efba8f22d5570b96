"""Words of offices in the cells of a workbook: digits of other scripts, short titles, places divided by commas."""

import pytest

from models_registry.importing.planning import NEW, REFUSED
from models_registry.importing.values import folded_key, read_phone
from tests import factories as f
from tests.models_registry.workbooks import counted, planned, run_of


@pytest.mark.parametrize("typed", ["０９１２３４５６７８", "٠٩١٢٣٤٥٦٧٨", "0912.345.678", "𝟘𝟡𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠"])
def test_a_phone_is_read_in_digits_of_any_script(typed):
    assert read_phone(typed) == "0912345678"


@pytest.mark.parametrize(
    ("title", "position"),
    [
        ("Phó tổ trưởng", "deputy"),
        ("PHÓ NHÓM TRƯỞNG", "deputy"),
        ("TV", "member"),
        ("uv", "member"),
        ("T.Trưởng", "leader"),
    ],
)
def test_titles_as_lists_shorten_them(cast, title, position):
    group = f.group(cast.chi_dam, name="Nhóm 1", hamlet=cast.khu[0])
    run = run_of(cast, "members", [["Họ và tên", "Chức vụ", "Tổ"], ["Nguyễn Văn An", title, group.name]])
    (row,) = planned(run).rows
    assert row.outcome == NEW and not row.faults


def test_a_group_is_known_by_every_spelling_of_its_hamlet(cast):
    f.group(cast.chi_dam, "security_board", name="Ban ANTT Khu 1", hamlet=cast.khu[0])
    names = ["BAN ANTT KDC 1", "Ban ANTT Khu dân cư số 01", "ban antt kdc1", "Ban ANTT Khu 1"]
    rows = [[f"Nguyễn Văn {place}", name] for place, name in enumerate(names)]
    assert counted(planned(run_of(cast, "members", [["Họ và tên", "Tổ"], *rows])))[NEW] == len(names)
    assert folded_key("Khu dân cư 5") == folded_key("KDC5") == "khu 5"


@pytest.mark.parametrize("places", ["Khu 1, Khu 2", "Khu 1; Khu 2", "1, 2", "1;2", "KDC 1,khu 02"])
def test_places_are_divided_by_commas_too_and_named_by_their_numbers(cast, places):
    rows = [["Mô hình", "Loại", "Khu dân cư"], ["Camera mới", "Camera an ninh", places]]
    (row,) = planned(run_of(cast, "initiatives", rows)).rows
    assert row.outcome == NEW and row.shown["hamlets"] == "Khu 1; Khu 2"


def test_a_place_with_a_comma_in_its_name_stays_one(cast):
    f.institution(cast.chi_dam, name="Trường A, cơ sở 2")
    f.institution(cast.chi_dam, name="Trường B")
    rows = [
        ["Mô hình", "Loại", "Các cơ quan, trường học thực hiện"],
        ["Camera", "Camera an ninh", "Trường A, cơ sở 2; Trường B"],
    ]
    (row,) = planned(run_of(cast, "initiatives", rows)).rows
    assert row.shown["institutions"] == "Trường A, cơ sở 2; Trường B"
    rows[1][2] = "Trường C, cơ sở 2"
    assert counted(planned(run_of(cast, "initiatives", rows)))[REFUSED] == 1


@pytest.mark.parametrize("kind", ["Y tế", "Hợp tác xã", "cơ quan nhà nước", "Tôn giáo", "Doanh nghiệp tư nhân"])
def test_kinds_of_institutions_as_offices_call_them(cast, kind):
    plan = planned(run_of(cast, "institutions", [["Tên đơn vị", "Loại"], ["Đơn vị mới", kind]]))
    assert counted(plan)[NEW] == 1


def test_only_the_columns_that_are_not_there_are_said_to_lack(cast):
    plan = planned(
        run_of(cast, "members", [["STT", "Họ đệm", "Tên gọi", "Tổ"], [1, "Đỗ Văn", "Một", "Ban ANTT Khu 1"]])
    )
    assert plan.layouts[0].lacking == ["Họ và tên"]
