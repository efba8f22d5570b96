"""Who sees what: one role at one place, and nothing without a place."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from communes.models import Commune, Province, User


class Role(models.TextChoices):
    """What an account is for."""

    COMMUNE_OFFICER = "commune_officer", "Cán bộ nhập liệu cấp xã"
    COMMUNE_CHIEF = "commune_chief", "Chỉ huy Công an cấp xã"
    PROVINCE_REVIEWER = "province_reviewer", "Cán bộ duyệt cấp tỉnh"
    PROVINCE_LEADER = "province_leader", "Lãnh đạo cấp tỉnh (chỉ xem)"
    NATIONAL_VIEWER = "national_viewer", "Cấp trung ương (chỉ xem)"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"


# What each is called beside a name, before the office.
POSTS = {
    Role.COMMUNE_OFFICER: "Cán bộ",
    Role.COMMUNE_CHIEF: "Chỉ huy",
    Role.PROVINCE_REVIEWER: "Duyệt báo cáo",
    Role.PROVINCE_LEADER: "Lãnh đạo",
    Role.NATIONAL_VIEWER: "Cấp trung ương",
    Role.ADMINISTRATOR: "Quản trị hệ thống",
}

COMMUNE_ROLES = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHIEF)
PROVINCE_ROLES = (Role.PROVINCE_REVIEWER, Role.PROVINCE_LEADER)
COUNTRY_ROLES = (Role.NATIONAL_VIEWER, Role.ADMINISTRATOR)

REACH = {
    Role.COMMUNE_OFFICER: "nhập số liệu và danh bạ, xem báo cáo của {place}; không thấy xã khác",
    Role.COMMUNE_CHIEF: "nhập và ký gửi số liệu, xem báo cáo của {place}; không thấy xã khác",
    Role.PROVINCE_REVIEWER: "duyệt và xem số liệu mọi xã của {place}; không thấy tên, điện thoại thành viên",
    Role.PROVINCE_LEADER: "xem số liệu mọi xã của {place}, không sửa; không thấy tên, điện thoại thành viên",
    Role.NATIONAL_VIEWER: "xem số liệu mọi tỉnh, không sửa; không thấy tên, điện thoại thành viên",
    Role.ADMINISTRATOR: "quản lý tài khoản, địa bàn, danh mục; không thấy số liệu báo cáo",
}
"""What each role sees, in words, at a place."""

# The accounts that ..., as conditions of queries.
WORKS_FOR_A_COMMUNE = Q(role__in=COMMUNE_ROLES, is_active=True)
SIGNS_FOR_A_COMMUNE = Q(role=Role.COMMUNE_CHIEF)
REVIEWS = Q(role=Role.PROVINCE_REVIEWER)
ADMINISTERS = Q(role=Role.ADMINISTRATOR)

NO_OFFICER = "Không có cán bộ cấp xã “{}” đang hoạt động."  # of a name that a command was given


class Duties:
    """What an account may do, and where: beside this module nobody looks at a role.

    Mixed into the account, whose role and place it reads. A new role is added above and answered here.
    """

    role: str
    commune_id: int | None
    province_id: int | None
    is_active: Any

    @property
    def is_commune(self) -> bool:
        """Works for a commune."""
        return self.role in COMMUNE_ROLES

    @property
    def is_provincial(self) -> bool:
        """Works for a province."""
        return self.role in PROVINCE_ROLES

    @property
    def is_national(self) -> bool:
        """Reads what every province reports."""
        return self.role == Role.NATIONAL_VIEWER

    @property
    def reads_above_communes(self) -> bool:
        """Reads what communes report, from above them."""
        return self.is_provincial or self.is_national

    @property
    def only_reads(self) -> bool:
        """Reads what was reported and acts on none of it: a province's leader, the country's viewer."""
        return self.role in (Role.PROVINCE_LEADER, Role.NATIONAL_VIEWER)

    @property
    def is_administrator(self) -> bool:
        """Manages accounts and catalogues, and never sees what is reported."""
        return self.role == Role.ADMINISTRATOR

    @property
    def reaches_beyond_a_commune(self) -> bool:
        """Manages, or reads what more than one commune reports: its password alone must not open that."""
        return not self.is_commune

    def reaches_further_than(self, before: "Duties | None") -> bool:
        """Whether the account reaches beyond a commune, and did not do so alike before (None: it is new)."""
        if not self.reaches_beyond_a_commune:
            return False
        now = (self.role, self.province_id, True)
        return before is None or now != (before.role, before.province_id, before.is_active)

    @property
    def belongs_to_no_province(self) -> bool:
        """Has the country for a place, so that a province has to be chosen."""
        return self.role in COUNTRY_ROLES

    @property
    def is_reviewer(self) -> bool:
        """Reviews what the communes of a province report, and keeps what its office keeps."""
        return self.role == Role.PROVINCE_REVIEWER

    @property
    def is_chief(self) -> bool:
        """Signs for a commune."""
        return self.role == Role.COMMUNE_CHIEF

    @property
    def may_be_entrusted(self) -> bool:
        """Enters for a commune, or reviews: what was named for a former unit enters nothing once it only reads."""
        return self.is_commune or self.is_reviewer

    def is_entrusted_with(self, place: "Commune | Province") -> bool:
        """Whether the account was named to enter for this former unit, today (answered by the account)."""
        raise NotImplementedError

    def works_for(self, commune: "Commune | None") -> bool:
        """Whether the account enters what this commune reports; of one that is over nobody does, unless named."""
        if commune is None or not self.is_commune or self.commune_id != commune.pk:
            return False
        return not commune.is_over or self.is_entrusted_with(commune)

    def keeps_register_of(self, commune: "Commune") -> bool:
        """Whether the account enters this commune's register: its people; of one that is over whom the province named.

        Names and telephone numbers stay among communes' people: a reviewer who was named enters the months alone.
        """
        return self.works_for(commune) or (self.is_commune and commune.is_over and self.is_entrusted_with(commune))

    def signs_for(self, commune: "Commune | None") -> bool:
        """Whether the account signs what this commune reports."""
        return self.is_chief and self.works_for(commune)

    def settles_hamlets_of(self, commune: "Commune") -> bool:
        """Whether the account may change hamlets of this commune: for its own people and its province."""
        return self.works_for(commune) or self.reviews(commune.province)

    @property
    def arranges_units(self) -> bool:
        """Whether the account merges, divides and renames communes at all."""
        return self.is_administrator or self.is_reviewer

    def arranges(self, commune: "Commune") -> bool:
        """Whether the account may merge, divide or rename this commune: its province's reviewers, administrators."""
        return self.is_administrator or self.reviews(commune.province)

    def reviews(self, province: "Province | None") -> bool:
        """Whether the account reviews what this province's communes report; a former one's, its heir's people do."""
        return province is not None and self.is_reviewer and self.province_id in (province.pk, province.heir_id)


