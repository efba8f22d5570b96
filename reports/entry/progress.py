"""How far a month is entered, section by section, and how the months before it were sent."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from reports.entry.grid import Grid
from reports.models import Indicator, MonthlyReport
from reports.models.deadlines import days_late
from reports.months import Month
from reports.units import Unit

NAMED = 3  # places named beside a bar
NUMBERED = re.compile(r"(.*\D)([1-9]\d{0,8})")
COMMON = "Số liệu chung của xã"
STRIP = 12  # months shown at the foot of a commune's first page
NOT_OWED = "không hạn"  # before its first day, or that from which its province reports
PRESENTED = "chờ xem"  # before the chief
UNSENT = {None: "chưa nhập", "draft": "đang nhập", "returned": "trả lại"}


class SectionProgress(NamedTuple):
    """A section of the month: how many of its cells that must be filled are, where blanks are, the first of them."""

    name: str
    done: int
    owed: int
    where: str
    anchor: str

    @property
    def percent(self) -> int:
        """How much is there, rounded down: 100 only where nothing is blank."""
        return 100 * self.done // self.owed if self.owed else 100


class SentMonth(NamedTuple):
    """A month of the strip: its state, and in a word how it was sent."""

    month: Month
    state: str
    word: str


def progress(grid: Grid) -> list[SectionProgress]:
    """The sections of the hamlets' table, then what is asked of the whole commune; core indicators only."""
    blanks, rows = grid.blanks(), len(grid.hamlets or [1])

    def place(indicator: Indicator) -> str:
        return COMMON if indicator.level == Indicator.Level.COMMUNE else indicator.section.name

    core = sorted((i for i in grid.catalogue.asked if i.core), key=lambda i: i.level == Indicator.Level.COMMUNE)
    found = []
    for name, group in groupby(core, key=place):
        asked = list(group)
        owed = sum(1 if name == COMMON else rows for _ in asked)
        lacking = [(row, i) for i in asked for row in blanks.get(i.code, [])]
        names = [within_a_sentence(i.name) if name == COMMON else grid.names[row] for row, i in lacking]
        anchor = f"#c-{lacking[0][0].key}-{lacking[0][1].code}" if lacking else ""
        found.append(SectionProgress(name, owed - len(lacking), owed, _some(list(dict.fromkeys(names)), name), anchor))
    return found


class PartOfMonth(NamedTuple):
    """A part of a month's page: the hamlets' table, or what is asked of the whole unit; how much of it is there."""

    name: str
    anchor: str
    done: int
    owed: int

    @property
    def is_done(self) -> bool:
        """Whether something is owed and nothing is blank."""
        return 0 < self.owed == self.done


def parts_of_month(grid: Grid) -> list[PartOfMonth]:
    """The parts in which figures are typed; an office owes nothing and has the second alone."""
    owed = progress(grid) if grid.unit.commune else []
    whole = [one for one in owed if one.name == COMMON]
    below = [one for one in owed if one.name != COMMON]
    places = (("Theo khu dân cư", "hamlets", below), ("Số liệu chung", "whole", whole))
    return [
        PartOfMonth(name, anchor, sum(one.done for one in some), sum(one.owed for one in some))
        for name, anchor, some in places
        if grid.unit.commune or anchor == "whole"
    ]


def within_a_sentence(name: str) -> str:
    """A name as it stands within a sentence; "ANTT" and what else begins with an abbreviation stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _some(names: list[str], section: str) -> str:
    """The first few names, and how many more; what is numbered one after another stands together: "Khu 32–39"."""
    found = runs(names)
    said = ", ".join(run for run, _ in found[:NAMED])
    more, kind = sum(count for _, count in found[NAMED:]), "chỉ tiêu" if section == COMMON else "nơi"
    return f"{said} và {more} {kind} khác" if more else said


def runs(names: list[str]) -> list[tuple[str, int]]:
    """Names, and runs of names that differ in their number alone, each with how many it stands for."""
    found: list[tuple[str, int, int, int]] = []  # what stands before the number, first, last, how many
    for name in names:
        number = NUMBERED.fullmatch(name)
        head, at = (number[1], int(number[2])) if number else (name, -1)
        if number and found and found[-1][0] == head and found[-1][2] == at - 1:
            found[-1] = (head, found[-1][1], at, found[-1][3] + 1)
        else:
            found.append((head, at, at, 1))
    return [
        (head if first < 0 else f"{head}{first}–{last}" if last > first else f"{head}{first}", count)
        for head, first, last, count in found
    ]


def sent_months(unit: Unit, current: Month, known: Mapping[Month, MonthlyReport]) -> list[SentMonth]:
    """The last twelve months with how each was sent, the oldest first; what nobody waits for is said so."""
    found = []
    for month in (current - step for step in range(STRIP - 1, -1, -1)):
        report = known.get(month)
        state = report.state if report else "none"
        word = UNSENT.get(report.state if report else None) or sent_word(report)
        if report is None and not unit.owes(month):
            word = NOT_OWED
        if report and report.presented_at:
            word = PRESENTED
        found.append(SentMonth(month, state, word))
    return found


def sent_word(report: MonthlyReport | None) -> str:
    """ "sớm 2", "đúng hạn", "muộn 3": by how many days before or after the last day it was sent.

    What came later than that and is late of nobody (:attr:`MonthlyReport.was_late`) is "đã gửi".
    """
    if report is None or report.sent_at is None:
        return ""
    days = days_late(report.due, report.sent_at)
    if days > 0:
        return f"muộn {days}" if report.was_late else "đã gửi"
    return f"sớm {-days}" if days else "đúng hạn"


def elapsed(window: tuple[datetime, datetime, datetime], now: datetime) -> tuple[float, float]:
    """How much of the way from a month's first moment to its last day of sending is over: its own end, and today.

    ``window`` is the first moment, the end of the month and the end of the last day; both answers lie from 0 to 100.
    """
    opens, ends, due = window
    whole = (due - opens).total_seconds()

    def share(moment: datetime) -> float:
        return round(min(100.0, max(0.0, 100 * (moment - opens).total_seconds() / whole)), 1)

    return share(ends), share(now)
