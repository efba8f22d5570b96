"""The report compares over the months of both spans that have a value, where these are enough."""

from datetime import UTC, datetime

import pytest

from reports.documents.appendix import appendix
from reports.documents.gathering import facts_of
from reports.documents.narrative import narrative
from reports.entry.remarks import write_notes
from reports.months import Month
from reports.units import Unit
from tests import factories as f

LATER = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "here", "compared"),
    [(0, 6, False), (1, 6, False), (4, 6, False), (5, 6, True), (6, 6, True), (6, 5, True), (6, 4, False)],
)
def test_spans_whose_numbers_of_reports_are_far_apart_are_not_compared(cast, before, here, compared):
    for number in range(1, here + 1):
        f.filed(cast.chi_dam, Month(2025, number), patrols=10)
    for back in range(before):
        f.filed(cast.chi_dam, Month(2024, 12) - back, patrols=4)
    unit = Unit(cast.phu_tho, cast.chi_dam)
    facts = facts_of(unit, unit.span("2025-H1"), "approved", LATER)
    patrols = facts.by_code["patrols"]
    assert (patrols.value, patrols.previous) == (10 * here, 4 * before or None), "what is known is kept"
    words = " ".join(paragraph.text for paragraph in narrative(facts))
    assert ("so với kỳ trước" in words) is compared
    pairs = min(here, before)
    refusal = f"không so sánh với kỳ trước vì mới {pairs}/6 tháng có số liệu cả hai kỳ"
    assert (refusal in words.lower()) is bool(before and not compared)
    assert (f"(so cùng {pairs} tháng có số liệu cả hai kỳ)" in words) is (compared and pairs < 6)
    table = appendix(facts)[0]
    row = next(row for row in table.rows if "Lượt tuần tra" in row.values)
    assert row.values[4] == (4 * before or None)
    assert row.values[6] == (6 * pairs if compared else None)
    assert bool(set(table.notes) - {facts.carried}) is (compared and pairs < 6)
    assert (facts.carried in table.notes) is bool(facts.carried) is (here < 6)
    if before:
        like = f"so cùng {pairs} tháng" if pairs < 6 else ""
        assert row.values[9] == (like if compared else f"mới {pairs}/6 tháng")


def test_a_span_that_is_not_over_dates_its_stocks_by_what_is_and_names_no_debtor_too_early(cast):
    for number in range(1, 6):
        f.filed(cast.chi_dam, Month(2025, number), now=datetime(2025, number, 16, 2, 0, tzinfo=UTC))
    running = datetime(2025, 5, 20, 2, 0, tzinfo=UTC)
    facts = facts_of(Unit(cast.phu_tho), Unit(cast.phu_tho).span("2025-H1"), "approved", running)
    assert [(part.name, part.counted, part.expected) for part in facts.parts] == [
        ("Xã Tây Cốc", 0, 5), ("Xã Chí Đám", 5, 5),
    ]  # fmt: skip
    assert not facts.partial and [part.name for part in facts.silent] == ["Xã Tây Cốc"]
    text = {paragraph.key: paragraph.text for paragraph in narrative(facts)}
    assert text["place"].startswith("Theo số liệu của 1/2 xã, đến ngày 14/5/2025 toàn tỉnh có ")
    assert "(kỳ chưa kết thúc, đang ở tháng 6/2025)" in text["basis"]


def test_what_was_sent_and_waits_is_no_debt_and_what_communes_propose_is_told(cast):
    report = f.report(cast.chi_dam, cast.lan)
    write_notes(report, {"proposals": "Cấp thêm đèn pin."}, was={}, by=cast.lan, now=f.NOW)
    f.bring(report, "submitted")
    f.filed(cast.tay_coc)
    unit = Unit(cast.phu_tho)
    approved = facts_of(unit, unit.span("2025-06"), "approved", LATER)
    by_name = {part.name: part for part in approved.parts}
    assert (by_name["Xã Chí Đám"].counted, by_name["Xã Chí Đám"].waiting) == (0, 1)
    assert (approved.silent, approved.basis.unsettled, approved.kinds) == ((), 1, ("xã",))
    assert approved.proposing == ()
    sent = facts_of(unit, unit.span("2025-06"), "sent", LATER)
    assert (sent.basis.unsettled, sent.waiting, sent.proposing) == (0, (), ("Xã Chí Đám",))
