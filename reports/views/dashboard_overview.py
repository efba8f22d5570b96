"""The overview of the totals page: headlines, trend, every indicator, the parts, weapons, coverage."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone

from communes.models import Commune
from communes.templatetags.vietnamese import day, number
from reports import charts
from reports.asking.published import published_tables
from reports.asking.standing import is_last_odd
from reports.models import Indicator, WeaponHandover, WeaponKind
from reports.months import Month, Span
from reports.tables.table import FOLDED, Cell, Column, Table, shares, swing
from reports.totals.comparing import LIKE_NOTE, Compared, moves_note
from reports.totals.ratios import BASES
from reports.totals.rows import IndicatorRow, WeaponRow, indicator_rows, weapon_rows
from reports.totals.steady import steady_months
from reports.totals.summary import Summary, Value
from reports.views.dashboard_asked import Asked

HEADLINES = (  # what happened first, what is there after it
    "patrols",
    "valuable_tips",
    "disputes_settled",
    "outreach_sessions",
    "household_clusters",
    "security_teams",
    "initiatives",
    "released_supported",
)
COMPARED = ("patrols", "patrol_attendance", "valuable_tips", "disputes_settled", "outreach_sessions")
TREND, LONGEST = 12, 60  # months drawn, at least and at most
BLANK = Cell(None)
HAMLETS_ONLY = "Chỉ tiêu chỉ tính cho toàn xã và chỉ tiêu đếm từ danh bạ không có số liệu theo khu dân cư."


def overview(asked: Asked) -> dict[str, Any]:
    """Everything the overview shows; every figure of it is asked of the summary."""
    rows = indicator_rows(asked.whole, "indicator")
    pasts = pasts_of(asked, rows)
    by_code = {row.code: row for row in rows}
    former = asked.indicator.succeeds if asked.indicator else None
    heads = [by_code[code] for code in HEADLINES if code in by_code]
    told = told_once(heads)
    return {
        "tiles": [
            (
                row,
                asked.figure(row.code),
                row.compared["previous"].beside("previous", told.of(row)),
                row.compared["same_span_last_year"].beside("same_span_last_year", told.of(row)),
                pasts[row.code],
                rests_on(asked, row),
            )
            for row in heads
        ],
        "told": told,
        "types_of": stands(asked, asked_now=bool(asked.summary.registered(asked.summary.span))),
        "trend": trend(asked.summary, asked.indicator, asked.run(TREND, LONGEST)) if asked.indicator else None,
        "former_url": asked.address(indicator=former.code) + "#chosen" if former else "",
        "indicators": indicator_table(asked, rows, pasts),
        "parts": parts_table(asked),
        "matrix": matrix(asked.summary),
        "weapons": weapons_table(asked),
        "initiative_types": asked.summary.initiative_types(),
        "published": published_tables(asked.summary),
        "same_spans": asked.summary.span.previous == asked.summary.span.same_span_last_year,
    }


def stands(asked: Asked, *, asked_now: bool) -> str:
    """Say of which day stocks are: no day to come, for of a month that runs they are today's."""
    _, on = asked.summary.register_window(asked.summary.span)
    if asked_now:
        return f"theo danh bạ đến {day(on)}"
    return f"đến hết {day(on)}" if on < timezone.localdate(asked.summary.now) else f"đến {day(on)}"


def rests_on(asked: Asked, row: IndicatorRow) -> str:
    """Say what a headline stands on: how many reports, and of a stock the day; the register alone needs none."""
    said = [f"{number(row.reports)} báo cáo có số liệu"] if row.reports or not row.from_register else []
    if row.measure == Indicator.Measure.STOCK:
        runs = asked.summary.register_window(asked.summary.span)[1] >= timezone.localdate(asked.summary.now)
        carried = runs and not row.from_register  # from the reports before: of none of these days
        said.append("theo báo cáo gần nhất" if carried else stands(asked, asked_now=row.from_register > 0))
    return ", ".join(said)


