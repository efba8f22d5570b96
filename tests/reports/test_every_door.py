"""Whatever is reported and whatever is not: every door says the same figure, compared with the same.

A small province is filled at random (:mod:`random_coverage`), recounted by SQL over its cells (:mod:`recount`), and read
through the API, pages, their tables, Excel, csv, Word and print (:mod:`doors`). A few examples with every run;
``DOORS=40`` asks for so many of each door (``make long``).
"""

import os
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from communes import editions
from reports.months import Month
from reports.totals import remembered
from tests.reports import random_coverage
from tests.reports.doors import DOORS
from tests.reports.random_case import OVER, RUNNING, Case
from tests.reports.random_coverage import Coverage

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("DOORS", "0"))  # 0: as few as a suite has time for
SPANS = ("2025-06", "2025-Q2", "2025-04..2025-05", "2025-H1")


@pytest.fixture(scope="module")
def world(lasting):
    """The places, made once for this module; sums are remembered as if committed."""
    patch = pytest.MonkeyPatch()
    patch.setattr(remembered, "FEWEST_REPORTS", 0)
    patch.setattr(editions, "uncommitted", lambda: False)
    yield random_coverage.make()
    patch.undo()


COVERAGES = st.builds(
    Coverage, st.integers(0, 10**6), st.sampled_from((1.0, 0.95, 0.9, 0.8, 0.5, 0.2)), st.sampled_from((1.0, 0.9, 0.6))
)
CASES = {
    "coverage": COVERAGES, "span": st.sampled_from(SPANS), "include": st.sampled_from(("sent", "approved", "all")),
    "now": st.sampled_from((OVER, OVER, RUNNING)),
}  # fmt: skip


def played(examples):
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=not EXAMPLES,
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip


def play(world, doors, coverage, span, include, now):
    cache.clear()
    with mock.patch("django.utils.timezone.now", return_value=now), transaction.atomic():
        random_coverage.fill(world, coverage, Month(2025, 6))
        case = Case(world, span, include, now)
        for door in doors:
            door(case)
        transaction.set_rollback(True)


@played(EXAMPLES or 1)
@given(**CASES)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@example(coverage=Coverage(1, 0.9, 0.9), span="2025-Q2", include="sent", now=OVER)
def test_every_door_compares_the_pairs_of_a_recount(world, door, coverage, span, include, now):
    play(world, [door], coverage, span, include, now)
