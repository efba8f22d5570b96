"""A new password opens a locked account and ends what hung on the old one, by whatever door it came."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client

from communes.models import OpenSession, TrailEntry
from tests.trust.giving import new_password

PASSWORD, CHOSEN = "mot-hai-ba-bon", "con-meo-ngu-trua"
BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGN_IN = "/accounts/login/"

pytestmark = pytest.mark.django_db


def sign_in(client, user, password=PASSWORD):
    return client.post(SIGN_IN, {"username": user.username, "password": password})


def by_console(user, client, quan):
    call_command("changepassword", user.username)
    return CHOSEN


def by_administrator(user, client, quan):
    client.force_login(quan, backend=BACKEND)
    return new_password(client, user)


def by_program(user, client, quan):
    user.set_password(CHOSEN)
    user.save()
    return CHOSEN


@pytest.fixture
def stolen(cast):
    """What somebody else holds of lan: an open session and a token."""
    held = SimpleNamespace(session=Client(), token=Client())
    sign_in(held.session, cast.lan)
    page = held.session.post("/accounts/tokens/")
    held.token = Client(headers={"Authorization": f"Token {page.context['key']}"})
    assert is_open(held.session) and held.token.get("/api/v1/hamlets/").status_code == 200
    return held


def is_open(client):
    return client.get("/register/hamlets/").status_code == 200


DOORS = pytest.mark.parametrize("door", [by_console, by_administrator, by_program])


@pytest.fixture(autouse=True)
def _typed(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt="": CHOSEN)


@DOORS
def test_a_new_password_unlocks_at_once(client, cast, door):
    for _ in range(6):
        answer = sign_in(client, cast.lan, "sai-mat-ma")
    assert answer.status_code == 429
    password = door(cast.lan, Client(), cast.quan)
    assert sign_in(client, cast.lan, password).status_code == 302


@DOORS
def test_what_hung_on_the_old_one_ends(cast, stolen, door):
    door(cast.lan, Client(), cast.quan)
    assert not OpenSession.objects.filter(user=cast.lan).exists()
    assert not is_open(stolen.session)
    assert stolen.token.get("/api/v1/hamlets/").status_code == 401


def test_who_changes_hers_stays_and_sees_no_session_that_is_dead(cast, stolen):
    here = Client()
    sign_in(here, cast.lan)
    form = {"old_password": PASSWORD, "new_password1": CHOSEN, "new_password2": CHOSEN}
    assert here.post("/accounts/password/", form).status_code == 302
    assert is_open(here) and not is_open(stolen.session)
    assert OpenSession.objects.filter(user=cast.lan).count() == 1


def test_what_the_console_gives_is_changed_first_written_down_and_told(client, cast):
    call_command("changepassword", " LAN")
    row = TrailEntry.objects.get(act="admin", about=cast.lan)
    assert row.by is None and "máy chủ" in row.what
    sign_in(client, cast.lan, CHOSEN)
    assert client.get("/register/hamlets/")["Location"] == "/accounts/password/"
    assert "quản trị máy chủ" in client.get("/accounts/password/").content.decode()
    cast.lan.refresh_from_db()
    assert cast.lan.given_until is not None
