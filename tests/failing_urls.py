"""The project's addresses and one that fails."""

from django.db.utils import OperationalError
from django.urls import path

from antq.urls import handler400, handler403, handler404, handler500
from antq.urls import urlpatterns as project

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def failing(request):
    raise RuntimeError("on purpose")


def away(request):
    raise OperationalError("could not connect to server")


urlpatterns = [
    *project,
    path("failing/", failing),
    path("away/", away),
    path("api/failing/", failing),
    path("api/away/", away),
]
