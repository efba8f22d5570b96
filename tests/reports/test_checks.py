"""What is wrong or odd in a filled report."""

from datetime import UTC, datetime, timedelta

import pytest

from communes.models import Hamlet
from reports.entry.checks import gathered, jump_sentence, problems_of, unusual
from reports.entry.grid import Grid, Row
from reports.entry.progress import SectionProgress
from reports.models import Indicator
from reports.months import HANOI
from tests import factories as f

UNIT = Row()


def found(report, kind, now=f.NOW):
    """The problems of one kind ("within", "blank", …), by key."""
    return {p.key: p for p in problems_of(report, now=now) if p.key.split(":")[0] == kind}


def past(cast, code, *values, until=f.JUNE):
    """Reports of the months before ``until``, the last value the nearest."""
    for back, value in enumerate(reversed(values), start=1):
        f.fill(f.report(cast.chi_dam, cast.lan, until - back), cast.lan, {(UNIT, code): value})


@pytest.mark.parametrize(("tips", "valuable", "wrong"), [(2, 3, True), (3, 3, False), (0, 1, True), (0, 0, False)])
def test_a_part_is_never_more_than_its_whole(cast, report, khu, tips, valuable, wrong):
    f.fill(report, cast.lan, {(khu[0], "tips"): tips, (khu[0], "valuable_tips"): valuable, (khu[1], "tips"): 9})
    problems = found(report, "within")
    assert bool(problems) is wrong
    if wrong:
        problem = problems[f"within:valuable_tips:{khu[0].key}"]
        assert problem.is_error
        assert problem.indicator == "valuable_tips"
        assert problem.cells == [(khu[0], "valuable_tips"), (khu[0], "tips")]
        assert problem.sentence.startswith(f"Khu 1: “Trong đó: tin có giá trị” là {valuable}, lớn hơn")


@pytest.mark.parametrize(("patrols", "people", "wrong"), [(5, 4, True), (5, 5, False), (5, 20, False), (1, 0, True)])
def test_attendances_reach_the_number_of_patrols(cast, report, khu, patrols, people, wrong):
    f.fill(report, cast.lan, {(khu[1], "patrols"): patrols, (khu[1], "patrol_attendance"): people})
    problems = found(report, "at_least")
    assert set(problems) == ({f"at_least:patrol_attendance:{khu[1].key}"} if wrong else set())
    assert all(p.is_error and "nhỏ hơn “Lượt tuần tra”" in p.sentence for p in problems.values())


def test_a_blank_is_compared_with_nothing(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrol_attendance"): 4, (khu[1], "patrols"): 3})
    assert found(report, "at_least") == {}


def test_a_part_is_never_more_than_its_whole_in_the_total_either(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "valuable_tips"): 5, (khu[1], "tips"): 3, (khu[1], "valuable_tips"): 0})
    errors = [p for p in problems_of(report, now=f.NOW) if p.is_error]
    assert [p.indicator for p in errors] == ["valuable_tips"]


def test_groups_and_the_unit_are_checked_and_named_too(cast, report):
    group = Row(group=f.group(cast.chi_dam, name="Tổ số 3", hamlet=cast.khu[0]).pk)
    for row in (group, UNIT):
        f.fill(report, cast.lan, {(row, "tips"): 1, (row, "valuable_tips"): 2})
    sentences = [p.sentence for p in found(report, "within").values()]
    assert any(s.startswith("Tổ số 3 (LGTQ)") for s in sentences)
    assert any(s.startswith("Toàn đơn vị") for s in sentences)


@pytest.mark.parametrize(
    ("settled", "not_settled", "pending", "odd"),
    [(3, 1, 1, False), (3, 1, 0, True), (4, 1, 2, False), (0, 0, 0, True), (3, 1, None, False)],
)
def test_mediation_adds_up_over_the_whole_commune(cast, report, khu, settled, not_settled, pending, odd):
    values = {"disputes_settled": settled, "disputes_not_settled": not_settled, "disputes_pending": pending}
    f.fill(report, cast.lan, {(khu[0], "disputes_received"): 2, (khu[1], "disputes_received"): 3})
    f.fill(report, cast.lan, {(khu[2], code): value for code, value in values.items()})
    problems = found(report, "mediation")
    assert bool(problems) is odd
    assert not any(p.is_error for p in problems.values())


def test_blank_hamlets_are_named_in_vietnamese_order(cast, report, khu):
    f.fill(report, cast.lan, {(khu[1], "patrols"): 0})
    problem = found(report, "blank")["blank:patrols"]
    assert problem.severity == "warning"
    assert problem.sentence == "“Lượt tuần tra” chưa có số liệu ở Khu 1, Khu 10."
    assert problem.cells == [(khu[0], "patrols"), (khu[2], "patrols")]


@pytest.mark.parametrize(("places", "end"), [(10, "Thôn 9, Thôn 10."), (12, "Thôn 9, Thôn 10 và 2 nơi khác.")])
def test_a_sentence_names_ten_places_and_counts_the_rest(cast, places, end):
    for number in range(1, places + 1):
        f.hamlet(cast.tay_coc, f"Thôn {number}")
    problem = found(f.report(cast.tay_coc, cast.tuan), "blank")["blank:patrols"]
    assert problem.sentence.endswith(end)
    assert len(problem.cells) == places


