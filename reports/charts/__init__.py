"""Charts, drawn on the server as inline SVG: numbers in, a drawing out; each stands beside its table.

A blank (None) is never drawn as zero: it is missing, or marked as blank.
"""

from reports.charts.bubbles import Bubble, BubbleMap
from reports.charts.classes import Classes
from reports.charts.multiples import Multiples, Sparkline
from reports.charts.pareto import Pareto, Share
from reports.charts.stacked import Layer, Stacked
from reports.charts.strip import Dot, Strip
from reports.charts.trend import Bar, Point, Trend

__all__ = [
    "Bar",
    "Bubble",
    "BubbleMap",
    "Classes",
    "Dot",
    "Layer",
    "Multiples",
    "Pareto",
    "Point",
    "Share",
    "Sparkline",
    "Stacked",
    "Strip",
    "Trend",
]
