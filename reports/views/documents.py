"""Báo cáo: the official report of a unit over a span, its words written over the draft."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.models import Commune, Province
from communes.privacy import refuse_personal_numbers
from communes.refusals import Refused
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest, require_reader
from communes.templatetags.vietnamese import day
from communes.written_months import span_name
from reports.asking.address import COUNTED_WORDS, counted_choices
from reports.documents import drafts, issues, letterheads
from reports.documents.appendix_xlsx import workbook
from reports.documents.docx import WORD, Unfillable, document
from reports.documents.drafts import Draft, Entry, Writing
from reports.documents.facts import Facts
from reports.documents.gathering import facts_of
from reports.documents.narrative import narrative
from reports.documents.outline import BY_KEY, Block, blocks
from reports.documents.paper import Paper
from reports.documents.templates import template_in_use
from reports.models import DraftEdit, IssuedReport
from reports.models.documents import INCLUDES
from reports.months import Month
from reports.totals.inquiry import USUAL, Include, included
from reports.totals.place import Place
from reports.units import Unit
from reports.views.dashboard import span_choices
from reports.views.documents_beside import months_of, placed
from reports.views.places import unit_or_404

EXCEL = FORMATS["xlsx"]
TEMPLATE, OWN = "template", "default"
CANNOT_FILL = (
    "Mẫu Word của tỉnh không điền được báo cáo này. Bạn tải được bằng mẫu của hệ thống; "
    "cán bộ duyệt của tỉnh sửa hoặc đổi mẫu ở trang Mẫu Word."
)
LATEST = 60  # issued versions listed
Kind = DraftEdit.Kind


def draft_or_404(request: AuthenticatedHttpRequest, unit: str, span: str) -> Draft:
    """Return the report an address names, if the user may see its unit and the span makes sense."""
    found = unit_or_404(request, unit)
    name = request.GET.get("include") or USUAL
    include = included(name)
    try:
        asked = found.span(span)
    except ValueError as error:
        raise Http404 from error
    if include != name or asked.first > found.current_month(timezone.now()):
        raise Http404
    return Draft(found, asked, include)


class Report(NamedTuple):
    """A draft with today's facts and what people wrote over it."""

    draft: Draft
    facts: Facts
    entries: list[Entry]

    @property
    def paper(self) -> Paper:
        """The report as it stands now, without number and day."""
        letterhead, stale = letterheads.letterhead_of(self.draft.unit), sum(entry.moved for entry in self.entries)
        return Paper(self.facts, drafts.final(self.entries), letterhead, stale=stale)


def report_now(draft: Draft, now: datetime) -> Report:
    """Gather the facts, draft the words, lay the edits over them."""
    facts = facts_of(draft.unit, draft.span, draft.include, now)
    return Report(draft, facts, drafts.merged(narrative(facts), draft.edits))


def address(name: str, draft: Draft, **more: str) -> str:
    """Return the address of one of the report's pages; the choice of reports stays in it."""
    path = reverse(name, kwargs={"unit": draft.unit.slug, "span": draft.span.name} | more)
    return path if draft.include == USUAL else f"{path}?include={draft.include}"


# Choosing ---------------------------------------------------------------------------------------


