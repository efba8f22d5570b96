"""A small province whose months are reported at random, for :mod:`test_every_door`.

Four communes with their hamlets, the province's office, and a commune of another province; months of two years, each
never begun, being entered, sent, returned or approved; cells blank, zero or filled; registers that hold something
else than what was frozen. Written in bulk, with the totals that a save keeps.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

from communes.models import Cluster
from communes.scope import Role
from models_registry.models import SelfManagementGroup
from reports.entry import kept_totals
from reports.models import ActivityLog, Figure, Indicator, MonthlyReport, ReportTotal, WeaponHandover, WeaponKind
from reports.months import Month
from tests import factories as f

MONTHS = (*(Month(2023, 11) + n for n in range(8)), *(Month(2024, 11) + n for n in range(8)))
BY_HAMLET = ("patrols", "outreach_sessions", "tips", "disputes_pending")
BY_UNIT = ("directives_issued", "online_posts", "reviews_held")
FROZEN = ("hamlets", "household_clusters", "security_teams", "initiatives", "groups_founded")
CODES = (*BY_HAMLET, *BY_UNIT, *FROZEN, "hamlets_reached")
KINDS = ("lead_shot", "homemade_gun")
BEGUN, ENDED = Month(2025, 1), Month(2025, 3)  # of online_posts, of reviews_held
STATES = ("submitted", "approved", "approved", "draft", "returned")


@dataclass(frozen=True)
class Coverage:
    """How a province is filled: how likely a month is counted, and a cell filled."""

    seed: int
    counted: float
    filled: float


def make():
    """The places, their registers and readers; no report yet."""
    province, other = f.province(code="25", name="Phú Thọ"), f.province(code="14", name="Sơn La")
    Indicator.objects.filter(code="online_posts").update(first_month=BEGUN)
    Indicator.objects.filter(code="reviews_held").update(last_month=ENDED)
    communes = [f.commune(province=province, code=f"0800{n}", name=f"Xã {'ABCD'[n]}") for n in range(4)]
    communes.append(f.commune(province=other, code="03733", name="Chiềng Pha"))
    for n, commune in enumerate(communes):
        hamlets = [f.hamlet(commune, f"Khu {number}") for number in range(2 + n % 2)]
        for day in ("2023-01-01", "2024-03-01", "2025-05-20")[n % 2 :]:
            f.group(commune, hamlet=hamlets[0], started_on=day)
        if n != 3:  # D has no initiative in its register, whatever its reports said
            f.initiative(commune, started_on="2023-05-01")
    f.group(communes[0], "security_team", hamlet=f.hamlet(communes[0], "Khu mới"), started_on="2024-12-01")
    f.commune(province=province, code="08009", name="Xã Vắng")  # neither reports nor register
    cluster = Cluster.objects.create(province=province, name="Cụm một", grouping="Cụm thi đua")
    cluster.communes.set(communes[:2])
    return SimpleNamespace(
        province=province, other=other, communes=communes, cluster=cluster,
        reviewer=f.user(Role.PROVINCE_REVIEWER, province), chief=f.user(Role.COMMUNE_CHIEF, communes[0]),
        viewer=f.user(Role.NATIONAL_VIEWER),
    )  # fmt: skip


def fill(world, coverage, last):
    """Reports of every unit and month up to ``last``, by the odds of a coverage."""
    chance = random.Random(f"{coverage}")
    reports = []
    for unit in (*world.communes, None):
        for month in (one for one in MONTHS if one <= last):
            if chance.random() < coverage.counted:
                reports.append(_report(world, unit, month, chance.choice(STATES[:3])))
            elif chance.random() < 0.5:
                reports.append(_report(world, unit, month, chance.choice(STATES[3:])))
    reports = MonthlyReport.objects.bulk_create(reports)
    entered = {i.code: i for i in Indicator.objects.filter(code__in=CODES)}
    for report in reports:
        _cells(world, report, entered, coverage, chance)
    known = [entered[code] for code in (*BY_HAMLET, *BY_UNIT)]
    for report in reports:
        kept_totals.refresh(report, known)
    _freeze(reports, entered, chance)


def _report(world, unit, month, state):
    at = datetime(month.year, month.number, 15, tzinfo=UTC)
    sent, approved = (None if state == "draft" else at), (at if state == "approved" else None)
    province = unit.province if unit else world.province
    return MonthlyReport(
        province=province, commune=unit, month=month, state=state, sent_at=sent, approved_at=approved,
        opened_at=at, saved_at=at,
    )  # fmt: skip


def _cells(world, report, entered, coverage, chance):
    logs = [ActivityLog(report=report)]
    if report.commune:
        logs += [ActivityLog(report=report, hamlet=one) for one in report.commune.hamlet_set.order_by("pk")]
        groups = SelfManagementGroup.objects.filter(commune=report.commune).order_by("pk")[:1]
        logs += [ActivityLog(report=report, group=one) for one in groups]
    logs = ActivityLog.objects.bulk_create(logs)
    cells = []
    blank = {code for code in entered if chance.random() > coverage.filled}
    for log in logs:
        for code in BY_HAMLET if log.hamlet_id or log.group_id else (*BY_HAMLET, *BY_UNIT):
            if code in blank or chance.random() > coverage.filled or not entered[code].asked_in(report.month):
                continue
            value = chance.choice((0, chance.randint(1, 9), chance.randint(1, 400)))
            cells.append(
                Figure(
                    log=log, indicator=entered[code], value=value, entered_by=world.reviewer, entered_at=report.saved_at
                )
            )
    Figure.objects.bulk_create(cells)


def _freeze(reports, entered, chance):
    frozen, handed = [], []
    kinds = list(WeaponKind.objects.filter(code__in=KINDS).order_by("code"))
    for report in reports:
        if report.is_sent and report.commune:
            frozen += [
                ReportTotal(report=report, indicator=entered[code], value=chance.randint(0, 30)) for code in FROZEN
            ]
        for kind in kinds:
            if chance.random() < 0.3:
                quantity = chance.randint(1, 12)
                handed.append(WeaponHandover(report=report, kind=kind, quantity=quantity, source="voluntary"))
    ReportTotal.objects.bulk_create(frozen)
    WeaponHandover.objects.bulk_create(handed)
