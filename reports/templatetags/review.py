"""The grid of a sent month, read and picked in; its heads and feet are those of entry, drawn by hand as they are."""

from collections.abc import Collection

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from communes.templatetags.vietnamese import number
from reports.entry.grid import UNIT_ROW, BegunGrid, GridLine, Row
from reports.review.beside import Oddities, used_groups
from reports.templatetags.grid import Compared, Sections, past_rows

register = template.Library()
Picked = Collection[str] | None
"""The keys of the cells that are chosen; None where none can be."""
BACK = "back"  # the form that the boxes belong to, wherever they stand


def _box(key: str, code: str, labels: str, picked: Collection[str]) -> str:
    """Draw the box that picks a cell for a return; its heads and its number name it."""
    name = f"{key}.{code}"
    chosen = " checked" if name in picked else ""
    return f'<input type="checkbox" form="{BACK}" name="pick" value="{name}" aria-labelledby="{labels}"{chosen}>'


@register.simple_tag
def review_rows(grid: BegunGrid, sections: Sections, odd: Oddities, picked: Picked, opened: set[Row]) -> SafeString:
    """Draw hamlets, the unit, and under those opened the groups with figures; numbers lead to their history."""
    codes = [indicator.code for _, indicators in sections for indicator in indicators]
    drawn = []
    for top in grid.lines:
        used = used_groups(grid, top)
        beside = top.row == UNIT_ROW and grid.hamlets
        if beside and not used and not any((top.row, code) in grid.cells for code in codes):
            continue  # nothing is written there, and nothing picked: the total is
        shown = used if top.row in opened else []
        # the unit's cell beside hamlets is picked as the total, which holds it
        here = None if beside else picked
        drawn.append(_line(grid, top, codes, odd, here, closed=0 if shown else len(used)))
        drawn += [_line(grid, line, codes, odd, picked, closed=None) for line in shown]
    return mark_safe("".join(drawn))


def _line(
    grid: BegunGrid, line: GridLine, codes: list[str], odd: Oddities, picked: Picked, *, closed: int | None
) -> str:
    """Draw one line; ``closed`` says how many groups a top line keeps folded, None is a group's own line."""
    key, base, cells = line.row.key, f"/reports/{grid.unit.slug}/{grid.month}/cells", []
    for code in codes:
        place = (line.row, code)
        value = grid.cells.get(place)
        style = "odd" if place in odd.cells else "zero" if value == 0 else ""
        more = grid.group_sums.get(place) if closed else None
        parts = "" if more is None else f' data-more="{number(more)}" data-whole="{number(more + (value or 0))}"'
        box = "" if picked is None else _box(key, code, f"r-{key} i-{code} c-{key}-{code}", picked)
        cells.append(
            f"<td{_attributes(style, odd.cells.get(place, ''))}{parts}>{box}"
            f'<a id="c-{key}-{code}" href="{base}/{key}/{code}/">{number(value)}</a></td>'
        )
    name = escape(line.name)
    head = f'<span id="r-{key}">{name}</span>'
    if closed:
        head += f' <a class="open-groups" href="?open={key}#r-{key}" aria-label="{name}: {closed} tổ">{closed} tổ</a>'
    style = ' class="group-row"' if closed is None else ""
    return f'<tr{style}><th scope="row">{head}</th>{"".join(cells)}</tr>'


def _attributes(style: str, why: str) -> str:
    return (f' class="{style}"' if style else "") + (f' title="{escape(why)}"' if why else "")


@register.simple_tag
def review_foot(
    grid: BegunGrid, sections: Sections, totals: dict[str, int], compared: Compared, odd: Oddities, picked: Picked
) -> SafeString:
    """Draw the totals, which are picked as the unit's own cells, and the months they are compared with."""
    cells = []
    for code in [indicator.code for _, indicators in sections for indicator in indicators]:
        why = odd.totals.get(code, "")
        pickable = picked is not None and grid.hamlets
        box = _box(UNIT_ROW.key, code, f"r-sum i-{code} t-{code}", picked or ()) if pickable else ""
        value = f'<span id="t-{code}">{number(totals.get(code))}</span>'
        cells.append(f"<td{_attributes('odd' if why else '', why)}>{box}{value}</td>")
    total = f'<tr class="total"><th scope="row" id="r-sum">Tổng cộng</th>{"".join(cells)}</tr>'
    return mark_safe(f"<tfoot>{total}{past_rows(sections, compared)}</tfoot>")
