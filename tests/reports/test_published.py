"""Published totals: kept as their sources have them, beside the months and never in them."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.models import District, UnitSuccession
from communes.refusals import Refused
from communes.scope import Role
from models_registry.headcount import CODES
from reports.asking.address import NAMESAKES, units_called
from reports.asking.published import table_beside, things
from reports.entry.published import Source, publish, read_published
from reports.models import Home, Indicator, PublishedTotal
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.published import beside_months, published_for
from reports.totals.summary import Summary
from tests import factories as f

pytestmark = pytest.mark.django_db
LAST_DAY, NOW = date(2025, 6, 30), datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
PRESS = Source("Báo Sơn La", "", date(2022, 12, 20))
CHIENG_PHA = json.loads((Path(__file__).parent.parent / "data" / "thuan_chau_2022.json").read_text(encoding="utf-8"))


@pytest.fixture
def then(cast):
    """Thuận Châu of Sơn La until June 2025, with Chiềng Pha, now in Sơn La's Xã Chiềng La."""
    old = f.province(code="14", name="Sơn La", ended_on=LAST_DAY, heir=cast.son_la)
    district = District.objects.create(code="119", name="Thuận Châu", kind="Huyện", province=old, ended_on=LAST_DAY)
    pha = f.commune(code="03730", name="Chiềng Pha", province=old, district=district, ended_on=LAST_DAY)
    UnitSuccession.objects.create(predecessor=pha, successor=cast.chieng_pha, day=date(2025, 7, 1))
    officer = f.user(Role.COMMUNE_OFFICER, cast.chieng_pha)
    return SimpleNamespace(**vars(cast), old=old, district=district, pha=pha, officer=officer)


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


@pytest.mark.parametrize(
    ("text", "unit", "value", "mark", "words"),
    [
        ("391", "tổ", 391, "", ""),
        ("1.164", "tin", 1164, "", ""),
        ("hơn 43.000 lượt", "lượt", 43000, "over", ""),
        ("hơn 43.000 lượt", "lượt người", 43000, "over", ""),
        ("Gần 170", "buổi", 170, "near", ""),
        ("gần 170 cuộc", "buổi", 170, "near", ""),
        ("khoảng  20", "vụ", 20, "about", ""),
        ("trên 5.000", "lượt", 5000, "over", ""),
        ("36,6", "triệu đồng", Decimal("36.6"), "", ""),
        ("468,281", "km", Decimal("468.281"), "", ""),
        ("hàng nghìn tin", "tin", None, "", "hàng nghìn tin"),
        ("0", "vụ", 0, "", ""),
    ],
)
def test_a_figure_is_read_as_it_is_written(text, unit, value, mark, words):
    assert read_published(text, unit) == (value, mark, words)


@pytest.mark.parametrize("text", ["1,5", "170 người", "hơn", "0912 345 678 gọi"])
def test_what_is_no_figure_of_the_indicator_is_refused_or_kept_as_words(text):
    if text == "hơn":
        assert read_published(text, "buổi") == (None, "", "hơn")
        return
    with pytest.raises(ValidationError):
        read_published(text, "buổi")


def test_attendances_are_no_figure_of_patrols():
    with pytest.raises(ValidationError, match="đếm bằng lượt;"):
        read_published("832 lượt người", "lượt")


def test_a_blank_is_no_figure():
    assert read_published("  ", "tổ") is None


FIGURES = {
    **{code: str(value) for code, value in CHIENG_PHA["registry_at_end"].items()},
    "outreach_sessions": "gần 170",
    "outreach_attendance": "gần 19.000",
    "business_commitments": "75",
    "released_supported": "411",
    "weapon:homemade_gun": "130",
}


def kept(world, figures=FIGURES, by=None, source=PRESS, home=None, span="2022"):
    home = home or Home(world.old, world.district)
    return publish(home, Span.parse(span), source, figures, by=by or world.son, now=NOW)


def test_thuan_chaus_published_year_comes_back_exactly(then):
    assert len(kept(then).new) == len(FIGURES)
    found = {one.key: one for one in PublishedTotal.objects.of(Home(then.old, then.district)).filter(span="2022")}
    for code, value in (CHIENG_PHA["registry_at_end"] | CHIENG_PHA["flows"] | CHIENG_PHA["stocks_at_end"]).items():
        assert found[code].value == value, code
    assert found["weapon:homemade_gun"].value == Decimal(CHIENG_PHA["weapons"][0]["quantity"])
    assert (found["outreach_sessions"].text, found["household_clusters"].text) == ("gần 170", "2.769")
    assert found["outreach_sessions"].cited == "Báo Sơn La, ngày 20/12/2022"


