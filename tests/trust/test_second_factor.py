"""The second factor: without it nothing opens for those who need one; no code works twice; a reset ends everything."""

import re
from binascii import unhexlify
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from communes.accounts import second_factor
from communes.accounts.tokens import issue
from communes.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "mot-hai-ba-bon"
KEY = "3132333435363738393031323334353637383930"
PROVE, ENROL = "/accounts/second-factor/prove/", "/accounts/second-factor/enrol/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR = "required"


def code_of(key=KEY, steps=0):
    return f"{totp(unhexlify(key), drift=steps):06d}"


def given(user):
    """A second factor whose codes are good from now on; returns its recovery codes."""
    codes = second_factor.enrol(user, KEY, code_of())
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return codes


def sign_in(client, user, to="/"):
    return client.post("/accounts/login/", {"username": user.username, "password": PASSWORD, "next": to})


@pytest.mark.parametrize("who", ["hoa", "thu", "an", "quan"])
def test_those_above_communes_open_nothing_before_they_have_one(client, cast, who):
    user = getattr(cast, who)
    assert sign_in(client, user).status_code == 302
    for address in ("/", "/dashboard/", "/admin/", "/accounts/tokens/", "/accounts/password/", "/api/docs/"):
        answer = client.get(address)
        assert answer.status_code == 302 and answer["Location"].startswith(ENROL), address
    for address in ("/api/v1/hamlets/", "/api/schema/"):
        assert client.get(address).status_code == 403
    assert "owes" not in client.get(ENROL).content.decode()
    assert 'aria-label="Chính"' not in client.get(ENROL).content.decode()


def test_communes_are_offered_one_and_do_without(client, cast):
    sign_in(client, cast.lan)
    assert client.get("/").status_code == 200
    assert "Bật xác thực hai bước" in client.get("/accounts/second-factor/").content.decode()


def test_everybody_owes_one_where_the_operator_says_so(client, cast, settings):
    settings.SECOND_FACTOR = "everybody"
    sign_in(client, cast.lan)
    assert client.get("/")["Location"].startswith(ENROL)
    assert client.get("/api/v1/hamlets/").status_code == 403
    given(cast.minh)
    client.logout()
    sign_in(client, cast.minh)
    assert client.get("/")["Location"].startswith(PROVE)


def test_with_offered_nobody_is_made_to_have_one(client, cast, settings):
    settings.SECOND_FACTOR = "offered"
    sign_in(client, cast.hoa)
    assert client.get("/").status_code == 200


def test_setting_up_proves_the_authenticator_and_gives_codes_that_are_kept_nowhere(client, cast):
    sign_in(client, cast.hoa)
    page = client.get(ENROL).content.decode()
    key = client.session["second_factor_key"]
    assert "<svg" in page and second_factor.secret_of(key) in page and "bắt buộc" in page
    assert client.post(ENROL, {"code": "000000"}).status_code == 200 and client.get("/").status_code == 302
    done = client.post(ENROL, {"code": code_of(key)}).content.decode()
    codes = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", done)
    assert len(codes) == 10 and client.get("/").status_code == 200
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10 and not kept & {code.replace("-", "") for code in codes}


def test_the_password_alone_opens_nothing_and_a_code_works_once(client, cast):
    given(cast.hoa)
    assert sign_in(client, cast.hoa, "/review/")["Location"] == "/review/"
    assert client.get("/review/")["Location"] == f"{PROVE}?next=/review/"
    before = client.session.session_key
    assert client.get(ENROL).status_code == 302, "another device is not set up in place of the one that is asked for"
    code = code_of()
    assert client.post(PROVE, {"code": f"{code[:3]} {code[3:]}", "next": "/review/"})["Location"] == "/review/"
    assert client.get("/review/").status_code == 200 and client.session.session_key != before
    client.logout()
    sign_in(client, cast.hoa)
    assert "chưa đúng" in client.post(PROVE, {"code": code}).content.decode()
    assert client.get("/").status_code == 302


def test_a_recovery_code_works_once(client, cast):
    codes = given(cast.hoa)
    for code, status in ((codes[0].upper(), 302), (codes[0], 200)):
        client.logout()
        sign_in(client, cast.hoa)
        assert client.post(PROVE, {"code": code}).status_code == status
    assert second_factor.codes_left(cast.hoa) == 9


def test_wrong_codes_make_one_wait_longer_and_longer_but_not_for_ever(client, cast):
    given(cast.hoa)
    sign_in(client, cast.hoa)
    client.post(PROVE, {"code": "000000"})
    assert TOTPDevice.objects.get().throttling_failure_count == 1
    TOTPDevice.objects.update(throttling_failure_count=9, throttling_failure_timestamp=timezone.now())
    assert "thử lại sau" in client.post(PROVE, {"code": code_of()}).content.decode()
    long_ago = timezone.now() - timedelta(minutes=18)
    TOTPDevice.objects.update(throttling_failure_count=60, throttling_failure_timestamp=long_ago)
    assert client.post(PROVE, {"code": code_of()}).status_code == 302


def test_a_device_is_remembered_for_its_account_and_its_days_alone(client, cast, settings, monkeypatch):
    given(cast.hoa)
    given(cast.thu)
    sign_in(client, cast.hoa)
    client.post(PROVE, {"code": code_of(), "remember": "on"})
    for user, status in ((cast.hoa, 200), (cast.thu, 302)):
        client.post("/accounts/logout/")
        sign_in(client, user)
        assert client.get("/").status_code == status, user
    cookie = client.cookies[f"antq_device_{cast.hoa.pk}"]
    assert cookie["httponly"] and cookie["max-age"] == 30 * 24 * 3600
    client.post("/accounts/logout/")
    client.cookies[f"antq_device_{cast.thu.pk}"] = cookie.value  # another's cookie is not one's own
    sign_in(client, cast.thu)
    assert client.get("/").status_code == 302
    client.post("/accounts/logout/")
    settings.SECOND_FACTOR_DAYS = -1
    sign_in(client, cast.hoa)
    assert client.get("/").status_code == 302


