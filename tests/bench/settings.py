"""The project's settings with DEBUG off: the whole stack as it is served, password hashing apart."""

from tests.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = BASE_DIR / "static"  # noqa: F405 - no file is asked for
