"""Ratios are recomputed from summed parts, never averaged."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.months import Month
from reports.totals.parts import parts_of
from reports.totals.place import Place
from reports.totals.ratios import Ratio, Sizes, divide, ratios, sizes_of
from reports.totals.summary import Summary, Value
from tests import factories as f

APRIL, MAY = Month(2025, 4), Month(2025, 5)


def summary(place, span="2025-H1", **options):
    return Summary(place, place.span(span), f.NOW, **options)


@given(st.dictionaries(st.integers(1, 30), st.tuples(st.none() | st.integers(0, 10**6), st.integers(0, 500))))
def test_a_groups_ratio_is_its_sum_by_the_size_of_those_that_have_the_figure(units):
    values = {unit: {"patrols": Value(value, 1)} for unit, (value, _) in units.items() if value is not None}
    sizes = Sizes("hamlet", {unit: size for unit, (_, size) in units.items() if size})
    found = ratios(values, ("patrols",), sizes, lambda unit: unit % 3)
    for group in range(3):
        inside = [(v, s) for unit, (v, s) in units.items() if unit % 3 == group and v is not None and s]
        if not inside:
            assert group not in found
            continue
        exact = Decimal(sum(v for v, _ in inside)) / sum(s for _, s in inside)
        assert found[group]["patrols"].units == len(inside)
        assert abs(found[group]["patrols"].value - exact) <= (Decimal("0.005") if exact < 10 else Decimal("0.05"))


@pytest.mark.parametrize(
    ("value", "size", "per", "ratio"),
    [
        (1, 3, 1, "0.33"),
        (2, 3, 1, "0.67"),
        (1, 8, 1, "0.13"),
        (100, 3, 1, "33.3"),
        (7, 1400, 1000, "5.00"),
        (0, 5, 1, "0"),
    ],
)
def test_a_ratio_has_two_decimals_below_ten_and_one_above(value, size, per, ratio):
    assert divide(value, size, per) == Decimal(ratio)


def test_nothing_is_divided_by_nothing():
    with pytest.raises(ZeroDivisionError):
        divide(1, 0)


@pytest.fixture
def spring(cast):
    """Chí Đám has three hamlets, Tây Cốc one; Chí Đám patrolled 9 times, Tây Cốc 21; a third has not reported."""
    f.hamlet(cast.tay_coc, "Khu 1", households=140)
    f.commune(province=cast.phu_tho, code="08023", name="Yên Kỳ")
    for khu, homes in zip(cast.khu, (100, 160, None), strict=True):
        khu.households = homes
        khu.save()
    f.filed(cast.chi_dam, APRIL, patrols=9)
    f.filed(cast.tay_coc, MAY, patrols=21)
    return cast


@pytest.mark.parametrize(
    ("basis", "chi_dam", "tay_coc", "whole"),
    [
        ("hamlet", "3", "21.0", Ratio(Decimal("7.50"), 2)),  # (9 + 21) / (3 + 1), not (3 + 21) / 2
        ("households", None, "150.0", Ratio(Decimal("150.0"), 1)),  # Chí Đám knows two of its three hamlets
        ("commune", "9", "21.0", Ratio(Decimal("15.0"), 2)),  # the commune without a figure is no divisor
    ],
)
def test_a_province_is_divided_by_the_sum_of_its_parts(spring, basis, chi_dam, tay_coc, whole):
    parts = parts_of(summary(Place(spring.phu_tho)), basis=basis)
    found = {line.part.slug: line.ratio for line in parts.lines("patrols")}
    assert found == {"07999": chi_dam and Decimal(chi_dam), "07996": Decimal(tay_coc), "08023": None}
    assert parts.whole("patrols")["patrols"] == whole


def test_the_country_divides_each_province_by_its_own_communes(spring):
    f.filed(spring.chieng_pha, APRIL, patrols=5)
    lines = parts_of(summary(Place()), basis="commune").lines("patrols")
    assert {line.part.slug: (line.value, line.ratio) for line in lines} == {
        "25": (30, Decimal("15.0")), "14": (5, Decimal(5))
    }  # fmt: skip


def test_it_is_said_how_many_hamlets_have_a_household_number(spring):
    sizes = sizes_of(summary(Place(spring.phu_tho)), "households")
    assert spring.chi_dam.pk not in sizes.of and sizes.note.startswith("3/4 khu dân cư có số hộ")
    spring.khu[2].households = 40
    spring.khu[2].save()
    assert sizes_of(summary(Place(spring.phu_tho)), "households").of[spring.chi_dam.pk] == 300


def test_a_commune_without_household_numbers_has_no_ratio(spring):
    for khu in spring.khu:
        khu.households = None
        khu.save()
    parts = parts_of(summary(Place(spring.phu_tho)), basis="households")
    assert {line.part.slug: line.ratio for line in parts.lines("patrols")}["07999"] is None
    assert parts.whole("patrols")["patrols"] == Ratio(Decimal("150.0"), 1)


def test_hamlets_are_those_of_the_spans_last_day(spring):
    f.hamlet(spring.tay_coc, "Khu 2", started_on="2025-06-15")
    f.hamlet(spring.tay_coc, "Khu cũ", ended_on="2025-06-13")
    assert sizes_of(summary(Place(spring.phu_tho)), "hamlet").of[spring.tay_coc.pk] == 1
    assert sizes_of(summary(Place(spring.phu_tho), "2025-07"), "hamlet").of[spring.tay_coc.pk] == 2


def test_a_commune_is_divided_by_all_its_hamlets_and_they_by_their_households(spring):
    place = Place(spring.phu_tho, spring.chi_dam)
    assert parts_of(summary(place), basis="hamlet").whole("patrols")["patrols"].value == Decimal(3)
    assert parts_of(summary(place), basis="households").whole("patrols") == {}
    spring.khu[2].households = 40
    spring.khu[2].save()
    assert parts_of(summary(place), basis="households").whole("patrols")["patrols"].value == Decimal("30.0")
    assert parts_of(summary(place), basis="commune").sizes is None


def test_a_former_communes_hamlets_count_with_its_heir(spring):
    from communes.models import UnitSuccession

    old = f.commune(province=spring.phu_tho, code="07998", name="Cũ", ended_on="2025-06-30")
    f.hamlet(old, "Khu 9", ended_on="2025-06-30")
    UnitSuccession.objects.create(predecessor=old, successor=spring.tay_coc, day="2025-07-01")
    place = Place(spring.phu_tho)
    assert sizes_of(summary(place), "hamlet").of[spring.tay_coc.pk] == 2
    assert sizes_of(summary(place, boundaries="then"), "hamlet").of[spring.tay_coc.pk] == 1
