"""The audit trail leaves for a log server by the unit of deploy/: whole, and nothing is lost while the server is away."""

import re
import shlex
import socket
import subprocess
import threading

import pytest

from tests.databases import empty_database, environment, manage, shell
from tests.machine.installation import Installation, free_port

WRITE = """
from communes.models import User
from communes.trail.recording import Act, Caller, caller, record
lan, _ = User.objects.get_or_create(username="lan" + "n" * 57, defaults={"role": "administrator"})
caller.set(Caller("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2001:0db8:85a3:0000:0000:0000:0000:0000/64"))
for n in range(40): record(Act.EXPORT, "ế" * 300, by=lan)
"""


class LogServer:
    """One that listens for TCP and keeps what comes."""

    def __init__(self, port):
        self.kept = b""
        self.door = socket.create_server(("127.0.0.1", port))
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()

    def listen(self):
        caller, _ = self.door.accept()
        with caller:
            while read := caller.recv(65536):
                self.kept += read

    def close(self):
        self.thread.join(timeout=60)
        self.door.close()
        return self.kept.decode()


@pytest.fixture
def handing(migrated, tmp_path):
    """Runs the ExecStart of the unit as systemd does; ``port`` is the log server's."""
    with empty_database(tmp_path, "handed", of=migrated) as address:
        made = Installation(tmp_path, address)
        made.port = free_port()
        made.env = environment(address, **made.env)
        made.env |= {"TRAIL_SERVER": "127.0.0.1", "TRAIL_PORT": str(made.port), "STATE_DIRECTORY": str(tmp_path)}
        (command,) = re.findall(r"^ExecStart=(.*)$", made.placed("antq-trail.service").read_text(), re.M)
        made.hand_on = lambda **more: subprocess.run(
            shlex.split(command), cwd=made.current, env=made.env | more, capture_output=True, text=True, check=False
        )
        yield made


@pytest.mark.once
def test_what_is_sealed_leaves_whole_and_waits_while_the_server_is_away(handing, tmp_path):
    shell(handing.env | {"DEBUG": "1"}, WRITE)
    assert handing.hand_on(TRAIL_SERVER="").returncode, "nothing is noted as exported where nobody is named"
    assert handing.hand_on().returncode and handing.hand_on().returncode, "nobody listens"
    shell(handing.env | {"DEBUG": "1"}, WRITE)

    server = LogServer(handing.port)
    ran = handing.hand_on()
    kept = server.close()
    assert ran.returncode == 0, ran.stderr
    assert len(kept.splitlines()) == 2 * 40 + 2, "each line once, none cut in two"
    assert not (tmp_path / "trail.waiting").exists()
    file = tmp_path / "antq-trail.log"
    file.write_text(kept, encoding="utf-8")
    assert "2 khối nguyên vẹn" in manage(handing.env, "check_audit", "--against", file).stdout
