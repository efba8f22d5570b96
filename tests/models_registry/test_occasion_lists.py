"""Lists of what a year or a day brought, read from a file: standings, awards, festival days."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communes import changes
from communes.models import RegisterChange, SafetyRecord
from communes.refusals import Refused
from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.questions import BLANKS, CLEAR
from models_registry.importing.runs import applying
from models_registry.models import Award, FestivalDay, RegisterImport
from tests import factories as f
from tests.models_registry.workbooks import NOW, counted, do, planned, run_of, workbook

DAY, LATER = datetime(2025, 3, 5), datetime(2025, 4, 5)
SAFETY = ["Đơn vị đăng ký", "Năm", "Đăng ký", "Công nhận đạt"]
AWARDS = ["Hình thức", "Tập thể", "Cá nhân", "Ngày", "Quyết định"]
FESTIVALS = ["Nơi tổ chức", "Ngày", "Người dự", "Ngày hội điểm"]


def faults(plan):
    return [(fault.cell, fault.sentence) for fault in plan.faults]


def test_a_year_of_units_is_written_changed_and_taken_back_as_one(cast):
    school = f.institution(cast.chi_dam, name="Trường THCS")
    f.safety(cast.khu[0], 2025, registered_on=DAY)
    rows = [
        SAFETY,
        ["Khu 1", 2025, DAY, LATER],
        ["khu dân cư số 2", "năm 2025", "05/03/2025", "chưa"],
        ["Truong THCS", 2025, DAY, None],
        ["Toàn xã", 2025, DAY, None],
    ]
    plan = planned(run_of(cast, "safety", rows))
    assert counted(plan) == {NEW: 3, CHANGED: 1, UNCHANGED: 0, REFUSED: 0}
    assert plan.rows[0].changes == [("ngày được công nhận đạt", "–", "05/04/2025")]
    assert [row.shown["name"] for row in plan.rows[1:]] == ["Khu 2", "Trường THCS", "Xã Chí Đám"]
    act = do(run_of(cast, "safety", rows), cast)
    found = SafetyRecord.objects.filter(year=2025)
    assert {str(one.unit): one.recognised_on for one in found} == {
        "Khu 1": LATER.date(), "Khu 2": None, "Trường THCS": None, "Xã Chí Đám": None,
    }  # fmt: skip
    assert found.get(institution=school).registered_on == DAY.date()
    assert counted(planned(run_of(cast, "safety", rows)))[UNCHANGED] == 4
    changes.undo(act, by=cast.lan, now=NOW)
    assert [one.recognised_on for one in SafetyRecord.objects.all()] == [None]


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        (["Khu 99", 2025, DAY, None], "A2", "Không có nơi nào tên là “Khu 99”"),
        (["Khu 2", 25, DAY, None], "B2", "“25” không phải là năm"),
        (["Khu 2", "2" * 5000, DAY, None], "B2", "không phải là năm"),
        (["Khu 2", 2025, None, None], "C2", "Mục mới phải có điều này"),
        (["Khu 2", 2025, LATER, DAY], "D2", "Ngày công nhận phải từ ngày đăng ký trở đi"),
        (["Khu 2", 2025, DAY, "đạt"], "D2", "“đạt” không phải là ngày"),
        ([None, 2025, DAY, None], "A2", "bắt buộc"),
    ],
)
def test_a_year_that_cannot_be_is_refused_beside_its_cell(cast, row, cell, said):
    plan = planned(run_of(cast, "safety", [SAFETY, row, ["Khu 1", 2025, DAY, None]]))
    ((found, sentence),) = faults(plan)
    assert found == cell and said in sentence and counted(plan)[NEW] == 1


def test_one_unit_is_registered_once_a_year_in_a_file(cast):
    rows = [SAFETY, ["Khu 1", 2025, DAY, None], ["Khu 01", 2025, LATER, None], ["Khu 1", 2024, DAY, None]]
    plan = planned(run_of(cast, "safety", rows))
    assert counted(plan)[NEW] == 2 and faults(plan)[0][0] == "A3" and "Trùng với dòng 2" in faults(plan)[0][1]


def test_a_hamlet_and_a_school_of_one_name_are_told_apart_by_a_word(cast):
    school = f.institution(cast.chi_dam, name="Khu 1")
    rows = [SAFETY, ["Khu 1", 2025, DAY, None]]
    assert "vừa là khu dân cư vừa là cơ quan" in faults(planned(run_of(cast, "safety", rows)))[0][1]
    rows = [SAFETY, ["Khu 1 (cơ quan)", 2025, DAY, None]]
    do(run_of(cast, "safety", rows), cast)
    assert SafetyRecord.objects.get().institution == school


def test_a_year_of_a_hamlet_that_went_on_in_a_namesake_is_that_of_the_one_that_stood(cast):
    old = f.hamlet(cast.chi_dam, "Khu 2", started_on="2010-01-01", ended_on="2023-12-31")
    cast.khu[1].started_on = "2024-01-01"
    cast.khu[1].save()
    rows = [SAFETY, ["Khu 2", 2023, datetime(2023, 3, 1), None], ["Khu 2", 2024, datetime(2024, 3, 1), None]]
    do(run_of(cast, "safety", rows), cast)
    assert {one.year: one.hamlet for one in SafetyRecord.objects.all()} == {2023: old, 2024: cast.khu[1]}


def test_a_festival_day_is_meant_by_its_place_and_day(cast):
    FestivalDay.objects.create(commune=cast.chi_dam, hamlet=cast.khu[0], held_on=DAY, attendance=100, is_model=True)
    rows = [
        FESTIVALS,
        ["Khu 1", DAY, "1.164", "có"],
        ["Khu 1", LATER, 90, "không"],
        ["Toàn xã", DAY, None, None],
        ["Khu 2", datetime(2099, 1, 1), 5, None],
        ["Khu 2", DAY, "đông", None],
        ["Khu 10", DAY, 7, "có lẽ"],
    ]
    plan = planned(run_of(cast, "festivals", rows))
    assert counted(plan) == {NEW: 2, CHANGED: 1, UNCHANGED: 0, REFUSED: 3}
    assert plan.rows[0].changes == [("số người dự", "100", "1164")]
    assert [cell for cell, _ in faults(plan)] == ["B5", "C6", "D7"]
    assert "chưa đến" in faults(plan)[0][1] and "có hay không" in faults(plan)[2][1]
    run = run_of(cast, "festivals", rows)
    act = do(run, cast, only_good=True)
    assert sorted(str(one) for one in FestivalDay.objects.all()) == [
        "Ngày hội Khu 1 (05/03/2025)", "Ngày hội Khu 1 (05/04/2025)", "Ngày hội toàn xã (05/03/2025)",
    ]  # fmt: skip
    changes.undo(act, by=cast.lan, now=NOW)
    assert FestivalDay.objects.get().attendance == 100


def test_a_blank_tick_or_count_is_kept_and_said_or_taken_away(cast):
    FestivalDay.objects.create(commune=cast.chi_dam, hamlet=cast.khu[0], held_on=DAY, attendance=9, is_model=True)
    Award.objects.create(commune=cast.chi_dam, kind="flag", individuals=2, collectives=3, awarded_on=DAY)
    for kind, rows, kept in (
        ("festivals", [FESTIVALS, ["Khu 1", DAY, None, None]], 2),
        ("awards", [AWARDS, ["Cờ thi đua", 3, None, DAY, None]], 1),
    ):
        run = run_of(cast, kind, rows)
        plan = planned(run)
        assert counted(plan)[UNCHANGED] == 1 and f"{kept} ô của tệp để trống" in plan.questions[0].sentence
        run.answers = {BLANKS: CLEAR}
        assert counted(planned(run))[CHANGED] == 1
        do(run, cast)
    assert (FestivalDay.objects.get().attendance, FestivalDay.objects.get().is_model) == (None, False)
    assert (Award.objects.get().individuals, Award.objects.get().collectives) == (0, 3)


def award(cast, **fields):
    return Award.objects.create(**{"commune": cast.chi_dam, "kind": "commune", "awarded_on": DAY} | fields)


def test_a_new_line_of_awards_is_one_more_and_a_known_decision_the_same(cast):
    award(cast, individuals=3, decision="15/QĐ-UBND")
    rows = [
        AWARDS,
        ["Giấy khen Chủ tịch UBND xã", 0, 4, LATER, "15/qđ-ubnd"],
        ["Giấy khen Chủ tịch UBND xã", 1, 0, DAY, "16/QĐ-UBND"],
        ["Giấy khen Chủ tịch UBND xã", 0, 4, datetime(2024, 3, 5), "15/QĐ-UBND"],
        ["Cờ thi đua", 1, None, DAY, None],
    ]
    plan = planned(run_of(cast, "awards", rows))
    assert counted(plan) == {NEW: 3, CHANGED: 1, UNCHANGED: 0, REFUSED: 0}
    assert [label for label, *_ in plan.rows[0].changes] == ["số cá nhân", "ngày", "số quyết định"]
    act = do(run_of(cast, "awards", rows), cast)
    assert Award.objects.count() == 4 and act.kind == RegisterChange.Kind.IMPORT
    assert counted(planned(run_of(cast, "awards", rows)))[UNCHANGED] == 4
    changes.undo(act, by=cast.lan, now=NOW)
    assert Award.objects.get().individuals == 3


def test_two_awards_of_a_day_are_two_and_the_same_line_twice_is_asked_about(cast):
    award(cast, individuals=3)
    kind = "Giấy khen Chủ tịch UBND xã"
    rows = [AWARDS, [kind, 0, 3, DAY, None], [kind, 0, 5, DAY, None], [kind, 0, 7, DAY, None]]
    assert counted(planned(run_of(cast, "awards", rows))) == {NEW: 2, CHANGED: 0, UNCHANGED: 1, REFUSED: 0}
    plan = planned(run_of(cast, "awards", [*rows, rows[1], rows[3]]))
    assert [cell for cell, _ in faults(plan)] == ["dòng 5", "dòng 6"] and "Giống hệt dòng 2" in plan.faults[0].sentence
    award(cast, individuals=3)
    assert counted(planned(run_of(cast, "awards", [*rows[:2], *rows[1:]])))[UNCHANGED] == 2


def test_a_line_before_the_one_that_means_an_award_takes_it_from_nobody(cast):
    award(cast, individuals=3)
    kind = "Giấy khen Chủ tịch UBND xã"
    rows = [AWARDS, [kind, 1, None, DAY, None], [kind, None, 3, DAY, None]]
    plan = planned(run_of(cast, "awards", rows))
    assert [row.outcome for row in plan.rows] == [NEW, UNCHANGED]
    do(run_of(cast, "awards", rows), cast)
    assert sorted(Award.objects.values_list("collectives", "individuals")) == [(0, 3), (1, 0)]
    assert counted(planned(run_of(cast, "awards", rows)))[UNCHANGED] == 2


def test_counts_are_changed_where_one_line_and_one_award_of_the_day_are_left(cast):
    award(cast, individuals=3)
    award(cast, individuals=5)
    kind = "Giấy khen Chủ tịch UBND xã"
    rows = [AWARDS, [kind, 0, 4, DAY, None], [kind, 0, 5, DAY, None]]
    assert [row.outcome for row in planned(run_of(cast, "awards", rows)).rows] == [CHANGED, UNCHANGED]
    assert [row.outcome for row in planned(run_of(cast, "awards", rows[:2])).rows] == [NEW]  # two are left


@pytest.mark.parametrize(
    ("held", "line"), [({"decision": "15/QĐ"}, [0, 4, DAY, None]), ({}, [0, 4, DAY, "15/QĐ"])], ids=["register", "file"]
)
def test_a_number_on_one_side_and_other_counts_are_asked_about(cast, held, line):
    award(cast, individuals=3, **held)
    rows = [AWARDS, ["Giấy khen Chủ tịch UBND xã", *line]]
    for answer, kept in (("", None), ("same", [4]), ("more", [3, 4])):
        run = run_of(cast, "awards", rows)
        (question,) = planned(run).open_questions
        assert "Dòng 2 cùng hình thức, cùng ngày" in question.sentence
        run.answers = {question.key: answer}
        run.save()
        if kept is None:
            with pytest.raises(Refused, match="lần khen nào"):
                do(run, cast)
            continue
        act = do(run, cast)
        assert sorted(Award.objects.values_list("individuals", flat=True)) == kept
        again = planned(run_of(cast, "awards", rows))
        assert counted(again)[UNCHANGED] == 1 and not again.open_questions
        changes.undo(act, by=cast.lan, now=NOW)


def test_the_lines_and_awards_of_a_day_that_are_left_are_asked_about(cast):
    award(cast, individuals=3)
    award(cast, individuals=5)
    run = run_of(cast, "awards", [AWARDS, ["Giấy khen Chủ tịch UBND xã", 0, 4, DAY, None]])
    assert [one.key for one in planned(run).open_questions] == ["unnumbered"]
    run.answers = {"unnumbered": "same"}
    run.save()
    do(run, cast)
    assert Award.objects.count() == 2


def test_lines_for_which_no_award_is_left_are_told_before_the_answer_and_after(cast):
    award(cast, collectives=3, individuals=4)
    kind = "Giấy khen Chủ tịch UBND xã"
    rows = [AWARDS, [kind, 9, 9, DAY, None], [kind, 1, 1, DAY, None]]
    for answer, kept in (("same", [1, 9]), ("more", [1, 4, 9])):
        run = run_of(cast, "awards", rows)
        (question,) = planned(run).open_questions
        assert "Dòng 2, 3 cùng hình thức" in question.sentence and "các dòng còn lại ghi thêm" in question.sentence
        run.answers = {question.key: answer}
        run.save()
        act = do(run, cast)
        assert sorted(Award.objects.values_list("individuals", flat=True)) == kept
        changes.undo(act, by=cast.lan, now=NOW)


def test_a_line_with_another_number_than_the_award_is_not_asked_about(cast):
    award(cast, individuals=3, decision="15/QĐ")
    kind = "Giấy khen Chủ tịch UBND xã"
    rows = [AWARDS, [kind, 0, 4, DAY, None], [kind, 0, 5, DAY, "16/QĐ"]]
    for answer in ("", "same"):
        run = run_of(cast, "awards", rows)
        run.answers = {"unnumbered": answer}
        sentence = next(one.sentence for one in planned(run).questions if one.key == "unnumbered")
        assert "Dòng 2 cùng" in sentence and "ghi thêm." not in sentence


def test_a_number_written_to_an_award_without_one_doubles_nothing(cast):
    award(cast, individuals=3)
    rows = [AWARDS, ["Giấy khen Chủ tịch UBND xã", 0, 3, DAY, "15/QĐ-UBND"]]
    do(run_of(cast, "awards", rows), cast)
    assert Award.objects.get().decision == "15/QĐ-UBND"


def test_an_award_to_nobody_is_refused(cast):
    plan = planned(run_of(cast, "awards", [AWARDS, ["Kỷ niệm chương", 0, None, DAY, None]]))
    assert faults(plan) == [("B2", "Ghi số tập thể hoặc số cá nhân được khen.")]


@pytest.mark.parametrize("kind", ["safety", "awards", "festivals"])
def test_the_pages_offer_take_and_apply_such_a_file(client, cast, kind):
    client.force_login(cast.lan)
    assert f"/register/import/{kind}/" in client.get(f"/register/{kind}/").content.decode()
    assert "không nhập lại" not in client.get(f"/register/{kind}/").content.decode()
    assert client.get(f"/register/import/{kind}/template/").content[:2] == b"PK"
    rows = {
        "safety": [SAFETY, ["Khu 1", 2025, DAY, None]],
        "awards": [AWARDS, ["Cờ thi đua", 1, None, DAY, None]],
        "festivals": [FESTIVALS, ["Khu 1", DAY, 90, "có"]],
    }[kind]
    sent = client.post(f"/register/import/{kind}/", {"file": SimpleUploadedFile("a.xlsx", workbook(rows))})
    page = client.get(f"{sent.url}?whole=1").content.decode()
    assert "Nhập 1 dòng vào danh bạ" in page and "05/03/2025" in page
    done = client.post(f"{sent.url}apply/", follow=True)
    assert "Đã nhập" in done.content.decode()
    client.force_login(cast.tuan)
    assert client.get(f"/register/import/{kind}/{RegisterImport.objects.get().pk}/").status_code == 404
    client.force_login(cast.hoa)
    assert client.get(f"/register/import/{kind}/").status_code == 403


def test_what_somebody_changed_meanwhile_is_not_written_over(cast):
    run = run_of(cast, "safety", [SAFETY, ["Khu 1", 2025, DAY, None]])
    work = applying(run, only_good=False, by=cast.lan, now=NOW, today=date(2025, 6, 16))
    next(work)
    f.safety(cast.khu[0], 2025)
    with pytest.raises(Refused, match="vừa được người khác thay đổi"):
        list(work)


@pytest.mark.parametrize(
    ("title", "name"), [("DANH SÁCH ĐĂNG KÝ NĂM 2025", "Trang 1"), ("DANH SÁCH", "Năm 2025"), (None, "2025")]
)
def test_a_sheet_of_one_year_says_it_above(cast, title, name):
    rows = [
        [title],
        ["Chí Đám, ngày 5 tháng 3 năm 2026"],
        ["TT", "Đơn vị", "Ngày đăng ký", "Đạt"],
        [1, "Khu 1", DAY, None],
    ]
    plan = planned(run_of(cast, "safety", workbook(rows, names=[name])))
    assert counted(plan)[NEW] == 1 and plan.rows[0].shown["year"] == "2025"


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("DANH SÁCH", "không ghi năm nào"),
        ("NĂM 2024 VÀ NĂM 2025", "ghi nhiều năm (2024, 2025)"),
        ("Theo Thông tư số 124 của Bộ Công an năm 2021", "không ghi năm nào"),
    ],
)
def test_a_sheet_that_says_no_one_year_is_asked_for_it(cast, title, says):
    rows = [[title], ["TT", "Đơn vị", "Ngày đăng ký"], [1, "Khu 1", DAY], [2, "Khu 2", DAY]]
    run = run_of(cast, "safety", rows)
    plan = planned(run)
    (question,) = plan.open_questions
    assert says in question.sentence and question.choices[0] == ("2025", "Năm 2025")
    with pytest.raises(Refused, match="của năm nào"):
        do(run, cast)
    run.answers = {question.key: "2024"}
    run.save()
    do(run, cast)
    assert {one.year for one in SafetyRecord.objects.all()} == {2024}


@pytest.mark.parametrize(
    "title",
    [
        "Kết quả thực hiện Hướng dẫn số 1 của Bộ về xét công nhận an toàn ANTT năm 2024",
        "Đạt chuẩn theo Thông tư số 124 năm 2021 của Bộ Công an, năm 2024",
    ],
)
def test_the_year_of_what_an_act_is_about_is_the_lists(cast, title):
    rows = [[title], ["TT", "Đơn vị", "Ngày đăng ký"], [1, "Khu 1", date(2024, 3, 5)]]
    plan = planned(run_of(cast, "safety", rows))
    assert not plan.open_questions and plan.rows[0].shown["year"] == "2024"


def test_a_list_without_days_of_units_is_no_list_of_a_year(cast):
    (sheet,) = planned(run_of(cast, "safety", [["Đơn vị", "Số hộ"], ["Khu 1", 120]])).layouts
    assert sheet.layout is None and "Năm (hoặc tiêu đề" in sheet.lacking[0]


def test_hamlets_and_schools_in_two_columns_are_one_place_a_row(cast):
    f.institution(cast.chi_dam, name="Trường THCS")
    rows = [
        ["Khu dân cư", "Cơ quan", "Năm", "Ngày đăng ký"],
        ["Khu 1", None, 2025, DAY],
        [None, "Trường THCS", 2025, DAY],
        ["Khu 2", "Trường THCS", 2025, DAY],
    ]
    plan = planned(run_of(cast, "safety", rows))
    assert counted(plan)[NEW] == 2 and [cell for cell, _ in faults(plan)] == ["B4"]


def test_awards_are_known_by_what_offices_call_them(cast):
    heads = ["TT", "Hình thức khen", "Tập thể", "Cá nhân", "Số QĐ", "Ngày QĐ"]
    called = [
        "Giấy khen xã",
        "Bằng khen tỉnh",
        "Bằng khen BCA",
        "Giấy khen của Giám đốc CA tỉnh",
        "giấy khen của UBND xã",
    ]
    rows = [heads, *([n, name, 0, 1, f"{n}/QĐ", DAY] for n, name in enumerate(called, start=1)), ["Tổng", None, 0, 5]]
    do(run_of(cast, "awards", rows), cast)
    assert [one.kind for one in Award.objects.order_by("pk")] == [
        "commune",
        "province",
        "ministry",
        "police",
        "commune",
    ]
    assert Award.objects.filter(decision="").count() == 0


@pytest.mark.parametrize("said", ["8/2025", "Tháng 8/2025", 2025, "năm 2025", "5/8"])
def test_what_happened_on_a_day_is_not_taken_for_the_first_of_its_month(cast, said):
    rows = {"festivals": [FESTIVALS, ["Khu 1", said, 5, None]], "awards": [AWARDS, ["Cờ thi đua", 1, None, said, None]]}
    for kind, table in rows.items():
        ((_, sentence),) = faults(planned(run_of(cast, kind, table)))
        assert "Ghi đủ dd/mm/yyyy" in sentence or sentence.endswith("Ghi dd/mm/yyyy, ví dụ 05/03/2024.")
