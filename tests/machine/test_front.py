"""What stands before the application: floods, TLS of former times and requests that are read two ways end at nginx."""

import json
import re
import shutil
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.machine.installation import NAME, Installation

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
FLOOD = 900  # requests at once; nginx keeps a connection for 1,000 and has patience for 400


class Behind(BaseHTTPRequestHandler):
    """In the place of the application: answers all, and keeps what reached it."""

    protocol_version = "HTTP/1.1"
    reached: list = []

    def answer(self):
        self.reached.append((self.command, self.path, self.headers))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer  # noqa: N815 (as the server of the standard library calls them)

    def log_message(self, *words):
        pass


@pytest.fixture
def alone(tmp_path):
    """The door with nothing behind it."""
    made = Installation(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with made.nginx():
        yield made


@pytest.fixture
def front(alone):
    Behind.reached = []
    with ThreadingHTTPServer(("127.0.0.1", alone.app), Behind) as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
        yield alone
        behind.shutdown()


def through(front, source="127.0.0.1", **versions):
    """A connection to nginx from an address of this machine."""
    context = ssl.create_default_context(cafile=front.folder / "cert" / "fullchain.pem")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # as an old browser does
    for name, version in versions.items():
        setattr(context, name, version)
    plain = socket.create_connection(("127.0.0.1", front.https), timeout=60, source_address=(source, 0))
    return context.wrap_socket(plain, server_hostname=NAME)


def flood(front, source, path):
    """Ask for a page so often at once, over one connection, that it is too much: every answer's status and the rest."""
    asked = f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n".encode()
    with through(front, source) as made:
        made.sendall((asked + b"\r\n") * (FLOOD - 1) + asked + b"Connection: close\r\n\r\n")
        said = b"".join(iter(lambda: made.recv(1 << 16), b"")).decode()
    answers = re.split(r"HTTP/1\.1 (?=\d{3} )", said)[1:]
    return [(int(one[:3]), one) for one in answers]


@pytest.mark.parametrize(
    ("path", "at_least"), [("/accounts/login/", 50), ("/api/v1/hamlets/", 400), ("/register/hamlets/", 400)]
)
def test_a_flood_is_told_to_wait_and_nobody_else_is(alone, path, at_least):
    """nginx counts before it asks the application, which is away here: how fast it would answer does not matter."""
    answers = flood(alone, "127.0.0.2", path)
    statuses = [status for status, _ in answers]
    assert len(answers) == FLOOD and set(statuses) == {429, 503}
    first = statuses.index(429)
    head, _, body = answers[first][1].partition("\r\n\r\n")
    assert first > at_least and "Retry-After: 5" in head
    assert "quá nhiều" in (json.loads(body)["detail"] if path.startswith("/api/") else body)
    assert alone.call("GET", path)[0] == 503, "from another address"


@pytest.mark.once
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_connection_is_of_today(front, version):
    with through(front, minimum_version=version, maximum_version=version) as made:
        assert made.version() == version.name.replace("_", ".")


@pytest.mark.once
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_and_of_no_former_day(front, version):
    with pytest.raises(ssl.SSLError) as refused:
        through(front, minimum_version=version, maximum_version=version)
    assert "PROTOCOL_VERSION" in refused.value.reason, "for that, and not because this machine speaks none of it"


@pytest.mark.once
@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 0",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Host: elsewhere.vn",
    ],
)
def test_a_request_that_can_be_read_two_ways_reaches_nobody(front, head):
    request = f"POST /api/v1/reports/ HTTP/1.1\r\nHost: {NAME}\r\n{head}\r\n\r\n0\r\n\r\nGET /admin/ HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
    with through(front) as made:
        made.sendall(request.encode())
        said = made.recv(4096)
    assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")) and not Behind.reached


def test_what_somebody_says_of_herself_stands_before_what_nginx_saw(front):
    said = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http", "X_Forwarded_For": "203.0.113.8"}
    assert front.call("GET", "/healthz", headers=said)[0] == 200
    ((_, _, headers),) = Behind.reached
    assert headers.get_all("X-Forwarded-For") == ["203.0.113.7, 127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"] and "X_Forwarded_For" not in headers
