"""A place on one page: figures with their past, the highest and lowest, who is late, the month's states."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from communes.models import Commune
from reports.asking.standing import PlaceStanding, moved_of, standing_span
from reports.charts import Past
from reports.entry.grid import Row
from reports.models import Deadline, MonthlyReport
from reports.months import Month, Span
from reports.totals.comparing import Compared
from reports.totals.place import Place
from reports.totals.summary import Summary
from reports.views.overview import awaited_groups, late, standing_of
from tests import factories as f


def said(now, then, **more):
    return moved_of(Compared("whole", now, then, 9, ""), **{"long": True, "past": [], **more})


@pytest.mark.parametrize(
    ("now", "then", "words", "way", "beyond"),
    [
        (110, 100, "10% so cùng kỳ", 1, True),
        (93, 100, "7% so cùng kỳ", -1, False),
        (100, 100, "không đổi so cùng kỳ", 0, False),
        (104, 100, "xấp xỉ cùng kỳ", 0, False),
        (96, 100, "xấp xỉ cùng kỳ", 0, False),
        (900, 9, "từ 9 lên 900", 1, False),
        (3, 9, "từ 9 xuống 3", -1, False),
    ],
)
def test_a_change_is_coloured_from_eight_per_cent_and_never_on_a_small_base(now, then, words, way, beyond):
    assert said(now, then)[:3] == (words, way, beyond)


def test_a_months_change_is_coloured_only_outside_its_last_twelve():
    usual = [90, 120, 95]
    assert not said(110, 100, long=False, past=[*usual, 110]).beyond, "inside what the year before knew"
    assert said(130, 100, long=False, past=[*usual, 130]).beyond
    assert not said(104, 100, long=False, past=[1, 104]).beyond, "under 5 %"


def test_what_cannot_be_compared_says_why():
    none = moved_of(Compared("none", None, None, 3, "mới 3/9 xã, phường"), long=True, past=[])
    assert none[:3] == ("mới 3/9 xã, phường", 0, False)


def test_the_line_breaks_where_a_month_is_blank_and_speaks():
    past = Past("Tuần tra", [3, 5, None, 7, 9])
    assert len(past.runs) == 2 and past.then[1] > past.now[1]
    assert past.spoken == "Tuần tra, 5 tháng: từ 3 đến 9, gần nhất 9"
    assert Past("x", [None, None]).spoken == "x: chưa có số liệu" and Past("x", [None]).now is None
    assert Past("x", [4] * 13).band == (14, 0.0)
    top, tall = Past("x", list(range(13))).band
    assert top >= 4 and top + tall <= 24


@pytest.fixture
def sent(cast):
    """The last ended month: Chí Đám has sent it with the same month a year before, Tây Cốc never sends."""
    now = timezone.now()
    last = Month.at(now) - 1
    Commune.objects.filter(province=cast.phu_tho).update(started_on="2020-01-01")
    for month, patrols in ((last, 60), (last - 12, 40)):
        report = f.report(cast.chi_dam, cast.lan, month, now)
        f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): patrols}, now)
    MonthlyReport.objects.update(state="submitted", sent_at=now)
    span = Span(str(last), last, last)
    return PlaceStanding(Summary(Place(cast.phu_tho), span, now)), last, now


@pytest.mark.django_db
def test_a_place_stands_on_its_figures_its_ends_and_its_silent(sent, cast):
    standing, last, _ = sent
    patrols = standing.headlines[0]
    assert (patrols.row.value, patrols.moved.words, patrols.moved.way) == (60, "50% so cùng kỳ", 1)
    assert [one.line.part.name for one in standing.highest] == ["Xã Chí Đám"] and not standing.lowest
    assert standing.median == Decimal(20), "60 patrols, 3 hamlets"
    assert [(state, count) for state, _, count, _, _ in standing.states] == [("submitted", 1), ("none", 1)]
    assert [(one.name, one.months) for one in standing.awaited.silent] == [("Xã Tây Cốc", 24)]
    assert standing.month == last


@pytest.mark.django_db
def test_where_nothing_is_known_or_compared_nothing_is_said_to_stand_still(sent, cast):
    standing, last, now = sent
    assert "tăng 50% so cùng kỳ" in standing.sentence
    empty = PlaceStanding(Summary(Place(cast.son_la), Span(str(last), last, last), now))
    assert empty.sentence == "Kỳ này chưa có số liệu."
    MonthlyReport.objects.filter(month=last - 12).update(state="draft")
    alone = PlaceStanding(Summary(Place(cast.phu_tho), Span(str(last), last, last), now))
    assert alone.sentence == "Chưa đủ số liệu để so cùng kỳ."


@pytest.mark.django_db
def test_the_lines_are_of_the_communes_that_sent_every_month(sent):
    standing, _, _ = sent
    assert standing.steady == 0 and standing.headlines[0].past.known == []


@pytest.mark.django_db
def test_the_span_ends_with_the_last_month_that_most_have_sent(sent, cast):
    _, last, now = sent
    assert standing_span(Place(cast.phu_tho), now).last == last - 1, "one of two have sent"
    f.report(cast.tay_coc, cast.tuan, last, now)
    MonthlyReport.objects.update(state="submitted", sent_at=now)
    assert standing_span(Place(cast.phu_tho), now).last == last


@pytest.mark.django_db
def test_leaders_and_the_country_begin_with_it_and_communes_do_not_see_it(sent, cast, client):
    _, last, _ = sent
    for user in (cast.thu, cast.an):
        client.force_login(user)
        assert client.get("/").templates[0].name == "overview/overview.html"
    client.force_login(cast.hoa)
    text = client.get(f"/overview/?span={last}").content.decode()
    assert "Xã Tây Cốc (24 tháng liền)" in text and "Xã Tây Cốc 24 tháng liền chưa báo cáo." in text
    assert "Xã Chí Đám: 20 lượt/KDC" in text and 'class="past"' in text
    assert client.get("/overview/?span=khong").status_code == 404
    assert client.get("/overview/?province=14").status_code == 404
    client.force_login(cast.lan)
    assert client.get("/overview/").status_code == 403


@pytest.mark.django_db
def test_of_places_that_are_silent_alike_none_is_named_and_nothing_is_said_of_what_is_not_there(cast, client):
    Commune.objects.filter(province=cast.phu_tho).update(started_on="2020-01-01")
    client.force_login(cast.thu)
    text = client.get("/").content.decode()
    assert "2 xã, phường 24 tháng liền chưa báo cáo." in text
    assert "Đường: 13 tháng" not in text and "có đủ báo cáo" not in text


@pytest.mark.django_db
def test_no_odd_figure_is_praised_but_named_beside_and_who_lacks_a_month_is_placed_with_a_word(cast, client):
    now = timezone.now()
    last = Month.at(now) - 1
    Commune.objects.filter(province=cast.phu_tho).update(started_on="2020-01-01")
    f.hamlet(cast.tay_coc)
    for commune, patrols in ((cast.chi_dam, 900), (cast.tay_coc, 10)):
        for back in range(14):
            if (commune, back) != (cast.tay_coc, 1):
                f.filed(commune, last - back, "submitted", now=now, patrols=patrols if not back else 10)
    two = last - 1
    summary = Summary(Place(cast.phu_tho), Span(f"{two}..{last}", two, last), now)
    standing = standing_of(summary)
    assert [(one.line.part.name, one.caution) for one in standing.highest] == [("Xã Tây Cốc", "thiếu 1/2 tháng")]
    assert [one.line.part.name for one in standing.left_out] == ["Xã Chí Đám"]
    assert not standing.lowest, "who would be the highest is not the lowest"
    assert standing.highest[0].share == 100, "bars are held against the greatest that is shown"
    client.force_login(cast.thu)
    page = client.get(f"/overview/?span={two}..{last}&include=all").content.decode()
    words = " ".join(strip_tags(page).split())
    assert "Chưa nêu Xã Chí Đám (303,3): số khác hẳn mức thường thấy, nên hỏi lại trước." in words
    assert f"/dashboard/?province=25&amp;span={two}..{last}&amp;include=all&amp;view=ranking" in page
    assert "Chưa nêu" not in client.get(f"/overview/?span={two}..{last}&include=approved").content.decode()


@pytest.mark.django_db
def test_who_sent_in_time_and_who_has_more_time_is_not_overdue_and_nobody_owes_a_month_before_her_first(cast, client):
    last = Month(2026, 5)
    now = last.closes(cast.phu_tho.commune_due) + timedelta(days=4)
    living = [cast.chi_dam, cast.tay_coc, f.commune(province=cast.phu_tho), f.commune(province=cast.phu_tho)]
    Commune.objects.filter(province=cast.phu_tho).update(started_on="2020-01-01")
    Commune.objects.filter(pk=living[2].pk).update(started_on="2026-04-01")
    f.filed(living[0], last, "returned", now=now - timedelta(days=9))
    f.filed(living[1], last - 1, "returned", now=now - timedelta(days=30))
    Deadline.objects.create(
        province=cast.phu_tho, commune=living[3], party="commune", month=last, due_on=now.date() + timedelta(days=9),
        reason="Mất điện", by=cast.hoa, at=now,
    )  # fmt: skip
    standing = PlaceStanding(Summary(Place(cast.phu_tho), Span(str(last), last, last), now))
    assert standing.awaited.days_late == 5
    silent = {one.name: (one.months, one.late) for one in standing.awaited.silent}
    assert silent == {str(living[3]): (24, 0), str(living[2]): (2, 5), str(living[1]): (1, 5)}
    assert [one.name for one in standing.awaited.again] == [str(living[0])]
    assert late(standing) == (
        "Tháng 5/2026 còn 2 xã, phường quá hạn gửi 5 ngày, 1 xã, phường được gia hạn, 1 xã, phường chưa gửi lại."
    )
    leads = [group.lead for group in awaited_groups(standing)]
    assert leads == ["Quá hạn 5 ngày:", "Được gia hạn:", "Trả lại, chưa gửi lại:"]
    Deadline.objects.update(due_on=now.date() - timedelta(days=2))
    standing = PlaceStanding(Summary(Place(cast.phu_tho), Span(str(last), last, last), now))
    assert {one.late for one in standing.awaited.silent if one.name == str(living[3])} == {2}
    assert awaited_groups(standing)[1].lead == "Quá hạn đã gia hạn:", "not the province's five days"


@pytest.mark.django_db
def test_who_lacks_a_month_is_not_the_lowest_for_it(cast):
    last = Month(2026, 5)
    now = last.closes(cast.phu_tho.commune_due)
    communes = [cast.chi_dam, cast.tay_coc, *(f.commune(province=cast.phu_tho) for _ in range(6))]
    Commune.objects.filter(province=cast.phu_tho).update(started_on="2020-01-01")
    for place, commune in enumerate(communes):
        f.hamlet(commune, "Khu 7")
        for month in (last - 1, last) if place else (last,):
            f.filed(commune, month, "submitted", now=now, patrols=10)
    standing = standing_of(Summary(Place(cast.phu_tho), Span(f"{last - 1}..{last}", last - 1, last), now))
    assert standing.unplaced == 1 and not standing.few
    assert len(standing.lowest) == len(communes) - 1 - len(standing.highest)
    assert str(cast.chi_dam) not in [one.line.part.name for one in standing.lowest]


@pytest.mark.django_db
def test_one_place_that_reports_is_not_the_highest_of_many(sent, cast, client):
    _, last, _ = sent
    for _ in range(2):
        f.commune(province=cast.phu_tho)
    client.force_login(cast.hoa)
    text = client.get(f"/overview/?span={last}").content.decode()
    assert "Mới 1/4 nơi có số liệu nên chưa xếp hạng." in text and "Cao nhất" not in text
    assert '&amp;basis=hamlet&amp;whole=1">Xếp hạng đầy đủ</a>' in text


@pytest.mark.django_db
def test_the_countrys_page_leads_to_the_same_months_of_a_province_whose_year_begins_elsewhere(sent, cast, client):
    _, last, _ = sent
    cast.phu_tho.year_first_month = 12
    cast.phu_tho.save()
    client.force_login(cast.an)
    text = client.get(f"/overview/?span={last.year}").content.decode()
    assert f"/dashboard/?province=25&amp;span={last.year}-01..{last.year}-12" in text
