"""Việc cần làm: what each role must do now, and by when."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communes.accounts import confirming
from communes.models import Commune, Province, User
from communes.requests import AuthenticatedHttpRequest
from communes.written_months import month_name, month_said
from reports.asking.standing import HEADLINES
from reports.documents import issues
from reports.entry.figures import may_enter
from reports.entry.grid import BegunGrid, Grid
from reports.entry.history import last_return
from reports.entry.progress import STRIP, elapsed, progress, sent_months
from reports.entry.remarks import unanswered
from reports.entry.sending import drafts_of
from reports.models import Deadline, IssuedReport, MonthlyReport
from reports.models.deadlines import is_overdue
from reports.months import FIRST_REPORTED, Month, end_of
from reports.review.backlog import backlog
from reports.review.duties import months_behind, unsent
from reports.review.open_work import OpenList, OpenUnit, open_lists
from reports.review.presented import Presented, presented
from reports.review.queue import PARTS, Queue, queue_of
from reports.totals.place import Place
from reports.totals.summary import Summary
from reports.units import Unit
from reports.views.former import warrants_of
from reports.views.overview import overview_page
from reports.views.places import unit_or_404

BAR = {"approved": "approved", "sent": "submitted", "returned": "returned", "draft": "draft", "not_begun": "none"}
MONTHS_SHOWN = 24
TOTALS = 5  # of the headlines, what a chief reads of a month before she opens it
LOOKED_BACK = timedelta(days=400)  # a year, and the weeks in which its report is still talked of


def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone signed in, each the work of her own place."""
    user, now = request.user, timezone.now()
    if user.is_administrator:
        waiting = [(one, confirming.who_did_what(one)) for one in confirming.waiting_for(user)]
        work = {"waiting": waiting, "asked": confirming.asked_by(user)}
        return render(request, "home/administrator.html", work)
    if user.is_commune:
        return render(request, "home/commune.html", commune_work(user, now) | entrusted(user))
    if user.only_reads:
        return overview_page(request)
    return render(request, "home/province.html", province_work(user, now) | entrusted(user))


def entrusted(user: User) -> dict[str, Any]:
    """The former units that somebody entrusted to a person, each with its months and the last day."""
    rows = user.warrants.in_force(timezone.localdate()).select_related("commune__province", "province")
    places = [(one.place, one.until) for one in rows]
    units = [(Unit(at.province, at) if isinstance(at, Commune) else Unit(at), until) for at, until in places]
    return {"entrusted": units}


def commune_work(user: User, now: datetime) -> dict[str, Any]:
    """This month, what is blank, what was returned, and months past due."""
    unit = Unit(user.own_commune.province, user.own_commune)
    current = unit.current_month(now)
    known = {
        report.month: report
        for report in MonthlyReport.objects.of(unit)
        .with_unit()
        .with_due()
        .select_related("presented_by")
        .filter(month__gt=current - STRIP)
    }
    past = months_behind(
        unit, MonthlyReport.objects.of(unit).order_by("month").values_list("month", flat=True).first(), now
    )
    owed = unsent(unit, past, {month: report.sent_at for month, report in known.items()})
    cards = [card(unit, month, known.get(month), now) for month in [*reversed(owed), current]]
    signs = unit.is_signed_by(user)
    if signs:
        cards.sort(key=lambda one: one["laid"] is None)  # what waits for the chief first
    returned = MonthlyReport.objects.of(unit).with_unit().filter(state=MonthlyReport.State.RETURNED)
    return {
        "unit": unit,
        "signs": signs,
        "cards": cards,
        "returned": [
            (report, last_return(report), unanswered(report), report.is_overdue(now), laid_before(Grid.of(report), now))
            for report in returned.select_related("presented_by")
        ],
        "strip": (strip := sent_months(unit, current, known)),
        "sent_once": any(one.word.startswith("sớm") for one in strip),
        "drafts": len(drafts_of(unit, now)) if signs else 0,
        "turned": turned(unit, now) if signs else [],
        "current": current,
        "without_hamlets": not user.own_commune.is_over and not any(one["hamlets"] for one in cards),
        "now": now,
    }


def turned(unit: Unit, now: datetime) -> list[IssuedReport]:
    """The standing versions that a unit issued within ``LOOKED_BACK``, of which a month took a step since."""
    issued = IssuedReport.objects.of(unit).filter(replaced_by=None, at__gt=now - LOOKED_BACK)
    return list(issued.with_turned().filter(turned_at__isnull=False).select_related("letterhead"))


def laid_before(grid: Grid, now: datetime) -> Presented | None:
    """What the chief reads of a month that an officer put before her; None of every other."""
    if not isinstance(grid, BegunGrid) or grid.report.presented_at is None:
        return None
    return presented(grid, HEADLINES[:TOTALS], now)


