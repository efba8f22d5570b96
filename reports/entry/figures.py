"""The one door through which figures enter: the screen, the API and imports all call :func:`record`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from communes.counts import MAX_VALUE, NOT_A_COUNT
from communes.managers import lived
from communes.models import Hamlet, User
from communes.refusals import Forbidden, Objection, Refused
from communes.templatetags.vietnamese import moment
from models_registry.models import SelfManagementGroup
from reports.catalogue import DISPUTES, OUTCOMES
from reports.entry import kept_totals
from reports.entry.grid import Grid, GridLine, Row
from reports.entry.writing import write_rows
from reports.models import ActivityLog, Figure, FigureChange, Indicator, MonthlyReport, ReportTotal
from reports.months import Month
from reports.units import Unit


@dataclass(frozen=True, slots=True)
class CellWrite:
    """One cell as its writer wants it: the new value, and the value she saw (None is blank)."""

    row: Row
    indicator: str
    value: int | None
    was: int | None = None


@dataclass
class Outcome:
    """What became of the cells. Totals are given for every indicator that was touched."""

    saved: list[CellWrite] = field(default_factory=list)
    conflicts: list[tuple[CellWrite, int | None]] = field(default_factory=list)
    errors: list[tuple[CellWrite, str]] = field(default_factory=list)
    totals: dict[str, int | None] = field(default_factory=dict)
    saved_at: datetime | None = None


def may_enter(unit: Unit, user: User) -> Objection | None:
    """Say why ``user`` may not enter figures of this unit at all, or return None."""
    if unit.is_entered_by(user):
        return None
    if unit.commune is None and not unit.ended_on:
        return Forbidden("Chỉ cán bộ duyệt của tỉnh nhập số liệu của cơ quan cấp tỉnh.")
    if unit.ended_on:
        return Forbidden(
            "Đơn vị đã kết thúc nên chỉ xem; muốn nhập các tháng cũ, cán bộ duyệt của tỉnh giao cho một người, "
            "đến một ngày."
        )
    return Forbidden("Chỉ Công an cấp xã nhập số liệu của xã mình; tài khoản của bạn chỉ xem.")


def entry_objection(report: MonthlyReport, user: User) -> Objection | None:
    """Say why ``user`` may not change this report's figures now, or return None."""
    refusal = may_enter(report.unit, user)
    if refusal:
        return refusal
    if report.state == MonthlyReport.State.SUBMITTED:
        return Objection(
            f"Báo cáo đã gửi lúc {moment(report.sent_at)}, đang chờ duyệt nên không sửa được. "
            "Cần sửa thì đề nghị cấp tỉnh trả lại."
        )
    if report.state == MonthlyReport.State.APPROVED:
        return Objection(
            f"Báo cáo đã duyệt lúc {moment(report.approved_at)} nên không sửa được. "
            "Cần sửa thì đề nghị cấp tỉnh mở lại."
        )
    return None


def open_report(unit: Unit, month: Month, *, by: User, now: datetime) -> tuple[MonthlyReport, bool]:
    """Return the unit's report of the month and whether it was opened just now.

    Raises :class:`Refused` where the account may not enter or the unit has no such month.
    """
    found = MonthlyReport.objects.of(unit).filter(month=month).with_unit().first()
    if found:
        return found, False
    refusal = may_enter(unit, by)
    if refusal:
        raise Refused(refusal)
    closed = unit.may_have(month, now)
    if closed:
        raise Refused(Objection(closed))
    return MonthlyReport.objects.get_or_create(
        province=unit.province,
        commune=unit.commune,
        month=month,
        defaults={"opened_at": now, "saved_at": now},
    )


def lock(report: MonthlyReport) -> MonthlyReport:
    """Fetch the report again and hold it until the transaction ends.

    PostgreSQL locks the row; on SQLite the transaction itself is IMMEDIATE and holds the database.
    """
    return MonthlyReport.objects.select_for_update(of=("self",)).with_unit().get(pk=report.pk)


