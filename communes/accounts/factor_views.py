"""Pages of the second factor: prove it, set it up, look after it. What they do is in ``second_factor``."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_otp.util import random_hex

from communes.accounts import gate, second_factor
from communes.accounts.forms import EnrolForm, OwnPasswordForm, ProofForm
from communes.refusals import Forbidden, require
from communes.requests import AuthenticatedHttpRequest, here_only
from communes.trail.recording import Act, record

KEY = "second_factor_key"  # in the session: the key of an authenticator that is being set up
NEEDED = Forbidden("Tài khoản này bắt buộc xác thực hai bước nên không tắt được. Có thể đổi sang điện thoại khác.")


def prove(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. After the password: a code of the authenticator, or a recovery code."""
    user, onward = request.user, _onward(request)
    if not getattr(request, "half_signed_in", False):
        return redirect(onward)
    form = ProofForm(request.POST or None, days=settings.SECOND_FACTOR_DAYS)
    if request.method == "POST" and form.is_valid():
        reason = second_factor.prove(user, form.cleaned_data["code"])
        if not reason:
            gate.passed(request, user)
            response = redirect(onward)
            if form.cleaned_data["remember"]:
                gate.remember(response, user)
            return response
        form.add_error("code", reason)
    return render(request, "accounts/second_factor_prove.html", {"form": form, "next": onward})


def enrol(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. Set up an authenticator: scan, then prove it with its first code."""
    user, onward = request.user, _onward(request)
    owed = getattr(request, "half_signed_in", False)  # then the password was given a moment ago
    key = request.session.get(KEY)
    if not key:
        key = request.session[KEY] = random_hex(20)
    form = EnrolForm(request.POST or None, request=request, ask_password=not owed)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.enrol(user, key, form.cleaned_data["code"])
        if codes:
            del request.session[KEY]
            gate.passed(request, user)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": onward})
        form.add_error("code", second_factor.WRONG)
    context = {
        "form": form,
        "next": onward,
        "picture": second_factor.picture_of(user, key),
        "secret": second_factor.secret_of(key),
        "required": second_factor.required_of(user),
    }
    return render(request, "accounts/second_factor_enrol.html", context)


def overview(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. Whether it has a second factor, and what can be done about it."""
    context = {
        "left": second_factor.codes_left(request.user),
        "required": second_factor.required_of(request.user),
        "form": OwnPasswordForm(request=request),
    }
    return render(request, "accounts/second_factor.html", context)


@require_POST
def renew(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. New recovery codes in place of the old, for the password."""
    form = OwnPasswordForm(request.POST, request=request)
    if request.user.second_factor_since and form.is_valid():
        codes = second_factor.renew_codes(request.user)
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": "/"})
    return _again(request, form)


@require_POST
def end(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the account itself. Do without a second factor, where none is required, for the password."""
    require(NEEDED if second_factor.required_of(request.user) else None)
    form = OwnPasswordForm(request.POST, request=request)
    if not form.is_valid():
        return _again(request, form)
    second_factor.remove(request.user)
    record(Act.SECOND_FACTOR, "Tự tắt xác thực hai bước", by=request.user)
    request.session.pop(gate.PASSED, None)
    messages.success(request, "Đã tắt xác thực hai bước.")
    return redirect("second_factor")


def _again(request: AuthenticatedHttpRequest, form: OwnPasswordForm) -> HttpResponse:
    """Say that the password was wrong."""
    for reason in form.errors.get("password", ()):
        messages.error(request, str(reason))
    return redirect("second_factor")


def _onward(request: AuthenticatedHttpRequest) -> str:
    """Return where the reader wanted to go; nowhere but here."""
    return here_only(request, request.POST.get("next") or request.GET.get("next") or "") or "/"
