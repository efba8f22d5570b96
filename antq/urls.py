"""All addresses."""

from django.contrib import admin
from django.urls import include, path

from antq import pages, parts

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("components/", parts.parts_page, name="parts"),
    path("admin/", admin.site.urls),
    path("api/", include("antq.api")),
    path("", include("communes.urls")),
    path("", include("models_registry.urls")),
    path("", include("reports.urls")),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
