"""What is expected and there is the same asked of the country, of its provinces and of their communes, then and now."""

import pytest

from communes.models import Commune
from reports.months import Span
from reports.totals.chosen import Chosen
from reports.totals.parts import parts_of
from reports.totals.place import Coverage, Place
from reports.totals.summary import Summary
from tests.reports.test_country import NOW, SPANS, UNLIKE, USUAL, RandomCountry

NOTHING = Coverage(0, 0, 0, 0, 0)


def summary(place, span, boundaries):
    return Summary(place, Span.parse(span), NOW, "sent", boundaries)


def added(coverages):
    """Several coverages as one."""
    found = list(coverages)
    return Coverage(
        *(sum(getattr(one, name) for one in found) for name in ("units", "expected", "begun", "sent", "approved"))
    )


@pytest.mark.parametrize("boundaries", ["then", "today"])
@pytest.mark.parametrize(("seed", "cutoffs"), [(0, USUAL), (1, USUAL), (4, UNLIKE), (6, UNLIKE)])
def test_provinces_are_the_country_and_communes_their_provinces(db, monkeypatch, seed, cutoffs, boundaries):
    """Mergers, splits and restated months cross the borders of provinces, whose months may end on different days."""
    country = RandomCountry(seed, cutoffs)
    for span in SPANS:
        whole = summary(Place(), span, boundaries)
        by_province = parts_of(whole).coverage()
        own = {one.pk: summary(Place(one), span, boundaries) for one in country.provinces}
        for key, one in own.items():
            assert by_province.get(key, NOTHING) == one.coverage, (span, key)
        assert added(one.coverage for one in own.values()) == whole.coverage, span
        with monkeypatch.context() as patch:
            patch.setattr(Chosen, "country", None)
            assert whole.asking(memory={}).coverage == whole.coverage, "in columns and report by report"
        for province in country.provinces:
            by_commune = own[province.pk].coverage_by(lambda commune: commune)
            for commune in Commune.objects.filter(province=province):
                if boundaries == "today" and commune.ended_on:
                    continue  # what a former commune's own page expects is not the province's any more
                alone = summary(Place(province, commune), span, boundaries).coverage
                assert by_commune.get(commune.pk, NOTHING) == alone, (span, commune.pk)
