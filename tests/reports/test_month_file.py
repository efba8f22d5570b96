"""The month as a workbook: what goes out comes back, faults have their cells, one act writes it and one takes it back."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from models_registry.importing.workbooks import read
from reports.entry import month_import
from reports.entry.grid import Grid, Row
from reports.entry.month_file import HAMLETS, WHOLE, month_workbook
from reports.models import Figure, FigureImport, MonthlyReport
from reports.months import Month
from tests import factories as f
from tests.models_registry.workbooks import workbook

ADDRESS = "/reports/07999/2025-06/file/"


def plan_of(report, content, name="a.xlsx"):
    return month_import.plan_month(read(name, content), Grid.of(report))


def filled(content, sheet, values):
    """The workbook as an officer fills it: values by row name (or code) and indicator's code."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[sheet]
    column_of = {page.cell(3, x).value: x for x in range(1, page.max_column + 1)}
    rows = {str(page.cell(y, x).value).strip(): y for y in range(4, page.max_row + 1) for x in (2, 1)}
    for (row, code), value in values.items():
        page.cell(rows[row], column_of[code] if sheet == HAMLETS else 4).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_what_goes_out_comes_back_unchanged_and_last_month_stands_beside(cast, report, khu):
    f.filed(cast.chi_dam, Month(2025, 5), patrols=5)
    group = f.group(cast.chi_dam, name="Tổ liên gia số 1", hamlet=cast.khu[0])
    f.fill(report, cast.lan, {(khu[0], "patrols"): 7, (khu[1], "patrols"): 0, (Row(group=group.pk), "patrols"): 3})
    content = month_workbook(Grid.of(report))
    plan = plan_of(report, content)
    assert (plan.cells, plan.faults, plan.unchanged) == ([], [], 3)
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[HAMLETS]
    assert page.protection.sheet and page["A5"].protection.locked
    heads = [page.cell(3, x).value for x in range(1, page.max_column + 1)]
    column = heads.index("patrols") + 1
    assert page.cell(4, column).value.startswith("Lượt") and page.cell(4, column + 1).value == "Tháng trước"
    assert not page.cell(5, column).protection.locked and page.cell(5, column).value == 7
    total = next(row for row in page.iter_rows(min_row=5) if row[1].value == "Cộng")
    assert total[column - 1].value == 10
    names = [page.cell(y, 2).value.strip() for y in (5, 6, 7)]
    assert names[0] == "Khu 1" and names[1].startswith("Tổ liên gia số 1") and names[2] == "Khu 2"


def test_a_filled_workbook_names_what_it_changes_and_blanks_keep_what_stands(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 7, (khu[2], "patrols"): 9})
    content = month_workbook(Grid.of(report))
    commune_level = Grid.of(report).catalogue.by_commune[0].code
    content = filled(
        content, HAMLETS, {("Khu 1", "patrols"): "1.164", ("Khu 2", "patrols"): 0, (cast.khu[2].name, "patrols"): None}
    )
    content = filled(content, WHOLE, {(commune_level, ""): 4})
    plan = plan_of(report, content)
    assert {(cell.row, cell.indicator): (cell.was, cell.value) for cell in plan.cells} == {
        (khu[0], "patrols"): (7, 1164), (khu[1], "patrols"): (None, 0), (Row(), commune_level): (None, 4),
    }  # fmt: skip
    assert plan.kept == 1 and "1 ô trống" in plan.said()[0]


def test_every_fault_has_its_cell(cast, report):
    content = filled(
        month_workbook(Grid.of(report)), HAMLETS,
        {("Khu 1", "patrols"): 2.5, ("Khu 2", "patrols"): "mười", (cast.khu[2].name, "patrols"): "=1+1", ("Khu 1", "tips"): date(2025, 6, 1)},
    )  # fmt: skip
    plan = plan_of(report, content)
    said = " ".join(sentence for _, _, sentence in plan.faults)
    assert len(plan.faults) == 4 and not plan.cells
    assert "không phải là số nguyên" in said and "mười" in said and "không lưu kết quả" in said
    assert all(at.startswith(f"{HAMLETS} ") for at, _, _ in plan.faults)


