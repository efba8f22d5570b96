"""``python -m tests.bench.served [--seconds N]``: the program as it is run, asked over kept-alive connections.

gunicorn serves the demonstration province by the repository's own ``gunicorn.conf.py``; each line is medians and 95th
percentiles in milliseconds, alone and beside 15 clients that save, next to its floor: the same SQL through the smallest
view of the same server (``floor``), or next to a plain Django view that keeps nothing it could keep (:mod:`tests.bench.peer`).
"""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles

CLIENTS = 15
TOTALS = "/api/v1/summary/?province=25&span={year}"
FLOOR = "/floor/totals/?province=25&year={year}"
PEER = "/peer/totals/?province=25&year={year}"
"""Of the year in which the clients save: that of another year would be remembered whatever they do."""
COOKIE = "c" * 32
SET_UP = f"""
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from communes.models import Commune, Hamlet, Province, User
from reports.entry.figures import CellWrite, open_report, record
from reports.entry.grid import Row
from reports.models import Figure
from reports.units import Unit
now = timezone.now()
def session(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store["started"] = now.timestamp()
    store.save()
    return store.session_key
print(session(User.objects.get(username="phutho.lanhdao")), Unit(Province.objects.get(code="25", ended_on=None)).current_month(now).year)
communes = Commune.objects.filter(province__code="25", ended_on=None, hamlet__isnull=False).distinct().order_by("code")
for commune in communes[:{CLIENTS + 1}]:
    user = User.objects.create(
        username=f"bench{{commune.code}}", role="commune_officer", commune=commune, must_change_password=False
    )
    unit = Unit(commune.province, commune)
    report, _ = open_report(unit, unit.current_month(now), by=user, now=now)
    hamlet = Hamlet.objects.filter(commune=commune, ended_on=None).first()
    cell = dict(log__report=report, log__hamlet=hamlet, indicator__code="patrols")
    was = Figure.objects.filter(**cell).values_list("value", flat=True).first()
    record(report, [CellWrite(Row(hamlet=hamlet.pk), "patrols", 1, was)], by=user, now=now)
    figure = Figure.objects.get(**cell)
    print(session(user), report.pk, hamlet.pk, figure.log_id, figure.indicator_id)
"""


class Asker:
    """One client with a session and a kept-alive connection."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={COOKIE}",
            "X-CSRFToken": COOKIE,
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
        }

    def ask(self, method: str, path: str, body: object = None) -> float:
        """Milliseconds until the whole answer is there; insists that it is one."""
        start = time.perf_counter()
        self.connection.request(method, path, body and json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        told = answer.read()
        assert answer.status == (304 if "If-None-Match" in self.headers else 200), (path, answer.status, told[:200])
        self.etag = answer.headers["ETag"]
        return (time.perf_counter() - start) * 1000

    def holding(self, path: str) -> "Asker":
        """The same client once it keeps the answer of an address: it asks only whether that still holds."""
        self.ask("GET", path)
        self.headers |= {"If-None-Match": self.etag}
        return self


class Officer(Asker):
    """Saves one cell again and again, each time another value."""

    def __init__(self, port: int, line: str) -> None:
        session, self.report, hamlet, log, indicator = line.split()
        super().__init__(port, session)
        self.cell = {"hamlet": int(hamlet), "group": None, "indicator": "patrols"}
        self.row = {"log": int(log), "indicator": int(indicator)}
        self.value = 1

    def save(self) -> float:
        """Save the cell as the page does."""
        cell = self.cell | {"value": self.value + 1, "was": self.value}
        self.value += 1
        return self.ask("PUT", f"/api/v1/reports/{self.report}/figures/", {"figures": [cell]})

    def floor(self) -> float:
        """One UPDATE of the same cell, to the value it has."""
        return self.ask("POST", "/floor/update/", self.row | {"value": self.value})

    def peer(self) -> float:
        """The same cell written as a plain view does, to the value it has."""
        return self.ask("POST", "/peer/cell/", self.row | {"value": self.value})


@contextmanager
def serving(env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """gunicorn on a port of its own, by gunicorn.conf.py: the port, and the number of its group of processes."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error"]
    process = subprocess.Popen(command, env=env | {"BIND": f"127.0.0.1:{port}"}, start_new_session=True)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def tell(name: str, ours: list[float], other: list[float], beside: str = "floor") -> None:
    """Print a line: times beside those of a floor or peer."""
    line: dict[str, object] = {"name": name, "ratio": round(median(ours) / median(other), 2)}
    for label, times in (("", ours), (f"{beside}_", other)):
        line |= {f"{label}median": round(median(times), 1), f"{label}p95": round(quantiles(times, n=20)[18], 1)}
    print(json.dumps(line | {"times": len(ours), "unit": "ms"}), flush=True)


