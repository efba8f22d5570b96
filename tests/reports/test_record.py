"""The one door for figures: what is written, what is left alone, what is refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.counts import MAX_VALUE
from communes.refusals import Forbidden, Refused
from communes.scope import Role
from reports.entry.figures import CellWrite, open_report, record
from reports.entry.grid import Grid, Row
from reports.models import Figure, FigureChange, MonthlyReport
from reports.months import Month
from reports.units import Unit
from tests import factories as f

UNIT = Row()


def cells_of(report):
    return Grid.of(MonthlyReport.objects.with_unit().get(pk=report.pk)).cells


def totals_of(report):
    return dict(report.totals.values_list("indicator__code", "value"))


def write(report, by, *cells, now=f.NOW):
    return record(report, list(cells), by=by, now=now)


def test_cells_are_saved_and_added_up(cast, report, khu):
    outcome = write(
        report, cast.lan, CellWrite(khu[0], "patrols", 7), CellWrite(khu[1], "patrols", 5), CellWrite(UNIT, "tips", 3)
    )
    assert len(outcome.saved) == 3
    assert not outcome.conflicts
    assert not outcome.errors
    assert outcome.totals == {"patrols": 12, "tips": 3}
    assert cells_of(report) == {(khu[0], "patrols"): 7, (khu[1], "patrols"): 5, (UNIT, "tips"): 3}
    assert totals_of(report) == {"patrols": 12, "tips": 3}


def test_a_save_tells_when_and_by_whom(cast, report, khu):
    later = f.NOW + timedelta(hours=1)
    assert write(report, cast.lan, CellWrite(khu[0], "patrols", 7), now=later).saved_at == later
    figure = Figure.objects.get(log__report=report)
    report.refresh_from_db()
    assert (figure.entered_by, figure.entered_at, report.saved_at) == (cast.lan, later, later)


def test_zero_is_kept_and_blank_has_no_row(cast, report, khu):
    outcome = write(report, cast.lan, CellWrite(khu[0], "patrols", 0), CellWrite(khu[0], "tips", None))
    assert cells_of(report) == {(khu[0], "patrols"): 0}
    assert totals_of(report) == {"patrols": 0}
    assert outcome.totals == {"patrols": 0, "tips": None}


def test_a_cleared_cell_takes_its_total_with_it(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 7, (khu[1], "patrols"): 0})
    assert write(report, cast.lan, CellWrite(khu[0], "patrols", None, was=7)).totals == {"patrols": 0}
    assert write(report, cast.lan, CellWrite(khu[1], "patrols", None, was=0)).totals == {"patrols": None}
    assert (cells_of(report), totals_of(report)) == ({}, {})


def test_other_indicators_keep_their_totals(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 7, (khu[0], "tips"): 2})
    write(report, cast.lan, CellWrite(khu[1], "patrols", 1))
    assert totals_of(report) == {"patrols": 8, "tips": 2}


@pytest.mark.parametrize(
    ("stored", "was", "wanted", "kept"),
    [(7, 5, 9, 7), (7, None, 9, 7), (None, 5, 9, None), (7, 5, None, 7), (0, None, 4, 0), (7, 0, 4, 7)],
)
def test_what_changed_meanwhile_is_a_conflict_and_nothing_is_overwritten(cast, report, khu, stored, was, wanted, kept):
    f.fill(report, cast.minh, {(khu[0], "patrols"): stored})
    cell = CellWrite(khu[0], "patrols", wanted, was=was)
    outcome = write(report, cast.lan, cell, CellWrite(khu[1], "patrols", 1))
    assert outcome.conflicts == [(cell, kept)]
    assert [c.row for c in outcome.saved] == [khu[1]]
    assert cells_of(report).get((khu[0], "patrols")) == kept
    assert totals_of(report) == {"patrols": (kept or 0) + 1} == outcome.totals


def test_two_people_who_wrote_the_same_value_have_no_conflict(cast, report, khu):
    write(report, cast.minh, CellWrite(khu[0], "patrols", 7))
    outcome = write(report, cast.lan, CellWrite(khu[0], "patrols", 7, was=None))
    assert (len(outcome.saved), outcome.conflicts) == (1, [])
    assert not FigureChange.objects.exists()


def test_sending_the_same_cells_again_changes_nothing(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 5, (khu[2], "tips"): 4})
    cells = [
        CellWrite(khu[0], "patrols", 7, was=5),
        CellWrite(khu[1], "patrols", 0),
        CellWrite(khu[2], "tips", None, was=4),
    ]
    first = write(report, cast.lan, *cells)
    state = (cells_of(report), totals_of(report), list(FigureChange.objects.values_list()))
    again = write(report, cast.lan, *cells, now=f.NOW + timedelta(minutes=1))
    assert (cells_of(report), totals_of(report), list(FigureChange.objects.values_list())) == state
    assert (again.saved, again.conflicts, again.totals) == (first.saved, [], first.totals)


def broken_cells(cast, khu):
    stranger = Row(hamlet=f.hamlet(cast.tay_coc).pk)
    ended = Row(hamlet=f.hamlet(cast.chi_dam, ended_on="2025-05-14").pk)
    unborn = Row(hamlet=f.hamlet(cast.chi_dam, started_on="2025-06-15").pk)
    their_group = Row(group=f.group(cast.tay_coc).pk)
    nowhere = "Khu dân cư hoặc tổ này không thuộc đơn vị trong tháng báo cáo."
    unasked = "Chỉ tiêu này không nhập trong tháng báo cáo này."
    count = "Ghi số nguyên từ 0 đến 999.999.999"
    return {
        CellWrite(stranger, "patrols", 1): nowhere,
        CellWrite(their_group, "patrols", 1): nowhere,
        CellWrite(ended, "patrols", 1): nowhere,
        CellWrite(unborn, "patrols", 1): nowhere,
        CellWrite(Row(hamlet=10**12), "patrols", 1): nowhere,
        CellWrite(Row(hamlet=khu[0].hamlet, group=1), "patrols", 1): nowhere,
        CellWrite(khu[0], "no_such_thing", 1): unasked,
        CellWrite(UNIT, "hamlets", 1): unasked,
        CellWrite(khu[0], "online_posts", 1): "“Tin, bài trên Zalo, Facebook, trang đơn vị” chỉ nhập cho toàn đơn vị",
        CellWrite(khu[0], "tips", -1): count,
        CellWrite(khu[1], "tips", MAX_VALUE + 1): count,
    }


def test_what_is_invalid_is_refused_cell_by_cell_while_the_rest_is_written(cast, report, khu):
    broken = broken_cells(cast, khu)
    outcome = write(
        report, cast.lan, CellWrite(khu[0], "patrols", 7), *broken, CellWrite(UNIT, "online_posts", MAX_VALUE)
    )
    assert [cell for cell, _ in outcome.errors] == list(broken)
    for cell, sentence in outcome.errors:
        assert sentence.startswith(broken[cell])
    assert cells_of(report) == {(khu[0], "patrols"): 7, (UNIT, "online_posts"): MAX_VALUE}
    assert outcome.totals == totals_of(report) == {"patrols": 7, "online_posts": MAX_VALUE}
    assert report.logs.count() == 2


def test_a_cell_with_two_values_in_one_sending_is_refused(cast, report, khu):
    outcome = write(report, cast.lan, CellWrite(khu[0], "patrols", 7), CellWrite(khu[0], "patrols", 8))
    assert outcome.errors == [(CellWrite(khu[0], "patrols", 8), "Ô này có hai giá trị trong cùng một lần gửi.")]
    assert cells_of(report) == {(khu[0], "patrols"): 7}


def test_a_hamlet_that_ended_within_the_month_still_reports_it(cast, report):
    last = Row(hamlet=f.hamlet(cast.chi_dam, ended_on="2025-05-15").pk)
    assert write(report, cast.lan, CellWrite(last, "patrols", 1)).errors == []


@pytest.mark.parametrize("many", [False, True])
def test_a_row_that_is_kept_and_no_longer_stands_in_the_month_is_refused(cast, report, khu, many):
    """A wrong beginning was mended, or a group was found to be another commune's, after its figures were entered."""
    hamlet, group = f.hamlet(cast.chi_dam), f.group(cast.chi_dam)
    rows = [Row(hamlet=hamlet.pk), Row(group=group.pk)]
    write(report, cast.lan, *[CellWrite(row, "patrols", 5) for row in rows])
    type(hamlet).objects.filter(pk=hamlet.pk).update(started_on="2025-06-15")
    type(group).objects.filter(pk=group.pk).update(commune=cast.tay_coc)
    for row in rows:
        beside = [CellWrite(khu[0], "patrols", 1)] if many else []
        outcome = write(report, cast.lan, CellWrite(row, "patrols", 6, was=5), *beside)
        assert [cell.row for cell, _ in outcome.errors] == [row]
        assert cells_of(report).get((row, "patrols"), 5) == 5


