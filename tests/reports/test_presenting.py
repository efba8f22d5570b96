"""Trình chỉ huy: a mark on the open report, by whom and when, that the officer may take back until it is sent."""

import re

import pytest

from communes.refusals import Refused
from reports.entry import presenting, workflow
from reports.entry.grid import Row
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/reports/07999/2025-06/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 3})
    return report


def page_of(client, user, path):
    client.force_login(user, backend=BACKEND)
    return client.get(path).content.decode()


def post(client, report, action):
    return client.post(f"/api/v1/reports/{report.pk}/{action}/", {}, content_type="application/json")


def actions(client, user, report):
    client.force_login(user, backend=BACKEND)
    body = client.get(f"/api/v1/reports/{report.pk}/").json()
    return {one["action"] for one in body["actions"] if one["objection"] is None}, body


def test_the_officer_presents_edits_on_and_takes_it_back(client, cast, report):
    assert "present" in actions(client, cast.lan, report)[0]
    answer = post(client, report, "present")
    assert answer.status_code == 200
    body = answer.json()
    assert body["presented_by"] == str(cast.lan) and body["presented_at"] and body["state"] == "draft"
    assert actions(client, cast.lan, report)[0] == {"withdraw"}
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "tips"): 1})
    assert post(client, report, "present").status_code == 409
    assert post(client, report, "withdraw").json()["presented_at"] is None
    assert post(client, report, "withdraw").status_code == 409


@pytest.mark.parametrize("who", ["minh", "hoa", "tuan"])
def test_nobody_else_presents(client, cast, report, who):
    client.force_login(getattr(cast, who), backend=BACKEND)
    answer = post(client, report, "present")
    assert answer.status_code == (404 if who == "tuan" else 403)
    with pytest.raises(Refused):
        presenting.mark(report, presenting.PRESENT, by=getattr(cast, who), now=f.NOW)


def test_the_chief_is_told_on_the_home_page_and_reads_what_the_officer_said(client, cast, report):
    client.force_login(cast.lan, backend=BACKEND)
    sent = client.post(f"{PAGE}send/", {"do": "present", "say.blank:tips": "Khu 2 chưa nộp sổ."})
    assert sent.status_code == 302
    assert "Rút lại" in client.get(f"{PAGE}send/").content.decode()
    assert f"{cast.lan} trình chỉ huy lúc" in page_of(client, cast.minh, PAGE)
    page = page_of(client, cast.minh, f"{PAGE}send/")
    assert "Khu 2 chưa nộp sổ." in page and "Gửi lên tỉnh" in page and "Rút lại" not in page


def test_what_is_still_owed_is_said_before_and_after_presenting_and_to_the_chief(client, cast, report, monkeypatch):
    owed = re.search(r"Còn (\d+) ô bắt buộc trống chưa giải thích", page_of(client, cast.lan, f"{PAGE}send/"))
    assert owed and int(owed[1]) > 1
    sent = client.post(f"{PAGE}send/", {"do": "present"}, follow=True).content.decode()
    assert f"Đã trình chỉ huy. Bạn vẫn sửa được số liệu đến khi chỉ huy gửi. {owed[0]}" in sent
    assert owed[0] in page_of(client, cast.minh, f"{PAGE}send/")
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrol_attendance"): 1})
    monkeypatch.setattr("reports.views.home.timezone.now", lambda: f.NOW)
    page = page_of(client, cast.minh, "/")
    assert f"Còn 1 lỗi phải sửa, {int(owed[1]) - 1} ô bắt buộc trống chưa giải thích" in page


HEADS = ("patrols", "valuable_tips", "disputes_settled", "outreach_sessions", "household_commitments")
AWAITED = "Chờ chỉ huy xem"


