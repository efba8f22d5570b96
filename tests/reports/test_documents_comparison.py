"""The report compares only with spans that rest on half as many monthly reports or more."""

from datetime import UTC, datetime

import pytest

from reports.documents.appendix import appendix
from reports.documents.gathering import facts_of
from reports.documents.narrative import narrative
from reports.months import Month
from reports.units import Unit
from tests import factories as f

LATER = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(("before", "compared"), [(0, False), (1, False), (2, False), (3, True), (6, True)])
def test_a_span_before_with_few_reports_is_named_and_not_compared_with(cast, before, compared):
    for number in range(1, 7):
        f.filed(cast.chi_dam, Month(2025, number), patrols=10)
    for back in range(before):
        f.filed(cast.chi_dam, Month(2024, 12) - back, patrols=4)
    unit = Unit(cast.phu_tho, cast.chi_dam)
    facts = facts_of(unit, unit.span("2025-H1"), "approved", LATER)
    patrols = facts.by_code["patrols"]
    assert (patrols.value, patrols.previous) == (60, 4 * before if compared else None)
    words = " ".join(paragraph.text for paragraph in narrative(facts))
    assert ("so với kỳ trước" in words) is compared
    assert (f"Chưa so sánh với kỳ trước (chỉ có {before}/6 báo cáo tháng)" in words) is (0 < before < 3)
    row = next(row for row in appendix(facts)[0].rows if "Lượt tuần tra" in row.values)
    assert row.values[4] == (4 * before if compared else None)
