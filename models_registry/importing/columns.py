"""Finding which column is what: the row of heads, single or in two rows with merged cells, and the names people use."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from communes.names import fold, name_key
from models_registry.importing.values import read_count, text

REMARKS = "Lỗi cần sửa"  # the column that marked workbooks get
LOOK_IN = 25  # rows searched for the heads
WHOLE = ("tong", "tong so", "tong cong", "cong", "chung", "hien co", "so luong")
"""What stands over the column of a whole, beside those of its parts."""
SHARE = re.compile(r"%|\btỷ lệ\b|\btỉ lệ\b", re.IGNORECASE)
SHORTEST_PHRASE = 5  # letters of a name looked for inside longer headings


@dataclass(frozen=True)
class Field:
    """One thing a row may say: its heading, how a cell is read, and the other names of its column."""

    name: str
    heading: str
    read: Callable[[Any], Any]
    required: bool = False
    also: tuple[str, ...] = ()
    example: Any = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    in_template: bool = True
    part_of: str = ""  # the field whose text this column holds a part of
    never: str = ""  # a pattern of folded headings that hold a name of the column and are not its
    or_above: str = ""  # required, but what is named here may say it above the rows for all of them

    @property
    def labels(self) -> dict[Any, str]:
        """The words of values that are read from a choice of words; the first of several."""
        return getattr(self.read, "labels", {})

    @property
    def names(self) -> tuple[str, ...]:
        """Every folded name of the column, its heading first."""
        return tuple(fold(name) for name in (self.heading, *self.also))

    def bars(self, folded: str) -> bool:
        """Whether a folded heading is another column's whatever it holds: "Số hộ trước sáp nhập"."""
        return bool(self.never) and re.search(self.never, folded) is not None

    @property
    def phrases(self) -> list[tuple[str, str]]:
        """Names that may stand inside a longer heading, folded and as they are spelled."""
        names = [(fold(name), name_key(name)) for name in (self.heading, *self.also)]
        return [(folded, spelled) for folded, spelled in names if len(folded) >= SHORTEST_PHRASE]


@dataclass(frozen=True)
class Layout:
    """Where the heads are and which column holds which field."""

    head: int  # the last row of the heads, from 0
    columns: dict[str, int]
    headings: tuple[str, ...]
    rivals: dict[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)
    """Fields whose name several columns carry, with all of these columns."""

    def lacks_what_may_stand_above(self, fields: Sequence[Field]) -> bool:
        """Whether a required field has no column, and so must stand above the rows."""
        return any(one.or_above and one.name not in self.columns for one in fields)

    def unused(self) -> list[str]:
        """Headings of columns that nothing reads."""
        used = set(self.columns.values())
        known = {"", REMARKS}
        return [heading for place, heading in enumerate(self.headings) if heading not in known and place not in used]


def find_layout(rows: Sequence[Sequence[Any]], fields: Sequence[Field]) -> Layout | None:
    """Return the layout whose heads name most fields, every required one among them, or None."""
    best: Layout | None = None
    said = [[text(cell) for cell in row] for row in rows[: LOOK_IN + 1]]
    singles: list[tuple[int, list[str], list[str]]] = [(place, row, []) for place, row in enumerate(said[:LOOK_IN])]
    pairs = [(y + 1, _joined(said[y], lower), lower) for y, lower in enumerate(said[1:]) if not _is_title(said[y])]
    plainly = 0  # how many fields the best layout so far names by their very names
    for head, headings, lower in (*singles, *pairs):  # a title above single heads is no upper row of theirs
        columns = match(headings, fields, lower)
        exact = _exact(columns, fields, headings, lower)
        if all(field.name in columns for field in fields if field.required and not field.or_above) and (
            best is None
            or (lower and best.head == head - 1 and _misread(best, fields, headings))
            or (
                len(columns) > len(best.columns)
                and (
                    not lower
                    or exact > plainly
                    or best.head != head - 1
                    or _is_under(columns, fields, said[head - 1], lower)
                )
            )
        ):
            best, plainly = Layout(head, columns, tuple(headings), rivals_of(headings, fields, columns)), exact
    return _spread(best, said, fields) if best else None


def _misread(layout: Layout, fields: Sequence[Field], headings: Sequence[str]) -> bool:
    """Whether the line below says that a column is not what the heads alone say: "Số hộ" under "Trước sáp nhập"."""
    return any(
        one.bars(fold(headings[layout.columns[one.name]]))
        for one in fields
        if layout.columns.get(one.name, len(headings)) < len(headings)
    )