def test_an_officers_own_sheet_is_matched_by_the_names_of_hamlets_and_indicators(cast, report, khu):
    patrols = Grid.of(report).catalogue.by_code["patrols"].name
    rows = [
        ["BÁO CÁO THÁNG 6"], ["TT", "Khu dân cư", patrols.upper(), "Cột lạ"], [1, "khu 02", 5, "x"], [2, "Khu 1", 6, "y"],
        [3, "Khu 77", 1, None], [None, "Tổng cộng", 12, None],
    ]  # fmt: skip
    plan = plan_of(report, workbook(rows))
    assert {cell.row: cell.value for cell in plan.cells} == {khu[1]: 5, khu[0]: 6}
    assert [(value, "Không có khu dân cư này" in sentence) for _, value, sentence in plan.faults] == [("Khu 77", True)]


def test_a_cell_given_twice_is_refused_and_a_file_without_indicators_says_so(cast, report):
    patrols = Grid.of(report).catalogue.by_code["patrols"].name
    plan = plan_of(report, workbook([["Khu", patrols], ["Khu 1", 5], ["khu 01", 6]]))
    assert len(plan.cells) == 1 and "đã có ở" in plan.faults[0][2]
    assert "Không thấy cột chỉ tiêu" in plan_of(report, workbook([["a", "b"], [1, 2]])).faults[0][2]


@pytest.fixture
def lan(client, cast):
    client.force_login(cast.lan)
    return client


def send(client, content, name="so.xlsx"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})


def test_the_whole_way_in_and_back(lan, cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 7})
    content = lan.get(f"{ADDRESS}download/").content
    answer = send(lan, filled(content, HAMLETS, {("Khu 1", "patrols"): 8, ("Khu 2", "patrols"): 3}))
    kept = FigureImport.objects.get()
    page = lan.get(answer.url).content.decode()
    assert answer.url == f"{ADDRESS}{kept.pk}/" and "Ghi 2 ô vào bảng" in page and "Khu 2" in page
    assert Figure.objects.count() == 1, "nothing is written before that is asked"
    assert lan.post(f"{ADDRESS}{kept.pk}/write/").url == "/reports/07999/2025-06/"
    assert sorted(Figure.objects.values_list("value", flat=True)) == [3, 8]
    assert "Hoàn tác" in lan.get(ADDRESS).content.decode()
    f.fill(report, cast.minh, {(khu[1], "patrols"): 4})  # changed since
    lan.post(f"{ADDRESS}{kept.pk}/undo/")
    assert {log.hamlet.name: log.figures.get().value for log in report.logs.all() if log.figures.exists()} == {
        "Khu 1": 7,
        "Khu 2": 4,
    }
    lan.post(f"{ADDRESS}{kept.pk}/undo/")
    assert sorted(Figure.objects.values_list("value", flat=True)) == [4, 7]


def test_faults_need_consent_and_what_changed_meanwhile_stays(lan, cast, report, khu):
    content = filled(
        lan.get(f"{ADDRESS}download/").content, HAMLETS, {("Khu 1", "patrols"): "x", ("Khu 2", "patrols"): 3}
    )
    send(lan, content)
    kept = FigureImport.objects.get()
    lan.post(f"{ADDRESS}{kept.pk}/write/")
    assert not Figure.objects.exists()
    f.fill(report, cast.minh, {(khu[1], "patrols"): 4})
    lan.post(f"{ADDRESS}{kept.pk}/write/", {"only_good": "1"})
    assert Figure.objects.get().value == 4


def test_the_checks_say_beforehand_what_would_be_wrong(lan, report):
    codes = {one.code: one.within for one in Grid.of(report).catalogue.by_hamlet}
    part, whole = next((code, within.code) for code, within in codes.items() if within and within.code in codes)
    content = filled(lan.get(f"{ADDRESS}download/").content, HAMLETS, {("Khu 1", part): 9, ("Khu 1", whole): 2})
    page = lan.get(send(lan, content).url).content.decode()
    assert "Khi ghi xong, kiểm tra sẽ nêu" in page and "<strong>Lỗi:</strong>" in page
    assert not Figure.objects.exists()


def test_nobody_else_uploads_and_a_sent_month_takes_no_file(client, cast, report):
    for stranger, status in ((cast.hoa, 403), (cast.tuan, 404)):
        client.force_login(stranger)
        assert client.get(ADDRESS).status_code == status
    client.force_login(cast.lan)
    MonthlyReport.objects.filter(pk=report.pk).update(state="submitted", sent_at=f.NOW)
    assert client.get(ADDRESS).status_code == 409
    assert client.get(f"{ADDRESS}download/").status_code == 200


def test_a_broken_file_is_refused_with_its_reason(lan, report):
    answer = send(lan, b"PK\x03\x04 broken")
    assert answer.status_code == 422 and "hỏng" in answer.content.decode() and not FigureImport.objects.exists()


