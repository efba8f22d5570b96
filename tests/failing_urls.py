"""The project's addresses and one that fails."""

from django.urls import path

from antq.urls import handler400, handler403, handler404, handler500
from antq.urls import urlpatterns as project

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def failing(request):
    raise RuntimeError("on purpose")


urlpatterns = [*project, path("failing/", failing)]
