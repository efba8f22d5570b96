"""An empty database beside the suite's own, of the kind the suite runs on, and the project's commands on it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
UNCHECKED = ("audit", "backup", "check_audit", "check_integrity", "collectstatic")
"""Commands before which Django looks through all addresses; ``check --deploy`` does so in a test of its own."""


def on_postgres():
    return not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def whole(few, all_of_them):
    """How many cases of something are tried: all on PostgreSQL, few on SQLite, whose run is to be over in minutes."""
    return all_of_them if on_postgres() else few


def played(few, more):
    """How many lives of a register or a month are played: ``THOROUGH`` times as many where that is asked for."""
    return whole(few, more) * int(os.environ.get("THOROUGH", "1"))


@contextmanager
def empty_database(folder, name="beside", of=None):
    """Its address, as DATABASE_URL takes it, or that of a copy of another (``of``); it goes with the block."""
    own = settings.DATABASES["default"]
    if not on_postgres():
        path = folder / f"{name}.sqlite3"
        if of:
            shutil.copy(of.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    name = f"antq_{name}_{os.getpid()}"
    where = {"host": own["HOST"], "port": own["PORT"] or 5432, "user": own["USER"], "password": own["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {of.rpartition('/')[2]}" if of else ""))
        try:
            yield f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{where['port']}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def copied(folder):
    """The address of a copy of the suite's own database as it stands."""
    if on_postgres():
        name = connection.settings_dict["NAME"]
        connection.close()  # PostgreSQL copies what nobody is connected to
        with empty_database(folder, "migrated", of=name) as address:
            yield address
        return
    with empty_database(folder, "migrated") as address:
        connection.ensure_connection()
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as copy:
            connection.connection.backup(copy)
        yield address


def environment(database, **more):
    return os.environ | {"DEBUG": "1", "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "antq.settings"} | more


def manage(env, *arguments, check=True):
    """Run a command of the project on a database; returns what it ended with and what it said."""
    name, *given = map(str, arguments)
    command = [sys.executable, "manage.py", name, *["--skip-checks"] * (name in UNCHECKED), *given]
    ran = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert not check or ran.returncode == 0, ran.stdout + ran.stderr
    return ran


def shell(env, code):
    return manage(env, "shell", "--verbosity", "0", "-c", code).stdout.strip()
