"""From a figure down to its cells: places, months, reports, and who entered what when."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.models import Commune
from communes.requests import AuthenticatedHttpRequest, require_reader
from communes.templatetags.vietnamese import day, moment
from reports.asking import makeup
from reports.asking.address import (
    COUNTED_WORDS,
    counted_choices,
    figure_address,
    figure_span,
    span_below,
    summary_asked,
)
from reports.asking.places import address_of
from reports.entry.grid import Row
from reports.models import Indicator, WeaponHandover, WeaponKind
from reports.tables.table import Cell, Column, Table, shares
from reports.totals.missing import Missing, missing_of
from reports.totals.parts import parts_of
from reports.totals.summary import Summary, Value
from reports.units import UnknownUnit

CELLS_A_PAGE = 100
REPORTS_SHOWN = 200
ASKED = ("province", "cluster", "district", "commune", "span", "include", "boundaries", "indicator")


def figures(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: whoever sees the place. One figure, and level by level what it is made of."""
    summary = summary_of(request)
    if summary is None:
        return redirect("explore")
    if not summary.indicators:
        messages.info(request, "Chọn một chỉ tiêu rồi bấm vào số để xem số ấy gồm những gì.")
        return redirect("explore")
    summary = summary.asking(indicators=summary.indicators[:1])
    return render(request, "explore/figures.html", page(request, summary))


