"""A believable Phú Thọ: 148 real communes from December 2024 to last month.

Chí Đám's first half of 2025 adds up exactly to what the press published on 19/08/2025 (39 khu dân cư,
202 patrols, 832 attendances, 42 valuable tips …); how it divides among months and hamlets was not
published and is invented, as is everything else. Ratios: domain, section 6. The same seed makes the
same province.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from simple_history.utils import bulk_create_with_history

from communes.models import Commune, Hamlet, Province, User
from communes.scope import SIGNS_FOR_A_COMMUNE, Role
from models_registry.headcount import headcount
from reports.catalogue import Catalogue
from reports.demo.bulk import bulk
from reports.demo.ordinary import FIRST, HALF, OrdinaryMonths
from reports.demo.register import DemoRegister
from reports.entry import kept_totals
from reports.models import (
    ActivityLog,
    CellComment,
    Explanation,
    Figure,
    Indicator,
    MonthlyReport,
    ReportEvent,
    ReportTotal,
    WeaponHandover,
    WeaponKind,
)
from reports.models.deadlines import answer_day
from reports.months import HANOI, Month

SEED = 2025
PASSWORD = "antq-demo-2025"
ACCOUNTS = (
    ("chidam.canbo", "Nguyễn Thị Lan", Role.COMMUNE_OFFICER),
    ("chidam.chihuy", "Trần Văn Minh", Role.COMMUNE_CHIEF),
    ("phutho.phong", "Lê Thị Hoa", Role.PROVINCE_REVIEWER),
    ("phutho.lanhdao", "Phạm Văn Thư", Role.PROVINCE_LEADER),
    ("trunguong", "Đỗ Thị An", Role.NATIONAL_VIEWER),
    ("quantri", "Vũ Văn Quân", Role.ADMINISTRATOR),
)
NEVER_BEGUN, LATE, RETURNED, WAITING, LOUD = "Dân Chủ", 11, 6, 40, 4
LOUD_WORDS = "Xã mở đợt cao điểm tuần tra theo kế hoạch của Công an tỉnh; có sổ theo dõi kèm theo."


class NotEmpty(Exception):
    """The database holds something else."""


@dataclass
class Demo(DemoRegister, OrdinaryMonths):
    """The province being made; ``now`` bounds it, ``rng`` makes it the same every time."""

    now: datetime
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    figures: list[tuple[int, int, int, int, Any]] = field(default_factory=list)
    logs: list[tuple[int, int, int | None, None]] = field(default_factory=list)
    pending: dict[tuple[int, int], int] = field(default_factory=dict)
    loud: set[int] = field(default_factory=set)
    totals: list[tuple[int, int, int]] = field(default_factory=list)

    def make(self) -> None:
        """Make everything. Raises :class:`NotEmpty` on a database that holds accounts or reports."""
        if User.objects.exists() or Hamlet.objects.exists() or MonthlyReport.objects.exists():
            raise NotEmpty
        # A million rows are checked once at the end, not one by one.
        with connection.constraint_checks_disabled(), transaction.atomic():
            self.province = Province.objects.get(code="25", ended_on=None)
            self.communes = list(Commune.objects.living().filter(province=self.province).order_by("code"))
            self.chi_dam = next(c for c in self.communes if c.code == "07999")
            self.last = Month.at(self.now, self.province.cutoff) - 1
            self.catalogue = Catalogue(self.last)
            self.accounts()
            self.register()
            self.reports()
            self.weapons()
            self.remarks()
            self.explanations()
            connection.check_constraints()

    # Accounts ---------------------------------------------------------------------------------

    def accounts(self) -> None:
        """The six accounts people sign in with, and a chief without password for each neighbour."""
        for username, name, role in ACCOUNTS:
            account = User(username=username, full_name=name, role=role, must_change_password=False)
            if account.is_commune:
                account.commune = self.chi_dam
            elif username.startswith("phutho"):
                account.province = self.province
            account.set_password(PASSWORD)
            account.save()
        by_name = {user.username: user for user in User.objects.all()}
        self.reviewer = by_name["phutho.phong"]
        chiefs = []
        for commune in self.communes:
            if commune != self.chi_dam:
                chief = User(username=f"xa{commune.code}", role=Role.COMMUNE_CHIEF, commune=commune, is_active=False)
                chief.set_unusable_password()
                chiefs.append(chief)
        User.objects.bulk_create(chiefs)
        self.chief_of = {user.commune_id: user for user in User.objects.filter(SIGNS_FOR_A_COMMUNE)}
        self.officer = by_name["chidam.canbo"]

    # Reports ----------------------------------------------------------------------------------

    def reports(self) -> None:
        """One report a commune and month, with its cells, totals and steps."""
        months = [FIRST + step for step in range(FIRST.until(self.last) + 1)]
        rows: list[MonthlyReport] = []
        others = [c for c in self.communes if c not in (self.chi_dam,) and c.name != NEVER_BEGUN]
        self.rng.shuffle(others)
        late, returned = set(others[:LATE]), set(others[LATE : LATE + RETURNED])
        waiting = set(others[LATE + RETURNED : LATE + RETURNED + WAITING])
        self.loud = {commune.pk for commune in others[LATE + RETURNED :][:LOUD]}
        for month in months:
            for commune in self.communes:
                if commune.name == NEVER_BEGUN:
                    continue
                state = MonthlyReport.State.APPROVED
                if month == self.last:
                    state = (
                        MonthlyReport.State.DRAFT
                        if commune in late
                        else MonthlyReport.State.RETURNED
                        if commune in returned
                        else MonthlyReport.State.SUBMITTED
                        if commune in waiting
                        else state
                    )
                rows.append(self.report(commune, month, state))
            rows.append(self.report(None, month, MonthlyReport.State.APPROVED))
        self.made = MonthlyReport.objects.bulk_create(rows, batch_size=1000)
        self.steps()
        self.cells()
        self.registry(months)
        self.write()

    def report(self, commune: Commune | None, month: Month, state: str) -> MonthlyReport:
        """One report, sent between the cut-off and a day or so after its due day."""
        opened = datetime.combine(month.first_day + timedelta(days=self.rng.randint(0, 12)), datetime.min.time(), HANOI)
        closed = month.closes(self.province.cutoff)
        sent = closed + timedelta(
            minutes=self.rng.randint(60, 3 * 24 * 60 + (600 if self.rng.random() < 0.05 else -90))
        )
        sent = min(sent, self.now - timedelta(hours=1))
        approved = min(sent + timedelta(hours=self.rng.randint(3, 60)), self.now)
        never_sent = state == MonthlyReport.State.DRAFT
        return MonthlyReport(
            province=self.province,
            commune=commune,
            month=month,
            state=state,
            opened_at=opened,
            saved_at=min(sent, self.now),
            sent_at=None if never_sent else sent,
            approved_at=approved if state == MonthlyReport.State.APPROVED else None,
            answer_by=answer_day(self.returned_at(sent)) if state == MonthlyReport.State.RETURNED else None,
        )

    def returned_at(self, sent: datetime) -> datetime:
        """When what was sent at a moment was returned."""
        return min(sent + timedelta(hours=5), self.now)

    def steps(self) -> None:
        """The events that led to each state."""
        state = MonthlyReport.State
        events = []

        def add(report: MonthlyReport, action: str, was: str, to: str, by: User, at: Any, comment: str = "") -> None:
            events.append(ReportEvent(report=report, action=action, was=was, state=to, by=by, at=at, comment=comment))

        for report in self.made:
            if report.sent_at is None:
                continue
            sender = self.chief_of[report.commune_id] if report.commune_id else self.reviewer
            add(report, "submit", state.DRAFT, state.SUBMITTED, sender, report.sent_at)
            if report.state == state.APPROVED:
                add(report, "approve", state.SUBMITTED, state.APPROVED, self.reviewer, report.approved_at)
            if report.state == state.RETURNED:
                when = self.returned_at(report.sent_at)
                word = "Đề nghị rà soát lại số lượt tuần tra."
                add(report, "return", state.SUBMITTED, state.RETURNED, self.reviewer, when, word)
        ReportEvent.objects.bulk_create(events, batch_size=1000)

    def cells(self) -> None:
        """Fill the grids: Chí Đám to its published sums, the others by the usual ratios."""
        half = self.chi_dam_half()
        hamlet_codes = [i.code for i in self.catalogue.by_hamlet if i.core]
        of_unit = [i for i in self.catalogue.by_commune if i.core]
        pk_of = {i.code: i.pk for i in self.catalogue.entered}
        for report in self.made:
            who = self.chief_of[report.commune_id].pk if report.commune_id else self.reviewer.pk
            at = connection.ops.adapt_datetimefield_value(report.saved_at)
            sums: dict[str, int] = {}
            if report.commune_id:
                values = {}
                if self.restated(report):
                    values = self.restated_month(len(self.hamlets[report.commune_id]))
                    sums |= values
                for place, hamlet in enumerate([] if values else self.hamlets[report.commune_id]):
                    if report.state == MonthlyReport.State.DRAFT and place % 3 == 0:
                        continue
                    month = self.carry((report.commune_id, place), self.hamlet_month())
                    month |= half.get((report.commune_id, report.month, place), {})
                    if report.month == self.last and report.commune_id in self.loud:
                        month |= {"patrols": month["patrols"] + 6, "patrol_attendance": month["patrol_attendance"] + 25}
                    self.row(report.pk, hamlet.pk, {c: month[c] for c in hamlet_codes}, pk_of, who, at, sums)
                unit = self.unit_month(report, sums)
                values |= {i.code: unit[i.code] for i in of_unit if i.asked_in(report.month)}
                sums = {code: sum_ for code, sum_ in sums.items() if code not in values}
                self.row(report.pk, None, values, pk_of, who, at, sums)
            else:
                values = {"directives_issued": self.rng.randint(2, 9), "online_posts": self.rng.randint(20, 60)}
                self.row(report.pk, None, values, pk_of, who, at, sums)
            self.totals += [(report.pk, pk_of[code], total) for code, total in sums.items()]

    def row(
        self,
        report: int,
        hamlet: int | None,
        values: dict[str, int],
        pk_of: dict[str, int],
        who: int,
        at: Any,
        sums: dict[str, int],
    ) -> None:
        """Write one log with its cells, and add them to the report's sums."""
        log = len(self.logs) + 1
        self.logs.append((log, report, hamlet, None))
        for code, value in values.items():
            self.figures.append((log, pk_of[code], value, who, at))
            sums[code] = sums.get(code, 0) + value

    def registry(self, months: list[Month]) -> None:
        """Freeze what is counted from the register for every report that was sent."""
        indicators = self.catalogue.registry
        keys = [commune.pk for commune in self.communes]
        by_month: dict[Month, list[MonthlyReport]] = {}
        for report in self.made:
            if report.commune_id and report.is_sent:
                by_month.setdefault(report.month, []).append(report)
        for month in months:
            since, on = month.window(self.province.cutoff)
            counts = headcount(keys, since=since, on=on)
            self.totals += [
                (report.pk, indicator.pk, counts[report.commune_id, indicator.code])  # type: ignore[index]
                for report in by_month.get(month, [])
                for indicator in indicators
            ]

    def write(self) -> None:
        """Write rows, cells and totals in bulk: a million cells in seconds."""
        bulk(ActivityLog, ("id", "report_id", "hamlet_id", "group_id"), self.logs)
        bulk(Figure, ("log_id", "indicator_id", "value", "entered_by_id", "entered_at"), self.figures)
        bulk(ReportTotal, ("report_id", "indicator_id", "value"), self.totals)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [ActivityLog]):
                cursor.execute(statement)
        kept_totals.fill_reached(Indicator.objects.filter(source=Indicator.Source.CELLS))

    # Beside the figures -----------------------------------------------------------------------

    def weapons(self) -> None:
        """Chí Đám's eleven of unspecified kind; here and there something elsewhere."""
        kinds = WeaponKind.objects.in_bulk(field_name="code")
        mine = [r for r in self.made if r.commune_id == self.chi_dam.pk and HALF <= r.month <= HALF + 5]
        lines = [
            WeaponHandover(report=report, kind=kinds["unspecified"], quantity=quantity)
            for report, quantity in zip(mine, (2, 1, 3, 0, 4, 1), strict=True)
            if quantity
        ]
        usual = ("homemade_gun", "crude_weapon", "lead_shot", "crossbow", "cartridge", "firecracker_weight")
        for report in self.made:
            if report.commune_id not in (None, self.chi_dam.pk) and self.rng.random() < 0.12:
                kind = kinds[self.rng.choice(usual)]
                quantity = Decimal(self.rng.randint(1, 8)) / (2 if kind.unit == "kg" else 1)
                lines.append(WeaponHandover(report=report, kind=kind, quantity=quantity, source="voluntary"))
        for line in lines:
            line._history_date = line.report.sent_at or line.report.saved_at  # type: ignore[attr-defined]
        bulk_create_with_history(lines, WeaponHandover)

    def remarks(self) -> None:
        """Point each return at a cell."""
        patrols = self.catalogue.by_code["patrols"]
        returns = ReportEvent.objects.filter(action="return").select_related("report")
        CellComment.objects.bulk_create(
            CellComment(
                report=event.report,
                hamlet=self.hamlets[event.report.commune_id][0],  # type: ignore[index]
                indicator=patrols,
                text="Số này khác với sổ theo dõi của tổ; đề nghị kiểm tra lại.",
                by=self.reviewer,
                at=event.at,
                returned_with=event,
            )
            for event in returns
        )

    def explanations(self) -> None:
        """What the loud communes said of their unusual month when they sent it."""
        patrols = self.catalogue.by_code["patrols"]
        Explanation.objects.bulk_create(
            Explanation(
                report=report,
                key=f"jump:{patrols.code}",
                text=LOUD_WORDS,
                sentence=f"“{patrols.name}” cao hơn hẳn mức thường thấy.",
            )
            for report in self.made
            if report.month == self.last and report.commune_id in self.loud
        )
