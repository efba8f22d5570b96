"""Published totals as tables: beside the months, for a page and for a workbook that comes back filled in."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from communes.names import fold
from communes.templatetags.vietnamese import number
from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet, UnreadCell
from reports.catalogue import Catalogue
from reports.entry.published import WEAPON
from reports.models import Home, PublishedTotal, WeaponKind
from reports.months import Span
from reports.tables.table import Cell, Column, Table
from reports.totals.published import Beside, beside_months, published_beside
from reports.totals.summary import Summary

CODE, NAME, UNIT, FIGURE = "Mã", "Chỉ tiêu", "ĐVT", "Số công bố"
BESIDE_NOTE = "Số liệu đã công bố đứng cạnh tổng các tháng, không bao giờ cộng vào."
LOOK_IN = 25  # rows searched for the heads


class Thing(NamedTuple):
    """What may have been published: its key, name and unit."""

    key: str
    name: str
    unit: str


def things() -> list[tuple[str, list[Thing]]]:
    """Return every indicator there ever was, and the kinds of weapons, under their headings; two queries."""
    found: dict[str, list[Thing]] = {}
    for one in Catalogue().indicators:
        found.setdefault(one.section.name, []).append(Thing(one.code, one.name, one.unit))
    kinds = [Thing(f"{WEAPON}{kind.code}", kind.name, kind.unit) for kind in WeaponKind.objects.all()]
    return [*found.items(), ("Vũ khí, vật liệu nổ thu được", kinds)]


def table_beside(home: Home, span: Span, rows: Sequence[Beside]) -> Table:
    """What was published, what the months add up to, their difference, and the source."""
    columns = [
        Column("Chỉ tiêu", numeric=False),
        Column("ĐVT", numeric=False),
        Column("Đã công bố"),
        Column("Cộng các tháng"),
        Column("Chênh lệch"),
        Column("Báo cáo tháng có số liệu"),
        Column("Nguồn", numeric=False),
    ]
    lines = [
        [
            Cell(row.published.name),
            Cell(row.published.what.unit),
            Cell(row.published.text),
            Cell(row.summed),
            Cell(row.said),
            Cell(row.reports if not row.registered else row.rests_on),
            Cell(row.published.cited),
        ]
        for row in rows
    ]
    notes = [BESIDE_NOTE, *(f"Các tháng cộng từ {row.coverage.sentence}." for row in rows[:1] if row.coverage)]
    return Table(f"Số liệu đã công bố – {home.unit}, {span.title}", columns, lines, notes, folds=True)


def table_of_many(title: str, rows: Sequence[PublishedTotal]) -> Table:
    """What several units published, each with its source and its own page."""
    columns = [Column(name, numeric=False) for name in ("Đơn vị", "Chỉ tiêu", "ĐVT", "Đã công bố", "Nguồn")]
    lines = [
        [
            Cell(str(one.home.unit), f"/published/{one.home.unit.slug}/{one.span}/"),
            Cell(one.name),
            Cell(one.what.unit),
            Cell(one.text),
            Cell(one.cited),
        ]
        for one in rows
    ]
    return Table(title, columns, lines, [BESIDE_NOTE], folds=True)


def published_tables(summary: Summary, only: Collection[str] | None = None) -> list[Table]:
    """What was published of the place and span beside the months, and what the units it succeeded published.

    ``only`` names what is asked for, by key; None is all of it.
    """
    found = [one for one in published_beside(summary) if only is None or one.key in only]
    own = [one for one in found if one.home == summary.place.home]
    rest = [one for one in found if one.home != summary.place.home]
    title = f"Số liệu đã công bố của các đơn vị, {summary.span.title}"
    tables = [table_of_many(title, rest)] if rest else []
    if own:
        home, span = own[0].home, summary.span
        tables.insert(0, table_beside(home, span, beside_months(home, span, own, summary.now)))
    return tables


def entry_table(home: Home, span: Span, known: Sequence[PublishedTotal]) -> Table:
    """A workbook's sheet to fill in, with what is known already."""
    of = {one.key: one for one in known}
    columns = [Column(CODE, numeric=False), Column(NAME, numeric=False), Column(UNIT, numeric=False), Column(FIGURE)]
    rows: list[list[Cell]] = []
    for section, members in things():
        rows.append([Cell(section, style="section"), *([Cell("")] * 3)])
        rows += [[Cell(one.key), Cell(one.name), Cell(one.unit), Cell(_figure(of.get(one.key)))] for one in members]
    note = "Ghi số, hoặc như nguồn viết: hơn 43.000, gần 170, khoảng 20, hàng nghìn tin. Để trống nếu nguồn không nêu."
    return Table(f"Số liệu đã công bố – {home.unit}, {span.title}", columns, rows, [note])


