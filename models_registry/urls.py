"""Addresses of the register."""

from models_registry import views

urlpatterns = [
    *views.GROUPS.urls(),
    *views.MEMBERS.urls(),
    *views.INITIATIVES.urls(),
    *views.AWARDS.urls(),
]
