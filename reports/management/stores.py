"""The two kinds of database as a backup sees them: copied as of one moment while in use, and put back.

Nothing that stood there is thrown away by putting back: it is set aside under another name.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from urllib.parse import quote

from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

READING = "read by a backup"
"""The alias of a SQLite file that is only read."""


@dataclass(frozen=True)
class Snapshot:
    """A database as of one moment: the alias to ask, and how to write all of it down."""

    alias: str
    write: Callable[[IO[bytes]], None]


def the_store() -> "SqliteStore | PostgresStore":
    """Return the project's database as one that is copied and put back."""
    connection = connections["default"]
    return PostgresStore(connection) if connection.vendor == "postgresql" else SqliteStore(connection)


@contextmanager
def opened(path: Path) -> Iterator[str]:
    """Let a SQLite file be asked, unchanged, under the alias that is given."""
    name = f"file:{quote(str(path))}?immutable=1"
    connections.databases[READING] = connections.databases["default"] | {"NAME": name, "OPTIONS": {}}
    try:
        yield READING
    finally:
        connections[READING].close()
        del connections[READING]
        del connections.databases[READING]


class SqliteStore:
    """A SQLite file: copied by ``VACUUM INTO``, which holds up no writer; a file of the same name is put back."""

    vendor = "sqlite"
    member = "database.sqlite3"
    is_packed = False

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.path = Path(str(connection.settings_dict["NAME"]))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Copy it beside itself, into a folder of the owner alone, for as long as it is read."""
        with TemporaryDirectory(dir=self.path.parent, prefix="antq-backup-") as folder:
            copy = Path(folder) / self.member
            with self.connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(copy)])
            with opened(copy) as alias:
                yield Snapshot(alias, partial(_copy, copy))

    def restore(self, source: IO[bytes], now: datetime) -> str | None:
        """Put a file in this one's place; return where what stood there is now. Raises ``CommandError``."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        coming = self.path.with_name(f"{self.path.name}.restoring")
        coming.touch(mode=0o600)
        with coming.open("wb") as file:
            shutil.copyfileobj(source, file)
            os.fsync(file.fileno())
        with opened(coming) as alias, connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            if (told := cursor.fetchone()[0]) != "ok":
                raise CommandError(f"the file is damaged: {told}")
        self.connection.close()
        aside = None
        if self.path.exists():
            shutil.copymode(self.path, coming)
            aside = f"{self.path}.before-restore-{now:%Y%m%d-%H%M%S}"
            for suffix in ("", "-wal", "-shm"):
                part = Path(f"{self.path}{suffix}")
                if part.exists():
                    part.rename(f"{aside}{suffix}")
        coming.rename(self.path)
        return aside


class PostgresStore:
    """A PostgreSQL database: dumped by ``pg_dump`` from the snapshot that is counted, put back by ``pg_restore``."""

    vendor = "postgresql"
    member = "database.dump"
    is_packed = True  # pg_dump compresses by itself
    ASIDE = "before_restore_"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold one snapshot for as long as it is read: others go on writing, the dump and the counts do not see it."""
        with transaction.atomic(), self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield Snapshot("default", partial(self._dump, cursor.fetchone()[0]))

    def _dump(self, snapshot: str, out: IO[bytes]) -> None:
        options = ["--format=custom", f"--snapshot={snapshot}", f"--exclude-schema={self.ASIDE}*"]
        with self._running("pg_dump", *options, stdout=subprocess.PIPE) as process:
            shutil.copyfileobj(process.stdout, out)

    @contextmanager
    def _running(self, tool: str, *options: str, **pipes: Any) -> Iterator[Any]:
        """Run one of PostgreSQL's tools against this database; raises ``CommandError`` where it fails."""
        where, secrets = self.connection.client.settings_to_cmd_args_env(self.connection.settings_dict, [])
        if shutil.which(tool) is None:
            raise CommandError(f"{tool} is missing: install postgresql-client")
        command = [tool, *options, *where[1:-1], f"--dbname={where[-1]}"]
        environment = {**os.environ, **(secrets or {})}
        with suppress(BrokenPipeError), subprocess.Popen(command, env=environment, **pipes) as process:
            yield process  # a broken pipe: it ended early and says why itself
        if process.returncode:
            raise CommandError(f"{tool} failed ({process.returncode})")

    def restore(self, source: IO[bytes], now: datetime) -> str | None:
        """Put a dump in the place of the schema ``public``; return the schema that holds what stood there.

        Raises ``CommandError`` where others are connected, or where the dump cannot be put back; then what stood
        there stands there again.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if others := cursor.fetchone()[0]:
                raise CommandError(f"{others} others are connected to the database: stop the service first")
            aside = None
            if self.connection.introspection.table_names(cursor):
                aside = f"{self.ASIDE}{now:%Y%m%d_%H%M%S}"
                cursor.execute(f"ALTER SCHEMA public RENAME TO {aside}")
                cursor.execute("CREATE SCHEMA public")
                cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
            try:
                self._put_back(source)
            except CommandError:
                if aside:
                    cursor.execute("DROP SCHEMA public CASCADE")
                    cursor.execute(f"ALTER SCHEMA {aside} RENAME TO public")
                raise
            cursor.execute("ANALYZE")
        return aside

    def _put_back(self, source: IO[bytes]) -> None:
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        with self._running("pg_restore", *options, stdin=subprocess.PIPE) as process:
            shutil.copyfileobj(source, process.stdin)
            process.stdin.close()


def _copy(path: Path, out: IO[bytes]) -> None:
    with path.open("rb") as file:
        shutil.copyfileobj(file, out, 1 << 20)
