"""Who may enter for a unit that has ended: a person named by the province, until a day."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from communes.managers import WarrantQuerySet
from communes.models.places import Commune, Province


class Warrant(models.Model):
    """A person who enters for a former commune (months, register) or a former province's office (months)."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="warrants", verbose_name="đơn vị cũ"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="warrants", verbose_name="tỉnh cũ"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="warrants", verbose_name="người được giao"
    )
    until = models.DateField("đến hết ngày")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người giao")
    at = models.DateTimeField("giao lúc")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người thôi giao",
    )
    withdrawn_at = models.DateTimeField("thôi giao lúc", null=True, blank=True)

    objects = WarrantQuerySet.as_manager()

    class Meta:
        verbose_name = "giao nhập đơn vị cũ"
        verbose_name_plural = "giao nhập đơn vị cũ"
        ordering = ["-at", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["commune", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_warrant_a_person",
                violation_error_message="Người này đang được giao nhập đơn vị ấy.",
            ),
            UniqueConstraint(
                fields=["province", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_office_warrant_a_person",
                violation_error_message="Người này đang được giao nhập cơ quan của tỉnh ấy.",
            ),
            CheckConstraint(
                condition=Q(commune__isnull=False, province__isnull=True)
                | Q(commune__isnull=True, province__isnull=False),
                name="warrant_for_one_unit",
            ),
            CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="warrant_withdrawn_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.place}, đến hết ngày {self.until:%d/%m/%Y}"

    @property
    def place(self) -> Commune | Province:
        """The former commune, or the former province whose office is meant (one of them, by a constraint)."""
        place = self.commune or self.province
        assert place
        return place
