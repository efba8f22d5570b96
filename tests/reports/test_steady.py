"""The thirteen months behind a figure are of the same units throughout: a late report is not a fall."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from reports.months import Month
from reports.totals.place import Place
from reports.totals.steady import MONTHS, run_of, steady_months, steady_reports
from reports.totals.summary import Summary
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST = Month(2025, 6)


@pytest.fixture
def year(cast):
    """Chí Đám sends thirteen months, Tây Cốc all but the last."""
    for step in range(MONTHS):
        f.filed(cast.chi_dam, LAST - step, patrols=10 + step)
        if step:
            f.filed(cast.tay_coc, LAST - step, patrols=100)
    return cast


def summary_of(place):
    return Summary(place, place.span(str(LAST)), f.NOW)


def test_a_province_is_drawn_by_those_who_sent_every_month(year):
    summary = summary_of(Place(year.phu_tho))
    assert {report.unit for report in steady_reports(summary)} == {year.chi_dam.pk}
    assert steady_months(summary)["patrols"] == [22 - step for step in range(MONTHS)]
    assert str(run_of(summary.span)) == "2024-06..2025-06"


def test_a_commune_is_drawn_by_itself_with_its_gaps(year):
    assert steady_months(summary_of(Place(year.phu_tho, year.tay_coc)))["patrols"] == [100] * 12 + [None]


def test_the_country_leaves_out_a_month_that_few_have_sent(year):
    assert steady_months(summary_of(Place()))["patrols"] == [122 - step for step in range(12)] + [None]


def test_a_month_in_which_few_of_them_have_the_figure_is_blank_and_no_rise(cast):
    more = [f.commune(province=cast.phu_tho) for _ in range(4)]
    for step in range(MONTHS):
        for commune in more:
            known = {"patrols": 10} if step < 3 or commune == more[0] else {"valuable_tips": 1}
            f.filed(commune, LAST - step, **known)
    assert steady_months(summary_of(Place(cast.phu_tho)))["patrols"] == [None] * 10 + [40] * 3


def test_a_late_tenth_of_the_country_is_not_its_fall(cast):
    more = [f.commune(province=cast.phu_tho) for _ in range(10)]
    for step in range(MONTHS):
        for commune in more[: 10 if step else 9]:
            f.filed(commune, LAST - step, patrols=10)
    assert steady_months(summary_of(Place()))["patrols"] == [100] * 12 + [None]


def test_the_totals_page_shows_the_line_beside_the_figure_and_the_workbook_does_not(year, client):
    client.force_login(year.hoa)
    answer = client.get(f"/dashboard/?province=25&span={LAST}")
    assert 'class="past"' in answer.content.decode()
    assert answer.context["indicators"].columns[-1].heading.startswith("13 tháng")
    book = load_workbook(BytesIO(client.get(f"/dashboard/?province=25&span={LAST}&format=xlsx").content))
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert "Chỉ tiêu" in texts and not [text for text in texts if text.startswith("13 tháng")]
