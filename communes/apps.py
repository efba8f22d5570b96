"""Where, and who."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from communes.editions import Watched


class CommunesConfig(AppConfig):
    """Places of the country and the people who report on them."""

    name = "communes"
    verbose_name = "Địa bàn và tài khoản"
    watched = (
        Watched("places", ("Province", "Commune", "District", "Cluster", "Cluster_communes", "UnitSuccession")),
        Watched("register", ("Hamlet", "HamletSuccession", "SafetyRecord")),
    )

    def ready(self) -> None:
        """Have the database raise editions; called again after every migration, with all the apps' tables there."""
        from communes import long_lists
        from communes.triggers import install

        long_lists.install()
        post_migrate.connect(install, sender=self)
