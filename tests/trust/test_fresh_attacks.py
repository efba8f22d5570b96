"""What nobody tried before: sessions that were planted, addresses that lead away, hosts, caches, look-ups of the administration."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from communes.accounts.tokens import issue
from communes.models import OpenSession, TrailEntry
from models_registry.importing.runs import upload
from tests import factories as f
from tests.trust.test_second_factor import PROVE, code_of, given, sign_in

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "mot-hai-ba-bon"
AWAY = [
    "//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "https:///evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)", "http://testserver@evil.example/",
    "//testserver:80@evil.example", "https://testserver.evil.example/", "/%5cevil.example/../..//evil.example", "data:text/html,x",
]  # fmt: skip

pytestmark = pytest.mark.django_db


def leads_away(answer):
    at = answer.headers.get("Location", "")
    return bool(at) and (not at.startswith("/") or at[1:2] in ("/", "\\"))


def test_a_session_that_was_planted_is_nobodys_after_the_sign_in_and_after_the_second_factor(client, cast, settings):
    settings.SECOND_FACTOR = "required"
    given(cast.hoa)
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    sign_in(client, cast.hoa)
    half = client.session.session_key
    client.post(PROVE, {"code": code_of()})
    whole = client.session.session_key
    assert len({planted, half, whole}) == 3 and client.get("/").status_code == 200
    assert set(OpenSession.objects.values_list("session_key", flat=True)) == {whole}, "nothing opens by the former ones"
    stale = Client()
    for key in (planted, half):
        stale.cookies[settings.SESSION_COOKIE_NAME] = key
        assert stale.get("/").status_code == 302


@pytest.mark.parametrize("wanted", AWAY)
def test_no_door_leads_away_from_here(client, cast, settings, wanted):
    answer = client.post("/accounts/login/", {"username": "lan", "password": PASSWORD, "next": wanted})
    assert answer.status_code == 302 and not leads_away(answer)
    for address in (
        "/accounts/login/",
        "/admin/login/",
        "/accounts/second-factor/prove/",
        "/accounts/second-factor/enrol/",
    ):
        assert not leads_away(client.get(address, {"next": wanted})), address
    assert not leads_away(client.post("/accounts/logout/", {"next": wanted}))
    client.force_login(cast.quan, backend=BACKEND)
    assert not leads_away(client.get("/admin/login/", {"next": wanted}))


def test_a_stranger_on_the_administrations_sign_in_is_led_to_ours(client):
    for wanted in AWAY:
        answer = client.get("/admin/login/", {"next": wanted})
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next=")
        assert not leads_away(client.get(answer["Location"]))


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver evil", "[::ffff:1]"]
)
def test_another_host_is_answered_with_a_sentence_and_none_of_it(client, cast, settings, host):
    settings.ALLOWED_HOSTS = ["testserver"]
    for address in ("/", "/accounts/login/", "/api/v1/hamlets/"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 400 and "evil" not in answer.content.decode()
    client.force_login(cast.lan, backend=BACKEND)
    page = client.get(
        "/api/v1/communes/?page_size=1", headers={"X-Forwarded-Host": "evil.example", "X-Original-URL": "/admin/"}
    )
    assert page.status_code == 200 and "evil" not in page.content.decode()


def test_nothing_that_was_answered_is_kept_by_a_cache(client, cast, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    asked = [
        client.get("/"), client.get("/accounts/login/"), client.get("/nowhere/"), client.get("/admin/jsi18n/"),
        client.put("/accounts/login/"), client.get("/", headers={"Host": "evil.example"}), client.get("/api/v1/hamlets/"),
        client.post("/accounts/login/", {"username": "lan", "password": "x"}),
        client.post("/accounts/login/", {"x": "y"}, CONTENT_LENGTH="99999999"),
        Client(enforce_csrf_checks=True).post("/accounts/login/", {}),
    ]  # fmt: skip
    client.force_login(cast.lan, backend=BACKEND)
    for address in ("/register/hamlets/?format=csv", "/register/hamlets/?format=xlsx", "/register/hamlets/?format=print", "/review/",
                    "/reports/07999/2025-06/file/download/", "/register/import/hamlets/template/", "/nowhere/", "/api/v1/hamlets/999999/",
                    "/api/docs/", "/api/schema/", "/api/v1/summary/?province=25&span=2025-H1", "/guide/"):  # fmt: skip
        first = client.get(address)
        asked.append(first)
        again = {
            "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
            "If-None-Match": first.headers.get("ETag", '"x"'),
        }
        asked.append(client.get(address, headers=again))
    for answer in asked:
        assert "no-store" in answer["Cache-Control"], (answer.request["PATH_INFO"], answer.status_code)
        assert "public" not in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("user", "password__startswith=argon"), ("user", "totpdevice__key__startswith=31"), ("user", "sessions__session_key__gt=a"),
        ("user", "auth_token_set__digest__gt=a"), ("user", "staticdevice__token_set__token__gt=a"), ("trailentry", "by__password__gt=a"),
        ("accesstoken", "user__password__gt=a"), ("hamlet", "selfmanagementgroup__members__person__phone__contains=09"),
        ("hamlet", "selfmanagementgroup__member__person__name__contains=An"), ("commune", "monthlyreport__state=submitted"),
        ("commune", "monthlyreport__difficulties__contains=x"), ("commune", "person__phone__startswith=09"),
        ("province", "commune__person__name__startswith=A"), ("confirmation", "account__password__gt=a"),
    ],
)  # fmt: skip
def test_the_administrations_lists_are_not_asked_through_what_they_hang_on(client, cast, model, query):
    """By asking whether a list is empty one letter after the other would be read of what is not shown."""
    f.member(f.group(cast.chi_dam, hamlet=cast.khu[0]), name="An", phone="0912345678")
    f.report(cast.chi_dam, cast.lan)
    issue(cast.lan)
    given(cast.lan)
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse(f"admin:communes_{model}_changelist")
    yes, no = client.get(f"{address}?{query}"), client.get(f"{address}?{query}zzz")
    assert yes.status_code == no.status_code and yes.status_code in (302, 400)
    assert yes.headers.get("Location") == no.headers.get("Location")


def test_no_list_of_the_administration_is_asked_for_keys_of_what_hangs_on_its_rows(client, cast):
    """The key of a session is a row's own: Django lets it through, and with it one is whose it is."""
    client.force_login(cast.quan, backend=BACKEND)
    tried = 0
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for relation in model._meta.related_objects:
            key = relation.related_model._meta.pk.name
            name = relation.field.related_query_name()
            for asked in (f"{name}__{key}__gt", name, f"{name}__isnull"):
                answer = client.get(address, {asked: "0"})
                assert answer.status_code == 400 or "e=1" in answer.headers.get("Location", ""), (address, asked)
                tried += 1
    assert tried > 50


