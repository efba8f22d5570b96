"""How a file may call the rows and indicators of a month's grid."""

import re
from collections.abc import Sequence
from typing import Any

from communes.names import fold
from models_registry.importing.values import Lookup, text
from reports.catalogue import units_as_names, words_for
from reports.entry.grid import UNIT_ROW, Grid, Row
from reports.entry.month_turned import PLACES
from reports.models import Indicator

NAMES_IN = 4  # columns searched for a row's key or name
WITH_A_UNIT = re.compile(r"\s*\([^()]*\)\s*$")


class IndicatorNames:
    """How a file may call the indicators of a catalogue."""

    def __init__(self, indicators: Sequence[Indicator]) -> None:
        self.codes = {one.code: one for one in indicators}
        self.words = words_for(indicators)
        self.units = {words: one for words, one in units_as_names(indicators).items() if words not in self.words}

    def indicator(self, cell: Any) -> Indicator | None:
        """The indicator that a head means: by its code, or by a name with or without its unit."""
        said = text(cell) if isinstance(cell, str) else ""
        if not said:
            return None
        bare = WITH_A_UNIT.sub("", said)  # "Buổi họp (lượt)" though it is counted in "buổi"
        return self.codes.get(said) or self.words.get(fold(said)) or self.words.get(fold(bare))

    def heads(self, row: Sequence[Any], above: Sequence[Any] = ()) -> dict[int, Indicator]:
        """The columns that a line names as heads.

        Beside another head, or one of places, a short name that is a unit too ("Lượt") is a name where it stands once
        and nothing else stands over it: a line of units repeats them under other heads.
        """
        found = {place: one for place, cell in enumerate(row) if (one := self.indicator(cell))}
        said = [fold(text(cell)) for cell in row]
        if not found and not any(word in PLACES for word in said):
            return found
        over = [fold(text(cell)) for cell in above]
        loose = {
            place: one
            for place, words in enumerate(said)
            if (one := self.units.get(words))
            and said.count(words) == 1
            and (over[place : place + 1] or [""])[0] in ("", words)
        }
        return found | {place: one for place, one in loose.items() if one not in found.values()}


class Names(IndicatorNames):
    """How a file may call the rows and indicators of a grid."""

    def __init__(self, grid: Grid) -> None:
        super().__init__(grid.catalogue.entered)
        self.month, self.unit = grid.month, grid.unit.name
        self.rows = {row.key: row for row in grid.names}
        self.names = Lookup({line.name: line.row for line in grid.tops if line.row != UNIT_ROW})

    def row(self, cells: Sequence[Any], place: int | None = None) -> Row | None:
        """The row that a line of the file means: by its key, a hamlet's name, or its number in a column of places."""
        said = [text(cell) for cell in cells[:NAMES_IN] if isinstance(cell, str)]
        by_key = next((self.rows[one] for one in said if one in self.rows), None)
        by_name = next((found for one in said if one and (found := self.names.get(one)) is not None), None)
        number = text(cells[place]) if place is not None and place < len(cells) else ""
        return by_key or by_name or (self.names.by_number(number) if number.isdecimal() else None)

    def is_line(self, cells: Sequence[Any]) -> bool:
        """Whether a line names a row by its key or name: it is no head."""
        return self.row(cells) is not None

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers that each mean one hamlet."""
        said = {key.rpartition(" ")[2] for key in self.names.folded}
        return frozenset(one for one in said if one.isdecimal() and self.names.by_number(one) is not None)

    def is_place(self, name: str) -> bool:
        """Whether a head names a hamlet."""
        return self.names.get(name) is not None
