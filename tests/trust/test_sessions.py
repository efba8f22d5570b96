"""One sees where one is signed in, and ends it from anywhere, with the password once more (OWASP ASVS 5.0, 7.5.2)."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from communes.accounts.open_sessions import UNKNOWN, browser_of, sign_of
from communes.models import OpenSession, TrailEntry

PASSWORD = "mot-hai-ba-bon"
PAGE = "/accounts/sessions/"
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
)

pytestmark = pytest.mark.django_db


def signed_in(user, agent="Mozilla/5.0 (Windows NT 10.0; rv:115.0) Gecko/20100101 Firefox/115.0", address="127.0.0.1"):
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})
    return client


def key(client):
    return client.cookies["sessionid"].value


def end(client, *others, password=PASSWORD, **fields):
    chosen = [sign_of(key(other), kept="") for other in others]
    return client.post(PAGE, {"session": chosen, "password": password} | fields)


def is_in(client):
    return client.get("/register/hamlets/").status_code == 200


def test_one_sees_where_one_is_signed_in_and_no_key_of_it(cast):
    here, phone, minh = signed_in(cast.lan), signed_in(cast.lan, PHONE, "203.0.113.7"), signed_in(cast.minh)
    page = here.get(PAGE).content.decode()
    assert "Chrome trên Android" in page and "203.0.113.7" in page and "Firefox trên Windows" in page
    assert page.count('name="session"') == 1 and "(phiên này)" in page
    assert not [one for one in (here, phone, minh) if key(one) in page]


def test_what_is_ended_is_signed_out_at_once_and_the_rest_stays(cast):
    here, phone, office = (signed_in(cast.lan) for _ in range(3))
    assert end(here, phone).status_code == 302
    assert is_in(here) and not is_in(phone) and is_in(office)
    end(here, all="1")
    assert is_in(here) and not is_in(office)
    assert TrailEntry.objects.filter(act="sign_out", by=cast.lan, what__startswith="Kết thúc").count() == 2


def test_a_session_that_was_signed_out_is_nobodys_though_its_key_was_kept(cast):
    here, kept = signed_in(cast.lan), Client()
    kept.cookies["sessionid"] = key(here)
    assert is_in(kept)
    here.post("/accounts/logout/")
    kept.cookies["sessionid"] = kept.cookies["sessionid"].value
    assert not is_in(here) and not is_in(kept)


def test_nothing_ends_without_the_password_and_wrong_ones_count(cast):
    here, phone = signed_in(cast.lan), signed_in(cast.lan)
    assert "chưa đúng" in end(here, phone, password="sai-mat-ma").content.decode()
    end(here, phone, password="", all="1")
    assert is_in(phone)
    assert TrailEntry.objects.filter(act="password", outcome="failed", by=cast.lan).count() == 1


def test_nobody_ends_the_session_of_another_nor_by_its_key(cast):
    lan, phone, minh = signed_in(cast.lan), signed_in(cast.lan), signed_in(cast.minh)
    end(minh, lan)
    end(minh, all="1")
    lan.post(PAGE, {"session": [key(phone), key(minh), "", "x" * 300], "password": PASSWORD})
    assert is_in(lan) and is_in(phone) and is_in(minh)
    assert Client().post(PAGE, {"all": "1"})["Location"].startswith("/accounts/login/")
    assert is_in(lan)


def test_what_idled_too_long_or_is_over_is_not_shown_and_goes_with_the_next_sign_in(cast):
    here, idle, over = (signed_in(cast.lan) for _ in range(3))
    OpenSession.objects.filter(session_key=key(idle)).update(seen_at=F("seen_at") - timedelta(hours=3))
    OpenSession.objects.filter(session_key=key(over)).update(expire_date=timezone.now())
    assert 'name="session"' not in here.get(PAGE).content.decode()
    signed_in(cast.lan)
    assert not OpenSession.objects.filter(session_key=key(over)).exists()


@pytest.mark.parametrize("agent", ["", "curl/8.5", "<b>" * 500])
def test_a_browser_that_is_none_of_the_known_is_named_so(agent):
    assert browser_of(agent) == UNKNOWN
