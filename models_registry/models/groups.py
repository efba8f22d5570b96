"""Self-management groups and their kinds."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from communes.days import has_happened, is_near
from communes.models import Commune, Hamlet, Institution, Lived, Province
from communes.names import FoldedField, NameField, SortKeyField
from communes.records import Records
from models_registry.managers import GroupQuerySet
from models_registry.models.catalogues import ONE_PLACE, CatalogueRow
from models_registry.models.going_on import GoingOn


class GroupKind(CatalogueRow):
    """A kind of self-management group (domain, section 3)."""

    class Seat(models.TextChoices):
        """Where such a group sits."""

        HAMLET = "hamlet", "Khu dân cư"
        COMMUNE = "commune", "Toàn xã, liên khu"
        INSTITUTION = "institution", "Cơ quan, doanh nghiệp, trường học"
        ANY = "any", "Tùy nơi"

    class Counts(models.TextChoices):
        """What is counted in such a group."""

        PEOPLE = "people", "Người"
        HOUSEHOLDS = "households", "Hộ"
        BOTH = "both", "Người và hộ"

    FIXED = ("seat", "counts")

    short_name = NameField("tên ngắn", max_length=30)
    leader_title = NameField("chức danh người đứng đầu", max_length=40)
    deputy_title = NameField("chức danh cấp phó", max_length=40)
    seat = models.CharField("nơi đặt", max_length=12, choices=Seat, default=Seat.ANY)
    counts = models.CharField("đếm", max_length=12, choices=Counts, default=Counts.PEOPLE)

    class Meta(CatalogueRow.Meta):
        verbose_name = "loại hình tổ chức"
        verbose_name_plural = "loại hình tổ chức"

    def is_counted(self) -> bool:
        """Whether there ever was a group of this kind."""
        return SelfManagementGroup.objects.filter(kind=self).exists()


class GroupNorm(models.Model):
    """How many members a province asks a kind of group to have (Law 30/2023/QH15 leaves it to the province)."""

    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh, thành phố")
    kind = models.ForeignKey(GroupKind, models.CASCADE, related_name="norms", verbose_name="loại hình")
    least = models.PositiveSmallIntegerField("ít nhất", default=3)
    most = models.PositiveSmallIntegerField("nhiều nhất", default=5)

    class Meta:
        verbose_name = "định mức thành viên"
        verbose_name_plural = "định mức thành viên"
        constraints = [
            UniqueConstraint(fields=["province", "kind"], name="one_norm_a_kind"),
            CheckConstraint(
                condition=Q(most__gte=F("least")),
                name="norm_in_order",
                violation_error_message="Số nhiều nhất không được nhỏ hơn số ít nhất.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.least}–{self.most} người"


class SelfManagementGroup(GoingOn, Lived):
    """A self-management group: people and households are counted apart."""

    class Rhythm(models.TextChoices):
        """How often the group meets."""

        WEEKLY = "weekly", "Hằng tuần"
        MONTHLY = "monthly", "Hằng tháng"
        QUARTERLY = "quarterly", "Hằng quý"
        YEARLY = "yearly", "6 tháng hoặc một năm"
        ON_CALL = "on_call", "Khi có việc"

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    kind = models.ForeignKey(GroupKind, models.PROTECT, verbose_name="loại hình")
    name = NameField("tên hoặc số", max_length=120, help_text="Ví dụ: Tổ liên gia số 3")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True, verbose_name="khu dân cư")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name="cơ quan, trường học"
    )
    also_hamlets = models.ManyToManyField(
        Hamlet,
        blank=True,
        related_name="shared_groups",
        verbose_name="các khu dân cư khác cùng tham gia",
        help_text="Với tổ của nhiều khu dân cư, tổ an ninh liên thôn.",
    )
    border_communes = models.ManyToManyField(
        Commune,
        blank=True,
        related_name="border_groups",
        verbose_name="các xã giáp ranh cùng tham gia",
    )
    declared_members = models.PositiveIntegerField(
        "số thành viên",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100_000)],
        help_text="Chỉ dùng khi chưa lập danh sách; đã có danh sách thì tính theo danh sách.",
    )
    households = models.PositiveIntegerField(
        "số hộ tham gia", null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    meets = models.CharField("sinh hoạt", max_length=9, choices=Rhythm, blank=True)
    last_met_on = models.DateField("họp gần nhất", null=True, blank=True, validators=[has_happened])
    covenant_on = models.DateField("ngày có quy ước của tổ", null=True, blank=True, validators=[has_happened])
    founding_decision = NameField("quyết định thành lập", max_length=150, blank=True)
    dissolving_decision = NameField("quyết định giải thể", max_length=150, blank=True)
    continues = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="continuations",
        verbose_name="tiếp nối tổ",
        help_text="Tổ cũ mà tổ này tiếp nối sau khi khu dân cư thay đổi: không tính là thành lập mới.",
    )
    started_on = models.DateField("ngày thành lập", null=True, blank=True, validators=[is_near])
    ended_on = models.DateField("ngày giải thể", null=True, blank=True)
    search = FoldedField(of=("name",))
    sort_key = SortKeyField(of=("name",))

    headcount: int | None  # both annotated by GroupQuerySet.with_headcount
    household_count: int | None

    objects = GroupQuerySet.as_manager()
    history = Records()

    class Meta(Lived.Meta):
        verbose_name = "tổ tự quản"
        verbose_name_plural = "tổ tự quản"
        ordering = ["sort_key", "pk"]
        constraints = [
            *Lived.Meta.constraints,
            CheckConstraint(
                condition=Q(hamlet__isnull=True) | Q(institution__isnull=True),
                name="group_one_seat",
                violation_error_message=ONE_PLACE,
            ),
            UniqueConstraint(
                fields=["hamlet", "kind", "name"],
                condition=Q(ended_on__isnull=True, hamlet__isnull=False),
                name="living_group_name_in_hamlet",
                violation_error_message="Khu dân cư này đã có một tổ cùng loại mang tên đó.",
            ),
            UniqueConstraint(
                fields=["institution", "kind", "name"],
                condition=Q(ended_on__isnull=True, institution__isnull=False),
                name="living_group_name_in_institution",
                violation_error_message="Nơi này đã có một tổ cùng loại mang tên đó.",
            ),
        ]
        indexes = [models.Index(fields=["commune", "kind"], name="group_by_commune_kind")]

    def __str__(self) -> str:
        if self.name.casefold().startswith(self.kind.short_name.casefold()):
            return self.name
        return f"{self.kind.short_name} – {self.name}"

    def clean(self) -> None:
        """Check that the seat lies in the commune and fits the kind."""
        for field in ("hamlet", "institution"):
            seat = getattr(self, field)
            if seat and self.commune_id and seat.commune_id != self.commune_id:
                raise ValidationError({field: "Nơi đặt phải thuộc xã của tổ."})
        if not self.kind_id:
            return
        if self.kind.seat == GroupKind.Seat.HAMLET and not self.hamlet_id:
            raise ValidationError({"hamlet": f"“{self.kind}” đặt ở khu dân cư; hãy chọn khu dân cư."})
        if self.kind.seat == GroupKind.Seat.INSTITUTION and not self.institution_id:
            raise ValidationError({"institution": f"“{self.kind}” đặt ở cơ quan, trường học; hãy chọn nơi đặt."})

    def going_on(
        self, commune: Commune, hamlet: Hamlet | None, institution: Institution | None, on: date, name: str = ""
    ) -> "SelfManagementGroup":
        """The group as it goes on in another seat from a day, under its name or another; not saved yet.

        Members, ratings and the hamlets it is shared with are for the act to bring.
        """
        return SelfManagementGroup(
            commune=commune,
            kind=self.kind,
            name=name or self.name,
            hamlet=hamlet,
            institution=institution,
            continues=self,
            declared_members=self.declared_members,
            households=self.households,
            meets=self.meets,
            last_met_on=self.last_met_on,
            covenant_on=self.covenant_on,
            started_on=on,
            founding_decision=self.founding_decision,
        )

    @property
    def seat(self) -> str:
        """Where the group sits, in words."""
        return str(self.hamlet or self.institution or "Toàn xã")


class FormerSize(models.Model):
    """What a group declared until a day, where it declares something else since.

    The group itself holds its present numbers; a count as of a past day reads the first of these whose
    ``until`` is not before that day.
    """

    group = models.ForeignKey(SelfManagementGroup, models.CASCADE, related_name="former_sizes", verbose_name="tổ")
    until = models.DateField("đến hết ngày")
    members = models.PositiveIntegerField("số thành viên", null=True, blank=True)
    households = models.PositiveIntegerField("số hộ", null=True, blank=True)

    history = Records()

    class Meta:
        verbose_name = "số kê khai trước đây"
        verbose_name_plural = "số kê khai trước đây"
        ordering = ["until"]
        constraints = [UniqueConstraint(fields=["group", "until"], name="one_former_size_a_day")]

    def __str__(self) -> str:
        return f"{self.group} đến {self.until:%d/%m/%Y}"
