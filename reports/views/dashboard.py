"""Tổng hợp: the totals of a place over a span, each leading down to what is behind it."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.models import Commune, Province
from reports import charts
from reports.exports.xlsx import workbook
from reports.filters import SpanForm
from reports.months import Month, Span
from reports.question import default_span, place_asked, summary_asked
from reports.summary import INCLUDE_LABELS, Place, Summary
from reports.summary_rows import IndicatorRow, indicator_rows, weapon_rows
from reports.tables import Cell, Column, Table, change, shares
from reports.units import UnknownUnit

HEADLINES = (
    "household_clusters", "security_teams", "initiatives", "patrols", "valuable_tips", "disputes_settled",
    "outreach_sessions", "released_supported",
)  # fmt: skip
COMPARED = ("patrols", "patrol_attendance", "valuable_tips", "disputes_settled", "outreach_sessions")
TREND = 12  # months drawn


def dashboard(request: HttpRequest) -> HttpResponse:
    """Seen by: everyone who reports or reads, each within her place; the address holds the choice."""
    user, now = request.user, timezone.now()
    if user.is_administrator:
        raise PermissionDenied("Trang tổng hợp dành cho người báo cáo và người đọc báo cáo.")
    try:
        if request.GET.get("run"):
            return _free_run(request, place_asked(request.GET, user))
        summary, _ = summary_asked(request.GET, user, now)
    except UnknownUnit as error:
        raise Http404 from error
    except ValidationError as error:
        errors = getattr(error, "message_dict", {"span": error.messages})
        place = place_asked({}, user)
        summary = Summary(place, default_span(place, now), now)
        return render(request, "dashboard/dashboard.html", page(request, summary) | {"errors": errors}, status=400)
    if request.GET.get("format") == "xlsx":
        return export(request, summary)
    return render(request, "dashboard/dashboard.html", page(request, summary))


def _free_run(request: HttpRequest, place: Place) -> HttpResponse:
    """Turn the typed run of months into the span of the address."""
    query = request.GET.copy()
    query["span"] = query.pop("run")[-1].strip()
    return redirect(f"{request.path}?{query.urlencode()}")


def address(request: HttpRequest, **changes: Any) -> str:
    """Return this page's address with some choices changed (None drops one)."""
    query = {key: value for key, value in request.GET.items() if value and key not in ("format", "run")}
    query |= changes
    return f"{request.path}?{urlencode({key: value for key, value in query.items() if value is not None})}"


def page(request: HttpRequest, summary: Summary) -> dict[str, Any]:
    """Everything the page shows; every figure of it is asked of the summary."""
    rows = indicator_rows(summary.asking(indicators=None), "indicator")
    by_code = {row.code: row for row in rows}
    chosen = (summary.indicators or ("patrols",))[0]
    weapons, guns = weapon_rows(summary)
    user, place = request.user, summary.place
    return {
        "summary": summary,
        "place": place,
        "span": summary.span,
        "spans": span_choices(place, summary),
        "include_label": INCLUDE_LABELS[summary.include],
        "form": SpanForm,
        "tiles": [(by_code[code], change(by_code[code].value, by_code[code].previous),
                   change(by_code[code].value, by_code[code].same_span_last_year))
                  for code in HEADLINES if code in by_code],
        "chosen": by_code.get(chosen),
        "trend": trend(summary, chosen) if chosen in by_code else None,
        "indicators": indicator_table(request, summary, rows),
        "parts": parts_table(request, summary, chosen),
        "matrix": matrix(summary),
        "weapons": weapons_table(summary, weapons, guns),
        "initiative_types": summary.initiative_types(),
        "provinces": Province.objects.visible_to(user).living() if not user.is_commune else [],
        "communes": Commune.objects.visible_to(user).filter(province=place.province).living() if place.province else [],
        "xlsx_url": address(request, format="xlsx"),
        "may_choose": not user.is_commune,
        "same_spans": summary.span.previous == summary.span.same_span_last_year,
        "unfinished": unfinished(summary),
    }  # fmt: skip


def unfinished(summary: Summary) -> Month | None:
    """The month that runs now, where the span is not over yet."""
    current = Month.at(summary.now, summary.place.cutoff_day)
    return current if summary.span.last >= current else None


def span_choices(place: Place, summary: Summary) -> list[tuple[str, list[Span]]]:
    """Return the named spans of the last three years, newest year first."""
    current = Month.at(summary.now, place.cutoff_day)
    groups = []
    for year in range(current.year, current.year - 3, -1):
        names = [str(year), *(f"{year}-{part}" for part in Span.PARTS)]
        names += [f"{year}-{number:02d}" for number in range(12, 0, -1)]
        spans = [place.span(name) for name in names]
        groups.append((f"Năm {year}", [span for span in spans if span.first <= current]))
    return groups


def trend(summary: Summary, code: str) -> charts.Trend:
    """The chosen indicator by month up to the end of the span, last year's behind it."""
    last = min(summary.span.last, Month.at(summary.now, summary.place.cutoff_day))
    first = min(summary.span.first, last - (TREND - 1))
    run = Span(f"{first}..{last}", first, last)
    only = summary.asking(span=run, indicators=(code,))
    now, before = only.values(run, "month"), only.values(run.same_span_last_year, "month")
    indicator = next(i for i in only.catalogue if i.code == code)

    def value(values: Any, month: Month) -> int | None:
        found = values.get(month, {}).get(code)
        return found.value if found else None

    points = [charts.Point(month.title, value(now, month), value(before, month - 12)) for month in run]
    return charts.Trend(f"{indicator.name} theo tháng", indicator.unit, points)


