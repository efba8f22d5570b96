"""The matrix of parts and months: what needs eyes first, odd months framed, and why a month is blank."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as f
from tests.reports.conftest import as_

pytestmark = pytest.mark.django_db
LAST = f.JUNE


@pytest.fixture
def year(cast):
    """A year of three communes: one that ends far from its own past, one that lacks a month, and an even one."""
    cast.even = f.commune(province=cast.phu_tho, code="07000", name="Hòa Bình")
    cast.lacking = f.commune(province=cast.phu_tho, code="07001", name="Yên Lập")
    for step in range(13):
        f.filed(cast.even, LAST - step, patrols=20)
        f.filed(cast.chi_dam, LAST - step, patrols=20 if step else 200)
        if step:
            f.filed(cast.lacking, LAST - step, patrols=20)
    f.filed(cast.lacking, LAST, "returned", patrols=20)
    f.filed(cast.tay_coc, LAST, patrols=1)
    return cast


def page_of(client, who, **query):
    answer = as_(client, who).get("/dashboard/", {"span": str(LAST), "view": "matrix"} | query)
    assert answer.status_code == 200
    return answer, " ".join(unescape(answer.content.decode()).split())


def names_of(answer):
    return [name for name, _, _ in answer.context["heat"]]


def test_what_needs_eyes_stands_first_and_the_official_order_is_one_click_away(client, year):
    answer, page = page_of(client, year.hoa)
    first = names_of(answer)
    assert first[0] == "Xã Chí Đám", "odd in the last month"
    assert first.index("Xã Tây Cốc") < first.index("Xã Yên Lập") < first.index("Xã Hòa Bình"), (
        "eleven months, one, none"
    )
    official = names_of(page_of(client, year.hoa, order="official")[0])
    assert official == ["Xã Hòa Bình", "Xã Yên Lập", "Xã Tây Cốc", "Xã Chí Đám"]
    assert 'aria-current="true">cần xem trước</a>' in page and "order=official" in page


def test_an_odd_month_is_framed_and_said(client, year):
    _, page = page_of(client, year.hoa)
    cells = re.findall(r'<td class="q\d odd"><a [^>]*>([^<]*)<span class="sr"> khác hẳn mức thường thấy</span>', page)
    assert cells == ["200"] and "12 tháng trước của chính nơi ấy, 1 ô." in page
    assert " odd" not in page_of(client, year.hoa, span=str(LAST - 1))[1].split("<tbody>")[1], "that month was ordinary"


def test_a_blank_says_why_and_in_the_words_of_the_legend(client, year):
    _, page = page_of(client, year.hoa, include="approved")
    row = re.search(r"Xã Yên Lập</a></th>(.*?)</tr>", page)[1]
    assert row.endswith('<td class="q-blank owed">trả lại</td>') and "trống" not in page
    blank = re.search(r"Xã Tây Cốc</a></th>(.*?)</tr>", page)[1]
    assert blank.count('–<span class="sr"> chưa có số liệu</span>') == 11


def test_colours_are_of_what_is_asked_for(client, year):
    """Twenty patrols are many for one hamlet and few for ten."""
    f.hamlet(year.lacking)
    for _ in range(10):
        f.hamlet(year.even)
    styles = {}
    for basis in ("", "hamlet"):
        answer, page = page_of(client, year.hoa, span=str(LAST - 1), basis=basis)
        styles[basis] = {name: cells[-1].style for name, _, cells in answer.context["heat"]}
        assert ("màu theo bình quân mỗi khu dân cư" in page) is bool(basis)
    assert styles[""]["Xã Hòa Bình"] == styles[""]["Xã Yên Lập"]
    assert styles["hamlet"]["Xã Hòa Bình"] < styles["hamlet"]["Xã Yên Lập"]
    assert [cells[-1].value for name, _, cells in answer.context["heat"] if name == "Xã Hòa Bình"] == [20]


def test_hamlets_keep_their_order(client, year):
    answer, page = page_of(client, year.lan)
    assert answer.context["orders"] == [] and "cần xem trước" not in page


@pytest.mark.once
def test_the_frames_take_no_query_for_each_commune(client, year):
    def asked():
        page_of(client, year.hoa)
        with CaptureQueriesContext(connection) as found:
            page_of(client, year.hoa)
        return len(found)

    few = asked()
    for number in range(6):
        f.filed(f.commune(province=year.phu_tho, name=f"Xã thêm {number}"), LAST - number, patrols=number)
    assert asked() == few


def test_a_report_that_counts_without_the_figure_says_nothing_of_waiting(client, year):
    """It was sent and counts; the figure is not given."""
    f.filed(f.commune(province=year.phu_tho, name="Thanh Ba"), LAST, "submitted", outreach_sessions=3)
    for include, word in (("sent", "–"), ("approved", "chờ duyệt")):
        row = re.search(r"Xã Thanh Ba</a></th>(.*?)</tr>", page_of(client, year.hoa, include=include)[1])[1]
        assert row.rsplit("<td", 1)[1].split(">", 1)[1].startswith(word)
