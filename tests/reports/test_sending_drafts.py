"""Drafts of months past, brought in from a province's former sheets, go to the province in one act."""

import pytest

from communes.scope import Role
from reports.entry import presenting, workflow
from reports.entry.grid import Row
from reports.entry.sending import AT_ONCE
from reports.models import Explanation, MonthlyReport, ReportEvent
from reports.months import Month
from tests import factories as f

ADDRESS = "/reports/07999/drafts/"


@pytest.fixture
def drafts(cast):
    """April and May as they were brought in; February holds a part that is larger than its whole."""
    held = {
        Month(2025, 2): {"tips": 1, "valuable_tips": 3},
        Month(2025, 4): {"patrols": 12},
        Month(2025, 5): {"patrols": 7},
    }
    return {month: draft(cast, month, **values) for month, values in held.items()}


def draft(cast, month, **values):
    report = f.report(cast.chi_dam, cast.lan, month)
    f.fill(report, cast.lan, {(Row(), code): value for code, value in values.items()})
    return report


def states():
    return {str(r.month): r.state for r in MonthlyReport.objects.order_by("month")}


@pytest.fixture
def minh(client, cast):
    client.force_login(cast.minh)
    return client


def post(client, reports, words="Số liệu các năm trước"):
    return client.post(ADDRESS, {"report": [one.pk for one in reports], "words": words})


def test_the_page_shows_each_draft_with_its_cells_and_what_hinders_it(minh, drafts):
    page = minh.get(ADDRESS).content.decode()
    for words in ("Tháng 2/2025", "Tháng 4/2025", "Tháng 5/2025", "1 lỗi"):
        assert words in page
    assert page.count("checked") == 2 and page.count("disabled") == 1
    assert "Gửi 3 bản nháp" in minh.get("/reports/07999/").content.decode()
    assert "Gửi 3 bản nháp" in minh.get("/").content.decode()


def test_the_chosen_go_at_one_moment_with_one_word_on_their_warnings(minh, drafts):
    april, may = drafts[Month(2025, 4)], drafts[Month(2025, 5)]
    assert post(minh, [april, may]).status_code == 302
    assert states() == {"2025-02": "draft", "2025-04": "submitted", "2025-05": "submitted"}
    assert len(set(ReportEvent.objects.values_list("at", flat=True))) == 1
    assert set(Explanation.objects.values_list("text", flat=True)) == {"Số liệu các năm trước"}


def test_what_is_refused_stays_a_draft_and_says_why_and_the_others_go(minh, drafts):
    answer = post(minh, drafts.values())
    page = answer.content.decode()
    assert answer.status_code == 409 and "Chưa gửi được 1 báo cáo" in page and "Đã gửi 2 báo cáo" in page
    assert states() == {"2025-02": "draft", "2025-04": "submitted", "2025-05": "submitted"}


@pytest.mark.parametrize(("words", "said"), [("", "cần giải thích"), ("gọi 0912345678", "số điện thoại")])
def test_warnings_without_a_proper_word_hold_a_draft_back(minh, drafts, words, said):
    answer = post(minh, [drafts[Month(2025, 4)]], words)
    assert said in answer.content.decode() and states()["2025-04"] == "draft"


def test_nothing_chosen_or_sent_meanwhile_is_said(minh, drafts):
    assert "Chưa chọn báo cáo nào" in post(minh, []).content.decode()
    april = f.bring(drafts[Month(2025, 4)], "submitted")
    assert "1 báo cáo không còn là bản nháp" in minh.post(ADDRESS, {"report": april.pk}, follow=True).content.decode()


@pytest.mark.parametrize(("name", "status"), [("lan", 403), ("hoa", 403), ("tuan", 404)])
def test_who_does_not_sign_sends_nothing(client, cast, drafts, name, status):
    client.force_login(getattr(cast, name))
    assert client.get(ADDRESS).status_code == status and post(client, drafts.values()).status_code == status
    assert set(states().values()) == {"draft"}


def test_the_running_month_and_an_empty_draft_are_not_offered(minh, cast):
    f.report(cast.chi_dam, cast.lan, Month(2025, 3))
    assert "Không có bản nháp nào" in minh.get(ADDRESS).content.decode()


def test_a_long_past_comes_in_parts_and_is_gone_through_with_the_same_page(minh, cast):
    months = [Month(2022, 1) + step for step in range(AT_ONCE + 2)]
    reports = [draft(cast, month, patrols=5) for month in months]
    assert "Còn 2 bản nháp" in minh.get(ADDRESS).content.decode()
    post(minh, reports)
    assert list(states().values()).count("submitted") == AT_ONCE
    assert minh.get(ADDRESS).content.decode().count('name="report"') == 2


def test_a_sent_draft_comes_back_by_the_usual_step(minh, cast, drafts):

    post(minh, [drafts[Month(2025, 4)]])
    sent = MonthlyReport.objects.with_unit().get(month=Month(2025, 4))
    presenting.ask_return(sent, "Nhập nhầm cột", by=cast.minh, now=f.NOW)
    workflow.perform(sent, "return", by=f.user(Role.PROVINCE_REVIEWER, cast.phu_tho), now=f.NOW, comment="Nhập lại")
    assert states()["2025-04"] == "returned"
