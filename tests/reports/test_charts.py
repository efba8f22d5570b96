"""Charts: numbers in, a drawing out; nothing leaves its box, and a blank is never drawn as zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import (
    Bubble,
    BubbleMap,
    Classes,
    Dot,
    Layer,
    Multiples,
    Pareto,
    Point,
    Sparkline,
    Stacked,
    Strip,
    Trend,
    multiples,
    pareto,
    stacked,
    strip,
    trend,
)
from reports.charts.scale import ceiling, marks

counts = st.integers(0, 10**7)
maybe = st.none() | counts
some = st.lists(maybe, min_size=1, max_size=40)


@given(st.lists(maybe | st.decimals(0, 10**6, places=2), max_size=20))
def test_an_axis_reaches_every_value_and_its_marks_rise_from_zero_to_its_end(values):
    top = ceiling(values)
    assert all(value <= top for value in values if value)
    steps = [value for value, _ in marks(top)]
    assert steps[0] == 0 and steps[-1] == top and steps == sorted(set(steps))
    assert top < 1 or top % 1 or all(value % 1 == 0 for value in steps)


@pytest.mark.parametrize(("values", "top", "labels"), [
    ([215], 250, ["0", "50", "100", "150", "200", "250"]),
    ([1999], 2000, ["0", "500", "1.000", "1.500", "2.000"]),
    ([None, 0], 1, ["0", "1"]),
    ([Decimal("0.31")], Decimal("0.5"), ["0", "0,1", "0,2", "0,3", "0,4", "0,5"]),
])  # fmt: skip
def test_axes_have_round_marks(values, top, labels):
    assert ceiling(values) == top
    assert [label for _, label in marks(ceiling(values))] == labels


@given(st.lists(st.tuples(maybe, maybe), min_size=1, max_size=36))
def test_bars_of_a_trend_stay_in_their_box_and_blanks_have_none(values):
    chart = Trend("t", "vụ", [Point(f"tháng {n}", *pair) for n, pair in enumerate(values)])
    assert len(chart.bars) == sum(value is not None for pair in values for value in pair)
    for bar in chart.bars:
        assert bar.x >= trend.LEFT and bar.x + bar.width <= trend.WIDTH + 0.2
        assert bar.y >= trend.TOP and bar.y + bar.height <= trend.HEIGHT - trend.BOTTOM + 0.2


@given(st.integers(1, 24).flatmap(
    lambda months: st.lists(st.lists(maybe, min_size=months, max_size=months), min_size=1, max_size=10)
))  # fmt: skip
def test_stacked_bars_stay_in_their_box_and_reach_their_sum(layers):
    labels = [f"{n}/2025" for n in range(len(layers[0]))]
    chart = Stacked("s", "tổ", labels, [Layer(f"Loại {n}", row) for n, row in enumerate(layers)])
    assert len(chart.bars) == sum(bool(value) for row in layers for value in row)
    foot = stacked.HEIGHT - stacked.BOTTOM
    for bar in chart.bars:
        assert bar.y >= stacked.TOP - 0.2 and bar.y + bar.height <= foot + 0.2 and bar.x + bar.width <= stacked.WIDTH
    for at in range(len(labels)):
        total = sum(row[at] or 0 for row in layers)
        tall = sum(bar.height for bar in chart.bars if bar.title.startswith(f"{labels[at]},"))
        assert tall == pytest.approx(total / float(chart.top) * (foot - stacked.TOP), abs=0.2 * len(layers))


def test_a_layer_that_is_zero_throughout_is_not_in_the_legend_and_keeps_the_others_colours():
    chart = Stacked("s", "tổ", ["1", "2"], [Layer("A", [1, 2]), Layer("B", [0, None]), Layer("C", [3, 4])])
    assert chart.keys == [("c1", "A"), ("c3", "C")]
    assert {bar.style for bar in chart.bars} == {"c1", "c3"}


@given(some)
def test_each_part_with_a_figure_is_a_dot_within_the_drawing(values):
    chart = Strip("d", "vụ", [Dot(f"Xã {n}", value) for n, value in enumerate(values)])
    assert len(chart.drawn) == sum(value is not None for value in values)
    assert len(chart.blanks) == sum(value is None for value in values)
    for dot in chart.drawn:
        assert strip.SIDE <= dot.x <= strip.WIDTH - strip.SIDE
        assert dot.y - chart.radius > 0 and dot.y + chart.radius <= chart.floor
    if chart.known:
        low, middle, high = chart.quartiles
        assert chart.known[0].value <= low <= middle <= high <= chart.known[-1].value + Decimal("0.1")


def test_quartiles_lie_between_neighbours():
    chart = Strip("d", "vụ", [Dot("", value) for value in (1, 2, 3, 4, None)])
    assert chart.quartiles == (Decimal("1.8"), Decimal("2.5"), Decimal("3.2"))


@given(st.lists(counts, min_size=1, max_size=60))
def test_shares_make_the_whole_and_bars_stay_in_their_panel(values):
    values = sorted(values, reverse=True)
    chart = Pareto("p", "vụ", [(f"Xã {n}", value) for n, value in enumerate(values)], sum(values))
    assert bool(chart.shares) is bool(sum(values))
    if chart.shares:
        assert chart.shares[-1].so_far == 100
        assert sum(one.share for one in chart.shares) == pytest.approx(Decimal(100), abs=Decimal("0.01") * len(values))
        assert chart.shares[chart.few - 1].so_far >= 50
        assert chart.few == 1 or chart.shares[chart.few - 2].so_far < 50
    for bar in chart.bars:
        assert bar.x + bar.width <= pareto.WIDTH and bar.y >= pareto.FLOOR - pareto.BARS - 0.2
        assert bar.y + bar.height <= pareto.FLOOR + 0.2


@given(some)
def test_a_line_breaks_at_a_blank_and_stays_in_its_box(values):
    drawn = Multiples("m", "vụ", [Sparkline("Xã", "", values)]).drawn[0]
    points = [tuple(map(float, point.split(","))) for run in drawn.runs for point in run.split()] + drawn.dots
    assert len(points) == sum(value is not None for value in values)
    assert all(0 <= x <= multiples.WIDTH and 0 <= y <= multiples.HEIGHT for x, y in points)
    assert drawn.spoken.count("trống") == values.count(None)


def test_all_lines_share_one_scale():
    high, low = Multiples("m", "vụ", [Sparkline("A", "", [0, 100]), Sparkline("B", "", [0, 10])]).drawn
    top = [float(run.split()[-1].split(",")[1]) for run in (high.runs[0], low.runs[0])]
    assert top[0] == multiples.EDGE and top[1] > multiples.HEIGHT / 2


@given(some)
def test_blank_and_zero_stand_apart_from_every_class(values):
    classes = Classes.of(values)
    assert classes.style(None) == "q-blank" and classes.style(0) == "q0"
    positive = sorted(value for value in values if value)
    styles = [classes.style(value) for value in positive]
    assert styles == sorted(styles) and set(styles) <= {"q1", "q2", "q3", "q4", "q5"}
    assert sum(key.held for key in classes.legend) == len(values)
    if positive:
        assert styles[-1] == "q5"


def test_quantile_classes_hold_as_many_each():
    legend = Classes.of([None, 0, *range(1, 101)]).legend
    assert [key.held for key in legend] == [1, 1, 20, 20, 20, 20, 20]
    assert [key.label for key in legend[:3]] == ["chưa có số liệu", "0", "1 – 20"]


def test_equal_values_share_one_class():
    assert {Classes.of([7] * 50).style(7)} == {"q5"}
    assert len(Classes.of([1, 1, 1, 1, 9]).legend) == 2


def bubble(name, latitude, longitude, value=1, size=1):
    return Bubble(name, Decimal(latitude), Decimal(longitude), value, size, f"/{name}/")


places = st.lists(
    st.tuples(st.decimals(8, 24, places=4), st.decimals(102, 110, places=4), maybe, maybe), min_size=1, max_size=30
)


@given(places)
def test_circles_and_names_stay_on_the_map(rows):
    chart = BubbleMap("b", "vụ", [bubble(f"Xã {n}", *row) for n, row in enumerate(rows)])
    assert len(chart.drawn) == len(rows)
    for circle in chart.drawn:
        assert circle.x - circle.radius >= 0 and circle.x + circle.radius <= chart.width
        assert circle.y - circle.radius >= 0 and circle.y + circle.radius <= chart.height
    assert len({(label.x, label.y) for label in chart.labels}) == len(chart.labels)


def test_north_is_up_and_east_is_right():
    chart = BubbleMap("b", "vụ", [bubble("Nam", 21, 105), bubble("Bắc", 22, 105), bubble("Đông", 21, 106)])
    at = {circle.title.split(":")[0]: circle for circle in chart.drawn}
    assert at["Bắc"].y < at["Nam"].y and at["Đông"].x > at["Nam"].x


def test_areas_are_as_the_sizes_and_great_circles_are_drawn_first():
    chart = BubbleMap("b", "vụ", [bubble("A", 21, 105, size=25), bubble("B", 22, 106, size=100)])
    big, small = chart.drawn
    assert (big.title[0], small.title[0]) == ("B", "A") and big.radius == pytest.approx(2 * small.radius, abs=0.2)


def test_a_circle_without_a_figure_says_so():
    circle = BubbleMap("b", "vụ", [bubble("Xã A", 21, 105, value=None, size=None)]).drawn[0]
    assert circle.title == "Xã A: chưa có số liệu" and circle.style == "q-blank"


def test_names_leave_out_the_kind_of_unit():
    assert [label.text for label in BubbleMap("b", "vụ", [bubble("Xã Chí Đám", 21, 105)]).labels] == ["Chí Đám"]