def lock_for_entry(report: MonthlyReport, by: User) -> MonthlyReport:
    """Lock the report, or raise :class:`Refused` where ``by`` may not change it now.

    The account's own commune and province came with the account; only a report of other places reads its own.
    """
    locked = MonthlyReport.objects.select_for_update().get(pk=report.pk)
    if by.commune and by.commune.pk == locked.commune_id:
        locked.commune = by.commune
    if by.home_province and by.home_province.pk == locked.province_id:
        locked.province = by.home_province
    refusal = entry_objection(locked, by)
    if refusal:
        raise Refused(refusal)
    return locked


def record(report: MonthlyReport, cells: Sequence[CellWrite], *, by: User, now: datetime) -> Outcome:
    """Write cells, all that can be written, in one transaction.

    A cell whose stored value is neither what its writer saw nor what she wants is a conflict and is
    left alone; an invalid one is refused with a sentence; the others are written, their history kept
    and the report's totals set to the sums. Raises :class:`Refused` where the report is not open to
    ``by``.
    """
    with transaction.atomic():
        report = lock_for_entry(report, by)
        outcome = Outcome(saved_at=now)
        indicators = _Indicators(report, {cell.indicator for cell in cells})
        rows = _Rows(report, {cell.row for cell in cells}, indicators)
        valid = _valid(cells, rows.standing, indicators, outcome)
        rows.open_logs({cell.row for cell in valid})
        writes = _Writes(by, now)
        for cell in valid:
            current = rows.stored.get((cell.row, cell.indicator))
            if current in (cell.value, cell.was):
                if current != cell.value:
                    writes.add(cell, current)
                outcome.saved.append(cell)
            else:
                outcome.conflicts.append((cell, current))
        if writes.changed:
            writes.apply(report, rows.logs, indicators)
            writes.touch(report)
        touched = [indicators[code] for code in {cell.indicator for cell in valid}]
        if writes.changed:
            outcome.totals = kept_totals.refresh(report, touched, indicators.reaching)
        else:
            sums = kept_totals.sums_of(report, touched)
            outcome.totals = {indicator.code: sums.get(indicator.pk) for indicator in touched}
    return outcome


class _Indicators(dict):
    """Code → indicator that the report may hold, for those of ``codes`` that are typed.

    ``reaching`` are those that count the hamlets with one of them.
    """

    def __init__(self, report: MonthlyReport, codes: set[str]) -> None:
        found = Indicator.objects.filter(
            Q(code__in=codes, source=Indicator.Source.ENTERED) | Q(reaches__code__in=codes)
        )
        found = found.order_by()
        rows = [indicator for indicator in found if indicator.reaches_id is None]
        self.reaching = [indicator for indicator in found if indicator.reaches_id]
        super().__init__((i.code, i) for i in rows if i.asked_in(report.month))
        if retired := [i for i in rows if i.code not in self]:
            held = set(ReportTotal.objects.filter(report=report, indicator__in=retired).values_list("indicator"))
            self.update((i.code, i) for i in retired if (i.pk,) in held)


