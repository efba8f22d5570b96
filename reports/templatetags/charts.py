"""Parts of charts drawn by hand: hundreds of circles and cells in template nodes would take longer than their figures.

Names are escaped; numbers, styles and addresses are ours.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from communes.models import OfficialUnit
from communes.templatetags.vietnamese import number
from reports.charts import Pareto, Past, ShapeMap, Stacked, Strip
from reports.charts.classes import NO_FIGURES
from reports.charts.past import HEIGHT, WIDTH
from reports.charts.shapes import RADIUS
from reports.models import Indicator, IndicatorSection
from reports.months import Span

register = template.Library()
ODD = "khác hẳn mức thường thấy"


@register.simple_tag
def indicator_options(picker: list[tuple[IndicatorSection, list[Indicator]]], chosen: Indicator | None) -> SafeString:
    """Draw the choice of an indicator, by section."""
    code = chosen.code if chosen else ""
    groups = []
    for section, indicators in picker:
        options = "".join(
            f'<option value="{one.code}"{" selected" if one.code == code else ""}>{escape(one.name)}</option>'
            for one in indicators
        )
        groups.append(f'<optgroup label="{escape(section.name)}">{options}</optgroup>')
    return mark_safe("".join(groups))


@register.simple_tag
def unit_options(units: Iterable[OfficialUnit], chosen: OfficialUnit | None) -> SafeString:
    """Draw the choice of a province or a commune."""
    pk = chosen.pk if chosen else None
    return mark_safe(
        "".join(
            f'<option value="{one.slug}"{" selected" if one.pk == pk else ""}>{escape(str(one))}</option>'
            for one in units
        )
    )


@register.simple_tag
def span_options(groups: list[tuple[str, list[Span]]], chosen: Span) -> SafeString:
    """Draw the choice of a named span, by year; a free run stands below them."""
    drawn = [
        f'<optgroup label="{year}">{"".join(_span(one, one.name == chosen.name) for one in spans)}</optgroup>'
        for year, spans in groups
    ]
    known = {one.name for _, spans in groups for one in spans}
    return mark_safe("".join(drawn) + ("" if chosen.name in known else _span(chosen, True)))


def _span(one: Span, chosen: bool) -> str:
    title = one.title
    return f'<option value="{one}"{" selected" if chosen else ""}>{title[:1].upper()}{title[1:]}</option>'


@register.simple_tag
def heat_rows(rows: list[tuple[str, str, list[Any]]]) -> SafeString:
    """Draw parts × months: each cell in the colour of its class, with its number; a blank says so, or why."""
    drawn = []
    for name, url, cells in rows:
        head = f'<a href="{escape(url)}">{escape(name)}</a>' if url else escape(name)
        drawn.append(f'<tr><th scope="row">{head}</th>{"".join(map(_heat, cells))}</tr>')
    return mark_safe("".join(drawn))


def _heat(spot: Any) -> str:
    if spot.value is None:
        if spot.word:
            return f'<td class="{spot.style} owed">{escape(spot.word)}</td>'
        return f'<td class="{spot.style}">–<span class="sr"> {NO_FIGURES}</span></td>'
    odd, said = (" odd", f'<span class="sr"> {ODD}</span>') if spot.odd else ("", "")
    return f'<td class="{spot.style}{odd}"><a href="{escape(spot.url)}">{number(spot.value)}{said}</a></td>'


@register.simple_tag
def map_shapes(drawing: ShapeMap) -> SafeString:
    """Draw the places, each with its name and figure, then insets and names.

    Their links stay out of the tab order: the table beside the map is the keyboard's way.
    """
    drawn = [f'<path class="land" d="{drawing.land}"/>' if drawing.land else ""]
    for one in drawing.drawn:
        style = f"{one.style} chosen" if one.selected else one.style
        drawn.append(_linked(one.url, one.title, f'<path class="{style}" d="{one.path}">'))
    for circle in drawing.circles:
        shape = f'<circle class="{circle.style}" cx="{circle.x}" cy="{circle.y}" r="{RADIUS}">'
        drawn.append(_linked(circle.url, circle.title, shape))
    drawn.append(f'<path class="border" d="{drawing.sheet.outline}"/>')
    for inset in drawing.sheet.insets:
        drawn.append(
            f'<rect class="inset" x="{inset.x}" y="{inset.y}" width="{inset.width}" height="{inset.height}"/>'
            f'<text class="inset-name" x="{inset.x}" y="{inset.y - 30}">{escape(inset.name)}</text>'
            f'<text class="inset-of" x="{inset.x}" y="{inset.y - 9}">{escape(inset.of)}</text>'
        )
    names = [f'<text x="{one.x}" y="{one.y}" dy="6">{escape(one.text)}</text>' for one in drawing.names]
    return mark_safe(f'{"".join(drawn)}<g class="names" aria-hidden="true">{"".join(names)}</g>')


def _linked(url: str, title: str, shape: str) -> str:
    closing = "</path>" if shape.startswith("<path") else "</circle>"
    whole = f"{shape}<title>{escape(title)}</title>{closing}"
    return f'<a href="{escape(url)}" tabindex="-1">{whole}</a>' if url else whole


@register.simple_tag
def strip_dots(strip: Strip) -> SafeString:
    """Draw the dots of a distribution."""
    radius = strip.radius
    return mark_safe(
        "".join(
            f'<circle cx="{dot.x}" cy="{dot.y}" r="{radius}"><title>{escape(dot.title)}</title></circle>'
            for dot in strip.drawn
        )
    )


@register.simple_tag
def bars(drawing: Pareto | Stacked) -> SafeString:
    """Draw bars, each with its words; stacked ones in the colour of their layer."""
    return mark_safe("".join(_bar(bar) for bar in drawing.bars))


@register.simple_tag
def past_line(past: Past | None) -> SafeString:
    """Draw the line that stands beside every figure, tables' too: a hundred of them in template nodes would take long.

    Its band is two thirds of the months, its hairline the median, the ring the year before, the dot now.
    """
    if past is None or not past.known:
        return mark_safe("")
    return _past(past, _drawn(past))


@register.simple_tag
def past_of(past: Past) -> SafeString:
    """The same in its room, which stays where nothing is known and says so."""
    return past_line(past) or _past(past, [])


def _drawn(past: Past) -> list[str]:
    drawn = []
    if past.band:
        drawn.append(f'<rect class="band" width="{WIDTH}" y="{past.band[0]:g}" height="{past.band[1]:g}"/>')
    drawn.append(f'<line class="middle" x2="{WIDTH}" y1="{past.middle:g}" y2="{past.middle:g}"/>')
    drawn += [f'<polyline points="{run}"/>' for run in past.runs]
    if past.then:
        spot = f"M{past.then[0]:g} {past.then[1]:g}h0"
        drawn.append(f'<path class="dot then" d="{spot}"/><path class="dot hole" d="{spot}"/>')
    if past.now:
        drawn.append(f'<path class="dot {"odd" if past.odd else "last"}" d="M{past.now[0]:g} {past.now[1]:g}h0"/>')
    return drawn


def _past(past: Past, drawn: list[str]) -> SafeString:
    return mark_safe(
        f'<svg class="past" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(past.spoken)}">{"".join(drawn)}</svg>'
    )


def _bar(bar: Any) -> str:
    style = f' class="{bar.style}"' if hasattr(bar, "style") else ""
    return (
        f'<rect{style} x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}">'
        f"<title>{escape(bar.title)}</title></rect>"
    )
