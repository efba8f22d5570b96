"""Tables drawn by hand: 148 communes × 12 months in template nodes would take longer than their totals."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from html import escape  # Django's own marks each piece as safe, which takes as long as the rest
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from communes.templatetags.vietnamese import number
from reports.charts import Apart
from reports.tables.table import FOLDED, MIDDLE, Cell, Column, Table
from reports.templatetags.charts import past_line

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
    if first.style == FOLDED:
        return _folded(table, row)
    if first.style == MIDDLE:
        return _middle(table, *row)
    style = f' class="{first.style}"' if first.style else ""
    cells = [f'<th scope="row"{style}>{_content(first, grounds)}</th>']
    name, folds = first.text, table.folds
    pairs = zip(table.columns[1:], row[1:], strict=True)
    cells += [_cell(column, cell, name, grounds, folds=folds) for column, cell in pairs]
    return f"<tr>{''.join(cells)}</tr>"


def _folded(table: Table, row: Any) -> str:
    """A line for many: what is said of them, then of each name, value and unit."""
    parts = [
        f"<span>{_content(name, {})} {_content(value, {})} {escape(unit.text)}</span>"
        for name, value, unit in zip(row[1::3], row[2::3], row[3::3], strict=True)
    ]
    said = f"<b>{escape(row[0].text)}:</b> {' · '.join(parts)}"
    return f'<tr class="folded"><td colspan="{len(table.columns)}"><div>{said}</div></td></tr>'


def _middle(table: Table, verb: Cell, what: Cell) -> str:
    """A line that shows or hides what stands at its place, and leads back to it; on paper it says what that is."""
    said = f'<span class="no-print">{escape(verb.text)} </span>{escape(what.text)}'
    link = f'<a href="{escape(verb.url)}#{MIDDLE}">{said}</a>'
    return f'<tr id="{MIDDLE}"><td class="section" colspan="{len(table.columns)}">{link}</td></tr>'


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
    if cell.apart:
        bar += _apart(cell.apart)
    if cell.swing:
        bar += _swing(cell.swing)
    box = _pick_box(cell, row_name) if cell.pick else ""
    label = f' data-label="{escape(column.heading)}"' if folds and cell.text else ""
    return f"<td{style}{note}{label}>{box}{_content(cell, grounds)}{bar}{past_line(cell.past)}</td>"


def _pick_box(cell: Cell, row_name: str) -> str:
    """The box that picks a cell for a return; the number is its label."""
    said = escape(f"{row_name}, {cell.text}")
    chosen = " checked" if cell.picked else ""
    return f'<input type="checkbox" form="back" name="pick" value="{cell.pick}" aria-label="{said}"{chosen}>'


def _apart(one: Apart) -> str:
    """Draw a ring where a part stood a year before, a dot where it stands, and what is between."""
    drawn = [f'<path class="track" d="M0 5h100"/><path class="middle" d="M{_within(one.middle):g} 0v10"/>']
    if one.then is not None and one.now is not None:
        drawn.append(f'<path class="between" d="M{_within(one.then):g} 5H{_within(one.now):g}"/>')
    if one.then is not None:
        both = one.now is not None and one.then != _within(one.then) and _within(one.then) == _within(one.now)
        drawn += [_spot(one.then, style, inner=both) for style in ("then", "hole")]
    if one.now is not None:
        drawn.append(_spot(one.now, "last"))
    opening = '<svg class="apart" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    return f"{opening}{''.join(drawn)}</svg>"


def _within(at: float) -> float:
    return min(max(at, 0), 100)


def _spot(at: float, style: str, *, inner: bool = False) -> str:
    """A dot, or what lies beyond the axis as the head of an arrow at its edge, ``inner`` beside that of another."""
    if at == _within(at):
        return f'<path class="dot {style}" d="M{at:g} 5h0"/>'
    step = 4 if inner else 0
    head = f"M{98 - step} 1l2 4l-2 4" if at > 100 else f"M{2 + step} 1l-2 4l2 4"
    return "" if style == "hole" else f'<path class="beyond {style}" d="{head}"/>'


def _swing(swing: int) -> str:
    """Draw how far a figure moved, from the middle: to the right up, to the left down; the number stands above."""
    width = round(abs(swing) / 2)
    at, way = (50, "up") if swing > 0 else (50 - width, "down")
    return (
        '<svg class="swing" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="{way}" x="{at}" width="{width}" height="4"/><path d="M50 0v4"/></svg>'
    )


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
