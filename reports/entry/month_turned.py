"""How a month's sheet is laid: the other way round (it is read as if it were turned), or with its columns numbered."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from communes.names import fold
from models_registry.importing.reader import column_name
from models_registry.importing.shapes import is_number, is_total
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet
from reports.entry.month_heads import PAST, is_now, is_past
from reports.months import Month

LOOK_IN = 25  # rows searched for the line of hamlets
NAMES_IN = 4  # columns searched for an indicator's name
NO_PLACES = {"", "tt", "stt", "so tt", "so thu tu", "dvt", "don vi tinh", "don vi", "ghi chu", "ma", "ma chi tieu"}
PLACES = (
    "khu dan cu",
    "khu",
    "thon",
    "to dan pho",
    "ten khu dan cu",
    "dia ban",
    "khu dan cu to",
    "ten khu",
    "thon ban",
)


@dataclass(frozen=True)
class Turned(Sheet):
    """A sheet whose lines are the columns of the file, from the row (``first``) that names the hamlets."""

    first: int = 0
    numbered: bool = False  # whether bare numbers among the heads mean hamlets

    def at(self, line: int, place: int) -> tuple[int, int]:
        """Row and column in the file."""
        return place + self.first, line


def line_name(sheet: Sheet, number: int) -> str:
    """What a line is called in the file: a row by its number, or a column by its letter."""
    return f"cột {column_name(number)}" if isinstance(sheet, Turned) else f"dòng {number + 1}"


def place_name(sheet: Sheet, place: int) -> str:
    """What the place of an indicator is called in the file: a column, or where it is turned a row."""
    return f"Dòng {place + sheet.first + 1}" if isinstance(sheet, Turned) else f"Cột {column_name(place)}"


@dataclass(frozen=True)
class Known:
    """What a sheet may name: hamlets by their names, or all of them by their numbers; indicators."""

    names_row: Callable[[str], bool]
    numbers: frozenset[str]
    names_indicator: Callable[[Any], object]
    month: Month | None = None


def turned(sheet: Sheet, known: Known) -> Turned | None:
    """Turn a sheet whose lines are indicators and whose columns are hamlets, at least two lines of them; else None.

    Bare numbers mean hamlets beside one that is named, under a word for places, or where they are all there are.
    """
    lines_of = [number for number, row in enumerate(sheet.rows) if any(map(known.names_indicator, row[:NAMES_IN]))]
    if len(lines_of) < 2:
        return None
    for first, row in enumerate(sheet.rows[:LOOK_IN]):
        numbers = [said for cell in row if (said := text(cell)).isdecimal()]
        named = any(isinstance(cell, str) and known.names_row(text(cell)) for cell in row)
        if named or (first < lines_of[0] and _are_hamlets(sheet, first, numbers, known.numbers)):
            lines = _of_this_month([list(line) for line in zip_longest(*sheet.rows[first:], fillvalue="")], known.month)
            asked = [line if _is_read(line, known.names_indicator, known.month) else [] for line in lines]
            return Turned(sheet.name, asked, first=first, numbered=bool(numbers))
    return None


def _of_this_month(lines: list[list[Any]], month: Month | None) -> list[list[Any]]:
    """Give a hamlet's name over "Kỳ trước" and "Kỳ này", or over months, to the column that is this month's alone."""
    name: Any = ""
    for line in lines:
        name = line[0] if text(line[0]) else name
        below = [said for cell in line[1:3] if (said := fold(text(cell)))]
        if any(is_now(said, month) for said in below):
            line[0] = name
        elif past := next((said for said in below if is_past(said, month)), ""):
            line[0] = past
    return lines


def _are_hamlets(sheet: Sheet, first: int, numbers: Sequence[str], known: frozenset[str]) -> bool:
    """Whether the bare numbers of a line, two at least and each once, mean hamlets and nothing else."""
    bare = [number.lstrip("0") for number in numbers]
    if len(bare) < 2 or len(set(bare)) < len(bare) or counts_columns(sheet.rows[first]) or not known.issuperset(bare):
        return False
    above = [fold(text(cell)) for row in sheet.rows[: first + 1] for cell in row]
    return set(bare) == known or any(word in PLACES for word in above)


def _is_read(line: list[Any], names_indicator: Callable[[Any], object], month: Month | None) -> bool:
    """Whether a column of the file names the indicators, or may be a hamlet's."""
    if any(map(names_indicator, line)):
        return True
    head = fold(text(line[0]))
    return not (head in NO_PLACES or is_past(head, month) or is_total(text(line[0])))


def unread_notes(sheet: Sheet, head: int, read: Collection[int], lines: Collection[int], of: str) -> list[str]:
    """Name the columns that nothing reads; ``of`` says whose indicators are read ("của tháng này")."""
    if not (heads := _unread_heads(sheet, head, read, lines)):
        return []
    what = "dòng" if isinstance(sheet, Turned) else "cột"
    listed = "; ".join(f"“{one[:60]}”" for one in heads[:8]) + ("…" if len(heads) > 8 else "")
    return [f"Trang “{sheet.name}”: không đọc {what} {listed}, không phải chỉ tiêu {of}."]


def _unread_heads(sheet: Sheet, head: int, read: Collection[int], lines: Collection[int]) -> list[str]:
    """What stands over columns that nothing reads although lines of places hold numbers in them.

    Running numbers, sums, names of places and months past are left out.
    """
    found = []
    upper = sheet.rows[head - 1] if head else []
    for place, cell in enumerate(sheet.rows[head]):
        if isinstance(sheet, Turned) and not place:
            continue  # what heads the names of the indicators
        words = text(cell) or (text(upper[place]) if place < len(upper) else "")
        said = fold(words)
        if place in read or not said or said in NO_PLACES or said in PLACES or said.startswith(PAST) or is_total(words):
            continue
        below = [sheet.rows[line][place] for line in lines if place < len(sheet.rows[line])]
        if any(is_number(one) for one in below if text(one)):
            found.append(words)
    return found


def counts_columns(cells: Sequence[Any]) -> bool:
    """Whether the line under the heads numbers the columns: 1 2 3 4, (1) (2) (3)."""
    said = [text(cell).strip("()") for cell in cells if text(cell)]
    return len(said) > 2 and said == [str(place + 1) for place in range(len(said))]
