"""Everything a report is made from, at rest: no query starts here, nothing is added up here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from models_registry.headcount import CODES
from reports.months import Month, Span
from reports.totals.comparing import Base, Compared
from reports.units import Unit

COMMUNE_COLUMNS = (
    "hamlets",
    "household_clusters",
    "initiatives",
    "group_meetings",
    "patrols",
    "patrol_attendance",
    "tips",
    "valuable_tips",
    "disputes_received",
    "disputes_settled",
    "outreach_sessions",
    "outreach_attendance",
    "household_commitments",
)
HAMLET_COLUMNS = (
    "group_meetings",
    "patrols",
    "patrol_attendance",
    "tips",
    "valuable_tips",
    "disputes_received",
    "disputes_settled",
    "outreach_sessions",
    "outreach_attendance",
    "household_commitments",
)
"""The indicators that the appendix shows for each commune of a province, each hamlet of a commune."""


RANKED = "patrols"  # by this, for each hamlet, the review names the best and the weakest
FIGURES = ("value", "previous", "same_span_last_year", "year_to_date")


@dataclass(frozen=True)
class Figures:
    """A figure of the span beside those of other spans, None is blank, never zero; and how it compares with two."""

    value: int | Decimal | None = None
    previous: int | Decimal | None = None
    same_span_last_year: int | Decimal | None = None
    year_to_date: int | Decimal | None = None
    compared: Mapping[Base, Compared] = field(default_factory=dict)

    def beside(self, base: Base) -> Compared | None:
        """How it compares with a span before; None where nothing is compared."""
        found = self.compared.get(base)
        return found if found and found.sides else None


class PublishedLine(NamedTuple):
    """A figure as its source has it, beside the months and never in them."""

    who: str
    source: str
    name: str
    text: str
    unit: str


@dataclass(frozen=True)
class IndicatorLine(Figures):
    """One indicator of the whole place: how many monthly reports, and units asked of the register, stand behind it."""

    code: str = ""
    name: str = ""
    unit: str = ""
    section: str = ""
    reports: int = 0
    registered: int = 0


@dataclass(frozen=True)
class WeaponLine(Figures):
    """One kind of weapon in its own unit."""

    code: str = ""
    name: str = ""
    unit: str = ""
    is_gun: bool = False


@dataclass(frozen=True)
class PartLine:
    """A commune of the province (or its own office), a hamlet of the commune (or what has no hamlet).

    ``counted`` of ``expected`` monthly reports are behind a commune's figures, ``waiting`` more are sent but do not
    count; a hamlet has none of its own. ``odd``: the queue marks its patrols as far from the usual. ``owing`` is False
    where nobody waits for any of them: the commune has ended since, or began later.
    """

    name: str
    values: Mapping[str, int]
    commune: int | None = None
    hamlet: int | None = None
    counted: int = 0
    expected: int = 0
    waiting: int = 0
    odd: bool = False
    owing: bool = True


class MonthLine(NamedTuple):
    """:data:`RANKED` in a month of the year, of the ``units`` that reported in all of them (0: of the unit itself)."""

    month: Month
    value: int | None
    units: int


@dataclass(frozen=True)
class AwardLine:
    """Awards of one kind within the span."""

    kind: str
    collectives: int
    individuals: int


@dataclass(frozen=True)
class Remark:
    """What the unit itself wrote in one month's report."""

    month: Month
    difficulties: str
    proposals: str


@dataclass(frozen=True)
class Basis:
    """What the figures rest on: units with a counted report of all units, counted reports of those expected.

    ``waiting`` counted reports are not approved yet, ``unsettled`` are sent but do not count; of an issued version
    neither is kept.
    """

    units: int
    reporting: int
    expected: int
    counted: int
    waiting: int = 0
    unsettled: int = 0

    @property
    def complete(self) -> bool:
        """Whether every expected monthly report is counted."""
        return self.counted >= self.expected


