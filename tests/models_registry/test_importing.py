"""Workbooks into the register: every fault with its cell, nothing half done, the same file twice, taking it back."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.changes import undo
from communes.models import Hamlet, Institution, RegisterChange
from communes.refusals import Refused
from models_registry.headcount import headcount
from models_registry.importing.columns import REMARKS
from models_registry.importing.files import marked
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.runs import applying, importer_for, upload
from models_registry.importing.workbooks import read
from models_registry.models import (
    Award,
    FormerSize,
    Initiative,
    InitiativeRating,
    Member,
    Person,
    SelfManagementGroup,
)
from tests import factories as f
from tests.models_registry.workbooks import NOW, TODAY, counted, do, planned, run_of, workbook

HAMLETS = [
    ["Tên khu dân cư", "Số hộ", "Nhân khẩu", "Ngày có quy ước"],
    ["Khu 1", 120, 480, date(2023, 5, 4)],
    ["Khu 11", "1.164", "4 500", "05/03/2024"],
    ["Bản Heo Trại", 80, None, 2022],
]


def test_new_changed_and_unchanged_rows_are_told_apart_and_written(cast):
    f.hamlet(cast.chi_dam, "Khu 3", households=5)
    run = run_of(cast, "hamlets", [*HAMLETS, ["khu 03", 5, None, None]])
    assert counted(planned(run)) == {NEW: 2, CHANGED: 1, UNCHANGED: 1, REFUSED: 0}
    change = do(run, cast)
    assert "2 mới, 1 thay đổi" in change.title
    stored = {h.name: (h.households, h.population, h.covenant_on) for h in Hamlet.objects.filter(commune=cast.chi_dam)}
    assert stored["Khu 1"] == (120, 480, date(2023, 5, 4))
    assert stored["Khu 11"] == (1164, 4500, date(2024, 3, 5))
    assert stored["Bản Heo Trại"] == (80, None, date(2022, 1, 1))
    assert Hamlet.objects.get(name="Khu 11").search == "khu 11"
    run.refresh_from_db()
    assert run.content is None and run.change == change


@pytest.mark.parametrize("kind", ["hamlets", "groups", "members", "initiatives"])
def test_the_same_workbook_twice_changes_nothing(cast, kind):
    rows = FILES[kind](cast)
    do(run_of(cast, kind, rows), cast)
    again = run_of(cast, kind, rows)
    assert counted(planned(again)) == {NEW: 0, CHANGED: 0, UNCHANGED: len(rows) - 1, REFUSED: 0}
    with pytest.raises(Refused, match="Không có gì thay đổi"):
        do(again, cast)


def group_rows(cast):
    school = f.institution(cast.chi_dam, name="Trường THCS Chí Đám")
    return [
        ["Tên tổ", "Loại hình", "Khu dân cư", "Trường học", "Số thành viên", "Số hộ", "Thành lập", "Quyết định"],
        ["Tổ liên gia số 1", "LGTQ", "Khu 1", None, 24, 24, date(2022, 5, 1), "15/QĐ-UBND"],
        ["Tổ liên gia số 1", "Tổ (nhóm) liên gia tự quản", "Khu 2", None, 25, 25, "2022", None],
        ["Tổ nhà giáo", "Tổ nhà giáo tự quản", None, school.name, 31, None, "03/2021", None],
    ]


def member_rows(cast):
    f.group(cast.chi_dam, "security_team", name="Tổ ANTT Khu 1", hamlet=cast.khu[0])
    f.group(cast.chi_dam, "security_board", name="Ban ANTT", hamlet=cast.khu[1])
    return [
        ["TT", "Họ và tên", "Năm sinh", "Giới tính", "SĐT", "Tổ", "Chức vụ", "Ngày tham gia"],
        [1, "Nguyễn Văn An", 1975, "Nam", 912345678, "Tổ ANTT Khu 1", "Tổ trưởng", date(2024, 7, 1)],
        [2, "Trần Thị Mai", "15/08/1980", "nữ", "0912 345.679", "Tổ ANTT khu 1", "Tổ viên", "2024"],
        [3, "Nguyễn Văn An", 1975, "Nam", "+84 912 345 678", "Ban ANTT", "Trưởng ban", "01/07/2024"],
    ]


def initiative_rows(cast):
    return [
        ["Tên mô hình", "Loại mô hình", "Ngày xây dựng", "Số camera", "Các khu dân cư thực hiện"],
        ["Camera an ninh", "Camera an ninh", date(2023, 4, 20), 12, "Khu 1; khu 02"],
        ["Móc khóa an ninh", "Móc khóa an ninh", "2024", None, "tất cả"],
    ]


FILES = {"hamlets": lambda cast: HAMLETS, "groups": group_rows, "members": member_rows, "initiatives": initiative_rows}


def test_groups_are_meant_by_kind_seat_and_name(cast):
    do(run_of(cast, "groups", group_rows(cast)), cast)
    groups = SelfManagementGroup.objects.filter(commune=cast.chi_dam)
    assert {(g.name, g.kind.code, g.seat, g.declared_members, g.started_on) for g in groups} == {
        ("Tổ liên gia số 1", "household_cluster", "Khu 1", 24, date(2022, 5, 1)),
        ("Tổ liên gia số 1", "household_cluster", "Khu 2", 25, date(2022, 1, 1)),
        ("Tổ nhà giáo", "teacher_group", "Trường THCS Chí Đám", 31, date(2021, 3, 1)),
    }


def test_one_person_in_two_groups_is_typed_twice_and_kept_once(cast):
    do(run_of(cast, "members", member_rows(cast)), cast)
    an = Person.objects.get(name="Nguyễn Văn An")
    assert (an.birth_year, an.sex, an.phone, an.memberships.count()) == (1975, "male", "0912345678", 2)
    mai = Member.objects.get(person__name="Trần Thị Mai")
    assert (mai.birth_year, mai.position, mai.started_on) == (1980, "member", date(2024, 1, 1))


def test_initiatives_bring_their_sites(cast):
    do(run_of(cast, "initiatives", initiative_rows(cast)), cast)
    sites = {i.name: i.sites.count() for i in Initiative.objects.filter(commune=cast.chi_dam)}
    assert sites == {"Camera an ninh": 2, "Móc khóa an ninh": 3}


def test_numbers_that_change_count_from_today_and_leave_the_past_alone(cast):
    rows = group_rows(cast)
    do(run_of(cast, "groups", rows), cast)
    rows[1][4:6] = [30, 28]
    do(run_of(cast, "groups", rows), cast)
    past, now = (
        headcount([cast.chi_dam.pk], since=day, on=day)[cast.chi_dam.pk, "household_cluster_members"]
        for day in (date(2025, 6, 14), TODAY)
    )
    assert (past, now) == (24 + 25, 30 + 25)
    assert FormerSize.objects.get().until == date(2025, 6, 15)


# Faults ------------------------------------------------------------------------------------------


def faulty_members(cast, good: int):
    """``good`` faultless rows with 40 faulty cells among them, of every sort; and where they are."""
    team = f.group(cast.chi_dam, "security_team", name="Tổ ANTT", hamlet=cast.khu[0])
    f.group(cast.chi_dam, name="Tổ 7", hamlet=cast.khu[0])
    f.group(cast.chi_dam, name="Tổ 7", hamlet=cast.khu[1])
    f.member(team, name="Lê Văn Bình", birth_year=1970, position="leader")
    heads = ["Họ và tên", "Năm sinh", "Giới tính", "Điện thoại", "Tên tổ", "Khu dân cư", "Chức danh", "Ngày tham gia"]
    usual = ["x", 1980, "Nam", "0912345678", "Tổ ANTT", "Khu 1", "Thành viên", date(2024, 1, 1)]
    rows = [heads] + [[f"Người {n}", *usual[1:]] for n in range(good)]
    wrong = [
        (0, None), (1, "mấy"), (1, 75), (1, 2199), (1, "30/02/1980"), (2, "Namm nữ"), (2, 3), (3, "123"), (3, "không có"),
        (3, 1.5), (4, "Tổ không có"), (4, None), (5, "Khu 77"), (5, "khu một"), (6, "Giám đốc"), (6, "Trưởng"), (7, "31/02/2024"),
        (7, "hôm qua"), (0, None), (7, "05-2024-13"),
    ]  # fmt: skip
    expected = []
    wrong[-2] = (4, "Tổ 7")  # two groups of that name
    for place, (column, value) in enumerate(wrong * 2):
        row = 2 + place * (good // 41)
        rows[row][column] = value
        if value == "Tổ 7":
            rows[row][5] = None
        expected.append((row, column))
    return rows, expected


def test_five_thousand_members_with_forty_faults_report_all_forty_and_nothing_is_half_done(cast):
    rows, expected = faulty_members(cast, 5000)
    run = run_of(cast, "members", rows)
    plan = planned(run)
    assert [(fault.row, fault.column) for fault in plan.faults] == expected
    assert counted(plan) == {NEW: 4960, CHANGED: 0, UNCHANGED: 0, REFUSED: 40}
    assert all(fault.sheet == "Trang 1" and fault.sentence.endswith((".", "?")) for fault in plan.faults)
    with pytest.raises(Refused, match="Còn 40 dòng có lỗi"):
        do(run, cast)
    assert Member.objects.count() == 1 and not RegisterChange.objects.exists()
    change = do(run, cast, only_good=True)
    assert "4960 mới" in change.title and "bỏ 40 dòng lỗi" in change.title
    assert Member.objects.count() == 4961 == Person.objects.count()


def test_a_long_list_is_planned_with_as_many_queries_as_a_short_one(cast):
    def queries(good):
        team = f.group(cast.chi_dam, "security_team", name=f"Tổ {good}", hamlet=cast.khu[0])
        rows = [["Họ và tên", "Năm sinh", "Tên tổ"], *([f"Người {n}", 1980, team.name] for n in range(good))]
        run = run_of(cast, "members", rows)
        with CaptureQueriesContext(connection) as found:
            assert counted(planned(run))[NEW] == good
        return len(found)

    assert queries(3) == queries(300)


def test_the_marked_workbook_has_the_refused_cells_in_red_with_their_sentences(cast):
    rows, expected = faulty_members(cast, 90)
    content = workbook(rows)
    run = run_of(cast, "members", content)
    plan = planned(run)
    sheet = openpyxl.load_workbook(io.BytesIO(marked(content, read("x.xlsx", content), plan))).active
    red = {
        (cell.row - 1, cell.column - 1) for row in sheet.iter_rows(min_row=2, max_col=8) for cell in row
        if cell.fill.start_color.rgb == "FFFFC7CE" and cell.comment
    }  # fmt: skip
    assert red == set(expected)
    assert sheet.cell(1, 9).value == REMARKS
    assert "không phải là năm sinh" in sheet.cell(expected[1][0] + 1, 9).value


def test_the_second_row_that_means_the_same_is_refused_with_the_first_ones_place(cast):
    run = run_of(cast, "hamlets", [*HAMLETS, ["KHU 1", 1, 1, None]])
    (fault,) = planned(run).faults
    assert fault.cell == "A5" and "Trùng với dòng 2" in fault.sentence


def test_an_import_that_meets_a_change_made_meanwhile_writes_nothing(cast, monkeypatch):
    run = run_of(cast, "hamlets", HAMLETS)
    work = importer_for("hamlets", cast.chi_dam, TODAY)
    monkeypatch.setattr("models_registry.importing.runs.importer_for", lambda *args: work)
    f.hamlet(cast.chi_dam, "Khu 11")
    with pytest.raises(Refused, match="vừa được người khác thay đổi"):
        do(run, cast)
    assert not Hamlet.objects.filter(name="Bản Heo Trại").exists() and not RegisterChange.objects.exists()


def test_so_does_one_where_no_rule_of_the_database_would_stop_it(cast, monkeypatch):
    """Two files with the same award, checked at the same moment: both were written."""
    rows = [["Hình thức", "Tập thể", "Ngày", "Số quyết định"], ["Giấy khen Chủ tịch UBND xã", 1, "01/02/2025", "1/QĐ"]]
    runs = [upload("awards", "khen.xlsx", workbook(rows), by=who, now=NOW) for who in (cast.lan, cast.minh)]
    begun = [importer_for("awards", cast.chi_dam, TODAY) for _ in runs]
    monkeypatch.setattr("models_registry.importing.runs.importer_for", lambda *args: begun.pop())
    do(runs[0], cast)
    with pytest.raises(Refused, match="vừa được người khác thay đổi"):
        do(runs[1], cast)
    assert Award.objects.count() == 1


# Taking back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["hamlets", "groups", "members", "initiatives"])
def test_an_import_is_taken_back_whole(cast, kind):
    models = (Hamlet, Institution, SelfManagementGroup, FormerSize, Person, Member, Initiative)

    def everything():
        return {model: list(model.objects.order_by("pk").values()) for model in models}

    rows = FILES[kind](cast)
    before = everything()
    change = do(run_of(cast, kind, rows), cast)
    assert everything() != before
    undo(change, by=cast.minh, now=NOW)
    assert everything() == before
    change.refresh_from_db()
    assert change.undone_by == cast.minh
    with pytest.raises(Refused, match="đã được hoàn tác"):
        undo(change, by=cast.lan, now=NOW)


def test_an_import_is_not_taken_back_once_something_newer_depends_on_it(cast):
    change = do(run_of(cast, "hamlets", HAMLETS), cast)
    new = Hamlet.objects.get(name="Khu 11")
    group = f.group(cast.chi_dam, hamlet=new)
    with pytest.raises(Refused, match="kèm theo"):
        undo(change, by=cast.lan, now=NOW)
    group.delete()
    new.households = 7
    new.save()
    with pytest.raises(Refused, match="đã được sửa sau"):
        undo(change, by=cast.lan, now=NOW)
    assert Hamlet.objects.get(name="Khu 1").households == 120


def test_another_commune_takes_nothing_back(cast):
    change = do(run_of(cast, "hamlets", HAMLETS), cast)
    for stranger in (cast.tuan, cast.hoa, cast.quan):
        with pytest.raises(Refused):
            undo(change, by=stranger, now=NOW)


def test_people_whose_names_differ_by_an_accent_are_two_people(cast):
    f.group(cast.chi_dam, "security_team", name="Tổ ANTT", hamlet=cast.khu[0])
    heads = ["Họ và tên", "Năm sinh", "Điện thoại", "Tên tổ"]
    rows = [
        heads,
        ["Nguyễn Văn Hùng", 1975, "0911111111", "to antt"],
        ["Nguyễn Văn Hưng", 1975, "0922222222", "Tổ ANTT"],
    ]
    do(run_of(cast, "members", rows), cast)
    assert set(Person.objects.values_list("name", "phone")) == {
        ("Nguyễn Văn Hùng", "0911111111"), ("Nguyễn Văn Hưng", "0922222222"),
    }  # fmt: skip
    again = planned(run_of(cast, "members", [heads, ["NGUYỄN VĂN HÙNG", 1975, "0933333333", "Tổ ANTT"]]))
    assert [row.changes for row in again.rows] == [[("điện thoại", "••• 111", "••• 333")]]


def test_one_place_named_twice_is_one_site(cast):
    rows = initiative_rows(cast)
    rows[1][4] = "Khu 1; khu 01; Khu 1"
    do(run_of(cast, "initiatives", rows), cast)
    assert Initiative.objects.get(name="Camera an ninh").sites.count() == 1


def test_a_cell_that_names_more_places_than_are_read_is_a_fault_and_not_cut(cast):
    rows = initiative_rows(cast)
    rows[1][4] = "Khu 1;" * 1001
    plan = planned(run_of(cast, "initiatives", rows))
    assert any("nhiều nhất 1000 nơi; ô này có 1001" in fault.sentence for fault in plan.faults)


def test_years_of_birth_in_a_column_for_men_and_one_for_women_are_read(cast):
    f.group(cast.chi_dam, "security_team", name="Tổ ANTT", hamlet=cast.khu[0])
    rows = [
        ["TT", "Họ và tên", "Năm sinh", None, "Tổ"], [None, None, "Nam", "Nữ", None],
        [1, "Lê Văn Bình", 1970, None, "Tổ ANTT"], [2, "Trần Thị Mai", None, 1981, "Tổ ANTT"],
    ]  # fmt: skip
    do(run_of(cast, "members", rows), cast)
    found = set(Person.objects.values_list("name", "sex", "birth_year"))
    assert found == {("Lê Văn Bình", "male", 1970), ("Trần Thị Mai", "female", 1981)}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("LGTQ", "household_cluster"), ("Tổ liên gia", "household_cluster"), ("to hoa giai", "mediation_team"),
     ("Hòa giải", "mediation_team"), ("Tổ bảo vệ an ninh, trật tự", "security_team")],
)  # fmt: skip
def test_kinds_are_known_by_the_names_people_write(cast, typed, kind):
    rows = [["Tên tổ", "Loại hình", "Khu dân cư"], ["Tổ 91", typed, "khu dân cư số 2"]]
    do(run_of(cast, "groups", rows), cast)
    group = SelfManagementGroup.objects.get(name="Tổ 91")
    assert (group.kind.code, group.hamlet) == (kind, cast.khu[1])


def test_titles_and_signatures_among_the_data_are_passed_over_and_said(cast):
    rows = [["Tên tổ", "Loại hình", "Khu dân cư"], ["I. Khu 1", None, None], ["Tổ 91", "LGTQ", "Khu 1"],
            [None, "Người lập", None], ["Tổng cộng", 1, None]]  # fmt: skip
    plan = planned(run_of(cast, "groups", rows))
    assert counted(plan)[NEW] == 1 and not plan.faults and [row.line for row in plan.skipped] == [2, 4, 5]


def test_an_import_planned_while_somebody_changes_the_register_is_refused(cast):
    run = run_of(cast, "hamlets", HAMLETS)
    work = applying(run, only_good=False, by=cast.lan, now=NOW, today=TODAY)
    next(work)
    cast.khu[0].households = 7
    cast.khu[0].save()
    with pytest.raises(Refused, match="vừa được người khác thay đổi"):
        list(work)
    assert not Hamlet.objects.filter(name="Khu 11").exists()


def test_an_import_is_not_taken_back_over_a_newer_rating(cast):
    change = do(run_of(cast, "initiatives", initiative_rows(cast)), cast)
    InitiativeRating.objects.create(initiative=Initiative.objects.first(), year=2024, grade="effective")
    with pytest.raises(Refused, match="đánh giá mô hình"):
        undo(change, by=cast.lan, now=NOW)
    assert InitiativeRating.objects.exists()
