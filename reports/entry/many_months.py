"""A province's former sheets: figures of many communes and months in one workbook, read into drafts.

Each row says its commune (code or name) and its month, and perhaps a hamlet; the heads name the indicators.
A row without a hamlet is the unit's own. The commune may stand above its hamlets instead, in a row of its own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from communes.models import Commune, User
from communes.names import fold
from communes.refusals import Objection, Refused
from models_registry.importing import legacy
from models_registry.importing.questions import HIDDEN
from models_registry.importing.sections import NAMES_A_COMMUNE
from models_registry.importing.shapes import is_number, is_numbering, is_signature, is_total
from models_registry.importing.values import Lookup, text
from models_registry.importing.workbooks import SHARED, Sheet, UnreadCell
from reports.catalogue import Catalogue
from reports.entry import month_import
from reports.entry.communes_above import OFFICE, CommuneAbove
from reports.entry.figures import entry_objection, open_report
from reports.entry.grid import UNIT_ROW, Grid, Row
from reports.entry.month_asked import DASH, DASHES, OpenPoints, strange_title
from reports.entry.month_heads import split
from reports.entry.month_names import IndicatorNames
from reports.entry.month_turned import counts_columns, unread_notes
from reports.models import Indicator, MonthlyReport
from reports.months import Month
from reports.units import Unit

COMMUNE = ("ma xa", "xa", "xa phuong", "ten xa", "don vi", "xa phuong dac khu", "ma don vi", "cong an xa", "ten don vi")
MONTH = ("thang", "ky", "ky bao cao", "thang bao cao")
OF_ITSELF = {*COMMUNE, *MONTH, *month_import.PLACES, "tt", "stt", "so tt", "so thu tu"}
LOOK_IN = 25
WAYS_ON = {
    HIDDEN: "Dùng --hidden skip hoặc --hidden read.",
    DASH: "Dùng --dash skip (chưa có số liệu) hoặc --dash zero (không phát sinh).",
}


NO_COMMUNE = "Không rõ xã nào. Hãy ghi mã xã (5 chữ số), hoặc dùng --commune"


class NoCommune(ValueError):
    """Neither a line nor what stands above it says a commune."""


def _astray(sheet: str, heading: str, line: int, numbers: list[int]) -> tuple[str, str, str]:
    """One fault for all lines whose commune nobody knows, and why."""
    which = f"dòng {numbers[0]}" + (f" đến {numbers[-1]} ({len(numbers)} dòng)" if len(numbers) > 1 else "")
    if line:
        said = f"Dòng mục này không mang tên hay mã xã nào, hoặc nhiều xã cùng tên: {which} không ghi. Hãy ghi mã xã."
        return f"{sheet} dòng {line}", heading, said
    return f"{sheet} {which}", "", f"{NO_COMMUNE}; hoặc ghi tên xã ở một dòng riêng phía trên các khu."


def read_month(cell: Any) -> Month:
    """A month as people write it: "2025-06", "6/2025", "Tháng 06/2025", any day of it. Raises ``ValueError``."""
    if isinstance(cell, date):
        return Month(cell.year, cell.month)
    said = fold(text(cell)).removeprefix("thang ").replace(" nam ", " ")
    parts = [part for part in said.split() if part.isdecimal()]
    if len(parts) == 2:
        first, second = parts
        year, number = (first, second) if len(first) == 4 else (second, first)
        if len(year) == 4 and 1 <= int(number) <= 12:
            return Month(int(year), int(number))
    raise ValueError(f"“{text(cell)[:30]}” không phải là tháng. Ghi dạng 6/2025 hoặc 2025-06.")


@dataclass
class _Head:
    """Which column says what."""

    row: int
    indicators: dict[int, Indicator]
    communes: list[int] = field(default_factory=list)
    month: int | None = None
    hamlet: int | None = None
    unclear: list[tuple[int, str]] = field(default_factory=list)
    """Heads with several columns below, none of which says its month."""
    moved: bool = False  # whether columns are named by the line below


@dataclass
class MonthOfMany:
    """One commune's month: its grid, and what the file says of it."""

    grid: Grid
    report: MonthlyReport | None = None
    plan: month_import.MonthPlan = field(default_factory=month_import.MonthPlan)
    seen: dict[tuple[Row, str], str] = field(default_factory=dict)
    hamlets: Lookup = field(default_factory=lambda: Lookup({}))


