"""Wrong passwords: an account answers more slowly, a network that tries many names is not heard, no owner is shut out."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db.models import F, QuerySet

from communes.models import TrailEntry
from communes.scope import Role
from tests import factories as f
from tests.trust.giving import new_password

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "mot-hai-ba-bon"
SIGN_IN, CHANGE = "/accounts/login/", "/accounts/password/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = 1


def sign_in(client, username, password=PASSWORD, address="203.0.113.7"):
    client.logout()
    answer = client.post(SIGN_IN, {"username": username, "password": password}, headers={"X-Forwarded-For": address})
    client.logout()
    return answer


def attacked(client, username, times=12):
    """Each try from another address, so that no pair of account and address is locked."""
    for number in range(times):
        sign_in(client, username, "sai", f"198.51.100.{number}")


def later(**by):
    """What happened so far happened so much earlier."""
    QuerySet.update(TrailEntry.objects.all(), at=F("at") - timedelta(**by))


def test_an_account_that_is_guessed_at_from_everywhere_answers_slowly_and_is_not_locked(client, cast):
    attacked(client, "lan")
    QuerySet.update(TrailEntry.objects.all(), at=F("at") + timedelta(minutes=1))  # a slow machine is not an hour
    answer = sign_in(client, "lan")
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0 and "chưa xem" in answer.content.decode()
    refused = TrailEntry.objects.latest("pk")
    assert (refused.outcome, refused.by) == ("refused", cast.lan)
    assert sign_in(client, "minh").status_code == 302, "nobody else is slowed"
    later(minutes=7)
    assert sign_in(client, "lan").status_code == 302


def test_a_name_that_is_no_account_is_slowed_alike_so_that_nobody_learns_which_are(client, cast):
    attacked(client, "khong.co", 20)
    QuerySet.update(TrailEntry.objects.all(), at=F("at") + timedelta(minutes=1))
    assert sign_in(client, "khong.co").status_code == 429
    assert sign_in(client, "khong.ai").status_code == 200


@pytest.mark.parametrize("typed", ["LAN", " lan ", "ｌａｎ", "la\u200bn", "ᴸan", "lan\x00"])
def test_another_spelling_of_a_name_is_the_same_name(client, cast, typed):
    attacked(client, typed)
    tried = TrailEntry.objects.filter(outcome="failed")
    assert tried.filter(by=cast.lan).count() >= 10 and not tried.filter(by=None).exists()
    QuerySet.update(TrailEntry.objects.all(), at=F("at") + timedelta(minutes=1))
    assert sign_in(client, typed).status_code == sign_in(client, "lan").status_code == 429


class Counted(MD5PasswordHasher):
    encoded = 0

    def encode(self, password, salt):
        Counted.encoded += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("password", ["sai-mat-ma", "ｓａｉ-ma\u0323t-mã"])
def test_a_name_that_is_no_account_takes_as_long(client, cast, settings, password):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    for user in (cast.lan, cast.minh):
        user.set_password(PASSWORD)
        user.save()
    counts = []
    for name in ("lan", "khong.co"):
        Counted.encoded = 0
        assert sign_in(client, name, password).status_code == 200
        counts.append(Counted.encoded)
    assert counts[0] == counts[1] > 0


def test_the_delay_grows_and_tries_meanwhile_do_not_make_it_longer(client, cast):
    from communes.accounts.slowing import MOST, _name_waits

    waits = []
    for count in (10, 12, 14, 40):
        while TrailEntry.objects.filter(outcome="failed").count() < count:
            TrailEntry.objects.create(act="sign_in", outcome="failed", by=cast.lan, at=f.NOW)
        waits.append(_name_waits("lan", cast.lan, f.NOW) - f.NOW)
    assert waits == [timedelta(seconds=1), timedelta(seconds=4), timedelta(seconds=16), MOST]
    TrailEntry.objects.create(act="sign_in", outcome="refused", by=cast.lan, at=f.NOW + timedelta(seconds=9))
    assert _name_waits("lan", cast.lan, f.NOW) == f.NOW + MOST


def test_the_owner_at_home_is_never_slowed(client, cast):
    sign_in(client, "lan")
    attacked(client, "lan")
    assert sign_in(client, "lan").status_code == 302


def test_a_network_that_tries_many_names_is_not_heard_but_its_own_people_are(client, cast):
    office = "203.0.113.7"
    assert sign_in(client, "lan", address=office).status_code == 302
    for number in range(25):
        sign_in(client, f"ten{number}", "sai", office)
    assert sign_in(client, "ten99", "sai", office).status_code == 429
    assert sign_in(client, "hoa", address=office).status_code == 429
    assert sign_in(client, "lan", address=office).status_code == 302, "who works there goes on working"
    assert sign_in(client, "hoa", address="198.51.100.9").status_code == 302
    later(minutes=16)
    assert sign_in(client, "hoa", address=office).status_code == 302


def test_a_series_of_25_names_from_one_address_meets_a_refusal(client, cast):
    answers = [sign_in(client, f"ten{number}", "sai", "203.0.113.7").status_code for number in range(25)]
    assert answers == [200] * 20 + [429] * 5


def test_forty_offices_behind_one_address_that_each_mistype_once_all_get_in_on_the_first_day(client, cast):
    for number in range(40):
        f.user(Role.COMMUNE_OFFICER, cast.chi_dam, username=f"can.bo{number}")
        assert sign_in(client, f"can.bo{number}", "sai", "203.0.113.7").status_code == 200
        assert sign_in(client, f"can.bo{number}", address="203.0.113.7").status_code == 302


def test_who_owns_one_account_washes_no_failures_of_other_names_away(client, cast):
    office = "203.0.113.7"
    for number in range(20):
        sign_in(client, f"ten{number}", "sai", office)
        sign_in(client, "lan", address=office)
    assert sign_in(client, "minh", address=office).status_code == 429
    later(seconds=1)
    sign_in(client, "lan", "sai", office)
    assert sign_in(client, "minh", address=office).status_code == 429


def test_what_fails_after_the_right_password_counts_again(client, cast):
    office, people = (
        "203.0.113.7",
        [f.user(Role.COMMUNE_OFFICER, cast.chi_dam, username=f"can.bo{number}") for number in range(20)],
    )
    for person in people:
        sign_in(client, person.username, address=office)
        later(seconds=1)
        sign_in(client, person.username, "sai", office)
    assert sign_in(client, "minh", address=office).status_code == 429


def test_one_name_tried_often_from_an_office_does_not_silence_it(client, cast):
    for _ in range(30):
        sign_in(client, "nguoi.khac", "sai", "203.0.113.7")
    assert sign_in(client, "hoa", address="203.0.113.7").status_code == 302


def test_a_given_password_begins_anew(client, cast):
    attacked(client, "lan", 16)
    assert sign_in(client, "lan").status_code == 429
    client.force_login(cast.quan, backend=BACKEND)
    password = new_password(client, cast.lan)
    assert sign_in(client, "lan", password).status_code == 302


def test_wrong_old_passwords_count(client, cast):
    new = {"new_password1": "con-meo-ngu-trua", "new_password2": "con-meo-ngu-trua"}
    client.force_login(cast.lan, backend=BACKEND)
    answers = [client.post(CHANGE, {"old_password": f"sai-{n}"} | new).status_code for n in range(6)]
    assert answers[0] == 200 and answers[-1] == 429
    assert client.post(CHANGE, {"old_password": PASSWORD} | new).status_code == 429
    cast.lan.refresh_from_db()
    assert cast.lan.check_password(PASSWORD)
    assert TrailEntry.objects.filter(act="password", outcome="failed", by=cast.lan).count() >= 5


@pytest.mark.parametrize("door", ["sign in", "change"])
def test_who_holds_a_whole_network_of_addresses_guesses_no_more_than_from_one(client, cast, door):
    """A /64 of IPv6 is one household's: there the owner is at home, and its lock is the only ceiling."""
    cast.lan.set_password(PASSWORD)
    cast.lan.save()
    assert sign_in(client, "lan", address="2001:db8:1:2::10").status_code == 302
    client.force_login(cast.lan, backend=BACKEND)
    answers = []
    for number in range(20):
        if door == "sign in":
            answers.append(sign_in(client, "lan", "sai", f"2001:db8:1:2::{number + 100:x}").status_code)
        else:
            given = {"old_password": "sai", "new_password1": "con-meo-ngu-trua", "new_password2": "con-meo-ngu-trua"}
            at = {"X-Forwarded-For": f"2001:db8:1:2::{number + 100:x}"}
            answers.append(client.post(CHANGE, given, headers=at).status_code)
    assert answers[-1] in (403, 429) and answers.count(answers[0]) < 10
    later(minutes=7)
    assert sign_in(client, "lan", address="2001:db8:1:3::1").status_code == 302, "elsewhere she comes in"
