"""Classes of colour: as many values in each as in any other, or equal steps; blank and zero stand apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

Number = int | Decimal
MOST = 5
BLANK, ZERO = "q-blank", "q0"
NO_FIGURES = "chưa có số liệu"
SIGNS = str.maketrans(",.", ".,")


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
        places = _shared_places([counts[style] for style in sorted(counts) if style not in (BLANK, ZERO)])
        words = {BLANK: NO_FIGURES, ZERO: "0"}
        order = [BLANK, ZERO, *(f"q{step}" for step in range(1, MOST + 1))]
        return [
            Key(style, words.get(style) or _range(counts[style], places), len(counts[style]))
            for style in order
            if style in counts
        ]


def _places(value: Number) -> int:
    return max(0, -int(Decimal(value).normalize().as_tuple().exponent))


def _shared_places(classes: list[list[Number]]) -> int:
    """The fewest decimals of any broken value that keep the classes, lowest first, apart and above zero."""
    every = {_places(value) for values in classes for value in values} - {0}
    for places in sorted(every):
        ends = [Decimal(0), *(round(Decimal(end), places) for values in classes for end in (min(values), max(values)))]
        if all(below < above for below, above in zip(ends[::2], ends[1::2], strict=False)):
            return places
    return max(every, default=0)


def _range(values: list[Number], places: int) -> str:
    """Write the ends of a class, each with as many decimals as the other classes have."""
    low, high = (f"{round(Decimal(end), places):,f}".translate(SIGNS) for end in (min(values), max(values)))
    return low if low == high else f"{low} – {high}"
