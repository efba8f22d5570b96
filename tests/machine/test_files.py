"""The lines of docs/deploy.md that put a release's files in their places: forth, back, and where nginx does not understand."""

import re
import shutil
import subprocess

import pytest

from tests.databases import ROOT
from tests.machine.installation import DEPLOY

STUBS = """
set -e
sudo() { "$@"; }
systemctl() { echo "systemctl $*" >>"$HERE/asked"; }
nginx() { echo "nginx $*" >>"$HERE/asked"; ! grep -q nonsense "$HERE"/etc/nginx/sites-available/antq; }
site=phutho.example.vn
"""
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


class Machine:
    """Folders as they stand after the installation, a release before and one after."""

    def __init__(self, folder):
        self.folder = folder
        for place in ("systemd/system", "nginx/sites-available", "nginx/sites-enabled", "logrotate.d"):
            (folder / "etc" / place).mkdir(parents=True)
        for name in ("old", "new"):
            (folder / "antq" / name).mkdir(parents=True)
            subprocess.run(["cp", "-r", DEPLOY, folder / "antq" / name / "deploy"], check=True)
        (self.of("new") / "antq-fresh.timer").write_text("[Timer]\n")
        (self.of("new") / "nginx" / "errors" / "503.html").write_text("another page")
        (self.of("new") / "nginx" / "antq.conf").write_text("server_name antq.example.vn; # new")
        drop_in = folder / "etc/systemd/system/antq.service.d"
        drop_in.mkdir()
        (drop_in / "secrets.conf").touch()

    def of(self, release):
        return self.folder / "antq" / release / "deploy"

    def put(self, release):
        """Run the lines with ``current`` at a release; returns how they ended, and what was asked of systemd and nginx."""
        current = self.folder / "antq" / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(release)
        (lines,) = re.findall(r"^antq_files\(\) \{\n.*?^\}\n", GUIDE, re.M | re.S)
        for there, here in (("/srv/antq", "antq"), ("/etc/", "etc/"), ("/var/www/", "www/")):
            lines = lines.replace(there, f"{self.folder}/{here}")
        asked = self.folder / "asked"
        asked.unlink(missing_ok=True)
        ran = subprocess.run(
            ["bash", "-c", f"{STUBS}{lines}antq_files"], env={"HERE": str(self.folder), "PATH": "/usr/sbin:/usr/bin:/bin"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return ran.returncode, asked.read_text().splitlines(), ran.stderr

    def placed(self):
        """Names and texts of the units that stand."""
        return {
            path.name: path.read_text() for path in (self.folder / "etc/systemd/system").iterdir() if path.is_file()
        }

    def read(self, place):
        return (self.folder / place).read_text()


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    assert made.put("old")[0] == 0
    return made


def units(folder):
    kinds = ("service", "socket", "timer")
    return {path.name: path.read_text() for kind in kinds for path in folder.glob(f"antq*.{kind}")}


def test_they_go_forth_and_back(machine):
    assert machine.placed() == units(machine.of("old")) and "antq-fresh.timer" not in machine.placed()
    site = machine.read("etc/nginx/sites-enabled/antq")
    assert "server_name phutho.example.vn;" in site and "antq.example.vn" not in site
    before = machine.read("www/antq/errors/503.html")

    status, asked, _ = machine.put("new")
    assert status == 0 and asked == ["nginx -t", "systemctl reload nginx", "systemctl daemon-reload"]
    assert machine.placed() == units(machine.of("new"))
    assert machine.read("www/antq/errors/503.html") == "another page"
    assert machine.read("etc/nginx/sites-enabled/antq") == "server_name phutho.example.vn; # new"

    status, asked, _ = machine.put("old")
    assert status == 0 and "systemctl disable --now antq-fresh.timer" in asked
    assert machine.placed() == units(machine.of("old")) and machine.read("www/antq/errors/503.html") == before
    assert machine.read("etc/nginx/sites-enabled/antq") == site
    assert machine.read("etc/logrotate.d/antq") == (DEPLOY / "logrotate").read_text()
    assert (machine.folder / "etc/systemd/system/antq.service.d/secrets.conf").exists(), "what the operator added stays"


def test_the_way_back_leads_to_a_release_that_knew_fewer_files_too(machine):
    shutil.rmtree(machine.of("old") / "nginx" / "errors")
    (machine.of("old") / "antq-audit.timer").unlink()
    machine.put("new")
    status, asked, said = machine.put("old")
    assert status == 0 and "systemctl disable --now antq-audit.timer" in asked, said
    assert machine.placed() == units(machine.of("old"))


def test_what_nginx_does_not_understand_is_taken_back_and_nothing_is_loaded(machine):
    before = machine.read("etc/nginx/sites-available/antq")
    (machine.of("new") / "nginx" / "antq.conf").write_text("nonsense")
    status, asked, _ = machine.put("new")
    assert status != 0 and asked == ["nginx -t"]
    assert machine.read("etc/nginx/sites-available/antq") == before and "antq-fresh.timer" not in machine.placed()


def test_every_way_forth_and_back_puts_them():
    """Wherever another release begins to serve, its files come with it, before it is started."""
    ways = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.M | re.S)
    switched = [
        lines for lines in ways if "/srv/antq/current\n" in lines and "systemctl" in lines and "ln -sfn" in lines
    ]
    assert len(switched) == 5
    for lines in switched:
        after = lines.split("/srv/antq/current\n")[1]
        assert re.search(r"^antq_files$.*^sudo systemctl (re)?start ", after, re.M | re.S), lines
