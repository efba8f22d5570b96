"""One report under review: who waits beside it, odd totals on cards, and what is said where no step is open."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.entry.workflow import perform
from reports.review.queue import NEAR
from tests import factories as f
from tests.reports.conftest import as_
from tests.reports.test_review_pages import REPORT, clean_report, odd_report, stored

JUNE = f.JUNE
pytestmark = pytest.mark.usefixtures("mid_june")


def test_who_waits_stands_beside_the_report_with_why_to_look(hoa, cast):
    clean_report(cast.chi_dam)
    odd_report(cast.tay_coc, "gấp")
    page = hoa.get(REPORT).content.decode()
    walk = " ".join(page[page.index('<nav class="walk') :].split("</nav>")[0].split())
    assert walk.index("Xã Tây Cốc") < walk.index("điểm đã giải thích") < walk.index("Xã Chí Đám")
    assert 'href="/review/07999/2025-06/" aria-current="page">' in walk
    assert 'class="walk' not in as_(hoa, cast.thu).get(REPORT).content.decode(), "who does not review walks nowhere"


def test_the_page_asks_the_database_the_same_however_many_reports_wait(hoa, cast, django_assert_num_queries):
    clean_report(cast.chi_dam)
    clean_report(f.commune(province=cast.phu_tho, code="07998"))  # that keeps no register, as those to come
    hoa.get(REPORT)
    with CaptureQueriesContext(connection) as few:
        hoa.get(REPORT)
    for at in range(NEAR + 2):
        clean_report(f.commune(province=cast.phu_tho, code=f"080{at:02}"))
    with django_assert_num_queries(len(few)):
        assert len(hoa.get(REPORT).context["near"]) == NEAR


def test_an_odd_total_is_a_card_that_leads_to_the_cells_to_pick(hoa, cast, khu):
    for back in range(1, 13):
        f.filed(cast.chi_dam, JUNE - back, "submitted", patrols=10)
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(khu[0], "patrols"): 2, (khu[1], "patrols"): 70, (khu[2], "patrols"): 18})
    f.bring(report, "submitted")
    answer = hoa.get(REPORT)
    page = answer.content.decode()
    card = page[page.index('<ul class="odd-cards') :].split("</ul>")[0]
    assert "<b>90</b>" in card and "<dt>trung vị</dt><dd>10</dd>" in card and "đã rà soát" in card
    leads = [one.name for one in answer.context["cards"][0].leads]
    assert leads == ["Tổng", *(cast.khu[at].name for at in (1, 2, 0))]
    key = f"{khu[1].key}.patrols"
    assert f'href="?pick={key}#c-{khu[1].key}-patrols"' in card and f'data-lead="{key}"' in card
    page = hoa.get(f"{REPORT}?pick={key}").content.decode()
    assert f'c-{khu[1].key}-patrols" checked>' in page, "picked without a script"
    assert f'href="?pick={key}&amp;pick=u.patrols#t-patrols"' in page, "the next adds to it"
    read = as_(hoa, cast.thu).get(REPORT).content.decode()
    assert f'href="#c-{khu[1].key}-patrols"' in read and "data-lead" not in read


def test_where_no_step_is_open_one_sentence_says_why(hoa, cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3})
    f.bring(report, "submitted")
    perform(stored(report), "return", by=cast.hoa, now=f.NOW - timedelta(days=2), comment="xem lại")
    page = hoa.get(REPORT).content.decode()
    assert "chờ đơn vị gửi lại rồi duyệt" in page
    assert "Báo cáo đã được trả lại" not in page and "Quyết định" not in page
