"""How a place stands: its headline figures with their past, the highest and lowest, who is late, the month's states.

Everything is asked of the summary; nothing is added up here.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from communes.templatetags.vietnamese import number
from reports import charts
from reports.asking.awaited import Awaited, awaited
from reports.models import MonthlyReport
from reports.months import Month, Span
from reports.tables.table import SMALL, per_cent, tells
from reports.totals.comparing import LEAST, Compared
from reports.totals.parts import PartFigure, parts_of
from reports.totals.place import Place
from reports.totals.rows import IndicatorRow, indicator_rows
from reports.totals.steady import MONTHS, steady_months, steady_reports
from reports.totals.summary import Summary

State = MonthlyReport.State
HEADLINES = (
    "patrols",
    "valuable_tips",
    "disputes_settled",
    "outreach_sessions",
    "household_commitments",
    "released_supported",
    "household_clusters",
    "security_teams",
)
MAPPED, BASIS = "patrols", "hamlet"
EXTREMES, NAMED, SAID = 5, 12, 3
FEW = 3  # parts with a figure, under which none is said to be the highest
BEYOND = {True: Decimal(8), False: Decimal(5)}  # per cent: of a span, of one month
STATES = {
    "approved": "đã duyệt",
    "submitted": "chờ duyệt",
    "returned": "trả lại",
    "draft": "đang nhập",
    "none": "chưa bắt đầu",
}


class Moved(NamedTuple):
    """How a figure moved against the same span last year: words, direction (1, 0, -1), whether it stands out."""

    words: str
    way: int
    beyond: bool
    percent: Decimal | None = None


class Headline(NamedTuple):
    """A figure in large."""

    row: IndicatorRow
    moved: Moved
    past: charts.Past

    @property
    def name(self) -> str:
        """Its name without what it is a part of."""
        name = self.row.name.removeprefix("Trong đó: ")
        return name[:1].upper() + name[1:]


class Extreme(NamedTuple):
    """A place at either end, its bar as a share of the greatest shown (0 to 100), what must be known of its figure."""

    line: PartFigure
    share: float
    caution: str


def standing_span(place: Place, now: datetime) -> Span:
    """The year up to the last month of which most communes have sent their report."""
    month = Month.at(now, place.cutoff) - 1
    coverage = Summary(place, place.span(str(month)), now).coverage
    if coverage.sent < LEAST * coverage.expected and place.province:
        month -= 1
    return place.span(str(month)).year_to_date


def moved_of(compared: Compared, *, long: bool, past: list[int | None]) -> Moved:
    """Say how a figure moved; it stands out beyond the usual range of its months and by enough per cent.

    A move that tells nothing is no rise and no fall.
    """
    if compared.sides is None:
        return Moved(compared.why or "chưa so được", 0, False)
    now, then = compared.sides
    way = (now > then) - (now < then)
    if not way:
        return Moved("không đổi so cùng kỳ", 0, False)
    if not tells(now, then):
        return Moved("xấp xỉ cùng kỳ", 0, False)
    if then < SMALL:
        return Moved(
            f"từ {number(then)} lên {number(now)}" if way > 0 else f"từ {number(then)} xuống {number(now)}", way, False
        )
    percent = abs(per_cent(now, then))
    before = [value for value in past[:-1] if value is not None]
    outside = long or not before or past[-1] is None or not min(before) <= past[-1] <= max(before)
    return Moved(f"{number(percent)}% so cùng kỳ", way, bool(outside and percent >= BEYOND[long]), percent)


def is_last_odd(past: list[int | None]) -> bool:
    """Whether the last of thirteen months is beyond the twelve before, and by enough per cent from the same one."""
    if len(past) < MONTHS or past[0] is None or past[-1] is None:
        return False
    return moved_of(Compared("whole", past[-1], past[0], 0, ""), long=False, past=past).beyond


@dataclass(frozen=True)
class PlaceStanding:
    """How a place stands at the end of a summary's span.

    ``cautions`` say of a part what must be known before it is placed at an end; ``odd`` ones are praised by nobody, and
    those that are ``lacking`` months are not the lowest for it.
    """

    summary: Summary
    cautions: Mapping[int, str] = field(default_factory=dict)
    odd: Set[int] = frozenset()
    lacking: Set[int] = frozenset()

    @cached_property
    def asked(self) -> Summary:
        """The summary of the headline figures alone."""
        return self.summary.asking(indicators=HEADLINES)

    @property
    def steady(self) -> int:
        """How many communes the lines are of."""
        return len({report.unit for report in steady_reports(self.asked) if report.unit > 0})

    @cached_property
    def headlines(self) -> list[Headline]:
        """The figures in large, each with its thirteen months: of the same units, or a late one would be a fall."""
        span, months = self.summary.span, steady_months(self.asked)
        by_code = {row.code: row for row in indicator_rows(self.asked, "indicator")}
        found = []
        for code in HEADLINES:
            if row := by_code.get(code):
                past = months.get(code, [None] * MONTHS)
                moved = moved_of(row.compared["same_span_last_year"], long=len(span) > 1, past=past)
                found.append(Headline(row, moved, charts.Past(row.name, past, is_last_odd(past))))
        return found

    @cached_property
    def lines(self) -> list[PartFigure]:
        """The parts with the figure of the map: patrols for each hamlet."""
        return parts_of(self.summary.asking(indicators=(MAPPED,)), basis=BASIS).lines(MAPPED)

    @cached_property
    def _ordered(self) -> list[PartFigure]:
        return sorted((line for line in self.lines if line.shown is not None), key=lambda line: line.shown or 0)

    @property
    def median(self) -> Decimal | int | None:
        """The middle figure of the parts."""
        return self._ordered[len(self._ordered) // 2].shown if self._ordered else None

    def _extreme(self, line: PartFigure) -> Extreme:
        return Extreme(line, self._share(line.shown), self.cautions.get(line.part.key, ""))

    def _share(self, value: Decimal | int | None) -> float:
        top = (self._praised or self._ordered)[-1].shown or 1
        return round(min(100.0, 100 * float(value or 0) / float(top)), 1)

    @property
    def middle(self) -> float:
        """Where the median stands on the bars."""
        return self._share(self.median)

    @property
    def highest(self) -> list[Extreme]:
        """The highest parts, from the top; none whose figure is odd."""
        return [self._extreme(line) for line in self._praised[: -EXTREMES - 1 : -1]]

    @cached_property
    def _praised(self) -> list[PartFigure]:
        return [line for line in self._ordered if line.part.key not in self.odd]

    @cached_property
    def left_out(self) -> list[Extreme]:
        """The odd parts that would stand among the highest, from the top."""
        least = self.highest[-1].line.shown if self.highest else None
        return [
            self._extreme(line)
            for line in reversed(self._ordered)
            if line.part.key in self.odd and (least is None or (line.shown or 0) >= least)
        ]

    @property
    def lowest(self) -> list[Extreme]:
        """The lowest parts, from the bottom; none that stands among the highest, or would."""
        top = {one.line.part.key for one in (*self.highest, *self.left_out)}
        whole = [line for line in self._ordered if line.part.key not in top | self.lacking]
        return [self._extreme(line) for line in whole][:EXTREMES]

    @property
    def unplaced(self) -> int:
        """How many parts would stand among the lowest, but lack a month."""
        most = self.lowest[-1].line.shown if self.lowest else None
        low = [line for line in self._ordered if line.part.key in self.lacking]
        return sum(most is None or (line.shown or 0) <= most for line in low)

    @property
    def few(self) -> str:
        """Say where too few parts have a figure to speak of a highest and a lowest, or nothing."""
        known, parts = len(self._ordered), len(self.lines)
        return f"Mới {known}/{parts} nơi có số liệu nên chưa xếp hạng." if known < min(FEW, parts) else ""

    # The month that is being sent and approved

    @cached_property
    def month(self) -> Month:
        """The last month that has ended."""
        return Month.at(self.summary.now, self.summary.place.cutoff) - 1

    @cached_property
    def running(self) -> Summary:
        """The summary of that month."""
        return self.summary.asking(span=self.summary.place.span(str(self.month)), indicators=())

    @cached_property
    def states(self) -> list[tuple[str, str, int, float, float]]:
        """State, its name, how many, and its bar: where it begins and how long (0 to 100)."""
        expected = [unit for unit, months in self.running.expected.items() if self.month in months]
        held = [self.running.states.get((unit, self.month), "none") for unit in expected]
        found, begins = [], 0.0
        for state, name in STATES.items():
            count = held.count(state)
            wide = 100 * count / len(expected) if expected else 0
            if count:
                found.append((state, name, count, round(begins, 1), round(wide, 1)))
            begins += wide
        return found

    @cached_property
    def awaited(self) -> Awaited:
        """Who is waited for in that month."""
        return awaited(self.summary, self.month)

    @property
    def sentence(self) -> str:
        """What stands out, in one sentence or two."""
        odd = [one for one in self.headlines if one.moved.beyond and one.moved.percent]
        odd.sort(key=lambda one: -(one.moved.percent or 0))
        said = [
            f"{_lower(one.name)} {'tăng' if one.moved.way > 0 else 'giảm'} {number(one.moved.percent)}%"
            for one in odd[:SAID]
        ]
        if all(one.row.value is None for one in self.headlines):
            return "Kỳ này chưa có số liệu."
        if not self.pairs:
            return "Chưa đủ số liệu để so cùng kỳ."
        if not said:
            return "Các chỉ tiêu chính không chênh nhiều so cùng kỳ."
        text = ", ".join(said)
        return f"{text[:1].upper()}{text[1:]} so cùng kỳ."

    @property
    def pairs(self) -> int:
        """Over how many reports the figures are compared."""
        return max((one.row.compared["same_span_last_year"].reports for one in self.headlines), default=0)


def _lower(name: str) -> str:
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
