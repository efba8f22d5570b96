"""A demonstration database made once, a server of its own for each test that writes, and a watched browser."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.e2e.steps import SESSIONS

expect.set_options(timeout=20_000)  # a loaded machine is slow, not wrong

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
KEY = "what signs the sessions of every server of the browser's tests, with DEBUG and without"


def environment(database: Path, **more: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "antq.settings",
        "SECRET_KEY": KEY,
        **more,
    }


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The demonstration, as ``make run`` makes it, once for all workers, with sessions of its accounts (``sign_in``).

    ``E2E_DEMO`` may name one that is already made.
    """
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent
    database, kept = folder / "demo.sqlite3", folder / "sessions.json"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            make(database)
            begun = manage(database, "-m", "tests.e2e.sessions")
            kept.write_text(begun, encoding="utf-8")
    SESSIONS.update({name: cycle(keys) for name, keys in json.loads(kept.read_text(encoding="utf-8")).items()})
    return database


def make(database: Path) -> None:
    if os.environ.get("E2E_DEMO"):
        shutil.copyfile(os.environ["E2E_DEMO"], database)
        return
    for command in ("migrate", "load_units", "load_catalogues", "seed_demo"):
        manage(database, "manage.py", command)


def manage(database: Path, *arguments: str) -> str:
    """What a command on a database says."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(database), check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@contextmanager
def serving(demo: Path, folder: Path, **settings: str) -> Iterator[str]:
    """Serve a copy of the demonstration at a free port; give its address."""
    database = folder / "antq.sqlite3"
    shutil.copyfile(demo, database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    servers = nursery(**settings)
    process = told(servers, database=str(database), port=port, log=str(log))
    base = f"http://127.0.0.1:{port}"
    try:
        await_answer(f"{base}/healthz", servers, process, log)
        yield base
    finally:
        told(servers, end=process)


@cache
def nursery(**settings: str) -> subprocess.Popen:
    """The process whose children serve with these settings; it ends with this one (tests/e2e/nursery.py)."""
    command = [sys.executable, "-m", "tests.e2e.nursery"]
    env = environment(Path("none"), **settings)
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def told(servers: subprocess.Popen, **asked: str | int) -> int:
    """What the nursery answers to a line."""
    servers.stdin.write(json.dumps(asked) + "\n")
    servers.stdin.flush()
    line = servers.stdout.readline()
    assert line, "the process whose children serve has ended"
    return int(line)


def await_answer(url: str, servers: subprocess.Popen, process: int, log: Path) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            assert told(servers, lives=process), f"the server has ended:\n{log.read_text() if log.exists() else ''}"
            time.sleep(0.1)
    raise AssertionError(f"the server does not answer:\n{log.read_text()}")


@pytest.fixture
def base(demo, tmp_path) -> Iterator[str]:
    """A server with a fresh copy of the demonstration."""
    with serving(demo, tmp_path) as address:
        yield address


@pytest.fixture(scope="session")
def production(tmp_path_factory) -> dict[str, str]:
    """The environment of an installation: no DEBUG, own error pages, static files gathered and compressed."""
    folder = tmp_path_factory.mktemp("static")
    settings = {
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "tests.e2e.production",
        "E2E_STATIC_ROOT": str(folder),
        "SECOND_FACTOR": "offered",  # the demonstration's accounts sign in by password alone
    }
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment(folder / "none", **settings), check=True)
    return settings


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers: there can be one in a process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield browser
    browser.close()


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what a month costs in keys (test_keys.py)."""
    passed = terminalreporter.stats.get("passed", [])
    for words in [value for report in passed for name, value in report.user_properties if name == "keys"]:
        terminalreporter.write_line(f"A month {words}")


class Watch:
    """Console errors, page errors and foreign requests of a context; ``expected`` holds parts of allowed ones."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base, self.expected, self.seen = base, [], []
        context.on("console", lambda message: message.type == "error" and self.seen.append(f"console: {message.text}"))
        context.on("weberror", lambda error: self.seen.append(f"page error: {error.error}"))
        context.on("request", lambda request: self.ask(request.url))

    def ask(self, url: str) -> None:
        if not url.startswith((f"{self.base}/", "data:", "blob:", "about:")):
            self.seen.append(f"request elsewhere: {url}")

    @property
    def faults(self) -> list[str]:
        return [one for one in self.seen if not any(part in one for part in self.expected)]


@contextmanager
def watched(browser: Browser, base: str, **options) -> Iterator[BrowserContext]:
    """A context as a user in Phú Thọ has it; leaving it fails where a page did what no page may do."""
    context = browser.new_context(
        base_url=base, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
        **({"viewport": {"width": 1366, "height": 900}} | options),
    )  # fmt: skip
    context.set_default_timeout(30_000)  # likewise
    context.watch = Watch(context, base)
    try:
        yield context
        assert not context.watch.faults, context.watch.faults
    finally:
        context.close()


@pytest.fixture
def browse(browser, base):
    """Open a page in a context of its own: ``browse()``, ``browse(java_script_enabled=False)``."""
    opened = []

    def open_page(**options) -> Page:
        context = watched(browser, base, **options)
        opened.append(context)
        return context.__enter__().new_page()

    yield open_page
    faults = []
    for context in reversed(opened):
        try:
            context.__exit__(None, None, None)
        except AssertionError as error:
            faults.append(str(error))
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(browse) -> Page:
    return browse()


def watch_of(page: Page) -> Watch:
    return page.context.watch
