"""What is said of a unit that is over: never that it was late, and what a sum beside its published total rests on."""

from datetime import UTC, datetime

import pytest

from reports.entry.published import Source, publish, span_objection
from reports.models import Home, PublishedTotal
from reports.months import Month, Span
from reports.totals.published import beside_months
from tests import factories as f
from tests.reports.conftest import as_
from tests.reports.test_former_units import LAST_DAY, MARCH, NOW, then  # noqa: F401

pytestmark = pytest.mark.django_db


def test_a_month_that_was_entered_from_old_books_is_late_of_nobody(client, then):  # noqa: F811
    report = f.filed(then.pha, MARCH, "approved", NOW, patrols=9)
    assert report.sent_at > report.due and not report.was_late
    as_(client, then.son)
    for address in ("/reports/03730-2025/?until=2022-12", "/review/03730-2025/2022-03/"):
        page = client.get(address).content.decode()
        assert "muộn" not in page and "quá hạn" not in page.lower(), address


def test_who_was_late_while_it_lived_was_late(then):  # noqa: F811
    report = f.filed(then.pha, Month(2025, 3), "submitted", NOW, patrols=9)
    report.sent_at = datetime(2025, 3, 20, 2, 0, tzinfo=UTC)
    assert report.was_late
    report.sent_at = datetime(2025, 3, 17, 2, 0, tzinfo=UTC)
    assert not report.was_late


def test_the_list_says_of_months_without_a_report_that_there_is_none_and_of_none_that_it_is_to_begin(client, then):  # noqa: F811
    f.filed(then.pha, MARCH, "approved", NOW, patrols=9)
    as_(client, then.officer)
    page = client.get("/reports/03730-2025/?until=2022-12").content.decode()
    assert page.count("Không có báo cáo") == 23 and "Chưa bắt đầu" not in page and 'data-label="Hạn"' not in page
    f.warrant(then.pha, then.officer, by=then.son)
    assert "Chưa bắt đầu" in client.get("/reports/03730-2025/?until=2022-12").content.decode(), "she may begin"
    assert "Không có báo cáo" not in client.get("/reports/03733/").content.decode()


def test_a_sum_that_the_registers_alone_say_tells_how_many_of_them(then):  # noqa: F811
    f.group(then.pha, hamlet=f.hamlet(then.pha, "Bản Heo Trại", ended_on=LAST_DAY), ended_on=LAST_DAY)
    home, span = Home(then.old, then.district), Span.parse("2022")
    publish(home, span, Source("Báo Sơn La"), {"household_clusters": "2.769"}, by=then.son, now=NOW)
    known = list(PublishedTotal.objects.named())
    (row,) = beside_months(home, span, known, NOW)
    assert (row.summed, row.rests_on) == (1, "1 xã theo danh bạ")
    f.filed(then.lai, Month(2022, 11), "approved", NOW, patrols=1)
    (row,) = beside_months(home, span, known, NOW)
    assert (row.reports, row.rests_on) == (0, "1 xã theo danh bạ"), "whose month says nothing of groups"


def test_a_span_after_the_end_is_refused_with_a_whole_sentence(then):  # noqa: F811
    said = span_objection(Home(then.old, then.district), Span.parse("2025-Q4"), NOW)
    assert said == "Huyện Thuận Châu đã kết thúc ngày 30/06/2025 nên không có số liệu của quý IV năm 2025."
