"""The statutory team: age bounds and yearly ratings of teams and members; yearly ratings of initiatives.

Law 30/2023/QH15, article 13: members of the team protecting security and order are 18 to 70 years old.
Ratings: not under nine months of service; "xuất sắc" at most 20 % of those rated "tốt"; a leader no
higher than the team.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from communes import changes
from communes.models import Commune, RegisterChange, User
from models_registry.models import Initiative, InitiativeRating, Member, SelfManagementGroup, YearlyRating
from models_registry.models.going_on import CONTINUED

STATUTORY = "security_team"
YOUNGEST, OLDEST = 18, 70
MONTHS_NEEDED = 9
BEST_PER_CENT = 20
Grade = YearlyRating.Grade
RANK = {grade: place for place, grade in enumerate(Grade.values)}
"""Grade → its place, 0 the best."""
OF_THE_LIVING = (
    "Xếp loại Tổ bảo vệ ANTT không ghi ở danh bạ của đơn vị cũ: tổ và thành viên được xếp loại vào cuối năm, ở đơn vị "
    "kế thừa, tính cả thời gian hoạt động ở đơn vị cũ."
)
"""Why no team is rated in a former commune's register: who goes on is rated there, since the first of its days."""


def outside_age_bounds(year: int) -> Q:
    """The condition of serving in a statutory team outside the ages of the law in a year."""
    outside = Q(person__birth_year__gt=year - YOUNGEST) | Q(person__birth_year__lt=year - OLDEST)
    return Q(group__kind__code=STATUTORY) & outside


def age_warning(member: Member, year: int) -> str | None:
    """Say what the law's ages mean for a member, or return None."""
    born = member.person.birth_year
    if member.group.kind.code != STATUTORY or not born or YOUNGEST <= year - born <= OLDEST:
        return None
    return (
        f"{member} sinh năm {born}: thành viên Tổ bảo vệ ANTT từ đủ {YOUNGEST} đến {OLDEST} tuổi "
        "(Điều 13 Luật số 30/2023/QH15). Vẫn lưu được; hãy kiểm tra lại năm sinh."
    )


