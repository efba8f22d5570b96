"""Sums are remembered while their reports stay as they are, and never longer."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from communes import editions
from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import MonthlyReport, ReportTotal
from reports.months import Month
from reports.totals import remembered
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f

MAY, JUNE = Month(2025, 5), f.JUNE
FIGURES = ("reports_reporttotal", "reports_weaponhandover")


@pytest.fixture(autouse=True)
def always(monkeypatch):
    """Remember whatever is asked, though a test runs in a transaction."""
    monkeypatch.setattr(remembered, "FEWEST_REPORTS", 0)
    monkeypatch.setattr(editions, "uncommitted", lambda: False)


@pytest.fixture
def spring(cast):
    cast.may = f.filed(cast.chi_dam, MAY, patrols=5, disputes_pending=2)
    cast.june = f.filed(cast.chi_dam, JUNE, "draft", patrols=7, disputes_pending=1)
    f.filed(cast.tay_coc, MAY, patrols=1)
    return cast


READ = 7
"""Questions of :func:`asked`: flows, stocks and carried stocks in all and by commune, and the weapons."""


def ask(province, include="all", boundaries="today"):
    return Summary(Place(province), Place(province).span("2025-H1"), f.NOW, include, boundaries)


def patrols(province, include="all"):
    summary = ask(province, include)
    by_month, by_commune = summary.values(summary.span, "month"), summary.values(summary.span, "commune")
    total = summary.total()["patrols"].value
    assert total == sum(v["patrols"].value for v in by_month.values() if "patrols" in v)
    assert total == sum(v["patrols"].value for v in by_commune.values() if "patrols" in v)
    return total


def asked(province, **options):
    """How often the totals and weapons were read from the database."""
    with CaptureQueriesContext(connection) as queries:
        summary = ask(province, **options)
        values = [summary.total(), summary.values(summary.span, "commune"), summary.weapons()]
    read = [q for q in queries if any(f'SUM("{t}".' in q["sql"] for t in FIGURES)]
    return len(read), values


def test_the_same_reports_are_added_up_once(spring):
    first, values = asked(spring.phu_tho)
    again, same = asked(spring.phu_tho)
    assert first == READ and again == 0
    assert values == same and same[0]["patrols"].value == 13


def test_another_question_is_another_answer(spring):
    assert asked(spring.phu_tho, include="approved")[1] != asked(spring.phu_tho, include="all")[1]
    few = ask(spring.phu_tho).asking(indicators=("patrols",))
    assert set(few.total()) == {"patrols"} and len(ask(spring.phu_tho).total()) > 1


def test_a_saved_cell_shows_at_once(spring):
    assert patrols(spring.phu_tho) == 13
    f.fill(spring.june, spring.lan, {(Row(), "patrols"): 70})
    assert patrols(spring.phu_tho) == 76
    f.fill(spring.june, spring.lan, {(Row(), "patrols"): 0})
    assert patrols(spring.phu_tho) == 6
    f.fill(spring.june, spring.lan, {(Row(), "patrols"): None})
    assert patrols(spring.phu_tho) == 6 and ask(spring.phu_tho).total()["patrols"].reports == 2


def test_the_next_page_shows_a_saved_cell(client, spring):
    client.force_login(spring.hoa, backend="django.contrib.auth.backends.ModelBackend")
    address = "/api/v1/summary/?province=25&span=2025-H1&include=all"

    def seen():
        return next(row["value"] for row in client.get(address).json()["rows"] if row["code"] == "patrols")

    assert seen() == seen() == 13
    f.fill(spring.june, spring.lan, {(Row(hamlet=spring.khu[0].pk), "patrols"): 1000})
    assert seen() == 1013


def test_a_report_that_is_returned_and_sent_again_shows_the_register_as_it_is_then(spring):
    f.bring(spring.june, "submitted")
    assert ask(spring.phu_tho).total()["hamlets"].value == 3
    perform(spring.june, "return", by=spring.hoa, now=f.NOW, comment="bổ sung khu")
    f.hamlet(spring.chi_dam, "Khu 11", started_on="2025-05-20")
    assert ask(spring.phu_tho).total()["hamlets"].value == 4
    f.bring(spring.june, "submitted")
    assert ask(spring.phu_tho, "sent").total()["hamlets"].value == 4


def test_approving_and_reopening_change_what_counts(spring):
    assert patrols(spring.phu_tho, "approved") == 6
    f.bring(spring.june, "approved")
    assert patrols(spring.phu_tho, "approved") == 13
    perform(spring.june, "reopen", by=spring.hoa, now=f.NOW, comment="sửa")
    assert patrols(spring.phu_tho, "approved") == 6


def test_a_total_changed_by_hand_is_shown_once_it_is_mended(spring):
    assert patrols(spring.phu_tho) == 13
    ReportTotal.objects.filter(report=spring.june, indicator__code="patrols").update(value=700)
    assert patrols(spring.phu_tho) == 13, "the one thing that is not seen: figures changed behind every door"
    before = MonthlyReport.objects.get(pk=spring.june.pk).revision
    call_command("rebuild_totals", verbosity=0)
    assert MonthlyReport.objects.get(pk=spring.june.pk).revision == before + 1
    assert patrols(spring.phu_tho) == 13
    ReportTotal.objects.filter(report=spring.june, indicator__code="patrols").update(value=700)
    cache.clear()
    assert patrols(spring.phu_tho) == 706
    call_command("rebuild_totals", verbosity=0)
    assert patrols(spring.phu_tho) == 13


def test_what_was_read_while_someone_saved_is_not_kept(spring, monkeypatch):
    summary = ask(spring.phu_tho)
    summary._every(summary.span)  # fetched; then lan saves, and only then the sums are asked
    f.fill(spring.june, spring.lan, {(Row(), "patrols"): 70})
    assert summary.total()["patrols"].value == 76
    assert ask(spring.phu_tho).total()["patrols"].value == 76
    assert asked(spring.phu_tho)[0] > 0


def test_nothing_is_remembered_of_a_transaction(spring, monkeypatch):
    monkeypatch.setattr(editions, "uncommitted", lambda: connection.in_atomic_block)
    assert asked(spring.phu_tho)[0] == asked(spring.phu_tho)[0] == READ


def test_what_was_rolled_back_leaves_nothing_wrong(spring, monkeypatch):
    """The revision that was rolled back is given again, to other figures."""
    outside = connection.savepoint_ids[:]
    monkeypatch.setattr(editions, "uncommitted", lambda: connection.savepoint_ids != outside)
    assert patrols(spring.phu_tho) == 13
    with pytest.raises(RuntimeError), transaction.atomic():
        f.fill(spring.june, spring.lan, {(Row(), "patrols"): 70})
        assert patrols(spring.phu_tho) == 76
        raise RuntimeError
    assert patrols(spring.phu_tho) == 13
    f.fill(spring.june, spring.lan, {(Row(), "patrols"): 8})
    assert patrols(spring.phu_tho) == 14


def test_boundaries_are_applied_to_what_is_remembered(spring):
    today = asked(spring.phu_tho, boundaries="today")[1]
    read, then = asked(spring.phu_tho, boundaries="then")
    assert read == 0 and then == today


def test_small_and_huge_answers_are_not_kept(spring, monkeypatch):
    monkeypatch.setattr(remembered, "FEWEST_REPORTS", 4)
    assert asked(spring.phu_tho)[0] == asked(spring.phu_tho)[0] == READ
    monkeypatch.setattr(remembered, "FEWEST_REPORTS", 0)
    monkeypatch.setattr(remembered, "MOST_ROWS", 3)
    asked(spring.phu_tho)
    assert asked(spring.phu_tho)[0] == 4, "only the short answers were kept"


def test_a_month_that_changed_is_asked_anew_alone():
    asked = []

    def ask(missing):
        asked.append(missing)
        return [(month, (month, len(asked))) for month in missing]

    def rows(**reports):
        return remembered.rows_by_part("q", reports, ask, lambda: True)

    assert rows(may=[(1, 1)], june=[(2, 1), (3, 1)]) == {"may": [("may", 1)], "june": [("june", 1)]}
    assert rows(may=[(1, 1)], june=[(2, 1), (3, 2)]) == {"may": [("may", 1)], "june": [("june", 2)]}
    assert rows(june=[(3, 2), (2, 1)]) == {"june": [("june", 2)]}
    assert asked == [["may", "june"], ["june"]]


def test_a_saved_cell_leaves_the_sums_of_other_months(spring):
    ask(spring.phu_tho).total()
    f.fill(spring.june, spring.lan, {(Row(), "patrols"): 8})
    with CaptureQueriesContext(connection) as queries:
        assert ask(spring.phu_tho).total()["patrols"].value == 14
    read = [q["sql"] for q in queries if 'SUM("reports_reporttotal".' in q["sql"] and '"day"' in q["sql"]]
    assert read and all(f'"reports_monthlyreport"."id" IN ({spring.june.pk})' in sql for sql in read)


def test_a_fingerprint_is_of_the_reports_and_not_of_their_order():
    assert remembered.fingerprint([(2, 1), (1, 5)]) == remembered.fingerprint([(1, 5), (2, 1)])
    assert len({remembered.fingerprint(one) for one in ([(1, 2)], [(2, 1)], [(1, 2), (2, 1)], [])}) == 4
