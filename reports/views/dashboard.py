"""Tổng hợp: the totals of a place over a span, each leading down to what is behind it."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.editions import Editions
from communes.models import Commune, Province, User
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest, require_reader
from communes.written_months import span_name
from reports.asking.address import COUNTED_WORDS, counted_choices, default_span, place_asked, place_query, summary_asked
from reports.catalogue import sections
from reports.filters import SpanForm
from reports.months import FIRST_REPORTED, Month, Span, reporting_year
from reports.tables.table import Table
from reports.tables.xlsx import workbook
from reports.totals.place import Place
from reports.totals.ratios import BASES
from reports.totals.reach import told_since
from reports.totals.splits import list_note, split_note
from reports.totals.summary import Summary
from reports.units import UnknownUnit
from reports.views import (
    dashboard_country,
    dashboard_map,
    dashboard_missing,
    dashboard_months,
    dashboard_overview,
    dashboard_parts,
)
from reports.views.dashboard_asked import Asked

YEARS_SHOWN, YEARS_BACK = 3, 11  # years offered in all their parts, and at all where none before has figures


class View(NamedTuple):
    """A way to look at the totals: its name, template, what it shows, its tables as a workbook, where it fits."""

    label: str
    template: str
    show: Callable[[Asked], dict[str, Any]]
    tables: Callable[[Asked], list[Table]] | None = None
    fits: Callable[[Place], bool] = lambda place: True


def _table(show: Callable[[Asked], dict[str, Any]]) -> Callable[[Asked], list[Table]]:
    return lambda asked: [show(asked)["table"]]


def _above_hamlets(place: Place) -> bool:
    return place.commune is None


def _country(place: Place) -> bool:
    return place.province is None


def _matrix(asked: Asked) -> list[Table]:
    return [dashboard_months.matrix_table(asked)]


VIEWS = {
    "": View(
        "Bảng chỉ tiêu", "dashboard/_overview.html", dashboard_overview.overview, dashboard_overview.overview_tables
    ),
    "country": View("Các tỉnh", "dashboard/_country.html", dashboard_country.country, fits=_country),
    "ranking": View("Xếp hạng", "dashboard/_ranking.html", dashboard_parts.ranking, dashboard_parts.ranking_tables),
    "distribution": View("Phân bố", "dashboard/_distribution.html", dashboard_parts.distribution),
    "contribution": View("Tỷ trọng", "dashboard/_contribution.html", dashboard_parts.contribution),
    "composition": View("Cơ cấu", "dashboard/_composition.html", dashboard_months.composition),
    "matrix": View(
        "Theo tháng",
        "dashboard/_matrix.html",
        dashboard_months.matrix,
        _matrix,
    ),
    "multiples": View("Từng nơi", "dashboard/_multiples.html", dashboard_months.multiples),
    "missing": View("Chưa được tính", "dashboard/_missing.html", dashboard_missing.missing),
    "map": View("Bản đồ", "dashboard/_map.html", dashboard_map.on_map, fits=_above_hamlets),
}


def dashboard(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone who reports or reads, each within her place; the address holds the choice."""
    user, now = request.user, timezone.now()
    require_reader(user)
    errors: dict[str, list[str]] = {}
    try:
        if request.GET.get("run"):
            return _free_run(request)
        summary = _summary(request)
    except UnknownUnit as error:
        raise Http404 from error
    except ValidationError as error:
        errors = getattr(error, "message_dict", {"span": error.messages})
        place = place_asked({}, user)
        summary = Summary(place, default_span(place, now), now)
    asked = _asked(request, summary)
    if request.GET.get("format") == "xlsx" and not errors:
        return export(asked)
    return render(request, "dashboard/dashboard.html", page(asked) | {"errors": errors}, status=400 if errors else 200)


def _summary(request: AuthenticatedHttpRequest) -> Summary:
    """Read the address. A commune or cluster left over from another province gives way to the province chosen."""
    user, now, given = request.user, timezone.now(), request.GET.dict()
    summary, _ = summary_asked(given, user, now)
    province = given.get("province")
    if province and not user.is_commune and summary.place.province and summary.place.province.slug != province:
        summary, _ = summary_asked({**given, "commune": "", "cluster": "", "district": ""}, user, now)
    return summary


def _asked(request: AuthenticatedHttpRequest, summary: Summary) -> Asked:
    view = request.GET.get("view", "")
    asked = Asked(request, summary, view if view in VIEWS and VIEWS[view].fits(summary.place) else "")
    if view and not asked.view:
        asked.notes.append(f"Trang không có cách xem ấy ở cấp này nên hiện “{VIEWS[''].label}”.")
    return asked


