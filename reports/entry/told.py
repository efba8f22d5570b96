"""What the grid tells of a cell beside its number: the months it is compared with, and the words on it."""

from reports.entry.grid import Grid, Row
from reports.entry.remarks import Thread, threads
from reports.models import Figure, MonthlyReport

LAST, YEAR = 1, 12  # months before


def name_of(row: Row, code: str) -> str:
    """Name a cell as its input in the form is named."""
    return f"{row.key}.{code}"


def before(grid: Grid) -> dict[str, list[int | None]]:
    """Cell → last month's value and that of the same month last year (one query); blank cells of both are left out."""
    wanted = {grid.month - LAST: 0, grid.month - YEAR: 1}
    reports = MonthlyReport.objects.of(grid.unit).filter(month__in=list(wanted))
    asked = [indicator.pk for indicator in grid.catalogue.entered]
    rows = Figure.objects.filter(log__report__in=reports, indicator__in=asked).values_list(
        "log__report__month", "log__hamlet", "log__group", "indicator__code", "value"
    )
    found: dict[str, list[int | None]] = {}
    for month, hamlet, group, code, value in rows:
        found.setdefault(name_of(Row(hamlet, group), code), [None, None])[wanted[month]] = value
    return found


def marks(grid: Grid) -> dict[str, list[str]]:
    """Cell → ("returned" or "comment", the last word on it): what the province asks about, and other remarks."""
    if grid.report is None:
        return {}
    return {name_of(one.row, one.indicator.code): _mark(one) for one in threads(grid.report)}


def _mark(thread: Thread) -> list[str]:
    asked, last = thread.asked, thread.comments[-1]
    return ["returned" if asked is not None and asked == last else "comment", f"{last.by}: {last.text}"]
