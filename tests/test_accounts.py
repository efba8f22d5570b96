"""Signing in, passwords, sessions, error pages, health, and the admin."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from communes.models import User
from communes.scope import Role
from tests import factories as f
from tests.trust.giving import new_password

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "mot-hai-ba-bon"


@pytest.mark.django_db
def test_signing_in_forgives_capitals_and_leads_home(client, cast):
    response = client.post("/accounts/login/", {"username": " LAN ", "password": PASSWORD})
    assert response.status_code == 302 and response["Location"] == "/"
    assert "Việc cần làm" in client.get("/").content.decode()


@pytest.mark.django_db
def test_five_wrong_passwords_lock_the_account_for_a_while(client, cast):
    for _ in range(5):
        response = client.post("/accounts/login/", {"username": "lan", "password": "sai"})
    assert response.status_code == 429 and "15 phút" in response.content.decode()
    assert client.post("/accounts/login/", {"username": "lan", "password": PASSWORD}).status_code == 429
    assert client.post("/accounts/login/", {"username": "minh", "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
def test_an_inactive_account_does_not_sign_in(client, cast):
    User.objects.filter(pk=cast.lan.pk).update(is_active=False)
    assert client.post("/accounts/login/", {"username": "lan", "password": PASSWORD}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("ngan-dai", True),
        ("1234567890", True),
        ("chidam-2026-abc", True),
        ("Antq-rat-dai-2026", True),
        ("con-meo-ngu-trua", False),
    ],
)
def test_a_password_is_long_and_not_what_anyone_would_try(client, cast, password, refused):
    client.force_login(cast.lan, backend=BACKEND)
    form = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    response = client.post("/accounts/password/", form)
    assert (response.status_code == 200) is refused


@pytest.mark.django_db
def test_a_given_password_is_changed_before_anything_else(client, cast):
    User.objects.filter(pk=cast.lan.pk).update(must_change_password=True)
    client.force_login(cast.lan, backend=BACKEND)
    form = {"old_password": PASSWORD, "new_password1": "con-meo-ngu-trua", "new_password2": "con-meo-ngu-trua"}
    assert client.get("/dashboard/")["Location"] == "/accounts/password/"
    client.post("/accounts/password/", form)
    assert client.get("/dashboard/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "ago"), [("seen", 3 * 3600), ("began", 13 * 3600)])
def test_a_session_ends_after_idling_and_after_a_day_of_work(client, cast, key, ago):
    client.force_login(cast.lan, backend=BACKEND)
    client.get("/")
    session = client.session
    session[key] = int(time.time()) - ago
    session.save()
    assert client.get("/api/v1/hamlets/").status_code == 401
    assert "/accounts/login/" in client.get("/")["Location"]


@pytest.mark.django_db
def test_pages_of_errors_speak_vietnamese_and_lead_on(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    missing = client.get("/khong-co/")
    assert missing.status_code == 404 and "Về Việc cần làm" in missing.content.decode()
    client.force_login(cast.thu, backend=BACKEND)
    assert "Về Tổng quan" in client.get("/khong-co/").content.decode(), "as the menu of who only reads calls it"
    client.logout()
    assert "Tới trang đăng nhập" in client.get("/khong-co/").content.decode()
    client.force_login(cast.lan, backend=BACKEND)
    refused = client.get("/review/")
    assert refused.status_code == 403 and "cấp tỉnh" in refused.content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.lan, backend=BACKEND)
    stale = strict.post("/accounts/tokens/")
    assert stale.status_code == 403 and "mở lại trang" in stale.content.decode()


@pytest.mark.django_db
def test_a_failure_says_it_failed(client, cast, settings):
    client.raise_request_exception = False
    client.force_login(cast.lan, backend=BACKEND)
    settings.ROOT_URLCONF = "tests.failing_urls"
    response = client.get("/failing/")
    text = response.content.decode()
    assert response.status_code == 500 and "Hệ thống gặp lỗi" in text and 'class="brand"' in text


def is_away(*args):
    raise OperationalError("connection refused")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/accounts/login/", "/register/hamlets/", "/khong-co/", "/admin/", "/api/v1/hamlets/"]
)
def test_who_is_signed_in_is_told_so_too_where_not_even_the_session_can_be_read(client, cast, address):
    """The page of the failure asked the database for its reader: browsers showed the server's own English line."""
    client.raise_request_exception = False
    client.force_login(cast.lan, backend=BACKEND)
    with connection.execute_wrapper(is_away):
        response = client.get(address)
    assert response.status_code == 503 and response["Retry-After"] and response["Cache-Control"] == "no-store"
    text = response.json()["detail"] if address.startswith("/api/") else response.content.decode()
    assert "thử lại sau ít phút" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("failing", 500, "gặp lỗi"),
        ("away", 503, "chưa dùng được"),
        ("full", 503, "không ghi thêm được"),
        ("read_only", 503, "không ghi thêm được"),
        ("quota", 503, "không ghi thêm được"),
        ("other_file", 500, "gặp lỗi"),
        ("internal", 500, "gặp lỗi"),
    ],
)
def test_a_database_that_is_away_is_said_so_and_the_api_answers_json(client, cast, settings, what, status, words):
    client.raise_request_exception = False
    client.force_login(cast.lan, backend=BACKEND)
    settings.ROOT_URLCONF = "tests.failing_urls"
    page, answer = client.get(f"/{what}/"), client.get(f"/api/{what}/")
    assert page.status_code == answer.status_code == status
    assert words in page.content.decode() and words in answer.json()["detail"]
    assert (page.get("Retry-After"), answer.get("Retry-After")) == (("30", "30") if status == 503 else (None, None))