def test_figures_stand_in_the_order_of_their_form_on_every_database(then):
    kept(then)
    rows = beside_months(Home(then.old, then.district), Span.parse("2022"), PublishedTotal.objects.named(), NOW)
    keys = [one.key for _, members in things() for one in members]
    assert [row.published.key for row in rows] == [key for key in keys if key in FIGURES]


def test_it_is_never_added_to_the_months(then):
    kept(then)
    for place in (Place(then.old, district=then.district), Place(then.old), Place(then.son_la), Place()):
        for boundaries in ("today", "then"):
            total = Summary(place, Span.parse("2022"), NOW, "all", boundaries).total()
            assert total.keys() <= CODES and all(one.registered == one.units for one in total.values()), "the register"


def test_the_months_stand_beside_it_with_the_difference(then):
    kept(then)
    report = f.filed(then.pha, Month(2022, 3), "approved", NOW, outreach_sessions=160)
    assert report.commune == then.pha
    home = Home(then.old, then.district)
    rows = {
        one.published.key: one
        for one in beside_months(
            home, Span.parse("2022"), published_for(Place(then.old, district=then.district), Span.parse("2022")), NOW
        )
    }
    sessions, guns = rows["outreach_sessions"], rows["weapon:homemade_gun"]
    assert (sessions.summed, sessions.difference, sessions.said) == (160, 10, "+10")
    assert (guns.summed, guns.said) == (0, "+130")
    assert rows["business_commitments"].said == "chưa có báo cáo tháng"
    coverage = sessions.coverage
    assert coverage and (coverage.sent, coverage.expected) == (1, 12), "one commune's months, each of the year"
    assert table_beside(home, Span.parse("2022"), [sessions]).notes[-1] == f"Các tháng cộng từ {coverage.sentence}."


def test_the_same_again_changes_nothing_and_a_blank_takes_one_back(then):
    kept(then)
    again = kept(then)
    assert (len(again.unchanged), again.new, again.changed, again.removed) == (len(FIGURES), [], [], [])
    third = kept(then, {"initiatives": "13", "business_commitments": ""})
    assert (third.changed, third.removed) == (["initiatives"], ["business_commitments"])
    assert PublishedTotal.history.filter(indicator__code="business_commitments").count() == 2


def test_two_sources_may_differ(then):
    kept(then)
    kept(then, {"initiatives": "14"}, source=Source("Báo cáo tổng kết năm 2022", "12/BC-CAH"))
    assert PublishedTotal.objects.filter(indicator__code="initiatives").count() == 2


