"""The admin site of the project."""

from django.contrib.admin.apps import AdminConfig


class AntqAdminConfig(AdminConfig):
    """Puts :class:`antq.admin_site.AntqAdminSite` in the place of Django's default site."""

    default_site = "antq.admin_site.AntqAdminSite"

    def ready(self) -> None:
        """Know what is checked before the site is deployed."""
        super().ready()
        from antq import checks  # noqa: F401
