"""What a province has open in any month, with its age: on its home and beside its queue."""

from datetime import UTC, datetime

import pytest

from reports.entry.workflow import perform
from reports.months import Month
from reports.review.backlog import backlog
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
NOW = datetime(2025, 7, 20, 3, 0, tzinfo=UTC)
JULY, JUNE, MAY, APRIL = (Month(2025, number) for number in (7, 6, 5, 4))


@pytest.fixture
def open_months(cast):
    """April reopened, May returned and never begun, June waiting, August's month not ended."""
    april = f.filed(cast.chi_dam, APRIL, "approved", now=datetime(2025, 4, 16, 2, tzinfo=UTC), patrols=1)
    perform(april, "reopen", by=cast.hoa, now=datetime(2025, 7, 10, 2, tzinfo=UTC), comment="sai")
    may = f.filed(cast.chi_dam, MAY, "submitted", now=datetime(2025, 5, 16, 2, tzinfo=UTC), patrols=1)
    perform(may, "return", by=cast.hoa, now=datetime(2025, 7, 1, 2, tzinfo=UTC), comment="xem lại")
    for commune in (cast.chi_dam, cast.tay_coc):
        f.filed(commune, JUNE, "submitted", now=datetime(2025, 6, 16, 2, tzinfo=UTC), patrols=1)
    f.filed(cast.tay_coc, APRIL, "approved", now=datetime(2025, 4, 16, 2, tzinfo=UTC), patrols=1)
    for commune in (cast.chi_dam, cast.tay_coc):
        f.filed(commune, JULY, "approved", now=datetime(2025, 7, 16, 2, tzinfo=UTC), patrols=1)
    return cast


def said(month):
    return {kind: (count, days) for kind, _, count, days in month.kinds if count}


def test_everything_open_in_any_month_is_told_with_its_age(open_months):
    found = {one.month: one for one in backlog(open_months.phu_tho, NOW)}
    assert list(found) == [JUNE, MAY, APRIL], "the newest first; what is done is not open"
    assert said(found[JUNE]) == {"sent": (2, 34)}
    assert said(found[MAY]) == {"returned": (1, 19), "not_begun": (1, 64)}
    assert said(found[APRIL]) == {"reopened": (1, 10)}
    assert [found[month].overdue for month in (JUNE, MAY, APRIL)] == [0, 2, 1], "answers are overdue too"


def test_the_months_before_the_provinces_first_are_owed_by_nobody(open_months):
    open_months.phu_tho.first_month = "2025-06"
    open_months.phu_tho.save()
    found = {one.month: said(one) for one in backlog(open_months.phu_tho, NOW)}
    assert "not_begun" not in found[MAY] and found[MAY]["returned"] == (1, 19)


def test_a_province_without_a_report_owes_no_past(cast):
    assert backlog(cast.son_la, NOW) == []


def test_the_number_of_queries_does_not_grow(open_months, django_assert_num_queries):
    for _ in range(5):
        f.commune(province=open_months.phu_tho)
    with django_assert_num_queries(6):
        assert backlog(open_months.phu_tho, NOW)


def test_home_and_queue_show_it_and_lead_there(client, open_months, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(open_months.hoa, backend=BACKEND)
    home = client.get("/").content.decode()
    assert "Tất cả việc còn mở" in home and 'href="/review/?month=2025-05#returned"' in home
    assert "(34 ngày)" in home and "(64 ngày)" in home
    queue = client.get("/review/?month=2025-05")
    text = queue.content.decode()
    assert "trả lại 19 ngày" in text and "quá hạn 64 ngày" in text
    assert [one.month for one in queue.context["backlog"]] == [JUNE, APRIL]
    assert "mở lại 10 ngày" in client.get("/review/?month=2025-04").content.decode()
