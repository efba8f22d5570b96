"""Settings for the tests: the project's own, with what only slows tests down taken out."""

import os

os.environ.setdefault("DEBUG", "1")

from antq.settings import *  # noqa: F403

DEBUG = False
SECURE_SSL_REDIRECT = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every client of a test builds the middleware anew, and WhiteNoise would look through every static file each time.
WHITENOISE_USE_FINDERS = False