@pytest.mark.parametrize(
    ("figures", "source", "field"),
    [
        ({"initiatives": "1,5"}, PRESS, "initiatives"),
        ({"no_such": "1"}, PRESS, "no_such"),
        ({"initiatives": "1"}, Source(" "), "source"),
        ({"initiatives": "1"}, Source("Gọi 0912345678"), "source"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(then, figures, source, field):
    with pytest.raises(ValidationError) as refused:
        kept(then, {"fire_teams": "391"} | figures, source=source)
    assert field in refused.value.message_dict
    assert not PublishedTotal.objects.exists()


@pytest.mark.parametrize(
    ("name", "may"), [("son", True), ("officer", False), ("hoa", False), ("an", False), ("thu", False), ("lan", False)]
)
def test_a_districts_totals_are_kept_by_the_province_that_succeeded_its_own(then, name, may):
    if may:
        assert kept(then, by=getattr(then, name)).new
    else:
        with pytest.raises(Refused):
            kept(then, by=getattr(then, name))


def test_a_commune_keeps_its_own_and_those_of_the_former_one_it_succeeds(then):
    for home in (Home(then.son_la, None, then.chieng_pha), Home(then.old, None, then.pha)):
        assert kept(then, {"patrols": "hơn 100"}, by=then.officer, home=home, span="2024").new == ["patrols"]
    with pytest.raises(Refused):
        kept(then, {"patrols": "1"}, by=then.lan, home=Home(then.old, None, then.pha), span="2024")


def test_a_span_after_the_units_end_or_in_the_future_is_refused(then):
    for home, span in ((Home(then.old, then.district), "2026"), (Home(then.son_la), "2027")):
        with pytest.raises(Refused):
            kept(then, home=home, span=span)


def test_the_database_refuses_a_total_of_nothing_of_two_things_or_said_twice(then):
    kept(then, {"initiatives": "1"})
    row = PublishedTotal.objects.get()
    other = Indicator.objects.get(code="patrols")
    for changes in ({"indicator": None}, {"value": None}, {"words": "nhiều"}, {"commune": then.pha}, {}):
        twin = PublishedTotal.objects.get(pk=row.pk)
        twin.pk, twin._state.adding = None, True
        if changes:
            twin.indicator = other
        for name, value in changes.items():
            setattr(twin, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save_base(force_insert=True)


def test_the_page_keeps_what_is_typed_and_shows_it_to_those_who_see_the_unit(client, then):
    address = "/published/119-2025/2022/"
    sign_in(client, then.son)
    typed = {"source": "Báo Sơn La", "number": "", "day": "2022-12-20"} | {
        f"f-{key}": text for key, text in FIGURES.items()
    }
    assert client.post(address, typed).status_code == 302
    page = client.get(address).content.decode()
    for shown in ("2.769", "gần 170", "gần 19.000", "130", "Báo Sơn La, ngày 20/12/2022"):
        assert shown in page
    assert 'value="gần 170"' in page
    listed = client.get("/published/").content.decode()
    assert "Huyện Thuận Châu" in listed and "năm 2022" in listed
    wrong = client.post(address, typed | {"f-initiatives": "1,5"})
    assert wrong.status_code == 422 and 'value="1,5"' in wrong.content.decode()
    assert re.search(r'<li><a href="#(f-\w+)">.*id="\1"', wrong.content.decode(), re.S), "the error leads to its box"
    for user, status in ((then.an, 200), (then.hoa, 404), (then.lan, 404), (then.quan, 404)):
        sign_in(client, user)
        assert client.get(address).status_code == status, user
    sign_in(client, then.an)
    assert client.post(address, typed).status_code == 403


@pytest.mark.parametrize(
    ("unit", "span", "status"),
    [
        ("119-2025", "2022", 302),
        ("huyện thuận châu", "2022", 302),
        ("THUAN  CHAU", "2022", 302),
        ("119", "2022", 400),
        ("07999", "2022", 400),
        ("Xã Chí Đám", "2022", 400),
        ("%\x00", "2022", 400),
        ("14", "x", 400),
    ],
)
def test_a_sheet_is_opened_by_the_code_or_the_name_of_its_unit(client, then, unit, span, status):
    sign_in(client, then.son)
    assert client.get("/published/", {"unit": unit, "span": span}).status_code == status


@pytest.mark.parametrize("words", ["…", "-", "  ", "%\x00", "xã"])
def test_words_that_name_no_unit_find_none_of_them(client, then, words):
    sign_in(client, then.son)
    asked = client.get("/published/", {"unit": words, "span": "2022"}).content.decode()
    assert ("unit=" in asked.partition("Các kỳ đã ghi")[0]) == (words == "xã")


def test_a_name_said_in_full_is_found_among_many_that_hold_it(then):
    for number in range(NAMESAKES + 5):
        f.commune(code=f"{40000 + number}", name=f"Tân Ấn {number + 2}", province=then.son_la)
    late = f.commune(code="49999", name="Tân Ấn", province=then.son_la)
    assert units_called("xã tân ấn", then.son) == units_called("Tân Ấn", then.son) == [late]
    assert len(units_called("Ấn", then.son)) == NAMESAKES + 1, "each kind has its own: Huyện Thuận Châu holds it too"


def test_units_of_one_name_are_offered_each_with_its_time(client, then):
    sign_in(client, then.son)
    asked = client.get("/published/", {"unit": "tỉnh Sơn La", "span": "năm 2022"})
    assert asked.status_code == 400 and "Có nhiều đơn vị mang tên như vậy" in asked.content.decode()
    offered = re.findall(r'href="\?(unit=[^"]*)">([^<]*)<', asked.content.decode())
    assert all(words not in asked.content.decode() for words in ("Xã Sơn La", "Chiềng"))
    assert [name for _, name in offered] == ["Tỉnh Sơn La", "Tỉnh Sơn La (đến 30/06/2025)"]
    opened = client.get(f"/published/?{unescape(offered[1][0])}")
    assert opened.status_code == 302 and opened.url.startswith("/published/14-2025/2022")


def test_a_workbook_goes_out_and_comes_back_filled_in(client, then):
    address = "/published/119-2025/2022/"
    sign_in(client, then.son)
    book = openpyxl.load_workbook(BytesIO(client.get(f"{address}excel/").content))
    sheet = book.worksheets[0]
    cells = {row[0].value: row[3] for row in sheet.iter_rows(min_row=4) if row[0].value and len(row) > 3}
    cells["initiatives"].value, cells["outreach_sessions"].value, cells["weapon:homemade_gun"].value = (
        12,
        "gần 170",
        130,
    )

    def upload():
        file = BytesIO()
        book.save(file)
        file.seek(0)
        file.name = "cong-bo.xlsx"
        return client.post(address, {"source": "Báo Sơn La", "file": file})

    assert upload().status_code == 302
    assert {one.key: one.text for one in PublishedTotal.objects.all()} == {
        "initiatives": "12", "outreach_sessions": "gần 170", "weapon:homemade_gun": "130",
    }  # fmt: skip
    cells["initiatives"].value, sheet["A6"].value, sheet["B6"].value, sheet["D6"].value = "mười hai rưỡi", "lạ", "lạ", 5
    before = PublishedTotal.history.count()
    answer = upload()
    assert answer.status_code == 422 and "không rõ là chỉ tiêu nào" in answer.content.decode()
    assert PublishedTotal.history.count() == before


def test_today_the_heir_shows_what_the_units_it_succeeded_published(then):
    kept(then)
    kept(then, {"initiatives": "3"}, by=then.officer, home=Home(then.old, None, then.pha))
    span = Span.parse("2022")
    assert {one.key for one in published_for(Place(then.son_la), span)} == set(FIGURES)
    assert [one.home.commune for one in published_for(Place(then.son_la, then.chieng_pha), span)] == [then.pha]
    assert published_for(Place(then.phu_tho), span) == []
    assert published_for(Place(then.son_la), Span.parse("2022-H1")) == []


def test_the_api_keeps_a_source_and_answers_it_exactly(client, then):
    sign_in(client, then.son)
    figures = [
        {"weapon": key.removeprefix("weapon:"), "text": text}
        if key.startswith("weapon:")
        else {"indicator": key, "text": text}
        for key, text in FIGURES.items()
    ]
    body = {"unit": "119-2025", "span": "2022", "source": "Báo Sơn La", "day": "2022-12-20", "figures": figures}
    answer = client.post("/api/v1/published/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    found = {one["indicator"] or f"weapon:{one['weapon']}": one for one in answer.json()}
    assert {key: one["text"].replace(".", "") for key, one in found.items()} == {
        key: text.replace(".", "") for key, text in FIGURES.items()
    }
    assert (found["outreach_sessions"]["value"], found["outreach_sessions"]["mark"]) == ("170", "near")
    listed = client.get("/api/v1/published/?unit=119-2025&span=2022").json()
    assert listed["count"] == len(FIGURES)
    for place, count in (
        ("district=119-2025", len(FIGURES)),
        ("province=14-2025", len(FIGURES)),
        ("province=14", len(FIGURES)),
    ):
        summary = client.get(f"/api/v1/summary/?{place}&span=2022").json()
        assert len(summary["published"]) == count, place
        assert not [row for row in summary["rows"] if row["value"] is not None]
    wrong = body | {"figures": [*figures, {"indicator": "initiatives", "text": "1,5"}]}
    refused = client.post("/api/v1/published/", wrong, content_type="application/json")
    assert refused.status_code == 400 and "initiatives" in refused.json()
    for user, status in ((then.an, 403), (then.hoa, 400), (then.quan, 400)):
        sign_in(client, user)
        assert client.post("/api/v1/published/", body, content_type="application/json").status_code == status, user
    sign_in(client, then.hoa)
    assert client.get("/api/v1/published/").json()["count"] == 0


@pytest.mark.parametrize("place", ["district=119-2025", "province=14-2025", "province=14"])
def test_dashboard_and_explore_show_it_beside_the_months(client, then, place):
    kept(then)
    f.filed(then.pha, Month(2022, 3), "approved", NOW, outreach_sessions=160)
    sign_in(client, then.son)
    for address in (f"/dashboard/?{place}&span=2022", f"/explore/?{place}&span=2022&indicator=outreach_sessions"):
        page = client.get(address).content.decode()
        assert "gần 170" in page and "Báo Sơn La, ngày 20/12/2022" in page, address
        assert ">160<" in page, address
    assert "2.769" not in page, "explore shows what is asked for"
    assert client.get(f"/dashboard/?{place}&span=2022&format=xlsx").status_code == 200


@pytest.mark.parametrize("unit", ["province-14-2025", "province-14"])
def test_the_report_cites_it_with_its_source(client, then, unit):
    kept(then)
    sign_in(client, then.son)
    page = client.get(f"/documents/{unit}/2022/").content.decode()
    assert "Số liệu đã công bố, không cộng vào tổng các tháng: Huyện Thuận Châu" in page
    assert "theo Báo Sơn La, ngày 20/12/2022" in page and "2.769" in page
    word = client.get(f"/documents/{unit}/2022/word/")
    assert word.status_code == 200


def test_the_document_of_a_former_commune_is_of_its_own_months(client, then):
    f.filed(then.pha, Month(2022, 3), "approved", NOW, patrols=77)
    sign_in(client, then.son)
    assert "77" in client.get("/documents/03730-2025/2022/").content.decode()
