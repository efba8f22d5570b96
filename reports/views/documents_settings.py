"""What a unit sets for its reports: the letterhead, and a province its Word templates."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.history import last_written
from communes.meeting import MeetingForm, Writer
from communes.models import Province, User
from communes.refusals import Refused
from communes.requests import AuthenticatedHttpRequest
from communes.saving import held_while_saving
from reports.documents import letterheads, templates
from reports.documents.docx import FIELDS, WORD, default_template, words_of
from reports.documents.gathering import facts_of
from reports.documents.narrative import narrative
from reports.documents.paper import Paper
from reports.models import Letterhead, ReportTemplate
from reports.units import Unit
from reports.views.documents import download
from reports.views.places import unit_or_404

SHOWN = 20  # former letterheads and templates listed


class LetterheadForm(MeetingForm, forms.ModelForm):
    """The words around a report. Each saving makes a row: ``known`` is the one before, saved or usual."""

    meets = True

    class Meta:
        model = Letterhead
        fields = ["superior", "body", "symbol", "place", "signatory_title", "signatory", "recipients"]
        widgets = {
            "signatory_title": forms.Textarea(attrs={"rows": 2}),
            "recipients": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, data: Any, *, known: Letterhead, user: User) -> None:
        super().__init__(data, initial={name: getattr(known, name) for name in self.Meta.fields})
        self.known, self.user = known, user

    def writers(self) -> list[Writer]:
        """Who set the letterhead before."""
        return [found] if (found := last_written(self.known)) else []


class TemplateForm(forms.Form):
    """A Word template to upload."""

    file = forms.FileField(
        label="Tệp mẫu (.docx)",
        max_length=200,
        help_text=f"Nhiều nhất {templates.MAX_BYTES >> 20} MB, không macro, không liên kết lấy nội dung từ nơi khác.",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )


def letterhead(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: whoever sees the unit; its chief or the province's reviewer sets it."""
    found = unit_or_404(request, unit)
    with held_while_saving(request, Province, found.province.pk):
        return _letterhead(request, found)


def _letterhead(request: AuthenticatedHttpRequest, found: Unit) -> HttpResponse:
    refusal = letterheads.objection(found, request.user)
    known = letterheads.letterhead_of(found)
    form = LetterheadForm(request.POST or None, known=known, user=request.user)
    status = 200
    if request.method == "POST":
        status = refusal.status if refusal else 400
        if not refusal and form.is_valid():
            letterheads.set_letterhead(found, form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, f"Đã lưu thể thức văn bản. {form.taken_over}".strip())
            return redirect("documents_letterhead", unit=found.slug)
        status = 409 if form.clashes else status
    former = Letterhead.objects.of(found).select_related("by")[:SHOWN]
    page = {"unit": found, "form": form, "refusal": refusal, "known": known, "former": former}
    return render(request, "documents/letterhead.html", page, status=status)


def _province_or_404(request: AuthenticatedHttpRequest, unit: str) -> Unit:
    """The province's own office; communes use their province's template and see no page of it."""
    found = unit_or_404(request, unit)
    if found.commune:
        raise Http404
    return found


def sample_words(unit: Unit) -> dict[str, Any]:
    """What a template is tried with: the last finished month of the province, as it stands."""
    now = timezone.now()
    span = unit.span(str(unit.current_month(now) - 1))
    facts = facts_of(unit, span, "all", now)
    return words_of(Paper(facts, tuple(narrative(facts)), letterheads.letterhead_of(unit), 1, timezone.localdate(now)))


def word_templates(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: the province and those above it; its reviewer uploads templates."""
    found = _province_or_404(request, unit)
    refusal = letterheads.objection(found, request.user)
    form = TemplateForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = refusal.status if refusal else 400
        if not refusal and form.is_valid():
            upload = form.cleaned_data["file"]
            content = upload.read(templates.MAX_BYTES + 1)
            try:
                templates.add_template(
                    found, upload.name, content, sample_words(found), by=request.user, now=timezone.now()
                )
            except templates.Unusable as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, "Mẫu đã điền thử tốt và được dùng từ bây giờ.")
                return redirect("documents_templates", unit=found.slug)
    rows = list(ReportTemplate.objects.filter(province=found.province).defer("content").select_related("by")[:SHOWN])
    in_use = templates.template_in_use(found.province)
    page = {
        "unit": found,
        "form": form,
        "refusal": refusal,
        "rows": rows,
        "fields": FIELDS,
        "default_in_use": in_use is None,
        "fault": templates.fault(in_use, partial(sample_words, found)) if in_use else "",
    }
    return render(request, "documents/templates.html", page, status=status)


@require_POST
def use_template(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: the province's reviewer: use a template again, or the project's own ("default")."""
    found = _province_or_404(request, unit)
    asked = request.POST.get("template", "")
    template = None
    if asked != "default":
        key = int(asked) if asked.isdecimal() and len(asked) < 12 else 0
        template = get_object_or_404(ReportTemplate, pk=key, province=found.province)
    try:
        templates.use(found, template, partial(sample_words, found), by=request.user)
    except Refused as error:
        page = {"problem": str(error.objection), "unit": found}
        return render(request, "documents/failed.html", page, status=error.objection.status)
    messages.success(request, f"Đang dùng mẫu “{template or 'của hệ thống'}”.")
    return redirect("documents_templates", unit=found.slug)


def default_file(request: AuthenticatedHttpRequest, unit: str) -> HttpResponse:
    """Seen by: the province and those above it: the project's own template, to begin from."""
    _province_or_404(request, unit)
    return download(default_template(), "mau-bao-cao.docx", WORD)


def template_file(request: AuthenticatedHttpRequest, unit: str, pk: int) -> HttpResponse:
    """Seen by: the province and those above it: one of its templates."""
    found = _province_or_404(request, unit)
    template = get_object_or_404(ReportTemplate, pk=pk, province=found.province)
    return download(bytes(template.content), f"mau-{template.pk}.docx", WORD)
