"""The yearly rating of statutory teams and their members."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communes.refusals import require
from communes.register import REGISTERS, objection
from communes.register.years import year_asked
from communes.requests import AuthenticatedHttpRequest
from models_registry.models import YearlyRating
from models_registry.ratings import rate_teams, team_lines


def ratings(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: communes rate their statutory teams and members of a year on one page."""
    require(objection(request.user))
    year = year_asked(request.POST.get("year") or request.GET.get("year", ""), timezone.localdate().year)
    commune = request.user.own_commune
    wrong: dict[str, str] = {}
    grades: dict[str, str] = {}
    if request.method == "POST":
        grades = {key: request.POST[key] for key in request.POST if key[:1] in "gm" and key[1:].isdecimal()}
        wrong = rate_teams(commune, year, grades, by=request.user, now=timezone.now())
        if not wrong:
            messages.success(request, f"Đã lưu xếp loại năm {year}.")
            return redirect(f"{request.path}?year={year}")
    teams = team_lines(commune, year)
    for team in teams:
        for line in (team, *team.members):
            line.grade = grades.get(line.key, "") if wrong else line.grade
    context = {
        "registers": REGISTERS,
        "year": year,
        "teams": teams,
        "wrong": wrong,
        "grades": YearlyRating.Grade.choices,
        "whole": [sentence for key, sentence in wrong.items() if key.startswith("too many")],
    }
    return render(request, "register/team_ratings.html", context, status=422 if wrong else 200)
