"""What the database adds up over the pairs of two spans is what the pieces say one by one."""

from copy import deepcopy
from itertools import product
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes import editions
from communes.models import Cluster, Commune
from reports.models import Figure, ReportTotal
from reports.months import Month
from reports.totals import remembered
from reports.totals.comparing import BASES, Comparison
from reports.totals.joined import can_join, pair_sums
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f
from tests.conftest import cast_of_characters

CODES = ("patrols", "outreach_sessions", "disputes_pending")


@pytest.fixture(scope="module")
def half_told(lasting):
    """Seven communes and the office over eighteen months, with reports missing and cells left blank."""
    cast, chance = cast_of_characters(), Random(11)
    communes = [cast.chi_dam, cast.tay_coc, *(f.commune(province=cast.phu_tho) for _ in range(5))]
    for month in (Month(2024, 1) + step for step in range(18)):
        for commune in communes:
            if chance.random() < 0.95:
                known = {code: chance.randint(0, 60) for code in CODES if chance.random() < 0.97}
                f.filed(commune, month, chance.choice(("submitted", "approved")), **known)
        if chance.random() < 0.8:
            f.office_report(cast.phu_tho, month, "approved", patrols=chance.randint(0, 9))
    two = Cluster.objects.create(province=cast.phu_tho, grouping="Cụm", name="Hai xã")
    two.communes.set(communes[:2])
    return cast.phu_tho


@pytest.fixture
def province(half_told, db):
    return deepcopy(half_told)


THIRDS = ("commune", lambda unit: unit % 3 if unit > 0 else None)


def test_sums_over_the_pairs_are_those_of_the_pieces(province):
    place = Place(province)
    summary = Summary(place, place.span("2025-H1"), f.NOW, "sent", indicators=CODES)
    groupings = [("indicator", None), ("commune", None), THIRDS, ("month", None)]
    for base, kind, (by, group_of) in product(BASES, ("flows", "end"), groupings):
        pairing = Comparison(summary, base)._pairing(by, group_of, kind)
        assert can_join(pairing, summary)
        groups = {pairing.group(spot) for spot in pairing.here.all | pairing.there.all} - (
            {None} if group_of else set()
        )
        here, there = (pairing.pieces(summary, side, groups, CODES) for side in (pairing.here, pairing.there))
        expected = {}
        for key, pieces in here.items():
            both = [spot for spot, piece in pieces.items() if piece.over and spot in there.get(key, {})]
            if both and key[0] in groups:
                offices = sum(unit < 0 for unit, _ in both)
                sums = (sum(side[spot].value for spot in both) for side in (pieces, there[key]))
                expected[key] = (len(both), offices, *sums)
        assert expected and pair_sums(pairing, summary, groups, CODES) == expected, (base, kind, by)


def test_a_commune_without_a_report_counts_in_the_pairs_by_its_register(province):
    silent = [f.commune(province=province) for _ in range(2)]
    for commune in (*silent, Commune.objects.get(code="07999")):
        f.group(commune, started_on="2023-01-01")
        f.hamlet(commune, started_on="2023-01-01")
    f.filed(silent[0], Month(2025, 6))
    summary = Summary(Place(province), Place(province).span("2025-H1"), f.NOW, "sent")
    codes = ("household_clusters", "hamlets")
    for base, by in product(BASES, ("indicator", "commune")):
        pairing = Comparison(summary, base)._pairing(by, None, "register")
        assert can_join(pairing, summary) and any(not one.pk for one in pairing.here.reports)
        groups = {pairing.group(spot) for spot in pairing.here.all | pairing.there.all}
        here, there = (pairing.pieces(summary, side, groups, codes) for side in (pairing.here, pairing.there))
        expected = {}
        for key, pieces in here.items():
            both = pieces.keys() & there.get(key, {}).keys()
            if both:
                offices = sum(unit < 0 for unit, _ in both)
                expected[key] = (
                    len(both),
                    offices,
                    *(sum(side[s].value for s in both) for side in (pieces, there[key])),
                )
        assert expected and pair_sums(pairing, summary, groups, codes) == expected, (base, by)


def test_an_incomplete_span_is_compared_without_fetching_its_values(province):
    place = Place(province)
    summary = Summary(place, place.span("2025-H1"), f.NOW, "sent", indicators=CODES)
    fetched = []
    with CaptureQueriesContext(connection) as queries:
        said = Comparison(summary, "previous").figures()[None]
    assert said["patrols"].basis == "like"
    for query in queries:
        if ReportTotal._meta.db_table in query["sql"] or Figure._meta.db_table in query["sql"]:
            assert "GROUP BY" in query["sql"]
            fetched += [query["sql"]] if '"commune_id"' in query["sql"].split("FROM")[0] else []
    assert not fetched, "no value of a commune leaves the database"


def test_what_is_kept_of_pairs_is_asked_again_after_a_save(province, monkeypatch):
    monkeypatch.setattr(remembered, "FEWEST_REPORTS", 0)
    monkeypatch.setattr(editions, "uncommitted", lambda: False)
    place = Place(province)

    def compared():
        summary = Summary(place, place.span("2025-H1"), f.NOW, "sent", indicators=CODES)
        return Comparison(summary, "previous").figures()[None]["patrols"]

    before = compared()
    with CaptureQueriesContext(connection) as queries:
        assert compared() == before
    assert not any("pairs" in query["sql"] for query in queries), "remembered"
    report = ReportTotal.objects.filter(indicator__code="patrols", report__month=Month(2025, 3)).first().report
    ReportTotal.objects.filter(report=report, indicator__code="patrols").update(value=5000)
    type(report).objects.filter(pk=report.pk).change()
    assert compared().now != before.now
