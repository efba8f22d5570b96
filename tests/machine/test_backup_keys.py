"""The keys of backups, made by the very lines of docs/deploy.md: what the server writes is read by the other machine alone."""

import re
import shutil
import subprocess

import pytest

from tests.databases import ROOT, empty_database, environment, manage

STUBS = """
set -e
sudo() { if [ "$1" = -u ]; then shift 2; fi; "$@"; }
install() { for last in "$@"; do case "$last" in /*) command mkdir -m 0700 -p "$last" ;; esac; done; }
systemctl() { :; }
ls() { :; }
"""
ASKS_NOBODY = """gpg() { command gpg --batch --pinentry-mode loopback --passphrase '' "$@"; }\n"""


def lines_below(title):
    """The blocks below a bold title of the guide: of the other machine, and of the server."""
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", guide.partition(f"**{title}**")[2], re.M | re.S)[:2]


class Machines:
    """Two homes: of whoever keeps the private key, and of the server, whose account can write in its own folder alone."""

    def __init__(self, folder, database):
        self.folder, self.server, self.other = folder, folder / "server", folder / "other"
        for home in (self.server, self.other):
            home.mkdir(mode=0o700)
        self.env = environment(database, HOME="/nonexistent")
        self.env.pop("GNUPGHOME", None)

    def follow(self, lines, *, at, more=""):
        for there in ("/var/lib/antq", "/etc/antq"):
            lines = lines.replace(there, str(self.server))
        env = self.env | {"HOME": str(at)}
        ran = subprocess.run(
            ["bash", "-c", STUBS + more + lines], cwd=self.other, env=env, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def back_up(self):
        """What antq-backup.service does with what now stands in the environment file; returns the file."""
        given = dict(line.split("=", 1) for line in (self.server / "antq.env").read_text().splitlines())
        backups = self.folder / "backups"
        backups.mkdir()
        manage(self.env | given, "backup", backups)
        (path,) = backups.iterdir()
        assert manage(self.env | given, "restore", path, check=False).returncode, "the server cannot read it"
        return path


@pytest.fixture
def machines(migrated, tmp_path):
    with empty_database(tmp_path, "kept", of=migrated) as address:
        yield Machines(tmp_path, address)


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg here")
def test_a_key_of_gpg(machines):
    made, imported = lines_below("Or a key of gpg")
    machines.follow(made, at=machines.other, more=ASKS_NOBODY)
    machines.follow(imported, at="/nonexistent")
    path = machines.back_up()
    assert path.suffix == ".gpg"
    private = machines.env | {"HOME": str(machines.other)}
    assert "verified" in manage(private, "restore", path, "--verify").stdout
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=private, check=False)


@pytest.mark.skipif(shutil.which("age") is None, reason="no age here")
def test_a_key_of_age(machines):
    made, named = lines_below("A key of age")
    public = re.search(r"age1\w+", machines.follow(made, at=machines.other))[0]
    key = machines.other / "antq-backup.key"
    assert key.stat().st_mode & 0o077 == 0
    machines.follow(named.replace("age1…", public), at="/nonexistent")
    path = machines.back_up()
    assert path.suffix == ".age"
    assert "verified" in manage(machines.env, "restore", path, "--verify", "--identity", key).stdout
