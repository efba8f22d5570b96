"""Reminding those who have not sent: who, which hamlets are blank, in words that hold no figures."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.db.models.functions import Coalesce

from communes.models import Commune, Hamlet, Province, User
from communes.refusals import Forbidden, Refused
from communes.scope import WORKS_FOR_A_COMMUNE
from communes.templatetags.vietnamese import day, until
from reports.models import ActivityLog, CellComment, Reminder
from reports.months import HANOI, Month
from reports.review.queue import Queue, Waiting

NAMED = 12  # hamlets named in one reminder
STANDS = {
    "not_begun": "chưa bắt đầu nhập",
    "draft": "đang nhập, chưa gửi",
    "returned": "được trả lại, chưa gửi lại",
}


@dataclass(frozen=True)
class Owing:
    """A commune that has not sent: where it stands, its blank hamlets, and when it was last reminded.

    ``cells`` are those that its last return asked about, each "indicator (hamlet)".
    """

    commune: Commune
    waiting: Waiting
    blank: list[str]
    hamlets: int
    addresses: list[str]
    reminded_at: datetime | None
    cells: list[str] = field(default_factory=list)

    @property
    def stands(self) -> str:
        """Where its report stands, in words."""
        return STANDS[self.waiting.kind]

    @property
    def blanks(self) -> str:
        """Its blank hamlets in a sentence, "" where none or where all are, and of what came back."""
        if self.waiting.kind == "returned" or not self.blank or len(self.blank) == self.hamlets:
            return ""
        rest = len(self.blank) - NAMED
        names = ", ".join(self.blank[:NAMED])
        return f"Chưa có số liệu ở: {names}{f' và {rest} khu khác' if rest > 0 else ''}."

    @property
    def asked(self) -> str:
        """The cells it was asked about, in a sentence; "" where it was returned as a whole, or not at all."""
        rest = len(self.cells) - NAMED
        names = "; ".join(self.cells[:NAMED])
        return f"Các ô cần xem lại: {names}{f' và {rest} ô khác' if rest > 0 else ''}." if self.cells else ""

    def reminded_on(self, moment: datetime) -> bool:
        """Whether a reminder already went out that day: one a day is enough."""
        return self.reminded_at is not None and _day(self.reminded_at) == _day(moment)


def _day(moment: datetime) -> object:
    return moment.astimezone(HANOI).date()


def owing(queue: Queue) -> list[Owing]:
    """Return who has not sent, in the order of the queue; five queries whatever their number."""
    waiting = {one.unit.commune: one for one in queue.unsent if one.unit.commune}
    if not waiting:
        return []
    keys = [commune.pk for commune in waiting]
    since, on = queue.month.window(next(iter(waiting.values())).unit.province.cutoff)
    hamlets = defaultdict(list)
    for pk, commune, name in (
        Hamlet.objects.filter(commune__in=keys).active_during(since, on).values_list("pk", "commune_id", "name")
    ):
        hamlets[commune].append((pk, name))
    filled = set(
        ActivityLog.objects.filter(report__commune__in=keys, report__month=queue.month, figures__isnull=False)
        .order_by()
        .annotate(place=Coalesce("hamlet", F("group__hamlet")))
        .values_list("place", flat=True)
        .distinct()
    )
    addresses = defaultdict(list)
    people = User.objects.filter(WORKS_FOR_A_COMMUNE, commune__in=keys).exclude(email="")
    for commune, email in people.order_by("username").values_list("commune_id", "email"):
        addresses[commune].append(email)
    returned = asked_cells(one.report.pk for one in waiting.values() if one.kind == "returned" and one.report)
    last = dict(
        Reminder.objects.filter(commune__in=keys, month=queue.month).order_by("at").values_list("commune_id", "at")
    )
    return [
        Owing(
            commune,
            one,
            [name for pk, name in hamlets[commune.pk] if pk not in filled] if one.report else [],
            len(hamlets[commune.pk]),
            addresses[commune.pk],
            last.get(commune.pk),
            returned.get(one.report.pk, []) if one.report else [],
        )
        for commune, one in waiting.items()
    ]


def asked_cells(reports: Iterable[int]) -> dict[int, list[str]]:
    """Report → the cells its last return asked about and nobody answered since, in words (one query)."""
    rows = CellComment.objects.filter(report__in=list(reports)).select_related("indicator", "hamlet", "group")
    last: dict[int, int] = {}
    asked: dict[tuple[int, int | None, int | None, int], CellComment] = {}
    for one in sorted(rows, key=lambda row: (row.at, row.pk)):
        cell = (one.report_id, one.hamlet_id, one.group_id, one.indicator_id)
        if one.returned_with_id:
            last[one.report_id] = max(one.returned_with_id, last.get(one.report_id, 0))
            asked[cell] = one
        elif cell in asked and one.by_id != asked[cell].by_id:
            del asked[cell]
    found: dict[int, list[str]] = {}
    for one in asked.values():
        if one.returned_with_id == last[one.report_id]:
            place = one.hamlet or one.group or "toàn đơn vị"
            found.setdefault(one.report_id, []).append(f"{one.indicator} ({place})")
    return found


DO = {
    "returned": "Đề nghị sửa, trả lời và gửi lại trên hệ thống.",
    "": "Đề nghị hoàn thành và gửi trên hệ thống; nếu không phát sinh thì bấm “Không phát sinh”.",
}


def words_to(one: Owing, province: Province, month: Month) -> str:
    """The reminder of one commune: what, by when, what is blank; no figures."""
    since, on = month.window(province.cutoff)
    waiting = one.waiting
    what = "trả lời" if waiting.kind == "returned" else "gửi"
    when = f"đã quá hạn {what} ({until(waiting.owed)})" if waiting.is_overdue else f"hạn {what} {until(waiting.owed)}"
    lines = [
        f"{province.office_name} nhắc {waiting.unit.name}: báo cáo {month.title} "
        f"(từ {day(since)} đến {day(on)}) {one.stands}, {when}.",
        one.blanks,
        one.asked,
        DO.get(waiting.kind, DO[""]),
    ]
    return "\n".join(line for line in lines if line)


def words_to_all(rows: Sequence[Owing], province: Province, month: Month) -> str:
    """One message for a common chat: who has not begun, who is entering, who was returned; "" once done."""
    if not rows:
        return ""
    parts = [f"{province.office_name}: tình hình gửi báo cáo {month.title}."]
    for kind, stands in STANDS.items():
        mine = [one for one in rows if one.waiting.kind == kind]
        if mine:
            names = "; ".join(one.waiting.unit.name + (" (quá hạn)" if one.waiting.is_overdue else "") for one in mine)
            parts.append(f"{stands[0].upper()}{stands[1:]} ({len(mine)}): {names}.")
    parts.append("Đề nghị các đơn vị hoàn thành và gửi trên hệ thống.")
    return "\n".join(parts)


def remind(rows: Sequence[Owing], province: Province, month: Month, *, by: User, now: datetime) -> int:
    """Write to the communes that have addresses and were not reminded today; return how many were.

    Raises :class:`Refused`, or ``OSError`` where the server of letters does not answer.
    """
    if not by.reviews(province):
        raise Refused(Forbidden("Chỉ cán bộ duyệt của tỉnh gửi thư nhắc."))
    chosen = [one for one in rows if one.addresses and not one.reminded_on(now)]
    if not chosen:
        return 0
    with get_connection() as connection:
        for one in chosen:
            EmailMessage(
                f"Nhắc gửi báo cáo {month.title}",
                words_to(one, province, month),
                to=one.addresses,
                connection=connection,
            ).send()
            Reminder.objects.create(commune=one.commune, month=month, addresses=len(one.addresses), by=by, at=now)
    return len(chosen)
