"""The tables of the appendix, made from the facts: raw values under columns that know how to write them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from communes.templatetags.vietnamese import number
from reports.documents.facts import Facts, Figures, IndicatorLine
from reports.documents.wording import official
from reports.tables.table import MINUS, SMALL, Number, per_cent
from reports.totals.comparing import BASE_NAMES, BOTH_SPANS, LIKE_NOTE

NOTHING_KNOWN = "Chưa có số liệu"
LANDSCAPE_MM = 250  # the width of a landscape A4 page between its margins


def signed(value: Number | None) -> str:
    """Write a difference with its sign: "+12", "−3", "0"; a blank is "–"."""
    if value is None or not value:
        return number(value)
    return f"+{number(value)}" if value > 0 else f"{MINUS}{number(-value)}"


WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "text": lambda value: value or "",
    "count": number,
    "signed": signed,
    "rate": signed,
}
"""How the values of a column are written; a blank is "–", never 0."""


class AppendixColumn(NamedTuple):
    """One column: heading, width in millimetres, form of its values; neighbours of one ``group`` share a head."""

    heading: str
    width: float
    form: str = "count"
    group: str = ""

    def text(self, value: Any) -> str:
        """Write a value of this column."""
        return WRITTEN[self.form](value)


class AppendixRow(NamedTuple):
    """One row: a "section" (its first value spans the table), a "line" or a "total"."""

    kind: str
    values: tuple[Any, ...]


class Head(NamedTuple):
    """One cell of the head: how many columns and rows it spans."""

    text: str
    columns: int
    rows: int


@dataclass(frozen=True)
class AppendixTable:
    """One table of the appendix with its own page."""

    name: str
    title: str
    columns: tuple[AppendixColumn, ...]
    rows: tuple[AppendixRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def grouped(self) -> bool:
        """Whether the head has two rows."""
        return any(column.group for column in self.columns)

    @property
    def heads(self) -> tuple[list[Head], list[Head]]:
        """The two rows of the head; the second is empty where no column is grouped."""
        upper, lower = [], []
        depth = 2 if self.grouped else 1
        for place, column in enumerate(self.columns):
            if not column.group:
                upper.append(Head(column.heading, 1, depth))
                continue
            if not place or self.columns[place - 1].group != column.group:
                upper.append(Head(column.group, sum(c.group == column.group for c in self.columns), 1))
            lower.append(Head(column.heading, 1, 1))
        return upper, lower

    @property
    def written(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Every row as its kind and its cells' forms and texts."""
        for row in self.rows:
            if row.kind == "section":
                yield row.kind, [("text", row.values[0])]
            else:
                cells = zip(self.columns, row.values, strict=True)
                yield row.kind, [(column.form, column.text(value)) for column, value in cells]


def appendix(facts: Facts) -> list[AppendixTable]:
    """Return the tables of a report: indicators, weapons (if any), and its communes or hamlets."""
    tables = [_indicators(facts)]
    if facts.weapons:
        tables.append(_weapons(facts))
    if facts.parts and facts.columns:
        tables.append(_parts(facts))
    return tables


def _compared(figures: Figures, facts: Facts, note: str = "") -> tuple[Any, ...]:
    """The values of the columns from "Kỳ này" to "Ghi chú"; the note says over which units a figure was compared."""
    compared = figures.compared.get(facts.base)
    sides = compared.sides if compared else None
    both = figures.value is not None and getattr(figures, facts.base) is not None
    return (
        figures.value,
        figures.previous,
        figures.same_span_last_year,
        sides[0] - sides[1] if sides else None,
        per_cent(*sides) if sides and sides[1] >= SMALL else None,
        figures.year_to_date,
        note or (compared.why.removesuffix(BOTH_SPANS) if compared and both else ""),
    )


def _not_all(facts: Facts) -> tuple[str, ...]:
    """The note that says over what rises and falls are counted, where it is not the whole."""
    partly = any(line.compared[facts.base].why for line in facts.lines if line.beside(facts.base))
    return (LIKE_NOTE.replace("cột này", "cột ghi chú"),) if partly else ()


