"""Django admin for the catalogues of reports."""

from django.contrib import admin

from models_registry.admin import CatalogueAdmin
from reports.models import Indicator, IndicatorSection, WeaponKind


@admin.register(IndicatorSection)
class IndicatorSectionAdmin(CatalogueAdmin):
    """Headings of the catalogue."""


@admin.register(Indicator)
class IndicatorAdmin(CatalogueAdmin):
    """Indicators: asked from a month to a month, retired rather than deleted."""

    list_display = ["name", "code", "section", "unit", "measure", "level", "source", "core", "is_active"]
    list_filter = ["section", "measure", "level", "source", "core", "is_active"]
    list_select_related = ["section"]


@admin.register(WeaponKind)
class WeaponKindAdmin(CatalogueAdmin):
    """Kinds of weapon."""

    list_display = ["name", "code", "unit", "is_gun", "position", "is_active"]
    list_filter = ["unit", "is_gun", "is_active"]
