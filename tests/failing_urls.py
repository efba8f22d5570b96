"""The project's addresses and one that fails."""

import errno

from django.db.utils import InternalError, OperationalError
from django.urls import path

from antq.urls import handler400, handler403, handler404, handler500
from antq.urls import urlpatterns as project

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def failing(request):
    raise RuntimeError("on purpose")


def away(request):
    raise OperationalError("could not connect to server")


def full(request):
    raise OSError(errno.ENOSPC, "No space left on device")


def read_only(request):
    raise OSError(errno.EROFS, "Read-only file system")


def quota(request):
    raise OSError(errno.EDQUOT, "Disk quota exceeded")


def other_file(request):
    raise OSError(errno.EIO, "Input/output error")


def internal(request):
    raise InternalError("current transaction is aborted")


FAILING = {view.__name__: view for view in (failing, away, full, read_only, quota, other_file, internal)}

urlpatterns = [
    *project,
    *[path(f"{under}{name}/", view) for name, view in FAILING.items() for under in ("", "api/")],
]