def _carried(facts: Facts) -> tuple[str, ...]:
    """The note that says whose stocks are of a month before, or of the register."""
    return (official(facts.carried),) if facts.carried else ()


def _columns(facts: Facts, name: str) -> tuple[AppendixColumn, ...]:
    moved = f"Tăng/giảm so với {BASE_NAMES[facts.base]}"
    return (
        AppendixColumn("TT", 10),
        AppendixColumn(name, 69, "text"),
        AppendixColumn("ĐVT", 20, "text"),
        AppendixColumn("Kỳ này", 21),
        AppendixColumn("Kỳ trước", 21),
        AppendixColumn("Cùng kỳ năm trước", 21),
        AppendixColumn("Số", 20, "signed", moved),
        AppendixColumn("%", 18, "rate", moved),
        AppendixColumn("Lũy kế năm", 21),
        AppendixColumn("Ghi chú", 29, "text"),
    )


def _indicators(facts: Facts) -> AppendixTable:
    rows: list[AppendixRow] = []
    section = None
    for place, line in enumerate(facts.lines, start=1):
        if line.section != section:
            section = line.section
            rows.append(AppendixRow("section", (section,)))
        note = NOTHING_KNOWN if line.value is None else ""
        rows.append(AppendixRow("line", (place, line.name, line.unit, *_compared(line, facts, note))))
    notes = _not_all(facts) + _carried(facts)
    return AppendixTable("Chỉ tiêu", "Số liệu các chỉ tiêu", _columns(facts, "Chỉ tiêu"), tuple(rows), notes)


def _weapons(facts: Facts) -> AppendixTable:
    rows = [
        AppendixRow("line", (place, line.name, line.unit, *_compared(line, facts)))
        for place, line in enumerate(facts.weapons, start=1)
    ]
    if any(line.is_gun for line in facts.weapons):
        rows.append(AppendixRow("total", (None, "Tổng số súng", "khẩu", *_compared(facts.guns, facts))))
    title = "Vũ khí, vật liệu nổ, công cụ hỗ trợ và pháo thu được"
    return AppendixTable("Vũ khí", title, _columns(facts, "Loại"), tuple(rows))


def _parts(facts: Facts) -> AppendixTable:
    """A row for every commune in official order (or hamlet), reported or not; the total is the whole's own."""
    what = "Xã, phường, đặc khu" if facts.of_province else "Khu dân cư"
    covered = (AppendixColumn("Báo cáo tháng", 18, "text"),) if facts.of_province else ()
    first = (AppendixColumn("TT", 9), AppendixColumn(what, 38, "text"), *covered)
    width = (LANDSCAPE_MM - sum(column.width for column in first)) / len(facts.columns)
    columns = (*first, *(AppendixColumn(_heading(line), width) for line in facts.columns))
    codes = [line.code for line in facts.columns]
    rows = []
    for place, part in enumerate(facts.parts, start=1):
        reports = (f"{part.counted}/{part.expected}" if part.expected else "",) if facts.of_province else ()
        rows.append(AppendixRow("line", (place, part.name, *reports, *(part.values.get(code) for code in codes))))
    counted = (f"{number(facts.basis.counted)}/{number(facts.basis.expected)}",) if facts.of_province else ()
    rows.append(AppendixRow("total", (None, "Tổng cộng", *counted, *(line.value for line in facts.columns))))
    name = "Theo xã" if facts.of_province else "Theo khu dân cư"
    notes = ("Dấu “–” hoặc ô trống: chưa có số liệu, khác với 0.", *_carried(facts))
    return AppendixTable(name, f"Số liệu theo {what.lower()}", columns, tuple(rows), notes)


def _heading(line: IndicatorLine) -> str:
    """An indicator over a narrow column: "Tin có giá trị (tin)"."""
    name = line.name.removeprefix("Trong đó: ")
    return f"{name[:1].upper()}{name[1:]} ({line.unit})"


def whole(value: Number) -> bool:
    """Whether a number has no decimals."""
    return not isinstance(value, Decimal) or value == value.to_integral_value()
