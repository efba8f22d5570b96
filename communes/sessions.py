"""How long a sign-in lasts, and what must happen before anything else."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from communes.bare import Said, bare_page
from communes.trail.recording import Act, record

Handler = Callable[[HttpRequest], HttpResponse]
EXPIRED = "Phiên làm việc đã hết hạn. Hãy đăng nhập lại; số liệu chưa gửi vẫn được giữ trên máy này."
OTHER_ACCOUNT = "Trình duyệt này vừa đăng nhập tài khoản khác. Số vừa ghi được giữ cho tài khoản cũ; hãy tải lại trang."
TOO_LARGE = "Nội dung gửi lên lớn hơn {:.0f} MB nên hệ thống không nhận. Hãy chia nhỏ tệp rồi gửi lại."
API = "/api/v1/"  # where a token signs in, before a body is read
STEP = 300  # seconds: how often an active session is written back


class SessionLimits:
    """Ends a session after an idle time and after an absolute one (both settings)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out what has lasted too long, and remember that the session is in use."""
        if request.user.is_authenticated:
            request.session.can_wait = request.method in ("GET", "HEAD")  # type: ignore[attr-defined]
            now = int(time.time())
            began = request.session.setdefault("began", now)
            seen = request.session.get("seen", now)
            idle, whole = settings.SESSION_IDLE_MINUTES * 60, settings.SESSION_LIMIT_HOURS * 3600
            if now - seen > idle or now - began > whole:
                record(Act.SIGN_OUT, "Hết thời gian làm việc", by=request.user)
                logout(request)
                if request.path.startswith("/api/"):
                    return JsonResponse({"detail": EXPIRED}, status=401)
                messages.warning(request, EXPIRED)
                return redirect_to_login(request.get_full_path())
            if now - seen >= STEP or "seen" not in request.session:
                request.session["seen"] = now
        return self.get_response(request)


class SameAccount:
    """Refuses what a page of one account sends after another signed in: it would bear the wrong name.

    Pages that save by themselves say whose they are in ``X-Account``; programs say nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Compare the account of the page with that of the session."""
        said = request.headers.get("X-Account", "")
        if said and request.user.is_authenticated and said != str(request.user.pk):
            return JsonResponse({"detail": OTHER_ACCOUNT}, status=409, json_dumps_params={"ensure_ascii": False})
        return self.get_response(request)


class BodyLimit:
    """Refuses a body that is too large before a byte of it is read: of strangers, more than any form has.

    ``MOST_BODY_MB`` of those who are signed in (a workbook), ``MOST_STRANGERS_BODY`` bytes of others, and of a call no
    more than Django takes of a form. A token counts at the API alone, which looks at it before the body; a page would
    read what a stranger sent with any word.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at what the client says it sends; what it does not announce is not read at all."""
        announced = request.META.get("CONTENT_LENGTH") or "0"
        size, most = int(announced[:30]) if announced.isdecimal() else 0, settings.MOST_STRANGERS_BODY
        with_token = "HTTP_AUTHORIZATION" in request.META and request.path_info.startswith(API)
        if size > most and (with_token or request.user.is_authenticated):
            most = settings.MOST_BODY_MB * 2**20
        if request.path_info.startswith("/api/"):  # takes no files
            most = min(most, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if size > most:
            said = TOO_LARGE.format(most / 2**20)
            if request.path.startswith("/api/"):
                return JsonResponse({"detail": said}, status=413)
            return bare_page(request, Said(413, "Tệp quá lớn", said))
        return self.get_response(request)


class NoStore:
    """No browser keeps what was answered: after signing out, Back shows nothing (OWASP ASVS 5.0, 14.3.2).

    Static files are answered before this; what says more about caching itself keeps its own words.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say so in every answer."""
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response


class ForcedPasswordChange:
    """Leads an account with a given password to the page where it is changed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let only the change of password and signing out through."""
        user = request.user
        if user.is_authenticated and user.must_change_password:
            change = reverse("password_change")
            open_paths = (
                change,
                reverse("second_factor_prove"),
                reverse("logout"),
                settings.STATIC_URL,
                "/api/",
                "/healthz",
                "/readyz",
            )
            if not request.path.startswith(open_paths) or request.path.startswith("/api/docs/"):
                return redirect(change)
        return self.get_response(request)
