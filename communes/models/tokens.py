"""What is known of a token beside its digest."""

from django.db import models
from knox.models import AuthToken


class AccessToken(AuthToken):
    """Knox's token under its name here."""

    class Meta:
        proxy = True
        verbose_name = "mã truy cập"
        verbose_name_plural = "mã truy cập"

    def __str__(self) -> str:
        return f"{self.token_key}…"


class TokenGrant(models.Model):
    """The standing of the account when its token was first used, and when it was last used.

    A token whose account has another password, role or place today is dead (:mod:`communes.accounts.tokens`).
    """

    token = models.OneToOneField(
        AuthToken, models.CASCADE, primary_key=True, related_name="grant", verbose_name="mã truy cập"
    )
    standing = models.CharField("trạng thái tài khoản", max_length=64, editable=False)
    last_used_at = models.DateTimeField("dùng lần cuối", null=True, blank=True)

    class Meta:
        verbose_name = "cấp mã truy cập"
        verbose_name_plural = "cấp mã truy cập"

    def __str__(self) -> str:
        return f"{self.token.token_key}…"
