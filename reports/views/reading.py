"""Pages to read: a hamlet, a group, an initiative, with what belongs to it, its months and its history."""

from typing import Any, NamedTuple

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communes.history import versions
from communes.lifetimes import last_day
from communes.register import REGISTERS, Register
from communes.register.desks import Desk
from communes.register.rows import related_links, visible_row
from communes.registers import HAMLETS
from communes.requests import AuthenticatedHttpRequest
from communes.templatetags.vietnamese import day, number
from communes.trail.recording import Act, record
from models_registry.models import Member
from models_registry.models.going_on import CONTINUED
from models_registry.registers import GROUPS, INITIATIVES, MEMBERS
from reports.asking.activity import Activity, activity_of

RANKS = list(Member.Position.values)
VERSIONS = 5  # the newest ones; the rest stand on the page of history


class BelongingPart(NamedTuple):
    """A table of what belongs to a row: its title, a link beside it, heads, and lines of an address and cells."""

    title: str
    link: tuple[str, str] | None
    heads: list[str]
    lines: list[tuple[str, list[str]]]

    @property
    def labelled(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The lines with the head of each cell."""
        return [(url, list(zip(self.heads, cells, strict=True))) for url, cells in self.lines]


class Reading(NamedTuple):
    """What is particular to one row's page."""

    seat: str
    facts: list[tuple[str, Any]]
    parts: list[BelongingPart]
    activity: Activity | None


def _page(request: AuthenticatedHttpRequest, register: Register, row: Any, told: Reading, desk: Desk) -> HttpResponse:
    refusal = register.objection(desk.worker)
    context = {
        "register": register,
        "registers": REGISTERS,
        "row": row,
        "ended": row.ended_on,
        "seat": told.seat,
        "facts": [(label, value) for label, value in told.facts if value not in ("", "–")],
        "parts": told.parts,
        "activity": told.activity,
        "warnings": register.warnings(row),
        "related": related_links(register, row, desk) if not refusal else [],
        "versions": versions(row, hidden=() if request.user.is_commune else register.personal)[:VERSIONS],
        "refusal": refusal,
        "may_move": not desk.former and register.may_move(row, desk.worker),
        "desk": desk,
    }
    return render(request, "register/read.html", context)


def hamlet(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the hamlet. Its groups, the initiatives that run there, its months, its history."""
    row, desk = visible_row(request, HAMLETS, pk)
    facts = [
        ("Số hộ", number(row.households)),
        ("Nhân khẩu", number(row.population)),
        ("Quy ước ANTT", day(row.covenant_on) or "chưa có"),
        ("Từ ngày", day(row.started_on)),
        *HAMLETS.details(row, request.user),
    ]
    here = GROUPS.rows(row.commune).filter(Q(hamlet=row) | Q(pk__in=row.shared_groups.values("pk")))
    groups = here.standing_with(row.commune).order_by("kind__position", "sort_key")
    lines = [
        (GROUPS.read_url(one.pk), [one.name, one.kind.short_name, number(one.headcount), day(one.last_met_on)])
        for one in groups
    ]
    sites = row.initiativesite_set.all().standing_with(row.commune).select_related("initiative__type", CONTINUED)
    initiatives = [
        (INITIATIVES.read_url(one.initiative_id), [one.initiative.name, str(one.initiative.type), day(one.first_day)])
        for one in sites
    ]
    parts = [
        BelongingPart(
            "Các tổ",
            ("Trong danh sách", desk.link(f"{GROUPS.list_url}?hamlet={row.pk}")),
            ["Tên", "Loại hình", "Thành viên", "Họp gần nhất"],
            lines,
        ),
        BelongingPart("Mô hình", None, ["Tên", "Loại", "Từ ngày"], initiatives),
    ]
    activity = activity_of(Q(log__hamlet=row) | Q(log__group__hamlet=row), row.commune)
    return _page(request, HAMLETS, row, Reading(str(row.commune), facts, parts, activity), desk)


def group(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the group; its members by the commune alone. Members, meetings, months, history."""
    row, desk = visible_row(request, GROUPS, pk)
    rating = row.ratings.filter(member=None).first()
    beside = [str(one) for one in [*row.also_hamlets.all(), *row.border_communes.all()]]
    facts = [
        ("Loại hình", row.kind.name),
        *([("Cùng tham gia", "; ".join(beside))] if beside else []),
        ("Thành lập", day(row.first_day)),
        ("Quyết định", row.founding_decision),
        ("Thành viên", number(row.headcount)),
        ("Số hộ", number(row.household_count)),
        ("Sinh hoạt", row.get_meets_display()),
        ("Họp gần nhất", day(row.last_met_on)),
        ("Quy ước", day(row.covenant_on)),
        *([(f"Xếp loại {rating.year}", rating.get_grade_display())] if rating else []),
    ]
    parts = [_members(desk, row)] if request.user.is_commune else []
    told = Reading(f"{row.seat}, {row.commune}", facts, parts, activity_of(Q(log__group=row), row.commune))
    return _page(request, GROUPS, row, told, desk)


def _members(desk: Desk, row: Any) -> BelongingPart:
    """Who serves in a group now; that their names were looked at is noted."""
    members = row.members.all().standing_with(row.commune).select_related("person", "group__kind", CONTINUED)
    lines = [
        (
            f"{MEMBERS.list_url}{one.pk}/",
            [
                str(one),
                one.title,
                str(one.person.birth_year or ""),
                one.person.get_sex_display(),
                day(one.first_day),
                day(one.trained_on),
            ],
        )
        for one in sorted(members, key=lambda one: RANKS.index(one.position))
    ]
    record(Act.MEMBERS, by=desk.worker, rows=len(lines))
    heads = ["Họ và tên", "Chức danh", "Năm sinh", "Giới tính", "Từ ngày", "Tập huấn"]
    phones = desk.link(f"{MEMBERS.list_url}?group={row.pk}&phones=1")
    return BelongingPart("Thành viên", ("Xem số điện thoại", phones), heads, lines)


def initiative(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: whoever sees the initiative. Where it runs, its steps and ratings, its history."""
    row, desk = visible_row(request, INITIATIVES, pk)
    facts = [
        ("Loại", str(row.type)),
        ("Lĩnh vực", row.work_field),
        ("Giai đoạn", row.get_state_display()),
        ("Từ ngày", day(row.first_day)),
        ("Quyết định", row.decision),
        ("Số điểm", number(row.running_sites)),
        ("Người tham gia", number(row.people)),
        ("Camera", number(row.cameras)),
        ("Đèn", number(row.lamps)),
        ("Móc khóa, chuông, kẻng", number(row.keyrings)),
        ("“Dân vận khéo”", "có" if row.skilful_on(last_day(row.commune) or timezone.localdate()) else ""),
        ("Điển hình của tỉnh từ", day(row.typical_since)),
        ("Nhân rộng từ", str(row.origin or "")),
        ("Lý do thanh loại", row.discontinued_because),
    ]
    sites = row.sites.select_related("hamlet", "institution", CONTINUED).order_by("ended_on", "hamlet__sort_key", "pk")
    places = [
        (HAMLETS.read_url(one.hamlet_id) if one.hamlet_id else "", [one.place, day(one.first_day), day(one.ended_on)])
        for one in sites
    ]
    steps = [("", [one.get_kind_display(), day(one.day), one.decision, one.note]) for one in row.steps.all()]
    ratings = [("", [str(one.year), one.get_grade_display()]) for one in row.ratings.all()]
    life = ("Vòng đời, nhân rộng", f"{INITIATIVES.list_url}{row.pk}/life/")
    parts = [
        BelongingPart("Điểm thực hiện", None, ["Nơi", "Từ ngày", "Đến ngày"], places),
        BelongingPart("Các bước", None if desk.former else life, ["Bước", "Ngày", "Quyết định", "Ghi chú"], steps),
        BelongingPart("Đánh giá", None, ["Năm", "Mức"], ratings),
    ]
    return _page(request, INITIATIVES, row, Reading(str(row.commune), facts, parts, None), desk)
