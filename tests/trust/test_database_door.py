"""The way to a database on another machine: said, proved, and kept as the address says it (OWASP ASVS 5.0, 12.3)."""

import pytest

from antq.checks import database_is_reached_in_secret
from tests.databases import environment, shell

ELSEWHERE = "postgres://antq:x@db.example.vn:5432/antq"
KEPT = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"


@pytest.mark.parametrize(
    ("host", "options", "warned"),
    [
        ("db.example.vn", {}, True),
        ("10.0.0.5", {"sslmode": "require"}, True),
        ("db.example.vn", {"sslmode": "verify-full"}, False),
        ("127.0.0.1", {}, False),
        ("/var/run/postgresql", {}, False),
        ("", {}, False),
    ],
)
def test_a_database_elsewhere_must_prove_who_it_is(settings, monkeypatch, host, options, warned):
    monkeypatch.setitem(settings.DATABASES, "default", {"HOST": host, "OPTIONS": options})
    assert [one.id for one in database_is_reached_in_secret(None)] == ["antq.W001"] * warned


def test_what_the_address_says_of_tls_is_kept():
    told = shell(environment(f"{ELSEWHERE}?sslmode=verify-full&sslrootcert=/etc/ca.pem"), KEPT)
    assert "'sslmode': 'verify-full'" in told and "'sslrootcert': '/etc/ca.pem'" in told and "jit=off" in told
