"""What every request is held to: nothing is changed but from a page of ours."""

# ruff: noqa: F811
import io
import re
import zipfile

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import FileField
from django.test import Client

from antq.wsgi import application
from models_registry.importing.runs import upload
from models_registry.importing.workbooks import Unreadable, read
from tests import factories as f
from tests.databases import ROOT
from tests.models_registry.workbooks import workbook
from tests.states import changed, state
from tests.test_routes import BACKEND, TOLD_OF, addresses, rows  # noqa: F401 (a fixture)


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["lan", "hoa", "quan"])
def test_nothing_is_sent_but_from_a_page_of_ours(cast, rows, who):
    """Without the token of such a page every address refuses, the API's to a session too."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(getattr(cast, who), backend=BACKEND)
    before = state()
    for address in addresses(rows):
        answer = client.post(address, "{}", content_type="application/json")
        assert answer.status_code in (403, 405), (address, answer.status_code)
        for method in (client.put, client.patch, client.delete):
            if address.startswith("/api/v1/"):
                assert method(address, "{}", content_type="application/json").status_code == 403, address
    assert not changed(before).keys() - TOLD_OF


def test_no_upload_lies_below_an_address():
    kept = [field for model in apps.get_models() for field in model._meta.fields if isinstance(field, FileField)]
    assert not kept and not settings.MEDIA_ROOT and not settings.MEDIA_URL.strip("/")


BOMB = '<!DOCTYPE x [<!ENTITY a "{}">{}]>'.format(
    "khu " * 200, "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
)


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("in_a_process")
@pytest.mark.parametrize("entity", [BOMB, '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file://{secret}">]>'])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_no_entity_of_a_workbook_is_read(cast, tmp_path, entity, part):
    """Neither ones that unfold to gigabytes nor ones that name a file of the server."""
    secret = tmp_path / "key"
    secret.write_text("of the server alone")
    entity = entity.replace("{secret}", str(secret))
    buffer, content = io.BytesIO(), workbook([["Tên khu dân cư"], ["Khu 11"]])
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                head, _, rest = text.decode().partition("?>")
                text = f"{head}?>{entity}{rest}".replace("<v>1</v>", "<v>&a9;</v>").replace("Khu 11", "&a9;").encode()
            new.writestr(name, text)
    try:
        run = upload("hamlets", "a.xlsx", buffer.getvalue(), by=cast.lan, now=f.NOW)
    except Unreadable:
        return
    said = str([sheet.rows for sheet in read(run.file_name, run.content)])
    assert len(said) < 1000 and "of the server" not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/", "/accounts/login/", "/api/v1/hamlets/", "/register/hamlets/?format=csv", "/nowhere/", "/admin/", "/healthz"],
)
def test_no_answer_is_guessed_at_framed_or_told_of(client, cast, address):
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get(address)
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Type"].partition(";")[0]
    assert answer["Referrer-Policy"] == "same-origin" and answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


CODES = [
    "hex",
    "zip",
    "bz2",
    "rot13",
    "undefined",
    "uu",
    "quopri",
    "base64",
    "idna",
    "punycode",
    "ascii",
    "utf-16",
    "latin1",
]
NO_CODES = ["x*=nonsense''a", "charset*=undefined''a", "x*=idna''%ff", "x*" + "9" * 5000 + "=a"]
"""Parameters in codes of their own (RFC 2231) that none reads."""
TEXT = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n\xc3\xa9\r\n--x--\r\n'


@pytest.mark.django_db
@pytest.mark.parametrize("who", [None, "lan"])
@pytest.mark.parametrize(
    ("method", "address", "kind", "body"),
    [
        ("POST", "/accounts/login/", "multipart/form-data; boundary=x", TEXT),
        ("POST", "/register/import/hamlets/", "multipart/form-data; boundary=x", TEXT),
        ("POST", "/accounts/login/", "application/x-www-form-urlencoded", b"username=%C3%A9"),
        ("POST", "/api/v1/reports/", "application/json", b'{"commune": "07999", "month": "2025-06"}'),
        ("GET", "/api/v1/hamlets/?q=%C3%A9", "application/json", b""),
        ("GET", "/register/hamlets/?q=%C3%A9", "text/plain", b""),
        ("POST", "/nowhere/", "multipart/form-data; boundary=x", TEXT),
    ],
)
def test_what_names_another_code_than_utf_8_is_refused_before_it_is_read(cast, who, method, address, kind, body):
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(getattr(cast, who), backend=BACKEND)
    path, _, query = address.partition("?")
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    given = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method, "HTTP_COOKIE": cookies,
             "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "testserver"}  # fmt: skip

    def answered(code):
        """By what gunicorn serves: Django reads the address while it makes the request."""
        told = []
        environ = client._base_environ(**given, CONTENT_TYPE=f"{kind}; {code}")
        environ["wsgi.input"] = io.BytesIO(body)
        answer = application(environ, lambda status, heads: told.append(int(status[:3])))
        return told[0], b"".join(answer).decode(errors="replace")

    for code in (*(f"charset={name}" for name in CODES), *NO_CODES):
        status, said = answered(code)
        assert status == 415 and "UTF-8" in said, (code, status)
    for code in ("charset=utf-8", "charset=UTF8", 'charset="utf-8"', "boundary*=zip''x", "boundary*=utf-8''%C3%A9"):
        assert answered(code)[0] not in (415, 500), code


SOURCES = [path for app in ("antq", "communes", "models_registry", "reports") for path in (ROOT / app).rglob("*.py")]


def saying(words, *, but=""):
    """The files that hold some words, but for one folder's."""
    return [
        path for path in SOURCES if but not in path.parts and re.search(words, path.read_text(encoding="utf-8"), re.M)
    ]


def test_every_serializer_names_its_fields():
    """A column that is added is given to nobody by itself."""
    assert len(SOURCES) > 100 and not saying('fields = "__all__"')


def test_what_must_not_be_guessed_is_drawn_by_the_system_and_nothing_rests_on_weak_digests():
    """What is made up for a demonstration alone may be guessed; SHA-1 finds what a list of breached passwords holds."""
    assert not saying(r"^\s*(import random\b|from random )", but="demo"), "secrets or os.urandom"
    assert [path.name for path in saying(r"\b(md5|sha1)\(")] == ["passwords.py"]
    assert not saying(r"^\s*(import pickle\b|from pickle |import marshal\b)|\b(eval|exec)\(|shell=True")
