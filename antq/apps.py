"""The admin site of the project."""

from django.contrib.admin.apps import AdminConfig


class AntqAdminConfig(AdminConfig):
    """Puts :class:`antq.admin_site.AntqAdminSite` in the place of Django's default site."""

    default_site = "antq.admin_site.AntqAdminSite"
