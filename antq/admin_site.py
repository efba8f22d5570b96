"""Django admin, entered through the same sign-in page as everything else."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from communes.refusals import Forbidden, Refused


class AntqAdminSite(AdminSite):
    """The administrators' site: accounts, places, catalogues and deadlines."""

    site_header = "Quản trị ANTQ"
    site_title = "Quản trị ANTQ"
    index_title = "Tài khoản, địa bàn và danh mục"
    enable_nav_sidebar = False  # the lists need its room; the path above leads back

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the one sign-in page; refuse those signed in without the role."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Refused(Forbidden("Trang quản trị chỉ dành cho người quản trị hệ thống."))
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
