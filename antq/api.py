"""The addresses of the API, and the page that describes it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from communes import api as communes
from communes.parameters import KnownParametersOnly
from models_registry import api as registry
from reports.api import published, reports, review, summary


class DescriptionView(KnownParametersOnly, SpectacularAPIView):
    """Seen by: everyone signed in. The description of the API, for other programs."""

    parameters = ("lang", "version")


router = SimpleRouter()
for prefix, viewset, basename in (
    *communes.ROUTES,
    *registry.ROUTES,
    *reports.ROUTES,
    *review.ROUTES,
    *published.ROUTES,
):
    router.register(f"v1/{prefix}", viewset, basename)


def docs(request: HttpRequest) -> HttpResponse:
    """Seen by: everyone signed in. The API's calls, read from its schema and drawn without scripts."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    calls = [
        {"path": address, "method": method.upper(), **operation}
        for address, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api_docs.html", {"calls": calls})


urlpatterns = [
    path("schema/", DescriptionView.as_view(), name="schema"),
    path("docs/", docs, name="api_docs"),
    path("v1/summary/", summary.SummaryView.as_view(), name="api_summary"),
    path("v1/queue/", review.QueueView.as_view(), name="api_queue"),
    path("v1/timeliness/", review.TimelinessView.as_view(), name="api_timeliness"),
    *router.urls,
]
