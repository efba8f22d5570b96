"""The settings of an installation with the floors among its addresses, over plain HTTP."""

from antq.settings import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "tests.bench.urls"
SECURE_SSL_REDIRECT = False
COOKIE_PREFIX, SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "", "sessionid", "csrftoken"
