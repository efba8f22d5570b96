"""Charts, drawn on the server as inline SVG: numbers in, a drawing out; each stands beside its table.

A blank (None) is never drawn as zero: it is missing, or marked as blank.
"""

from reports.charts.apart import Apart, Axis
from reports.charts.classes import Classes
from reports.charts.multiples import Multiples, Sparkline
from reports.charts.pareto import Pareto, Share
from reports.charts.past import Past
from reports.charts.shapes import MapPlace, ShapeMap
from reports.charts.stacked import Layer, Stacked
from reports.charts.strip import Dot, Strip
from reports.charts.trend import Bar, Point, Trend

__all__ = [
    "Apart",
    "Axis",
    "Bar",
    "Classes",
    "Dot",
    "Layer",
    "MapPlace",
    "Multiples",
    "Pareto",
    "Past",
    "Point",
    "ShapeMap",
    "Share",
    "Sparkline",
    "Stacked",
    "Strip",
    "Trend",
]
