"""Writing over the drafted words: kept when figures move, never overwritten unseen; who may see and write."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.scope import Role
from reports.documents import drafts
from reports.documents.drafts import Draft, Writing
from reports.models import DraftEdit
from reports.months import Month, Span
from reports.units import Unit
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
ADDRESS = "/documents/07999/2025-H1/"
PATROLS = f"{ADDRESS}paragraphs/patrols/"
MAY = Month(2025, 5)


@pytest.fixture
def spring(cast):
    f.filed(cast.chi_dam, MAY, patrols=20, patrol_attendance=80)
    return cast


def signed_in(client, user):
    client.force_login(user, backend=BACKEND)
    return client


def drafted(client):
    """The draft that stands in the form of the paragraph."""
    page = client.get(PATROLS).content.decode()
    return re.search(r'name="drafted" value="([^"]*)"', page)[1]


def save(client, text, seen=0, **more):
    body = {"action": "save", "text": text, "seen": seen, "drafted": drafted(client), "section": ""}
    return client.post(PATROLS, body | more)


def body_of(client, address=ADDRESS):
    return client.get(address).content.decode()


def test_an_edit_stands_in_the_report_and_leaves_the_rest(client, spring):
    signed_in(client, spring.lan)
    assert save(client, "Tuần tra   hằng đêm.\n\nKhông bỏ đêm nào.").status_code == 302
    page = body_of(client, f"{ADDRESS}print/")
    assert "<p>Tuần tra hằng đêm.</p>" in page and "<p>Không bỏ đêm nào.</p>" in page
    assert "20 lượt tuần tra với 80" not in page
    assert "xã Chí Đám có 03 khu dân cư" in page


def test_an_edit_is_kept_when_figures_move_and_both_texts_are_shown(client, spring):
    signed_in(client, spring.lan)
    save(client, "Đã tuần tra đều.")
    f.filed(spring.chi_dam, Month(2025, 4), patrols=5)
    page = body_of(client)
    assert "Số liệu đã đổi" in page and "Đã tuần tra đều." in page
    assert "20 lượt tuần tra" in page and "25 lượt tuần tra" in page


@pytest.mark.parametrize(
    ("action", "stands"), [("keep", "Đã tuần tra đều."), ("reset", "25 lượt tuần tra với 80 lượt người tham gia")]
)
def test_a_moved_paragraph_is_kept_or_taken_anew(client, spring, action, stands):
    signed_in(client, spring.lan)
    save(client, "Đã tuần tra đều.")
    f.filed(spring.chi_dam, Month(2025, 4), patrols=5)
    assert save(client, "", 1, action=action).status_code == 302
    page = body_of(client)
    assert "Số liệu đã đổi" not in page and stands in page


def test_what_is_no_longer_drafted_keeps_the_words_written_over_it(client, spring):
    signed_in(client, spring.lan)
    save(client, "Đã tuần tra đều.")
    DraftEdit.objects.update(key="fire", section="results.people.fire", drafted="Đã tổ chức 01 buổi.")
    page = body_of(client)
    assert "Đã tuần tra đều." in page and "(không còn gì để nói)" in page


def test_the_second_of_two_writers_sees_both_texts_and_nothing_is_lost(client, spring):
    signed_in(client, spring.lan)
    before = drafted(client)
    save(client, "Lời của Lan.")
    signed_in(client, spring.minh)
    response = save(client, "Lời của Minh.", drafted=before)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Lời của Lan." in page and "Lời của Minh." in page and "Người khác vừa lưu" in page
    assert DraftEdit.objects.get().text == "Lời của Lan."
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    assert save(client, "Lời của cả hai.", seen).status_code == 302
    assert DraftEdit.objects.get().text == "Lời của cả hai."
    assert [row.text for row in DraftEdit.history.order_by("history_id")] == ["Lời của Lan.", "Lời của cả hai."]


def test_a_writer_learns_that_the_edit_was_taken_back_meanwhile(client, spring):
    signed_in(client, spring.lan)
    save(client, "Lời của Lan.")
    save(client, "", 1, action="reset")
    assert save(client, "Lời của Minh.", 1).status_code == 409
    assert not DraftEdit.objects.exists()


def test_a_paragraph_is_dropped_and_restored(client, spring):
    signed_in(client, spring.lan)
    save(client, "", action="drop")
    assert "lượt tuần tra với" not in body_of(client, f"{ADDRESS}print/")
    assert "<del>" in body_of(client)
    save(client, "", 1, action="reset")
    assert "lượt tuần tra với" in body_of(client, f"{ADDRESS}print/")


def test_a_paragraph_is_added_changed_and_taken_out(client, spring):
    signed_in(client, spring.lan)
    for text in ("Đề nghị cấp đèn pin.", "Đề nghị cấp còi."):
        assert client.post(f"{ADDRESS}paragraphs/", {"section": "proposals", "text": text}).status_code == 302
    page = body_of(client, f"{ADDRESS}print/")
    assert page.index("KIẾN NGHỊ, ĐỀ XUẤT") < page.index("cấp đèn pin") < page.index("cấp còi./.")
    own = f"{ADDRESS}paragraphs/own-1/"
    client.post(own, {"action": "save", "text": "Đề nghị cấp 10 đèn pin.", "seen": 1})
    assert "cấp 10 đèn pin" in body_of(client)
    client.post(own, {"action": "reset", "seen": 2})
    assert "đèn pin" not in body_of(client)


@pytest.mark.parametrize(
    ("text", "says"), [("", "Hãy ghi lời văn"), ("Gọi 0912345678.", "giống số điện thoại"), ("a" * 6001, "dài quá")]
)
def test_words_that_may_not_stand_are_refused_with_a_sentence(client, spring, text, says):
    signed_in(client, spring.lan)
    for address in (PATROLS, f"{ADDRESS}paragraphs/"):
        response = client.post(address, {"text": text, "seen": 0, "section": "tasks"})
        assert response.status_code == 400 and says in response.content.decode()
    assert not DraftEdit.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"seen": "x"}, {"action": "?", "seen": "9" * 40}, {"text": "\x00", "seen": -1}, {"section": "zzz"}]
)
def test_nonsense_is_answered_and_never_fails(client, spring, body):
    signed_in(client, spring.lan)
    for address in (PATROLS, f"{ADDRESS}paragraphs/", f"{ADDRESS}paragraphs/no-such/", f"{ADDRESS}issue/"):
        assert client.post(address, body).status_code < 500


def test_each_choice_of_reports_has_its_own_words(client, spring):
    signed_in(client, spring.lan)
    save(client, "Lời cho số đã duyệt.")
    assert "Lời cho số đã duyệt." not in body_of(client, f"{ADDRESS}?include=all")


@pytest.mark.parametrize(
    ("who", "sees", "writes", "issues"),
    [
        ("lan", 200, 302, 403), ("minh", 200, 302, 302), ("hoa", 200, 403, 403), ("thu", 200, 403, 403),
        ("an", 200, 403, 403), ("tuan", 404, 404, 404), ("son", 404, 404, 404), ("quan", 404, 404, 404),
    ],
)  # fmt: skip
def test_a_communes_report_is_seen_by_its_line_and_written_at_home(client, spring, who, sees, writes, issues):
    signed_in(client, getattr(spring, who))
    for path in ("", "print/", "word/", "excel/", "issue/", "paragraphs/patrols/"):
        assert client.get(f"{ADDRESS}{path}").status_code == sees, path
    assert client.get("/documents/07999/letterhead/").status_code == sees
    assert client.post(PATROLS, {"text": "Lời.", "seen": 0}).status_code == writes
    assert client.post(f"{ADDRESS}paragraphs/", {"section": "tasks", "text": "Lời."}).status_code == writes
    assert client.post(f"{ADDRESS}issue/", {"number": 1, "day": "2025-06-20"}).status_code == issues


@pytest.mark.parametrize(
    ("who", "sees", "writes"),
    [("hoa", 200, 302), ("thu", 200, 403), ("an", 200, 403), ("lan", 404, 404), ("minh", 404, 404), ("son", 404, 404)],
)
def test_a_provinces_report_is_written_by_its_reviewer(client, spring, who, sees, writes):
    signed_in(client, getattr(spring, who))
    address = "/documents/province-25/2025-H1/"
    assert client.get(address).status_code == sees
    assert client.get("/documents/province-25/templates/").status_code == sees
    assert client.post(f"{address}paragraphs/patrols/", {"text": "Lời.", "seen": 0}).status_code == writes


def test_a_leader_sees_no_buttons_she_may_not_press(client, spring):
    page = body_of(signed_in(client, spring.thu))
    assert "Tải Word" in page and "<textarea" not in page and "Ban hành…" not in page


@pytest.mark.parametrize("span", ["2025-13", "2025-05..2025-01", "2099", "1945", "2025-H1?include=zzz"])
def test_a_span_that_makes_no_sense_is_not_found(client, spring, span):
    assert signed_in(client, spring.lan).get(f"/documents/07999/{span}").status_code in (301, 404)
    assert client.get(f"/documents/07999/{span.replace('?', '/?')}", follow=True).status_code == 404


def test_the_choosing_page_leads_to_the_report_or_says_what_is_wrong(client, spring):
    signed_in(client, spring.hoa)
    page = client.get("/documents/")
    assert "Xã Chí Đám" in page.content.decode() and "Chiềng Pha" not in page.content.decode()
    assert client.get("/documents/?unit=07999&span=2025-H1")["Location"] == ADDRESS
    run = client.get("/documents/?unit=07999&span=2025&run=2025-01..2025-05&include=approved")
    assert run["Location"] == "/documents/07999/2025-01..2025-05/?include=approved"
    assert client.get("/documents/?unit=07999&run=1/2025–5/2025")["Location"] == "/documents/07999/2025-01..2025-05/"
    refused = client.get("/documents/?unit=07999&span=hôm qua")
    assert refused.status_code == 400 and "không phải là kỳ báo cáo" in refused.content.decode()
    assert client.get("/documents/?unit=%00").status_code == 404
    assert signed_in(client, spring.tuan).get("/documents/?unit=07999").status_code == 404
    assert signed_in(client, spring.quan).get("/documents/").status_code == 403


def test_incomplete_figures_and_a_running_span_are_warned_of(client, spring):
    page = body_of(signed_in(client, spring.lan))
    assert "Số liệu chưa đủ:" in page and "còn 5 trong" in page
    (address,) = re.findall(r'Số liệu chưa đủ: <a href="([^"]*)"', page)
    left = client.get(unescape(address)).context["table"].rows
    assert len(left) == 5 and {row[2].text for row in left} == {"chưa bắt đầu"}
    assert "chưa kết thúc" not in page


def test_the_report_asks_no_more_for_thirty_communes_than_for_three(client, cast):
    queries = {}
    for number in (3, 30):
        province = f.province(code=f"{70 + number % 7}", name=f"Tỉnh {number} xã")
        reviewer = f.user(Role.PROVINCE_REVIEWER, province)
        for place in range(number):
            commune = f.commune(province=province)
            f.hamlet(commune)
            f.filed(commune, MAY, patrols=place + 1)
        signed_in(client, reviewer)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/documents/province-{province.code}/2025-H1/").status_code == 200
        queries[number] = len(asked)
    assert queries[3] == queries[30] < 70


@pytest.mark.parametrize("key", ["own-x", "own-7", "nope", "x" * 200])
def test_a_paragraph_nobody_added_cannot_be_written(client, spring, key):
    signed_in(client, spring.lan)
    answer = client.post(f"{ADDRESS}paragraphs/{key}/", {"action": "save", "text": "t", "section": "situation"})
    assert answer.status_code == 404 and not DraftEdit.objects.exists()
    answer = client.post(f"{ADDRESS}paragraphs/{key}/", {"action": "save", "text": "giữ lấy", "seen": "3"})
    assert answer.status_code == 409 and "giữ lấy" in answer.content.decode()
    assert not DraftEdit.objects.exists()


def test_two_who_add_at_once_both_get_a_paragraph(spring, monkeypatch):
    draft = Draft(Unit(spring.phu_tho, spring.chi_dam), Span.parse("2025-H1"), "approved")
    write, other = drafts.write, []

    def slower(*args, **kwargs):
        if not other:  # a colleague takes the same number in between
            other.append(True)
            write(draft, "situation", Writing("own-1", DraftEdit.Kind.ADDED, "Của Minh."), by=spring.minh, now=f.NOW)
        return write(*args, **kwargs)

    monkeypatch.setattr(drafts, "write", slower)
    mine = drafts.add(draft, "situation", "Của Lan.", by=spring.lan, now=f.NOW)
    assert mine.key == "own-2"
    assert set(DraftEdit.objects.values_list("text", flat=True)) == {"Của Lan.", "Của Minh."}
