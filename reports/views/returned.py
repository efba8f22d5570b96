"""The cells that a return points at: a commune mends and answers on these first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.counts import parse_count
from communes.refusals import Refused, require
from communes.requests import AuthenticatedHttpRequest
from communes.templatetags.vietnamese import number
from reports.entry import kept_totals
from reports.entry.figures import CellWrite, record
from reports.entry.grid import UNIT_ROW, BegunGrid
from reports.entry.history import last_return
from reports.entry.remarks import Thread, comment_on, returned_threads
from reports.models import Indicator
from reports.months import Month
from reports.views.entry import refusal_of
from reports.views.places import report_or_404


def returned(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the report; answered by the unit. The returned cells, before the whole month."""
    grid = report_or_404(request, unit, month)
    refusal = refusal_of(grid, request.user)
    found = returned_threads(grid.report)
    if not found:
        return redirect("entry", grid.unit.slug, month)
    failed: dict[str, tuple[str, str, str]] = {}
    if request.method == "POST":
        require(refusal)
        failed = answer(request, grid, found)
        if not failed:
            return redirect("returned", grid.unit.slug, month)
        grid = report_or_404(request, unit, month)
        found = returned_threads(grid.report)
    context = {
        "grid": grid,
        "unit": grid.unit,
        "report": grid.report,
        "refusal": refusal,
        "event": last_return(grid.report),
        "lines": [line(grid, thread, failed.get(_key(thread))) for thread in found],
    }
    return render(request, "reports/returned.html", context, status=422 if failed else 200)


def _key(thread: Thread) -> str:
    return f"{thread.row.key}.{thread.indicator.code}"


def line(grid: BegunGrid, thread: Thread, failed: tuple[str, str, str] | None) -> dict[str, Any]:
    """One cell to mend: its thread, its value (or what was typed), and whether the unit has answered."""
    indicator = thread.indicator
    value = grid.cells.get((thread.row, indicator.code))
    whole = thread.row == UNIT_ROW and indicator.level == Indicator.Level.HAMLET and bool(grid.hamlets)
    if whole and value is None:  # the total is asked about: it is mended in the hamlets' rows
        return summed(grid, thread, failed)
    text, words, said = failed or ("" if value is None else str(value), "", "")
    return {
        "key": _key(thread),
        "thread": thread,
        "value": value,
        "text": text,
        "words": words,
        "said": said,
        "typed_here": indicator.source == Indicator.Source.ENTERED,
        "answered": thread.answered,
    }


def summed(grid: BegunGrid, thread: Thread, failed: tuple[str, str, str] | None) -> dict[str, Any]:
    """A total that is asked about: shown, mended in the rows it is the sum of."""
    _, words, said = failed or ("", "", "")
    value = kept_totals.by_code(grid.report, grid).get(thread.indicator.code)
    return {
        "key": _key(thread),
        "thread": thread,
        "value": value,
        "words": words,
        "said": said,
        "typed_here": False,
        "summed": True,
        "answered": thread.answered,
    }


def answer(request: AuthenticatedHttpRequest, grid: BegunGrid, found: list[Thread]) -> dict[str, tuple[str, str, str]]:
    """Write the values and answers that were given; return what was refused: key → value, words, why."""
    now, failed, cells = timezone.now(), {}, []
    answers = 0
    for thread in found:
        key = _key(thread)
        text, was = request.POST.get(key, ""), request.POST.get(f"was.{key}", "")
        words = request.POST.get(f"answer.{key}", "").strip()
        try:
            value, seen = parse_count(text), parse_count(was)
            if key in request.POST and value != seen:
                cells.append(CellWrite(thread.row, thread.indicator.code, value, seen))
            if words:
                comment_on(grid.report, thread.row, thread.indicator.code, words, by=request.user, now=now)
                answers += 1
        except (ValueError, ValidationError, Refused) as error:
            failed[key] = (text, words, " ".join(getattr(error, "messages", [str(error)])))
    outcome = record(grid.report, cells, by=request.user, now=now)
    for cell, current in outcome.conflicts:
        theirs, mine = ("để trống" if value is None else number(value) for value in (current, cell.value))
        said = f"Người khác vừa ghi ô này thành {theirs}; số của bạn là {mine}. Muốn thay thì lưu lại."
        failed[f"{cell.row.key}.{cell.indicator}"] = ("" if cell.value is None else str(cell.value), "", said)
    for cell, sentence in outcome.errors:
        failed[f"{cell.row.key}.{cell.indicator}"] = (str(cell.value), "", sentence)
    if outcome.saved or answers:
        messages.success(request, f"Đã lưu {len(outcome.saved)} ô và {answers} câu trả lời.")
    elif not failed:
        messages.success(request, "Đã lưu mọi số và câu trả lời.")
    return failed
