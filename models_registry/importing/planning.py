"""What a workbook would change: every row new, changed, unchanged or refused, every fault with its cell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from communes.lifetimes import after_its_end
from communes.names import fold
from models_registry.importing.columns import LOOK_IN, Field, Layout, find_layout, guess_headings, match
from models_registry.importing.continued import continued
from models_registry.importing.kinds import Importer, RowFaults
from models_registry.importing.questions import (
    BLANKS,
    CLEAR,
    KEEP,
    READ,
    FileQuestion,
    about_blanks,
    about_columns,
    about_continued,
    about_hidden,
    as_above,
    hidden_columns,
    hidden_rows,
    in_unicode,
)
from models_registry.importing.shapes import Shape
from models_registry.importing.values import read_count, text
from models_registry.importing.workbooks import SHARED, Sheet, UnreadCell

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
STEP = 250  # rows between two words of progress
SKIPPED_SHEETS = ("vi du", "huong dan", "danh muc")
EMPTY_REQUIRED = "Còn trống. Mục này bắt buộc phải có."


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell, and the remedy."""

    sheet: str
    row: int  # from 0
    column: int | None  # None: the row as a whole
    heading: str
    value: str
    sentence: str

    @property
    def cell(self) -> str:
        """The cell as spreadsheets name it: "C12", or "dòng 12"."""
        return xl_rowcol_to_cell(self.row, self.column) if self.column is not None else f"dòng {self.row + 1}"


@dataclass(frozen=True)
class SkippedRow:
    """A title, section, sum or signature among the data."""

    sheet: str
    row: int  # from 0
    words: str

    @property
    def line(self) -> int:
        """The row as spreadsheets number it."""
        return self.row + 1


@dataclass
class PlannedRow:
    """One row of the file and what becomes of it."""

    sheet: str
    row: int  # from 0
    name: str
    outcome: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    """What a new row will hold, as understood: field → words."""

    @property
    def line(self) -> int:
        """The row as spreadsheets number it."""
        return self.row + 1


@dataclass
class PlannedSheet:
    """One sheet: which column is what, or that no heads were found in it."""

    name: str
    layout: Layout | None
    head: int
    headings: tuple[str, ...]
    lacking: list[str] = field(default_factory=list)
    remembered: bool = False  # matched as the officer did by hand in a file of the same heads


