"""Addresses of a register."""

from django.urls import URLPattern, path

from communes.register import bulk, lists, recent, rows
from communes.register.kinds import Register


def urls_of(register: Register) -> list[URLPattern]:
    """The addresses of one register."""
    options = {"register": register}
    base, name = f"register/{register.slug}/", f"register_{register.slug}"
    return [
        path(base, lists.listing, options, name=name),
        path(f"{base}new/", rows.edit, options, name=f"{name}_new"),
        path(f"{base}bulk/", bulk.bulk, options, name=f"{name}_bulk"),
        path(f"{base}<int:pk>/", rows.edit, options, name=f"{name}_edit"),
        path(f"{base}<int:pk>/end/", rows.close, options, name=f"{name}_end"),
        path(f"{base}<int:pk>/delete/", rows.delete, options, name=f"{name}_delete"),
        path(f"{base}<int:pk>/history/", rows.history, options, name=f"{name}_history"),
    ]


common = [
    path("register/history/", recent.overall, name="register_history"),
    path("register/recent/", recent.recent, name="register_recent"),
    path("register/recent/<int:pk>/", recent.change, name="register_changes"),
    path("register/recent/<int:pk>/undo/", recent.take_back, name="register_changes_undo"),
]
