"""Units change by the act itself, at random, and are taken back: totals then and now never count twice, nor lose."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from communes.models import Commune, Hamlet
from communes.refusals import Refused
from communes.scope import Role
from models_registry.arranging import planning, verbs
from models_registry.arranging.lines import ArrangedLine
from models_registry.headcount import headcount
from tests import factories as f
from tests.databases import played
from tests.reports.test_mergers_played import MONTHS, NOW, Played, cutoffs, prove

KINDS = ("merge", "split", "rename", "move")

# An act: what is done, to which of the living, into which province, whether an old code is kept, whether it is taken
# back at once, and how many days after a month's first it holds.
acts = st.tuples(
    st.sampled_from(KINDS), st.sets(st.integers(0, 7), min_size=1, max_size=3), st.booleans(), st.booleans(),
    st.booleans(), st.sampled_from((-1, 0, 1, 16, 27)),
)  # fmt: skip
figures = st.lists(st.none() | st.integers(0, 50), min_size=120, max_size=120)


REGISTERED = {"hamlets": 12, "household_clusters": 12, "groups_founded": 0, "groups_dissolved": 0}


class Acted(Played):
    """A little country with a register, whose units change by the act; kept beside it: who stands for whom, and since."""

    def __init__(self, plays, told, restating, cutoffs):
        self.found(cutoffs, told, restating)
        self.by = f.user(Role.ADMINISTRATOR)
        self.done = []
        for n in range(6):
            commune = self.commune(self.provinces[n % 2], None)
            for place in (1, 2):
                f.group(commune, hamlet=f.hamlet(commune, f"Khu {place}"), started_on=date(2020, 1, 1))
        for number, (kind, chosen, there, keeps, back, late) in enumerate(plays):
            living = self.living
            olds = [living[place] for place in sorted(chosen) if place < len(living)]
            if olds:
                begins = MONTHS[number + 1].window(self.provinces[there].cutoff)[0]
                self.day = begins + timedelta(days=late)
                self.play(number, self.lines(kind, olds, self.provinces[there], keeps, number), back)
        self.report()

    @property
    def living(self):
        return list(Commune.objects.living().select_related("province").order_by("pk"))

    def lines(self, kind, olds, province, keeps, number):
        """What a list would say."""
        day = f"{self.day:%d/%m/%Y}"
        one, decision = olds[0], f"{number}/NQ"

        def line(row, old, code, name, main="", hamlets="", into=province):
            return ArrangedLine(row, old.code, code, f"Xã {name}", decision, day, main, hamlets, into.code)

        code = one.code if keeps else f"8{number:04d}"
        if kind == "rename":
            return [line(2, one, code, f"Tên {number}", into=one.province)]
        if kind == "move":
            other = next(place for place in self.provinces if place != one.province)
            return [line(2, one, code, one.name, into=other)]
        if kind == "merge":
            return [line(row, old, code, f"Mới {number}") for row, old in enumerate(olds, start=2)]
        names = list(Hamlet.objects.filter(commune=one).living().values_list("name", flat=True))
        parts = [line(2, one, code, f"Chính {number}", "x")]
        return [*parts, line(3, one, f"7{number:04d}", f"Phần {number}", "", "; ".join(names[1:]))]

    def play(self, number, lines, back):
        """Carry a list out; one that is refused, or taken back at once, has changed nothing."""
        before = self.state()
        plan = planning.understood(lines, self.by)
        if plan.faults:
            with pytest.raises(Refused):
                verbs.carry_out(plan, by=self.by, now=NOW)
            assert self.state() == before
            return
        done = verbs.carry_out(plan, by=self.by, now=NOW)
        if back:
            verbs.undo(done.change, by=self.by, now=NOW)
            assert self.state() == before
            return
        heirs = {old: heir.pk for old, heir in done.heirs.items()}
        for old in Commune.objects.filter(pk__in=heirs).select_related("province"):
            self.follows(old, heirs[old.pk], self.day)
        self.done.append((done.change, heirs))

    def state(self):
        """The units as they stand, and what the register holds in all."""
        rows = Commune.objects.order_by("pk").values_list("pk", "code", "kind", "name", "province", "ended_on")
        return list(rows), self.registered()

    def registered(self):
        """Hamlets and groups in the whole country, as the register counts them."""
        everywhere = list(Commune.objects.values_list("pk", flat=True))
        counted = headcount(everywhere, since=date(2024, 12, 15), on=date(2025, 6, 14))
        totals = dict.fromkeys(("hamlets", "household_clusters", "groups_founded", "groups_dissolved"), 0)
        for (_, code), value in counted.items():
            if code in totals:
                totals[code] += value
        return totals

    def take_back(self):
        """Undo what can be undone, the newest first. What has newer figures is refused, and nothing has changed."""
        while self.done:
            change, heirs = self.done.pop()
            before = self.state()
            created = [key for (key,) in change.before["created"]]
            reported = any(commune in created for commune, _ in self.value)
            try:
                with transaction.atomic():
                    verbs.undo(change, by=self.by, now=NOW)
            except Refused:
                assert reported and self.state() == before
                return
            assert not reported
            for old in heirs:
                del self.heir[old], self.ends[old]


@pytest.mark.django_db
@settings(
    max_examples=played(5, 8),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(acts, max_size=4), figures, st.booleans(), cutoffs)
def test_acts_and_their_undoing_never_count_twice_nor_lose(db, plays, told, restating, cutoffs):
    with transaction.atomic():
        country = Acted(plays, told, restating, cutoffs)
        prove(country, restating)
        assert country.registered() == REGISTERED
        country.take_back()
        prove(country, restating)
        assert country.registered() == REGISTERED
        transaction.set_rollback(True)