class ScopedQuerySet(models.QuerySet):
    """Rows that lie in a place.

    ``commune_path`` and ``province_path`` are look-ups from the row to its commune and province;
    an empty ``commune_path`` means that communes do not see such rows at all.
    """

    commune_path = "commune"
    province_path = "commune__province"
    above_commune = True  # False: seen inside the commune only (personal data, domain section 7)
    follows_heirs = False  # True: a commune also sees such rows of the former ones whose main heir it is
    for_administrators = False  # places and catalogues yes, what people report no

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Return the rows that ``user`` may see; none for a stranger or an inactive account.

        A province sees those of the provinces it succeeded as its own.
        """
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.is_commune and user.commune_id and self.commune_path:
            seen = user.communes_seen if self.follows_heirs else (user.commune_id,)
            return self.filter(**{f"{self.commune_path}__in": seen})
        if user.is_provincial and user.province_id and self.above_commune:
            return self.filter(**{f"{self.province_path}__in": user.provinces_seen})
        if user.is_national and self.above_commune:
            return self.all()
        if user.is_administrator and self.for_administrators:
            return self.all()
        return self.none()

    def lying_in(self, commune: "Commune") -> Self:
        """Return the rows of one commune, whoever asks: the caller has asked whether she sees it."""
        return self.filter(**{self.commune_path: commune})