def rows_of(page):
    """The totals that stand on the first page before a month is opened."""
    table = page.partition("head-totals")[2].partition("</table>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in table.split("<tr>")[2:]]


@pytest.fixture
def long_past(cast):
    """Twelve months of a few of everything."""
    for step in range(1, 13):
        f.filed(cast.chi_dam, f.JUNE - step, "approved", **dict.fromkeys(HEADS, 2 + step % 2))
    return cast


def test_the_chief_reads_the_totals_and_what_is_odd_with_the_officers_words(client, long_past, monkeypatch):
    cast = long_past
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(), code): 3 for code in HEADS} | {(Row(), "patrols"): 90})
    monkeypatch.setattr("django.utils.timezone.now", lambda: f.NOW)
    assert not rows_of(page_of(client, cast.minh, "/")) and AWAITED not in page_of(client, cast.minh, "/")
    words = {"jump:patrols": "Ra quân dịp hè."}
    presenting.mark(report, presenting.PRESENT, by=cast.lan, now=f.NOW, explanations=words)
    page = page_of(client, cast.minh, "/")
    assert [row.split()[-3:] for row in rows_of(page)] == [["90", "3", "2"], *[["3", "3", "2"]] * 4]
    assert (
        page.count('<td class="thirteen">') == 5 and page.count('class="dot odd"') == page.count('class="n odd"') == 1
    )
    assert "“Lượt tuần tra” là 90, cao hơn hẳn" in page and "Đơn vị giải thích: “Ra quân dịp hè.”" in page
    assert "task chief" in page and AWAITED in page and "chờ xem</small>" in page
    assert "progress-table" not in page.partition("</section>")[0] and "điểm khác" not in page
    officer = page_of(client, cast.lan, "/")
    assert AWAITED in officer and not rows_of(officer) and "progress-table" in officer
    for user, path in ((cast.lan, PAGE), (cast.minh, "/reports/07999/"), (cast.hoa, "/review/07999/2025-06/")):
        assert AWAITED in page_of(client, user, path), path


def test_of_many_odd_totals_three_are_named_and_the_rest_led_to(client, long_past, monkeypatch):
    cast = long_past
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(), code): 90 for code in HEADS})
    presenting.mark(report, presenting.PRESENT, by=cast.lan, now=f.NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: f.NOW)
    page = page_of(client, cast.minh, "/")
    assert page.count('<li class="warning">') == 3 and f'<a href="{PAGE}send/">2 điểm khác</a>' in page


def test_a_returned_month_that_was_presented_again_waits_for_the_chief_too(client, long_past, monkeypatch):
    cast = long_past
    report = f.filed(cast.chi_dam, f.JUNE, "submitted", patrols=3)
    workflow.perform(report, "return", by=cast.hoa, now=f.NOW, comment="Xem lại.")
    monkeypatch.setattr("django.utils.timezone.now", lambda: f.NOW)
    assert not rows_of(page_of(client, cast.minh, "/"))
    report.refresh_from_db()
    presenting.mark(report, presenting.PRESENT, by=cast.lan, now=f.NOW)
    page = page_of(client, cast.minh, "/")
    assert rows_of(page)[0].split()[-3:] == ["3", "3", "2"] and AWAITED in page
    assert f'<a class="button" href="{PAGE}send/">Xem lại và gửi</a>' in page and "“Xem lại.”" in page
    assert not rows_of(page_of(client, cast.lan, "/"))


def test_a_report_with_a_word_on_everything_lacks_nothing(client, cast, report):
    client.force_login(cast.lan, backend=BACKEND)
    sent = client.post(f"{PAGE}send/", {"do": "present", "say.*": "Các khu chưa nộp sổ."}, follow=True).content.decode()
    assert "chưa giải thích" not in sent and "cần giải thích." not in sent and "Đã trình chỉ huy" in sent


def test_once_it_is_sent_words_are_read_and_no_box_is_there_to_fill_in(client, cast, report):
    assert 'name="say.*"' in page_of(client, cast.minh, f"{PAGE}send/")
    explained = {workflow.EXPLAIN_ALL: "Đã đối chiếu sổ trực."}
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations=explained)
    for who in (cast.minh, cast.lan, cast.hoa):
        page = page_of(client, who, f"{PAGE}send/")
        assert "Đơn vị giải thích: “Đã đối chiếu sổ trực.”" in page
        assert 'name="say.' not in page and "Thêm dòng" not in page


def test_words_that_came_too_late_are_given_back_and_not_called_the_units(client, cast, report):
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã đối chiếu sổ trực."})
    client.force_login(cast.lan, backend=BACKEND)
    late = {"do": "present", "say.*": "Các khu “mới” chưa nộp.", "say.blank:tips": "Khu 2 chưa nộp sổ."}
    answer = client.post(f"{PAGE}send/", late)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Lời bạn vừa ghi chưa được lưu" in page
    assert "<li>“Các khu ‘mới’ chưa nộp.”</li><li>“Khu 2 chưa nộp sổ.”</li>" in page
    assert "Đơn vị giải thích: “Đã đối chiếu sổ trực.”" in page and "Đơn vị giải thích: “Khu 2" not in page
    assert "chưa được lưu" not in client.get(f"{PAGE}send/").content.decode()


