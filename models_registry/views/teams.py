"""The yearly rating of statutory teams and their members."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.history import last_written
from communes.meeting import Meeting
from communes.models import Commune
from communes.refusals import require
from communes.register import REGISTERS, objection
from communes.register.years import before_its_time, year_asked, year_shown
from communes.requests import AuthenticatedHttpRequest
from communes.saving import held_while_saving
from communes.trail.recording import Act, record
from models_registry.models import YearlyRating
from models_registry.ratings import rate_teams, team_lines


def ratings_met(
    request: AuthenticatedHttpRequest, stored: Mapping[str, str], rows: Any, labels: Mapping[str, str], grades: Any
) -> Meeting:
    """The grades that stand, and where a form came, its grades put together with them. ``rows`` have a history."""
    if request.method != "POST":
        return Meeting(stored)
    meeting = Meeting(stored, {key: request.POST.get(key, "") for key in stored}, request.POST)
    if meeting.clashing:
        last = max(filter(None, map(last_written, rows)), key=lambda one: one[1], default=None)
        meeting.tell(labels, last, request.user, lambda key, grade: dict(grades.choices).get(grade, str(grade)))
    return meeting


def ratings(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes rate their statutory teams and members of a year on one page."""
    require(objection(request.user))
    with held_while_saving(request, Commune, request.user.own_commune.pk):
        return _rating(request)


def _rating(request: AuthenticatedHttpRequest) -> HttpResponse:
    year = year_asked(request.POST.get("year", ""), year_shown(request, timezone.localdate().year))
    commune = request.user.own_commune
    wrong: dict[str, str] = {}
    teams = team_lines(commune, year)
    lines = {line.key: line for team in teams for line in (team, *team.members)}
    labels = {key: f"Xếp loại {line.name}" for key, line in lines.items()}
    rated = YearlyRating.objects.filter(group__commune=commune, year=year)
    meeting = ratings_met(request, {key: line.grade for key, line in lines.items()}, rated, labels, YearlyRating.Grade)
    if request.method == "POST" and not meeting.clashing:
        grades = {key: str(grade) for key, grade in meeting.values.items()}
        wrong = rate_teams(commune, year, grades, by=request.user, now=timezone.now())
        if not wrong:
            messages.success(request, f"Đã lưu xếp loại năm {year}. {meeting.told(labels)}".strip())
            return redirect(f"{request.path}?year={year}")
    for key, line in lines.items():
        line.grade = str(meeting.values[key])
    context = {
        "registers": REGISTERS,
        "year": year,
        "before": before_its_time(commune, year),
        "teams": teams,
        "wrong": wrong,
        "grades": YearlyRating.Grade.choices,
        "whole": [sentence for key, sentence in wrong.items() if key.startswith("too many")],
        "meeting": meeting,
    }
    if named := sum(len(team.members) for team in teams):
        record(Act.MEMBERS, by=request.user, rows=named)
    status = 409 if meeting.clashing else 422 if wrong else 200
    return render(request, "register/team_ratings.html", context, status=status)
