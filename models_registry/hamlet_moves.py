"""Carrying out changes of hamlets, one or thousands, each as an act: what goes ends, what goes on continues it.

The acts of a list are written together, table by table: a province's round is three thousand hamlets and
ten thousands of groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from communes import changes
from communes.changes import Act, Tell, silent
from communes.models import Hamlet, HamletSuccession, PriorityListing, RegisterChange, User
from communes.names import sort_key
from models_registry.models import InitiativeSite, Member, SelfManagementGroup

Kind = RegisterChange.Kind
EVE = timedelta(days=1)


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
    a group that is not named ends with its hamlet. ``name`` is the new one of a hamlet that stays.
    """

    kind: str
    title: str
    going: Sequence[Hamlet]
    successors: list[Hamlet]
    targets: Mapping[int, int] = field(default_factory=dict)
    name: str = ""


Fault = tuple[int, ValidationError]
"""The place of a move in its list, and what is wrong with it."""


def carry_out_all(
    moves: Sequence[tuple[Move, Decision]], tell: Tell = silent
) -> tuple[list[RegisterChange], list[Fault]]:
    """Do all of them in one transaction, or none: return the acts in their order, and what is wrong with which.

    The caller has checked that their hamlets may be changed; no hamlet is in two of them.
    """
    if not moves:
        return [], []
    with transaction.atomic():
        way = _Way(moves, changes.begin_all([_act_of(move, decision) for move, decision in moves]))
        tell(f"khu dân cư: {len(way.of)}")
        faults = way.places()
        if faults:
            transaction.set_rollback(True)
            return [], faults
        tell("tổ tự quản")
        way.groups()
        tell("thành viên")
        way.members()
        tell("điểm mô hình")
        way.sites()
        way.listings()
    return way.acts, []


def _act_of(move: Move, decision: Decision) -> RegisterChange:
    commune, by, at = move.going[0].commune, decision.by, decision.now
    return changes.prepared(commune, move.kind, move.title, by=by, now=at, day=decision.day, decision=decision.number)


@dataclass
class _Going:
    """A move on its way: by which act, and which day is the last of what goes."""

    move: Move
    act: RegisterChange
    eve: date