class Plan:
    """The plan of a whole file; :meth:`work` fills it, telling how far it is."""

    def __init__(
        self,
        sheets: list[Sheet],
        importer: Importer,
        chosen: dict[str, Any] | None = None,
        answers: Mapping[str, str] | None = None,
        remembered: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.remembered = remembered
        self.answers = answers or {}
        self.questions: list[FileQuestion] = []
        sheets, letters = in_unicode(sheets, self.answers)  # what is not answered yet is shown as it would be read
        self.questions += [letters] if letters else []
        self.sheets = [sheet for sheet in sheets if fold(sheet.name) not in SKIPPED_SHEETS and any(sheet.rows)]
        self.importer = importer
        importer.answers = self.answers
        importer.clears = self.answers.get(BLANKS) == CLEAR
        self.chosen = chosen or {}
        self.layouts: list[PlannedSheet] = []
        self.rows: list[PlannedRow] = []
        self.skipped: list[SkippedRow] = []
        self.later: list[Callable[[], None]] = []  # rows that are taken when all others are

    def work(self) -> Iterator[tuple[int, int]]:
        """Plan every row; yields (rows done, rows in all) now and then."""
        self.layouts = [self._layout(sheet) for sheet in self.sheets]
        found = zip(self.sheets, self.layouts, strict=True)
        self.sheets = [self.importer.whole(one, said.layout) if said.layout else one for one, said in found]
        passed = self._ask()
        self.sheets = [self._continued(one, said) for one, said in zip(self.sheets, self.layouts, strict=True)]
        of = sum(len(sheet.rows) for sheet in self.sheets)
        done = 0
        for sheet, planned in zip(self.sheets, self.layouts, strict=True):
            if planned.layout is None or (sheet.hidden and passed is not None):
                done += len(sheet.rows)
                continue
            self.importer.over(sheet.name, _titles(sheet, planned.layout))
            shape = Shape(sheet.rows, planned.layout, self.importer.fields, self.importer.is_known)
            headed = planned.layout.head
            for number in range(planned.layout.head + 1, len(sheet.rows)):
                if passed is not None and (sheet.name, number) in passed:
                    continue
                self.importer.lone = shape.is_lone(number, is_headed=headed == number - 1)
                marks = shape.marks(number)
                if words := shape.skipped(number) or self._heading(shape, number, marks):
                    self.skipped.append(SkippedRow(sheet.name, number, words))
                    headed = number
                    if shape.may_head(number):
                        self.importer.under(marks, number + 1)
                elif row := self._row(sheet, number, planned.layout):
                    self.rows.append(row)
                if number % STEP == 0:
                    yield done + number, of
            done += len(sheet.rows)
        for take in self.later:
            take()
        self.questions += self.importer.asked.values()
        if blanks := about_blanks(self.importer.kept, self.answers):
            self.questions.append(blanks)
        yield of, of

    def _continued(self, sheet: Sheet, planned: PlannedSheet) -> Sheet:
        """The sheet with what its "nt" repeat and its blanks go on with, where the officer does not say otherwise."""
        importer, layout = self.importer, planned.layout
        sheet, said = as_above(sheet, layout, importer.fields, self.answers) if layout else (sheet, None)
        self.questions += [said] if said else []
        found = continued(sheet, layout, importer.fields, importer.continued) if layout else None
        if found is None:
            return sheet
        self.questions.append(about_continued(sheet.name, found, self.answers))
        return sheet if self.questions[-1].answer == KEEP else found.sheet

    def _heading(self, shape: Shape, number: int, marks: list[str]) -> str:
        """The words of a row that heads others where no column says what it says; else ""."""
        if not shape.layout.lacks_what_may_stand_above(self.importer.fields):
            return ""
        name = shape.said(number, shape.layout.columns["name"])
        return " · ".join(marks)[:80] if self.importer.heads(name, marks) else ""

    def _ask(self) -> set[tuple[str, int]] | None:
        """Gather the questions about sheets and columns; return the hidden rows to pass by, None to read them."""
        hidden = []
        for sheet, planned in zip(self.sheets, self.layouts, strict=True):
            if planned.layout is None:
                continue
            columns = hidden_columns(sheet, planned.layout, self.importer.fields)
            hidden.append((sheet, hidden_rows(sheet, planned.layout.head + 1), columns))
            for one in self.importer.fields:
                question = about_columns(sheet, planned.layout, one, self.answers)
                if question:
                    self.questions.append(question)
                    planned.layout.columns[one.name] = int(question.answer or planned.layout.columns[one.name])
        question = about_hidden(hidden, self.answers)
        if question is None:
            return None
        self.questions.append(question)
        if question.answer == READ:
            return None
        shown = [planned for planned in self.layouts if planned.layout is not None]
        for planned, (_, _, columns) in zip(shown, hidden, strict=True):
            if planned.layout is not None:
                kept = {name: x for name, x in planned.layout.columns.items() if x not in columns}
                planned.layout = replace(planned.layout, columns=kept)
        return {(sheet.name, row) for sheet, rows, _ in hidden for row in rows}

    def _known_heads(self, sheet: Sheet) -> dict[str, Any] | None:
        """The matching of an earlier file whose heads this sheet has too."""
        for number in range(min(LOOK_IN, len(sheet.rows))):
            for one in self.remembered:
                if one.get("headings") and _has_heads(sheet, number, one["headings"]):
                    return {"head": number, "columns": one["columns"], "remembered": True}
        return None

    @property
    def open_questions(self) -> list[FileQuestion]:
        """Questions without an answer; nothing is written while there is one."""
        return [question for question in self.questions if not question.answer]

    def _layout(self, sheet: Sheet) -> PlannedSheet:
        chosen = self.chosen.get(sheet.name)
        if chosen and not _has_heads(sheet, chosen["head"], chosen.get("headings")):
            chosen = None  # carried over from a file of other heads
        if chosen is None and (known := self._known_heads(sheet)):
            chosen = known
        if chosen:
            row = sheet.rows[chosen["head"]] if chosen["head"] < len(sheet.rows) else []
            headings = tuple(text(cell) for cell in row)
            columns = {name: place for name, place in chosen["columns"].items() if place < len(headings)}
            layout = Layout(chosen["head"], columns, headings)
            lacking = self._lacking(columns, sheet, layout)
            by_hand = "remembered" in chosen
            return PlannedSheet(sheet.name, None if lacking else layout, chosen["head"], headings, lacking, by_hand)
        found = find_layout(sheet.rows, self.importer.fields)
        if found and self._stands_above(sheet, found):
            return PlannedSheet(sheet.name, found, found.head, found.headings)
        head, headings = guess_headings(sheet.rows)
        there = match(headings, self.importer.fields)
        return PlannedSheet(sheet.name, None, head, headings, self._lacking(there, sheet, None))

    def _lacking(self, columns: Mapping[str, int], sheet: Sheet, layout: Layout | None) -> list[str]:
        """The headings of required fields that no column has, nor anything above the rows."""
        is_above = layout is not None and "name" in columns and self._stands_above(sheet, layout)
        needed = [one for one in self.importer.fields if one.required and not (one.or_above and is_above)]
        missing = [one for one in needed if one.name not in columns]
        return [one.heading + (f" (hoặc {one.or_above})" if one.or_above else "") for one in missing]

    def _stands_above(self, sheet: Sheet, layout: Layout) -> bool:
        """Whether what a column may leave to the headings above its rows stands in one of them."""
        if not layout.lacks_what_may_stand_above(self.importer.fields):
            return True
        rows = [[said for cell in row if (said := text(cell))] for row in sheet.rows[layout.head + 1 :]]
        return self.importer.is_told_above(sheet.name, _titles(sheet, layout), rows)

    def _row(self, sheet: Sheet, number: int, layout: Layout) -> PlannedRow | None:
        cells = sheet.rows[number]
        raw = {name: cells[place] if place < len(cells) else "" for name, place in layout.columns.items()}
        if not (filled := {name for name, cell in raw.items() if text(cell) not in ("", "-", "–")}):
            return None
        faults: list[Fault] = []

        def complain(name: str | None, sentence: str) -> None:
            place = layout.columns.get(name or "")
            heading = layout.headings[place] if place is not None and place < len(layout.headings) else ""
            value = text(raw[name])[:80] if name in raw else ""
            faults.append(Fault(sheet.name, number, place, heading, value, sentence))

        values: dict[str, Any] = {}
        for one in self.importer.fields:
            if one.name not in raw:
                continue
            if one.name not in filled:
                if one.required and not (one.or_above and self.importer.supplies(one.name)):
                    complain(one.name, EMPTY_REQUIRED)
                    self.importer.doubt(" · ".join(filter(None, map(text, cells))), number + 1)
                continue
            cell = raw[one.name]
            if one.read is read_count and (number, layout.columns[one.name]) in sheet.shared:
                cell = UnreadCell(SHARED, text(cell))
            if isinstance(cell, UnreadCell):
                complain(one.name, cell.sentence)
                continue
            try:
                values[one.name] = one.read(cell)
            except ValueError as error:
                complain(one.name, str(error))
        if self._is_history(values, complain):
            self._pass_over(sheet, number, f"{text(raw.get('name', ''))}: đã kết thúc {text(values['ended_on'])}")
            return None
        row = PlannedRow(sheet.name, number, text(raw.get("name", "")), REFUSED, [], faults)
        if not faults:
            blank = {one.name for one in self.importer.fields if one.name in raw} - filled
            if self.importer.waits(values):
                self.later.append(partial(self._take, row, values, blank, complain))
            else:
                self._take(row, values, blank, complain)
        return row

    def _take(
        self, row: PlannedRow, values: dict[str, Any], blank: set[str], complain: Callable[[str | None, str], None]
    ) -> None:
        """Let the importer take a row that could be read."""
        self.importer.blank = blank
        shown = {key: self.importer.words(key, value) for key, value in values.items()}
        try:
            row.outcome, row.changes = self.importer.take(values, (row.sheet, row.row))
        except RowFaults as found:
            for column, sentence in found.faults:
                complain(column, sentence)
        else:
            row.shown = shown | self.importer.inferred

    def _is_history(self, values: dict[str, Any], complain: Callable[[str, str], None]) -> bool:
        """Whether a row ended while its commune went on; one that stood until a former commune was over is taken."""
        ended, last = values.get("ended_on"), self.importer.last
        if not isinstance(ended, date) or last is None or ended < last:
            return isinstance(ended, date)
        if ended > last:
            complain("ended_on", after_its_end(last))
        del values["ended_on"]
        return False

    def _pass_over(self, sheet: Sheet, number: int, words: str) -> None:
        self.skipped.append(SkippedRow(sheet.name, number, words))

    @property
    def faults(self) -> list[Fault]:
        """Every fault, in the order of the file."""
        return [fault for row in self.rows for fault in sorted(row.faults, key=lambda one: one.column or 0)]

    def columns_written(self) -> list[Field]:
        """The fields that new rows hold, in their order."""
        held = {name for row in self.rows if row.outcome == NEW for name in row.shown}
        return [one for one in self.importer.fields if one.name in held]

    def count(self, outcome: str) -> int:
        """How many rows have this outcome."""
        return sum(row.outcome == outcome for row in self.rows)


def _titles(sheet: Sheet, layout: Layout) -> list[str]:
    """What stands above the heads."""
    return [said for row in sheet.rows[: layout.head] for cell in row if (said := text(cell))]


def _has_heads(sheet: Sheet, row: int, headings: Sequence[str] | None) -> bool:
    """Whether a row of a sheet carries these heads; no heads to compare with are as good."""
    if headings is None:
        return True
    cells = sheet.rows[row] if row < len(sheet.rows) else []
    return [fold(text(cell)) for cell in cells] == [fold(one) for one in headings]
