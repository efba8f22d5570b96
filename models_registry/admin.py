"""Django admin for the catalogues of the register."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from communes.admin_kinds import KeptAdmin, RowForm, RowFormSet
from models_registry.models import CatalogueRow, GroupKind, GroupNorm, InitiativeType


class CatalogueAdmin(KeptAdmin):
    """A catalogue: codes are stable for ever, so they are set once; what is counted by a row stays what it was."""

    list_display = ["name", "code", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request: object, obj: CatalogueRow | None = None) -> list[str]:
        """The code of a row that exists stays, and what its figures are counted by."""
        return ["code", *self.fixed(obj)] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Say beside what does not change why, and the way on."""
        why = {name: obj.why_fixed(name) for name in self.fixed(obj)} if obj else {}
        return super().get_form(request, obj, change, **{"help_texts": why, **kwargs})

    @staticmethod
    def fixed(obj: CatalogueRow | None) -> tuple[str, ...]:
        """The columns of a row that stay what they are."""
        return obj.FIXED if obj and obj.FIXED and obj.is_counted() else ()


class NormInline(admin.TabularInline):
    """How many members each province asks for."""

    model = GroupNorm
    form, formset = RowForm, RowFormSet
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
