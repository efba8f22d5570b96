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


def marks(top: Decimal) -> list[tuple[Decimal, str]]:
    """Return zero and a few even steps up to ``top``, each with its label; whole numbers wherever they can be."""
    usual = 4 if top.normalize().as_tuple().digits == (2,) else 5
    whole = top >= 1 and top % 1 == 0
    steps = next(count for count in (usual, 5, 4, 2, 1) if not whole or (top / count) % 1 == 0)
    return [(top * part / steps, number(top * part / steps)) for part in range(steps + 1)]


def written(value: Number, of: Iterable[Number]) -> Decimal:
    """Return what was worked out from some values with no more decimals than they have, and one of whole ones."""
    places = max(1, *(-int(Decimal(one).as_tuple().exponent) for one in of))
    rounded = round(Decimal(value), places)
    return rounded if rounded % 1 else rounded.quantize(Decimal(1))


def place(value: Number, top: Number, length: float) -> float:
    """Return how far along ``length`` a value of 0 … ``top`` lies, to a tenth."""
    return round(float(value) / float(top) * length, 1)
