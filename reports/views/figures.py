"""From a figure down to its cells: places, months, reports, and who entered what when."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.models import Commune, Province
from communes.templatetags.vietnamese import moment
from reports import makeup
from reports.explore import parts_of
from reports.grid import Row
from reports.models import Indicator
from reports.question import figure_address, summary_asked
from reports.summary import INCLUDE_LABELS, Summary, Value
from reports.tables import Cell, Column, Table, shares
from reports.units import UnknownUnit

CELLS_A_PAGE = 100
REPORTS_SHOWN = 200
ASKED = ("province", "cluster", "commune", "span", "include", "boundaries", "indicator")


def figures(request: HttpRequest) -> HttpResponse:
    """Seen by: whoever sees the place. One figure, and level by level what it is made of."""
    if request.user.is_administrator:
        raise PermissionDenied("Trang số liệu dành cho người báo cáo và người đọc báo cáo.")
    given = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    try:
        summary, _ = summary_asked(given, request.user, timezone.now())
    except UnknownUnit as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("explore")
    if not summary.indicators:
        messages.info(request, "Chọn một chỉ tiêu rồi bấm vào số để xem số ấy gồm những gì.")
        return redirect("explore")
    summary = summary.asking(indicators=summary.indicators[:1])
    return render(request, "explore/figures.html", page(request, summary))


def page(request: HttpRequest, summary: Summary) -> dict[str, Any]:
    """Everything the page shows."""
    indicator = summary.catalogue[0]
    unit, row = unit_asked(request, summary), row_asked(request)
    counted = indicator.source == Indicator.Source.REGISTRY
    context = {
        "summary": summary, "place": summary.place, "indicator": indicator, "unit": unit,
        "counted": counted, "is_stock": indicator.measure == Indicator.Measure.STOCK,
        "value": figure(summary, indicator, unit, row), "include_label": INCLUDE_LABELS[summary.include],
        "trail": trail(request, summary, indicator), "row": row, "whole_url": address(request, row=""),
        "page_url": address(request),
    }  # fmt: skip
    if unit is None:
        by_month = month_table(request, summary, indicator) if len(summary.span) > 1 else None
        return context | {"by_month": by_month, "below": place_table(summary, indicator)}
    parts = makeup.parts(summary, indicator, unit)
    behind = [part.report.pk for part in parts if part.counts]
    if not counted:
        pages = Paginator(makeup.cells(indicator, behind, row), CELLS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"cells": cell_table(indicator, makeup.entries(list(pages))), "pages": pages}
    return context | {"reports": report_table(request, summary, indicator, parts[:REPORTS_SHOWN])}


def unit_asked(request: HttpRequest, summary: Summary) -> int | None:
    """The key of the unit whose reports are shown; None above units."""
    place = summary.place
    if place.commune:
        own = summary.heirs.get(place.commune.pk) if summary.boundaries == "today" else None
        return own or place.commune.pk
    return -place.province.pk if place.province and request.GET.get("office") else None


def row_asked(request: HttpRequest) -> Row | None:
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


def address(request: HttpRequest, **changes: str) -> str:
    """This page with some choices changed ("" drops one)."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"?{query.urlencode()}"


def trail(request: HttpRequest, summary: Summary, indicator: Indicator) -> list[tuple[str, str]]:
    """The places above this one that the reader may see: name, address."""
    place, user = summary.place, request.user
    steps = []
    if not user.is_commune and not user.province_id and place.province:
        steps.append(("Cả nước", figure_address(summary.asking(place=type(place)()), indicator.code)))
    if not user.is_commune and (place.commune or place.cluster or request.GET.get("office")):
        steps.append((str(place.province), figure_address(summary, indicator.code, province=place.province.slug)))
    return steps


