"""The province's pages: queue, approving the clean ones, returning cells, reminders; and a commune's answers."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from reports.entry.grid import Row
from reports.entry.workflow import perform
from reports.models import Explanation, Figure, MonthlyReport, Reminder, ReportViewing
from reports.review.deadlines import extend
from tests import factories as f
from tests.reports.conftest import as_

JUNE = f.JUNE
QUEUE, CLEAN, REMIND = "/review/?month=2025-06", "/review/clean/?month=2025-06", "/review/reminders/?month=2025-06"
REPORT = "/review/07999/2025-06/"
pytestmark = pytest.mark.usefixtures("mid_june")


def stored(report):
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def clean_report(commune):
    """A sent report without a mark."""
    report = f.filed(commune, JUNE, "submitted", patrols=3)
    Explanation.objects.filter(report=report).delete()
    return report


def test_clean_reports_are_listed_approved_together_and_taken_back_together(hoa, cast):
    one, other = clean_report(cast.chi_dam), clean_report(cast.tay_coc)
    page = hoa.get(CLEAN).content.decode()
    assert "2 báo cáo dưới đây" in page and "Xã Chí Đám" in page and "Xã Tây Cốc" in page
    assert "số liệu của tháng được chốt" in page
    answer = hoa.post(CLEAN, {"report": [one.pk, other.pk]}, follow=True).content.decode()
    assert "Đã duyệt 2 báo cáo." in answer and "Bạn đã duyệt 2 báo cáo lúc 10:00" in answer
    assert {stored(one).state, stored(other).state} == {"approved"}
    answer = hoa.post("/review/undo/", {"at": stored(one).approved_at.isoformat()}, follow=True).content.decode()
    assert "Đã hoàn tác việc duyệt 2 báo cáo" in answer
    assert {stored(one).state, stored(other).state} == {"submitted"}


def test_what_became_odd_meanwhile_is_not_approved_with_the_clean_ones(hoa, cast):
    one, other = clean_report(cast.chi_dam), clean_report(cast.tay_coc)
    Explanation.objects.create(report=other, key="early", text="gấp", sentence="Kỳ chưa kết thúc.")
    answer = hoa.post(CLEAN, {"report": [one.pk, other.pk, 99_999]}, follow=True).content.decode()
    assert "Đã duyệt 1 báo cáo." in answer and "vừa có điểm cần xem: Xã Tây Cốc" in answer
    assert "1 báo cáo không còn chờ duyệt nữa" in answer
    assert (stored(one).state, stored(other).state) == ("approved", "submitted")


def test_only_the_reviewer_approves_together_and_reads_only_her_province(client, cast):
    one = clean_report(cast.chi_dam)
    for who, status in (("thu", 403), ("lan", 403), ("quan", 403)):
        assert as_(client, getattr(cast, who)).post(CLEAN, {"report": [one.pk]}).status_code == status
    as_(client, cast.son).post(CLEAN, {"report": [one.pk]})
    as_(client, cast.son).post("/review/undo/", {"at": "2025-06-16T03:00:00+00:00"})
    assert stored(one).state == "submitted"
    assert "Xã Chí Đám" not in as_(client, cast.son).get(QUEUE).content.decode()


@pytest.mark.parametrize(
    "at",
    [
        "",
        "hôm nay",
        "2025-06-16T03:00:00",
        "2025-13-40T03:00:00+00:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_batch_that_is_none_is_not_found_kindly(hoa, at):
    assert "Không tìm thấy lần duyệt này." in hoa.post("/review/undo/", {"at": at}, follow=True).content.decode()


def test_the_queue_tells_why_and_leads_on_through_the_odd_ones(hoa, cast):
    f.filed(cast.chi_dam, JUNE, "submitted", disputes_received=5, disputes_settled=1, disputes_not_settled=0,
            disputes_pending=0)  # fmt: skip
    f.filed(cast.tay_coc, JUNE, "submitted", patrols=3)
    page = hoa.get(QUEUE).content.decode()
    assert "Hòa giải: tiếp nhận 5 vụ" in page and "Đơn vị giải thích: “đã rà soát”" in page
    report = hoa.get(REPORT).content.decode()
    assert "Hàng đợi (1/2)" in report and 'data-key="n" href="/review/07996/2025-06/"' in report
    answer = hoa.post(f"{REPORT}approve/", {"next": "1"})
    assert answer["Location"] == "/review/07996/2025-06/"


def test_opening_a_report_remembers_that_the_reviewer_saw_it(hoa, client, cast):
    report = clean_report(cast.chi_dam)
    hoa.get(REPORT)
    assert ReportViewing.objects.get().user == cast.hoa
    as_(client, cast.minh).get(REPORT)
    assert ReportViewing.objects.filter(report=report).count() == 1


def test_undo_stands_on_the_reports_page_for_the_day(hoa, cast):
    report = clean_report(cast.chi_dam)
    perform(report, "approve", by=cast.hoa, now=datetime(2025, 6, 16, 2, 30, tzinfo=UTC))
    assert "Hoàn tác bước vừa rồi" in hoa.get(REPORT).content.decode()
    assert hoa.post(f"{REPORT}undo/").status_code == 302
    assert stored(report).state == "submitted"
    assert "không có gì để hoàn tác" in hoa.post(f"{REPORT}undo/").content.decode()


def test_a_report_stands_beside_its_past(hoa, cast):
    for back, value in ((12, 8), (2, 5), (1, 6)):
        f.filed(cast.chi_dam, JUNE - back, "submitted", patrols=value)
    clean_report(cast.chi_dam)
    page = hoa.get(REPORT).content.decode()
    row = page[page.index(">Lượt tuần tra<") :].split("</tr>")[0]
    assert "từ 6 xuống 3" in row and "từ 8 xuống 3" in row and 'class="n">6</td>' in row
    assert 'aria-label="Lượt tuần tra, 13 tháng: từ 3 đến 8, gần nhất 3"' in row and row.count("<polyline") == 1


@pytest.fixture
def sent(cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 9})
    return f.bring(report, "submitted")


def test_a_commune_sees_the_returned_cells_first_mends_and_answers(client, cast, sent, khu):
    perform(sent, "return", by=cast.hoa, now=f.NOW, comment="xem lại hai ô",
            cells={(khu[0], "patrols"): "Sổ ghi 5", (Row(), "patrols"): "Tổng cao"})  # fmt: skip
    lan = as_(client, cast.lan)
    assert "/reports/07999/2025-06/returned/" in lan.get("/").content.decode()
    page = lan.get("/reports/07999/2025-06/returned/").content.decode()
    assert "Sổ ghi 5" in page and "2 ô tỉnh đề nghị xem lại" in page
    assert "(tổng các khu)" in page and 'name="u.patrols"' not in page
    name = f"{khu[0].key}.patrols"
    given = {name: "5", f"was.{name}": "3", f"answer.{name}": "Đã sửa theo sổ"}
    answer = lan.post("/reports/07999/2025-06/returned/", given, follow=True).content.decode()
    assert "Đã lưu 1 ô và 1 câu trả lời." in answer and "đã trả lời" in answer
    assert Figure.objects.get(log__hamlet=cast.khu[0], indicator__code="patrols").value == 5


@pytest.mark.parametrize(
    ("typed", "was", "words", "said"),
    [("năm", "3", "vẫn giữ", "năm"), ("7", "2", "vẫn giữ", "Người khác vừa ghi ô này thành 3; số của bạn là 7"),
     ("3", "3", "gọi 0912345678", "số điện thoại")],
)  # fmt: skip
def test_a_faulty_answer_comes_back_with_what_was_typed(client, cast, sent, khu, typed, was, words, said):
    perform(sent, "return", by=cast.hoa, now=f.NOW, comment="xem", cells={(khu[0], "patrols"): "Sổ ghi 5"})
    name = f"{khu[0].key}.patrols"
    given = {name: typed, f"was.{name}": was, f"answer.{name}": words}
    answer = as_(client, cast.lan).post("/reports/07999/2025-06/returned/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page and f'value="{typed}"' in page
    assert Figure.objects.get(log__hamlet=cast.khu[0], indicator__code="patrols").value == 3


def test_without_returned_cells_the_page_leads_to_the_month(client, cast, sent):
    answer = as_(client, cast.lan).get("/reports/07999/2025-06/returned/")
    assert answer["Location"] == "/reports/07999/2025-06/"


def test_reminders_name_who_has_not_sent_and_their_blank_hamlets_but_no_figures(hoa, cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 4711})
    page = hoa.get(REMIND).content.decode()
    assert "Chưa bắt đầu nhập (1): Xã Tây Cốc" in page and "Đang nhập, chưa gửi (1): Xã Chí Đám" in page
    assert "Chưa có số liệu ở: Khu 2, Khu 10." in page and "2/3 khu" in page
    assert "4711" not in page and "4.711" not in page


def test_a_reminder_of_a_return_names_its_cells_and_proposes_no_zero(hoa, cast, khu):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(khu[0], "patrols"): 4711})
    f.bring(report, "submitted")
    perform(report, "return", by=cast.hoa, now=f.NOW, comment="xem lại", cells={(khu[0], "patrols"): "sổ ghi khác"})
    rows = {one.commune: words for one, words in hoa.get(REMIND).context["rows"]}
    said = rows[cast.chi_dam]
    assert f"Các ô cần xem lại: Lượt tuần tra ({cast.khu[0].name})." in said
    assert "Đề nghị sửa, trả lời và gửi lại" in said and "Không phát sinh" not in said and "4711" not in said
    assert "Chưa có số liệu" not in said
    assert "Không phát sinh" in rows[cast.tay_coc]


def test_communes_without_an_address_are_not_all_done(hoa, cast, report):
    page = hoa.get(REMIND).content.decode()
    assert "Chưa gửi thư được cho xã nào." in page and "2 xã chưa có địa chỉ thư" in page
    said = hoa.post(REMIND, follow=True).content.decode()
    assert "2 xã chưa có địa chỉ thư nên chưa được nhắc" in said
    cast.lan.email = "lan@example.vn"
    cast.lan.save()
    hoa.post(REMIND)
    page = hoa.get(REMIND).content.decode()
    assert "Các xã có địa chỉ thư đều đã được nhắc hôm nay." in page and "1 xã chưa có địa chỉ thư" in page


def odd_report(commune, name):
    """A sent report with something to look at."""
    report = clean_report(commune)
    Explanation.objects.create(report=report, key="early", text=name, sentence="Kỳ chưa kết thúc.")
    return report


def test_the_next_report_follows_the_queue_even_where_it_was_never_opened(hoa, cast):
    more = [f.commune(province=cast.phu_tho, code=code) for code in ("07990", "07991", "09990")]
    clean_report(more[0])
    odd_report(more[1], "a")
    odd_report(more[2], "b")
    page = hoa.get("/review/07991/2025-06/")
    assert page.context["beside"].after.slug == "09990", "the other odd one, not the next by code"
    answer = hoa.post("/review/07991/2025-06/approve/", {"next": 1})
    assert answer["Location"] == "/review/09990/2025-06/"


def test_the_queue_shows_what_is_odd_or_changed_alone(hoa, cast):
    clean_report(cast.chi_dam)
    odd_report(cast.tay_coc, "gấp")
    page = hoa.get(f"{QUEUE}&only=odd")
    text = page.content.decode()
    assert [one.unit.name for one, _, _ in page.context["odd"]] == ["Xã Tây Cốc"]
    assert "báo cáo không có điểm nào cần xem" not in text and 'id="approved"' not in text
    assert 'href="?month=2025-06#approved"' in text, "to the whole queue, where it stands"
    beside = hoa.get(f"/review/{cast.tay_coc.slug}/2025-06/").context["beside"]
    assert (beside.before, beside.after, beside.count) == (None, None, 1)
    assert "(1, đang lọc)" in hoa.get(f"/review/{cast.tay_coc.slug}/2025-06/").content.decode()
    assert "Không có báo cáo nào như vậy." in hoa.get(f"{QUEUE}&only=changed").content.decode()
    assert hoa.get(f"/review/{cast.chi_dam.slug}/2025-06/").context["beside"].count == 2, "none of those that were seen"


def test_the_hamlets_have_their_total_and_the_office_no_hamlets(hoa, cast, khu):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 4})
    f.bring(report, "submitted")
    assert '<span id="t-patrols">7</span>' in hoa.get(REPORT).content.decode()
    f.office_report(cast.phu_tho, JUNE, patrols=5)
    page = hoa.get("/reports/province-25/2025-06/").content.decode()
    assert 'id="grid"' not in page and 'name="u.patrols" value="5"' in page
    assert "Theo khu dân cư" not in page
    assert 'class="grid' not in hoa.get("/review/province-25/2025-06/").content.decode()


def test_a_letter_goes_once_a_day_to_those_who_have_not_sent(hoa, cast, report):
    cast.lan.email = "lan@example.vn"
    cast.lan.save()
    cast.tuan.email, cast.tuan.is_active = "tuan@example.vn", False
    cast.tuan.save()
    assert "Đã gửi thư nhắc 1 xã." in hoa.post(REMIND, follow=True).content.decode()
    assert [message.to for message in mail.outbox] == [["lan@example.vn"]]
    assert "Xã Chí Đám" in mail.outbox[0].body and "17/06/2025" in mail.outbox[0].body
    assert "Không có xã nào cần gửi thêm" in hoa.post(REMIND, follow=True).content.decode()
    assert len(mail.outbox) == Reminder.objects.count() == 1


def test_nobody_is_reminded_once_everything_has_come(hoa, cast):
    clean_report(cast.chi_dam)
    clean_report(cast.tay_coc)
    assert "Không cần nhắc ai" in hoa.get(REMIND).content.decode()
    hoa.post(REMIND)
    assert not mail.outbox


def test_a_server_of_letters_that_does_not_answer_is_told(hoa, cast, report, settings):
    cast.lan.email = "lan@example.vn"
    cast.lan.save()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert "Máy chủ thư không trả lời" in hoa.post(REMIND, follow=True).content.decode()
    assert not Reminder.objects.exists()


def test_only_the_reviewer_writes(client, cast, report):
    assert as_(client, cast.thu).post(REMIND).status_code == 403
    assert as_(client, cast.lan).get(REMIND).status_code == 403


def test_the_year_shows_who_kept_the_deadlines(hoa, cast):
    clean_report(cast.chi_dam)
    extend(cast.tay_coc, JUNE, datetime(2025, 6, 30).date(), reason="bão", by=cast.hoa, now=f.NOW)
    page = " ".join(hoa.get("/review/timeliness/?year=2025&sort=late").content.decode().split())
    assert "1/11 báo cáo đến hạn được gửi đúng hạn, 0 gửi muộn, 10 chưa gửi" in page
    assert "chưa đến hạn (được gia hạn)" in page
    assert hoa.get("/review/timeliness/?year=2031").status_code == 200
    assert hoa.get("/review/timeliness/?year=xx").status_code == 200


@pytest.mark.parametrize("path", ["/review/", CLEAN, REMIND, "/review/deadlines/", "/review/timeliness/"])
def test_a_national_viewer_chooses_a_province_first(client, cast, path):
    an = as_(client, cast.an)
    assert "Chọn tỉnh" in an.get(path).content.decode()
    joiner = "&" if "?" in path else "?"
    assert "Phú Thọ" in an.get(f"{path}{joiner}province=25").content.decode()


def test_a_month_that_has_not_begun_or_is_none_leads_to_one_that_is(hoa):
    assert "tháng 7/2025" in hoa.get("/review/?month=2027-01").content.decode()
    assert "không phải là tháng" in hoa.get("/review/?month=xx").content.decode()


def test_a_reopened_report_shows_what_changed_since_it_was_approved(hoa, cast, report, khu):
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3})
    f.bring(report, "approved")
    perform(stored(report), "reopen", by=cast.hoa, now=f.NOW, comment="sửa Khu 1")
    f.fill(stored(report), cast.lan, {(khu[0], "patrols"): 5}, now=datetime(2025, 6, 16, 2, 30, tzinfo=UTC))
    page = " ".join(hoa.get(REPORT).content.decode().split())
    assert "Thay đổi so với bản duyệt lúc" in page and "Khu 1 – Lượt tuần tra: 3 → 5" in page


def test_the_home_page_tells_what_is_odd(hoa, cast):
    assert "/review/odd/?month=2025-06" in hoa.get("/").content.decode()
    assert "Không có báo cáo nào đang chờ duyệt." in hoa.get("/review/odd/?month=2025-06").content.decode()
    clean_report(cast.chi_dam)
    assert "không có điểm nào cần xem" in hoa.get("/review/odd/?month=2025-06").content.decode()
    Explanation.objects.create(report=MonthlyReport.objects.get(), key="early", text="gấp", sentence="Gửi sớm quá.")
    assert "Gửi sớm quá." in hoa.get("/review/odd/?month=2025-06").content.decode()


def test_the_home_page_counts_each_state_once_in_the_colour_of_its_bar(hoa, cast):
    clean_report(cast.chi_dam)
    page = " ".join(hoa.get("/").content.decode().split())
    assert '<rect class="submitted"' in page and 'aria-label="Chú giải"' not in page
    assert '<b>1</b> <span class="key state-submitted"></span>Chờ duyệt</a>' in page


def test_the_day_to_answer_by_is_named_at_the_return_and_read_where_it_is_owed(client, cast):
    report = clean_report(cast.chi_dam)
    page = as_(client, cast.hoa).get("/review/07999/2025-06/give-back/").content.decode()
    assert 'name="answer_by" value="19/06/2025"' in page
    for wrong in ("2025-01-01", "mai"):
        answer = client.post("/review/07999/2025-06/give-back/", {"comment": "xem lại", "answer_by": wrong})
        assert answer.status_code in (409, 422) and "Hạn trả lời" in answer.content.decode()
        assert f'value="{wrong}"' in answer.content.decode(), "what was typed stays"
    client.post("/review/07999/2025-06/give-back/", {"comment": "xem lại", "answer_by": "2025-06-17"})
    assert stored(report).answer_by.isoformat() == "2025-06-17"
    for address in ("/", "/reports/07999/2025-06/"):
        assert "hết ngày 17/06/2025" in as_(client, cast.lan).get(address).content.decode(), address
    assert "hạn trả lời hết ngày 17/06/2025" in as_(client, cast.hoa).get(REMIND).content.decode()


def test_what_changed_since_last_seen_is_told_and_shown_alone(client, cast, khu, monkeypatch):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 4})
    f.bring(report, "submitted")
    hoa = as_(client, cast.hoa)
    assert hoa.get(REPORT).context["seen"] is None, "never seen before"
    later = datetime(2025, 6, 16, 4, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    perform(stored(report), "return", by=cast.hoa, now=datetime(2025, 6, 16, 3, 10, tzinfo=UTC), comment="xem lại")
    moment = datetime(2025, 6, 16, 3, 30, tzinfo=UTC)
    f.fill(stored(report), cast.lan, {(khu[0], "patrols"): 9}, moment)
    perform(stored(report), "submit", by=cast.minh, now=moment, explanations={"*": "đã sửa"})
    page = hoa.get(REPORT)
    assert [(name, one.was, one.value) for name, _, one in page.context["seen"].cells] == [(cast.khu[0].name, 3, 9)]
    text = page.content.decode()
    assert "Thay đổi từ lần bạn xem lúc" in text and "Theo khu dân cư" in text
    assert hoa.get(REPORT).context["seen"] is None, "seen now"
    alone = hoa.get(REPORT, {"seen": page.context["seen"].moment.isoformat()}).content.decode()
    assert "Thay đổi từ lần bạn xem lúc" in alone and "<caption>Theo khu dân cư" not in alone
    assert "Không có thay đổi nào từ lúc ấy" in hoa.get(REPORT, {"seen": later.isoformat()}).content.decode()
    assert as_(client, cast.thu).get(REPORT, {"seen": "mai"}).status_code == 200


def test_a_report_is_compared_with_months_that_were_sent_and_small_moves_are_no_rise(hoa, cast):
    f.filed(cast.chi_dam, JUNE - 1, "draft", patrols=400, tips=400)
    f.filed(cast.chi_dam, JUNE - 12, "approved", patrols=100, tips=100)
    f.filed(cast.chi_dam, JUNE, "submitted", patrols=103, tips=150)
    rows = {row[0].text: [cell.text for cell in row[2:7]] for row in hoa.get(REPORT).context["figures"].rows}
    assert rows["Lượt tuần tra"] == ["103", "400", "", "100", "▲ 3 (+3%)"], "May was never sent"
    assert rows["Tin do quần chúng, tổ tự quản cung cấp"] == ["150", "400", "", "100", "▲ 50 (+50%)"]


def test_words_for_a_step_that_another_took_meanwhile_are_given_back(hoa, cast, khu):
    report, key = clean_report(cast.chi_dam), f"{khu[0].key}.patrols"
    perform(report, "approve", by=cast.hoa, now=f.NOW)
    typed = {"comment": "Xem lại “Khu 1”.", "pick": key, f"say.{key}": "Ghi nhầm cột."}
    answer = hoa.post(f"{REPORT}give-back/", typed)
    assert answer.status_code == 409
    page, refusal = answer.content.decode(), str(answer.context["refusal"])
    assert "<li>“Xem lại ‘Khu 1’.”</li><li>“Ghi nhầm cột.”</li>" in page
    assert page.count(refusal) == 1 and refusal in hoa.get(f"{REPORT}give-back/").content.decode()
    perform(report, "reopen", by=cast.hoa, now=f.NOW, comment="Sửa.")
    answer = hoa.post(f"{REPORT}reopen/", {"comment": "Khu 2 ghi nhầm."})
    assert answer.status_code == 409 and "<li>“Khu 2 ghi nhầm.”</li>" in answer.content.decode()
    assert "chưa được lưu" not in hoa.get(REPORT).content.decode()
