"""The line that stands beside every figure: thirteen months, the same month a year before to the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from statistics import median

from communes.templatetags.vietnamese import number
from reports.charts.scale import Number

WIDTH, HEIGHT, EDGE = 120, 28, 4
THIRDS = 6  # the band leaves a sixth of the months above and a sixth below


@dataclass(frozen=True)
class Past:
    """The values of the months, the oldest first; None is blank and a gap. ``odd`` marks the last one."""

    name: str
    values: Sequence[Number | None]
    odd: bool = False

    @cached_property
    def known(self) -> list[Number]:
        """The values that are there."""
        return [value for value in self.values if value is not None]

    def _x(self, at: int) -> float:
        return round(EDGE - 1 + at * (WIDTH - 2 * EDGE + 2) / max(1, len(self.values) - 1), 1)

    def _y(self, value: Number) -> float:
        low, high = min(self.known), max(self.known)
        if low == high:
            return HEIGHT / 2
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * float(value - low) / float(high - low), 1)

    @property
    def runs(self) -> list[str]:
        """The line, broken where a month is blank."""
        found: list[list[str]] = [[]]
        for at, value in enumerate(self.values):
            if value is None:
                found.append([])
            else:
                found[-1].append(f"{self._x(at)},{self._y(value)}")
        return [" ".join(run) for run in found if len(run) > 1]

    @property
    def then(self) -> tuple[float, float] | None:
        """Where the same month of the year before lies."""
        first = self.values[0] if self.values else None
        return None if first is None else (self._x(0), self._y(first))

    @property
    def now(self) -> tuple[float, float] | None:
        """Where the last month lies; None where it is blank."""
        last = self.values[-1] if self.values else None
        return None if last is None else (self._x(len(self.values) - 1), self._y(last))

    @property
    def middle(self) -> float | None:
        """Where the median lies."""
        return self._y(Decimal(median(map(Decimal, self.known)))) if self.known else None

    @property
    def band(self) -> tuple[float, float] | None:
        """Top and height of the band in which two thirds of the months lie."""
        if len(self.known) < THIRDS:
            return None
        ordered = sorted(self.known)
        aside = len(ordered) // THIRDS
        top, bottom = self._y(ordered[-1 - aside]), self._y(ordered[aside])
        return top, round(bottom - top, 1)

    @property
    def spoken(self) -> str:
        """The line in words."""
        if not self.known:
            return f"{self.name}: chưa có số liệu"
        last = self.values[-1]
        said = "chưa có" if last is None else number(last)
        span = f"từ {number(min(self.known))} đến {number(max(self.known))}"
        return f"{self.name}, {len(self.values)} tháng: {span}, gần nhất {said}"
