"""Totals of a span as somebody published them, beside the months and never in them (domain, section 6, rule 12)."""

from decimal import Decimal
from typing import NamedTuple, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint, Value
from django.db.models.functions import Coalesce

from communes.days import has_happened
from communes.models import Commune, District, Province, User
from communes.names import NameField
from communes.records import Records
from communes.scope import ScopedQuerySet
from communes.templatetags.vietnamese import number
from reports.models.catalogue import Indicator, WeaponKind
from reports.months import MonthField


class Home(NamedTuple):
    """Whose total it is: a commune, a district (of its time), or (neither) a province."""

    province: Province
    district: District | None = None
    commune: Commune | None = None

    @property
    def unit(self) -> Commune | District | Province:
        """The unit itself."""
        return self.commune or self.district or self.province


class PublishedQuerySet(ScopedQuerySet):
    """Published totals."""

    follows_heirs = True
    province_path = "province"

    def of(self, home: Home) -> Self:
        """Return the totals of one unit."""
        return self.filter(province=home.province, district=home.district, commune=home.commune)

    def named(self) -> Self:
        """Fetch the units and what is counted with the totals, in the order of their form: weapons come last."""
        places = [F(f"indicator__{place}").asc(nulls_last=True) for place in ("section__position", "position")]
        rows = self.select_related("province", "district", "commune", "indicator__section", "weapon")
        return rows.order_by("-last", "-first", *places, "weapon__position", "pk")


class PublishedTotal(models.Model):
    """One figure of a unit over a span as its source has it, rounded or in words as it stands there."""

    _history_user: User | None  # who its history names as the writer

    class Mark(models.TextChoices):
        """How the source rounded."""

        ABOUT = "about", "khoảng"
        NEAR = "near", "gần"
        OVER = "over", "hơn"

    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="tỉnh, thành phố")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="huyện, quận, thị xã"
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="xã, phường, đặc khu"
    )
    span = models.CharField("kỳ", max_length=20)
    first = MonthField("từ tháng")
    last = MonthField("đến tháng")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, verbose_name="chỉ tiêu")
    weapon = models.ForeignKey(WeaponKind, models.PROTECT, null=True, blank=True, verbose_name="loại vũ khí")
    value = models.DecimalField(
        "số", max_digits=15, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    mark = models.CharField("mức", max_length=5, choices=Mark, blank=True)
    words = NameField("bằng lời", max_length=100, blank=True, help_text="Ví dụ: hàng nghìn tin")
    source = NameField("nguồn", max_length=200, help_text="Ví dụ: Báo cáo tổng kết năm 2022 của Công an huyện")
    number = NameField("số văn bản", max_length=60, blank=True)
    day = models.DateField("ngày", null=True, blank=True, validators=[has_happened])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    objects = PublishedQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = "số liệu đã công bố"
        verbose_name_plural = "số liệu đã công bố"
        ordering = ["-last", "-first", "indicator__section__position", "indicator__position", "weapon__position", "pk"]
        constraints = [
            UniqueConstraint(
                "province",
                Coalesce("district", Value(0)),
                Coalesce("commune", Value(0)),
                "span",
                Coalesce("indicator", Value(0)),
                Coalesce("weapon", Value(0)),
                "source",
                name="published_once_by_a_source",
                violation_error_message="Nguồn này đã có số của chỉ tiêu ấy trong kỳ.",
            ),
            CheckConstraint(
                condition=Q(indicator__isnull=False, weapon__isnull=True)
                | Q(indicator__isnull=True, weapon__isnull=False),
                name="published_of_one_thing",
                violation_error_message="Chọn một chỉ tiêu hoặc một loại vũ khí.",
            ),
            CheckConstraint(
                condition=Q(value__isnull=False, value__gte=0, words="")
                | (Q(value__isnull=True, mark="") & ~Q(words="")),
                name="published_as_number_or_words",
                violation_error_message="Ghi số (kèm khoảng, gần, hơn nếu có) hoặc ghi bằng lời.",
            ),
            CheckConstraint(condition=Q(district__isnull=True) | Q(commune__isnull=True), name="published_of_one_unit"),
            CheckConstraint(condition=Q(first__lte=F("last")), name="published_span_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"

    @property
    def home(self) -> Home:
        """Whose total it is."""
        return Home(self.province, self.district, self.commune)

    @property
    def what(self) -> Indicator | WeaponKind:
        """What is counted (the constraint ``published_of_one_thing``)."""
        found = self.indicator or self.weapon
        assert found is not None
        return found

    @property
    def key(self) -> str:
        """Its name in forms, workbooks and the API: "patrols", "weapon:homemade_gun"."""
        return f"weapon:{self.what.code}" if self.weapon_id else self.what.code

    @property
    def name(self) -> str:
        """What is counted, in words."""
        return self.what.name

    @property
    def text(self) -> str:
        """The figure as it was published: "gần 170", "130", "hàng nghìn tin"."""
        if self.value is None:
            return self.words
        return f"{self.Mark(self.mark).label} {number(self.value)}" if self.mark else number(self.value)

    @property
    def cited(self) -> str:
        """The source as a note has it: "Báo cáo tổng kết năm 2022, số 12/BC-CAH, ngày 05/12/2022"."""
        parts = [
            self.source,
            f"số {self.number}" if self.number else "",
            f"ngày {self.day:%d/%m/%Y}" if self.day else "",
        ]
        return ", ".join(part for part in parts if part)
