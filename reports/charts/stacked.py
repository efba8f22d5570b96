"""Composition: layers of one unit, stacked month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.scale import Number, ceiling, marks, place

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 260, 62, 12, 26


class Layer(NamedTuple):
    """One of the things stacked: its name and its value at each label; None is blank."""

    name: str
    values: Sequence[Number | None]


class DrawnPiece(NamedTuple):
    """A piece of a bar as it is drawn."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str


@dataclass(frozen=True)
class Stacked:
    """Bars of several layers; ``labels`` name the bars."""

    title: str
    unit: str
    labels: Sequence[str]
    layers: Sequence[Layer]

    @cached_property
    def _heights(self) -> list[Decimal]:
        return [
            sum((Decimal(layer.values[at] or 0) for layer in self.layers), Decimal(0)) for at in range(len(self.labels))
        ]

    @cached_property
    def top(self) -> Decimal:
        """The end of the axis."""
        return ceiling(self._heights)

    @property
    def bars(self) -> list[DrawnPiece]:
        """The pieces, from the first layer up; blanks and zeros have none."""
        step, tall = (WIDTH - LEFT) / max(1, len(self.labels)), HEIGHT - TOP - BOTTOM
        found = []
        for at, label in enumerate(self.labels):
            under = Decimal(0)
            for order, layer in enumerate(self.layers, start=1):
                value = layer.values[at]
                if not value:
                    continue
                low, high = place(under, self.top, tall), place(under + value, self.top, tall)
                under += value
                found.append(
                    DrawnPiece(
                        round(LEFT + (at + 0.16) * step, 1),
                        round(HEIGHT - BOTTOM - high, 1),
                        round(step * 0.68, 1),
                        round(high - low, 1),
                        f"c{order}",
                        f"{label}, {layer.name}: {number(value)} {self.unit}",
                    )
                )
        return found

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The legend: style and name of each layer that is drawn anywhere."""
        return [(f"c{order}", layer.name) for order, layer in enumerate(self.layers, start=1) if any(layer.values)]

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Grid lines: height and label."""
        tall = HEIGHT - TOP - BOTTOM
        return [(round(HEIGHT - BOTTOM - place(value, self.top, tall), 1), label) for value, label in marks(self.top)]

    @property
    def names(self) -> list[tuple[float, str]]:
        """Names below the bars, thinned where there are many."""
        step, every = (WIDTH - LEFT) / max(1, len(self.labels)), max(1, -(-len(self.labels) // 12))
        return [(round(LEFT + (at + 0.5) * step, 1), label) for at, label in enumerate(self.labels) if at % every == 0]

    @property
    def view_box(self) -> str:
        """Size of the drawing."""
        return f"0 0 {WIDTH} {HEIGHT}"
