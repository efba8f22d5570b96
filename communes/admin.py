"""Django admin for places and deadlines; accounts have their own (:mod:`communes.accounts.admin`)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from communes.accounts import admin as account_admin  # noqa: F401  registers its pages
from communes.admin_kinds import NamedAdmin
from communes.forms import PlacedForm
from communes.models import Commune, Hamlet, Institution, Province, UnitSuccession
from communes.saving import save


@admin.register(Province)
class ProvinceAdmin(NamedAdmin):
    """Provinces with their deadlines."""

    list_display = ["code", "name", "cutoff_day", "commune_due_day", "province_due_day", "year_first_month", "ended_on"]
    list_filter = ["kind", "year_first_month"]
    fieldsets = [
        (None, {"fields": ["code", "name", "kind", "office_name"]}),
        (
            "Thời hạn và năm báo cáo",
            {"fields": ["cutoff_day", "commune_due_day", "province_due_day", "year_first_month"]},
        ),
        ("Địa giới", {"fields": ["started_on", "ended_on", "latitude", "longitude"]}),
    ]


class InheritanceInline(admin.TabularInline):
    """The communes that went into this one."""

    model = UnitSuccession
    fk_name = "successor"
    extra = 0
    raw_id_fields = ["predecessor"]


@admin.register(Commune)
class CommuneAdmin(NamedAdmin):
    """Communes."""

    list_display = ["code", "name", "kind", "province", "started_on", "ended_on"]
    list_filter = ["kind", "province"]
    list_select_related = ["province"]
    inlines = [InheritanceInline]


class RegisterAdmin(NamedAdmin):
    """Rows of the register, saved as everywhere else."""

    form = PlacedForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep what stood there before."""
        save(obj, by=request.user, now=timezone.now())  # type: ignore[arg-type]


@admin.register(Hamlet)
class HamletAdmin(RegisterAdmin):
    """Hamlets; the communes keep them."""

    list_display = ["name", "commune", "households", "covenant_on", "started_on", "ended_on"]
    list_filter = ["commune__province"]
    list_select_related = ["commune"]
    raw_id_fields = ["commune"]


@admin.register(Institution)
class InstitutionAdmin(RegisterAdmin):
    """Institutions; the communes keep them."""

    list_display = ["name", "commune", "kind", "started_on", "ended_on"]
    list_filter = ["kind", "commune__province"]
    list_select_related = ["commune"]
    raw_id_fields = ["commune"]
