"""An installation by the very files of deploy/, in a folder of its own: paths and ports are put in their place, no more."""

import http.client
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import ROOT, environment

DEPLOY = ROOT / "deploy"
NAME = "antq.example.vn"
BIN = Path(sys.executable).parent


def needs(*tools):
    """Skip what calls a program that is not on this machine."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(missing), reason=f"no {', '.join(missing)} here")


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Installation:
    """Where things stand, and the processes that run."""

    current, bin = ROOT, BIN

    def __init__(self, folder, database):
        self.folder = folder
        self.http, self.https, self.app = free_port(), free_port(), free_port()
        self.env = environment(database, DEBUG="0", GATHERED_STATIC_ROOT=str(folder / "static"))
        self.env |= self.variables() | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.machine.installed"}
        for name in ("log", "nginx"):
            (folder / name).mkdir()
        self.door = None

    def variables(self):
        """Those of deploy/antq.env, the secrets filled in."""
        lines = (DEPLOY / "antq.env").read_text(encoding="utf-8").splitlines()
        given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return given | {"SECRET_KEY": "only-of-a-test-" * 5, "EMAIL_URL": "consolemail://", "WORKERS": "2"}

    def placed(self, name):
        """A file of deploy/ for this folder; returns its path."""
        text = (DEPLOY / name).read_text(encoding="utf-8")
        cert = self.folder / "cert"
        for there, here in (
            ("/srv/antq/current/.venv/bin", str(self.bin)),
            ("/srv/antq/current", str(self.current)),
            ("/var/log/antq", str(self.folder / "log")),
            ("/var/www/antq", str(DEPLOY / "nginx")),
            (f"/etc/letsencrypt/live/{NAME}", str(cert)),
            ("127.0.0.1:8000", f"127.0.0.1:{self.app}"),
        ):
            text = text.replace(there, here)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
        text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.http}", text)
        text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.https}", text)
        path = self.folder / Path(name).name
        path.write_text(text, encoding="utf-8")
        return path

    def nginx_conf(self):
        """What Debian's own nginx.conf is around a site."""
        cert = self.folder / "cert"
        if not cert.exists():
            cert.mkdir()
            command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout privkey.pem -out fullchain.pem"
            words = [*command.split(), "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
            subprocess.run(words, cwd=cert, check=True, capture_output=True)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {self.folder / 'nginx' / kind};\n" for kind in kinds)
        path = self.folder / "nginx.conf"
        path.write_text(
            f"user {pwd.getpwuid(os.geteuid()).pw_name}; pid {self.folder}/nginx.pid; error_log {self.folder}/log/nginx.log; worker_processes 2; daemon off;\n"
            "events {}\nhttp { ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;\n"
            f"{temporary} include {self.placed('nginx/antq.conf')}; }}\n"
        )
        return path

    @contextmanager
    def nginx(self):
        with subprocess.Popen(["nginx", "-c", self.nginx_conf(), "-p", self.folder]) as process:
            try:
                wait_for(lambda: socket.create_connection(("127.0.0.1", self.https), timeout=5).close())
                yield
            finally:
                process.terminate()

    def open_door(self):
        """What antq.socket does: listen, whoever serves."""
        self.door = socket.create_server(("127.0.0.1", self.app), backlog=512)
        self.door.set_inheritable(True)

    def start(self):
        """What systemd does with antq.service: its ExecStart, the door as file 3."""
        (command,) = re.findall(r"^ExecStart=(.*)$", self.placed("antq.service").read_text(), re.M)
        number = self.door.fileno()
        pass_on = f"exec 3<&{number}; export LISTEN_FDS=1 LISTEN_PID=$$; exec {shlex.join(shlex.split(command))}"
        self.process = subprocess.Popen(
            ["bash", "-c", pass_on], cwd=self.current, env=self.env, pass_fds=[number], start_new_session=True
        )
        wait_for(lambda: self.call("GET", "/healthz") or True)

    def stop(self):
        """What systemd does to stop it (KillMode=mixed): SIGTERM to the first process, and wait."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=45)

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def call(self, method, path, body=None, headers=(), name=NAME):
        """One call through TLS; returns status, headers, body."""
        context = ssl.create_default_context(cafile=self.folder / "cert" / "fullchain.pem")
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=60)
        connection = http.client.HTTPConnection(name)
        connection.sock = context.wrap_socket(plain, server_hostname=name)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        told = answer.status, answer.headers, answer.read()
        connection.close()
        return told


def wait_for(attempt):
    """Try until it no longer fails; a minute at most."""
    until = time.monotonic() + 60
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
