"""The settings of an installation (no DEBUG), but for where its static files are gathered and for HTTPS."""

import os

from antq.settings import *  # noqa: F403

STATIC_ROOT = os.environ["E2E_STATIC_ROOT"]
SECURE_SSL_REDIRECT = False
COOKIE_PREFIX, SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    "",
    "sessionid",
    "csrftoken",
)  # a browser takes "__Host-" through TLS alone (tests/machine walks there)
