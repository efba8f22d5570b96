"""What was acknowledged as saved survives ``kill -9`` and is in every total asked after it; two clients never overwrite
each other silently.

A real server on a database of its own, on whichever database the suite runs on.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.databases import ROOT, empty_database, environment, shell

SET_UP = """
from knox.models import AuthToken
from communes.units import load_units; from reports.catalogue import load_catalogues
from communes.models import Commune, Hamlet, User
load_units(); load_catalogues()
commune = Commune.objects.named("07999").get()
Hamlet.objects.bulk_create(Hamlet(commune=commune, name=f"Khu {n}") for n in range(1, 41))
for name in ("lan", "minh"):
    user = User.objects.create_user(name, "mot-hai-ba-bon", role="commune_officer", commune=commune, must_change_password=False)
    print(AuthToken.objects.create(user)[1])
print(*Hamlet.objects.values_list("pk", flat=True))
"""


class Server:
    """The project served by gunicorn on a port of its own."""

    def __init__(self, env):
        self.env = env
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "antq.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "error"],
            cwd=ROOT, env=self.env, start_new_session=True,
        )  # fmt: skip
        for _ in range(200):
            try:
                if urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status == 200:
                    return
            except OSError:  # not there yet, or slow on a machine that does other things
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def call(self, method, path, token, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Token {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")


@pytest.fixture(scope="module")
def begun(migrated, tmp_path_factory):
    """A database with lan, minh and their hamlets, made once, and what was said of it; each test has a copy."""
    with empty_database(tmp_path_factory.mktemp("begun"), "begun", of=migrated) as address:
        yield address, shell(environment(address), SET_UP).splitlines()[-3:]


@pytest.fixture
def served(begun, tmp_path):
    of, (lan, minh, hamlets) = begun
    with empty_database(tmp_path, "durable", of=of) as address:
        yield from serving(Server(environment(address)), lan, minh, hamlets)


def serving(server, lan, minh, hamlets):
    server.start()
    _, report = server.call("POST", "reports/", lan, {"commune": "07999", "month": "2025-06"})
    yield server, (lan, minh), [int(pk) for pk in hamlets.split()], report["id"]
    server.kill()


def test_kill_9_loses_nothing_that_was_acknowledged(served):
    server, (lan, _), hamlets, report = served
    acknowledged = {}

    def save():
        try:
            for value, hamlet in enumerate(hamlets * 50, start=1):
                was = acknowledged.get(hamlet)
                cell = {"hamlet": hamlet, "group": None, "indicator": "patrols", "value": value, "was": was}
                status, _ = server.call("PUT", f"reports/{report}/figures/", lan, {"figures": [cell]})
                if status == 200:
                    acknowledged[hamlet] = value
        except (urllib.error.URLError, ConnectionError, OSError):
            return

    writer = threading.Thread(target=save)
    writer.start()
    while len(acknowledged) < 25:
        assert writer.is_alive()
        time.sleep(0.01)
    server.kill()
    writer.join()
    server.start()
    _, found = server.call("GET", f"reports/{report}/figures/?page_size=1000", lan)
    kept = {one["hamlet"]: one["value"] for one in found["results"]}
    for hamlet, value in acknowledged.items():
        assert kept[hamlet] >= value
    status, detail = server.call("GET", f"reports/{report}/", lan)
    assert status == 200 and detail["totals"]["patrols"] == sum(kept.values())


def test_two_clients_on_one_cell_never_overwrite_silently(served):
    server, tokens, hamlets, report = served
    answers = {}
    gate = threading.Barrier(2)

    def save(token, value):
        for hamlet in hamlets:
            gate.wait()
            cell = {"hamlet": hamlet, "group": None, "indicator": "tips", "value": value, "was": None}
            answers[token, hamlet] = server.call("PUT", f"reports/{report}/figures/", token, {"figures": [cell]})

    writers = [threading.Thread(target=save, args=(token, value)) for value, token in enumerate(tokens, start=1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    _, found = server.call("GET", f"reports/{report}/figures/?page_size=1000", tokens[0])
    kept = {one["hamlet"]: one["value"] for one in found["results"]}
    for hamlet in hamlets:
        statuses = sorted(answers[token, hamlet][0] for token in tokens)
        assert statuses == [200, 207], (hamlet, statuses)
        loser = next(answers[token, hamlet][1] for token in tokens if answers[token, hamlet][0] == 207)
        assert loser["conflicts"][0]["current"] == kept[hamlet] != loser["conflicts"][0]["value"]


def test_a_total_asked_while_others_save_holds_all_that_was_acknowledged_before(served):
    """Whichever worker answers, and whatever it remembers: cells that are saved, and rows that enter the register."""
    server, (lan, minh), hamlets, report = served
    writing, acknowledged, founded = dict.fromkeys(hamlets, 0), dict.fromkeys(hamlets, 0), [len(hamlets)] * 2
    seen, failed = [], []

    def save(mine):
        for value in range(1, 9):
            for hamlet in mine:
                writing[hamlet] = value
                cell = {
                    "hamlet": hamlet,
                    "group": None,
                    "indicator": "patrols",
                    "value": value,
                    "was": value - 1 or None,
                }
                status, told = server.call("PUT", f"reports/{report}/figures/", lan, {"figures": [cell]})
                if status != 200:
                    failed.append(told)
                acknowledged[hamlet] = value

    def found():
        for number in range(1, 13):
            founded[1] += 1
            status, told = server.call("POST", "hamlets/", minh, {"commune": "07999", "name": f"Khu mới {number}"})
            if status != 201:
                failed.append(told)
            founded[0] += 1

    writers = [threading.Thread(target=save, args=(hamlets[at : at + 4],)) for at in range(0, 40, 4)]
    writers.append(threading.Thread(target=found))
    for writer in writers:
        writer.start()
    over = False
    while not over:
        over = not any(writer.is_alive() for writer in writers)
        least, fewest = sum(acknowledged.values()), founded[0]
        status, told = server.call("GET", "summary/?commune=07999&span=2025-06&include=all", minh)
        most, many = sum(writing.values()), founded[1]
        rows = {row["code"]: row["value"] or 0 for row in told["rows"]}
        assert status == 200 and least <= rows["patrols"] <= most and fewest <= rows["hamlets"] <= many
        seen.append(rows["patrols"])
    assert not failed and least == most == 320 and fewest == many == 52
    assert len(set(seen)) > 2, "the totals were asked while others saved"