@dataclass(frozen=True)
class Facts:
    """What one report states; ``include`` is which monthly reports count, ``unfinished`` the month that runs.

    ``kinds`` are the kinds of unit of the province, ``proposing`` the communes whose reports propose something,
    ``exchanged`` how much of each kind of weapon was exchanged for gifts, ``carried`` the sentence that says whose
    stocks are of a month before.
    """

    unit: Unit
    span: Span
    include: str
    basis: Basis
    lines: tuple[IndicatorLine, ...] = ()
    weapons: tuple[WeaponLine, ...] = ()
    guns: Figures = field(default_factory=Figures)
    parts: tuple[PartLine, ...] = ()
    initiative_types: int = 0
    initiative_names: tuple[str, ...] = ()
    awards: tuple[AwardLine, ...] = ()
    remarks: tuple[Remark, ...] = ()
    must: frozenset[str] = frozenset()
    unfinished: Month | None = None
    kinds: tuple[str, ...] = ("xã", "phường")
    proposing: tuple[str, ...] = ()
    exchanged: Mapping[str, Decimal] = field(default_factory=dict)
    published: tuple[PublishedLine, ...] = ()
    carried: str = ""
    months: tuple[MonthLine, ...] = ()

    @property
    def units(self) -> str:
        """The kinds of unit the province has: "xã, phường"."""
        return ", ".join(self.kinds)

    @cached_property
    def by_code(self) -> dict[str, IndicatorLine]:
        """The indicators by code."""
        return {line.code: line for line in self.lines}

    def value(self, code: str) -> int:
        """The figure of an indicator, where nothing is to be said of a blank as of a zero."""
        line = self.by_code.get(code)
        return int(line.value or 0) if line else 0

    @property
    def window(self) -> tuple[date, date]:
        """The first and the last day of the span."""
        return self.span.window(self.unit.province.cutoff)

    @property
    def stands_on(self) -> date:
        """The day of the stocks: the last of the span, or of those of its months that are over."""
        if self.unfinished is None or self.unfinished <= self.span.first:
            return self.window[1]
        return (self.unfinished - 1).window(self.unit.province.cutoff)[1]

    @property
    def of_province(self) -> bool:
        """Whether this is a province's report: its parts are communes."""
        return self.unit.commune is None

    @cached_property
    def base(self) -> Base:
        """What the appendix compares with: the same span last year, or the span before where nothing does.

        What is reported decides: the register knows of a year in which nobody reported yet.
        """
        reported = [line for line in self.lines if line.code not in CODES]
        for base in self.bases:
            if any(line.beside(base) for line in reported):
                return base
        known = (base for base in self.bases if any(getattr(line, base) is not None for line in reported))
        return next(known, "same_span_last_year")

    @cached_property
    def bases(self) -> tuple[Base, ...]:
        """What the words compare with; a year has one base under two names and says it once."""
        one = self.span.previous == self.span.same_span_last_year
        return ("same_span_last_year",) if one else ("same_span_last_year", "previous")

    @cached_property
    def columns(self) -> tuple[IndicatorLine, ...]:
        """The indicators that are shown for each part."""
        codes = COMMUNE_COLUMNS if self.of_province else HAMLET_COLUMNS
        return tuple(self.by_code[code] for code in codes if code in self.by_code)

    @cached_property
    def blanks(self) -> tuple[IndicatorLine, ...]:
        """The indicators that everybody is asked for and that nobody filled in."""
        return tuple(line for line in self.lines if line.value is None and line.code in self.must)

    @cached_property
    def silent(self) -> tuple[PartLine, ...]:
        """The communes that owe reports of which not one is there."""
        return tuple(p for p in self.parts if p.owing and p.commune and p.expected and not p.counted and not p.waiting)

    @cached_property
    def waiting(self) -> tuple[PartLine, ...]:
        """The communes that have sent what does not count yet."""
        return tuple(part for part in self.parts if part.commune and part.waiting)

    @cached_property
    def partial(self) -> tuple[PartLine, ...]:
        """The communes that owe reports of which some, but not all, are there."""
        return tuple(p for p in self.parts if p.owing and p.commune and 0 < p.counted + p.waiting < p.expected)
