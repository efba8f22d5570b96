"""gunicorn takes its configuration from the repository, and what it promises holds in the process."""

import subprocess
import sys

from tests.databases import ROOT, environment

LOADED = """
import gc, runpy, django
django.setup()
from django.db import connection, connections
connection.ensure_connection()
conf = runpy.run_path("gunicorn.conf.py")
conf["when_ready"](None)
frozen = gc.get_freeze_count()
assert all(one.connection is None for one in connections.all()), "a connection is kept across the fork"
conf["post_worker_init"](None)
print(frozen > 50_000, gc.get_freeze_count() >= frozen, gc.get_threshold())
"""


def test_gunicorn_reads_it_in_the_working_folder(tmp_path):
    env = environment(f"sqlite:///{tmp_path / 'none.sqlite3'}", WORKERS="3", BIND="127.0.0.1:8765")
    command = [sys.executable, "-m", "gunicorn", "--print-config", "--check-config"]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    told = dict(line.split("=", 1) for line in ran.stdout.splitlines() if "=" in line)
    told = {name.strip(): value.strip() for name, value in told.items()}
    assert (told["workers"], told["bind"], told["preload_app"], told["wsgi_app"]) == (
        "3",
        "['127.0.0.1:8765']",
        "True",
        "antq.wsgi",
    )
    assert told["control_socket_disable"] == "True", "a door that nobody uses"


def test_what_is_loaded_is_frozen_and_no_connection_is_kept(tmp_path):
    env = environment(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "True True (2000, 10, 10)", ran.stdout + ran.stderr
