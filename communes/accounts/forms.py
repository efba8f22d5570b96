"""Forms of signing in and of the second factor."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError

from communes.accounts import given
from communes.accounts.slowing import ask_password
from communes.models import User
from communes.names import account_name
from communes.requests import AuthenticatedHttpRequest


class SignInForm(AuthenticationForm):
    """Sign in; user names are the same in capitals and small letters."""

    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt.",
        "inactive": "Tài khoản này đã bị khóa. Hãy liên hệ người quản trị.",
    }

    def clean_username(self) -> str:
        """Read the name as the delays do: a spelling of its own would be a name of its own to them."""
        return account_name(self.cleaned_data["username"])


class CodeField(forms.CharField):
    """A code as an authenticator shows it, or a recovery code; blanks and dashes are forgiven."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)


class ProofForm(forms.Form):
    """A code after the password."""

    code = CodeField(label="Mã xác thực", help_text="6 số đang hiện trong ứng dụng xác thực, hoặc một mã dự phòng.")
    remember = forms.BooleanField(required=False)

    def __init__(self, *args: Any, days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = f"Không hỏi lại trên máy này trong {days} ngày (không chọn ở máy dùng chung)"
        self.fields["code"].widget.attrs["autofocus"] = True


class OwnPasswordForm(forms.Form):
    """The account's own password, once more; a wrong one counts like one at the sign-in."""

    password = forms.CharField(
        label="Mật khẩu hiện nay",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, request: AuthenticatedHttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Check it."""
        if refused := ask_password(self.request, self.request.user, self.cleaned_data["password"]):
            raise ValidationError(refused)
        return self.cleaned_data["password"]


class NewPasswordForm(PasswordChangeForm):
    """A new password for the old one; a wrong old one counts like one at the sign-in."""

    def __init__(self, user: User, *args: Any, request: AuthenticatedHttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Check it."""
        if refused := ask_password(self.request, self.request.user, self.cleaned_data["old_password"]):
            raise ValidationError(refused, code="password_incorrect")
        return self.cleaned_data["old_password"]

    def save(self, commit: bool = True) -> User:
        """Choose it. Raises :class:`Refused` where the account was changed meanwhile."""
        given.choose(self.user, self.cleaned_data["new_password1"])
        return self.user


class EnrolForm(OwnPasswordForm):
    """The first code of an authenticator that is being set up."""

    code = CodeField(label="Mã xác thực", help_text="6 số mà ứng dụng hiện sau khi quét.")

    def __init__(self, *args: Any, ask_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_password:
            del self.fields["password"]

    def clean_code(self) -> str:
        """Forgive blanks between the digits."""
        return "".join(self.cleaned_data["code"].split())