class _Rows:
    """The rows that cells are written to: where they are kept, what they hold, and which may be written at all.

    ``standing`` are those that belong to the unit and existed in the month; ``logs`` are the primary keys of those that
    are kept already, ``stored`` what their cells hold. A row that is kept is read with its place in one statement, in
    plain SQL: the ORM takes longer to write it than the database to answer it.
    """

    KEPT = (
        "SELECT log.id, log.hamlet_id, log.group_id, cell.indicator_id, cell.value, "
        "hamlet.commune_id, hamlet.started_on, hamlet.ended_on, team.commune_id, team.started_on, team.ended_on "
        "FROM reports_activitylog log "
        "LEFT JOIN communes_hamlet hamlet ON hamlet.id = log.hamlet_id "
        "LEFT JOIN models_registry_selfmanagementgroup team ON team.id = log.group_id "
        "LEFT JOIN reports_figure cell ON cell.log_id = log.id AND cell.indicator_id IN ({}) "
        "WHERE log.report_id = %s"
    )
    ONE = " AND log.hamlet_id {} AND log.group_id {}"

    def __init__(self, report: MonthlyReport, rows: set[Row], indicators: _Indicators) -> None:
        self.report = report
        self.window = report.month.window(report.province.cutoff)
        self.standing: set[Row] = {Row()} & rows
        self.logs: dict[Row, int] = {}
        self.stored: dict[tuple[Row, str], int] = {}
        self._read_kept(rows, {indicator.pk: code for code, indicator in indicators.items()})
        self._look_up(rows - self.standing - self.logs.keys())

    def open_logs(self, rows: set[Row]) -> None:
        """Keep rows that are not kept yet."""
        report, missing = self.report, [row for row in rows if row not in self.logs]
        if missing:
            made = ActivityLog.objects.bulk_create(
                ActivityLog(report=report, hamlet_id=row.hamlet, group_id=row.group) for row in missing
            )
            self.logs |= {row: log.pk for row, log in zip(missing, made, strict=True)}

    def _read_kept(self, rows: set[Row], code_of: dict[int, str]) -> None:
        """Read the rows that are kept, with the cells of these indicators."""
        marks, only, asked = ", ".join(["%s"] * len(code_of)), "", [*code_of, self.report.pk]
        if len(rows) == 1:
            (row,) = rows
            only = self.ONE.format(
                "IS NULL" if row.hamlet is None else "= %s", "IS NULL" if row.group is None else "= %s"
            )
            asked += [key for key in (row.hamlet, row.group) if key is not None]
        with connection.cursor() as cursor:
            cursor.execute(self.KEPT.format(marks or "NULL") + only, asked)
            for log, hamlet, group, indicator, value, *places in cursor.fetchall():
                row = Row(hamlet, group)
                self.logs[row] = log
                if self._stands(*places[:3]) or self._stands(*places[3:]):
                    self.standing.add(row)
                if indicator is not None:
                    self.stored[row, code_of[indicator]] = value

    def _stands(self, commune: int | None, started_on: date | None, ended_on: date | None) -> bool:
        return commune is not None and commune == self.report.commune_id and lived(started_on, ended_on, *self.window)

    def _look_up(self, rows: set[Row]) -> None:
        """Find those of the other rows that stand."""
        for name, model in (("hamlet", Hamlet), ("group", SelfManagementGroup)):
            keys = {getattr(row, name) for row in rows} - {None}
            if keys and self.report.commune_id:
                found = model.objects.filter(commune=self.report.commune_id).active_during(*self.window).order_by()
                if len(keys) < 20:
                    found = found.filter(pk__in=keys)
                self.standing |= {Row(**{name: pk}) for pk in found.values_list("pk", flat=True)}


def _valid(cells: Iterable[CellWrite], rows: set[Row], indicators: _Indicators, outcome: Outcome) -> list[CellWrite]:
    """Return the cells that may be written; put the others into ``outcome.errors``."""
    valid, seen = [], set()
    for cell in cells:
        indicator = indicators.get(cell.indicator)
        place = (cell.row, cell.indicator)
        if indicator is None:
            sentence = "Chỉ tiêu này không nhập trong tháng báo cáo này."
        elif cell.row not in rows:
            sentence = "Khu dân cư hoặc tổ này không thuộc đơn vị trong tháng báo cáo."
        elif indicator.level == Indicator.Level.COMMUNE and cell.row != Row():
            sentence = f"“{indicator.name}” chỉ nhập cho toàn đơn vị, không tách theo khu."
        elif cell.value is not None and not 0 <= cell.value <= MAX_VALUE:
            sentence = NOT_A_COUNT
        elif place in seen:
            sentence = "Ô này có hai giá trị trong cùng một lần gửi."
        else:
            seen.add(place)
            valid.append(cell)
            continue
        outcome.errors.append((cell, sentence))
    return valid


