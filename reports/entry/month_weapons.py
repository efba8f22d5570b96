"""The weapons sheet of a month's workbook: lines that stand, grey; lines to add, with drop-downs, read and written."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from xlsxwriter.utility import xl_col_to_name

from communes.models import User
from communes.names import fold
from models_registry.importing.questions import HIDDEN, READ
from models_registry.importing.shapes import is_signature, is_total
from models_registry.importing.values import Lookup, read_choice, read_exact_day, text
from models_registry.importing.workbooks import Sheet, UnreadCell
from reports.entry.grid import Grid
from reports.entry.handovers import checked, read_handed_over, remove_handover, save_handover
from reports.models import MonthlyReport, WeaponHandover, WeaponKind

WEAPONS, LISTS = "Vũ khí", "Danh mục"
HEADS = ("Loại", "Số lượng", "Nguồn", "Khu dân cư", "Ngày", "Số biên bản")
WORDS = {
    "kind": ("loai", "loai vu khi", "ten loai", "chung loai"),
    "quantity": ("so luong",),
    "source": ("nguon", "hinh thuc"),
    "hamlet": ("khu dan cu", "khu", "thon", "to dan pho"),
    "day": ("ngay", "ngay giao nop"),
    "record_number": ("so bien ban", "bien ban"),
}
LOOK_IN, ROOM = 25, 60  # rows searched for the heads; white rows to write into
WIDTHS = (34, 12, 22, 26, 14, 18)


def written_line(line: WeaponHandover) -> list[Any]:
    """A line as the sheet shows it."""
    said = (line.get_source_display(), str(line.hamlet or ""), line.day, line.record_number)
    return [label(line.kind), float(line.quantity), *said]


def label(kind: WeaponKind) -> str:
    """A kind with its unit: "Đạn các loại (viên)"."""
    return f"{kind.name} ({kind.unit})"


def write_sheet(book: Any, sheet: Any, grid: Grid, head: int) -> None:
    """Write the lines that stand, and room for more with drop-downs; ``book`` has the formats."""
    sheet.write_row(head, 0, HEADS, book.head)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    lines = list(grid.report.handovers.select_related("kind", "hamlet")) if grid.report else []
    for y, line in enumerate(lines, start=head + 1):
        for x, value in enumerate(written_line(line)):
            if isinstance(value, date):
                sheet.write_datetime(y, x, datetime(value.year, value.month, value.day), book.past_day)
            else:
                sheet.write(y, x, value, book.past_quantity if x == 1 else book.past)
    first, last = head + 1 + len(lines), head + len(lines) + ROOM
    for y in range(first, last + 1):
        for x in range(len(HEADS)):
            sheet.write_blank(y, x, None, book.typed_day if x == 4 else book.typed_text if x != 1 else book.typed_part)
    choices: dict[int, list[str]] = {
        0: [label(kind) for kind in WeaponKind.objects.filter(is_active=True)],
        2: [str(words) for _, words in WeaponHandover.Source.choices],
        3: [line.name for line in grid.hamlets if line.row.hamlet],
    }
    lists = book.book.add_worksheet(LISTS)
    lists.hide()
    for x, said in choices.items():
        if said:
            lists.write_column(0, x, [HEADS[x], *said])
            column = xl_col_to_name(x)
            source = f"='{LISTS}'!${column}$2:${column}${len(said) + 1}"
            sheet.data_validation(first, x, last, x, {"validate": "list", "source": source, "error_type": "warning"})
    sheet.freeze_panes(head + 1, 0)


def heads_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of the heads of a sheet of weapons and the columns of its fields; None for another sheet."""
    for number, row in enumerate(sheet.rows[:LOOK_IN]):
        said = [fold(text(cell)) for cell in row]
        found = {name: next((x for x, one in enumerate(said) if one in words), -1) for name, words in WORDS.items()}
        if found["kind"] >= 0 and found["quantity"] >= 0:
            return number, {name: place for name, place in found.items() if place >= 0}
    return None


def places_of(sheet: Sheet) -> list[int]:
    """The columns of the fields of a sheet of weapons."""
    found = heads_of(sheet)
    return sorted(found[1].values()) if found else []


