"""Huyện Thuận Châu in 2022, as the press had it: entered by who would, and the same figures through every door.

The 28 communes of then and those of today they went into, of the official lists. The year's totals are entered as
published; what was done month by month is entered for the former communes, one of which is divided in the last test.
"""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from docx import Document

from communes.models import District, Hamlet, UnitSuccession
from communes.scope import Role
from communes.units import LAST_DAY, TWO_LEVELS, _rows
from models_registry.models import GroupKind, Initiative, InitiativeType, SelfManagementGroup
from reports.entry.grid import Row
from reports.models import Indicator, PublishedTotal
from reports.months import Month, Span
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f
from tests.reports.conftest import as_

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
TOLD = json.loads((Path(__file__).parent.parent / "data" / "thuan_chau_2022.json").read_text(encoding="utf-8"))
STOCKS = TOLD["registry_at_end"] | TOLD["stocks_at_end"]
FIGURES = STOCKS | TOLD["flows"]
GUNS = int(TOLD["weapons"][0]["quantity"])
NEAR = ("outreach_sessions", "outreach_attendance")  # "gần": rounded by the source
AS_WRITTEN = {code: f"{'gần ' if code in NEAR else ''}{value:_}".replace("_", ".") for code, value in FIGURES.items()}
AS_WRITTEN["weapon:homemade_gun"] = str(GUNS)
YEAR = Span.parse("2022")
MONTHLY = (*TOLD["flows"], "released_supported")
GROUPS = {
    "peoples_security_team": "peoples_security_teams", "mediation_team": "mediation_teams", "fire_team": "fire_teams",
    "household_cluster": "household_clusters",
}  # fmt: skip


def shares(whole, parts):
    """A whole number in parts that add up to it."""
    least, rest = divmod(whole, parts)
    return [least + (place < rest) for place in range(parts)]


@pytest.fixture(scope="module")
def then(lasting):
    """The district with its communes, each with its part of the figures in its register and in one month of 2022."""
    son_la = f.province(code=TOLD["legacy_province"], name="Sơn La", started_on=TWO_LEVELS)
    old = f.province(code=TOLD["legacy_province"], name="Sơn La", ended_on=LAST_DAY, heir=son_la)
    code = TOLD["legacy_district"]
    district = District.objects.create(code=code, name="Thuận Châu", kind="Huyện", province=old, ended_on=LAST_DAY)
    rows = [row for row in _rows("legacy_communes.csv") if row["district_code"] == code]
    communes = [
        f.commune(code=row["code"], name=row["name"], kind=row["kind"], province=old, district=district,
                  ended_on=LAST_DAY)
        for row in rows
    ]  # fmt: skip
    links = {one["predecessor"]: one["successor"] for one in _rows("succession_2025.csv")}
    names = {row["code"]: row["name"] for row in _rows("communes.csv")}
    heirs = {
        code: f.commune(code=code, name=names[code], province=son_la, started_on=TWO_LEVELS)
        for code in sorted({links[one.code] for one in communes})
    }
    for one in communes:
        UnitSuccession.objects.create(predecessor=one, successor=heirs[links[one.code]], day=TWO_LEVELS)
    world = SimpleNamespace(son_la=son_la, old=old, district=district, communes=communes, heirs=heirs, links=links)
    world.reviewer = f.user(Role.PROVINCE_REVIEWER, son_la)
    world.reader = f.user(Role.NATIONAL_VIEWER)
    registers(communes)
    parts = [shares(FIGURES[code], len(communes)) for code in MONTHLY] + [shares(GUNS, len(communes))]
    for place, (one, *values, handed) in enumerate(zip(communes, *parts, strict=True)):
        report(one, Month(2022, place % 12 + 1), dict(zip(MONTHLY, values, strict=True)), handed)
    return world


def registers(communes):
    """As many groups and initiatives as the district had, a hamlet for each people's security team."""
    Hamlet.objects.bulk_create(
        Hamlet(commune=one, name=f"Bản {n}", ended_on=LAST_DAY)
        for one, count in zip(communes, shares(STOCKS["peoples_security_teams"], len(communes)), strict=True)
        for n in range(1, count + 1)
    )
    hamlets = list(Hamlet.objects.select_related("commune").order_by("pk"))
    for kind, code in GROUPS.items():
        own = GroupKind.objects.get(code=kind)
        SelfManagementGroup.objects.bulk_create(
            SelfManagementGroup(commune=one.commune, hamlet=one, kind=own, name=f"Tổ {n}", ended_on=LAST_DAY)
            for one, count in zip(hamlets, shares(STOCKS[code], len(hamlets)), strict=True)
            for n in range(1, count + 1)
        )
    peaceful = InitiativeType.objects.get(code="safe_household_peaceful_hamlet")
    Initiative.objects.bulk_create(
        Initiative(commune=one, type=peaceful, name="Hộ an toàn, bản bình yên", ended_on=LAST_DAY, started_on=None)
        for one in communes[: STOCKS["initiatives"]]
    )


