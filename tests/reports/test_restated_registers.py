"""A month that an heir restates is counted in the registers of those it succeeded, wherever it is shown.

Xã A and Xã B went into Xã C on 15/06/2025, which tells of January and February.
"""

import pytest

from reports.documents.gathering import facts_of
from reports.models import MonthlyReport, ReportTotal
from reports.months import Month, Span
from reports.review.marks import marks_of
from reports.totals.place import Place
from reports.units import Unit
from tests import factories as f
from tests.reports.test_figures_page import seen
from tests.reports.test_restated_stocks import asked
from tests.reports.test_summary_boundaries import LAST_DAY, NOW, merged  # noqa: F401

JANUARY, FEBRUARY, JULY = (Month(2025, number) for number in (1, 2, 7))


@pytest.fixture
def restated(merged):  # noqa: F811
    """Xã A had a hamlet, a group and an initiative there when its register was all there was."""
    hamlet = f.hamlet(merged.a, "Khu 1", ended_on=LAST_DAY)
    f.group(merged.a, hamlet=hamlet, started_on="2020-01-01", ended_on=LAST_DAY)
    f.initiative(merged.a, started_on="2020-01-01", ended_on=LAST_DAY)
    merged.reports = [f.filed(merged.c, month, now=NOW, patrols=1) for month in (JANUARY, FEBRUARY)]
    return merged


@pytest.mark.parametrize("boundaries", ["today", "then"])
def test_the_types_of_its_initiatives_are_those_it_counts(restated, boundaries):
    for place in (Place(), Place(restated.province), Place(restated.province, restated.c)):
        summary = asked(place, boundaries, "2025-02")
        assert (summary.total()["initiatives"].value, summary.initiative_types()) == (1, 1), place
    f.initiative(restated.c, "safe_hamlet", started_on="2020-01-01", ended_on=LAST_DAY)
    summary = asked(Place(restated.province, restated.c), boundaries, "2025-02")
    assert summary.initiative_types() == 1, "its own register has something of then"


def test_its_document_names_the_initiatives_it_counts(restated):
    found = facts_of(Unit(restated.province, restated.c), Span.parse("2025-02"), "approved", NOW)
    assert found.initiative_names == tuple(restated.a.initiative_set.values_list("name", flat=True)) != ()


def test_the_reviewer_is_not_told_that_the_register_has_lost_what_it_never_held(restated):
    reviewer = f.reviewer_of(restated.province)

    def flows():
        report = MonthlyReport.objects.with_unit().get(pk=restated.reports[1].pk)
        return [mark.sentence for mark in marks_of([report], FEBRUARY, reviewer)[report.pk] if mark.kind == "flow"]

    closed = ReportTotal.objects.filter(report=restated.reports[0], indicator__code="household_clusters")
    assert [one.value for one in closed] == [1] and not flows()
    closed.update(value=2)
    assert any("đã chốt 2, nay danh bạ tính cho ngày đó là 1" in sentence for sentence in flows())


@pytest.mark.parametrize(("month", "url"), [(JANUARY, ""), (JULY, "/register/counts/?")])
def test_its_figure_leads_to_no_list_of_a_commune_that_was_not_there(client, restated, month, url):
    f.group(restated.c, hamlet=f.hamlet(restated.c, "Khu 1"))
    f.filed(restated.c, JULY, now=NOW, patrols=1)
    query = f"commune={restated.c.slug}&span={month}&indicator=household_clusters"
    page = seen(client, f.reviewer_of(restated.province), query)
    cell = next(row[3] for row in page["reports"].rows)
    assert page["value"].value == 1 and cell.value.startswith("chốt khi gửi")
    assert cell.url.startswith(url) and bool(cell.url) == bool(url)
    assert ("khi ấy chưa có Xã C" in cell.value) == (not url)
