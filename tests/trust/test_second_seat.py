"""The second administrator is somebody else, whatever the first does to her account, to another's, or how fast."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from communes.models import Confirmation, TrailEntry, User
from communes.scope import Role
from tests import factories as f
from tests.trust.giving import new_password
from tests.trust.test_confirming import (  # noqa: F401 (a fixture)
    admins,
    confirm,
    create,
    reset,
)
from tests.trust.test_second_factor import given

pytestmark = pytest.mark.django_db


def is_open(user):
    return User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("order", [("password", "device"), ("device", "password")])
def test_who_resets_the_other_administrator_whole_does_not_become_her(client, admins, order):  # noqa: F811
    """With her password and no device of hers quan would sit in her seat, and confirm what he asks."""
    given(admins.mai)
    for what in order:
        said = reset(client, admins.quan, what, admins.mai)
    assert "createsuperuser" in said and not is_open(admins.mai)
    assert "createsuperuser" in create(client, Role.PROVINCE_REVIEWER, province=admins.phu_tho.pk)
    assert not User.objects.get(username="moi").is_active, "for the seat was taken"
    confirm(client, admins.quan)
    assert not is_open(admins.mai) and Confirmation.objects.filter(decided_at=None).count() == 2
    confirm(client, f.user(Role.ADMINISTRATOR, username="maychu"))
    assert is_open(admins.mai)


def test_nor_one_after_the_other(client, admins):  # noqa: F811
    """The first of two is shut and confirms nothing more; the second is not left to whoever shut her."""
    van = f.user(Role.ADMINISTRATOR, username="van")
    for one in (admins.mai, van):
        given(one)
        for what in ("password", "device"):
            reset(client, admins.quan, what, one)
    assert not is_open(admins.mai) and not is_open(van)
    assert TrailEntry.objects.filter(what__startswith="Thôi quyền quản trị").count() == 2


@pytest.mark.parametrize("by", ["quan", "mai"])
def test_a_password_that_was_given_is_known_until_the_owner_sets_her_own(client, admins, by):  # noqa: F811
    """She signs in with it and proves her device; before she has set one of her own the device is taken away."""
    codes = given(admins.hoa)
    client.force_login(admins.quan, backend="django.contrib.auth.backends.ModelBackend")
    password = new_password(client, admins.hoa)
    client.logout()
    client.post("/accounts/login/", {"username": "hoa", "password": password})
    client.post(reverse("second_factor_prove"), {"code": codes[0]})
    assert client.session[SESSION_KEY] == str(admins.hoa.pk)
    assert re.search("password", client.get("/", follow=True).redirect_chain[-1][0]), "she has not changed it yet"
    assert "đang khóa" in reset(client, getattr(admins, by), "device", admins.hoa)
    assert not is_open(admins.hoa)
    confirm(client, admins.quan)
    assert not is_open(admins.hoa), "who knows the password does not let it hold"
    confirm(client, admins.mai)
    assert is_open(admins.hoa)
