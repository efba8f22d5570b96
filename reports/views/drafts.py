"""The drafts of months past, shown together and sent in one act by who signs for the unit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.refusals import Forbidden, require
from communes.requests import AuthenticatedHttpRequest
from reports.entry import sending, workflow
from reports.entry.sending import SentDrafts
from reports.views.places import unit_or_404


def drafts(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: who signs for the unit. Its drafts of months past, with what hinders each; sent together."""
    place, now = unit_or_404(request, unit), timezone.now()
    require(None if place.is_signed_by(request.user) else Forbidden(workflow.WHO["submit"]))
    done, chosen, words = None, set(request.POST.getlist("report")), request.POST.get("words", "").strip()
    if request.method == "POST":
        done = sending.send_drafts(place, chosen, words, by=request.user, now=now)
        _say(request, done, chosen)
        if not done.refused and chosen:
            return redirect("months", place.slug)
    found = sending.drafts_of(place, now)
    status = (409 if chosen else 422) if done else 200
    context = {
        "unit": place,
        "rows": sending.ready(found, now),
        "later": max(0, len(found) - sending.AT_ONCE),
        "refused": done.refused if done else [],
        "words": words,
    }
    answer = render(request, "reports/drafts.html", context, status=status)
    answer.in_part = bool(done and done.sent)  # type: ignore[attr-defined]  # for the trail
    return answer


def _say(request: AuthenticatedHttpRequest, done: SentDrafts, chosen: set[str]) -> None:
    if done.sent:
        messages.success(request, f"Đã gửi {len(done.sent)} báo cáo lên tỉnh. Muốn sửa lại thì đề nghị tỉnh trả lại.")
    if done.gone > 0:
        messages.warning(request, f"{done.gone} báo cáo không còn là bản nháp (người khác vừa xử lý).")
    if not chosen:
        messages.warning(request, "Chưa chọn báo cáo nào.")