class _Writes:
    """The cells that change, written with one statement each for inserts, updates and history.

    Plain SQL where the ORM would build an object per cell: a pasted block of 2,000 cells is held to
    three times the bare ``executemany`` (docs/decisions/0002).
    """

    UPSERT = (
        "INSERT INTO reports_figure (log_id, indicator_id, value, entered_by_id, entered_at) "
        "VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (log_id, indicator_id) DO UPDATE SET value = excluded.value"
    )

    CHANGE = (
        "INSERT INTO reports_figurechange (log_id, indicator_id, was, value, by_id, at) VALUES (%s, %s, %s, %s, %s, %s)"
    )

    def __init__(self, by: User, now: datetime) -> None:
        self.by, self.now = by, now
        self.changed: list[tuple[CellWrite, int | None]] = []

    def add(self, cell: CellWrite, current: int | None) -> None:
        """Write ``cell`` over ``current``."""
        self.changed.append((cell, current))

    def touch(self, report: MonthlyReport) -> None:
        """Say when the report was saved and that its figures are others now."""
        MonthlyReport.objects.filter(pk=report.pk).change(saved_at=self.now)

    def apply(self, report: MonthlyReport, logs: dict[Row, int], indicators: _Indicators) -> None:
        """Write everything that was added."""
        now = connection.ops.adapt_datetimefield_value(self.now)
        filled, cleared, history = [], [], []
        for cell, current in self.changed:
            log, indicator = logs[cell.row], indicators[cell.indicator].pk
            if cell.value is None:
                cleared.append((log, indicator))
            else:
                filled.append((log, indicator, cell.value, self.by.pk, now))
            if current is not None:
                history.append((log, indicator, current, cell.value, self.by.pk, now))
        write_rows(self.UPSERT, filled)
        if cleared:
            self._clear(report, set(cleared))
        write_rows(self.CHANGE, history)

    def _clear(self, report: MonthlyReport, cleared: set[tuple[int, int]]) -> None:
        """Blank cells: the entry moves into the history, then the row goes."""
        figures = [
            figure
            for figure in Figure.objects.filter(log__report=report, log__in={log for log, _ in cleared})
            if (figure.log_id, figure.indicator_id) in cleared
        ]
        entered = {(figure.log_id, figure.indicator_id): figure.entered_at for figure in figures}
        changes = FigureChange.objects.filter(log__in={log for log, _ in cleared}, was__isnull=False)
        first_value = {
            (change.log_id, change.indicator_id): change.was
            for change in changes.order_by("-at", "-pk")
            if change.at >= entered.get((change.log_id, change.indicator_id), self.now)
        }
        FigureChange.objects.bulk_create(
            FigureChange(
                log_id=figure.log_id,
                indicator_id=figure.indicator_id,
                was=None,
                value=first_value.get((figure.log_id, figure.indicator_id), figure.value),
                by_id=figure.entered_by_id,
                at=figure.entered_at,
            )
            for figure in figures
        )
        Figure.objects.filter(pk__in=[figure.pk for figure in figures]).delete()


def none_cells(grid: Grid, scope: str) -> list[CellWrite]:
    """Return zeros for the blank cells of a scope: "Không phát sinh" is a statement an officer makes.

    ``scope`` is "rest", "row:h12" or "section:tips". Cells with a value are never touched, nor hamlets whose groups
    have one, nor what is optional, nor a cell where zero would be false beside another of its row.
    """
    return [CellWrite(line.row, code, 0) for line, code in _owed(grid, scope) if not _is_false(grid, line, code)]


def none_left(grid: Grid, scope: str) -> int:
    """Count the blank cells of a scope that "Không phát sinh" leaves blank, because zero would be false there."""
    return sum(_is_false(grid, line, code) for line, code in _owed(grid, scope))


def _owed(grid: Grid, scope: str) -> Iterator[tuple[GridLine, str]]:
    """The blank cells of a scope that are owed."""
    kind, _, name = scope.partition(":")
    top = {line.row.key: line for line in grid.tops}
    owing = grid.hamlets or [grid.unit_line]
    for indicator in grid.catalogue.asked if kind in ("rest", "row", "section") else ():
        if not indicator.core or (kind == "section" and indicator.section.code != name):
            continue
        commune_level = indicator.level == Indicator.Level.COMMUNE
        lines = [grid.unit_line] if commune_level else owing
        if kind == "row":
            lines = [line for line in lines if top.get(name) is line]
        yield from ((line, indicator.code) for line in lines if not grid.is_filled(line, indicator.code))


def _is_false(grid: Grid, line: GridLine, code: str) -> bool:
    """Whether zero would contradict another cell of the row: no patrols where someone went on one."""

    def held(other: str) -> int:
        place = (line.row, other)
        return grid.cells.get(place, 0) + grid.group_sums.get(place, 0)

    if any(held(other) for other in grid.catalogue.against.get(code, ())):
        return True
    return code in OUTCOMES and held(DISPUTES) > sum(held(part) for part in OUTCOMES)
