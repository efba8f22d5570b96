"""Monitoring as it is installed: a unit that fails is told of, and the site is looked after by the units' own ExecStart."""

import os
import re
import shlex
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.machine.installation import DEPLOY, NAME, Installation, needs

asks_the_site = needs("curl", "openssl")
HOUR = 3600


@pytest.fixture
def machine(tmp_path):
    """An installation of which only what looks after it runs; ``run`` starts a service as systemd does."""
    made = Installation(tmp_path, f"sqlite:///{tmp_path}/none/none.sqlite3")  # a database that is away
    made.state = tmp_path / "state"
    (made.state / "backups").mkdir(parents=True)
    made.env |= {"STATE_DIRECTORY": str(made.state), "DJANGO_SETTINGS_MODULE": "antq.settings"}

    def run(name, instance="", **more):
        text = made.placed(name).read_text().replace("%i", instance).replace("/var/lib/antq", str(made.state))
        (command,) = re.findall(r"^ExecStart=(.*)$", text, re.M)
        env = made.env | more
        words = [re.sub(r"\$\{(\w+)\}", lambda name: env[name[1]], word) for word in shlex.split(command)]
        return subprocess.run(
            words, cwd=made.current, env=env, capture_output=True, text=True, check=False, timeout=120
        )

    made.run = run
    return made


def test_every_unit_tells_that_it_failed():
    units = {path.name: path.read_text() for path in DEPLOY.glob("*.service")}
    silent = [name for name, text in units.items() if "\nOnFailure=antq-tell@%n.service\n" not in text]
    assert len(units) > 6 and silent == ["antq-tell@.service"]


def test_no_unit_of_one_run_waits_for_ever():
    """One that hangs never fails: nobody would be told, and its timer would not start it again."""
    units = {path.name: path.read_text() for path in DEPLOY.glob("*.service")}
    once = {name for name, text in units.items() if "Type=oneshot" in text}
    assert {"antq-watch.service", "antq-copy.service", "antq-tell@.service", "antq-backup.service"} < once
    assert not [name for name in once if "\nTimeoutStartSec=" not in units[name]]


@pytest.mark.once
def test_it_is_told_in_the_journal_by_letter_and_by_a_command_of_the_operators(machine):
    told = machine.folder / "told"
    by_all = {"NOTIFY_MAIL": "operator@example.vn", "NOTIFY_COMMAND": f"cat >>{told}", "EMAIL_URL": "consolemail://"}
    (machine.state / "found.antq-watch.service").write_text("the disk of / is full to 97 %\n")
    ran = machine.run("antq-tell@.service", "antq-watch.service", **by_all)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.startswith("<3>ANTQ on") and "<3>the disk of / is full" in ran.stderr, (
        "as an error of the journal"
    )
    assert "To: operator@example.vn" in ran.stdout and "antq-watch.service has failed" in ran.stdout
    assert "full to 97 %" in told.read_text() and told.read_text() in ran.stderr.replace("<3>", "")

    once = told.read_text()
    again = machine.run("antq-tell@.service", "antq-watch.service", **by_all)
    assert "<3>ANTQ" in again.stderr and not again.stdout and told.read_text() == once, "not every five minutes"
    other = machine.run("antq-tell@.service", "antq-backup.service", **by_all)
    assert "antq-backup.service has failed" in told.read_text() and "97 %" not in other.stdout
    stamp = machine.state / "told.antq-watch.service"
    os.utime(stamp, (stamp.stat().st_atime, stamp.stat().st_mtime - 2 * HOUR))
    assert machine.run("antq-tell@.service", "antq-watch.service", **by_all).stdout


def test_nobody_is_named_by_default_and_what_could_not_be_sent_is_tried_again(machine):
    ran = machine.run("antq-tell@.service", "antq.service")
    assert ran.returncode == 0 and ran.stderr.startswith("<3>ANTQ on") and not ran.stdout
    for _ in range(2):
        ran = machine.run("antq-tell@.service", "antq-copy.service", NOTIFY_COMMAND="false")
        assert ran.returncode == 1