class WeaponLines:
    """Reads the lines of a month's weapons, against those that stand."""

    def __init__(self, grid: Grid) -> None:
        self.report = grid.report
        kinds = list(WeaponKind.objects.filter(is_active=True))
        self.kind_of = read_choice({one.name: one for one in kinds} | {label(one): one for one in kinds}, "loại vũ khí")
        self.sources = Lookup({str(words): value for value, words in WeaponHandover.Source.choices})
        self.hamlets = Lookup({line.name: line.row.hamlet for line in grid.hamlets if line.row.hamlet})
        lines = self.report.handovers.select_related("kind") if self.report else WeaponHandover.objects.none()
        self.standing = Counter(tuple(kept(line).values()) for line in lines)

    def read(self, sheet: Sheet) -> Iterator[tuple[int, str, dict[str, Any] | None, str, dict[str, str]]]:
        """Every line: its row, what it says, what it would add (None: nothing), why not, and what it waits for."""
        found = heads_of(sheet)
        if found is None:
            return
        head, places = found
        hidden_columns = sheet.hidden or not sheet.hidden_columns.isdisjoint(places.values())
        rows = range(head + 1, len(sheet.rows))
        for number in sorted(rows, key=lambda one: one in sheet.hidden_rows):  # what is in the open first
            row = sheet.rows[number]
            cells = {name: row[x] if x < len(row) else "" for name, x in places.items()}
            words = [text(cell) for cell in (*row[: places["quantity"]], cells["kind"]) if isinstance(cell, str)]
            is_foot = any(is_total(one) or is_signature(one) for one in words)
            if is_foot or (not text(cells["kind"]) and not text(cells["quantity"])):
                continue
            said = " ".join(text(cell) for cell in cells.values() if text(cell))[:60]
            when = {HIDDEN: READ} if hidden_columns or number in sheet.hidden_rows else {}
            try:
                line = self._line(cells)
            except ValidationError as error:
                yield number, said, None, " ".join(error.messages), when
            except ValueError as error:
                yield number, said, None, str(error), when
            else:
                same = tuple(line.values())
                is_new = not self.standing[same]
                self.standing[same] -= not is_new
                yield number, said, line if is_new else None, "", when

    def _line(self, cells: dict[str, Any]) -> dict[str, Any]:
        """Read one line. Raises ``ValueError`` or ``ValidationError`` with a sentence."""
        for cell in cells.values():
            if isinstance(cell, UnreadCell):
                raise ValueError(cell.sentence)
        if not text(cells["kind"]):
            raise ValueError("Dòng có số lượng nhưng không ghi loại. Hãy ghi loại, hoặc xóa dòng.")
        kind = self.kind_of(cells["kind"])
        amount = cells["quantity"]
        is_number = isinstance(amount, (int, float)) and not isinstance(amount, bool)
        quantity = Decimal(str(amount)) if is_number else read_handed_over(text(amount), kind)
        source = self._named(self.sources, cells.get("source", ""), "nguồn") or WeaponHandover.Source.VOLUNTARY
        hamlet = self._named(self.hamlets, cells.get("hamlet", ""), "khu dân cư")
        day = read_exact_day(cells["day"]) if text(cells.get("day", "")) else None
        line = WeaponHandover(
            report=self.report,
            kind=kind,
            quantity=quantity,
            source=source,
            hamlet_id=hamlet,
            day=day,
            record_number=text(cells.get("record_number", "")),
        )
        if self.report:
            checked(line, self.report)
        return kept(line)

    @staticmethod
    def _named(lookup: Lookup, cell: Any, what: str) -> Any:
        name = text(cell)
        found = lookup.get(name) if name else None
        if name and found is None:
            raise ValueError(f"Không có {what} “{name[:40]}”.")
        return found


def kept(line: WeaponHandover) -> dict[str, Any]:
    """A line as it is kept with the file: codes, keys and text."""
    return {
        "kind": line.kind.code,
        "quantity": str(Decimal(line.quantity).quantize(Decimal("0.001"))),
        "source": str(line.source),
        "hamlet": line.hamlet_id,
        "day": line.day.isoformat() if line.day else None,
        "record_number": line.record_number,
    }


def to_add(lines: list[dict[str, Any]], answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines of a file that the answers let in; those that wait for none are always."""
    waits = [({key: value for key, value in line.items() if key != "when"}, line.get("when", {})) for line in lines]
    return [line for line, when in waits if all(answers.get(key) == answer for key, answer in when.items())]


def add_lines(report: MonthlyReport, lines: list[dict[str, Any]], *, by: User, now: datetime) -> list[int]:
    """Add the lines of a file; gives their keys. Raises ``Refused`` or ``ValidationError``."""
    kinds = {one.code: one for one in WeaponKind.objects.all()}
    added = []
    for line in lines:
        given = {key: value for key, value in line.items() if key not in ("kind", "hamlet", "day", "quantity", "pk")}
        day = date.fromisoformat(line["day"]) if line["day"] else None
        given |= {"kind": kinds[line["kind"]], "hamlet_id": line["hamlet"], "day": day}
        new = WeaponHandover(report=report)
        added.append(save_handover(new, by=by, now=now, quantity=Decimal(line["quantity"]), **given).pk)
    return added


def take_away(lines: list[dict[str, Any]], *, by: User, now: datetime) -> int:
    """Take lines of a file away that nobody changed since; gives how many stay because somebody did."""
    keys = [line["pk"] for line in lines]
    found = WeaponHandover.objects.select_related("kind", "report__province", "report__commune").filter(pk__in=keys)
    standing, stay = {one.pk: one for one in found}, 0
    for line in lines:
        one = standing.get(line["pk"])
        if one and kept(one) == {key: value for key, value in line.items() if key != "pk"}:
            remove_handover(one, by=by, now=now)
        else:
            stay += one is not None
    return stay


def shown(lines: list[dict[str, Any]]) -> list[str]:
    """Kept lines in words: "Chì: 0,5 kg (tự giác giao nộp)"."""
    kinds = {one.code: one for one in WeaponKind.objects.all()} if lines else {}
    return [
        f"{WeaponHandover(kind=kinds[line['kind']], quantity=Decimal(line['quantity']))}"
        f" ({str(WeaponHandover.Source(line['source']).label).lower()})"
        f"{' – dòng bị ẩn, chỉ thêm nếu chọn đọc cả những gì bị ẩn' if line.get('when') else ''}"
        for line in lines
    ]