def index(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone who reports or reads: choose a place and a span; the versions that were issued."""
    user, now = request.user, timezone.now()
    require_reader(user)
    unit = _unit_asked(request)
    asked = (request.GET.get("run") or request.GET.get("span") or "").strip()
    error, status = "", 200
    if asked and unit:
        try:
            span = unit.span(span_name(asked))
            if span.first <= unit.current_month(now):
                return redirect(address("documents_report", Draft(unit, span, _include(request.GET))))
            error = f"Kỳ {span.title} chưa bắt đầu."
        except ValueError as problem:
            error = str(problem)
        status = 400
    seen = IssuedReport.objects.visible_to(user).with_turned()
    issued = seen.select_related("province", "commune", "letterhead", "replaced_by")
    if unit and "unit" in request.GET:
        issued = issued.of(unit)
    return render(
        request,
        "documents/index.html",
        _choices(request, unit, now)
        | {
            "error": error,
            "unit": unit,
            "issued": issued[:LATEST],
            "asked": asked,
            "narrowed": unit and "unit" in request.GET,
        },
        status=status,
    )


def _include(query: Mapping[str, str]) -> Include:
    return included(query.get("include", ""))


def _unit_asked(request: AuthenticatedHttpRequest) -> Unit | None:
    """The unit that is named, else the user's own; a viewer of the whole country must choose a province."""
    user = request.user
    if request.GET.get("unit"):
        return unit_or_404(request, request.GET["unit"])
    if user.home_province:
        return Unit(user.home_province, user.commune)
    if request.GET.get("province"):
        return unit_or_404(request, f"province-{request.GET['province']}")
    return None


def _choices(request: AuthenticatedHttpRequest, unit: Unit | None, now: datetime) -> dict[str, Any]:
    """What the form offers: provinces (to those who read several), units, spans."""
    user = request.user
    current = Month.at(now, unit.province.cutoff if unit else 14)
    communes = Commune.objects.visible_to(user).filter(province=unit.province).living() if unit else []
    place = Place(unit.province, unit.commune) if unit else Place()
    return {
        "provinces": [] if user.home_province else Province.objects.visible_to(user).living(),
        "communes": [] if user.is_commune else communes,
        "spans": span_choices(place, current),
        "usual": place.span(str(current - 1)),
        "includes": INCLUDES,
        "include": _include(request.GET),
        "may_set": unit and letterheads.objection(unit, user) is None,
    }


# One report -------------------------------------------------------------------------------------


def report(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: the unit's own people and those above it; its own people write the words."""
    draft, now = draft_or_404(request, unit, span), timezone.now()
    return render(request, "documents/report.html", report_page(request, report_now(draft, now), now))


def report_page(request: AuthenticatedHttpRequest, found: Report, now: datetime) -> dict[str, Any]:
    """Everything the page of a report shows."""
    draft, user = found.draft, request.user
    may_write = drafts.objection(draft.unit, user) is None
    return {
        "draft": draft,
        "facts": found.facts,
        "paper": found.paper,
        "placed": placed(
            headings_of(found, empty=may_write),
            found.entries,
            found.facts,
            months_of(draft, now),
            {section.key for section in drafts.OPEN},
        ),
        "may_write": may_write,
        "no_issue": issues.objection(draft.unit, user),
        "warnings": warnings(found),
        "moved": [entry for entry in found.entries if entry.moved],
        "issued": IssuedReport.objects.of(draft.unit)
        .filter(first=draft.span.first, last=draft.span.last)
        .with_turned()
        .select_related("letterhead", "replaced_by"),
        "urls": {name: address(f"documents_{name}", draft) for name in ("word", "excel", "print", "issue")},
        "counted_words": COUNTED_WORDS[draft.include],
        "query": query_of(draft),
        "choices": counted_choices(draft.include, partial(_counting, draft)),
        "others": other_words(draft),
        "asked": urlencode(_place_query(draft)),
    } | lacking(draft, found.facts)


def _counting(draft: Draft, include: Include) -> str:
    """The same report by other monthly reports."""
    return address("documents_report", replace(draft, include=include))


def other_words(draft: Draft) -> list[tuple[str, str, int]]:
    """Where words of the same report were written while it counted other monthly reports: address, which, how many."""
    rows = DraftEdit.objects.of(draft.unit).filter(span=draft.span.name).exclude(include=draft.include).order_by()
    written = dict(rows.values_list("include").annotate(Count("pk")))
    return [(_counting(draft, one), COUNTED_WORDS[one], written[one]) for one in COUNTED_WORDS if one in written]


def query_of(draft: Draft) -> str:
    """What follows the addresses of the report's paragraphs."""
    return "" if draft.include == USUAL else f"?include={draft.include}"


def _place_query(draft: Draft) -> dict[str, str]:
    commune = draft.unit.commune
    place = {"commune": commune.slug} if commune else {"province": draft.unit.province.slug}
    return place | {"span": draft.span.name, "include": draft.include}


def headings_of(found: Report, *, empty: bool) -> list[Block]:
    """The headings of the text; a writer also sees those under which nothing stands yet."""
    dropped = any(entry.dropped or entry.moved for entry in found.entries)
    return blocks(drafts.final(found.entries), empty=empty or dropped)


def lacking(draft: Draft, facts: Facts) -> dict[str, Any]:
    """How many monthly reports are not counted, where some are, and where each is named with why."""
    some = facts.basis.counted and not facts.basis.complete
    return {
        "lacking": facts.basis.expected - facts.basis.counted if some else 0,
        "expected": facts.basis.expected,
        "missing_url": f"/dashboard/?{urlencode(_place_query(draft))}&view=missing",
    }


def warnings(found: Report) -> list[str]:
    """What a reader should know before the report goes out."""
    facts, said = found.facts, []
    if facts.unfinished:
        said.append(f"Kỳ này chưa kết thúc: đang ở {facts.unfinished.title}, đến hết ngày {day(facts.window[1])}.")
    if not facts.basis.counted:
        said.append("Chưa có báo cáo tháng nào của kỳ này được tính; có thể đổi cách tính ở ô “Tính”.")
    for entry in found.entries:
        try:
            refuse_personal_numbers(entry.text, "lời văn")
        except ValidationError as error:
            said.extend(error.messages)
    return said


def print_page(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: whoever sees the report; laid out for the browser's own print and PDF."""
    draft = draft_or_404(request, unit, span)
    paper = report_now(draft, timezone.now()).paper
    return render(request, "documents/print.html", {"paper": paper, "back": address("documents_report", draft)})


def word(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: whoever sees the report; the Word document by the province's template."""
    draft = draft_or_404(request, unit, span)
    paper = report_now(draft, timezone.now()).paper
    template = template_in_use(draft.unit.province)
    return word_response(request, paper, bytes(template.content) if template else None)


def word_response(request: AuthenticatedHttpRequest, paper: Paper, template: bytes | None) -> HttpResponse:
    """Send a paper as Word; where the province's template fails on it, say so and offer the project's own."""
    try:
        content = document(paper, None if request.GET.get(TEMPLATE) == OWN else template)
    except Unfillable:
        query = request.GET.copy()
        query[TEMPLATE] = OWN
        page = {"problem": CANNOT_FILL, "unit": paper.facts.unit, "otherwise": f"{request.path}?{query.urlencode()}"}
        return render(request, "documents/failed.html", page, status=409)
    return download(content, f"{paper.file_name}.docx", WORD)


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Send a file."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def excel(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: whoever sees the report; its appendix as a workbook."""
    paper = report_now(draft_or_404(request, unit, span), timezone.now()).paper
    return download(workbook(paper), f"phu-luc-{paper.file_name}.xlsx", EXCEL)


# Paragraphs -------------------------------------------------------------------------------------


@require_POST
def add_paragraph(request: AuthenticatedHttpRequest, unit: str, span: str) -> HttpResponse:
    """Seen by: those who write the unit's report: add a paragraph to a section."""
    draft = draft_or_404(request, unit, span)
    section, text = request.POST.get("section", ""), request.POST.get("text", "")
    try:
        edit = drafts.add(draft, section, text, by=request.user, now=timezone.now())
    except Refused as error:
        return _refused(request, draft, error)
    except ValidationError as error:
        if section not in BY_KEY:
            raise Http404 from error
        page = {
            "draft": draft,
            "query": query_of(draft),
            "section": BY_KEY[section],
            "text": text,
            "errors": error.messages,
        }
        return render(request, "documents/paragraph.html", page, status=400)
    messages.success(request, "Đã thêm đoạn.")
    return redirect(f"{address('documents_report', draft)}#p-{edit.key}")


def paragraph(request: AuthenticatedHttpRequest, unit: str, span: str, key: str) -> HttpResponse:
    """Seen by: whoever sees the report; those who write it change, drop or restore the paragraph."""
    draft, now = draft_or_404(request, unit, span), timezone.now()
    entry = next((one for one in report_now(draft, now).entries if one.key == key), None)
    if request.method != "POST":
        if entry is None:
            raise Http404
        return render(request, "documents/paragraph.html", _paragraph_page(request, draft, entry))
    if entry is None:
        if not _seen(request):
            raise Http404
        entry = Entry(key, "")  # somebody has taken it away meanwhile: what was written over it is a conflict
    try:
        _act(request, draft, entry, now)
    except Refused as error:
        return _refused(request, draft, error)
    except ValidationError as error:
        page = _paragraph_page(request, draft, entry) | {"errors": error.messages, "text": request.POST.get("text", "")}
        return render(request, "documents/paragraph.html", page, status=400)
    except drafts.Conflict as conflict:
        entry = Entry(entry.key, entry.section, entry.drafted, conflict.theirs)
        page = _paragraph_page(request, draft, entry)
        page |= {"conflict": True, "theirs": conflict.theirs, "text": request.POST.get("text") or page["text"]}
        return render(request, "documents/paragraph.html", page, status=409)
    return redirect(f"{address('documents_report', draft)}#p-{key}")


def _seen(request: AuthenticatedHttpRequest) -> int:
    """The revision of the paragraph that was before the writer's eyes; 0: none had been written."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0


def _act(request: AuthenticatedHttpRequest, draft: Draft, entry: Entry, now: datetime) -> None:
    """Do what the pressed button says; the draft that was before the writer's eyes comes with the form."""
    user, action = request.user, request.POST.get("action", "save")
    revision = _seen(request)
    before = request.POST.get("drafted", entry.drafted.text if entry.drafted else "").replace("\r\n", "\n")
    if action == "reset":
        drafts.reset(draft, entry.key, revision, by=user)
        messages.success(request, "Đã trở về bản tự động." if entry.drafted else "Đã bỏ đoạn.")
        return
    if action == "keep":
        text, said = (entry.edit.text if entry.edit else ""), "Đã giữ lời của bạn."
    else:
        text, said = request.POST.get("text", ""), "Đã lưu đoạn."
    added = bool(entry.edit and entry.edit.kind == Kind.ADDED) or entry.key.startswith(drafts.OWN)
    dropped = action == "drop" or (action == "keep" and entry.dropped)
    kind = Kind.DROPPED if dropped else Kind.ADDED if added else Kind.WRITTEN
    writing = Writing(entry.key, kind, text, before, revision)
    drafts.write(draft, entry.section, writing, by=user, now=now)
    messages.success(request, "Đã bỏ đoạn khỏi báo cáo." if dropped else said)


def _paragraph_page(request: AuthenticatedHttpRequest, draft: Draft, entry: Entry) -> dict[str, Any]:
    return {
        "draft": draft,
        "entry": entry,
        "section": BY_KEY.get(entry.section),
        "query": query_of(draft),
        "text": entry.text or (entry.drafted.text if entry.drafted else ""),
        "refusal": drafts.objection(draft.unit, request.user),
        "back": address("documents_report", draft),
    }


def _refused(request: AuthenticatedHttpRequest, draft: Draft, error: Refused) -> HttpResponse:
    page = {"problem": str(error.objection), "unit": draft.unit, "back": address("documents_report", draft)}
    return render(request, "documents/failed.html", page, status=error.objection.status)
