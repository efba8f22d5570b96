"""Where parts stood a year before and stand now, all on one axis: a ring, a dot and what is between.

A few parts far from all others would press these into one spot: the axis ends before them, and they stand at its edge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from statistics import median, quantiles
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.scale import Number, written

FEW = 4  # parts, below which they have no middle half
MANY = 8  # values, from which one can lie far from the others
FAR = 3  # lengths of the middle half beyond it: Tukey's outer fence


class Apart(NamedTuple):
    """One part on the axis, per cent of its length: then and now (None: not known), and the median of all.

    Below 0 or above 100 lies what the axis does not reach.
    """

    then: float | None
    now: float | None
    middle: float


@dataclass(frozen=True)
class Axis:
    """The axis of some parts: ``values`` are theirs now, ``before`` those of a year ago."""

    values: tuple[Number, ...]
    before: tuple[Number, ...]

    @classmethod
    def of(cls, values: Iterable[Number | None], before: Iterable[Number | None]) -> "Axis":
        """Lay it over what is known."""
        return cls(*(tuple(one for one in some if one is not None) for some in (values, before)))

    @cached_property
    def known(self) -> list[Number]:
        """Every value, the least first."""
        return sorted((*self.values, *self.before))

    @cached_property
    def ends(self) -> tuple[Number, Number]:
        """Its ends: the least and the greatest value that do not lie far from the others."""
        known = self.known
        if len(known) < MANY:
            return known[0], known[-1]
        low, _, high = quantiles(map(Decimal, known), method="inclusive")
        reach = FAR * (high - low)
        near = [one for one in known if low - reach <= one <= high + reach] if reach else known
        return near[0], near[-1]

    @property
    def middle(self) -> Number:
        """The median of now."""
        return Decimal(median(map(Decimal, self.values)))

    @property
    def shown_middle(self) -> Number:
        """The median as it is written."""
        return written(self.middle, self.values)

    @property
    def half(self) -> tuple[Number, Number]:
        """Between which values the middle half of the parts lies, each a value that one of them has."""
        ordered = sorted(self.values)
        return ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]

    def place(self, value: Number) -> float:
        """Where a value lies, in per cent of the axis."""
        low, high = map(Decimal, self.ends)
        return 50.0 if low == high else round(float((Decimal(value) - low) * 100 / (high - low)), 1)

    def apart(self, then: Number | None, now: Number | None) -> Apart:
        """Lay one part on it."""
        ring, dot = (None if one is None else self.place(one) for one in (then, now))
        return Apart(ring, dot, self.place(self.middle))

    def key(self, unit: str) -> str:
        """Say what the drawing shows."""
        low, high = self.ends
        reached = (low, high) == (self.known[0], self.known[-1])
        beyond = "" if reached else "; ‹ › ở mép: quá xa các nơi khác, nằm ngoài trục"
        return (
            f"○ cùng kỳ năm trước (nơi so được), ● kỳ này, trên trục từ {number(low)} đến {number(high)} {unit}; "
            f"vạch đứng: trung vị {number(self.shown_middle)}{beyond}."
        )

    def admits(self, what: str) -> str:
        """Admit that ranks in the middle mean little; nothing of few parts."""
        if len(self.values) < FEW:
            return ""
        low, high = self.half
        between = f"cùng là {number(low)}" if low == high else f"nằm trong khoảng {number(low)}–{number(high)}"
        return f"Ít nhất một nửa số {what} {between}: thứ hạng ở giữa bảng ít ý nghĩa."
