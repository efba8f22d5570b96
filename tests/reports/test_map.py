"""The map: places by their borders, coloured by class; insets, circles, names; a table is the keyboard's way."""

import gzip

import pytest

from communes.boundaries import sheet_of
from reports.charts import Classes, MapPlace, ShapeMap
from reports.entry.grid import Row
from reports.models import MonthlyReport
from tests import factories as f

SHEET = sheet_of("25")
HERE = (21.6, 105.2)


def place(code, value, name="Xã A", at=HERE, **more):
    return MapPlace((code,) if code else (), name, value, f"/{code}/", at, **more)


def test_a_place_is_its_shape_in_the_class_of_its_figure():
    drawn = ShapeMap("b", "vụ", SHEET, [place("07999", 3), place("07996", None, "Xã B")])
    assert [(one.path, one.style, one.title) for one in drawn.drawn] == [
        (SHEET.shapes["07999"], "q5", "Xã A: 3 vụ"),
        (SHEET.shapes["07996"], "q-blank", "Xã B: chưa có số liệu"),
    ]
    assert drawn.land.count("M") >= len(SHEET.shapes) - 2 and SHEET.shapes["07999"] not in drawn.land


def test_the_islands_of_an_inset_take_the_colour_of_their_unit():
    drawn = ShapeMap("b", "vụ", sheet_of("country"), [place("48", 3, "Thành phố Đà Nẵng")]).drawn
    assert [one.style for one in drawn] == ["q5", "q5 isle"]


def test_a_place_without_a_shape_is_a_circle_and_one_without_a_centre_is_named():
    drawn = ShapeMap("b", "vụ", SHEET, [place("", 3), place("", 2, "Xã B", at=None)])
    (circle,) = drawn.circles
    assert (circle.x, circle.y) == SHEET.at(*HERE) and circle.title == "Xã A: 3 vụ"
    assert drawn.nowhere == ["Xã B"] and not drawn.drawn


def test_the_chosen_place_is_drawn_above_its_neighbours_and_named_first():
    drawn = ShapeMap(
        "b", "vụ", SHEET, [place("07999", 3, weight=1), place("07996", 2, "Xã B", weight=9)], chosen="07999"
    )
    assert [one.selected for one in drawn.drawn] == [False, True]
    assert [one.text for one in drawn.names] == ["A"], "the other's name would cover it"


def test_steps_are_even_and_round():
    classes = Classes.even([1, 7, 23, None, 0])
    assert [int(limit) for limit in classes.limits] == [5, 10, 15, 20, 25]
    assert [classes.style(value) for value in (None, 0, 5, 6, 23)] == ["q-blank", "q0", "q1", "q2", "q5"]
    assert Classes.even([None, 0]).limits == ()


@pytest.fixture
def counted(cast):
    report = f.report(cast.chi_dam, cast.lan)
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 16})
    MonthlyReport.objects.update(state="submitted", sent_at=f.NOW)
    return report


def test_the_page_holds_the_map_its_table_and_the_noise(counted, cast, client):
    client.force_login(cast.hoa)
    answer = client.get("/dashboard/?province=25&span=2025-06&view=map")
    text = answer.content.decode()
    assert SHEET.shapes["07999"] in text and "Xã Chí Đám: 16 lượt" in text
    assert 'tabindex="-1"' in text and "chênh ±50%" in text
    assert text.count("Xã Chí Đám") >= 2, "the table too"
    assert "bước đều" in client.get("/dashboard/?province=25&span=2025-06&view=map&classes=even").content.decode()
    assert len(gzip.compress(answer.content)) < 30_000


def test_the_country_is_drawn_by_its_provinces_with_both_archipelagos(counted, cast, client):
    client.force_login(cast.an)
    text = client.get("/dashboard/?span=2025-06&view=map").content.decode()
    assert "Tỉnh Phú Thọ: 16 lượt" in text
    assert "Quần đảo Hoàng Sa" in text and "Quần đảo Trường Sa" in text
