"""Distribution: a dot for each part along one axis, stacked where they crowd, with the quartiles."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.scale import Number, ceiling, marks, place, written

WIDTH, SIDE, TOP, BOTTOM = 720, 24, 26, 44
BINS = 48


class Dot(NamedTuple):
    """A part as it is given: its name and its value."""

    name: str
    value: Number | None


class DrawnDot(NamedTuple):
    """A dot as it is drawn."""

    x: float
    y: float
    title: str


def quantile(ordered: Sequence[Number], part: Decimal) -> Decimal:
    """Return the value below which ``part`` of the ordered values lie, between neighbours by proportion."""
    at = part * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    exact = Decimal(ordered[low]) + (Decimal(ordered[high]) - Decimal(ordered[low])) * (at - low)
    return written(exact, ordered)


@dataclass(frozen=True)
class Strip:
    """The distribution of one figure over the parts of a place."""

    title: str
    unit: str
    dots: Sequence[Dot]

    @cached_property
    def known(self) -> list[Dot]:
        """The parts that have a figure, the least first."""
        return sorted((dot for dot in self.dots if dot.value is not None), key=lambda dot: dot.value or 0)

    @property
    def blanks(self) -> list[str]:
        """The names of those that have none."""
        return [dot.name for dot in self.dots if dot.value is None]

    @cached_property
    def quartiles(self) -> tuple[Decimal, Decimal, Decimal]:
        """First quartile, median, third quartile; only where something is known."""
        values = [dot.value for dot in self.known if dot.value is not None]
        low, middle, high = (quantile(values, Decimal(part) / 4) for part in (1, 2, 3))
        return low, middle, high

    @cached_property
    def top(self) -> Decimal:
        """The end of the axis."""
        return ceiling(dot.value for dot in self.known)

    @cached_property
    def _bins(self) -> list[int]:
        return [min(BINS - 1, int(Decimal(dot.value or 0) / self.top * BINS)) for dot in self.known]

    @cached_property
    def pitch(self) -> float:
        """From one dot to the next above it: less where many crowd."""
        most = max(Counter(self._bins).values(), default=1)
        return round(min((WIDTH - 2 * SIDE) / BINS, 240 / most), 2)

    @property
    def radius(self) -> float:
        """Of a dot."""
        return round(min(self.pitch * 0.46, 6), 2)

    @cached_property
    def floor(self) -> float:
        """The height of the axis."""
        most = max(Counter(self._bins).values(), default=1)
        return round(TOP + most * self.pitch + 4, 1)

    @property
    def height(self) -> float:
        """Of the drawing."""
        return round(self.floor + BOTTOM, 1)

    @property
    def drawn(self) -> list[DrawnDot]:
        """The dots; those of one bin stand on each other."""
        stacked: Counter[int] = Counter()
        found = []
        for dot, at in zip(self.known, self._bins, strict=True):
            x = round(SIDE + (at + 0.5) * (WIDTH - 2 * SIDE) / BINS, 1)
            y = round(self.floor - 4 - (stacked[at] + 0.5) * self.pitch, 1)
            stacked[at] += 1
            found.append(DrawnDot(x, y, f"{dot.name}: {number(dot.value)} {self.unit}"))
        return found

    def x(self, value: Number) -> float:
        """Where a value lies."""
        return round(SIDE + place(value, self.top, WIDTH - 2 * SIDE), 1)

    @property
    def axis(self) -> list[tuple[float, str]]:
        """Labels below the axis."""
        return [(self.x(value), label) for value, label in marks(self.top)]

    @property
    def box(self) -> tuple[float, float, float]:
        """Where the quartiles lie."""
        low, middle, high = self.quartiles
        return self.x(low), self.x(middle), self.x(high)
