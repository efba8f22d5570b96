"""The grid of a report: its rows (hamlets, their groups, the unit itself) and its filled cells."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet

from communes.models import Hamlet
from communes.names import told_apart
from models_registry.models import SelfManagementGroup
from reports.catalogue import Catalogue
from reports.models import Deadline, Figure, Indicator, MonthlyReport
from reports.months import Month
from reports.units import Unit

UNIT_ROW_NAME = "Toàn đơn vị (không tách theo khu)"


class Row(NamedTuple):
    """One row: a hamlet, a group (with neither it is the unit itself)."""

    hamlet: int | None = None
    group: int | None = None

    @classmethod
    def parse(cls, key: str) -> "Row":
        """Read "h12", "g5" or "u"; raise ``ValueError`` otherwise."""
        if key == "u":
            return cls()
        kind, number = key[:1], key[1:]
        if kind not in ("h", "g") or not (number.isascii() and number.isdecimal()) or len(number) > 18:
            raise ValueError(key)
        return cls(hamlet=int(number)) if kind == "h" else cls(group=int(number))

    @property
    def key(self) -> str:
        """Its name in forms and in the browser."""
        if self.hamlet is not None:
            return f"h{self.hamlet}"
        return "u" if self.group is None else f"g{self.group}"


UNIT_ROW = Row()
LONG_NAME = 20  # letters


@dataclass(frozen=True)
class GridLine:
    """A row with its name and, for a hamlet, how many groups it has and their lines once asked."""

    row: Row
    name: str
    group_count: int = 0
    groups: list["GridLine"] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    """What a unit reports in a month. ``report`` is None while nothing has been entered."""

    unit: Unit
    month: Month
    report: MonthlyReport | None = None
    NO_SUCH_CELL: ClassVar = "Không có ô này trong báo cáo."

    @staticmethod
    def of(report: MonthlyReport) -> "BegunGrid":
        """Return the grid of a report."""
        return BegunGrid(report.unit, report.month, report)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The indicators asked in the month, and those the report holds."""
        return Catalogue(self.month, self.report)

    @cached_property
    def window(self) -> tuple:
        """First and last day of the month."""
        return self.month.window(self.unit.province.cutoff)

    @cached_property
    def due(self) -> datetime:
        """The first moment at which the month is overdue, unsent."""
        if self.report:
            return self.report.due
        return Deadline.objects.calendar([self.unit.province.pk], [self.month]).due(self.unit, self.month)

    @cached_property
    def _living_groups(self) -> QuerySet[SelfManagementGroup]:
        """The groups that existed in the month."""
        return SelfManagementGroup.objects.filter(commune=self.unit.commune).active_during(*self.window)

    @cached_property
    def hamlets(self) -> list[GridLine]:
        """Lines of the hamlets that existed in the month, in Vietnamese order; groups only counted."""
        if self.unit.commune is None:
            return []
        rows = Hamlet.objects.filter(commune=self.unit.commune).active_during(*self.window)
        names = told_apart(rows.values_list("pk", "name", "started_on", "ended_on", named=True))
        return [GridLine(Row(hamlet=pk), name, self._group_counts.get(pk, 0)) for pk, name in names.items()]

    @cached_property
    def _group_counts(self) -> dict[int | None, int]:
        """Hamlet → its groups; None: those of the whole commune and of institutions."""
        if self.unit.commune is None:
            return {}
        return dict(self._living_groups.order_by().values_list("hamlet").annotate(Count("pk")))

    @cached_property
    def unit_line(self) -> GridLine:
        """The unit itself, with the groups that sit in no hamlet."""
        return GridLine(UNIT_ROW, UNIT_ROW_NAME, self._group_counts.get(None, 0))

    @cached_property
    def tops(self) -> list[GridLine]:
        """Every top line of the grid: hamlets, then the unit; groups only counted."""
        return [*self.hamlets, self.unit_line]

    @property
    def has_long_names(self) -> bool:
        """Whether a hamlet's name takes more than a line of the usual first column."""
        return any(len(line.name) > LONG_NAME for line in self.hamlets)

    @cached_property
    def lines(self) -> list[GridLine]:
        """The same with the lines of their groups."""
        groups: dict[int | None, list[GridLine]] = defaultdict(list)
        if self.unit.commune:
            rows = self._living_groups.order_by("kind__position", "sort_key").values_list(
                "pk", "hamlet", "kind__short_name", "name", "institution__name"
            )
            for pk, hamlet, kind, name, institution in rows:
                label = f"{name} ({kind}{', ' + institution if institution else ''})"
                groups[hamlet].append(GridLine(Row(group=pk), label))
        return [replace(top, groups=groups.get(top.row.hamlet, [])) for top in self.tops]

    @cached_property
    def names(self) -> dict[Row, str]:
        """Row → name, groups included."""
        return {line.row: line.name for top in self.lines for line in (top, *top.groups)}

    def indicator_of(self, row: Row, code: str) -> Indicator:
        """Return the indicator of a cell that is spoken of; raises ``ValidationError`` where there is none."""
        indicator = self.catalogue.by_code.get(code)
        if indicator is None or row not in self.names:
            raise ValidationError(self.NO_SUCH_CELL)
        return indicator

    @cached_property
    def _read(self) -> tuple[dict[tuple[Row, str], int], dict[tuple[Row, str], int]]:
        """The filled cells of what is asked, and the sums of a top line's groups (one query)."""
        cells: dict[tuple[Row, str], int] = {}
        groups: dict[tuple[Row, str], int] = {}
        if self.report is None:
            return cells, groups
        code_of = {indicator.pk: indicator.code for indicator in self.catalogue.entered}
        rows = Figure.objects.filter(log__report=self.report).values_list(
            "log__hamlet", "log__group", "log__group__hamlet", "indicator_id", "value"
        )
        for hamlet, group, home, indicator, value in rows:
            code = code_of.get(indicator)
            if code is None:
                continue
            cells[Row(hamlet, group), code] = value
            if group is not None:
                top = (Row(hamlet=home), code)
                groups[top] = groups.get(top, 0) + value
        return cells, groups

    @property
    def cells(self) -> dict[tuple[Row, str], int]:
        """(row, indicator code) → value of every filled cell."""
        return self._read[0]

    @cached_property
    def filled_rows(self) -> set[Row]:
        """The rows that have a filled cell."""
        return {row for row, _ in self.cells}

    @property
    def group_sums(self) -> dict[tuple[Row, str], int]:
        """(top row, indicator code) → what its itemised groups hold together."""
        return self._read[1]

    def is_filled(self, line: GridLine, code: str) -> bool:
        """Whether a top line or one of its groups has a value."""
        return (line.row, code) in self.cells or (line.row, code) in self.group_sums

    def blanks(self) -> dict[str, list[Row]]:
        """Indicator code → rows that owe a value and have none, core indicators only.

        A hamlet owes each indicator asked per hamlet, unless one of its groups has it; where there
        is no hamlet the unit's row owes it. The unit owes what is asked of the whole commune. A
        province's office owes nothing: it enters only what communes do not hold.
        """
        if self.unit.commune is None:
            return {}
        owing = self.hamlets or [self.unit_line]
        found: dict[str, list[Row]] = {}
        for indicator in self.catalogue.asked:
            lines = [self.unit_line] if indicator in self._commune_level else owing
            rows = [line.row for line in lines if not self.is_filled(line, indicator.code)]
            if rows and indicator.core:
                found[indicator.code] = rows
        return found

    @cached_property
    def _commune_level(self) -> set:
        return set(self.catalogue.by_commune)


@dataclass(frozen=True)
class BegunGrid(Grid):
    """The grid of a month that was begun: its report is there."""

    report: MonthlyReport
