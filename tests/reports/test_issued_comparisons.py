"""Versions issued before comparisons were kept: the migration writes down what was printed of them."""

from importlib import import_module
from types import SimpleNamespace

from reports.models import IssuedWeapon
from reports.totals.comparing import Compared

compared = import_module("reports.migrations.0007_issued_comparisons").compared


def test_what_was_compared_is_kept_and_what_was_refused_stays_refused():
    row = SimpleNamespace(value=30, previous=20, same_span_last_year=None, reports=6)
    kept = compared(row, allowed=["previous", "same_span_last_year"])
    assert kept["previous"] == {"basis": "whole", "now": "30", "then": "20", "reports": 6, "why": ""}
    assert kept["same_span_last_year"]["then"] is None
    refused = compared(row, allowed=[])["previous"]
    assert (refused["basis"], refused["now"], refused["why"]) == (
        "none", None, "số báo cáo tháng của các kỳ chênh lệch nhiều",
    )  # fmt: skip


def test_what_the_migration_wrote_is_read_as_a_comparison():
    from reports.documents.issues import _compared_of

    kept = compared(SimpleNamespace(value=3, previous=None, same_span_last_year=2, reports=1), allowed=["previous"])
    assert _compared_of(IssuedWeapon(compared=kept))["previous"] == Compared("whole", 3, None, 1, "")
