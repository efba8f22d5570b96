"""The registers of groups, members, initiatives, awards and festival days."""

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from communes.models import User
from communes.register import REGISTERS, Column, Register
from communes.registers import ENDED, PRIORITY, SAFETY, commune_column, name_column
from communes.templatetags.vietnamese import number
from models_registry.filters import (
    AwardFilterSet,
    FestivalFilterSet,
    GroupFilterSet,
    InitiativeFilterSet,
    MemberFilterSet,
)
from models_registry.forms import (
    AwardForm,
    DissolveForm,
    FestivalForm,
    GroupForm,
    InitiativeForm,
    LeaveForm,
    MemberForm,
)
from models_registry.models import Award, FestivalDay, Initiative, Member, SelfManagementGroup
from models_registry.ratings import age_warning


def missing(group: Any) -> list[str]:
    """What a group lacks, in words; ``group`` comes from ``with_missing``."""
    lacks = []
    if group.no_leader:
        lacks.append(f"chưa ghi {group.kind.leader_title.lower()}")
    if group.too_few:
        lacks.append(f"{number(group.headcount)} người, định mức ít nhất {group.least}")
    if group.too_many:
        lacks.append(f"{number(group.headcount)} người, định mức nhiều nhất {group.most}")
    if group.no_meeting:
        lacks.append("ba tháng chưa họp" if group.last_met_on else "chưa ghi ngày họp")
    return lacks


def group_tools(user: User) -> list[tuple[str, str]]:
    """Beside the list of groups."""
    ratings = [("Xếp loại Tổ bảo vệ ANTT", "/register/groups/ratings/")] if user.is_commune else []
    return [
        *ratings,
        ("Đếm theo loại hình", "/register/counts/"),
        ("Biến động giữa hai ngày", "/register/movements/"),
    ]


def group_links(row: SelfManagementGroup) -> list[tuple[str, str]]:
    """From a group to its members."""
    return [
        ("Danh sách thành viên của tổ", f"{MEMBERS.list_url}?group={row.pk}"),
        ("In danh sách thành viên", f"{MEMBERS.list_url}?group={row.pk}&format=print"),
        ("Thêm thành viên vào tổ", f"{MEMBERS.create_url}?group={row.pk}"),
    ]


def member_links(row: Member) -> list[tuple[str, str]]:
    """From a member to their other groups."""
    others = row.person.memberships.exclude(pk=row.pk).select_related("group__kind")
    return [
        ("Ghi người này vào một tổ khác", f"{MEMBERS.create_url}?person={row.person_id}"),
        *((f"Cũng tham gia: {one.group}", f"{MEMBERS.list_url}{one.pk}/") for one in others),
    ]


def initiative_tools(user: User) -> list[tuple[str, str]]:
    """Beside the list of initiatives."""
    if user.is_commune:
        return [
            ("Đánh giá các mô hình trong năm", "/register/initiatives/ratings/"),
        ]
    return [("Mô hình điển hình của tỉnh", "/register/initiatives/typical/")]


