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
systemctl() {
  if [ "$1" = is-enabled ]; then case "$2" in *.timer) echo enabled ;; *) echo static ;; esac; return; fi
  echo "systemctl $*" >>"$HERE/asked"
}
nginx() { echo "nginx $*" >>"$HERE/asked"; ! grep -q nonsense "$HERE"/etc/nginx/sites-available/antq; }
"""
SITE = "site=phutho.example.vn\n"
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


class Machine:
    """Folders as they stand after the installation, a release before and one after."""

    def __init__(self, folder):
        self.folder = folder
        places = (
            "systemd/system",
            "nginx/sites-available",
            "nginx/sites-enabled",
            "nginx/conf.d",
            "logrotate.d",
            "antq",
        )
        for place in places:
            (folder / "etc" / place).mkdir(parents=True)
        for name in ("old", "new"):
            self.of(name).parent.mkdir(parents=True)
            subprocess.run(["cp", "-r", DEPLOY, self.of(name)], check=True)
        (self.of("new") / "antq-fresh.timer").write_text("[Timer]\n")
        (self.of("new") / "nginx" / "errors" / "503.html").write_text("another page")
        (self.of("new") / "nginx" / "antq.conf").write_text("server_name antq.example.vn; # new")
        drop_in = folder / "etc/systemd/system/antq.service.d"
        drop_in.mkdir()
        (drop_in / "secrets.conf").touch()

    def of(self, release):
        return self.folder / "antq" / "releases" / release / "deploy"

    def put(self, release, then="", known=SITE):
        """Run the lines with ``current`` at a release; returns how they ended, and what was asked of systemd and nginx."""
        current = self.folder / "antq" / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(f"releases/{release}")
        (lines,) = re.findall(r"^antq_files\(\) \{\n.*?^\}\n", GUIDE, re.M | re.S)
        lines += f"antq_files\n{then}"
        for there, here in (("/srv/antq", "antq"), ("/etc/", "etc/"), ("/var/www/", "www/")):
            lines = lines.replace(there, f"{self.folder}/{here}")
        asked = self.folder / "asked"
        asked.write_text("")
        ran = subprocess.run(
            ["bash", "-c", f"{STUBS}{known}{lines}"], env={"HERE": str(self.folder), "PATH": "/usr/sbin:/usr/bin:/bin"},
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


def test_units_that_no_release_had_are_the_operators_and_stay(machine):
    own = machine.folder / "etc/systemd/system/antq-of-ours.timer"
    own.write_text("[Timer]\n")
    asked = machine.put("new")[1] + machine.put("old")[1]
    assert own.exists() and "systemctl disable --now antq-fresh.timer" in asked
    assert not [line for line in asked if own.name in line]


def test_timers_that_a_way_back_took_away_are_enabled_again_by_one_line(machine):
    (machine.of("new") / "antq-fresh.service").write_text("[Service]\n")
    machine.put("new")
    assert "systemctl disable --now antq-fresh.service" in machine.put("old")[1]
    (line,) = re.findall(r"`(sudo systemctl enable --now \$[^`]*)`", GUIDE)
    status, asked, said = machine.put("new", then=line)
    assert (status, asked[-1]) == (0, "systemctl enable --now antq-fresh.timer"), said
    assert not (machine.folder / "etc/antq/taken").exists()


def test_servers_that_the_operator_named_are_kept_forth_and_back(machine):
    before = machine.read("etc/nginx/sites-available/antq")
    (own,) = re.findall(r"^printf \S+ 'upstream.*?antq-upstream\.conf$", GUIDE, re.M | re.S)
    assert "\nupstream antq {" in before and "upstream" in own
    machine.put("new", then=own)
    kept = machine.read("etc/nginx/conf.d/antq-upstream.conf")
    assert kept.splitlines()[0] == "upstream antq {" and kept.count("server ") == 2
    assert machine.put("old")[0] == 0
    (without,) = re.findall(r"^upstream antq \{.*?^\}\n", before, re.M | re.S)
    assert machine.read("etc/nginx/sites-available/antq") == before.replace(without, "")
    assert machine.read("etc/nginx/conf.d/antq-upstream.conf") == kept


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


def test_a_first_installation_does_not_keep_what_nginx_does_not_understand(tmp_path):
    machine = Machine(tmp_path)
    (machine.of("new") / "nginx" / "antq.conf").write_text("nonsense")
    (tmp_path / "etc/nginx/antq.before").write_text("of another time")
    status, asked, _ = machine.put("new")
    assert status != 0 and asked == ["nginx -t"] and not machine.placed().keys() & units(machine.of("new")).keys()
    left = [path for place in ("available", "enabled") for path in (tmp_path / f"etc/nginx/sites-{place}").iterdir()]
    assert not left, "the next start of nginx would fail"


def test_without_a_name_of_the_site_nothing_is_touched(machine):
    before = machine.read("etc/nginx/sites-available/antq")
    status, asked, said = machine.put("new", known="")
    assert status != 0 and not asked and "site" in said
    assert machine.read("etc/nginx/sites-available/antq") == before


def test_a_release_without_a_file_of_nginx_is_not_served(machine):
    before = machine.read("etc/nginx/sites-available/antq")
    (machine.of("new") / "nginx" / "antq.conf").unlink()
    status, asked, _ = machine.put("new", known=SITE + "set +e\n")
    assert status != 0 and not asked and machine.read("etc/nginx/sites-available/antq") == before


def test_half_a_backup_is_not_put_back(tmp_path):
    for name in ("antq-20261129-011500.zip.age", "antq-20261130-011500.zip", "antq-20261130-021500.zip.part"):
        (tmp_path / name).touch()
    (line,) = re.findall(r"^backup=.*$", GUIDE, re.M)
    lines = f'{STUBS}{line.replace("/var/lib/antq/backups", str(tmp_path))}\necho "$backup"'
    ran = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(tmp_path / "antq-20261130-011500.zip")


NOTED = """
noted() { echo "$@" >>asked; case "$*" in *"$FAILS"*) return 1; esac; }
for program in sudo systemctl antq antq_files curl certbot; do eval "$program() { noted $program \\"\\$@\\"; }"; done
site=phutho.example.vn
"""
BLOCKS = [
    re.sub(r"^antq_files\(\) \{\n.*?^\}\n", "", lines, flags=re.M | re.S)
    for lines in re.findall(r"^```sh\n(.*?)^```", GUIDE, re.M | re.S)
]


def asked(lines, folder, fails="nothing"):
    """What lines of the guide ask for, pasted one after the other, where an act fails: up to it, and after it."""
    (folder / "asked").unlink(missing_ok=True)
    env = {"FAILS": fails, "PATH": "/usr/bin:/bin"}
    subprocess.run(["bash", "-c", NOTED + lines], env=env, cwd=folder, capture_output=True, check=False)
    return (folder / "asked").read_text()


def test_every_way_forth_and_back_puts_them_before_it_starts_and_stops_where_that_fails(tmp_path):
    """Wherever another release begins to serve, its files come with it, before it is started."""
    switched = [
        lines for lines in BLOCKS if "/srv/antq/current" in lines and "ln -sfn" in lines and "systemctl" in lines
    ]
    (installed,) = [lines for lines in BLOCKS if "certbot certonly" in lines]
    assert len(switched) == 5
    for lines in (*switched, installed):
        before, _, after = asked(lines, tmp_path).partition("antq_files\n")
        assert re.search(r"^sudo systemctl ((re)?start|enable --now) (.* )?antq\b", after, re.M), lines
        assert not re.search(r"systemctl (re)?start antq(\.socket antq)?$", before, re.M), lines
        assert lines is installed or "/srv/antq/current" in before, lines
        assert asked(lines, tmp_path, "antq_files") == f"{before}antq_files\n", lines


@pytest.mark.parametrize("act", ["systemctl start antq-backup", "antq migrate", "antq restore"])
def test_nothing_goes_on_where_a_backup_a_migration_or_what_is_put_back_fails(act, tmp_path):
    ways = [lines for lines in BLOCKS if "systemctl stop antq.socket antq" in lines and act in asked(lines, tmp_path)]
    assert len(ways) == {"systemctl start antq-backup": 1, "antq migrate": 2, "antq restore": 1}[act]
    for lines in ways:
        *_, last = asked(lines, tmp_path, act).splitlines()
        assert act in last, lines
