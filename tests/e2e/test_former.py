"""Former units in a browser: their months and register are read, never entered, and nothing of them is ever overdue."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, environment
from tests.e2e.steps import sign_in

OLD = "07999-2025"
FILL = """
from datetime import date
from django.utils import timezone
from communes.models import Commune, Hamlet, User
from models_registry.models import GroupKind, SelfManagementGroup
from reports.models import ActivityLog, Figure, Indicator, MonthlyReport, ReportTotal
from reports.months import Month
old = Commune.objects.named("07999-2025").get()
hamlet = Hamlet.objects.create(commune=old, name="Khu Ngày Trước", ended_on=date(2025, 6, 30))
kind = GroupKind.objects.get(code="household_cluster")
SelfManagementGroup.objects.create(commune=old, hamlet=hamlet, kind=kind, name="Tổ Ngày Trước", ended_on=date(2025, 6, 30))
report = MonthlyReport.objects.create(province=old.province, commune=old, month=Month(2025, 4), opened_at=timezone.now())
log = ActivityLog.objects.create(report=report, hamlet=hamlet)
patrols = Indicator.objects.get(code="patrols")
by = User.objects.get(username="chidam.canbo")
Figure.objects.create(log=log, indicator=patrols, value=17, entered_by=by, entered_at=timezone.now())
ReportTotal.objects.create(report=report, indicator=patrols, value=17)
"""


@pytest.fixture
def old(page: Page, base: str, tmp_path) -> Page:
    """A page of the served demonstration, in which the former Chí Đám left April 2025 open."""
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", FILL]
    subprocess.run(command, cwd=ROOT, env=environment(tmp_path / "antq.sqlite3"), check=True)
    return page


def nothing_to_enter(page: Page) -> None:
    main = page.locator("main")
    expect(main).not_to_contain_text(re.compile("quá hạn", re.I))
    expect(main.locator("input:not([type=hidden]):not([type=search]), textarea")).to_have_count(0)


@pytest.mark.parametrize("who", ["chidam.canbo", "phutho.phong"])
def test_the_months_of_a_former_commune_are_read_and_never_overdue(old, who):
    sign_in(old, who, f"/reports/{OLD}/")
    expect(old.locator("main")).to_contain_text("Chí Đám (đến 30/06/2025)")
    expect(old.locator("main")).not_to_contain_text(re.compile("quá hạn", re.I))
    expect(old.get_by_role("link", name="Nhập", exact=True)).to_have_count(0)
    old.goto(f"/reports/{OLD}/2025-04/")
    expect(old.locator("main")).to_contain_text("Khu Ngày Trước")
    expect(old.locator("main")).to_contain_text("17")
    nothing_to_enter(old)
    expect(old.get_by_role("button", name=re.compile("Gửi"))).to_have_count(0)


def test_the_register_of_a_former_commune_is_read_by_its_heir(old):
    sign_in(old, "chidam.canbo", f"/register/hamlets/?former={OLD}")
    expect(old.locator("main")).to_contain_text("Khu Ngày Trước")
    for name in ("Thêm", "Sửa", "Nhập từ Excel"):
        expect(old.get_by_role("link", name=re.compile(f"^{name}"))).to_have_count(0)
    old.goto(f"/register/groups/?former={OLD}")
    expect(old.locator("main")).to_contain_text("Tổ Ngày Trước")


def test_no_former_unit_is_among_what_is_to_be_done(old):
    for who in ("chidam.canbo", "phutho.phong"):
        sign_in(old, who, "/")
        expect(old.locator("main")).not_to_contain_text("đến 30/06/2025")
        old.context.clear_cookies()
