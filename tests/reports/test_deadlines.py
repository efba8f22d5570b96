"""Deadlines: the usual days, a calendar of the year, an extension for one commune; who kept them."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.refusals import Refused
from reports.models import Deadline, MonthlyReport
from reports.models.deadlines import time_left
from reports.months import HANOI, Month, Span
from reports.review.deadlines import extend, set_deadlines, timeliness, usual_days, withdraw, year_of
from reports.review.queue import queue_of
from reports.units import Unit
from reports.views.home import commune_work, province_work
from tests import factories as f

JUNE, MAY = f.JUNE, f.JUNE - 1
COMMUNES, OFFICE = Deadline.Party.COMMUNES, Deadline.Party.OFFICE


def due(unit, month=JUNE):
    return Deadline.objects.calendar([unit.province.pk], [month]).due(unit, month)


def midnight_after(day):
    return datetime(day.year, day.month, day.day, tzinfo=HANOI) + timedelta(days=1)


def stored(report):
    return MonthlyReport.objects.with_unit().with_due().get(pk=report.pk)


def test_without_a_calendar_the_usual_days_hold(cast):
    assert due(Unit(cast.phu_tho, cast.chi_dam)) == midnight_after(date(2025, 6, 17))
    assert due(Unit(cast.phu_tho)) == midnight_after(date(2025, 6, 20))
    assert usual_days(cast.phu_tho, JUNE) == {COMMUNES: date(2025, 6, 17), OFFICE: date(2025, 6, 20)}


def test_a_calendar_moves_every_communes_day_and_the_offices_apart(cast):
    days = {(JUNE, COMMUNES): date(2025, 6, 18), (JUNE, OFFICE): date(2025, 6, 23)}
    assert set_deadlines(cast.phu_tho, days, by=cast.hoa, now=f.NOW) == 2
    assert due(Unit(cast.phu_tho, cast.tay_coc)) == midnight_after(date(2025, 6, 18))
    assert due(Unit(cast.phu_tho)) == midnight_after(date(2025, 6, 23))
    assert due(Unit(cast.phu_tho, cast.tay_coc), MAY) == midnight_after(date(2025, 5, 17))
    assert due(Unit(cast.son_la, cast.chieng_pha)) == midnight_after(date(2025, 6, 17))


def test_the_same_calendar_twice_changes_nothing_and_the_usual_day_takes_it_away(cast):
    days = {(JUNE, COMMUNES): date(2025, 6, 18), (JUNE, OFFICE): None}
    assert set_deadlines(cast.phu_tho, days, by=cast.hoa, now=f.NOW) == 1
    assert set_deadlines(cast.phu_tho, days, by=cast.hoa, now=f.NOW) == 0
    usual = {(JUNE, COMMUNES): date(2025, 6, 17), (JUNE, OFFICE): date(2025, 6, 20)}
    assert set_deadlines(cast.phu_tho, usual, by=cast.hoa, now=f.NOW) == 1
    assert not Deadline.objects.exists()


@pytest.mark.parametrize(
    ("party", "day"),
    [(COMMUNES, date(2025, 6, 14)), (COMMUNES, date(2025, 12, 1)), (OFFICE, date(2025, 6, 16))],
)
def test_a_day_before_the_cut_off_far_away_or_out_of_order_is_refused_at_its_place(cast, party, day):
    days = {(JUNE, COMMUNES): None, (JUNE, OFFICE): None} | {(JUNE, party): day}
    with pytest.raises(ValidationError) as refused:
        set_deadlines(cast.phu_tho, days, by=cast.hoa, now=f.NOW)
    assert set(refused.value.message_dict) == {f"2025-06.{party}"}
    assert not Deadline.objects.exists()


def test_an_extension_is_one_communes_and_stands_before_the_calendar(cast):
    set_deadlines(cast.phu_tho, {(JUNE, COMMUNES): date(2025, 6, 18)}, by=cast.hoa, now=f.NOW)
    extend(cast.chi_dam, JUNE, date(2025, 6, 25), reason="Mất điện do bão", by=cast.hoa, now=f.NOW)
    assert due(Unit(cast.phu_tho, cast.chi_dam)) == midnight_after(date(2025, 6, 25))
    assert due(Unit(cast.phu_tho, cast.tay_coc)) == midnight_after(date(2025, 6, 18))
    again = extend(cast.chi_dam, JUNE, date(2025, 6, 27), reason="Bão kéo dài", by=cast.hoa, now=f.NOW)
    assert due(Unit(cast.phu_tho, cast.chi_dam)) == midnight_after(date(2025, 6, 27))
    withdraw(again, by=cast.hoa)
    assert due(Unit(cast.phu_tho, cast.chi_dam)) == midnight_after(date(2025, 6, 18))


@pytest.mark.parametrize(
    ("day", "at", "said"),
    [
        (date(2026, 11, 26), time(9), "còn 21 ngày"),
        (date(2026, 11, 30), time(9), "còn 17 ngày"),
        (date(2026, 12, 15), time(16, 20), "còn 2 ngày"),
        (date(2026, 12, 16), time(23, 59), "còn 1 ngày"),
        (date(2026, 12, 17), time(0), "hôm nay là hạn"),
        (date(2026, 12, 17), time(23, 59), "hôm nay là hạn"),
        (date(2026, 12, 18), time(0), "quá hạn 1 ngày"),
        (date(2026, 12, 20), time(23, 59), "quá hạn 3 ngày"),
    ],
)
def test_the_days_to_the_last_one_are_counted_without_today(day, at, said):
    assert time_left(midnight_after(date(2026, 12, 17)), datetime.combine(day, at, HANOI)) == said


def test_the_communes_day_is_not_one_communes_extension_nor_the_offices(cast):
    extend(cast.tay_coc, JUNE, date(2025, 6, 25), reason="Mất điện do bão", by=cast.hoa, now=f.NOW)
    extend(cast.chi_dam, JUNE, date(2025, 6, 26), reason="Mất điện do bão", by=cast.hoa, now=f.NOW)

    def communes_day(month=JUNE):
        day = Deadline.objects.calendar([cast.phu_tho.pk], [month]).due_of(cast.phu_tho, COMMUNES, month)
        assert province_work(cast.hoa, (month + 1).closes(1))["due"] == day
        return day

    assert communes_day() == midnight_after(date(2025, 6, 17))
    days = {(JUNE, COMMUNES): date(2025, 6, 18), (JUNE, OFFICE): date(2025, 6, 23)}
    set_deadlines(cast.phu_tho, days, by=cast.hoa, now=f.NOW)
    assert communes_day() == midnight_after(date(2025, 6, 18))
    assert communes_day(MAY) == midnight_after(date(2025, 5, 17))


def test_the_queue_knows_each_communes_own_day_begun_or_not(cast):
    set_deadlines(cast.phu_tho, {(JUNE, COMMUNES): date(2025, 6, 18)}, by=cast.hoa, now=f.NOW)
    extend(cast.chi_dam, JUNE, date(2025, 6, 25), reason="Mất điện do bão", by=cast.hoa, now=f.NOW)
    f.filed(cast.chi_dam, state="submitted", now=datetime(2025, 6, 24, 9, 0, tzinfo=HANOI))
    queue = queue_of(cast.phu_tho, JUNE, datetime(2025, 6, 24, 9, 0, tzinfo=HANOI))
    [sent], [not_begun] = queue.sent, queue.parts["not_begun"]
    assert sent.report.due == sent.due == midnight_after(date(2025, 6, 25))
    assert (sent.report.was_late, sent.is_overdue) == (False, False)
    assert (not_begun.unit.commune, not_begun.due) == (cast.tay_coc, midnight_after(date(2025, 6, 18)))
    assert queue.overdue == [not_begun]


@pytest.mark.parametrize(
    ("day", "reason", "field"),
    [(date(2025, 6, 14), "bão", "due_on"), (date(2025, 6, 25), "  ", "reason"),
     (date(2025, 6, 25), "gọi 0912345678", "reason")],
)  # fmt: skip
def test_an_extension_needs_a_day_after_the_cut_off_and_a_reason(cast, day, reason, field):
    with pytest.raises(ValidationError) as refused:
        extend(cast.chi_dam, JUNE, day, reason=reason, by=cast.hoa, now=f.NOW)
    assert set(refused.value.message_dict) == {field}
    assert not Deadline.objects.exists()


@pytest.mark.parametrize("who", ["lan", "minh", "thu", "son", "an", "quan"])
def test_only_the_provinces_reviewer_sets_deadlines(cast, who):
    by = getattr(cast, who)
    extension = extend(cast.chi_dam, JUNE, date(2025, 6, 25), reason="bão", by=cast.hoa, now=f.NOW)
    for act in (
        lambda: set_deadlines(cast.phu_tho, {(JUNE, COMMUNES): date(2025, 6, 18)}, by=by, now=f.NOW),
        lambda: extend(cast.chi_dam, MAY, date(2025, 5, 25), reason="bão", by=by, now=f.NOW),
        lambda: withdraw(extension, by=by),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.objection.status == 403


@pytest.mark.parametrize(
    "wrong",
    [{"party": "commune"}, {"party": "communes", "commune": True}, {"party": "commune", "commune": True, "reason": ""}],
)
def test_the_database_refuses_a_deadline_that_contradicts_itself(cast, wrong):
    row = {"province": cast.phu_tho, "month": JUNE, "due_on": "2025-06-25", "by": cast.hoa, "at": f.NOW} | wrong
    row["commune"] = cast.chi_dam if row.get("commune") else None
    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.create(**row)


def test_a_report_knows_its_day_by_itself_and_in_a_list(cast, django_assert_num_queries):
    late = f.filed(cast.chi_dam, now=datetime(2025, 6, 20, 9, 0, tzinfo=HANOI))
    assert late.was_late
    extend(cast.chi_dam, JUNE, date(2025, 6, 25), reason="bão", by=cast.hoa, now=f.NOW)
    assert not MonthlyReport.objects.with_unit().get(pk=late.pk).was_late
    listed = stored(late)
    with django_assert_num_queries(0):
        assert not listed.was_late
    office = f.office_report(cast.phu_tho)
    set_deadlines(cast.phu_tho, {(JUNE, OFFICE): date(2025, 6, 24)}, by=cast.hoa, now=f.NOW)
    assert stored(office).due == midnight_after(date(2025, 6, 24))


def test_timeliness_counts_the_first_sending_against_each_communes_own_day(cast):
    f.filed(cast.chi_dam, MAY, now=datetime(2025, 5, 19, 8, 0, tzinfo=HANOI))
    f.filed(cast.chi_dam, JUNE, now=datetime(2025, 6, 17, 23, 0, tzinfo=HANOI))
    f.filed(cast.tay_coc, JUNE, now=datetime(2025, 6, 19, 8, 0, tzinfo=HANOI))
    extend(cast.tay_coc, JUNE, date(2025, 6, 20), reason="bão", by=cast.hoa, now=f.NOW)
    now = datetime(2025, 6, 21, 8, 0, tzinfo=HANOI)
    rows = {row.commune: row for row in timeliness(cast.phu_tho, Span.parse("2025"), now)}
    chi_dam, tay_coc = rows[cast.chi_dam], rows[cast.tay_coc]
    assert [one.kind for one in chi_dam.months] == ["overdue"] * 4 + ["late", "on_time", "open"]
    never = [(now.date() - date(2025, month, 17)).days for month in (1, 2, 3, 4)]
    assert [one.days for one in chi_dam.months[:5]] == [*never, 2]
    assert (chi_dam.days_late, chi_dam.due, chi_dam.count("on_time")) == (2 + sum(never), 6, 1)
    assert [(one.kind, one.extended) for one in tay_coc.months[4:]] == [
        ("overdue", False), ("on_time", True), ("open", False),
    ]  # fmt: skip


def test_a_commune_owes_nothing_of_the_months_before_its_first_day(cast):
    new = f.commune(province=cast.phu_tho, started_on="2025-05-01")
    row = next(row for row in timeliness(cast.phu_tho, Span.parse("2025"), f.NOW) if row.commune == new)
    assert [one.kind for one in row.months] == ["none"] * 4 + ["overdue", "open", "open"]
    assert row.due == 1 and not any(one.extended for one in row.months)


def test_a_province_owes_nothing_of_the_months_before_its_first(cast, client):
    cast.phu_tho.first_month = "2025-05"
    cast.phu_tho.save()
    old = f.report(cast.chi_dam, cast.lan, Month(2025, 3))
    old = MonthlyReport.objects.with_unit().get(pk=old.pk)
    assert not old.is_overdue(f.NOW)
    rows = {row.commune: row for row in timeliness(cast.phu_tho, Span.parse("2025"), f.NOW)}
    assert [one.kind for one in rows[cast.chi_dam].months] == ["none"] * 4 + ["overdue", "open", "open"]
    queue = queue_of(cast.phu_tho, Month(2025, 3), f.NOW)
    assert queue.overdue == [] and len(queue.unsent) == 2
    assert [one.is_overdue for one in queue_of(cast.phu_tho, MAY, f.NOW).unsent] == [True, True]
    sent = f.bring(old, "submitted")
    assert not MonthlyReport.objects.with_unit().get(pk=sent.pk).was_late, "restated from old books"
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    months = [card["month"] for card in client.get("/").context["cards"]]
    assert months[0] >= MAY


def test_timeliness_asks_the_database_the_same_however_many_communes(cast, django_assert_num_queries):
    for count in (3, 30):
        for _ in range(count):
            f.commune(province=cast.son_la)
        with django_assert_num_queries(3):
            assert len(timeliness(cast.son_la, Span.parse("2025"), f.NOW)) >= count


@pytest.mark.parametrize(
    ("first_month", "now", "name"),
    [(1, datetime(2025, 12, 20, tzinfo=HANOI), "2026"), (12, datetime(2025, 11, 20, tzinfo=HANOI), "2026"),
     (1, datetime(2025, 11, 20, tzinfo=HANOI), "2025")],
)  # fmt: skip
def test_the_year_that_runs_is_the_provinces_own(cast, first_month, now, name):
    cast.phu_tho.year_first_month = first_month
    assert year_of(cast.phu_tho, "không", now).name == name
    assert year_of(cast.phu_tho, "2024", now).last == (Month(2024, 12) if first_month == 1 else Month(2024, 11))


@pytest.fixture
def hoa(client, cast):
    client.force_login(cast.hoa, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_calendar_is_set_on_its_page_and_a_wrong_day_comes_back(hoa, cast):
    page = hoa.get("/review/deadlines/?year=2025").content.decode()
    assert 'name="2025-06.communes" value="17/06/2025"' in page
    posted = {f"2025-{n:02d}.{party}": "" for n in range(1, 13) for party in (COMMUNES, OFFICE)}
    answer = hoa.post("/review/deadlines/?year=2025", posted | {"2025-06.communes": "2025-06-13"})
    assert answer.status_code == 422
    assert "phải sau ngày chốt 14/06/2025" in answer.content.decode() and "2025-06-13" in answer.content.decode()
    assert hoa.post("/review/deadlines/?year=2025", posted | {"2025-06.communes": "hôm nay"}).status_code == 422
    assert hoa.post("/review/deadlines/?year=2025", posted | {"2025-06.communes": "2025-06-18"}).status_code == 302
    assert "khác thường lệ" in hoa.get("/review/deadlines/?year=2025").content.decode()


def test_an_extension_is_given_and_taken_back_on_the_page(hoa, cast):
    given = {"commune": cast.chi_dam.pk, "month": "2025-06", "due_on": "2025-06-25", "reason": "Mất điện"}
    assert hoa.post("/review/deadlines/extend/", given).status_code == 302
    page = hoa.get("/review/deadlines/?year=2025").content.decode()
    assert "Mất điện" in page and "25/06/2025" in page
    bad = hoa.post("/review/deadlines/extend/", given | {"commune": cast.chieng_pha.pk})
    assert bad.status_code == 422 and Deadline.objects.count() == 1
    pk = Deadline.objects.get().pk
    assert hoa.post(f"/review/deadlines/{pk}/withdraw/").status_code == 302
    assert not Deadline.objects.exists()


def test_a_second_extension_says_what_it_takes_the_place_of(hoa, cast):
    """Two who give one commune more time: the second is asked, and by a call told."""
    first = {"commune": cast.chi_dam.pk, "month": "2025-06", "due_on": "25/06/2025", "reason": "Mất điện"}
    second = first | {"due_on": "27/06/2025", "reason": "Bão kéo dài"}
    assert hoa.post("/review/deadlines/extend/", first).status_code == 302
    assert hoa.post("/review/deadlines/extend/", first).status_code == 302  # the same once more changes nothing
    kept = Deadline.objects.get()
    asked = hoa.post("/review/deadlines/extend/", second)
    page = asked.content.decode()
    assert asked.status_code == 409 and Deadline.objects.get() == kept
    assert "đã được gia hạn tháng 6/2025 đến hết 25/06/2025 (lý do: Mất điện; " in page and "Thay gia hạn cũ" in page
    assert f'name="replaces" value="{kept.pk}"' in page and 'value="27/06/2025"' in page
    extend(cast.chi_dam, JUNE, date(2025, 6, 26), reason="Lũ", by=cast.hoa, now=f.NOW)  # a third, meanwhile
    again = hoa.post("/review/deadlines/extend/", second | {"replaces": kept.pk})
    assert again.status_code == 409 and "26/06/2025 (lý do: Lũ" in again.content.decode()
    kept = Deadline.objects.get()
    done = hoa.post("/review/deadlines/extend/", second | {"replaces": kept.pk}, follow=True).content.decode()
    assert (
        "đến hết 27/06/2025, thay hạn 26/06/2025 đã đặt trước" in done
        and Deadline.objects.get().reason == "Bão kéo dài"
    )
    body = {"commune": "07999", "month": "2025-06", "due_on": "2025-06-24", "reason": "Ghi nhầm"}
    answer = hoa.post("/api/v1/deadlines/", body, content_type="application/json").json()
    assert answer["replaced"] | {"at": ""} == {
        "due_on": "2025-06-27",
        "reason": "Bão kéo dài",
        "by": str(cast.hoa),
        "at": "",
    }
    assert hoa.get("/api/v1/deadlines/").json()["results"][0]["replaced"] is None


def test_a_commune_reads_its_new_day_where_it_enters(client, cast):
    extend(cast.chi_dam, JUNE, date(2025, 6, 25), reason="bão", by=cast.hoa, now=f.NOW)
    client.force_login(cast.lan, backend="django.contrib.auth.backends.ModelBackend")
    assert "25/06/2025" in client.get("/reports/07999/2025-06/").content.decode()


def test_a_commune_that_ended_owes_no_month_that_closed_after_its_end(cast):
    cast.chi_dam.ended_on = date(2025, 6, 13)
    cast.chi_dam.save()
    unit = Unit(cast.phu_tho, cast.chi_dam)
    assert [unit.owes(month) for month in (MAY, JUNE, JUNE + 1)] == [True, False, False]
    late = datetime(2025, 9, 20, tzinfo=HANOI)
    assert not f.report(cast.chi_dam, f.chief_of(cast.chi_dam), JUNE).is_overdue(late)
    assert {card["month"] for card in commune_work(cast.lan, late)["cards"] if card["overdue"]} <= {MAY}
    cast.chi_dam.ended_on = date(2025, 6, 14)  # the month's last day: it saw the whole of it
    cast.chi_dam.save()
    assert Unit(cast.phu_tho, cast.chi_dam).owes(JUNE)
