"""Taking the last approval or return back, within the day."""

from datetime import timedelta

import pytest

from communes.refusals import Refused
from reports.entry.grid import Row
from reports.entry.history import last_approval
from reports.entry.remarks import comment_on
from reports.entry.workflow import UNDO, objection, perform
from reports.models import CellComment, MonthlyReport
from tests import factories as f


def stored(report):
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def frozen(report):
    return report.totals.filter(indicator__source="registry").count()


def test_an_approval_is_taken_back_and_the_report_waits_again(cast, report):
    f.bring(report, "approved")
    event = perform(stored(report), UNDO, by=cast.hoa, now=f.NOW)
    assert (event.was, event.state) == ("approved", "submitted")
    assert (stored(report).state, stored(report).approved_at, last_approval(report)) == ("submitted", None, None)
    assert frozen(report)
    perform(stored(report), "approve", by=cast.hoa, now=f.NOW + timedelta(hours=1))
    assert last_approval(report) == f.NOW + timedelta(hours=1)


def test_the_approval_before_stands_when_the_second_is_taken_back(cast, report):
    f.bring(report, "approved")
    perform(stored(report), "reopen", by=cast.hoa, now=f.NOW, comment="sửa")
    perform(stored(report), "submit", by=cast.minh, now=f.NOW, explanations={"*": "đã sửa"})
    perform(stored(report), "approve", by=cast.hoa, now=f.NOW + timedelta(hours=1))
    perform(stored(report), UNDO, by=cast.hoa, now=f.NOW + timedelta(hours=2))
    assert last_approval(report) == f.NOW


def test_a_return_is_taken_back_with_its_registry_figures_and_its_comments_kept(cast, report):
    f.bring(report, "submitted")
    before = frozen(report)
    perform(stored(report), "return", by=cast.hoa, now=f.NOW, comment="xem lại", cells={(Row(), "patrols"): ""})
    assert frozen(report) == 0
    perform(stored(report), UNDO, by=cast.hoa, now=f.NOW + timedelta(hours=1))
    assert (stored(report).state, frozen(report)) == ("submitted", before)
    assert CellComment.objects.get().returned_with is None


@pytest.mark.parametrize(("hours", "possible"), [(1, True), (14, True), (15, False), (48, False)])
def test_only_within_the_day_in_hanoi(cast, report, hours, possible):
    f.bring(report, "approved")  # at 09:00
    said = objection(stored(report), UNDO, cast.hoa, f.NOW + timedelta(hours=hours))
    assert (said is None) is possible
    assert possible or "trong ngày" in said


def test_not_once_the_unit_has_begun_to_mend_or_answered(cast, report):
    f.bring(report, "submitted")
    perform(stored(report), "return", by=cast.hoa, now=f.NOW, comment="xem lại")
    later = f.NOW + timedelta(minutes=5)
    comment_on(stored(report), Row(), "tips", "đang xem", by=cast.minh, now=later)
    with pytest.raises(Refused, match="đã bắt đầu sửa hoặc trả lời"):
        perform(stored(report), UNDO, by=cast.hoa, now=later)
    assert stored(report).state == "returned"


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_there_must_be_a_step_to_take_back(cast, report, state):
    f.bring(report, state)
    assert "không có gì để hoàn tác" in objection(stored(report), UNDO, cast.hoa, f.NOW)


@pytest.mark.parametrize("who", ["lan", "minh", "thu", "son", "an", "quan"])
def test_only_the_provinces_reviewer(cast, report, who):
    f.bring(report, "approved")
    with pytest.raises(Refused) as refused:
        perform(stored(report), UNDO, by=getattr(cast, who), now=f.NOW)
    assert refused.value.objection.status == 403
