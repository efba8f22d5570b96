"""Tổng quan: a place on one page, on a screen, on the wall and on one sheet of A4."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

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
    span_below,
    summary_asked,
)
from reports.asking.awaited import Silent
from reports.asking.standing import MAPPED, NAMED, SAID, PlaceStanding, standing_span
from reports.months import Span, reporting_year
from reports.review.odd import cautions, lacking_months, odd_communes
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
    except (UnknownUnit, ValidationError) as error:
        raise Http404 from error
    return render(request, "overview/overview.html", page(summary, user, now))


def page(summary: Summary, user: User, now: datetime) -> dict[str, Any]:
    """Everything the page shows."""
    standing, place = standing_of(summary), summary.place
    own = f"province={place.province.slug}&" if place.province else ""
    asked = figure_span(summary, span_below(summary))
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
        "map": drawn(standing, sheet, asked, below) if sheet else None,
        "address": f"/dashboard/?{own}{figure_span(summary)}",
        "asked": asked,
        "left_out": standing.left_out[:SAID],
        "left_out_more": len(standing.left_out[SAID:]),
        "below": below,
        "unit": f"lượt{BASES['hamlet'].short}",
        "review_url": f"/review/?{own}month={standing.month}",
        "awaited": awaited_groups(standing),
        "longest": _longest(standing) if place.province else "",
        "country": place.province is None,
        "late": late(standing),
    }


def _longest(standing: PlaceStanding) -> str:
    """Say who has been silent longest; where several are, how many, so that none is named before its like."""
    most = standing.awaited.silent[0].months if standing.awaited.silent else 0
    alike = [one for one in standing.awaited.silent if one.months == most]
    who = alike[0].name if len(alike) == 1 else f"{number(len(alike))} xã, phường"
    return f"{who} {most} tháng liền chưa báo cáo." if most > 1 else ""


def standing_of(summary: Summary) -> PlaceStanding:
    """How a place stands; a province's communes at either end with what must be known of them."""
    if summary.place.province is None:
        return PlaceStanding(summary)
    asked = summary.asking(indicators=(MAPPED,))
    odd = odd_communes(asked, MAPPED)
    return PlaceStanding(summary, cautions(asked, MAPPED, odd), odd, lacking_months(asked).keys())


def late(standing: PlaceStanding) -> str:
    """Say who has not sent the last month, who has more time for it, and who has not sent again what went back."""
    groups = awaited_groups(standing)
    if standing.summary.place.province is None:
        counts = [f"{len(group.named)} tỉnh, thành phố có xã chưa gửi" for group in groups]
    else:
        counts = [f"{len(group.named)} xã, phường {group.said}" for group in groups]
    return f"{standing.month.title.capitalize()} còn {', '.join(counts)}." if counts else ""


class Group(NamedTuple):
    """Places that are waited for alike: what is said of them, what their names begin with, and the names."""

    said: str
    lead: str
    named: Sequence[Silent]

    @property
    def shown(self) -> Sequence[Silent]:
        """Those that are named."""
        return self.named[:NAMED]

    @property
    def more(self) -> int:
        """How many are not."""
        return len(self.named[NAMED:])


def awaited_groups(standing: PlaceStanding) -> list[Group]:
    """Who is waited for in the last month, by why; none that is empty."""
    waited = standing.awaited
    if standing.summary.place.province is None:
        groups = [Group("", "Số xã chưa gửi:", waited.silent)]
    else:
        days = f" {waited.days_late} ngày" if waited.days_late else ""
        never = (f"quá hạn gửi{days}", f"Quá hạn{days}:") if days else ("chưa gửi", "Chưa gửi:")
        own = [one for one in waited.silent if one.late != waited.days_late]  # by a day of their own
        groups = [
            Group(*never, [one for one in waited.silent if one.late == waited.days_late]),
            Group("quá hạn đã gia hạn", "Quá hạn đã gia hạn:", [one for one in own if one.late]),
            Group("được gia hạn", "Được gia hạn:", [one for one in own if not one.late]),
            Group("chưa gửi lại", "Trả lại, chưa gửi lại:", waited.again),
        ]
    return [group for group in groups if group.named]


def title_of(span: Span) -> str:
    """The span's name; a part of a year that has no name of its own is "10 tháng năm 2026"."""
    unnamed = ".." in span.name and span.year_to_date == span
    return f"{len(span)} tháng năm {reporting_year(span.last, span.first_month)}" if unnamed else span.title


def drawn(standing: PlaceStanding, sheet: Any, asked: str, below: str) -> charts.ShapeMap:
    """The map of the parts; each leads to its own totals of what is ``asked``."""
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