def months_served(started: date | None, ended: date | None, year: int) -> int:
    """Whole months served within a year; an unknown first day counts from its beginning."""
    first = max(started or date(year, 1, 1), date(year, 1, 1))
    last = min(ended or date(year, 12, 31), date(year, 12, 31))
    if last < first:
        return 0
    after = date.fromordinal(last.toordinal() + 1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return months - (after.day < first.day)


@dataclass
class RatingLine:
    """A team or one of its members on the page of a year: its grade, and why it may not be rated."""

    key: str
    name: str
    title: str
    months: int
    grade: str
    members: list["RatingLine"] = field(default_factory=list)
    leads: bool = False

    @property
    def refusal(self) -> str:
        """Why this one is not rated, or nothing."""
        if self.months < MONTHS_NEEDED:
            return f"Hoạt động {self.months} tháng, dưới {MONTHS_NEEDED} tháng: không xếp loại."
        return ""


def team_lines(commune: Commune, year: int) -> list[RatingLine]:
    """Return the statutory teams that existed in a year, each with its members, in three queries."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    teams = SelfManagementGroup.objects.filter(
        commune=commune, kind__code=STATUTORY, continuations__isnull=True
    ).active_during(first, last)
    members = (
        Member.objects.filter(group__in=teams, continuations__isnull=True)
        .active_during(first, last)
        .select_related("person", "group__kind", CONTINUED)
        .order_by("person__sort_key")
    )
    grades = {
        (row.group_id, row.member_id): row.grade for row in YearlyRating.objects.filter(group__in=teams, year=year)
    }
    by_team: dict[int, list[RatingLine]] = {}
    for member in members:
        months = months_served(member.first_day, member.ended_on, year)
        grade = grades.get((member.group_id, member.pk), "")
        leads = member.position == Member.Position.LEADER
        line = RatingLine(f"m{member.pk}", str(member), member.title, months, grade, leads=leads)
        by_team.setdefault(member.group_id, []).append(line)
    return [
        RatingLine(
            f"g{team.pk}",
            team.name,
            "Tổ",
            months_served(team.first_day, team.ended_on, year),
            grades.get((team.pk, None), ""),
            by_team.get(team.pk, []),
        )
        for team in teams.select_related(CONTINUED).order_by("sort_key")
    ]


def problems(teams: list[RatingLine], grades: dict[str, str]) -> dict[str, str]:
    """Return what is wrong with a year's grades: key of a line ("" for the whole) → a sentence."""
    found: dict[str, str] = {}
    for team in teams:
        for line in (team, *team.members):
            grade = grades.get(line.key, "")
            if grade and grade not in RANK:
                found[line.key] = "Chọn một trong bốn mức xếp loại."
            elif grade and line.refusal:
                found[line.key] = line.refusal
        own = grades.get(team.key, "")
        for line in team.members:
            grade = grades.get(line.key, "")
            if line.leads and own in RANK and grade in RANK and RANK[grade] < RANK[own]:
                found[line.key] = "Người đứng đầu không được xếp loại cao hơn tổ."
    for what, lines in (("tổ", teams), ("thành viên", [m for team in teams for m in team.members])):
        given = [grades.get(line.key, "") for line in lines]
        best, good = given.count(Grade.EXCELLENT), given.count(Grade.GOOD)
        if best * 100 > good * BEST_PER_CENT:
            found[f"too many {what}"] = (
                f"Có {best} {what} xếp loại xuất sắc và {good} xếp loại tốt: số xuất sắc không quá "
                f"{BEST_PER_CENT}% số được xếp loại tốt (nhiều nhất {good * BEST_PER_CENT // 100})."
            )
    return found


def rate_teams(commune: Commune, year: int, grades: dict[str, str], *, by: User, now: datetime) -> dict[str, str]:
    """Write a year's grades of teams and members, or return what is wrong and write nothing."""
    teams = team_lines(commune, year)
    wrong = problems(teams, grades)
    if wrong:
        return wrong
    rows: list[tuple[dict[str, int], RatingLine]] = []
    for team in teams:
        group = int(team.key[1:])
        rows.append(({"group_id": group}, team))
        rows += [({"group_id": group, "member_id": int(line.key[1:])}, line) for line in team.members]
    stored = {(r.group_id, r.member_id): r for r in YearlyRating.objects.filter(group__commune=commune, year=year)}
    pairs = [(keys, line.key, stored.get((keys["group_id"], keys.get("member_id")))) for keys, line in rows]
    _write(YearlyRating, pairs, grades, commune, year, "Xếp loại Tổ bảo vệ ANTT", by=by, now=now)
    return {}


def rate_initiatives(commune: Commune, year: int, grades: dict[str, str], *, by: User, now: datetime) -> int:
    """Write a year's grades of initiatives (key → grade, "" for not rated); return how many changed."""
    stored = {r.initiative_id: r for r in InitiativeRating.objects.filter(initiative__commune=commune, year=year)}
    pairs = [
        ({"initiative_id": one.pk}, f"i{one.pk}", stored.get(one.pk))
        for one in Initiative.objects.filter(commune=commune).active_during(date(year, 1, 1), date(year, 12, 31))
    ]
    known = set(InitiativeRating.Grade.values)
    grades = {key: grade for key, grade in grades.items() if grade in known}
    return _write(InitiativeRating, pairs, grades, commune, year, "Đánh giá mô hình", by=by, now=now)


def _write(
    model: Any,
    pairs: list[tuple[dict[str, int], str, Any]],
    grades: dict[str, str],
    commune: Commune,
    year: int,
    title: str,
    *,
    by: User,
    now: datetime,
) -> int:
    new, changed, gone = [], [], []
    for keys, name, row in pairs:
        grade = grades.get(name, "")
        if row is None and grade:
            new.append(model(year=year, grade=grade, **keys))
        elif row is not None and not grade:
            gone.append(row)
        elif row is not None and row.grade != grade:
            row.grade = grade
            changed.append(row)
    count = len(new) + len(changed) + len(gone)
    if count:
        with transaction.atomic():
            act = changes.begin(commune, RegisterChange.Kind.BULK, f"{title} năm {year}", by=by, now=now)
            act.create(new)
            act.update(changed, ["grade"])
            act.delete(gone)
    return count
