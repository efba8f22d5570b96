"""Borders: made once from TopoJSON, one sheet a province and one of the country, with the islands far away."""

import re

import pytest

from communes.boundaries import COUNTRY, FOLDER, MapSheet, prepare, sheet_of
from communes.models import Commune, Province

SQUARE = {  # two units side by side, one degree each, sharing an arc
    "transform": {"scale": [0.01, 0.01], "translate": [105, 20]},
    "arcs": [[[100, 0], [0, 100]], [[100, 100], [-100, 0], [0, -100], [100, 0]], [[100, 0], [100, 0], [0, 100], [-100, 0]]],
    "objects": {"x": {"geometries": [
        {"id": "1", "type": "Polygon", "arcs": [[0, 1]]},
        {"id": "2", "type": "MultiPolygon", "arcs": [[[2, -1]]]},
    ]}},
}  # fmt: skip


def test_a_topology_becomes_paths_that_share_their_lines():
    sheet = prepare(SQUARE)
    assert set(sheet.shapes) == {"1", "2"}
    west, east = sheet.at(20.5, 105)[0], sheet.at(20.5, 107)[0]
    assert (west, east) == (6, 1006) and sheet.width == 1012
    assert sheet.at(21, 105)[1] == 6 < sheet.at(20, 105)[1], "north is up"
    assert sheet.outline.count("M") == 2, "the shared line is inside"
    assert MapSheet.read(sheet.text()) == sheet


def test_a_unit_without_a_shape_of_its_own_is_left_out():
    assert set(prepare(SQUARE, ["2"]).shapes) == {"1"}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_every_sheet_is_whole(name):
    sheet = sheet_of(name)
    for path in (*sheet.shapes.values(), sheet.outline):
        assert re.fullmatch(r"(M[\d.]+ [\d.]+(l[-\d ]+|h1v1)z?)+", path), path[:80]
    for inset in sheet.insets:
        assert inset.x + inset.width <= sheet.width and inset.y + inset.height <= sheet.height
    assert len(sheet.text()) < 60_000


def test_hoang_sa_and_truong_sa_are_on_the_country_and_on_their_provinces():
    def islands(name):
        return {inset.name: (inset.code, inset.islands.count("M")) for inset in sheet_of(name).insets}

    assert islands(COUNTRY) == {"Quần đảo Hoàng Sa": ("48", 12), "Quần đảo Trường Sa": ("56", 94)}
    assert islands("48") == {"Quần đảo Hoàng Sa": ("20333", 44)}
    assert islands("56") == {"Quần đảo Trường Sa": ("22736", 140)}
    assert islands("25") == {}


@pytest.mark.once
@pytest.mark.django_db
def test_every_unit_of_the_country_has_a_shape_or_is_known_to_have_none(django_db_setup):
    from django.core.management import call_command

    call_command("load_units", verbosity=0)
    assert set(sheet_of(COUNTRY).shapes) == set(Province.objects.living().values_list("code", flat=True))
    drawn = set()
    for province in Province.objects.living():
        sheet = sheet_of(province.code)
        drawn |= set(sheet.shapes) | {inset.code for inset in sheet.insets}
    living = set(Commune.objects.living().values_list("code", flat=True))
    assert living - drawn == {"03091"} and not drawn - living


def test_a_name_that_is_no_sheet_is_none():
    assert sheet_of("../25") is None and sheet_of("99") is None
