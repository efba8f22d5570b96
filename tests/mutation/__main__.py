"""``make mutants``: breaks lines of the ideas one by one, and reports which of them no test misses.

``python -m tests.mutation [--count 100] [--seed 1] [MODULE...]``. The ideas take turns, so a hundred lines are spread over all of
them, and the same seed breaks the same lines. Each is run against the tests of its module (``lines.TESTS``) and printed with what
became of it. Exit 1 where more than one in ten survives, or where tests fail with nothing broken.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.lines import ROOT, TESTS, Break, chosen
from tests.mutation.within import ALONE, FAILED, NOTICED, SECONDS, SURVIVES

TREES = ("antq", "communes", "models_registry", "reports", "templates", "static", "locale", "tests", "docs")
SURVIVORS = 0.1
FIRST = "tests/test_demo.py::test_it_refuses_to_run_without_debug"  # asks for the database, and is none of theirs
WITHOUT = [word for name in ("cacheprovider", "xdist", "schemathesis", "anyio") for word in ("-p", f"no:{name}")]


def pytest(
    module: str, folder: Path, *arguments: str, timeout: int | None = None, **env: str
) -> subprocess.CompletedProcess:
    """Run a module's tests in a tree."""
    command = [sys.executable, "-m", "pytest", "-q", *WITHOUT, *arguments]
    command += [f"tests/{name}" for name in TESTS[module].split()]
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | env
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, env=env, text=True, timeout=timeout)


def tried(module: str, lines: list[Break], folder: Path) -> Iterator[int]:
    """Give for each line of a module whether it survives. Raises ``SystemExit`` where the tests fail whole."""
    found = folder / "found"
    found.unlink(missing_ok=True)
    ran = pytest(
        module, ROOT, "-s", "-p", "tests.mutation.within", FIRST,
        BROKEN_LINES=json.dumps(lines), BROKEN_FOUND=str(found),
    )  # fmt: skip
    whole, *statuses = [int(status) for status in found.read_text().split()] if found.exists() else [NOTICED]
    if whole != SURVIVES or len(statuses) != len(lines) or FAILED in statuses:
        sys.exit(
            f"{module}: its tests fail with nothing broken, or do not end ({whole}, {statuses})\n{ran.stdout}{ran.stderr}"
        )
    for one, status in zip(lines, statuses, strict=True):
        yield alone(one, folder / "tree") if status == ALONE else status


def alone(one: Break, folder: Path) -> int:
    """Run the tests of a line's module in a copy of the tree where the line is broken."""
    if not folder.exists():
        folder.mkdir()
        for name in TREES:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("manage.py", "pyproject.toml"):
            shutil.copy(ROOT / name, folder)
    path = folder / one.module
    whole = path.read_bytes()
    path.write_bytes(one.broken(whole))
    try:
        return NOTICED if pytest(one.module, folder, "-x", timeout=10 * SECONDS).returncode else SURVIVES
    except subprocess.TimeoutExpired:
        return NOTICED
    finally:
        path.write_bytes(whole)


def main() -> int:
    """Break, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    lines, left = chosen(asked.modules, asked.count, asked.seed), 0
    with tempfile.TemporaryDirectory(prefix="antq-mutation-") as folder:
        for module in {one.module: None for one in lines}:
            own = [one for one in lines if one.module == module]
            for one, status in zip(own, tried(module, own, Path(folder)), strict=True):
                left += status == SURVIVES
                source = (ROOT / module).read_bytes()[one.begin : one.end].decode()
                report = {"module": module, "line": one.line, "was": source, "now": one.now.strip()}
                print(json.dumps(report | {"survives": status == SURVIVES}, ensure_ascii=False), flush=True)
    print(f"{left} of {len(lines)} broken lines survive (seed {asked.seed})")
    return int(left > SURVIVORS * len(lines))


if __name__ == "__main__":
    sys.exit(main())
