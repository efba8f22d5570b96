"""Why a report stands out in the queue: each mark a sentence with numbers; none is clean."""

from datetime import datetime, timedelta

import pytest

from models_registry.models import SelfManagementGroup
from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import MonthlyReport, ReportTotal, ReportViewing
from reports.months import HANOI
from reports.review.marks import LABELS, WEIGHTS, marks_of
from reports.review.queue import marked_queue, place_of
from reports.units import Unit
from tests import factories as f

UNIT, JUNE = Row(), f.JUNE


def stored(report):
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def marks(report, cast, kind=None):
    found = marks_of([stored(report)], report.month, cast.hoa)[report.pk]
    return [mark for mark in found if kind is None or mark.kind == kind]


@pytest.fixture
def usual(cast):
    """Thirteen months of one commune in which nothing is odd, the last one sent."""
    for back in range(12, 0, -1):
        f.filed(cast.tay_coc, JUNE - back, "submitted", patrols=10 + back % 3, tips=1)

    def last(**values):
        return f.filed(cast.tay_coc, JUNE, "submitted", **{"patrols": 11, "tips": 1} | values)

    return last


def test_an_ordinary_month_has_only_its_explained_blanks(usual, cast):
    assert {mark.kind for mark in marks(usual(), cast)} == {"blank"}


@pytest.mark.parametrize(("patrols", "odd"), [(11, False), (20, False), (26, True), (90, True), (0, False)])
def test_a_total_far_from_the_median_is_an_outlier_with_its_numbers(usual, cast, patrols, odd):
    found = marks(usual(patrols=patrols), cast, "outlier")
    assert bool(found) is odd
    if odd:
        sentence = found[0].sentence
        assert f"“Lượt tuần tra” là {patrols}" in sentence and "trung vị 12 tháng gần đây là 11 lượt" in sentence
        assert "cùng kỳ năm trước là 10" in sentence
        assert found[0].said == "đã rà soát"


def test_a_zero_that_was_explained_is_told_with_its_word(cast):
    for back in range(12, 0, -1):
        f.filed(cast.tay_coc, JUNE - back, "submitted", patrols=80 + back % 3)
    (mark,) = marks(f.filed(cast.tay_coc, JUNE, "submitted", patrols=0), cast, "outlier")
    assert mark.said == "đã rà soát"


def test_what_is_like_the_same_month_last_year_is_of_the_season(cast):
    values = [90, *[10] * 11]
    for back, value in zip(range(12, 0, -1), values, strict=True):
        f.filed(cast.tay_coc, JUNE - back, "submitted", patrols=value)
    assert not marks(f.filed(cast.tay_coc, JUNE, "submitted", patrols=88), cast, "outlier")


def test_small_counts_and_short_pasts_are_never_outliers(cast):
    f.filed(cast.tay_coc, JUNE - 1, "submitted", patrols=1)
    assert not marks(f.filed(cast.tay_coc, JUNE, "submitted", patrols=900), cast, "outlier")


def test_sent_after_the_due_day_is_late_by_days(cast):
    late = f.filed(cast.chi_dam, JUNE, "submitted", now=datetime(2025, 6, 19, 8, 0, tzinfo=HANOI))
    assert marks(late, cast, "late")[0].sentence.startswith("Gửi muộn 2 ngày: lúc 08:00 19/06/2025")


def test_a_word_given_for_a_warning_is_read_with_the_warning(cast):
    report = f.filed(cast.chi_dam, JUNE, "submitted", disputes_received=5, disputes_settled=1,
                     disputes_not_settled=0, disputes_pending=0)  # fmt: skip
    mark = marks(report, cast, "explained")[0]
    assert mark.sentence.startswith("Hòa giải: tiếp nhận 5 vụ")
    assert mark.said == "đã rà soát"


def test_cells_written_since_the_reviewer_saw_the_report_are_counted(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 2})
    f.bring(report, "submitted")
    ReportViewing.objects.create(report=report, user=cast.hoa, at=f.NOW + timedelta(minutes=1))
    assert not marks(report, cast, "changed")
    perform(stored(report), "return", by=cast.hoa, now=f.NOW + timedelta(minutes=2), comment="xem lại")
    later = f.NOW + timedelta(minutes=5)
    f.fill(stored(report), cast.lan, {(khu[0], "patrols"): 4, (khu[2], "tips"): 1}, now=later)
    perform(stored(report), "submit", by=cast.minh, now=later, explanations={"*": "đã sửa"})
    assert marks(report, cast, "changed")[0].sentence.startswith("2 ô đã đổi từ lần bạn xem lúc")
    ReportViewing.objects.update(at=later)
    assert not marks(report, cast, "changed")


def test_cells_written_since_approval_are_counted_for_who_never_looked(cast, report, khu):
    f.bring(report, "approved")
    perform(stored(report), "reopen", by=cast.hoa, now=f.NOW, comment="sửa Khu 1")
    later = f.NOW + timedelta(minutes=5)
    f.fill(stored(report), cast.lan, {(khu[0], "patrols"): 4}, now=later)
    perform(stored(report), "submit", by=cast.minh, now=later, explanations={"*": "đã sửa"})
    assert marks(report, cast, "changed")[0].sentence.startswith("1 ô đã đổi từ lần duyệt trước lúc")


@pytest.mark.parametrize(("unit", "twice"), [(5, True), (4, False), (0, False)])
def test_a_units_row_that_repeats_its_hamlets_counts_twice(cast, report, khu, unit, twice):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 2, (UNIT, "patrols"): unit})
    found = marks(f.bring(report, "submitted"), cast, "twice")
    assert bool(found) is twice
    assert all("có thể đã tính hai lần" in mark.sentence and mark.said == "đã rà soát" for mark in found)


