"""The registers of groups, members, initiatives and awards."""

from django.db.models import Count, Q
from django.utils import timezone

from communes.register import REGISTERS, Column, Register
from communes.templatetags.vietnamese import day, number
from communes.views import SAFETY, commune_column
from models_registry.filters import AwardFilterSet, GroupFilterSet, InitiativeFilterSet, MemberFilterSet
from models_registry.forms import AwardForm, GroupForm, InitiativeForm, MemberForm
from models_registry.models import Award, Initiative, Member, SelfManagementGroup

GROUPS: Register = Register(
    slug="groups",
    title="Tổ tự quản",
    one="tổ tự quản",
    model=SelfManagementGroup,
    form=GroupForm,
    filterset=GroupFilterSet,
    ends="Giải thể",
    related=lambda row: [
        ("Danh sách thành viên của tổ", f"{MEMBERS.list_url}?group={row.pk}"),
        ("Thêm thành viên vào tổ", f"{MEMBERS.create_url}?group={row.pk}"),
    ],
    queryset=lambda: SelfManagementGroup.objects.select_related(
        "commune", "kind", "hamlet", "institution"
    ).with_headcount(timezone.localdate()),
    columns=(
        Column("Tên", lambda row: row.name),
        Column("Loại hình", lambda row: row.kind.short_name),
        Column("Nơi đặt", lambda row: row.seat),
        commune_column(),
        Column("Thành viên", lambda row: number(row.headcount), numeric=True),
        Column("Số hộ", lambda row: number(row.households), numeric=True),
        Column("Thành lập", lambda row: day(row.started_on)),
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
    queryset=lambda: Member.objects.select_related("group__kind", "group__hamlet", "group__institution"),
    columns=(
        Column("Họ và tên", str),
        Column("Chức danh", lambda row: row.title),
        Column("Tổ", lambda row: row.group),
        Column("Nơi đặt", lambda row: row.group.seat),
        Column("Điện thoại", lambda row: row.phone),
    ),
)
INITIATIVES = Register(
    slug="initiatives",
    title="Mô hình",
    one="mô hình",
    model=Initiative,
    form=InitiativeForm,
    filterset=InitiativeFilterSet,
    ends="Thanh loại",
    queryset=lambda: Initiative.objects.select_related("commune", "type").annotate(
        running_sites=Count("sites", filter=Q(sites__ended_on=None))
    ),
    columns=(
        Column("Tên", str),
        Column("Loại", lambda row: row.type),
        commune_column(),
        Column("Giai đoạn", lambda row: row.get_state_display()),
        Column("Số điểm", lambda row: number(row.running_sites), numeric=True),
        Column("Từ ngày", lambda row: day(row.started_on)),
    ),
)
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
        Column("Hình thức", lambda row: row.get_kind_display()),
        commune_column(),
        Column("Tập thể", lambda row: number(row.collectives), numeric=True),
        Column("Cá nhân", lambda row: number(row.individuals), numeric=True),
        Column("Ngày", lambda row: day(row.awarded_on)),
        Column("Quyết định", lambda row: row.decision),
    ),
)
REGISTERS += [GROUPS, MEMBERS, INITIATIVES, SAFETY, AWARDS]
