"""Django admin for accounts and their tokens."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken

from communes.accounts import confirming, given, second_factor, slowing
from communes.accounts.account_forms import AccountChangeForm, AccountForm, offers
from communes.admin_kinds import HeldAdmin, LightAdmin
from communes.models import AccessToken, Confirmation, Province, User
from communes.refusals import Refused, require
from communes.templatetags.vietnamese import moment

admin.site.unregister(AuthToken)  # its page made a key for any account, and showed it
admin.site.unregister([TOTPDevice, StaticDevice])  # their pages showed an authenticator's key, and recovery codes
admin.site.unregister(Group)  # an account has one role; groups have no use


def _by(request: HttpRequest) -> User:
    """Who sits here: the site lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


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


@admin.register(User)
class AccountAdmin(HeldAdmin, UserAdmin):
    """Accounts: an administrator lets the server give a password, hands it on, and chooses and reads none."""

    add_form = AccountForm
    form = AccountChangeForm
    list_display = ["username", "full_name", "role", "place", "is_active", "has_second_factor", "last_login"]
    list_filter = ["role", "is_active", ("province", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["commune", "province"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = [
        *("sees", "waits", "must_change_password", "given_until", "last_login", "created_at", "second_factor_since")
    ]
    actions = ["deactivate", "reset_second_factor"]
    fieldsets = [
        (None, {"fields": ["username", "full_name", "email", "password"]}),
        ("Vai trò và địa bàn", {"fields": ["role", "province", "commune", "sees"]}),
        (
            "Trạng thái",
            {"fields": ["is_active", *readonly_fields[1:]]},
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "full_name", "email"]}),
        ("Vai trò và địa bàn", {"fields": ["role", "province", "commune"]}),
    ]
    formfield_overrides = {models.CharField: {"widget": forms.TextInput}}

    def get_urls(self) -> list[Any]:
        """Add what completes a commune while it is typed."""
        page = self.admin_site.admin_view(self.communes)
        return [path("communes/", page, name="communes_user_communes"), *super().get_urls()]

    def communes(self, request: HttpRequest) -> HttpResponse:
        """Seen by: administrators. Answer the communes that what is typed (``q``) may mean, as options of a list."""
        return HttpResponse(offers(request.GET.get("q", "").strip()))

    @admin.display(description="địa bàn")
    def place(self, user: User) -> str:
        """The account's place."""
        return str(user.place or "Cả nước")

    @admin.display(description="tài khoản thấy gì")
    def sees(self, user: User) -> str:
        """What the account sees, in words."""
        return f"{user.reach[:1].upper()}{user.reach[1:]}."

    @admin.display(description="chờ xác nhận")
    def waits(self, user: User) -> str:
        """What of the account waits for a second administrator, and where that is done."""
        waiting = user.confirmations.filter(decided_at=None).select_related("asked_by").first()
        if waiting is None:
            return "Không có việc nào."
        where = Confirmation._meta.verbose_name_plural
        return f"{waiting.why} ({waiting.asked_by}, {moment(waiting.asked_at)}). Xem trang “{capfirst(where)}”."

    @admin.action(description="Khóa các tài khoản đã chọn")
    def deactivate(self, request: HttpRequest, queryset: Any) -> None:
        """Take away the right to sign in, at once."""
        with transaction.atomic():
            confirming.seats(_by(request))
            chosen = list(queryset.filter(is_active=True).exclude(pk=request.user.pk))
            for account in chosen:
                self.log_change(request, account, "Khóa tài khoản.")
                if account.is_administrator:
                    confirming.unseat(account, by=_by(request))
            count = User.objects.filter(pk__in=[account.pk for account in chosen]).move(is_active=False)
        self.message_user(request, f"Đã khóa {count} tài khoản.")

    @admin.display(description="xác thực hai bước", boolean=True)
    def has_second_factor(self, user: User) -> bool:
        """Whether the account has a second factor."""
        return user.second_factor_since is not None

    @admin.action(description="Gỡ thiết bị xác thực hai bước (khi mất điện thoại)")
    def reset_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        """Take lost devices away: sessions, tokens and remembered devices end; a new one is set up at the sign-in."""
        with transaction.atomic():
            confirming.seats(_by(request))  # what another gives at this moment is half of what this takes
            accounts = [user for user in queryset.exclude(pk=request.user.pk) if user.second_factor_since]
            waiting = [one for account in accounts if (one := confirming.objection(account, _by(request)))]
            require(waiting[0] if waiting else None)
            for account in accounts:
                both = confirming.reset_since_owner(account, slowing.RESET)
                second_factor.remove(account)
                self.leave_trail(request, f"{confirming.DEVICE}: {account}", account)
                if both:
                    self._hold(request, account, confirming.BOTH)
        self.message_user(request, f"Đã gỡ thiết bị xác thực của {len(accounts)} tài khoản.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts have written figures: they are deactivated, never deleted."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer living provinces alone: nobody works for a former one."""
        if db_field.name == "province":
            kwargs["queryset"] = Province.objects.living()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Administrators change accounts one after another: two at once would shut each other out."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            confirming.seats(_by(request))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who changes the account."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, say what the account sees, and let a second administrator confirm what reaches further than before."""
        before = User.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if not change:
            obj.given_password = given.give(obj, now=timezone.now())
        self.message_user(request, f"Tài khoản {obj.username}: {obj.reach}.")
        if before and before.is_staff and not obj.is_staff:
            confirming.unseat(obj, by=_by(request))
        if (obj.is_active or confirming.is_held(obj)) and obj.reaches_further_than(before):
            self._hold(request, obj, f"{obj.get_role_display()}, {obj.place or 'cả nước'}")

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Show the new account's password, once."""
        return self._show(request, obj, obj.given_password)

    def _show(self, request: HttpRequest, account: User, password: str = "") -> HttpResponse:
        """The page that asks whether to give a password, or shows the one that was given."""
        shown = {"account": account, "password": password, "hours": settings.GIVEN_PASSWORD_HOURS}
        title = f"Mật khẩu của {account.username}"
        context = self.admin_site.each_context(request) | {"title": title, "opts": self.opts} | shown
        return render(request, "admin/given_password.html", context)

    def _hold(self, request: HttpRequest, account: User, why: str) -> None:
        """Shut the account until another administrator confirms, where there is one."""
        if held := confirming.hold(account, why, by=_by(request), now=timezone.now()):
            self.message_user(request, held, messages.WARNING)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Seen by: administrators. Give an account a new password: it unlocks, and is changed at the next sign-in."""
        if request.method == "POST":
            confirming.seats(_by(request))
        account = self.get_object(request, unquote(id))
        if account is None:
            raise Http404
        if account.pk == request.user.pk:
            return redirect("password_change")  # where the old one is asked
        if request.method != "POST":
            return self._show(request, account)
        require(confirming.objection(account, _by(request)))
        password = given.give(account, now=timezone.now())
        whole = confirming.BARE if confirming.is_bare(account) else ""
        if confirming.reset_since_owner(account, confirming.DEVICE):
            whole = confirming.BOTH
        self.leave_trail(request, f"{slowing.RESET}: {account}", account)
        if whole:
            self._hold(request, account, whole)
        return self._show(request, account, password)


@admin.register(Confirmation)
class ConfirmationAdmin(LightAdmin):
    """What waits for a second administrator, and what was decided."""

    list_display = ["account", "why", "halves", "asked_by", "asked_at", "granted", "decided_by", "decided_at"]
    list_display_links = None
    list_select_related = ["account", "asked_by", "decided_by"]
    list_filter = ["granted"]
    search_fields = ["account__username", "why"]
    actions = ["confirm", "decline"]

    @admin.display(description="ai đã cấp lại gì")
    def halves(self, confirmation: Confirmation) -> str:
        """Who reset the password and who the device, of what waits."""
        return " ".join(confirming.who_did_what(confirmation))

    @admin.action(description="Xác nhận, mở tài khoản")
    def confirm(self, request: HttpRequest, queryset: Any) -> None:
        """Let it hold."""
        self._decide(request, queryset, granted=True)

    @admin.action(description="Không đồng ý, tài khoản vẫn khóa")
    def decline(self, request: HttpRequest, queryset: Any) -> None:
        """Leave it shut."""
        self._decide(request, queryset, granted=False)

    def _decide(self, request: HttpRequest, queryset: Any, *, granted: bool) -> None:
        """Decide each that waits; say why one may not be decided."""
        for one in queryset.select_related("account"):
            try:
                confirming.decide(one, granted=granted, by=_by(request), now=timezone.now())
            except Refused as refusal:
                self.message_user(request, str(refusal.objection), messages.ERROR)
            else:
                done = "Đã xác nhận, tài khoản đã mở" if granted else "Đã ghi không đồng ý, tài khoản vẫn khóa"
                self.message_user(request, f"{done}: {one}.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come about by what administrators do."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is edited, but the list is shown with its actions."""
        return obj is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are kept."""
        return False
