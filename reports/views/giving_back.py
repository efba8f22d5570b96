"""Chosen cells of a sent report go back to the unit, each with words of its own or with those for all."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.refusals import Objection, Refused
from communes.requests import AuthenticatedHttpRequest
from reports.entry import checks, kept_totals, workflow
from reports.entry.grid import UNIT_ROW, BegunGrid, Row
from reports.models import Indicator
from reports.models.deadlines import answer_day
from reports.months import Month
from reports.views.places import report_or_404
from reports.views.review_report import DONE, day_of, next_in_queue

WHOLE = "Tổng của đơn vị"


@dataclass
class AskedCell:
    """A cell that may go back: its key, its row's name, its indicator, value and words, and whether it goes."""

    key: str
    name: str
    indicator: Indicator
    value: int | None
    said: str = ""
    picked: bool = False


def give_back(request: AuthenticatedHttpRequest, unit: str, month: Month) -> HttpResponse:
    """Seen by: the province's reviewers. Return chosen cells, each with its comment.

    Cells are picked in the grid of the report's page (``pick=h12.patrols``, once for each); this page lists them beside
    those the checks point at, and is where a refused return comes back with everything that was typed.
    """
    grid = report_or_404(request, unit, month)
    refusal: Objection | None = workflow.objection(grid.report, "return", request.user, timezone.now())
    status = 200
    if request.method == "POST":
        try:
            return returned(request, grid)
        except (Refused, ValidationError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            status = error.objection.status if isinstance(error, Refused) else 422
    context = {
        "grid": grid,
        "unit": grid.unit,
        "report": grid.report,
        "refusal": refusal,
        "unkept": typed_words(request) if refusal else [],
        "lines": lines_of(request, grid),
        "comment": request.POST.get("comment", ""),
        "answer_by": request.POST.get("answer_by", f"{answer_day(timezone.now()):%d/%m/%Y}"),
        "next": request.POST.get("next", "") or request.GET.get("next", ""),
    }
    return render(request, "review/give_back.html", context, status=status)


def typed_words(request: AuthenticatedHttpRequest) -> list[str]:
    """What was typed of the report and of the cells that are picked."""
    boxes = ["comment", *(f"say.{key}" for key in picked_keys(request))]
    return [words for box in boxes if (words := request.POST.get(box, "").strip())]


def returned(request: AuthenticatedHttpRequest, grid: BegunGrid) -> HttpResponse:
    """Take the step and go on. Raises ``Refused`` or ``ValidationError``."""
    cells = chosen_cells(request, grid)
    words = request.POST.get("comment", "").strip()
    after = next_in_queue(request, grid)
    workflow.perform(
        grid.report,
        "return",
        by=request.user,
        now=timezone.now(),
        cells=cells,
        answer_by=day_of(request),
        comment=words or (f"Đề nghị xem lại {len(cells)} ô số liệu." if cells else ""),
    )
    messages.success(request, f"{grid.unit.name}: {DONE['return']}")
    return redirect("review_report", after.slug if after else grid.unit.slug, grid.month)


def picked_keys(request: AuthenticatedHttpRequest) -> list[str]:
    """The keys of the cells that are picked, in their order: "h12.patrols"."""
    given = request.POST if request.method == "POST" else request.GET
    return list(dict.fromkeys(key for key in given.getlist("pick") if key))


def lines_of(request: AuthenticatedHttpRequest, grid: BegunGrid) -> list[AskedCell]:
    """What is picked and what the checks point at, with the words typed so far."""
    known = kept_totals.by_code(grid.report)
    lines = suggested(grid, known)
    for key in picked_keys(request):
        try:
            row, indicator = cell_of(grid, key)
        except ValidationError:
            continue  # an address of old, or a cell that the return has refused in words
        if key not in lines:
            lines[key] = line_of(grid, row, indicator, known)
        lines[key].picked = True
    for key, one in lines.items():
        one.said = request.POST.get(f"say.{key}", one.said)
    return sorted(lines.values(), key=lambda one: not one.picked)


def suggested(grid: BegunGrid, known: dict[str, int]) -> dict[str, AskedCell]:
    """Return the cells the checks point at by their keys, each with why; blank columns apart."""
    found: dict[str, AskedCell] = {}
    for problem in checks.problems_of(grid.report, now=timezone.now(), grid=grid):
        cells = problem.cells or [(UNIT_ROW, problem.indicator)] if problem.indicator else []
        for row, code in cells[: checks.NAMED]:
            indicator = grid.catalogue.by_code.get(code or "")
            if indicator and indicator in grid.catalogue.entered:
                line = line_of(grid, row, indicator, known)
                line.said = problem.sentence
                found.setdefault(line.key, line)
    return found


def line_of(grid: BegunGrid, row: Row, indicator: Indicator, known: dict[str, int]) -> AskedCell:
    """One cell as a line; the unit's own cell beside hamlets stands for their total."""
    name, value = grid.names[row], grid.cells.get((row, indicator.code))
    if row == UNIT_ROW and grid.hamlets:
        name, value = WHOLE, known.get(indicator.code)
    return AskedCell(f"{row.key}.{indicator.code}", name, indicator, value)


def cell_of(grid: BegunGrid, key: str) -> tuple[Row, Indicator]:
    """Read the key of a cell; raises ``ValidationError`` for one that does not exist."""
    row_key, _, code = key.partition(".")
    try:
        row = Row.parse(row_key)
    except ValueError as error:
        raise ValidationError(grid.NO_SUCH_CELL) from error
    return row, grid.indicator_of(row, code)


def chosen_cells(request: AuthenticatedHttpRequest, grid: BegunGrid) -> dict[tuple[Row, str], str]:
    """Read which cells go back, each with its words or "" for those of all; raises ``ValidationError``."""
    cells = {}
    for key in picked_keys(request):
        row, indicator = cell_of(grid, key)
        cells[row, indicator.code] = request.POST.get(f"say.{key}", "")
    return cells
