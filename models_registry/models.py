"""The register of groups, members, initiatives and awards."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Count, IntegerField, OuterRef, Q, Subquery, UniqueConstraint
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from communes.managers import LivedQuerySet
from communes.models import Commune, Hamlet, Institution, Lived
from communes.names import FoldedField, NameField, SortKeyField
from communes.scope import ScopedQuerySet


class Catalogue(models.Model):
    """A list the administrators keep; codes are stable for ever."""

    code = models.SlugField("mã", max_length=60, unique=True)
    name = NameField("tên", max_length=200)
    position = models.PositiveIntegerField("thứ tự", default=0)
    is_active = models.BooleanField("đang dùng", default=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class GroupKind(Catalogue):
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

    short_name = NameField("tên ngắn", max_length=30)
    leader_title = NameField("chức danh người đứng đầu", max_length=40)
    deputy_title = NameField("chức danh cấp phó", max_length=40)
    seat = models.CharField("nơi đặt", max_length=12, choices=Seat, default=Seat.ANY)
    counts = models.CharField("đếm", max_length=12, choices=Counts, default=Counts.PEOPLE)

    class Meta(Catalogue.Meta):
        verbose_name = "loại hình tổ chức"
        verbose_name_plural = "loại hình tổ chức"


class GroupQuerySet(LivedQuerySet):
    """Groups of communes."""

    def with_headcount(self, day: date) -> Self:
        """Annotate ``headcount``: named members on ``day``, or the declared number where none is named."""
        named = (
            Member.objects.active_on(day)
            .filter(group=OuterRef("pk"))
            .order_by()
            .values("group")
            .annotate(n=Count("*"))
            .values("n")
        )
        return self.annotate(
            headcount=Coalesce(
                Subquery(named, output_field=IntegerField()),
                "declared_members",
                output_field=IntegerField(),
            )
        )


class SelfManagementGroup(Lived):
    """A self-management group: people and households are counted apart."""

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    kind = models.ForeignKey(GroupKind, models.PROTECT, verbose_name="loại hình")
    name = NameField("tên hoặc số", max_length=120, help_text="Ví dụ: Tổ liên gia số 3")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True, verbose_name="khu dân cư")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name="cơ quan, trường học"
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
    founding_decision = NameField("quyết định thành lập", max_length=150, blank=True)
    started_on = models.DateField("ngày thành lập", null=True, blank=True)
    ended_on = models.DateField("ngày giải thể", null=True, blank=True)
    search = FoldedField(of=("name",))
    sort_key = SortKeyField(of=("name",))

    objects = GroupQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Lived.Meta):
        verbose_name = "tổ tự quản"
        verbose_name_plural = "tổ tự quản"
        ordering = ["sort_key", "pk"]
        constraints = [
            *Lived.Meta.constraints,
            CheckConstraint(
                condition=Q(hamlet__isnull=True) | Q(institution__isnull=True),
                name="group_one_seat",
                violation_error_message="Chọn khu dân cư hoặc cơ quan, trường học, không chọn cả hai.",
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

    @property
    def seat(self) -> str:
        """Where the group sits, in words."""
        return str(self.hamlet or self.institution or "Toàn xã")


class MemberQuerySet(LivedQuerySet):
    """Members are personal data: seen inside their commune only (domain, section 7)."""

    commune_path = "group__commune"
    province_path = "group__commune__province"
    above_commune = False


class Member(Lived):
    """A named member of a group."""

    class Position(models.TextChoices):
        """What the member does in the group."""

        LEADER = "leader", "Trưởng"
        DEPUTY = "deputy", "Phó"
        MEMBER = "member", "Thành viên"

    group = models.ForeignKey(SelfManagementGroup, models.PROTECT, related_name="members", verbose_name="tổ")
    name = NameField("họ và tên", max_length=100)
    position = models.CharField("chức danh", max_length=8, choices=Position, default=Position.MEMBER)
    birth_year = models.PositiveSmallIntegerField(
        "năm sinh", null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    phone = models.CharField(
        "điện thoại",
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"^0\d{9,10}$", "Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0.")],
    )
    started_on = models.DateField("ngày tham gia", null=True, blank=True)
    ended_on = models.DateField("ngày thôi", null=True, blank=True)
    search = FoldedField(of=("name",))
    sort_key = SortKeyField(of=("name",))

    objects = MemberQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Lived.Meta):
        verbose_name = "thành viên"
        verbose_name_plural = "thành viên"
        ordering = ["sort_key", "pk"]
        constraints = [
            *Lived.Meta.constraints,
            UniqueConstraint(
                fields=["group"],
                condition=Q(position="leader", ended_on__isnull=True),
                name="one_leader",
                violation_error_message="Tổ đã có người đứng đầu; hãy ghi ngày thôi của người trước.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The local title: a board's leader is *Trưởng ban*, a team's *Tổ trưởng*."""
        kind = self.group.kind
        titles = {self.Position.LEADER: kind.leader_title, self.Position.DEPUTY: kind.deputy_title}
        return titles.get(self.Position(self.position), "Thành viên")


class InitiativeType(Catalogue):
    """A type of initiative (*loại mô hình*); a province counts distinct types."""

    field = models.SlugField("lĩnh vực", max_length=30, blank=True)

    class Meta(Catalogue.Meta):
        verbose_name = "loại mô hình"
        verbose_name_plural = "loại mô hình"


class InitiativeQuerySet(LivedQuerySet):
    """Initiatives of communes."""

    def running_on(self, day: date) -> Self:
        """Return the initiatives that run on ``day``: begun, past planning, not yet discontinued."""
        return self.active_on(day).exclude(state=Initiative.State.PLANNED)


class Initiative(Lived):
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
    skilful = models.BooleanField("“Dân vận khéo”", default=False)
    decision = NameField("quyết định", max_length=150, blank=True)
    started_on = models.DateField("ngày xây dựng", null=True, blank=True)
    ended_on = models.DateField("ngày thanh loại", null=True, blank=True)
    search = FoldedField(of=("name",))
    sort_key = SortKeyField(of=("name",))

    objects = InitiativeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Lived.Meta):
        verbose_name = "mô hình"
        verbose_name_plural = "mô hình"
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.name


class SiteQuerySet(LivedQuerySet):
    """Places where initiatives run."""

    commune_path = "initiative__commune"
    province_path = "initiative__commune__province"

    def running_on(self, day: date) -> Self:
        """Return the sites that run on ``day`` of initiatives that run on ``day``."""
        return self.active_on(day).filter(initiative__in=Initiative.objects.running_on(day))


class InitiativeSite(Lived):
    """One place where an initiative runs (*điểm*): a hamlet, an institution, or the whole commune."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="sites", verbose_name="mô hình")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, blank=True, verbose_name="khu dân cư")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, verbose_name="cơ quan, trường học"
    )

    objects = SiteQuerySet.as_manager()
    history = HistoricalRecords()

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
        return f"{self.initiative} – {self.hamlet or self.institution or 'toàn xã'}"


class AwardQuerySet(ScopedQuerySet):
    """Awards of communes."""


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
    awarded_on = models.DateField("ngày")

    objects = AwardQuerySet.as_manager()
    history = HistoricalRecords()

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
