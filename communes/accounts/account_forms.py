"""Forms of accounts in the admin: who, what for, where, by the names and codes that people use."""

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import ReadOnlyPasswordHashField, ReadOnlyPasswordHashWidget, UserChangeForm
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from communes.accounts import confirming
from communes.admin_kinds import LoggedForm
from communes.models import Commune, User
from communes.names import account_name, fold
from communes.privacy import refuse_personal_numbers
from communes.scope import ADMINISTERS, REACH, Role

SHOWN = 8  # candidates
OFFERED = 20  # while one types


class CommuneCodeInput(forms.TextInput):
    """A box that completes what is typed in it, code or name, with the few communes that fit (``offered.js``).

    Without the script the same is typed whole. The list of the country with every page would be half of what one may
    weigh.
    """

    class Media:
        js = ("js/offered.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box, then the place of its list."""
        offered = f"{name}-offered"
        more = {"list": offered, "autocomplete": "off", "data-offered": reverse("admin:communes_user_communes")}
        box = super().render(name, value, {**(attrs or {}), **more}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', box, offered)


def offers(typed: str) -> SafeString:
    """The living communes that what is typed may mean, as options of a list: by the beginning of a code, or by name."""
    fit = Commune.objects.living().select_related("province").order_by("code")
    fit = fit.filter(code__startswith=typed.partition(" ")[0]) if typed[:1].isdecimal() else fit.search(typed)
    found = fit[:OFFERED] if fold(typed) else []
    rows = ((f"{one.code} {one}, {one.province.name}",) for one in found)
    return format_html_join("", '<option value="{}">', rows)


class CommuneCodeField(forms.CharField):
    """A commune by its code or its name, or both as the list offers them; never by a number of the database."""

    widget = CommuneCodeInput

    def prepare_value(self, value: Any) -> Any:
        """Show the code of the commune that is set."""
        if not isinstance(value, int):
            return value
        commune = Commune.objects.filter(pk=value).first()
        return commune.slug if commune else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare codes."""
        typed = (data or "").strip()
        return (self.prepare_value(initial) or "") != (typed.partition(" ")[0] if typed[:1].isdecimal() else typed)

    def clean(self, value: Any) -> Any:
        """Find the one commune that is meant, or say which it might be."""
        typed = super().clean(value).strip()
        if not typed:
            return None
        if typed[0].isdecimal():
            code, _, name = typed.partition(" ")
            for commune in Commune.objects.named(code):
                if name and fold(commune.name) not in fold(name):
                    raise ValidationError(f"Mã {code} là {commune} ({commune.province}), không phải “{name}”.")
                return commune
            raise ValidationError(f"Không có xã mang mã “{code}”. Ghi mã 5 số (ví dụ 07999) hoặc tên xã.")
        found = list(Commune.objects.living().search(typed).select_related("province").order_by("code"))
        exact = [one for one in found if fold(typed) in (fold(one.name), fold(str(one)))]
        if len(exact or found) == 1:
            return (exact or found)[0]
        names = "; ".join(f"{one.code} {one} ({one.province})" for one in (exact or found)[:SHOWN])
        said = f"Có {len(exact or found)} xã hợp tên này, hãy ghi mã: {names}." if found else "Không có xã nào tên vậy."
        raise ValidationError(said)


def commune_field() -> CommuneCodeField:
    """The field as both forms have it."""
    return CommuneCodeField(
        label="xã, phường, đặc khu",
        required=False,
        help_text="Chỉ với cấp xã: gõ mã 5 số (07999) hoặc tên (Chí Đám) rồi chọn trong danh sách hiện ra; "
        "tên trùng thì hệ thống nêu các mã để chọn.",
    )


def say_what_roles_see(form: forms.BaseForm) -> None:
    """Say beside the choice of a role what each will see."""
    if "role" in form.fields:
        reach = [(role.label, REACH[role].format(place="địa bàn chọn dưới đây")) for role in Role]
        form.fields["role"].help_text = format_html_join("", "<b>{}</b>: {}.<br>", reach)


NUMBERED = re.compile(r"\d{9}|^[\d._-]+$")
"""A user name that may be a number: unbroken, or nothing else; a unit's code with a year (xa07999.2026) is none."""


class UserNameForm(forms.ModelForm):
    """What a user name is: it stands in the trail, in what is exported, and on pages that others see."""

    def clean_username(self) -> str:
        """User names are the same in capitals and small letters, and nobody's telephone."""
        name = account_name(self.cleaned_data["username"])
        is_new = name != self.initial.get("username")  # who saves something else of an account is told nothing of it
        if is_new and NUMBERED.search(name):
            refuse_personal_numbers(name, "tên đăng nhập")
        return name


class AccountForm(UserNameForm):
    """A new account: who, what for, where. The server makes its first password (:mod:`communes.accounts.given`)."""

    commune = commune_field()

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "province", "commune"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_roles_see(self)


class PasswordWidget(ReadOnlyPasswordHashWidget):
    """The button that gives another password; nothing of the one there is, nor how it is kept."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Leave out what stands of the password, but that there is none."""
        context = super().get_context(name, value, attrs)
        context["summary"] = [line for line in context["summary"] if "value" not in line]
        return context


class AccountChangeForm(LoggedForm, UserNameForm, UserChangeForm):
    """An account as it stands; no administrator shuts herself or everybody out."""

    by: User  # who changes it
    commune = commune_field()
    password = ReadOnlyPasswordHashField(label="mật khẩu", widget=PasswordWidget)

    @property
    def user(self) -> User:
        """Who saves it, so that one's own other window is called so."""
        return self.by

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_roles_see(self)

    def clean_is_active(self) -> bool:
        """An account that waits for a second administrator is opened by nobody else."""
        active = self.cleaned_data["is_active"]
        if active and confirming.is_held(self.instance):
            raise ValidationError("Tài khoản đang chờ một quản trị khác xác nhận nên chưa mở được.")
        return active

    def clean(self) -> dict[str, Any]:
        """Keep the last administrator, and the one who sits here."""
        given = super().clean() or self.cleaned_data
        before = User.objects.get(pk=self.instance.pk)
        reaching = {"role", "province", "commune", "is_active"} & set(self.changed_data)
        if reaching and (waits := confirming.objection(before, self.by)):
            raise ValidationError(str(waits))
        after = User(role=given.get("role", before.role), is_active=given.get("is_active", before.is_active))
        stays = after.is_administrator and after.is_active
        if before.is_administrator and before.is_active and not stays:
            if before.pk == self.by.pk:
                raise ValidationError("Bạn không tự khóa hoặc đổi vai trò của chính mình; hãy nhờ quản trị khác.")
            if not User.objects.filter(ADMINISTERS, is_active=True).exclude(pk=before.pk).exists():
                raise ValidationError("Đây là quản trị cuối cùng đang hoạt động; hãy lập quản trị khác trước.")
        return given
