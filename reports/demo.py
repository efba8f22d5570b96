"""A believable Phú Thọ: 148 real communes from January 2025 to last month.

Chí Đám's first half of 2025 adds up exactly to what the press published on 19/08/2025 (39 khu dân cư,
202 patrols, 832 attendances, 42 valuable tips …); how it divides among months and hamlets was not
published and is invented, as is everything else. Ratios: domain, section 6. The same seed makes the
same province.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from communes.models import Commune, Hamlet, Institution, Province, SafetyRecord, User
from communes.scope import Role
from models_registry.headcount import headcount
from models_registry.models import (
    Award,
    GroupKind,
    Initiative,
    InitiativeSite,
    InitiativeType,
    Member,
    SelfManagementGroup,
)
from reports.catalogue import Catalogue
from reports.models import (
    ActivityLog,
    CellComment,
    Figure,
    MonthlyReport,
    ReportEvent,
    ReportTotal,
    WeaponHandover,
    WeaponKind,
)
from reports.months import HANOI, Month

SEED = 2025
FIRST = Month(2025, 1)
PASSWORD = "antq-demo-2025"  # noqa: S105 - published on purpose, made only with DEBUG
ACCOUNTS = (
    ("chidam.canbo", "Nguyễn Thị Lan", Role.COMMUNE_OFFICER),
    ("chidam.chihuy", "Trần Văn Minh", Role.COMMUNE_CHIEF),
    ("phutho.phong", "Lê Thị Hoa", Role.PROVINCE_REVIEWER),
    ("phutho.lanhdao", "Phạm Văn Thư", Role.PROVINCE_LEADER),
    ("trunguong", "Đỗ Thị An", Role.NATIONAL_VIEWER),
    ("quantri", "Vũ Văn Quân", Role.ADMINISTRATOR),
)
NEVER_BEGUN, LATE, RETURNED, WAITING = "Dân Chủ", 11, 6, 40
CHI_DAM_H1 = {"patrols": 202, "patrol_attendance": 832, "valuable_tips": 42}
CHI_DAM_STOCKS = {
    "suspended_sentences": 23,
    "non_custodial": 7,
    "deferred_sentences": 1,
    "released_supported": 21,
}
CHI_DAM_INITIATIVES = (
    ("child_protection", "Phòng, chống tội phạm xâm hại tình dục trẻ em", 12),
    ("fire_cluster", "Tổ liên gia an toàn phòng cháy, chữa cháy", 18),
    ("weapons_handover", "Vận động thu hồi vũ khí, vật liệu nổ, công cụ hỗ trợ", 39),
    ("security_keyring", "Móc khóa an ninh", 8),
    ("border_area", "Bảo đảm ANTT vùng giáp ranh", 5),
    ("security_camera", "Camera an ninh", 20),
)
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hà", "Đinh", "Phùng")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Quang", "Hồng", "Xuân", "Thanh", "Ngọc", "Hữu")
GIVEN = ("An", "Bình", "Chiến", "Dũng", "Đạt", "Giang", "Hạnh", "Hòa", "Hùng", "Lan", "Liên", "Long",
         "Mai", "Nam", "Phượng", "Quân", "Sơn", "Tâm", "Thủy", "Tuấn", "Việt", "Yến")  # fmt: skip


class NotEmpty(Exception):
    """The database holds something else."""


def split(total: int, parts: int, rng: random.Random) -> list[int]:
    """Divide a whole number into ``parts`` uneven whole parts that add up to it."""
    result = [0] * parts
    for _ in range(total):
        result[rng.randrange(parts)] += 1
    return result


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number in proportion to weights; the parts add up to it."""
    whole, shares, given, weighed = sum(weights), [], 0, 0
    for weight in weights:
        weighed += weight
        until = total * weighed // whole if whole else 0
        shares.append(until - given)
        given = until
    return shares


