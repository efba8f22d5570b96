"""The reviewer's queue: what came in, the oddest first, what is late, what was returned, what was never begun."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from communes.models import Commune, Province, User
from reports.models import Deadline, MonthlyReport
from reports.models.deadlines import is_overdue
from reports.months import Month
from reports.review.backlog import days_since, kind_of, since_of
from reports.review.marks import Mark, asked_back_mark, asked_back_of, marks_of
from reports.units import Unit

State = MonthlyReport.State
SENT_PARTS: dict[str, str] = {
    State.SUBMITTED: "sent",
    State.RETURNED: "returned",
    State.APPROVED: "approved",
}


@dataclass(frozen=True)
class Waiting:
    """One commune's month in the queue; ``report`` is None where it was never begun.

    ``since`` is when it came to where it stands, by which ``step``.
    """

    unit: Unit
    month: Month
    report: MonthlyReport | None
    due: datetime
    now: datetime
    since: datetime | None = None
    step: str = ""
    marks: list[Mark] = field(default_factory=list)

    @property
    def is_overdue(self) -> bool:
        """Past due and never sent, or returned and not answered in time."""
        if self.report:
            return self.report.is_overdue(self.now)
        return self.unit.is_awaited(self.month) and is_overdue(self.due, None, self.now)

    @property
    def owed(self) -> datetime:
        """The first moment at which it is overdue as it stands: of a returned report, its answer."""
        return self.report.owed if self.report else self.due

    @property
    def age(self) -> str:
        """For how long it has stood where it stands: "chờ 5 ngày", "mở lại 2 ngày"; "" for today, and unsent."""
        if self.report is None:
            return ""
        word = {"sent": "chờ", "returned": "trả lại", "reopened": "mở lại"}.get(kind_of(self.report, self.step))
        days = days_since(self.since, self.now) if self.since else 0
        return f"{word} {days} ngày" if word and days else ""

    @property
    def kind(self) -> str:
        """Which part of the queue it stands in."""
        if self.report is None:
            return "not_begun"
        return SENT_PARTS.get(self.report.state, "draft")

    @property
    def weight(self) -> int:
        """How much it needs eyes; 0 is clean."""
        return sum(mark.weight for mark in self.marks)


PARTS = {
    "sent": "Chờ duyệt",
    "returned": "Đã trả lại, chờ sửa",
    "draft": "Đang nhập",
    "not_begun": "Chưa bắt đầu",
    "approved": "Đã duyệt",
}


@dataclass(frozen=True)
class Queue:
    """A province's month, by part; communes in official order, among the sent the oddest first."""

    month: Month
    parts: dict[str, list[Waiting]] = field(default_factory=dict)

    @property
    def listed(self) -> list[tuple[str, str, list[Waiting]]]:
        """Parts with their key, title and rows, in the order they need eyes."""
        return [(key, title, self.parts.get(key, [])) for key, title in PARTS.items()]

    @property
    def overdue(self) -> list[Waiting]:
        """Everything past due: never sent, or returned and not answered."""
        return [one for rows in self.parts.values() for one in rows if one.is_overdue]

    @property
    def sent(self) -> list[Waiting]:
        """What waits for review."""
        return self.parts.get("sent", [])

    @property
    def odd(self) -> list[Waiting]:
        """What waits and has a mark; only of a marked queue."""
        return [one for one in self.sent if one.marks]

    @property
    def clean(self) -> list[Waiting]:
        """What waits without a mark; only of a marked queue."""
        return [one for one in self.sent if not one.marks]

    @property
    def asked_open(self) -> list[Waiting]:
        """What is approved and asked by its unit to be opened again; only of a marked queue."""
        return [one for one in self.parts.get("approved", ()) if one.marks]

    @property
    def unsent(self) -> list[Waiting]:
        """What has not come: never begun, being entered, or returned."""
        return [one for key in ("not_begun", "draft", "returned") for one in self.parts.get(key, [])]

    def count(self, part: str) -> int:
        """How many stand in a part."""
        return len(self.parts.get(part, ()))


