"""Where nothing can be written (a full disk, a database that is only read) that is said, and reading goes on."""

from pathlib import Path

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.files import uploadedfile
from django.db import connection
from django.test import Client
from xlsxwriter.exceptions import FileCreateError

from communes.room import takes_no_writing
from communes.sessions import STEP
from tests.databases import on_postgres

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGES = (
    "/", "/register/hamlets/", "/register/institutions/", "/reports/07999/", "/reports/07999/2025-06/", "/dashboard/",
    "/guide/", "/api/v1/hamlets/",
)  # fmt: skip


@pytest.fixture
def lan(cast):
    """Her browser, some minutes after she last did anything."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.lan, backend=BACKEND)
    client.get("/")
    session = client.session
    session["seen"] -= STEP
    session.save()
    return client


@pytest.fixture
def only_read(lan):
    """The database takes no writing, as a standby or a file on a disk that the system has shut."""
    connection.check_constraints()
    begin, end = ("PRAGMA query_only = 1", "PRAGMA query_only = 0")
    if on_postgres():
        begin, end = ("SAVEPOINT writing; SET TRANSACTION READ ONLY", "ROLLBACK TO SAVEPOINT writing")
    connection.connection.execute(begin)
    yield
    connection.connection.execute(end)


@pytest.mark.parametrize("address", PAGES)
def test_what_is_only_read_is_answered(lan, only_read, address):
    """The session could not even note that it is in use: after five minutes no page was shown."""
    answer = lan.get(address)
    assert answer.status_code == 200 and lan.get(address).status_code == 200


def test_what_leaves_a_trace_is_not_shown_without_one(lan, only_read):
    answer = lan.get("/register/members/")
    assert answer.status_code == 503 and "không ghi thêm được" in answer.content.decode()


def test_a_session_that_was_ended_meanwhile_is_no_fault_of_the_machine(lan):
    session = lan.session
    session.model.objects.get(session_key=session.session_key).delete()
    with pytest.raises(UpdateError):
        session.save()


def test_what_would_be_written_is_said_to_be_not(lan, cast, only_read):
    token = lan.get("/register/hamlets/new/").cookies["csrftoken"].value
    page = lan.post("/register/hamlets/new/", {"name": "Khu 77", "csrfmiddlewaretoken": token})
    hamlet = {"name": "Khu 77", "commune": cast.chi_dam.code}
    answer = lan.post("/api/v1/hamlets/", hamlet, "application/json", headers={"X-CSRFToken": token})
    for said, text in ((page, page.content.decode()), (answer, answer.json()["detail"])):
        assert said.status_code == 503 and said["Retry-After"] and "không ghi thêm được" in text


def test_a_workbook_that_finds_no_room_is_known_by_what_its_library_makes_of_it():
    with pytest.raises(FileCreateError) as raised:  # as its Workbook.close does
        try:
            Path("/dev/full").write_bytes(b"x")
        except OSError as error:
            raise FileCreateError(error)  # noqa: B904
    assert takes_no_writing(raised.value) and not takes_no_writing(FileCreateError("another fault"))


def test_an_upload_that_finds_no_room_is_said_so(lan, settings, monkeypatch, tmp_path):
    """The disk of the temporary files is another than the database's."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    file = tmp_path / "rows.xlsx"
    file.write_bytes(b"x" * 100_000)
    with file.open("rb") as sent, Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(uploadedfile.tempfile, "NamedTemporaryFile", lambda **options: full)
        answer = lan.post("/register/import/hamlets/", {"file": sent})
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "không ghi thêm được" in answer.content.decode()
