"""Khai thác: any indicators, places and months in rows and columns; the address holds the question."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.forms import ChoiceField
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.forms import field_of
from communes.models import Commune
from communes.refusals import Forbidden, Refused
from communes.register.files import FORMATS
from communes.requests import AuthenticatedHttpRequest, require_reader
from reports.asking import question as ideas
from reports.asking.address import COUNTED_WORDS, counted_choices
from reports.asking.drawings import charts_of
from reports.asking.figures import TooMuch
from reports.asking.pivot import Pivot
from reports.asking.published import published_tables
from reports.catalogue import Catalogue, sections
from reports.filters import SpanForm
from reports.forms import SavedQuestionForm
from reports.models import SavedQuestion
from reports.months import Month
from reports.tables.csv import csv_file
from reports.tables.table import Table
from reports.tables.xlsx import workbook
from reports.units import UnknownUnit
from reports.views.dashboard import provinces_offered, span_choices

CELLS_A_PAGE = 4_000
MONTHS_OFFERED = 36


def explore(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone who reports or reads, each within her place."""
    require_reader(request.user)
    question = asked(request)
    table, pivot = None, Pivot(question)
    if question.indicators:
        try:
            table = pivot.table()
        except TooMuch as error:
            question.notes.append(str(error))
    if table and request.GET.get("format") in ("xlsx", "csv"):
        return export(question, table, request.GET["format"])
    context = page(request, question, table) | {"charts": charts_of(pivot) if table else []}
    return render(request, "explore/explore.html", context)


def asked(request: AuthenticatedHttpRequest) -> ideas.Question:
    """Return the question of the address; a place one may not see is not found."""
    try:
        return ideas.read(request.GET, request.user, timezone.now())
    except UnknownUnit as error:
        raise Http404 from error


def page(request: AuthenticatedHttpRequest, question: ideas.Question, table: Table | None) -> dict[str, Any]:
    """Everything the page shows."""
    user, query = request.user, question.query()
    saved = list(SavedQuestion.objects.visible_to(user).select_related("owner"))
    shown, pages = in_pages(table, request.GET.get("page")) if table else (None, None)
    return {
        "question": question,
        "table": shown,
        "pages": pages,
        "query": query,
        "form": choices(request, question),
        "mine": [one for one in saved if one.owner_id == user.pk],
        "shared": [one for one in saved if one.owner_id != user.pk],
        "open": next((one for one in saved if one.query == query), None),
        "examples": ideas.examples(question.place, timezone.now()),
        "saved_count": len(saved),
        "counted_words": COUNTED_WORDS[question.summary.include],
        "choices": counted_choices(question.summary.include, lambda one: f"?{question.query(include=one)}"),
        "is_long": len(query) > ideas.LONGEST,
        "published": published_tables(question.summary, {one.code for one in question.indicators}) if table else [],
    }