class Told(NamedTuple):
    """Over what most of some figures are compared (``why``), said once below them and not in each: whose, by name."""

    why: str = ""
    name: str = ""
    codes: frozenset[str] = frozenset()

    def of(self, row: IndicatorRow) -> str:
        """Return what is said below of a figure; empty where nothing is."""
        return self.why if row.code in self.codes else ""


def told_once(rows: list[IndicatorRow]) -> Told:
    """Say it of all figures, or of the flows alone.

    Of none where one of them is compared over everything: it says nothing, and would seem to be compared so too.
    """
    flows = [row for row in rows if row.measure == Indicator.Measure.FLOW]
    for name, some in (("các con số trên", rows), ("số phát sinh trong kỳ", flows)):
        why = Counter(one.why for row in some for one in row.compared.values() if one.sides)
        if why and "" not in why:
            return Told(why.most_common(1)[0][0], name, frozenset(row.code for row in some))
    return Told()


def overview_tables(asked: Asked) -> list[Table]:
    """The same as tables, for a workbook."""
    tables = [
        indicator_table(asked, indicator_rows(asked.whole, "indicator")),
        parts_table(asked),
        weapons_table(asked),
    ]
    return tables + published_tables(asked.summary)


def trend(summary: Summary, indicator: Indicator, run: Span) -> charts.Trend:
    """One indicator by month, last year's behind it; before it began, the one whose place it took."""
    series = [one for one in (indicator, indicator.continues) if one]
    only = summary.asking(span=run, indicators=tuple(one.code for one in series))
    now, before = only.values(run, "month"), only.values(run.same_span_last_year, "month")

    def value(values: Any, month: Month) -> int | None:
        found = values.get(month, {})
        return next((found[one.code].value for one in series if one.code in found), None)

    points = [charts.Point(month.title, value(now, month), value(before, month - 12)) for month in run]
    former = f" (các tháng trước: {series[1].name})" if len(series) > 1 else ""
    return charts.Trend(f"{indicator.name} theo tháng{former}", indicator.unit, points)


def pasts_of(asked: Asked, rows: list[IndicatorRow]) -> dict[str, charts.Past]:
    """Code → the line of a figure; its last month is marked where it is beyond what the year before knew."""
    months = steady_months(asked.whole)
    pasts = {row.code: months.get(row.code, []) for row in rows}
    return {row.code: charts.Past(row.name, pasts[row.code], is_last_odd(pasts[row.code])) for row in rows}


def indicator_table(asked: Asked, rows: list[IndicatorRow], pasts: dict[str, charts.Past] | None = None) -> Table:
    """Every indicator with what it is compared with, the year to date, and its ratio; a click draws it.

    Flows by section, then what is there. On a page, with ``pasts``, a line of thirteen months stands at the end, and
    what has not changed is folded into one line.
    """
    summary, sizes = asked.whole, asked.parts.sizes
    alike = "13 tháng, cùng các nơi" if summary.place.province else "13 tháng"
    columns = [
        Column("Chỉ tiêu", numeric=False),
        Column("ĐVT", numeric=False),
        Column("Kỳ này"),
        Column("Kỳ trước"),
        Column("Tăng, giảm"),
        Column("Cùng kỳ năm trước"),
        Column("Tăng, giảm"),
        Column("Lũy kế năm"),
        *([Column(f"Bình quân {BASES[asked.basis].label}")] if asked.basis else []),
        Column("Số báo cáo có số liệu"),
        *([Column(alike, numeric=False)] if pasts is not None else []),
    ]
    to_date, ratio = summary.total(summary.span.year_to_date), asked.parts.whole() if asked.basis else {}
    names = {i.code: i.section.name for i in summary.catalogue}
    still = [row for row in rows if is_unchanged(row)] if pasts is not None and not asked.basis else []
    moving = [row for row in rows if row not in still]
    flows = groupby((row for row in moving if row.measure != Indicator.Measure.STOCK), key=lambda row: names[row.code])
    sections = [(name, list(some)) for name, some in flows]
    stocks = [row for row in moving if row.measure == Indicator.Measure.STOCK]
    sections.append((f"Số hiện có {stands(asked, asked_now=False)}", stocks))
    lines: list[list[Cell]] = []
    for name, some in sections:
        if some:
            lines.append([Cell(name, style="section"), *([Cell("")] * (len(columns) - 1))])
        for row in some:
            divided = [Cell(ratio[row.code].value if row.code in ratio else None, style="fixed")] if asked.basis else []
            spark = [Cell("", past=pasts[row.code])] if pasts is not None else []
            so_far = _plain(to_date, row.code)
            lines.append([*_indicator(asked, row, so_far), *divided, Cell(row.reports), *spark])
    if still:
        lines.append(_folded(asked, still))
    title = f"Chỉ tiêu – {asked.place.name}, {summary.span.title}"
    notes = [*summary.notes, to_date_note(asked), LIKE_NOTE, moves_note()]
    return Table(title, columns, lines, notes + ([sizes.note] if sizes and sizes.note else []))