GROUPS: Register = Register(
    slug="groups",
    title="Tổ tự quản",
    one="tổ tự quản",
    model=SelfManagementGroup,
    form=GroupForm,
    filterset=GroupFilterSet,
    ends="Giải thể",
    end_form=DissolveForm,
    bulk=("last_met_on", "meets", "covenant_on", "founding_decision", "started_on"),
    related=group_links,
    warnings=lambda row: (
        [f"Còn thiếu: {'; '.join(missing(row))}."] if hasattr(row, "no_leader") and missing(row) else []
    ),
    tools=group_tools,
    imported=True,
    queryset=lambda: (
        SelfManagementGroup.objects.select_related("commune", "kind", "hamlet", "institution", "continues")
        .with_missing(timezone.localdate())
        .with_leader(timezone.localdate())
    ),
    columns=(
        Column("name", "Tên", lambda row: row.name, order=("sort_key",)),
        Column("kind", "Loại hình", lambda row: row.kind.short_name, order=("kind__position",)),
        Column("seat", "Nơi đặt", lambda row: row.seat, order=("hamlet__sort_key", "institution__sort_key")),
        commune_column(),
        Column("leader", "Người đứng đầu", lambda row: row.leader_name, order=("leader_sort",), personal=True),
        Column("phone", "Điện thoại", lambda row: row.leader_phone, personal=True, phone=True, default=False),
        Column("headcount", "Thành viên", lambda row: row.headcount, numeric=True, order=("headcount",)),
        Column("households", "Số hộ", lambda row: row.household_count, numeric=True, order=("household_count",)),
        Column("missing", "Còn thiếu", lambda row: "; ".join(missing(row))),
        Column("started_on", "Thành lập", lambda row: row.founded_on, order=("started_on",)),
        Column("decision", "Quyết định thành lập", lambda row: row.founding_decision, default=False),
        Column("meets", "Sinh hoạt", lambda row: row.get_meets_display(), order=("meets",), default=False),
        Column("last_met_on", "Họp gần nhất", lambda row: row.last_met_on, order=("last_met_on",), default=False),
        Column("covenant_on", "Quy ước", lambda row: row.covenant_on, order=("covenant_on",), default=False),
        ENDED,
    ),
)
MEMBERS: Register = Register(
    slug="members",
    title="Thành viên",
    one="thành viên",
    model=Member,
    form=MemberForm,
    filterset=MemberFilterSet,
    ends="Thôi tham gia",
    end_form=LeaveForm,
    bulk=("trained_on", "decision", "started_on"),
    personal=("person",),
    related=member_links,
    warnings=lambda row: [said for said in [age_warning(row, timezone.localdate().year)] if said],
    imported=True,
    queryset=lambda: Member.objects.select_related("person", "group__kind", "group__hamlet", "group__institution"),
    columns=(
        Column("name", "Họ và tên", str, order=("person__sort_key",)),
        Column("title", "Chức danh", lambda row: row.title, order=("position",)),
        Column("group", "Tổ", lambda row: str(row.group), order=("group__sort_key",)),
        Column("seat", "Nơi đặt", lambda row: row.group.seat, order=("group__hamlet__sort_key",)),
        Column(
            "birth_year", "Năm sinh", lambda row: row.person.birth_year, order=("person__birth_year",),
            shown=lambda row: str(row.person.birth_year or ""),
        ),
        Column("sex", "Giới tính", lambda row: row.person.get_sex_display(), order=("person__sex",), default=False),
        Column("phone", "Điện thoại", lambda row: row.person.phone, phone=True),
        Column("started_on", "Từ ngày", lambda row: row.started_on, order=("started_on",), default=False),
        ENDED,
        Column("leaving", "Lý do thôi", lambda row: row.get_leaving_display(), default=False),
        Column("decision", "Quyết định công nhận", lambda row: row.decision, default=False),
        Column("trained_on", "Tập huấn", lambda row: row.trained_on, order=("trained_on",), default=False),
    ),
)  # fmt: skip
INITIATIVES: Register = Register(
    slug="initiatives",
    title="Mô hình",
    one="mô hình",
    model=Initiative,
    form=InitiativeForm,
    filterset=InitiativeFilterSet,
    ends=None,  # discontinued by a step of its life
    bulk=("skilful_since", "field"),
    related=lambda row: [("Vòng đời, nhân rộng, sơ đồ lan tỏa", f"{INITIATIVES.list_url}{row.pk}/life/")],
    tools=initiative_tools,
    imported=True,
    queryset=lambda: Initiative.objects.select_related("commune", "type").annotate(
        running_sites=Count("sites", filter=Q(sites__ended_on=None))
    ),
    columns=(
        name_column(),
        Column("type", "Loại", lambda row: str(row.type), order=("type__position",)),
        Column("field", "Lĩnh vực", lambda row: row.work_field, default=False),
        commune_column(),
        Column("state", "Giai đoạn", lambda row: row.get_state_display(), order=("state",)),
        Column("sites", "Số điểm", lambda row: row.running_sites, numeric=True, order=("running_sites",)),
        Column("people", "Người tham gia", lambda row: row.people, numeric=True, order=("people",), default=False),
        Column("cameras", "Camera", lambda row: row.cameras, numeric=True, order=("cameras",), default=False),
        Column("lamps", "Đèn", lambda row: row.lamps, numeric=True, order=("lamps",), default=False),
        Column("keyrings", "Móc khóa, chuông, kẻng", lambda row: row.keyrings, numeric=True, default=False),
        Column(
            "skilful", "“Dân vận khéo”",
            lambda row: "có" if row.skilful_on(timezone.localdate()) else "", order=("skilful_since",),
        ),
        Column("typical", "Điển hình của tỉnh", lambda row: row.typical_since, order=("typical_since",), default=False),
        Column("decision", "Quyết định", lambda row: row.decision, default=False),
        Column("started_on", "Từ ngày", lambda row: row.started_on, order=("started_on",)),
        ENDED,
    ),
)  # fmt: skip
AWARDS = Register(
    slug="awards",
    title="Khen thưởng",
    one="khen thưởng",
    model=Award,
    form=AwardForm,
    filterset=AwardFilterSet,
    ends=None,
    queryset=lambda: Award.objects.select_related("commune"),
    columns=(
        Column("kind", "Hình thức", lambda row: row.get_kind_display(), order=("kind",)),
        commune_column(),
        Column("collectives", "Tập thể", lambda row: row.collectives, numeric=True, order=("collectives",)),
        Column("individuals", "Cá nhân", lambda row: row.individuals, numeric=True, order=("individuals",)),
        Column("awarded_on", "Ngày", lambda row: row.awarded_on, order=("awarded_on",)),
        Column("decision", "Quyết định", lambda row: row.decision),
    ),
)
FESTIVALS = Register(
    slug="festivals",
    title="Ngày hội",
    one="Ngày hội",
    model=FestivalDay,
    form=FestivalForm,
    filterset=FestivalFilterSet,
    ends=None,
    queryset=lambda: FestivalDay.objects.select_related("commune", "hamlet", "institution"),
    columns=(
        Column("place", "Nơi tổ chức", lambda row: row.place, order=("hamlet__sort_key",)),
        commune_column(),
        Column("held_on", "Ngày", lambda row: row.held_on, order=("held_on",)),
        Column("attendance", "Người dự", lambda row: row.attendance, numeric=True, order=("attendance",)),
        Column("is_model", "Ngày hội điểm", lambda row: "có" if row.is_model else "", order=("is_model",)),
    ),
)
OWN = (GROUPS, MEMBERS, INITIATIVES, AWARDS, FESTIVALS)
REGISTERS += [GROUPS, MEMBERS, INITIATIVES, SAFETY, AWARDS, FESTIVALS, PRIORITY]
__all__ = ["AWARDS", "FESTIVALS", "GROUPS", "INITIATIVES", "MEMBERS", "OWN"]
