"""The trend of one figure: bars by month, last year's behind them."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from communes.templatetags.vietnamese import number

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 240, 56, 36, 14


class Point(NamedTuple):
    """One month: its name, its value, and the value a year before; None is blank."""

    label: str
    value: int | None
    before: int | None


class Bar(NamedTuple):
    """A bar as it is drawn, in the units of the view box."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str


@dataclass(frozen=True)
class Trend:
    """Values by month, last year's behind them."""

    title: str
    unit: str
    points: list[Point]

    @cached_property
    def greatest(self) -> int:
        """A round number at or above every value."""
        top = max((v for p in self.points for v in (p.value, p.before) if v), default=0)
        step = 10 ** max(0, len(str(top)) - 1)
        return max(1, -(-top // step) * step)

    @property
    def view_box(self) -> str:
        """Size of the drawing."""
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Grid lines: height and label."""
        return [(self._y(self.greatest * part / 4), number(round(self.greatest * part / 4))) for part in (0, 2, 4)]

    @property
    def bars(self) -> list[Bar]:
        """Last year's bars, then this year's before them."""
        width = (WIDTH - LEFT) / max(1, len(self.points))
        bars = []
        for place, point in enumerate(self.points):
            x = LEFT + place * width
            for value, style, inset in ((point.before, "before", 0.14), (point.value, "now", 0.3)):
                if value is not None:
                    y = self._y(value)
                    when = "cùng kỳ năm trước" if style == "before" else ""
                    title = f"{point.label} {when}: {number(value)} {self.unit}".replace(" :", ":")
                    bars.append(
                        Bar(
                            round(x + width * inset, 1),
                            y,
                            round(width * (1 - 2 * inset), 1),
                            round(HEIGHT - BOTTOM - y, 1),
                            style,
                            title,
                        )
                    )
        return bars

    @property
    def labels(self) -> list[tuple[float, str]]:
        """Names of the months below the bars, thinned where there are many."""
        width = (WIDTH - LEFT) / max(1, len(self.points))
        every = max(1, len(self.points) // 12)
        return [
            (round(LEFT + (place + 0.5) * width, 1), point.label.removeprefix("tháng "))
            for place, point in enumerate(self.points)
            if place % every == 0
        ]

    def _y(self, value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / self.greatest), 1)
