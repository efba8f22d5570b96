"""What is uploaded is shown to a virus scanner before anything reads it, where there is one (OWASP ASVS 5.0, 5.4.3).

The scanner is ClamAV's clamd, at a socket of the machine (``SCANNER``). What it does not answer for is not taken.
"""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from antq.pages import RETRY_AFTER, error_page
from communes.models import User
from communes.sessions import API
from communes.trail.recording import Act, Outcome, record

SECONDS = 20
FOUND = "Chương trình diệt virus của máy chủ chặn tệp “{}” ({}). Chưa nhận gì; hãy quét máy đã tạo ra tệp này."
TOO_LARGE = "Tệp “{}” lớn hơn mức chương trình diệt virus của máy chủ xem được nên chưa nhận. Hãy chia nhỏ tệp."
SILENT = "Chương trình diệt virus của máy chủ chưa trả lời nên chưa nhận tệp. Hãy thử lại sau ít phút."


class BeyondScanner(Exception):
    """The scanner looks at no file of this size (``StreamMaxLength`` of clamd)."""


def ask(blocks: Iterable[bytes]) -> str:
    """Return what the scanner finds in a file, "" for nothing.

    Raises :class:`BeyondScanner` for a file beyond what it looks at, ``OSError`` where it does not say.
    """
    with socket.socket(socket.AF_UNIX) as scanner:
        scanner.settimeout(SECONDS)
        scanner.connect(settings.SCANNER)
        scanner.sendall(b"zINSTREAM\0")
        answer = b""
        with suppress(BrokenPipeError):  # it has said already why it takes no more
            for block in blocks:
                scanner.sendall(len(block).to_bytes(4, "big") + block)
            scanner.sendall(bytes(4))
        while not answer.endswith(b"\0") and (more := scanner.recv(4096)):
            answer += more
    if b"size limit" in answer:
        raise BeyondScanner
    said = answer.rstrip(b"\0").decode(errors="replace").removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise OSError(f"The scanner says {said!r}")


class Scanned:
    """Middleware: what is found in is refused with a sentence, by every page that takes a file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before it is known who asks."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Look at every file, once the sign-in and the form's token were; the API takes none, and knows nobody yet."""
        if not settings.SCANNER or request.content_type != "multipart/form-data" or request.path_info.startswith(API):
            return None
        user = request.user if isinstance(request.user, User) else None
        for file in (one for _, files in request.FILES.lists() for one in files):
            try:
                found = ask(block for block in file.chunks() if block)
            except BeyondScanner:
                return error_page(request, 413, "Tệp quá lớn", TOO_LARGE.format(file.name))
            except OSError:
                response = error_page(request, 503, "Chưa nhận được tệp", SILENT)
                response["Retry-After"] = RETRY_AFTER
                return response
            file.seek(0)
            if found:
                record(Act.REFUSED, f"Tệp bị chặn: {found}", by=user, outcome=Outcome.REFUSED)
                return error_page(request, 422, "Tệp bị chặn", FOUND.format(file.name, found))
        return None