def place_table(summary: Summary, indicator: Indicator) -> Table:
    """The places below with their part of the figure, greatest first."""
    values = summary.values(summary.span, "commune")
    if summary.place.province:
        communes = Commune.objects.in_bulk([key for key in values if key > 0])
        offices = Province.objects.in_bulk([-key for key in values if key < 0])
        lines = [(communes[k] if k > 0 else offices[-k].office_name, place_of(k, communes, offices)) for k in values]
    else:
        home = dict(Commune.objects.filter(pk__in=[key for key in values if key > 0]).values_list("pk", "province"))
        values = Summary.together(values, lambda key: -key if key < 0 else home[key])
        provinces = Province.objects.in_bulk(list(values))
        lines = [(provinces[key], {"province": provinces[key].slug}) for key in values]
    found = [
        (str(name), part, row.get(indicator.code)) for (name, part), row in zip(lines, values.values(), strict=True)
    ]
    found = sorted((one for one in found if one[2]), key=lambda one: (-one[2].value, one[0]))
    rows = [
        [
            Cell(name, url=figure_address(summary, indicator.code, **part)), Cell(value.value, share=share),
            Cell(value.reports),
        ]
        for (name, part, value), share in zip(found, shares([v.value for *_, v in found]), strict=True)
    ]  # fmt: skip
    heading = parts_of(summary.place).capitalize()
    return Table(
        f"Theo {heading.lower()}", [Column(heading, numeric=False), Column("Số liệu"), Column("Báo cáo")], rows
    )


def place_of(key: int, communes: dict[int, Commune], offices: dict[int, Province]) -> dict[str, str]:
    """How an address names a unit."""
    if key > 0:
        return {"commune": communes[key].slug}
    return {"province": offices[-key].slug, "office": "1"}


def month_table(request: HttpRequest, summary: Summary, indicator: Indicator) -> Table:
    """The months of the span; each leads to the same page of that month."""
    found = makeup.months(summary, indicator)
    bars = shares([value.value if value else None for _, value in found])
    rows = [
        [
            Cell(month.title.capitalize(), url=address(request, span=str(month))),
            Cell(value.value if value else None, share=share), Cell(value.reports if value else 0),
        ]
        for (month, value), share in zip(found, bars, strict=True)
    ]  # fmt: skip
    return Table("Theo tháng", [Column("Tháng", numeric=False), Column("Số liệu"), Column("Báo cáo")], rows)


def report_table(request: HttpRequest, summary: Summary, indicator: Indicator, parts: list[makeup.Part]) -> Table:
    """The reports of a unit, which of them count, and what each holds."""
    counted = indicator.source == Indicator.Source.REGISTRY
    heads = [
        Column("Tháng", numeric=False), Column("Mở báo cáo", numeric=False), Column("Số liệu"),
        Column("Nguồn" if counted else "Được tính", numeric=False),
    ]  # fmt: skip
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
    return Table("Báo cáo", heads, rows)


def source(indicator: Indicator, part: makeup.Part) -> Cell:
    """Where a counted figure comes from: frozen when sent, or the register as it is."""
    report = part.report
    words = "đang đếm từ danh bạ" if part.live else f"chốt khi gửi, {moment(report.sent_at)}" if report.sent_at else ""
    if not part.counts:
        words += " (có báo cáo sau nên không tính)"
    window = report.month.window(report.province.cutoff_day)
    return Cell(words, url=makeup.register_address(indicator, report.commune, window) if report.commune_id else "")


def cell_table(indicator: Indicator, entries: list[makeup.Entry]) -> Table:
    """The cells, each leading to its history."""
    heads = [
        Column("Dòng", numeric=False), Column("Tháng", numeric=False), Column("Số liệu"),
        Column("Người ghi sau cùng", numeric=False), Column("Lúc", numeric=False),
    ]  # fmt: skip
    rows = [
        [
            Cell(one.name, url=f"{report_of(one)}cells/{one.row.key}/{indicator.code}/"),
            Cell(one.report.month.title), Cell(one.value), Cell(one.by),
            Cell(f"{moment(one.at)}{' (đã sửa)' if one.changed else ''}"),
        ]
        for one in entries
    ]  # fmt: skip
    return Table("Từng ô số liệu", heads, rows)


def report_of(entry: makeup.Entry) -> str:
    """The address of the report that holds a cell."""
    return f"/reports/{entry.report.unit.slug}/{entry.report.month}/"
