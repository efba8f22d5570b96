"""Django admin for accounts and their tokens."""

from datetime import datetime
from typing import Any

from axes.utils import reset as unlock
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken

from communes.accounts import second_factor, slowing
from communes.admin_kinds import LightAdmin
from communes.models import AccessToken, Province, User
from communes.scope import ADMINISTERS

admin.site.unregister(AuthToken)  # its page made a key for any account, and showed it
admin.site.unregister([TOTPDevice, StaticDevice])  # their pages showed an authenticator's key, and recovery codes
admin.site.unregister(Group)  # an account has one role; groups have no use


@admin.register(AccessToken)
class TokenAdmin(LightAdmin):
    """Tokens of every account: listed and revoked. They are made by their owners alone, and shown to nobody else."""

    list_display = ["user", "beginning", "created", "expiry", "used"]
    list_display_links = None
    list_select_related = ["user", "grant"]
    search_fields = ["user__username", "user__full_name"]
    ordering = ["-created"]
    actions = ["revoke"]

    @admin.display(description="bắt đầu bằng")
    def beginning(self, token: AccessToken) -> str:
        """What its owner knows it by."""
        return f"{token.token_key}…"

    @admin.display(description="dùng lần cuối")
    def used(self, token: AccessToken) -> datetime | None:
        """When it was last used."""
        return token.grant.last_used_at if hasattr(token, "grant") else None

    @admin.action(description="Thu hồi các mã đã chọn")
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        """End them at once."""
        count = queryset.count()
        for token in queryset:
            self.leave_trail(request, f"Thu hồi mã truy cập {token} của {token.user.username}", token.user)
        queryset.delete()
        self.message_user(request, f"Đã thu hồi {count} mã truy cập.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only its owner makes a token."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing of a token is changed, but the list is shown with its action."""
        return obj is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Revoking is an action of the list."""
        return False


class AccountForm(AdminUserCreationForm):
    """A new account: who, what for, where; the given password is changed at the first sign-in."""

    usable_password = None  # type: ignore[assignment]

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "province", "commune"]

    def clean_username(self) -> str:
        """User names are the same in capitals and small letters."""
        return self.cleaned_data["username"].strip().lower()


class AccountChangeForm(UserChangeForm):
    """An account as it stands; no administrator shuts herself or everybody out."""

    by: User  # who changes it

    def clean(self) -> dict[str, Any]:
        """Keep the last administrator, and the one who sits here."""
        given = super().clean() or self.cleaned_data
        before = User.objects.get(pk=self.instance.pk)
        after = User(role=given.get("role", before.role), is_active=given.get("is_active", before.is_active))
        stays = after.is_administrator and after.is_active
        if before.is_administrator and before.is_active and not stays:
            if before.pk == self.by.pk:
                raise forms.ValidationError("Bạn không tự khóa hoặc đổi vai trò của chính mình; hãy nhờ quản trị khác.")
            if not User.objects.filter(ADMINISTERS, is_active=True).exclude(pk=before.pk).exists():
                raise forms.ValidationError("Đây là quản trị cuối cùng đang hoạt động; hãy lập quản trị khác trước.")
        return given


@admin.register(User)
class AccountAdmin(LightAdmin, UserAdmin):
    """Accounts: an administrator gives and resets passwords, and reads none."""

    add_form = AccountForm
    form = AccountChangeForm
    list_display = ["username", "full_name", "role", "place", "is_active", "has_second_factor", "last_login"]
    list_filter = ["role", "is_active", "province"]
    list_select_related = ["commune", "province"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]
    filter_horizontal = []
    raw_id_fields = ["commune"]
    readonly_fields = ["last_login", "created_at", "second_factor_since"]
    actions = ["deactivate", "reset_second_factor"]
    fieldsets = [
        (None, {"fields": ["username", "full_name", "email", "password"]}),
        ("Vai trò và địa bàn", {"fields": ["role", "province", "commune"]}),
        (
            "Trạng thái",
            {"fields": ["is_active", "must_change_password", "second_factor_since", "last_login", "created_at"]},
        ),
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
        chosen = list(queryset.exclude(pk=request.user.pk))
        for account in chosen:
            self.log_change(request, account, "Khóa tài khoản.")
        count = User.objects.filter(pk__in=[account.pk for account in chosen]).update(is_active=False)
        self.message_user(request, f"Đã khóa {count} tài khoản.")

    @admin.display(description="xác thực hai bước", boolean=True)
    def has_second_factor(self, user: User) -> bool:
        """Whether the account has a second factor."""
        return user.second_factor_since is not None

    @admin.action(description="Gỡ thiết bị xác thực hai bước (khi mất điện thoại)")
    def reset_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        """Take lost devices away: sessions, tokens and remembered devices end; a new one is set up at the sign-in."""
        accounts = [user for user in queryset.exclude(pk=request.user.pk) if user.second_factor_since]
        for account in accounts:
            second_factor.remove(account)
            self.log_change(request, account, "Gỡ thiết bị xác thực hai bước.")
        self.message_user(request, f"Đã gỡ thiết bị xác thực của {len(accounts)} tài khoản.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts have written figures: they are deactivated, never deleted."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer living provinces alone: nobody works for a former one."""
        if db_field.name == "province":
            kwargs["queryset"] = Province.objects.living()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who changes the account."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Seen by: administrators. Reset a password: it unlocks the account, and is changed at the next sign-in."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            account = User.objects.get(pk=id)
            unlock(username=account.username)
            self.leave_trail(request, f"{slowing.RESET}: {account}", account)
            if account.pk != request.user.pk:
                User.objects.filter(pk=id).update(must_change_password=True)
        return response
