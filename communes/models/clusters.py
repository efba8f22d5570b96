"""Clusters: a level between province and commune that the province defines for itself."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import UniqueConstraint

from communes.managers import ClusterQuerySet
from communes.models.places import Commune, Province
from communes.names import NameField, SortKeyField

GROUPINGS = "Ví dụ: Theo huyện cũ, Theo khu vực."


class Cluster(models.Model):
    """Some communes of a province under one name ("Huyện Đoan Hùng cũ"), within one grouping.

    A grouping ("Theo huyện cũ", "Theo khu vực") divides the province; a commune stands in it once at most.
    """

    province = models.ForeignKey(Province, models.PROTECT, related_name="clusters", verbose_name="tỉnh, thành phố")
    grouping = NameField("cách chia", max_length=60, help_text=GROUPINGS)
    name = NameField("tên cụm", max_length=100)
    sort_key = SortKeyField(of=("name",))
    communes = models.ManyToManyField(Commune, related_name="clusters", verbose_name="các xã, phường")

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = "cụm xã"
        verbose_name_plural = "cụm xã"
        ordering = ["grouping", "sort_key", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["province", "grouping", "name"],
                name="cluster_named_once",
                violation_error_message="Cách chia này đã có một cụm mang tên đó.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def refuse_strangers(self, communes: list[Commune]) -> None:
        """Raise ``ValidationError`` for communes of another province or already in a cluster of the grouping."""
        if any(commune.province_id != self.province_id for commune in communes):
            raise ValidationError({"communes": "Cụm chỉ gồm các xã, phường của tỉnh."})
        others = Cluster.objects.filter(province=self.province_id, grouping=self.grouping).exclude(pk=self.pk)
        taken = Commune.objects.filter(clusters__in=others, pk__in=[c.pk for c in communes]).first()
        if taken:
            raise ValidationError({"communes": f"{taken} đã ở một cụm khác của “{self.grouping}”."})