def report(commune, month, values, handed):
    """A month that whom the province named entered and sent, and the province approved."""
    chief = f.chief_of(commune)
    opened = f.report(commune, chief, month, NOW)
    f.fill(opened, chief, {(Row(), code): value for code, value in values.items()}, NOW)
    if handed:
        f.hand_over(opened, chief, homemade_gun=str(handed))
    return f.bring(opened, "approved", NOW)


PLACES = [
    ("district=119-2025", "then"), ("province=14-2025", "then"), ("province=14", "today"), ("", "today"),
    ("boundaries=then", "then"),
]  # fmt: skip


def reading(client, world, place):
    """The client of who reads a place: of the country its reader, else the province's reviewer."""
    return as_(client, world.reader if place in ("", "boundaries=then") else world.reviewer)


def slug_of(boundaries, world):
    """The communes that have the figures."""
    return {one.slug for one in world.communes} if boundaries == "then" else set(world.heirs)


@pytest.mark.parametrize(("place", "boundaries"), PLACES)
def test_its_months_come_back_exactly_then_and_now(client, then, db, place, boundaries):
    """Totals by indicator and by commune, and the weapons, from the API."""
    reading(client, then, place)
    body = client.get(f"/api/v1/summary/?{place}&span=2022").json()
    found = {row["code"]: row["value"] for row in body["rows"]}
    assert {code: found[code] for code in FIGURES} == FIGURES
    assert {one["code"]: one["value"] for one in body["weapons"]} == {"homemade_gun": str(GUNS)}
    assert body["guns"] == str(GUNS)
    if "=1" in place:  # of the country nobody is given 3,321 communes
        by = client.get(f"/api/v1/summary/?{place}&span=2022&by=commune").json()["rows"]
        assert {code: sum(row["value"] or 0 for row in by if row["code"] == code) for code in FIGURES} == FIGURES
        told = {row["key"] for row in by if row["code"] == "outreach_sessions" and row["value"]}
        assert told == slug_of(boundaries, then)


@pytest.mark.parametrize(("place", "boundaries"), PLACES)
def test_a_question_and_its_workbook_say_the_same(client, then, db, place, boundaries):
    reading(client, then, place)
    codes = ",".join(FIGURES)
    asked = f"/explore/?{place}&span=2022&indicator={codes}&rows=indicator&columns=place&places=whole"
    table = client.get(asked).context["table"]
    names = {one.name: one.code for one in Indicator.objects.filter(code__in=FIGURES)}
    rows = {names[row[0].value]: row[-1].value for row in table.rows if row[0].value in names}
    assert rows == FIGURES
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{asked}&format=xlsx").content)).worksheets[0]
    written = {names[row[0].value]: row[-1].value for row in sheet.iter_rows() if row[0].value in names}
    assert written == FIGURES