def test_a_device_is_believed_by_the_cookie_that_no_neighbour_can_set_alone(client, cast, settings):
    settings.COOKIE_PREFIX = "__Host-"
    given(cast.hoa)
    sign_in(client, cast.hoa)
    client.post(PROVE, {"code": code_of(), "remember": "on"})
    name = f"antq_device_{cast.hoa.pk}"
    cookie = client.cookies.pop(f"__Host-{name}")
    assert cookie["path"] == "/" and not cookie["domain"]
    client.post("/accounts/logout/")
    client.cookies[name] = cookie.value
    sign_in(client, cast.hoa)
    assert client.get("/").status_code == 302
    client.cookies[f"__Host-{name}"] = cookie.value
    client.post("/accounts/logout/")
    sign_in(client, cast.hoa)
    assert client.get("/").status_code == 200


def test_a_new_password_forgets_the_devices(client, cast):
    given(cast.hoa)
    sign_in(client, cast.hoa)
    client.post(PROVE, {"code": code_of(), "remember": "on"})
    cast.hoa.set_password("con-meo-ngu-trua")
    cast.hoa.save()
    client.post("/accounts/login/", {"username": "hoa", "password": "con-meo-ngu-trua"})
    assert client.get("/")["Location"].startswith(PROVE)


def test_a_given_password_is_changed_only_behind_the_second_factor(client, cast):
    given(cast.hoa)
    User.objects.filter(pk=cast.hoa.pk).update(must_change_password=True)
    sign_in(client, cast.hoa)
    assert client.get("/accounts/password/")["Location"].startswith(PROVE)
    assert client.post(PROVE, {"code": code_of(), "next": "//evil.example/"})["Location"] == "/"
    assert client.get("/")["Location"] == "/accounts/password/"


def test_a_session_does_not_stand_half_signed_in_for_ever(client, cast):
    given(cast.hoa)
    sign_in(client, cast.hoa)
    client.get("/")
    session = client.session
    session["began"] -= 16 * 60
    session.save()
    assert client.get(PROVE)["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_an_administrator_resets_a_lost_device_and_everything_of_it_ends(client, cast):
    given(cast.hoa)
    key = issue(User.objects.get(pk=cast.hoa.pk))
    sign_in(client, cast.hoa)
    client.post(PROVE, {"code": code_of(), "remember": "on"})
    admin = type(client)()
    given(cast.quan)
    sign_in(admin, cast.quan)
    admin.post(PROVE, {"code": code_of()})
    accounts = reverse("admin:communes_user_changelist")
    chosen = {"action": "reset_second_factor", "_selected_action": [cast.hoa.pk, cast.quan.pk]}
    assert "của 1 tài khoản" in admin.post(accounts, chosen, follow=True).content.decode()
    assert admin.get(accounts).status_code == 200, "her own stays"
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert type(client)().get("/api/v1/hamlets/", headers={"Authorization": f"Token {key}"}).status_code == 401
    sign_in(client, cast.hoa)
    assert client.get("/")["Location"].startswith(ENROL)


def test_where_there_is_no_other_administrator_the_console_resets(cast):
    given(cast.quan)
    call_command("reset_second_factor", "quan", verbosity=0)
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "quan")


def test_tokens_are_made_only_after_it(client, cast):
    old = issue(cast.hoa)
    assert client.get("/api/v1/hamlets/", headers={"Authorization": f"Token {old}"}).status_code == 401
    sign_in(client, cast.lan)
    assert client.post("/accounts/tokens/").status_code == 403
    assert "Tạo mã mới" not in client.get("/accounts/tokens/").content.decode()
    assert "chưa đúng" in client.post(ENROL, {"code": "x", "password": "sai"}).content.decode()
    key = client.session["second_factor_key"]
    client.post(ENROL, {"code": code_of(key), "password": PASSWORD})
    assert 'class="secret"' in client.post("/accounts/tokens/").content.decode()


def test_one_looks_after_it_for_the_password_and_ends_it_where_it_is_not_needed(client, cast):
    given(cast.lan)
    sign_in(client, cast.lan)
    client.post(PROVE, {"code": code_of()})
    old = set(StaticToken.objects.values_list("token", flat=True))
    client.post("/accounts/second-factor/codes/", {"password": "sai"})
    assert set(StaticToken.objects.values_list("token", flat=True)) == old
    client.post("/accounts/second-factor/codes/", {"password": PASSWORD})
    assert not set(StaticToken.objects.values_list("token", flat=True)) & old
    client.post("/accounts/second-factor/end/", {"password": "sai"})
    assert TOTPDevice.objects.exists()
    client.post("/accounts/second-factor/end/", {"password": PASSWORD})
    assert not TOTPDevice.objects.exists() and client.get("/").status_code == 200


def test_where_it_is_needed_nobody_ends_it(client, cast):
    given(cast.hoa)
    sign_in(client, cast.hoa)
    client.post(PROVE, {"code": code_of()})
    assert client.post("/accounts/second-factor/end/", {"password": PASSWORD}).status_code == 403
    assert TOTPDevice.objects.exists()


def test_the_admin_shows_no_key_and_no_code(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    for kind in ("otp_totp_totpdevice", "otp_static_staticdevice"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{kind}_changelist")
