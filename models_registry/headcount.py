"""Registry figures: what is counted from the register, never typed.

Stocks are counted as of a day, flows within a window; one call counts any number of communes in the
same few grouped queries. The last day of a row counts, so what ended on the eve of the window or later,
but before its last day, is what went out: opening + in − out = closing, whatever the window
(:mod:`models_registry.movements`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Sum

from communes.models import Commune, Hamlet, SafetyRecord, UnitSuccession
from models_registry.managers import carrying_tag
from models_registry.models import (
    Award,
    FestivalDay,
    Initiative,
    InitiativeSite,
    SelfManagementGroup,
)

Counts = dict[tuple[int, str], int]
"""(primary key of a commune, code of an indicator) → how many."""

GROUPS_BY_KIND = {
    "security_teams": ("security_team",),
    "security_boards": ("security_board",),
    "household_clusters": ("household_cluster",),
    "peoples_security_teams": ("peoples_security_team",),
    "mediation_teams": ("mediation_team",),
    "fire_safety_clusters": ("fire_safety_cluster",),
    "fire_teams": ("fire_team", "civil_defence_team"),
    "teacher_groups": ("teacher_group",),
    "student_groups": ("student_group",),
}
MEMBERS_BY_KIND = {
    "security_team_members": "security_team",
    "security_board_members": "security_board",
    "household_cluster_members": "household_cluster",
}
OTHER_GROUPS = "other_groups"
HOUSEHOLDS_BY_KIND = {"household_cluster_households": "household_cluster"}


EVE = timedelta(days=1)


def came_in(since: date, on: date) -> Q:
    """The condition of having begun within a window, continuations of earlier rows apart."""
    return Q(started_on__range=(since, on), continues__isnull=True)


def went_out(since: date, on: date) -> Q:
    """The condition of being gone at the end of a window, and not at the end of its eve."""
    return Q(ended_on__range=(since - EVE, on - EVE), continuations__isnull=True)


def _per_commune(rows: QuerySet, path: str, counts: Counts, **figures: object) -> None:
    """Group ``rows`` by commune and put each aggregate under its indicator's code."""
    for row in rows.order_by().values(path).annotate(**figures):
        for code in figures:
            counts[row[path], code] += row[code] or 0


