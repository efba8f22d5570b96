"""The second administrator is somebody else, whatever the first does to her account, to another's, or how fast."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from communes.accounts import gate, second_factor
from communes.accounts.confirming import BARE, BOTH, FIRST, decide, notices, who_did_what
from communes.accounts.given import choose
from communes.models import Confirmation, TrailEntry, User
from communes.refusals import Refused
from communes.scope import Role
from tests import factories as f
from tests.trust.giving import new_password
from tests.trust.test_confirming import (  # noqa: F401 (a fixture)
    LIST,
    admins,
    change,
    confirm,
    create,
    post,
    reset,
)
from tests.trust.test_second_factor import given, sign_in

pytestmark = pytest.mark.django_db


def is_open(user):
    return User.objects.get(pk=user.pk).is_active


def sat(user):
    """She has signed in, with a device."""
    given(user)
    User.objects.filter(pk=user.pk).update(last_login=f.NOW)


@pytest.mark.parametrize("order", [("password", "device"), ("device", "password")])
def test_who_resets_the_other_administrator_whole_does_not_become_her(client, admins, order):  # noqa: F811
    """With her password and no device of hers quan would sit in her seat, and confirm what he asks."""
    sat(admins.mai)
    for what in order:
        said = reset(client, admins.quan, what, admins.mai)
    assert "createsuperuser" in said and not is_open(admins.mai)
    assert "createsuperuser" in create(client, Role.PROVINCE_REVIEWER, province=admins.phu_tho.pk)
    assert not User.objects.get(username="moi").is_active, "for the seat was taken"
    confirm(client, admins.quan)
    assert not is_open(admins.mai) and Confirmation.objects.filter(decided_at=None).count() == 2
    confirm(client, f.user(Role.ADMINISTRATOR, username="maychu"))
    assert is_open(admins.mai)


def test_who_never_sat_there_has_no_seat(client, admins):  # noqa: F811
    """quan, alone so far, made mai, whose password ended before she came: he gives her another."""
    given(admins.mai)
    for what in ("password", "device"):
        reset(client, admins.quan, what, admins.mai)
    assert is_open(admins.mai) and not Confirmation.objects.exists()


def test_nor_one_after_the_other(client, admins):  # noqa: F811
    """The first of two is shut and confirms nothing more; the second is not left to whoever shut her."""
    van = f.user(Role.ADMINISTRATOR, username="van")
    for one in (admins.mai, van):
        sat(one)
    for one in (admins.mai, van):
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


@pytest.fixture
def owed(client, admins, settings):  # noqa: F811
    """Second factors are owed above communes; the administrators have theirs, hoa has none yet."""
    settings.SECOND_FACTOR = "required"
    admins.van = f.user(Role.ADMINISTRATOR, username="van")
    for one in (admins.quan, admins.mai, admins.van):
        given(one)

    def gives_password(by, user):
        sits(by)
        return post(client, reverse("admin:auth_user_password_change", args=[user.pk]), {})

    def sits(by):
        client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        gate.passed(SimpleNamespace(session=session), User.objects.get(pk=by.pk))
        session.save()
        client.cookies["sessionid"] = session.session_key

    def takes_device(by, user):
        sits(by)
        return post(client, reverse(LIST), {"action": "reset_second_factor", "_selected_action": [user.pk]})

    admins.sits, admins.gives_password, admins.takes_device = sits, gives_password, takes_device
    return admins


def may(by):
    """Whether somebody lets what waits hold."""
    try:
        decide(Confirmation.objects.get(decided_at=None), granted=True, by=by, now=f.NOW)
    except Refused:
        return False
    return True


def test_a_password_is_all_of_an_account_that_owes_a_device_and_has_none(owed):
    assert "chờ một quản trị khác" in owed.gives_password(owed.quan, owed.hoa) and not is_open(owed.hoa)
    assert not may(owed.quan) and may(owed.mai) and is_open(owed.hoa)
    given(owed.hoa)
    owed.gives_password(owed.quan, owed.hoa)
    assert is_open(owed.hoa), "her device stands between"
    owed.gives_password(owed.quan, owed.lan)
    assert is_open(owed.lan), "of a commune"


@pytest.mark.parametrize(("giver", "first"), [("quan", "password"), ("mai", "password"), ("quan", "role")])
def test_a_role_is_not_widened_under_a_password_that_an_administrator_knows(client, owed, giver, first):
    """quan asks that lan, an officer, reviews; she has no device, and her password is one that was given."""
    for what in ("password", "role") if first == "password" else ("role", "password"):
        if what == "password":
            owed.gives_password(getattr(owed, giver), owed.lan)
        else:
            owed.sits(owed.quan)
            change(client, owed.lan, role=Role.PROVINCE_REVIEWER, commune="", province=owed.phu_tho.pk)
    waiting = Confirmation.objects.get(decided_at=None)
    assert BARE in waiting.why and "Phú Thọ" in waiting.why and not is_open(owed.lan)
    assert not may(owed.quan) and may(owed.mai) == (giver == "quan")
    assert is_open(owed.lan) or may(owed.van)


def test_a_password_of_her_own_is_nobody_elses(client, owed):
    """quan gave lan one long ago; she chose another since, and no device was ever asked of her."""
    owed.gives_password(owed.quan, owed.lan)
    owed.lan.refresh_from_db()
    choose(owed.lan, "Sông-Lô-xanh-trong-9")
    change(client, owed.lan, role=Role.PROVINCE_REVIEWER, commune="", province=owed.phu_tho.pk)
    assert BARE not in Confirmation.objects.get(decided_at=None).why and may(owed.mai)


@pytest.mark.parametrize("reset_since", [False, True])
def test_nor_under_the_one_that_the_account_was_made_with(client, owed, reset_since):
    """quan made moi, an officer, and was shown the password; mai asks that moi reviews."""
    owed.sits(owed.quan)
    create(client, Role.COMMUNE_OFFICER, commune="07999")
    moi = User.objects.get(username="moi")
    assert is_open(moi)
    if reset_since:
        owed.gives_password(owed.van, moi)
    owed.sits(owed.mai)
    change(client, moi, role=Role.PROVINCE_REVIEWER, commune="", province=owed.phu_tho.pk)
    waiting = Confirmation.objects.get(decided_at=None)
    assert (BARE if reset_since else FIRST) in waiting.why and "Phú Thọ" in waiting.why and not is_open(moi)
    giver, other = (owed.van, owed.quan) if reset_since else (owed.quan, owed.van)
    told = notices(moi, since=None, now=f.NOW)
    assert len(told) == reset_since, "an account that was made was not reset"
    assert ("khi lập tài khoản: quan" in "".join(who_did_what(waiting))) != reset_since
    assert not may(giver) and may(other) and is_open(moi)


def test_an_account_made_above_communes_waits_for_that_alone(client, owed):
    owed.sits(owed.quan)
    create(client, Role.PROVINCE_REVIEWER, province=owed.phu_tho.pk)
    waiting = Confirmation.objects.get(decided_at=None)
    assert waiting.why.endswith(f", {owed.phu_tho}") and ";" not in waiting.why
    assert not may(owed.quan) and may(owed.mai)


@pytest.mark.parametrize("order", [("password", "device"), ("device", "password")])
def test_of_a_device_that_was_taken_away_it_is_not_said_that_there_was_none(client, owed, order):
    given(owed.hoa)
    for what in order:
        owed.takes_device(owed.quan, owed.hoa) if what == "device" else owed.gives_password(owed.quan, owed.hoa)
    assert Confirmation.objects.get(decided_at=None).why == BOTH
    owed.sits(owed.quan)
    change(client, owed.hoa, role=Role.NATIONAL_VIEWER, province="", is_active="")
    assert BARE not in (why := Confirmation.objects.get(decided_at=None).why) and why.startswith(f"{BOTH}; ")


@pytest.mark.parametrize("came", ["never", "by the password alone", "with a device"])
def test_by_a_password_alone_nobody_took_her_seat_where_a_device_is_owed(client, owed, came):
    """Of two administrators the new one typed what quan gave her, set up no device, and lost the password."""
    User.objects.filter(pk__in=(owed.mai.pk, owed.van.pk)).update(is_active=False)
    new = f.user(Role.ADMINISTRATOR, username="moi")
    if came != "never":
        client.logout()
        sign_in(client, new)
        new.refresh_from_db()
        assert new.last_login
    if came == "with a device":
        given(new)
        second_factor.remove(new)
    owed.gives_password(owed.quan, new)
    assert is_open(new) == (came != "with a device")
    assert TrailEntry.objects.filter(what__startswith="Thôi quyền quản trị").exists() == (came == "with a device")
