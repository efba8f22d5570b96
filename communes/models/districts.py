"""Districts: a level of the country until the two-level local government of July 2025."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q, UniqueConstraint

from communes.managers import DistrictQuerySet
from communes.models.places import OfficialUnit, Province


class District(OfficialUnit):
    """A district (*huyện, quận, thị xã, thành phố*) of its time; its communes name it."""

    code = models.CharField("mã", max_length=3, validators=[RegexValidator(r"^\d{3}$", "Mã huyện gồm 3 chữ số.")])
    province = models.ForeignKey(Province, models.PROTECT, verbose_name="tỉnh, thành phố")

    objects = DistrictQuerySet.as_manager()

    class Meta(OfficialUnit.Meta):
        verbose_name = "huyện, quận, thị xã"
        verbose_name_plural = "huyện, quận, thị xã"
        constraints = [
            *OfficialUnit.Meta.constraints,
            UniqueConstraint(
                fields=["code"],
                condition=Q(ended_on__isnull=True),
                name="living_district_code",
                violation_error_message="Đã có một huyện đang hoạt động mang mã này.",
            ),
        ]
