"""The files of deploy/ are read by the programs they are written for, and serve the site through TLS."""

import json
import re
import shutil
import ssl
import subprocess
import threading
import time
import urllib.request

import pytest

from communes.management.commands.draw_error_pages import TARGET, drawn
from tests.databases import ROOT, manage, shell
from tests.machine.installation import DEPLOY, NAME, Installation, needs

UNITS = sorted(path.name for path in DEPLOY.glob("antq*.*") if path.suffix in (".service", ".socket", ".timer"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
FAILED = "from axes.models import AccessAttempt as A; print(*A.objects.values_list('ip_address', flat=True))"


@pytest.fixture
def installation(tmp_path):
    """The files in their place; nothing runs."""
    return Installation(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite3'}")


@needs("systemd-analyze")
def test_systemd_understands_every_unit(installation):
    paths = [installation.placed(name) for name in UNITS]
    ran = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    named = [line for line in ran.stderr.splitlines() if any(name in line for name in UNITS)]
    if shutil.which("rsync") is None:
        named = [line for line in named if "Command /usr/bin/rsync is not executable" not in line]
    assert len(UNITS) > 8 and not named, ran.stderr


@needs("systemd-analyze")
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_little(installation, name):
    """systemd's own measure of exposure: 0 is nothing, 10 everything."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", installation.placed(name)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-500:] + ran.stderr


@needs("nginx")
def test_nginx_understands_the_site(installation):
    command = ["nginx", "-t", "-c", installation.nginx_conf(), "-p", installation.folder]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "[warn]" not in ran.stderr, ran.stderr


@needs("logrotate")
def test_logrotate_understands_the_logs(installation):
    log = installation.folder / "log" / "access.log"
    log.write_text("x\n")
    path = installation.placed("logrotate")
    path.chmod(0o644)
    path.write_text(path.read_text().replace("www-data adm", ""))  # who is not on every machine
    command = ["logrotate", "--debug", "--state", installation.folder / "state", path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "error" not in ran.stderr and str(log) in ran.stderr, ran.stderr


def test_the_environment_file_names_what_there_is(installation):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#? ?([A-Z_]+)=", (DEPLOY / "antq.env").read_text(encoding="utf-8"), re.M)
    assert len(names) > 8 and not [name for name in names if not re.search(rf"^#? ?{name}=", example, re.M)]


def test_what_is_deployed_passes_the_check_of_django(installation):
    ran = manage(installation.env, "check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in ran.stdout + ran.stderr


def test_the_guide_installs_what_its_lines_call():
    """A bare Debian has neither curl nor certificates: what a line calls stands in the line that installs."""
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    lines = "\n".join(re.findall(r"^```sh\n(.*?)^```", guide, re.M | re.S))
    (installed,) = re.findall(r"apt-get install --no-install-recommends \\\n(.*)\n", lines)
    called = {"curl", "git", "openssl", "certbot", "nginx", "logrotate", "age"}
    assert {"gnupg", "rsync", "openssh-client"} <= set(installed.split()), "gpg, rsync, ssh-keygen"
    for program in called:
        assert re.search(rf"\b{program}\b", guide.replace(installed, "")) and program in installed.split(), program
    assert {"ca-certificates", "python3-venv", "postgresql"} <= set(installed.split())
    assert "apt-get update" in lines.partition("apt-get install")[0]


def test_the_other_machine_gets_what_its_lines_call():
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^```sh\n([^`]*?rrsync[^`]*?)^```", guide, re.M)
    installed = re.search(r"apt-get install --no-install-recommends (.*?) +#", lines)[1].split()
    assert {"rsync", "python3", "openssh-server", "cron"} <= set(installed), "rrsync is a script of Python"
    (old,) = re.findall(r'^echo "15 4 \* \* \* antq-copy (find .*?)" \| sudo tee /etc/cron\.d/[\w-]+$', lines, re.M)
    assert old.endswith("-mtime +400 -delete") and "-name 'antq-*.zip*'" in old


def test_a_command_is_run_with_the_folders_that_the_service_has():
    """Else the first command would open to all what the service keeps to itself."""
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^antq\(\) \{\n(.*?)^\}\n", guide, re.M | re.S)
    service = (DEPLOY / "antq.service").read_text(encoding="utf-8")
    kept = re.findall(r"^((?:StateDirectory|CacheDirectory|UMask)\w*=.*)$", service, re.M)
    assert len(kept) == 5 and {f"--property={one}" for one in kept} <= set(command.split())


def test_what_nginx_says_itself_is_drawn_anew():
    assert {path.name: path.read_text(encoding="utf-8") for path in TARGET.iterdir()} == drawn()
    for path in TARGET.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<h1>" in text and "http" not in text.replace("http://www.w3.org/2000/svg", ""), "it stands alone"


def test_the_guide_names_every_file():
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    files = [path.relative_to(ROOT).as_posix() for path in DEPLOY.rglob("*") if path.is_file()]
    assert len(files) > 8 and not [name for name in files if name not in guide]


@needs("nginx")
def test_a_certificate_is_renewed_by_what_the_site_answers():
    """Nothing else can listen where nginx does: what asks for the first one must do for all that follow."""
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (asked,) = re.findall(r"certbot certonly --webroot -w (\S+) --deploy-hook 'systemctl reload nginx'", guide)
    (plain,) = re.findall(r"server {\s+listen 80;.*?\n}", (DEPLOY / "nginx" / "antq.conf").read_text(), re.S)
    assert f"location /.well-known/acme-challenge/ {{ root {asked}; }}" in plain


def test_the_site_as_it_is_deployed(site):
    page = f"http://127.0.0.1:{site.http}/dashboard/?span=2025"
    moved = urllib.request.Request(page, headers={"Host": NAME})
    opener = urllib.request.build_opener(
        type("Stay", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda *_: None})
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        opener.open(moved)
    assert answer.value.code == 308 and answer.value.headers["Location"] == f"https://{NAME}/dashboard/?span=2025"

    with pytest.raises((ssl.SSLError, ConnectionError)):
        site.call("GET", "/healthz", name="somebody.else.vn")

    status, headers, body = site.call("GET", "/accounts/login/")
    cookie = headers["Set-Cookie"]
    assert status == 200 and "Secure" in cookie and headers["Strict-Transport-Security"]
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', body)[1].decode()
    style = re.search(rb'href="(/static/[^"]+\.css)"', body)[1].decode()
    typed = {
        "Cookie": cookie.split(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"https://{NAME}/",
    }
    form = f"csrfmiddlewaretoken={token}&username=lan&password="
    status, *_ = site.call("POST", "/accounts/login/", form + "khong-phai", typed | {"X-Forwarded-For": "203.0.113.7"})
    assert status == 200 and shell(site.env, FAILED) == "127.0.0.1"  # and not what she says of herself
    status, headers, _ = site.call("POST", "/accounts/login/", form + "mot-hai-ba-bon", typed)
    assert status == 302 and headers["Location"] == "/"

    big = b"x" * (2**20 + 1)
    status, headers, body = site.call("POST", "/accounts/login/", big, typed)
    assert status == 413 and "Tệp quá lớn" in body.decode() and headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Retry-After"] is None and "unsafe-inline" in headers["Content-Security-Policy"]
    huge = {"Content-Length": str(51 * 2**20)}
    status, headers, body = site.call("POST", "/api/v1/reports/", None, huge)
    assert status == 413 and "lớn hơn mức cho phép" in json.loads(body)["detail"]
    for path, kind in (("/", "text/html"), ("/api/v1/reports/", "application/json")):
        status, headers, body = site.call("GET", path, headers={"X-Long": "x" * 20_000})
        assert status == 400 and headers["Content-Type"].startswith(("text/html", kind)) and "cookie" in body.decode()
    status, _, page = site.call("GET", "/errors/413.html")
    assert status in (302, 404) and b"nginx" not in page, "only nginx itself shows them"

    status, headers, _ = site.call("GET", style)
    assert status == 200 and "max-age=315360000" in headers["Cache-Control"]


@needs("nginx")
def test_a_restart_refuses_nobody_and_an_absence_is_said(site):
    status, _, body = site.call("POST", "/api/v1/reports/", '{"commune": "07999", "month": "2025-06"}', site.headers)
    assert status == 201, body
    address = f"/api/v1/reports/{json.loads(body)['id']}/figures/"
    cell = {"hamlet": site.hamlet, "group": None, "indicator": "patrols"}
    saved, statuses, stopped = [], set(), threading.Event()

    def save():
        while not stopped.is_set():
            value, was = len(saved) + 1, saved[-1] if saved else None
            body = json.dumps({"figures": [cell | {"value": value, "was": was}]})
            status, *_ = site.call("PUT", address, body, site.headers)
            statuses.add(status)
            saved.append(value)

    saver = threading.Thread(target=save)
    saver.start()
    for _ in range(2):
        before = len(saved)
        while len(saved) < before + 5:
            assert saver.is_alive()
            time.sleep(0.02)
        assert site.stop() == 0
        site.start()
    stopped.set()
    saver.join()
    assert statuses == {200}
    _, _, body = site.call("GET", address, headers=site.headers)
    assert [one["value"] for one in json.loads(body)["results"]] == [saved[-1]]

    site.stop()
    site.door.close()
    status, headers, body = site.call("GET", address, headers=site.headers)
    assert status == 503 and headers["Retry-After"] == "30" and "bảo trì" in json.loads(body)["detail"]
    status, headers, body = site.call("GET", "/")
    assert status == 503 and headers["Content-Type"] == "text/html; charset=utf-8" and "bảo trì" in body.decode()
