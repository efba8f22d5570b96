"""The first view of the totals page: its figures in large and its table of indicators."""

from copy import deepcopy
from datetime import datetime
from html import unescape

import pytest

from communes.models import User
from reports.months import HANOI, Month
from tests import factories as f
from tests.conftest import cast_of_characters

MAY, JUNE, JULY = Month(2025, 5), f.JUNE, Month(2025, 7)
RUNS = datetime(2025, 7, 1, 9, tzinfo=HANOI)


def opened(client, who: User, **query: str):
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/dashboard/", {"span": str(JULY)} | query)
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
