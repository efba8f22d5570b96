"""The trail: one append-only table of who did what, and the blocks that seal it (:mod:`communes.trail`)."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Index

from communes.models.accounts import User
from communes.scope import Role


class AppendOnly(TypeError):
    """The trail is written once, by :func:`communes.trail.recording.record`."""


class TrailQuerySet(models.QuerySet):
    """Rows that are added and read, never changed or deleted (their blocks are set and expire in the chain alone)."""

    def update(self, **changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: it could write over rows."""
        raise AppendOnly


class AddedOnly(models.Model):
    """A row that is written once."""

    objects = TrailQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raises :class:`AppendOnly` for one that is there."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class TrailBlock(AddedOnly):
    """Rows sealed together. Its hash covers the block before it, so that nothing is taken out unseen.

    Of an expired block the rows are gone, exported before; ``content`` and ``hash`` stay as the checkpoint.
    """

    number = models.PositiveBigIntegerField("số", primary_key=True)
    sealed_at = models.DateTimeField("niêm phong lúc")
    count = models.PositiveIntegerField("số dòng")
    content = models.CharField("mã băm nội dung", max_length=64)
    hash = models.CharField("mã băm", max_length=64)
    exported_at = models.DateTimeField("đã xuất lúc", null=True)
    expired_at = models.DateTimeField("hết hạn lưu lúc", null=True)
    expiry = models.CharField("mã băm hết hạn", max_length=64, blank=True)

    class Meta:
        verbose_name = "khối nhật ký"
        verbose_name_plural = "khối nhật ký"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Khối {self.number}"


class TrailEntry(AddedOnly):
    """Who, as what, when, from which address, did what, on which place, over how many rows, and how it ended.

    ``about`` is the account that an administrator's act is about.

    Never a member's name, a telephone number, or a figure.
    """

    class Act(models.TextChoices):
        """What was done or tried."""

        SIGN_IN = "sign_in", "Đăng nhập"
        SIGN_OUT = "sign_out", "Đăng xuất"
        PASSWORD = "password", "Mật khẩu"
        SECOND_FACTOR = "second_factor", "Xác thực hai bước"
        TOKEN = "token", "Mã truy cập"
        REFUSED = "refused", "Bị từ chối"
        EXPORT = "export", "Xuất, tải, in"
        MEMBERS = "members", "Xem thành viên"
        PHONES = "phones", "Xem điện thoại"
        ADMIN = "admin", "Quản trị"
        SETTING = "setting", "Đổi thiết lập"
        IMPORT = "import", "Nhập từ tệp"
        REPORT = "report", "Bước của báo cáo"
        TRAIL = "trail", "Nhật ký"

    class Outcome(models.TextChoices):
        """How it ended."""

        DONE = "done", "Được"
        FAILED = "failed", "Sai"
        REFUSED = "refused", "Bị từ chối"

    at = models.DateTimeField("lúc", db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="tài khoản")
    about = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="về tài khoản")
    role = models.CharField("vai trò", max_length=20, choices=Role, blank=True)
    address = models.CharField("địa chỉ", max_length=45, blank=True)
    network = models.CharField("mạng", max_length=49, blank=True)
    act = models.CharField("việc", max_length=20, choices=Act)
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome)
    what = models.CharField("nội dung", max_length=300, blank=True)
    province = models.CharField("tỉnh", max_length=10, blank=True)
    commune = models.CharField("xã", max_length=10, blank=True)
    rows = models.PositiveIntegerField("số dòng", null=True)
    block = models.ForeignKey(TrailBlock, models.PROTECT, null=True, related_name="entries", verbose_name="khối")

    class Meta:
        verbose_name = "dòng nhật ký"
        verbose_name_plural = "nhật ký hệ thống"
        ordering = ["-pk"]
        indexes = [
            Index(fields=["act", "by", "at"], name="trail_of_an_account"),
            Index(fields=["act", "network", "at"], name="trail_of_a_network"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.what}"
