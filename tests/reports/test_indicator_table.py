"""The first view of the totals page: its figures in large and its table of indicators."""

import re
from copy import deepcopy
from datetime import datetime
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from communes.models import User
from reports.models import Indicator
from reports.months import HANOI, Month
from reports.tables.table import swing
from tests import factories as f
from tests.conftest import cast_of_characters

MAY, JUNE, JULY = Month(2025, 5), f.JUNE, Month(2025, 7)
RUNS = datetime(2025, 7, 1, 9, tzinfo=HANOI)


def as_(client, who: User):
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def opened(client, who: User, **query: str):
    answer = as_(client, who).get("/dashboard/", {"span": str(JULY)} | query)
    assert answer.status_code == 200
    return answer


def text(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture(scope="module")
def lasting_cast(lasting):
    cast = cast_of_characters()
    f.group(cast.chi_dam)
    return cast


@pytest.fixture
def summer(lasting_cast, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: RUNS)
    return deepcopy(lasting_cast)


# Of which day a figure is


def test_no_figure_of_a_month_that_runs_is_of_a_day_to_come(client, summer):
    page = text(opened(client, summer.hoa))
    assert "14/07/2025" not in page
    assert page.count("theo danh bạ đến 01/07/2025") >= 3 and "là số đến 01/07/2025." in page
    assert "0 báo cáo có số liệu, theo danh bạ" not in page


def test_a_month_that_is_over_is_of_its_last_day(client, summer):
    f.filed(summer.chi_dam, JUNE, patrols=4)
    page = text(opened(client, summer.hoa, span=str(JUNE)))
    assert "là số đến hết 14/06/2025." in page and "01/07/2025" not in page


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("2025-07", "Tháng 7/2025 chưa kết thúc, nên chưa so với tháng nào."),
        ("2025", "Kỳ này chưa kết thúc: mới đến tháng 7/2025. Tháng chưa kết thúc không so với tháng nào."),
        ("2025-09", "Tháng 9/2025 chưa bắt đầu."),
        ("2025-06", ""),
    ],
)
def test_a_span_that_is_not_over_says_so_in_its_own_words(client, summer, span, said):
    answer = opened(client, summer.hoa, span=span)
    assert answer.context["unfinished"] == said and said in text(answer)


# What stands first


@pytest.fixture
def year(summer):
    """June, the month before and the year before: patrols move, groups of the register and people do not."""
    for month, patrols in ((JUNE, 90), (MAY, 60), (JUNE - 12, 80)):
        f.filed(summer.chi_dam, month, patrols=patrols, suspended_sentences=7, disputes_pending=patrols)
    return summer


def table_of(answer):
    return answer.context["indicators"]


def test_what_happened_stands_before_what_is_there(client, year):
    answer = opened(client, year.hoa, span=str(JUNE))
    measures = [row.measure for row, *_ in answer.context["tiles"]]
    assert measures == sorted(measures), "flow before stock"
    firsts = [line[0].text for line in table_of(answer).rows]
    assert firsts.index("Lượt tuần tra") < firsts.index("Số hiện có đến hết 14/06/2025") < len(firsts) - 1


def test_what_did_not_change_is_one_line_that_still_gives_its_values(client, year):
    answer = opened(client, year.hoa, span=str(JUNE))
    line = table_of(answer).rows[-1]
    assert line[0].text == "Không đổi so với kỳ trước và cùng kỳ năm trước"
    name = Indicator.objects.get(code="suspended_sentences")
    at = [cell.text for cell in line].index(name.name)
    assert [cell.text for cell in line[at : at + 3]] == [name.name, "7", name.unit]
    assert client.get(line[at + 1].url).status_code == 200 and "#chosen" in line[at].url
    firsts = [row[0].text for row in table_of(answer).rows]
    assert name.name not in firsts and Indicator.objects.get(code="disputes_pending").name in firsts, "it moved"
    page = text(answer)
    assert page.count('<tr class="folded">') == 1 and f"{name.name}</a> <a" in page


def test_a_workbook_and_a_ratio_fold_nothing(client, year):
    name = Indicator.objects.get(code="suspended_sentences").name
    rows = table_of(opened(client, year.hoa, span=str(JUNE), basis="hamlet")).rows
    assert name in [row[0].text for row in rows]
    book = opened(client, year.hoa, span=str(JUNE), format="xlsx")
    sheet = load_workbook(BytesIO(book.content)).worksheets[0]
    assert name in [row[0].value for row in sheet]


def test_a_move_has_a_bar_from_the_middle_but_not_of_a_small_base(client, year):
    moved = {line[0].text: line[4] for line in table_of(opened(client, year.hoa, span=str(JUNE))).rows if len(line) > 4}
    assert (moved["Lượt tuần tra"].text, moved["Lượt tuần tra"].swing) == ("▲ 30 (+50%)", 100)
    assert [swing(96, 100), swing(110, 100), swing(100, 100), swing(9, 8)] == [-16, 40, None, None]


# The line beside every figure


def test_the_line_of_a_table_is_that_of_a_tile(client, year):
    page = text(opened(client, year.lan, span=str(JUNE)))
    said = re.findall(r'<svg class="past"[^>]*aria-label="([^"]+)"', page)
    assert said.count("Lượt tuần tra, 13 tháng: từ 60 đến 90, gần nhất 90") == 2, "the tile's and the table's"
    assert page.count('class="dot odd"') >= 2, "90 is beyond the year before, by more than 5 %"
    assert 'class="dot then"' in page and 'class="middle"' in page and "<circle" not in page.split('id="indicators"')[1]


def test_the_figures_of_a_report_have_that_line_too(client, year):
    page = text(as_(client, year.hoa).get(f"/review/{year.chi_dam.slug}/{JUNE}/"))
    assert "Lượt tuần tra, 13 tháng: từ 60 đến 90, gần nhất 90" in page and 'class="spark"' not in page
