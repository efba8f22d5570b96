"""The demonstration: Chí Đám's published half-year, exactly; the rest believable."""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from communes.models import Commune, User
from communes.units import load_units
from models_registry.importing.runs import plan_of, upload
from reports.demo import Demo
from reports.models import Figure, MonthlyReport
from reports.months import HANOI
from tests import factories as f

NOW = datetime(2025, 8, 19, 9, 0, tzinfo=HANOI)
PUBLISHED = {
    "patrols": 202, "patrol_attendance": 832, "valuable_tips": 42,
    "hamlets": 39, "hamlets_with_covenant": 39, "security_boards": 39, "security_board_members": 281,
    "household_clusters": 226, "household_cluster_members": 5489, "teacher_groups": 13, "student_groups": 9,
    "initiatives": 6, "suspended_sentences": 23, "non_custodial": 7, "deferred_sentences": 1,
    "released_supported": 21, "awards_collective": 2,
}  # fmt: skip


@pytest.mark.django_db
def test_the_demonstration_adds_up_to_what_was_published(client):
    load_units()
    Demo(NOW).make()
    api = APIClient()
    api.force_login(User.objects.get(username="chidam.canbo"), backend="django.contrib.auth.backends.ModelBackend")
    body = api.get("/api/v1/summary/?commune=07999&span=2025-H1&include=all").json()
    values = {row["code"]: row["value"] for row in body["rows"]}
    assert {code: values[code] for code in PUBLISHED} == PUBLISHED
    assert [(one["code"], one["value"]) for one in body["weapons"]] == [("unspecified", "11")]
    client.force_login(User.objects.get(username="chidam.canbo"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/dashboard/?commune=07999&span=2025-H1&include=all").content.decode()
    for shown in ("202", "832", "5.489", "281"):
        assert f">{shown}<" in page
    lan = User.objects.get(username="chidam.canbo")
    exported = (Path(__file__).parent / "data" / "files" / "exported-groups.xlsx").read_bytes()
    plan = plan_of(upload("groups", "to-tu-quan.xlsx", exported, by=lan, now=NOW), NOW.date())
    assert list(plan.work())
    assert [plan.count(outcome) for outcome in ("new", "changed", "refused")] == [0, 0, 0] and len(plan.rows) == 291
    call_command("rebuild_totals", check=True)
    last = MonthlyReport.objects.filter(province__code="25", month="2025-08", commune__isnull=False)
    assert {"submitted", "returned", "draft", "approved"} == set(last.values_list("state", flat=True))
    assert Commune.objects.living().filter(province__code="25", monthlyreport__isnull=True).count() == 1
    assert Figure.objects.count() > 100_000


@pytest.mark.django_db
def test_it_refuses_to_run_without_debug(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo")


@pytest.mark.django_db
def test_it_refuses_a_database_that_holds_anything_else(settings, cast):
    settings.DEBUG = True
    f.hamlet(cast.tay_coc)
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("seed_demo")
