"""The grid of a month, drawn by hand: form widgets would cost six times as much, and template nodes
three times (docs/decisions/0002). Names are escaped; keys and codes hold only letters, digits, "-", "_".
"""

from html import escape  # of what is always a string; Django's asks of each whether it is one

from django import template
from django.utils.safestring import SafeString, mark_safe

from communes.refusals import Objection
from communes.templatetags.vietnamese import number
from reports.catalogue import DISPUTES, OUTCOMES
from reports.entry.checks import Problem
from reports.entry.grid import UNIT_ROW, Grid, GridLine
from reports.models import CellComment, Indicator, IndicatorSection

register = template.Library()
Sections = list[tuple[IndicatorSection, list[Indicator]]]
Compared = list[tuple[str, str, dict[str, int]]]
NONE = "Không phát sinh"
THIS_MONTH = "Tháng này"


def _none_button(scope: str, label: str = "") -> str:
    spoken = f' aria-label="{NONE}: {escape(label)}"' if label else ""
    return f' <button class="link none" name="none" value="{scope}" data-none="{scope}"{spoken}>{NONE}</button>'


def _column_head(grid: Grid, indicator: Indicator, section: IndicatorSection) -> str:
    """The head of a column: the short name to be seen, the full one to be heard and shown on pointing."""
    unit, full = escape(indicator.unit), escape(indicator.name)
    spoken = f' title="{full}" aria-label="{full}, {unit}"' if indicator.head != indicator.name else ""
    rules = _rules(grid, indicator, section)
    return f'<th scope="col"{spoken} {rules}>{escape(indicator.head)} <span class="quiet">{unit}</span></th>'


def _rules(grid: Grid, indicator: Indicator, section: IndicatorSection) -> str:
    """What the page's scripts know of an indicator."""
    against = " ".join(sorted(grid.catalogue.against.get(indicator.code, ())))
    rules = f' data-against="{against}"' if against else ""
    if indicator.code in OUTCOMES:
        rules += f' data-of-received="{DISPUTES}"'
    if not indicator.core:
        rules += " data-optional"
    return (
        f'id="i-{indicator.code}" data-code="{indicator.code}" data-section="{section.code}" '
        f'data-measure="{indicator.measure}"{rules}'
    )


@register.simple_tag
def grid_head(grid: Grid, sections: Sections, refusal: Objection | None) -> SafeString:
    """Draw the heads: sections, then indicators."""
    first, second = ['<th rowspan="2" scope="col" class="corner">Khu dân cư</th>'], []
    for section, indicators in sections:
        button = "" if refusal else _none_button(f"section:{section.code}", section.name)
        name = escape(section.name)
        first.append(f'<th scope="colgroup" colspan="{len(indicators)}" class="section">{name}{button}</th>')
        second += [_column_head(grid, indicator, section) for indicator in indicators]
    return mark_safe(f"<thead><tr>{''.join(first)}</tr><tr>{''.join(second)}</tr></thead>")


@register.simple_tag
def grid_body(
    grid: Grid,
    lines: list[GridLine],
    sections: Sections,
    typed: dict[str, str],
    opened: set[str],
    refusal: Objection | None,
) -> SafeString:
    """Draw the top lines, and under those that are opened the lines of their groups."""
    drawn = []
    for line in lines:
        drawn.append(_top_line(grid, line, sections, typed, opened, refusal))
        if line.row.key in opened:
            drawn.append(group_lines(grid, line, sections, typed, refusal))
    return mark_safe("".join(drawn))


@register.simple_tag
def group_lines(
    grid: Grid, line: GridLine, sections: Sections, typed: dict[str, str], refusal: Objection | None
) -> SafeString:
    """Draw the lines of a top line's groups."""
    rows = [
        f'<tr data-row="{one.row.key}" data-of="{line.row.key}" class="group-row"><th scope="row">'
        f'<span id="r-{one.row.key}">{escape(one.name)}</span></th>'
        f"{_cells(grid, one, sections, typed, refusal)}</tr>"
        for one in line.groups
    ]
    return mark_safe("".join(rows))


def _top_line(
    grid: Grid, line: GridLine, sections: Sections, typed: dict[str, str], opened: set[str], refusal: Objection | None
) -> str:
    """Draw a top line: its name, its groups' link, its cells."""
    key, name = line.row.key, escape(line.name)
    head = [f'<span id="r-{key}">{name}</span>']
    if line.group_count:
        is_open = key in opened
        head.append(
            f' <a class="open-groups" href="?open={"" if is_open else key}" data-hamlet="{line.row.hamlet or 0}" '
            f'data-for="{key}" aria-expanded="{"true" if is_open else "false"}" '
            f'aria-label="{name}: {line.group_count} tổ">{line.group_count} tổ</a>'
        )
    if not refusal and line.row.hamlet:
        head.append(_none_button(f"row:{key}", line.name))
    cells = _cells(grid, line, sections, typed, refusal)
    return f'<tr data-row="{key}"><th scope="row">{"".join(head)}</th>{cells}</tr>'


def _cells(grid: Grid, line: GridLine, sections: Sections, typed: dict[str, str], refusal: Objection | None) -> str:
    """Draw a line's cells: inputs, or numbers that lead to their history where nothing may be entered."""
    row, key, cells = line.row, line.row.key, []
    values, groups = grid.cells, grid.group_sums if line.row.group is None else {}
    for _, indicators in sections:
        for indicator in indicators:
            code = indicator.code
            place = (row, code)
            more = ""
            if groups and place in groups:
                more = f' data-more="{groups[place]}" data-whole="{number(groups[place] + values.get(place, 0))}"'
            cells.append(f"<td{more}>{_cell(grid, key, code, values.get(place), typed, refusal)}</td>")
    return "".join(cells)