def by_turns(seconds: float, ours: Callable[[], float], floor: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Measure both in turns for a while, five times at least."""
    until, found, beside = time.monotonic() + seconds, [], []
    while time.monotonic() < until or len(found) < 5:
        found.append(ours())
        beside.append(floor())
    return found, beside


def measure(port: int, lines: list[str], seconds: float) -> None:
    """Alone, just after a save, and beside the others who save; each beside its floor, then beside the peer."""
    session, year = lines[0].split()
    viewer, totals = Asker(port, session), TOTALS.format(year=year)
    floor, peer = (partial(viewer.ask, "GET", path.format(year=year)) for path in (FLOOR, PEER))
    officer, *others = [Officer(port, line) for line in lines[1:]]
    for _ in range(5):
        viewer.ask("GET", totals), floor(), officer.save(), officer.floor()
    ask = partial(viewer.ask, "GET", totals)
    tell("served_cell", *by_turns(seconds, officer.save, officer.floor))
    tell("served_totals_again", *by_turns(seconds, ask, floor))
    tell("served_totals_after_a_save", *by_turns(seconds, lambda: (officer.save(), ask())[1], floor))
    tell("peer_cell", *by_turns(seconds, officer.save, officer.peer), "peer")
    tell("peer_totals_again", *by_turns(seconds, ask, peer), "peer")
    keeper = Asker(port, session).holding(totals)
    tell("peer_totals_held", *by_turns(seconds, partial(keeper.ask, "GET", totals), peer), "peer")
    tell("peer_totals_after_a_save", *by_turns(seconds, lambda: (officer.save(), ask())[1], peer), "peer")
    with saving([one.save for one in others]) as saved:
        tell("served_totals_beside_15", *by_turns(2 * seconds, ask, floor))
    with saving([one.save for one in others]) as ours:
        asked = [ask() for _ in by_clock(seconds)]
    with saving([one.peer for one in others]) as theirs:
        beside = [peer() for _ in by_clock(seconds)]
    tell("peer_totals_beside_15", asked, beside, "peer")
    tell_rate("served_cells_of_15", saved)
    tell_rate("peer_cells_of_15", ours, theirs)


def by_clock(seconds: float) -> Iterator[int]:
    """Count for a while, to five at least."""
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until or count < 5:
        count += 1
        yield count


class Saved:
    """What several clients saved while others asked: the time of each, and over how long."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.seconds = 0.0


@contextmanager
def saving(acts: list[Callable[[], float]]) -> Iterator[Saved]:
    """Clients that each save again and again meanwhile."""
    ended, found, started = threading.Event(), Saved(), time.monotonic()

    def work(act: Callable[[], float]) -> None:
        while not ended.is_set():
            found.times.append(act())

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        found.seconds = time.monotonic() - started


def tell_rate(name: str, saved: Saved, beside: Saved | None = None) -> None:
    """Print how many cells a second were saved, and the ratio to the peer's."""
    rate = len(saved.times) / saved.seconds
    line: dict[str, object] = {"name": name, "a_second": round(rate, 1), "median": round(median(saved.times), 1)}
    line |= {"p95": round(quantiles(saved.times, n=20)[18], 1), "unit": "ms"}
    if beside:
        other = len(beside.times) / beside.seconds
        line |= {"ratio": round(rate / other, 2), "peer_a_second": round(other, 1)}
    print(json.dumps(line), flush=True)


def tell_memory(group: int) -> None:
    """Print what the processes of a group hold in memory, what they share counted once (PSS); where Linux tells it."""
    held = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                held += re.findall(r"^Pss: +(\d+) kB", (process / "smaps_rollup").read_text(), re.MULTILINE)
        except OSError:  # it ended meanwhile
            continue
    if held:
        megabytes = sum(map(int, held)) / 1024
        print(
            json.dumps({"name": "served_memory", "value": round(megabytes), "of": len(held), "unit": "MB"}), flush=True
        )


def main() -> None:
    """Fill a database of our own, serve it, ask."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.served", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="for each line")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from tests import databases

    with tempfile.TemporaryDirectory() as folder, databases.empty_database(Path(folder), "served") as address:
        env = databases.environment(address, SECRET_KEY="only-of-a-bench-" * 5, SECOND_FACTOR="offered", WORKERS="5")
        for command in ("migrate", "load_units", "load_catalogues", "seed_demo"):
            databases.manage(env, command)
        lines = databases.shell(env, SET_UP).splitlines()[-CLIENTS - 2 :]
        if databases.on_postgres():
            import psycopg

            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        with serving(env | {"DJANGO_SETTINGS_MODULE": "tests.bench.served_settings", "DEBUG": "0"}) as (port, group):
            measure(port, lines, options.seconds)
            tell_memory(group)


if __name__ == "__main__":
    main()
