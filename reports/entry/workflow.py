"""The life of a monthly report: a table of steps, one sentence for each refusal.

``objection`` and ``entry_objection`` are read by buttons, refusals and tests alike; ``perform`` takes a
step. Drawn into ``docs/workflow.md`` by ``manage.py draw_workflow``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from communes.models import User
from communes.privacy import refuse_personal_numbers
from communes.refusals import Forbidden, Objection, Refused
from communes.scope import REVIEWS, Role
from communes.templatetags.vietnamese import moment, number
from communes.trail.recording import Act, record
from reports.entry import checks, history, kept_totals
from reports.entry.figures import lock
from reports.entry.grid import Grid, Row
from reports.models import ApprovedTotal, CellComment, Explanation, MonthlyReport, ReportEvent
from reports.models.deadlines import answer_day
from reports.months import HANOI

State = MonthlyReport.State
EXPLAIN_ALL = "*"
MOST_WORDS = 2000
MOST_SAID = 1000  # of one cell or warning
LONGEST = timedelta(days=90)  # to answer a return


class Duty(NamedTuple):
    """Whose duty a step is: in words for the diagram, and asked of a report and a person."""

    who: str
    falls_to: Callable[[MonthlyReport, User], bool]


SIGNING = Duty(Role.COMMUNE_CHIEF.label, lambda report, user: report.unit.is_signed_by(user))
REVIEWING = Duty(Role.PROVINCE_REVIEWER.label, lambda report, user: user.reviews(report.province))


@dataclass(frozen=True)
class Step:
    """One step: from which states to which, whose duty it is, and whether it needs a word.

    ``further`` says why a step that state and person allow may still not be taken.
    """

    action: str
    label: str
    sources: tuple[State, ...]
    target: State
    duty: Duty
    needs_comment: bool = False
    further: Callable[[MonthlyReport, datetime], Objection | None] | None = None


def _too_late_to_undo(report: MonthlyReport, now: datetime) -> Objection | None:
    """An approval or return is taken back within the same day in Hà Nội, and while nothing was built on it."""
    last = report.events.last()
    if last is None or last.action not in UNDONE:
        return Objection(NOTHING_TO_UNDO)
    if last.at.astimezone(HANOI).date() != now.astimezone(HANOI).date():
        return Objection("Chỉ hoàn tác được trong ngày; báo cáo đã duyệt thì mở lại, kèm lý do.")
    if last.action == "return" and (
        report.saved_at > last.at or report.comments.filter(at__gt=last.at).exclude(by=last.by).exists()
    ):
        return Objection("Đơn vị đã bắt đầu sửa hoặc trả lời nên không hoàn tác việc trả lại được nữa.")
    return None


UNDO = "undo"
UNDONE = ("approve", "return")
NOTHING_TO_UNDO = "Bước gần nhất không phải là duyệt hay trả lại nên không có gì để hoàn tác."
STEPS = {
    step.action: step
    for step in (
        Step("submit", "Gửi", (State.DRAFT, State.RETURNED), State.SUBMITTED, SIGNING),
        Step("return", "Trả lại", (State.SUBMITTED,), State.RETURNED, REVIEWING, needs_comment=True),
        Step("approve", "Duyệt", (State.SUBMITTED,), State.APPROVED, REVIEWING),
        Step("reopen", "Mở lại", (State.APPROVED,), State.RETURNED, REVIEWING, needs_comment=True),
        Step(UNDO, "Hoàn tác", (State.APPROVED, State.RETURNED), State.SUBMITTED, REVIEWING, further=_too_late_to_undo),
    )
}
WHO = {
    "submit": "Chỉ chỉ huy Công an cấp xã của đơn vị được gửi báo cáo.",
    "return": "Chỉ cán bộ duyệt của tỉnh được trả lại báo cáo.",
    "approve": "Chỉ cán bộ duyệt của tỉnh được duyệt báo cáo.",
    "reopen": "Chỉ cán bộ duyệt của tỉnh được mở lại báo cáo.",
    UNDO: "Chỉ cán bộ duyệt của tỉnh được hoàn tác việc duyệt, trả lại.",
}
APPROVED_ALREADY = "Báo cáo đã được duyệt lúc {approved}."
WHERE = {
    ("submit", State.SUBMITTED): "Báo cáo đã gửi lúc {sent}, đang chờ duyệt.",
    ("submit", State.APPROVED): APPROVED_ALREADY,
    ("return", State.DRAFT): "Đơn vị chưa gửi báo cáo này nên chưa có gì để trả lại.",
    ("return", State.RETURNED): "Báo cáo đã được trả lại, đang chờ đơn vị sửa và gửi lại.",
    ("return", State.APPROVED): "Báo cáo đã duyệt; muốn sửa thì mở lại.",
    ("approve", State.DRAFT): "Đơn vị chưa gửi báo cáo này.",
    ("approve", State.RETURNED): "Báo cáo đang được đơn vị sửa; chờ đơn vị gửi lại rồi duyệt.",
    ("approve", State.APPROVED): APPROVED_ALREADY,
    ("reopen", State.DRAFT): "Báo cáo chưa duyệt, đơn vị vẫn đang nhập.",
    ("reopen", State.SUBMITTED): "Báo cáo chưa duyệt; muốn đơn vị sửa thì trả lại.",
    ("reopen", State.RETURNED): "Báo cáo đang mở cho đơn vị sửa.",
    (UNDO, State.DRAFT): NOTHING_TO_UNDO,
    (UNDO, State.SUBMITTED): NOTHING_TO_UNDO,
}


def objection(report: MonthlyReport, action: str, user: User, now: datetime) -> Objection | None:
    """Say why ``user`` may not take this step now, or return None."""
    step = STEPS[action]
    if not step.duty.falls_to(report, user):
        return Forbidden(WHO[action])
    if report.state not in step.sources:
        sentence = WHERE[action, State(report.state)]
        return Objection(sentence.format(sent=moment(report.sent_at), approved=moment(report.approved_at)))
    return step.further(report, now) if step.further else None


def perform(
    report: MonthlyReport,
    action: str,
    *,
    by: User,
    now: datetime,
    comment: str = "",
    explanations: Mapping[str, str] | None = None,
    cells: Mapping[tuple[Row, str], str] | None = None,
    answer_by: date | None = None,
) -> ReportEvent:
    """Take a step, or raise :class:`Refused` with the sentence that says why not.

    ``explanations`` answer the warnings of a sending by their keys ("*" answers all others);
    ``cells`` are the rows and indicator codes that a return points at, each with its own words or "" for
    the return's; ``answer_by`` is the last day to answer what goes back, by default the third working day.
    Two people cannot both act: the report is locked and its state asked again inside the transaction.
    """
    step = STEPS[action]
    with transaction.atomic():
        report = lock(report)
        if refusal := objection(report, action, by, now):
            raise Refused(refusal)
        words = _comment_of(step, comment)
        answer = _answer_by(step, answer_by, now)
        if action == "submit":
            _explain(report, explanations or {}, now)
        undone = report.events.last() if action == UNDO else None
        event = ReportEvent.objects.create(
            report=report, action=action, was=report.state, state=step.target, comment=words, by=by, at=now
        )
        if action in ("reopen", "return"):
            _keep_what_stood(report, event)
        if action == "return":
            _point_at(report, event, cells or {})
        if undone:  # comments that went with a return stay on their cells, for the next one
            report.comments.filter(returned_with=undone).update(returned_with=None)
        if step.target in MonthlyReport.OPEN:
            kept_totals.thaw_registry(report)
        elif report.is_open:
            kept_totals.freeze_registry(report)
        _move(report, step, now, answer)
        record(Act.REPORT, f"{step.label} báo cáo {report.month}", by=by, place=report.commune or report.province)
    return event


def _comment_of(step: Step, comment: str) -> str:
    """Read the words of a step; raises :class:`Refused` where they are owed."""
    words = words_of(comment, "Ý kiến", MOST_WORDS)
    if step.needs_comment and not words:
        raise Refused(Objection(f"Hãy ghi lý do khi {step.label.lower()} báo cáo."))
    return words


def _answer_by(step: Step, day: date | None, now: datetime) -> date | None:
    """The last day to answer what goes back; raises :class:`Refused` for one that is past or far away."""
    if step.target != State.RETURNED:
        return None
    today = now.astimezone(HANOI).date()
    if day and not today <= day <= today + LONGEST:
        raise Refused(Objection(f"Hạn trả lời phải từ hôm nay ({today:%d/%m/%Y}) và trong vòng {LONGEST.days} ngày."))
    return day or answer_day(now)


def _keep_what_stood(report: MonthlyReport, event: ReportEvent) -> None:
    """Write down with a reopening or a return what had been approved or sent."""
    ApprovedTotal.objects.bulk_create(
        ApprovedTotal(event=event, indicator_id=total.indicator_id, value=total.value) for total in report.totals.all()
    )


def _explain(report: MonthlyReport, given: Mapping[str, str], now: datetime) -> None:
    """Stop the sending on errors and unexplained warnings; keep the explanations."""
    problems = checks.problems_of(report, now=now)
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise Refused(Objection(f"Chưa gửi được: {len(errors)} lỗi cần sửa. {errors[0].sentence}"), problems=errors)
    kept = {e.key: e.text for e in report.explanations.all()}
    said = {}
    for problem in problems:
        text = words_of(given.get(problem.key) or given.get(EXPLAIN_ALL) or kept.get(problem.key) or "")
        if text:
            said[problem.key] = text
    silent = [problem for problem in problems if problem.key not in said]
    if silent:
        raise Refused(
            Objection(f"Chưa gửi được: {len(silent)} điểm cần giải thích. {silent[0].sentence}"),
            problems=silent,
        )
    report.explanations.all().delete()
    sentence_of = {problem.key: problem.sentence for problem in problems}
    Explanation.objects.bulk_create(
        Explanation(report=report, key=key, text=text, sentence=sentence_of[key][:MOST_SAID])
        for key, text in said.items()
    )


def _point_at(report: MonthlyReport, event: ReportEvent, cells: Mapping[tuple[Row, str], str]) -> None:
    """Bind a return to cells: comments already there on them, or its own words."""
    grid = Grid.of(report)
    report.comments.filter(returned_with=None, by__in=User.objects.filter(REVIEWS)).update(returned_with=event)
    CellComment.objects.bulk_create(
        CellComment(
            report=report,
            hamlet_id=row.hamlet,
            group_id=row.group,
            indicator=grid.indicator_of(row, code),
            text=words_of(text) or event.comment,
            by=event.by,
            at=event.at,
            returned_with=event,
        )
        for (row, code), text in cells.items()
    )


def words_of(text: str, what: str = "Lời giải thích", most: int = MOST_SAID) -> str:
    """Read the words on one cell or warning, or those of a step, never cut.

    Raises ``ValidationError`` for personal numbers and :class:`Refused` for more than is kept.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise Refused(Objection(f"{what} dài {number(len(text))} ký tự; hãy viết trong {number(most)} ký tự."))
    refuse_personal_numbers(text, f"{what[0].lower()}{what[1:]}")
    return text


def _move(report: MonthlyReport, step: Step, now: datetime, answer_by: date | None) -> None:
    """Change the state with the old state in the WHERE clause."""
    changes: dict[str, object] = {
        "state": step.target,
        "answer_by": answer_by,
        "presented_at": None,
        "presented_by": None,
    }
    if step.action == UNDO:
        changes["approved_at"] = history.last_approval(report)
    elif step.target == State.SUBMITTED:
        changes["sent_at"] = report.sent_at or now  # the day of the first sending is scored
    elif step.target == State.APPROVED:
        changes["approved_at"] = now
    if not MonthlyReport.objects.filter(pk=report.pk, state=report.state).change(**changes):
        raise Refused(Objection("Người khác vừa xử lý báo cáo này; hãy mở lại trang."))