def test_blanks_are_asked_for_core_indicators_only_once_each(report):
    core = set(Indicator.objects.filter(core=True, source="entered").values_list("code", flat=True))
    assert set(found(report, "blank")) == {f"blank:{code}" for code in core}


def test_what_a_group_has_its_hamlet_does_not_owe(cast, report, khu):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    f.fill(report, cast.lan, {(Row(group=group.pk), "patrols"): 0})
    assert found(report, "blank")["blank:patrols"].cells == [(khu[1], "patrols"), (khu[2], "patrols")]


def test_what_is_asked_of_the_commune_is_owed_by_the_commune(cast, report):
    assert found(report, "blank")["blank:online_posts"].cells == [(UNIT, "online_posts")]
    assert found(report, "blank")["blank:online_posts"].sentence.endswith("chưa có số liệu.")


@pytest.mark.parametrize(
    ("before", "now", "odd"),
    [
        ((4, 5, 6, 5), 0, True),
        ((4, 5, 6, 5), 1, False),
        ((4, 0, 6, 5), 0, False),
        ((4, 5, 6), 0, False),
        ((), 0, False),
        ((4, 5, 6, 5), None, False),
    ],
)
def test_zero_where_there_was_always_something_is_asked_about(cast, report, before, now, odd):
    past(cast, "tips", *before)
    f.fill(report, cast.lan, {(UNIT, "tips"): now})
    problems = found(report, "zero")
    assert bool(problems) is odd
    if odd:
        assert "4 tháng gần đây tháng nào cũng có (thường khoảng 5 tin)" in problems["zero:tips"].sentence


@pytest.mark.parametrize(
    ("before", "now", "way"),
    [
        ((10, 12, 11, 9), 100, "cao"),
        ((10, 12, 11, 9), 23, None),
        ((400, 410, 395, 405), 100, "thấp"),
        ((0, 0, 0, 1), 3, None),
        ((0, 0, 0, 1), 30, "cao"),
        ((10, 100, 10, 100, 10, 100), 100, None),
        ((10, 12, 11), 100, None),
        ((), 100, None),
        ((10, 12, 11, 9), 0, None),
    ],
)
def test_a_total_far_from_the_units_own_past_is_asked_about_never_blocked(cast, report, before, now, way):
    past(cast, "tips", *before)
    f.fill(report, cast.lan, {(UNIT, "tips"): now})
    problems = found(report, "jump")
    assert bool(problems) is (way is not None)
    if way:
        assert problems["jump:tips"].severity == "warning"
        assert f"{way} hơn hẳn mức thường thấy" in problems["jump:tips"].sentence


@pytest.mark.parametrize(
    ("before", "ordinary", "far"),
    [
        ((0, 0, 0, 0), 5, 6),  # small counts: five
        ((100, 100, 100, 100), 140, 141),  # four times the Poisson deviation
        ((80, 120, 100, 60, 140), 220, 221),  # six times the median deviation
        ((80, 120, 100, 60, 140), 0, None),
    ],
)
def test_how_far_is_far(before, ordinary, far):
    months = {f.JUNE - back: value for back, value in enumerate(before, start=1)}
    assert unusual(ordinary, months, f.JUNE) is None
    assert far is None or unusual(far, months, f.JUNE) is not None


@pytest.mark.parametrize(("last_year", "odd"), [(60, False), (10, True), (None, True)])
def test_what_is_near_the_same_month_last_year_is_of_the_season(last_year, odd):
    months = {f.JUNE - back: 10 for back in range(1, 12)}
    months |= {} if last_year is None else {f.JUNE - 12: last_year}
    assert (unusual(60, months, f.JUNE) is not None) is odd


@pytest.mark.parametrize(("groups", "twice"), [(5, True), (3, False)])
def test_a_hamlets_row_that_repeats_its_groups_is_asked_about(cast, report, khu, groups, twice):
    hamlet = Hamlet.objects.get(pk=khu[0].hamlet)
    group = Row(group=f.group(cast.chi_dam, hamlet=hamlet).pk)
    f.fill(report, cast.lan, {(khu[0], "tips"): 5, (group, "tips"): groups})
    assert bool(found(report, "twice")) is twice


@pytest.mark.parametrize(("last_year", "said"), [(None, "lượt)"), (4, "cùng kỳ năm trước là 4)")])
def test_a_jump_is_told_with_what_the_same_month_last_year_was_where_it_is_known(last_year, said):
    months = {f.JUNE - back: 5 for back in range(1, 12)}
    patrols = Indicator(name="Lượt tuần tra", unit="lượt")
    sentence = jump_sentence(patrols, 900, months if last_year is None else months | {f.JUNE - 12: last_year}, f.JUNE)
    assert sentence.count("cùng kỳ năm trước") == (last_year is not None) and said in sentence


