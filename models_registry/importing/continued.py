"""Cells that mean what stands above them: "nt" (như trên), and blanks below the first row of a block.

Merged cells say so themselves; here the officer is asked.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from communes.names import name_key
from models_registry.importing.columns import Field, Layout
from models_registry.importing.reader import is_blank
from models_registry.importing.shapes import Shape
from models_registry.importing.values import text
from models_registry.importing.workbooks import AS_ABOVE, NOTHING_ABOVE, Sheet, UnreadCell

SEATS = ("hamlet", "institution", "seat")
INNER = {**dict.fromkeys(SEATS, ("kind", "group")), "kind": ("group",)}
"""What begins anew where an outer column says something: a group goes on in no other hamlet."""
SHOWN = 3
DITTO = re.compile(r"""-?\s*(?:["“”〃]|''|//|n\.?t\.?|như trên)\s*-?""", re.IGNORECASE)


@dataclass(frozen=True)
class ContinuedSheet:
    """A sheet with its blanks filled, the headings of these columns, and some blocks: lines → what they mean."""

    sheet: Sheet
    headings: tuple[str, ...]
    count: int
    examples: tuple[tuple[str, str], ...]


def repeated(
    sheet: Sheet, layout: Layout, fields: Sequence[Field], *, read: bool, but: Collection[str] = ("name",)
) -> ContinuedSheet | None:
    """The sheet with what its "nt" repeat, or with faults in their place (``read``); None where there is none.

    The fields ``but``, the name itself, are never repeated, and nothing is over a row that heads others.
    """
    shape, rows, found = (
        Shape(sheet.rows, layout, fields),
        [list(row) for row in sheet.rows],
        dict[str, dict[int, Any]](),
    )
    skipped = {row: shape.may_head(row) for row in range(layout.head + 1, len(rows)) if shape.skipped(row)}
    for name, x in layout.columns.items():
        above: Any = ""
        for row in range(layout.head + 1, len(rows)) if name not in but else ():
            cell = shape.cell(row, x)
            if row in skipped:
                above = "" if skipped[row] else above
            elif not DITTO.fullmatch(shape.said(row, x)):
                above = cell if any(map(text, rows[row])) else above
            else:
                found.setdefault(name, {})[row] = above
                why = AS_ABOVE if not read else NOTHING_ABOVE if is_blank(above) else ""
                rows[row][x] = UnreadCell(why, text(cell)) if why else above
    headings = tuple(layout.headings[layout.columns[name]] for name in found)
    count = sum(map(len, found.values()))
    return ContinuedSheet(replace(sheet, rows=rows), headings, count, _examples(found)) if found else None


def continued(sheet: Sheet, layout: Layout, fields: Sequence[Field], names: Collection[str]) -> ContinuedSheet | None:
    """The sheet as it reads where blanks go on; None where its shape leaves a doubt that they do.

    The first row of data says it, no row says again what the row above says, and more cells are blank than not. A
    row that heads others ends a block, and a name that stands alone in its row begins none.
    """
    columns = {name: layout.columns[name] for name in names if name in layout.columns}
    if not columns or "name" not in layout.columns:
        return None
    lenient = [replace(one, required=one.required and one.name not in columns) for one in fields]
    shape = Shape(sheet.rows, layout, lenient)
    data = [
        row
        for row in range(layout.head + 1, len(sheet.rows))
        if shape.said(row, layout.columns["name"]) and not shape.skipped(row)
    ]
    found = {name: cells for name, x in columns.items() if (cells := _blanks(shape, data, name, columns))}
    rows = [list(row) for row in sheet.rows]
    for name, cells in found.items():
        for row, value in cells.items():
            rows[row] += [""] * (columns[name] + 1 - len(rows[row]))
            rows[row][columns[name]] = value
    headings = tuple(layout.headings[columns[name]] for name in found)
    count = sum(map(len, found.values()))
    return ContinuedSheet(replace(sheet, rows=rows), headings, count, _examples(found)) if found else None


def _blanks(shape: Shape, data: Sequence[int], name: str, columns: Mapping[str, int]) -> dict[int, Any]:
    """Row → what a blank of one column goes on with; empty where the shape leaves a doubt."""
    outer = [other for other in columns if name in INNER.get(other, ())]
    rivals = [other for other in columns if other in SEATS and name in SEATS and other != name]
    said = {row: shape.cell(row, columns[name]) for row in data}
    filled = [row for row in data if not is_blank(said[row])]
    if not filled or filled[0] != data[0]:
        return {}
    if any(name_key(text(said[one])) == name_key(text(said[other])) for one, other in _pairs(data, said)):
        return {}
    cells: dict[int, Any] = {}
    value, last = None, data[0] - 1
    for row in data:
        headed = any(shape.skipped(one) and shape.may_head(one) for one in range(last + 1, row))
        last = row
        if not is_blank(said[row]):
            value = said[row]
        elif headed or any(not is_blank(shape.cell(row, columns[other])) for other in (*outer, *rivals)):
            value = None
        elif value is not None and not shape.is_lone(row, is_headed=False):
            cells[row] = value
    return cells if len(cells) >= len(filled) else {}


def _pairs(data: Sequence[int], said: Mapping[int, Any]) -> list[tuple[int, int]]:
    """Rows of data that stand one below the other and both say something."""
    return [(one, other) for one, other in pairwise(data) if not is_blank(said[one]) and not is_blank(said[other])]


def _examples(found: Mapping[str, Mapping[int, Any]]) -> tuple[tuple[str, str], ...]:
    """The first blocks: "dòng 3–8" → "Tổ 1"."""
    blocks: list[list[Any]] = []
    cells = next(iter(found.values()), {})
    for row, value in cells.items():
        if blocks and blocks[-1][1] == row - 1 and blocks[-1][2] == value:
            blocks[-1][1] = row
        else:
            blocks.append([row, row, value])
    return tuple(
        (f"dòng {first + 1}" + (f"–{last + 1}" if last > first else ""), text(value))
        for first, last, value in blocks[:SHOWN]
    )
