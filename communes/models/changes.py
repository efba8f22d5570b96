"""Acts that change several rows of the register at once and are taken back as one."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from communes.managers import ActQuerySet, ChangeQuerySet
from communes.models.accounts import User
from communes.models.local import Hamlet
from communes.models.places import Commune
from communes.names import NameField


class RegisterChange(models.Model):
    """One act: an import, a change of hamlets, a change of many rows.

    The rows it wrote carry its number as the reason in their histories (:mod:`communes.changes`).
    """

    class Kind(models.TextChoices):
        """What was done."""

        IMPORT = "import", "Nhập từ bảng tính"
        MERGE = "merge", "Sáp nhập"
        SPLIT = "split", "Chia tách"
        RENAME = "rename", "Đổi tên"
        DISSOLVE = "dissolve", "Giải thể"
        BULK = "bulk", "Sửa nhiều mục"
        STEP = "step", "Bước của mô hình"
        UNITS = "units", "Sắp xếp đơn vị"
        MOVE = "move", "Chuyển nơi"
        LISTS = "lists", "Nhập danh sách của tỉnh"

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    kind = models.CharField("việc", max_length=8, choices=Kind)
    title = NameField("nội dung", max_length=300)
    day = models.DateField("từ ngày", null=True, blank=True)
    decision = NameField("nghị quyết, quyết định", max_length=150, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người làm")
    at = models.DateTimeField("lúc")
    before = models.JSONField(
        "trước đó",
        default=dict,
        blank=True,
        editable=False,
        help_text="Điều cần để hoàn tác mà lịch sử các mục không giữ: tên, tài khoản, đơn vị đã lập.",
    )
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người hoàn tác"
    )
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = "thay đổi danh bạ"
        verbose_name_plural = "thay đổi danh bạ"
        ordering = ["-at", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(undone_by__isnull=True, undone_at__isnull=True)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="undone_by_someone",
            )
        ]

    def __str__(self) -> str:
        return self.title


class HamletSuccession(models.Model):
    """Which hamlet went into which by a change; figures stay with the predecessor."""

    change = models.ForeignKey(RegisterChange, models.CASCADE, related_name="successions", verbose_name="thay đổi")
    predecessor = models.ForeignKey(Hamlet, models.PROTECT, related_name="successions", verbose_name="khu cũ")
    successor = models.ForeignKey(Hamlet, models.PROTECT, related_name="inheritances", verbose_name="khu mới")

    class Meta:
        verbose_name = "kế thừa khu dân cư"
        verbose_name_plural = "kế thừa khu dân cư"
        constraints = [UniqueConstraint(fields=["predecessor", "successor"], name="hamlet_succession_once")]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class PhoneViewing(models.Model):
    """Somebody looked at members' telephone numbers (domain, section 7): who, when, where, how many."""

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người xem")
    at = models.DateTimeField("lúc")
    where = NameField("nơi xem", max_length=200)
    count = models.PositiveIntegerField("số người")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt xem điện thoại"
        verbose_name_plural = "lượt xem điện thoại"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.by} – {self.where}"
