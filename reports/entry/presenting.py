"""Marks, not states: an open report put before the chief (Trình chỉ huy), a sent one asked back (Đề nghị trả lại)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from communes.models import User
from communes.refusals import Forbidden, Objection, Refused
from communes.scope import SIGNS_FOR_A_COMMUNE
from communes.templatetags.vietnamese import moment, number
from reports.entry import checks, workflow
from reports.entry.figures import lock
from reports.models import ASKED_BACK, Explanation, MonthlyReport, ReportEvent

log = logging.getLogger(__name__)
NO_MAIL = "django.core.mail.backends.console.EmailBackend"
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


def ask_return_objection(report: MonthlyReport, user: User) -> Objection | None:
    """Say why ``user`` may not ask the province to give the report back now, or return None."""
    if report.unit.commune is None or not report.unit.is_entered_by(user):
        return Forbidden("Chỉ đơn vị báo cáo đề nghị tỉnh cho sửa báo cáo của mình.")
    if not report.is_sent:
        return Objection("Báo cáo đang mở để nhập nên không cần đề nghị.")
    last = report.events.select_related("by").last()
    if last is not None and last.action == ASKED_BACK:
        return Objection(f"{last.by} đã gửi đề nghị lúc {moment(last.at)}; tỉnh đang xem.")
    return None


class Marking(NamedTuple):
    """A way to mark a report: its name, its label, and why it may not be done."""

    action: str
    label: str
    objection: Callable[[MonthlyReport, User], Objection | None]


PRESENT = Marking("present", "Trình chỉ huy", present_objection)
WITHDRAW = Marking("withdraw", "Rút lại", withdraw_objection)
ASK_RETURN = Marking("ask_return", "Đề nghị trả lại", ask_return_objection)
MARKINGS = (PRESENT, WITHDRAW)
ALL = (*MARKINGS, ASK_RETURN)


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
        if presented:
            transaction.on_commit(partial(write_to_chiefs, report, by, now))


def write_to_chiefs(report: MonthlyReport, by: User, now: datetime) -> None:
    """Write to the chiefs of the commune that have addresses, where mail is set; no figures. A failure is logged."""
    addresses = (
        User.objects.filter(SIGNS_FOR_A_COMMUNE, commune=report.commune, is_active=True)
        .exclude(email="")
        .values_list("email", flat=True)
    )
    to = sorted(set(addresses)) if report.commune and settings.EMAIL_BACKEND != NO_MAIL else []
    if not to:
        return
    unready = lacking(report, checks.problems_of(report, now=now))
    words = (
        f"{by} trình báo cáo {report.month.title} của {report.unit.name}. "
        f"{'Còn điểm phải sửa hoặc giải thích trước khi gửi. ' if unready else ''}"
        "Đề nghị đăng nhập, mở Việc cần làm, bấm “Xem lại và gửi”."
    )
    try:
        EmailMessage(f"Trình chỉ huy: báo cáo {report.month.title}", words, to=to).send()
    except OSError:  # the report stands before the chief all the same: the home page says so
        log.exception("The chief's letter was not sent.")


def ask_return(report: MonthlyReport, comment: str, *, by: User, now: datetime) -> None:
    """Ask the province to give a sent report back, with why; raises :class:`Refused` or ``ValidationError``."""
    words = workflow.words_of(comment, "Lời đề nghị", workflow.MOST_WORDS)
    with transaction.atomic():
        report = lock(report)
        if refusal := ask_return_objection(report, by):
            raise Refused(refusal)
        if not words:
            raise Refused(Objection(f"Hãy ghi vì sao đề nghị {report.way_back}."))
        ReportEvent.objects.create(
            report=report, action=ASKED_BACK, was=report.state, state=report.state, comment=words, by=by, at=now
        )


def lacking(report: MonthlyReport, problems: Sequence[checks.Problem]) -> str:
    """What stands between a report and its sending, for the officer who presents it and the chief; "" for nothing.

    "Còn 2 lỗi phải sửa, 37 ô bắt buộc trống chưa giải thích, 1 điểm cần giải thích."
    """
    said = {one.key for one in report.explanations.all()}
    silent = [one for one in problems if not one.is_error and one.key not in said]
    blank = sum(len(one.cells) for one in silent if one.is_blank)
    parts = (
        (sum(one.is_error for one in problems), "lỗi phải sửa"),
        (blank, "ô bắt buộc trống chưa giải thích"),
        (sum(not one.is_blank for one in silent), "điểm cần giải thích"),
    )
    told = [f"{number(count)} {what}" for count, what in parts if count]
    return f"Còn {', '.join(told)}." if told else ""


def keep_words(report: MonthlyReport, given: Mapping[str, str], now: datetime) -> None:
    """Keep what is said of the warnings there are now, before anything is sent."""
    if not any(text.strip() for text in given.values()):
        return
    for problem in checks.problems_of(report, now=now):
        text = workflow.words_of(given.get(problem.key) or given.get(workflow.EXPLAIN_ALL) or "")
        if text and not problem.is_error:
            Explanation.objects.update_or_create(
                report=report,
                key=problem.key,
                defaults={"text": text, "sentence": problem.sentence[: workflow.MOST_SAID]},
            )