def test_the_administrations_helpers_answer_administrators_alone(client, cast):
    for who in (None, cast.lan, cast.hoa, cast.an):
        if who:
            client.force_login(who, backend=BACKEND)
        for address in (
            "/admin/autocomplete/",
            "/admin/jsi18n/",
            "/admin/r/1/1/",
            "/admin/password_change/",
            "/admin/",
        ):
            asked = client.get(
                address, {"app_label": "communes", "model_name": "hamlet", "field_name": "commune", "term": "a"}
            )
            assert asked.status_code in (302, 403, 404), (who, address, asked.status_code)
            assert asked.status_code != 302 or asked["Location"].startswith(("/accounts/", "/admin/login/")), address


def test_no_model_of_what_is_reported_or_of_people_stands_in_the_administration():
    shown = {model._meta.label_lower for model in admin.site._registry}
    assert not [
        one
        for one in shown
        if any(word in one for word in ("person", "member", "figure", "report.", "monthly", "handover"))
    ]


@pytest.mark.parametrize(
    "name",
    ['a"\r\nSet-Cookie: x=y.csv', "a;filename=b.exe.csv", "../../../etc/passwd.csv", "ấ\u202ecsv.exe.csv", '"".csv'],
)
def test_a_file_is_handed_back_by_a_plain_name_whatever_it_was_called(client, cast, name):
    run = upload("hamlets", name, "Tên khu dân cư\nKhu 1\n0912345678\n".encode(), by=cast.lan, now=f.NOW)
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get(f"/register/import/hamlets/{run.pk}/marked/")
    said = answer["Content-Disposition"]
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert said.isascii() and said.count('"') == 2 and said.isprintable() and "/" not in said and "\\" not in said


def test_signing_out_is_only_done_from_a_page_of_ours(cast):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.lan, backend=BACKEND)
    assert strict.get("/accounts/logout/").status_code == 405 and strict.post("/accounts/logout/").status_code == 403
    assert strict.get("/").status_code == 200


@pytest.mark.parametrize("change", ["role", "place", "locked"])
def test_a_session_sees_what_its_account_may_now(client, cast, change):
    client.force_login(cast.hoa, backend=BACKEND)
    assert client.get("/review/").status_code == 200
    if change == "role":
        cast.hoa.role, cast.hoa.province, cast.hoa.commune = "commune_officer", None, cast.tay_coc
    elif change == "place":
        cast.hoa.province = cast.son_la
    else:
        cast.hoa.is_active = False
    cast.hoa.save()
    answer = client.get("/reports/07999/2025-06/")
    assert answer.status_code == {"role": 404, "place": 404, "locked": 302}[change]
    assert client.get("/review/").status_code == {"role": 403, "place": 200, "locked": 302}[change]


def test_an_export_that_fails_half_way_is_written_down_before_a_byte_left(client, cast):
    f.group(cast.chi_dam, hamlet=cast.khu[0])
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get("/register/groups/?format=csv")
    assert TrailEntry.objects.filter(act="export", by=cast.lan).exists()
    if answer.streaming:
        next(iter(answer.streaming_content))  # and the reader is gone
    assert TrailEntry.objects.filter(act="export").count() == 1


def test_who_was_locked_learns_no_more_than_who_does_not_exist(client, cast):
    cast.lan.is_active = False
    cast.lan.save()
    for name, password in (("lan", PASSWORD), ("lan", "sai"), ("khong.co", PASSWORD), ("minh", "sai")):
        page = client.post("/accounts/login/", {"username": name, "password": password}).content.decode()
        assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in page and "bị khóa" not in page, name
