"""What a province has open in any month, with its age: on its home and beside its queue."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.documents.letterheads import letterhead_of
from reports.entry.workflow import perform
from reports.models import IssuedReport
from reports.months import Month
from reports.review.backlog import backlog
from reports.review.open_work import open_lists
from reports.units import Unit
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


def test_the_queue_says_of_every_overdue_row_for_how_long_and_leads_to_the_other_months(
    client, open_months, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    late = f.commune(province=open_months.phu_tho)
    f.report(late, f.chief_of(late), MAY)
    client.force_login(open_months.hoa, backend=BACKEND)
    queue = client.get("/review/?month=2025-05")
    text = queue.content.decode()
    assert text.count("quá hạn 64 ngày (hết ngày 17/05/2025)") == 2, "begun or not"
    assert "trả lại 19 ngày" in text and "quá hạn 16 ngày (hết ngày 04/07/2025)" in text
    assert [one.month for one in queue.context["backlog"]] == [Month(2025, 7), JUNE, APRIL]
    assert 'href="/review/?month=2025-04#reopened"' in text and "(10 ngày)" in text
    assert "mở lại 10 ngày" in client.get("/review/?month=2025-04").content.decode()
    assert "quá hạn 64 ngày (hết ngày 17/05/2025)" in client.get("/review/reminders/?month=2025-05").content.decode()


def test_what_is_open_is_listed_by_unit_that_which_waits_longest_first(open_months):
    lists = open_lists(backlog(open_months.phu_tho, NOW), NOW)
    told = {each.key: [(one.unit.commune, len(one.items), one.days) for one in each.units] for each in lists}
    chi_dam, tay_coc = open_months.chi_dam, open_months.tay_coc
    assert told == {
        "sent": [(chi_dam, 1, 34), (tay_coc, 1, 34)]
        if chi_dam.code < tay_coc.code
        else [(tay_coc, 1, 34), (chi_dam, 1, 34)],
        "overdue": [(tay_coc, 1, 64)],
        "returned": [(chi_dam, 2, 19)],
    }


def issue_april(cast):
    """A report of the province on April that stands."""
    head = letterhead_of(Unit(cast.phu_tho))
    head.by, head.at = cast.hoa, NOW
    head.save()
    counts = dict.fromkeys(("units", "reporting", "expected", "counted", "initiative_types"), 1)
    span = {"span": "2025-04", "first": APRIL, "last": APRIL, "include": "approved", "place": "tỉnh Phú Thọ"}
    day = {"number": 125, "year": 2025, "day": date(2025, 4, 20), "by": cast.hoa, "at": NOW}
    return IssuedReport.objects.create(province=cast.phu_tho, letterhead=head, **span, **day, **counts)


def rows_of(client, part):
    """The rows of one list of the first page, as they are read."""
    section = client.get("/").content.decode().partition(f'id="open-{part}"')[2].partition("</section>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in section.split("<tr>")[2:]], section


def test_the_first_page_names_them_with_their_age_and_what_a_reopened_month_breaks(client, open_months, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    paper = issue_april(open_months)
    client.force_login(open_months.hoa, backend=BACKEND)
    (waiting, _), (late, section), (back, _) = (rows_of(client, part) for part in ("sent", "overdue", "returned"))
    assert sorted(waiting) == ["Xã Chí Đám 6/2025 34 ngày", "Xã Tây Cốc 6/2025 34 ngày"]
    assert late == ["Xã Tây Cốc 5/2025 Chưa bắt đầu 64 ngày"] and 'href="/review/?month=2025-05#not_begun"' in section
    words = f"Mở lại, chờ sửa; Trả lại, chờ sửa quá hạn trả lời 16 ngày “sai” “xem lại” có trong {paper} 19 ngày"
    assert back == [f"Xã Chí Đám 2 tháng , 4/2025 – 5/2025 {words}"]


def test_the_first_page_is_as_short_and_asks_the_same_however_many_are_late(
    client, open_months, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(open_months.hoa, backend=BACKEND)
    client.get("/")
    f.commune(province=open_months.phu_tho)  # what was remembered of the province's units is asked again both times
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(7):
        f.commune(province=open_months.phu_tho)
    with django_assert_num_queries(len(few)):
        client.get("/")
    late, section = rows_of(client, "overdue")
    assert len(late) == 6 and all("4 tháng , 4/2025 – 7/2025" in row and "94 ngày" in row for row in late)
    assert "3 đơn vị khác" in section
