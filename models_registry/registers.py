"""The registers of groups, members, initiatives, awards and festival days."""

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from communes.lifetimes import last_day
from communes.models import User
from communes.register import REGISTERS, ListColumn, Register
from communes.registers import ENDED, PRIORITY, SAFETY, commune_column, name_column
from communes.templatetags.vietnamese import number
from models_registry import initiatives, ratings
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
from models_registry.models.going_on import with_first_day


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


def running_then(day: date | None) -> Q:
    """Which sites run: those without an end, or those that stood on a former commune's last day."""
    if day is None:
        return Q(sites__ended_on=None)
    begun = Q(sites__started_on=None) | Q(sites__started_on__lte=day)
    return begun & (Q(sites__ended_on=None) | Q(sites__ended_on__gte=day))


def group_tools(user: User) -> list[tuple[str, str]]:
    """Beside the list of groups."""
    rated = [("Xếp loại Tổ bảo vệ ANTT", "/register/groups/ratings/")] if user.is_commune else []
    return [
        *rated,
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


def member_warnings(row: Member) -> list[str]:
    """What the law's ages mean for a member, this year or in the last one of a former commune."""
    said = ratings.age_warning(row, (last_day(row.group.commune) or timezone.localdate()).year)
    return [said] if said else []


def initiative_tools(user: User) -> list[tuple[str, str]]:
    """Beside the list of initiatives."""
    if user.is_commune:
        return [
            ("Đánh giá các mô hình trong năm", "/register/initiatives/ratings/"),
        ]
    return [("Mô hình điển hình của tỉnh", "/register/initiatives/typical/")]


GROUPS: Register = Register(
    slug="groups",
    family="Lực lượng",
    counted=True,
    facet=("kind", "kind__code", "kind__short_name"),
    moves=True,
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
    of_the_living=ratings.OF_THE_LIVING,
    reads=True,
    imported=True,
    queryset=lambda day: (
        with_first_day(SelfManagementGroup.objects.select_related("commune", "kind", "hamlet", "institution"))
        .with_missing(day or timezone.localdate())
        .with_leader(day or timezone.localdate())
    ),
    columns=(
        ListColumn("name", "Tên", lambda row: row.name, order=("sort_key",)),
        ListColumn("kind", "Loại hình", lambda row: row.kind.short_name, order=("kind__position",)),
        ListColumn("seat", "Nơi đặt", lambda row: row.seat, order=("hamlet__sort_key", "institution__sort_key")),
        commune_column(),
        ListColumn("leader", "Người đứng đầu", lambda row: row.leader_name, order=("leader_sort",), personal=True),
        ListColumn("phone", "Điện thoại", lambda row: row.leader_phone, personal=True, phone=True, default=False),
        ListColumn("headcount", "Thành viên", lambda row: row.headcount, numeric=True, order=("headcount",)),
        ListColumn("households", "Số hộ", lambda row: row.household_count, numeric=True, order=("household_count",)),
        ListColumn("missing", "Còn thiếu", lambda row: "; ".join(missing(row))),
        ListColumn("started_on", "Thành lập", lambda row: row.first_day, order=("since",)),
        ListColumn("decision", "Quyết định thành lập", lambda row: row.founding_decision, default=False),
        ListColumn("meets", "Sinh hoạt", lambda row: row.get_meets_display(), order=("meets",), default=False),
        ListColumn("last_met_on", "Họp gần nhất", lambda row: row.last_met_on, order=("last_met_on",), default=False),
        ListColumn("covenant_on", "Quy ước", lambda row: row.covenant_on, order=("covenant_on",), default=False),
        ENDED,
    ),
)
MEMBERS: Register = Register(
    slug="members",
    family="Lực lượng",
    counted=True,
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
    warnings=lambda row: [
        said for said in [ratings.age_warning(row, (last_day(row.group.commune) or timezone.localdate()).year)] if said
    ],
    imported=True,
    queryset=lambda day: with_first_day(
        Member.objects.select_related("person", "group__kind", "group__hamlet", "group__institution")
    ),
    columns=(
        ListColumn("name", "Họ và tên", str, order=("person__sort_key",)),
        ListColumn("title", "Chức danh", lambda row: row.title, order=("position",)),
        ListColumn("group", "Tổ", lambda row: str(row.group), order=("group__sort_key",)),
        ListColumn("seat", "Nơi đặt", lambda row: row.group.seat, order=("group__hamlet__sort_key",)),
        ListColumn(
            "birth_year",
            "Năm sinh",
            lambda row: row.person.birth_year,
            order=("person__birth_year",),
            shown=lambda row: str(row.person.birth_year or ""),
        ),
        ListColumn("sex", "Giới tính", lambda row: row.person.get_sex_display(), order=("person__sex",), default=False),
        ListColumn("phone", "Điện thoại", lambda row: row.person.phone, phone=True),
        ListColumn("started_on", "Từ ngày", lambda row: row.first_day, order=("since",), default=False),
        ENDED,
        ListColumn("leaving", "Lý do thôi", lambda row: row.get_leaving_display(), default=False),
        ListColumn("decision", "Quyết định công nhận", lambda row: row.decision, default=False),
        ListColumn("trained_on", "Tập huấn", lambda row: row.trained_on, order=("trained_on",), default=False),
    ),
)
INITIATIVES: Register = Register(
    slug="initiatives",
    family="Phong trào",
    counted=True,
    facet=("type", "type__code", "type__name"),
    moves=True,
    title="Mô hình",
    one="mô hình",
    model=Initiative,
    form=InitiativeForm,
    filterset=InitiativeFilterSet,
    ends=None,  # discontinued by a step of its life
    bulk=("skilful_since", "field"),
    related=lambda row: [("Vòng đời, nhân rộng, sơ đồ lan tỏa", f"{INITIATIVES.list_url}{row.pk}/life/")],
    tools=initiative_tools,
    of_the_living=initiatives.OF_THE_LIVING,
    reads=True,
    imported=True,
    queryset=lambda day: with_first_day(Initiative.objects.select_related("commune", "type")).annotate(
        running_sites=Count("sites", filter=running_then(day))
    ),
    columns=(
        name_column(),
        ListColumn("type", "Loại", lambda row: str(row.type), order=("type__position",)),
        ListColumn("field", "Lĩnh vực", lambda row: row.work_field, default=False),
        commune_column(),
        ListColumn("state", "Giai đoạn", lambda row: row.get_state_display(), order=("state",)),
        ListColumn("sites", "Số điểm", lambda row: row.running_sites, numeric=True, order=("running_sites",)),
        ListColumn("people", "Người tham gia", lambda row: row.people, numeric=True, order=("people",), default=False),
        ListColumn("cameras", "Camera", lambda row: row.cameras, numeric=True, order=("cameras",), default=False),
        ListColumn("lamps", "Đèn", lambda row: row.lamps, numeric=True, order=("lamps",), default=False),
        ListColumn("keyrings", "Móc khóa, chuông, kẻng", lambda row: row.keyrings, numeric=True, default=False),
        ListColumn(
            "skilful",
            "“Dân vận khéo”",
            lambda row: "có" if row.skilful_on(last_day(row.commune) or timezone.localdate()) else "",
            order=("skilful_since",),
        ),
        ListColumn(
            "typical", "Điển hình của tỉnh", lambda row: row.typical_since, order=("typical_since",), default=False
        ),
        ListColumn("decision", "Quyết định", lambda row: row.decision, default=False),
        ListColumn("started_on", "Từ ngày", lambda row: row.first_day, order=("since",)),
        ENDED,
    ),
)
AWARDS = Register(
    slug="awards",
    family="Phong trào",
    title="Khen thưởng",
    one="khen thưởng",
    model=Award,
    form=AwardForm,
    imported=True,
    filterset=AwardFilterSet,
    ends=None,
    queryset=lambda day: Award.objects.select_related("commune"),
    columns=(
        ListColumn("kind", "Hình thức", lambda row: row.get_kind_display(), order=("kind",)),
        commune_column(),
        ListColumn("collectives", "Tập thể", lambda row: row.collectives, numeric=True, order=("collectives",)),
        ListColumn("individuals", "Cá nhân", lambda row: row.individuals, numeric=True, order=("individuals",)),
        ListColumn("awarded_on", "Ngày", lambda row: row.awarded_on, order=("awarded_on",)),
        ListColumn("decision", "Quyết định", lambda row: row.decision),
    ),
)
FESTIVALS = Register(
    slug="festivals",
    family="Phong trào",
    title="Ngày hội",
    one="Ngày hội",
    model=FestivalDay,
    form=FestivalForm,
    imported=True,
    filterset=FestivalFilterSet,
    ends=None,
    queryset=lambda day: FestivalDay.objects.select_related("commune", "hamlet", "institution"),
    columns=(
        ListColumn("place", "Nơi tổ chức", lambda row: row.place, order=("hamlet__sort_key",)),
        commune_column(),
        ListColumn("held_on", "Ngày", lambda row: row.held_on, order=("held_on",)),
        ListColumn("attendance", "Người dự", lambda row: row.attendance, numeric=True, order=("attendance",)),
        ListColumn(
            "is_model",
            "Ngày hội điểm",
            lambda row: "có" if row.is_model else "không",
            order=("is_model",),
            shown=lambda row: "có" if row.is_model else "",
        ),
    ),
)
OWN = (GROUPS, MEMBERS, INITIATIVES, AWARDS, FESTIVALS)
REGISTERS += [GROUPS, MEMBERS, INITIATIVES, SAFETY, AWARDS, FESTIVALS, PRIORITY]
__all__ = ["AWARDS", "FESTIVALS", "GROUPS", "INITIATIVES", "MEMBERS", "OWN"]
