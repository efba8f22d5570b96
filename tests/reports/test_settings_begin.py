"""Cut-off day, due days and the first month of the year hold from a month on; the months before keep theirs."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from communes.held import Setting
from communes.meeting import READ
from communes.models import Province
from reports.models import Deadline
from reports.months import Month, Span, first_of_year, reporting_year
from reports.review.deadlines import timeliness, year_of
from reports.units import Unit
from tests import factories as f

MAY, JUNE, JULY = Month(2025, 5), f.JUNE, Month(2025, 7)
BACKEND = "django.contrib.auth.backends.ModelBackend"
MONTHS = st.builds(Month, st.integers(2001, 2098), st.integers(1, 12))


def changed(client, cast, since="", **settings):
    """Change the settings of Phú Thọ in the admin; return the faults of the form, by field."""
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_province_change", args=[cast.phu_tho.pk])
    form = client.get(address).context["adminform"].form
    given = {bound.name: bound.value() for bound in form}
    given = {name: value for name, value in given.items() if value not in (None, False)}
    answer = client.post(address, given | settings | {"holds_from": since})
    cast.phu_tho = Province.objects.get(pk=cast.phu_tho.pk)
    return {} if answer.status_code == 302 else dict(answer.context["adminform"].form.errors)


@pytest.mark.django_db
def test_an_approved_month_keeps_its_days_when_the_cutoff_changes(client, cast):
    report = f.filed(cast.chi_dam, MAY, "approved", patrols=1)
    before = MAY.window(14)
    assert changed(client, cast, "2025-07", cutoff_day=10) == {}
    report.refresh_from_db()
    unit = Unit(cast.phu_tho, cast.chi_dam)
    assert [month.window(unit.province.cutoff) for month in (MAY, JUNE, JULY, JULY + 1)] == [
        before, (date(2025, 5, 15), date(2025, 6, 14)), (date(2025, 6, 15), date(2025, 7, 10)),
        (date(2025, 7, 11), date(2025, 8, 10)),
    ]  # fmt: skip
    client.force_login(cast.hoa, backend=BACKEND)
    for page in (f"/reports/{cast.chi_dam.code}/2025-05/", f"/documents/{cast.chi_dam.code}/2025-05/"):
        text = unescape(client.get(page).content.decode())
        assert "14/05/2025" in text or "14/5/2025" in text
        assert "10/05/2025" not in text and "10/5/2025" not in text


@pytest.mark.django_db
def test_a_later_due_day_makes_no_late_report_of_the_past_punctual(client, cast):
    late = f.filed(cast.chi_dam, MAY, "approved", now=(MAY + 1).closes(1), patrols=1)
    assert late.sent_at > MAY.closes(17)
    year = year_of(cast.phu_tho, "2025", f.NOW)

    def lateness():
        rows = timeliness(cast.phu_tho, year, f.NOW)
        return [kept.days for row in rows if row.commune == cast.chi_dam for kept in row.months]

    before = lateness()
    assert any(days and days > 0 for days in before)
    assert changed(client, cast, "2025-07", commune_due_day=25, province_due_day=28) == {}
    assert lateness() == before
    calendar = Deadline.objects.calendar([cast.phu_tho.pk], [MAY, JULY])
    unit = Unit(cast.phu_tho, cast.chi_dam)
    assert [calendar.due(unit, month) for month in (MAY, JULY)] == [MAY.closes(17), JULY.closes(25)]


@pytest.mark.django_db
def test_a_change_says_from_when_and_never_before_what_was_sent(client, cast):
    f.filed(cast.chi_dam, MAY, "submitted", patrols=1)
    assert "áp dụng từ tháng nào" in changed(client, cast, cutoff_day=10)["holds_from"][0]
    assert "Đã có báo cáo" in changed(client, cast, "2025-05", cutoff_day=10)["holds_from"][0]
    assert "Viết tháng và năm" in changed(client, cast, "tháng sáu", cutoff_day=10)["holds_from"][0]
    assert cast.phu_tho.cutoff == Setting(14)
    assert changed(client, cast, "2025-06", cutoff_day=10) == {}
    assert changed(client, cast, "2025-06", cutoff_day=12) == {}
    assert cast.phu_tho.cutoff == Setting(12, (("2025-05", 14),))
    assert "chọn tháng sau" in changed(client, cast, "5/2025", cutoff_day=9)["holds_from"][0]
    assert changed(client, cast, name="Phú Thọ") == {}
    page = client.get(reverse("admin:communes_province_change", args=[cast.phu_tho.pk])).content.decode()
    assert "đến hết tháng 5/2025: chốt ngày 14" in unescape(page)


@pytest.mark.django_db
def test_the_administration_reads_and_shows_months_as_people_write_them(client, cast):
    assert changed(client, cast, first_month="tháng 3/2024") == {}
    assert cast.phu_tho.first_month == "2024-03"
    assert "Viết tháng và năm" in changed(client, cast, first_month="tháng ba")["first_month"][0]
    address = reverse("admin:communes_province_change", args=[cast.phu_tho.pk])
    form = client.get(address).context["adminform"].form
    assert form["first_month"].value() == "3/2024" and not form["first_month"].help_text.startswith("Ví dụ 20")
    given = {bound.name: value for bound in form if (value := bound.value()) not in (None, False)}
    changed(client, cast, first_month="4/2024")
    asked = client.post(address, given | {"first_month": "5/2024", READ: form.meeting.carried})
    said = "".join(asked.context["adminform"].form.errors.get("first_month", []))
    assert "4/2024" in unescape(asked.content.decode()) and "2024-04" not in said
    assert changed(client, cast, first_month="") == {} and cast.phu_tho.first_month == ""


@pytest.mark.django_db
def test_the_first_month_of_the_year_changes_with_a_reporting_year(client, cast):
    f.filed(cast.chi_dam, Month(2024, 12), "approved", patrols=12)
    f.filed(cast.chi_dam, Month(2025, 1), "approved", patrols=1)
    assert "tháng 12" in changed(client, cast, "2026-01", year_first_month=12)["holds_from"][0]
    assert changed(client, cast, "2025-12", year_first_month=12) == {}
    unit = Unit(cast.phu_tho)
    years = [(str(unit.span(str(year)).first), str(unit.span(str(year)).last)) for year in (2024, 2025, 2026)]
    assert years == [("2024-01", "2024-12"), ("2025-01", "2025-11"), ("2025-12", "2026-11")]
    assert len(unit.span("2025-Q4")) == 2 and len(unit.span("2025-H2")) == 5
    client.force_login(cast.hoa, backend=BACKEND)
    for year, value in (("2024", 12), ("2025", 1)):
        rows = client.get(f"/api/v1/summary/?province=25&span={year}").json()["rows"]
        assert [row["value"] for row in rows if row["code"] == "patrols"] == [value]


def test_a_year_that_goes_back_to_january_leaves_thirteen_months():
    first = Setting(1, (("2025-12", 12),))
    years = [Span.parse(str(year), first) for year in (2025, 2026, 2027)]
    assert [(str(span.first), len(span)) for span in years] == [("2024-12", 13), ("2026-01", 12), ("2027-01", 12)]
    assert len(Span.parse("2025-Q4", first)) == 4
    assert Span.parse("2026-Q1", first).previous.first == Month(2025, 10)


@given(MONTHS, st.integers(1, 28), st.integers(1, 28))
def test_months_neither_overlap_nor_gap_whatever_the_cutoff_was(month, old, new):
    cutoff = Setting(new, ((str(month), old),))
    for one in (month - 1, month, month + 1, month + 2):
        assert (one + 1).window(cutoff)[0] == one.window(cutoff)[1] + timedelta(days=1)
        for day in one.window(cutoff):
            assert Month.of(day, cutoff) == one


@given(MONTHS, st.sampled_from([1, 12]), st.integers(-30, 30))
def test_years_neither_overlap_nor_gap_whatever_they_began_with(month, old, away):
    since = Month(month.year, 12 if old == 1 else 1)
    first = Setting(13 - old, ((str(since - 1), old),))
    near = month + away if 2002 <= (month + away).year <= 2097 else month
    year = reporting_year(near, first)
    assert first_of_year(year, first) <= near < first_of_year(year + 1, first)
    assert first_of_year(year + 1, first).until(first_of_year(year, first)) in (-11, -12, -13)