class _Way:
    """Moves under way together, and what their groups became."""

    def __init__(self, moves: Sequence[tuple[Move, Decision]], acts: list[RegisterChange]) -> None:
        self.acts = acts
        self.going = [_Going(move, act, decision.day - EVE) for (move, decision), act in zip(moves, acts, strict=True)]
        self.of = {hamlet.pk: one for one in self.going for hamlet in one.move.going}
        self.owner: dict[int, RegisterChange] = {}
        self.act = Act(acts[0], whose=lambda row: self.owner[id(row)])
        self.continued: dict[int, SelfManagementGroup] = {}

    def own(self, row: Any, one: _Going) -> Any:
        """Say of which act a row is."""
        self.owner[id(row)] = one.act
        return row

    def places(self) -> list[Fault]:
        """End the hamlets that go, name those that stay, begin the new ones; return what may not be."""
        ending = [one for one in self.going if not one.move.name]
        going = [self.own(hamlet, one) for one in ending for hamlet in one.move.going]
        for hamlet in going:
            hamlet.ended_on = self.of[hamlet.pk].eve
        self.act.update(going, ["ended_on"])
        named = [one for one in self.going if one.move.name]
        for one in named:
            self.own(one.move.going[0], one).name = one.move.name
        new = [[heir for heir in one.move.successors if heir.pk is None] for one in self.going]
        if faults := self._wrong_names(new):
            return faults
        self.act.update([one.move.going[0] for one in named], ["name"])
        self.act.create([self.own(heir, one) for one, heirs in zip(self.going, new, strict=True) for heir in heirs])
        HamletSuccession.objects.bulk_create(
            HamletSuccession(change=one.act, predecessor=old, successor=heir)
            for one in ending
            for old in one.move.going
            for heir in one.move.successors
        )
        return []

    def _wrong_names(self, new: Sequence[Sequence[Hamlet]]) -> list[Fault]:
        """What is wrong with new hamlets and new names, asked of the register once and of one another."""
        staying = {one.move.going[0].pk for one in self.going if one.move.name}
        communes = {one.move.going[0].commune_id for one in self.going}
        living = Hamlet.objects.filter(commune__in=communes).living().exclude(pk__in=staying)
        taken = {(one.commune_id, one.sort_key): one for one in living.only("commune", "name", "sort_key")}
        faults: list[Fault] = []
        for place, one in enumerate(self.going):
            for hamlet in [*new[place], *(one.move.going if one.move.name else ())]:
                try:
                    hamlet.clean_fields(exclude=["commune"])
                    key = (hamlet.commune_id, sort_key(hamlet.name))
                    if key in taken:
                        raise ValidationError(hamlet.namesake_error(taken[key]))
                    taken[key] = hamlet
                except ValidationError as error:
                    faults.append((place, error))
        return faults

    def groups(self) -> None:
        """End the groups of the hamlets that go; those that are to go on do so under a name of their own."""
        ending = [key for key, one in self.of.items() if not one.move.name]
        rows = list(
            SelfManagementGroup.objects.filter(hamlet__in=ending, ended_on=None).select_related("hamlet", "kind")
        )
        heirs = {heir.pk for one in self.going for heir in one.move.successors}
        there = SelfManagementGroup.objects.filter(hamlet__in=heirs, ended_on=None)
        taken = set(there.values_list("hamlet", "kind", "name"))
        for group in rows:
            one = self.of[group.hamlet_id or 0]
            if group.pk in one.move.targets:
                heir = one.move.successors[one.move.targets[group.pk]]
                name = _free_name(group, heir.pk, taken)
                taken.add((heir.pk, group.kind_id, name))
                self.continued[group.pk] = self.own(group.going_on(heir.commune, heir, None, one.eve + EVE, name), one)
            self.own(group, one).ended_on = max(one.eve, group.started_on or one.eve)
            group.dissolving_decision = one.act.decision
        self.act.update(rows, ["ended_on", "dissolving_decision"])
        self.act.create(list(self.continued.values()))
        self._shared()

    def _shared(self) -> None:
        """Let groups of several hamlets or communes go on as such, and share what came of a hamlet that they shared."""
        also, borders = SelfManagementGroup.also_hamlets.through, SelfManagementGroup.border_communes.through
        heirs = {
            key: () if one.move.kind == Kind.DISSOLVE else tuple(heir.pk for heir in one.move.successors)
            for key, one in self.of.items()
            if not one.move.name
        }
        group, hamlet, commune = "selfmanagementgroup", "hamlet", "commune"
        mine = also.objects.filter(selfmanagementgroup__in=self.continued).values_list(group, hamlet)
        seats = {new.pk: new.hamlet_id for new in self.continued.values()}
        shared = {(self.continued[old].pk, to) for old, one in mine for to in heirs.get(one, (one,))}
        others = also.objects.filter(hamlet__in=heirs, selfmanagementgroup__ended_on=None)
        for key, seat, one in others.values_list(group, f"{group}__hamlet", hamlet):
            seats[key] = seat
            shared |= {(key, to) for to in heirs[one]}
        shared = {(key, to) for key, to in shared if seats[key] != to}
        shared -= set(
            also.objects.filter(selfmanagementgroup__in={key for key, _ in shared}).values_list(group, hamlet)
        )
        also.objects.bulk_create(also(selfmanagementgroup_id=key, hamlet_id=to) for key, to in sorted(shared))
        beside = borders.objects.filter(selfmanagementgroup__in=self.continued).values_list(group, commune)
        borders.objects.bulk_create(
            borders(selfmanagementgroup_id=self.continued[old].pk, commune_id=one) for old, one in beside
        )

    def members(self) -> None:
        """Let the members of groups that go on serve in the continuation."""
        rows = list(Member.objects.filter(group__in=self.continued, ended_on=None).select_related("person", "group"))
        serving = []
        for member in rows:
            one = self.of[member.group.hamlet_id or 0]
            self.own(member, one).ended_on = max(one.eve, member.started_on or one.eve)
            day = max(one.eve + EVE, member.started_on or one.eve)
            served = member.going_on(self.continued[member.group_id], member.person, day)
            serving.append(self.own(served, one))
        self.act.update(rows, ["ended_on"])
        self.act.create(serving)

    def sites(self) -> None:
        """End the sites of initiatives; each initiative goes on in the first successor, once."""
        ending = [key for key, one in self.of.items() if not one.move.name]
        rows = list(InitiativeSite.objects.filter(hamlet__in=ending, ended_on=None).order_by("pk"))
        heirs = [one.move.successors[0].pk for one in self.going if one.move.successors]
        there = set(InitiativeSite.objects.filter(hamlet__in=heirs, ended_on=None).values_list("hamlet", "initiative"))
        going_on = []
        for site in rows:
            one = self.of[site.hamlet_id or 0]
            self.own(site, one).ended_on = max(one.eve, site.started_on or one.eve)
            heir = one.move.successors[0] if one.move.successors else None
            if heir and (heir.pk, site.initiative_id) not in there:
                there.add((heir.pk, site.initiative_id))
                new = InitiativeSite(
                    initiative_id=site.initiative_id,
                    hamlet=heir,
                    started_on=one.eve + EVE,
                    continues=site,
                    origin_id=site.origin_id,
                )
                going_on.append(self.own(new, one))
        self.act.update(rows, ["ended_on"])
        self.act.create(going_on)

    def listings(self) -> None:
        """End the listings of hamlets that go: who takes them in does not inherit the status (domain, section 2)."""
        ending = [key for key, one in self.of.items() if not one.move.name]
        rows = list(PriorityListing.objects.filter(hamlet__in=ending, ended_on=None))
        for listing in rows:
            one = self.of[listing.hamlet_id or 0]
            self.own(listing, one).ended_on = max(one.eve, listing.started_on or one.eve)
            listing.delisting_decision = one.act.decision
        self.act.update(rows, ["ended_on", "delisting_decision"])


def _free_name(group: SelfManagementGroup, hamlet: int, taken: set[tuple[int, int, str]]) -> str:
    """The group's name, with its hamlet's and then a number behind it where another of its kind has that name."""
    name, number = group.name, 1
    while (hamlet, group.kind_id, name) in taken:
        mark = f" ({group.hamlet})" if number == 1 else f" ({number})"
        name, number = f"{group.name[: 120 - len(mark)]}{mark}", number + 1
    return name
