"""What stands before the application: floods, TLS of former times and requests that are read two ways end at nginx."""

import json
import shutil
import socket
import ssl
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.machine.installation import NAME, Installation

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
LIMIT = 20_000  # requests after which a flood that nobody stops is one


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
def front(tmp_path):
    made = Installation(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite3'}")
    Behind.reached = []
    with ThreadingHTTPServer(("127.0.0.1", made.app), Behind) as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
        with made.nginx():
            yield made
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
    """Ask again and again over one connection, until it is too much for nginx."""
    connection = HTTPConnection(NAME)
    connection.sock = through(front, source)
    for asked in range(1, LIMIT):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            return asked, answer, body.decode()
    return LIMIT, answer, ""


@pytest.mark.parametrize(
    ("path", "at_least"), [("/accounts/login/", 50), ("/api/v1/hamlets/", 400), ("/register/hamlets/", 400)]
)
def test_a_flood_is_told_to_wait_and_nobody_else_is(front, path, at_least):
    asked, answer, body = flood(front, "127.0.0.2", path)
    assert answer.status == 429 and answer.headers["Retry-After"] == "5" and at_least < asked < LIMIT
    said = json.loads(body)["detail"] if path.startswith("/api/") else body
    assert "quá nhiều" in said
    assert front.call("GET", path)[0] == 200, "from another address"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_connection_is_of_today(front, version):
    with through(front, minimum_version=version, maximum_version=version) as made:
        assert made.version() == version.name.replace("_", ".")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_and_of_no_former_day(front, version):
    with pytest.raises(ssl.SSLError) as refused:
        through(front, minimum_version=version, maximum_version=version)
    assert "PROTOCOL_VERSION" in refused.value.reason, "for that, and not because this machine speaks none of it"


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