@register.simple_tag
def grid_foot(sections: Sections, totals: dict[str, int], compared: Compared) -> SafeString:
    """Draw the totals, and the months they are compared with."""
    codes = [indicator.code for _, indicators in sections for indicator in indicators]
    cells = "".join(f'<td data-total="{code}">{number(totals.get(code))}</td>' for code in codes)
    total = f'<tr class="total"><th scope="row">Tổng cộng</th>{cells}</tr>'
    return mark_safe(f"<tfoot>{total}{past_rows(sections, compared)}</tfoot>")


def past_rows(sections: Sections, compared: Compared) -> str:
    """Draw the months that a total is compared with, one line each."""
    codes = [indicator.code for _, indicators in sections for indicator in indicators]
    rows = []
    for _, heading, values in compared:
        cells = "".join(f"<td>{number(values.get(code))}</td>" for code in codes)
        rows.append(f'<tr class="past"><th scope="row">{heading}</th>{cells}</tr>')
    return "".join(rows)


@register.simple_tag
def unit_level(
    grid: Grid,
    sections: Sections,
    typed: dict[str, str],
    totals: dict[str, int],
    compared: Compared,
    refusal: Objection | None,
) -> SafeString:
    """Draw what is entered for the unit as a whole, and what its hamlets' cells say of it, section by section."""
    parts = []
    for section, indicators in sections:
        button = "" if refusal else _none_button(f"section:{section.code}", section.name)
        name = escape(section.name)
        parts.append(f'<tbody><tr><th scope="rowgroup" colspan="5" class="section">{name}{button}</th></tr>')
        for indicator in indicators:
            code = indicator.code
            drawn = _this_month(grid, indicator, typed, totals, refusal)
            before = "".join(
                f'<td class="n" data-label="{escape(heading)}">{number(values.get(code))}</td>'
                for _, heading, values in compared
            )
            parts.append(_unit_row(grid, section, indicator, drawn + before))
        parts.append("</tbody>")
    return mark_safe("".join(parts))


def _unit_row(grid: Grid, section: IndicatorSection, indicator: Indicator, cells: str) -> str:
    """One row: what may be typed is the unit's, with its rules; what is counted has a name alone."""
    unit = f"<td>{escape(indicator.unit)}</td>"
    if indicator.source == Indicator.Source.CELLS:
        return f'<tr><th scope="row">{escape(indicator.name)}</th>{unit}{cells}</tr>'
    rules = _rules(grid, indicator, section)
    return f'<tr data-row="u"><th scope="row" {rules}>{escape(indicator.name)}</th>{unit}{cells}</tr>'


def _this_month(
    grid: Grid, indicator: Indicator, typed: dict[str, str], totals: dict[str, int], refusal: Objection | None
) -> str:
    """The cell of the month: typed, or counted of hamlets as they are typed (``data-reached``: of which indicator)."""
    code = indicator.code
    if indicator.source == Indicator.Source.ENTERED:
        drawn = _cell(grid, "u", code, grid.cells.get((UNIT_ROW, code)), typed, refusal)
        return f'<td class="cell" data-label="{THIS_MONTH}">{drawn}</td>'
    of = next((one.code for one in grid.catalogue.by_hamlet if one.pk == indicator.reaches_id), "")
    return f'<td class="n" data-reached="{of}" data-label="{THIS_MONTH}">{number(totals.get(code))}</td>'


def _cell(grid: Grid, key: str, code: str, value: int | None, typed: dict[str, str], refusal: Objection | None) -> str:
    if refusal:
        if grid.report is None:
            return "–"
        url = f"/reports/{grid.unit.slug}/{grid.month}/cells/{key}/{code}/"
        return f'<a id="c-{key}-{code}" href="{url}">{number(value)}</a>'
    shown: object = "" if value is None else value if value < 1000 else number(value)
    bad = ""
    if typed and (text := typed.get(f"{key}.{code}")) is not None:
        shown, bad = escape(text), ' aria-invalid="true"'
    return (
        f'<input id="c-{key}-{code}" name="{key}.{code}" value="{shown}" inputmode="numeric" '
        f'autocomplete="off" maxlength="15" aria-labelledby="r-{key} i-{code}"{bad}>'
    )


@register.filter
def blank_ones(problems: "list[Problem]") -> "list[Problem]":
    """The problems that only tell what is still blank: many while a month is being entered, so they are folded."""
    return [one for one in problems if one.is_blank]


@register.filter
def cell_id(problem: Problem) -> str:
    """Return the id of the first cell a problem is about, or of its indicator's heading."""
    if problem.cells:
        row, code = problem.cells[0]
        return f"c-{row.key}-{code}"
    return f"i-{problem.indicator}" if problem.indicator else "month"


@register.filter
def row_key(comment: CellComment) -> str:
    """Return the key of the row a remark is on."""
    hamlet, group = comment.hamlet_id, comment.group_id
    return f"h{hamlet}" if hamlet else f"g{group}" if group else "u"


@register.filter
def row_name(comment: CellComment) -> str:
    """Name the row a remark is on."""
    return comment.hamlet.name if comment.hamlet else comment.group.name if comment.group else "Toàn đơn vị"
