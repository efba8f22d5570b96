"""Cells in the letters of before Unicode, found by their font or by themselves, and turned into Unicode."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from models_registry.importing.letters import WESTERN, convert, kind_of
from models_registry.importing.workbooks import Sheet

MOST_EXAMPLES = 3


@dataclass(frozen=True)
class LegacyText:
    """What of a file is written in an encoding of before: cells by sheet and place, some of them as examples."""

    cells: dict[tuple[str, int, int], str]
    examples: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The encodings, as officers call them."""
        kinds = set(self.cells.values())
        names = [
            ("TCVN3 (.VnTime)", kinds & {"tcvn3", "tcvn3h"}),
            ("VNI", kinds & {"vni"}),
            ("UTF-8 bị đọc sai", kinds & {"utf8"}),
        ]
        return ", ".join(name for name, found in names if found)


def _texts(sheets: list[Sheet]) -> Iterator[tuple[str, int, int, str]]:
    for sheet in sheets:
        for y, row in enumerate(sheet.rows):
            yield from ((sheet.name, y, x, cell) for x, cell in enumerate(row) if isinstance(cell, str))


def find(sheets: list[Sheet]) -> LegacyText | None:
    """Return what is written in an old encoding, by its font or by its letters, or None.

    Where everything that is not ASCII could be of the encoding, all of it is: "mới" in TCVN3 is "míi", which
    nothing gives away.
    """
    fonts = {(sheet.name, *place): kind for sheet in sheets for place, kind in sheet.legacy.items()}
    texts = [one for one in _texts(sheets) if not one[3].isascii()]
    by_letters = {(name, y, x): kind for name, y, x, text in texts if (kind := kind_of(text))}
    proper = {
        (name, y, x)
        for name, y, x, text in texts
        if any(ord(letter) > WESTERN for letter in text) and by_letters.get((name, y, x)) != "utf8"
    }
    mixed = bool(proper)
    cells = {place: kind for place, kind in fonts.items() if place in {(n, y, x) for n, y, x, _ in texts} - proper}
    if proper & fonts.keys():  # Unicode typed in an old font: there only letters that give themselves away count
        cells = {place: kind for place, kind in cells.items() if place in by_letters}
    if by_letters and not fonts and not mixed:
        kinds = list(by_letters.values())
        usual = max(set(kinds), key=kinds.count)
        cells = {(name, y, x): usual for name, y, x, _ in texts}
    else:
        cells |= {place: kind for place, kind in by_letters.items() if place not in cells}
    shown = [(text, convert(text, cells[n, y, x])) for n, y, x, text in texts if (n, y, x) in cells]
    changed = [(before[:60], after[:60]) for before, after in dict(shown).items() if before != after]
    return LegacyText(cells, tuple(changed[:MOST_EXAMPLES])) if changed else None


def converted(sheets: list[Sheet], found: LegacyText) -> list[Sheet]:
    """Return the sheets with what was found in Unicode."""

    def cell(name: str, y: int, x: int, value: Any) -> Any:
        kind = found.cells.get((name, y, x))
        return convert(value, kind) if kind and isinstance(value, str) else value

    return [
        replace(
            sheet,
            rows=[[cell(sheet.name, y, x, value) for x, value in enumerate(row)] for y, row in enumerate(sheet.rows)],
        )
        for sheet in sheets
    ]
