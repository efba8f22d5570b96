"""Classes of colour: as many values in each as in any other, or equal steps; blank and zero stand apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from communes.templatetags.vietnamese import number

Number = int | Decimal
MOST = 5
BLANK, ZERO = "q-blank", "q0"


def round_up(value: Decimal) -> Decimal:
    """The next of 1, 2, 2.5, 5 and 10 of its power of ten."""
    power = Decimal(10) ** value.adjusted()
    return next(power * one for one in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * one >= value)


class Key(NamedTuple):
    """A line of the legend: its style, its words, and how many values it holds."""

    style: str
    label: str
    held: int


@dataclass(frozen=True)
class Classes:
    """Classes of some values. ``limits`` are the greatest value of each class but zero and blank, rising."""

    values: tuple[Number | None, ...]
    limits: tuple[Number, ...]

    @classmethod
    def of(cls, values: Sequence[Number | None], most: int = MOST) -> "Classes":
        """Divide the values above zero into at most ``most`` classes; equal values share one."""
        known = sorted(value for value in values if value)
        cuts = {known[-(-len(known) * part // most) - 1] for part in range(1, most + 1)} if known else set()
        return cls(tuple(values), tuple(sorted(cuts)))

    @classmethod
    def even(cls, values: Sequence[Number | None], most: int = MOST) -> "Classes":
        """Divide the range from 0 into steps of one round width, so that two maps may be laid side by side."""
        known = [Decimal(value) for value in values if value]
        if not known:
            return cls(tuple(values), ())
        width = round_up(max(known) / most)
        return cls(tuple(values), tuple(width * step for step in range(1, most + 1)))

    def style(self, value: Number | None) -> str:
        """Return the class of a value: "q1" … "q5" (darkest last), "q0" for zero, "q-blank" for none."""
        if value is None:
            return BLANK
        if not value:
            return ZERO
        place = next((place for place, limit in enumerate(self.limits) if value <= limit), len(self.limits) - 1)
        return f"q{self._step(place)}"

    def _step(self, place: int) -> int:
        """Spread few classes over the whole palette, so that the greatest is always the darkest."""
        last = len(self.limits) - 1
        return MOST if not last else 1 + round(place * (MOST - 1) / last)

    @property
    def legend(self) -> list[Key]:
        """The classes that occur, from none to the greatest."""
        counts: dict[str, list[Number]] = {}
        for value in self.values:
            counts.setdefault(self.style(value), []).append(value or 0)
        words = {BLANK: "chưa có số liệu", ZERO: "0"}
        order = [BLANK, ZERO, *(f"q{step}" for step in range(1, MOST + 1))]
        return [
            Key(style, words.get(style) or _range(counts[style]), len(counts[style]))
            for style in order
            if style in counts
        ]


def _range(values: list[Number]) -> str:
    low, high = min(values), max(values)
    return number(low) if low == high else f"{number(low)} – {number(high)}"
