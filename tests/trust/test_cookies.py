"""Cookies that open something carry a name that no neighbouring site can set (OWASP ASVS 5.0, 3.3.1)."""

import pytest
from django.test import Client

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


def test_a_token_that_a_neighbouring_site_planted_opens_nothing(cast, settings):
    """A site beside ours can set "csrftoken" for both; it cannot set "__Host-csrftoken"."""
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.lan, backend=BACKEND)
    planted = "a" * 32
    client.cookies["csrftoken"] = planted
    body = {"commune": "07999", "month": "2025-06"}
    headers = {"X-CSRFToken": planted}
    refused = client.post("/api/v1/reports/", body, content_type="application/json", headers=headers)
    assert refused.status_code == 403
    assert client.post("/accounts/logout/", {"csrfmiddlewaretoken": planted}).status_code == 403
    client.get("/accounts/password/")
    headers = {"X-CSRFToken": client.cookies["__Host-csrftoken"].value}
    taken = client.post("/api/v1/reports/", body, content_type="application/json", headers=headers)
    assert taken.status_code == 201
