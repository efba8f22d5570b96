"""Initiatives: types, initiatives, sites, their lives and ratings (domain, section 4)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from communes.days import is_near
from communes.models import Commune, Hamlet, Institution, Lived, User
from communes.names import FoldedField, NameField, SortKeyField
from communes.records import Records
from models_registry.managers import InitiativeQuerySet, InitiativeRowQuerySet, SiteQuerySet
from models_registry.models.catalogues import CatalogueRow
from models_registry.models.going_on import GoingOn

TAG_ENDS_AFTER = "Ngày thôi “Dân vận khéo” phải từ ngày được gắn trở đi."


class WorkField(models.TextChoices):
    """Fields of work."""

    CRIME = "crime", "Phòng, chống tội phạm"
    DRUGS = "drugs", "Phòng, chống ma túy"
    FIRE = "fire", "Phòng cháy, chữa cháy"
    TRAFFIC = "traffic", "Trật tự, an toàn giao thông"
    CYBERSPACE = "cyberspace", "An ninh mạng"
    REINTEGRATION = "reintegration", "Tái hòa nhập cộng đồng"
    CHILDREN = "children", "Bảo vệ trẻ em"
    BORDER = "border", "Biên giới, giáp ranh"
    RELIGION = "religion", "Vùng tôn giáo"
    MEDIATION = "mediation", "Hòa giải"
    WEAPONS = "weapons", "Vũ khí, vật liệu nổ"
    TIPS = "tips", "Tiếp nhận tin báo"
    TECHNOLOGY = "technology", "Ứng dụng công nghệ"


class InitiativeType(CatalogueRow):
    """A type of initiative (*loại mô hình*); a province counts distinct types."""

    field = models.CharField("lĩnh vực", max_length=30, choices=WorkField, blank=True)

    class Meta(CatalogueRow.Meta):
        verbose_name = "loại mô hình"
        verbose_name_plural = "loại mô hình"


class Initiative(GoingOn, Lived):
    """One type taken up by one commune by a decision on a date (*mô hình*)."""

    class State(models.TextChoices):
        """Its life (domain, section 4); discontinued initiatives have a last day."""

        PLANNED = "planned", "Khảo sát"
        PILOTED = "piloted", "Thí điểm, xây dựng mới"
        ACTIVE = "active", "Công nhận, duy trì"
        CONSOLIDATED = "consolidated", "Củng cố"
        REPLICATED = "replicated", "Nhân rộng"

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    type = models.ForeignKey(InitiativeType, models.PROTECT, verbose_name="loại mô hình")
    name = NameField("tên mô hình", max_length=200)
    state = models.CharField("giai đoạn", max_length=12, choices=State, default=State.ACTIVE)
    field = models.CharField(
        "lĩnh vực", max_length=30, choices=WorkField, blank=True, help_text="Để trống: theo loại mô hình."
    )
    skilful_since = models.DateField("“Dân vận khéo” từ ngày", null=True, blank=True)
    skilful_until = models.DateField("“Dân vận khéo” đến hết ngày", null=True, blank=True)
    typical_since = models.DateField(
        "điển hình của tỉnh từ ngày", null=True, blank=True, help_text="Tỉnh chọn vào danh sách mô hình điển hình."
    )
    decision = NameField("quyết định", max_length=150, blank=True)
    people = models.PositiveIntegerField(
        "số người tham gia", null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    cameras = models.PositiveIntegerField(
        "số camera",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100_000)],
        help_text="Chỉ ghi số lượng, không ghi vị trí.",
    )
    lamps = models.PositiveIntegerField("số đèn", null=True, blank=True, validators=[MaxValueValidator(100_000)])
    keyrings = models.PositiveIntegerField(
        "số móc khóa, chuông, kẻng", null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replicas", verbose_name="nhân rộng từ mô hình"
    )
    continues = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="continuations",
        verbose_name="tiếp nối mô hình",
        help_text="Mô hình mà mô hình này tiếp nối sau khi xã thay đổi: không tính là xây dựng mới.",
    )
    discontinued_because = NameField("lý do thanh loại", max_length=200, blank=True)
    started_on = models.DateField("ngày xây dựng", null=True, blank=True, validators=[is_near])
    ended_on = models.DateField("ngày thanh loại", null=True, blank=True)
    search = FoldedField(of=("name",))
    sort_key = SortKeyField(of=("name",))

    objects = InitiativeQuerySet.as_manager()
    history = Records()

    class Meta(Lived.Meta):
        verbose_name = "mô hình"
        verbose_name_plural = "mô hình"
        ordering = ["sort_key", "pk"]
        constraints = [
            *Lived.Meta.constraints,
            CheckConstraint(
                condition=Q(skilful_until__isnull=True) | Q(skilful_until__gte=F("skilful_since")),
                name="skilful_ends_after_start",
                violation_error_message=TAG_ENDS_AFTER,
            ),
            CheckConstraint(
                condition=Q(skilful_until__isnull=True) | Q(skilful_since__isnull=False),
                name="skilful_begins_before_it_ends",
                violation_error_message="Hãy ghi ngày được gắn “Dân vận khéo”.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check that the tag ends after it begins."""
        if self.skilful_until and (not self.skilful_since or self.skilful_since > self.skilful_until):
            raise ValidationError({"skilful_until": TAG_ENDS_AFTER})

    def skilful_on(self, day: date) -> bool:
        """Whether it carries the tag "Dân vận khéo" on a day."""
        since, until = self.skilful_since, self.skilful_until
        return bool(since and since <= day and (until is None or until >= day))

    @property
    def work_field(self) -> str:
        """Its field of work in words: its own, or its type's."""
        return WorkField(self.field or self.type.field).label if self.field or self.type.field else ""


