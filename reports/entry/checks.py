"""What is wrong or odd in a filled report: small pure functions from a report to problems.

Errors stop the sending; warnings want a word of explanation that the reviewer reads. Small and
zero-heavy counts are judged by the median of the unit's own last twelve months, never by a mean.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from statistics import median
from typing import Literal

from communes.templatetags.vietnamese import number
from reports.catalogue import DISPUTES, OUTCOMES
from reports.entry.grid import Grid, Row
from reports.models import Indicator, MonthlyReport, ReportTotal
from reports.months import Month

LOOK_BACK = 12
ENOUGH_PAST = 4  # months without which nothing is called unusual
NAMED = 10  # places named in one sentence
GONE = "Một dòng"  # of a place that ended before the month, after figures were entered for it


@dataclass(frozen=True)
class Problem:
    """One thing to mend or to explain. ``key`` is stable; ``cells`` are rows and indicator codes."""

    key: str
    severity: Literal["error", "warning"]
    sentence: str
    indicator: str | None = None
    cells: list[tuple[Row, str]] = field(default_factory=list)

    @property
    def is_error(self) -> bool:
        """Whether it stops the sending."""
        return self.severity == "error"

    @property
    def is_blank(self) -> bool:
        """Whether it only tells that figures are still to come."""
        return self.key.startswith("blank:")


Past = dict[str, dict[Month, int]]
"""Indicator code → month → the unit's total, for the months before."""


@dataclass(frozen=True)
class Filled:
    """A report as the checks see it: its grid, totals, recent past, and the moment."""

    grid: Grid
    totals: dict[str, int]
    past: Past
    now: datetime

    def median_of(self, code: str) -> float | None:
        """Median of the last twelve months; None where fewer than four are known."""
        values = list(self.past.get(code, {}).values())
        return median(values) if len(values) >= ENOUGH_PAST else None


def past_of(grid: Grid, months: Sequence[Month] = ()) -> Past:
    """Return the unit's totals of the twelve months before, or of some months (one query)."""
    wanted = months or [grid.month - step for step in range(1, LOOK_BACK + 1)]
    rows = ReportTotal.objects.filter(**grid.unit.path("report__"), report__month__in=wanted).values_list(
        "indicator__code", "report__month", "value"
    )
    past: Past = {}
    for code, month, value in rows:
        past.setdefault(code, {})[month] = value
    return past


def names(grid: Grid, rows: list[Row]) -> str:
    """Name rows in a sentence: "Khu 1, Khu 2 và 5 nơi khác"."""
    shown = ", ".join(grid.names.get(row, GONE) for row in rows[:NAMED])
    rest = len(rows) - NAMED
    return f"{shown} và {rest} nơi khác" if rest > 0 else shown


def _pair(
    filled: Filled, indicator: Indicator, other: Indicator, kind: str, breaks: Callable[[int, int], bool]
) -> Iterator[Problem]:
    cells = filled.grid.cells
    for (row, code), value in cells.items():
        whole = cells.get((row, other.code))
        if code != indicator.code or whole is None or not breaks(value, whole):
            continue
        verb = "lớn hơn" if kind == "within" else "nhỏ hơn"
        yield Problem(
            key=f"{kind}:{code}:{row.key}",
            severity="error",
            sentence=f"{filled.grid.names.get(row, GONE)}: “{indicator.name}” là {number(value)}, "
            f"{verb} “{other.name}” là {number(whole)}. Hãy kiểm tra lại hai ô này.",
            indicator=code,
            cells=[(row, code), (row, other.code)],
        )


def part_within_whole(filled: Filled) -> Iterator[Problem]:
    """A part is never more than its whole, in any row and in the total (valuable tips ≤ tips)."""
    for indicator in filled.grid.catalogue.entered:
        whole = filled.grid.catalogue.by_pk.get(indicator.within_id or 0)
        if whole:
            rows = list(_pair(filled, indicator, whole, "within", lambda value, other: value > other))
            yield from rows or _total_pair(filled, indicator, whole)