def in_pages(table: Table, number: str | None) -> tuple[Table, Any]:
    """Return the rows of one page of a table, and the page where there are several."""
    pages = Paginator(table.rows, max(20, CELLS_A_PAGE // len(table.columns)))
    if pages.num_pages == 1:
        return table, None
    here = pages.get_page(number)
    return replace(table, rows=list(here.object_list)), here


def choices(request: AuthenticatedHttpRequest, question: ideas.Question) -> dict[str, Any]:
    """What the form offers, and what of it is chosen."""
    user, place = request.user, question.place
    now = Month.at(question.summary.now, place.cutoff)
    chosen = {indicator.code for indicator in question.indicators}
    living = Commune.objects.visible_to(user).filter(province=place.province).living()
    is_run = ".." in question.span.name
    return {
        "sections": [
            (section, rows, sum(i.code in chosen for i in rows))
            for section, rows in sections(
                [i for i in Catalogue().indicators if i.code in chosen or i.asked_within(question.span)]
            )
        ],
        "chosen": chosen,
        "provinces": [] if user.is_commune else provinces_offered(user, question.place),
        "communes": [] if user.is_commune or not place.province else list(living),
        "picked": {commune.pk for commune in question.communes},
        "places": ideas.place_choices(place, user),
        "years": years(question, now),
        "months": [now - step for step in range(MONTHS_OFFERED)],
        "first": question.span.first if is_run else None,
        "last": question.span.last if is_run else None,
        "axes": ideas.AXES,
        "measures": ideas.MEASURES,
        "looks": ideas.LOOKS,
        "includes": field_of(SpanForm.base_fields, "include", ChoiceField).choices,
        "boundaries": field_of(SpanForm.base_fields, "boundaries", ChoiceField).choices,
    }


def years(question: ideas.Question, now: Month) -> list[tuple[str, list[Any]]]:
    """The named spans of three years, newest first, and the one asked about."""
    groups = span_choices(question.place, now, question.span)
    if not any(question.span.name == span.name for _, spans in groups for span in spans):
        groups.insert(0, ("Đang xem", [question.span]))
    return groups


def export(question: ideas.Question, table: Table, form: str) -> HttpResponse:
    """The table as a file of real numbers; a blank cell stays empty."""
    place = question.place.commune or question.place.province
    name = f"khai-thac-{place.slug if place else 'ca-nuoc'}-{question.span}.{form}"
    content = csv_file(table) if form == "csv" else workbook([table])
    response = HttpResponse(content, content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def save(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: everyone who may ask. Keep the question under a name."""
    require_reader(request.user)
    form = SavedQuestionForm(request.POST)
    given = QueryDict(request.POST.get("query", "")[: 4 * ideas.LONGEST])
    try:
        query = ideas.kept(given, request.user, timezone.now())
    except UnknownUnit as error:
        raise Http404 from error
    if not query:
        messages.error(request, "Chưa lưu được: hãy chọn ít nhất một chỉ tiêu, và ít xã hơn nếu chọn rất nhiều.")
        return redirect("explore")
    question = SavedQuestion(owner=request.user, query=query, at=timezone.now())
    if _written(request, form, question):
        messages.success(request, f"Đã lưu “{question.name}”.")
    return redirect(f"/explore/?{query}")


def _written(request: AuthenticatedHttpRequest, form: SavedQuestionForm, question: SavedQuestion) -> bool:
    """Write name and sharing, or say why not."""
    form.instance = question
    if not form.is_valid():
        messages.error(request, "Chưa lưu được: hãy đặt tên (nhiều nhất 100 chữ) cho câu hỏi.")
        return False
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        messages.error(request, f"Bạn đã lưu một câu hỏi mang tên “{question.name}”; hãy đặt tên khác.")
        return False
    return True


def _own(request: AuthenticatedHttpRequest, pk: int) -> SavedQuestion:
    """The question, where it is the reader's to change."""
    question = get_object_or_404(SavedQuestion.objects.visible_to(request.user), pk=pk)
    if question.owner_id != request.user.pk:
        raise Refused(Forbidden("Câu hỏi này do đồng nghiệp lưu; bạn mở và tải được, chỉ người lưu mới sửa được."))
    return question


def edit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: who saved the question. Rename it, share it or stop sharing."""
    require_reader(request.user)
    question = _own(request, pk)
    form = SavedQuestionForm(request.POST or None, instance=question)
    if request.method == "POST":
        if _written(request, form, question):
            messages.success(request, f"Đã lưu “{question.name}”.")
            return redirect("explore")
        question = _own(request, pk)
    return render(request, "explore/saved.html", {"form": form, "saved": question})


def delete(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: who saved the question. Delete it, once confirmed."""
    require_reader(request.user)
    question = _own(request, pk)
    if request.method == "POST":
        question.delete()
        messages.success(request, f"Đã xóa “{question.name}”.")
        return redirect("explore")
    return render(request, "explore/delete.html", {"saved": question})
