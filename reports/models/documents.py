"""The official report: letterheads, templates, what was written over the drafts, and issued versions.

An issued version keeps the figures it was made from as rows of their own, with the names they had:
whatever changes later, it can be made again as it was. Its rows are written once.
"""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, CheckConstraint, F, OuterRef, Q, UniqueConstraint, When
from django.db.models.functions import Coalesce, Greatest, NullIf

from communes.models import Commune, Hamlet, Province, UnitSuccession, User
from communes.names import NameField, WordsField
from communes.privacy import refuse_personal_numbers
from communes.records import Records
from communes.scope import ScopedQuerySet
from reports.models.catalogue import Indicator, WeaponKind
from reports.models.remarks import ReportEvent
from reports.models.reports import MonthlyReport
from reports.months import MonthField, Span
from reports.units import Unit

MOST_WORDS = 6000
INCLUDES = [("approved", "Đã duyệt"), ("sent", "Đã gửi"), ("all", "Tất cả, kể cả đang nhập")]


class OfUnitQuerySet(ScopedQuerySet):
    """What belongs to a commune, or (no commune) to the province's own office."""

    follows_heirs = True
    province_path = "province"

    def of(self, unit: Unit) -> Self:
        """Return what belongs to one unit."""
        return self.filter(**unit.path())


class OfUnit(models.Model):
    """A row that belongs to a unit."""

    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="tỉnh, thành phố")
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="xã, phường, đặc khu"
    )

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def unit(self) -> Unit:
        """The unit."""
        return Unit(self.province, self.commune)


class Letterhead(OfUnit):
    """What stands around a unit's report (Decree 30/2020/NĐ-CP); each change is a new row, the last one counts."""

    superior = NameField("cơ quan chủ quản", max_length=150, help_text="Ví dụ: CÔNG AN TỈNH PHÚ THỌ")
    body = NameField("cơ quan ban hành", max_length=150, help_text="Ví dụ: CÔNG AN XÃ CHÍ ĐÁM")
    symbol = NameField("ký hiệu", max_length=40, help_text="Ví dụ: BC-CAX")
    place = NameField("địa danh", max_length=80, help_text="Ví dụ: Chí Đám")
    signatory_title = WordsField(
        "quyền hạn, chức vụ người ký",
        max_length=200,
        help_text="Có thể hai dòng, ví dụ: KT. TRƯỞNG CÔNG AN XÃ, xuống dòng PHÓ TRƯỞNG CÔNG AN XÃ",
    )
    signatory = NameField(
        "cấp bậc, họ tên người ký", max_length=100, blank=True, help_text="Ví dụ: Thượng tá Trần Văn Minh"
    )
    recipients = WordsField(
        "nơi nhận", max_length=1500, help_text="Mỗi nơi một dòng.", validators=[refuse_personal_numbers]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "thể thức văn bản"
        verbose_name_plural = "thể thức văn bản"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.body

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the symbol in capitals (Decree 30/2020/NĐ-CP)."""
        self.symbol = self.symbol.upper()
        super().save(*args, **kwargs)


class ReportTemplate(models.Model):
    """A Word template of a province; one of them may be in use, else the project's own is."""

    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="tỉnh, thành phố")
    name = NameField("tên tệp", max_length=150)
    content = models.BinaryField("nội dung")
    active = models.BooleanField("đang dùng", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu báo cáo Word"
        verbose_name_plural = "mẫu báo cáo Word"
        ordering = ["-pk"]
        constraints = [
            UniqueConstraint(fields=["province"], condition=Q(active=True), name="one_template_in_use"),
        ]

    def __str__(self) -> str:
        return self.name


class DraftEdit(OfUnit):
    """What somebody wrote over one drafted paragraph of a unit's report.

    ``drafted`` is the draft it was written over: where today's draft differs, the figures have moved and
    both are shown. An added paragraph was written over nothing; a dropped one says nothing.
    """

    _history_user: User | None  # who its history names as the writer

    class Kind(models.TextChoices):
        """What was done with the draft."""

        WRITTEN = "written", "Sửa lời"
        DROPPED = "dropped", "Bỏ đoạn"
        ADDED = "added", "Thêm đoạn"

    span = models.CharField("kỳ", max_length=20)
    include = models.CharField("tính", max_length=8, choices=INCLUDES)
    section = models.CharField("mục", max_length=60)
    key = models.CharField("đoạn", max_length=40)
    kind = models.CharField("việc", max_length=7, choices=Kind)
    drafted = models.TextField("bản tự động khi sửa", blank=True)
    text = WordsField("lời văn", max_length=MOST_WORDS, blank=True, validators=[refuse_personal_numbers])
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    history = Records()

    class Meta:
        verbose_name = "đoạn văn đã sửa"
        verbose_name_plural = "đoạn văn đã sửa"
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["commune", "span", "include", "key"],
                condition=Q(commune__isnull=False),
                name="one_edit_a_paragraph",
            ),
            UniqueConstraint(
                fields=["province", "span", "include", "key"],
                condition=Q(commune__isnull=True),
                name="one_province_edit_a_paragraph",
            ),
            CheckConstraint(
                condition=(Q(kind="dropped") & Q(text="")) | (~Q(kind="dropped") & ~Q(text="")),
                name="edit_says_what_it_is",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name}, {self.span}: {self.key}"