def _total_pair(filled: Filled, indicator: Indicator, whole: Indicator) -> Iterator[Problem]:
    """A total above its whole though no row is: the two stand in different rows."""
    value, other = filled.totals.get(indicator.code), filled.totals.get(whole.code)
    if value is not None and other is not None and value > other:
        yield Problem(
            key=f"within:{indicator.code}",
            severity="error",
            sentence=f"Tổng “{indicator.name}” là {number(value)}, lớn hơn tổng “{whole.name}” là {number(other)}. "
            "Hãy kiểm tra các dòng có chỉ tiêu này mà thiếu chỉ tiêu kia.",
            indicator=indicator.code,
        )


def at_least(filled: Filled) -> Iterator[Problem]:
    """What must reach another count reaches it (attendances ≥ patrols), in any row."""
    for indicator in filled.grid.catalogue.entered:
        floor = filled.grid.catalogue.by_pk.get(indicator.at_least_id or 0)
        if floor:
            yield from _pair(filled, indicator, floor, "at_least", lambda value, other: value < other)


def mediation_adds_up(filled: Filled) -> Iterator[Problem]:
    """Settled + not settled + pending reach what was received (domain, section 6.7)."""
    received = filled.totals.get(DISPUTES)
    known = [filled.totals[part] for part in OUTCOMES if part in filled.totals]
    if received is not None and len(known) == len(OUTCOMES) and sum(known) < received:
        yield Problem(
            key=f"mediation:{DISPUTES}",
            severity="warning",
            sentence=f"Hòa giải: tiếp nhận {number(received)} vụ nhưng thành, không thành và đang hòa giải "
            f"cộng lại chỉ có {number(sum(known))} vụ.",
            indicator=DISPUTES,
            cells=[],
        )


def blanks(filled: Filled) -> Iterator[Problem]:
    """What is asked and has no value; blank is not zero."""
    grid = filled.grid
    for code, rows in grid.blanks().items():
        indicator = grid.catalogue.by_code[code]
        where = "" if rows == [Row()] else f" ở {names(grid, rows)}"
        yield Problem(
            key=f"blank:{code}",
            severity="warning",
            sentence=f"“{indicator.name}” chưa có số liệu{where}.",
            indicator=code,
            cells=[(row, code) for row in rows],
        )


def zero_for_usual(filled: Filled) -> Iterator[Problem]:
    """Zero where the unit never had zero in its recent past."""
    for indicator in filled.grid.catalogue.entered:
        values = list(filled.past.get(indicator.code, {}).values())
        usual = filled.median_of(indicator.code)
        if usual and filled.totals.get(indicator.code) == 0 and min(values) > 0:
            yield Problem(
                key=f"zero:{indicator.code}",
                severity="warning",
                sentence=f"“{indicator.name}” bằng 0, trong khi {len(values)} tháng gần đây tháng nào cũng có "
                f"(thường khoảng {number(round(usual))} {indicator.unit}).",
                indicator=indicator.code,
            )


def unusual(value: int, past: Mapping[Month, int], month: Month) -> float | None:
    """Return the median that a total is far from; None where it is ordinary or its past too short.

    Far is beyond four times the Poisson deviation and six times the median deviation: counts are small
    and often zero, where mean ± 2σ flags everything. What is near the same month last year is of the
    season and no question.
    """
    if len(past) < ENOUGH_PAST:
        return None
    usual = median(past.values())
    deviation = median(abs(v - usual) for v in past.values())
    limit = max(5.0, 4 * sqrt(usual), 6 * deviation)
    last_year = past.get(month - 12)
    if abs(value - usual) <= limit or (last_year is not None and abs(value - last_year) <= limit):
        return None
    return usual


def jump_sentence(indicator: Indicator, value: int, past: Mapping[Month, int], month: Month) -> str | None:
    """Say that a total is far from the unit's own last twelve months, with the numbers; None if it is not."""
    usual = unusual(value, past, month)
    if usual is None:
        return None
    last_year = past.get(month - 12)
    season = "" if last_year is None else f", cùng kỳ năm trước là {number(last_year)}"
    return (
        f"“{indicator.name}” là {number(value)}, {'cao' if value > usual else 'thấp'} hơn hẳn mức thường thấy "
        f"(trung vị {len(past)} tháng gần đây là {number(round(usual))} {indicator.unit}{season})."
    )


def jumps(filled: Filled) -> Iterator[Problem]:
    """A total far from the unit's own last twelve months, by the median and its deviation."""
    for indicator in filled.grid.catalogue.entered:
        value, past = filled.totals.get(indicator.code), filled.past.get(indicator.code, {})
        sentence = jump_sentence(indicator, value, past, filled.grid.month) if value else None
        if sentence:
            yield Problem(f"jump:{indicator.code}", "warning", sentence, indicator.code)


