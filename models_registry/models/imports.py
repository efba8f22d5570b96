"""A workbook on its way into the register."""

from django.db import models
from django.db.models import CheckConstraint, Q

from communes.models import Commune, Province, RegisterChange, User
from communes.names import NameField
from models_registry.managers import ImportQuerySet


class RegisterImport(models.Model):
    """An uploaded workbook: kept until it is applied or given up, then only its name and numbers stay."""

    class Kind(models.TextChoices):
        """What its rows are."""

        HAMLETS = "hamlets", "Khu dân cư"
        INSTITUTIONS = "institutions", "Cơ quan, doanh nghiệp, trường học"
        GROUPS = "groups", "Tổ tự quản"
        MEMBERS = "members", "Thành viên"
        INITIATIVES = "initiatives", "Mô hình"
        SAFETY = "safety", "“An toàn về ANTT”"
        AWARDS = "awards", "Khen thưởng"
        FESTIVALS = "festivals", "Ngày hội"
        PRIORITY = "priority", "Xã trọng điểm"

    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, verbose_name="xã, phường, đặc khu")
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, verbose_name="tỉnh, thành phố"
    )  # of a list that the province keeps
    kind = models.CharField("danh sách", max_length=12, choices=Kind)
    file_name = NameField("tệp", max_length=200)
    content = models.BinaryField("nội dung", null=True)
    columns = models.JSONField("cột", default=dict, blank=True)
    answers = models.JSONField("trả lời", default=dict, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người nhập")
    at = models.DateTimeField("tải lên lúc")
    change = models.OneToOneField(
        RegisterChange, models.PROTECT, null=True, blank=True, related_name="source", verbose_name="thay đổi"
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập từ bảng tính"
        verbose_name_plural = "lần nhập từ bảng tính"
        ordering = ["-at", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(commune__isnull=True, province__isnull=False)
                | Q(commune__isnull=False, province__isnull=True),
                name="import_of_one_place",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def place(self) -> Commune | Province:
        """Whose list it goes into."""
        place = self.commune or self.province
        assert place is not None
        return place