@dataclass
class Demo:
    """The province being made; ``now`` bounds it, ``rng`` makes it the same every time."""

    now: datetime
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    figures: list[tuple[int, int, int, int, Any]] = field(default_factory=list)
    logs: list[tuple[int, int, int | None, None]] = field(default_factory=list)
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
            self.last = Month.at(self.now, self.province.cutoff_day) - 1
            self.catalogue = Catalogue(self.last)
            self.accounts()
            self.register()
            self.reports()
            self.weapons()
            self.remarks()
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
        self.chief_of = {user.commune_id: user for user in User.objects.filter(role=Role.COMMUNE_CHIEF)}
        self.officer = by_name["chidam.canbo"]

    # Register ---------------------------------------------------------------------------------

    def register(self) -> None:
        """Hamlets, institutions, groups, members, initiatives and awards."""
        hamlets, schools = [], []
        for commune in self.communes:
            count = 39 if commune == self.chi_dam else self.rng.randint(14, 30)
            word = "Tổ dân phố số" if commune.kind == "Phường" else "Khu"
            for number in range(1, count + 1):
                households = self.rng.randint(110, 190)
                covenant = commune == self.chi_dam or self.rng.random() < 0.9
                hamlets.append(
                    Hamlet(
                        commune=commune, name=f"{word} {number}", households=households,
                        population=households * 4 - self.rng.randint(0, 90),
                        covenant_on=self.day_in(2021, 2024) if covenant else None,
                    )
                )  # fmt: skip
            for number in range(1, 13 if commune == self.chi_dam else self.rng.randint(3, 6)):
                level = ("mầm non", "tiểu học", "THCS")[number % 3]
                name = f"Trường {level} {commune.name} {(number + 2) // 3}"
                schools.append(Institution(commune=commune, name=name, kind=Institution.Kind.SCHOOL))
            if commune == self.chi_dam:
                schools.append(
                    Institution(commune=commune, name="Trường THPT Chí Đám", kind=Institution.Kind.SCHOOL)
                )
        self.hamlets = self.by_commune(Hamlet.objects.bulk_create(hamlets))
        self.schools = self.by_commune(Institution.objects.bulk_create(schools))
        self.groups()
        self.initiatives()
        self.recognitions()

    @staticmethod
    def by_commune(rows: Iterable[Any]) -> dict[int, list[Any]]:
        """Commune's key → its rows."""
        found: dict[int, list[Any]] = {}
        for row in rows:
            found.setdefault(row.commune_id, []).append(row)
        return found

    def day_in(self, first_year: int, last_year: int) -> date:
        """Some day between two years, both included."""
        start = date(first_year, 1, 1)
        return start + timedelta(days=self.rng.randrange((date(last_year, 12, 31) - start).days))

    def groups(self) -> None:
        """Boards and clusters in every hamlet, teams, and groups in schools."""
        kinds = {kind.code: kind for kind in GroupKind.objects.all()}
        groups: list[SelfManagementGroup] = []
        rng = self.rng

        def add(commune: Commune, kind: str, name: str, members: int | None, **seat: Any) -> None:
            groups.append(
                SelfManagementGroup(
                    commune=commune, kind=kinds[kind], name=name, declared_members=members,
                    started_on=self.day_in(2018, 2024), **seat,
                )
            )  # fmt: skip

        for commune in self.communes:
            mine = commune == self.chi_dam
            hamlets, schools = self.hamlets[commune.pk], self.schools[commune.pk]
            clusters = [6] * 31 + [5] * 8 if mine else [rng.randint(2, 7) for _ in hamlets]
            sizes = iter([25] * 65 + [24] * 161 if mine else [])
            for hamlet, count in zip(hamlets, clusters, strict=True):
                add(commune, "security_board", f"Ban ANTT {hamlet.name}", None if mine else 7, hamlet=hamlet)
                for number in range(1, count + 1):
                    size = next(sizes, None) or rng.randint(18, 30)
                    add(commune, "household_cluster", f"Tổ liên gia số {number}", size, hamlet=hamlet, households=size)
                if not mine:
                    add(commune, "security_team", f"Tổ ANTT {hamlet.name}", rng.randint(3, 5), hamlet=hamlet)
                    add(commune, "mediation_team", f"Tổ hòa giải {hamlet.name}", rng.randint(5, 7), hamlet=hamlet)
            for place, school in enumerate(schools):
                add(commune, "teacher_group", "Tổ nhà giáo tự quản", rng.randint(12, 35), institution=school)
                if place < 9:
                    add(commune, "student_group", "Tổ người học tự quản", rng.randint(20, 45), institution=school)
        made = SelfManagementGroup.objects.bulk_create(groups, batch_size=2000)
        self.board_members([g for g in made if g.commune_id == self.chi_dam.pk and g.kind == kinds["security_board"]])

    def board_members(self, boards: list[SelfManagementGroup]) -> None:
        """Name the 281 members of Chí Đám's 39 boards: 7 to a board, 8 in eight of them."""
        members = []
        for place, board in enumerate(boards):
            for number in range(8 if place < 281 - 39 * 7 else 7):
                position = {0: Member.Position.LEADER, 1: Member.Position.DEPUTY}.get(number, Member.Position.MEMBER)
                members.append(
                    Member(
                        group=board, name=f"{self.rng.choice(FAMILY)} {self.rng.choice(MIDDLE)} {self.rng.choice(GIVEN)}",
                        position=position, birth_year=self.rng.randint(1957, 2001), started_on=board.started_on,
                    )
                )  # fmt: skip
        Member.objects.bulk_create(members)

    def initiatives(self) -> None:
        """Chí Đám's six published initiatives; two or three elsewhere."""
        types = InitiativeType.objects.in_bulk(field_name="code")
        plans = [(self.chi_dam, code, name, count) for code, name, count in CHI_DAM_INITIATIVES]
        for commune in self.communes:
            if commune != self.chi_dam:
                for code in self.rng.sample(sorted(types), self.rng.randint(2, 4)):
                    plans.append((commune, code, types[code].name, self.rng.randint(1, 10)))
        made = Initiative.objects.bulk_create(
            Initiative(
                commune=commune, type=types[code], name=name, started_on=self.day_in(2020, 2024),
                skilful=self.rng.random() < 0.25,
            )
            for commune, code, name, _ in plans
        )  # fmt: skip
        InitiativeSite.objects.bulk_create(
            InitiativeSite(initiative=initiative, hamlet=hamlet, started_on=initiative.started_on)
            for initiative, (commune, _, _, count) in zip(made, plans, strict=True)
            for hamlet in self.hamlets[commune.pk][:count]
        )

    def recognitions(self) -> None:
        """Awards and the yearly standard."""
        Award.objects.bulk_create(
            [
                Award(commune=self.chi_dam, kind="ministry", collectives=1, awarded_on=date(2025, 6, 10)),
                Award(commune=self.chi_dam, kind="province", collectives=1, awarded_on=date(2025, 6, 10)),
            ]
            + [
                Award(
                    commune=commune, kind="police", collectives=self.rng.randint(0, 2),
                    individuals=self.rng.randint(1, 3), awarded_on=self.day_in(2025, 2025),
                )
                for commune in self.communes
                if commune != self.chi_dam and self.rng.random() < 0.5
            ]
        )  # fmt: skip
        SafetyRecord.objects.bulk_create(
            SafetyRecord(
                hamlet=hamlet, year=2025, registered_on=date(2025, 2, 20),
                recognised_on=date(2025, 11, 20) if self.rng.random() < 0.85 else None,
            )
            for hamlets in self.hamlets.values()
            for hamlet in hamlets
        )  # fmt: skip

    # Reports ----------------------------------------------------------------------------------

    def reports(self) -> None:
        """One report a commune and month, with its cells, totals and steps."""
        months = [FIRST + step for step in range(FIRST.until(self.last) + 1)]
        rows: list[MonthlyReport] = []
        others = [c for c in self.communes if c not in (self.chi_dam,) and c.name != NEVER_BEGUN]
        self.rng.shuffle(others)
        late, returned = set(others[:LATE]), set(others[LATE : LATE + RETURNED])
        waiting = set(others[LATE + RETURNED : LATE + RETURNED + WAITING])
        for month in months:
            for commune in self.communes:
                if commune.name == NEVER_BEGUN:
                    continue
                state = MonthlyReport.State.APPROVED
                if month == self.last:
                    state = (
                        MonthlyReport.State.DRAFT if commune in late
                        else MonthlyReport.State.RETURNED if commune in returned
                        else MonthlyReport.State.SUBMITTED if commune in waiting
                        else state
                    )  # fmt: skip
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
        closed = month.closes(self.province.cutoff_day)
        sent = closed + timedelta(minutes=self.rng.randint(60, 3 * 24 * 60 + (600 if self.rng.random() < 0.05 else -90)))
        sent = min(sent, self.now - timedelta(hours=1))
        approved = min(sent + timedelta(hours=self.rng.randint(3, 60)), self.now)
        never_sent = state == MonthlyReport.State.DRAFT
        return MonthlyReport(
            province=self.province, commune=commune, month=month, state=state, opened_at=opened,
            saved_at=min(sent, self.now), sent_at=None if never_sent else sent,
            approved_at=approved if state == MonthlyReport.State.APPROVED else None,
        )  # fmt: skip

    def steps(self) -> None:
        """The events that led to each state."""
        events = []
        for report in self.made:
            state = MonthlyReport.State
            if report.sent_at:
                sender = self.chief_of[report.commune_id] if report.commune_id else self.reviewer
                events.append(
                    ReportEvent(report=report, action="submit", was=state.DRAFT, state=state.SUBMITTED, by=sender, at=report.sent_at)
                )  # fmt: skip
            if report.state == state.APPROVED:
                events.append(
                    ReportEvent(report=report, action="approve", was=state.SUBMITTED, state=state.APPROVED, by=self.reviewer, at=report.approved_at)
                )  # fmt: skip
            if report.state == state.RETURNED:
                events.append(
                    ReportEvent(
                        report=report, action="return", was=state.SUBMITTED, state=state.RETURNED, by=self.reviewer,
                        at=min(report.sent_at + timedelta(hours=5), self.now), comment="Đề nghị rà soát lại số lượt tuần tra.",
                    )
                )  # fmt: skip
        ReportEvent.objects.bulk_create(events, batch_size=1000)

    def cells(self) -> None:
        """Fill the grids: Chí Đám to its published sums, the others by the usual ratios."""
        half = self.chi_dam_half()
        hamlet_codes = [i.code for i in self.catalogue.by_hamlet if i.core]
        unit_codes = [i.code for i in self.catalogue.by_commune if i.core]
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
                    month = self.hamlet_month() | half.get((report.commune_id, report.month, place), {})
                    self.row(report.pk, hamlet.pk, {c: month[c] for c in hamlet_codes}, pk_of, who, at, sums)
                unit = self.unit_month(report, sums)
                values |= {code: unit[code] for code in unit_codes}
                sums = {code: sum_ for code, sum_ in sums.items() if code not in values}
                self.row(report.pk, None, values, pk_of, who, at, sums)
            else:
                values = {"directives_issued": self.rng.randint(2, 9), "online_posts": self.rng.randint(20, 60)}
                self.row(report.pk, None, values, pk_of, who, at, sums)
            self.totals += [(report.pk, pk_of[code], total) for code, total in sums.items()]

    def row(
        self, report: int, hamlet: int | None, values: dict[str, int], pk_of: dict[str, int],
        who: int, at: Any, sums: dict[str, int],
    ) -> None:  # fmt: skip
        """Write one log with its cells, and add them to the report's sums."""
        log = len(self.logs) + 1
        self.logs.append((log, report, hamlet, None))
        for code, value in values.items():
            self.figures.append((log, pk_of[code], value, who, at))
            sums[code] = sums.get(code, 0) + value

    def restated(self, report: MonthlyReport) -> bool:
        """Neighbours restated the months long past for the whole commune, without hamlets."""
        return report.commune_id != self.chi_dam.pk and report.month.until(self.last) >= 12

    def restated_month(self, hamlets: int) -> dict[str, int]:
        """An ordinary month of a commune's hamlets together."""
        part = self.rng.uniform
        patrols, valuable = round(hamlets * part(0.8, 1.3)), round(hamlets * part(0.08, 0.24))
        sessions, received = round(hamlets * part(0.2, 0.4)), round(hamlets * part(0.1, 0.4))
        settled = round(received * part(0.7, 1))
        return {
            "group_meetings": round(hamlets * part(1.5, 2.5)),
            "patrols": patrols,
            "patrol_attendance": round(patrols * part(4, 4.6)),
            "tips": valuable + round(hamlets * part(0.1, 0.5)),
            "valuable_tips": valuable,
            "disputes_received": received,
            "disputes_settled": settled,
            "disputes_not_settled": 0,
            "disputes_pending": received - settled,
            "outreach_sessions": sessions,
            "outreach_attendance": round(sessions * part(60, 110)),
            "household_commitments": round(hamlets * part(0.5, 1.7)),
        }

    def hamlet_month(self) -> dict[str, int]:
        """An ordinary month of a hamlet."""
        chance = self.rng.random
        patrols = int(chance() * 2.7)
        valuable = int(chance() < 0.16)
        sessions = int(chance() < 0.3)
        received = int(chance() < 0.25)
        settled = int(received and chance() < 0.85)
        return {
            "group_meetings": 1 + int(chance() * 3),
            "patrols": patrols,
            "patrol_attendance": patrols * 4 + (int(chance() * 3) if patrols else 0),
            "tips": valuable + int(chance() < 0.3),
            "valuable_tips": valuable,
            "disputes_received": received,
            "disputes_settled": settled,
            "disputes_not_settled": 0,
            "disputes_pending": received - settled,
            "outreach_sessions": sessions,
            "outreach_attendance": sessions * (50 + int(chance() * 70)),
            "household_commitments": int(chance() * 6) if chance() < 0.4 else 0,
        }

    def unit_month(self, report: MonthlyReport, sums: dict[str, int]) -> dict[str, int]:
        """An ordinary month of what is entered for the commune as a whole."""
        seed = random.Random(report.commune_id)  # noqa: S311 - the stocks of a commune change slowly
        drift = FIRST.until(report.month) // 6
        stocks = {
            "released_supported": seed.randint(6, 30) + drift,
            "suspended_sentences": seed.randint(3, 22),
            "non_custodial": seed.randint(0, 7),
            "deferred_sentences": seed.randint(0, 2),
            "youth_supervised": seed.randint(0, 6),
        }
        if report.commune_id == self.chi_dam.pk:
            stocks |= CHI_DAM_STOCKS
        solved = min(sums.get("valuable_tips", 0), self.rng.randint(0, 3))
        return stocks | {
            "cases_solved_from_tips": solved,
            "offenders_from_tips": solved + (self.rng.randint(0, 2) if solved else 0),
            "outreach_hamlets": sums.get("outreach_sessions", 0),
            "online_posts": self.rng.randint(4, 25),
            "business_commitments": self.rng.randint(0, 12),
            "fire_drills": self.rng.randint(0, 3),
            "directives_issued": self.rng.randint(1, 6),
        }

    def chi_dam_half(self) -> dict[tuple[int, Month, int], dict[str, int]]:
        """Divide the published half-year of Chí Đám among 6 months and 39 khu."""
        places = [(FIRST + step, place) for step in range(6) for place in range(39)]
        patrols = split(CHI_DAM_H1["patrols"], len(places), self.rng)
        more = spread(CHI_DAM_H1["patrol_attendance"] - CHI_DAM_H1["patrols"], patrols)
        valuable = split(CHI_DAM_H1["valuable_tips"], len(places), self.rng)
        return {
            (self.chi_dam.pk, month, place): {
                "patrols": patrols[i],
                "patrol_attendance": patrols[i] + more[i],
                "valuable_tips": valuable[i],
                "tips": valuable[i] + (i % 3 == 0),
            }
            for i, (month, place) in enumerate(places)
        }

    def registry(self, months: list[Month]) -> None:
        """Freeze what is counted from the register for every report that was sent."""
        indicators = self.catalogue.registry
        keys = [commune.pk for commune in self.communes]
        by_month: dict[Month, list[MonthlyReport]] = {}
        for report in self.made:
            if report.commune_id and report.is_sent:
                by_month.setdefault(report.month, []).append(report)
        for month in months:
            since, on = month.window(self.province.cutoff_day)
            counts = headcount(keys, since=since, on=on)
            self.totals += [
                (report.pk, indicator.pk, counts[report.commune_id, indicator.code])
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

    # Beside the figures -----------------------------------------------------------------------

    def weapons(self) -> None:
        """Chí Đám's eleven of unspecified kind; here and there something elsewhere."""
        kinds = WeaponKind.objects.in_bulk(field_name="code")
        mine = [r for r in self.made if r.commune_id == self.chi_dam.pk and r.month <= FIRST + 5]
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
        WeaponHandover.objects.bulk_create(lines)

    def remarks(self) -> None:
        """Point each return at a cell."""
        patrols = self.catalogue.by_code["patrols"]
        returns = ReportEvent.objects.filter(action="return").select_related("report")
        CellComment.objects.bulk_create(
            CellComment(
                report=event.report, hamlet=self.hamlets[event.report.commune_id][0], indicator=patrols,
                text="Số này khác với sổ theo dõi của tổ; đề nghị kiểm tra lại.",
                by=self.reviewer, at=event.at, returned_with=event,
            )
            for event in returns
        )  # fmt: skip


def bulk(model: type, columns: Sequence[str], rows: list[tuple]) -> None:
    """Insert many rows: COPY on PostgreSQL, one prepared statement elsewhere."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
