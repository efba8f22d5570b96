"""Small multiples: a line for each part over the same months, all to one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from communes.templatetags.vietnamese import number

WIDTH, HEIGHT, EDGE = 160, 44, 3


class Sparkline(NamedTuple):
    """A part and its values by month; None is blank."""

    name: str
    url: str
    values: Sequence[int | None]


class DrawnPart(NamedTuple):
    """A part as it is drawn: its runs of months without a blank, the last known month, its values in words."""

    name: str
    url: str
    runs: list[str]
    dots: list[tuple[float, float]]
    last: str
    spoken: str


@dataclass(frozen=True)
class Multiples:
    """Lines of one figure; ``top`` is the greatest value of all of them."""

    title: str
    unit: str
    lines: Sequence[Sparkline]

    @cached_property
    def top(self) -> int:
        """The value at the upper edge."""
        return max((value for line in self.lines for value in line.values if value), default=1)

    def point(self, at: int, value: int, months: int) -> tuple[float, float]:
        """Where a month's value lies."""
        x = EDGE + at * (WIDTH - 2 * EDGE) / max(1, months - 1)
        return round(x, 1), round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / self.top, 1)

    @property
    def drawn(self) -> list[DrawnPart]:
        """Every part; a line breaks where a month is blank, a month between blanks is a dot."""
        found = []
        for line in self.lines:
            runs: list[list[tuple[float, float]]] = [[]]
            for at, value in enumerate(line.values):
                if value is None:
                    runs.append([])
                else:
                    runs[-1].append(self.point(at, value, len(line.values)))
            last = next((value for value in reversed(line.values) if value is not None), None)
            found.append(
                DrawnPart(
                    line.name,
                    line.url,
                    [" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1],
                    [run[0] for run in runs if len(run) == 1],
                    number(last),
                    ", ".join("trống" if value is None else number(value) for value in line.values),
                )
            )
        return found
