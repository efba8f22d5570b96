"""Which groups and initiatives."""

from django.apps import AppConfig


class ModelsRegistryConfig(AppConfig):
    """The register of self-management groups, their members, and initiatives."""

    name = "models_registry"
    verbose_name = "Danh bạ tổ tự quản và mô hình"
