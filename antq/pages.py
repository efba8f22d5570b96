"""The pages of the project itself: errors in Vietnamese with a way on, and health for monitors."""

import sys
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseError
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from communes.bare import Said, bare_page, came_from
from communes.refusals import Forbidden, Refused
from communes.room import takes_no_writing

BAD_REQUEST = "Yêu cầu gửi lên không hợp lệ nên hệ thống không thực hiện. Số liệu đã lưu không thay đổi."
UNREADABLE = "Không đọc được địa chỉ này vì có ký tự không hợp lệ. Hãy mở lại trang từ thực đơn."
UTF8 = "utf-8"
NOT_UTF8 = "Nội dung gửi lên phải viết bằng bảng mã UTF-8. Chưa có gì thay đổi."
FORBIDDEN = "Tài khoản của bạn không được làm việc này."
NOT_FOUND = "Không có trang này, hoặc trang thuộc địa bàn mà tài khoản của bạn không được xem."
KEPT = (
    "Số liệu đã báo “Đã lưu” vẫn còn nguyên; phần chưa lưu trong bảng số liệu của tháng được giữ trên máy này. "
    "Hãy thử lại sau ít phút."
)
AWAY = f"Cơ sở dữ liệu tạm thời chưa dùng được. {KEPT}"
NO_ROOM = f"Máy chủ tạm thời không ghi thêm được gì; những trang chỉ để xem vẫn mở được. {KEPT}"
OF_PAGES = ("GET", "HEAD", "POST")
NOT_SO = (
    "Địa chỉ này chỉ nhận nội dung gửi từ nút bấm trên trang, không mở trực tiếp được. "
    "Chưa có gì thay đổi. Hãy mở lại trang rồi bấm lại nút đó."
)
NOT_SO_TITLE = "Không mở được theo cách này"
RETRY_AFTER = "30"  # seconds
SERVER_ERROR = "Hệ thống gặp lỗi khi xử lý. Số liệu đã báo “Đã lưu” vẫn còn nguyên."
CSRF_FAILED = (
    "Phiên làm việc trên trang này đã cũ, thường vì bạn đăng nhập lại ở cửa sổ khác. "
    "Hãy mở lại trang rồi làm tiếp; nội dung đã lưu vẫn còn."
)


def error_page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Say why something is not done: on a page with a way on, or to the API."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": text}, status=status, json_dumps_params={"ensure_ascii": False})
    context = {"status": status, "title": title, "text": text, "back": came_from(request)}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return error_page(request, 400, "Yêu cầu không hợp lệ", BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence of the refusal where there is one."""
    return error_page(request, 403, "Không được phép", str(exception) or FORBIDDEN)


class Methods:
    """Middleware: a page is asked for or posted to; other methods are the API's alone (OWASP ASVS 5.0, 4.1.4).

    A page that looks for POST would take a PUT for a question and be drawn whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 405 before anything looks."""
        of_api = request.path_info.startswith("/api/") and not request.path_info.startswith("/api/docs/")
        if request.method in OF_PAGES or of_api:
            return self.get_response(request)
        response = bare_page(request, Said(405, NOT_SO_TITLE, NOT_SO))
        response["Allow"] = ", ".join(OF_PAGES)
        return response


class Written:
    """Middleware: what is sent is written in UTF-8; what names another code is refused before anything reads it.

    Some that Python knows are none of texts ("hex", "zip"): a form that named one was an error of the server.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 415."""
        if (request.content_params or {}).get("charset", UTF8).strip("'").lower() in (UTF8, "utf8"):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": NOT_UTF8}, status=415, json_dumps_params={"ensure_ascii": False})
        return bare_page(request, Said(415, "Yêu cầu không hợp lệ", NOT_UTF8))


class Readable:
    """Middleware: no database takes a NUL. A page finds nothing by what holds one, and shows that it could not be read.

    The API, the admin and a path with one are answered 400 before anything looks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the path, and at every name and value behind the question mark."""
        asked = list(request.GET.lists())
        if "\x00" in request.path_info or any("\x00" in text for name, values in asked for text in (name, *values)):
            if "\x00" in request.path_info or request.path_info.startswith(("/api/", "/admin/")):
                return error_page(request, 400, "Yêu cầu không hợp lệ", UNREADABLE)
            readable = request.GET.copy()
            readable.clear()
            for name, values in asked:
                readable.setlist(_shown(name), [_shown(value) for value in values])
            request.GET = readable  # type: ignore[assignment]
        return self.get_response(request)


def _shown(text: str) -> str:
    return text.replace("\x00", "\ufffd")


class Refusals:
    """Middleware: what a page refuses is said with its sentence, as 403, 405 or 409. (The API: ``antq/rest.py``.)"""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Draw the page of what is only posted to; a sign-in that ended meanwhile leads there."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        page = error_page(request, 405, NOT_SO_TITLE, NOT_SO)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Draw the refusal; other exceptions are not ours."""
        if not isinstance(exception, Refused):
            return None
        status = exception.objection.status
        title = "Không được phép" if status == Forbidden.status else "Chưa thực hiện được"
        return error_page(request, status, title, str(exception.objection))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: also what one may not see."""
    return error_page(request, 404, "Không tìm thấy trang", NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away, locked or only read: drawn without it, and for the API as JSON."""
    error = sys.exc_info()[1]
    full = takes_no_writing(error)
    away = full or isinstance(error, OperationalError | InterfaceError)
    status, title, text = (500, "Hệ thống gặp lỗi", SERVER_ERROR)
    if away:
        status, title, text = 503, "Hệ thống tạm ngừng", NO_ROOM if full else AWAY
    if request.path.startswith("/api/"):
        response: HttpResponse = error_page(request, status, title, text)
    else:
        response = bare_page(request, Said(status, title, text))
    if away:
        response["Retry-After"] = RETRY_AFTER
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a stale or missing CSRF token."""
    return error_page(request, 403, "Cần mở lại trang", CSRF_FAILED)


@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Open to all: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Open to all: the database answers and has every migration; 503 otherwise, and nothing else."""
    try:
        executor = MigrationExecutor(connection)
        ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        ready = False
    return HttpResponse("ok" if ready else "not ready", status=200 if ready else 503, content_type="text/plain")
