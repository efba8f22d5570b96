"""What a place is recognised or listed as: the yearly standard, the priority lists."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from communes.managers import ListingQuerySet, SafetyRecordQuerySet
from communes.models.local import Hamlet, Institution
from communes.models.places import Commune, Lived
from communes.names import NameField
from communes.records import Records


class SafetyRecord(models.Model):
    """A unit's year under the standard "An toàn về an ninh, trật tự" (Circular 124/2021/TT-BCA).

    The unit is a hamlet, an institution, or, where both are empty, the commune itself.
    """

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True, verbose_name="khu dân cư")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name="cơ quan, doanh nghiệp, trường học"
    )
    year = models.PositiveSmallIntegerField("năm", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    registered_on = models.DateField("ngày đăng ký")
    recognised_on = models.DateField("ngày được công nhận đạt", null=True, blank=True)

    objects = SafetyRecordQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "“An toàn về ANTT”"
        verbose_name_plural = "“An toàn về ANTT”"
        ordering = ["-year", "hamlet__sort_key", "institution__sort_key", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(hamlet__isnull=True) | Q(institution__isnull=True),
                name="safety_one_unit",
                violation_error_message="Chọn khu dân cư hoặc cơ quan, doanh nghiệp, trường học, không chọn cả hai.",
            ),
            UniqueConstraint(
                fields=["hamlet", "year"],
                name="safety_once_a_year",
                violation_error_message="Khu dân cư này đã đăng ký trong năm.",
            ),
            UniqueConstraint(
                fields=["institution", "year"],
                name="institution_safety_once_a_year",
                violation_error_message="Đơn vị này đã đăng ký trong năm.",
            ),
            UniqueConstraint(
                fields=["commune", "year"],
                condition=Q(hamlet__isnull=True, institution__isnull=True),
                name="commune_safety_once_a_year",
                violation_error_message="Xã đã đăng ký trong năm.",
            ),
            CheckConstraint(
                condition=Q(recognised_on__isnull=True) | Q(recognised_on__gte=F("registered_on")),
                name="safety_recognised_after_registered",
                violation_error_message="Ngày công nhận phải từ ngày đăng ký trở đi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} – {self.year}"

    @property
    def unit(self) -> Hamlet | Institution | Commune:
        """What is registered: a hamlet, an institution, or the whole commune."""
        return self.hamlet or self.institution or self.commune

    def clean(self) -> None:
        """Check that the unit lies in the commune."""
        for field in ("hamlet", "institution"):
            unit = getattr(self, field)
            if unit and self.commune_id and unit.commune_id != self.commune_id:
                raise ValidationError({field: "Đơn vị đăng ký phải thuộc xã."})


NOT_THERE_YET = "{place} có từ ngày {day:%d/%m/%Y}, không kế thừa danh sách trước đó; hãy ghi từ ngày ấy trở đi."


def _is_one_before(place: Commune | Hamlet) -> bool:
    """Whether it is one former place whole and alone, renamed or recounted: that one's time on a list is its own."""
    before = list(place.inheritances.values_list("predecessor", flat=True)[:2])
    return len(before) == 1 and place.inheritances.model.objects.filter(predecessor=before[0]).count() == 1


class PriorityListing(Lived):
    """A commune's time on a list of places with complex public security (*xã trọng điểm*).

    The Ministry's list is of communes; the province's yearly list of public order (*TTATXH*) may name a
    hamlet. Merged communes do not inherit the status (domain, section 2).
    """

    class Level(models.TextChoices):
        """Whose list it is."""

        MINISTRY = "ministry", "Trọng điểm, phức tạp về ANTT (Bộ Công an)"
        PROVINCE = "province", "Trọng điểm về TTATXH (tỉnh)"

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    hamlet = models.ForeignKey(
        Hamlet,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="khu dân cư",
        help_text="Chỉ chọn khi danh sách của tỉnh nêu riêng một khu dân cư; để trống là cả xã.",
    )
    level = models.CharField("danh sách", max_length=8, choices=Level, default=Level.MINISTRY)
    department = NameField(
        "phòng nghiệp vụ phụ trách", max_length=150, blank=True, help_text="Ví dụ: Phòng An ninh nội địa"
    )
    decision = NameField("quyết định đưa vào", max_length=150)
    started_on = models.DateField("ngày đưa vào")
    ended_on = models.DateField("ngày đưa ra", null=True, blank=True)
    delisting_decision = NameField("quyết định đưa ra", max_length=150, blank=True)

    objects = ListingQuerySet.as_manager()
    history = Records()

    class Meta(Lived.Meta):
        verbose_name = "xã trọng điểm"
        verbose_name_plural = "xã trọng điểm"
        ordering = ["commune__sort_key", "pk"]
        constraints = [
            *Lived.Meta.constraints,
            UniqueConstraint(
                fields=["commune", "level"],
                condition=Q(ended_on__isnull=True, hamlet__isnull=True),
                name="listed_once",
                violation_error_message="Xã này đang ở trong danh sách đó.",
            ),
            UniqueConstraint(
                fields=["hamlet", "level"],
                condition=Q(ended_on__isnull=True, hamlet__isnull=False),
                name="hamlet_listed_once",
                violation_error_message="Khu dân cư này đang ở trong danh sách đó.",
            ),
            CheckConstraint(
                condition=Q(level="province") | Q(hamlet__isnull=True),
                name="ministry_lists_communes",
                violation_error_message="Danh sách của Bộ Công an chỉ gồm xã, phường, đặc khu; hãy bỏ chọn khu dân cư.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hamlet}, {self.commune}" if self.hamlet_id else str(self.commune)

    def clean(self) -> None:
        """Check that the hamlet lies in the commune, and that what is listed was there: nothing is inherited."""
        if self.hamlet and self.commune_id and self.hamlet.commune_id != self.commune_id:
            raise ValidationError({"hamlet": "Khu dân cư phải thuộc xã đã chọn."})
        if self.commune_id and self.started_on and not self._is_as_kept():
            for place in (self.commune, self.hamlet):
                if place and place.started_on and self.started_on < place.started_on and not _is_one_before(place):
                    raise ValidationError({"started_on": NOT_THERE_YET.format(place=place, day=place.started_on)})

    def _is_as_kept(self) -> bool:
        """Whether it was on the list of this place from this day before: what stands may be mended and taken off."""
        kept = {"commune": self.commune_id, "hamlet": self.hamlet_id, "started_on": self.started_on}
        return self.pk is not None and type(self).objects.filter(pk=self.pk, **kept).exists()
