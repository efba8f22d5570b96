"""``import_figures``: a province's former sheets, many communes and months at once, as drafts."""

from datetime import date
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from reports.entry.many_months import read_month
from reports.models import Figure, FigureImport, MonthlyReport
from reports.months import Month
from reports.units import Unit
from tests import factories as f
from tests.models_registry.workbooks import NOW, workbook

HEADS = ["TT", "Mã xã", "Xã, phường", "Tháng", "Khu dân cư", "patrols", "tips"]


@pytest.fixture
def command(cast, tmp_path):
    def run(*rows, **options):
        path, said = tmp_path / "so-lieu.xlsx", StringIO()
        path.write_bytes(workbook([["TỔNG HỢP SỐ LIỆU"], HEADS, *rows]))
        call_command("import_figures", path, stdout=said, **options)
        return said.getvalue()

    return run


def good(cast):
    return [
        [1, cast.chi_dam.code, "Chí Đám", "4/2025", None, 12, 3],
        [2, cast.chi_dam.code, None, "2025-05", "Khu 1", 5, None],
        [3, None, str(cast.tay_coc), date(2025, 5, 1), None, "1.164", 0],
        ["Tổng cộng", None, None, None, None, 1181, 3],
    ]


def stored():
    rows = Figure.objects.values_list(
        "log__report__commune__name", "log__report__month", "log__hamlet__name", "indicator__code", "value"
    )
    return {(commune, str(month), hamlet, code): value for commune, month, hamlet, code, value in rows}


def test_many_communes_and_months_become_drafts_of_their_officers(command, cast):
    said = command(*good(cast))
    assert "3 báo cáo tháng, 5 ô, 0 lỗi" in said and "Đã ghi thành bản nháp" in said
    names = cast.chi_dam.name, cast.tay_coc.name
    assert stored() == {
        (names[0], "2025-04", None, "patrols"): 12, (names[0], "2025-04", None, "tips"): 3,
        (names[0], "2025-05", "Khu 1", "patrols"): 5,
        (names[1], "2025-05", None, "patrols"): 1164, (names[1], "2025-05", None, "tips"): 0,
    }  # fmt: skip
    assert {report.state for report in MonthlyReport.objects.all()} == {"draft"}
    assert FigureImport.objects.filter(applied_at__isnull=False).count() == 3  # each can be taken back on its page
    again = command(*good(cast))
    assert "3 báo cáo tháng, 0 ô" in again and Figure.objects.count() == 5


def test_every_fault_is_named_and_nothing_is_written(command, cast):
    rows = [
        *good(cast), [4, "99999", None, "4/2025", None, 1, 1], [5, cast.chi_dam.code, None, "tháng mấy", None, 1, 1],
        [6, cast.chi_dam.code, None, "4/2025", "Khu 77", 1, 1], [7, cast.chi_dam.code, None, "6/2025", None, "x", 1],
    ]  # fmt: skip
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        command(*rows)
    assert not MonthlyReport.objects.exists()
    said = command(*rows, dry_run=True)
    for words in ("Không rõ xã nào", "không phải là tháng", "không có khu dân cư “Khu 77”", "“x”", "4 lỗi"):
        assert words in said
    assert not MonthlyReport.objects.exists()
    command(*rows, only_good=True)
    assert Figure.objects.count() == 6


def test_a_month_that_is_not_there_yet_stops_everything(command, cast):
    with pytest.raises(CommandError, match="chưa bắt đầu"):
        command(*good(cast), [4, cast.chi_dam.code, None, "1/2099", None, 1, 1])
    assert not MonthlyReport.objects.exists()


def test_commune_and_month_may_be_said_outside_the_file(command, cast):
    command([1, None, None, None, "Khu 2", 4, None], commune=cast.chi_dam.code, month="2025-05", by="lan")
    assert stored() == {(cast.chi_dam.name, "2025-05", "Khu 2", "patrols"): 4}
    with pytest.raises(CommandError, match="Không có cán bộ cấp xã"):
        command([1, None, None, None, "Khu 2", 4, None], commune=cast.chi_dam.code, month="2025-05", by="hoa")


@pytest.mark.parametrize("typed", ["2025-06", "6/2025", "Tháng 06/2025", "tháng 6 năm 2025", date(2025, 6, 20)])
def test_months_are_read_as_people_write_them(typed):
    assert read_month(typed) == Month(2025, 6)


def test_what_is_hidden_is_asked_back_before_anything_is_written(cast, tmp_path):
    path, book = tmp_path / "an.xlsx", openpyxl.Workbook()
    for row in (
        HEADS,
        [1, cast.chi_dam.code, None, "4/2025", None, 12, 3],
        [2, cast.chi_dam.code, None, "5/2025", None, 5, 1],
    ):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        call_command("import_figures", path, stdout=(said := StringIO()))
    assert "1 dòng ẩn hoặc bị lọc" in said.getvalue() and "--hidden skip" in said.getvalue() and not stored()
    call_command("import_figures", path, hidden="skip", stdout=StringIO())
    assert set(stored().values()) == {12, 3}
    call_command("import_figures", path, hidden="read", stdout=StringIO())
    assert set(stored().values()) == {12, 3, 5, 1}


