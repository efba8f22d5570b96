"""An upgrade with migrations while clients save, and both ways back, by the very lines of docs/deploy.md.

    sh tests/with_postgres.sh .venv/bin/python -m tests.machine.upgrade [OLD]

OLD is the state that served before; by default the last one that knew fewer migrations than HEAD. Both stand as releases in a folder of
their own, each with the libraries that its own requirements.txt pins, behind nginx and TLS, with the files of deploy/ and the demonstration
in the database. The lines of the guide run in bash; only what a test machine has not (sudo, systemctl, systemd-run) is put in its
place, and pip finds its index as it does for ``make``. No acknowledged save may be lost, no answer may be a 500, and what stood in
the totals must stand there again.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import django
import psycopg

from tests.databases import ROOT
from tests.machine.installation import NAME, Installation
from tests.machine.savers import Savers

PUT_IN_PLACE = """
set -e
sudo() { while [ "$1" = -u ]; do shift 2; done; "$@"; }
systemctl() { echo "$*" >"$FOLDER/ask"; test "$(cat "$FOLDER/answer")" = done; }
systemd-run() {
  while [ "${1#--}" != "$1" ]; do case "$1" in *WorkingDirectory=*) there=${1##*=} ;; esac; shift; done
  (cd "$there" && "$@")
}
nginx() { test "$*" = -t; }
curl() { command curl --silent --show-error --cacert "$FOLDER/cert/fullchain.pem" --connect-to "::127.0.0.1:$HTTPS" "$@"; }
"""


INSTALLED = """
import json, re
from importlib.metadata import distributions
print(json.dumps({re.sub("[-_.]+", "-", one.metadata["Name"]).lower(): one.version for one in distributions()}))
"""


def named(library):
    """A library's name as all indexes spell it."""
    return re.sub("[-_.]+", "-", library).lower()


