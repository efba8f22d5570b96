"""Hamlets, groups and an initiative move at random, back-dated too, on the very days between months: counted once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from communes import changes
from communes.models import Hamlet
from communes.refusals import Refused
from models_registry.arranging.moving import Destination, Order, move
from models_registry.headcount import headcount
from models_registry.models import Initiative, Member, SelfManagementGroup
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f
from tests.conftest import cast_of_characters
from tests.databases import played
from tests.models_registry.test_moving import snapshot

NOW = datetime(2026, 6, 20, 2, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
MONTHS = [Month(2026, 2) + n for n in range(3)]
CUTOFFS = (14, 1, 10, 27)  # the decree's, and others that provinces may choose
NEW_AND_GONE = ("groups_founded", "groups_dissolved", "initiatives_started", "initiatives_discontinued")

# A move: of what, to which hamlet (a hamlet: to whose commune), from which of the days, and whether it is taken back at
# once.
moves = st.tuples(st.sampled_from("HGAI"), st.sampled_from("HKL"), st.integers(0, 8), st.booleans())


class Moved:
    """H lies in Chí Đám and may go, K stays there, L in Tây Cốc; kept beside: where everything was since which day."""

    def __init__(self, cutoff):
        self.cast = cast_of_characters()
        self.province = self.cast.phu_tho
        self.province.cutoff_day, self.province.commune_due_day, self.province.province_due_day = cutoff, 28, 28
        self.province.save()
        windows = [month.window(cutoff) for month in MONTHS]
        self.ends = {month: end for month, (_, end) in zip(MONTHS, windows, strict=True)}
        self.days = [day for start, end in windows for day in (start, start + timedelta(1), end)]
        self.communes = {"C": self.cast.chi_dam, "T": self.cast.tay_coc}
        self.by = {"C": self.cast.lan, "T": self.cast.tuan}
        own = {"H": ("C", "Xóm H"), "K": ("C", "Xóm K"), "L": ("T", "Xóm L")}
        self.rows = {key: f.hamlet(self.communes[at], name, started_on=LONG_AGO) for key, (at, name) in own.items()}
        for key in "GA":
            self.rows[key] = f.group(self.cast.chi_dam, hamlet=self.rows["H"], name=f"Tổ {key}", started_on=LONG_AGO)
            f.member(self.rows[key], position="leader", started_on=LONG_AGO)
        self.rows["I"] = f.initiative(self.cast.chi_dam, started_on=LONG_AGO)
        f.site(self.rows["I"], hamlet=self.rows["K"], started_on=LONG_AGO)
        self.seats = {"G": "H", "A": "H", "I": "K"}
        self.lay = {
            key: [(LONG_AGO, at)] for key, at in {"H": "C", "K": "C", "L": "T", "G": "C", "A": "C", "I": "C"}.items()
        }

    def living(self, key):
        """The row that something goes on as."""
        row = type(self.rows[key]).objects.get(pk=self.rows[key].pk)
        while row.ended_on:
            row = Hamlet.objects.get(inheritances__predecessor=row) if key in "HKL" else row.continuations.get()
        return row

    def play(self, what, to, place, back):
        day = self.days[place]
        row, before = self.living(what), snapshot()
        there = self.lay[to][-1][1] if what != "H" else "T" if self.lay["H"][-1][1] == "C" else "C"
        seat = None if what == "H" else self.living(to)
        own = self.lay[what][-1][1] == there
        by = self.by[there] if own else self.cast.hoa
        going = [what] + [one for one, at in self.seats.items() if what == "H" and at == "H"]
        try:
            with transaction.atomic():
                change, _ = move(row, Destination(self.communes[there], seat), Order(day, "7/QĐ", by, NOW))
        except (Refused, ValidationError):
            assert snapshot() == before
            return
        assert self.since[what] < day, (what, to, day)
        if back:
            changes.undo(change, by=by, now=NOW)
            assert snapshot() == before
            return
        for one in going:  # what came to lie in the hamlet since had its first day where it lay then
            self.lay[one].append((max(day, self.since[one] + timedelta(1)), there))
        if what != "H":
            self.seats[what] = to

    @property
    def since(self):
        return {key: lay[-1][0] for key, lay in self.lay.items()}

    def commune_on(self, key, day):
        return next(at for since, at in reversed(self.lay[key]) if since <= day)

    def prove(self):
        """On every day each thing is counted once, where it lay then; and nothing as new or gone."""
        keys = [one.pk for one in self.communes.values()]
        for day in sorted({day + timedelta(late) for day in self.days for late in (-1, 0, 1)}):
            counted = headcount(keys, since=day - timedelta(days=30), on=day)
            for at, commune in self.communes.items():
                for code, things in (("hamlets", "HKL"), ("household_clusters", "GA"), ("initiatives", "I")):
                    there = sum(self.commune_on(key, day) == at for key in things)
                    own = 3 if (code, at) == ("hamlets", "C") else 0  # those of the cast
                    assert counted.get((commune.pk, code), 0) == there + own, (day, at, code)
            assert not sum(counted.get((key, code), 0) for key in keys for code in NEW_AND_GONE), day
            assert sum(counted.get((key, "initiative_sites"), 0) for key in keys) == 1, day
        for boundaries in ("today", "then"):
            self.prove_months(boundaries)
        for model in (SelfManagementGroup, Initiative):
            assert {one.first_day for one in model.objects.all()} == {LONG_AGO}
        assert Member.objects.filter(ended_on=None).count() == 2
        assert Hamlet.objects.living().filter(name__startswith="Xóm").count() == 3

    def prove_months(self, boundaries):
        """A month counts what lay in a commune on the last day that the province's cut-off gives it."""
        for month, end in self.ends.items():
            span = Span.parse(str(month))
            for place in (Place(self.province), *(Place(self.province, one) for one in self.communes.values())):
                counted = Summary(place, span, NOW, "sent", boundaries).values(span, "commune")
                for at, commune in self.communes.items():
                    if place.commune not in (None, commune):
                        continue
                    for code, things in (("hamlets", "HKL"), ("household_clusters", "GA"), ("initiatives", "I")):
                        there = sum(self.commune_on(key, end) == at for key in things)
                        there += 3 if (code, at) == ("hamlets", "C") else 0
                        row = counted.get(commune.pk, {}).get(code)
                        assert (row.value if row else 0) == there, (month, at, code, place)


@pytest.mark.django_db
@settings(
    max_examples=played(6, 12),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(moves, min_size=1, max_size=6), st.sampled_from(CUTOFFS))
def test_what_moves_is_counted_once_on_every_day_and_in_every_month(db, plays, cutoff):
    with transaction.atomic():
        country = Moved(cutoff)
        for one in plays:
            country.play(*one)
        country.prove()
        transaction.set_rollback(True)