def counted_twice(filled: Filled) -> Iterator[Problem]:
    """A hamlet's row that repeats the sum of its groups, or a unit's row that of its hamlets: all rows add up."""
    grid = filled.grid
    for indicator in grid.catalogue.by_hamlet:
        code, cells = indicator.code, grid.cells
        for line in grid.hamlets:
            own, groups = cells.get((line.row, code)), grid.group_sums.get((line.row, code))
            if own and own == groups:
                yield Problem(
                    f"twice:{code}:{line.row.key}",
                    "warning",
                    f"{line.name}: dòng của khu và các tổ của khu cùng ghi {number(own)} {indicator.unit} "
                    f"“{indicator.name}”. Dòng của khu chỉ ghi phần ngoài các tổ; có thể đã tính hai lần.",
                    code,
                    [(line.row, code)],
                )
        whole = cells.get((Row(), code))
        rest = sum(value for (row, one), value in cells.items() if one == code and row != Row())
        if whole and whole == rest:
            yield Problem(
                f"twice:{code}:u",
                "warning",
                f"“{indicator.name}”: dòng toàn đơn vị và các khu, tổ cộng lại cùng là {number(whole)} "
                f"{indicator.unit}; có thể đã tính hai lần.",
                code,
                [(Row(), code)],
            )


def sent_early(filled: Filled) -> Iterator[Problem]:
    """Sent before the month has ended."""
    last_day = filled.grid.window[1]
    if filled.grid.unit.current_month(filled.now) <= filled.grid.month:
        yield Problem(
            key="early",
            severity="warning",
            sentence=f"Kỳ {filled.grid.month.title} đến hết ngày {last_day:%d/%m/%Y} mới kết thúc; "
            "gửi bây giờ có thể thiếu số liệu những ngày còn lại.",
        )


REPEATED = 3  # errors of one kind beyond which they are told as one


def gathered(problems: Sequence[Problem], grid: Grid) -> list[Problem]:
    """Return the problems with errors that repeat row by row told as one, with their count and their rows."""
    alike: dict[tuple[str, str | None], list[Problem]] = {}
    for one in problems:
        if one.is_error and len(one.cells) == 2:
            alike.setdefault((one.key.split(":")[0], one.indicator), []).append(one)
    told: dict[str, Problem | None] = {}
    for (kind, code), same in alike.items():
        if len(same) > REPEATED:
            told |= dict.fromkeys((one.key for one in same), None)
            told[same[0].key] = _as_one(kind, code, same, grid)
    found = [told.get(one.key, one) for one in problems]
    return [one for one in found if one is not None]


def _as_one(kind: str, code: str | None, same: Sequence[Problem], grid: Grid) -> Problem:
    one, other = (grid.catalogue.by_code[cell[1]].name for cell in same[0].cells)
    verb = "lớn hơn" if kind == "within" else "nhỏ hơn"
    wrong = [problem.cells[0][0] for problem in same]
    rows = [row for row in grid.names if row in wrong] + [row for row in wrong if row not in grid.names]
    sentence = f"{len(same)} dòng có “{one}” {verb} “{other}”: {names(grid, rows)}. Hãy kiểm tra lại các ô này."
    return Problem(f"{kind}:{code}", "error", sentence, code, [cell for problem in same for cell in problem.cells])


CHECKS: tuple[Callable[[Filled], Iterator[Problem]], ...] = (
    part_within_whole,
    at_least,
    blanks,
    mediation_adds_up,
    zero_for_usual,
    jumps,
    counted_twice,
    sent_early,
)


def problems_of(
    report: MonthlyReport, *, now: datetime, grid: Grid | None = None, past: Past | None = None
) -> list[Problem]:
    """Return everything wrong or odd in a report, errors first."""
    grid = grid or Grid.of(report)
    totals = dict(
        ReportTotal.objects.filter(report=grid.report).values_list("indicator__code", "value") if grid.report else []
    )
    filled = Filled(grid, totals, past_of(grid) if past is None else past, now)
    found = [problem for check in CHECKS for problem in check(filled)]
    return sorted(found, key=lambda problem: not problem.is_error)
