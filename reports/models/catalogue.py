"""What is reported: the catalogue of indicators and of kinds of weapon."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q

from communes.names import NameField, fold
from models_registry.headcount import CODES
from models_registry.models import CatalogueRow
from reports.months import Month, MonthField


class IndicatorSection(CatalogueRow):
    """A heading of the catalogue."""

    class Meta(CatalogueRow.Meta):
        verbose_name = "nhóm chỉ tiêu"
        verbose_name_plural = "nhóm chỉ tiêu"


class Indicator(CatalogueRow):
    """What is reported: asked from a month to a month, entered or counted from the register."""

    class Measure(models.TextChoices):
        """How it adds up over time (domain, section 6)."""

        FLOW = "flow", "Phát sinh (cộng dồn theo tháng)"
        STOCK = "stock", "Hiện có (lấy số cuối kỳ)"
        REACHED = "reached", "Số khu đạt trong kỳ (mỗi khu một lần)"

    class Level(models.TextChoices):
        """Where it is entered."""

        HAMLET = "hamlet", "Theo khu dân cư, tổ"
        COMMUNE = "commune", "Toàn xã"

    class Source(models.TextChoices):
        """Where it comes from."""

        ENTERED = "entered", "Nhập hằng tháng"
        REGISTRY = "registry", "Đếm từ danh bạ"
        CELLS = "cells", "Đếm từ các ô theo khu"

    FIXED = ("unit", "measure", "level", "source", "reaches")
    WAY_ON = "Hãy lập chỉ tiêu kế tiếp: chỉ tiêu này được hỏi đến hết tháng trước đó."

    short_name = NameField(
        "tên ngắn",
        max_length=30,
        blank=True,
        help_text="Ghi ở đầu cột của các bảng rộng, ví dụ “Thành” thay cho “Hòa giải thành”. Để trống: tên đầy đủ.",
    )
    section = models.ForeignKey(IndicatorSection, models.PROTECT, verbose_name="nhóm")
    unit = NameField("đơn vị tính", max_length=30)
    measure = models.CharField("cách cộng", max_length=7, choices=Measure)
    level = models.CharField("cấp nhập", max_length=8, choices=Level)
    source = models.CharField("nguồn", max_length=8, choices=Source, default=Source.ENTERED)
    within = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="không vượt quá",
        help_text="Chỉ tiêu này là một phần của chỉ tiêu được chọn.",
    )
    at_least = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reached_by",
        verbose_name="không nhỏ hơn",
    )
    reaches = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reached_in",
        verbose_name="đếm khu có",
        help_text="Chỉ tiêu phát sinh theo khu: mỗi khu dân cư có ít nhất một trong kỳ được đếm một lần.",
    )
    succeeds = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name="kế tiếp chỉ tiêu",
        help_text="Chỉ tiêu trước đây mà chỉ tiêu này thay; số liệu của hai chỉ tiêu không cộng với nhau.",
    )
    core = models.BooleanField(
        "bắt buộc có số liệu", default=True, help_text="Để trống thì hệ thống hỏi lý do khi gửi."
    )
    first_month = MonthField("hỏi từ tháng", null=True, blank=True, help_text="Ví dụ 2026-01.")
    last_month = MonthField("đến hết tháng", null=True, blank=True)

    class Meta(CatalogueRow.Meta):
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["section__position", "position", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(source="entered") | Q(level="commune"),
                name="registry_indicator_for_commune",
                violation_error_message="Chỉ tiêu đếm từ danh bạ luôn tính cho toàn xã.",
            ),
            CheckConstraint(
                condition=Q(measure="reached", source="cells", level="commune", reaches__isnull=False)
                | ~Q(measure="reached") & ~Q(source="cells") & Q(reaches=None),
                name="reached_indicator_counts_cells",
                violation_error_message=(
                    "Số khu đạt trong kỳ luôn đếm từ các ô theo khu, tính cho toàn xã, và nói rõ đếm theo chỉ tiêu gì."
                ),
            ),
            CheckConstraint(
                condition=Q(first_month=None) | Q(last_month=None) | Q(first_month__lte=F("last_month")),
                name="indicator_lives_forward",
                violation_error_message="Tháng bắt đầu hỏi phải không muộn hơn tháng cuối cùng hỏi.",
            ),
        ]

    def clean(self) -> None:
        """Refuse a counted indicator that the register cannot count, and to change what has figures."""
        super().clean()
        if self.source == self.Source.REGISTRY and self.code not in CODES:
            raise ValidationError(
                {"source": "Hệ thống chưa biết đếm chỉ tiêu này từ danh bạ; hãy chọn nhập hằng tháng."}
            )
        if self.reaches and (self.reaches.measure, self.reaches.level) != (self.Measure.FLOW, self.Level.HAMLET):
            raise ValidationError({"reaches": "Chỉ đếm được khu có một chỉ tiêu phát sinh, nhập theo khu dân cư."})
        if self.short_name and (other := self._called_alike()):
            raise ValidationError(
                {"short_name": f"“{other}”, được hỏi trong cùng thời gian, cũng gọi như vậy; hãy chọn tên ngắn khác."}
            )

    def _called_alike(self) -> "Indicator | None":
        """Another indicator of the same time that goes by this one's short name: in files it would mean either."""
        mine = fold(self.short_name)
        own = [pk for pk in (self.pk, self.succeeds_id) if pk]  # what it takes the place of ends before it begins
        others = Indicator.objects.exclude(pk__in=own).filter(is_active=True) if self.is_active else ()
        alike = (one for one in others if mine in (fold(one.short_name), fold(one.name)))
        return next((one for one in alike if self._lives_beside(one)), None)

    def _lives_beside(self, other: "Indicator") -> bool:
        """Whether some month may ask both."""
        pairs = ((self.first_month, other.last_month), (other.first_month, self.last_month))
        return not any(first and last and last < first for first, last in pairs)

    @property
    def head(self) -> str:
        """What stands over its column: the short name, or the full one where there is none."""
        return self.short_name or self.name

    def is_counted(self) -> bool:
        """Whether a report holds a figure of it, or held one."""
        return self.reporttotal_set.exists() or self.figurechange_set.exists()

    @property
    def continues(self) -> "Indicator | None":
        """The indicator whose series this one's goes on with: it took its place and counts the same way."""
        former = self.succeeds
        same = former and (former.unit, former.measure) == (self.unit, self.measure)
        return former if same else None

    def asked_in(self, month: Month) -> bool:
        """Whether the indicator is asked in that month."""
        return (
            self.is_active
            and (self.first_month is None or self.first_month <= month)
            and (self.last_month is None or month <= self.last_month)
        )

    def asked_within(self, months: Iterable[Month]) -> bool:
        """Whether the indicator is asked in any of some months."""
        return any(self.asked_in(month) for month in months)


MEASURED = ("kg", "kilôgam", "g", "gam", "yến", "tạ", "tấn", "mét", "m", "km", "cm", "lít")
"""Units that can be divided."""


class WeaponKind(CatalogueRow):
    """A physical kind of weapon with its own unit; different units are never added."""

    FIXED = ("unit", "is_gun")
    WAY_ON = "Hãy bỏ dấu “đang dùng” ở loại này và lập loại mới."

    unit = NameField("đơn vị tính", max_length=20)
    is_gun = models.BooleanField("là súng", default=False)

    class Meta(CatalogueRow.Meta):
        verbose_name = "loại vũ khí"
        verbose_name_plural = "loại vũ khí"
        constraints = [
            CheckConstraint(
                condition=Q(is_gun=False) | Q(unit="khẩu"),
                name="guns_in_khau",
                violation_error_message="Súng được đếm bằng “khẩu”.",
            )
        ]

    @property
    def is_divisible(self) -> bool:
        """Whether half of it can be handed over: what is weighed or measured, never a gun or a round."""
        return self.unit.lower() in MEASURED

    def is_counted(self) -> bool:
        """Whether any was ever handed over."""
        return self.weaponhandover_set.exists()
