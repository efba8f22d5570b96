"""One cell: its value, who wrote what when, and the words on it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.refusals import Refused, require
from communes.requests import AuthenticatedHttpRequest, here_only
from reports.entry import history
from reports.entry.grid import Grid, Row
from reports.entry.remarks import comment_objection, comment_on
from reports.forms import CommentForm
from reports.models import CellComment, Indicator
from reports.months import Month
from reports.views.places import report_or_404


def cell(request: AuthenticatedHttpRequest, unit: str, month: Month, row: str, indicator: str) -> HttpResponse:
    """Seen by: whoever sees the report. One cell with its whole history and remarks."""
    grid = report_or_404(request, unit, month)
    try:
        place = Row.parse(row)
    except ValueError as error:
        raise Http404 from error
    asked = grid.catalogue.by_code.get(indicator)
    if asked is None or place not in grid.names:
        raise Http404
    return _page(request, grid, place, asked)


def _page(
    request: AuthenticatedHttpRequest,
    grid: Grid,
    place: Row,
    asked: Indicator,
    text: str = "",
    error: str = "",
) -> HttpResponse:
    """The page of a cell; with a remark that was refused, and why."""
    assert grid.report
    context = {
        "grid": grid,
        "unit": grid.unit,
        "report": grid.report,
        "row": place,
        "row_name": grid.names[place],
        "indicator": asked,
        "back": back_to(grid, place, asked.code),
        "value": grid.cells.get((place, asked.code)),
        "changes": history.changes(grid.report, place, asked.code),
        "comments": CellComment.objects.filter(
            report=grid.report, hamlet=place.hamlet, group=place.group, indicator=asked
        ).select_related("by"),
        "objection": comment_objection(grid.report, request.user),
        "back_here": reverse("cell", args=[grid.unit.slug, grid.month, place.key, asked.code]),
        "text": text,
        "error": error,
    }
    return render(request, "reports/cell.html", context, status=422 if error else 200)


def back_to(grid: Grid, place: Row, code: str) -> str:
    """Return where a cell stands in its table; a group's in its hamlet, opened."""
    home = next((top.row.key for top in grid.lines for line in top.groups if line.row == place), "")
    address = reverse("entry", args=[grid.unit.slug, grid.month])
    return f"{address}{f'?open={home}' if home else ''}#c-{place.key}-{code}"


@require_POST
def comment(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: the unit and its reviewers. Remark on a cell, then back to where one was; what is refused to mend."""
    grid = report_or_404(request, unit, month)
    require(comment_objection(grid.report, request.user))
    form = CommentForm(request.POST, grid=grid)
    if form.is_valid():
        data = form.cleaned_data
        try:
            comment_on(grid.report, data["row"], data["indicator"], data["text"], by=request.user, now=timezone.now())
            messages.success(request, f"Đã ghi ý kiến vào ô {grid.names[data['row']]}.")
        except (Refused, ValidationError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    elif form.errors.keys() == {"text"}:
        place, asked = form.cleaned_data["row"], grid.catalogue.by_code[form.cleaned_data["indicator"]]
        return _page(request, grid, place, asked, request.POST.get("text", ""), str(form.errors["text"][0]))
    else:
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
    if back := here_only(request, request.POST.get("next", "")):
        return redirect(back)
    return redirect("entry", grid.unit.slug, month)
