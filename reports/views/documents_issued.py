"""Issuing a report, and the versions that were issued."""

from copy import copy
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from communes.forms import CountField, DayField, WrittenField
from communes.models import Commune, Province, User
from communes.refusals import Refused
from communes.requests import AuthenticatedHttpRequest
from reports.documents import issues
from reports.documents.appendix_xlsx import workbook
from reports.documents.gathering import facts_of
from reports.documents.paper import Paper
from reports.documents.templates import template_in_use
from reports.documents.turned import today_of, told, turns
from reports.models import IssuedReport, Letterhead
from reports.models.documents import INCLUDES
from reports.totals.inquiry import included
from reports.views import documents


class IssueForm(forms.Form):
    """Number, day and signatory of a report that goes out."""

    number = CountField(label="Số", min_value=1, max_value=99_999)
    day = DayField(
        label="Ngày ban hành",
        help_text="Ngày ghi trên văn bản.",
    )
    signatory = WrittenField(
        label="Cấp bậc, họ tên người ký",
        max_length=100,
        help_text=Letterhead._meta.get_field("signatory").help_text,
        error_messages={"required": "Hãy ghi cấp bậc, họ tên người ký."},
    )

    def __init__(self, data: Any, *, initial: dict[str, Any]) -> None:
        if data is not None and "signatory" not in data:  # not asked: who signs by default
            data = data.copy()
            data["signatory"] = initial["signatory"]
        super().__init__(data, initial=initial)


def issue(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: whoever sees the report; the commune's chief or the province's reviewer issues it."""
    draft, now = documents.draft_or_404(request, unit, span), timezone.now()
    found = documents.report_now(draft, now)
    paper, today = found.paper, timezone.localdate(now)
    number = issues.next_number(draft.unit, today.year)
    form = IssueForm(
        request.POST or None,
        initial={"number": number, "day": today, "signatory": usual_signatory(paper, request.user)},
    )
    problem, status = issues.objection(draft.unit, request.user), 200
    if request.method == "POST":
        status = problem.status if problem else 400
        if not problem and form.is_valid():
            template, given = template_in_use(draft.unit.province), form.cleaned_data
            paper = signed(paper, given.pop("signatory"))
            try:
                made = issues.issue(paper, **given, template=template, by=request.user, now=now)
            except Refused as error:
                form.add_error(None, str(error.objection))
                status = error.objection.status
            else:
                messages.success(request, f"Đã ban hành báo cáo số {made.mark}.")
                return redirect("documents_issued", pk=made.pk)
    return render(
        request,
        "documents/issue.html",
        {
            "draft": draft,
            "paper": paper,
            "form": form,
            "problem": problem,
            "warnings": documents.warnings(found),
            "moved": [entry for entry in found.entries if entry.moved],
            "replaces": issues.replaced_by_next(found.facts),
            "back": documents.address("documents_report", draft),
            "approved_url": documents.address("documents_issue", replace(draft, include="approved")),
        }
        | documents.lacking(draft, found.facts),
        status=status,
    )


def usual_signatory(paper: Paper, user: User) -> str:
    """Who signed last; for a commune's first report its chief, who issues it herself."""
    return paper.letterhead.signatory or (str(user) if paper.facts.unit.commune else "")


def signed(paper: Paper, signatory: str) -> Paper:
    """The paper with its signatory; where this is another than the letterhead's, under a new letterhead."""
    if signatory == paper.letterhead.signatory:
        return paper
    letterhead = copy(paper.letterhead)
    letterhead.pk, letterhead._state.adding, letterhead.signatory = None, True, signatory
    return replace(paper, letterhead=letterhead)


def issued_or_404(request: AuthenticatedHttpRequest, pk: int) -> IssuedReport:
    """Return an issued version that the user may see, its unit fetched by its own scope."""
    user = request.user
    related = ("province", "commune__province", "letterhead", "template", "replaces__letterhead", "replaced_by")
    found = get_object_or_404(IssuedReport.objects.visible_to(user).with_turned().select_related(*related), pk=pk)
    places = (Province.objects, found.province_id), (Commune.objects, found.commune_id)
    if any(key and not manager.visible_to(user).filter(pk=key).exists() for manager, key in places):
        raise Http404
    return found


def issued(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: the unit's own people and those above it: a version as it went out, and what of it no longer stands."""
    version = issued_or_404(request, pk)
    paper = issues.paper_of_issue(version)
    page = {"issued": version, "paper": paper, "include": dict(INCLUDES)[version.include]}
    if not getattr(version, "replaced_by", None):
        now = timezone.now()
        found = issues.whole_differences(paper.facts, today_of(paper.facts, version, now))
        page |= {
            "differences": found,
            "turns": told(turns(version, now), [one.code for one in found]) if found else [],
            "may_issue": issues.objection(version.unit, request.user) is None,
        }
    return render(request, "documents/issued.html", page)


def issued_print(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the version; laid out for print."""
    version = issued_or_404(request, pk)
    page = {"paper": issues.paper_of_issue(version), "back": f"/documents/issued/{version.pk}/"}
    return render(request, "documents/print.html", page)


def issued_word(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the version; the Word document made again from its own rows."""
    version = issued_or_404(request, pk)
    template = bytes(version.template.content) if version.template else None
    return documents.word_response(request, issues.paper_of_issue(version), template)


def issued_excel(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the version; its appendix from its own rows."""
    paper = issues.paper_of_issue(issued_or_404(request, pk))
    return documents.download(workbook(paper), f"phu-luc-{paper.file_name}.xlsx", documents.EXCEL)


def issued_changes(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the version: its figures beside today's."""
    version = issued_or_404(request, pk)
    before, now = issues.facts_of_issue(version), timezone.now()
    today = facts_of(version.unit, version.of_span, included(version.include), now)
    found = issues.differences(before, today)
    page: dict[str, Any] = {
        "issued": version,
        "before": before,
        "today": today,
        "count": len(found),
        "whole": issues.difference_table(found, parts=False, since=turns(version, now)),
        "parts": issues.difference_table(found, parts=True),
    }
    return render(request, "documents/changes.html", page)
