"""The grid of a report: its rows (hamlets, their groups, the unit itself) and its filled cells."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from communes.models import Hamlet
from models_registry.models import SelfManagementGroup
from reports.catalogue import Catalogue
from reports.models import Figure, MonthlyReport
from reports.months import Month
from reports.units import Unit

UNIT_ROW_NAME = "Toàn đơn vị (không tách theo khu)"


@dataclass(frozen=True, slots=True)
class Row:
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


@dataclass(frozen=True)
class Line:
    """A row with its name and, for a hamlet, the lines of its groups."""

    row: Row
    name: str
    groups: list["Line"] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """The row itself and those of its groups."""
        return [self.row, *(line.row for line in self.groups)]


@dataclass(frozen=True)
class Grid:
    """What a unit reports in a month. ``report`` is None while nothing has been entered."""

    unit: Unit
    month: Month
    report: MonthlyReport | None = None

    @classmethod
    def of(cls, report: MonthlyReport) -> "Grid":
        """Return the grid of a report."""
        return cls(report.unit, report.month, report)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The indicators asked in the month."""
        return Catalogue(self.month)

    @cached_property
    def window(self) -> tuple:
        """First and last day of the month."""
        return self.month.window(self.unit.province.cutoff_day)

    @cached_property
    def _groups(self) -> dict[int | None, list[Line]]:
        """Lines of the groups by hamlet; None holds those of the whole commune and of institutions."""
        groups: dict[int | None, list[Line]] = defaultdict(list)
        if self.unit.commune is None:
            return groups
        rows = (
            SelfManagementGroup.objects.filter(commune=self.unit.commune)
            .active_during(*self.window)
            .order_by("kind__position", "sort_key")
            .values_list("pk", "hamlet", "kind__short_name", "name", "institution__name")
        )
        for pk, hamlet, kind, name, institution in rows:
            label = f"{name} ({kind}{', ' + institution if institution else ''})"
            groups[hamlet].append(Line(Row(group=pk), label))
        return groups

    @cached_property
    def hamlets(self) -> list[Line]:
        """Lines of the hamlets that existed in the month, in Vietnamese order."""
        if self.unit.commune is None:
            return []
        rows = Hamlet.objects.filter(commune=self.unit.commune).active_during(*self.window).values_list("pk", "name")
        return [Line(Row(hamlet=pk), name, self._groups.get(pk, [])) for pk, name in rows]

    @cached_property
    def unit_line(self) -> Line:
        """The unit itself, with the groups that sit in no hamlet."""
        return Line(UNIT_ROW, UNIT_ROW_NAME, self._groups.get(None, []))

    @cached_property
    def lines(self) -> list[Line]:
        """Every top line of the grid: hamlets, then the unit."""
        return [*self.hamlets, self.unit_line]

    @cached_property
    def names(self) -> dict[Row, str]:
        """Row → name, groups included."""
        return {line.row: line.name for top in self.lines for line in (top, *top.groups)}

    @cached_property
    def cells(self) -> dict[tuple[Row, str], int]:
        """(row, indicator code) → value of every filled cell."""
        if self.report is None:
            return {}
        rows = Figure.objects.filter(log__report=self.report).values_list(
            "log__hamlet", "log__group", "indicator__code", "value"
        )
        return {(Row(hamlet, group), code): value for hamlet, group, code, value in rows}

    def line_value(self, line: Line, code: str) -> int | None:
        """Sum of a line with its groups; None where every cell is blank."""
        values = [self.cells[row, code] for row in line.rows if (row, code) in self.cells]
        return sum(values) if values else None

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
        for indicator in self.catalogue.entered:
            lines = [self.unit_line] if indicator in self._commune_level else owing
            rows = [line.row for line in lines if self.line_value(line, indicator.code) is None]
            if rows and indicator.core:
                found[indicator.code] = rows
        return found

    @cached_property
    def _commune_level(self) -> set:
        return set(self.catalogue.by_commune)
