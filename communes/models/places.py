"""Places of the country, which begin and end."""

from datetime import timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone

from communes.days import is_near
from communes.held import Setting
from communes.managers import CommuneQuerySet, ProvinceQuerySet
from communes.names import FoldedField, NameField, SortKeyField


class Lived(models.Model):
    """A row with a first day and perhaps a last one."""

    started_on = models.DateField("có từ ngày", null=True, blank=True, validators=[is_near])
    ended_on = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="%(app_label)s_%(class)s_ends_after_start",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            )
        ]


class OfficialUnit(Lived):
    """A unit with an official code, unique among living units only: codes are used again."""

    code: "models.CharField[str, str]"  # each kind of unit has its own length
    name = NameField("tên", max_length=100)
    kind = NameField("loại", max_length=20)
    search = FoldedField(of=("kind", "name"))
    sort_key = SortKeyField(of=("name",))
    latitude = models.DecimalField("vĩ độ", max_digits=8, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField("kinh độ", max_digits=8, decimal_places=4, null=True, blank=True)

    class Meta(Lived.Meta):
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        former = f" (đến {self.ended_on:%d/%m/%Y})" if self.ended_on else ""
        return f"{self.kind} {self.name}{former}"

    def clean(self) -> None:
        """A last day is written once it is past: what has one is former, and read by whom it went to."""
        super().clean()
        if self.ended_on is not None and not self.is_over:
            said = f"Ngày {self.ended_on:%d/%m/%Y} chưa qua: đơn vị vẫn đang hoạt động, hãy để trống và ghi khi đã qua."
            raise ValidationError({"ended_on": said})

    @property
    def is_over(self) -> bool:
        """Whether its last day is past, in Hà Nội."""
        return self.ended_on is not None and self.ended_on < timezone.localdate()

    @property
    def slug(self) -> str:
        """The unit's name in addresses and in the API: "07999", or "07999-2025" once it has ended."""
        return f"{self.code}-{self.ended_on.year}" if self.ended_on else self.code


A_MONTH = (r"^20\d{2}-(0[1-9]|1[0-2])$", "Viết năm và tháng, ví dụ 2026-01.")
"""How a month is written, and what is said where it is not."""
BEFORE_IT = "Các tháng trước, nhập lại từ sổ cũ, không bao giờ quá hạn; để trống: không giới hạn."
"""What the first month that a province must report means for those before."""


class Province(OfficialUnit):
    """A province or centrally run city, with the settings of its reporting."""

    code = models.CharField("mã", max_length=2, validators=[RegexValidator(r"^\d{2}$", "Mã tỉnh gồm 2 chữ số.")])
    office_name = NameField(
        "tên cơ quan tổng hợp",
        max_length=150,
        default="Phòng Xây dựng phong trào toàn dân bảo vệ ANTQ",
    )
    cutoff_day = models.PositiveSmallIntegerField(
        "ngày chốt số liệu",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="Tháng báo cáo kết thúc vào ngày này (Nghị định 09/2019/NĐ-CP: ngày 14).",
    )
    commune_due_day = models.PositiveSmallIntegerField(
        "hạn gửi của xã",
        default=17,
        validators=[MaxValueValidator(28)],
        help_text="Ngày trong tháng; cấp xã gửi chậm nhất hết ngày này.",
    )
    province_due_day = models.PositiveSmallIntegerField(
        "hạn gửi của tỉnh", default=20, validators=[MaxValueValidator(28)]
    )
    year_first_month = models.PositiveSmallIntegerField(
        "tháng đầu của năm báo cáo",
        default=1,
        choices=[(1, "Tháng 1 (15/12 – 14/12)"), (12, "Tháng 12 năm trước (15/11 – 14/11)")],
    )
    first_month = models.CharField(
        "tháng đầu tiên phải báo cáo",
        max_length=7,
        blank=True,
        validators=[RegexValidator(*A_MONTH)],
        help_text=f"Ví dụ 2026-01. {BEFORE_IT}",
    )
    settings_before = models.JSONField(
        "quy định trước đây",
        default=list,
        blank=True,
        editable=False,
        help_text="Các ngày và tháng đầu năm đã áp dụng đến hết tháng nào (until), cũ nhất trước.",
    )

    heir = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="succeeded",
        verbose_name="tỉnh kế thừa",
        help_text="Tỉnh hiện nay mà phần lớn các xã của tỉnh cũ đã vào; theo các liên kết của xã.",
    )

    SETTINGS: ClassVar = ("cutoff_day", "commune_due_day", "province_due_day", "year_first_month")

    objects = ProvinceQuerySet.as_manager()

    class Meta(OfficialUnit.Meta):
        verbose_name = "tỉnh, thành phố"
        verbose_name_plural = "tỉnh, thành phố"
        constraints = [
            *OfficialUnit.Meta.constraints,
            UniqueConstraint(
                fields=["code"],
                condition=Q(ended_on__isnull=True),
                name="living_province_code",
                violation_error_message="Đã có một tỉnh đang hoạt động mang mã này.",
            ),
            CheckConstraint(
                condition=Q(commune_due_day__gt=F("cutoff_day")) & Q(province_due_day__gte=F("commune_due_day")),
                name="province_due_days_in_order",
                violation_error_message="Hạn của xã phải sau ngày chốt; hạn của tỉnh không trước hạn của xã "
                "(Nghị định 09/2019/NĐ-CP, khoản 5 Điều 8).",
            ),
            CheckConstraint(
                condition=Q(year_first_month__in=[1, 12]),
                name="province_year_first_month",
                violation_error_message="Năm báo cáo bắt đầu từ tháng 1 hoặc tháng 12 năm trước.",
            ),
        ]

    def clean(self) -> None:
        """A province that goes on in another is over: that one's people read what it reported."""
        super().clean()
        if self.heir_id and self.ended_on is None:
            said = f"Tỉnh này đã tiếp tục ở {self.heir} nên giữ ngày kết thúc; muốn lập lại thì hoàn tác lần sắp xếp."
            raise ValidationError({"ended_on": said})

    def hold_from(self, since: str, former: dict[str, int]) -> None:
        """Let the settings hold from a month on ("2026-06"), ``former`` until the month before; nothing is saved.

        What is set again from the same month leaves one trace, of what held before both.
        """
        year, month = int(since[:4]), int(since[5:])
        until = f"{year - (month == 1):04d}-{(month - 2) % 12 + 1:02d}"
        if not self.settings_before or self.settings_before[-1]["until"] != until:
            self.settings_before = [*self.settings_before, {"until": until} | former]

    def _setting(self, name: str) -> Setting:
        return Setting(getattr(self, name), tuple((one["until"], one[name]) for one in self.settings_before))

    @property
    def cutoff(self) -> Setting:
        """The day on which a month ends."""
        return self._setting("cutoff_day")

    @property
    def commune_due(self) -> Setting:
        """The last day on which communes send a month."""
        return self._setting("commune_due_day")

    @property
    def province_due(self) -> Setting:
        """The last day on which the province's office sends a month."""
        return self._setting("province_due_day")

    @property
    def year_first(self) -> Setting:
        """The first month of a reporting year, asked by the year's own first calendar month."""
        return self._setting("year_first_month")


