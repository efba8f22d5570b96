"""What changed between two days, so that opening + in − out = closing.

Groups: founded and dissolved. Their members: with groups founded and dissolved, named members joined and
left, and declared numbers that went up or down. The same for initiatives and their sites. All from the
rows' own days, never from stored sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from communes.managers import lived_during
from models_registry.models import GroupKind, Initiative, InitiativeSite, Member, SelfManagementGroup


@dataclass
class Movement:
    """One line: what stood on the first day, what came and went by name, what stands on the last."""

    name: str
    unit: str
    opening: int = 0
    closing: int = 0
    came: dict[str, int] = field(default_factory=dict)
    went: dict[str, int] = field(default_factory=dict)

    @property
    def total_in(self) -> int:
        """Everything that came."""
        return sum(self.came.values())

    @property
    def total_out(self) -> int:
        """Everything that went."""
        return sum(self.went.values())

    @property
    def agrees(self) -> bool:
        """Opening + in − out = closing."""
        return self.opening + self.total_in - self.total_out == self.closing

    def add(self, side: dict[str, int], reason: str, number: int) -> None:
        """Add to what came or went for a reason."""
        if number:
            side[reason] = side.get(reason, 0) + number


FOUNDED, DISSOLVED = "thành lập mới", "giải thể"
WITH_FOUNDED, WITH_DISSOLVED = "theo tổ mới", "theo tổ giải thể"
MOVED_IN, MOVED_OUT = "chuyển từ khu cũ", "chuyển sang khu mới"
JOINED, LEFT = "tham gia", "thôi tham gia"
MORE, FEWER = "kê khai tăng", "kê khai giảm"


def group_movements(communes: Iterable[int], first: date, last: date) -> list[Movement]:
    """Return two lines a kind of group, groups and members, between the ends of two days; five queries."""
    keys = list(communes)
    groups = SelfManagementGroup.objects.filter(commune__in=keys)
    sizes = [dict(groups.active_on(day).with_headcount(day).values_list("pk", F("headcount"))) for day in (first, last)]
    facts = {
        pk: (kind, continued, continues)
        for pk, kind, continued, continues in groups.values_list("pk", "kind", "continuations", "continues")
    }
    members = Member.objects.filter(group__commune__in=keys)
    joined = _by_group(members.filter(started_on__gt=first, started_on__lte=last))
    left = _by_group(members.filter(ended_on__gte=first, ended_on__lt=last))
    named = {day: set(_by_group(members.active_on(day))) for day in (first, last)}
    kinds = {kind.pk: kind for kind in GroupKind.objects.all()}
    lines: dict[int, tuple[Movement, Movement]] = {
        pk: (Movement(kind.name, "tổ"), Movement(kind.name, "người")) for pk, kind in kinds.items()
    }
    for pk, (kind, continued, continues) in facts.items():
        there, here = pk in sizes[0], pk in sizes[1]
        if not there and not here:
            continue
        count, people = lines[kind]
        before, after = (sizes[0].get(pk) or 0), (sizes[1].get(pk) or 0)
        count.opening, count.closing = count.opening + there, count.closing + here
        people.opening, people.closing = people.opening + before, people.closing + after
        if there and here:
            if pk in named[first] and pk in named[last]:
                people.add(people.came, JOINED, joined.get(pk, 0))
                people.add(people.went, LEFT, left.get(pk, 0))
            else:
                people.add(people.came, MORE, max(0, after - before))
                people.add(people.went, FEWER, max(0, before - after))
        elif here:
            moved = continues is not None and continues in sizes[0]
            count.add(count.came, MOVED_IN if moved else FOUNDED, 1)
            people.add(people.came, MOVED_IN if moved else WITH_FOUNDED, after)
        else:
            moved = continued is not None and continued in sizes[1]
            count.add(count.went, MOVED_OUT if moved else DISSOLVED, 1)
            people.add(people.went, MOVED_OUT if moved else WITH_DISSOLVED, before)
    return [line for pair in lines.values() for line in pair if line.opening or line.closing or line.came or line.went]


def _by_group(rows: QuerySet) -> dict[int, int]:
    return dict(rows.order_by().values_list("group").annotate(Count("pk")))


def initiative_movements(communes: Iterable[int], first: date, last: date) -> list[Movement]:
    """Return the lines of initiatives and of their sites; four queries."""
    keys = list(communes)
    own = Initiative.objects.filter(commune__in=keys).exclude(state=Initiative.State.PLANNED)
    sites = InitiativeSite.objects.filter(initiative__in=own)
    return [
        _lived("Mô hình", "mô hình", own, "xây dựng mới", "thanh loại", first, last),
        _lived("Điểm thực hiện mô hình", "điểm", sites, "mở thêm", "kết thúc", first, last),
    ]


def _lived(name: str, unit: str, rows: QuerySet, came: str, went: str, first: date, last: date) -> Movement:
    began = Q(started_on__gt=first, started_on__lte=last)
    ended = Q(ended_on__gte=first, ended_on__lt=last)
    found = rows.aggregate(
        opening=Count("pk", filter=lived_during(first, first)),
        closing=Count("pk", filter=lived_during(last, last)),
        came=Count("pk", filter=began),
        went=Count("pk", filter=ended),
    )
    moved_in = rows.filter(began, continues__isnull=False).count()
    moved_out = rows.filter(ended, continuations__isnull=False).distinct().count()
    line = Movement(name, unit, found["opening"], found["closing"])
    line.add(line.came, came, found["came"] - moved_in)
    line.add(line.came, MOVED_IN, moved_in)
    line.add(line.went, went, found["went"] - moved_out)
    line.add(line.went, MOVED_OUT, moved_out)
    return line