def test_groups_are_rows_too_and_totals_add_all_rows(cast, report, khu):
    group = Row(group=f.group(cast.chi_dam, hamlet=cast.khu[0]).pk)
    write(
        report, cast.lan, CellWrite(khu[0], "patrols", 2), CellWrite(group, "patrols", 3), CellWrite(UNIT, "patrols", 4)
    )
    assert totals_of(report) == {"patrols": 9}
    grid = Grid.of(report)
    assert (grid.cells[khu[0], "patrols"], grid.group_sums[khu[0], "patrols"]) == (2, 3)


def test_totals_may_exceed_what_one_cell_can_hold(cast, report, khu):
    write(report, cast.lan, *[CellWrite(row, "patrols", MAX_VALUE) for row in khu])
    assert totals_of(report) == {"patrols": 3 * MAX_VALUE}


def test_nothing_to_write_writes_nothing(cast, report):
    outcome = write(report, cast.lan)
    assert (outcome.saved, outcome.totals, report.logs.count()) == ([], {}, 0)


@pytest.mark.parametrize("name", ["lan", "minh", "chief_next_door", "tuan", "hoa", "thu", "son", "an", "quan"])
def test_only_the_communes_own_people_enter_its_figures(cast, report, khu, name):
    cast.chief_next_door = f.user(Role.COMMUNE_CHIEF, cast.tay_coc)
    user = getattr(cast, name)
    if name in ("lan", "minh"):
        assert write(report, user, CellWrite(khu[0], "patrols", 7)).saved
        return
    with pytest.raises(Refused) as refusal:
        write(report, user, CellWrite(khu[0], "patrols", 7))
    assert isinstance(refusal.value.objection, Forbidden)
    assert cells_of(report) == {}
    with pytest.raises(Refused, match="tài khoản của bạn chỉ xem"):
        open_report(Unit(cast.phu_tho, cast.chi_dam), Month(2025, 5), by=user, now=f.NOW)