def is_unchanged(row: IndicatorRow) -> bool:
    """Whether what is there, or else is counted from the register, is what it was in both spans before, everywhere."""
    alike = (one.sides and one.sides[0] == one.sides[1] and not one.why for one in row.compared.values())
    return bool(row.measure == Indicator.Measure.STOCK or row.mark) and all(alike)


def _folded(asked: Asked, rows: list[IndicatorRow]) -> list[Cell]:
    """One line for what has not changed, each with its name, value and unit."""
    said = [Cell("Không đổi so với kỳ trước và cùng kỳ năm trước", style=FOLDED)]
    for row in rows:
        said += [_name(asked, row), Cell(row.value, asked.figure(row.code)), Cell(row.unit)]
    return said


def _name(asked: Asked, row: IndicatorRow) -> Cell:
    return Cell(row.name, url=asked.address(indicator=row.code) + "#chosen")


def _moved(compared: Compared, style: str = "compared") -> Cell:
    """How a figure moved, with a bar of how far."""
    return replace(compared.cell(style), swing=swing(*compared.sides) if compared.sides else None)


def _indicator(asked: Asked, row: IndicatorRow, to_date: int | None) -> list[Cell]:
    """The cells of an indicator from its name to its year to date, each leading to what is behind it."""
    span = asked.summary.span
    spans = ("", str(span.previous), str(span.same_span_last_year), str(span.year_to_date))
    value, before, year, so_far = (
        Cell(one, asked.figure(row.code, name)) if one is not None else Cell(None)
        for one, name in zip((row.value, row.previous, row.same_span_last_year, to_date), spans, strict=True)
    )
    return [
        _name(asked, row),
        Cell(row.unit),
        value,
        before,
        _moved(row.compared["previous"]),
        year,
        _moved(row.compared["same_span_last_year"]),
        so_far,
    ]


def to_date_note(asked: Asked) -> str:
    """Say what the year to date is, and where stocks stand."""
    span = asked.summary.span.year_to_date
    months = span.first.title if len(span) == 1 else f"{span.first.title} đến {span.last.title}"
    return f"Lũy kế năm: {months}. Số hiện có (tổ, thành viên, mô hình …) là số {stands(asked, asked_now=False)}."


def _plain(values: dict[str, Value], code: str) -> int | None:
    found = values.get(code)
    return found.value if found else None


