"""Servers for the browser's tests: the project is loaded once, and each server is a child of the process that has it.

A line of the input is a server, ``{"database": …, "port": …, "log": …}``, and is answered with its process; or a process that
is asked about, ``{"lives": …}``, and is answered with 1 or 0; or one to end, ``{"end": …}``, and is answered once it is gone. It
ends with its input.
"""

import gc
import json
import os
import signal
import sys
from pathlib import Path

from django.db import connections
from django.template import engines
from django.urls import get_resolver
from gunicorn.app.wsgiapp import WSGIApplication

import antq.wsgi  # noqa: F401 (what the servers serve)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def load() -> None:
    """What the first requests would load: addresses, and every template of our own."""
    get_resolver().reverse("home")
    for path in TEMPLATES.rglob("*.html"):
        engines["django"].get_template(path.relative_to(TEMPLATES).as_posix())
    connections.close_all()
    gc.collect()
    gc.freeze()


def serve(database: str, port: int, log: str) -> int:
    """A server of a database at a port."""
    process = os.fork()
    if process:
        return process
    try:
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for to, of in ((0, os.open(os.devnull, os.O_RDONLY)), (1, said), (2, said)):
            os.dup2(of, to)
        connections.settings["default"]["NAME"] = database
        sys.argv = ["gunicorn", "antq.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8", "--no-control-socket",
                    "--log-level", "warning"]  # fmt: skip
        WSGIApplication().run()
    finally:
        os._exit(1)


def lives(process: int, gone: set[int]) -> bool:
    """Whether a server is still there; one that ended by itself is taken leave of, once."""
    if process not in gone and os.waitpid(process, os.WNOHANG)[0]:
        gone.add(process)
    return process not in gone


def end(process: int, gone: set[int]) -> None:
    if lives(process, gone):
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
    gone.discard(process)  # its number may be given again


def main() -> None:
    """Answer line by line."""
    load()
    gone: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "lives" in asked:
            print(int(lives(asked["lives"], gone)), flush=True)
        elif "end" in asked:
            end(asked["end"], gone)
            print(0, flush=True)
        else:
            print(serve(**asked), flush=True)


if __name__ == "__main__":
    main()
