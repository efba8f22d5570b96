"""What a month's workbook leaves open: hidden sheets, rows and columns, two columns of one indicator, dashes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from models_registry.importing.questions import (
    HIDDEN,
    READ,
    SKIP,
    FileQuestion,
    asked_hidden,
    told_columns,
    told_rows,
)
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet
from reports.entry.grid import Grid, Row
from reports.entry.month_heads import OF_A_UNIT, is_of, titles_of
from reports.entry.month_turned import place_name
from reports.models import Indicator
from reports.months import Month

When = dict[str, str]
"""The answers, by the keys of their questions, that a cell waits for."""
ONLY_ONE = "Ô này đã có ở {before}. Hãy bỏ bớt một ô."


DASHES = ("-", "–", "—")
DASH, ZERO = "dash", "zero"
OpenCell = tuple[tuple[Row, Indicator], tuple[str, Any], When]
"""The place of a cell in the month, where it stands and what it says in the file, and what it waits for."""

ELSEWHERE = "elsewhere"


def about_titles(sheets: Sequence[Sheet], unit: str, month: Month) -> list[FileQuestion]:
    """Ask whether a file is meant that says it is of other months alone, or our own sheet of another unit."""
    if not (title := strange_title(sheets, unit, month)):
        return []
    sentence = f"Tệp ghi “{title[:80]}”, còn trang này là {unit}, {month.title}. Vẫn ghi số của tệp vào đây?"
    return [FileQuestion(ELSEWHERE, sentence, ((READ, f"Vẫn ghi vào {month.title} của {unit}"),), "")]


def strange_title(sheets: Sequence[Sheet], unit: str, month: Month) -> str:
    """The title of sheets that say they are of other months alone, or of another unit; "" where they do not.

    No unit ("") is compared with none.
    """
    titles = [title for sheet in sheets for title in titles_of(sheet)]
    units = {found[1] for one in titles if (found := OF_A_UNIT.fullmatch(one))}
    if (not titles or any(is_of(one, month) for one in titles)) and (not unit or units <= {unit}):
        return ""
    return titles[0]


class OpenPoints:
    """Gathers what is open while a workbook is read, then asks it."""

    def __init__(self) -> None:
        self.sheets: dict[str, int] = {}
        self.rows: dict[str, set[int]] = {}
        self.columns: dict[str, set[int]] = {}
        self.dashes: list[str] = []
        self.about_columns: list[FileQuestion] = []

    def when(self, sheet: Sheet, at: tuple[int, int], cell: Any, rival: When) -> When:
        """What a cell waits for; a hidden blank waits for nothing and asks nothing."""
        row, column = at
        is_hidden = sheet.hidden or row in sheet.hidden_rows or column in sheet.hidden_columns
        if not is_hidden:
            return rival
        if text(cell):
            if sheet.hidden:
                self.sheets[sheet.name] = self.sheets.get(sheet.name, 0) + 1
            elif row in sheet.hidden_rows:
                self.rows.setdefault(sheet.name, set()).add(row)
            else:
                self.columns.setdefault(sheet.name, set()).add(column)
        return {**rival, HIDDEN: READ}

    def of_dashes(self, found: Iterable[OpenCell], grid: Grid) -> Iterator[OpenCell]:
        """Let a dash wait for whether it says zero, where the month holds nothing; elsewhere it keeps what stands."""
        for (row, indicator), (at, cell), when in found:
            if text(cell) in DASHES and grid.cells.get((row, indicator.code)) is None:
                self.dashes.append(at)
                yield (row, indicator), (at, 0), {**when, DASH: ZERO}
            else:
                yield (row, indicator), (at, cell), when

    def hidden_line(self, sheet: Sheet, row: int, columns: Sequence[int]) -> None:
        """Ask of a line of which something is hidden."""
        for column in columns:
            self.when(sheet, (row, column), sheet.rows[row][column] if column < len(sheet.rows[row]) else "", {})

    def rivals(self, sheet: Sheet, head: int, columns: Mapping[int, Indicator]) -> dict[int, When | None]:
        """Columns that share their indicator: what each waits for, None for one that says nothing further."""
        found: dict[int, When | None] = {}
        for indicator in set(columns.values()):
            places = [place for place, one in columns.items() if one == indicator]
            said = {place: self._below(sheet, head, place) for place in places}
            full = [place for place in places if any(said[place])] or places
            if len(places) == 1:
                continue
            if len({tuple(said[place]) for place in full}) == 1:
                found |= dict.fromkeys(places, None) | {full[0]: {}}
                continue
            key = f"column:{sheet.name[:60]}:{indicator.code}"
            choices = tuple((str(place), place_name(sheet, place)) for place in full)
            what = choices[0][1].split()[0].lower()
            sentence = f"Trang “{sheet.name}” có {len(full)} {what} cùng là “{indicator.name}”. Lấy {what} nào?"
            self.about_columns.append(FileQuestion(key, sentence, choices, ""))
            found |= dict.fromkeys(places, None) | {place: {key: str(place)} for place in full}
        return found

    @staticmethod
    def _below(sheet: Sheet, head: int, place: int) -> list[str]:
        return [text(row[place]) if place < len(row) else "" for row in sheet.rows[head + 1 :]]

    def questions(self) -> list[FileQuestion]:
        """What is to be answered before anything is written."""
        said = [f"trang ẩn “{name}” ({count} ô)" for name, count in self.sheets.items()]
        for name, rows in self.rows.items():
            said += told_rows(name, rows)
        for name, columns in self.columns.items():
            said += told_columns(name, columns)
        asked = [*self.about_columns, *self._about_dashes()]
        return [asked_hidden(said, {}), *asked] if said else asked

    def _about_dashes(self) -> list[FileQuestion]:
        if not self.dashes:
            return []
        some = ", ".join(self.dashes[:3]) + ("…" if len(self.dashes) > 3 else "")
        choices = ((SKIP, "Chưa có số liệu: để trống"), (ZERO, "Không phát sinh: ghi 0"))
        return [FileQuestion(DASH, f"{len(self.dashes)} ô ghi dấu “-” ({some}) nghĩa là gì?", choices, "")]
