"""Contribution: shares of a total from the greatest down, with the sum of the shares so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.scale import ceiling
from reports.charts.scale import place as place_on

WIDTH, HEIGHT, LEFT, RIGHT, TOP = 720, 330, 52, 12, 14
CURVE, FLOOR, BARS = 190, 318, 88  # height of the curve's panel, foot and height of the bars' panel
HALF = Decimal(50)


class Share(NamedTuple):
    """A part's share of the total, in per cent, and that of all down to it."""

    name: str
    value: int
    share: Decimal
    so_far: Decimal


class DrawnShare(NamedTuple):
    """A bar as it is drawn."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Pareto:
    """``parts`` are (name, value) from the greatest value down, without blanks, ``total`` what they make."""

    title: str
    unit: str
    parts: Sequence[tuple[str, int]]
    total: int

    @cached_property
    def shares(self) -> list[Share]:
        """Every part with its share; none where the total is zero."""
        if not self.total:
            return []
        sums = accumulate(value for _, value in self.parts)
        return [
            Share(name, value, self._per_cent(value), self._per_cent(so_far))
            for (name, value), so_far in zip(self.parts, sums, strict=True)
        ]

    def _per_cent(self, value: int) -> Decimal:
        return (Decimal(value) * 100 / self.total).quantize(Decimal("0.01"))

    @property
    def few(self) -> int:
        """How many of the greatest make half of the total."""
        return next((place for place, one in enumerate(self.shares, start=1) if one.so_far >= HALF), 0)

    @cached_property
    def _step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(1, len(self.shares))

    def y(self, per_cent: Decimal | int) -> float:
        """The height of a sum of shares on the upper axis of 0 … 100 %."""
        return round(TOP + CURVE * (1 - float(per_cent) / 100), 1)

    @cached_property
    def top(self) -> Decimal:
        """The end of the lower axis, on which single shares stand: they would not be seen on the upper."""
        return ceiling(one.share for one in self.shares)

    @property
    def bars(self) -> list[DrawnShare]:
        """The shares, the greatest first."""
        gap = 0.15 if self._step > 3 else 0.05
        found = []
        for place, one in enumerate(self.shares):
            height = place_on(one.share, self.top, BARS)
            title = f"{one.name}: {number(one.value)} {self.unit}, {number(one.share)}%, cộng dồn {number(one.so_far)}%"
            x, width = LEFT + (place + gap / 2) * self._step, self._step * (1 - gap)
            found.append(DrawnShare(round(x, 1), round(FLOOR - height, 1), round(width, 1), height, title))
        return found

    @property
    def curve(self) -> str:
        """The points of the sum so far."""
        return " ".join(
            f"{LEFT + (place + 0.5) * self._step:.1f},{self.y(one.so_far)}" for place, one in enumerate(self.shares)
        )

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Grid lines of both panels: height and label."""
        return [
            *((self.y(part), f"{part}%") for part in (0, 25, 50, 75, 100)),
            *(
                (round(FLOOR - place_on(part, self.top, BARS), 1), f"{number(part)}%")
                for part in (Decimal(0), self.top)
            ),
        ]

    @property
    def view_box(self) -> str:
        """Size of the drawing."""
        return f"0 0 {WIDTH} {HEIGHT}"
