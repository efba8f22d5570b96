"""What is summed, and what comes of it: a place, the reports that count, a value, the coverage."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from communes.held import Setting
from communes.managers import CommuneQuerySet
from communes.models import Cluster, Commune, District, Province
from communes.templatetags.vietnamese import number
from reports.models import Home, MonthlyReport
from reports.months import Month, Span

State = MonthlyReport.State


@dataclass(frozen=True)
class Place:
    """What is summed: a commune, a cluster or district, a province, or (none of them) the country."""

    province: Province | None = None
    commune: Commune | None = None
    cluster: Cluster | None = None
    district: District | None = None

    @property
    def name(self) -> str:
        """Its name in a title."""
        return str(self.commune or self.part or self.province or "Cả nước")

    @property
    def part(self) -> Cluster | District | None:
        """The part of a province that is summed."""
        return self.cluster or self.district

    @property
    def key(self) -> tuple[int | None, ...]:
        """Names the place by its primary keys."""
        units = (self.province, self.commune, self.cluster, self.district)
        return tuple(unit.pk if unit else None for unit in units)

    @property
    def home(self) -> Home | None:
        """The unit that may have published totals; a cluster has none, nor the country."""
        if self.province is None or self.cluster:
            return None
        return Home(self.province, self.district, self.commune)

    @property
    def has_ended(self) -> bool:
        """Whether it is a former commune or province, whose figures are its heir's by today's boundaries."""
        unit = self.commune or self.district or self.province
        return unit is not None and unit.ended_on is not None

    @property
    def cutoff(self) -> int | Setting:
        """The day on which its months end."""
        return self.province.cutoff if self.province else 14

    @property
    def year_first(self) -> int | Setting:
        """The first month of its year: 1, or 12 of the year before."""
        return self.province.year_first if self.province else 1

    def span(self, name: str) -> Span:
        """Read a span by the place's year; raises ``ValueError`` with a sentence."""
        return Span.parse(name, self.year_first)

    def communes(self) -> CommuneQuerySet:
        """The communes of the place, former ones included."""
        if self.commune:
            return Commune.objects.filter(pk=self.commune.pk)
        if self.cluster:
            return Commune.objects.filter(clusters=self.cluster)
        if self.district:
            return Commune.objects.filter(district=self.district)
        if self.province:
            return Commune.objects.filter(province=self.province)
        return Commune.objects.all()


class Homes(dict[int, int]):
    """Commune → its province; former communes, of which there are many, are fetched when one is asked for."""

    def __init__(self) -> None:
        super().__init__(Commune.objects.living().order_by().values_list("pk", "province_id"))

    def __missing__(self, commune: int) -> int:
        self.update(Commune.objects.exclude(ended_on=None).order_by().values_list("pk", "province_id"))
        return self.get(commune, 0)


class Value(NamedTuple):
    """A figure and how many monthly reports stand behind it.

    ``carried`` of them are of a month before the one asked, the earliest of ``since`` (decision 0022). Of
    ``registered`` more units, which have no report, the register was asked, and of ``live`` reports that are open
    (decision 0032).
    """

    value: int
    reports: int
    carried: int = 0
    since: Month | None = None
    registered: int = 0
    live: int = 0

    @property
    def units(self) -> int:
        """How many reports and units without one stand behind it."""
        return self.reports + self.registered

    @property
    def mark(self) -> str:
        """Whether a registry figure was frozen with its report or is asked of the register now."""
        asked = self.registered + self.live
        if not asked:
            return "đã chốt"
        if asked == self.units:
            return "theo danh bạ"
        return f"{number(self.units - asked)} đã chốt, {number(asked)} theo danh bạ"

    def plus(self, other: "Value") -> "Value":
        """Add the figure of another place, or of another part of this one."""
        since = min(filter(None, (self.since, other.since)), default=None)
        return Value(
            self.value + other.value,
            self.reports + other.reports,
            self.carried + other.carried,
            since,
            self.registered + other.registered,
            self.live + other.live,
        )


class Counted(NamedTuple):
    """One report that is counted.

    ``unit`` is its commune by the boundaries asked (the living heir today); a province's own office
    is its province's key, negative.
    """

    pk: int
    unit: int
    commune: int | None
    province: int
    month: Month
    state: str
    revision: int

    @property
    def own_unit(self) -> int:
        """The unit that reported, whoever stands for it today."""
        return self.commune or -self.province

    @property
    def edition(self) -> tuple[int, int]:
        """The report as it stands: the same edition has the same totals."""
        return self.pk, self.revision


MONTH_OF = attrgetter("month")  # of counted reports

Values = dict[Any, dict[str, Value]]
"""Key of the dimension → indicator code → value; a missing code is blank."""


@dataclass(frozen=True)
class Coverage:
    """How much of what was expected is there, in monthly reports of communes.

    ``offices`` are the sent reports of provinces' own offices, which no commune's coverage waits for.
    """

    units: int
    expected: int
    begun: int
    sent: int
    approved: int
    offices: int = field(default=0, compare=False)

    @classmethod
    def of(cls, months: list[int], states: list[str], offices: Iterable[str] = ()) -> "Coverage":
        """Count what is expected (months of each unit) and the states of what is there."""
        own = sum(state in MonthlyReport.SENT for state in offices)
        return cls.counted(len(months), sum(months), Counter(states), own)

    @classmethod
    def counted(cls, units: int, expected: int, states: Mapping[str, int], offices: int = 0) -> "Coverage":
        """Put it together, given how many reports stand in each state."""
        approved = states.get(State.APPROVED, 0)
        sent = sum(states.get(state, 0) for state in MonthlyReport.SENT)
        return cls(units, expected, sum(states.values()), sent, approved, offices)

    @property
    def sentence(self) -> str:
        """Say it: "118/148 báo cáo tháng đã gửi, 100 đã duyệt; thêm 01 báo cáo của Công an tỉnh đã gửi"."""
        sent, expected, approved = (number(count) for count in (self.sent, self.expected, self.approved))
        own = f"; thêm {number(self.offices)} báo cáo của Công an cấp tỉnh đã gửi" if self.offices else ""
        return f"{sent}/{expected} báo cáo tháng đã gửi, {approved} đã duyệt{own}"