class ManyMonths:
    """The plan of a whole file, then its writing."""

    def __init__(
        self,
        sheets: list[Sheet],
        officers: dict[int, User],
        *,
        commune: str | None,
        month: Month | None,
        hidden: str | None = None,
        dash: str | None = None,
    ) -> None:
        self.officers, self.commune, self.month = officers, commune, month
        self.asked, self.answers = OpenPoints(), {HIDDEN: hidden, DASH: dash}
        self.faults: list[tuple[str, str, str]] = []
        self.notes: list[str] = []
        self.months: dict[tuple[int, Month], MonthOfMany] = {}
        self.refused = 0
        communes = list(Commune.objects.living().select_related("province"))
        self.by_code = {one.code: one for one in communes}
        often: dict[str, list[Commune]] = {}
        for one in communes:
            for name in {fold(str(one)), fold(one.name)}:
                often.setdefault(name, []).append(one)
        self.by_name = often
        self.above = CommuneAbove(self._named_so)
        self.names = IndicatorNames(Catalogue().entered)
        self.indicator = self.names.indicator
        if letters := legacy.find(sheets):
            sheets = legacy.converted(sheets, letters)
        for sheet in sheets:
            self._read(sheet)
        for question in self.asked.questions():
            if not self.answers.get(question.key):
                self.faults.append(("", "", f"{question.sentence} {WAYS_ON.get(question.key, 'Hãy bỏ bớt cột.')}"))
        for planned in self.months.values():
            self._refuse_sum(planned)
            self._refuse_closed(planned)
            self.faults += planned.plan.faults
        if not self.months and not self.faults:
            self.faults.append(("", "", month_import.NO_HEADS))

    def _refuse_sum(self, planned: MonthOfMany) -> None:
        """Take a commune's line that only adds its hamlets up away: written as the unit's own it would count twice."""
        sums: Counter[str] = Counter()
        for cell in planned.plan.cells:
            if cell.row.hamlet:
                sums[cell.indicator] += cell.value or 0
        own = [cell for cell in planned.plan.cells if cell.row == UNIT_ROW and cell.indicator in sums]
        if any(cell.value for cell in own) and all(cell.value == sums[cell.indicator] for cell in own):
            planned.plan.cells = [cell for cell in planned.plan.cells if cell not in own]
            name = f"{planned.grid.unit.name}, {planned.grid.month.title}"
            sentence = "Dòng không ghi khu bằng tổng các khu của tệp: là dòng cộng, không ghi. Hãy bỏ dòng ấy."
            planned.plan.faults.append((planned.seen.get((UNIT_ROW, own[0].indicator), ""), name, sentence))

    def _refuse_closed(self, planned: MonthOfMany) -> None:
        """Take the cells of a month away that was sent or approved: it says so, and the others can be written."""
        unit, month = planned.grid.unit, planned.grid.month
        officer = self.officers.get(unit.commune.pk) if unit.commune else None
        refusal = planned.report and officer and entry_objection(planned.report, officer)
        if refusal and planned.plan.cells:
            count = len(planned.plan.cells)
            planned.plan.cells = []
            planned.plan.faults.append(
                ("", f"{unit.name}, {month.title}", f"{refusal} {count} ô của tháng này không ghi.")
            )

    @property
    def cell_count(self) -> int:
        """How many cells would change."""
        return sum(len(one.plan.cells) for one in self.months.values())

    @property
    def kept(self) -> int:
        """How many blanks of the file leave a figure that stands."""
        return sum(one.plan.kept for one in self.months.values())

    def _head(self, sheet: Sheet) -> _Head | None:
        """The row that names most indicators, and beside them the columns of commune, month and hamlet."""
        best: _Head | None = None
        for number, row in enumerate(sheet.rows[:LOOK_IN]):
            found = self.names.heads(row, sheet.rows[number - 1] if number else ())
            if found and (best is None or len(set(found.values())) > len(set(best.indicators.values()))):
                said = self._heads_about(sheet, number)
                best = _Head(number, {}, sorted({place for place, word in said if word in COMMUNE}))
                best.month = next((place for place, word in said if word in MONTH), None)
                best.hamlet = next((place for place, word in said if word in month_import.PLACES), None)
                read, best.unclear = split(sheet, number, found, self.month, partial(self._is_line, best))
                best.indicators, best.moved = read, not found.keys() >= read.keys()
        return best

    def _is_line(self, head: _Head, cells: Sequence[Any]) -> bool:
        """Whether a line names a commune, a month or a hamlet in its column: it is no head."""
        places = [*head.communes, *(place for place in (head.month, head.hamlet) if place is not None)]
        said = {place: text(cells[place]) for place in places if place < len(cells) and text(cells[place])}
        hamlet = said.get(head.hamlet, "") if head.hamlet is not None else ""
        if any(self._named_so(said[place]) for place in head.communes if place in said):
            return True
        if fold(hamlet) not in ("", *OF_ITSELF) and not is_number(hamlet):
            return True
        try:
            return head.month in said and bool(read_month(cells[head.month or 0]))
        except ValueError:
            return False

    def _heads_about(self, sheet: Sheet, number: int) -> list[tuple[int, str]]:
        """What a row of heads and its neighbours say, by their places, folded: heads may stand in two rows.

        "Đơn vị:" above "TT" is a line of the letterhead: no head stands over one of another matter, or ends so.
        """
        row, found = sheet.rows[number], list[tuple[int, str]]()
        own = {place for place, cell in enumerate(row) if self.indicator(cell) or fold(text(cell)) in OF_ITSELF}
        for line in sheet.rows[max(0, number - 1) : number + 2]:
            for place, cell in enumerate(line):
                if line is row or not (place in own or text(cell).endswith(":")):
                    found.append((place, fold(text(cell))))
        return found

    def _read(self, sheet: Sheet) -> None:
        head = self._head(sheet)
        if head is None:
            if any(is_number(cell) for row in sheet.rows for cell in row if text(cell)):
                self.notes.append(f"Trang “{sheet.name}”: không đọc, không thấy dòng tiêu đề mang tên chỉ tiêu.")
            return
        if self.month and head.month is None and (title := strange_title([sheet], self._named(), self.month)):
            ordered = " ".join(filter(None, (self._named(), self.month.title)))
            said = (
                f"Trang ghi “{title[:80]}”, còn lệnh nhập là của {ordered}. Hãy sửa lệnh, hoặc sửa tiêu đề của trang."
            )
            self.faults.append((sheet.name, "", said))
            return
        self._tell_unclear(sheet, head)
        rivals = self.asked.rivals(sheet, head.row, head.indicators)
        read = {x: one for x, one in head.indicators.items() if rivals.get(x, {}) == {}}
        lines, astray = [], dict[tuple[str, int], list[int]]()
        self.above.begin("" if self.commune else sheet.name)
        for number in range(head.row + 1, len(sheet.rows)):
            cells = sheet.rows[number]
            if not any(x < len(cells) and text(cells[x]) for x in head.indicators) and self.above.hear(
                cells, number + 1, head.communes
            ):
                continue
            if not self._is_data(cells, head) or (number == head.row + 1 and self._goes_on(cells, head)):
                continue
            try:
                one, row = self._place(cells, head)
            except NoCommune:
                astray.setdefault(self.above.strange, []).append(number + 1)
                continue
            except (ValueError, Refused) as error:
                if is_numbering([text(cell) for cell in cells if text(cell)]):
                    continue
                said = " · ".join(text(cell) for cell in cells[:4] if isinstance(cell, str) and text(cell))
                self.faults.append((f"{sheet.name} dòng {number + 1}", said[:60], str(error)))
                continue
            lines.append(number)
            for x, indicator in read.items():
                self._take(one, (row, indicator), sheet, (number, x))
        self.faults += [_astray(sheet.name, *heading, numbers) for heading, numbers in astray.items()]
        columns = {*head.indicators, *head.communes, *(x for x in (head.month, head.hamlet) if x is not None)}
        self.notes += unread_notes(sheet, head.row, columns, lines, "đang nhập")

    @staticmethod
    def _goes_on(cells: list[Any], head: _Head) -> bool:
        """Whether the line below the heads numbers the columns or names them."""
        has_figures = any(is_number(cell) for cell in cells if text(cell))
        return counts_columns(cells) or head.moved or (bool(head.unclear) and not has_figures)

    def _tell_unclear(self, sheet: Sheet, head: _Head) -> None:
        """Tell the heads of which no column says its month."""
        for place, below in head.unclear:
            sentence = (
                f"Các cột của chỉ tiêu này ({below}) không cột nào ghi rõ là số của tháng phải nhập nên không đọc."
            )
            self.faults.append((f"{sheet.name} dòng {head.row + 1}", text(sheet.rows[head.row][place])[:60], sentence))

    def _is_data(self, cells: list[Any], head: _Head) -> bool:
        """Whether a line says anything of an indicator, and is no sum, signature, rule or heads once more."""
        values = [cells[x] for x in head.indicators if x < len(cells) and text(cells[x])]
        said = [text(cell) for cell in cells[:4] if isinstance(cell, str) and text(cell) not in month_import.BLANKS]
        if not values or any(is_total(one) or is_signature(one) for one in said):
            return False
        if not said and all(text(one) in DASHES for one in values) and not any(map(is_number, cells)):
            return False
        return not any(self.indicator(cell) for cell in values)

    def _take(self, one: MonthOfMany, place: tuple[Row, Indicator], sheet: Sheet, at: tuple[int, int]) -> None:
        """Put a cell into its month, if the answers let in what it waits for."""
        number, x = at
        cell = sheet.rows[number][x] if x < len(sheet.rows[number]) else ""
        if at in sheet.shared and text(cell):
            cell = UnreadCell(SHARED, text(cell))
        here = (f"{sheet.name} {month_import.xl_rowcol_to_cell(number, x)}", cell)
        found = [(place, here, self.asked.when(sheet, at, cell, {}))]
        for (row, indicator), said, when in self.asked.of_dashes(found, one.grid):
            if all(self.answers.get(key) == answer for key, answer in when.items()):
                month_import.take(one.plan, one.grid, (row, indicator), said, one.seen)

    def _named(self) -> str:
        """The commune that the command names for lines that say none."""
        try:
            commune = self._commune([])
        except ValueError:
            return ""
        return Unit(commune.province, commune).name

    def _place(self, cells: list[Any], head: _Head) -> tuple[MonthOfMany, Row]:
        """The commune's month and the row that a line means. Raises ``ValueError`` or ``Refused`` with a sentence."""

        def said(place: int | None) -> Any:
            return cells[place] if place is not None and place < len(cells) else ""

        commune = self._commune([text(said(place)) for place in head.communes])
        if text(said(head.month)):
            month = read_month(said(head.month))
        elif self.month:
            month = self.month
        else:
            raise ValueError("Dòng này không nói tháng nào. Thêm cột Tháng, hoặc dùng --month.")
        key = (commune.pk, month)
        if key not in self.months:
            self.months[key] = self._month(Unit(commune.province, commune), month)
        found = self.months[key]
        name = text(said(head.hamlet))
        if not name:
            return found, UNIT_ROW
        row = found.hamlets.get(name) or (found.hamlets.by_number(name) if name.isdecimal() else None)
        if row is None:
            raise ValueError(f"{commune} không có khu dân cư “{name[:40]}” trong {month.title}.")
        return found, row

    def _named_so(self, said: str) -> list[Commune]:
        """The communes of a code or a name."""
        code = said.zfill(5) if said.isdecimal() else said
        name = fold(OFFICE.sub("", said))
        return [self.by_code[code]] if code in self.by_code else self.by_name.get(name, []) if name else []

    def _commune(self, said: list[str]) -> Commune:
        """The commune of a line: its own word, else what stands above, else what the command names."""
        if not any(said) and (self.above.commune or self.above.strange[1]):
            if self.above.commune is None:
                raise NoCommune
            return self.above.commune
        is_other = any(
            NAMES_A_COMMUNE.match(one) for one in said
        )  # a unit that nobody knows is not the one that the command names
        for one in [*said, "" if is_other else self.commune or ""]:
            named = self._named_so(one)
            if len(named) == 1:
                return named[0]
            if named:
                raise ValueError(f"Có {len(named)} xã tên “{one[:40]}”. Hãy ghi mã xã.")
        if not any(said):
            raise NoCommune
        raise ValueError(f"{NO_COMMUNE}.")

    def _month(self, unit: Unit, month: Month) -> MonthOfMany:
        report = MonthlyReport.objects.of(unit).filter(month=month).with_unit().first()
        grid = Grid.of(report) if report else Grid(unit, month)
        found = MonthOfMany(grid, report)
        found.hamlets = Lookup({line.name: line.row for line in grid.hamlets})
        return found

    def write(self, file_name: str, *, now: datetime) -> Iterator[str]:
        """Write each month as a draft of its commune's officer; yields a line a month. Raises ``Refused``."""
        for one in self.months.values():
            unit, month = one.grid.unit, one.grid.month
            officer = self.officers.get(unit.commune.pk) if unit.commune else None
            if officer is None:
                raise Refused(Objection(f"{unit.name} chưa có tài khoản cán bộ nhập liệu."))
            if not one.plan.cells:
                yield f"{unit.name}, {month.title}: không đổi"
                continue
            try:
                report, _ = open_report(unit, month, by=officer, now=now)
            except Refused as refused:
                raise Refused(Objection(f"{unit.name}, {month.title}: {refused}")) from refused
            kept = month_import.keep(one.plan, report, file_name, by=officer, now=now)
            outcome = month_import.apply(kept, by=officer, now=now)
            self.refused += len(outcome.errors) + len(outcome.conflicts)
            for cell, sentence in outcome.errors:
                yield f"{unit.name}, {month.title}, {cell.indicator}: {sentence}"
            yield f"{unit.name}, {month.title}: {len(outcome.saved)} ô"
