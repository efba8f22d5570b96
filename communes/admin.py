"""Django admin for accounts, places and deadlines."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from communes.forms import PlacedForm
from communes.models import Commune, Hamlet, Institution, Province, UnitSuccession, User
from communes.names import search_words
from communes.saving import save


class LightAdmin(admin.ModelAdmin):
    """Leaves out the scripts that fill slugs from titles: no page here has one, and they weigh 50 KB."""

    UNUSED = ("xregexp", "urlify", "prepopulate")

    @property
    def media(self) -> forms.Media:
        """The scripts and styles that are used."""
        whole: Any = super().media  # what it holds is private to Django, so not in the stubs
        scripts = [path for path in whole._js if not any(name in str(path) for name in self.UNUSED)]
        return forms.Media(css=whole._css, js=scripts)


class KeptAdmin(LightAdmin):
    """Rows that are never deleted: they have figures, or will."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here; rows end."""
        return False


class NamedAdmin(KeptAdmin):
    """Rows with a folded search column: the search box forgives accents."""

    search_fields = ["search"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Fold what is searched for; codes are found too."""
        found = queryset.search(search_term) if search_words(search_term) else queryset
        if search_term.strip().isdecimal() and hasattr(self.model, "code"):
            found = found | queryset.filter(code__startswith=search_term.strip())
        return found, False


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


class AccountForm(AdminUserCreationForm):
    """A new account: who, what for, where; the given password is changed at the first sign-in."""

    usable_password = None  # type: ignore[assignment]

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "province", "commune"]

    def clean_username(self) -> str:
        """User names are the same in capitals and small letters."""
        return self.cleaned_data["username"].strip().lower()


@admin.register(User)
class AccountAdmin(LightAdmin, UserAdmin):
    """Accounts: an administrator gives and resets passwords, and reads none."""

    add_form = AccountForm
    list_display = ["username", "full_name", "role", "place", "is_active", "last_login"]
    list_filter = ["role", "is_active", "province"]
    list_select_related = ["commune", "province"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]
    filter_horizontal = []
    raw_id_fields = ["commune"]
    readonly_fields = ["last_login", "created_at"]
    actions = ["deactivate"]
    fieldsets = [
        (None, {"fields": ["username", "full_name", "email", "password"]}),
        ("Vai trò và địa bàn", {"fields": ["role", "province", "commune"]}),
        ("Trạng thái", {"fields": ["is_active", "must_change_password", "last_login", "created_at"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "full_name", "email", "password1", "password2"]}),
        ("Vai trò và địa bàn", {"fields": ["role", "province", "commune"]}),
    ]
    formfield_overrides = {models.CharField: {"widget": forms.TextInput}}

    @admin.display(description="địa bàn")
    def place(self, user: User) -> str:
        """The account's place."""
        return str(user.place or "Cả nước")

    @admin.action(description="Khóa các tài khoản đã chọn")
    def deactivate(self, request: HttpRequest, queryset: Any) -> None:
        """Take away the right to sign in, at once."""
        count = queryset.exclude(pk=request.user.pk).update(is_active=False)
        self.message_user(request, f"Đã khóa {count} tài khoản.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts have written figures: they are deactivated, never deleted."""
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Reset a password; the person must change it at the next sign-in."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302 and str(request.user.pk) != str(id):
            User.objects.filter(pk=id).update(must_change_password=True)
        return response