class Commune(OfficialUnit):
    """A commune, ward or special zone."""

    code = models.CharField("mã", max_length=5, validators=[RegexValidator(r"^\d{5}$|^D\d{3}$", "Mã xã gồm 5 chữ số.")])
    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh, thành phố")
    district = models.ForeignKey(
        "communes.District", models.PROTECT, null=True, blank=True, verbose_name="huyện, quận, thị xã"
    )
    area_km2 = models.DecimalField("diện tích (km²)", max_digits=9, decimal_places=2, null=True, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta(OfficialUnit.Meta):
        verbose_name = "xã, phường, đặc khu"
        verbose_name_plural = "xã, phường, đặc khu"
        constraints = [
            *OfficialUnit.Meta.constraints,
            UniqueConstraint(
                fields=["code"],
                condition=Q(ended_on__isnull=True),
                name="living_commune_code",
                violation_error_message="Đã có một xã đang hoạt động mang mã này.",
            ),
        ]
        indexes = [models.Index(fields=["province", "code"], name="commune_by_province")]

    def clean(self) -> None:
        """A commune that went into another keeps its last day: the heir's figures hold what it reported until then."""
        super().clean()
        link = UnitSuccession.objects.filter(predecessor=self.pk).select_related("predecessor", "successor").first()
        if link and self.ended_on not in {link.predecessor.ended_on, link.day - timedelta(days=1)} - {None}:
            said = f"Đơn vị này đã vào {link.successor} từ ngày {link.day:%d/%m/%Y} nên giữ ngày kết thúc; "
            said += "muốn đổi thì hoàn tác lần sắp xếp, hoặc xóa dòng ấy ở trang của đơn vị mới trước."
            raise ValidationError({"ended_on": said})

    def heirs(self) -> "list[Commune]":
        """Return the main heir, that one's, and so on."""
        found: list[Commune] = []
        link = self.successions.filter(main=True).select_related("successor").first()
        while link and link.successor not in found:
            found.append(link.successor)
            link = link.successor.successions.filter(main=True).select_related("successor").first()
        return found

    def family(self) -> tuple[int, ...]:
        """Return its key and those of the former communes whose main heir it is, directly or over others.

        One that lives is nobody's to read, whatever is said of its heirs.
        """
        found: tuple[int, ...] = (self.pk,)
        newest = found
        while newest:
            links = UnitSuccession.objects.filter(main=True, successor__in=newest)
            links = links.filter(predecessor__ended_on__lt=timezone.localdate()).exclude(predecessor__in=found)
            rows = list(links.values_list("predecessor", "predecessor__inheritances"))
            found += tuple({old for old, _ in rows})
            newest = tuple({old for old, older in rows if older})
        return found


class UnitSuccession(models.Model):
    """Which commune went into which on a day; figures are never moved, they are read through this."""

    predecessor = models.ForeignKey(Commune, models.PROTECT, related_name="successions", verbose_name="đơn vị cũ")
    successor = models.ForeignKey(Commune, models.PROTECT, related_name="inheritances", verbose_name="đơn vị mới")
    day = models.DateField("ngày")
    decision = NameField("nghị quyết, quyết định", max_length=150, blank=True)
    whole = models.BooleanField("toàn bộ", default=True)
    main = models.BooleanField(
        "kế thừa chính", default=True, help_text="Nhận số liệu khi không chia được cho các đơn vị mới."
    )

    change = models.ForeignKey(
        "communes.RegisterChange",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="unit_successions",
        verbose_name="lần sắp xếp",
    )

    class Meta:
        verbose_name = "sáp nhập, chia tách"
        verbose_name_plural = "sáp nhập, chia tách"
        constraints = [
            UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            UniqueConstraint(
                fields=["predecessor"],
                condition=Q(main=True),
                name="one_main_heir",
                violation_error_message="Mỗi đơn vị cũ chỉ có một đơn vị kế thừa chính.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"

    def clean(self) -> None:
        """What goes into another ended on the eve: the heir's people read its register."""
        super().clean()
        old = Commune.objects.filter(pk=self.predecessor_id).first()
        if old and self.day and old.ended_on != (eve := self.day - timedelta(days=1)):
            said = f"{old} phải kết thúc ngày {eve:%d/%m/%Y}; hãy ghi ngày ấy ở trang của đơn vị đó trước."
            raise ValidationError({"predecessor": said})

    @classmethod
    def generations(cls) -> int:
        """Over how many mergers, one on top of another, the figures of a commune may have come to its heir of today."""
        later = cls.objects.filter(main=True, predecessor__inheritances__main=True)
        links = dict(later.order_by().values_list("predecessor", "successor").distinct())
        longest = 1
        for one in links:
            line = [one]
            while (heir := links.get(line[-1])) is not None and heir not in line:
                line.append(heir)
            longest = max(longest, len(line))
        return longest
