"""Django admin for the catalogues of the register."""

from django.contrib import admin

from communes.admin_kinds import KeptAdmin
from models_registry.models import GroupKind, GroupNorm, InitiativeType


class CatalogueAdmin(KeptAdmin):
    """A catalogue: codes are stable for ever, so they are set once."""

    list_display = ["name", "code", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request: object, obj: object = None) -> list[str]:
        """The code of a row that exists stays."""
        return ["code"] if obj else []


class NormInline(admin.TabularInline):
    """How many members each province asks for."""

    model = GroupNorm
    extra = 0


@admin.register(GroupKind)
class GroupKindAdmin(CatalogueAdmin):
    """Kinds of group."""

    list_display = ["name", "short_name", "seat", "counts", "position", "is_active"]
    inlines = [NormInline]


@admin.register(InitiativeType)
class InitiativeTypeAdmin(CatalogueAdmin):
    """Types of initiative."""

    list_display = ["name", "code", "field", "position", "is_active"]
    list_filter = ["is_active", "field"]