def _hamlets(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    _per_commune(
        Hamlet.objects.active_on(on).filter(commune__in=communes),
        "commune",
        counts,
        hamlets=Count("pk"),
        hamlets_with_covenant=Count("pk", filter=Q(covenant_on__lte=on)),
    )


def _groups(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    rows = (
        SelfManagementGroup.objects.filter(commune__in=communes)
        .active_on(on)
        .with_headcount(on)
        .order_by()
        .values("commune", "kind__code")
        .annotate(groups=Count("pk"), people=Sum("headcount"), member_households=Sum("household_count"))
    )
    code_of = {kind: code for code, kinds in GROUPS_BY_KIND.items() for kind in kinds}
    members_of = {kind: code for code, kind in MEMBERS_BY_KIND.items()}
    households_of = {kind: code for code, kind in HOUSEHOLDS_BY_KIND.items()}
    for row in rows:
        commune, kind = row["commune"], row["kind__code"]
        counts[commune, code_of.get(kind, OTHER_GROUPS)] += row["groups"]
        if kind in members_of:
            counts[commune, members_of[kind]] += row["people"] or 0
        if kind in households_of:
            counts[commune, households_of[kind]] += row["member_households"] or 0


def _group_changes(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    _per_commune(
        SelfManagementGroup.objects.filter(commune__in=communes),
        "commune",
        counts,
        groups_founded=Count("pk", filter=came_in(since, on), distinct=True),
        groups_dissolved=Count("pk", filter=went_out(since, on), distinct=True),
    )


def _initiatives(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    mine = Initiative.objects.filter(commune__in=communes)
    _per_commune(
        mine.running_on(on),
        "commune",
        counts,
        initiatives=Count("pk"),
        initiatives_skilful=Count("pk", filter=carrying_tag(on)),
    )
    _per_commune(
        mine.exclude(state=Initiative.State.PLANNED),
        "commune",
        counts,
        initiatives_started=Count("pk", filter=came_in(since, on), distinct=True),
        initiatives_discontinued=Count("pk", filter=went_out(since, on), distinct=True),
    )


def _sites(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    mine = InitiativeSite.objects.filter(initiative__commune__in=communes)
    _per_commune(mine.running_on(on), "initiative__commune", counts, initiative_sites=Count("pk"))
    added = mine.filter(came_in(since, on)).exclude(initiative__state=Initiative.State.PLANNED)
    _per_commune(added, "initiative__commune", counts, initiative_sites_added=Count("pk"))


def _safety(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    records = SafetyRecord.objects.filter(commune__in=communes, year=on.year)
    _per_commune(
        records.filter(hamlet__in=Hamlet.objects.active_on(on)),
        "commune",
        counts,
        hamlets_registered_safe=Count("pk", filter=Q(registered_on__lte=on)),
        hamlets_recognised_safe=Count("pk", filter=Q(recognised_on__lte=on)),
    )


def _awards(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    _per_commune(
        Award.objects.filter(commune__in=communes, awarded_on__range=(since, on)),
        "commune",
        counts,
        awards_collective=Sum("collectives"),
        awards_individual=Sum("individuals"),
    )


def _festivals(communes: Iterable[int], since: date, on: date, counts: Counts) -> None:
    _per_commune(
        FestivalDay.objects.filter(commune__in=communes, held_on__range=(since, on)),
        "commune",
        counts,
        festival_days=Count("pk"),
        festival_attendance=Sum("attendance"),
    )


COUNTERS: tuple[Callable[[Iterable[int], date, date, Counts], None], ...] = (
    _hamlets,
    _groups,
    _group_changes,
    _initiatives,
    _sites,
    _safety,
    _awards,
    _festivals,
)
CODES = frozenset(
    [
        *GROUPS_BY_KIND,
        *MEMBERS_BY_KIND,
        *HOUSEHOLDS_BY_KIND,
        OTHER_GROUPS,
        "hamlets",
        "hamlets_with_covenant",
        "groups_founded",
        "groups_dissolved",
        "initiatives",
        "initiatives_skilful",
        "initiatives_started",
        "initiatives_discontinued",
        "initiative_sites",
        "initiative_sites_added",
        "hamlets_registered_safe",
        "hamlets_recognised_safe",
        "awards_collective",
        "awards_individual",
        "festival_days",
        "festival_attendance",
    ]
)
"""Codes of the indicators that can be counted here; the catalogue refuses any other as counted."""


def headcount(communes: Iterable[int], *, since: date, on: date) -> Counts:
    """Count every registry indicator of these communes.

    ``communes`` are primary keys (a list or a subquery). Stocks are as of ``on``, flows lie within
    ``since`` … ``on``, both days included. What is absent from the register is counted as 0: the
    returned mapping answers 0 for any pair.
    """
    counts: Counts = defaultdict(int)
    for counter in COUNTERS:
        counter(communes, since, on, counts)
    return counts


STOCK_COUNTERS = (_hamlets, _groups, _initiatives, _sites, _safety)


STANDS: tuple[type[Model], ...] = (Hamlet, SelfManagementGroup, Initiative, SafetyRecord)
"""Rows of a register that :func:`stock_count` counts."""


def registers_kept() -> frozenset[int]:
    """Return the communes of which the register holds anything that :func:`stock_count` counts; of others it is 0."""
    found = (model._default_manager.order_by().values_list("commune", flat=True).distinct() for model in STANDS)
    return frozenset().union(*found)


def headcount_then(communes: Iterable[int], *, since: date, on: date) -> Counts:
    """Count as :func:`headcount`, and what the registers of before hold of those that had not begun.

    A commune may report of a month before its first day, of which its own register holds nothing: its hamlets go on
    from those of the communes it succeeded, and these were counted there.
    """
    counts = headcount(communes, since=since, on=on)
    heirs = registers_then(communes, counts, on)
    for (old, code), count in headcount(heirs.keys(), since=since, on=on).items() if heirs else ():
        counts[heirs[old], code] += count
    return counts


def registers_then(communes: Iterable[int], counts: Counts, on: date) -> dict[int, int]:
    """Say in whose registers the figures of a day before some communes' first are: each of before → the commune.

    None of one that had begun, or of which its own register ``counts`` anything.
    """
    begun_later = _silent_before_they_began(communes, counts, on)
    heirs = {pk: pk for pk in begun_later}
    found = begun_later
    while found:
        links = UnitSuccession.objects.filter(successor__in=found, main=True).exclude(predecessor__in=heirs)
        older = {old: heirs[heir] for old, heir in links.values_list("predecessor", "successor")}
        heirs |= older
        found = set(older)
    return {old: heir for old, heir in heirs.items() if old not in begun_later}


def _silent_before_they_began(communes: Iterable[int], counts: Counts, on: date) -> set[int]:
    """Those of whom nothing is counted as of a day before their first."""
    silent = set(communes) - {commune for (commune, _), count in counts.items() if count}
    return set(Commune.objects.filter(pk__in=silent, started_on__gt=on).values_list("pk", flat=True))


def without_register(communes: Iterable[int], counts: Counts, on: date) -> set[int]:
    """Return those of some communes of which nothing is known to be none on a day.

    :func:`headcount_then` counted nothing in the window asked of, such as an award; and they had not begun, or have
    ended and no row of theirs ever stood. One without a last day may still fill its register.
    """
    silent = set(communes) - {commune for (commune, _), count in counts.items() if count}
    kept = [Exists(model._default_manager.filter(commune=OuterRef("pk"))) for model in STANDS]
    never = Q(ended_on__isnull=False) & ~reduce(or_, map(Q, kept))
    asked = Commune.objects.filter(Q(started_on__gt=on) | never, pk__in=silent)
    return set(asked.values_list("pk", flat=True))


FAMILIES: tuple[tuple[str, ...], ...] = (
    ("hamlets",),
    (*GROUPS_BY_KIND, OTHER_GROUPS),
    ("initiatives",),
)
"""Stocks that one list of the register holds: a list without any row may not have been filled in yet."""


def stock_count(communes: Iterable[int], *, on: date) -> Counts:
    """Count what stands on a day, as :func:`headcount` does, and nothing of what came and went."""
    counts: Counts = defaultdict(int)
    for counter in STOCK_COUNTERS:
        counter(communes, on, on, counts)
    return counts


def initiative_types_of(communes: Iterable[int], *, on: date) -> set[int]:
    """The types of initiative running on a day in some communes, each once whatever their number."""
    running = Initiative.objects.running_on(on).filter(commune__in=communes).order_by()
    return set(running.values_list("type", flat=True).distinct())


def initiative_types_then(communes: Iterable[int], *, since: date, on: date) -> set[int]:
    """The types of the initiatives that :func:`headcount_then` counts as running on a day."""
    return initiative_types_of(with_registers_then(communes, since=since, on=on), on=on)


def with_registers_then(communes: Iterable[int], *, since: date, on: date) -> list[int]:
    """Some communes and those in whose registers :func:`headcount_then` counts for them."""
    early = list(Commune.objects.filter(pk__in=communes, started_on__gt=on).values_list("pk", flat=True))
    olds = registers_then(early, headcount(early, since=since, on=on), on) if early else {}
    return [*communes, *olds]
