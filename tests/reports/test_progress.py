"""A commune's first page: how far a month is, by section, how its months were sent, and where the first blank is."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from reports.entry import presenting
from reports.entry.figures import open_report
from reports.entry.grid import Grid, Row
from reports.entry.progress import (
    COMMON,
    _some,
    elapsed,
    parts_of_month,
    progress,
    runs,
    sent_months,
    sent_word,
    within_a_sentence,
)
from reports.models import MonthlyReport, WeaponHandover, WeaponKind
from reports.months import Month
from reports.units import Unit
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(cast):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), code): 0 for code in ("patrols", "patrol_attendance")})
    return report


def test_sections_say_how_much_is_there_and_lead_to_the_first_blank(begun, cast):
    found = {one.name: one for one in progress(Grid.of(begun))}
    patrols = next(one for one in found.values() if one.done)
    assert patrols.done == 2 and patrols.owed % 3 == 0 and patrols.percent == 200 // patrols.owed
    assert patrols.anchor.startswith("#c-h") and "Khu 1–2" in patrols.where
    assert COMMON in found and found[COMMON].anchor.startswith("#c-u")
    blanks = sum(map(len, Grid.of(begun).blanks().values()))
    assert sum(one.owed - one.done for one in found.values()) == blanks


def test_the_parts_of_a_months_page_add_its_sections_up_and_an_office_owes_nothing(begun, cast, client):
    grid = Grid.of(begun)
    hamlets, whole = parts_of_month(grid)
    blanks = sum(map(len, grid.blanks().values()))
    assert (hamlets.anchor, hamlets.done) == ("hamlets", 2) and not hamlets.is_done
    assert hamlets.owed + whole.owed - hamlets.done - whole.done == blanks
    office = Grid.of(open_report(Unit(cast.phu_tho), f.JUNE, by=cast.hoa, now=f.NOW)[0])
    assert [(one.anchor, one.owed, one.is_done) for one in parts_of_month(office)] == [("whole", 0, False)]
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/reports/07999/2025-06/").content.decode()
    assert f"<span data-filled>2/{hamlets.owed}</span>" in page and 'href="#whole"' in page
    begun.state = MonthlyReport.State.SUBMITTED
    begun.sent_at = f.NOW
    begun.save()
    assert "data-filled" not in client.get("/reports/07999/2025-06/").content.decode()


def test_a_month_says_in_a_word_how_it_was_sent(begun):
    due = begun.due
    for moved, word in ((-2, "sớm 1"), (0, "muộn 1"), (3, "muộn 4")):
        begun.sent_at = due + timedelta(days=moved)
        assert sent_word(begun) == word
    begun.commune.ended_on = (due + timedelta(days=1)).date()
    begun.sent_at = due + timedelta(days=3)
    assert sent_word(begun) == "đã gửi", "who entered it once the unit had ended is late for nobody"
    begun.commune.ended_on = None
    begun.sent_at = due - timedelta(minutes=1)
    assert sent_word(begun) == "đúng hạn"


@pytest.mark.parametrize(
    ("name", "within"), [("Lượt tuần tra", "lượt tuần tra"), ("ANTT cơ sở", "ANTT cơ sở"), ("PCCC", "PCCC"), ("Ô", "ô")]
)
def test_an_abbreviation_stays_one_within_a_sentence(name, within):
    assert within_a_sentence(name) == within


def test_the_strip_of_months_says_what_was_sent_and_what_is_not(begun):
    strip = sent_months(begun.unit, Month(2025, 8), {begun.month: begun})
    assert [str(one.month) for one in strip][::11] == ["2024-09", "2025-08"]
    assert {one.state: one.word for one in strip} == {"none": "chưa nhập", "draft": "đang nhập"}
    begun.commune.started_on = date(2025, 5, 20)
    strip = sent_months(begun.unit, Month(2025, 8), {begun.month: begun})
    assert [one.word for one in strip] == ["không hạn"] * 9 + ["đang nhập", "chưa nhập", "chưa nhập"]


def test_time_runs_from_the_first_moment_to_the_last_day():
    day = [datetime(2025, 6, n, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")) for n in (1, 9, 11)]
    assert elapsed(tuple(day), day[0] + timedelta(days=5)) == (80.0, 50.0)
    assert elapsed(tuple(day), day[2] + timedelta(days=5)) == (80.0, 100.0)


def test_the_first_page_shows_sections_strip_and_for_a_chief_the_sending(cast, client):
    now = timezone.now()
    report = f.report(cast.chi_dam, cast.lan, Month.at(now), now)
    grid = Grid.of(report)
    cells = {(row, code): 0 for code, rows in grid.blanks().items() for row in rows}
    f.fill(report, cast.lan, cells | {(Row(hamlet=cast.khu[0].pk), "patrols"): 0}, now)
    for user, sends in ((cast.lan, False), (cast.minh, True)):
        client.force_login(user)
        text = client.get("/").content.decode()
        assert ("Xem lại và gửi</a>" in text) is sends
        assert text.count('class="held"') > 4 and "đang nhập" in text
        assert f"Đã có {len(cells)}/{len(cells)} ô bắt" in text
    MonthlyReport.objects.filter(pk=report.pk).update(state="submitted", sent_at=now)
    assert "task wait" in client.get("/").content.decode()


def buttons(client, user, path="/"):
    """The buttons of a page: how each looks and what it says."""
    client.force_login(user)
    found = re.findall(r'<a\s+class="(button[^"]*)"\s+href="[^"]*"\s*>([^<]*)</a>', client.get(path).content.decode())
    return [(style, " ".join(words.split())) for style, words in found]


def test_who_filled_everything_is_led_to_what_comes_next(cast, client):
    now = timezone.now()
    report = f.report(cast.chi_dam, cast.lan, Month.at(now), now)
    assert buttons(client, cast.lan)[-1] == ("button", f"Nhập {report.month.title}")
    f.fill(report, cast.lan, {(row, code): 0 for code, rows in Grid.of(report).blanks().items() for row in rows}, now)
    on = ("button plain", "Nhập tiếp")
    assert buttons(client, cast.lan)[-2:] == [("button", "Xem lại, trình chỉ huy"), on]
    assert buttons(client, cast.minh)[-2:] == [("button", "Xem lại và gửi"), on]
    presenting.mark(report, presenting.PRESENT, by=cast.lan, now=now)
    assert buttons(client, cast.lan)[-2:] == [("button plain", "Xem bản đã trình"), on]
    assert ("button", "Xem lại và gửi") in buttons(client, cast.minh)


@pytest.mark.parametrize(
    ("day", "said"), [(1, "còn 16 ngày"), (16, "còn 1 ngày"), (17, "hôm nay là hạn"), (18, "Quá hạn gửi 1 ngày")]
)
def test_home_and_month_say_the_same_of_the_days_left(cast, client, monkeypatch, day, said):
    now = datetime(2025, 7, day, 23, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    f.report(cast.chi_dam, cast.lan, Month(2025, 7), datetime(2025, 7, 1, tzinfo=UTC))
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(cast.lan)
    for path in ("/", f"/reports/{cast.chi_dam.slug}/2025-07/"):
        page = re.sub(r"<[^>]*>", "", client.get(path).content.decode())
        assert re.search(rf"{said}\b", page), path


def test_the_sending_shows_what_is_sent(begun, cast, client):
    client.force_login(cast.minh)
    address = f"/reports/{cast.chi_dam.slug}/{begun.month}/send/"
    answer = client.get(address)
    assert answer.context["figures"].title == "Số liệu của tháng"
    assert "không có dòng giao nộp nào" in answer.content.decode()
    kind = WeaponKind.objects.get(code="lead_shot")
    WeaponHandover.objects.create(report=begun, kind=kind, quantity="0.5")
    text = client.get(address).content.decode()
    assert "0,5" in text and "không có dòng giao nộp nào" not in text


def test_a_reviewer_sees_the_month_as_one_bar(cast, client):
    now = timezone.now()
    f.report(cast.chi_dam, cast.lan, Month.at(now) - 1, now)
    MonthlyReport.objects.update(state="submitted", sent_at=now)
    client.force_login(cast.hoa)
    states = client.get("/").context["states"]
    assert [(state, count, begins, wide) for state, _, count, begins, wide in states] == [
        ("submitted", 1, 0.0, 50.0),
        ("none", 1, 50.0, 50.0),
    ]


def test_the_sign_in_shows_the_country_with_both_archipelagos(client):
    text = client.get("/accounts/login/").content.decode()
    assert "quần đảo Trường Sa" in text and "thành phố Đà Nẵng" in text and 'class="isles"' in text


def test_a_commune_without_hamlets_is_led_to_its_register_first(cast, client):
    client.force_login(cast.lan)
    assert "Danh bạ chưa có khu dân cư nào" not in client.get("/").content.decode()
    client.force_login(cast.tuan)
    assert cast.tay_coc.hamlet_set.count() == 0
    page = client.get("/").content.decode()
    assert "Danh bạ chưa có khu dân cư nào" in page and 'href="/register/import/hamlets/"' in page
    assert (
        'href="/register/import/groups/">nhập cả danh sách từ Excel' in client.get("/register/groups/").content.decode()
    )


def test_what_is_numbered_one_after_another_stands_together():
    names = ["Khu 2", "Khu 3", "Khu 4", "Khu 9", "Bản Heo", "Tổ dân phố số 1", "Tổ dân phố số 2"]
    assert runs(names) == [("Khu 2–4", 3), ("Khu 9", 1), ("Bản Heo", 1), ("Tổ dân phố số 1–2", 2)]
    assert _some(names, "Hòa giải") == "Khu 2–4, Khu 9, Bản Heo và 2 nơi khác"
    assert _some(["tin", "vụ", "hộ", "người"], COMMON) == "tin, vụ, hộ và 1 chỉ tiêu khác"
    assert runs(["Khu 01", "Khu 02", "Khu 2a", "8"]) == [("Khu 01", 1), ("Khu 02", 1), ("Khu 2a", 1), ("8", 1)]
