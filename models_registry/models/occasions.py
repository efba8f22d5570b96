"""What happens on a day and is counted: awards and festival days."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q

from communes.days import has_happened
from communes.models import Commune, Hamlet, Institution
from communes.names import NameField
from communes.records import Records
from models_registry.managers import OccasionQuerySet
from models_registry.models.catalogues import ONE_PLACE


class Award(models.Model):
    """An award to collectives or individuals, counted; individuals are not named here."""

    class Kind(models.TextChoices):
        """Who gives what (domain, section 4)."""

        FLAG = "flag", "Cờ thi đua"
        MINISTRY = "ministry", "Bằng khen Bộ Công an"
        PROVINCE = "province", "Bằng khen Chủ tịch UBND tỉnh"
        POLICE = "police", "Giấy khen Giám đốc Công an tỉnh"
        COMMUNE = "commune", "Giấy khen Chủ tịch UBND xã"
        MEDAL = "medal", "Kỷ niệm chương"

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    kind = models.CharField("hình thức", max_length=10, choices=Kind)
    collectives = models.PositiveIntegerField("số tập thể", default=0, validators=[MaxValueValidator(100_000)])
    individuals = models.PositiveIntegerField(
        "số cá nhân",
        default=0,
        validators=[MaxValueValidator(100_000)],
        help_text="Chỉ ghi số lượng, không ghi họ tên.",
    )
    decision = NameField("số quyết định", max_length=100, blank=True)
    awarded_on = models.DateField("ngày", validators=[has_happened])

    objects = OccasionQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "khen thưởng"
        verbose_name_plural = "khen thưởng"
        ordering = ["-awarded_on", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(collectives__gt=0) | Q(individuals__gt=0),
                name="award_to_someone",
                violation_error_message="Ghi số tập thể hoặc số cá nhân được khen.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.awarded_on:%d/%m/%Y})"


class FestivalDay(models.Model):
    """A *Ngày hội Toàn dân bảo vệ an ninh Tổ quốc*: where it was held, and how many came."""

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    hamlet = models.ForeignKey(
        Hamlet,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="khu dân cư",
        help_text="Để trống cả hai ô nơi tổ chức: Ngày hội của toàn xã.",
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name="cơ quan, doanh nghiệp, trường học"
    )
    held_on = models.DateField("ngày tổ chức", validators=[has_happened])
    attendance = models.PositiveIntegerField(
        "số người dự", null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    is_model = models.BooleanField("ngày hội điểm", default=False)

    objects = OccasionQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "Ngày hội"
        verbose_name_plural = "Ngày hội"
        ordering = ["-held_on", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(hamlet__isnull=True) | Q(institution__isnull=True),
                name="festival_one_place",
                violation_error_message=ONE_PLACE,
            )
        ]

    def __str__(self) -> str:
        return f"Ngày hội {self.place} ({self.held_on:%d/%m/%Y})"

    @property
    def place(self) -> str:
        """Where it was held, in words."""
        return str(self.hamlet or self.institution or "toàn xã")

    def clean(self) -> None:
        """Check that the place lies in the commune."""
        for field in ("hamlet", "institution"):
            place = getattr(self, field)
            if place and self.commune_id and place.commune_id != self.commune_id:
                raise ValidationError({field: "Nơi tổ chức phải thuộc xã."})