def parts_table(asked: Asked) -> Table:
    """The parts of the place with a few indicators, sortable."""
    parts, place = asked.parts, asked.place
    codes = tuple(dict.fromkeys((asked.code, *COMPARED)))[: len(COMPARED)]
    indicators = {i.code: i for i in asked.whole.catalogue if i.code in codes}
    codes = tuple(code for code in codes if code in indicators)
    lines = parts.rows(codes)
    sort = asked.request.GET.get("sort", "")
    key = sort.removeprefix("-")
    if key in codes:  # blanks last, whichever way
        lines.sort(key=lambda line: line[1][key].value if key in line[1] else 0, reverse=sort.startswith("-"))
        lines.sort(key=lambda line: key not in line[1])
    columns = [Column(parts.what.capitalize(), numeric=False, url=asked.address(sort=None) + "#parts")]
    for code in codes:
        direction = {code: "ascending", f"-{code}": "descending"}.get(sort, "")
        turn = code if sort == f"-{code}" else f"-{code}"
        heading = f"{indicators[code].name} ({indicators[code].unit})"
        columns.append(Column(heading, url=asked.address(sort=turn) + "#parts", sorted=direction))
    bars = {code: shares([_plain(values, code) for _, values in lines]) for code in codes}
    rows = [
        [
            Cell(part.name, url=asked.down(part)),
            *(
                Cell(values[code].value, asked.behind(part, code), share=bars[code][at]) if code in values else BLANK
                for code in codes
            ),
        ]
        for at, (part, values) in enumerate(lines)
    ]
    notes = [*asked.summary.notes, *([HAMLETS_ONLY] if place.commune else [])]
    return Table(f"Theo {parts.what}, {asked.summary.span.title}", columns, rows, notes)


def matrix(summary: Summary) -> dict[str, Any] | None:
    """Coverage: communes × months, the state of each report; not drawn for the whole country."""
    if summary.place.province is None:
        return None
    months, states = summary.expected_months(), summary.states
    communes = Commune.objects.in_bulk(list(summary.expected))
    rows = [(communes[pk], [(month, states.get((pk, month), "none")) for month in months]) for pk in summary.expected]
    return {"months": months, "rows": rows}


def weapons_table(asked: Asked) -> Table:
    """Weapons by kind, each in its own unit; guns together; the year to date beside them."""
    summary = asked.summary
    weapons, guns = weapon_rows(summary, to_date=True)
    columns = [
        Column("Loại", numeric=False),
        Column("ĐVT", numeric=False),
        Column("Kỳ này"),
        Column("Kỳ trước"),
        Column("Tăng, giảm"),
        Column("Cùng kỳ năm trước"),
        Column("Tăng, giảm"),
        Column("Lũy kế năm"),
    ]
    rows = [_weapon(asked, one) for one in (*weapons, guns)]
    by_source = sources(summary)
    columns += [Column(name) for name in by_source]
    for one, row in zip((*weapons, guns), rows, strict=True):
        row += [Cell(of.get(one.code), style=row[0].style) for of in by_source.values()]
    title = f"Vũ khí, vật liệu nổ thu được, {summary.span.title}"
    return Table(title, columns, rows, [*summary.notes, LIKE_NOTE, moves_note()])


def sources(summary: Summary) -> dict[str, dict[str, Decimal]]:
    """How what was handed over came: name → kind → quantity, guns together; empty where all came voluntarily."""
    found, kinds = summary.weapons_by_source(), list(WeaponKind.objects.all())
    if set(found) <= {WeaponHandover.Source.VOLUNTARY}:
        return {}
    return {
        source.label: of | {"guns": summary.guns(of, kinds)}
        for source in WeaponHandover.Source
        if (of := found.get(source))
    }


def handed_over(summary: Summary, span: Span, amount: Decimal | None) -> Decimal | None:
    """What was handed over in a span: none of a kind that no counted report names; without reports nothing is known."""
    return (amount or Decimal(0)) if summary.counted(span) else None


def _weapon(asked: Asked, one: WeaponRow) -> list[Cell]:
    span, style = asked.summary.span, "sum" if one.code == "guns" else ""
    spans = (span, span.previous, span.same_span_last_year, span.year_to_date)
    amounts = (one.value, one.previous, one.same_span_last_year, one.year_to_date)
    value, before, year, so_far = (
        Cell(
            handed_over(asked.summary, of, amount),
            asked.weapons(one.code, str(of) if of != span else "") if amount else "",
            style=style,
        )
        for amount, of in zip(amounts, spans, strict=True)
    )
    return [
        Cell(one.name, style=style),
        Cell(one.unit, style=style),
        value,
        before,
        _moved(one.compared["previous"], f"compared {style}".strip()),
        year,
        _moved(one.compared["same_span_last_year"], f"compared {style}".strip()),
        so_far,
    ]
