"""Letting the register go on elsewhere: every row that moves ends where it was and begins anew where it goes.

Nothing with figures is re-parented (docs/decisions/0007): what was counted stays where it was counted, and each new row
names the one it continues, so that nothing counts as founded or dissolved.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Q

from communes.changes import Act, Tell, silent
from communes.models import Commune, Hamlet, HamletSuccession, Institution, PriorityListing, SafetyRecord
from communes.names import sort_key
from models_registry.models import (
    Initiative,
    InitiativeRating,
    InitiativeSite,
    Member,
    Person,
    SelfManagementGroup,
)

EVE = timedelta(days=1)
LONGEST_NAME = 120
P = TypeVar("P", Hamlet, Institution)


@dataclass
class Carrying:
    """Rows on their way: communes that end with their heirs, and places (hamlets, institutions) that go somewhere.

    ``hamlets`` says where each hamlet that moves goes; ``heirs`` takes what has no hamlet. ``counts`` tells what moved.
    """

    act: Act
    day: date
    heirs: Mapping[int, Commune]
    hamlets: Mapping[Hamlet, Commune]
    counts: Counter[str] = field(default_factory=Counter)
    tell: Tell = silent
    new_hamlets: dict[int, Hamlet] = field(default_factory=dict)
    new_institutions: dict[int, Institution] = field(default_factory=dict)
    groups: dict[int, SelfManagementGroup] = field(default_factory=dict)
    initiatives: dict[tuple[int, int], Initiative] = field(default_factory=dict)

    def carry(self) -> Counter[str]:
        """Move everything; return how much of each."""
        steps = (
            ("khu dân cư, cơ quan", self._places),
            ("tổ tự quản", self._groups),
            ("thành viên", self.members),
            ("mô hình", self._initiatives),
            ("xã trọng điểm, đăng ký an toàn", self._standing),
        )
        for what, step in steps:
            self.tell(what)
            step()
        return self.counts

    def last_day(self, row: Any) -> date:
        """The last day of a row that goes: the eve, or its own first day where it began since."""
        return max(self.day - EVE, row.started_on or self.day - EVE)

    def first_day(self, row: Any) -> date:
        """The first day of what continues it."""
        return self.last_day(row) + EVE

    def close(self, rows: Sequence[Any], **fields: Any) -> None:
        """End rows of one model."""
        for row in rows:
            row.ended_on = self.last_day(row)
            for name, value in fields.items():
                setattr(row, name, value)
        self.act.update(rows, ["ended_on", *fields])

    def _places(self) -> None:
        institutions = Institution.objects.filter(commune__in=self.heirs).living().select_related("commune")
        targets = {one: self.heirs[one.commune_id] for one in institutions}
        copies = _named(self.hamlets, self._hamlet)
        self.close(list(self.hamlets))
        self.act.create(list(copies.values()))
        self.new_hamlets = {old.pk: new for old, new in copies.items()}
        HamletSuccession.objects.bulk_create(
            HamletSuccession(change=self.act.change, predecessor=old, successor=new) for old, new in copies.items()
        )
        schools = _named(targets, self._institution)
        self.close(list(targets))
        self.act.create(list(schools.values()))
        self.new_institutions = {old.pk: new for old, new in schools.items()}
        self.counts["khu dân cư"] += len(copies)
        self.counts["cơ quan, doanh nghiệp, trường học"] += len(schools)

    def _hamlet(self, old: Hamlet, commune: Commune, name: str) -> Hamlet:
        return Hamlet(
            commune=commune,
            name=name,
            started_on=self.first_day(old),
            households=old.households,
            population=old.population,
            covenant_on=old.covenant_on,
        )

    def _institution(self, old: Institution, commune: Commune, name: str) -> Institution:
        return Institution(commune=commune, name=name, kind=old.kind, started_on=self.first_day(old))

    def _groups(self) -> None:
        seated = Q(hamlet__in=self.new_hamlets) | Q(institution__in=self.new_institutions)
        loose = Q(commune__in=self.heirs, hamlet=None, institution=None)
        rows = list(
            SelfManagementGroup.objects.filter(seated | loose, ended_on=None)
            .select_related("kind")
            .prefetch_related("also_hamlets", "border_communes")
        )
        for old in rows:
            self.groups[old.pk] = self._group(old)
        self.close(rows, dissolving_decision=self.act.change.decision)
        self.act.create(list(self.groups.values()))
        also, borders = SelfManagementGroup.also_hamlets.through, SelfManagementGroup.border_communes.through
        also.objects.bulk_create(
            also(selfmanagementgroup_id=self.groups[old.pk].pk, hamlet_id=self.new_hamlets[one.pk].pk)
            for old in rows
            for one in old.also_hamlets.all()
            if one.pk in self.new_hamlets
        )
        beside = {(self.groups[old.pk].pk, self._heir(one.pk)) for old in rows for one in old.border_communes.all()}
        gone = borders.objects.filter(commune__in=self.heirs, selfmanagementgroup__ended_on=None)
        beside |= {(key, self._heir(one)) for key, one in gone.values_list("selfmanagementgroup", "commune")}
        known = set(borders.objects.values_list("selfmanagementgroup", "commune")) if beside else set()
        own = {one.pk: one.commune_id for one in self.groups.values()}
        borders.objects.bulk_create(
            borders(selfmanagementgroup_id=key, commune_id=one)
            for key, one in sorted(beside - known)
            if own.get(key) != one
        )
        self.counts["tổ tự quản"] += len(rows)

    def _heir(self, commune: int) -> int:
        return self.heirs[commune].pk if commune in self.heirs else commune

    def _group(self, old: SelfManagementGroup) -> SelfManagementGroup:
        hamlet = self.new_hamlets.get(old.hamlet_id or 0)
        institution = self.new_institutions.get(old.institution_id or 0)
        seat = hamlet or institution
        commune = seat.commune if seat else self.heirs[old.commune_id]
        return old.going_on(commune, hamlet, institution, self.first_day(old))

    def members(self) -> None:
        """Let the members of groups that go on serve there, each as a person of the commune where that is."""
        rows = list(Member.objects.filter(group__in=self.groups, ended_on=None).select_related("person"))
        people: dict[tuple[int, int], Person] = {}
        for row in rows:
            home = self.groups[row.group_id].commune_id
            if row.person.commune_id != home and (row.person_id, home) not in people:
                person = row.person
                people[row.person_id, home] = Person(
                    commune_id=home, name=person.name, sex=person.sex, birth_year=person.birth_year, phone=person.phone
                )
        self.act.create(list(people.values()))
        self.close(rows)
        self.act.create([self._member(row, people) for row in rows])
        self.counts["người"] += len({row.person_id for row in rows})

    def _member(self, row: Member, people: Mapping[tuple[int, int], Person]) -> Member:
        group = self.groups[row.group_id]
        return row.going_on(group, people.get((row.person_id, group.commune_id), row.person), self.first_day(row))

    def _initiatives(self) -> None:
        placed = Q(hamlet__in=self.new_hamlets) | Q(institution__in=self.new_institutions)
        loose = Q(hamlet=None, institution=None, initiative__commune__in=self.heirs)
        sites = list(InitiativeSite.objects.filter(placed | loose, ended_on=None).select_related("initiative"))
        wanted = Q(commune__in=self.heirs) | Q(pk__in={site.initiative_id for site in sites})
        rows = {one.pk: one for one in Initiative.objects.filter(wanted, ended_on=None)}
        sites = [site for site in sites if site.initiative_id in rows]
        goes_to = {site: self._home_of(site) for site in sites}
        for site, commune in goes_to.items():
            self.initiative(rows[site.initiative_id], commune)
        going = []
        staying = set(
            InitiativeSite.objects.filter(initiative__in=rows, ended_on=None)
            .exclude(pk__in=[site.pk for site in sites])
            .values_list("initiative", flat=True)
        )
        for key, row in rows.items():
            moved = any(old == key for old, _ in self.initiatives)
            if row.commune_id in self.heirs and (not moved or key in staying):
                self.initiative(row, self.heirs[row.commune_id])
            if row.commune_id in self.heirs or key not in staying:
                going.append(row)
        self.close(going)
        self.act.create(list(self.initiatives.values()))
        self.close(sites)
        self.act.create([self._site(site, commune) for site, commune in goes_to.items()])
        self.counts["mô hình"] += len(going)
        self.counts["điểm mô hình"] += len(sites)

    def _home_of(self, site: InitiativeSite) -> Commune:
        place = self.new_hamlets.get(site.hamlet_id or 0) or self.new_institutions.get(site.institution_id or 0)
        return place.commune if place else self.heirs[site.initiative.commune_id]

    def initiative(self, old: Initiative, commune: Commune) -> None:
        """Take up an initiative in a commune, once; what it is rated and called goes with it."""
        if (old.pk, commune.pk) in self.initiatives:
            return
        fields = {
            one.attname: getattr(old, one.attname)
            for one in Initiative._meta.concrete_fields
            if one.name not in ("id", "commune", "continues", "started_on", "ended_on", "search", "sort_key")
        }
        self.initiatives[old.pk, commune.pk] = Initiative(
            **fields, commune=commune, continues=old, started_on=old.started_on and self.first_day(old)
        )

    def _site(self, old: InitiativeSite, commune: Commune) -> InitiativeSite:
        return InitiativeSite(
            initiative=self.initiatives[old.initiative_id, commune.pk],
            hamlet=self.new_hamlets.get(old.hamlet_id or 0),
            institution=self.new_institutions.get(old.institution_id or 0),
            started_on=self.first_day(old),
            continues=old,
            origin_id=old.origin_id,
        )

    def _standing(self) -> None:
        """Yearly ratings and registrations of the act's year go on; priority listings end (domain, section 2)."""
        year = self.day.year
        rated = InitiativeRating.objects.filter(year=year, initiative__in={old for old, _ in self.initiatives})
        grades = dict(rated.values_list("initiative", "grade"))
        self.act.create(
            [
                InitiativeRating(initiative=new, year=year, grade=grades[old])
                for (old, _), new in self.initiatives.items()
                if old in grades
            ]
        )
        placed = Q(hamlet__in=self.new_hamlets) | Q(institution__in=self.new_institutions)
        self.act.create([self._record(one) for one in SafetyRecord.objects.filter(placed, year=year)])
        listed = Q(commune__in=self.heirs) | Q(hamlet__in=self.new_hamlets)
        listings = list(PriorityListing.objects.filter(listed, ended_on=None))
        self.close(listings, delisting_decision=self.act.change.decision)
        self.counts["xã trọng điểm (đưa ra, không tự kế thừa)"] += len(listings)

    def _record(self, old: SafetyRecord) -> SafetyRecord:
        hamlet = self.new_hamlets.get(old.hamlet_id or 0)
        institution = self.new_institutions.get(old.institution_id or 0)
        place = hamlet or institution
        assert place
        return SafetyRecord(
            commune=place.commune,
            hamlet=hamlet,
            institution=institution,
            year=old.year,
            registered_on=old.registered_on,
            recognised_on=old.recognised_on,
        )


def _named(targets: Mapping[P, Commune], build: Callable[[P, Commune, str], P]) -> dict[P, P]:
    """Build the successor of each place; those that would be namesakes in one commune say where they come from."""
    model = type(next(iter(targets))) if targets else None
    taken: set[tuple[int, str]] = set()
    if model:
        living = model._default_manager.filter(commune__in={one.pk for one in targets.values()}, ended_on=None)
        taken = {(commune, sort_key(name)) for commune, name in living.values_list("commune", "name")}
    arriving = Counter((commune.pk, sort_key(place.name)) for place, commune in targets.items())
    found = {}
    for place, commune in targets.items():
        name, number, key = place.name, 1, (commune.pk, sort_key(place.name))
        while key in taken or (number == 1 and arriving[key] > 1):
            mark = f" ({place.commune.name})" if number == 1 else f" ({place.commune.name} {number})"
            name, number = f"{place.name[: LONGEST_NAME - len(mark)]}{mark}", number + 1
            key = (commune.pk, sort_key(name))
        taken.add(key)
        found[place] = build(place, commune, name)
    return found