class InitiativeSite(GoingOn, Lived):
    """One place where an initiative runs (*điểm*): a hamlet, an institution, or the whole commune."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="sites", verbose_name="mô hình")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True, verbose_name="khu dân cư")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name="cơ quan, trường học"
    )

    origin = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replicas", verbose_name="nhân rộng từ điểm"
    )
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continuations", verbose_name="tiếp nối điểm"
    )

    objects = SiteQuerySet.as_manager()
    history = Records()

    class Meta(Lived.Meta):
        verbose_name = "điểm thực hiện mô hình"
        verbose_name_plural = "điểm thực hiện mô hình"
        constraints = [
            *Lived.Meta.constraints,
            CheckConstraint(
                condition=Q(hamlet__isnull=True) | Q(institution__isnull=True),
                name="site_one_place",
                violation_error_message="Mỗi điểm ở một khu dân cư hoặc một cơ quan, trường học.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} – {self.place}"

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return str(self.hamlet or self.institution or "toàn xã")


class InitiativeStep(models.Model):
    """One step in the life of an initiative, with its day and decision; never changed afterwards."""

    class Kind(models.TextChoices):
        """Steps (domain, section 4)."""

        PILOT = "pilot", "Thí điểm, xây dựng mới"
        RECOGNISE = "recognise", "Công nhận"
        CONSOLIDATE = "consolidate", "Củng cố"
        REPLICATE = "replicate", "Nhân rộng"
        DISCONTINUE = "discontinue", "Thanh loại"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="steps", verbose_name="mô hình")
    kind = models.CharField("bước", max_length=11, choices=Kind)
    day = models.DateField("ngày")
    decision = NameField("quyết định", max_length=150, blank=True)
    note = NameField("ghi chú", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người ghi")
    at = models.DateTimeField("ghi lúc")

    objects = InitiativeRowQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "bước của mô hình"
        verbose_name_plural = "bước của mô hình"
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.initiative}: {self.get_kind_display()} {self.day:%d/%m/%Y}"


class InitiativeRating(models.Model):
    """The year's rating of an initiative; no row is "chưa đánh giá"."""

    class Grade(models.TextChoices):
        """Grades, best first."""

        EFFECTIVE = "effective", "Hiệu quả"
        AVERAGE = "average", "Trung bình"
        WEAK = "weak", "Yếu"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="ratings", verbose_name="mô hình")
    year = models.PositiveSmallIntegerField("năm", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    grade = models.CharField("đánh giá", max_length=9, choices=Grade)

    objects = InitiativeRowQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "đánh giá mô hình"
        verbose_name_plural = "đánh giá mô hình"
        ordering = ["-year"]
        constraints = [UniqueConstraint(fields=["initiative", "year"], name="initiative_rated_once_a_year")]

    def __str__(self) -> str:
        return f"{self.initiative} – {self.year}: {self.get_grade_display()}"
