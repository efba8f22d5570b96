"""Which groups and initiatives."""

from django.apps import AppConfig

from communes.editions import Watched


class ModelsRegistryConfig(AppConfig):
    """The register of self-management groups, their members, and initiatives."""

    name = "models_registry"
    verbose_name = "Danh bạ tổ tự quản và mô hình"
    watched = (
        Watched("catalogue", ("GroupKind", "InitiativeType")),
        Watched("register", ("SelfManagementGroup", "FormerSize", "Member", "Initiative", "InitiativeSite")),
        Watched("register", ("Award", "FestivalDay")),
    )
