"""Charts: numbers in, a drawing out; nothing leaves its box, and a blank is never drawn as zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import (
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


def test_quartiles_of_small_ratios_have_the_decimals_of_these():
    chart = Strip("d", "vụ", [Dot("", Decimal(value)) for value in ("0.02", "0.03", "0.04", "0.04", "0.06")])
    assert chart.quartiles == (Decimal("0.03"), Decimal("0.04"), Decimal("0.04"))


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


def test_the_classes_of_one_map_have_as_many_decimals_each():
    rates = [Decimal(value) for value in ("9.37", "9.98", "11.6", "12.2", "13.0")]
    assert [key.label for key in Classes.of(rates).legend] == ["9,4", "10,0", "11,6", "12,2", "13,0"]
    near = [Decimal(value) for value in ("0.02", "9.37", "9.38", "9.39", "11.6")]
    assert [key.label for key in Classes.of(near).legend] == ["0,02", "9,37", "9,38", "9,39", "11,60"]
    assert [key.label for key in Classes.of([Decimal("1200.000"), 3]).legend] == ["3", "1.200"]
