"""The country read in columns is the country read report by report, whatever was merged, restated, carried or saved."""

import random
from datetime import UTC, date, datetime

import pytest

from communes import editions
from communes.models import Commune, Province, UnitSuccession
from reports.models import Indicator, MonthlyReport, ReportTotal
from reports.months import Month, Span
from reports.totals import remembered
from reports.totals.chosen import Chosen
from reports.totals.missing import missing_of
from reports.totals.parts import parts_of
from reports.totals.place import Place
from reports.totals.splits import on_splits
from reports.totals.summary import Summary
from tests import factories as f

NOW = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)
MONTHS = [Month(2025, number) for number in range(1, 12)]
CODES = ("patrols", "inspections", "disputes_pending", "security_teams", "hamlets_reached")
STATES = ("approved", "approved", "approved", "submitted", "returned", "draft")
USUAL, UNLIKE = (14, 14, 14), (14, 25, 9)  # at NOW the second's November still runs, the others' December does
SPANS = ("2025", "2025-06", "2025-01..2025-10", "2026-H1")


class RandomCountry:
    """Three provinces, the third of which ended, and twelve communes that went into each other by chance.

    ``cutoffs`` are the days on which the months of each province end.
    """

    def __init__(self, seed, cutoffs=(14, 14, 14)):
        self.chance = random.Random(seed)
        self.provinces = [
            f.province(name=f"Tỉnh {n}", cutoff_day=day, commune_due_day=day + 1, province_due_day=day + 2)
            for n, day in enumerate(cutoffs)
        ]
        Province.objects.filter(pk=self.provinces[2].pk).update(ended_on=date(2025, 6, 14), heir=self.provinces[0])
        self.provinces[2].refresh_from_db()
        living = [f.commune(province=self.provinces[n % 3]) for n in range(9)]
        for month in (Month(2025, 3), Month(2025, 6), Month(2025, 9)):
            self.merge(living, month)
        self.living = living
        self.indicators = {i.code: i for i in Indicator.objects.filter(code__in=CODES)}
        for unit in (*Commune.objects.order_by("pk"), *self.provinces):
            self.fill(unit)

    def merge(self, living, month):
        day = month.window()[1]
        old = [living.pop(self.chance.randrange(len(living))) for _ in range(2)]
        new = [f.commune(province=self.chance.choice(self.provinces[:2]), started_on=(month + 1).window()[0])]
        if self.chance.random() < 0.5:
            new.append(f.commune(province=self.chance.choice(self.provinces[:2]), started_on=new[0].started_on))
        for one in old:
            Commune.objects.filter(pk=one.pk).update(ended_on=day)
            if self.chance.random() < 0.1:
                continue  # nobody succeeds it
            for place, heir in enumerate(new):
                UnitSuccession.objects.create(
                    predecessor=one, successor=heir, day=heir.started_on, main=place == 0, whole=len(new) == 1
                )
        living += new

    def fill(self, unit):
        commune = unit if isinstance(unit, Commune) else None
        if commune and self.chance.random() < 0.6:
            f.group(commune, "security_team", hamlet=f.hamlet(commune), started_on="2025-02-01")
        for month in MONTHS:
            if self.chance.random() < 0.35:
                continue
            state = self.chance.choice(STATES)
            sent, approved = (None if state == "draft" else NOW), (NOW if state == "approved" else None)
            report = MonthlyReport.objects.create(
                province=commune.province if commune else unit, commune=commune, month=month, state=state,
                sent_at=sent, approved_at=approved, opened_at=NOW, saved_at=NOW,
            )  # fmt: skip
            for indicator in self.indicators.values():
                if self.chance.random() < 0.7:
                    value = self.chance.randint(0, 9)
                    ReportTotal.objects.create(report=report, indicator=indicator, value=value)

    def change(self, kind):
        """What an officer, a reviewer, an operator or the register may do meanwhile."""
        report = self.chance.choice(MonthlyReport.objects.filter(state="submitted", month=Month(2025, 6)))
        if kind == 0:
            ReportTotal.objects.filter(report=report).update(value=99)
            MonthlyReport.objects.filter(pk=report.pk).change()
        elif kind == 1:
            MonthlyReport.objects.filter(pk=report.pk).change(state="approved", sent_at=NOW, approved_at=NOW)
        elif kind == 2:
            ReportTotal.objects.filter(report=report).delete()
            report.delete()
        elif kind == 3:
            Commune.objects.filter(province=self.provinces[0], ended_on=None).update(province=self.provinces[1])
        else:
            f.group(self.living[0], "security_team", hamlet=f.hamlet(self.living[0]), started_on="2025-02-01")


