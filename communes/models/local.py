"""What lies in a commune: its hamlets, and the institutions that host groups."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, UniqueConstraint

from communes.days import has_happened
from communes.managers import LocalQuerySet
from communes.models.places import Commune, Lived
from communes.names import FoldedField, NameField, SortKeyField, sort_key
from communes.records import Records


class Local(Lived):
    """What lies in a commune and has a name of its own."""

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    name = NameField("tên", max_length=120)
    search = FoldedField(of=("name",))
    sort_key = SortKeyField(of=("name",))

    class Meta(Lived.Meta):
        abstract = True
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a living namesake that differs in capitals, blanks or leading zeros only."""
        if self.ended_on or not self.commune_id:
            return
        living = type(self)._default_manager.filter(commune=self.commune_id, ended_on=None)
        namesakes = living.filter(sort_key=sort_key(self.name))
        namesake = namesakes.exclude(pk=self.pk).exclude(name=self.name).first()
        if namesake:
            raise ValidationError(self.namesake_error(namesake))

    def namesake_error(self, namesake: "Local") -> dict[str, str]:
        """What is said where a living one has this name, or one that only looks otherwise."""
        if namesake.name == self.name:
            rule = next(one for one in self._meta.constraints if isinstance(one, UniqueConstraint))
            return {"name": str(rule.violation_error_message)}
        return {"name": f"Xã đã có “{namesake}” đang hoạt động; hãy ghi tên khác hẳn."}


class Hamlet(Local):
    """A residential area below the commune (*thôn, bản, tổ dân phố, khu …*), its local word kept."""

    households = models.PositiveIntegerField("số hộ", null=True, blank=True)
    population = models.PositiveIntegerField("số nhân khẩu", null=True, blank=True)
    covenant_on = models.DateField("ngày có quy ước về ANTT", null=True, blank=True, validators=[has_happened])

    objects = LocalQuerySet.as_manager()
    history = Records()

    class Meta(Local.Meta):
        verbose_name = "khu dân cư"
        verbose_name_plural = "khu dân cư"
        constraints = [
            *Local.Meta.constraints,
            UniqueConstraint(
                fields=["commune", "name"],
                condition=Q(ended_on__isnull=True),
                name="living_hamlet_name",
                violation_error_message="Xã đã có một khu dân cư đang hoạt động mang tên này.",
            ),
        ]


class Institution(Local):
    """An agency, enterprise, school, hospital or religious establishment that hosts groups."""

    class Kind(models.TextChoices):
        """What sort of institution it is."""

        AGENCY = "agency", "Cơ quan"
        ENTERPRISE = "enterprise", "Doanh nghiệp"
        SCHOOL = "school", "Cơ sở giáo dục"
        HOSPITAL = "hospital", "Cơ sở y tế"
        RELIGIOUS = "religious", "Cơ sở tôn giáo"

    kind = models.CharField("loại", max_length=12, choices=Kind)

    objects = LocalQuerySet.as_manager()
    history = Records()

    class Meta(Local.Meta):
        verbose_name = "cơ quan, doanh nghiệp, trường học"
        verbose_name_plural = "cơ quan, doanh nghiệp, trường học"
        constraints = [
            *Local.Meta.constraints,
            UniqueConstraint(
                fields=["commune", "name"],
                condition=Q(ended_on__isnull=True),
                name="living_institution_name",
                violation_error_message="Xã đã có một đơn vị đang hoạt động mang tên này.",
            ),
        ]
