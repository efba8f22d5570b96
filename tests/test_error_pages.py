"""What a page says where nothing is done: in our words, with what to do next and a way on; to the API as JSON."""

import pytest
from django.test import Client
from django.urls import reverse

BACKEND = "django.contrib.auth.backends.ModelBackend"
OURS, ELSEWHERE = "http://testserver/register/hamlets/new/?a=1", "https://elsewhere.vn/register/"
BACK = 'href="/register/hamlets/new/?a=1">Mở lại trang trước</a>'


@pytest.fixture
def strict(cast):
    """A browser whose forms need their token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.lan, backend=BACKEND)
    return client


def refused(client, status, method="post", path="/register/hamlets/new/", **more):
    answer = getattr(client, method)(path, **more)
    text = answer.content.decode()
    assert answer.status_code == status and "<h1>" in text and f"Mã: {status}." in text and 'lang="vi"' in text
    return text


def test_a_stale_form_leads_back_to_its_page_and_nowhere_else(strict):
    text = refused(strict, 403, headers={"referer": OURS})
    assert "Cần mở lại trang" in text and BACK in text
    for before in ("", ELSEWHERE, "http://testserver//elsewhere.vn/", "javascript:alert(1)"):
        assert "Mở lại trang trước" not in refused(strict, 403, headers={"referer": before} if before else {})


def test_what_is_too_large_leads_back(strict):
    text = refused(
        strict, 413, data=b"x", content_type="text/plain", headers={"referer": OURS}, CONTENT_LENGTH="99999999"
    )
    assert "Hãy chia nhỏ tệp" in text and BACK in text
    answer = strict.post("/api/v1/reports/", b"x", content_type="application/json", CONTENT_LENGTH="99999999")
    assert answer.status_code == 413 and "Hãy chia nhỏ tệp" in answer.json()["detail"]


def test_what_failed_is_tried_again_where_it_was_only_read(strict, settings):
    settings.ROOT_URLCONF = "tests.failing_urls"
    again = 'href="/away/?x=1">Thử lại</a>'
    assert again in refused(strict, 503, "get", "/away/?x=1") and "Thử lại" not in refused(strict, 404, "get", "/none/")
    assert 'href="/failing/">Thử lại</a>' in refused(strict, 500, "get", "/failing/")


def test_a_page_that_is_not_there_and_an_unreadable_address_lead_on(strict, cast):
    leader = Client()
    leader.force_login(cast.thu, backend=BACKEND)
    assert BACK in refused(strict, 404, "get", "/khong-co/", headers={"referer": OURS})
    assert f'href="{reverse("home")}"' in refused(Client(), 400, "get", "/accounts/login/%00")
    assert "Về Tổng quan" in refused(leader, 404, "get", "/khong-co/")


def test_a_strangers_host_is_refused_in_our_words(settings):
    settings.ALLOWED_HOSTS = ["antq.example.vn"]
    client = Client(raise_request_exception=False)
    assert "Yêu cầu không hợp lệ" in refused(client, 400, "get", "/", headers={"host": "elsewhere.vn"})