def test_two_columns_of_one_indicator_stop_the_file(cast, tmp_path):
    path = tmp_path / "hai.csv"
    path.write_text(f"Mã xã;Tháng;patrols;patrols\n{cast.chi_dam.code};4/2025;5;6\n")
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        call_command("import_figures", path, stdout=(said := StringIO()))
    assert "có 2 cột cùng là" in said.getvalue() and not stored()


def test_a_communes_line_that_adds_its_hamlets_up_is_not_written_as_its_own(command, cast):
    code = cast.chi_dam.code
    hamlets = [[1, code, None, "4/2025", "Khu 1", 5, 1], [2, code, None, "4/2025", "Khu 2", 7, 2]]
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        command([None, code, "Chí Đám", "4/2025", None, 12, 3], *hamlets)
    assert "tổng các khu" in command([None, code, "Chí Đám", "4/2025", None, 12, 3], *hamlets, only_good=True)
    assert sorted(value for (_, _, hamlet, _), value in stored().items() if hamlet) == [1, 2, 5, 7]
    assert len(stored()) == 4, "the sum is nowhere"


def test_a_communes_own_line_beside_its_hamlets_is_written(command, cast):
    code = cast.chi_dam.code
    command([1, code, None, "4/2025", "Khu 1", 5, 1], [2, code, None, "4/2025", None, 9, 1])
    assert sorted(stored().values()) == [1, 1, 5, 9]


def test_a_dash_is_asked_about_and_keeps_what_stands(command, cast):
    command(*good(cast))
    rows = [[1, cast.chi_dam.code, None, "4/2025", None, "–", 3], [2, cast.chi_dam.code, None, "6/2025", None, "-", 7]]
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        command(*rows)
    said = command(*rows, dry_run=True)
    assert "1 ô ghi dấu “-” (Trang 1 F4) nghĩa là gì?" in said and "--dash zero" in said
    assert "1 ô trống trong tệp mà báo cáo đang có số" in command(*rows, dash="skip")
    june = {code: value for (_, month, _, code), value in stored().items() if month == "2025-06"}
    assert june == {"tips": 7}
    command(*rows, dash="zero")
    june = {code: value for (_, month, _, code), value in stored().items() if month == "2025-06"}
    assert june == {"tips": 7, "patrols": 0}
    assert stored()[cast.chi_dam.name, "2025-04", None, "patrols"] == 12


def test_what_is_not_read_is_named(cast, tmp_path):
    path = tmp_path / "nhieu.xlsx"
    heads, other = [*HEADS, "Lượt kiểm tra tạm trú", "Ghi chú"], [["Bảng khác"], ["Mục", "Số"], ["a", 5]]
    path.write_bytes(
        workbook([["TỔNG HỢP"], heads, [1, cast.chi_dam.code, None, "4/2025", None, 12, 3, 40, "đủ"]], other)
    )
    call_command("import_figures", path, stdout=(said := StringIO()))
    assert "Trang “Trang 1”: không đọc cột “Lượt kiểm tra tạm trú”, không phải chỉ tiêu" in said.getvalue()
    assert "Trang “Trang 2”: không đọc, không thấy dòng tiêu đề" in said.getvalue() and set(stored().values()) == {
        12,
        3,
    }


def test_a_title_of_another_month_than_the_order_stops_its_sheet(cast, tmp_path):
    path, heads = tmp_path / "thang-6.xlsx", ["Mã xã", "Tuần tra (lượt)", "tips"]
    path.write_bytes(workbook([["BÁO CÁO THÁNG 6/2025"], heads, [cast.chi_dam.code, 12, 3]]))
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        call_command("import_figures", path, month="2025-05", stdout=(said := StringIO()))
    assert "Trang ghi “BÁO CÁO THÁNG 6/2025”, còn lệnh nhập là của tháng 5/2025" in said.getvalue()
    call_command("import_figures", path, month="2025-06", stdout=StringIO())
    assert {month for _, month, _, _ in stored()} == {"2025-06"}


def test_numbers_of_columns_a_rule_of_dashes_and_heads_in_two_rows_are_no_data(command, cast, tmp_path):
    path = tmp_path / "hai-dong.xlsx"
    upper, lower = ["TT", "Mã xã", "Tháng", "Kết quả"], [None, None, None, "patrols", "tips"]
    rows = [
        upper,
        lower,
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [1, cast.chi_dam.code, "4/2025", 6, 2],
        [None, "-", None, "-", "-"],
    ]
    path.write_bytes(workbook(rows))
    call_command("import_figures", path, stdout=(said := StringIO()))
    assert "1 báo cáo tháng, 2 ô, 0 lỗi" in said.getvalue()


