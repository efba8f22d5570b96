"""One question about the figures of a place over a span, what is remembered while it is answered, and its clock.

A unit's months begin and end with those of its own province, whoever reads of them (docs/decisions/0058).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, Self, TypeVar

from communes.editions import Editions
from communes.held import Setting
from communes.models import Province
from reports.models import MonthlyReport
from reports.months import Month, Span
from reports.totals.country import PLACES
from reports.totals.place import Place

State = MonthlyReport.State
Kept = TypeVar("Kept")
CATALOGUE = ("catalogue",)
REGISTER = ("places", "register", "catalogue")
LINKED = ("places", "register", "reports")
"""What links to heirs rest on: a former unit that has neither a report nor a hamlet has nothing to hand on."""
Include = Literal["approved", "sent", "all"]
Boundaries = Literal["today", "then"]
Window = tuple[Month, date, date]
"""A month, its first and its last day."""
INCLUDES: dict[Include, tuple[State, ...]] = {
    "approved": (State.APPROVED,),
    "sent": MonthlyReport.SENT,
    "all": tuple(State),
}
USUAL: Include = "sent"  # what every page, file and answer counts where nothing else is asked


def included(name: str) -> Include:
    """Read which reports are asked for; the usual ones where that is no choice."""
    return next((one for one in INCLUDES if one == name), USUAL)


@dataclass(frozen=True)
class Inquiry:
    """What is asked of one place over one span, piece by piece, and remembered.

    ``include`` is which reports count; ``boundaries`` "today" adds a former commune's figures to its
    main heir, "then" leaves them with the commune they were reported by. ``now`` bounds what is expected.
    """

    place: Place
    span: Span
    now: datetime
    include: Include = USUAL
    boundaries: Boundaries = "today"
    memory: dict = field(default_factory=dict, compare=False, repr=False, kw_only=True)

    def asking(self, **changes: Any) -> Self:
        """Return another question about the same place that shares what is remembered."""
        return replace(self, **changes)

    def remember(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """Return what was asked of this place under ``key``, asking it the first time."""
        key = (self.boundaries, key)
        if key not in self.memory:
            self.memory[key] = ask()
        return self.memory[key]

    @property
    def editions(self) -> Editions:
        """The editions of what changes seldom, read once, before what is asked of it."""
        if "editions" not in self.memory:
            self.memory["editions"] = Editions.read()
        return self.memory["editions"]

    def keep(self, subjects: tuple[str, ...], question: tuple[Hashable, ...], ask: Callable[[], Kept]) -> Kept:
        """Return what is asked of subjects that change seldom (:meth:`Editions.remember`): shared, never changed."""
        return self.remember(question, lambda: self.editions.remember(subjects, question, ask))

    @cached_property
    def cutoffs(self) -> dict[int, Setting]:
        """Province → the day on which its months end."""
        return self.keep(PLACES, ("cut-offs",), lambda: {one.pk: one.cutoff for one in Province.objects.order_by()})

    def cutoff_of(self, province: int) -> int | Setting:
        """The day on which the months of a province's units end: their own province's, whoever reads of them."""
        own = self.place.province
        return own.cutoff if own and own.pk == province else self.cutoffs.get(province, self.place.cutoff)

    def current_of(self, province: int) -> Month:
        """The month that runs in a province."""
        cutoff = self.cutoff_of(province)
        return self.remember(("current", cutoff), lambda: Month.at(self.now, cutoff))

    def expected_months(self) -> list[Month]:
        """The months of the span that have begun, in some province of the place."""
        provinces = [self.place.province.pk] if self.place.province else list(self.cutoffs)
        current = max(map(self.current_of, provinces), default=Month.at(self.now))
        return [month for month in self.span if month <= current]

    def _windows(self, province: int) -> list[Window]:
        """The months of the span that have begun in a province, each with its first and last day there."""

        def ask() -> list[Window]:
            current = self.current_of(province)
            return [(month, *month.window(cutoff)) for month in self.span if month <= current]

        cutoff = self.cutoff_of(province)
        return self.remember(("windows", self.span.first, self.span.last, cutoff), ask)
