"""A given password is made by the server, shown once, ends by itself, and is changed first (OWASP ASVS 5.0, 6.4.1)."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
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


def test_a_password_that_is_being_changed_undoes_nothing_that_an_administrator_does_meanwhile(
    client, cast, monkeypatch
):
    """It takes seconds to make, and the account was read before."""
    cast.hoa.set_password("mot-hai-ba-bon")
    cast.hoa.save()
    client.force_login(User.objects.get(pk=cast.hoa.pk), backend=BACKEND)
    made = User.set_password

    def slowly(account, password):
        made(account, password)
        User.objects.filter(pk=account.pk).move(is_active=False)

    monkeypatch.setattr(User, "set_password", slowly)
    both = {"new_password1": CHOSEN, "new_password2": CHOSEN, "old_password": "mot-hai-ba-bon"}
    answer = client.post(reverse("password_change"), both)
    assert answer.status_code == 409 and "mật khẩu chưa đổi" in answer.content.decode()
    cast.hoa.refresh_from_db()
    assert not cast.hoa.is_active and cast.hoa.check_password("mot-hai-ba-bon")
    assert not TrailEntry.objects.filter(about=None, by=cast.hoa, act="password").exists()


def test_an_administrator_made_on_the_server_is_written_down_and_chooses_her_own_password(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "1")
    with pytest.raises(CommandError, match="quá ngắn"):
        call_command("createsuperuser", "--noinput", username="goc", verbosity=0)
    assert not User.objects.filter(username="goc").exists()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", CHOSEN)
    call_command("createsuperuser", "--noinput", username="goc", verbosity=0)
    made = User.objects.get(username="goc")
    assert made.is_administrator and made.must_change_password and made.given_until > timezone.now()
    row = TrailEntry.objects.get(about=made)
    assert (row.by, row.act) == (None, "admin") and "trên máy chủ: goc" in row.what


def test_no_user_name_is_a_telephone_and_one_that_stands_is_no_hindrance(client, cast, quan):
    account = {"username": "0912345678", "full_name": "", "role": Role.COMMUNE_OFFICER, "commune": "07999"}
    page = client.post(reverse("admin:communes_user_add"), account).content.decode()
    assert "giống số điện thoại" in page and not User.objects.filter(username="0912345678").exists()
    User.objects.filter(pk=cast.lan.pk).update(username="0912345678")
    client.post(reverse("admin:communes_user_change", args=[cast.lan.pk]), account | {"full_name": "Lan"})
    cast.lan.refresh_from_db()
    assert (cast.lan.full_name, cast.lan.is_active) == ("Lan", False), "she is shut under the name she has"