def test_a_month_that_was_sent_is_named_and_stops_no_other(command, cast):
    command(*good(cast))
    MonthlyReport.objects.filter(commune=cast.chi_dam, month=Month(2025, 4)).update(state="submitted", sent_at=NOW)
    rows = [[1, cast.chi_dam.code, None, "4/2025", None, 13, 3], [2, cast.chi_dam.code, None, "6/2025", None, 8, None]]
    said = command(*rows, dry_run=True)
    assert f"“{cast.chi_dam}, tháng 4/2025”: Báo cáo" in said and "1 ô của tháng này không ghi" in said
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        command(*rows)
    command(*rows, only_good=True)
    assert stored()[cast.chi_dam.name, "2025-06", None, "patrols"] == 8
    assert stored()[cast.chi_dam.name, "2025-04", None, "patrols"] == 12


@pytest.mark.parametrize(
    ("above", "number"),
    [(["Đơn vị"], "TT"), (["Đơn vị:", "Công an xã"], "STT"), (["Đơn vị:"], None), ([None, None, "Tháng"], "TT")],
)
def test_a_line_of_the_letterhead_above_the_heads_names_no_column(cast, tmp_path, above, number):
    first, path = f.commune(code="00004", name="Ba Đình", province=cast.chi_dam.province), tmp_path / "don-vi.xlsx"
    path.write_bytes(workbook([above, [number, "Khu dân cư", "patrols", "tips"], [4, None, 6, 2]]))
    call_command("import_figures", path, commune=cast.chi_dam.code, month="2025-05", stdout=StringIO())
    assert len(stored()) == 2 and not Figure.objects.filter(log__report__commune=first).exists()


def test_heads_in_two_rows_name_the_commune_and_the_month_in_either(cast, tmp_path):
    path = tmp_path / "hai-dong.xlsx"
    for upper, lower in (
        (["TT", "Đơn vị", "Kỳ báo cáo", "Kết quả"], [None, "(mã)", None, "patrols", "tips"]),
        (["TT", None, "Tháng", "patrols", "tips"], [None, "Mã xã", None, "(lượt)", "(tin)"]),
    ):
        Figure.objects.all().delete()
        path.write_bytes(workbook([upper, lower, [1, cast.chi_dam.code, "4/2025", 6, 2]]))
        call_command("import_figures", path, stdout=StringIO(), only_good=True)
        assert {place[:2] for place in stored()} == {(cast.chi_dam.name, "2025-04")}


def test_our_own_sheet_is_not_strange_where_the_order_names_no_commune(cast, tmp_path):
    path = tmp_path / "thang-5.xlsx"
    title = f"{Unit(cast.chi_dam.province, cast.chi_dam).name}: số liệu tháng 5/2025"
    path.write_bytes(workbook([[title], ["Mã xã", "Tuần tra (lượt)", "tips"], [cast.chi_dam.code, 12, 3]]))
    call_command("import_figures", path, month="2025-05", stdout=StringIO())
    assert {place[:2] for place in stored()} == {(cast.chi_dam.name, "2025-05")}
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        call_command("import_figures", path, month="2025-06", stdout=StringIO())
    with pytest.raises(CommandError, match="Chưa ghi gì"):
        call_command("import_figures", path, month="2025-05", commune=cast.tay_coc.code, stdout=StringIO())


def above(tmp_path, *rows, heads=("TT", "Khu dân cư", "patrols", "tips"), name="Trang 1", **options):
    path, said = tmp_path / "so.xlsx", StringIO()
    path.write_bytes(workbook([["TỔNG HỢP SỐ LIỆU"], list(heads), *rows], names=[name]))
    call_command("import_figures", path, stdout=said, month="2025-05", **options)
    return said.getvalue()


@pytest.mark.parametrize(
    "first", [["I", "Xã Chí Đám"], [None, "I. CÔNG AN XÃ CHÍ ĐÁM"], ["Xã Chí Đám:"], ["A", "07999 - Chí Đám"]]
)
def test_a_row_that_names_a_commune_says_it_for_the_hamlets_below(cast, tmp_path, first):
    f.hamlet(cast.tay_coc, "Khu 1")
    rows = [
        first,
        [1, "Khu 1", 5, 1],
        [2, "Khu 2", 7, 2],
        ["II", "Xã Tây Cốc"],
        [1, "Khu 1", 9, 3],
        ["Cộng", None, 21, 6],
    ]
    assert "2 báo cáo tháng, 6 ô, 0 lỗi" in above(tmp_path, *rows)
    assert stored()["Chí Đám", "2025-05", "Khu 2", "patrols"] == 7
    assert stored()["Tây Cốc", "2025-05", "Khu 1", "patrols"] == 9


