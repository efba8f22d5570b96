"""A map of circles: where each part lies, how great it is, and the class of its figure.

The data holds the centre of each unit, no borders (docs/decisions/0011): so circles, on a plain projection
with the scale of the middle latitude.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import cos, radians, sqrt
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.classes import Classes
from reports.charts.scale import Number

WIDTH, MARGIN, TALLEST = 1080, 40, 1400
SMALLEST, GREATEST = 5.0, 26.0
LETTER, LINE = 6.9, 13  # size of a label's letters, roughly: none is measured


class Bubble(NamedTuple):
    """A part: its name, place in degrees, figure and size; None is blank."""

    name: str
    latitude: Number
    longitude: Number
    value: Number | None
    size: Number | None
    url: str = ""
    note: str = ""  # said after the value


class DrawnCircle(NamedTuple):
    """A circle as it is drawn."""

    x: float
    y: float
    radius: float
    style: str
    title: str
    url: str


class Label(NamedTuple):
    """A name beside its circle."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class BubbleMap:
    """A map of some parts; ``unit`` is that of the figure."""

    title: str
    unit: str
    bubbles: Sequence[Bubble]

    @cached_property
    def classes(self) -> Classes:
        """Colours by quantile."""
        return Classes.of([bubble.value for bubble in self.bubbles])

    @cached_property
    def _frame(self) -> tuple[float, float, float, float]:
        """West, north, units of drawing for a degree of longitude and of latitude."""
        east, west = self._bounds([float(b.longitude) for b in self.bubbles])
        north, south = self._bounds([float(b.latitude) for b in self.bubbles])
        squeeze = cos(radians((north + south) / 2))
        wide, tall = (east - west) * squeeze, north - south
        scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
        return west, north, scale * squeeze, scale

    @staticmethod
    def _bounds(places: list[float]) -> tuple[float, float]:
        high, low = max(places, default=1), min(places, default=0)
        return (high, low) if high > low else (high + 0.05, low - 0.05)

    @cached_property
    def width(self) -> int:
        """Of the drawing: less than ``WIDTH`` where the country is tall and narrow."""
        east, west = self._bounds([float(b.longitude) for b in self.bubbles])
        return round((east - west) * self._frame[2] + 2 * MARGIN)

    @cached_property
    def height(self) -> int:
        """Of the drawing."""
        north, south = self._bounds([float(b.latitude) for b in self.bubbles])
        return round((north - south) * self._frame[3] + 2 * MARGIN)

    @cached_property
    def _greatest(self) -> float:
        return max((float(b.size) for b in self.bubbles if b.size), default=1.0)

    @cached_property
    def limit(self) -> float:
        """The greatest radius: less where there are many circles on little room."""
        room = sqrt(self.width * self.height / max(1, len(self.bubbles)) / 3.2)
        return max(SMALLEST + 3, min(GREATEST, room))

    def radius(self, size: Number | None) -> float:
        """Areas are as the sizes; an unknown size is the smallest circle."""
        return round(max(SMALLEST, self.limit * sqrt(float(size or 0) / self._greatest)), 1)

    @cached_property
    def drawn(self) -> list[DrawnCircle]:
        """The circles, the greatest first, so that small ones stay in sight."""
        west, north, across, down = self._frame
        found = [
            DrawnCircle(
                round(MARGIN + (float(b.longitude) - west) * across, 1),
                round(MARGIN + (north - float(b.latitude)) * down, 1),
                self.radius(b.size),
                self.classes.style(b.value),
                self._title(b),
                b.url,
            )
            for b in self.bubbles
        ]
        return sorted(found, key=lambda circle: -circle.radius)

    def _title(self, bubble: Bubble) -> str:
        said = "chưa có số liệu" if bubble.value is None else f"{number(bubble.value)} {self.unit}"
        return f"{bubble.name}: {said}{bubble.note}"

    @property
    def labels(self) -> list[Label]:
        """Names of the greatest circles, as many as fit without covering circles or one another."""
        taken = [(c.x - c.radius, c.y - c.radius, c.x + c.radius, c.y + c.radius) for c in self.drawn]
        found = []
        for circle in self.drawn:
            text = circle.title.split(":")[0]
            label = _beside(circle, _short(text), taken, self.width, self.height)
            if label:
                found.append(label)
        return found

    @property
    def size_keys(self) -> list[tuple[float, str]]:
        """Circles of the legend: radius and what it stands for."""
        if not any(b.size for b in self.bubbles):
            return []
        top = Decimal(str(self._greatest))
        rounded = [
            (top * part).quantize(Decimal(1)) if top >= 10 else top * part for part in (Decimal(1), Decimal("0.25"))
        ]
        return [(self.radius(size), number(size)) for size in rounded]


def _short(name: str) -> str:
    """Leave out the kind of unit, which every neighbour shares."""
    for kind in ("Xã ", "Phường ", "Đặc khu ", "Tỉnh ", "Thành phố "):
        name = name.removeprefix(kind)
    return name


def _beside(circle: DrawnCircle, text: str, taken: list[tuple], width: int, height: int) -> Label | None:
    """Try right, left, below and above of a circle; mark the room as taken where one is free."""
    long, half = len(text) * LETTER, len(text) * LETTER / 2
    x, y, r = circle.x, circle.y, circle.radius + 2
    tries = (
        (Label(x + r, y + 4, "start", text), (x + r, y - 5, x + r + long, y + 6)),
        (Label(x - r, y + 4, "end", text), (x - r - long, y - 5, x - r, y + 6)),
        (Label(x, y + r + 9, "middle", text), (x - half, y + r, x + half, y + r + LINE)),
        (Label(x, y - r - 2, "middle", text), (x - half, y - r - LINE, x + half, y - r)),
    )
    for label, box in tries:
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return label._replace(x=round(label.x, 1), y=round(label.y, 1))
    return None


def _overlap(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