class Site(BaseHTTPRequestHandler):
    """Answers as nginx and the application would."""

    status = 200

    def do_GET(self):
        self.send_response(Site.status if self.path == "/readyz" and self.headers["Host"] == NAME else 404)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def watched(machine):
    """The installation, answered for by a site with a certificate of two days, and a backup of last night."""
    machine.nginx_conf()
    cert = machine.folder / "cert"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert / "fullchain.pem", cert / "privkey.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    machine.env |= {"WATCH_AT": f"127.0.0.1:{server.server_port}", "CURL_CA_BUNDLE": str(cert / "fullchain.pem")}
    machine.env |= {"WATCH_DAYS": "1", "WATCH_DISK": "101"}
    machine.backup = machine.state / "backups" / "antq-20261130-011500.zip.age"
    machine.backup.write_text("x")
    Site.status = 200
    yield machine
    server.shutdown()
    server.server_close()


@asks_the_site
def test_what_is_in_order_is_silent(watched):
    ran = watched.run("antq-watch.service")
    assert (ran.returncode, ran.stderr) == (0, "")


@asks_the_site
def test_a_server_that_makes_no_backups_asks_for_none(watched):
    watched.backup.unlink()
    assert watched.run("antq-watch.service").returncode == 1
    assert watched.run("antq-watch.service", WATCH_BACKUPS="0").returncode == 0


def old(site):
    os.utime(site.backup, (0, site.backup.stat().st_mtime - 27 * HOUR))


FAULTS = {
    "away": (lambda site: site.env.update(WATCH_AT="127.0.0.1:1"), ["/readyz", "the certificate"]),
    "not ready": (lambda site: setattr(Site, "status", 503), ["/readyz: curl: (22)"]),
    "another name": (lambda site: site.env.update(ALLOWED_HOSTS="other.example.vn"), ["/readyz: curl: (60)"]),
    "certificate": (
        lambda site: site.env.update(WATCH_DAYS="3"),
        ["the certificate of antq.example.vn is not shown, or"],
    ),
    "old backup": (old, ["no backup of the last 26 hours"]),
    "empty backup": (lambda site: site.backup.write_text(""), ["no backup of the last 26 hours"]),
    "half a backup": (
        lambda site: site.backup.rename(f"{site.backup}.part"),
        ["no backup of the last 26 hours"],
    ),
    "disk": (lambda site: site.env.update(WATCH_DISK="0"), ["the disk of / is full to"]),
}


@pytest.mark.once
@asks_the_site
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_is_found_and_told(watched, fault):
    act, words = FAULTS[fault]
    act(watched)
    ran = watched.run("antq-watch.service")
    assert ran.returncode == 1
    found = (watched.state / "found.antq-watch.service").read_text()
    assert all(word in found for word in words) and found == ran.stderr
    assert len(found.splitlines()) == len(words) or fault == "disk", found


@pytest.mark.once
@asks_the_site
def test_a_site_that_takes_a_connection_and_says_nothing_is_not_waited_for(watched):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = f"127.0.0.1:{silent.getsockname()[1]}"
        ran = watched.run("antq-watch.service", WATCH_AT=there, WATCH_PATIENCE="1")
    assert ran.returncode == 1
    assert "/readyz: curl: (28)" in ran.stderr and "the certificate of antq.example.vn is not shown" in ran.stderr


@needs("rsync")
def test_backups_are_copied_and_what_lies_there_is_not_written_over(machine):
    there = machine.folder / "there"
    there.mkdir()
    given = {"antq-20261129-011500.zip": "forged", "antq-20261130-011500.zip.age": "new", "other": ""}
    given |= {"antq-20261130-021500.zip.part": "cut", "antq-20261130-021500.zip.age.part": "cut"}
    for name, text in given.items():
        (machine.state / "backups" / name).write_text(text)
    (there / "antq-20261129-011500.zip").write_text("of then")
    ran = machine.run("antq-copy.service", BACKUP_COPY=str(there))
    assert ran.returncode == 0, ran.stderr
    kept = {path.name: path.read_text() for path in there.iterdir()}
    assert kept == {"antq-20261129-011500.zip": "of then", "antq-20261130-011500.zip.age": "new"}
