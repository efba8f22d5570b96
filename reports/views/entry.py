"""Nhập tháng: the grid of a month, its checks, and sending it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from communes.counts import parse_count
from communes.refusals import Objection, Refused, require
from communes.requests import AuthenticatedHttpRequest
from reports.catalogue import sections
from reports.documents.letterheads import letterhead_of
from reports.entry import checks, kept_totals, presenting, remarks, told, workflow
from reports.entry.both_told import restating_note
from reports.entry.figures import (
    CellWrite,
    Outcome,
    entry_objection,
    may_enter,
    none_cells,
    none_left,
    open_report,
    record,
)
from reports.entry.grid import BegunGrid, Grid, Row
from reports.entry.history import last_return, last_words
from reports.entry.progress import parts_of_month
from reports.models import CellComment, Figure, Indicator, MonthlyReport
from reports.models.deadlines import is_overdue
from reports.months import Month
from reports.review.beside import figures_table
from reports.views.places import grid_or_404, report_or_404

SEEN = "was"  # the hidden field with what the page showed: "h12.patrols=7 h12.tips=0 …"


def refusal_of(grid: Grid, user: Any) -> Objection | None:
    """Say why the user may not enter figures into this month now, or return None."""
    if grid.report:
        return entry_objection(grid.report, user)
    closed = grid.unit.may_have(grid.month, timezone.now())
    return may_enter(grid.unit, user) or (Objection(closed) if closed else None)


def month(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: the unit, and those above it, who read. Entered by the unit while the report is open."""
    grid = grid_or_404(request, unit, month)
    refusal = refusal_of(grid, request.user)
    typed: dict[str, str] = {}
    outcome = None
    if request.method == "POST":
        require(refusal)
        grid, outcome, typed = _save(request, grid)
        if not typed and not outcome.conflicts:
            messages.success(request, f"Đã lưu {len(outcome.saved)} ô.")
            return redirect(_back(request, grid))
    context = page_context(request, grid, refusal)
    context |= {"typed": typed, "conflicts": conflict_lines(grid, outcome) if outcome else []}
    return render(
        request, "reports/entry.html", context, status=422 if typed or (outcome and outcome.conflicts) else 200
    )


def conflict_lines(grid: Grid, outcome: Outcome) -> list[dict[str, Any]]:
    """The cells that someone else wrote meanwhile: both values, who, when."""
    if not outcome.conflicts or grid.report is None:
        return []
    words = last_words(grid.report)
    return [
        {
            "cell": cell,
            "name": f"{grid.names.get(cell.row, '')} – {grid.catalogue.by_code[cell.indicator].name}",
            "current": current,
            "last": words.get((cell.row, cell.indicator)),
        }
        for cell, current in outcome.conflicts
    ]


def _back(request: AuthenticatedHttpRequest, grid: Grid) -> str:
    address = reverse("entry", args=[grid.unit.slug, grid.month])
    opened = request.GET.get("open", "")
    return f"{address}?open={opened}" if opened.isascii() and opened.isalnum() else address