def weapons(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Seen by: whoever sees the place. The lines behind a quantity of one kind, or behind all guns ("guns")."""
    summary = summary_of(request)
    if summary is None:
        return redirect("explore")
    kinds = {kind.code: kind for kind in WeaponKind.objects.all()}
    found = summary.weapons()
    value: Decimal | None
    if code == "guns":
        name, unit, value = "Tổng số súng", "khẩu", Summary.guns(found, kinds.values())
        lines = summary.handovers().filter(kind__is_gun=True)
    elif code in kinds:
        name, unit, value = kinds[code].name, kinds[code].unit, found.get(code)
        lines = summary.handovers().filter(kind__code=code)
    else:
        raise Http404
    lines = lines.select_related("kind", "report__commune", "report__province", "hamlet")
    pages = Paginator(lines.order_by("-report__month", "report__commune__code", "pk"), CELLS_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "summary": summary,
        "place": summary.place,
        "name": name,
        "unit": unit,
        "value": value,
        "lines": weapon_table(list(shown)),
        "pages": shown,
        "page_url": address(request),
    } | counting(request, summary)
    return render(request, "explore/weapons.html", context)


def counting(request: AuthenticatedHttpRequest, summary: Summary) -> dict[str, Any]:
    """Which reports the page counts, and the addresses of the other choices."""
    choices = counted_choices(summary.include, lambda include: address(request, include=include))
    return {"counted_words": COUNTED_WORDS[summary.include], "choices": choices}


def weapon_table(lines: list[WeaponHandover]) -> Table:
    """Lines of weapons, each leading to its report."""
    heads = [
        Column("Đơn vị", numeric=False),
        Column("Tháng", numeric=False),
        Column("Loại", numeric=False),
        Column("Số lượng"),
        Column("ĐVT", numeric=False),
        Column("Nguồn", numeric=False),
        Column("Nơi giao nộp", numeric=False),
        Column("Số biên bản", numeric=False),
    ]
    rows = [
        [
            Cell(one.report.unit.name, url=f"/review/{one.report.unit.slug}/{one.report.month}/"),
            Cell(one.report.month.title),
            Cell(one.kind.name),
            Cell(one.quantity),
            Cell(one.kind.unit),
            Cell(one.get_source_display()),
            Cell(one.hamlet.name if one.hamlet else ""),
            Cell(one.record_number),
        ]
        for one in lines
    ]
    return Table("Từng dòng giao nộp", heads, rows, folds=True)


def summary_of(request: AuthenticatedHttpRequest) -> Summary | None:
    """Return the summary of the address; None, with a message, where it cannot be read."""
    require_reader(request.user)
    given = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    try:
        return summary_asked(given, request.user, timezone.now())[0]
    except UnknownUnit as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None


def page(request: AuthenticatedHttpRequest, summary: Summary) -> dict[str, Any]:
    """Everything the page shows."""
    indicator = summary.catalogue[0]
    unit, row = unit_asked(request, summary), row_asked(request)
    counted = indicator.source == Indicator.Source.REGISTRY
    context = {
        "summary": summary,
        "place": summary.place,
        "indicator": indicator,
        "unit": unit,
        "counted": counted,
        "reaches": indicator.reaches,
        "is_stock": indicator.measure == Indicator.Measure.STOCK,
        "value": figure(summary, indicator, unit, row),
        "trail": trail(request, summary, indicator),
        "row": row,
        "whole_url": address(request, row=""),
        "page_url": address(request),
    } | counting(request, summary)
    if unit is None:
        by_month = month_table(request, summary, indicator) if len(summary.span) > 1 else None
        return context | {"by_month": by_month, "below": place_table(summary, indicator)}
    parts = makeup.parts(summary, indicator, unit)
    behind = [part.report.pk for part in parts if part.counts]
    left_out = [one for one in reversed(missing_of(summary)) if one.unit == unit and indicator.asked_in(one.month)]
    if left_out:
        context |= {"left_out": left_out_table(summary, left_out[:REPORTS_SHOWN])}
    if not counted:
        pages = Paginator(makeup.cells(indicator.reaches or indicator, behind, row), CELLS_A_PAGE).get_page(
            request.GET.get("page")
        )
        context |= {"cells": cell_table(indicator.reaches or indicator, makeup.entries(list(pages))), "pages": pages}
    return context | {"reports": report_table(request, summary, indicator, unit, parts[:REPORTS_SHOWN])}


def unit_asked(request: AuthenticatedHttpRequest, summary: Summary) -> int | None:
    """The key of the unit whose reports are shown; None above units."""
    place = summary.place
    if place.commune:
        own = summary.heirs.get(place.commune.pk) if summary.boundaries == "today" else None
        return own or place.commune.pk
    return -place.province.pk if place.province and request.GET.get("office") else None


def row_asked(request: AuthenticatedHttpRequest) -> Row | None:
    """The row whose cells are shown; None for all."""
    try:
        return Row.parse(request.GET["row"]) if request.GET.get("row") and not request.GET.get("office") else None
    except ValueError:
        return None


def figure(summary: Summary, indicator: Indicator, unit: int | None, row: Row | None) -> Value | None:
    """The figure itself, as every other page has it."""
    if row is not None and not row.group and summary.place.commune:
        return summary.values(summary.span, "hamlet").get(row.hamlet, {}).get(indicator.code)
    if unit is not None and unit < 0:
        return summary.values(summary.span, "commune").get(unit, {}).get(indicator.code)
    return summary.total().get(indicator.code)


def address(request: AuthenticatedHttpRequest, **changes: str) -> str:
    """This page with some choices changed ("" drops one)."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"?{query.urlencode()}"


def trail(request: AuthenticatedHttpRequest, summary: Summary, indicator: Indicator) -> list[tuple[str, str]]:
    """The places above this one that the reader may see: name, address."""
    place, user = summary.place, request.user
    steps = []
    if not user.is_commune and not user.province_id and place.province:
        steps.append(("Cả nước", f"/figures/?indicator={indicator.code}&{figure_span(summary)}"))
    inside = place.commune or place.part or request.GET.get("office")
    if place.province and inside and not user.is_commune:
        steps.append((str(place.province), figure_address(summary, indicator.code, province=place.province.slug)))
    return steps


def place_table(summary: Summary, indicator: Indicator) -> Table:
    """The places below with their part of the figure, greatest first."""
    parts = parts_of(summary)
    found = [(part, row[indicator.code]) for part, row in parts.rows((indicator.code,)) if indicator.code in row]
    found.sort(key=lambda one: -one[1].value)
    below = span_below(summary)
    rows = [
        [
            Cell(part.name, figure_address(summary, indicator.code, below, **(address_of(part, summary.place) or {}))),
            Cell(value.value, share=share),
            Cell(value.reports),
        ]
        for (part, value), share in zip(found, shares([value.value for _, value in found]), strict=True)
    ]
    heads = [Column(parts.what.capitalize(), numeric=False), Column("Số liệu"), Column("Báo cáo")]
    return Table(f"Theo {parts.what}", heads, rows)


def month_table(request: AuthenticatedHttpRequest, summary: Summary, indicator: Indicator) -> Table:
    """The months of the span; each leads to the same page of that month."""
    found = makeup.months(summary, indicator)
    bars = shares([value.value if value else None for _, value in found])
    rows = [
        [
            Cell(month.title.capitalize(), url=address(request, span=str(month))),
            Cell(value.value if value else None, share=share),
            Cell(value.reports if value else 0),
        ]
        for (month, value), share in zip(found, bars, strict=True)
    ]
    return Table("Theo tháng", [Column("Tháng", numeric=False), Column("Số liệu"), Column("Báo cáo")], rows)


def report_table(
    request: AuthenticatedHttpRequest,
    summary: Summary,
    indicator: Indicator,
    unit: int,
    parts: list[makeup.ReportPart],
) -> Table:
    """The reports of a unit, which of them count, and what each holds."""
    counted = indicator.source == Indicator.Source.REGISTRY
    heads = [
        Column("Tháng", numeric=False),
        Column("Mở báo cáo", numeric=False),
        Column("Số liệu"),
        Column("Nguồn" if counted else "Được tính", numeric=False),
    ]
    rows = []
    for part in parts:
        report = part.report
        name = report.month.title.capitalize()
        if report.commune_id and report.commune_id != getattr(summary.place.commune, "pk", None):
            name = f"{name}, {report.commune}"
        rows.append(
            [
                Cell(name, url=address(request, span=str(report.month)) if len(summary.span) > 1 else ""),
                Cell(report.get_state_display(), url=f"/review/{report.unit.slug}/{report.month}/"),
                Cell(part.value),
                source(indicator, part) if counted else Cell("được tính" if part.counts else "không: có báo cáo sau"),
            ]
        )
    return Table("Báo cáo", heads, [*register_rows(summary, indicator, unit), *rows])


def register_rows(summary: Summary, indicator: Indicator, unit: int) -> list[list[Cell]]:
    """What the register gives for a unit without a counted report in the span, each commune leading to it."""
    stock = indicator.measure == Indicator.Measure.STOCK and indicator.source == Indicator.Source.REGISTRY
    asked = [one for one in summary.registered(summary.span) if one.unit == unit] if stock else []
    communes = Commune.objects.in_bulk([one.commune for one in asked])
    window = summary.register_window(summary.span)
    return [
        [
            Cell(f"Danh bạ {communes[one.commune]} đến ngày {day(window[1])}"),
            Cell("Chưa có báo cáo được tính"),
            Cell(one.counts.get(indicator.code, 0)),
            Cell("theo danh bạ", url=makeup.register_address(indicator, communes[one.commune], window)),
        ]
        for one in asked
    ]


def left_out_table(summary: Summary, found: list[Missing]) -> Table:
    """The months of a unit that are not counted, each with why."""
    place = summary.place
    slug = place.commune.slug if place.commune else f"province-{place.province.slug}" if place.province else ""
    rows = [
        [
            Cell(one.month.title.capitalize(), f"/review/{slug}/{one.month}/" if one.state else ""),
            Cell(f"{one.why}, không được tính"),
        ]
        for one in found
    ]
    return Table("Tháng không được tính", [Column("Tháng", numeric=False), Column("Vì sao", numeric=False)], rows)


def source(indicator: Indicator, part: makeup.ReportPart) -> Cell:
    """Where a counted figure comes from: frozen when sent, or the register as it is."""
    report = part.report
    words = "đang đếm từ danh bạ" if part.live else f"chốt khi gửi, {moment(report.sent_at)}" if report.sent_at else ""
    if not part.counts:
        words += " (có báo cáo sau nên không tính)"
    commune, window = report.commune, report.month.window(report.province.cutoff)
    if commune and commune.started_on and commune.started_on > window[1]:  # its own lists hold nothing of then
        return Cell(f"{words}; khi ấy chưa có {commune}")
    return Cell(words, url=makeup.register_address(indicator, commune, window) if commune else "")


def cell_table(indicator: Indicator, entries: list[makeup.CellEntry]) -> Table:
    """The cells, each leading to its history."""
    heads = [
        Column("Dòng", numeric=False),
        Column("Tháng", numeric=False),
        Column("Số liệu"),
        Column("Người ghi sau cùng", numeric=False),
        Column("Lúc", numeric=False),
    ]
    rows = [
        [
            Cell(one.name, url=f"{report_of(one)}cells/{one.row.key}/{indicator.code}/"),
            Cell(one.report.month.title),
            Cell(one.value),
            Cell(one.by),
            Cell(f"{moment(one.at)}{' (đã sửa)' if one.changed else ''}"),
        ]
        for one in entries
    ]
    return Table("Từng ô số liệu", heads, rows)


def report_of(entry: makeup.CellEntry) -> str:
    """The address of the report that holds a cell."""
    return f"/reports/{entry.report.unit.slug}/{entry.report.month}/"