def _free_run(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Turn the typed run of months into the span of the address."""
    query = request.GET.copy()
    query["span"] = span_name(query.pop("run")[-1].strip())
    return redirect(f"{request.path}?{query.urlencode()}")


def page(asked: Asked) -> dict[str, Any]:
    """The frame of the page, and the view that is asked for."""
    summary, place, user = asked.summary, asked.place, asked.request.user
    communes = Commune.objects.visible_to(user).filter(province=place.province)
    living = communes.active_during(*summary.span.window(place.cutoff)) if place.has_ended else communes.living()
    context = VIEWS[asked.view].show(asked)
    return context | {
        "asked": asked,
        "summary": summary,
        "place": place,
        "span": summary.span,
        "trail": trail(asked),
        "tabs": [
            (asked.address(view=key or None, sort=None), view.label, key == asked.view)
            for key, view in VIEWS.items()
            if view.fits(place)
        ],
        "template": VIEWS[asked.view].template,
        "spans": span_choices(place, asked.current, summary.span, summary.editions),
        "former_url": f"/dashboard/former/?{urlencode(place_query(place))}",
        "counted_words": COUNTED_WORDS[summary.include],
        "choices": counted_choices(summary.include, lambda include: asked.address(include=include)),
        "form": SpanForm,
        "chosen": asked.indicator,
        "picker": sections(asked.whole.catalogue),
        "bases": [(key, basis.label) for key, basis in BASES.items() if key != "commune" or not place.commune],
        "groupings": asked.groupings,
        "provinces": provinces_offered(user, place) if not user.is_commune else [],
        "communes": living if place.province and not user.is_commune else [],
        "xlsx_url": asked.address(format="xlsx"),
        "may_choose": not user.is_commune,
        "more": any(asked.request.GET.get(name) for name in ("boundaries", "basis", "grouping", "cluster")),
        "unfinished": unfinished(asked),
        "rests_on": [
            note
            for note in (asked.whole.carried_sentence, split_note(summary, asked.indicator), list_note(summary))
            if note
        ],
        "missing_url": asked.address(view="missing", sort=None),
    }


def provinces_offered(user: User, place: Place) -> list[Province]:
    """The living provinces a reader may choose, and the former one she is looking at."""
    own = [place.province] if place.province and place.province.ended_on else []
    return [*Province.objects.visible_to(user).living(), *own]


def unfinished(asked: Asked) -> str:
    """Say that the span is not over yet, or has not begun; empty of one that is."""
    span, current = asked.summary.span, asked.current
    title = f"{span.title[:1].upper()}{span.title[1:]}"
    if span.last < current:
        return ""
    if span.first > current:
        return f"{title} chưa bắt đầu."
    if len(span) == 1:
        return f"{title} chưa kết thúc, nên chưa so với tháng nào."
    return f"Kỳ này chưa kết thúc: mới đến {current.title}. Tháng chưa kết thúc không so với tháng nào."


def trail(asked: Asked) -> list[tuple[str, str]]:
    """The places above this one that the reader may see: address and name, from the widest."""
    place, user = asked.place, asked.request.user
    fresh = {"commune": None, "cluster": None, "district": None, "sort": None, "province": None, "grouping": None}
    found = []
    if user.belongs_to_no_province and place.province:
        found.append((asked.address(**fresh), "Cả nước"))
    if not user.is_commune and place.province and (place.commune or place.part):
        found.append((asked.address(**fresh | {"province": place.province.slug}), str(place.province)))
    return found


def span_choices(
    place: Place, current: Month, asked: Span | None = None, editions: Editions | None = None
) -> list[tuple[str, list[Span]]]:
    """Return the named spans of a place's last three years and of the year asked, newest first; and older years whole.

    A former place's last years are those before its end; older ones reach back to the first that has figures.
    """
    groups = []
    unit = place.commune or place.district or place.province
    current = min(current, Month.of(unit.ended_on, place.cutoff)) if unit and unit.ended_on else current
    running = reporting_year(current, place.year_first)
    years = {*range(running, max(running - YEARS_SHOWN, FIRST_REPORTED), -1)}
    if asked and asked.first <= current:
        years |= {reporting_year(asked.last, place.year_first)} - {FIRST_REPORTED}  # which has months, and is no span
    for year in sorted(years, reverse=True):
        names = [str(year), *(f"{year}-{part}" for part in Span.PARTS)]
        names += [f"{year}-{number:02d}" for number in range(12, 0, -1)]
        if spans := [span for span in map(place.span, names) if span.first <= current]:
            groups.append((f"Năm {year}", spans))
    since = told_since(place, editions or Editions.read())
    oldest = min(running - YEARS_BACK, reporting_year(since, place.year_first) - 1 if since else running)
    back = range(running - YEARS_SHOWN, max(oldest, FIRST_REPORTED), -1)
    older = [year for year in back if year not in years]
    return [*groups, ("Các năm trước", [place.span(str(year)) for year in older])]


def export(asked: Asked) -> HttpResponse:
    """The tables of the view as a workbook of real numbers; a blank cell stays empty."""
    view = VIEWS[asked.view]
    tables = (view.tables or _table(view.show))(asked)
    place = asked.place.commune or asked.place.province
    parts = ("antq", place.slug if place else "ca-nuoc", asked.view, str(asked.summary.span))
    response = HttpResponse(workbook(tables), content_type=FORMATS["xlsx"])
    name = "-".join(part for part in parts if part)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