def _save(request: AuthenticatedHttpRequest, grid: Grid) -> tuple[Grid, Outcome, dict[str, str]]:
    """Save a form posted without JavaScript: cells that changed, notes, and "Không phát sinh"."""
    now = timezone.now()
    cells, typed = read_form(request)
    report, _ = open_report(grid.unit, grid.month, by=request.user, now=now)
    outcome = record(report, cells, by=request.user, now=now)
    typed |= {f"{c.row.key}.{c.indicator}": str(c.value) for c, _ in outcome.errors}
    for cell, sentence in outcome.errors:
        messages.error(request, f"{cell.indicator}: {sentence}")
    if request.POST.get("none"):
        before = Grid.of(report)
        zeros = none_cells(before, request.POST["none"])
        if left := none_left(before, request.POST["none"]):
            messages.warning(request, f"{left} ô để trống vì ô liên quan trong dòng đang có số: hãy ghi số thật.")
        record(report, zeros, by=request.user, now=now)
        outcome.saved += zeros
    notes = {name: request.POST[name].replace("\r\n", "\n") for name in remarks.NOTES if name in request.POST}
    was = {name: request.POST.get(f"{name}_was", "").replace("\r\n", "\n") for name in remarks.NOTES}
    try:
        for text in remarks.write_notes(report, notes, was=was, by=request.user, now=now).values():
            messages.error(request, f"Người khác vừa sửa ghi chú thành: “{text}”. Phần bạn ghi chưa được lưu.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    report.refresh_from_db()
    return Grid.of(report), outcome, typed


def read_form(request: AuthenticatedHttpRequest) -> tuple[list[CellWrite], dict[str, str]]:
    """Return the cells of a posted grid that differ from what the page showed, and what is no count.

    A cell that cannot be read is reported in a message and given back as typed.
    """
    seen = dict(pair.split("=", 1) for pair in request.POST.get(SEEN, "").split() if "=" in pair)
    cells, typed = [], {}
    for name in request.POST:
        text = request.POST.get(name, "")
        key, dot, code = name.partition(".")
        if not dot:
            continue
        try:
            row = Row.parse(key)
        except ValueError:
            continue
        try:
            was = parse_count(seen.get(name, ""))
            value = parse_count(text)
        except ValueError as error:
            typed[name] = text
            messages.error(request, str(error))
            continue
        if value != was:
            cells.append(CellWrite(row, code, value, was))
    return cells, typed


def compared(grid: Grid, past: checks.Past) -> list[tuple[str, str, dict[str, int]]]:
    """Return last month's and last year's totals: key, heading, code → total."""
    pairs = (("last", "Tháng trước", grid.month - 1), ("year", "Cùng kỳ", grid.month - 12))
    return [
        (key, f"{heading} ({when.number}/{when.year})", {c: m[when] for c, m in past.items() if when in m})
        for key, heading, when in pairs
    ]


def page_context(request: AuthenticatedHttpRequest, grid: Grid, refusal: Objection | None) -> dict[str, Any]:
    """Everything the page of a month shows."""
    report, now = grid.report, timezone.now()
    past = checks.past_of(grid, (grid.month, grid.month - 1, grid.month - 12))
    unit = grid.unit
    returned = last_return(report) if report and report.state == MonthlyReport.State.RETURNED else None
    return {
        "grid": grid,
        "unit": unit,
        "report": report,
        "refusal": refusal,
        "now": now,
        "due": grid.due,
        "over": is_overdue(grid.due, None, now),
        "awaited": unit.is_awaited(grid.month),
        "restating": restating_note(unit, grid.month),
        "hamlet_sections": sections(grid.catalogue.by_hamlet) if unit.commune else [],
        "commune_sections": sections(grid.catalogue.of_the_unit if unit.commune else grid.catalogue.entered),
        "totals": {code: months[grid.month] for code, months in past.items() if grid.month in months},
        "registry": registry_rows(grid) if request.GET.get("show") == "registry" else None,
        "compared": compared(grid, past),
        "seen": " ".join(f"{row.key}.{code}={value}" for (row, code), value in grid.cells.items()),
        "opened": opened_lines(request, grid),
        "parts": [] if refusal else parts_of_month(grid),
        "lines": grid.lines if request.GET.get("open") else grid.tops,
        "returned": returned,
        "may_ask_back": report is not None
        and report.is_sent
        and presenting.ask_return_objection(report, request.user) is None,
        "returned_cells": remarks.unanswered(report) if report and returned else [],
        "beside": beside(grid) if request.GET.get("show") == "beside" else None,
        "problems": problems_by_place(grid) if request.GET.get("show") == "problems" else None,
    }


def opened_lines(request: AuthenticatedHttpRequest, grid: Grid) -> set[str]:
    """Return the keys of lines whose groups are shown: ``?open=h12``, or ``?open=all``."""
    asked = request.GET.get("open", "")
    keys = {line.row.key for line in grid.tops if line.group_count}
    return keys if asked == "all" else keys & {asked}


def last_stocks(grid: Grid) -> dict[str, int]:
    """Return last month's stocks cell by cell, offered as a proposal for blank cells."""
    asked = [i.pk for i in grid.catalogue.entered if i.measure == Indicator.Measure.STOCK]
    before = MonthlyReport.objects.of(grid.unit).filter(month=grid.month - 1)
    rows = Figure.objects.filter(log__report__in=before, indicator__in=asked).values_list(
        "log__hamlet", "log__group", "indicator__code", "value"
    )
    return {f"{Row(hamlet, group).key}.{code}": value for hamlet, group, code, value in rows}


def beside_page(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the month. What stands beside the cells: weapons, remarks, and the letterhead on paper."""
    grid = grid_or_404(request, unit, month)
    context = {"grid": grid, "unit": grid.unit, "refusal": refusal_of(grid, request.user), "beside": beside(grid)}
    return render(request, "reports/_beside.html", context)


def beside(grid: Grid) -> dict[str, Any]:
    """Weapons handed over in the month, remarks on its cells, and the letterhead that only paper shows."""
    letterhead = letterhead_of(grid.unit)
    if grid.report is None:
        return {"handovers": [], "comments": [], "letterhead": letterhead}
    remarks_on = CellComment.objects.filter(report=grid.report)
    return {
        "letterhead": letterhead,
        "handovers": grid.report.handovers.select_related("kind", "hamlet"),
        "comments": remarks_on.select_related("indicator", "by", "hamlet", "group"),
    }


def stocks(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the month. Last month's stocks by cell, as JSON: a proposal."""
    return JsonResponse(last_stocks(grid_or_404(request, unit, month)))


def told_of(request: AuthenticatedHttpRequest, unit: str, month: Month) -> JsonResponse:
    """Seen by: whoever sees the month. Past values of its cells and the words on them, as JSON for the strip."""
    grid = grid_or_404(request, unit, month)
    return JsonResponse({"before": told.before(grid), "marks": told.marks(grid)})


def groups(request: AuthenticatedHttpRequest, unit: str, month: Month, hamlet: int) -> HttpResponse:
    """Seen by: whoever sees the month. The rows of a hamlet's groups (0: groups of no hamlet)."""
    grid = grid_or_404(request, unit, month)
    line = next((one for one in grid.lines if (one.row.hamlet or 0) == hamlet and one.groups), None)
    if line is None:
        raise Http404
    context = {
        "grid": grid,
        "line": line,
        "typed": {},
        "refusal": refusal_of(grid, request.user),
        "hamlet_sections": sections(grid.catalogue.by_hamlet),
    }
    return render(request, "reports/_groups.html", context)


def registry_rows(grid: Grid) -> list[tuple[Indicator, int | None]]:
    """Return the registry figures: frozen once sent, counted live while the report is open."""
    known = kept_totals.by_code(grid.report, grid) if grid.report else kept_totals.live_by_code(grid)
    return [(indicator, known.get(indicator.code)) for indicator in grid.catalogue.registry]


def registry(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the month. What is counted from the register, read only."""
    grid = grid_or_404(request, unit, month)
    return render(request, "reports/_registry.html", {"registry": registry_rows(grid)})


def problems(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the month. What is wrong or odd, asked again after each save."""
    grid = grid_or_404(request, unit, month)
    context = {"grid": grid, "unit": grid.unit, "report": grid.report, "problems": problems_by_place(grid)}
    return render(request, "reports/_problems.html", context | {"refusal": refusal_of(grid, request.user)})


def problems_by_place(grid: Grid) -> list[checks.Problem]:
    """Return what is wrong or odd in a month, of each kind once."""
    known = checks.problems_of(grid.report, now=timezone.now(), grid=grid) if grid.report else []
    return checks.gathered(known, grid)


PRESENTED = {
    "present": "Đã trình chỉ huy. Bạn vẫn sửa được số liệu đến khi chỉ huy gửi.",
    "withdraw": "Đã rút lại; chỉ huy không còn thấy báo cáo này là chờ gửi.",
}

UNREADY = "{unready} Chỉ huy cũng thấy điều này, và chưa gửi được khi chưa sửa hoặc giải thích."


def _take(request: AuthenticatedHttpRequest, grid: BegunGrid, given: dict[str, str]) -> str:
    """Send the report, put it before the chief or ask for it back; return the page to go to. Raises ``Refused``."""
    now, asked = timezone.now(), request.POST.get("do")
    marking = next((one for one in presenting.MARKINGS if one.action == asked), None)
    if marking:
        presenting.mark(grid.report, marking, by=request.user, now=now, explanations=given)
        problems = checks.problems_of(grid.report, now=now) if marking is presenting.PRESENT else []
        unready = presenting.lacking(grid.report, problems)
        tell = messages.warning if unready else messages.success
        tell(request, f"{PRESENTED[marking.action]} {unready and UNREADY.format(unready=unready)}".strip())
        return "send"
    if asked == presenting.ASK_RETURN.action:
        presenting.ask_return(grid.report, request.POST.get("comment", ""), by=request.user, now=now)
        messages.success(request, "Đã gửi đề nghị lên tỉnh. Khi tỉnh cho sửa lại, bạn sẽ thấy ở đây.")
        return "entry"
    workflow.perform(grid.report, "submit", by=request.user, now=now, explanations=given)
    title = grid.month.title
    messages.success(request, f"Đã gửi báo cáo {title} lên tỉnh. Bạn sẽ thấy ở đây khi tỉnh duyệt hoặc trả lại.")
    return "entry"


def send(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: whoever sees the month; sent by the unit's chief, with a word on each warning."""
    grid = grid_or_404(request, unit, month)
    if not isinstance(grid, BegunGrid):
        messages.info(request, "Chưa có số liệu nào để xem lại và gửi.")
        return redirect("entry", grid.unit.slug, month)
    given = {
        key.removeprefix("say."): request.POST[key]
        for key in request.POST
        if key.startswith("say.") and request.POST[key].strip()
    }
    if request.method == "POST":
        try:
            return redirect(_take(request, grid, given), grid.unit.slug, month)
        except Refused as refused:
            messages.error(request, str(refused.objection))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        grid = report_or_404(request, unit, month)
    stored = {e.key: e.text for e in grid.report.explanations.all()}
    objection = workflow.objection(grid.report, "submit", request.user, timezone.now())
    may_present = presenting.present_objection(grid.report, request.user) is None
    may_withdraw = presenting.withdraw_objection(grid.report, request.user) is None
    takes_words = objection is None or may_present or may_withdraw
    said = stored | given if takes_words else stored
    found = checks.problems_of(grid.report, now=timezone.now(), grid=grid)
    context = {
        "grid": grid,
        "unit": grid.unit,
        "report": grid.report,
        "errors": checks.gathered([p for p in found if p.is_error], grid),
        "warnings": [(p, said.get(p.key, "")) for p in found if not p.is_error and not p.is_blank],
        "blanks": [(p, said.get(p.key, "")) for p in found if p.is_blank],
        "blanks_said": any(p.is_blank and p.key in said for p in found),
        "said_all": given.get(workflow.EXPLAIN_ALL, ""),
        "figures": figures_table(grid, checks.past_of(grid), found, timezone.now()),
        "handovers": grid.report.handovers.select_related("kind", "hamlet"),
        "objection": objection,
        "lacking": presenting.lacking(grid.report, found),
        "may_present": may_present,
        "may_withdraw": may_withdraw,
        "takes_words": takes_words,
        "unkept": [*({} if takes_words else given).values(), *filter(str.strip, request.POST.getlist("comment"))],
    }
    return render(request, "reports/send.html", context, status=409 if request.method == "POST" else 200)
