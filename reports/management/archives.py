"""A backup as a file: a zip of the database and its manifest, encrypted to a public key where one is given.

The manifest says what is inside (rows of each table, migrations, the totals' check, a sum over the bytes), so that
``manage.py restore --verify`` can prove that what was put back is what was written down.
"""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Self

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from reports.entry.integrity import differences, months_of
from reports.management.stores import PostgresStore, SqliteStore, the_store
from reports.models import MonthlyReport

MANIFEST = "manifest.json"
AGE, GPG = ".age", ".gpg"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``digests`` are sums over the rows of each table (PostgreSQL alone)."""

    made_at: str
    vendor: str
    sha256: str
    migrations: list[list[str]]
    rows: dict[str, int]
    digests: dict[str, str]
    totals_that_differ: int

    @classmethod
    def of(cls, alias: str, *, vendor: str, sha256: str, made_at: str) -> Self:
        """Ask a database for what its manifest says."""
        rows, digests = _rows(alias)
        reports = MonthlyReport.objects.using(alias)
        wrong = sum(1 for month in months_of(reports) for _ in differences(reports, month))
        applied = MigrationRecorder(connections[alias]).applied_migrations()
        return cls(made_at, vendor, sha256, sorted(map(list, applied)), rows, digests, wrong)

    def differences(self, other: Self) -> Iterator[str]:
        """Say in what two manifests differ, but for when they were made."""
        for table in sorted(self.rows.keys() | other.rows.keys()):
            mine, others = self.rows.get(table), other.rows.get(table)
            if mine != others:
                yield f"{table}: {mine} rows in the backup, {others} here"
            elif self.digests.get(table) != other.digests.get(table):
                yield f"{table}: as many rows, but others"
        if self.migrations != other.migrations:
            yield "the migrations are others"
        if self.totals_that_differ != other.totals_that_differ:
            wrong = (self.totals_that_differ, other.totals_that_differ)
            yield "totals that are not the sum of their cells: {} in the backup, {} here".format(*wrong)

    def newer_than_the_code(self) -> list[str]:
        """Return the migrations that this code does not know."""
        on_disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        known = set(on_disk) | {former for one in on_disk.values() for former in one.replaces}
        return [f"{app}.{name}" for app, name in self.migrations if (app, name) not in known]


def _rows(alias: str) -> tuple[dict[str, int], dict[str, str]]:
    connection = connections[alias]
    rows, digests = {}, {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            name = connection.ops.quote_name(table)
            if connection.vendor == "postgresql":
                hashed = "coalesce(sum(hashtextextended(one::text, 0)::numeric), 0)::text"
                cursor.execute(f"SELECT count(*), {hashed} FROM {name} one")
                rows[table], digests[table] = cursor.fetchone()
            else:
                cursor.execute(f"SELECT count(*) FROM {name}")
                rows[table] = cursor.fetchone()[0]
    return rows, digests


class _Summing:
    """A file that is written, and the sum over what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        """Write a piece."""
        self.sum.update(piece)
        return self.file.write(piece)


def write(folder: Path, *, now: datetime, recipient: str = "") -> tuple[Path, Manifest]:
    """Back the database up into ``folder``; return the file, which is whole or is not there, and its manifest."""
    store = the_store()
    path = folder / f"antq-{now:%Y%m%d-%H%M%S}.zip{_suffix(recipient)}"
    part = path.with_name(f"{path.name}.part")
    try:
        with _sealing(part, recipient) as out, zipfile.ZipFile(out, "w", allowZip64=True) as archive:
            with store.snapshot() as snapshot:
                packing = zipfile.ZIP_STORED if store.is_packed else zipfile.ZIP_DEFLATED
                member = zipfile.ZipInfo(store.member, now.timetuple()[:6])
                member.compress_type = packing
                with archive.open(member, "w", force_zip64=True) as file:
                    summing = _Summing(file)
                    snapshot.write(summing)  # type: ignore[arg-type]
                manifest = Manifest.of(
                    snapshot.alias,
                    vendor=store.vendor,
                    sha256=summing.sum.hexdigest(),
                    made_at=now.isoformat(timespec="seconds"),
                )
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        if not recipient:
            with zipfile.ZipFile(part) as archive:
                if damaged := archive.testzip():
                    raise CommandError(f"{damaged} cannot be read again: is the disk in order?")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path, manifest


def _suffix(recipient: str) -> str:
    if not recipient:
        return ""
    return AGE if recipient.startswith(("age1", "ssh-")) else GPG


@contextmanager
def _sealing(path: Path, recipient: str) -> Iterator[IO[bytes]]:
    """Open a file for its owner alone; what is written goes through age or gpg where there is a recipient."""
    path.touch(mode=0o600)
    if not recipient:
        with path.open("wb") as file:
            yield file
        return
    commands = {
        AGE: ["age", "--encrypt", "--recipient", recipient],
        GPG: ["gpg", "--batch", "--quiet", "--trust-model", "always", "--recipient", recipient, "--encrypt"],
    }
    with path.open("wb") as file, _piped(commands[_suffix(recipient)], stdin=subprocess.PIPE, stdout=file) as process:
        yield process.stdin
        process.stdin.close()


@contextmanager
def _piped(command: list[str], **pipes: Any) -> Iterator[Any]:
    if shutil.which(command[0]) is None:
        raise CommandError(f"{command[0]} is missing: install it, or leave the key out")
    with suppress(BrokenPipeError), subprocess.Popen(command, **pipes) as process:
        yield process  # a broken pipe: it ended early and says why itself
    if process.returncode:
        raise CommandError(f"{command[0]} failed ({process.returncode})")


@contextmanager
def opening(path: Path, identity: str = "") -> Iterator[zipfile.ZipFile]:
    """Open a backup to read; decrypted into a folder of the owner alone, for as long, where it is encrypted."""
    with TemporaryDirectory(prefix="antq-restore-") as folder:
        plain = path
        if path.suffix in (AGE, GPG):
            plain = Path(folder) / "plain.zip"
            keys = ["--identity", identity] if identity else []
            command = ["age", "--decrypt", *keys] if path.suffix == AGE else ["gpg", "--batch", "--quiet", "--decrypt"]
            with plain.open("wb") as file, _piped([*command, str(path)], stdout=file):
                pass
        try:
            with zipfile.ZipFile(plain) as archive:
                yield archive
        except zipfile.BadZipFile as error:
            raise CommandError(f"{path} is damaged or no backup: {error}") from error


def manifest_of(archive: zipfile.ZipFile, store: SqliteStore | PostgresStore) -> Manifest:
    """Read the manifest; raises ``CommandError`` where this database and this code cannot take the backup."""
    try:
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError("no manifest that could be read: this is no backup of ANTQ") from error
    if manifest.vendor != store.vendor:
        raise CommandError(f"a backup of {manifest.vendor} cannot be put into {store.vendor}: see DATABASE_URL")
    if newer := manifest.newer_than_the_code():
        raise CommandError(
            f"the backup is newer than this code, which does not know {', '.join(newer)}: install that version first"
        )
    with archive.open(store.member) as member:
        summed = hashlib.file_digest(member, "sha256")  # type: ignore[arg-type]
        if summed.hexdigest() != manifest.sha256:
            raise CommandError("the database in the backup is not the one of its manifest: the file is damaged")
    return manifest
