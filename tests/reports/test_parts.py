"""The parts of a place: each stands there, with or without a figure, and together they make the whole."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Cluster
from reports.entry.grid import Row
from reports.months import Month, Span
from reports.totals.parts import Part, PartFigure, parts_of, ranked
from reports.totals.place import Place
from reports.totals.summary import Summary
from tests import factories as f

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE


def summary(place, span="2025-H1", **options):
    return Summary(place, place.span(span), f.NOW, **options)


@pytest.fixture
def spring(cast):
    cast.yen_ky = f.commune(province=cast.phu_tho, code="08023", name="Yên Kỳ")
    cast.north = Cluster.objects.create(province=cast.phu_tho, grouping="Theo khu vực", name="Phía bắc")
    cast.north.communes.add(cast.chi_dam, cast.tay_coc)
    f.filed(cast.chi_dam, APRIL, patrols=4, disputes_pending=3)
    f.filed(cast.chi_dam, MAY, patrols=5, disputes_pending=2)
    f.filed(cast.tay_coc, APRIL, patrols=0, disputes_pending=7)
    f.filed(cast.chieng_pha, APRIL, patrols=100)
    f.office_report(cast.phu_tho, MAY, "approved", patrols=1000)
    return cast


def values(parts, code="patrols"):
    return {line.part.name: line.value for line in parts.lines(code)}


def test_a_province_is_made_of_its_communes_and_its_office_and_a_blank_is_no_zero(spring):
    parts = parts_of(summary(Place(spring.phu_tho)))
    assert values(parts) == {
        "Xã Chí Đám": 9, "Xã Tây Cốc": 0, "Xã Yên Kỳ": None, spring.phu_tho.office_name: 1000
    }  # fmt: skip
    assert [line.part.kind for line in parts.lines("patrols")] == ["commune", "commune", "commune", "office"]


def test_clusters_add_flows_and_stocks_up_and_what_is_in_none_stands_apart(spring):
    f.filed(spring.yen_ky, MAY, patrols=50)
    parts = parts_of(summary(Place(spring.phu_tho)), "Theo khu vực")
    assert values(parts) == {"Phía bắc": 9, "Xã chưa xếp cụm": 50, spring.phu_tho.office_name: 1000}
    assert values(parts, "disputes_pending") == {"Phía bắc": 2 + 7}
    assert parts.coverage()[spring.north.pk].sent == 3


def test_a_cluster_is_a_place_of_its_own(spring):
    f.filed(spring.yen_ky, MAY, patrols=50)
    asked = summary(Place(spring.phu_tho, cluster=spring.north))
    assert asked.total()["patrols"].value == 9
    assert asked.total()["disputes_pending"].value == 9
    assert values(parts_of(asked)) == {"Xã Chí Đám": 9, "Xã Tây Cốc": 0}
    assert (asked.coverage.units, asked.coverage.sent) == (2, 3)
    then = summary(Place(spring.phu_tho, cluster=spring.north), boundaries="then")
    assert then.total()["patrols"].value == 9


def test_the_country_is_made_of_provinces(spring):
    assert values(parts_of(summary(Place()))) == {"Tỉnh Sơn La": 100, "Tỉnh Phú Thọ": 1009}


def test_a_commune_is_made_of_its_hamlets_and_what_lies_outside_of_them(cast):
    report = f.report(cast.chi_dam, cast.lan, MAY)
    khu = [Row(hamlet=hamlet.pk) for hamlet in cast.khu]
    f.fill(report, cast.lan, {(khu[0], "patrols"): 3, (khu[1], "patrols"): 0, (Row(), "patrols"): 8})
    parts = parts_of(summary(Place(cast.phu_tho, cast.chi_dam), include="all"))
    assert values(parts) == {"Khu 1": 3, "Khu 2": 0, "Khu 10": None, "Ngoài khu dân cư (toàn xã)": 8}
    assert parts.coverage() == {}


@pytest.mark.parametrize("grouping", ["", "Theo khu vực"])
def test_the_parts_make_the_whole_for_every_indicator(spring, grouping):
    asked = summary(Place(spring.phu_tho))
    parts = parts_of(asked, grouping)
    for code, whole in asked.total().items():
        assert sum(line.value or 0 for line in parts.lines(code)) == whole.value, code


def test_month_by_month_each_part_has_its_own(spring):
    run = Span("2025-04..2025-06", APRIL, JUNE)
    months = {part.name: row for part, row in parts_of(summary(Place(spring.phu_tho))).months("patrols", run)}
    assert months["Xã Chí Đám"] == {APRIL: 4, MAY: 5}
    assert months["Xã Tây Cốc"] == {APRIL: 0} and months["Xã Yên Kỳ"] == {}
    grouped = parts_of(summary(Place(spring.phu_tho)), "Theo khu vực").months("disputes_pending", run)
    assert {part.name: row for part, row in grouped} == {"Phía bắc": {APRIL: 10, MAY: 2 + 7, JUNE: 2 + 7}}


def test_a_former_province_stands_where_it_has_figures_only(spring):
    spring.son_la.ended_on = "2025-05-31"
    spring.son_la.save()
    assert "Tỉnh Sơn La (đến 31/05/2025)" in {
        str(line.part.name) for line in parts_of(summary(Place())).lines("patrols")
    }
    later = parts_of(summary(Place(), "2025-06")).lines("patrols")
    assert not [line for line in later if line.part.name.startswith("Tỉnh Sơn La")]


@given(st.lists(st.none() | st.integers(0, 5) | st.decimals(0, 5, places=1), max_size=30))
def test_equal_figures_share_a_rank_and_blanks_stand_last_without_one(shown):
    lines = [PartFigure(Part(n, str(n), "commune"), 1, 1, None, one) for n, one in enumerate(shown)]
    found = ranked(lines)
    assert {row.line.part.key for row in found} == set(range(len(shown)))
    known = [one for one in shown if one is not None]
    assert [row.line.shown for row in found] == sorted(known, reverse=True) + [None] * (len(shown) - len(known))
    for row in found:
        expected = None if row.line.shown is None else 1 + sum(Decimal(one) > row.line.shown for one in known)
        assert row.rank == expected


def queries(province, basis):
    with CaptureQueriesContext(connection) as found:
        parts = parts_of(summary(Place(province)), "Theo khu vực", basis)
        parts.lines("patrols")
        parts.whole("patrols")
        parts.months("patrols", Span("2025-04..2025-06", APRIL, JUNE))
        parts.coverage()
    return len(found)


@pytest.mark.once
@pytest.mark.parametrize("basis", ["", "hamlet", "households", "commune"])
def test_thirty_communes_take_as_many_queries_as_three(cast, basis):
    asked = {}
    for number in (3, 30):
        province = f.province(code=f"{80 + number % 7}", name=f"Tỉnh {number} xã")
        cluster = Cluster.objects.create(province=province, grouping="Theo khu vực", name="A")
        for _ in range(number):
            commune = f.commune(province=province)
            f.hamlet(commune, households=100)
            f.filed(commune, MAY, patrols=2)
            cluster.communes.add(commune)
        asked[number] = queries(province, basis)
    assert asked[3] == asked[30]
