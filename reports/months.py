"""Months that run from the 15th to the 14th, and spans of them.

Decree 09/2019/NĐ-CP, article 12: the reporting month M runs from the 15th of M−1 to the 14th of M;
the cut-off day is a setting of the province. Quarters, half-years and years are whole months of that
kind, so the month is the atom. Time is always passed in.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable

from communes.held import Setting, held
from communes.written_months import month_name, month_said

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_REPORTED, LAST_REPORTED = 1945, 2099
"""The years months are of; the first has some for reporting years that begin with December."""
NO_MONTH = "“{}” không phải là tháng. Viết năm và tháng, ví dụ 2025-06."


def end_of(day: date) -> datetime:
    """Return the first moment after a day, in Hà Nội."""
    return datetime.combine(day + timedelta(days=1), time(0), HANOI)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A reporting month, named by the calendar month in which it ends."""

    year: int
    number: int

    def __hash__(self) -> int:  # months are the keys of every table of figures: the usual one makes a tuple each time
        return self.year * 12 + self.number

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read "2025-06"; raise ``ValueError`` with a sentence in Vietnamese otherwise."""
        found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
        if found:
            year, number = int(found[1]), int(found[2])
            if FIRST_REPORTED <= year <= LAST_REPORTED and 1 <= number <= 12:
                return cls(year, number)
        raise ValueError(NO_MONTH.format(text))

    @classmethod
    def of(cls, day: date, cutoff: int | Setting = 14) -> "Month":
        """Return the month in whose window ``day`` lies."""
        month = cls(day.year, day.month)
        return month if day.day <= held(cutoff, month) else month + 1

    @classmethod
    def at(cls, moment: datetime, cutoff: int | Setting = 14) -> "Month":
        """Return the month that runs at a moment, by the clock in Hà Nội."""
        return cls.of(moment.astimezone(HANOI).date(), cutoff)

    def __add__(self, months: int) -> "Month":
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __sub__(self, months: int) -> "Month":
        return self + -months

    def until(self, other: "Month") -> int:
        """Return how many months ``other`` lies after this one (negative if before)."""
        return (other.year - self.year) * 12 + other.number - self.number

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def title(self) -> str:
        """Its name in a sentence: "tháng 6/2025"."""
        return f"tháng {self.number}/{self.year}"

    @property
    def first_day(self) -> date:
        """The first day of the calendar month that names it, as stored by :class:`MonthField`."""
        return date(self.year, self.number, 1)

    def window(self, cutoff: int | Setting = 14) -> tuple[date, date]:
        """Return its first and last day: June with cut-off 14 → 15/05 … 14/06.

        After a changed cut-off a month begins the day after the former month's.
        """
        return (self - 1)._ends(cutoff) + timedelta(days=1), self._ends(cutoff)

    def _ends(self, cutoff: int | Setting) -> date:
        return date(self.year, self.number, held(cutoff, self))

    def closes(self, due_day: int | Setting) -> datetime:
        """Return the first moment after the due day of this month, in Hà Nội."""
        last = calendar.monthrange(self.year, self.number)[1]
        return end_of(date(self.year, self.number, min(held(due_day, self), last)))


def first_of_year(year: int, first_month: int | Setting) -> Month:
    """Return the first month of a reporting year: January, or December of the year before."""
    return Month(year - 1, 12) if held(first_month, Month(year, 1)) == 12 else Month(year, 1)


def reporting_year(month: Month, first_month: int | Setting) -> int:
    """Return the reporting year in which a month lies."""
    return month.year + (month >= first_of_year(month.year + 1, first_month))


@dataclass(frozen=True, slots=True)
class Span:
    """A run of whole months with a name.

    ``first`` and ``last`` are months; ``name`` is how it stands in an address: "2025-06", "2025-Q2",
    "2025-H1", "2025-9M", "2025", "2025-01..2025-05". With ``first_month`` 12 the year, and its parts,
    begin in month 12 of the year before. Years neither overlap nor gap: where the first month changes from 1
    to 12 the last old year has eleven months, from 12 to 1 thirteen.
    """

    name: str
    first: Month
    last: Month
    first_month: int | Setting = 1

    PARTS: ClassVar = {"Q1": (0, 3), "Q2": (3, 3), "Q3": (6, 3), "Q4": (9, 3), "H1": (0, 6), "H2": (6, 6), "9M": (0, 9)}

    @classmethod
    def parse(cls, text: str, first_month: int | Setting = 1) -> "Span":
        """Read the name of a span; raise ``ValueError`` with a sentence in Vietnamese otherwise."""
        if found := re.fullmatch(r"([0-9]{4})(?:-(Q[1-4]|H[12]|9M))?", text):
            year = int(found[1])
            if FIRST_REPORTED < year <= LAST_REPORTED:
                return cls._of_year(text, year, found[2], first_month)
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            month = Month.parse(text)
            return cls(text, month, month, first_month)
        elif found := re.fullmatch(r"([0-9]{4}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2})", text):
            first, last = Month.parse(found[1]), Month.parse(found[2])
            if first <= last and first.until(last) < 120:
                return cls(text, first, last, first_month)
        raise ValueError(
            f"“{text}” không phải là kỳ báo cáo. Ví dụ: 6/2025, quý II/2025, 6 tháng đầu năm 2025, 9 tháng năm 2025, "
            "năm 2025, 1/2025–5/2025; trong địa chỉ: 2025-06, 2025-Q2, 2025-H1, 2025-9M, 2025, 2025-01..2025-05."
        )

    @classmethod
    def _of_year(cls, name: str, year: int, part: str | None, first_month: int | Setting) -> "Span":
        """A year or a part of it; the last part ends with the year."""
        opens, closes = first_of_year(year, first_month), first_of_year(year + 1, first_month) - 1
        start, length = cls.PARTS[part] if part else (0, 12)
        last = closes if start + length == 12 else opens + (start + length - 1)
        return cls(name, opens + start, last, first_month)

    def __len__(self) -> int:
        return self.first.until(self.last) + 1

    def __iter__(self) -> Iterator[Month]:
        return (self.first + step for step in range(len(self)))

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def __str__(self) -> str:
        return self.name

    def window(self, cutoff: int | Setting = 14) -> tuple[date, date]:
        """Return its first and last day."""
        return self.first.window(cutoff)[0], self.last.window(cutoff)[1]

    def _moved(self, months: int) -> "Span":
        first, last = self.first + months, self.last + months
        if first.year < FIRST_REPORTED or last.year > LAST_REPORTED:
            return Span(f"{first}..{last}", first, last, self.first_month)
        kind = self.name[5:]
        if ".." in self.name:
            return Span(f"{first}..{last}", first, last, self.first_month)
        if kind.isdecimal():
            return Span(str(first), first, last, self.first_month)
        year = reporting_year(first, self.first_month)
        start = first_of_year(year, self.first_month).until(first)
        parts = [part for part, (opens, _) in self.PARTS.items() if opens == start]
        named = [(str(year), None), *((f"{year}-{part}", part) for part in parts)]
        for span in (self._of_year(name, year, part, self.first_month) for name, part in named):
            if (span.first, span.last) == (first, last):
                return span
        return Span(f"{first}..{last}", first, last, self.first_month)

    @property
    def previous(self) -> "Span":
        """The span of the same length just before."""
        return self._moved(-len(self))

    @property
    def same_span_last_year(self) -> "Span":
        """The same months one year before."""
        return self._moved(-12)

    @property
    def year_to_date(self) -> "Span":
        """The months from the first of the reporting year in which the span ends to its end."""
        first = first_of_year(reporting_year(self.last, self.first_month), self.first_month)
        return self if first == self.first else Span(f"{first}..{self.last}", first, self.last, self.first_month)

    @property
    def title(self) -> str:
        """Its name in a sentence: "6 tháng đầu năm 2025"."""
        year, _, kind = self.name.partition("-")
        titles = {
            "Q1": "quý I",
            "Q2": "quý II",
            "Q3": "quý III",
            "Q4": "quý IV",
            "H1": "6 tháng đầu",
            "H2": "6 tháng cuối",
            "9M": "9 tháng đầu",
        }
        if kind in titles:
            return f"{titles[kind]} năm {year}"
        if ".." in self.name:
            return f"{self.first.title} đến {self.last.title}"
        return self.first.title if kind else f"năm {year}"


Written = TypeVar("Written")
Read = TypeVar("Read")

if TYPE_CHECKING:

    class _FirstDayField(models.Field[Written, Read]):
        """A column of days that reads as months: the stubs would have every DateField read as a day."""

        _pyi_private_set_type: Month | str | Combinable
        _pyi_private_get_type: Month
        _pyi_lookup_exact_type: Month | str

else:

    class _FirstDayField(models.DateField):
        def __class_getitem__(cls, kinds: Any) -> type:
            return cls


class MonthField(_FirstDayField[Written, Read]):
    """A month, stored as its first day so that both databases sort and index it."""

    description = "A reporting month"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Month | None:
        """Make a month of what the database holds."""
        if isinstance(value, str):
            value = date.fromisoformat(value)
        return None if value is None else Month(value.year, value.month)

    def to_python(self, value: Any) -> Month | None:
        """Read a month, a date or "2025-06"."""
        if value is None or isinstance(value, Month):
            return value
        if isinstance(value, date):
            return Month(value.year, value.month)
        try:
            return Month.parse(str(value)[:7])
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        """Give the database the first day."""
        month = self.to_python(value)
        return None if month is None else month.first_day

    def value_to_string(self, obj: models.Model) -> str:
        """Serialise as "2025-06"."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        """Ask for "6/2025" in a line of text."""
        return MonthFormField(label=self.verbose_name, required=not self.blank, help_text=self.help_text)


class StoredMonth(models.Func):
    """A month as the database holds it: read and grouped by in many rows, where making a month of each takes longer."""

    template = "%(expressions)s"
    output_field = models.CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Be an expression, which has no declared type: sqlite3 makes a date of each value of a column of dates."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **more)


def by_stored(months: Iterable["Month"]) -> dict[str | date, "Month"]:
    """Months by what :class:`StoredMonth` gives: a date on PostgreSQL, its text on SQLite."""
    return {stored: month for month in months for stored in (month.first_day, str(month.first_day))}


class MonthFormField(forms.Field):
    """A line of text that holds a month as people write it: "6/2025"; the name of an address is read too."""

    WROTE = "“{}” không phải là tháng. Viết tháng và năm, ví dụ 6/2025."

    def prepare_value(self, value: Any) -> Any:
        """Show a month as people read it."""
        return month_said(str(value)) if isinstance(value, Month) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare months, however they are written."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True

    def to_python(self, value: Any) -> Month | None:
        """Read the month or refuse with a sentence."""
        if isinstance(value, Month) or value in self.empty_values:
            return value or None
        try:
            return Month.parse(self.named(str(value).strip()))
        except ValueError as error:
            raise ValidationError(self.WROTE.format(value), code="invalid") from error

    def named(self, text: str) -> str:
        """Return the name of what was written."""
        return month_name(text)
