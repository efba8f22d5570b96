"""Verbs of hamlets: merge, split, rename, dissolve; their past stays, and each can be taken back.

Nothing with figures is re-parented: a hamlet that goes ends on the eve, and each of its groups either ends
with it or goes on as a continuation in another hamlet, with its members and its sites.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes import changes
from communes.changes import Act
from communes.models import Hamlet, HamletSuccession, RegisterChange, User
from communes.refusals import Forbidden, Objection, Refused, require
from communes.register import objection
from models_registry.models import InitiativeSite, Member, SelfManagementGroup

Kind = RegisterChange.Kind
EVE = timedelta(days=1)
OLDEST = 1945
NO_SUCH_YEAR = "Năm không đúng; hãy kiểm tra lại ngày."
AHEAD = timedelta(days=31)


@dataclass(frozen=True)
class Decision:
    """From which day, by which decision, by whom, written down when; ``listed``: as a line of a list for many."""

    day: date
    number: str
    by: User
    now: datetime
    listed: bool = False


@dataclass
class Move:
    """What is to become of hamlets: which end, which take their place, where each group goes.

    ``targets`` names for each group (by key) the successor that takes it, by its place in ``successors``;
    a group that is not named ends with its hamlet.
    """

    kind: str
    title: str
    going: Sequence[Hamlet]
    successors: list[Hamlet]
    targets: Mapping[int, int] = field(default_factory=dict)


def check(going: Sequence[Hamlet], decision: Decision) -> None:
    """Raise :class:`Refused` where these hamlets may not be changed, ``ValidationError`` for a day that cannot be."""
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
            raise ValidationError({"day": f"{hamlet} có từ {hamlet.started_on:%d/%m/%Y}; hãy ghi ngày sau đó."})
    younger = (
        SelfManagementGroup.objects.filter(hamlet__in=going, ended_on=None, started_on__gte=decision.day)
        .select_related("kind", "hamlet")
        .order_by("-started_on")
        .first()
    )
    if younger:
        raise ValidationError(
            {"day": f"{younger} ({younger.hamlet}) thành lập {younger.started_on:%d/%m/%Y}; hãy ghi ngày sau đó."}
        )
    if decision.day > timezone.localdate(decision.now) + AHEAD:
        raise ValidationError({"day": "Ngày hiệu lực còn xa; hãy ghi khi còn không quá 31 ngày."})


def total(values: list[int | None]) -> int | None:
    """The sum, or None where one of them is not known."""
    return None if None in values else sum(value or 0 for value in values)


def merge(hamlets: Sequence[Hamlet], name: str, targets: Mapping[int, int], decision: Decision) -> RegisterChange:
    """Merge hamlets into a new one with their households and people; groups go on in it or end."""
    if len(hamlets) < 2:
        raise ValidationError("Chọn ít nhất hai khu dân cư để sáp nhập.")
    check(hamlets, decision)
    successor = Hamlet(
        commune=hamlets[0].commune,
        name=name,
        started_on=decision.day,
        households=total([one.households for one in hamlets]),
        population=total([one.population for one in hamlets]),
    )
    title = f"Sáp nhập {', '.join(map(str, hamlets))} thành {name}"
    return carry_out(Move(Kind.MERGE, title, hamlets, [successor], targets), decision)


def split(hamlet: Hamlet, names: Sequence[str], targets: Mapping[int, int], decision: Decision) -> RegisterChange:
    """Split a hamlet into new ones; their households are for the officer to count anew."""
    if len(names) < 2 or len({name.casefold() for name in names}) < len(names):
        raise ValidationError({"names": "Ghi ít nhất hai tên khác nhau, mỗi dòng một tên."})
    check([hamlet], decision)
    successors = [Hamlet(commune=hamlet.commune, name=name, started_on=decision.day) for name in names]
    return carry_out(
        Move(Kind.SPLIT, f"Chia tách {hamlet} thành {', '.join(names)}", [hamlet], successors, targets), decision
    )


def dissolve(hamlet: Hamlet, heirs: Sequence[Hamlet], targets: Mapping[int, int], decision: Decision) -> RegisterChange:
    """End a hamlet; its groups go on in other living hamlets, or end."""
    check([hamlet], decision)
    if hamlet in heirs:
        raise ValidationError("Khu nhận tổ phải khác khu giải thể.")
    if any(heir.commune_id != hamlet.commune_id or heir.ended_on for heir in heirs):
        raise ValidationError("Khu nhận tổ phải là khu đang hoạt động của xã.")
    to = f", chuyển sang {', '.join(map(str, heirs))}" if heirs else ""
    return carry_out(Move(Kind.DISSOLVE, f"Giải thể {hamlet}{to}", [hamlet], list(heirs), targets), decision)


def rename(hamlet: Hamlet, name: str, decision: Decision) -> RegisterChange:
    """Give a hamlet another name; it stays the same hamlet, its series unbroken, the old name in its history."""
    check([hamlet], decision)
    if hamlet.name == name:
        raise ValidationError({"name": "Tên mới trùng với tên đang dùng."})
    title = f"Đổi tên {hamlet} thành {name}"
    with transaction.atomic():
        act = _begin(Kind.RENAME, title, hamlet, decision)
        hamlet.name = name
        hamlet.full_clean()
        act.update([hamlet], ["name"])
    return act.change


def _begin(kind: str, title: str, hamlet: Hamlet, decision: Decision) -> Act:
    return changes.begin(
        hamlet.commune, kind, title, by=decision.by, now=decision.now, day=decision.day, decision=decision.number
    )


def carry_out(move: Move, decision: Decision) -> RegisterChange:
    """Do all of it in one transaction. Raises ``ValidationError`` where a rule of a row is broken."""
    with transaction.atomic():
        act = _begin(move.kind, move.title, move.going[0], decision)
        eve = decision.day - EVE
        for hamlet in move.going:
            hamlet.ended_on = eve
        act.update(move.going, ["ended_on"])
        new = [one for one in move.successors if one.pk is None]
        for one in new:
            one.full_clean()
        act.create(new)
        HamletSuccession.objects.bulk_create(
            HamletSuccession(change=act.change, predecessor=one, successor=heir)
            for one in move.going
            for heir in move.successors
        )
        continued = move_groups(act, move, eve)
        move_members(act, continued, eve)
        move_sites(act, move, eve)
    return act.change


def move_groups(act: Act, move: Move, eve: date) -> list[SelfManagementGroup]:
    """End the groups of the hamlets that go; return the continuations of those that go on."""
    groups = list(
        SelfManagementGroup.objects.filter(hamlet__in=move.going, ended_on=None).select_related("hamlet", "kind")
    )
    taken = {
        (heir.pk, kind, name)
        for heir in move.successors
        for kind, name in SelfManagementGroup.objects.filter(hamlet=heir, ended_on=None).values_list("kind", "name")
    }
    continued = []
    for group in groups:
        if group.pk in move.targets:
            heir = move.successors[move.targets[group.pk]]
            name = group.name
            number = 1
            while (heir.pk, group.kind_id, name) in taken:
                mark = f" ({group.hamlet})" if number == 1 else f" ({number})"
                name, number = f"{group.name[: 120 - len(mark)]}{mark}", number + 1
            taken.add((heir.pk, group.kind_id, name))
            continued.append(group.going_on(heir.commune, heir, None, eve + EVE, name))
        group.ended_on = max(eve, group.started_on or eve)
        group.dissolving_decision = act.change.decision
    act.update(groups, ["ended_on", "dissolving_decision"])
    return act.create(continued)


def move_members(act: Act, continued: Sequence[SelfManagementGroup], eve: date) -> None:
    """Let the members of groups that go on serve in the continuation."""
    heir_of = {group.continues_id: group for group in continued}
    members = list(Member.objects.filter(group__in=heir_of, ended_on=None).select_related("person"))
    for member in members:
        member.ended_on = max(eve, member.started_on or eve)
    act.update(members, ["ended_on"])
    act.create(
        [
            member.going_on(heir_of[member.group_id], member.person, max(eve + EVE, member.started_on or eve))
            for member in members
        ]
    )


def move_sites(act: Act, move: Move, eve: date) -> None:
    """End the sites of initiatives; each initiative goes on in the first successor, once."""
    sites = list(InitiativeSite.objects.filter(hamlet__in=move.going, ended_on=None))
    for site in sites:
        site.ended_on = max(eve, site.started_on or eve)
    act.update(sites, ["ended_on"])
    if not move.successors:
        return
    heir = move.successors[0]
    there = set(InitiativeSite.objects.filter(hamlet=heir, ended_on=None).values_list("initiative", flat=True))
    going_on = []
    for site in sites:
        if site.initiative_id not in there:
            there.add(site.initiative_id)
            going_on.append(
                InitiativeSite(
                    initiative_id=site.initiative_id,
                    hamlet=heir,
                    started_on=eve + EVE,
                    continues=site,
                    origin_id=site.origin_id,
                )
            )
    act.create(going_on)
