"""The settings of an installation, but for where its static files are gathered."""

import os

from antq.settings import *  # noqa: F403

STATIC_ROOT = os.environ["GATHERED_STATIC_ROOT"]
