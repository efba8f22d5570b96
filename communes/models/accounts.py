"""Accounts: who works with the system, in which role, at which place."""

from collections.abc import Iterable
from copy import copy
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from communes.managers import UserManager, changes_of
from communes.models.places import Commune, Province
from communes.names import NameField, one_spelling
from communes.scope import COMMUNE_ROLES, COUNTRY_ROLES, POSTS, PROVINCE_ROLES, REACH, Duties, Role
from communes.spelling import spelled

STANDS = ("role", "province_id", "commune_id", "is_active")
"""What an account may do where."""


def _spellings(password: str) -> list[str]:
    """The ways a password is read: as it is kept today, and as it was kept before.

    Another keyboard sends "ắ" as two letters, a full-width "Ａ", a blank that does not break.
    """
    return list(dict.fromkeys((spelled("NFKC", password), one_spelling(password), password)))


class User(Duties, AbstractBaseUser):
    """An account: one role at one place."""

    username = models.CharField(
        "tên đăng nhập",
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9._-]+$", "Tên đăng nhập chỉ gồm chữ thường không dấu, số và . _ -")],
        error_messages={"unique": "Tên đăng nhập này đã có người dùng."},
    )
    full_name = NameField("họ và tên", max_length=100, blank=True)
    email = models.EmailField(
        "thư điện tử", blank=True, help_text="Chỉ dùng để nhắc hạn gửi báo cáo; thư không bao giờ có số liệu."
    )
    role = models.CharField("vai trò", max_length=20, choices=Role)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, verbose_name="tỉnh, thành phố")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, verbose_name="xã, phường, đặc khu")
    is_active = models.BooleanField(
        "đang hoạt động", default=True, help_text="Bỏ dấu để khóa tài khoản; không xóa tài khoản."
    )
    must_change_password = models.BooleanField("phải đổi mật khẩu khi đăng nhập", default=True)
    given_until = models.DateTimeField("mật khẩu được cấp dùng đến", null=True, blank=True, editable=False)
    second_factor_since = models.DateTimeField("xác thực hai bước từ", null=True, blank=True, editable=False)
    stands_since = models.DateTimeField("như nay từ", null=True, blank=True, editable=False)
    """When its role, its place or its activity last changed: its tokens and remembered devices ended then.

    An arrangement of units, which may be taken back whole, moves its people without it.
    """
    opened_since = models.DateTimeField("đóng mở từ", null=True, blank=True, editable=False)
    """When it was last shut or opened: its sessions ended then. Those of a moved account see what it may now."""
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"
        ordering = ["username"]
        constraints = [
            CheckConstraint(
                condition=Q(role__in=COMMUNE_ROLES, commune__isnull=False, province__isnull=True)
                | Q(role__in=PROVINCE_ROLES, province__isnull=False, commune__isnull=True)
                | Q(role__in=COUNTRY_ROLES, province__isnull=True, commune__isnull=True),
                name="user_role_and_place_agree",
                violation_error_message="Vai trò và địa bàn phải khớp nhau: cấp xã chọn xã (không chọn tỉnh), "
                "cấp tỉnh chọn tỉnh (không chọn xã), trung ương và quản trị không chọn địa bàn.",
            )
        ]

    def set_password(self, raw_password: str | None) -> None:
        """Keep the password's letters composed and plain, however they were typed."""
        spellings = _spellings(raw_password) if raw_password else [raw_password]
        super().set_password(spellings[0])
        if not self.username:  # nobody's: Django asks so that a name without an account takes as long as one with it
            for other in spellings[1:]:
                make_password(other)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, however its letters were typed; one kept otherwise formerly counts."""
        if raw_password is None:
            return False
        ask = super().check_password
        return any(ask(spelling) for spelling in _spellings(raw_password))

    def __str__(self) -> str:
        return self.full_name or self.username

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> "User":
        """Remember where the account stood, so that saving knows whether it moved."""
        found = super().from_db(db, field_names, values, **more)
        found._stood = found._stands
        return found

    @property
    def _stands(self) -> tuple[Any, ...]:
        return tuple(self.__dict__.get(name) for name in STANDS)

    _stood: tuple[Any, ...] | None = None

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save, with when its role, place or activity changed."""
        beside = zip(STANDS, self._stood or self._stands, self._stands, strict=True)
        changed = changes_of(name for name, was, now in beside if was != now)
        for name, moment in changed.items():
            setattr(self, name, moment)
        update_fields = None if update_fields is None else {*update_fields, *changed}
        super().save(*args, update_fields=update_fields, **kwargs)
        self._stood = self._stands

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session hangs on beside the password: one from before the account was shut does not open with it."""
        found: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # of Django's own, not in the stubs
        return f"{found}{self.opened_since.isoformat()}" if self.opened_since else found

    @property
    def home_province(self) -> Province | None:
        """The province the account works in, or None for the country."""
        return self.commune.province if self.commune else self.province

    @property
    def own_commune(self) -> Commune:
        """The commune of a commune's account; its role says that there is one (a constraint of the database).

        Raises ``LookupError`` for every other account: ask ``is_commune`` first.
        """
        if self.commune is None:
            raise LookupError(f"{self.username} works in no commune")
        return self.commune

    @property
    def own_province(self) -> Province:
        """The province of a province's account; raises ``LookupError`` for every other: ask ``is_province`` first."""
        if self.province is None:
            raise LookupError(f"{self.username} works for no province")
        return self.province

    @property
    def place(self) -> Commune | Province | None:
        """The account's place, or None for the country."""
        return self.commune or self.province

    @cached_property
    def communes_seen(self) -> tuple[int, ...]:
        """The commune of a commune's account and the former ones whose main heir it is, over several mergers."""
        return self.commune.family() if self.commune else ()

    @cached_property
    def provinces_seen(self) -> tuple[int, ...]:
        """The province of a province's account, and those it succeeded."""
        return (self.province.pk, *self.province.succeeded.values_list("pk", flat=True)) if self.province else ()

    @property
    def post(self) -> str:
        """The account's work and office in the bar: "Cán bộ, Công an xã Chí Đám"."""
        work = POSTS[Role(self.role)]
        if self.place is None:
            return work
        name = str(self.place)
        return f"{work}, Công an {name[:1].lower()}{name[1:]}"

    @cached_property
    def _entrusted(self) -> frozenset[tuple[int | None, int | None]]:
        return frozenset(self.warrants.in_force(timezone.localdate()).values_list("commune", "province"))

    def is_entrusted_with(self, place: Commune | Province) -> bool:
        """Whether the account was named to enter for this former commune, or former province's office, today."""
        key = (place.pk, None) if isinstance(place, Commune) else (None, place.pk)
        may_be = self.may_be_entrusted if isinstance(place, Commune) else self.is_reviewer
        return may_be and place.ended_on is not None and key in self._entrusted

    def at(self, former: Commune) -> "User":
        """The account as it works on the register of a former commune that it keeps: it sees and writes that one alone.

        Nothing of the account changes, and what is returned is never saved. Raises ``LookupError`` of other communes.
        """
        if not (former.is_over and self.keeps_register_of(former)):
            raise LookupError(f"{self.username} keeps no register of {former}")
        found = copy(self)
        found.commune = former
        found.__dict__.pop("communes_seen", None)
        return found

    @property
    def formers_kept(self) -> list[Commune]:
        """The former communes that the account sees and whose registers it keeps today, where it does not work."""
        if not self.is_commune or len(self.communes_seen) < 2 or not self._entrusted:
            return []
        named = [commune for commune, _ in self._entrusted if commune in self.communes_seen[1:]]
        rows = Commune.objects.filter(pk__in=named).select_related("province").order_by("sort_key", "pk")
        return [one for one in rows if self.keeps_register_of(one) and one.is_over]

    @property
    def reach(self) -> str:
        """What the account sees, in words."""
        place = f"{self.place} ({self.place.code})" if self.place else "cả nước"
        within = f", {self.commune.province}" if self.commune else ""
        return REACH[Role(self.role)].format(place=place + within)

    def places(self) -> list[Commune | Province]:
        """The place of the account and what it lies in."""
        return [place for place in (self.commune, self.home_province) if place]

    @property
    def standing(self) -> str:
        """What a token of the account and a remembered device hang on.

        It changes with the password, the role, the place, the second factor, and deactivation.
        """
        known: tuple[Any, ...] = (self.password, str(self.role), self.commune_id, self.province_id, self.is_active)
        known += tuple(moment.isoformat() for moment in (self.second_factor_since, self.stands_since) if moment)
        return salted_hmac("communes.accounts.tokens", repr(known), algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """May enter Django admin."""
        return self.is_active and self.is_administrator

    @property
    def is_superuser(self) -> bool:
        """Django's word for the same."""
        return self.is_staff

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Administrators hold every permission of the admin site, others none."""
        return self.is_staff

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        """See :meth:`has_perm`."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """See :meth:`has_perm`."""
        return self.is_staff
