"""Former units: found from what they went into, with pages that reach back to any year."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from communes.models import Commune, District, UnitSuccession
from models_registry.headcount import without_register
from models_registry.models import Award
from reports.entry import kept_totals
from reports.entry.sound_figures import frozen
from reports.models import MonthlyReport, ReportTotal
from reports.months import Month, Span
from reports.totals.parts import BY_DISTRICT, parts_of
from reports.totals.place import Place
from reports.totals.summary import Summary
from reports.units import Unit
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST_DAY, MARCH = date(2025, 6, 30), Month(2022, 3)
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def then(cast):
    """Thuận Châu of the former Sơn La: Chiềng Pha went whole, Phổng Lái in part into the Chiềng Pha of today."""
    old = f.province(code="14", name="Sơn La", ended_on=LAST_DAY, heir=cast.son_la)
    district = District.objects.create(code="119", name="Thuận Châu", kind="Huyện", province=old, ended_on=LAST_DAY)
    pha, lai = (
        f.commune(code=code, name=name, province=old, district=district, ended_on=LAST_DAY)
        for code, name in (("03730", "Pha Cũ"), ("03724", "Phổng Lái Cũ"))
    )
    other = f.commune(code="03800", name="Mường É", province=cast.son_la)
    for one, heir, whole, main in (
        (pha, cast.chieng_pha, True, True),
        (lai, cast.chieng_pha, False, False),
        (lai, other, False, True),
    ):
        UnitSuccession.objects.create(predecessor=one, successor=heir, whole=whole, main=main, day=date(2025, 7, 1))
    officer = f.user(f.Role.COMMUNE_OFFICER, cast.chieng_pha)
    return SimpleNamespace(**vars(cast), old=old, district=district, pha=pha, lai=lai, officer=officer)


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def test_a_province_walks_down_to_what_it_was_made_of(client, then):
    sign_in(client, then.son)
    for address, shown in (
        ("/dashboard/former/", ("Tỉnh Sơn La (đến 30/06/2025)", "/dashboard/former/?province=14-2025")),
        ("/dashboard/former/?province=14-2025", ("Huyện Thuận Châu", "/dashboard/?district=119-2025&amp;span=2024")),
        ("/dashboard/former/?district=119-2025", ("Pha Cũ", "Mường É (một phần), Xã Chiềng Pha (một phần)")),
        ("/dashboard/former/?commune=03733", ("toàn bộ", "/reports/03730-2025/")),
    ):
        page = client.get(address).content.decode()
        assert all(words in page for words in shown), (address, shown)


def test_a_commune_opens_those_whose_main_heir_it_is_and_reads_the_names_of_the_others(client, then):
    sign_in(client, then.officer)
    page = client.get("/dashboard/former/").content.decode()
    assert "/reports/03730-2025/" in page and "Phổng Lái Cũ" in page and "/reports/03724-2025/" not in page
    assert client.get("/dashboard/former/?district=119-2025").status_code == 404


def test_every_address_of_the_list_opens(client, then):
    sign_in(client, then.son)
    for address in (
        "/dashboard/?province=14-2025&span=2024", "/dashboard/?district=119-2025&span=2024",
        "/dashboard/?commune=03730-2025&span=2024", "/reports/province-14-2025/", "/reports/03730-2025/",
        "/published/14-2025/2024/", "/published/119-2025/2024/", "/published/03730-2025/2024/",
        "/dashboard/?district=119-2025&span=2022&view=ranking", "/explore/?district=119-2025&indicator=patrols&span=2022",
        "/explore/?province=14-2025&indicator=patrols&span=2022&places=parts",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_the_months_of_a_former_commune_end_with_it_and_reach_back(client, then):
    f.filed(then.pha, MARCH, "approved", NOW, patrols=7)
    sign_in(client, then.son)
    page = client.get("/reports/03730-2025/").content.decode()
    assert "Tháng 7/2025" in page and "Tháng 8/2025" not in page, "July's window opened in June"
    assert ">Nhập</a>" not in page
    older = client.get("/reports/03730-2025/?until=2022-06").content.decode()
    assert "/review/03730-2025/2022-03/" in older and "Tháng 7/2022" not in older and "Các tháng sau" in older
    for odd in ("2050-01", "x", "1944-01", "0/0", "3/2022"):
        assert client.get(f"/reports/03730-2025/?until={odd}").status_code == 200


def test_a_former_communes_month_is_read_and_not_entered(client, then):
    report = f.filed(then.pha, MARCH, "approved", NOW, patrols=7)
    for user, reads in ((then.son, 200), (then.officer, 200), (then.hoa, 404)):
        sign_in(client, user)
        assert client.get("/reports/03730-2025/2022-03/").status_code == reads
        assert client.get("/review/03730-2025/2022-03/").status_code == reads
        body = {"figures": [{"hamlet": None, "group": None, "indicator": "patrols", "value": 9, "was": 7}]}
        answer = client.put(f"/api/v1/reports/{report.pk}/figures/", body, content_type="application/json")
        assert answer.status_code in (403, 404)


def test_spans_reach_back_and_a_former_place_offers_its_own_years(client, then):
    sign_in(client, then.son)
    page = client.get("/dashboard/?province=14&span=2019-H1").content.decode()
    assert '<option value="2019-H1" selected>' in page and '<option value="2019-Q3">' in page
    assert client.get("/dashboard/?province=14&run=2018").headers["Location"].endswith("span=2018")
    assert client.get("/dashboard/?province=14&run=quý II/2018").headers["Location"].endswith("span=2018-Q2")
    former = client.get("/dashboard/?province=14-2025&span=2022").content.decode()
    assert "2026-01" not in former.split('id="span"')[1].split("</select>")[0]
    assert '<option value="14-2025" selected>' in former or "Tỉnh Sơn La (đến 30/06/2025)" in former


def test_the_former_province_lists_its_communes_of_then(client, then):
    f.filed(then.pha, MARCH, "approved", NOW, patrols=7)
    sign_in(client, then.son)
    page = client.get("/dashboard/?province=14-2025&span=2022-03&view=ranking&indicator=patrols").content.decode()
    assert "Pha Cũ" in page and "Phổng Lái Cũ" in page
    today = client.get("/dashboard/?province=14&span=2022-03&view=ranking&indicator=patrols").content.decode()
    assert "Xã Chiềng Pha" in today and "Pha Cũ" not in today


def give(client, then, person, until="2026-12-31", by=None):
    sign_in(client, by or then.son)
    return client.post("/reports/03730-2025/entrust/", {"person": person.pk, "until": until})


@pytest.fixture
def today(monkeypatch):
    """The day on which warrants are given and used: the clock is read by views alone."""
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


def cell(client, report):
    body = {"figures": [{"hamlet": None, "group": None, "indicator": "patrols", "value": 9, "was": None}]}
    return client.put(f"/api/v1/reports/{report['id']}/figures/", body, content_type="application/json")


def test_a_person_named_by_the_province_enters_and_sends_a_former_communes_months_until_the_day(client, then, today):
    assert give(client, then, then.officer).status_code == 302
    sign_in(client, then.officer)
    body = {"commune": "03730-2025", "month": "2022-03"}
    opened = client.post("/api/v1/reports/", body, content_type="application/json")
    assert opened.status_code == 201, opened.content
    assert cell(client, opened.json()).json()["totals"]["patrols"] == 9
    assert client.get("/reports/03730-2025/2022-03/").status_code == 200
    assert ">Nhập</a>" in client.get("/reports/03730-2025/?until=2022-06").content.decode()
    sent = client.post(
        f"/api/v1/reports/{opened.json()['id']}/submit/",
        {"explanations": {"*": "theo sổ cũ"}},
        content_type="application/json",
    )
    assert sent.status_code == 200, sent.content
    late = {"commune": "03730-2025", "month": "2025-08"}
    assert client.post("/api/v1/reports/", late, content_type="application/json").status_code == 409


def test_a_former_month_without_a_register_says_nothing_of_what_a_register_holds(client, then, today):
    """Nobody kept it here: no hamlets, no groups are known, which is not that there were none."""
    give(client, then, then.officer)
    sign_in(client, then.officer)
    body = {"commune": "03730-2025", "month": str(MARCH)}
    report = client.post("/api/v1/reports/", body, content_type="application/json").json()
    cell(client, report)
    sums = [(Place(then.old), "then"), (Place(then.son_la), "today")]

    def stated(include):
        return [set(Summary(place, place.span(str(MARCH)), NOW, include, b).total()) for place, b in sums]

    assert stated("all") == [{"patrols"}] * 2
    page = client.get(f"/reports/03730-2025/{MARCH}/registry/")
    assert page.status_code == 200 and "0&nbsp;" not in page.content.decode()
    sent = {"explanations": {"*": "theo sổ cũ"}}
    done = client.post(f"/api/v1/reports/{report['id']}/submit/", sent, content_type="application/json")
    assert done.status_code == 200 and set(done.json()["totals"]) == {"patrols"}
    assert stated("sent") == [{"patrols"}] * 2
    assert not list(frozen(MonthlyReport.objects.all(), then.old, MARCH)), "and nothing is wrong with it"
    f.hamlet(then.lai, "Bản Xưa", ended_on=LAST_DAY)
    assert without_register([then.pha.pk, then.lai.pk, then.chieng_pha.pk], {}, LAST_DAY) == {then.pha.pk}


@pytest.mark.parametrize("said", ["open", "sent"])
def test_what_a_former_commune_without_a_register_was_awarded_is_counted_until_it_is_sent_and_after(client, then, said):
    Award.objects.create(commune=then.pha, awarded_on=date(2022, 3, 1), individuals=3, collectives=0, kind="police")
    report = MonthlyReport.objects.create(province=then.old, commune=then.pha, month=MARCH)
    counted = kept_totals.by_code(report)
    assert counted["awards_individual"] == 3
    if said == "sent":
        kept_totals.freeze_registry(report)
        MonthlyReport.objects.filter(pk=report.pk).update(state="submitted", sent_at=NOW)
    total = Summary(Place(then.old), Place(then.old).span(str(MARCH)), NOW, "all", "then").total()
    assert {code: value.value for code, value in total.items()} == counted
    assert not list(frozen(MonthlyReport.objects.all(), then.old, MARCH))
    ReportTotal.objects.all().delete()
    assert len(list(frozen(MonthlyReport.objects.all(), then.old, MARCH))) == (said == "sent")


def test_who_is_named_finds_it_at_home_until_the_day(client, then, today):
    from communes.models import Warrant

    for person, slug in ((then.officer, "03730-2025"), (then.son, "province-14-2025")):
        sign_in(client, then.son)
        client.post(f"/reports/{slug}/entrust/", {"person": person.pk, "until": "2026-12-31"})
        sign_in(client, person)
        page = client.get("/").content.decode()
        assert f"/reports/{slug}/" in page and "đến hết ngày 31/12/2026" in page
        Warrant.objects.update(until=date(2026, 1, 4))
        assert "Được giao" not in client.get("/").content.decode()


def test_a_month_that_nobody_waits_for_has_no_deadline_in_the_list_either(client, then):
    Commune.objects.filter(pk=then.chieng_pha.pk).update(started_on=date(2025, 7, 1))
    sign_in(client, then.son)
    for slug in ("03730-2025", "province-14-2025", "03733"):
        assert "Hết ngày" not in client.get(f"/reports/{slug}/?until=2025-06").content.decode(), slug
    assert "Hết ngày" in client.get("/reports/03733/").content.decode()


def test_under_the_name_of_a_former_commune_stands_no_other_register(client, then):
    f.hamlet(then.chieng_pha, "Bản Nay")
    for user in (then.officer, then.son):
        sign_in(client, user)
        page = client.get("/register/hamlets/?former=03730-2025").content.decode()
        assert "Bản Nay" not in page and "chỉ để đọc" in page and "/hamlets/new/" not in page
        assert "Bản Nay" in client.get("/register/hamlets/").content.decode()
        assert client.get("/register/hamlets/?former=07999-2025").status_code == 404
    sign_in(client, then.officer)
    assert client.get("/register/groups/?former=03724-2025").status_code == 404, "an heir of a part reads totals alone"


def test_a_warrant_ends_with_its_day_and_when_it_is_taken_back(client, then, today):
    from communes.models import Warrant

    give(client, then, then.officer)
    body = {"commune": "03730-2025", "month": "2022-03"}
    Warrant.objects.update(until=date(2026, 1, 4))
    sign_in(client, then.officer)
    assert client.post("/api/v1/reports/", body, content_type="application/json").status_code == 403
    give(client, then, then.officer, "2026-02-01")
    held = Warrant.objects.get(withdrawn_at=None)
    sign_in(client, then.son)
    assert client.post("/reports/03730-2025/entrust/", {"withdraw": held.pk}).status_code == 302
    sign_in(client, then.officer)
    assert client.post("/api/v1/reports/", body, content_type="application/json").status_code == 403


def test_the_day_begins_with_that_of_ha_noi(then):
    from communes.refusals import Refused
    from communes.warrants import entrust

    past_midnight = datetime(2026, 1, 5, 17, 30, tzinfo=UTC)
    with pytest.raises(Refused, match="từ hôm nay"):
        entrust(then.pha, then.officer, date(2026, 1, 5), by=then.son, now=past_midnight)
    assert entrust(then.pha, then.officer, date(2026, 1, 6), by=then.son, now=past_midnight).until == date(2026, 1, 6)


def test_only_the_provinces_reviewer_names_and_only_people_who_see_the_unit(client, then, today):
    from communes.models import Warrant

    other = f.user(f.Role.COMMUNE_OFFICER, then.chi_dam)
    for person, until in (
        (other, "2026-12-31"),
        (then.an, "2026-12-31"),
        (then.officer, "2030-01-01"),
        (then.officer, "2026-01-01"),
    ):
        give(client, then, person, until)
    for by, status in ((then.officer, 403), (then.hoa, 404), (then.an, 403), (then.lan, 404)):
        assert give(client, then, then.officer, by=by).status_code == status
    sign_in(client, then.son)
    assert client.post("/reports/03733/entrust/", {"person": then.officer.pk, "until": "2026-12-31"}).status_code == 409
    assert not Warrant.objects.exists()
    give(client, then, then.son)
    assert Warrant.objects.get().person == then.son


def test_the_heirs_reviewers_enter_a_former_office_only_where_named(client, then, today):
    from communes.models import Warrant

    sign_in(client, then.son)
    page = client.get("/reports/province-14-2025/").content.decode()
    assert ">Nhập</a>" not in page and "Giao" in page
    assert not Unit(then.old).is_entered_by(then.son) and not Unit(then.old).is_signed_by(then.son)
    said = {"person": then.son.pk, "until": "2026-12-31"}
    assert client.post("/reports/province-14-2025/entrust/", said).status_code == 302
    named = f.User.objects.get(pk=then.son.pk)
    assert Unit(then.old).is_entered_by(named) and Unit(then.old).is_signed_by(named)
    assert not named.is_entrusted_with(then.pha), "a warrant for the office is none for a commune"
    assert Unit(then.son_la).is_entered_by(named), "the living office as ever"
    held = Warrant.objects.get(withdrawn_at=None)
    client.post("/reports/province-14-2025/entrust/", {"withdraw": held.pk})
    assert not Unit(then.old).is_entered_by(f.User.objects.get(pk=then.son.pk))
    assert client.post("/reports/province-14/entrust/", said).status_code == 409
    sign_in(client, then.hoa)
    assert client.post("/reports/province-14-2025/entrust/", said).status_code == 404


def test_an_open_month_of_a_former_unit_is_overdue_nowhere(client, then):
    may = Month(2025, 5)
    old = then.chi_dam
    report = f.report(old, then.lan, may)
    assert report.is_overdue(NOW)
    sign_in(client, then.lan)
    assert "Quá hạn gửi" in client.get(f"/reports/07999/{may}/").content.decode()
    heir = f.commune(code="07998", name="Đoan Hùng", province=then.phu_tho)
    Commune.objects.filter(pk=old.pk).update(ended_on=LAST_DAY)
    UnitSuccession.objects.create(predecessor=old, successor=heir, day=date(2025, 7, 1))
    report.refresh_from_db()
    assert not MonthlyReport.objects.get(pk=report.pk).is_overdue(NOW)
    for user in (f.user(f.Role.COMMUNE_CHIEF, heir), then.hoa):
        sign_in(client, user)
        for address in (f"/reports/07999-2025/{may}/", "/reports/07999-2025/"):
            page = client.get(address)
            assert page.status_code == 200 and "quá hạn" not in page.content.decode().lower(), (user, address)
    assert client.get(f"/api/v1/reports/{report.pk}/").json()["overdue"] is False
    report.state, report.answer_by = "returned", date(2025, 6, 20)
    assert not report.is_overdue(NOW)


@pytest.fixture
def divided(then):
    """March 2022 of two districts, and of a commune in none."""
    other = District.objects.create(code="120", name="Mường La", kind="Huyện", province=then.old, ended_on=LAST_DAY)
    la = f.commune(code="03760", name="La Cũ", province=then.old, district=other)
    loose = f.commune(code="03770", name="Đảo Cũ", province=then.old)
    for one, patrols in ((then.pha, 7), (then.lai, 2), (la, 5), (loose, 1)):
        Commune.objects.filter(pk=one.pk).update(ended_on=None)
        f.filed(Commune.objects.get(pk=one.pk), MARCH, "approved", NOW, patrols=patrols)
        Commune.objects.filter(pk=one.pk).update(ended_on=LAST_DAY)
    return SimpleNamespace(**vars(then), other=other)


def test_a_former_province_is_divided_into_the_districts_of_its_time(divided):
    then, other = divided, divided.other
    summary = Summary(Place(then.old), Span.parse("2022-03"), NOW, "approved", "then")
    parts = parts_of(summary, BY_DISTRICT)
    figures = {part.name.partition(" (")[0]: row["patrols"].value for part, row in parts.rows(("patrols",)) if row}
    assert figures == {"Huyện Thuận Châu": 9, "Huyện Mường La": 5, "Xã không ghi huyện": 1}
    assert sum(figures.values()) == summary.total()["patrols"].value
    coverage = parts.coverage()
    assert coverage[then.district.pk].approved == 2 and coverage[other.pk].approved == 1
    today = parts_of(Summary(Place(then.old), Span.parse("2022-03"), NOW, "approved", "today"), BY_DISTRICT)
    assert today.what == "xã, phường", "by today's boundaries there are none"


def test_pages_offer_districts_for_a_former_province_alone(client, divided):
    sign_in(client, divided.son)
    split = urlencode({"grouping": BY_DISTRICT, "indicator": "patrols"})
    for view in ("", "&view=ranking", "&view=map", "&view=matrix", "&view=distribution", "&format=xlsx"):
        address = f"/dashboard/?province=14-2025&span=2022&{split}{view}"
        assert client.get(address).status_code == 200, address
    page = client.get(f"/dashboard/?province=14-2025&span=2022&{split}&view=ranking").content.decode()
    assert "district=119-2025" in page and f"selected>{BY_DISTRICT}" in page
    assert BY_DISTRICT not in client.get("/dashboard/?span=2025").content.decode()
    places = urlencode(
        {"places": f"clusters:{BY_DISTRICT}", "indicator": "patrols", "span": "2022-03", "rows": "place"}
    )
    asked = client.get(f"/explore/?province=14-2025&{places}").content.decode()
    assert "Huyện Thuận Châu" in asked
    assert "Huyện Thuận Châu" not in client.get(f"/explore/?province=14&{places}").content.decode()


@pytest.mark.parametrize(
    ("place", "boundaries", "there"), [("old", "then", 1), ("son_la", "then", 0), ("son_la", "today", 1)]
)
def test_the_register_of_a_former_commune_stands_where_its_figures_stand(then, place, boundaries, there):
    f.group(then.pha, hamlet=f.hamlet(then.pha, "Bản 1"), started_on="2020-01-01")
    where = Place(getattr(then, place))
    summary = Summary(where, where.span(str(MARCH)), NOW, boundaries=boundaries)
    assert sum(one.commune == then.pha.pk for one in summary.registered(summary.span)) == there


@pytest.mark.parametrize("slug", ["province-14-2025", "province-14", "03730-2025", "03733"])
def test_no_document_blames_units_that_owe_nothing_of_a_year_before_they_began_or_after_they_ended(client, then, slug):
    Commune.objects.living().update(started_on=date(2025, 7, 1))
    sign_in(client, then.son)
    f.filed(then.lai, MARCH, patrols=3)
    page = client.get(f"/documents/{slug}/2022/").content.decode()
    assert all(words not in page for words in ("chưa gửi báo cáo nào", "khẩn trương", "tháng chưa gửi"))
