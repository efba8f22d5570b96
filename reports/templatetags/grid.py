"""Cells of the grid, drawn by hand: form widgets would cost six times as much (docs/decisions/0002)."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from communes.templatetags.vietnamese import number
from reports.checks import Problem
from reports.grid import Grid, Line
from reports.models import Indicator, IndicatorSection

register = template.Library()
Sections = list[tuple[IndicatorSection, list[Indicator]]]


@register.simple_tag
def grid_cells(grid: Grid, line: Line, sections: Sections, typed: dict[str, str], readonly: bool) -> SafeString:
    """Draw a line's cells: inputs, or numbers that lead to their history where nothing may be entered.

    Keys and codes hold only letters, digits, "-" and "_"; what was typed is escaped.
    """
    key, cells = line.row.key, []
    for _, indicators in sections:
        for indicator in indicators:
            code = indicator.code
            value = grid.cells.get((line.row, code))
            groups = [v for v in (grid.cells.get((g.row, code)) for g in line.groups) if v is not None]
            more = f' data-more="{sum(groups)}"' if groups else ""
            if readonly:
                cells.append(f"<td{more}>{_link(grid, key, code, value)}</td>")
            else:
                cells.append(f"<td{more}>{_input(key, code, value, typed)}</td>")
    return mark_safe("".join(cells))


@register.simple_tag
def commune_cell(grid: Grid, indicator: Indicator, typed: dict[str, str], readonly: bool) -> SafeString:
    """Draw the one cell of an indicator entered for the unit as a whole."""
    value = grid.cells.get((grid.unit_line.row, indicator.code))
    drawn = _link(grid, "u", indicator.code, value) if readonly else _input("u", indicator.code, value, typed)
    return mark_safe(drawn)


def _input(key: str, code: str, value: int | None, typed: dict[str, str]) -> str:
    text = typed.get(f"{key}.{code}")
    bad = ' aria-invalid="true"' if text is not None else ""
    shown = escape(text) if text is not None else "" if value is None else value
    return (
        f'<input id="c-{key}-{code}" name="{key}.{code}" value="{shown}" inputmode="numeric" '
        f'autocomplete="off" maxlength="15" aria-labelledby="r-{key} i-{code}"{bad}>'
    )


def _link(grid: Grid, key: str, code: str, value: int | None) -> str:
    if grid.report is None:
        return "–"
    return f'<a href="/reports/{grid.unit.slug}/{grid.month}/cells/{key}/{code}/">{number(value)}</a>'


@register.filter
def at(values: dict[str, int], code: str) -> int | None:
    """Return the value of a code, None where it is blank."""
    return values.get(code)


@register.filter
def cell_id(problem: Problem) -> str:
    """Return the id of the first cell a problem is about, or of its indicator's heading."""
    if problem.cells:
        row, code = problem.cells[0]
        return f"c-{row.key}-{code}"
    return f"i-{problem.indicator}" if problem.indicator else "month"


@register.filter
def row_key(comment: object) -> str:
    """Return the key of the row a remark is on."""
    hamlet, group = comment.hamlet_id, comment.group_id
    return f"h{hamlet}" if hamlet else f"g{group}" if group else "u"
