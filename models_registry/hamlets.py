"""Verbs of hamlets: merge, split, rename, dissolve; their past stays, and each can be taken back.

Nothing with figures is re-parented: a hamlet that goes ends on the eve, and each of its groups either ends
with it or goes on as a continuation in another hamlet, with its members and its sites.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Commune, Hamlet, RegisterChange
from communes.refusals import Forbidden, Objection, Refused, require
from communes.register import objection
from communes.saving import hold_places
from models_registry.hamlet_moves import Decision, Kind, Move, carry_out_all
from models_registry.models import SelfManagementGroup

OLDEST = 1945
NO_SUCH_YEAR = "Năm không đúng; hãy kiểm tra lại ngày."
AHEAD = timedelta(days=31)


def not_yet(name: str, begin: date) -> str:
    """That something began too late for the day that was given."""
    return f"{name} có từ {begin:%d/%m/%Y}; hãy ghi ngày sau đó."


def no_hamlet(commune: Commune, name: str) -> str:
    """That a commune has no living hamlet of a name."""
    return f"{commune} không có khu dân cư “{name}” đang hoạt động."


def check(
    going: Sequence[Hamlet], decision: Decision, youngest: Mapping[int, SelfManagementGroup] | None = None
) -> None:
    """Raise :class:`Refused` where these hamlets may not be changed, ``ValidationError`` for a day that cannot be.

    ``youngest`` are the living groups founded last, by hamlet, where they are known for many hamlets at once.
    """
    if not decision.listed:
        require(objection(decision.by))
    if decision.day.year < OLDEST:
        raise ValidationError({"day": NO_SUCH_YEAR})
    for hamlet in going:
        by_list = decision.listed and decision.by.settles_hamlets_of(hamlet.commune)
        if not (by_list or decision.by.works_for(hamlet.commune)):
            raise Refused(Forbidden("Khu dân cư này của xã khác."))
        if hamlet.ended_on:
            raise Refused(Objection(f"{hamlet} đã kết thúc ngày {hamlet.ended_on:%d/%m/%Y}."))
        if hamlet.started_on and hamlet.started_on >= decision.day:
            raise ValidationError({"day": not_yet(str(hamlet), hamlet.started_on)})
    known = youngest_groups(going) if youngest is None else youngest
    for younger in (known[hamlet.pk] for hamlet in going if hamlet.pk in known):
        if younger.started_on and younger.started_on >= decision.day:
            raise ValidationError(
                {"day": f"{younger} ({younger.hamlet}) thành lập {younger.started_on:%d/%m/%Y}; hãy ghi ngày sau đó."}
            )
    if decision.day > timezone.localdate(decision.now) + AHEAD:
        raise ValidationError({"day": "Ngày hiệu lực còn xa; hãy ghi khi còn không quá 31 ngày."})


def youngest_groups(going: Sequence[Hamlet]) -> dict[int, SelfManagementGroup]:
    """Hamlet → its living group that was founded last."""
    groups = SelfManagementGroup.objects.filter(hamlet__in=going, ended_on=None).exclude(started_on=None)
    return {one.hamlet_id or 0: one for one in groups.select_related("kind", "hamlet").order_by("started_on")}


def total(values: list[int | None]) -> int | None:
    """The sum, or None where one of them is not known."""
    return None if None in values else sum(value or 0 for value in values)


def merging(hamlets: Sequence[Hamlet], name: str, targets: Mapping[int, int], day: date) -> Move:
    """Hamlets that go into a new one with their households and people; groups go on in it or end."""
    if len(hamlets) < 2:
        raise ValidationError("Chọn ít nhất hai khu dân cư để sáp nhập.")
    successor = Hamlet(
        commune=hamlets[0].commune,
        name=name,
        started_on=day,
        households=total([one.households for one in hamlets]),
        population=total([one.population for one in hamlets]),
    )
    title = f"Sáp nhập {', '.join(map(str, hamlets))} thành {name}"
    return Move(Kind.MERGE, title, hamlets, [successor], targets)


def merge(hamlets: Sequence[Hamlet], name: str, targets: Mapping[int, int], decision: Decision) -> RegisterChange:
    """Merge hamlets into a new one."""
    move = merging(hamlets, name, targets, decision.day)
    check(hamlets, decision)
    return carry_out(move, decision)


def splitting(hamlet: Hamlet, names: Sequence[str], targets: Mapping[int, int], day: date) -> Move:
    """A hamlet that divides into new ones; their households are for the officer to count anew."""
    if len(names) < 2 or len({name.casefold() for name in names}) < len(names):
        raise ValidationError({"names": "Ghi ít nhất hai tên khác nhau, mỗi dòng một tên."})
    successors = [Hamlet(commune=hamlet.commune, name=name, started_on=day) for name in names]
    return Move(Kind.SPLIT, f"Chia tách {hamlet} thành {', '.join(names)}", [hamlet], successors, targets)


def split(hamlet: Hamlet, names: Sequence[str], targets: Mapping[int, int], decision: Decision) -> RegisterChange:
    """Split a hamlet into new ones."""
    move = splitting(hamlet, names, targets, decision.day)
    check([hamlet], decision)
    return carry_out(move, decision)


def dissolve(hamlet: Hamlet, heirs: Sequence[Hamlet], targets: Mapping[int, int], decision: Decision) -> RegisterChange:
    """End a hamlet; its groups go on in other living hamlets, or end."""
    check([hamlet], decision)
    if hamlet in heirs:
        raise ValidationError("Khu nhận tổ phải khác khu giải thể.")
    if any(heir.commune_id != hamlet.commune_id or heir.ended_on for heir in heirs):
        raise ValidationError("Khu nhận tổ phải là khu đang hoạt động của xã.")
    to = f", chuyển sang {', '.join(map(str, heirs))}" if heirs else ""
    return carry_out(Move(Kind.DISSOLVE, f"Giải thể {hamlet}{to}", [hamlet], list(heirs), targets), decision)


def renaming(hamlet: Hamlet, name: str) -> Move:
    """A hamlet that gets another name; it stays the same hamlet, its series unbroken, the old name in its history."""
    if hamlet.name == name:
        raise ValidationError({"name": "Tên mới trùng với tên đang dùng."})
    return Move(Kind.RENAME, f"Đổi tên {hamlet} thành {name}", [hamlet], [], name=name)


def rename(hamlet: Hamlet, name: str, decision: Decision) -> RegisterChange:
    """Give a hamlet another name."""
    check([hamlet], decision)
    return carry_out(renaming(hamlet, name), decision)


def carry_out(move: Move, decision: Decision) -> RegisterChange:
    """Do all of it in one transaction. Raises ``ValidationError`` where a rule of a row is broken."""
    with transaction.atomic():
        hold_places(communes=[hamlet.commune_id for hamlet in move.going])
        _refuse_what_another_changed([*move.going, *(one for one in move.successors if one.pk)])
        done, faults = carry_out_all([(move, decision)])
        for _, error in faults:
            raise error
    return done[0]


def _refuse_what_another_changed(hamlets: Sequence[Hamlet]) -> None:
    """Raise ``ValidationError`` where one of these that were read as living ended meanwhile, by another's act."""
    living = set(Hamlet.objects.filter(pk__in=[one.pk for one in hamlets]).living().values_list("pk", flat=True))
    for one in hamlets:
        if one.pk not in living:
            raise ValidationError(f"{one} vừa được người khác thay đổi; hãy mở lại danh sách khu dân cư.")