def queue_of(province: Province, month: Month, now: datetime) -> Queue:
    """Return the queue of a month, unmarked, in four queries, whatever the number of communes."""
    reports = {
        report.commune_id: report
        for report in MonthlyReport.objects.filter(province=province, month=month, commune__isnull=False)
    }
    calendar = Deadline.objects.calendar([province.pk], [month])
    since = since_of(report.pk for report in reports.values() if report.state != State.APPROVED)
    queue = Queue(month)
    for commune in Commune.objects.filter(province=province).living().order_by("code"):
        unit, report = Unit(province, commune), reports.get(commune.pk)
        if report:
            report.province, report.commune = province, commune
            report.fixed_due_on = calendar.fixed_day(unit, month)
        came = since.get(report.pk) if report else None
        at, step = (came.at, came.step) if came else (None, "")
        one = Waiting(unit, month, report, calendar.due(unit, month), now, at, step)
        queue.parts.setdefault(one.kind, []).append(one)
    return queue


def marked_queue(province: Province, month: Month, user: User, now: datetime) -> Queue:
    """Return the queue of a month as ``user`` reviews it: what was sent is marked, the oddest first.

    Of what is approved only what its unit asks to have opened again.
    """
    queue = queue_of(province, month, now)
    marks = marks_of([one.report for one in queue.sent if one.report], month, user)
    for one in queue.sent:
        one.marks.extend(marks.get(one.report.pk, []))  # type: ignore[union-attr]
    queue.sent.sort(key=lambda one: -one.weight)
    approved = {one.report.pk: (one, one.report) for one in queue.parts.get("approved", ()) if one.report}
    for pk, event in asked_back_of(list(approved)).items() if approved else ():
        one, report = approved[pk]
        one.marks.append(asked_back_mark(report, event))
    return queue


NEAR = 12  # reports of the walk that stand beside the one that is read


@dataclass(frozen=True)
class QueuePlace:
    """Where a report stands among what waits: 0 where it does not wait itself.

    ``near`` is the stretch of the walk around it, ``earlier`` how many stand before that; ``filtered``: others wait
    besides, which the list that was opened left out.
    """

    before: Unit | None
    after: Unit | None
    place: int
    count: int
    near: Sequence[MonthlyReport] = ()
    earlier: int = 0
    filtered: bool = False

    @property
    def later(self) -> int:
        """How many stand after the stretch."""
        return self.count - self.earlier - len(self.near)


def place_of(unit: Unit, month: Month, order: Sequence[str], *, alone: bool = False) -> QueuePlace:
    """Return a unit's place among the communes that wait now, in an order seen before (slugs); one query.

    What came in since stands at the end, in official order; ``alone`` leaves out what is not in the order.
    """
    found = MonthlyReport.objects.filter(
        province=unit.province, month=month, state=State.SUBMITTED, commune__isnull=False
    ).order_by("commune__code")
    rank = {slug: place for place, slug in enumerate(order)}
    waiting = [one for one in found.with_unit().with_due() if not alone or one.unit.slug in rank]
    waiting.sort(key=lambda one: rank.get(one.unit.slug, len(rank)))
    units = [one.unit for one in waiting]
    slugs = [one.slug for one in units]
    if unit.slug in slugs:
        place = slugs.index(unit.slug)
        before = units[place - 1] if place else None
        after = units[place + 1] if place + 1 < len(units) else None
        return QueuePlace(before, after, place + 1, len(units), *_stretch(waiting, place), alone)
    later = (place for place, slug in enumerate(slugs) if rank.get(slug, len(rank)) > rank.get(unit.slug, -1))
    place = next(later, 0)
    return QueuePlace(None, units[place] if units else None, 0, len(units), *_stretch(waiting, place), alone)


def _stretch(waiting: Sequence[MonthlyReport], place: int) -> tuple[Sequence[MonthlyReport], int]:
    """The reports of the walk around a place, a third of them before it, and how many stand before those."""
    first = max(0, min(place - NEAR // 3, len(waiting) - NEAR))
    return waiting[first : first + NEAR], first
