"""What every rendering of figures shows: a table, drawn as HTML, chart, Excel or Word.

A table holds finished numbers; nothing that draws one adds anything up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from string import ascii_lowercase
from typing import Any

from django.conf import settings

from communes.templatetags.vietnamese import number

Number = int | Decimal
MINUS = "−"
FOLDED = "folded"  # the style of a line that holds many figures: after its head of each name, value and unit
MIDDLE = (
    "middle"  # the style of a line in the place of others, or above them: what it does with them, and what they are
)
SMALL = 10  # a base below it gives no percentage


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a number (None is blank, never zero) or words; ``url`` leads down to what is behind it."""

    value: Number | str | None
    url: str = ""
    note: str = ""
    style: str = ""
    share: int | None = None  # per cent of the column's greatest, for a bar
    past: Any = None  # a charts.Past: the months before and this one, for the line that stands beside every figure
    apart: Any = None  # a charts.Apart: where a part stood a year before and stands now
    swing: int | None = None  # how far it moved, -100 to 100, for a bar from the middle
    pick: str = ""  # the key by which a reviewer gives this cell back
    picked: bool = False  # whether it is chosen already
    on: str = ""  # what its text ends with, over what it is compared: on paper said once, below the table

    @property
    def text(self) -> str:
        """The value as it is read."""
        if self.value and not isinstance(self.value, str) and "signed" in self.style:
            return f"+{number(self.value)}" if self.value > 0 else f"{MINUS}{number(-self.value)}"
        if isinstance(self.value, Decimal) and "fixed" in self.style:
            return f"{self.value:,}".translate(str.maketrans(",.", ".,"))
        return self.value if isinstance(self.value, str) else number(self.value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading and whether it holds numbers; ``url`` sorts by it.

    A heading that is short has the whole one in ``full``; neighbours of one ``group`` share a head above theirs.
    """

    heading: str
    numeric: bool = True
    url: str = ""
    sorted: str = ""  # "ascending" or "descending"
    full: str = ""
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Title, columns, rows of cells, and notes such as the coverage."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=list)
    folds: bool = False  # on telephones its rows are read one by one

    @property
    def grounds(self) -> dict[str, tuple[str, str]]:
        """Over what its cells are compared: what stands in them → the letter for it on paper, and the whole of it."""
        said = dict.fromkeys((cell.on, cell.note) for row in self.rows for cell in row if cell.on)
        return {on: (letter, note) for letter, (on, note) in zip(ascii_lowercase, said, strict=False)}

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The heads above the headings: name and how many columns; empty where no column is grouped."""
        runs = [(name, len(list(run))) for name, run in groupby(self.columns, key=lambda column: column.group)]
        return runs if any(name for name, _ in runs) else []


def tells(value: Number, base: Number) -> bool:
    """Whether a move is large enough to be called a rise or a fall (settings ``TELLING_PERCENT, TELLING_UNITS``)."""
    moved = abs(Decimal(value) - Decimal(base))
    return not moved or (moved >= settings.TELLING_UNITS and is_share(value, base))


def is_share(value: Number, base: Number) -> bool:
    """Whether a move is as many per cent of its base as tell something (``TELLING_PERCENT``)."""
    return abs(Decimal(value) - Decimal(base)) * 100 >= settings.TELLING_PERCENT * Decimal(base)


def change(value: Number | None, base: Number | None, rise: str = "tăng", fall: str = "giảm") -> str:
    """Say how a figure moved: "tăng 391 (+10,7%)", "giảm 19 (−14,3%)", "không đổi"; "" if unknown.

    Small numbers speak as numbers: of a base under :data:`SMALL`, "từ 7 lên 11".
    """
    if value is None or base is None:
        return ""
    difference = value - base
    if not difference:
        return "không đổi"
    if base < SMALL:
        return f"từ {number(base)} {'lên' if difference > 0 else 'xuống'} {number(value)}"
    by = f"{rise} {number(difference)}" if difference > 0 else f"{fall} {number(-difference)}"
    return f"{by} ({rate_of_change(value, base)})"


def arrowed(value: Number | None, base: Number | None) -> str:
    """Say it in a cell, where columns of words would hide the numbers: "▲ 391 (+10,7%)", "▼ 19 (−14,3%)"."""
    return change(value, base, "▲", "▼")


def per_cent(value: Number, base: Number) -> Decimal:
    """Return by how many per cent of ``base``, which is not zero, a figure moved; one decimal."""
    return (Decimal(value - base) * 100 / Decimal(base)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def swing(value: Number, base: Number) -> int | None:
    """Return how far a figure moved, for its bar: 100 is a quarter of the base and more; None where there is no bar."""
    return max(-100, min(100, round(4 * per_cent(value, base)))) or None if base >= SMALL else None


def rate_of_change(value: Number, base: Number) -> str:
    """Return "+10,7%" or "−14,3%"; ``base`` is not zero."""
    return f"{'+' if value > base else MINUS}{number(abs(per_cent(value, base)))}%"


def shares(values: Sequence[Number | None]) -> list[int | None]:
    """Return each value as per cent of the greatest, for bars; None stays None."""
    greatest = max((v for v in values if v is not None), default=0)
    return [None if v is None or not greatest else round(100 * v / greatest) for v in values]