def test_only_the_last_twelve_months_and_only_the_units_own_count_as_past(cast, report):
    past(cast, "tips", 10, 10, 10, 10, until=f.JUNE - 9)  # three of the four within a year
    for back in range(1, 5):
        f.filed(cast.tay_coc, f.JUNE - back, "draft", tips=10)
        f.office_report(cast.phu_tho, f.JUNE - back, tips=10)
    f.fill(report, cast.lan, {(UNIT, "tips"): 500})
    assert found(report, "jump") == {}
    past(cast, "tips", 10, until=f.JUNE - 8)
    assert set(found(report, "jump")) == {"jump:tips"}


def test_the_offices_own_past_is_its_own(cast):
    for back in range(1, 5):
        f.office_report(cast.phu_tho, f.JUNE - back, directives_issued=10)
    report = f.office_report(cast.phu_tho, directives_issued=500)
    assert set(found(report, "jump")) == {"jump:directives_issued"}


@pytest.mark.parametrize(
    ("moment", "early"),
    [(datetime(2025, 6, 14, 23, 59, tzinfo=HANOI), True), (datetime(2025, 6, 14, 17, 0, tzinfo=UTC), False)],
)
def test_sending_before_the_month_has_ended_is_asked_about(cast, report, moment, early):
    problems = found(report, "early", now=moment)
    assert bool(problems) is early
    if early:
        assert "đến hết ngày 14/06/2025" in problems["early"].sentence


def test_errors_stand_before_warnings(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "tips"): 1, (khu[0], "valuable_tips"): 2})
    severities = [problem.severity for problem in problems_of(report, now=f.NOW)]
    assert severities[0] == "error"
    assert severities == sorted(severities)
    assert len(set(severities)) == 2


def test_keys_are_unique_and_stable(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "tips"): 1, (khu[0], "valuable_tips"): 2})
    keys = [problem.key for problem in problems_of(report, now=f.NOW)]
    assert len(keys) == len(set(keys))
    assert keys == [problem.key for problem in problems_of(report, now=f.NOW + timedelta(days=1), grid=Grid.of(report))]


def test_a_month_that_has_not_been_opened_has_only_blanks(cast):
    unopened = Grid(f.report(cast.chi_dam, cast.lan, f.JUNE - 1).unit, f.JUNE)
    problems = problems_of(None, now=f.NOW, grid=unopened)
    assert {p.key.split(":")[0] for p in problems} == {"blank"}


def test_errors_of_a_place_that_is_gone_meanwhile_are_told_too(cast, report):
    hamlets = [Hamlet.objects.create(commune=cast.chi_dam, name=f"Khu {n}") for n in range(20, 24)]
    f.fill(report, cast.lan, {(Row(hamlet=one.pk), "tips"): 1 for one in hamlets})
    f.fill(report, cast.lan, {(Row(hamlet=one.pk), "valuable_tips"): 2 for one in hamlets})
    Hamlet.objects.filter(pk=hamlets[2].pk).update(ended_on=report.month.window(14)[0] - timedelta(days=1))
    (told,) = gathered([one for one in problems_of(report, now=f.NOW) if one.is_error], Grid.of(report))
    assert ": Khu 20, Khu 21, Khu 23, Một dòng. " in told.sentence


@pytest.mark.parametrize(("owed", "blank", "per_cent"), [(250, 1, 99), (250, 0, 100), (0, 0, 100), (3, 3, 0)])
def test_a_hundred_per_cent_means_all(owed, blank, per_cent):
    assert SectionProgress("", owed - blank, owed, "", "").percent == per_cent


def test_an_error_that_repeats_is_told_once_with_its_count(cast, report):
    hamlets = [Hamlet.objects.create(commune=cast.chi_dam, name=f"Khu {n}") for n in range(20, 32)]
    rows = [Row(hamlet=one.pk) for one in hamlets]
    f.fill(report, cast.lan, {(row, code): n for row in rows for code, n in (("patrols", 2), ("patrol_attendance", 1))})
    f.fill(report, cast.lan, {(rows[0], "tips"): 1, (rows[0], "valuable_tips"): 2})
    grid = Grid.of(report)
    errors = [one for one in problems_of(report, now=f.NOW) if one.is_error]
    told = gathered(errors, grid)
    assert len(errors) == 13 and len(told) == 2, "what happens once stays as it is"
    many = next(one for one in told if one.indicator == "patrol_attendance")
    f.fill(report, cast.lan, {(row, code): n for row in rows for code, n in (("tips", 1), ("valuable_tips", 2))})
    whole = gathered([one for one in problems_of(report, now=f.NOW) if one.is_error], Grid.of(report))
    assert any(one.sentence.startswith("12 dòng có “Trong đó: tin có giá trị” lớn hơn “Tin do") for one in whole)
    assert many.sentence.startswith("12 dòng có “Lượt người tham gia tuần tra” nhỏ hơn “Lượt tuần tra”: Khu 20, Khu 21")
    assert "và 2 nơi khác" in many.sentence and len(many.cells) == 24
