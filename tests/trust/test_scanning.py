"""What is uploaded is shown to the operator's virus scanner first (OWASP ASVS 5.0, 5.4.3)."""

import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import TrailEntry
from models_registry.models import RegisterImport
from reports.models import ReportTemplate

BACKEND = "django.contrib.auth.backends.ModelBackend"
BAD = b"this is what a virus looks like to the test"
LIST = "Tên khu dân cư,Số hộ\nKhu 3,164\n".encode()

pytestmark = pytest.mark.django_db


def _whole(connection, count):
    got = b""
    while len(got) < count and (more := connection.recv(count - len(got))):
        got += more
    return got


def _serve(listening, answer, seen):
    """What clamd does with INSTREAM, by its manual."""
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            assert _whole(connection, 10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(_whole(connection, 4), "big"):
                content += _whole(connection, size)
            seen.append(content)
            connection.sendall(answer or (b"stream: Test.Virus FOUND\0" if BAD in content else b"stream: OK\0"))


@contextmanager
def scanner(settings, answer=b""):
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        settings.SCANNER = str(Path(folder) / "clamd.ctl")
        listening.bind(settings.SCANNER)
        listening.listen()
        seen: list[bytes] = []
        served = Thread(target=_serve, args=(listening, answer, seen), daemon=True)
        served.start()
        yield seen
        listening.shutdown(socket.SHUT_RDWR)
        served.join()


def upload(client, content, name="khu.csv"):
    return client.post("/register/import/hamlets/", {"file": SimpleUploadedFile(name, content)})


def test_what_the_scanner_finds_in_is_taken_by_no_page_and_written_down(client, cast, settings):
    with scanner(settings) as seen:
        client.force_login(cast.lan, backend=BACKEND)
        answer = upload(client, LIST + BAD)
        assert answer.status_code == 422 and "Test.Virus" in answer.content.decode()
        client.force_login(cast.hoa, backend=BACKEND)
        files = {"file": SimpleUploadedFile("mau.docx", BAD), "name": "Mẫu"}
        assert client.post("/documents/province-25/templates/", files).status_code == 422
    assert seen[0] == LIST + BAD
    assert not RegisterImport.objects.exists() and not ReportTemplate.objects.exists()
    assert TrailEntry.objects.filter(act="refused", by=cast.lan, what="Tệp bị chặn: Test.Virus").exists()


def test_what_it_passes_is_read_whole(client, cast, settings):
    with scanner(settings) as seen:
        client.force_login(cast.lan, backend=BACKEND)
        assert upload(client, LIST).status_code == 302
    assert seen == [LIST] and bytes(RegisterImport.objects.get().content) == LIST


def test_what_is_larger_than_it_looks_at_is_said_to_be(client, cast, settings):
    client.force_login(cast.lan, backend=BACKEND)
    with scanner(settings, b"INSTREAM size limit exceeded. ERROR\0"):
        refused = upload(client, LIST)
    assert refused.status_code == 413 and "chia nhỏ tệp" in refused.content.decode()
    assert not RegisterImport.objects.exists()


@pytest.mark.parametrize("answer", [b"Can't allocate memory ERROR\0", b""])
def test_what_it_does_not_answer_for_is_not_taken(client, cast, settings, answer):
    client.force_login(cast.lan, backend=BACKEND)
    if answer:
        with scanner(settings, answer):
            refused = upload(client, LIST)
    else:
        settings.SCANNER = "/nowhere/clamd.ctl"
        refused = upload(client, LIST)
    assert refused.status_code == 503 and refused["Retry-After"] and "diệt virus" in refused.content.decode()
    assert not RegisterImport.objects.exists()


def test_a_stranger_sends_it_nothing(client, settings):
    with scanner(settings) as seen:
        upload(client, BAD)
    assert not seen