def _figure(one: PublishedTotal | None) -> Decimal | str | None:
    if one is None:
        return None
    return one.text if one.mark or one.value is None else one.value


def figures_of(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Return the figures of a filled-in workbook by key; rows are meant by code, or by the name of the indicator.

    Raises ``ValidationError`` (under "file") that names every row that is not understood.
    """
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:LOOK_IN]):
            heads = [fold(str(cell)) for cell in row]
            if not sheet.hidden and fold(FIGURE) in heads and (fold(CODE) in heads or fold(NAME) in heads):
                return _rows(sheet, heads, place + 1)
    raise ValidationError({"file": f"Tệp không có cột “{FIGURE}” cạnh cột “{CODE}” hoặc “{NAME}”. Hãy dùng tệp mẫu."})


def _rows(sheet: Sheet, heads: list[str], first: int) -> dict[str, str]:
    """The figures below the heads, by key. What cannot be read or is hidden is a fault, never words of a source."""
    by_name: dict[str, list[str]] = {}
    for _, members in things():
        for one in members:
            by_name.setdefault(fold(one.name), []).append(one.key)
    keys = {key for named in by_name.values() for key in named}
    found: dict[str, str] = {}
    faults: list[str] = []

    def at(row: Sequence[Any], name: str) -> Any:
        place = heads.index(fold(name)) if fold(name) in heads else len(row)
        return row[place] if place < len(row) else ""

    def cell(row: Sequence[Any], name: str) -> str:
        return _text(at(row, name))

    column_hidden = heads.index(fold(FIGURE)) in sheet.hidden_columns
    for line, row in enumerate(sheet.rows[first:], start=first + 1):
        code, figure, held = cell(row, CODE), cell(row, FIGURE), at(row, FIGURE)
        if isinstance(held, UnreadCell):
            faults.append(f"Dòng {line}: {held.sentence}")
            continue
        if isinstance(held, (bool, date)):
            faults.append(f"Dòng {line}: “{text(held)}” không phải là số.")
            continue
        if figure and (column_hidden or line - 1 in sheet.hidden_rows):
            faults.append(f"Dòng {line}: ô bị ẩn. Hãy bỏ ẩn, hoặc xóa số ở đó.")
            continue
        named = [code] if code in keys else by_name.get(fold(cell(row, NAME)), [])
        if len(named) == 1 and named[0] not in found:
            found[named[0]] = figure
        elif figure:
            why = "đã có ở dòng trên" if named and named[0] in found else "không rõ là chỉ tiêu nào"
            faults.append(f"Dòng {line}: “{code or cell(row, NAME)}” {why}.")
    if faults:
        raise ValidationError({"file": faults})
    return found


def _text(cell: Any) -> str:
    """A cell as it is written in Vietnam: 0.5 as "0,5", 170.0 as "170"."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        exact = Decimal(str(cell))
        return number(exact) if exact >= 1000 and exact == int(exact) else f"{exact.normalize():f}".replace(".", ",")
    return str(cell).strip()
