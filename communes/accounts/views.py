"""Signing in, and what an account does for itself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from communes.accounts import confirming, gate, given, open_sessions, second_factor, slowing
from communes.accounts.forms import NewPasswordForm, OwnPasswordForm, SignInForm
from communes.accounts.tokens import issue, living
from communes.boundaries import COUNTRY, sheet_of
from communes.models import User
from communes.names import account_name
from communes.refusals import require
from communes.requests import AuthenticatedHttpRequest
from communes.trail.recording import Act, Outcome, record

NOT_ASKED = "Nếu bạn không yêu cầu, hãy báo ngay cho lãnh đạo đơn vị."


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """Open to all."""

    form_class = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at no password while the account or the network has to wait."""
        name = _name_in(request)
        account = User.objects.filter(username=name).first()
        if until := slowing.waits_until(name, account, now=timezone.now()):
            record(Act.SIGN_IN, "Phải đợi" if account else slowing.unknown(name), by=account, outcome=Outcome.REFUSED)
            response = render(request, "accounts/slowed.html", {"until": until}, status=429)
            response["Retry-After"] = str(int((until - timezone.now()).total_seconds()) + 1)
            return response
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Bring the country's map."""
        return super().get_context_data(**kwargs) | {"sheet": sheet_of(COUNTRY)}

    def form_valid(self, form: Any) -> HttpResponse:
        """Take no given password that is over; ask no second factor on a device that is remembered."""
        user = form.get_user()
        assert isinstance(user, User)
        if given.is_over(user, now=timezone.now()):
            record(Act.SIGN_IN, given.ENDED, by=user, outcome=Outcome.REFUSED)
            form.add_error(None, given.OVER)
            return self.render_to_response(self.get_context_data(form=form))
        told = confirming.notices(user, since=user.last_login, now=timezone.now())
        response = super().form_valid(form)
        open_sessions.begin(self.request, user, now=timezone.now())
        for one in told:
            messages.warning(self.request, f"{one} {NOT_ASKED}")
        known = gate.remembered(self.request, user)
        if known:
            gate.passed(self.request, user)
        record(Act.SIGN_IN, "Máy đã nhớ, không hỏi bước hai" if known else "", by=user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Write the failure down. A name that is no account's may be a password: only its digest is kept."""
        name = _name_in(self.request)
        account = User.objects.filter(username=name).first()
        record(Act.SIGN_IN, "" if account else slowing.unknown(name), by=account, outcome=Outcome.FAILED)
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Seen by: the account itself."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write it down and sign out."""
        if isinstance(request.user, User):
            record(Act.SIGN_OUT, by=request.user)
        return super().post(request, *args, **kwargs)


def _name_in(request: HttpRequest) -> str:
    return account_name(request.POST.get("username", ""))


class PasswordChange(PasswordChangeView):
    """Seen by: the account itself."""

    form_class = NewPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("home")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form where the old password is asked from."""
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Say that it holds."""
        answer = super().form_valid(form)
        messages.success(self.request, "Đã đổi mật khẩu.")
        return answer


@login_not_required
def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Open to all: too many failed sign-ins for this account from this address."""
    return render(request, "accounts/locked_out.html", status=429)


def tokens(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. Tokens let a program act as this account through the API."""
    key, objection = None, second_factor.objection_to_tokens(request.user)
    if request.method == "POST":
        require(objection)
        key = issue(request.user)
        record(Act.TOKEN, f"Tạo {key[:8]}…", by=request.user)
    context = {
        "tokens": living(request.user, now=timezone.now()),
        "key": key,
        "days": settings.TOKEN_DAYS,
        "objection": objection,
    }
    return render(request, "accounts/tokens.html", context)


@require_POST
def revoke_token(request: AuthenticatedHttpRequest, digest: str) -> HttpResponse:
    """Seen by: the account itself."""
    get_object_or_404(AuthToken.objects.filter(user=request.user), token_key=digest).delete()
    record(Act.TOKEN, f"Thu hồi {digest}…", by=request.user)
    messages.success(request, "Đã thu hồi mã truy cập.")
    return redirect("tokens")


def sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. Where it is signed in; others are ended with the password once more."""
    form = OwnPasswordForm(request.POST or None, request=request)
    kept = request.session.session_key or ""
    rows = open_sessions.open_sessions(request.user, now=timezone.now())
    shown = [{"row": row, "sign": open_sessions.sign_of(row.session_key, kept=kept)} for row in rows]
    others = {str(one["sign"]) for one in shown} - {""}
    if request.method == "POST" and form.is_valid():
        chosen = others if "all" in request.POST else set(request.POST.getlist("session"))
        count = open_sessions.end(request.user, chosen, kept=kept, now=timezone.now())
        messages.success(request, f"Đã kết thúc {count} phiên." if count else "Chưa chọn phiên nào.")
        return redirect("sessions")
    return render(request, "accounts/sessions.html", {"sessions": shown, "several": bool(others), "form": form})
