"""What a province has open, by name: what waits, what is overdue, what came back; of each list the oldest first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from reports.models.deadlines import days_late
from reports.months import Month
from reports.review.backlog import KINDS, OpenItem, OpenMonth, days_since
from reports.units import Unit

NAMED = 6  # units of a list that the first page names
BACK = ("returned", "reopened")
UNSENT = ("draft", "not_begun")
TITLES = {
    "sent": "Chờ tỉnh duyệt",
    "overdue": "Quá hạn chưa gửi",
    "returned": "Trả lại, mở lại, chờ xã sửa",
}


@dataclass(frozen=True)
class OpenUnit:
    """The months of one unit in a list, the oldest first."""

    items: Sequence[OpenItem]
    now: datetime

    @property
    def unit(self) -> Unit:
        """Whose they are."""
        return self.items[0].unit

    @property
    def oldest(self) -> OpenItem:
        """The first of its months."""
        return self.items[0]

    @property
    def begun(self) -> bool:
        """Whether the oldest has a report to read."""
        return self.oldest.kind != "not_begun"

    @property
    def last(self) -> Month:
        """The newest of its months."""
        return self.items[-1].month

    @property
    def kinds(self) -> list[str]:
        """Where they stand, in words; each once."""
        return list(dict.fromkeys(KINDS[item.kind] for item in self.items))

    @property
    def words(self) -> list[str]:
        """What was said when they came back."""
        return [item.words for item in self.items if item.kind in BACK and item.words]

    @property
    def reopened(self) -> list[tuple[Unit, Month]]:
        """The months that stood approved and were opened again."""
        return [(item.unit, item.month) for item in self.items if item.kind == "reopened"]

    @property
    def unanswered(self) -> int:
        """How many days past the day to answer by the longest is, of what came back; 0 none."""
        late = [days_late(item.owed, self.now) for item in self.items if item.kind in BACK and item.overdue]
        return max(late, default=0)

    @property
    def days(self) -> int:
        """For how many days the longest waits; of what was never sent, how far past its last day it is."""
        return max(
            days_late(item.owed, self.now) if item.kind in UNSENT else days_since(item.since, self.now)
            for item in self.items
        )


@dataclass(frozen=True)
class OpenList:
    """One of the lists: its key, and the units in it, that which waits longest first."""

    key: str
    units: Sequence[OpenUnit]

    @property
    def title(self) -> str:
        """Its name."""
        return TITLES[self.key]

    @property
    def aged(self) -> str:
        """What its days count."""
        return "Quá hạn" if self.key == "overdue" else "Đã chờ"

    @cached_property
    def count(self) -> int:
        """How many months of all units."""
        return sum(len(one.items) for one in self.units)

    @property
    def shown(self) -> Sequence[OpenUnit]:
        """Those that are named."""
        return self.units[:NAMED]

    @property
    def rest(self) -> Sequence[OpenUnit]:
        """Those that are not."""
        return self.units[NAMED:]


def open_lists(months: Iterable[OpenMonth], now: datetime) -> list[OpenList]:
    """Sort what is open into what waits to be approved, what is overdue unsent, and what was given back."""
    items = [item for month in months for item in month.items]
    return [
        OpenList("sent", by_unit([item for item in items if item.kind == "sent"], now)),
        OpenList("overdue", by_unit([item for item in items if item.overdue and item.kind in UNSENT], now)),
        OpenList("returned", by_unit([item for item in items if item.kind in BACK], now)),
    ]


def by_unit(items: Iterable[OpenItem], now: datetime) -> list[OpenUnit]:
    """Gather months by unit, those that wait longest first; alike, in official order."""
    found: dict[Unit, list[OpenItem]] = defaultdict(list)
    for item in sorted(items, key=lambda one: one.month):
        found[item.unit].append(item)
    units = [OpenUnit(months, now) for _, months in sorted(found.items(), key=lambda pair: pair[0].slug)]
    return sorted(units, key=lambda one: -one.days)
