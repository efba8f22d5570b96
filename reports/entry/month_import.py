"""A filled workbook of a month read against its grid: which cells it would change, and what it does not say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from xlsxwriter.utility import xl_rowcol_to_cell

from communes.counts import no_count, not_whole, parse_count
from communes.models import User
from communes.names import fold
from communes.privacy import quoting_without_personal_numbers, without_personal_numbers
from communes.refusals import Objection, Refused
from communes.trail import recording as trail
from models_registry.importing import legacy
from models_registry.importing.questions import FileQuestion
from models_registry.importing.shapes import is_number, is_total
from models_registry.importing.values import text
from models_registry.importing.workbooks import SHARED, Sheet, UnreadCell
from reports.entry import month_weapons
from reports.entry.checks import Problem, problems_of
from reports.entry.figures import CellWrite, Outcome, record
from reports.entry.grid import UNIT_ROW, Grid, Row
from reports.entry.month_asked import DASHES, ONLY_ONE, OpenPoints, When, about_titles
from reports.entry.month_file import KEY, LAST_MONTH
from reports.entry.month_heads import is_now, is_of, split, titles_of
from reports.entry.month_names import NAMES_IN, Names
from reports.entry.month_strangers import Strangers
from reports.entry.month_turned import PLACES, Known, Turned, counts_columns, line_name, turned, unread_notes
from reports.models import FigureImport, Indicator, MonthlyReport

LOOK_IN = 25  # rows searched for the heads
BLANKS = ("", *DASHES)
NO_HEADS = (
    "Không thấy cột chỉ tiêu nào. Hãy dùng sổ tháng tải từ trang nhập tháng, hoặc giữ tên chỉ tiêu ở dòng tiêu đề."
    " Bảng có chỉ tiêu theo dòng, khu theo cột cũng đọc được: giữ tên khu ở dòng tiêu đề, tên chỉ tiêu ở cột đầu."
)
NO_ROWS = (
    "Thấy cột chỉ tiêu nhưng không dòng nào mang tên khu dân cư của đơn vị. Hãy ghi tên khu ở cột bên trái các số."
)


@dataclass
class MonthPlan:
    """What a workbook would write into a month; faults and notes are sentences with their cells."""

    cells: list[CellWrite] = field(default_factory=list)
    unchanged: int = 0
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    """Cell ("Trang 1 C5"), what stands there, what is wrong."""
    notes: list[str] = field(default_factory=list)
    kept: int = 0  # blanks of the file where the grid has a figure: they stay
    open_cells: list[tuple[CellWrite, When]] = field(default_factory=list)
    """Cells that are written only if a question is answered so."""
    questions: list[FileQuestion] = field(default_factory=list)
    weapons: list[dict[str, Any]] = field(default_factory=list)
    """Lines of weapons to add, as ``month_weapons.kept`` has them."""

    def said(self) -> list[str]:
        """The notes, with how many blanks keep what stands."""
        kept = [f"{self.kept} ô trống trong tệp mà bảng đang có số: giữ nguyên số trong bảng."] if self.kept else []
        return [*self.notes, *kept]


def read_figure(cell: Any) -> int | None:
    """A cell as a count; None for a blank. Raises ``ValueError`` with a sentence."""
    if isinstance(cell, UnreadCell):
        raise ValueError(cell.sentence)
    if isinstance(cell, (bool, date)):
        raise ValueError(no_count(text(cell)))
    if isinstance(cell, float) and not cell.is_integer():
        raise ValueError(not_whole(cell))
    said = text(cell)
    return None if said in BLANKS else parse_count(said)


def plan_month(sheets: list[Sheet], grid: Grid) -> MonthPlan:
    """Read a workbook against a month; nothing is written. What is hidden or stands in two columns is asked about."""
    plan, names, asked = MonthPlan(), Names(grid), OpenPoints()
    sheets = [one for one in sheets if one.rows]
    if letters := legacy.find(sheets):
        plan.notes.append(f"Chữ theo bảng mã {letters.name} được đọc sang Unicode để khớp tên khu và chỉ tiêu.")
        sheets = legacy.converted(sheets, letters)
    sheets = _of_the_month(sheets, grid, names, plan)
    found = [
        ((row, indicator), (f"{sheet.name} {xl_rowcol_to_cell(*at)}", cell), asked.when(sheet, at, cell, rival))
        for sheet in sheets
        if not month_weapons.heads_of(sheet)
        for row, indicator, at, cell, rival in _cells(sheet, names, plan, asked)
    ]
    seen: dict[tuple[Row, str], str] = {}
    for place, said, when in sorted(asked.of_dashes(found, grid), key=lambda one: bool(one[2])):  # in the open first
        if when:
            _take_open(plan, grid, place, said, when, seen)
        else:
            take(plan, grid, place, said, seen)
    has_weapons = _take_weapons(plan, grid, sheets, asked)
    if not found and not has_weapons and not plan.faults:
        plan.faults.append(("", "", NO_ROWS if any(_heads(sheet, names)[1] for sheet in sheets) else NO_HEADS))
    plan.questions = asked.questions()
    if plan.cells or plan.open_cells or plan.weapons:
        plan.questions = [*about_titles(sheets, grid.unit.name, grid.month), *plan.questions]
    return plan


def _of_the_month(sheets: list[Sheet], grid: Grid, names: Names, plan: MonthPlan) -> list[Sheet]:
    """Leave out the sheets that say they are of another month, where a sheet beside them holds figures."""
    others = [one for one in sheets if (titles := titles_of(one)) and not any(is_of(t, grid.month) for t in titles)]
    rest = [one for one in sheets if one not in others]
    if not others or not any(_heads(one, names)[1] for one in rest if not one.hidden):
        return sheets
    listed = ", ".join(f"“{one.name}”" for one in others)
    plan.notes.append(f"Không đọc trang {listed}: ghi tháng khác, không phải {grid.month.title}.")
    return rest


def _take_weapons(plan: MonthPlan, grid: Grid, sheets: list[Sheet], asked: OpenPoints) -> bool:
    """Read the sheets of weapons; gives whether there is one. Of lines that are hidden it is asked as of cells."""
    pages, lines = [sheet for sheet in sheets if month_weapons.heads_of(sheet)], month_weapons.WeaponLines(grid)
    for sheet in pages:
        for number, said, line, sentence, when in lines.read(sheet):
            if sentence:
                more = " (dòng chỉ ghi nếu được chọn)" if when else ""
                plan.faults.append((f"{sheet.name} dòng {number + 1}", said, sentence + more))
            elif line:
                plan.weapons.append({**line, "when": when} if when else line)
            else:
                plan.unchanged += 1
            if when and line:
                asked.hidden_line(sheet, number, month_weapons.places_of(sheet))
    return bool(pages)


def _take_open(
    plan: MonthPlan,
    grid: Grid,
    place: tuple[Row, Indicator],
    said: tuple[str, Any],
    when: When,
    seen: Mapping[tuple[Row, str], str],
) -> None:
    """Put a cell that waits for an answer among those; one of a place that is given in the open too is a fault."""
    (row, indicator), (at, cell) = place, said
    apart = MonthPlan()
    take(apart, grid, place, said, {})
    plan.faults += [(*fault[:2], f"{fault[2]} (ô chỉ ghi nếu được chọn)") for fault in apart.faults]
    before = seen.get((row, indicator.code))
    if before and (apart.cells or apart.unchanged):
        plan.faults.append((at, text(cell)[:60], ONLY_ONE.format(before=before)))
    else:
        plan.open_cells += [(one, when) for one in apart.cells]


def take(
    plan: MonthPlan,
    grid: Grid,
    place: tuple[Row, Indicator],
    said: tuple[str, Any],
    seen: dict[tuple[Row, str], str],
) -> None:
    """Put one cell of the file among the changed, the unchanged or the faulty ones."""
    (row, indicator), (at, cell) = place, said
    try:
        value = read_figure(cell)
    except ValueError as error:
        plan.faults.append((at, text(cell)[:60], str(error)))
        return
    stored = grid.cells.get((row, indicator.code))
    if value is None:
        plan.kept += stored is not None
        return
    before = seen.setdefault((row, indicator.code), at)
    if before != at:
        plan.faults.append((at, text(cell)[:60], ONLY_ONE.format(before=before)))
    elif value == stored:
        plan.unchanged += 1
    else:
        plan.cells.append(CellWrite(row, indicator.code, value, stored))


FoundCell = tuple[Row, Indicator, tuple[int, int], Any, When]


def _cells(sheet: Sheet, names: Names, plan: MonthPlan, asked: OpenPoints) -> Iterator[FoundCell]:
    """Every cell of a sheet that means a row and an indicator; a number in merged cells means none of them."""
    for row, indicator, at, cell, when in _laid(sheet, names, plan, asked):
        is_shared = at in sheet.shared and text(cell) not in BLANKS
        yield row, indicator, at, UnreadCell(SHARED, text(cell)) if is_shared else cell, when


def _laid(sheet: Sheet, names: Names, plan: MonthPlan, asked: OpenPoints) -> Iterator[FoundCell]:
    """The cells of a sheet however it is laid; what means no row or indicator is a fault or a note."""
    head, columns = _heads(sheet, names)
    by_line = None
    if len(set(columns.values())) < 2 and (by_line := _values_column(sheet, names)):
        columns = {}  # a list of indicators, whose own column holds a name alike
    if len(set(columns.values())) < 2 and (
        other := turned(sheet, Known(names.is_place, names.numbers, names.indicator, names.month))
    ):
        for row, indicator, at, cell, when in _across(other, names, plan, _heads(other, names), asked):
            yield row, indicator, other.at(*at), cell, when
    elif by_line:
        yield from _down(sheet, names, plan, *by_line)
    elif columns or names.heads(sheet.rows[head]):
        yield from _across(sheet, names, plan, (head, columns), asked)


def _heads(sheet: Sheet, names: Names) -> tuple[int, dict[int, Indicator]]:
    """The row that names most indicators, and its columns."""
    best: tuple[int, dict[int, Indicator]] = (0, {})
    for number, row in enumerate(sheet.rows[:LOOK_IN]):
        found = names.heads(row, sheet.rows[number - 1] if number else ())
        if len(set(found.values())) > len(set(best[1].values())):
            best = (number, found)
    return best[0], split(sheet, *best, names.month, names.is_line).columns


def _unclear(sheet: Sheet, names: Names, head: int, plan: MonthPlan) -> None:
    """Tell the heads of which no column says that it is this month's."""
    above = sheet.rows[head - 1] if head else ()
    month = names.month.title if names.month else "tháng này"
    heads = names.heads(sheet.rows[head], above)
    for place, below in split(sheet, head, heads, names.month, names.is_line).unclear:
        sentence = f"Các cột của chỉ tiêu này ({below}) không cột nào ghi rõ là số của {month} nên không đọc."
        plan.faults.append((f"{sheet.name} {line_name(sheet, head)}", text(sheet.rows[head][place])[:60], sentence))


