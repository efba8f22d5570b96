"""Who sees what: one role at one place, and nothing without a place."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from communes.models import User


class Role(models.TextChoices):
    """What an account is for."""

    COMMUNE_OFFICER = "commune_officer", "Cán bộ nhập liệu cấp xã"
    COMMUNE_CHIEF = "commune_chief", "Chỉ huy Công an cấp xã"
    PROVINCE_REVIEWER = "province_reviewer", "Cán bộ duyệt cấp tỉnh"
    PROVINCE_LEADER = "province_leader", "Lãnh đạo cấp tỉnh (chỉ xem)"
    NATIONAL_VIEWER = "national_viewer", "Cấp trung ương (chỉ xem)"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"


COMMUNE_ROLES = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHIEF)
PROVINCE_ROLES = (Role.PROVINCE_REVIEWER, Role.PROVINCE_LEADER)
COUNTRY_ROLES = (Role.NATIONAL_VIEWER, Role.ADMINISTRATOR)


class ScopedQuerySet(models.QuerySet):
    """Rows that lie in a place.

    ``commune_path`` and ``province_path`` are look-ups from the row to its commune and province;
    an empty ``commune_path`` means that communes do not see such rows at all.
    """

    commune_path = "commune"
    province_path = "commune__province"
    above_commune = True  # False: seen inside the commune only (personal data, domain section 7)
    for_administrators = False  # places and catalogues yes, what people report no

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Return the rows that ``user`` may see; none for a stranger or an inactive account."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.role in COMMUNE_ROLES and user.commune_id and self.commune_path:
            return self.filter(**{self.commune_path: user.commune_id})
        if user.role in PROVINCE_ROLES and user.province_id and self.above_commune:
            return self.filter(**{self.province_path: user.province_id})
        if user.role == Role.NATIONAL_VIEWER and self.above_commune:
            return self.all()
        if user.role == Role.ADMINISTRATOR and self.for_administrators:
            return self.all()
        return self.none()
