"""A backup is whole, is put back by another command, and says when it is not what it was."""

import json
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from reports.management.keeping import Keeping, prune
from tests.databases import ROOT, empty_database, environment, manage, on_postgres, shell

FILL = """
from django.utils import timezone
from communes.models import Commune, Hamlet, Province, User
from models_registry.catalogues import load_registry_catalogues
from reports.catalogue import load_catalogues
from reports.entry.figures import CellWrite, open_report, record
from reports.entry.grid import Row
from reports.months import Month
from reports.units import Unit
load_registry_catalogues(); load_catalogues()
province = Province.objects.create(code="25", name="Phú Thọ", kind="Tỉnh")
commune = Commune.objects.create(code="07999", name="Chí Đám", kind="Xã", province=province)
lan = User.objects.create_user("lan", "mot-hai-ba-bon", role="commune_officer", commune=commune, must_change_password=False)
hamlets = [Hamlet.objects.create(commune=commune, name=f"Khu {n}") for n in range(1, 6)]
report = open_report(Unit(commune.province, commune), Month(2025, 6), by=lan, now=timezone.now())[0]
record(report, [CellWrite(Row(hamlet=h.pk), "patrols", 4) for h in hamlets], by=lan, now=timezone.now())
"""
SAVING = """
import itertools, sys
from django.utils import timezone
from communes.models import User
from reports.entry.figures import CellWrite, record
from reports.entry.grid import Row
from reports.models import MonthlyReport
report, lan = MonthlyReport.objects.get(), User.objects.get()
for n in itertools.count(1):
    record(report, [CellWrite(Row(), "tips", n, n - 1 if n > 1 else None)], by=lan, now=timezone.now())
    print(n, flush=True)
"""
TOTAL = "from reports.models import ReportTotal as T; print(T.objects.get(indicator__code='patrols').value)"
PEOPLE = "from communes.models import Hamlet; print(set(Hamlet.objects.values_list('population', flat=True)))"


@pytest.fixture(scope="module")
def model(migrated, tmp_path_factory):
    """A database with a begun report, made once; each test has a copy of it."""
    with empty_database(tmp_path_factory.mktemp("model"), "model", of=migrated) as address:
        shell(environment(address), FILL)
        yield address


@pytest.fixture
def filled(model, tmp_path):
    """The environment of a database with a begun report."""
    with empty_database(tmp_path, "backed_up", of=model) as address:
        yield environment(address)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def destroy(env):
    address = env["DATABASE_URL"]
    if on_postgres():
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(address.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)


def backed_up(env, folder, *options):
    manage(env, "backup", folder, *options)
    (path,) = (path for path in folder.iterdir())
    return path