def test_why_a_report_is_asked_back_is_given_back_where_it_cannot_be_taken(client, cast, report):
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã đối chiếu sổ trực."})
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.post(f"{PAGE}send/", {"do": "ask_return", "comment": "Gọi 0912345678."})
    assert answer.status_code == 409 and "<li>“Gọi 0912345678.”</li>" in answer.content.decode()


def test_sending_takes_the_mark_off_and_the_database_allows_it_on_open_reports_only(cast, report):
    presenting.mark(report, presenting.PRESENT, by=cast.lan, now=f.NOW)
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã đối chiếu."})
    report.refresh_from_db()
    assert report.state == "submitted" and report.presented_at is None and report.presented_by is None
    with pytest.raises(Refused, match="đang chờ duyệt"):
        presenting.mark(report, presenting.PRESENT, by=cast.lan, now=f.NOW)


def test_words_with_personal_numbers_are_refused_and_nothing_is_marked(client, cast, report):
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.post(f"{PAGE}send/", {"do": "present", "say.blank:tips": "Gọi 0912345678."})
    assert answer.status_code == 409
    report.refresh_from_db()
    assert report.presented_at is None


def test_what_is_asked_of_an_approved_report_is_to_be_opened_again(client, cast, report):
    f.bring(report, "approved")
    client.force_login(cast.lan, backend=BACKEND)
    page = client.get(PAGE).content.decode()
    assert "Ghi vì sao đề nghị tỉnh mở lại" in page and ">Đề nghị mở lại</button>" in page
    assert "Đề nghị trả lại" not in page
    assert "ghi vì sao đề nghị mở lại" in client.post(f"{PAGE}send/", {"do": "ask_return"}).content.decode()
    client.post(f"{PAGE}send/", {"do": "ask_return", "comment": "Khu 2 ghi nhầm."})
    for address in ("/review/07999/2025-06/", "/review/?month=2025-06"):
        page = page_of(client, cast.hoa, address)
        assert f"{cast.lan} đề nghị mở lại lúc" in page and "Khu 2 ghi nhầm." in page, address
    assert "1 báo cáo đã" in page_of(client, cast.hoa, "/review/odd/?month=2025-06")
    workflow.perform(report, "reopen", by=cast.hoa, now=f.NOW, comment="Sửa đi.")
    assert "đề nghị mở lại" not in page_of(client, cast.hoa, "/review/?month=2025-06")


def test_a_sent_report_is_asked_back_with_why_and_stands_first_in_the_queue(client, cast, report):
    assert presenting.ask_return_objection(report, cast.lan) is not None, "an open report needs no asking"
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã đối chiếu."})
    client.force_login(cast.lan, backend=BACKEND)
    assert "Đề nghị trả lại" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}send/", {"do": "ask_return", "comment": " "}).status_code == 409
    assert client.post(f"{PAGE}send/", {"do": "ask_return", "comment": "Khu 2 ghi nhầm."}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert 'id="ask-back"' not in page
    report.refresh_from_db()
    assert report.state == "submitted"
    review = page_of(client, cast.hoa, "/review/07999/2025-06/")
    assert f"{cast.lan} đề nghị trả lại lúc" in review and "Khu 2 ghi nhầm." in review
    workflow.perform(report, "return", by=cast.hoa, now=f.NOW, comment="Sửa đi.")
    assert f"{cast.lan} đề nghị trả lại lúc" not in page_of(client, cast.hoa, "/review/07999/2025-06/")


@pytest.mark.parametrize("who", ["hoa", "tuan"])
def test_only_the_unit_asks_its_report_back(client, cast, report, who):
    workflow.perform(report, "submit", by=cast.minh, now=f.NOW, explanations={"*": "Đã đối chiếu."})
    client.force_login(getattr(cast, who), backend=BACKEND)
    answer = client.post(
        f"/api/v1/reports/{report.pk}/ask_return/", {"comment": "Trả lại."}, content_type="application/json"
    )
    assert answer.status_code == (404 if who == "tuan" else 403)
    assert report.events.count() == 1
