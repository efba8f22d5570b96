"""Passwords that are known to the world are refused, by a list that the operator puts there (OWASP ASVS 5.0, 6.2.12)."""

from hashlib import sha1

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

KNOWN = [f"mat-hay-dung-{number}" for number in range(200)] + ["trời xanh mây trắng"]


def line(password, end="\n"):
    return f"{sha1(password.encode(), usedforsecurity=False).hexdigest().upper()}:{len(password) ** 5}{end}"


@pytest.fixture
def listed(tmp_path, settings):
    """A list as it is published: ordered by hash, a line each, counts of different lengths."""

    def write(passwords, end="\n"):
        path = tmp_path / "breached.txt"
        path.write_bytes("".join(sorted(line(one, end) for one in passwords)).encode())
        settings.BREACHED_PASSWORDS = str(path)

    return write


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_breached_password_is_refused_by_the_operators_list(listed, end):
    listed(KNOWN, end)
    for password in KNOWN:
        with pytest.raises(ValidationError, match="đã bị lộ"):
            validate_password(password)
    with pytest.raises(ValidationError, match="đã bị lộ"):
        validate_password("tro\u0300\u031bi xanh ma\u0302y tra\u0306\u0301ng".replace("o\u0300\u031b", "o\u031b\u0300"))
    for number in range(200):
        assert validate_password(f"con-meo-ngu-trua-{number}") is None


@pytest.mark.parametrize("passwords", [[], KNOWN[:1], KNOWN[:2]])
def test_a_short_list_is_read_to_its_ends(listed, passwords):
    listed(passwords)
    for password in passwords:
        with pytest.raises(ValidationError):
            validate_password(password)
    assert validate_password("con-meo-ngu-trua") is None