def test_the_heirs_have_it_on_the_map_beside_the_next_year_and_in_their_documents(client, then, db):
    """Bình Thuận took in Phổng Lái and Chiềng Pha: their year is hers on the map, compared and in Word."""
    pair = [one for one in then.communes if then.links[one.code] == "03724"]
    assert [one.name for one in pair] == ["Phổng Lái", "Chiềng Pha"]
    heir, code = then.heirs["03724"], "outreach_attendance"
    both = sum(Summary(Place(then.old, one), YEAR, NOW, boundaries="then").total()[code].value for one in pair)
    as_(client, then.reviewer)
    drawn = client.get(f"/dashboard/?province=14&span=2022&view=map&indicator={code}").context
    assert {line.part.slug: line.value for line in drawn["asked"].parts.lines(code)}["03724"] == both
    report(heir, Month(2026, 1), {code: both + 10}, 0)
    for past, month in zip(pair, (Month(2025, 1),) * 2, strict=True):
        report(past, month, {code: both // 2}, 0)
    row = next(
        row for row in client.get("/api/v1/summary/?commune=03724&span=2026-01").json()["rows"] if row["code"] == code
    )
    assert (row["value"], row["same_span_last_year"]) == (both + 10, 2 * (both // 2))
    assert row["compared"]["same_span_last_year"]["basis"] == "whole"


@pytest.mark.parametrize("unit", ["province-14-2025", "province-14"])
def test_word_says_every_figure(client, then, db, unit):
    as_(client, then.reviewer)
    assert stated(client, f"/documents/{unit}/2022/word/") == {**FIGURES, "guns": GUNS}


@pytest.mark.parametrize("slug", ["03730-2025", "03724"])
def test_word_of_a_commune_says_its_part_and_of_the_heir_what_it_took_in(client, then, db, slug):
    mine = [one for one in then.communes if slug in (one.slug, then.links[one.code])]
    as_(client, then.reviewer)
    found = stated(client, f"/documents/{slug}/2022/word/")
    for code, values in ((code, shares(FIGURES[code], len(then.communes))) for code in MONTHLY):
        assert found[code] == sum(values[then.communes.index(one)] for one in mine), code


def stated(client, address):
    """The figures of a Word file's appendix by code, and its guns."""
    document = Document(io.BytesIO(client.get(address).content))
    names = {one.name: one.code for one in Indicator.objects.filter(code__in=FIGURES)}
    found = {}
    for table in document.tables:
        for cells in ([cell.text for cell in row.cells] for row in table.rows):
            for name, code in names.items():
                if name in cells[:2]:
                    found[code] = cells[cells.index(name) + 2]
            if "Tổng số súng" in cells[:2]:
                found["guns"] = cells[cells.index("Tổng số súng") + 2]
    return {code: int(text.replace(".", "")) for code, text in found.items()}


# The year's totals as the press had them


def by_hand(client, address):
    boxes = {f"f-{key}": text for key, text in AS_WRITTEN.items()}
    return client.post(address, {"source": "Báo Sơn La", "day": "20/12/2022", **boxes})


def by_workbook(client, address):
    """The sheet goes out, is filled in and comes back."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}excel/").content))
    for row in book.active.iter_rows():
        if row[0].value in AS_WRITTEN:
            row[3].value = (
                AS_WRITTEN[row[0].value] if row[0].value in NEAR else int(AS_WRITTEN[row[0].value].replace(".", ""))
            )
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "thuan-chau-2022.xlsx"
    return client.post(address, {"source": "Báo Sơn La", "day": "20/12/2022", "file": file})


@pytest.mark.parametrize("entered", [by_hand, by_workbook])
def test_the_provinces_reviewer_enters_what_was_published_and_finds_it_beside_the_months(client, then, db, entered):
    """By hand or by workbook, found by name, shown with its source and what the months differ, cited in Word."""
    as_(client, then.reviewer)
    opened = client.get("/published/", {"unit": "huyện Thuận Châu", "span": "năm 2022"})
    assert opened["Location"] == "/published/119-2025/2022/"
    answer = entered(client, opened["Location"])
    assert answer.status_code == 302, answer.context["errors"]
    kept = PublishedTotal.objects.filter(district=then.district, span="2022")
    assert {one.key: one.text for one in kept} == AS_WRITTEN
    assert {one.key: int(one.value) for one in kept} == FIGURES | {"weapon:homemade_gun": GUNS}
    for address in (
        "/dashboard/?district=119-2025&span=2022",
        f"/explore/?district=119-2025&span=2022&indicator={','.join(FIGURES)}",
    ):
        page = client.get(address).content.decode()
        assert "gần 19.000" in page and "Báo Sơn La, ngày 20/12/2022" in page and page.count(">khớp<") >= len(FIGURES)
    for unit in ("province-14-2025", "province-14"):
        document = Document(io.BytesIO(client.get(f"/documents/{unit}/2022/word/").content))
        cited = next(one.text for one in document.paragraphs if "Số liệu đã công bố" in one.text)
        assert all(text in cited for text in AS_WRITTEN.values()), cited


def test_the_figures_of_a_divided_commune_stand_with_its_main_heir_and_it_is_said(client, then, db):
    """Chiềng Pha as if part of it had gone to Chiềng La: nothing is divided, nothing is lost, and it is said how much."""
    pha = next(one for one in then.communes if one.code == "03730")
    UnitSuccession.objects.filter(predecessor=pha).update(whole=False)
    other = then.heirs["03754"]
    UnitSuccession.objects.create(predecessor=pha, successor=other, whole=False, main=False, day=TWO_LEVELS)
    own = Summary(Place(then.old, pha), YEAR, NOW, boundaries="then").total()["outreach_attendance"].value
    as_(client, then.reviewer)
    body = client.get("/api/v1/summary/?province=14&span=2022").json()
    assert ({row["code"]: row["value"] for row in body["rows"] if row["code"] in FIGURES}, body["on_splits"]) == (
        FIGURES,
        1,
    )
    page = client.get("/dashboard/?province=14&span=2022&indicator=outreach_attendance").content.decode()
    assert "1 báo cáo tháng của 1 xã cũ đã bị chia được tính cho xã kế thừa chính" in page
    assert f"là {own}/19.000 lượt người" in page
    as_(client, f.user(Role.COMMUNE_OFFICER, other))
    totals = client.get("/dashboard/former/totals/?commune=03730-2025&span=2022")
    assert f">{own}<" in totals.content.decode()
    assert (
        client.get("/reports/03730-2025/").status_code == client.get("/documents/03730-2025/2022/").status_code == 404
    )