def _spread(layout: Layout, said: Sequence[Sequence[str]], fields: Sequence[Field]) -> Layout:
    """Take the line below the heads along where it parts the columns of a count: "Tổng số" is meant, else it is asked.

    "Số hộ" over "Hộ nghèo" and "Tổng số" is no count of the poor, nor of 2025 over "Năm 2025" and "Năm 2026".
    """
    lower = said[layout.head + 1] if layout.head + 1 < len(said) else []
    if not _is_under(layout.columns, fields, said[layout.head], lower):
        return layout
    columns, rivals = dict(layout.columns), dict(layout.rivals)
    filled = [place for place, heading in enumerate(layout.headings) if heading]
    for one in fields:
        place = columns.get(one.name)
        if place is None or one.read is not read_count:
            continue
        end = next((other for other in filled if other > place), len(lower))
        below = {x: lower[x] for x in range(place, min(end, len(lower))) if lower[x] and not SHARE.search(lower[x])}
        if len(below) > 1 and not any(map(str.isdigit, below.values())):
            whole = [x for x, words in below.items() if fold(words) in WHOLE]
            columns[one.name] = whole[0] if len(whole) == 1 else place
            rivals |= {} if len(whole) == 1 else {one.name: tuple(below)}
    if columns == layout.columns and rivals == layout.rivals:
        return layout
    return Layout(layout.head + 1, columns, tuple(_joined(layout.headings, lower)), rivals)


def _is_under(columns: dict[str, int], fields: Sequence[Field], upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a line goes on with the heads above it: as a row of data it would say what each row must."""
    must = [columns[one.name] for one in fields if one.required and one.name in columns]
    return all(place >= len(lower) or lower[place] in ("", *upper[place : place + 1]) for place in must)


def _exact(columns: dict[str, int], fields: Sequence[Field], *heads: Sequence[str]) -> int:
    """How many columns are headed by a field's very name: a line of data under the heads only holds such words.

    A group "chưa ghi tổ trưởng" is no column of schools ("trường").
    """
    names = {field.name: field.names for field in fields}
    return sum(
        any(place < len(row) and fold(row[place]) in names[name] for row in heads) for name, place in columns.items()
    )


def guess_headings(rows: Sequence[Sequence[Any]]) -> tuple[int, tuple[str, ...]]:
    """Return the row that looks most like heads (most cells of text) and its headings, for matching by hand."""

    def words(row: Sequence[Any]) -> int:
        return sum(isinstance(cell, str) and bool(cell.strip()) for cell in row)

    head = max(range(min(LOOK_IN, len(rows))), key=lambda place: words(rows[place]), default=0)
    return head, tuple(text(cell) for cell in rows[head]) if rows else ()


def _is_title(row: Sequence[str]) -> bool:
    """Whether a row says one thing at its beginning, as a title does and the upper of two rows of heads does not."""
    return bool(row and row[0]) and not any(row[1:])


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Heads in two rows: a merged upper cell stands over every cell below it until the next one."""
    joined, over = [], ""
    for place in range(max(len(upper), len(lower))):
        above = upper[place] if place < len(upper) else ""
        below = lower[place] if place < len(lower) else ""
        over = above or over
        first = "" if above == below else above if not below else over
        joined.append(f"{first} {below}".strip() if above or below else "")
    return joined


def rivals_of(headings: Sequence[str], fields: Sequence[Field], columns: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Return the fields that more than one column is called by, with these columns."""
    used = set(columns.values())
    found = {}
    for one in fields:
        if one.name in columns and fold(headings[columns[one.name]]) in one.names:
            others = [p for p, heading in enumerate(headings) if p not in used and fold(heading) in one.names]
            if others:
                found[one.name] = (columns[one.name], *others)
    return found


def _holds(heading: str, folded: str, name: str, spelled: str) -> bool:
    """Whether a heading holds a name as a phrase; one word alone, or with accents, letter by letter.

    "Tổ trưởng" is no school ("trường").
    """
    if f" {name} " not in f" {folded} ":
        return False
    plainly = heading.isascii() and " " in name
    return plainly or f" {spelled} " in f" {name_key(heading)} "


def match(headings: Sequence[str], fields: Sequence[Field], lower: Sequence[str] = ()) -> dict[str, int]:
    """Return field → column: exact names first, then headings that hold a name as a phrase, longest name first.

    ``lower`` is the lower of two rows of heads; what stands there alone counts as exact too.
    """
    found: dict[str, int] = {}
    taken: set[int] = set()
    folded = [fold(heading) for heading in headings]
    for row in (folded, [fold(heading) for heading in lower]):
        for field in fields:
            for name in field.names:
                place = next((at for at, said in enumerate(row) if said == name and not field.bars(folded[at])), None)
                if field.name not in found and place is not None and place not in taken:
                    found[field.name] = place
                    taken.add(place)
    phrases = [(name, spelled, field) for field in fields for name, spelled in field.phrases]
    for name, spelled, field in sorted(phrases, key=lambda one: -len(one[0])):
        if field.name in found:
            continue
        for place, heading in enumerate(folded):
            if place not in taken and not field.bars(heading) and _holds(headings[place], heading, name, spelled):
                found[field.name] = place
                taken.add(place)
                break
    return found
