"""The client's address comes from the trusted proxies and from nowhere else."""

import pytest
from django.test import RequestFactory

from communes.accounts.addresses import client_address, neighbourhood

PASSWORD = "mot-hai-ba-bon"


def seen(settings, proxies, told, connected="127.0.0.1"):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": told} if told is not None else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=connected, **headers))


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, None, "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "1.1.1.1, rubbish", "127.0.0.1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(settings, proxies, told, address):
    assert seen(settings, proxies, told) == address


def test_a_connection_without_an_address_has_one_all_the_same(settings):
    assert seen(settings, 0, None, connected="") == "0.0.0.0"


def test_an_office_is_an_address_or_a_network_of_the_new_kind():
    assert neighbourhood("203.0.113.7") == "203.0.113.7"
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") != neighbourhood("2001:db8:0:1::1")


def sign_in(client, password, forwarded):
    return client.post(
        "/accounts/login/", {"username": "lan", "password": password}, headers={"X-Forwarded-For": forwarded}
    ).status_code


@pytest.mark.django_db
def test_behind_a_proxy_a_stranger_locks_out_nobody_but_himself(client, cast, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(8):
        sign_in(client, "sai", f"10.1.1.{number}, 198.51.100.66")  # forging the beginning does not help
    assert sign_in(client, PASSWORD, "198.51.100.66") == 429
    assert sign_in(client, PASSWORD, "203.0.113.7") == 302


@pytest.mark.django_db
def test_tries_while_locked_do_not_make_the_lock_longer(client, cast, settings):
    from axes.models import AccessAttempt

    settings.TRUSTED_PROXIES = 1
    for _ in range(5):
        sign_in(client, "sai", "198.51.100.66")
    locked = AccessAttempt.objects.get().attempt_time
    sign_in(client, "sai", "198.51.100.66")
    assert AccessAttempt.objects.get().attempt_time == locked
