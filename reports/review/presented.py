"""What a chief reads of a month that was put before her: its totals beside their past, and the words on what is odd."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.charts.past import Past
from reports.entry import checks, presenting
from reports.entry.grid import BegunGrid
from reports.months import Month
from reports.review.totals_then import TotalThen

NAMED = 3  # points that are read before the month is opened


@dataclass(frozen=True)
class HeadTotal(TotalThen):
    """One of the totals; ``odd`` where a check asks about it."""

    odd: bool

    @property
    def value(self) -> int | None:
        """This month's."""
        return self.months[-1]

    @property
    def past(self) -> Past:
        """The line of its months."""
        return self.line(odd=self.odd)


@dataclass(frozen=True)
class Presented:
    """Its totals, the points that want a word, each with the officer's ("" none), and what still stands in the way."""

    month: Month
    totals: Sequence[HeadTotal]
    points: Sequence[tuple[checks.Problem, str]]
    lacking: str

    @property
    def before(self) -> Month:
        """The month before."""
        return self.month - 1

    @property
    def first(self) -> Sequence[tuple[checks.Problem, str]]:
        """The points that are named."""
        return self.points[:NAMED]

    @property
    def more(self) -> int:
        """How many are not."""
        return len(self.points) - len(self.first)


def presented(grid: BegunGrid, codes: Sequence[str], now: datetime) -> Presented:
    """Gather it; of these indicators those that the month asks for. The points on them stand first."""
    months = [grid.month - step for step in range(checks.LOOK_BACK, -1, -1)]
    past = checks.past_of(grid, months)
    before = {code: {month: total for month, total in of.items() if month != grid.month} for code, of in past.items()}
    found = checks.problems_of(grid.report, now=now, grid=grid, past=before)
    said = {one.key: one.text for one in grid.report.explanations.all()}
    points = [one for one in found if not one.is_error and not one.is_blank]
    odd = {one.indicator for one in points}
    return Presented(
        grid.month,
        [
            HeadTotal(indicator, tuple(past.get(code, {}).get(month) for month in months), code in odd)
            for code in codes
            if (indicator := grid.catalogue.by_code.get(code))
        ],
        [(one, said.get(one.key, "")) for one in sorted(points, key=lambda one: one.indicator not in codes)],
        presenting.lacking(grid.report, found),
    )