@pytest.mark.django_db
def test_health_is_told_to_all_and_nothing_else(client):
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").content == b"ok"


@pytest.mark.django_db
def test_pages_carry_a_strict_policy(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy


def test_without_debug_a_weak_key_stops_the_start(monkeypatch):
    import importlib

    from antq import settings as ours

    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        importlib.reload(ours)
    monkeypatch.undo()
    importlib.reload(ours)


@pytest.mark.django_db
def test_a_token_is_shown_once_and_can_be_revoked(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    shown = client.post("/accounts/tokens/").content.decode()
    assert 'class="secret"' in shown
    assert 'class="secret"' not in client.get("/accounts/tokens/").content.decode()
    token = cast.lan.auth_token_set.get()
    client.post(reverse("token_revoke", args=[token.token_key]))
    assert not cast.lan.auth_token_set.exists()


ADMIN_LISTS = ["communes_user", "communes_province", "communes_commune", "communes_hamlet", "communes_institution",
               "models_registry_groupkind", "models_registry_initiativetype", "reports_indicator",
               "reports_indicatorsection", "reports_weaponkind"]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", ADMIN_LISTS)
def test_the_administrator_searches_and_adds(client, cast, name):
    client.force_login(cast.quan, backend=BACKEND)
    assert client.get(reverse(f"admin:{name}_changelist"), {"q": "chi dam"}).status_code == 200
    assert client.get(reverse(f"admin:{name}_add")).status_code == 200


@pytest.mark.django_db
def test_the_admin_is_for_administrators(client, cast):
    client.force_login(cast.hoa, backend=BACKEND)
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.django_db
def test_no_account_without_a_place(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    form = {"username": "moi", "full_name": "Người Mới", "role": Role.COMMUNE_OFFICER}
    refused = client.post(reverse("admin:communes_user_add"), form)
    assert "Vai trò và địa bàn phải khớp nhau" in refused.content.decode()
    client.post(reverse("admin:communes_user_add"), form | {"commune": "07999"})
    made = User.objects.get(username="moi")
    assert made.must_change_password and made.commune == cast.chi_dam


@pytest.mark.django_db
def test_an_administrator_resets_a_password_and_reads_none(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    page = client.get(reverse("admin:communes_user_change", args=[cast.lan.pk])).content.decode()
    algorithm, salt, kept = cast.lan.password.split("$")
    assert "Cấp lại mật khẩu" in page and not any(word in page for word in (algorithm, salt[:4], kept[:6]))
    password = new_password(client, cast.lan)
    cast.lan.refresh_from_db()
    assert cast.lan.check_password(password) and cast.lan.must_change_password


@pytest.mark.django_db
def test_a_new_password_lifts_the_lock_at_once(client, cast):
    for _ in range(6):
        client.post("/accounts/login/", {"username": "lan", "password": "sai"})
    assert client.post("/accounts/login/", {"username": "lan", "password": PASSWORD}).status_code == 429
    client.force_login(cast.quan, backend=BACKEND)
    password = new_password(client, cast.lan)
    client.logout()
    signed_in = client.post("/accounts/login/", {"username": "lan", "password": password})
    assert signed_in.status_code == 302


def account_form(user, **changes):
    """What the account's page posts."""
    fields = {"username": user.username, "full_name": user.full_name, "email": user.email, "role": user.role,
              "province": user.province_id or "", "commune": user.commune.code if user.commune else "", "is_active": "on"}  # fmt: skip
    return {name: value for name, value in (fields | changes).items() if value is not None}


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"is_active": None}, {"role": "national_viewer"}])
def test_no_administrator_shuts_out_herself_or_the_last(client, cast, changes):
    client.force_login(cast.quan, backend=BACKEND)
    page = reverse("admin:communes_user_change", args=[cast.quan.pk])
    refused = client.post(page, account_form(cast.quan, **changes))
    assert refused.status_code == 200 and "chính mình" in refused.content.decode()
    other = User.objects.create_user("khac", "con-meo-ngu-trua", role="administrator", full_name="Khác")
    client.post(reverse("admin:communes_user_change", args=[other.pk]), account_form(other, **changes))
    other.refresh_from_db()
    assert not (other.is_active and other.role == "administrator"), "another administrator may be ended"
    cast.quan.refresh_from_db()
    assert cast.quan.is_active and cast.quan.role == "administrator"


@pytest.mark.django_db
def test_accounts_and_places_are_never_deleted(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    for name, row in (("communes_user", cast.lan), ("communes_commune", cast.chi_dam)):
        assert client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.django_db
def test_user_names_are_made_small():
    place = f.commune()
    made = User.objects.create_user(" Lan.Moi ", PASSWORD, role=Role.COMMUNE_OFFICER, commune=place)
    assert User.objects.get_by_natural_key("LAN.MOI") == made
