"""Lines over months: some places, or one, to one scale; each line has its own dash, so that colour is not needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.scale import ceiling, marks

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 260, 70, 14, 14, 30
MOST = 8  # lines that can be told apart


class Line(NamedTuple):
    """A name and its values by month; None is blank."""

    name: str
    values: Sequence[int | None]


class DrawnLine(NamedTuple):
    """A line as it is drawn: its runs of months without a blank, and every value as a dot with its words."""

    number: int
    name: str
    runs: list[str]
    dots: list[tuple[float, float, str]]


@dataclass(frozen=True)
class Lines:
    """At most ``MOST`` lines over the same months."""

    title: str
    unit: str
    months: Sequence[str]
    lines: Sequence[Line]

    @property
    def view_box(self) -> str:
        """Size of the drawing."""
        return f"0 0 {WIDTH} {HEIGHT}"

    @cached_property
    def top(self) -> Decimal:
        """The value at the upper edge."""
        return ceiling(value for line in self.lines for value in line.values)

    @property
    def rules(self) -> list[tuple[float, str]]:
        """Grid lines: height and label."""
        return [(self._y(value), label) for value, label in marks(self.top)]

    @property
    def labels(self) -> list[tuple[float, str]]:
        """Names of the months, thinned where there are many."""
        every = -(-len(self.months) // 12)
        return [(self._x(at), name) for at, name in enumerate(self.months) if at % every == 0]

    @property
    def drawn(self) -> list[DrawnLine]:
        """Every line, broken where a month is blank."""
        return [self._draw(at, line) for at, line in enumerate(self.lines, start=1)]

    def _draw(self, at: int, line: Line) -> DrawnLine:
        runs: list[list[str]] = [[]]
        dots = []
        for place, value in enumerate(line.values):
            if value is None:
                runs.append([])
                continue
            x, y = self._x(place), self._y(value)
            runs[-1].append(f"{x},{y}")
            dots.append((x, y, f"{line.name}, {self.months[place]}: {number(value)} {self.unit}"))
        return DrawnLine(at, line.name, [" ".join(run) for run in runs if len(run) > 1], dots)

    def _x(self, at: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at + 0.5) / max(1, len(self.months)), 1)

    def _y(self, value: int | Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - float(value) / float(self.top)), 1)
