"""Members of groups, and how they are rated."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q, UniqueConstraint

from communes.days import has_happened, is_near
from communes.models import Commune, Lived
from communes.names import FoldedField, NameField, PersonSortKeyField
from communes.records import Records
from models_registry.managers import MemberQuerySet, PersonQuerySet, RatingQuerySet
from models_registry.models.going_on import GoingOn
from models_registry.models.groups import SelfManagementGroup

OF_TEAMS = "Với thành viên Tổ bảo vệ ANTT."


class Person(models.Model):
    """Somebody who serves in groups of a commune: what is needed to reach them, nothing else.

    Never an identity number, religion, ethnicity or photograph (domain, section 7).
    """

    class Sex(models.TextChoices):
        """As counted in reports."""

        MALE = "male", "Nam"
        FEMALE = "female", "Nữ"

    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="xã, phường, đặc khu")
    name = NameField("họ và tên", max_length=100)
    sex = models.CharField("giới tính", max_length=6, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        "năm sinh", null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    phone = models.CharField(
        "điện thoại",
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"^0\d{9,10}$", "Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0.")],
    )
    search = FoldedField(of=("name",))
    sort_key = PersonSortKeyField(of=("name",))

    objects = PersonQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "người"
        verbose_name_plural = "người"
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.name


class Member(GoingOn, Lived):
    """A named member of a group."""

    class Position(models.TextChoices):
        """What the member does in the group."""

        LEADER = "leader", "Trưởng"
        DEPUTY = "deputy", "Phó"
        MEMBER = "member", "Thành viên"

    class Leaving(models.TextChoices):
        """Why somebody no longer serves."""

        WISH = "wish", "Theo nguyện vọng"
        AGE = "age", "Tuổi, sức khỏe"
        MOVED = "moved", "Chuyển nơi ở"
        REPLACED = "replaced", "Kiện toàn, thay thế"
        DISMISSED = "dismissed", "Bị cho thôi"
        DIED = "died", "Qua đời"
        OTHER = "other", "Lý do khác"

    group = models.ForeignKey(SelfManagementGroup, models.PROTECT, related_name="members", verbose_name="tổ")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="người")
    position = models.CharField("chức danh", max_length=8, choices=Position, default=Position.MEMBER)
    started_on = models.DateField("ngày tham gia", null=True, blank=True, validators=[is_near])
    ended_on = models.DateField("ngày thôi", null=True, blank=True)
    leaving = models.CharField("lý do thôi", max_length=10, choices=Leaving, blank=True)
    decision = NameField("quyết định công nhận", max_length=150, blank=True, help_text=OF_TEAMS)
    trained_on = models.DateField(
        "ngày tập huấn, bồi dưỡng gần nhất",
        null=True,
        blank=True,
        validators=[has_happened],
        help_text=OF_TEAMS,
    )
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continuations", verbose_name="tiếp nối"
    )

    objects = MemberQuerySet.as_manager()
    history = Records()

    def going_on(self, group: SelfManagementGroup, person: Person, on: date) -> "Member":
        """The member as she serves on in the group that continues hers, from a day; not saved yet."""
        return Member(
            group=group,
            person=person,
            position=self.position,
            continues=self,
            decision=self.decision,
            trained_on=self.trained_on,
            started_on=on,
        )

    class Meta(Lived.Meta):
        verbose_name = "thành viên"
        verbose_name_plural = "thành viên"
        ordering = ["person__sort_key", "pk"]
        constraints = [
            *Lived.Meta.constraints,
            UniqueConstraint(
                fields=["group"],
                condition=Q(position="leader", ended_on__isnull=True),
                name="one_leader",
                violation_error_message="Tổ đã có người đứng đầu; hãy ghi ngày thôi của người trước.",
            ),
            UniqueConstraint(
                fields=["group", "person"],
                condition=Q(ended_on__isnull=True),
                name="serves_once_in_a_group",
                violation_error_message="Người này đang có tên trong tổ.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def clean(self) -> None:
        """Check that person and group belong to one commune."""
        if self.group_id and self.person_id and self.group.commune_id != self.person.commune_id:
            raise ValidationError({"group": "Người và tổ phải cùng xã."})

    @property
    def name(self) -> str:
        """The person's name."""
        return self.person.name

    @property
    def sex(self) -> str:
        """The person's sex."""
        return self.person.sex

    @property
    def birth_year(self) -> int | None:
        """The person's year of birth."""
        return self.person.birth_year

    @property
    def phone(self) -> str:
        """The person's telephone number."""
        return self.person.phone

    @property
    def title(self) -> str:
        """The local title: a board's leader is *Trưởng ban*, a team's *Tổ trưởng*."""
        kind = self.group.kind
        titles = {self.Position.LEADER: kind.leader_title, self.Position.DEPUTY: kind.deputy_title}
        return titles.get(self.Position(self.position), "Thành viên")


class YearlyRating(models.Model):
    """The year's rating of a statutory team (``member`` empty) or of one of its members."""

    class Grade(models.TextChoices):
        """Grades, best first."""

        EXCELLENT = "excellent", "Hoàn thành xuất sắc nhiệm vụ"
        GOOD = "good", "Hoàn thành tốt nhiệm vụ"
        FAIR = "fair", "Hoàn thành nhiệm vụ"
        POOR = "poor", "Không hoàn thành nhiệm vụ"

    group = models.ForeignKey(SelfManagementGroup, models.PROTECT, related_name="ratings", verbose_name="tổ")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="ratings", verbose_name="thành viên"
    )
    year = models.PositiveSmallIntegerField("năm", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    grade = models.CharField("xếp loại", max_length=9, choices=Grade)

    objects = RatingQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "xếp loại năm"
        verbose_name_plural = "xếp loại năm"
        ordering = ["-year", "pk"]
        constraints = [
            UniqueConstraint(fields=["group", "year"], condition=Q(member__isnull=True), name="team_rated_once_a_year"),
            UniqueConstraint(fields=["member", "year"], name="member_rated_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.member or self.group} – {self.year}: {self.get_grade_display()}"
