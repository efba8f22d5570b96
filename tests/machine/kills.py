"""Acknowledged saves under repeated ``kill -9`` of workers, server and database; none may be lost.

    .venv/bin/python -m tests.machine.kills 2000                                   (SQLite, in a folder of its own)
    sh tests/with_postgres.sh .venv/bin/python -m tests.machine.kills 10000        (as root, or as who runs PostgreSQL)

What was not acknowledged is sent again, as browsers do; where it was written all the same, it is found as a conflict with oneself.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections import Counter
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import psycopg

from tests.databases import environment, manage, shell
from tests.test_durability import SET_UP, Server

KILLS = 60
CLIENTS = 4


class Clients:
    """Four windows of two officers on one report, each with hamlets of its own."""

    def __init__(self, server, goal):
        self.server, self.goal = server, goal
        lan, minh, hamlets = shell(server.env, SET_UP).splitlines()[-3:]
        server.start()
        _, report = server.call("POST", "reports/", lan, {"commune": "07999", "month": "2025-06"})
        self.report, self.hamlets = report["id"], [int(pk) for pk in hamlets.split()]
        self.tokens = [lan, minh]
        self.kept, self.answers = {}, Counter()
        self.acknowledged = 0
        self.faults = []
        self.changed = threading.Condition()
        shares = [(self.tokens[n % 2], self.hamlets[n::CLIENTS]) for n in range(CLIENTS)]
        self.threads = [threading.Thread(target=self.work, args=share, daemon=True) for share in shares]

    def work(self, token, hamlets):
        value = 0
        try:
            while self.acknowledged < self.goal:
                value += 1
                for hamlet in hamlets:
                    self.save(token, hamlet, value)
        except Exception as error:
            with self.changed:
                self.faults.append(repr(error))
                self.changed.notify_all()

    def save(self, token, hamlet, value):
        was = self.kept.get(hamlet)
        cell = {"hamlet": hamlet, "group": None, "indicator": "patrols", "value": value, "was": was}
        while True:
            try:
                status, body = self.server.call("PUT", f"reports/{self.report}/figures/", token, {"figures": [cell]})
            except (urllib.error.URLError, HTTPException, OSError, json.JSONDecodeError):
                status, body = 0, {}
            self.answers[status] += 1
            if status in (200, 207):
                break
            assert status in (0, 502, 503), (status, body)
            time.sleep(0.1)
        assert status == 200 or [one["current"] for one in body["conflicts"]] == [value], (was, value, body)
        with self.changed:
            self.kept[hamlet] = value
            self.acknowledged += 1
            self.changed.notify_all()

    def wait_until(self, count):
        with self.changed:
            self.changed.wait_for(lambda: self.acknowledged >= count or self.faults)
        assert not self.faults, self.faults

    def prove(self):
        """Each cell holds its last acknowledged value, and the total is their sum."""
        _, found = self.server.call("GET", f"reports/{self.report}/figures/?page_size=1000", self.tokens[0])
        there = {one["hamlet"]: one["value"] for one in found["results"]}
        lost = {hamlet: (value, there.get(hamlet)) for hamlet, value in self.kept.items() if there.get(hamlet) != value}
        _, detail = self.server.call("GET", f"reports/{self.report}/", self.tokens[0])
        assert not lost and detail["totals"]["patrols"] == sum(there.values()), lost
        manage(self.server.env, "rebuild_totals", "--check")


def kill_worker(server):
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    if children:
        os.kill(int(random.choice(children)), signal.SIGKILL)


def kill_server(server):
    server.kill()
    server.start()


def asked(address, question):
    """The answer of a database that may be recovering."""
    for _ in range(600):
        with suppress(psycopg.OperationalError), psycopg.connect(address) as connection:
            return connection.execute(question).fetchone()[0]
        time.sleep(0.1)
    raise AssertionError("the database does not answer")


def kill_database(address):
    """Kill one process that serves a client: PostgreSQL then ends all of them, and recovers from its log."""

    def kill(_):
        serving = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' LIMIT 1"
        with suppress(ProcessLookupError):
            os.kill(asked(address, serving), signal.SIGKILL)

    return kill


def kill_postmaster(address):
    """Kill PostgreSQL itself, with all that it is, and start it anew."""

    def kill(_):
        folder = asked(address, "SHOW data_directory")
        pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with suppress(ProcessLookupError):  # it came and went
                os.kill(int(child), signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        version, name = Path(folder).parts[-2:]
        for _ in range(100):
            if (
                subprocess.run(["pg_ctlcluster", version, name, "start"], capture_output=True, check=False).returncode
                == 0
            ):
                return
            time.sleep(0.1)
        raise AssertionError("the database did not start again")

    return kill


def run(address, goal):
    env = environment(address)
    manage(env, "migrate", "--verbosity", "0")
    server = Server(env)
    kills = [kill_worker, kill_server]
    if not address.startswith("sqlite"):
        kills += [kill_database(address), kill_postmaster(address)]
    done = Counter()
    try:
        clients, between = Clients(server, goal), max(goal // KILLS, 1)
        for thread in clients.threads:
            thread.start()
        for turn, count in enumerate(range(between, goal, between)):
            clients.wait_until(count)
            kill = kills[turn % len(kills)]
            kill(server)
            done[(kill.__qualname__.partition(".")[0])] += 1
        for thread in clients.threads:
            thread.join()
        clients.wait_until(goal)
        clients.prove()
    finally:
        server.kill()
    print(f"{clients.acknowledged} acknowledged saves, none lost, under {sum(done.values())} kills {dict(done)}")
    print(f"answers: {dict(clients.answers)} (0: the connection broke)")


def main():
    goal = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        run(os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/kills.sqlite3", goal)


if __name__ == "__main__":
    main()
