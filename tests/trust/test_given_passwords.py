"""A given password is made by the server, shown once, ends by itself, and is changed first (OWASP ASVS 5.0, 6.4.1)."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from communes.models import TrailEntry, User
from communes.scope import Role
from tests.trust.giving import new_password, shown_in

BACKEND = "django.contrib.auth.backends.ModelBackend"
CHOSEN = "con-meo-ngu-trua"
RESET = "admin:auth_user_password_change"

pytestmark = pytest.mark.django_db


@pytest.fixture
def quan(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    return cast.quan


def sign_in(client, user, password):
    client.logout()
    return client.post("/accounts/login/", {"username": user.username, "password": password})


def test_an_administrator_chooses_no_password_by_any_page(client, cast, quan):
    both = {"password1": CHOSEN, "password2": CHOSEN, "password": CHOSEN}
    account = {"username": "moi", "full_name": "", "role": Role.COMMUNE_OFFICER, "commune": "07999"}
    page = client.post(reverse("admin:communes_user_add"), account | both).content.decode()
    made = User.objects.get(username="moi")
    assert not made.check_password(CHOSEN) and made.check_password(shown_in(page)) and made.must_change_password
    client.post(reverse(RESET, args=[made.pk]), both)
    change = account | both | {"is_active": "on"}  # and no box unticked: "must change" is not hers to lift
    client.post(reverse("admin:communes_user_change", args=[made.pk]), change)
    made.refresh_from_db()
    assert not made.check_password(CHOSEN) and made.must_change_password and made.given_until


def test_no_two_are_alike_and_none_is_kept_in_clear(client, cast, quan):
    given = {new_password(client, cast.lan) for _ in range(5)}
    cast.lan.refresh_from_db()
    assert len(given) == 5 and min(map(len, given)) >= 16
    (kept,) = {one for one in given if cast.lan.check_password(one)}
    assert kept not in cast.lan.password
    pages = [reverse("admin:communes_user_change", args=[cast.lan.pk]), reverse(RESET, args=[cast.lan.pk])]
    told = [client.get(page).content.decode() for page in pages] + list(
        TrailEntry.objects.values_list("what", flat=True)
    )
    assert not [text for text in told if kept in text]


def test_it_ends_by_itself_and_says_so_to_who_knows_it_alone(client, cast, quan):
    password = new_password(client, cast.lan)
    User.objects.filter(pk=cast.lan.pk).update(given_until=F("given_until") - timedelta(hours=71, minutes=59))
    assert sign_in(client, cast.lan, password).status_code == 302
    User.objects.filter(pk=cast.lan.pk).update(given_until=timezone.now())
    assert "đã hết hạn" in sign_in(client, cast.lan, password).content.decode()
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert TrailEntry.objects.filter(act="sign_in", by=cast.lan, outcome="refused").exists()
    assert "đã hết hạn" not in sign_in(client, cast.lan, "sai-mat-ma").content.decode()


def test_what_the_owner_chooses_does_not_end(client, cast, quan):
    password = new_password(client, cast.lan)
    sign_in(client, cast.lan, password)
    assert client.get("/register/hamlets/")["Location"] == "/accounts/password/"
    form = {"old_password": password, "new_password1": CHOSEN, "new_password2": CHOSEN}
    client.post("/accounts/password/", form)
    cast.lan.refresh_from_db()
    assert cast.lan.given_until is None and not cast.lan.must_change_password
    assert sign_in(client, cast.lan, CHOSEN).status_code == 302


def test_she_gives_herself_none_but_changes_hers_with_the_old_one(client, cast, quan):
    assert client.post(reverse(RESET, args=[quan.pk]))["Location"] == "/accounts/password/"
    quan.refresh_from_db()
    assert quan.check_password("mot-hai-ba-bon")
