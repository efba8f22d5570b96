"""Where, and who."""

from django.apps import AppConfig


class CommunesConfig(AppConfig):
    """Places of the country and the people who report on them."""

    name = "communes"
    verbose_name = "Địa bàn và tài khoản"
