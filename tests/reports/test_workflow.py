"""What the steps of a report do: words, locks, frozen figures, what was approved."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from communes.refusals import Refused
from communes.scope import Role
from models_registry.headcount import CODES
from reports.entry.figures import CellWrite, record
from reports.entry.grid import Grid, Row
from reports.entry.remarks import comment_on
from reports.entry.workflow import perform
from reports.models import ApprovedTotal, CellComment, Explanation, MonthlyReport, ReportEvent
from reports.models.deadlines import answer_day
from tests import factories as f

UNIT = Row()


def stored(report):
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def totals_of(report):
    return dict(report.totals.values_list("indicator__code", "value"))


def fill_everything(cast, report, value=0):
    """A report without a blank."""
    cells = [CellWrite(row, code, value) for code, rows in Grid.of(report).blanks().items() for row in rows]
    record(report, cells, by=cast.lan, now=f.NOW)


def submit(report, by, **options):
    return perform(report, "submit", by=by, now=f.NOW, **options)


@pytest.mark.parametrize(("action", "state"), [("return", "submitted"), ("reopen", "approved")])
@pytest.mark.parametrize("comment", ["", "   ", "\n"])
def test_returning_and_reopening_need_a_word(cast, report, action, state, comment):
    f.bring(report, state)
    with pytest.raises(Refused, match="Hãy ghi lý do khi"):
        perform(report, action, by=cast.hoa, now=f.NOW, comment=comment)
    assert stored(report).state == state
    event = perform(report, action, by=cast.hoa, now=f.NOW, comment=" Khu 2 thiếu số liệu ")
    assert event.comment == "Khu 2 thiếu số liệu"


def test_approving_needs_no_word_but_keeps_one(cast, report):
    f.bring(report, "submitted")
    assert perform(report, "approve", by=cast.hoa, now=f.NOW, comment="Tốt").comment == "Tốt"


def test_a_word_with_a_phone_number_is_refused_and_nothing_moves(cast, report):
    f.bring(report, "submitted")
    with pytest.raises(ValidationError, match="số điện thoại"):
        perform(report, "return", by=cast.hoa, now=f.NOW, comment="gọi anh Hùng 0912345678")
    assert stored(report).state == "submitted"


def test_every_step_leaves_an_event_and_its_moment(cast, report):
    f.bring(report, "approved")
    perform(report, "reopen", by=cast.hoa, now=f.NOW + timedelta(hours=2), comment="sửa Khu 2")
    steps = list(ReportEvent.objects.filter(report=report).values_list("action", "was", "state", "by__username"))
    assert steps == [
        ("submit", "draft", "submitted", "minh"),
        ("approve", "submitted", "approved", "hoa"),
        ("reopen", "approved", "returned", "hoa"),
    ]
    assert (stored(report).sent_at, stored(report).approved_at) == (f.NOW, f.NOW)


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [("approve", "return", "submitted"), ("return", "approve", "submitted"), ("reopen", "reopen", "approved"),
     ("submit", "submit", "draft")],
)  # fmt: skip
def test_two_people_cannot_both_act(cast, report, first, second, state):
    role, place = (Role.COMMUNE_CHIEF, cast.chi_dam) if state == "draft" else (Role.PROVINCE_REVIEWER, cast.phu_tho)
    colleague, one = f.user(role, place), cast.minh if state == "draft" else cast.hoa
    f.bring(report, state)
    seen_by_both = stored(report)
    words = {"now": f.NOW, "comment": "đã xem", "explanations": {"*": "đã rà soát"}}
    perform(seen_by_both, first, by=one, **words)
    after = stored(report).state
    with pytest.raises(Refused):
        perform(seen_by_both, second, by=colleague, **words)
    assert stored(report).state == after
    assert ReportEvent.objects.filter(report=report, by=colleague).count() == 0


def test_registry_figures_are_frozen_at_sending_and_counted_live_again_at_return(cast, report):
    assert not set(totals_of(report)) & CODES
    f.bring(report, "submitted")
    assert set(totals_of(report)) & CODES == CODES
    assert totals_of(report)["hamlets"] == 3
    f.hamlet(cast.chi_dam, "Khu 11")
    assert totals_of(report)["hamlets"] == 3
    perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại")
    assert not set(totals_of(report)) & CODES
    f.bring(stored(report), "submitted")
    assert totals_of(report)["hamlets"] == 4


def test_registry_figures_are_as_of_the_end_of_the_reports_own_month(cast, report):
    f.hamlet(cast.chi_dam, "Khu mới", started_on="2025-06-15")
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-06-14")
    f.group(cast.chi_dam, hamlet=cast.khu[0], started_on="2025-06-15")
    totals = totals_of(f.bring(report, "submitted"))
    assert (totals["hamlets"], totals["household_clusters"], totals["groups_founded"]) == (3, 1, 1)


@pytest.mark.parametrize("state", ["submitted", "returned", "approved"])
def test_entered_totals_stay_through_every_step(cast, report, state):
    f.fill(report, cast.lan, {(UNIT, "patrols"): 7})
    assert totals_of(f.bring(report, state))["patrols"] == 7


def test_an_offices_report_has_no_registry_figures(cast):
    assert not set(totals_of(f.office_report(cast.phu_tho, state="approved", inspections=2))) & CODES


def test_what_had_been_approved_is_kept_at_reopening(cast, report):
    f.fill(report, cast.lan, {(UNIT, "patrols"): 7, (UNIT, "tips"): 0})
    f.bring(report, "approved")
    event = perform(report, "reopen", by=cast.hoa, now=f.NOW, comment="bổ sung")
    f.fill(stored(report), cast.lan, {(UNIT, "patrols"): 9, (UNIT, "tips"): None})
    approved = dict(ApprovedTotal.objects.filter(event=event).values_list("indicator__code", "value"))
    assert approved == {"patrols": 7, "tips": 0} | {code: approved[code] for code in CODES}
    assert approved["hamlets"] == 3
    assert totals_of(report) == {"patrols": 9}


def test_what_had_been_sent_is_kept_at_a_return_and_nothing_at_other_steps(cast, report):
    f.fill(report, cast.lan, {(UNIT, "patrols"): 7})
    f.bring(report, "submitted")
    assert not ApprovedTotal.objects.exists()
    event = perform(stored(report), "return", by=cast.hoa, now=f.NOW, comment="sai")
    kept = dict(ApprovedTotal.objects.filter(event=event).values_list("indicator__code", "value"))
    assert kept == {"patrols": 7} | {code: kept[code] for code in CODES} and kept["hamlets"] == 3
    f.bring(report, "approved")
    assert set(ApprovedTotal.objects.values_list("event", flat=True)) == {event.pk}


def test_a_full_report_is_sent_without_a_word(cast, report):
    fill_everything(cast, report)
    submit(report, cast.minh)
    assert (stored(report).state, stored(report).sent_at) == ("submitted", f.NOW)
    assert not Explanation.objects.exists()


@pytest.mark.parametrize("given", [None, {}, {"blank:tips": "  "}, {"blank:patrols": "quên"}, {"*": ""}])
def test_what_is_blank_wants_an_explanation(cast, report, given):
    fill_everything(cast, report)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "tips"): None})
    with pytest.raises(Refused, match=r"1 điểm cần giải thích.*chưa có số liệu ở Khu 1") as refusal:
        submit(report, cast.minh, explanations=given)
    assert [problem.key for problem in refusal.value.problems] == ["blank:tips"]
    assert stored(report).state == "draft"
    assert not set(totals_of(report)) & CODES


@pytest.mark.parametrize("key", ["blank:tips", "*"])
def test_an_explanation_is_kept_by_its_warning_for_the_reviewer(cast, report, key):
    fill_everything(cast, report)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "tips"): None})
    submit(report, cast.minh, explanations={key: " Khu 1 chưa gửi "})
    assert list(report.explanations.values_list("key", "text")) == [("blank:tips", "Khu 1 chưa gửi")]


def test_a_long_explanation_is_kept_whole_or_refused_never_cut(cast, report):
    f.fill(report, cast.lan, {(Row(), "tips"): 1})
    line = "Khu 1 chưa gửi số liệu tháng này.\r\n"
    whole = (line * 40)[: 1000 + (line * 40)[:1000].count("\r")]
    with pytest.raises(Refused, match=r"dài 1\.001 ký tự; hãy viết trong 1\.000 ký tự"):
        submit(report, cast.minh, explanations={"*": "đ" * 1001})
    submit(report, cast.minh, explanations={"*": whole})
    assert {one.text for one in report.explanations.all()} == {whole.replace("\r\n", "\n").strip()}


def test_an_explanation_given_once_need_not_be_repeated_and_goes_with_its_cause(cast, report):
    khu_1 = Row(hamlet=cast.khu[0].pk)
    fill_everything(cast, report)
    f.fill(report, cast.lan, {(khu_1, "tips"): None})
    submit(report, cast.minh, explanations={"blank:tips": "Khu 1 chưa gửi"})
    perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại")
    submit(report, cast.minh)
    assert report.explanations.count() == 1
    perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại")
    f.fill(stored(report), cast.lan, {(khu_1, "tips"): 2})
    submit(report, cast.minh)
    assert report.explanations.count() == 0


def test_an_explanation_with_a_phone_number_is_refused(cast, report):
    with pytest.raises(ValidationError, match="số điện thoại"):
        submit(report, cast.minh, explanations={"*": "hỏi 0912345678"})
    assert stored(report).state == "draft"


def test_errors_stop_the_sending_whatever_is_explained(cast, report):
    khu_1 = Row(hamlet=cast.khu[0].pk)
    fill_everything(cast, report)
    f.fill(report, cast.lan, {(khu_1, "tips"): 2, (khu_1, "valuable_tips"): 3})
    with pytest.raises(Refused, match=r"Chưa gửi được: 1 lỗi cần sửa\. Khu 1") as refusal:
        submit(report, cast.minh, explanations={"*": "đúng như vậy", "within:valuable_tips:" + khu_1.key: "đúng"})
    assert [problem.is_error for problem in refusal.value.problems] == [True]
    f.fill(report, cast.lan, {(khu_1, "tips"): 3})
    submit(report, cast.minh)
    assert stored(report).state == "submitted"


def test_a_return_points_at_cells_with_its_own_words_and_the_reviewers_comments(cast, report):
    khu_1 = Row(hamlet=cast.khu[0].pk)
    f.bring(report, "submitted")
    mine = comment_on(stored(report), UNIT, "tips", "thiếu nguồn", by=cast.hoa, now=f.NOW)
    theirs = comment_on(stored(report), UNIT, "tips", "đã kiểm tra", by=cast.minh, now=f.NOW)
    event = perform(report, "return", by=cast.hoa, now=f.NOW, comment="số quá cao", cells={(khu_1, "patrols"): ""})
    pointed = CellComment.objects.filter(returned_with=event)
    assert [(c.hamlet, c.indicator.code, c.text) for c in pointed.order_by("indicator__code")] == [
        (cast.khu[0], "patrols", "số quá cao"),
        (None, "tips", "thiếu nguồn"),
    ]
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.returned_with, theirs.returned_with) == (event, None)


def test_the_words_on_a_returned_cell_are_as_long_as_its_column_or_refused(cast, report):
    f.bring(report, "submitted")
    with pytest.raises(Refused, match="dài 1\\.001 ký tự"):
        perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại", cells={(UNIT, "tips"): "x" * 1001})
    told = {(UNIT, "tips"): "x" * 1000}
    event = perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại", cells=told)
    assert CellComment.objects.get(returned_with=event).text == "x" * 1000


def test_the_words_of_a_step_are_kept_whole_or_refused_on_the_page_that_keeps_them(cast, report, client):
    f.bring(report, "submitted")
    for words, most in (("x" * 2001, "2\\.001"), ("dòng\r\n" * 401, "2\\.004")):
        with pytest.raises(Refused, match=f"Ý kiến dài {most} ký tự; hãy viết trong 2\\.000 ký tự"):
            perform(report, "return", by=cast.hoa, now=f.NOW, comment=words)
    whole = "dòng\r\n" * 400
    client.force_login(cast.hoa)
    refused = client.post("/review/07999/2025-06/give-back/", {"comment": "y" * 2001})
    assert refused.status_code == 409 and "y" * 2001 in refused.content.decode()
    assert client.post("/review/07999/2025-06/give-back/", {"comment": whole}).status_code == 302
    assert report.events.last().comment == whole.replace("\r\n", "\n").strip()


def test_a_return_points_only_at_cells_of_its_own_report(cast, report):
    stranger = Row(hamlet=f.hamlet(cast.tay_coc).pk)
    f.bring(report, "submitted")
    with pytest.raises((Refused, ValidationError)):
        perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại", cells={(stranger, "patrols"): ""})


def test_a_return_that_points_at_no_known_indicator_is_refused_with_a_sentence(cast, report):
    f.bring(report, "submitted")
    with pytest.raises((Refused, ValidationError)):
        perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại", cells={(UNIT, "no_such_thing"): ""})


def test_a_report_sent_in_time_was_not_late_though_it_was_sent_again_after_the_due_day(cast, report):
    f.bring(report, "returned")  # first sent on 16/06, due on 17/06
    perform(report, "submit", by=cast.minh, now=f.NOW + timedelta(days=5), explanations={"*": "đã sửa"})
    assert stored(report).was_late is False


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2025-06-16", "2025-06-19"), ("2025-06-18", "2025-06-23"), ("2025-06-20", "2025-06-25"),
     ("2025-06-21", "2025-06-25")],
)  # fmt: skip
def test_a_return_is_answered_within_three_working_days(day, answer):
    moment = datetime.fromisoformat(f"{day}T09:00:00+07:00")
    assert answer_day(moment) == date.fromisoformat(answer)


@pytest.mark.django_db
def test_what_is_returned_is_overdue_after_its_own_day_and_scored_by_its_first_sending(cast):
    report = f.filed(cast.chi_dam, f.JUNE, "submitted", patrols=3)
    perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại")
    report = MonthlyReport.objects.with_unit().get(pk=report.pk)
    assert report.answer_by == date(2025, 6, 19)
    last = datetime(2025, 6, 19, 16, 59, tzinfo=UTC)  # a minute before midnight in Hà Nội
    assert not report.is_overdue(last) and report.is_overdue(last + timedelta(minutes=1))
    assert not report.was_late
    perform(report, "submit", by=cast.minh, now=last + timedelta(days=9), explanations={"*": "đã sửa"})
    again = MonthlyReport.objects.with_unit().get(pk=report.pk)
    assert (again.answer_by, again.is_overdue(last + timedelta(days=10)), again.was_late) == (None, False, False)


@pytest.mark.django_db
def test_the_reviewer_names_another_day_and_taking_back_takes_it_away(cast):
    report = f.filed(cast.chi_dam, f.JUNE, "submitted", patrols=3)
    for day in (date(2025, 6, 15), date(2025, 9, 15)):
        with pytest.raises(Refused, match="Hạn trả lời"):
            perform(report, "return", by=cast.hoa, now=f.NOW, comment="x", answer_by=day)
    perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại", answer_by=date(2025, 6, 30))
    report.refresh_from_db()
    assert report.answer_by == date(2025, 6, 30)
    perform(report, "undo", by=cast.hoa, now=f.NOW)
    report.refresh_from_db()
    assert (report.state, report.answer_by) == ("submitted", None)
