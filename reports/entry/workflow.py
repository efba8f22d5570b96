"""The life of a monthly report: a table of steps, one sentence for each refusal.

``objection`` and ``entry_objection`` are read by buttons, refusals and tests alike; ``perform`` takes a
step. Drawn into ``docs/workflow.md`` by ``manage.py draw_workflow``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from communes.models import User
from communes.privacy import refuse_personal_numbers
from communes.refusals import Forbidden, Objection, Refused
from communes.scope import COMMUNE_ROLES, Role
from communes.templatetags.vietnamese import moment
from reports.entry import checks, history, kept_totals
from reports.entry.figures import lock
from reports.entry.grid import Grid, Row
from reports.models import ApprovedTotal, CellComment, Explanation, MonthlyReport, ReportEvent
from reports.months import HANOI

State = MonthlyReport.State
EXPLAIN_ALL = "*"
MOST_WORDS = 2000


@dataclass(frozen=True)
class Step:
    """One step: from which states to which, by which roles, and whether it needs a word."""

    action: str
    label: str
    sources: tuple[State, ...]
    target: State
    by_commune: tuple[Role, ...]
    by_province: tuple[Role, ...]
    needs_comment: bool = False

    def roles(self, report: MonthlyReport) -> tuple[Role, ...]:
        """The roles that may take the step; the province's own report is its reviewers' alone."""
        return self.by_province if report.commune_id is None else self.by_commune


REVIEWER = (Role.PROVINCE_REVIEWER,)
STEPS = {
    step.action: step
    for step in (
        Step("submit", "Gửi", (State.DRAFT, State.RETURNED), State.SUBMITTED, (Role.COMMUNE_CHIEF,), REVIEWER),
        Step("return", "Trả lại", (State.SUBMITTED,), State.RETURNED, REVIEWER, REVIEWER, needs_comment=True),
        Step("approve", "Duyệt", (State.SUBMITTED,), State.APPROVED, REVIEWER, REVIEWER),
        Step("reopen", "Mở lại", (State.APPROVED,), State.RETURNED, REVIEWER, REVIEWER, needs_comment=True),
    )
}
WHO = {
    "submit": "Chỉ chỉ huy Công an cấp xã của đơn vị được gửi báo cáo.",
    "return": "Chỉ cán bộ duyệt của tỉnh được trả lại báo cáo.",
    "approve": "Chỉ cán bộ duyệt của tỉnh được duyệt báo cáo.",
    "reopen": "Chỉ cán bộ duyệt của tỉnh được mở lại báo cáo.",
}
WHERE = {
    ("submit", State.SUBMITTED): "Báo cáo đã gửi lúc {sent}, đang chờ duyệt.",
    ("submit", State.APPROVED): "Báo cáo đã được duyệt lúc {approved}.",
    ("return", State.DRAFT): "Đơn vị chưa gửi báo cáo này nên chưa có gì để trả lại.",
    ("return", State.RETURNED): "Báo cáo đã được trả lại, đang chờ đơn vị sửa và gửi lại.",
    ("return", State.APPROVED): "Báo cáo đã duyệt; muốn sửa thì mở lại.",
    ("approve", State.DRAFT): "Đơn vị chưa gửi báo cáo này.",
    ("approve", State.RETURNED): "Báo cáo đang được đơn vị sửa; chờ đơn vị gửi lại rồi duyệt.",
    ("approve", State.APPROVED): "Báo cáo đã được duyệt lúc {approved}.",
    ("reopen", State.DRAFT): "Báo cáo chưa duyệt, đơn vị vẫn đang nhập.",
    ("reopen", State.SUBMITTED): "Báo cáo chưa duyệt; muốn đơn vị sửa thì trả lại.",
    ("reopen", State.RETURNED): "Báo cáo đang mở cho đơn vị sửa.",
}


def objection(report: MonthlyReport, action: str, user: User) -> Objection | None:
    """Say why ``user`` may not take this step now, or return None."""
    step = STEPS[action]
    if user.role not in step.roles(report) or not _in_place(report, user):
        return Forbidden(WHO[action])
    if report.state not in step.sources:
        sentence = WHERE[action, State(report.state)]
        return Objection(sentence.format(sent=moment(report.sent_at), approved=moment(report.approved_at)))
    return None


def _in_place(report: MonthlyReport, user: User) -> bool:
    if user.role in COMMUNE_ROLES:
        return report.commune_id is not None and report.commune_id == user.commune_id
    return user.province_id is not None and report.province_id == user.province_id


def open_actions(report: MonthlyReport, user: User) -> list[Step]:
    """Return the steps open to ``user`` now."""
    return [step for action, step in STEPS.items() if objection(report, action, user) is None]


def perform(
    report: MonthlyReport,
    action: str,
    *,
    by: User,
    now: datetime,
    comment: str = "",
    explanations: Mapping[str, str] | None = None,
    cells: Mapping[tuple[Row, str], str] | None = None,
) -> ReportEvent:
    """Take a step, or raise :class:`Refused` with the sentence that says why not.

    ``explanations`` answer the warnings of a sending by their keys ("*" answers all others);
    ``cells`` are the rows and indicator codes that a return points at, each with its own words or "" for
    the return's. Two people cannot both act:
    the report is locked and its state asked again inside the transaction.
    """
    comment = comment.strip()
    with transaction.atomic():
        report = lock(report)
        refusal = objection(report, action, by)
        if refusal:
            raise Refused(refusal)
        step = STEPS[action]
        if step.needs_comment and not comment:
            raise Refused(Objection(f"Hãy ghi lý do khi {step.label.lower()} báo cáo."))
        refuse_personal_numbers(comment)
        comment = comment[:MOST_WORDS]
        if action == "submit":
            _explain(report, explanations or {}, now)
            kept_totals.freeze_registry(report)
        event = ReportEvent.objects.create(
            report=report, action=action, was=report.state, state=step.target,
            comment=comment, by=by, at=now,
        )  # fmt: skip
        if action == "reopen":
            ApprovedTotal.objects.bulk_create(
                ApprovedTotal(event=event, indicator_id=total.indicator_id, value=total.value)
                for total in report.totals.all()
            )
        if step.target in MonthlyReport.OPEN:
            kept_totals.thaw_registry(report)
        _point_at(report, event, cells or {})
        _move(report, step, now)
    return event


def _explain(report: MonthlyReport, given: Mapping[str, str], now: datetime) -> None:
    """Stop the sending on errors and unexplained warnings; keep the explanations."""
    problems = checks.problems_of(report, now=now)
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise Refused(Objection(f"Chưa gửi được: {len(errors)} lỗi cần sửa. {errors[0].sentence}"), problems=errors)
    kept = {e.key: e.text for e in report.explanations.all()}
    said = {}
    for problem in problems:
        text = (given.get(problem.key) or given.get(EXPLAIN_ALL) or kept.get(problem.key) or "").strip()
        if text:
            refuse_personal_numbers(text)
            said[problem.key] = text[:1000]
    silent = [problem for problem in problems if problem.key not in said]
    if silent:
        raise Refused(
            Objection(f"Chưa gửi được: {len(silent)} điểm cần giải thích. {silent[0].sentence}"),
            problems=silent,
        )
    report.explanations.all().delete()
    sentence_of = {problem.key: problem.sentence for problem in problems}
    Explanation.objects.bulk_create(
        Explanation(report=report, key=key, text=text, sentence=sentence_of[key][:1000]) for key, text in said.items()
    )


def _point_at(report: MonthlyReport, event: ReportEvent, cells: Mapping[tuple[Row, str], str]) -> None:
    """Bind a return to cells: comments already there on them, or its own words."""
    if event.action != "return":
        return
    grid = Grid.of(report)
    by_code = grid.catalogue.by_code
    if any(row not in grid.names or code not in by_code for row, code in cells):
        raise ValidationError("Không có ô này trong báo cáo.")
    report.comments.filter(returned_with=None, by__role=Role.PROVINCE_REVIEWER).update(returned_with=event)
    CellComment.objects.bulk_create(
        CellComment(
            report=report, hamlet_id=row.hamlet, group_id=row.group, indicator=by_code[code],
            text=_words(text) or event.comment, by=event.by, at=event.at, returned_with=event,
        )
        for (row, code), text in cells.items()
    )  # fmt: skip


def _words(text: str) -> str:
    """Read the words on one cell; raises ``ValidationError`` for personal numbers."""
    refuse_personal_numbers(text)
    return text.strip()[:1000]


UNDONE = ("approve", "return")
UNDO = "undo"


def undo_objection(report: MonthlyReport, user: User, now: datetime) -> Objection | None:
    """Say why ``user`` may not take the last approval or return back now, or return None.

    Within the same day in Hà Nội, and while nothing was built on it.
    """
    if user.role not in REVIEWER or not _in_place(report, user):
        return Forbidden("Chỉ cán bộ duyệt của tỉnh được hoàn tác việc duyệt, trả lại.")
    last = report.events.last()
    if last is None or last.action not in UNDONE:
        return Objection("Bước gần nhất không phải là duyệt hay trả lại nên không có gì để hoàn tác.")
    if last.at.astimezone(HANOI).date() != now.astimezone(HANOI).date():
        return Objection("Chỉ hoàn tác được trong ngày; báo cáo đã duyệt thì mở lại, kèm lý do.")
    if last.action == "return" and (
        report.saved_at > last.at or report.comments.filter(at__gt=last.at).exclude(by=last.by).exists()
    ):
        return Objection("Đơn vị đã bắt đầu sửa hoặc trả lời nên không hoàn tác việc trả lại được nữa.")
    return None


def undo(report: MonthlyReport, *, by: User, now: datetime) -> ReportEvent:
    """Take the last approval or return of today back: the report waits for review again.

    Comments that went with a return stay on their cells, for the next one. Raises :class:`Refused`.
    """
    with transaction.atomic():
        report = lock(report)
        refusal = undo_objection(report, by, now)
        if refusal:
            raise Refused(refusal)
        last = report.events.last()
        report.comments.filter(returned_with=last).update(returned_with=None)
        if report.is_open:
            kept_totals.freeze_registry(report)
        event = ReportEvent.objects.create(
            report=report, action=UNDO, was=report.state, state=State.SUBMITTED, by=by, at=now
        )
        MonthlyReport.objects.filter(pk=report.pk).update(
            state=State.SUBMITTED, approved_at=history.last_approval(report), revision=F("revision") + 1
        )
    return event


def _move(report: MonthlyReport, step: Step, now: datetime) -> None:
    """Change the state with the old state in the WHERE clause."""
    changes: dict[str, object] = {"state": step.target, "revision": F("revision") + 1}
    if step.target == State.SUBMITTED:
        changes["sent_at"] = report.sent_at or now  # the day of the first sending is scored
    if step.target == State.APPROVED:
        changes["approved_at"] = now
    moved = MonthlyReport.objects.filter(pk=report.pk, state=report.state).update(**changes)
    if not moved:
        raise Refused(Objection("Người khác vừa xử lý báo cáo này; hãy mở lại trang."))