def tampered(path, **changes):
    """The same archive with another manifest."""
    other = path.with_name("tampered.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "manifest.json":
                body = json.dumps(json.loads(body) | changes).encode()
            new.writestr(name, body)
    return other


def test_what_was_destroyed_is_put_back_and_proven(filled, folder):
    path = backed_up(filled, folder)
    assert path.stat().st_mode & 0o077 == 0
    destroy(filled)
    told = manage(filled, "restore", path, "--verify").stdout
    assert "verified" in told and "kept as" not in told
    assert shell(filled, TOTAL) == "20"
    assert "0 faults" in manage(filled, "check_integrity").stdout
    assert "No planned migration operations" in manage(filled, "migrate", "--plan").stdout


def test_what_is_remembered_in_a_table_is_emptied_and_does_not_count(filled, folder):
    env = filled | {"CACHE_URL": "dbcache://antq_cache"}
    manage(env, "createcachetable")
    shell(env, "from communes import caching; caching.remember({'one': 1})")
    path = backed_up(env, folder)
    assert "verified" in manage(env, "restore", path, "--verify").stdout
    assert shell(env, "from communes import caching; print(caching.get('one'))") == "None"


def test_what_stood_there_is_set_aside(filled, folder, tmp_path):
    path = backed_up(filled, folder)
    shell(filled, "from communes.models import Hamlet; Hamlet.objects.update(population=77)")
    told = manage(filled, "restore", path, "--verify").stdout
    assert shell(filled, PEOPLE) == "{None}"
    aside = told.split("kept as ")[1].split()[0]
    if on_postgres():
        with psycopg.connect(filled["DATABASE_URL"]) as connection:
            assert connection.execute(f"SELECT DISTINCT population FROM {aside}.communes_hamlet").fetchall() == [(77,)]
        again = manage(filled, "restore", path, "--verify").stdout  # what was set aside is in no later backup
        assert "verified" in again
    else:
        assert shell(filled | {"DATABASE_URL": f"sqlite:///{aside}"}, PEOPLE) == "{77}"


def test_while_others_save_the_backup_is_of_one_moment(filled, folder):
    """Its totals agree with its cells, and its rows with its manifest, though a cell is saved all the while."""
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", SAVING]
    with subprocess.Popen(command, cwd=ROOT, env=filled, stdout=subprocess.PIPE, text=True) as saver:
        assert saver.stdout.readline() == "1\n"
        path = backed_up(filled, folder)
        saver.terminate()
        saved = saver.stdout.read().split()
    assert len(saved) > 1  # it was not held up
    assert "verified" in manage(filled, "restore", path, "--verify").stdout
    assert "0 faults" in manage(filled, "check_integrity").stdout


def test_a_newer_schema_is_refused_and_nothing_is_touched(filled, folder):
    path = backed_up(filled, folder)
    with zipfile.ZipFile(path) as archive:
        migrations = json.loads(archive.read("manifest.json"))["migrations"]
    newer = tampered(path, migrations=[*migrations, ["reports", "0999_from_the_future"]])
    ran = manage(filled, "restore", newer, check=False)
    assert ran.returncode == 1 and "reports.0999_from_the_future" in ran.stderr
    assert shell(filled, TOTAL) == "20"


def test_a_backup_that_is_not_what_it_says_is_found(filled, folder):
    path = backed_up(filled, folder)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["rows"]["reports_figure"] == 5 and manifest["totals_that_differ"] == 0
    more = tampered(path, rows=manifest["rows"] | {"reports_figure": 6})
    ran = manage(filled, "restore", more, "--verify", check=False)
    assert ran.returncode == 1 and "reports_figure: 6 rows in the backup, 5 here" in ran.stderr
    ran = manage(filled, "restore", tampered(path, sha256="0" * 64), check=False)
    assert ran.returncode == 1 and "damaged" in ran.stderr
    ran = manage(filled, "restore", tampered(path, vendor="oracle"), check=False)
    assert ran.returncode == 1 and "oracle" in ran.stderr
    path.write_bytes(path.read_bytes()[:-2000])
    ran = manage(filled, "restore", path, check=False)
    assert ran.returncode == 1 and "damaged" in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.skipif("not on_postgres()", reason="a SQLite file is proven by the sum over its bytes")
def test_as_many_rows_but_others_are_found(filled, folder):
    path = backed_up(filled, folder)
    with zipfile.ZipFile(path) as archive:
        digests = json.loads(archive.read("manifest.json"))["digests"]
    other = tampered(path, digests=digests | {"reports_figure": "1"})
    ran = manage(filled, "restore", other, "--verify", check=False)
    assert ran.returncode == 1 and "reports_figure: as many rows, but others" in ran.stderr


@pytest.mark.skipif("not on_postgres()", reason="a SQLite file has no others that could be counted")
def test_while_the_service_is_connected_nothing_is_restored(filled, folder):
    path = backed_up(filled, folder)
    with psycopg.connect(filled["DATABASE_URL"]):
        ran = manage(filled, "restore", path, check=False)
    assert ran.returncode == 1 and "stop the service first" in ran.stderr


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg here")
def test_encrypted_to_a_key_of_gpg(filled, folder, tmp_path):
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    env = filled | {"GNUPGHOME": str(home)}
    command = [
        "gpg",
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--quick-generate-key",
        "backup@antq",
        "default",
        "default",
    ]
    subprocess.run(command, env=env, check=True, capture_output=True)
    path = backed_up(env, folder, "--recipient", "backup@antq")
    assert path.suffix == ".gpg" and not zipfile.is_zipfile(path)
    destroy(env)
    assert "verified" in manage(env, "restore", path, "--verify").stdout
    ran = manage(env, "backup", folder, "--recipient", "nobody@antq", check=False)
    assert ran.returncode == 1 and list(folder.iterdir()) == [path]  # no half of a file is left
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=env, check=False)


@pytest.mark.skipif(shutil.which("age") is None, reason="no age here")
def test_encrypted_to_a_key_of_age(filled, folder, tmp_path):
    key = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    public = next(line.split(": ")[1] for line in key.read_text().splitlines() if "public key" in line)
    path = backed_up(filled | {"BACKUP_RECIPIENT": public}, folder)
    assert path.suffix == ".age" and not zipfile.is_zipfile(path)
    destroy(filled)
    assert "verified" in manage(filled, "restore", path, "--verify", "--identity", key).stdout


def test_days_weeks_and_months_keep_their_newest(folder):
    start = datetime(2026, 6, 30, 1, 15)
    made = [start - timedelta(hours=12 * n) for n in range(2 * 200)]
    kept = sorted(Keeping(daily=3, weekly=2, monthly=4).kept(made), reverse=True)
    assert [f"{one:%m-%d %H}" for one in kept] == [
        "06-30 01",
        "06-29 13",
        "06-28 13",
        "05-31 13",
        "04-30 13",
        "03-31 13",
    ]
    for moment in made:
        (folder / f"antq-{moment:%Y%m%d-%H%M%S}.zip.age").touch()
    (folder / "notes.txt").touch()
    gone = prune(folder, Keeping(3, 2, 4))
    assert len(gone) == len(made) - 6 and len(list(folder.iterdir())) == 7
    assert Keeping(0, 0, 0).kept(made) == {start}
    assert prune(folder, Keeping(3, 2, 4)) == []


def test_a_folder_that_is_not_there_is_said_so(filled, folder):
    ran = manage(filled, "backup", folder / "none", check=False)
    assert ran.returncode == 1 and "is no folder" in ran.stderr
