"""Units that merge, divide or take another name, with what hangs on their months: drafts and extensions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from communes import changes
from communes.changes import Tell, silent
from communes.models import Hamlet, Institution, RegisterChange, User
from communes.refusals import Objection, Refused, require, trial
from communes.trail.recording import Act, record
from models_registry.arranging import verbs
from models_registry.arranging.lines import ArrangedLine
from models_registry.arranging.planning import CHANGES_NOTHING, Arrangement, by_decision, understood
from models_registry.arranging.verbs import Arranged
from models_registry.models import Initiative, SelfManagementGroup
from reports.models import Deadline, MonthlyReport
from reports.months import Month


@dataclass
class Preview:
    """What a list would do: its acts as understood, how much of each moves, and why it may not be carried out yet.

    ``unseen`` are the acts that were not looked at, since they may build on one that cannot be carried out.
    """

    plans: list[Arrangement] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    refusal: Objection | None = None
    unseen: int = 0

    @property
    def faults(self) -> list[tuple[int, str]]:
        """What is wrong, by the rows of the list."""
        return sorted(fault for plan in self.plans for fault in plan.faults)

    @property
    def unseen_words(self) -> str:
        """That what follows was not looked at, or nothing."""
        said = f"{self.unseen} lần sắp xếp sau đó chưa được kiểm tra, vì có thể dựa vào lần này."
        return said if self.unseen else ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return all(plan.is_empty for plan in self.plans)

    @property
    def title(self) -> str:
        """The list in one line."""
        titles = [plan.title for plan in self.plans if not plan.is_empty]
        return titles[0] if len(titles) == 1 else f"{len(titles)} lần sắp xếp, mỗi nghị quyết và ngày một lần"


def preview(lines: Sequence[ArrangedLine], user: User, now: datetime, tell: Tell = silent) -> Preview:
    """Understand a list and try all of it without keeping anything: the preview cannot promise what is refused.

    Each decision and day is an act of its own; a later one is understood as the earlier ones leave the country.
    """
    require(verbs.objection(user))
    found = Preview()
    with trial(), transaction.atomic():
        verbs.hold_all(user)
        parts = by_decision(lines)
        for part in parts:
            plan = _planned(part, user)
            found.plans.append(plan)
            found.refusal = found.refusal or verbs.objection_to_day(plan, now)
            if plan.faults:
                break
            if plan.is_empty:
                continue
            try:
                with transaction.atomic():
                    found.counts = dict(Counter(found.counts) + _carry_out(plan, user, now, tell).counts)
            except Refused as refused:
                found.refusal = refused.objection
                break
        found.unseen = len(parts) - len(found.plans)
        transaction.set_rollback(True)
    return found


def apply(lines: Sequence[ArrangedLine], *, by: User, now: datetime, tell: Tell = silent) -> list[Arranged]:
    """Carry a list out, all of it or nothing: an act for each decision and day.

    Raises :class:`Refused` where any line is at fault.
    """
    require(verbs.objection(by))
    done = []
    with transaction.atomic():
        verbs.hold_all(by)
        for part in by_decision(lines):
            plan = _planned(part, by)
            require(verbs.objection_to_day(plan, now))
            if plan.is_empty and not plan.faults:
                continue
            done.append(_carry_out(plan, by, now, tell))
            change = done[-1].change
            said = f"Sắp xếp đơn vị: {change}"
            record(Act.SETTING, said, by=by, place=change.commune.province, rows=len(plan.links))
    if not done:
        raise Refused(Objection(CHANGES_NOTHING))
    return done


@dataclass
class Undoing:
    """What taking an act back would do: what goes back, which rows of former registers live on, or why it may not be.

    Members are counted, not named: their names stay in the commune.
    """

    change: RegisterChange
    counts: dict[str, int] = field(default_factory=dict)
    reopened: list[Any] = field(default_factory=list)
    refusal: Objection | None = None

    @property
    def named(self) -> list[str]:
        """The rows that live on by their names, as far as these are the province's to read."""
        named = [
            row for row in self.reopened if isinstance(row, Hamlet | Institution | SelfManagementGroup | Initiative)
        ]
        return [f"{row} ({row.commune.kind} {row.commune.name})" for row in named]

    @property
    def reopened_counts(self) -> dict[str, int]:
        """How many of each kind of row live on."""
        return dict(Counter(str(row._meta.verbose_name) for row in self.reopened))


def undo(change: RegisterChange, *, by: User, now: datetime, tell: Tell = silent) -> Undoing:
    """Take an act back whole. Raises :class:`Refused` where something newer depends on it."""
    with transaction.atomic():
        verbs.hold_all(by)
        done = _undo(change, by, now, tell)
        if change.kind != RegisterChange.Kind.MOVE:
            record(Act.SETTING, f"Hoàn tác sắp xếp đơn vị: {change}", by=by, place=change.commune.province)
    return done


