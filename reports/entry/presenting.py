"""Trình chỉ huy: the officer puts an open report before the chief. A mark on the report, not a state of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from communes.models import User
from communes.privacy import refuse_personal_numbers
from communes.refusals import Forbidden, Objection, Refused
from communes.templatetags.vietnamese import moment
from reports.entry import checks, workflow
from reports.entry.figures import lock
from reports.models import Explanation, MonthlyReport

NOT_YOURS = "Chỉ cán bộ nhập số liệu của xã trình chỉ huy; chỉ huy xem lại rồi gửi."
NOT_PRESENTED = "Báo cáo chưa trình chỉ huy nên không có gì để rút lại."


def present_objection(report: MonthlyReport, user: User) -> Objection | None:
    """Say why ``user`` may not put the report before the chief now, or return None."""
    refusal = _not_open(report, user)
    if refusal is None and report.presented_at:
        return Objection(f"Đã trình chỉ huy lúc {moment(report.presented_at)}, đang chờ chỉ huy gửi.")
    return refusal


def withdraw_objection(report: MonthlyReport, user: User) -> Objection | None:
    """Say why ``user`` may not take the mark back now, or return None."""
    return _not_open(report, user) or (None if report.presented_at else Objection(NOT_PRESENTED))


def _not_open(report: MonthlyReport, user: User) -> Objection | None:
    if not report.unit.is_entered_by(user) or report.unit.is_signed_by(user):
        return Forbidden(NOT_YOURS)
    if not report.is_open:
        sentence = workflow.WHERE["submit", MonthlyReport.State(report.state)]
        return Objection(sentence.format(sent=moment(report.sent_at), approved=moment(report.approved_at)))
    return None


class Marking(NamedTuple):
    """A way to mark an open report: its name, its label, and why it may not be done."""

    action: str
    label: str
    objection: Callable[[MonthlyReport, User], Objection | None]


PRESENT = Marking("present", "Trình chỉ huy", present_objection)
WITHDRAW = Marking("withdraw", "Rút lại", withdraw_objection)
MARKINGS = (PRESENT, WITHDRAW)


def mark(
    report: MonthlyReport, marking: Marking, *, by: User, now: datetime, explanations: Mapping[str, str] | None = None
) -> None:
    """Put the report before the chief, or take it back; what the officer said of warnings is kept for the chief.

    Raises :class:`Refused` with the sentence that says why not.
    """
    with transaction.atomic():
        report = lock(report)
        if refusal := marking.objection(report, by):
            raise Refused(refusal)
        keep_words(report, explanations or {}, now)
        presented = marking is PRESENT
        MonthlyReport.objects.filter(pk=report.pk).update(
            presented_at=now if presented else None, presented_by=by if presented else None
        )


def keep_words(report: MonthlyReport, given: Mapping[str, str], now: datetime) -> None:
    """Keep what is said of the warnings there are now, before anything is sent."""
    if not any(text.strip() for text in given.values()):
        return
    for problem in checks.problems_of(report, now=now):
        text = (given.get(problem.key) or given.get(workflow.EXPLAIN_ALL) or "").strip()[:1000]
        if text and not problem.is_error:
            refuse_personal_numbers(text)
            Explanation.objects.update_or_create(
                report=report, key=problem.key, defaults={"text": text, "sentence": problem.sentence[:1000]}
            )
