"""An indicator lives from a month to a month: a report keeps what it holds, and nobody owes what is not asked."""

from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reports.entry.figures import CellWrite, none_cells, record
from reports.entry.grid import Grid, Row
from reports.models import Indicator
from reports.months import Month
from reports.totals.place import Place
from reports.totals.rows import indicator_rows
from reports.totals.summary import Summary
from tests import factories as f

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
RETIREMENTS = {"unticked": {"is_active": False}, "ended": {"last_month": APRIL}}


@pytest.fixture(params=RETIREMENTS)
def retired(cast, request):
    """The tips of an approved and of an open month are typed, then the indicator is retired."""
    cast.approved = f.filed(cast.chi_dam, MAY, "approved", tips=7, patrols=1)
    cast.open = f.filed(cast.tay_coc, MAY, "draft", tips=4, patrols=1)
    Indicator.objects.filter(code="tips").update(**RETIREMENTS[request.param])
    return cast


def page(client, user, address):
    client.force_login(user, backend=BACKEND)
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_an_approved_month_keeps_every_row_it_was_approved_with(client, retired):
    name = Indicator.objects.get(code="tips").name
    assert "tips" in Grid.of(retired.approved).catalogue.by_code
    for address in (f"/reports/{retired.chi_dam.code}/2025-05/", f"/review/{retired.chi_dam.code}/2025-05/"):
        assert name in page(client, retired.hoa, address)
    assert "tips" not in Grid(retired.approved.unit, JUNE).catalogue.by_code


def test_what_an_open_month_holds_can_be_mended_but_is_owed_by_nobody(retired):
    grid = Grid.of(retired.open)
    assert "tips" not in grid.blanks()
    assert all(cell.indicator != "tips" for cell in none_cells(grid, "rest"))
    (row,) = (row for row, code in grid.cells if code == "tips")
    officer = f.user("commune_officer", retired.tay_coc)
    outcome = record(retired.open, [CellWrite(row, "tips", 5, was=4)], by=officer, now=f.NOW)
    assert (outcome.errors, outcome.conflicts, outcome.totals) == ([], [], {"tips": 5})


def test_what_a_report_never_held_is_refused_once_it_is_not_asked(retired):
    bare = f.filed(retired.tay_coc, JUNE, "draft", patrols=1)
    outcome = record(bare, [CellWrite(Row(), "tips", 5)], by=f.user("commune_officer", retired.tay_coc), now=f.NOW)
    assert [sentence for _, sentence in outcome.errors] == ["Chỉ tiêu này không nhập trong tháng báo cáo này."]


def test_a_span_it_did_not_live_in_has_no_row_of_it(retired):
    def codes(month):
        place = Place(retired.phu_tho)
        summary = Summary(place, place.span(str(month)), f.NOW)
        return {row.code: row.value for row in indicator_rows(summary, "indicator")}

    assert codes(MAY)["tips"] == 7
    assert codes(JUNE)["tips"] is None  # May, the span before, has it
    assert "tips" not in codes(JUNE + 1)


def test_an_indicator_ends_no_earlier_than_it_begins():
    tips = Indicator.objects.get(code="tips")
    tips.first_month, tips.last_month = JUNE, MAY
    with pytest.raises(ValidationError, match="không muộn hơn"):
        tips.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        tips.save()
