"""Names of people in two or three columns ("Họ đệm", "Tên"), put together before rows are read."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from communes.names import fold, name_key
from models_registry.importing.columns import Field, Layout
from models_registry.importing.reader import is_blank
from models_registry.importing.shapes import is_numbering
from models_registry.importing.values import read_text, text
from models_registry.importing.workbooks import HALF, Sheet, UnreadCell

FAMILY = (
    "họ đệm", "họ và đệm", "họ và tên đệm", "họ tên đệm", "họ, tên đệm", "họ, chữ đệm", "họ và chữ đệm", "họ lót",
    "họ và tên lót", "họ và chữ lót", "họ",
)  # fmt: skip
PARTS = (
    Field("family", FAMILY[0].capitalize(), read_text(100), also=FAMILY[1:], part_of="name", in_template=False),
    Field(
        "middle",
        "Tên đệm",
        read_text(100),
        also=("đệm", "chữ đệm", "tên lót", "chữ lót", "lót"),
        part_of="name",
        in_template=False,
    ),
)
GIVEN_WORDS = 2  # a given name has one word, some have two
WORDS_BEFORE = 2  # most names have so many before the given one
FEW = 12  # different words, each said twice or oftener: kinds of something, no names
VOWELS = frozenset("aeiouy")


def together(sheet: Sheet, layout: Layout, no_names: Collection[str]) -> Sheet:
    """The sheet with whole names in the column of names.

    They stand apart where heads say so, and where one head stands over two columns: its own, and the next, which has
    none and holds a short word beside most names; one of ``no_names`` (sexes, what people do) is a name here and there.
    """
    place = layout.columns["name"]
    before = [layout.columns[one.name] for one in PARTS if one.name in layout.columns]
    after = [] if before or not _is_second_half(sheet, layout, place + 1, no_names) else [place + 1]
    if not before and not after:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for row in rows[layout.head + 1 :]:
        if not is_numbering([said for cell in row if (said := text(cell))]):
            _join(row, place, before, after)
    return replace(sheet, rows=rows)


def _join(row: list[Any], place: int, before: Sequence[int], after: Sequence[int]) -> None:
    """Put the parts of one name into its own cell; a name whose last part is lacking is left blank there."""
    cells = {x: row[x] if x < len(row) else "" for x in (*before, place, *after)}
    unread = next((cell for cell in cells.values() if isinstance(cell, UnreadCell)), None)
    said = {x: text(cell) for x, cell in cells.items() if not is_blank(cell)}
    last = after[0] if after else place
    if last not in said and place in said and sum(not is_blank(cell) for cell in row) > len(said) + 1:
        row[place] = UnreadCell(HALF, said[place])
    if len(said) < 2 or last not in said:
        return
    whole = said[last]
    family = " ".join(said[x] for x in (*before, place, *after) if x in said and x != last)
    is_whole = f"{name_key(whole)} ".startswith(f"{name_key(family)} ")
    row[place] = unread or (whole if is_whole else f"{family} {whole}")
    for x in (*before, *after):
        if x < len(row):
            row[x] = ""


def _is_second_half(sheet: Sheet, layout: Layout, place: int, no_names: Collection[str]) -> bool:
    """Whether a column without a head holds the given names of the people before it."""
    heads = [row[place] for row in sheet.rows[max(0, layout.head - 1) : layout.head + 1] if place < len(row)]
    if place in layout.columns.values() or any(not is_blank(cell) for cell in heads):
        return False
    pairs = [
        (text(row[place - 1]), row[place] if place < len(row) else "")
        for row in sheet.rows[layout.head + 1 :]
        if place - 1 < len(row) and text(row[place - 1])
    ]
    filled = [(name, cell) for name, cell in pairs if not is_blank(cell)]
    are_whole = sum(len(name.split()) > WORDS_BEFORE for name, _ in filled) * 2 > len(filled)
    said = [name_key(text(cell)) for _, cell in filled]
    if _are_kinds(said, {name_key(one) for one in no_names}, are_whole=are_whole):
        return False
    is_name = [
        isinstance(cell, str)
        and not VOWELS.isdisjoint(fold(cell))
        and not any(letter.isdigit() for letter in cell)
        and len(text(cell).split()) <= GIVEN_WORDS
        and not f" {name_key(name)}".endswith(f" {name_key(text(cell))}")
        for name, cell in filled
    ]
    return len(filled) * 2 >= len(pairs) > 0 and sum(is_name) * 4 >= 3 * len(is_name)


def _are_kinds(said: Sequence[str], no_names: Collection[str], *, are_whole: bool) -> bool:
    """Whether words sort people and do not name them: sexes, positions, few that come again and again.

    Beside names that lack a word, few given names come again too.
    """
    different = len(set(said))
    comes_again = are_whole and len(said) > 2 and different * 2 <= len(said) and different <= FEW
    return comes_again or sum(one in no_names for one in said) * 2 > len(said)
