"""What is said where nobody knows yet who asks, or where the application cannot: pages that ask no database."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme


class Said(NamedTuple):
    """A refusal in words: its status, what it is called, and what to do next."""

    status: int
    title: str
    text: str


BY_NGINX = (
    Said(
        400,
        "Không đọc được yêu cầu",
        "Trình duyệt vừa gửi một yêu cầu mà máy chủ không đọc được, thường vì địa chỉ quá dài hoặc vì dấu ghi nhớ "
        "(cookie) bị hỏng. Không có gì bị mất. Hãy mở lại từ trang đầu; nếu vẫn vậy, xóa cookie của trang "
        "này rồi đăng nhập lại.",
    ),
    Said(
        413,
        "Tệp quá lớn",
        "Máy chủ không nhận vì nội dung gửi lên lớn hơn mức cho phép. Chưa lưu gì. Hãy bấm nút quay lại của "
        "trình duyệt, bớt ảnh và trang tính thừa hoặc chia tệp thành nhiều phần, rồi gửi lại.",
    ),
    Said(
        429,
        "Máy chủ đang bận",
        "Từ mạng của bạn vừa có quá nhiều yêu cầu cùng lúc nên máy chủ tạm chưa nhận. Số liệu đã lưu vẫn còn. "
        "Hãy đợi vài giây rồi mở lại trang.",
    ),
    Said(
        503,
        "Hệ thống đang được bảo trì",
        "Số liệu đã lưu vẫn còn. Những gì vừa nhập trong bảng số liệu của tháng được giữ trên máy của bạn và sẽ tự "
        "gửi khi hệ thống trở lại; ở trang khác, hãy bấm nút quay lại của trình duyệt rồi gửi lại sau ít phút.",
    ),
)
"""What nginx says by itself, from the files that ``manage.py draw_error_pages`` writes (deploy/nginx/errors)."""


def came_from(request: HttpRequest) -> str:
    """The page of ours from which something was sent, to go back to; "" where it is not known."""
    before = request.META.get("HTTP_REFERER", "")
    try:
        ours = before and url_has_allowed_host_and_scheme(before, {request.get_host()})
    except DisallowedHost:
        ours = False
    if not ours:
        return ""
    parts = urlsplit(before)
    found = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return found if url_has_allowed_host_and_scheme(found, None) else ""  # "//elsewhere/" is a path, and no way back


def bare_page(request: HttpRequest, said: Said) -> HttpResponse:
    """Draw a refusal; what draws the pages of a request would ask the database who asks."""
    again = request.get_full_path() if request.method == "GET" and said.status >= 500 else ""
    page = said._asdict() | {"back": came_from(request), "again": again}
    return HttpResponse(render_to_string("error_bare.html", page), status=said.status)
