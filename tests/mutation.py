"""``make long``: breaks lines of the ideas one by one, and reports which of them no test misses.

``python -m tests.mutation [--count 100] [--seed 1] [MODULE...]`` works in a copy of the tree. Each broken line is run against
the tests of its module (``TESTS``); a line that survives is printed with what became of it. Exit 1 where more than one in ten
survives.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TREES = ("antq", "communes", "models_registry", "reports", "templates", "static", "locale", "tests", "docs")
SECONDS = 600  # a line that makes a test run on for ever is found, too
SURVIVORS = 0.1
TESTS = {
    "reports/entry/workflow.py": "reports/test_workflow.py reports/test_workflow_table.py reports/test_undo.py",
    "reports/entry/checks.py": "reports/test_checks.py reports/test_marks.py",
    "reports/entry/figures.py": "reports/test_record.py reports/test_history.py reports/test_none_cells.py",
    "reports/entry/kept_totals.py": "reports/test_record.py reports/test_workflow.py reports/test_consistency.py",
    "reports/totals/chosen.py": "reports/test_summary.py reports/test_summary_boundaries.py reports/test_coverage.py "
    "reports/test_sums.py reports/test_consistency.py reports/test_former_units.py reports/test_mergers_played.py",
    "reports/totals/summary.py": "reports/test_summary.py reports/test_sums.py reports/test_consistency.py "
    "reports/test_handovers.py reports/test_comparing.py reports/test_standing.py",
    "reports/totals/comparing.py": "reports/test_comparing.py reports/test_hamlets_reached.py reports/test_every_door.py",
    "reports/totals/pairs.py": "reports/test_comparing.py reports/test_joined.py reports/test_every_door.py",
    "reports/totals/standing.py": "reports/test_standing.py reports/test_comparing.py reports/test_every_door.py "
    "reports/test_former_units.py",
    "reports/totals/register.py": "reports/test_register_asked.py reports/test_every_door.py reports/test_former_units.py",
    "reports/totals/remembered.py": "reports/test_sums.py",
    "reports/models/deadlines.py": "reports/test_deadlines.py reports/test_settings_begin.py",
    "reports/review/deadlines.py": "reports/test_deadlines.py reports/test_review_pages.py",
    "communes/changes.py": "communes/test_saving.py communes/test_lists.py models_registry/test_importing.py "
    "models_registry/test_hamlets.py",
    "communes/saving.py": "communes/test_saving.py",
    "models_registry/headcount.py": "models_registry/test_headcount.py models_registry/test_movements.py",
    "models_registry/importing/planning.py": "models_registry/test_importing.py models_registry/test_workbooks.py",
}
TURNED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
    ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.And: "or", ast.Or: "and", ast.BitOr: "&", ast.BitAnd: "|",
}  # fmt: skip


class Break(NamedTuple):
    """A piece of a module and what it becomes."""

    module: str
    line: int
    begin: int
    end: int
    now: str


def breaks(module: str) -> Iterator[Break]:
    """Yield every way a module can be broken: operators turned, constants moved, conditions denied, calls left out."""
    text = (ROOT / module).read_text(encoding="utf-8")
    starts = [0]
    for row in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(row))

    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    def span(node: ast.AST) -> tuple[int, int]:
        return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)

    tree = ast.parse(text)
    declared = {part for node in ast.walk(tree) for of in getattr(node, "decorator_list", ()) for part in ast.walk(of)}
    for node in ast.walk(tree):
        if node in declared:  # frozen=True and its like: no test asks for them
            continue
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            pair, operator = (node.left, node.comparators[0]), TURNED[type(node.ops[0])]
        elif isinstance(node, ast.BinOp) and type(node.op) in TURNED and not _is_annotation(node):
            pair, operator = (node.left, node.right), TURNED[type(node.op)]
        elif isinstance(node, ast.BoolOp):
            pair, operator = tuple(node.values[:2]), TURNED[type(node.op)]
        else:
            pair, operator = None, ""
        if pair:
            begin, end = span(pair[0])[1], span(pair[1])[0]
            between = text.encode()[begin:end].decode()
            yield Break(
                module, node.lineno, begin, end, f"{')' * between.count(')')} {operator} {'(' * between.count('(')}"
            )
        elif isinstance(node, ast.Constant) and type(node.value) in (int, bool):
            now = str(not node.value) if isinstance(node.value, bool) else str(node.value + 1)
            yield Break(module, node.lineno, *span(node), now)
        elif isinstance(node, ast.If | ast.IfExp) and not isinstance(node.test, ast.Compare | ast.BoolOp):
            begin, end = span(node.test)
            yield Break(module, node.lineno, begin, end, f"not ({text.encode()[begin:end].decode()})")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield Break(module, node.lineno, *span(node), "pass")


def _is_annotation(node: ast.BinOp) -> bool:
    """Whether ``X | None`` speaks of types."""
    sides = (node.left, node.right)
    return isinstance(node.op, ast.BitOr) and any(isinstance(s, ast.Constant) and s.value is None for s in sides)


def copied() -> Path:
    """Copy what the tests need; return the folder."""
    folder = Path(tempfile.mkdtemp(prefix="antq-mutation-"))
    for name in TREES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def survives(one: Break, folder: Path) -> bool:
    """Run the module's tests with one line broken."""
    path = folder / one.module
    whole = path.read_bytes()
    path.write_bytes(whole[: one.begin] + one.now.encode() + whole[one.end :])
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += [f"tests/{name}" for name in TESTS[one.module].split()]
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=SECONDS, check=False,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        return ran.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_bytes(whole)


def main() -> int:
    """Break, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    every = [one for module in asked.modules for one in breaks(module)]
    chosen = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
    folder, left = copied(), 0
    try:
        for number, one in enumerate(chosen, start=1):
            lives = survives(one, folder)
            left += lives
            source = (ROOT / one.module).read_bytes()[one.begin : one.end].decode()
            report = {"n": number, "module": one.module, "line": one.line, "was": source, "now": one.now}
            print(json.dumps(report | {"survives": lives}, ensure_ascii=False), flush=True)
    finally:
        shutil.rmtree(folder)
    print(f"{left} of {len(chosen)} broken lines survive ({len(every)} could be broken)")
    return int(left > SURVIVORS * len(chosen))


if __name__ == "__main__":
    sys.exit(main())
