"""Where parts stood a year before and stand now, all on one axis: a ring, a dot and what is between."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports.charts.scale import Number

FEW = 4  # parts, below which they have no middle half


class Apart(NamedTuple):
    """One part on the axis, per cent of its length: then and now (None: not known), and the median of all."""

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

    @property
    def ends(self) -> tuple[Number, Number]:
        """Its least and its greatest value."""
        return min((*self.values, *self.before)), max((*self.values, *self.before))

    @property
    def middle(self) -> Number:
        """The median of now."""
        return Decimal(median(map(Decimal, self.values)))

    @property
    def shown_middle(self) -> Number:
        """The median as it is written: with no more decimals than the values have, and one of whole ones."""
        places = max(1, *(-int(Decimal(one).as_tuple().exponent) for one in self.values))
        middle = Decimal(self.middle)
        return round(middle, places) if -int(middle.as_tuple().exponent) > places else middle

    @property
    def half(self) -> tuple[Number, Number]:
        """Between which values the middle half of the parts lies, each a value that one of them has."""
        ordered = sorted(self.values)
        return ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]

    def place(self, value: Number) -> float:
        """Where a value lies, in per cent."""
        low, high = map(Decimal, self.ends)
        return 50.0 if low == high else round(float((Decimal(value) - low) * 100 / (high - low)), 1)

    def apart(self, then: Number | None, now: Number | None) -> Apart:
        """Lay one part on it."""
        ring, dot = (None if one is None else self.place(one) for one in (then, now))
        return Apart(ring, dot, self.place(self.middle))

    def key(self, unit: str) -> str:
        """Say what the drawing shows."""
        low, high = self.ends
        return (
            f"○ cùng kỳ năm trước (nơi so được), ● kỳ này, trên trục từ {number(low)} đến {number(high)} {unit}; "
            f"vạch đứng: trung vị {number(self.shown_middle)}."
        )

    def admits(self, what: str) -> str:
        """Admit that ranks in the middle mean little; nothing of few parts."""
        if len(self.values) < FEW:
            return ""
        low, high = self.half
        between = f"cùng là {number(low)}" if low == high else f"nằm trong khoảng {number(low)}–{number(high)}"
        return f"Ít nhất một nửa số {what} {between}: thứ hạng ở giữa bảng ít ý nghĩa."