def _across(
    sheet: Sheet, names: Names, plan: MonthPlan, heads: tuple[int, dict[int, Indicator]], asked: OpenPoints
) -> Iterator[FoundCell]:
    """Hamlets down, indicators across."""
    head, columns = heads
    _unclear(sheet, names, head, plan)
    rivals = asked.rivals(sheet, head, columns)
    said = [[fold(text(cell)) for cell in row] for row in sheet.rows[max(0, head - 1) : head + 2]]
    place = next((x for row in said for x, word in enumerate(row[:NAMES_IN]) if word in PLACES), None)
    if isinstance(sheet, Turned) and sheet.numbered:
        place = 0
    called = {x for x, cell in enumerate(sheet.rows[head]) if names.indicator(cell)}  # also last month's
    strangers, lines = Strangers(sheet, min((NAMES_IN, *columns)) or NAMES_IN, names.unit), []
    for number in range(head + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        if number == head + 1 and counts_columns(cells):
            continue
        row = names.row(cells, place)
        values = {x: cells[x] for x in columns if x < len(cells) and text(cells[x]) not in BLANKS}
        if row is None:
            goes_on = number == head + 1 and not called.issuperset(columns)  # with the heads
            if values and not goes_on and not any(names.indicator(cell) for cell in cells):
                strangers.strange(number, values, is_subhead=number == head + 1)
            continue
        lines.append(number)
        strangers.known(number, values)
        for x, indicator in columns.items():
            if (when := rivals.get(x, {})) is not None:
                yield row, indicator, (number, x), cells[x] if x < len(cells) else "", when
    faults, notes = strangers.told()
    plan.faults += faults
    plan.notes += [*notes, *unread_notes(sheet, head, {*columns, *called}, lines, "của tháng này")]


def _values_column(sheet: Sheet, names: Names) -> tuple[int, int] | None:
    """Row and column of the head over the values of a list of indicators: "Tháng này", "Kết quả"."""
    for number, row in enumerate(sheet.rows[:LOOK_IN]):
        said = [fold(text(cell)) for cell in row]
        if fold(KEY) in said or "chi tieu" in said or "noi dung" in said:
            found = next((place for place, one in enumerate(said) if is_now(one, names.month)), None)
            if found is not None and fold(LAST_MONTH) != said[found]:
                return number, found
    return None


def _down(sheet: Sheet, names: Names, plan: MonthPlan, head: int, column: int) -> Iterator[FoundCell]:
    """Indicators down, one column of values: what is typed for the unit as a whole."""
    strange = []
    for number in range(head + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        indicator = next((one for cell in cells[:NAMES_IN] if (one := names.indicator(cell))), None)
        if indicator:
            yield UNIT_ROW, indicator, (number, column), cells[column] if column < len(cells) else "", {}
        elif column < len(cells) and text(cells[column]) and is_number(cells[column]):
            said = [text(cell) for cell in cells[:column] if isinstance(cell, str) and text(cell)]
            if said and not any(map(is_total, said)):
                strange.append(max(said, key=len))
    if strange:
        listed = "; ".join(f"“{one[:60]}”" for one in strange[:8]) + ("…" if len(strange) > 8 else "")
        plan.notes.append(f"Trang “{sheet.name}”: không đọc dòng {listed}, không phải chỉ tiêu của tháng này.")


def keep(plan: MonthPlan, report: MonthlyReport, file_name: str, *, by: User, now: datetime) -> FigureImport:
    """Keep what a workbook would write until it is written or given up; an earlier one of the same person goes."""
    FigureImport.objects.filter(report=report, by=by, applied_at=None).delete()
    cells = [[cell.row.key, cell.indicator, cell.was, cell.value] for cell in plan.cells]
    return FigureImport.objects.create(
        report=report,
        file_name=without_personal_numbers(file_name[-200:]),
        cells=cells,
        open_cells=[[one.row.key, one.indicator, one.was, one.value, when] for one, when in plan.open_cells],
        weapons=plan.weapons,
        questions=[[one.key, one.sentence, one.choices] for one in plan.questions],
        faults=[
            [*map(without_personal_numbers, fault[:2]), quoting_without_personal_numbers(fault[2])]
            for fault in plan.faults
        ],
        notes=[quoting_without_personal_numbers(note) for note in plan.said()],
        by=by,
        at=now,
    )


def writes_of(kept: FigureImport, *, back: bool = False) -> list[CellWrite]:
    """The cells of a kept workbook, or the way back to what stood there."""
    return [
        CellWrite(Row.parse(key), code, was if back else value, value if back else was)
        for key, code, was, value in kept.cells
    ]


def foreseen(kept: FigureImport, *, by: User, now: datetime) -> list[Problem]:
    """What the checks would say once it is written; nothing is."""
    with transaction.atomic():
        record(kept.report, writes_of(kept), by=by, now=now)
        report = MonthlyReport.objects.with_unit().get(pk=kept.report_id)
        found = problems_of(report, now=now)
        transaction.set_rollback(True)
    return found


def apply(kept: FigureImport, *, by: User, now: datetime, answers: Mapping[str, str] | None = None) -> Outcome:
    """Write a workbook's cells as one act. Cells that changed meanwhile are conflicts and stay.

    ``answers`` are the answers to its questions by their keys. Raises :class:`Refused` where a question has none, it
    was written already, would change nothing, or the report is not open.
    """
    given = answers or {}
    for key, sentence, choices in kept.questions:
        if given.get(key) not in [value for value, _ in choices]:
            raise Refused(Objection(f"Hãy trả lời trước: {sentence}"))
    with transaction.atomic():
        if not FigureImport.objects.filter(pk=kept.pk, applied_at=None).update(applied_at=now):
            raise Refused(Objection("Tệp này đã được ghi."))
        for *cell, when in kept.open_cells:
            if all(given.get(key) == answer for key, answer in when.items()):
                kept.cells.append(cell)
        places = [tuple(cell[:2]) for cell in kept.cells]
        if len(set(places)) < len(places):
            raise Refused(Objection("Tệp ghi một ô hai lần. Hãy bỏ bớt một ô, hoặc bỏ qua những gì bị ẩn."))
        kept.weapons = month_weapons.to_add(kept.weapons, given)
        if not kept.cells and not kept.weapons:
            raise Refused(Objection("Không có ô nào thay đổi."))
        added = month_weapons.add_lines(kept.report, kept.weapons, by=by, now=now)
        kept.weapons = [{**line, "pk": pk} for line, pk in zip(kept.weapons, added, strict=True)]
        outcome = record(kept.report, writes_of(kept), by=by, now=now)
        written = {(cell.row.key, cell.indicator) for cell in outcome.saved}
        kept.cells = [cell for cell in kept.cells if (cell[0], cell[1]) in written]
        kept.open_cells, kept.applied_at = [], now
        kept.save(update_fields=["cells", "open_cells", "weapons", "applied_at"])
        _tell("Số liệu", kept, len(outcome.saved), by)
    return outcome


def undo(kept: FigureImport, *, by: User, now: datetime) -> tuple[Outcome, int]:
    """Take a written workbook back: cells that nobody changed since get what stood there before, its lines go.

    Gives also how many lines of weapons stay because somebody changed them. Raises :class:`Refused` where it was
    not written, was taken back already, or the report is not open.
    """
    with transaction.atomic():
        changed = FigureImport.objects.filter(pk=kept.pk, applied_at__isnull=False, undone_at=None).update(
            undone_at=now, undone_by=by
        )
        if not changed:
            raise Refused(Objection("Lần nhập này chưa ghi, hoặc đã được hoàn tác."))
        outcome = record(kept.report, writes_of(kept, back=True), by=by, now=now)
        _tell("Hoàn tác số liệu", kept, len(outcome.saved), by)
        return outcome, month_weapons.take_away(kept.weapons, by=by, now=now)


def _tell(what: str, kept: FigureImport, cells: int, by: User) -> None:
    """Leave in the trail that a file's cells were written, or taken back."""
    report, lines = kept.report, f", {len(kept.weapons)} dòng vũ khí" if kept.weapons else ""
    said, place = f"{what} {report.month}{lines}", report.commune or report.province
    trail.record(trail.Act.IMPORT, said, by=by, place=place, rows=cells)
