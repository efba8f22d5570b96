"""Counts on any past day equal a recount from what happened, and opening + in − out = closing between any two days."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models_registry.forms import GroupForm
from models_registry.headcount import headcount
from models_registry.models import GroupKind, Member, SelfManagementGroup
from models_registry.movements import group_movements, initiative_movements
from models_registry.roster import resize
from tests import factories as f
from tests.databases import played

FIRST = date(2025, 1, 1)
DAYS = 60


def day(number):
    return FIRST + timedelta(days=number)


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["found", "dissolve", "declare", "join", "leave", "start", "spread", "stop"]),
        st.integers(0, DAYS), st.integers(0, 5), st.integers(0, 40),
    ),
    max_size=25,
)  # fmt: skip


class Journal:
    """What happened, day by day, kept apart from the register, to be counted again."""

    def __init__(self):
        self.groups = {}  # name → [first, last, {day: declared}]
        self.members = {}  # number → (group, first, last)
        self.initiatives = {}
        self.sites = {}

    def counted(self, on):
        def alive(first, last):
            return first <= on and (last is None or on <= last)

        groups = {name for name, (first, last, _) in self.groups.items() if alive(first, last)}
        people = 0
        for name in groups:
            named = sum(g == name and alive(first, last) for g, first, last in self.members.values())
            declared = [n for d, n in sorted(self.groups[name][2].items()) if d <= on]
            people += named or (declared[-1] if declared else 0)
        running = {name for name, span in self.initiatives.items() if alive(*span)}
        sites = sum(name in running and alive(first, last) for name, first, last in self.sites.values())
        return {
            "security_teams": len(groups), "security_team_members": people, "initiatives": len(running),
            "initiative_sites": sites,
        }  # fmt: skip


class Play:
    """Does in the register what happens, and writes it in the journal."""

    def __init__(self, cast):
        self.cast, self.journal = cast, Journal()
        self.kind = GroupKind.objects.get(code="security_team")
        self.rows, self.members, self.initiatives = [], [], []

    def happen(self, number, what, on, which, size):
        living = [row for row in self.rows if row.ended_on is None]
        group = living[which % len(living)] if living else None
        if what in ("start", "spread", "stop") and group is not None:
            getattr(self, what)(on, self.initiatives[which % len(self.initiatives)] if self.initiatives else None)
        elif what == "found" or group is None:
            self.found(on, f"T{number}", size)
        elif what == "leave":
            self.leave(on, which)
        else:
            getattr(self, what)(on, group, size)

    def found(self, on, name, size):
        row = SelfManagementGroup.objects.create(
            commune=self.cast.chi_dam, kind=self.kind, name=name, hamlet=self.cast.khu[0], started_on=on,
            declared_members=size,
        )  # fmt: skip
        self.rows.append(row)
        self.journal.groups[row.name] = [on, None, {on: size}]

    def dissolve(self, on, group, size):
        group.ended_on = on
        group.save()
        self.journal.groups[group.name][1] = on

    def declare(self, on, group, size):
        former, group.declared_members = (group.declared_members, group.households), size
        group.save()
        if on > group.started_on:
            resize(group, former=former, since=on)
        self.journal.groups[group.name][2][on] = size

    def join(self, on, group, size):
        self.members.append(f.member(group, started_on=on))
        self.journal.members[self.members[-1].pk] = (group.name, on, None)

    def leave(self, on, which):
        serving = [member for member in self.members if member.ended_on is None]
        if serving:
            member = serving[which % len(serving)]
            member.ended_on = on
            member.save()
            name, first, _ = self.journal.members[member.pk]
            self.journal.members[member.pk] = (name, first, on)

    def start(self, on, _):
        self.initiatives.append(f.initiative(self.cast.chi_dam, started_on=on))
        self.journal.initiatives[self.initiatives[-1].pk] = (on, None)

    def spread(self, on, one):
        if one:
            site = f.site(one, hamlet=self.cast.khu[0], started_on=on)
            self.journal.sites[site.pk] = (one.pk, on, None)

    def stop(self, on, one):
        if one and one.ended_on is None:
            one.ended_on = on
            one.save()
            self.journal.initiatives[one.pk] = (self.journal.initiatives[one.pk][0], on)


def play(cast, happenings):
    """Do it in the register and write it in the journal."""
    done = Play(cast)
    for number, (what, when, which, size) in enumerate(sorted(happenings, key=lambda one: one[1])):
        done.happen(number, what, day(when), which, size)
    return done.journal


@pytest.mark.django_db(transaction=False)
@settings(max_examples=played(6, 15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HAPPENINGS, st.integers(0, DAYS), st.integers(1, 30))
def test_every_past_day_equals_a_recount_and_every_window_reconciles(cast, happenings, start, length):
    with transaction.atomic():
        journal = play(cast, happenings)
        for number in range(0, DAYS + 5, 4):
            counts = headcount([cast.chi_dam.pk], since=day(number), on=day(number))
            expected = journal.counted(day(number))
            assert {code: counts[cast.chi_dam.pk, code] for code in expected} == expected, day(number)
        first, last = day(start), day(start + length)
        lines = [
            *group_movements([cast.chi_dam.pk], first, last),
            *initiative_movements([cast.chi_dam.pk], first, last),
        ]
        for line in lines:
            assert line.agrees, line
        opening, closing = journal.counted(first), journal.counted(last)
        teams = [line for line in lines if line.name == "Tổ bảo vệ an ninh, trật tự"]
        for line, code in zip(teams, ("security_teams", "security_team_members"), strict=False):
            if line.unit == "tổ":
                assert (line.opening, line.closing) == (opening[code], closing[code])
        transaction.set_rollback(True)


def test_the_form_dates_new_numbers_and_corrects_old_ones(cast):
    group = f.group(cast.chi_dam, hamlet=cast.khu[0], declared_members=20, households=20, started_on=FIRST)

    def counted(on):
        return headcount([cast.chi_dam.pk], since=on, on=on)[cast.chi_dam.pk, "household_cluster_members"]

    def fill(**values):
        sent = {
            "kind": group.kind_id,
            "name": group.name,
            "hamlet": group.hamlet_id,
            "started_on": "2025-01-01",
        } | values
        form = GroupForm(sent, instance=SelfManagementGroup.objects.get(pk=group.pk), user=cast.lan)
        assert form.is_valid(), form.errors
        form.save()

    fill(declared_members=25, size_since="2025-03-10")
    assert [counted(date(2025, 3, d)) for d in (9, 10)] == [20, 25]
    fill(declared_members=26)  # no day: what stood there was wrong
    assert [counted(date(2025, 3, d)) for d in (9, 10)] == [20, 26]
    fill(declared_members=30, size_since="2025-03-05")  # an earlier day takes the place of the later one
    assert [counted(date(2025, 3, d)) for d in (4, 5, 9, 10)] == [26, 30, 30, 30]


def test_counts_by_kind_go_down_to_the_list(cast, client):
    for hamlet, size in ((cast.khu[0], 20), (cast.khu[1], 30)):
        f.group(cast.chi_dam, hamlet=hamlet, declared_members=size, households=size)
    f.group(cast.tay_coc, hamlet=f.hamlet(cast.tay_coc), declared_members=7)
    client.force_login(cast.hoa, backend="django.contrib.auth.backends.ModelBackend")

    def lines(address):
        found = client.get(address).context
        return [(one.name, one.groups, one.members, one.households) for one, _ in found["lines"]], found["lines"]

    kinds, rows = lines("/register/counts/")
    assert kinds == [("Tổ (nhóm) liên gia tự quản", 3, 57, 50)]
    communes, rows = lines(f"/register/counts/{rows[0][1]}")
    assert communes == [("Xã Chí Đám", 2, 50, 50), ("Xã Tây Cốc", 1, 7, None)]
    hamlets, rows = lines(f"/register/counts/{rows[0][1]}")
    assert hamlets == [("Khu 1", 1, 20, 20), ("Khu 2", 1, 30, 30)]
    assert len(client.get(rows[0][1]).context["lines"]) == 1
    client.force_login(cast.an, backend="django.contrib.auth.backends.ModelBackend")
    assert lines("/register/counts/?kind=household_cluster")[0] == [("Tỉnh Phú Thọ", 3, 57, 50)]


@pytest.mark.parametrize("address", ["/register/counts/", "/register/movements/"])
@pytest.mark.parametrize(
    ("who", "query", "status"),
    [
        ("lan", "", 200), ("lan", "?commune=07999", 200), ("lan", "?commune=07996", 404), ("hoa", "?commune=07996", 200),
        ("hoa", "?commune=03733", 404), ("hoa", "?province=14", 404), ("an", "?province=14", 200), ("quan", "", 403),
        ("lan", "?on=x&since=y", 200), ("an", "", 200),
    ],
)  # fmt: skip
def test_counts_are_of_ones_own_places(cast, client, address, who, query, status):
    client.force_login(getattr(cast, who), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address + query).status_code == status


def test_leaving_and_joining_are_told_apart(cast):
    team = f.group(cast.chi_dam, "security_team", hamlet=cast.khu[0], started_on=FIRST)
    stays, leaves = (f.member(team, started_on=FIRST) for _ in range(2))
    leaves.ended_on = date(2025, 2, 10)
    leaves.save()
    f.member(team, started_on=date(2025, 2, 5))
    _, people = group_movements([cast.chi_dam.pk], date(2025, 1, 31), date(2025, 2, 28))
    assert (people.opening, people.came, people.went, people.closing) == (2, {"tham gia": 1}, {"thôi tham gia": 1}, 2)
    assert Member.objects.get(pk=stays.pk).ended_on is None