def told(summary):
    """All that is asked of the country, in an order that does not matter."""
    parts = parts_of(summary)
    return {
        "total": summary.total(),
        "by province": {key: row for key, row in summary.by_home(summary.span).items() if row},
        "rows": [(part.key, row) for part, row in parts.rows(CODES)],
        "coverage": (summary.coverage, summary.coverage.offices),
        "coverage by province": parts.coverage(),
        "counted": sorted(summary.counted(summary.span)),
        "stocks": sorted(summary.last(summary.span)),
        "own": sorted(summary.own(summary.span)),
        "carried": sorted(summary.carried(summary.span)),
        "register": sorted(map(repr, summary.registered(summary.span))),
        "splits": sorted(on_splits(summary)),
        "missing": missing_of(summary),
        "notes": summary.notes,
    }


def asked(spans=SPANS):
    for span in spans:
        for boundaries in ("today", "then"):
            for include in ("approved", "sent", "all"):
                yield Summary(Place(), Span.parse(span), NOW, include, boundaries)


def same(monkeypatch, spans=SPANS):
    """Both ways tell the same of every question."""
    for summary in asked(spans):
        found = told(summary)
        with monkeypatch.context() as patch:
            patch.setattr(Chosen, "country", None)
            expected = told(summary.asking(memory={}))
        for name, value in expected.items():
            assert found[name] == value, (name, str(summary.span), summary.include, summary.boundaries)


@pytest.mark.parametrize(("seed", "cutoffs"), [(0, USUAL), (1, USUAL), (2, UNLIKE)])
def test_the_country_in_columns_is_the_country_report_by_report(db, monkeypatch, seed, cutoffs):
    RandomCountry(seed, cutoffs)
    same(monkeypatch)


@pytest.mark.parametrize(("seed", "cutoffs"), [(0, USUAL), (1, UNLIKE), (2, USUAL), (3, UNLIKE)])
def test_what_the_country_says_of_a_province_its_own_page_says(db, seed, cutoffs):
    """A unit's months end on the day of its own province, and what went into an heir elsewhere counts there alone."""
    country = RandomCountry(seed, cutoffs)
    for summary in asked():
        by_home = summary.by_home(summary.span)
        for province in country.provinces:
            if summary.boundaries == "today" and province.ended_on:
                continue  # its reports count elsewhere
            own = Summary(Place(province), summary.span, NOW, summary.include, summary.boundaries)
            plain = {code: one.value for code, one in own.total().items()}
            told = {code: one.value for code, one in by_home.get(province.pk, {}).items()}
            assert told == plain, (province, str(summary.span), summary.include, summary.boundaries)


@pytest.mark.parametrize("kind", range(5))
def test_what_is_remembered_of_the_country_is_never_older_than_a_change(db, monkeypatch, kind):
    monkeypatch.setattr(editions, "uncommitted", lambda: False)
    monkeypatch.setattr(remembered, "FEWEST_REPORTS", 1)
    country = RandomCountry(seed=1)
    before = [told(summary) for summary in asked(SPANS[:1])]
    country.change(kind)
    assert [told(summary) for summary in asked(SPANS[:1])] != before
    same(monkeypatch, SPANS[:1])
