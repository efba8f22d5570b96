"""Tổng quan: a place on one page, on a screen, on the wall and on one sheet of A4."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communes.boundaries import COUNTRY, sheet_of
from communes.models import User
from communes.requests import AuthenticatedHttpRequest, require_above_communes
from communes.templatetags.vietnamese import number
from reports import charts
from reports.asking.address import (
    COUNTED_WORDS,
    counted_choices,
    figure_address,
    figure_span,
    place_asked,
    summary_asked,
)
from reports.asking.standing import MAPPED, NAMED, SAID, PlaceStanding, standing_span
from reports.months import Span, reporting_year
from reports.review.odd import cautions, odd_communes
from reports.totals.ratios import BASES
from reports.totals.summary import Summary
from reports.units import UnknownUnit


def overview_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: a province's and the country's readers and reviewers; the address may name province, span, include."""
    user, now = request.user, timezone.now()
    require_above_communes(user)
    try:
        place = place_asked(request.GET, user)
        given = {key: request.GET.get(key, "") for key in ("province", "span", "include")}
        given["span"] = given["span"] or str(standing_span(place, now))
        summary, _ = summary_asked(given, user, now)
    except UnknownUnit as error:
        raise Http404 from error
    except ValidationError as error:
        raise Http404 from error
    return render(request, "overview/overview.html", page(summary, user, now))


def page(summary: Summary, user: User, now: datetime) -> dict[str, Any]:
    """Everything the page shows."""
    standing, place = standing_of(summary), summary.place
    own = f"province={place.province.slug}&" if place.province else ""
    asked = figure_span(summary)
    address = f"/dashboard/?{own}{asked}"
    sheet = sheet_of(place.province.code if place.province else COUNTRY)
    below = "commune" if place.province else "province"
    return {
        "standing": standing,
        "place": place,
        "title": title_of(summary.span),
        "span": summary.span,
        "window": summary.span.window(place.cutoff),
        "now": now,
        "coverage": summary.coverage,
        "counted_words": COUNTED_WORDS[summary.include],
        "choices": counted_choices(
            summary.include, lambda include: f"/overview/?{own}span={summary.span}&include={include}"
        ),
        "tiles": [(one, figure_address(summary, one.row.code)) for one in standing.headlines],
        "map": drawn(standing, sheet, f"{address}&view=map", below) if sheet else None,
        "address": address,
        "asked": asked,
        "left_out": standing.left_out[:SAID],
        "left_out_more": len(standing.left_out[SAID:]),
        "below": below,
        "unit": f"lượt{BASES['hamlet'].short}",
        "review_url": f"/review/?{own}month={standing.month}",
        "named": standing.silent[:NAMED],
        "more": len(standing.silent) - NAMED,
        "longest": _longest(standing) if place.province else "",
        "country": place.province is None,
        "late": late(standing),
        "lead": lead(standing),
    }


def _longest(standing: PlaceStanding) -> str:
    """Say who has been silent longest; where several are, how many, so that none is named before its like."""
    most = standing.silent[0].months if standing.silent else 0
    alike = [one for one in standing.silent if one.months == most]
    who = alike[0].name if len(alike) == 1 else f"{number(len(alike))} xã, phường"
    return f"{who} {most} tháng liền chưa báo cáo." if most > 1 else ""


def standing_of(summary: Summary) -> PlaceStanding:
    """How a place stands; a province's communes at either end with what must be known of them."""
    if summary.place.province is None:
        return PlaceStanding(summary)
    asked = summary.asking(indicators=(MAPPED,))
    odd = odd_communes(asked, MAPPED)
    return PlaceStanding(summary, cautions(asked, MAPPED, odd), odd)


def late(standing: PlaceStanding) -> str:
    """Say who has not sent the last month."""
    if not standing.silent:
        return ""
    month, count = standing.month.title.capitalize(), len(standing.silent)
    if standing.summary.place.province is None:
        return f"{month} còn {count} tỉnh, thành phố có xã chưa gửi."
    since = f"quá hạn gửi {standing.days_late} ngày" if standing.days_late else "chưa gửi"
    return f"{month} còn {count} xã {since}."


def lead(standing: PlaceStanding) -> str:
    """What the names of those who have not sent begin with."""
    if standing.summary.place.province is None:
        return "Số xã chưa gửi:"
    return f"Quá hạn {standing.days_late} ngày:" if standing.days_late else "Chưa gửi:"


def title_of(span: Span) -> str:
    """The span's name; a part of a year that has no name of its own is "10 tháng năm 2026"."""
    unnamed = ".." in span.name and span.year_to_date == span
    return f"{len(span)} tháng năm {reporting_year(span.last, span.first_month)}" if unnamed else span.title


def drawn(standing: PlaceStanding, sheet: Any, address: str, below: str) -> charts.ShapeMap:
    """The map of the parts; each leads to its own totals."""
    asked = figure_span(standing.summary)
    places = [
        charts.MapPlace(
            () if "-" in line.part.slug else (line.part.slug,),
            line.part.name,
            line.shown,
            f"/dashboard/?{below}={line.part.slug}&{asked}",
            line.part.at,
            line.part.area or 0,
        )
        for line in standing.lines
        if line.part.kind == below
    ]
    return charts.ShapeMap("Lượt tuần tra mỗi khu dân cư", f"lượt{BASES['hamlet'].short}", sheet, places)
