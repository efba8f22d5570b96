"""Tokens: made by their owner alone, mortal, and dead when the account changes."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from knox.models import AuthToken

from communes.accounts.tokens import issue
from communes.models import User
from communes.scope import Role
from tests.databases import ROOT

BACKEND = "django.contrib.auth.backends.ModelBackend"
LIST = "/api/v1/hamlets/"

pytestmark = pytest.mark.django_db


def call(client, key):
    client.logout()
    return client.get(LIST, headers={"Authorization": f"Token {key}"}).status_code


def test_an_administrator_makes_no_token_for_anyone(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    with pytest.raises(NoReverseMatch):
        reverse("admin:knox_authtoken_add")
    for address in ("/admin/knox/authtoken/add/", "/admin/communes/accesstoken/add/"):
        assert client.post(address, {"user": cast.hoa.pk}).status_code in (403, 404)
    assert not AuthToken.objects.exists()


def test_an_administrator_lists_and_revokes_tokens_and_sees_no_key(client, cast):
    key = issue(cast.hoa)
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_accesstoken_changelist")
    page = client.get(address).content.decode()
    assert "hoa" in page and key not in page and key[:8] in page
    client.post(address, {"action": "revoke", "_selected_action": [AuthToken.objects.get().pk]})
    assert not AuthToken.objects.exists() and call(client, key) == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.set_password("con-meo-ngu-trua"),
        lambda user: setattr(user, "role", Role.COMMUNE_CHIEF),
        lambda user: setattr(user, "is_active", False),
    ],
)
def test_a_token_dies_with_every_change_of_its_account(client, cast, change):
    key = issue(cast.lan)
    assert call(client, key) == 200
    change(cast.lan)
    cast.lan.save()
    assert call(client, key) == 401
    if cast.lan.is_active:
        assert not AuthToken.objects.exists()


def test_a_token_dies_when_its_account_moves(client, cast):
    key = issue(cast.lan)
    User.objects.filter(pk=cast.lan.pk).update(commune=cast.tay_coc)
    assert call(client, key) == 401


def test_a_token_lives_ninety_days(client, cast):
    key = issue(cast.lan)
    assert timedelta(days=89) < AuthToken.objects.get().expiry - timezone.now() <= timedelta(days=90)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert call(client, key) == 401


def test_the_page_says_when_a_token_was_used_and_leaves_out_the_dead(client, cast):
    key = issue(cast.lan)
    client.force_login(cast.lan, backend=BACKEND)
    assert "chưa dùng" in client.get("/accounts/tokens/").content.decode()
    assert call(client, key) == 200
    client.force_login(cast.lan, backend=BACKEND)
    assert "dùng lần cuối" in client.get("/accounts/tokens/").content.decode()
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert key[:8] not in client.get("/accounts/tokens/").content.decode()


def test_tokens_that_never_ended_are_given_an_end(cast):
    issue(cast.lan)
    AuthToken.objects.update(expiry=None)
    import_module("communes.migrations.0003_tokens_are_mortal").give_an_end(apps, None)
    token = AuthToken.objects.get()
    assert token.expiry - token.created == timedelta(days=90)


def test_a_given_password_opens_neither_the_description_nor_its_page(client, cast):
    User.objects.filter(pk=cast.lan.pk).update(must_change_password=True)
    client.force_login(cast.lan, backend=BACKEND)
    assert client.get("/api/docs/").headers["Location"] == "/accounts/password/"
    assert client.get("/api/schema/").status_code == 403


def test_the_admin_shows_no_model_without_a_use(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    page = client.get("/admin/").content.decode()
    for foreign in ("/admin/axes/", "/admin/knox/", "/admin/auth/group/"):
        assert foreign not in page


@pytest.mark.parametrize("door", ["saved", "many"])
def test_what_ended_when_an_account_was_shut_does_not_begin_again_when_it_is_opened(client, cast, door):
    key, before = issue(cast.lan), cast.lan.standing
    client.force_login(cast.lan, backend=BACKEND)
    assert client.get("/").status_code == 200
    for active in (False, True):
        if door == "saved":
            cast.lan.is_active = active
            cast.lan.save(update_fields=["is_active"])
        else:
            User.objects.filter(pk=cast.lan.pk).move(is_active=active)
    answer = client.get("/")
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), "the session"
    assert call(client, key) == 401, "the token"
    assert User.objects.get(pk=cast.lan.pk).standing != before, "remembered devices"


def test_nor_when_a_role_or_a_place_comes_back(client, cast):
    key, standing = issue(cast.lan), {cast.lan.standing}
    for changed in ({"role": Role.COMMUNE_CHIEF}, {"role": Role.COMMUNE_OFFICER}):
        for name, value in changed.items():
            setattr(cast.lan, name, value)
        cast.lan.save()
        standing.add(cast.lan.standing)
    for commune in (cast.tay_coc, cast.chi_dam):
        cast.lan.commune = commune
        cast.lan.save()
        standing.add(User.objects.get(pk=cast.lan.pk).standing)
    assert len(standing) == 5 and call(client, key) == 401


def test_no_door_changes_what_an_account_may_without_ending_what_hung_on_it():
    """Many accounts at once are shut, opened and given a role by ``move`` alone."""
    files = [path for app in ("communes", "models_registry", "reports") for path in (ROOT / app).rglob("*.py")]
    files = [path for path in files if path.parent.name != "migrations"]
    bare = re.compile(r"\.update\([^)]*\b(?:role|is_active)=")
    assert files and not [str(path) for path in files if bare.search(path.read_text(encoding="utf-8"))]
