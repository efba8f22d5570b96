"""An answer that is kept is the one that would be written now: whatever changes, and by whichever way."""

import re

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from communes import editions, triggers
from communes.models import Commune, Hamlet, Province
from models_registry.models import SelfManagementGroup
from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import Indicator, MonthlyReport
from reports.months import Month
from tests import factories as f

ADDRESS = "/api/v1/summary/?province=25&span=2025-06"
WAYS = ("", "&by=commune", "&by=month&shape=columns", "&include=all", "&boundaries=then")
TOLD_BY_REVISIONS = {
    *("reports_monthlyreport", "reports_reporttotal", "reports_figure", "reports_activitylog"),
    "reports_weaponhandover",
}
OF_WHO_ASKS = {"communes_opensession", "communes_user", "communes_edition"}


@pytest.fixture
def asking(cast, client, monkeypatch):
    """Who asks, with what the test writes counted as committed."""
    monkeypatch.setattr(editions, "uncommitted", lambda: False)
    f.group(cast.chi_dam)
    f.initiative(cast.chi_dam)
    f.filed(cast.chi_dam, Month(2025, 5), patrols=5, tips=2)
    cast.june = f.filed(cast.chi_dam, state="submitted", patrols=7)
    cast.silent = f.commune(province=cast.phu_tho)
    cast.draft = f.filed(cast.tay_coc, state="draft", patrols=1)
    client.force_login(cast.hoa)
    cast.client = client
    cast.get = lambda more="": client.get(ADDRESS + more).content
    return cast


def approve(cast):
    perform(cast.june, "approve", by=cast.hoa, now=f.NOW)


CHANGES = {
    "a cell": lambda cast: f.fill(cast.draft, cast.tuan, {(Row(), "patrols"): 70}),
    "a step": approve,
    "a report begun": lambda cast: f.filed(cast.silent, state="draft"),
    "a hamlet": lambda cast: f.hamlet(cast.tay_coc, started_on="2025-01-01"),
    "a hamlet in bulk": lambda cast: Hamlet.objects.filter(commune=cast.chi_dam).update(covenant_on="2024-01-01"),
    "a group gone": lambda cast: SelfManagementGroup.objects.all().delete(),
    "a commune's name": lambda cast: Commune.objects.filter(pk=cast.chi_dam.pk).update(name="Tên Khác"),
    "a province's name": lambda cast: Province.objects.filter(pk=cast.phu_tho.pk).update(name="Tên khác"),
    "an indicator": lambda _: Indicator.objects.filter(code="patrols").update(name="Tên khác"),
    "an indicator's measure": lambda _: Indicator.objects.filter(code="patrols").update(measure="stock"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_answered_after_a_change_is_what_is_written_anew(asking, name):
    before = [asking.get(way) for way in WAYS]
    assert [asking.get(way) for way in WAYS] == before
    CHANGES[name](asking)
    kept = [asking.get(way) for way in WAYS]
    cache.clear()
    editions.forget()
    assert kept == [asking.get(way) for way in WAYS]
    assert kept != before


def test_what_has_not_changed_is_not_reckoned_again(asking):
    asking.get()
    with CaptureQueriesContext(connection) as asked:
        asking.get()
    assert {"reports_reporttotal", "reports_indicator", "communes_hamlet"}.isdisjoint(tables(asked))


def test_what_is_typed_into_a_draft_moves_no_total_of_what_was_sent(asking):
    sent, every = asking.get(), asking.get("&include=all")
    f.fill(asking.draft, asking.tuan, {(Row(), "patrols"): 72})
    with CaptureQueriesContext(connection) as asked:
        assert asking.get() == sent
    assert "reports_reporttotal" not in tables(asked)
    assert asking.get("&include=all") != every


def test_two_reports_that_change_places_are_told_apart(asking):
    """The one goes back while another is sent: as many count as before, and their revisions may add up to the same."""
    before = asking.get()
    other = f.filed(asking.silent, state="draft", patrols=30)
    rows = MonthlyReport.objects
    rows.filter(pk=other.pk).update(state="submitted", sent_at=f.NOW, revision=asking.june.revision)
    rows.filter(pk=asking.june.pk).update(state="returned")
    assert asking.get() != before and b'"value":30' in asking.get()


def test_everything_that_is_read_for_a_summary_is_watched_or_told_by_a_revision(asking):
    known = {table for _, table, _ in triggers.watched()} | TOLD_BY_REVISIONS | OF_WHO_ASKS
    with CaptureQueriesContext(connection) as asked:
        for place in ("province=25", "commune=07999", "commune=07996"):
            for way in (*WAYS, "&by=hamlet"):
                asking.client.get(f"/api/v1/summary/?{place}&span=2025{way}")
    found = tables(asked)
    assert "models_registry_member" in found or "models_registry_selfmanagementgroup" in found
    assert found <= known, found - known


def tables(asked):
    """The tables that some statements read."""
    return {name for one in asked for name in re.findall(r'(?:FROM|JOIN) "?(\w+_\w+)"?', one["sql"])}


def test_what_is_written_while_somebody_saves_is_not_kept(asking, monkeypatch):
    from reports.api import summary

    written = summary.summary_body

    def meanwhile(*given):
        body = written(*given)
        f.fill(asking.draft, asking.tuan, {(Row(), "patrols"): 71})
        return body

    with monkeypatch.context() as patch:
        patch.setattr(summary, "summary_body", meanwhile)
        asking.get("&include=all")
    assert b'"value":78' in asking.get("&include=all")


def test_no_answer_is_kept_of_a_transaction(asking, monkeypatch):
    """The revision that was rolled back is given again, to other figures."""
    outside = connection.savepoint_ids[:]
    monkeypatch.setattr(editions, "uncommitted", lambda: connection.savepoint_ids != outside)
    with transaction.atomic():
        f.fill(asking.draft, asking.tuan, {(Row(), "patrols"): 70})
        assert b'"value":77' in asking.get("&include=all")
        transaction.set_rollback(True)
    f.fill(asking.draft, asking.tuan, {(Row(), "patrols"): 80})
    assert b'"value":87' in asking.get("&include=all")