def hidden_workbook(rows, hide):
    """A workbook of one or two sheets, in which ``hide`` hides something."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.title = "Số liệu"
    hide(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def hide_row(book):
    book.active.row_dimensions[3].hidden = True


def hide_column(book):
    book.active.column_dimensions["B"].hidden = True


def hide_sheet(book):
    book.create_sheet("Bìa", 0).append(["Bìa"])
    book["Số liệu"].sheet_state = "hidden"
    book.active = 0


HIDDEN_ROWS = [["Khu", "patrols", "tips"], ["Khu 1", 5, 1], ["Khu 2", 6, 2]]


@pytest.mark.parametrize(
    ("hide", "words", "when_skipped", "when_read"),
    [
        (hide_row, "1 dòng ẩn hoặc bị lọc ở trang “Số liệu” (dòng 3)", [1, 5], [1, 2, 5, 6]),
        (hide_column, "1 cột ẩn ở trang “Số liệu” (cột B)", [1, 2], [1, 2, 5, 6]),
        (hide_sheet, "trang ẩn “Số liệu” (4 ô)", [], [1, 2, 5, 6]),
    ],
)
def test_what_is_hidden_in_a_month_is_asked_about(lan, report, hide, words, when_skipped, when_read):
    for answer, values in (("skip", when_skipped), ("read", when_read)):
        check = send(lan, hidden_workbook(HIDDEN_ROWS, hide)).url
        assert words in lan.get(check).content.decode()
        said = lan.post(f"{check}write/", follow=True).content.decode()
        assert "Hãy trả lời trước" in said
        lan.post(f"{check}write/", {"hidden": answer})
        assert sorted(Figure.objects.values_list("value", flat=True)) == values


def test_a_hidden_row_that_says_otherwise_than_one_in_the_open_is_a_fault(report, khu):
    plan = plan_of(report, hidden_workbook([*HIDDEN_ROWS[:2], ["Khu 1", 9, 1]], hide_row))
    assert [cell.value for cell in plan.cells] == [5, 1] and not plan.open_cells
    assert ["đã có ở" in sentence for _, _, sentence in plan.faults] == [True, True]


@pytest.mark.parametrize(("answer", "values"), [("skip", [4, 5]), ("zero", [0, 0, 4, 5])])
def test_a_dash_is_asked_about_and_never_takes_a_figure_away(lan, cast, report, khu, answer, values):
    f.fill(report, cast.lan, {(khu[1], "patrols"): 4})
    rows = [["Khu", "patrols", "tips"], ["Khu 1", 5, "-"], ["Khu 2", "-", None], ["Khu 10", None, " – "]]
    check = send(lan, hidden_workbook(rows, lambda book: None)).url
    assert "2 ô ghi dấu “-” (Số liệu C2, Số liệu C4) nghĩa là gì?" in lan.get(check).content.decode()
    assert "Hãy trả lời trước" in lan.post(f"{check}write/", follow=True).content.decode()
    lan.post(f"{check}write/", {"dash": answer})
    assert sorted(Figure.objects.values_list("value", flat=True)) == values


def test_hidden_blanks_ask_nothing(report):
    assert not plan_of(report, hidden_workbook([*HIDDEN_ROWS[:2], ["Khu 2", None, None]], hide_row)).questions


def test_two_columns_of_one_indicator_are_asked_about_unless_they_say_the_same(lan, report):
    name = Grid.of(report).catalogue.by_code["patrols"].name
    rows = [["Khu", "patrols", name], ["Khu 1", 5, 7], ["Khu 2", 6, None]]
    for column, values in (("1", [5, 6]), ("2", [6, 7])):
        check = send(lan, workbook(rows)).url
        page = lan.get(check).content.decode()
        assert "có 2 cột cùng là" in page and "Cột B" in page and "Cột C" in page
        lan.post(f"{check}write/", {"column:Trang 1:patrols": column})
        assert sorted(Figure.objects.values_list("value", flat=True)) == values
    same = plan_of(report, workbook([rows[0], ["Khu 1", 8, 8], ["Khu 2", 9, 9]]))
    assert [cell.value for cell in same.cells] == [8, 9] and not same.questions and not same.faults


@pytest.mark.parametrize(
    "name", ["KDC 1", "kdc1", "KDC số 01", "Khu dân cư 1", "KHU DÂN CƯ SỐ 1", "khu1", "Khu số 1", "khu dan cu 1"]
)
def test_a_hamlet_is_known_by_every_spelling_of_its_name(report, khu, name):
    plan = plan_of(report, f"Khu;patrols\n{name};5\n".encode(), "so.csv")
    assert [(cell.row, cell.value) for cell in plan.cells] == [(khu[0], 5)], plan.faults


def test_two_hamlets_that_one_spelling_may_mean_are_not_guessed(cast, report):
    f.hamlet(cast.chi_dam, "Khu dân cư 1")
    plan = plan_of(report, "Khu;patrols\nKDC 1;5\nKhu 1;6\nKhu dân cư 1;7\n".encode(), "so.csv")
    assert [cell.value for cell in plan.cells] == [6, 7] and [value for _, value, _ in plan.faults] == ["KDC 1"]


def test_a_sheet_of_another_month_or_unit_is_asked_about_before_it_is_written(lan, cast, report, khu):
    may = f.report(cast.chi_dam, cast.lan, Month(2025, 5))
    f.fill(may, cast.lan, {(khu[0], "patrols"): 5})
    sent = send(lan, month_workbook(Grid.of(may)))
    kept = FigureImport.objects.get()
    page = lan.get(sent["Location"]).content.decode()
    assert "Tệp ghi “Xã Chí Đám: số liệu tháng 5/2025”, còn trang này là Xã Chí Đám, tháng 6/2025" in page
    assert lan.post(f"{ADDRESS}{kept.pk}/write/")["Location"] == sent["Location"] and not kept.applied_at
    assert lan.post(f"{ADDRESS}{kept.pk}/write/", {"elsewhere": "read"}).status_code == 302
    assert Figure.objects.get(log__report=report).value == 5


@pytest.mark.parametrize(
    ("title", "is_asked"),
    [
        ("TỔNG HỢP THÁNG 5 NĂM 2025", True),
        ("Số liệu tháng 05/2025", True),
        ("Xã Tây Cốc: số liệu tháng 6/2025", True),
        ("TỔNG HỢP THÁNG 6 NĂM 2025", False),
        ("Chí Đám, ngày 02 tháng 7 năm 2025", False),
        ("Xã Chí Đám: số liệu tháng 6/2025", False),
        ("Số liệu tháng 5/2025 và tháng 6/2025", False),
        ("Biểu số 5", False),
    ],
)
def test_what_a_title_says_it_is_of(report, khu, title, is_asked):
    plan = plan_of(report, workbook([[title], ["Khu", "Lượt tuần tra"], ["Khu 1", 3]]))
    assert len(plan.cells) == 1 and bool(plan.questions) is is_asked


def test_a_column_that_no_indicator_is_called_is_said_and_one_of_another_unit_is_known(report, khu):
    heads = ["TT", "Khu dân cư", "Lượt tuần tra (buổi)", "Số đèn pin", "Tháng trước", "Cộng", "Ghi chú"]
    plan = plan_of(report, workbook([heads, [1, "Khu 1", 3, 8, 2, 3, "x"], [2, "Khu 2", 4, None, 2, 4, ""]]))
    assert [(cell.row, cell.value) for cell in plan.cells] == [(khu[0], 3), (khu[1], 4)]
    assert plan.said() == ["Trang “Trang 1”: không đọc cột “Số đèn pin”, không phải chỉ tiêu của tháng này."]
    turned = [["Chỉ tiêu", "Khu 1", "Khu 2"], ["Lượt tuần tra", 3, 4], ["Số đèn pin", 8, 9], ["Tin báo", 1, 1]]
    names = {one.code: one.name for one in Grid.of(report).catalogue.entered}
    turned[3][0] = names["tips"]
    assert plan_of(report, workbook(turned)).said() == [
        "Trang “Trang 1”: không đọc dòng “Số đèn pin”, không phải chỉ tiêu của tháng này."
    ]


def test_a_number_in_our_own_sheet_names_its_hamlet(report, khu):
    book = openpyxl.load_workbook(io.BytesIO(month_workbook(Grid.of(report))))
    page = book[HAMLETS]
    column = [page.cell(3, x).value for x in range(1, page.max_column + 1)].index("patrols") + 1
    page.cell(5, 1).value, page.cell(5, 2).value, page.cell(5, column).value = None, 1, 7
    buffer = io.BytesIO()
    book.save(buffer)
    plan = plan_of(report, buffer.getvalue())
    assert [(cell.row, cell.value) for cell in plan.cells] == [(khu[0], 7)] and not plan.faults
