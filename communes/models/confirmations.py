"""What one administrator did and a second one has to confirm before it holds."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from communes.models.accounts import User


class Confirmation(models.Model):
    """An account waits, shut, for a second administrator: who asked, why, and how it was decided."""

    account = models.ForeignKey(User, models.PROTECT, related_name="confirmations", verbose_name="tài khoản")
    why = models.CharField("việc cần xác nhận", max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người làm")
    asked_at = models.DateTimeField("lúc")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="người xác nhận")
    decided_at = models.DateTimeField("xác nhận lúc", null=True)
    granted = models.BooleanField("đồng ý", null=True)

    class Meta:
        verbose_name = "xác nhận tài khoản"
        verbose_name_plural = "chờ quản trị thứ hai xác nhận"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="confirmed_by_another"),
            CheckConstraint(condition=~Q(decided_by=F("account")), name="confirmed_by_no_owner"),
            UniqueConstraint(fields=["account"], condition=Q(decided_at=None), name="one_open_confirmation"),
        ]

    def __str__(self) -> str:
        return f"{self.account.username}: {self.why}"
