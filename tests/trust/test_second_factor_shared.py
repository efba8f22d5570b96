"""Two accounts that set up an authenticator in one browser, one after the other: neither sees nor takes the other's key."""

import re
from binascii import unhexlify

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.trust.test_second_factor import ENROL, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR = "required"


def shown(client):
    """The key that the page shows, as people type it."""
    return re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", client.get(ENROL).content.decode())[0]


def test_the_key_of_the_first_is_not_shown_to_the_second_nor_taken_by_her(client, cast):
    sign_in(client, cast.hoa, ENROL)
    hers, key = shown(client), client.session["second_factor_key"]
    client.post("/accounts/logout/")
    sign_in(client, cast.thu, ENROL)
    assert shown(client) != hers
    client.post(ENROL, {"code": f"{totp(unhexlify(key)):06d}"})
    assert not TOTPDevice.objects.exists()
    assert client.session["second_factor_key"] != key and shown(client) != hers


def test_who_did_not_sign_out_sets_up_her_own_and_nobody_elses(client, cast):
    sign_in(client, cast.hoa, ENROL)
    shown(client)
    key = client.session["second_factor_key"]
    sign_in(client, cast.thu, ENROL)
    client.post(ENROL, {"code": f"{totp(unhexlify(key)):06d}"})
    assert TOTPDevice.objects.get().user == cast.hoa


def test_a_key_begun_before_the_account_signed_out_does_not_come_again(client, cast):
    sign_in(client, cast.hoa, ENROL)
    hers = shown(client)
    assert shown(client) == hers, "reading the page again keeps it"
    client.post("/accounts/logout/")
    sign_in(client, cast.hoa, ENROL)
    assert shown(client) != hers
