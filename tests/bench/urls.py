"""The project's addresses, and the floors beside them behind the same middleware."""

from django.urls import include, path

from tests.bench import dashboard, floors, measure, peer, provinces, save_one_cell

urlpatterns = [
    path("floor/bytes/", measure.same_bytes),
    path("floor/update/", save_one_cell.update),
    path("floor/dashboard/", dashboard.by_hand),
    path("floor/provinces/", provinces.by_hand),
    path("floor/totals/", floors.totals),
    path("peer/cell/", peer.cell),
    path("peer/totals/", peer.totals),
    path("", include("antq.urls")),
]
