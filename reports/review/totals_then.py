"""A total beside its past: thirteen months up to its own, with last month's and a year ago's."""

from dataclasses import dataclass

from reports.charts.past import Past
from reports.models import Indicator


@dataclass(frozen=True)
class TotalThen:
    """An indicator's total of a unit in thirteen months up to this one; None is blank."""

    indicator: Indicator
    months: tuple[int | None, ...]

    @property
    def before(self) -> int | None:
        """Last month's."""
        return self.months[-2]

    @property
    def season(self) -> int | None:
        """That of the same month last year."""
        return self.months[0]

    def line(self, *, odd: bool) -> Past:
        """The line of its months; ``odd`` marks the last one."""
        return Past(self.indicator.name, self.months, odd=odd)
