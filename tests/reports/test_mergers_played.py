"""Mergers played at random: totals then and now never count twice, and lose nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from communes.models import Commune, Province, UnitSuccession
from reports.models import Indicator, MonthlyReport, ReportTotal
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests.databases import played

NOW = datetime(2026, 2, 20, 2, 0, tzinfo=UTC)
MONTHS = [Month(2025, number) for number in range(1, 7)]
SPAN = Span.parse("2025-H1")
BEFORE = [Month(2024, number) for number in (11, 12)]  # told too, and the stocks of them carried into the span

# A play: of each round which communes (by their place among the living) go into a new one, in which of the two
# provinces it lies, and for each commune and month what it reported (None: nothing).
cutoffs = st.sampled_from([(14, 14), (27, 27), (14, 27), (1, 14), (10, 20)])  # of the two provinces
rounds = st.lists(st.tuples(st.sets(st.integers(0, 5), min_size=1, max_size=3), st.booleans()), max_size=3)
figures = st.lists(st.none() | st.integers(0, 50), min_size=80, max_size=80)

# The first commune tells February and the third only December; their heir, the eighth, restates January between.
RESTATED_BETWEEN = [{3: 10, 17: 6, 58: 30}.get(place) for place in range(80)]


class Played:
    """A little country after some rounds of mergers, one at the end of each month from January on, as the province
    that takes the communes ends it.
    """

    def __init__(self, plays, told, restating, cutoffs=(14, 14)):
        self.found(cutoffs, told, restating)
        living = [self.commune(self.provinces[n % 2], None) for n in range(6)]
        for number, (going, there) in enumerate(plays):
            old = [living[place] for place in sorted(going) if place < len(living)]
            if not old:
                continue
            day = MONTHS[number].window(cutoffs[there])[1]
            new = self.commune(self.provinces[there], day + timedelta(days=1))
            for one in old:
                Commune.objects.filter(pk=one.pk).update(ended_on=day)
                UnitSuccession.objects.create(predecessor=one, successor=new, day=new.started_on)
                self.follows(one, new.pk, new.started_on)
            living = [one for one in living if one not in old] + [new]
        self.living = living
        self.report()

    def found(self, cutoffs, told, restating):
        """Two provinces with nothing in them."""
        due = {"commune_due_day": 28, "province_due_day": 28}
        self.provinces = [
            Province.objects.create(code=f"9{n}", name=f"Tỉnh {n}", kind="Tỉnh", cutoff_day=cutoff, **due)
            for n, cutoff in enumerate(cutoffs)
        ]
        self.made, self.heir, self.ends, self.value = 0, {}, {}, {}
        self.told, self.restating = iter(told), restating

    def follows(self, old, heir, day):
        """Say that a commune has an heir from a day on; nobody owes half a month, and who restates may tell it."""
        last = MONTHS.index(Month.of(day - timedelta(days=1), old.province.cutoff))
        whole = MONTHS[last].window(old.province.cutoff)[1] < day
        self.heir[old.pk], self.ends[old.pk] = heir, last if whole or self.restating else last - 1

    def commune(self, province, started):
        self.made += 1
        return Commune.objects.create(
            code=f"9{self.made:04d}", name=f"Xã {self.made}", kind="Xã", province=province, started_on=started
        )

    def report(self):
        """Each commune reports in its life; a merged one also months before its own, where ``restating``."""
        patrols, pending = (Indicator.objects.get(code=code) for code in ("patrols", "disputes_pending"))
        for commune in Commune.objects.select_related("province").order_by("pk"):
            for place, month in enumerate([*BEFORE, *MONTHS], start=-len(BEFORE)):
                value = next(self.told, None)
                if value is None or not self.tells(commune, place):
                    continue
                one = MonthlyReport.objects.create(
                    province=commune.province, commune=commune, month=month, state="approved",
                    opened_at=NOW, saved_at=NOW, sent_at=NOW, approved_at=NOW,
                )  # fmt: skip
                ReportTotal.objects.create(report=one, indicator=patrols, value=value)
                ReportTotal.objects.create(report=one, indicator=pending, value=stock_of(value))
                self.value[commune.pk, month] = value

    def tells(self, commune, place):
        """Whether a commune reports of a month: until its end, and unless it restates, after what it follows."""
        if place > self.ends.get(commune.pk, 9):
            return False
        if commune.started_on is None or self.restating:
            return True
        before = max((self.ends[old] for old, heir in self.heir.items() if heir == commune.pk), default=-1)
        return place > before and commune.started_on <= MONTHS[place].window(commune.province.cutoff)[1]

    def heirs_of(self, commune):
        while commune in self.heir:
            commune = self.heir[commune]
            yield commune

    def expected(self, boundaries):
        """What counts: of communes that hold the same month one after another, the last today, the first then."""
        found = {}
        for (commune, month), value in self.value.items():
            if month in BEFORE:
                continue
            told = [heir for heir in self.heirs_of(commune) if (heir, month) in self.value]
            older = [old for old in self.heir if commune in self.heirs_of(old) and (old, month) in self.value]
            if not (told if boundaries == "today" else older):
                unit = [commune, *self.heirs_of(commune)][-1] if boundaries == "today" else commune
                found[unit] = found.get(unit, 0) + value
        return found

    def counts(self, commune, month, boundaries):
        """Whether the report of a month is none that another stands in for."""
        olds = [old for old in self.heir if commune in self.heirs_of(old)]
        others = self.heirs_of(commune) if boundaries == "today" else olds
        return (commune, month) in self.value and not any((other, month) in self.value for other in others)

    def held(self, commune, boundaries, end):
        """Unit → month of the reports that hold the stocks of a commune and of all that went into it.

        Its own last report, unless one of a later month is of those before it: then what these hold.
        """
        found = {}
        for old in (old for old, heir in self.heir.items() if heir == commune):
            found |= self.held(old, boundaries, end)
        own = [month for month in [*BEFORE, *MONTHS] if month <= end and self.counts(commune, month, boundaries)]
        if own and all(month <= own[-1] for month in found.values()):
            return {commune: own[-1]}
        return found

    def stocks(self, boundaries, end):
        """What stands at the end of a month, by unit."""
        found = {}
        for last in Commune.objects.exclude(pk__in=self.heir).values_list("pk", flat=True):
            for unit, month in self.held(last, boundaries, end).items():
                key = last if boundaries == "today" else unit
                found[key] = found.get(key, 0) + stock_of(self.value[unit, month])
        return found


def stock_of(value):
    """Another number for the same report, which is not added up over months."""
    return value * 7 % 51


def asked(place, boundaries, span=SPAN):
    return Summary(place, span, NOW, "approved", boundaries)


def by_unit(place, boundaries, code="patrols", span=SPAN):
    values = asked(place, boundaries, span).values(span, "commune")
    return {unit: row[code].value for unit, row in values.items() if code in row}


def prove_stocks(country, boundaries):
    """What stands at the end of a month is each line's last figure, once, for the country as for its parts."""
    for span in (Span.parse(str(MONTHS[2])), Span.parse(str(MONTHS[5])), SPAN):
        expected = country.stocks(boundaries, span.last)
        places = [Place(), *map(Place, country.provinces)]
        whole, *parts = (by_unit(place, boundaries, "disputes_pending", span) for place in places)
        assert whole == expected, (boundaries, span)
        assert parts[0] | parts[1] == expected and not parts[0].keys() & parts[1].keys(), (boundaries, span)
    for place in (Place(), Place(country.provinces[0])):
        trend = asked(place, boundaries).values(SPAN, "month")
        for end in MONTHS:
            units = Commune.objects.filter(province__in=[place.province] if place.province else country.provinces)
            mine = set(units.values_list("pk", flat=True))
            stands = [value for unit, value in country.stocks(boundaries, end).items() if unit in mine]
            row = trend.get(end, {}).get("disputes_pending")
            assert (row.value if row else None) == (sum(stands) if stands else None), (boundaries, end)


def prove(country, restating):
    """The country is the sum of its units, its provinces are the country, and every figure stands once."""
    for boundaries in ("today", "then"):
        expected = country.expected(boundaries)
        assert by_unit(Place(), boundaries) == expected, boundaries
        parts = {}
        for province in country.provinces:
            parts |= by_unit(Place(province), boundaries)
        assert parts == expected, f"the provinces are the country, {boundaries}"
        for commune in country.living:
            own = by_unit(Place(commune.province, commune), boundaries)
            assert own.get(commune.pk) == expected.get(commune.pk), boundaries
        prove_stocks(country, boundaries)
        if not restating:
            assert sum(expected.values()) == sum(v for (_, month), v in country.value.items() if month in MONTHS)


@pytest.mark.django_db
@settings(
    max_examples=played(8, 15),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rounds, figures, st.booleans(), cutoffs)
@example([({5}, True), ({0, 2}, False)], RESTATED_BETWEEN, True, (14, 14))
def test_totals_then_and_now_never_count_twice_nor_lose(db, plays, told, restating, cutoffs):
    with transaction.atomic():
        country = Played(plays, told, restating, cutoffs)
        prove(country, restating)
        transaction.set_rollback(True)