def guide(title):
    """The blocks of lines below a heading of the guide, in order."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {title}\n(.*?)(?=^## )", text, re.M | re.S)
    return re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S)


class Releases(Installation):
    """Releases beside each other, and the link to the one that serves."""

    def __init__(self, folder, database, old):
        self.current = folder / "current"
        self.bin = self.current / ".venv" / "bin"
        super().__init__(folder, database)
        self.env |= {"DJANGO_SETTINGS_MODULE": "antq.settings", "FOLDER": str(folder), "HTTPS": str(self.https)}
        self.env |= {"PIP_QUIET": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        self.old = old
        (folder / "releases").mkdir()
        for there in ("systemd/system", "nginx/sites-available", "nginx/sites-enabled", "logrotate.d", "antq"):
            (folder / "etc" / there).mkdir(parents=True)
        (folder / "backups").mkdir()
        for pipe in ("ask", "answer"):
            os.mkfifo(folder / pipe)
        threading.Thread(target=self.obey, daemon=True).start()

    def git(self, *words, at=ROOT):
        subprocess.run(["git", "-C", at, *words], check=True, capture_output=True)

    def hand_over(self, commit):
        """Put a commit where the guide's ``git fetch`` finds it."""
        self.git("push", "--force", self.folder / "origin", f"{commit}:refs/heads/main")

    def install_old(self):
        """The release that serves before: its folder, its database, its static files."""
        self.git("init", "--bare", "--initial-branch=main", "origin", at=self.folder)
        self.hand_over(self.old)
        self.git("clone", "--bare", "origin", "repository", at=self.folder)
        self.git("worktree", "add", "--detach", "../releases/old", "main", at=self.folder / "repository")
        there = self.folder / "releases" / "old"
        subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=there, check=True)
        pip = [there / ".venv" / "bin" / "pip", "install", "--require-hashes", "-r", "requirements.txt"]
        subprocess.run(pip, cwd=there, env=self.env, check=True, capture_output=True)
        self.current.symlink_to("releases/old")
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_units")
        self.manage("load_catalogues")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.manage("seed_demo", "--once", DEBUG="1")

    def manage(self, *words, **more):
        command = [self.bin / "python", "manage.py", *words]
        ran = subprocess.run(
            command, cwd=self.current, env=self.env | more, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout.strip()

    def here(self, lines):
        """Lines of the guide with the paths of this folder."""
        for there, here in (
            ("/srv/antq", str(self.folder)),
            ("/var/lib/antq/backups", str(self.folder / "backups")),
            ("/etc/", f"{self.folder}/etc/"),
            ("/var/www/", f"{self.folder}/www/"),
        ):
            lines = lines.replace(there, here)
        return lines

    def serves(self, release):
        """Prove that a release serves with the libraries that it pins, none of another's, and its units stand."""
        there = self.folder / "releases" / release
        for kind in ("service", "socket", "timer"):
            units = {path.name: path.read_text() for path in (there / "deploy").glob(f"antq*.{kind}")}
            placed = {
                path.name: path.read_text() for path in (self.folder / "etc/systemd/system").glob(f"antq*.{kind}")
            }
            assert units == placed
        assert self.current.resolve() == there.resolve()
        running = Path(f"/proc/{self.process.pid}/cmdline").read_text().split("\0")
        assert Path(running[0]).parent.parent == there / ".venv", running
        has = json.loads(self.manage("shell", "--verbosity", "0", "-c", INSTALLED))
        pinned = (there / "requirements.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^([\w.-]+)==([^\s;]+)(?!.*win32)", pinned, re.M)
        assert len(pins) > 30 and {named(name): version for name, version in pins}.items() <= has.items()

    def obey(self):
        """What systemd does when it is asked to, one word after the other."""
        acts = {
            "stop antq.socket antq": lambda: (self.close_door(), self.stop()),
            "start antq.socket antq": lambda: (self.open_door(), self.start()),
            "restart antq": lambda: (self.stop(), self.start()),
            "start antq-backup": self.back_up,
            "reload nginx": lambda: None,  # what is served is the file of before, in ports of this machine
            "daemon-reload": lambda: None,
        }
        while True:
            asked = (self.folder / "ask").read_text().strip()
            try:
                if not asked.startswith(("disable --now ", "is-enabled ")):
                    acts[asked]()
                (self.folder / "answer").write_text("done")
            except Exception as error:
                print(error, file=sys.stderr)
                (self.folder / "answer").write_text("failed")

    def close_door(self):
        self.door.close()

    def back_up(self):
        """The ExecStart of antq-backup.service."""
        (command,) = re.findall(r"^ExecStart=(.*)$", self.here(self.placed("antq-backup.service").read_text()), re.M)
        subprocess.run(shlex.split(command), cwd=self.current, env=self.env, check=True, capture_output=True)

    def follow(self, *blocks, **known):
        """Run lines of the guide one after the other, as an operator types them."""
        commands = re.findall(r"^antq\w*\(\) \{\n.*?^\}\n", "".join(guide("Install")), re.M | re.S)
        given = [f"{name}={shlex.quote(value)}\n" for name, value in {"site": NAME, **known}.items()]
        script = PUT_IN_PLACE + self.here("".join([*commands, *given, *blocks]))
        ran = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


def stands(database):
    """Every kept total, as the database holds it."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT report_id, indicator_id, value FROM reports_reporttotal").fetchall()
        return {(report, indicator): value for report, indicator, value in rows}


def before_migrations():
    """The newest state that knew fewer migrations than HEAD."""
    words = ["git", "log", "-1", "--format=%H", "--diff-filter=A", "--", "*/migrations/0*.py"]
    newest = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    return f"{newest}^"


def while_saving(savers, act):
    """Let clients save before, during and after; returns how long the door was shut, in seconds."""
    savers.start()
    savers.wait_for_saves(40)
    act()
    savers.wait_for_saves(40)
    savers.stop()
    return savers.away


def drill(site, database):
    prepare, code_alone, with_migrations = guide("Upgrade")
    code_back, taken_back, put_back = guide("Roll back")
    savers = Savers(site)
    names = {"release": "2026-12-15", "old": "old"}

    site.hand_over("HEAD")
    away = while_saving(savers, lambda: print(site.follow(prepare, with_migrations)))
    print(f"upgraded under {savers.saved} acknowledged saves, none lost; the door was shut for {away:.1f} s")
    savers.prove()
    site.serves("2026-12-15")

    next_one = prepare.replace(names["release"], "2026-12-16")
    assert not while_saving(savers, lambda: site.follow(next_one, code_alone))
    assert not while_saving(savers, lambda: site.follow(code_back, old=names["release"]))
    print(f"another release without migrations, and back: {savers.saved} acknowledged saves, nobody refused")
    savers.prove()
    site.serves("2026-12-15")

    away = while_saving(savers, lambda: site.follow(taken_back, **names))
    print(f"migrations taken back under {savers.saved} acknowledged saves, none lost; shut for {away:.1f} s")
    savers.prove()
    site.serves("old")
    site.manage("rebuild_totals", "--check")

    before = stands(database)
    site.git("worktree", "remove", "--force", "../releases/2026-12-15", at=site.folder / "repository")
    site.follow(prepare, with_migrations)
    while_saving(savers, lambda: None)
    assert stands(database) != before
    site.follow(put_back, **names)
    assert stands(database) == before
    site.manage("rebuild_totals", "--check")
    site.manage("check_integrity")
    print(f"the backup put back: {len(before)} totals as they stood before the second upgrade")


def main():
    old = sys.argv[1] if len(sys.argv) > 1 else before_migrations()
    database = os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory() as folder:
        site = Releases(Path(folder), database, old)
        began = time.monotonic()
        site.install_old()
        site.open_door()
        with site.nginx():
            try:
                site.start()
                print(f"{NAME}: {old} serves a demonstration after {time.monotonic() - began:.0f} s")
                drill(site, database)
            finally:
                site.kill()
    print("the upgrade and both ways back are done: nothing acknowledged was lost")


if __name__ == "__main__":
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
    django.setup()
    main()
