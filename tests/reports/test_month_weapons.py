"""The weapons sheet of a month's workbook: drop-downs, lines that stand, lines added as part of one act."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from models_registry.importing.workbooks import read
from reports.entry.grid import Grid
from reports.entry.handovers import save_handover
from reports.entry.month_file import month_workbook
from reports.entry.month_import import plan_month
from reports.entry.month_weapons import WEAPONS, label
from reports.models import FigureImport, WeaponHandover, WeaponKind
from tests import factories as f
from tests.models_registry.workbooks import workbook

ADDRESS = "/reports/07999/2025-06/file/"
HEADS = ["Loại", "Số lượng", "Nguồn", "Khu dân cư", "Ngày", "Số biên bản"]


def kind(code):
    return WeaponKind.objects.get(code=code)


@pytest.fixture
def rounds(db):
    return next(one for one in WeaponKind.objects.all() if one.unit == "viên")


def plan_of(report, content):
    return plan_month(read("a.xlsx", content), Grid.of(report))


def filled(content, *lines):
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[WEAPONS]
    first = next(y for y in range(5, page.max_row + 1) if page.cell(y, 1).value is None)
    for y, line in enumerate(lines, start=first):
        for x, value in enumerate(line, start=1):
            page.cell(y, x).value = value
    book.save(buffer := io.BytesIO())
    return buffer.getvalue()


@pytest.fixture
def lan(client, cast):
    client.force_login(cast.lan)
    return client


def send(client, content):
    return client.post(ADDRESS, {"file": SimpleUploadedFile("so.xlsx", content)}).url


def test_the_sheet_offers_kinds_sources_and_hamlets_and_comes_back_unchanged(cast, report, rounds):
    line = WeaponHandover(report=report)
    save_handover(
        line, by=cast.lan, now=f.NOW, kind=kind("lead_shot"), quantity="0.5", hamlet=cast.khu[0], day=date(2025, 6, 2)
    )
    content = month_workbook(Grid.of(report))
    page = openpyxl.load_workbook(io.BytesIO(content))[WEAPONS]
    assert [page.cell(4, x).value for x in range(1, 7)] == HEADS
    assert page["A5"].protection.locked and not page["A6"].protection.locked
    assert {rule.type for rule in page.data_validations.dataValidation} == {"list"}
    assert len(page.data_validations.dataValidation) == 3
    plan = plan_of(report, content)
    assert (plan.weapons, plan.faults, plan.questions, plan.unchanged) == ([], [], [], 1)


def test_lines_are_added_with_the_figures_as_one_act_and_taken_back(lan, cast, report, rounds):
    content = filled(
        lan.get(f"{ADDRESS}download/").content,
        [label(rounds), "1.164", "Phát hiện, thu gom", "Khu 2", date(2025, 6, 3), "12/BB"],
        [label(kind("lead_shot")), 0.5],
    )
    check = send(lan, content)
    page = lan.get(check).content.decode()
    assert "Thêm 2 dòng vũ khí" in page and "1.164 viên" in page and "0,5 kg" in page
    assert not WeaponHandover.objects.exists()
    lan.post(f"{check}write/")
    found = set(WeaponHandover.objects.values_list("quantity", "source", "hamlet__name", "record_number"))
    assert found == {(1164, "found", "Khu 2", "12/BB"), (0.5, "voluntary", None, "")}
    again = plan_of(report, content)
    assert not again.weapons and again.unchanged == 2, "the same file twice adds nothing"
    kept = FigureImport.objects.get()
    changed = WeaponHandover.objects.get(kind__code="lead_shot")
    save_handover(changed, by=cast.minh, now=f.NOW, quantity="0.7")
    said = lan.post(f"{ADDRESS}{kept.pk}/undo/", follow=True).content.decode()
    assert "1 dòng vũ khí đã được sửa sau đó" in said
    assert WeaponHandover.objects.get() == changed, "what somebody changed since stays"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["Súng thần công", 1], "Không có loại vũ khí"),
        (["rounds", 1.5], "số nguyên"),
        (["lead", "1.164"], "hai cách"),
        (["rounds", 3, "Mua"], "Không có nguồn"),
        (["rounds", 3, None, "Khu 77"], "Không có khu dân cư"),
        (["rounds", 3, None, None, "20/06/2025"], "trong tháng 6/2025"),
        (["rounds", -2], "lớn hơn"),
        (["rounds", 2, None, None, None, "gọi 0912345678"], "số điện thoại"),
        (["rounds", "=1+1"], "không lưu kết quả"),
    ],
)
def test_a_faulty_line_is_named_and_adds_nothing(report, rounds, line, sentence):
    names = {"rounds": label(rounds), "lead": label(kind("lead_shot"))}
    plan = plan_of(report, filled(month_workbook(Grid.of(report)), [names.get(line[0], line[0]), *line[1:]]))
    assert not plan.weapons and len(plan.faults) == 1 and sentence in plan.faults[0][2], plan.faults


def own_list(*lines, hidden=()):
    content = workbook([["Giao nộp"], ["TT", "Loại vũ khí", "Số lượng"], *lines])
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in hidden:
        book.active.row_dimensions[row].hidden = True
    book.save(buffer := io.BytesIO())
    return buffer.getvalue()


def test_a_hidden_line_of_weapons_is_asked_about_as_hidden_cells_are(lan, cast, report, rounds):
    content = own_list([1, rounds.name, 12], [2, rounds.name, 13], [3, rounds.name, "x"], hidden=(4, 5))
    plan = plan_of(report, content)
    assert [(line["quantity"], "when" in line) for line in plan.weapons] == [("12.000", False), ("13.000", True)]
    assert "1 dòng ẩn hoặc bị lọc" in plan.questions[0].sentence and "dòng chỉ ghi nếu được chọn" in plan.faults[0][2]
    for answer, found in (("skip", {12}), ("read", {12, 13})):
        check = send(lan, content)
        assert "chỉ thêm nếu chọn đọc" in lan.get(check).content.decode()
        assert "Hãy trả lời trước" in lan.post(f"{check}write/", {"only_good": 1}, follow=True).content.decode()
        lan.post(f"{check}write/", {"only_good": 1, "hidden": answer})
        assert set(WeaponHandover.objects.values_list("quantity", flat=True)) == found
    assert not plan_of(report, content).questions, "lines that stand already ask nothing"


def test_sums_and_signatures_below_a_list_of_weapons_are_no_lines(report, rounds):
    foot = [[None, "Tổng cộng", 25], ["Cộng", None, 25], [None, "(Ký, ghi rõ họ tên)", None]]
    plan = plan_of(report, own_list([1, rounds.name, 12], [2, "Đạn mọi loại", 13], [None, None, 4], *foot))
    assert [line["quantity"] for line in plan.weapons] == ["12.000"]
    said = [sentence for _, _, sentence in plan.faults]
    assert len(said) == 2 and "Có phải “Đạn các loại" in said[0] and "không ghi loại" in said[1]


def test_a_number_of_more_digits_than_numbers_have_is_a_fault(report, rounds):
    content = own_list([1, rounds.name, 12345])
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer := io.BytesIO(), "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<v>12345</v>", b"<v>1E400</v>"))
    plan = plan_of(report, buffer.getvalue())
    assert not plan.weapons and len(plan.faults) == 1
