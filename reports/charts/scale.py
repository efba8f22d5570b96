"""Axes: round numbers, and places along a line."""

from collections.abc import Iterable
from decimal import Decimal

from communes.templatetags.vietnamese import number

Number = int | Decimal
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


def ceiling(values: Iterable[Number | None]) -> Decimal:
    """Return a round number at or above every value, at least 1 unless every value lies below."""
    top = max((Decimal(value) for value in values if value), default=Decimal(1))
    power = Decimal(10) ** top.adjusted()
    return next(step * power for step in STEPS if step * power >= top)


def marks(top: Decimal, count: int = 4) -> list[tuple[Decimal, str]]:
    """Return ``count`` even steps of an axis and zero, each with its label; whole numbers where they are."""
    steps = count if all((top * part / count) % 1 == 0 for part in range(count)) or top < 1 else 2
    if top == 1:
        steps = 1
    return [(top * part / steps, number(top * part / steps)) for part in range(steps + 1)]


def place(value: Number, top: Number, length: float) -> float:
    """Return how far along ``length`` a value of 0 … ``top`` lies, to a tenth."""
    return round(float(value) / float(top) * length, 1)