def preview_undo(change: RegisterChange, user: User, now: datetime, tell: Tell = silent) -> Undoing:
    """Take an act back without keeping anything: the preview cannot promise what is refused."""
    found = Undoing(change)
    with trial(), transaction.atomic():
        verbs.hold_all(user)
        try:
            with transaction.atomic():
                found = _undo(change, user, now, tell)
        except Refused as refused:
            found.refusal = refused.objection
        transaction.set_rollback(True)
    return found


def _undo(change: RegisterChange, by: User, now: datetime, tell: Tell) -> Undoing:
    Deadline.objects.filter(pk__in=[key for (key,) in change.before.get("deadlines", [])]).delete()
    if change.kind == RegisterChange.Kind.MOVE:
        changes.undo(change, by=by, now=now, tell=tell)
        return Undoing(change)
    before, olds = change.before, change.unit_successions.filter(main=True).count()
    counts = {
        "đơn vị cũ hoạt động lại": olds,
        "đơn vị mới bỏ đi": len(before.get("created", [])),
        "đơn vị lấy lại tên, mã cũ": len(before.get("names", [])),
        "tài khoản về đơn vị cũ": len(before.get("accounts", [])),
    }
    reopened = verbs.undo(change, by=by, now=now, tell=tell)
    return Undoing(change, {what: count for what, count in counts.items() if count}, reopened)


def acts_of(user: User) -> "QuerySet[RegisterChange]":
    """The acts that ``user`` may see and take back, newest first."""
    kinds = (RegisterChange.Kind.UNITS, RegisterChange.Kind.MOVE)
    acts = RegisterChange.objects.filter(kind__in=kinds).exclude(by__commune__isnull=False)
    acts = acts.select_related("commune__province", "by", "undone_by")
    if user.is_administrator:
        return acts
    return acts.filter(commune__province__in=user.provinces_seen if user.is_reviewer else ())


def _planned(lines: Sequence[ArrangedLine], user: User) -> Arrangement:
    plan = understood(lines, user)
    if plan.day is None:
        return plan
    rows = {link.old.pk: link for link in reversed(plan.links)}
    later = MonthlyReport.objects.filter(commune__in=rows).with_unit().order_by("month")
    last = plan.day - timedelta(days=1)
    for report in _after(last, later):
        link = rows[report.commune_id or 0]
        said = f"{link.old} đã có báo cáo {report.month.title}, sau ngày kết thúc {last:%d/%m/%Y}."
        plan.faults.append((link.row, said))
    plan.faults.sort()
    return plan


def _after(last: date, reports: "QuerySet[MonthlyReport]") -> Iterator[MonthlyReport]:
    """Those reports whose months begin after a day, each by the cut-off of its own province."""
    for report in reports.filter(month__gte=Month(last.year, last.month)):
        if report.month.window(report.province.cutoff)[0] > last:
            yield report


def _refuse_later_offices(done: Arranged) -> None:
    """Refuse to end a province whose office has reported of a month after it."""
    last = (done.change.day or date.max) - timedelta(days=1)
    offices = MonthlyReport.objects.filter(province__in=done.provinces, commune=None)
    for report in _after(last, offices.with_unit().order_by("month")):
        said = f"{report.province} hết xã nên kết thúc ngày {last:%d/%m/%Y}"
        raise Refused(Objection(f"{said}, nhưng cơ quan tổng hợp đã có báo cáo {report.month.title}."))


def _carry_out(plan: Arrangement, by: User, now: datetime, tell: Tell) -> Arranged:
    """Do all of it; drafts stay where they were begun, extensions of months that the heirs owe go with these."""
    done = verbs.carry_out(plan, by=by, now=now, tell=tell)
    _refuse_later_offices(done)
    drafts = MonthlyReport.objects.filter(commune__in=done.heirs, state__in=MonthlyReport.OPEN)
    done.counts["báo cáo đang nhập (ở lại đơn vị cũ, chỉ huy nhập tiếp)"] += drafts.count()
    day = done.change.day
    latest: dict[tuple[int, Month], Deadline] = {}
    for one in Deadline.objects.filter(commune__in=done.heirs).select_related("province"):
        if day and one.month.window(one.province.cutoff)[1] >= day:
            place = (done.heirs[one.commune_id or 0].pk, one.month)
            if place not in latest or latest[place].due_on < one.due_on:
                latest[place] = one
    provinces = {heir.pk: heir.province_id for heir in done.heirs.values()}
    extended = Deadline.objects.bulk_create(
        Deadline(
            province_id=provinces[heir],
            commune_id=heir,
            party=Deadline.Party.COMMUNE,
            month=month,
            due_on=one.due_on,
            reason=one.reason,
            by=by,
            at=now,
        )
        for (heir, month), one in latest.items()
    )
    done.counts["gia hạn riêng"] += len(extended)
    done.change.before["deadlines"] = [[one.pk] for one in extended]
    done.change.save(update_fields=["before"])
    return done
