"""The appendix drawn by hand: 148 communes × 16 columns in template nodes would take longer than their figures."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from reports.documents.appendix import AppendixTable, Head

register = template.Library()
NUMERIC, TOTAL = ' class="n"', ' class="total"'


@register.simple_tag
def appendix_heads(table: AppendixTable) -> SafeString:
    """Draw the one or two rows of the head."""
    rows = ("".join(_head(head) for head in row) for row in table.heads if row)
    return mark_safe("".join(f"<tr>{row}</tr>" for row in rows))


def _head(head: Head) -> str:
    spans = f' colspan="{head.columns}"' if head.columns > 1 else ""
    spans += f' rowspan="{head.rows}"' if head.rows > 1 else ""
    return f'<th scope="{"colgroup" if head.columns > 1 else "col"}"{spans}>{escape(head.text)}</th>'


@register.simple_tag
def appendix_rows(table: AppendixTable) -> SafeString:
    """Draw the rows; the second cell names each."""
    return mark_safe("".join(_row(table, kind, cells) for kind, cells in table.written))


def _row(table: AppendixTable, kind: str, cells: list[tuple[str, str]]) -> str:
    if kind == "section":
        text = escape(cells[0][1])
        return f'<tr><th scope="colgroup" class="section" colspan="{len(table.columns)}">{text}</th></tr>'
    first = "" if kind == "total" else escape(cells[0][1])
    styles = {"text": ""}
    drawn = [f'<td>{first}</td><th scope="row">{escape(cells[1][1])}</th>']
    drawn += [f"<td{styles.get(form, NUMERIC)}>{escape(text)}</td>" for form, text in cells[2:]]
    return f"<tr{TOTAL if kind == 'total' else ''}>{''.join(drawn)}</tr>"