def card(unit: Unit, month: Month, report: MonthlyReport | None, now: datetime) -> dict[str, Any]:
    """One month to do: its dates, how far it is entered by section, and where the first blank is."""
    grid = Grid.of(report) if report else Grid(unit, month)
    due, sections = grid.due, progress(grid)
    owed, done = (sum(getattr(one, part) for one in sections) for part in ("owed", "done"))
    opens, closes = grid.window
    over, today = elapsed((end_of(opens - timedelta(days=1)), end_of(closes), due), now)
    return {
        "month": month,
        "report": report,
        "window": grid.window,
        "due": due,
        "overdue": unit.is_awaited(month) and is_overdue(due, report.sent_at if report else None, now),
        "running": unit.current_month(now) == month,
        "laid": laid_before(grid, now),
        "sections": sections,
        "first_blank": next((one for one in sections if one.anchor), None),
        "done": done,
        "owed": owed,
        "hamlets": len(grid.hamlets),
        "ready": report is not None and (report.presented_at is not None or done == owed),
        "over": over,
        "today": today,
    }


def province_work(user: User, now: datetime) -> dict[str, Any]:
    """What came in, what is late, what was returned, and the coverage of the month."""
    province = user.own_province
    office = Unit(province)
    current = office.current_month(now)
    asked = current - 1
    place = Place(province)
    own = MonthlyReport.objects.of(office).filter(month__in=(asked, current)).in_bulk(field_name="pk")
    by_month = {report.month: report for report in own.values()}
    queue = queue_of(province, asked, now)
    return {
        "province": province,
        "office": office,
        "month": asked,
        "current": current,
        "due": Deadline.objects.calendar([province.pk], [asked]).due_of(province, Deadline.Party.COMMUNES, asked),
        "queue": queue,
        "states": shares_of(queue),
        "parts": [(part, title, rows, BAR[part]) for part, title, rows in queue.listed],
        "open_lists": open_work(province, now),
        "coverage": Summary(place, place.span(str(asked)), now).coverage,
        "running": Summary(place, place.span(str(current)), now).coverage,
        "own_report": by_month.get(asked),
        "reviews": user.reviews(province),
        "turned": turned(office, now) if office.is_signed_by(user) else [],
    }


def open_work(province: Province, now: datetime) -> list[tuple[OpenList, list[tuple[OpenUnit, list[IssuedReport]]]]]:
    """What is open in any month, by list: the units named, each with the issued reports that state a reopened month."""
    lists = open_lists(backlog(province, now), now)
    stated = issues.holding_each([place for each in lists for one in each.shown for place in one.reopened])

    def broken(one: OpenUnit) -> list[IssuedReport]:
        return list(dict.fromkeys(paper for place in one.reopened for paper in stated[place]))

    return [(each, [(one, broken(one)) for one in each.shown]) for each in lists]


def shares_of(queue: Queue) -> list[tuple[str, str, int, float, float]]:
    """The parts of a queue as a bar: state, name, how many, where its share begins and how wide it is (0 to 100)."""
    found, begins = [], 0.0
    whole = sum(len(rows) for _, _, rows in queue.listed) or 1
    for part, state in BAR.items():
        count, name = queue.count(part), PARTS[part]
        if count:
            found.append((state, name.lower(), count, round(begins, 1), round(100 * count / whole, 1)))
        begins += 100 * count / whole
    return found


def months(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: whoever sees the unit. Its months, newest first, each with its state."""
    place, now = unit_or_404(request, unit), timezone.now()
    known = {report.month: report for report in MonthlyReport.objects.of(place).with_unit().with_due()}
    newest = _newest(place, request.GET.get("until", ""), now)
    shown = [newest - step for step in range(MONTHS_SHOWN)]
    calendar = Deadline.objects.calendar([place.province.pk], shown)
    rows = [
        (month, known.get(month), calendar.due(place, month) if place.is_awaited(month) else None) for month in shown
    ]
    context = {
        "unit": place,
        "rows": rows,
        "now": now,
        "enters": may_enter(place, request.user) is None,
        "drafts": len(drafts_of(place, now)) if place.is_signed_by(request.user) else 0,
        "until": month_said(str(newest)),
        "older": shown[-1] - 1 if shown[-1] > Month(FIRST_REPORTED, 1) else None,
        "newer": min(newest + MONTHS_SHOWN, _newest(place, "", now)) if newest < _newest(place, "", now) else None,
    }
    return render(request, "reports/months.html", context | warrants_of(place, request.user))


def _newest(unit: Unit, until: str, now: datetime) -> Month:
    """The newest month of a list: the one asked for, at most the one that runs or the unit's last."""
    last = unit.current_month(now)
    if unit.ended_on:
        last = min(last, Month.of(unit.ended_on, unit.province.cutoff))
    try:
        return min(max(Month.parse(month_name(until)), Month(FIRST_REPORTED, 1) + (MONTHS_SHOWN - 1)), last)
    except ValueError:
        return last