def test_hamlets_below_a_commune_nobody_knows_are_one_fault_and_nobodys(cast, tmp_path):
    rows = [["I", "Xã Chí Đám"], [1, "Khu 1", 5, 1], ["II", "Xã Lạ"], [1, "Khu 1", 9, 3], [2, "Khu 2", 9, 3]]
    said = above(tmp_path, *rows, only_good=True)
    assert "1 lỗi" in said and "Trang 1 dòng 5 “II · Xã Lạ”" not in said and "Trang 1 dòng 5 “Xã Lạ”" in said
    assert "dòng 6 đến 7 (2 dòng) không ghi" in said
    assert {(one, hamlet) for one, _, hamlet, _ in stored()} == {("Chí Đám", "Khu 1")}


def test_lines_without_any_commune_are_one_fault(cast, tmp_path):
    with pytest.raises(CommandError):
        above(tmp_path, [1, "Khu 1", 5, 1], [2, "Khu 2", 7, 2])
    said = above(tmp_path, [1, "Khu 1", 5, 1], [2, "Khu 2", 7, 2], dry_run=True)
    assert said.count("Không rõ xã nào") == 1 and "dòng 3 đến 4 (2 dòng)" in said


def test_a_sheet_may_be_named_for_its_commune(cast, tmp_path):
    above(tmp_path, [1, "Khu 1", 5, 1], name="Xã Chí Đám")
    assert stored()["Chí Đám", "2025-05", "Khu 1", "patrols"] == 5


def test_a_hamlet_called_as_a_commune_that_reports_nothing_heads_nobody(cast, tmp_path):
    f.hamlet(cast.chi_dam, "Tây Cốc")
    rows = [["I", "Xã Chí Đám"], [1, "Tây Cốc", None, None], [2, "Khu 1", 5, 1]]
    above(tmp_path, *rows)
    assert set(stored()) == {("Chí Đám", "2025-05", "Khu 1", "patrols"), ("Chí Đám", "2025-05", "Khu 1", "tips")}


def test_a_line_of_a_unit_nobody_knows_is_not_that_of_the_order(command, cast):
    rows = [[1, None, "Xã Lạ", "4/2025", None, 9, 1], [2, None, "Công an xã Tây Cốc", "4/2025", None, 7, 1]]
    said = command(*rows, commune=cast.chi_dam.code, only_good=True)
    assert "1 lỗi" in said and "Không rõ xã nào" in said
    assert {commune for commune, *_ in stored()} == {"Tây Cốc"}


def test_of_several_columns_below_an_indicator_the_one_of_the_month_is_read_and_else_it_is_said(cast, tmp_path):
    path = tmp_path / "so-nam.xlsx"
    rows = [["Mã xã", "patrols", None, "tips"], [None, "T4", "T5", None], [cast.chi_dam.code, 4, 5, 2]]
    path.write_bytes(workbook(rows))
    call_command("import_figures", path, month="2025-05", stdout=StringIO())
    assert sorted(Figure.objects.values_list("indicator__code", "value")) == [("patrols", 5), ("tips", 2)]
    for below in (["Ban ngày", "Ban đêm", None], ["T3", "T4", None]):
        path.write_bytes(workbook([rows[0], [None, *below], rows[2]]))
        said = StringIO()
        with pytest.raises(CommandError, match="Chưa ghi gì"):
            call_command("import_figures", path, month="2025-06", stdout=said)
        assert f"“patrols”: Các cột của chỉ tiêu này ({below[0]}, {below[1]})" in said.getvalue()


def test_of_a_whole_and_its_parts_the_whole_is_read_and_a_line_of_data_is_no_head(cast, tmp_path):
    path, code = tmp_path / "a.xlsx", cast.chi_dam.code
    heads = [["Mã xã", "Khu dân cư", "Lượt tuần tra", None, "Tổng số tin"], [None, None, "Tổng", "Ban đêm", None]]
    path.write_bytes(workbook([*heads, [code, "Khu 1", 9, 2, 3]]))
    call_command("import_figures", path, month="2025-05", stdout=StringIO())
    lines = [[code, "Khu 2", *range(1, 8)], [code, "Khu 10", *range(2, 9)]]
    path.write_bytes(workbook([["Mã xã", "Khu dân cư", "Lượt tuần tra"], *lines]))
    call_command("import_figures", path, month="2025-05", stdout=StringIO())
    month = (cast.chi_dam.name, "2025-05")
    assert stored() == {
        (*month, "Khu 1", "patrols"): 9, (*month, "Khu 1", "tips"): 3,
        (*month, "Khu 2", "patrols"): 1, (*month, "Khu 10", "patrols"): 2,
    }  # fmt: skip