@pytest.mark.parametrize("name", ["hoa", "lan", "minh", "thu", "son", "an", "quan"])
def test_only_the_provinces_reviewers_enter_its_offices_figures(cast, name):
    user = getattr(cast, name)
    report = f.office_report(cast.phu_tho)
    if name == "hoa":
        assert write(report, user, CellWrite(UNIT, "inspections", 2)).totals == {"inspections": 2}
        return
    with pytest.raises(Refused, match="Chỉ cán bộ duyệt của tỉnh"):
        write(report, user, CellWrite(UNIT, "inspections", 2))


def test_the_provinces_office_has_no_hamlets(cast, khu):
    outcome = write(f.office_report(cast.phu_tho), cast.hoa, CellWrite(khu[0], "patrols", 2))
    assert outcome.errors[0][1] == "Khu dân cư hoặc tổ này không thuộc đơn vị trong tháng báo cáo."


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("draft", None), ("returned", None), ("submitted", "đang chờ duyệt nên không sửa được"),
     ("approved", "đã duyệt lúc 09:00 16/06/2025 nên không sửa được")],
)  # fmt: skip
def test_figures_change_only_while_the_report_is_open(cast, report, khu, state, sentence):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 7})
    f.bring(report, state)  # the writer still holds the report as it was before
    if sentence is None:
        assert write(report, cast.lan, CellWrite(khu[0], "patrols", 8, was=7)).totals == {"patrols": 8}
        return
    with pytest.raises(Refused, match=sentence) as refusal:
        write(report, cast.lan, CellWrite(khu[0], "patrols", 8, was=7))
    assert refusal.value.objection.status == 409
    assert cells_of(report) == {(khu[0], "patrols"): 7}


def test_a_report_is_opened_once(cast):
    unit = Unit(cast.phu_tho, cast.chi_dam)
    report, opened = open_report(unit, f.JUNE, by=cast.lan, now=f.NOW)
    assert opened
    assert open_report(unit, f.JUNE, by=cast.minh, now=f.NOW) == (report, False)


@pytest.mark.parametrize(
    ("month", "sentence"),
    [(Month(2025, 7), None), (Month(2025, 8), r"Kỳ tháng 8/2025 chưa bắt đầu \(từ ngày 15/07/2025\)")],
)
def test_a_month_that_has_not_begun_has_no_report(cast, month, sentence):
    unit = Unit(cast.phu_tho, cast.chi_dam)
    if sentence is None:
        assert open_report(unit, month, by=cast.lan, now=f.NOW)[1]
        return
    with pytest.raises(Refused, match=sentence):
        open_report(unit, month, by=cast.lan, now=f.NOW)


@pytest.mark.parametrize(("ended", "allowed"), [("2025-05-15", True), ("2025-05-14", False)])
def test_a_former_commune_reports_up_to_its_last_month(cast, ended, allowed):
    former = f.commune(province=cast.phu_tho, ended_on=ended)
    former.refresh_from_db()
    named = f.chief_of(former)
    if allowed:
        assert f.report(former, named).pk
        return
    with pytest.raises(Refused, match="đã kết thúc ngày 14/05/2025"):
        f.report(former, named)


def test_a_cell_changed_takes_seven_statements_inside_its_transaction(cast, report, khu, django_assert_num_queries):
    """Report, indicator, row with its cell; cell, history, revision, total: each once."""
    write(report, cast.lan, CellWrite(khu[0], "patrols", 1))
    beginning_and_end = 2
    with django_assert_num_queries(7 + beginning_and_end):
        write(report, cast.lan, CellWrite(khu[0], "patrols", 2, was=1))


def test_a_block_of_cells_takes_as_many_queries_as_one_cell(cast):
    asked = {}
    for size in (3, 30):
        commune = f.commune(province=cast.phu_tho)
        officer = f.user(Role.COMMUNE_OFFICER, commune)
        rows = [Row(hamlet=f.hamlet(commune).pk) for _ in range(size)]
        report = f.report(commune, officer)
        with CaptureQueriesContext(connection) as queries:
            write(report, officer, *[CellWrite(row, "patrols", 1) for row in rows])
        asked[size] = len(queries)
        assert totals_of(report) == {"patrols": size}
    assert asked[3] == asked[30]
