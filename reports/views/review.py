"""Duyệt: the queue of a province, and approving what has nothing odd."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.days import parse_moment
from communes.models import Province
from communes.refusals import Forbidden, Refused, note, trial
from communes.requests import AuthenticatedHttpRequest, require_above_communes
from reports.entry import workflow
from reports.models import MonthlyReport, ReportEvent
from reports.months import Month
from reports.review.backlog import backlog
from reports.review.queue import Queue, marked_queue
from reports.units import Unit

ORDER = "review_order"  # in the session: how the queue stood when it was last seen
SHOWN = 3  # marks of a report that the queue spells out
ONLY = {"odd": "Chỉ những báo cáo có điểm cần xem", "changed": "Chỉ những báo cáo đã đổi từ lần xem trước"}


def province_asked(request: AuthenticatedHttpRequest) -> Province | None:
    """Return the province of the reader, or the one a national viewer names; None where she has to choose.

    Raises :class:`Refused` for those who neither review nor read above the commune.
    """
    user = request.user
    require_above_communes(user)
    return user.province or Province.objects.visible_to(user).named(request.GET.get("province", "")).first()


def choose(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Let a national viewer choose a province."""
    provinces = Province.objects.visible_to(request.user).living()
    return render(request, "review/provinces.html", {"provinces": provinces})


def month_asked(request: AuthenticatedHttpRequest, province: Province) -> Month:
    """Return the month of the address, or the last one that has ended; a sentence says where it is none."""
    current = Unit(province).current_month(timezone.now())
    try:
        asked = Month.parse(request.GET["month"]) if request.GET.get("month") else current - 1
    except ValueError as error:
        messages.error(request, str(error))
        return current - 1
    return min(asked, current)


def months_beside(request: AuthenticatedHttpRequest, province: Province, month: Month) -> dict[str, Any]:
    """What every page of a province's month shows: the month, its neighbours, the choice of province."""
    current = Unit(province).current_month(timezone.now())
    return {
        "province": province,
        "month": month,
        "before": month - 1,
        "after": month + 1 if month < current else None,
        "choice": "" if request.user.province else f"&province={province.slug}",
        "reviews": request.user.reviews(province),
    }


def queue(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's people; a national viewer names the province."""
    province = province_asked(request)
    if province is None:
        return choose(request)
    month, now = month_asked(request, province), timezone.now()
    found = marked_queue(province, month, request.user, now)
    only = request.GET.get("only", "")
    rows = [one for one in found.odd if only != "changed" or any(mark.kind == "changed" for mark in one.marks)]
    order = rows if only in ONLY else found.sent
    request.session[ORDER] = {"month": str(month), "units": [one.unit.slug for one in order], "only": only in ONLY}
    context = months_beside(request, province, month) | {
        "queue": found,
        "only": only if only in ONLY else "",
        "only_words": ONLY,
        "odd": [(one, one.marks[:SHOWN], len(one.marks) - SHOWN) for one in rows],
        "undoable": last_batch(province, request),
        "backlog": [one for one in backlog(province, now) if one.month != month],
    }
    return render(request, "review/queue.html", context)


def odd(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's people. What is odd among what waits, in a few lines for the home page."""
    province = province_asked(request)
    if province is None:
        return choose(request)
    month = month_asked(request, province)
    found = marked_queue(province, month, request.user, timezone.now())
    context = {"month": month, "queue": found, "first": [(one, one.marks[0]) for one in found.odd[:SHOWN]]}
    return render(request, "review/_odd.html", context)


def last_batch(province: Province, request: AuthenticatedHttpRequest) -> dict[str, Any] | None:
    """Return the reviewer's last approvals of today that stand and can be undone together, if any."""
    now = timezone.localtime()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = ReportEvent.objects.filter(report__province=province, by=request.user, action="approve", at__gte=today)
    last = mine.order_by("-at").first()
    if last is None:
        return None
    still = mine.filter(at=last.at, report__state=MonthlyReport.State.APPROVED).count()
    return {"at": last.at, "count": still} if still else None


def clean(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's people; approved by its reviewers. All clean reports at once, listed before."""
    province = province_asked(request)
    if province is None:
        return choose(request)
    month, now = month_asked(request, province), timezone.now()
    found = marked_queue(province, month, request.user, now)
    if request.method == "POST":
        if not request.user.reviews(province):
            raise Refused(Forbidden(workflow.WHO["approve"]))
        approve_clean(request, found, set(request.POST.getlist("report")))
        return redirect(f"{reverse('review')}?month={month}")
    return render(request, "review/clean.html", months_beside(request, province, month) | {"queue": found})


def approve_clean(request: AuthenticatedHttpRequest, queue: Queue, chosen: set[str]) -> None:
    """Approve the chosen reports that are still clean, in one moment; say what became of each."""
    now, done, left = timezone.now(), 0, []
    with trial() as refused:
        for one in queue.sent:
            if one.report is None or str(one.report.pk) not in chosen:
                continue
            try:
                if one.marks:
                    left.append(one.unit.name)
                    continue
                workflow.perform(one.report, "approve", by=request.user, now=now)
                done += 1
            except Refused:
                left.append(one.unit.name)
    if refused and not done:
        note(refused[0])
    if done:
        messages.success(request, f"Đã duyệt {done} báo cáo.")
    gone = len(chosen) - done - len(left)
    if left:
        messages.warning(request, f"Chưa duyệt vì vừa có điểm cần xem: {', '.join(left)}.")
    if gone > 0:
        messages.warning(request, f"{gone} báo cáo không còn chờ duyệt nữa (người khác vừa xử lý).")
    if not chosen:
        messages.warning(request, "Chưa chọn báo cáo nào.")


@require_POST
def undo_batch(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's reviewers. Take back what one approved at one moment today."""
    if not request.user.is_reviewer:
        raise Refused(Forbidden(workflow.WHO[workflow.UNDO]))
    at = parse_moment(request.POST.get("at", ""))
    if at is None:
        messages.error(request, "Không tìm thấy lần duyệt này.")
        return redirect("review")
    events = ReportEvent.objects.filter(
        report__province=request.user.province, by=request.user, action="approve", at=at
    )
    done = 0
    with trial() as refused:
        for report in MonthlyReport.objects.with_unit().filter(pk__in=events.values("report")):
            try:
                workflow.perform(report, workflow.UNDO, by=request.user, now=timezone.now())
                done += 1
            except Refused as error:
                messages.warning(request, f"{report.unit.name}: {error.objection}")
    if refused and not done:
        note(refused[0])
    if done:
        messages.success(request, f"Đã hoàn tác việc duyệt {done} báo cáo; các báo cáo này lại chờ duyệt.")
    months = list(MonthlyReport.objects.filter(pk__in=events.values("report")).values_list("month", flat=True)[:1])
    return redirect(f"{reverse('review')}?month={months[0]}" if months else "review")