class Sealed(Exception):
    """An issued version is never changed: a new one replaces it."""


class SealedQuerySet(OfUnitQuerySet):
    """Rows that are written once."""

    def update(self, **changes: Any) -> int:
        """Refuse."""
        raise Sealed

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise Sealed


class WrittenOnce(models.Model):
    """A row that refuses to be changed or deleted."""

    objects = SealedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row the first time; refuse later."""
        if self.pk:
            raise Sealed
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise Sealed


NUMBER_TAKEN = "Đơn vị đã ban hành một báo cáo mang số này trong năm."


MOVES = {
    "approved": ("approve", "reopen", "undo"),
    "sent": ("submit", "return", "reopen", "undo"),
    "all": ("submit", "return", "approve", "reopen", "undo"),
}
"""The steps that change which reports count, or what they say, by which are counted."""


class IssuedQuerySet(SealedQuerySet):
    """Versions that went out."""

    def with_turned(self) -> "IssuedQuerySet":
        """Add ``turned_at``: when a month last took a step that may have moved a figure of theirs, or none."""
        here = OuterRef("commune"), OuterRef("province")
        ways: dict[bool, list[dict[str, Any]]] = {True: [{"commune": here[0]}], False: [{"province": here[1]}]}
        ways[False].append({"commune": None, "province__heir": here[1]})
        way, links = "commune", dict[str, Any]()
        for _ in range(UnitSuccession.generations()):  # of a former unit that went into this one, over others too
            way, links = f"{way}__successions__successor", links | {f"{way}__successions__main": True}
            ways[True].append(links | {way: here[0]})
            ways[False].append(links | {f"{way}__province": here[1]})
        span, since = {"month__gte": OuterRef("first"), "month__lte": OuterRef("last")}, OuterRef("at")

        def newest(rows: models.QuerySet, at: str, of: str, way: dict[str, Any]) -> Coalesce:
            asked = {f"{of}{name}": value for name, value in (span | way).items()}
            found = rows.filter(**asked, **{f"{at}__gt": since}).order_by(f"-{at}").values(at)[:1]
            return Coalesce(models.Subquery(found), F("at"))

        whens = []
        for include, actions in MOVES.items():
            steps = ReportEvent.objects.filter(action__in=actions)
            for is_commune, those in ways.items():
                moments = [newest(steps, "at", "report__", way) for way in those]
                if include == "all":  # what is typed counts at once
                    moments += [newest(MonthlyReport.objects.all(), "saved_at", "", way) for way in those]
                last = NullIf(Greatest(*moments), F("at"))
                whens.append(When(include=include, commune__isnull=not is_commune, then=last))
        return self.annotate(turned_at=Case(*whens))


class IssuedReport(WrittenOnce, OfUnit):
    """A report that went out under a number and a day; ``include`` is which monthly reports it counted."""

    span = models.CharField("kỳ", max_length=20)
    first = MonthField("từ tháng")
    last = MonthField("đến hết tháng")
    include = models.CharField("tính", max_length=8, choices=INCLUDES)
    number = models.PositiveIntegerField(
        "số", validators=[MinValueValidator(1, "Số văn bản từ 1 trở đi."), MaxValueValidator(99_999)]
    )
    year = models.PositiveSmallIntegerField("năm")
    day = models.DateField("ngày ban hành")
    place = models.CharField("địa bàn, gọi như khi ban hành", max_length=150)
    letterhead = models.ForeignKey(Letterhead, models.PROTECT, related_name="+")
    template = models.ForeignKey(ReportTemplate, models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    units = models.PositiveIntegerField("số đơn vị")
    reporting = models.PositiveIntegerField("số đơn vị có báo cáo")
    expected = models.PositiveIntegerField("số báo cáo tháng phải có")
    counted = models.PositiveIntegerField("số báo cáo tháng được tính")
    initiative_types = models.PositiveIntegerField("số loại mô hình")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    objects: ClassVar = IssuedQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo đã ban hành"
        verbose_name_plural = "báo cáo đã ban hành"
        ordering = ["-day", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["commune", "year", "number"],
                condition=Q(commune__isnull=False),
                name="one_issue_a_number",
                violation_error_message=NUMBER_TAKEN,
            ),
            UniqueConstraint(
                fields=["province", "year", "number"],
                condition=Q(commune__isnull=True),
                name="one_province_issue_a_number",
                violation_error_message=NUMBER_TAKEN,
            ),
            CheckConstraint(condition=Q(number__gte=1), name="issue_has_a_number"),
        ]

    def __str__(self) -> str:
        return f"Báo cáo số {self.mark}"

    @property
    def mark(self) -> str:
        """Its number and symbol: "05/BC-CAX"."""
        return f"{self.number:02d}/{self.letterhead.symbol}"

    @property
    def of_span(self) -> Span:
        """The span it reports on."""
        return Span(self.span, self.first, self.last)


class IssuedRow(WrittenOnce):
    """A row of an issued version, in its place; ``compared`` is how a figure compared, by span before, as issued."""

    issue = models.ForeignKey(IssuedReport, models.PROTECT, related_name="%(class)ss")
    position = models.PositiveIntegerField()

    class Meta:
        abstract = True
        ordering = ["position"]


class IssuedPart(IssuedRow):
    """A commune or a hamlet of the appendix, with the name it had; neither: what belongs to the unit itself."""

    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="+")
    hamlet = models.ForeignKey(Hamlet, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    counted = models.PositiveIntegerField("số báo cáo tháng được tính")
    expected = models.PositiveIntegerField("số báo cáo tháng phải có")

    class Meta(IssuedRow.Meta):
        constraints = [
            CheckConstraint(condition=Q(commune__isnull=True) | Q(hamlet__isnull=True), name="part_one_place")
        ]


class IssuedFigure(IssuedRow):
    """One indicator as it was issued, of the whole or (``part``) of a part; None is blank."""

    part = models.ForeignKey(IssuedPart, models.PROTECT, null=True, related_name="figures")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    section = models.CharField(max_length=255, blank=True)
    value = models.PositiveBigIntegerField(null=True)
    previous = models.PositiveBigIntegerField(null=True)
    same_span_last_year = models.PositiveBigIntegerField(null=True)
    year_to_date = models.PositiveBigIntegerField(null=True)
    compared = models.JSONField("so sánh", default=dict)
    reports = models.PositiveIntegerField(default=0)

    class Meta(IssuedRow.Meta):
        constraints = [
            UniqueConstraint(fields=["issue", "indicator"], condition=Q(part__isnull=True), name="one_issued_figure"),
            UniqueConstraint(
                fields=["part", "indicator"], condition=Q(part__isnull=False), name="one_issued_figure_a_part"
            ),
        ]


class IssuedWeapon(IssuedRow):
    """One kind of weapon as it was issued, in its own unit; None is blank."""

    kind = models.ForeignKey(WeaponKind, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    unit = models.CharField(max_length=20)
    is_gun = models.BooleanField()
    value = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    previous = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    same_span_last_year = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    year_to_date = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    compared = models.JSONField("so sánh", default=dict)

    class Meta(IssuedRow.Meta):
        constraints = [UniqueConstraint(fields=["issue", "kind"], name="one_issued_weapon")]


class IssuedMonth(IssuedRow):
    """One month of the year as its trend was issued, of the ``units`` that reported in each; None is blank."""

    month = MonthField("tháng")
    value = models.PositiveBigIntegerField(null=True)
    units = models.PositiveIntegerField("số đơn vị")

    class Meta(IssuedRow.Meta):
        constraints = [UniqueConstraint(fields=["issue", "month"], name="one_issued_month")]


class IssuedParagraph(IssuedRow):
    """One paragraph of the text, as it was issued."""

    section = models.CharField(max_length=60)
    key = models.CharField(max_length=40)
    text = models.TextField()

    class Meta(IssuedRow.Meta):
        constraints = [UniqueConstraint(fields=["issue", "key"], name="one_issued_paragraph")]
