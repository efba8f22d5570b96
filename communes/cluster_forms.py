"""The form of a cluster of communes."""

from typing import Any

from django import forms
from django.db import transaction

from communes import clusters
from communes.forms import ScopedForm
from communes.meeting import MeetingForm
from communes.models import Cluster, Commune
from communes.models.clusters import GROUPINGS


class MembersField(forms.ModelMultipleChoiceField):
    """The communes of a cluster, each with the cluster of the same grouping it stands in now."""

    taken: dict[int, str] = {}

    def label_from_instance(self, obj: Any) -> str:
        """Name the commune, and where it stands."""
        where = self.taken.get(obj.pk)
        return f"{obj} (đang ở {where})" if where else str(obj)


class ClusterForm(MeetingForm, ScopedForm):
    """A cluster, kept by the province's reviewer; communes are those living in the province."""

    communes = MembersField(
        Commune.objects.none(),
        label="Các xã, phường",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một xã, phường."},
    )

    class Meta:
        model = Cluster
        fields = ["grouping", "name", "communes"]
        widgets = {"grouping": forms.TextInput(attrs={"list": "groupings"})}
        help_texts = {
            "grouping": f"{GROUPINGS} Trong một cách chia, mỗi xã chỉ ở một cụm.",
            "name": "Ví dụ: Huyện Đoan Hùng cũ, Khu vực phía bắc.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cluster = self.instance
        members: MembersField = self.fields["communes"]  # type: ignore[assignment]
        living = Commune.objects.filter(province=cluster.province, ended_on=None)
        if cluster.pk:
            living = living | Commune.objects.filter(province=cluster.province, clusters=cluster)
        members.queryset = living.distinct().order_by("sort_key", "pk")
        grouping = self.data.get("grouping") or self.initial.get("grouping") or cluster.grouping
        others = Cluster.objects.filter(province=cluster.province, grouping=grouping).exclude(pk=cluster.pk)
        members.taken = dict(others.exclude(communes=None).values_list("communes", "name"))

    def clean(self) -> dict[str, Any]:
        """Refuse communes that stand in another cluster of the grouping."""
        data = super().clean() or self.cleaned_data
        if "grouping" in data and "communes" in data:
            self.instance.grouping = data["grouping"]
            self.instance.refuse_strangers(list(data["communes"]))
        return data

    def save(self, commit: bool = True) -> Cluster:
        """Save the cluster with its communes, and leave it in the trail."""
        what = "Sửa" if self.instance.pk else "Thêm"
        with transaction.atomic():
            cluster: Cluster = super().save(commit)
            clusters.tell(what, cluster, by=self.user)
        return cluster