def test_a_hamlets_row_that_repeats_its_groups_is_asked_about(cast, report, khu):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (Row(group=group.pk), "patrols"): 3, (khu[1], "patrols"): 1})
    sentence = marks(f.bring(report, "submitted"), cast, "twice")[0].sentence
    assert sentence.startswith("Khu 1: dòng của khu và các tổ của khu cùng ghi 3 lượt")


@pytest.mark.parametrize(("pending", "broken"), [(3, False), (1, True)])
def test_opening_plus_in_minus_out_is_closing(cast, pending, broken):
    f.filed(cast.chi_dam, JUNE - 1, "submitted", disputes_pending=2)
    report = f.filed(cast.chi_dam, JUNE, "submitted", disputes_received=5, disputes_settled=4,
                     disputes_not_settled=0, disputes_pending=pending)  # fmt: skip
    found = marks(report, cast, "flow")
    assert bool(found) is broken
    if broken:
        assert "đầu kỳ 2 + thêm 5 − bớt 4 = 3, nhưng cuối kỳ ghi 1" in found[0].sentence


def test_groups_that_came_from_nowhere_break_the_register(cast):
    f.filed(cast.chi_dam, JUNE - 1, "submitted")
    report = f.filed(cast.chi_dam, JUNE, "submitted")
    assert not marks(report, cast, "flow")
    ReportTotal.objects.filter(report=report, indicator__code="security_teams").update(value=2)
    assert "đầu kỳ 0 + thêm 0 − bớt 0 = 0, nhưng cuối kỳ ghi 2" in marks(report, cast, "flow")[0].sentence


def test_a_register_changed_behind_last_months_closing_is_told(cast):
    f.filed(cast.chi_dam, JUNE - 1, "submitted")
    report = f.filed(cast.chi_dam, JUNE, "submitted")
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2024-01-01")
    assert SelfManagementGroup.objects.count() == 1
    sentence = marks(report, cast, "flow")[0].sentence
    assert sentence == "Số tổ chức tự quản: cuối tháng 5/2025 đã chốt 0, nay danh bạ tính cho ngày đó là 1."


def test_every_kind_has_a_weight_and_a_name():
    assert set(WEIGHTS) == set(LABELS)
    assert list(WEIGHTS.values()) == sorted(WEIGHTS.values(), reverse=True)


def test_the_queue_shows_the_oddest_first_and_knows_the_clean(cast, usual):
    from reports.models import Explanation

    usual()
    Explanation.objects.all().delete()
    f.filed(cast.chi_dam, JUNE, "submitted", now=datetime(2025, 6, 19, 8, 0, tzinfo=HANOI))
    queue = marked_queue(cast.phu_tho, JUNE, cast.hoa, f.NOW)
    assert [one.unit.commune for one in queue.sent] == [cast.chi_dam, cast.tay_coc]
    assert [one.unit.commune for one in queue.clean] == [cast.tay_coc]
    assert queue.sent[0].marks[0].kind == "late"


def test_the_queue_asks_the_database_the_same_however_many_reports(cast, django_assert_max_num_queries):
    for _ in range(3):
        f.filed(f.commune(province=cast.son_la), JUNE, "submitted", patrols=1)
    for count in (3, 12):
        for _ in range(count - 3):
            f.filed(f.commune(province=cast.son_la), JUNE, "submitted", patrols=1)
        with django_assert_max_num_queries(25):
            assert len(marked_queue(cast.son_la, JUNE, cast.son, f.NOW).sent) == count


def test_a_report_knows_what_waits_before_and_after_it(cast):
    for code in ("07990", "07991"):
        f.filed(f.commune(code=code, province=cast.phu_tho), JUNE, "submitted")
    f.filed(cast.chi_dam, JUNE, "submitted")
    place = place_of(Unit(cast.phu_tho, cast.chi_dam), JUNE, ["07991", "07999", "07990"])
    assert (place.before.slug, place.after.slug, place.place, place.count) == ("07991", "07990", 2, 3)
    unseen = place_of(Unit(cast.phu_tho, cast.chi_dam), JUNE, [])
    assert (unseen.before.slug, unseen.after, unseen.place) == ("07991", None, 3)
    gone = place_of(Unit(cast.phu_tho, cast.tay_coc), JUNE, ["07991", "07996", "07990"])
    assert (gone.before, gone.after.slug, gone.place) == (None, "07990", 0)


def test_the_stretch_of_the_walk_around_a_report_is_short_and_says_what_lies_beyond(cast, monkeypatch):
    monkeypatch.setattr("reports.review.queue.NEAR", 3)
    codes = [f"0798{at}" for at in range(6)]
    units = [Unit(cast.phu_tho, f.commune(code=code, province=cast.phu_tho)) for code in codes]
    for unit in units:
        f.filed(unit.commune, JUNE, "submitted")

    def stretch(unit):
        place = place_of(unit, JUNE, codes)
        return place.earlier, [codes.index(one.unit.slug) for one in place.near], place.later

    assert [stretch(units[at]) for at in (0, 3, 5)] == [(0, [0, 1, 2], 3), (2, [2, 3, 4], 1), (3, [3, 4, 5], 0)]
    assert stretch(Unit(cast.phu_tho, cast.chi_dam)) == (0, [0, 1, 2], 3), "who does not wait sees who is next"


def test_an_odd_total_comes_with_the_months_it_is_held_against(usual, cast):
    mark = marks(usual(patrols=90), cast, "outlier")[0]
    odd = mark.outlier
    assert (odd.value, odd.before, odd.season, odd.median) == (90, 11, 10, 11)
    assert mark.brief == "8,2×" and len(odd.months) == 13 and odd.past.odd
