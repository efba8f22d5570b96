from reports.grid import Row
from reports.summary import Place, Summary
from reports.workflow import perform
from tests import factories as f


def test_a_month_from_entry_to_total(cast):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 7, (Row(hamlet=cast.khu[1].pk), "patrols"): 0})
    perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "đang rà soát"})
    report.refresh_from_db()
    perform(report, "approve", by=cast.hoa, now=f.NOW)
    place = Place(cast.phu_tho)
    summary = Summary(place, place.span("2025-H1"), f.NOW)
    assert summary.total()["patrols"].value == 7
    assert summary.total()["hamlets"].value == 3
    assert summary.coverage.sent == 1
    assert summary.values(summary.span, "commune")[cast.chi_dam.pk]["patrols"].value == 7
    assert summary.values(summary.span, "month")[f.JUNE]["hamlets"].value == 3
