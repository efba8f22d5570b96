"""Addresses nobody types: a sentence in Vietnamese, whatever stands in them."""

import pytest

from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.parametrize(
    "address",
    [
        "/review/%00/",
        "/admin/communes/user/?q=%00",
    ],
)
def test_a_nul_in_a_path_or_the_admin_is_refused_before_any_page_looks(client, cast, address):
    client.force_login(cast.quan if "admin" in address else cast.lan, backend=BACKEND)
    answer = client.get(address)
    assert answer.status_code == 400 and "ký tự không hợp lệ" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/register/hamlets/?q=a%00b", 200),
        ("/register/counts/?commune=%00", 404),
        ("/register/hamlets/?%00=1", 200),
        ("/dashboard/?span=2025&span=%00", 400),
        ("/documents/?unit=%00", 404),
        ("/explore/?province=%00", 404),
        ("/accounts/login/?next=/%00", 302),
    ],
)
def test_a_page_finds_nothing_by_what_holds_a_nul(client, cast, address, status):
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get(address)
    assert answer.status_code == status and "\x00" not in answer.content.decode()


def test_the_api_says_it_as_json(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get("/api/v1/hamlets/?q=%00")
    assert answer.status_code == 400 and "ký tự không hợp lệ" in answer.json()["detail"]


@pytest.mark.parametrize("page", ["counts", "movements"])
def test_a_parameter_named_as_a_method_of_the_form_is_a_parameter(client, cast, page):
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get(f"/register/{page}/?items=x&commune=07999")
    assert answer.status_code == 200 and 'name="items"' in answer.content.decode()


@pytest.mark.parametrize("wanted", ["home", "0", "https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_after_the_second_factor_one_is_led_to_an_address_of_this_site_alone(client, cast, wanted):
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.get("/accounts/second-factor/prove/", {"next": wanted})
    assert answer.status_code == 302 and answer["Location"] == "/"


def test_an_endless_length_is_too_large(client, cast):
    answer = client.post("/accounts/login/", {"username": "x"}, CONTENT_LENGTH="9" * 5000)
    assert answer.status_code == 413


@pytest.mark.parametrize("wanted", ["home", "{% x %}", "https://evil.example/"])
def test_after_a_remark_one_is_led_to_an_address_of_this_site_alone(client, cast, wanted):
    f.report(cast.chi_dam, cast.lan)
    client.force_login(cast.lan, backend=BACKEND)
    answer = client.post("/reports/07999/2025-06/comments/", {"next": wanted})
    assert answer.status_code == 302 and answer["Location"] == "/reports/07999/2025-06/"


def test_an_indicator_that_is_not_saved_yet_has_no_successor(client, cast):
    client.force_login(cast.quan, backend=BACKEND)
    answer = client.post("/admin/reports/indicator/add/", {"_saveasnew": "1", "name": "²"})
    assert answer.status_code == 200 and "kế tiếp" not in answer.content.decode()


@pytest.mark.parametrize(
    "moment",
    ["x", "2025-13-45T00:00", "2025-06-16T09:00", "2025-06-16T09:00:00+99:99", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59.999999-14:00"],
)  # fmt: skip
def test_a_moment_that_is_none_takes_nothing_back(client, cast, moment):
    f.filed(cast.chi_dam)
    for who, address, name in (
        (cast.lan, "/register/hamlets/round/", "undo"),
        (cast.hoa, "/register/hamlets/round/", "undo"),
        (cast.hoa, "/review/undo/", "at"),
    ):
        client.force_login(who, backend=BACKEND)
        answer = client.post(address, {name: moment})
        assert answer.status_code in (302, 422), (address, who)
    assert client.get("/review/07999/2025-06/", {"seen": moment}).status_code == 200
