"""Tables drawn by hand: 148 communes × 12 months in template nodes would take longer than their totals."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from html import escape  # Django's own marks each piece as safe, which takes as long as the rest
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from communes.templatetags.vietnamese import number
from reports.tables.table import Cell, Column, Table

register = template.Library()
SWAPPED = str.maketrans(",.", ".,")
Grounds = dict[str, tuple[str, str]]
MARKS = {
    "approved": ("✓", "Đã duyệt"),
    "submitted": ("●", "Đã gửi"),
    "returned": ("↩", "Trả lại"),
    "draft": ("…", "Đang nhập"),
    "none": ("–", "Chưa bắt đầu"),
}


@register.filter
def alike(value: int | Decimal | None, rows: Iterable[Any]) -> str:
    """Write one of several figures with as many decimals as the largest of them has."""
    top = max((one.line.shown for one in rows if one.line.shown is not None), default=None)
    if not isinstance(value, Decimal) or not isinstance(top, Decimal):
        return number(value)
    places = top.as_tuple().exponent
    return f"{value.quantize(Decimal(1).scaleb(int(places)), ROUND_HALF_UP):,}".translate(SWAPPED)


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """Draw the rows of a table; every text is escaped, addresses are ours."""
    grounds = table.grounds
    return mark_safe("".join(_row(table, row, grounds) for row in table.rows))


def _row(table: Table, row: Any, grounds: Grounds) -> str:
    first = row[0]
    if first.style == "section":
        width = len(table.columns)
        return f'<tr><th scope="colgroup" class="section" colspan="{width}">{escape(first.text)}</th></tr>'
    style = f' class="{first.style}"' if first.style else ""
    cells = [f'<th scope="row"{style}>{_content(first, grounds)}</th>']
    pairs = zip(table.columns[1:], row[1:], strict=True)
    cells += [_cell(column, cell, first.text, grounds, folds=table.folds) for column, cell in pairs]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(column: Column, cell: Cell, row_name: str, grounds: Grounds, *, folds: bool) -> str:
    names = " ".join(
        name for name in ("n" if column.numeric else "", cell.style, "pickable" if cell.pick else "") if name
    )
    style = f' class="{names}"' if names else ""
    note = f' title="{escape(cell.note)}"' if cell.note else ""
    bar = ""
    if cell.share is not None:
        bar = (
            '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{cell.share}" height="4"/></svg>'
        )
    box = _pick_box(cell, row_name) if cell.pick else ""
    label = f' data-label="{escape(column.heading)}"' if folds and cell.text else ""
    return f"<td{style}{note}{label}>{box}{_content(cell, grounds)}{bar}{_spark(cell.spark)}</td>"


def _pick_box(cell: Cell, row_name: str) -> str:
    """The box that picks a cell for a return; the number is its label."""
    said = escape(f"{row_name}, {cell.text}")
    chosen = " checked" if cell.picked else ""
    return f'<input type="checkbox" form="back" name="pick" value="{cell.pick}" aria-label="{said}"{chosen}>'


def _spark(values: tuple[int | None, ...]) -> str:
    """Draw a line over the months, broken where one is blank; the last month is a dot."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    top, step = max(known) or 1, 72 / (len(values) - 1)
    points = [
        None if v is None else f"{4 + place * step:.0f},{18 - 14 * v / top:.0f}" for place, v in enumerate(values)
    ]
    runs = " ".join("M" if point is None else point for point in points).split("M")
    lines = "".join(f'<polyline points="{run.strip()}"/>' for run in runs if " " in run.strip())
    x, y = (points[-1] or "").split(",") if points[-1] else ("", "")
    dot = f'<circle cx="{x}" cy="{y}" r="2.5"/>' if x else ""
    spoken = ", ".join("trống" if v is None else number(v) for v in values)
    return f'<svg class="spark" viewBox="0 0 80 22" role="img" aria-label="{spoken}">{lines}{dot}</svg>'


def _content(cell: Cell, grounds: Grounds) -> str:
    text = escape(cell.text)
    if cell.on in grounds:  # on the screen its end, on paper a letter in its place
        kept = escape(cell.text.removesuffix(f", {cell.on}"))
        text = f'{kept}<span data-on="{grounds[cell.on][0]}">{text.removeprefix(kept)}</span>'
    return f'<a href="{escape(cell.url)}">{text}</a>' if cell.url else text


@register.simple_tag
def matrix_rows(matrix: dict[str, Any]) -> SafeString:
    """Draw communes × months: a mark for the state of each report, with its name for those who listen."""
    rows = []
    for commune, cells in matrix["rows"]:
        drawn = []
        for month, state in cells:
            mark, name = MARKS[state]
            shown = f'{mark}<span class="sr"> {name}</span>'
            if state != "none":
                shown = f'<a href="/review/{commune.slug}/{month}/">{shown}</a>'
            drawn.append(f'<td class="{state}">{shown}</td>')
        rows.append(f'<tr><th scope="row">{escape(str(commune))}</th>{"".join(drawn)}</tr>')
    return mark_safe("".join(rows))