def indicator_table(request: HttpRequest, summary: Summary, rows: list[IndicatorRow]) -> Table:
    """Every indicator with what it is compared with; a click draws it."""
    columns = [
        Column("Chỉ tiêu", numeric=False), Column("ĐVT", numeric=False), Column("Kỳ này"), Column("Kỳ trước"),
        Column("Tăng, giảm"), Column("Cùng kỳ năm trước"), Column("Tăng, giảm"), Column("Số báo cáo có số liệu"),
    ]  # fmt: skip
    lines, section = [], None
    names = {i.code: i.section.name for i in summary.asking(indicators=None).catalogue}
    for row in rows:
        if row.section != section:
            section = row.section
            lines.append([Cell(names[row.code], style="section"), *([Cell("")] * 7)])
        lines.append(
            [
                Cell(row.name, url=address(request, indicator=row.code) + "#parts"), Cell(row.unit), Cell(row.value),
                Cell(row.previous), Cell(change(row.value, row.previous)), Cell(row.same_span_last_year),
                Cell(change(row.value, row.same_span_last_year)), Cell(row.reports),
            ]
        )  # fmt: skip
    title = f"Chỉ tiêu – {summary.place.name}, {summary.span.title}"
    return Table(title, columns, lines, [summary.coverage.sentence])


def parts_table(request: HttpRequest, summary: Summary, chosen: str) -> Table:
    """The parts of the place (communes, or a commune's hamlets) with a few indicators, sortable."""
    place = summary.place
    codes = tuple(dict.fromkeys((chosen, *COMPARED)))[: len(COMPARED)]
    by = "hamlet" if place.commune else "commune"
    if not place.province:
        codes = codes[:1]
    asked = summary.asking(indicators=codes)
    indicators = {i.code: i for i in asked.catalogue}
    codes = tuple(code for code in codes if code in indicators)
    found: dict[tuple[str, str], dict[str, IndicatorRow]] = {}
    for row in indicator_rows(asked, by, compared=False):
        found.setdefault((row.key or "", row.key_name or ""), {})[row.code] = row
    lines = list(found.items())
    sort = request.GET.get("sort", "")
    key = sort.removeprefix("-")
    if key in codes:
        lines.sort(key=lambda line: _amount(line[1].get(key)), reverse=sort.startswith("-"))
    columns = [
        Column("Khu dân cư" if place.commune else "Đơn vị", numeric=False, url=address(request, sort=None) + "#parts")
    ]
    for code in codes:
        direction = {code: "ascending", f"-{code}": "descending"}.get(sort, "")
        turn = code if sort == f"-{code}" else f"-{code}"
        columns.append(Column(indicators[code].name, url=address(request, sort=turn) + "#parts", sorted=direction))
    bars = {code: shares([v[code].value if code in v else None for _, v in lines]) for code in codes}
    rows = [
        [
            Cell(name, url=_down(request, summary, slug)),
            *(
                Cell(v[code].value if code in v else None, share=bars[code][place_], note=indicators[code].unit)
                for code in codes
            ),
        ]
        for place_, ((slug, name), v) in enumerate(lines)
    ]
    what = "khu dân cư" if place.commune else "đơn vị"
    return Table(f"Theo {what}, {summary.span.title}", columns, rows, [summary.coverage.sentence])


def _amount(row: IndicatorRow | None) -> int:
    """For sorting: what is blank stands below zero."""
    return -1 if row is None or row.value is None else row.value


def _down(request: HttpRequest, summary: Summary, slug: str) -> str:
    """Where a part leads: a commune to its totals, a hamlet to the report that holds its cells."""
    if summary.place.commune:
        last = max((report.month for report in summary._counted(summary.span)), default=None)
        return f"/review/{summary.place.commune.slug}/{last}/" if last else ""
    if slug.startswith("province-"):
        return f"/reports/{slug}/"
    return address(request, commune=slug, province=None, sort=None)


def matrix(summary: Summary) -> dict[str, Any] | None:
    """Coverage: communes × months, the state of each report; not drawn for the whole country."""
    if summary.place.province is None:
        return None
    months, states = summary.expected_months(), summary.states
    communes = Commune.objects.in_bulk(list(summary.expected))
    rows = [(communes[pk], [(month, states.get((pk, month), "none")) for month in months]) for pk in summary.expected]
    return {"months": months, "rows": rows}


def weapons_table(summary: Summary, weapons: list[Any], guns: Any) -> Table:
    """Weapons by kind, each in its own unit; guns together."""
    columns = [
        Column("Loại", numeric=False), Column("ĐVT", numeric=False), Column("Kỳ này"), Column("Kỳ trước"),
        Column("Cùng kỳ năm trước"),
    ]  # fmt: skip
    rows = [
        [Cell(w.name), Cell(w.unit), Cell(w.value), Cell(w.previous), Cell(w.same_span_last_year)]
        for w in (*weapons, guns)
    ]
    return Table(f"Vũ khí, vật liệu nổ thu được, {summary.span.title}", columns, rows)


def export(request: HttpRequest, summary: Summary) -> HttpResponse:
    """The tables of the page as a workbook of real numbers; a blank cell stays empty."""
    rows = indicator_rows(summary.asking(indicators=None), "indicator")
    chosen = (summary.indicators or ("patrols",))[0]
    weapons, guns = weapon_rows(summary)
    tables = [
        indicator_table(request, summary, rows),
        parts_table(request, summary, chosen),
        weapons_table(summary, weapons, guns),
    ]
    place = summary.place.commune or summary.place.province
    name = f"antq-{place.slug if place else 'ca-nuoc'}-{summary.span}.xlsx"
    response = HttpResponse(
        workbook(tables), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
