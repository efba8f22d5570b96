"""Pages on which a province divides its communes into clusters."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from communes import clusters
from communes.cluster_forms import ClusterForm
from communes.models import Cluster, Commune
from communes.refusals import Objection, Refused, require
from communes.requests import AuthenticatedHttpRequest, require_above_communes
from communes.saving import held_while_saving


def _reader(request: AuthenticatedHttpRequest) -> Objection | None:
    """Refuse who may not see clusters at all; return why the others may not change them."""
    user = request.user
    require_above_communes(user)
    return clusters.objection(user)


def cluster_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province, whose reviewer defines its clusters, and the country, which reads them all."""
    refusal = _reader(request)
    found = (
        Cluster.objects.visible_to(request.user)
        .select_related("province")
        .prefetch_related("communes")
        .order_by("province__code", "grouping", "sort_key", "pk")
    )
    groupings = [
        (province, grouping, list(members))
        for (province, grouping), members in groupby(found, key=lambda one: (one.province, one.grouping))
    ]
    context: dict[str, Any] = {"groupings": groupings, "refusal": refusal, "by_district": clusters.BY_DISTRICT}
    if not refusal and clusters.BY_DISTRICT not in {grouping for _, grouping, _ in groupings}:
        living = Commune.objects.visible_to(request.user).living()
        context["proposal"] = clusters.proposal(living)
    return render(request, "clusters/list.html", context)


def cluster_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's reviewer."""
    require(_reader(request))
    cluster = Cluster(province=request.user.own_province)
    return _form(request, cluster, {"grouping": request.GET.get("grouping", "")[:60]})


def cluster_edit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: the province, whose reviewer may change the cluster, and the country."""
    with held_while_saving(request, Cluster, pk):
        return _edit(request, pk)


def _edit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    refusal = _reader(request)
    cluster = get_object_or_404(Cluster.objects.visible_to(request.user).select_related("province"), pk=pk)
    if refusal:
        if request.method == "POST":
            raise Refused(refusal)
        context = {"cluster": cluster, "communes": cluster.communes.order_by("sort_key"), "refusal": refusal}
        return render(request, "clusters/read.html", context)
    return _form(request, cluster, {})


def _form(request: AuthenticatedHttpRequest, cluster: Cluster, initial: dict[str, Any]) -> HttpResponse:
    name = str(cluster)
    form = ClusterForm(request.POST or None, instance=cluster, initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"Đã lưu cụm “{cluster}” ({cluster.grouping}). {form.taken_over}".strip())
        return redirect("clusters")
    known = Cluster.objects.visible_to(request.user).order_by("grouping").values_list("grouping", flat=True).distinct()
    context = {"form": form, "name": name, "cluster": cluster, "known": known}
    status = 409 if form.clashes else 422 if form.errors else 200
    return render(request, "clusters/form.html", context, status=status)


def cluster_delete(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: the province's reviewer. Figures stay with their communes; only the division goes."""
    require(_reader(request))
    cluster = get_object_or_404(Cluster.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        clusters.remove(cluster, by=request.user)
        messages.success(request, f"Đã xóa cụm “{cluster}”. Số liệu của các xã giữ nguyên.")
        return redirect("clusters")
    return render(request, "clusters/delete.html", {"cluster": cluster, "count": cluster.communes.count()})


@require_POST
def cluster_propose(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's reviewer. Makes the clusters by former district in one step."""
    require(_reader(request))
    try:
        made = clusters.propose(request.user.own_province, by=request.user)
    except Refused as refused:
        messages.error(request, refused.objection)
    else:
        messages.success(request, f"Đã đặt {len(made)} cụm “{clusters.BY_DISTRICT}”.")
    return redirect("clusters")
