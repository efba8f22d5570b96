"""Which lines can be broken and how, and which tests must notice."""

import ast
import random
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = {
    "reports/entry/workflow.py": (
        "reports/test_workflow.py reports/test_workflow_table.py reports/test_undo.py reports/test_giving_back.py"
    ),
    "reports/entry/checks.py": "reports/test_checks.py reports/test_odd.py reports/test_marks.py",
    "reports/entry/figures.py": (
        "reports/test_record.py reports/test_history.py reports/test_none_cells.py reports/test_indicator_lives.py "
        "reports/test_asked.py"
    ),
    "reports/entry/kept_totals.py": (
        "reports/test_record.py reports/test_hamlets_reached.py reports/test_workflow.py reports/test_consistency.py"
    ),
    "reports/totals/chosen.py": (
        "reports/test_summary.py reports/test_summary_boundaries.py reports/test_coverage.py reports/test_sums.py "
        "reports/test_former_units.py reports/test_consistency.py reports/test_mergers_played.py"
    ),
    "reports/totals/summary.py": (
        "reports/test_summary.py reports/test_sums.py reports/test_handovers.py reports/test_comparing.py "
        "reports/test_standing.py reports/test_consistency.py"
    ),
    "reports/totals/comparing.py": (
        "reports/test_comparing.py reports/test_hamlets_reached.py reports/test_joined.py "
        "reports/test_register_asked.py reports/test_every_door.py"
    ),
    "reports/totals/pairs.py": "reports/test_comparing.py reports/test_joined.py reports/test_every_door.py",
    "reports/totals/standing.py": (
        "reports/test_standing.py reports/test_comparing.py reports/test_former_units.py reports/test_every_door.py"
    ),
    "reports/totals/register.py": (
        "reports/test_register_asked.py reports/test_former_units.py reports/test_every_door.py"
    ),
    "reports/totals/remembered.py": "reports/test_sums.py reports/test_joined.py",
    "reports/models/deadlines.py": (
        "test_house.py::test_migrations_are_current reports/test_deadlines.py reports/test_settings_begin.py "
        "reports/test_workflow.py"
    ),
    "reports/review/deadlines.py": (
        "reports/test_deadlines.py reports/test_settings_begin.py reports/test_review_pages.py"
    ),
    "communes/changes.py": (
        "communes/test_saving.py communes/test_lists.py models_registry/test_importing.py "
        "models_registry/test_hamlets.py models_registry/test_moving.py test_refusals.py"
    ),
    "communes/saving.py": "communes/test_saving.py models_registry/test_moving.py",
    "models_registry/headcount.py": (
        "models_registry/test_headcount.py models_registry/test_movements.py models_registry/test_initiatives.py"
    ),
    "models_registry/importing/planning.py": (
        "models_registry/test_importing.py models_registry/test_workbooks.py models_registry/test_file_questions.py "
        "models_registry/test_printed_lists.py models_registry/test_unreadable_cells.py"
    ),
}
SUMS = "reports/totals"
IDEAS = (
    ("reports/entry/workflow.py",),
    ("reports/entry/checks.py",),
    ("reports/entry/figures.py",),
    ("reports/entry/kept_totals.py", f"{SUMS}/remembered.py"),
    tuple(f"{SUMS}/{name}.py" for name in ("chosen", "summary", "comparing", "pairs", "standing", "register")),
    ("reports/models/deadlines.py", "reports/review/deadlines.py"),
    ("communes/changes.py", "communes/saving.py"),
    ("models_registry/headcount.py",),
    ("models_registry/importing/planning.py",),
)
"""The modules of one idea share its part of the lines."""
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

    def broken(self, text: bytes) -> bytes:
        """The module's text with the piece broken; what stands below it stays on its lines."""
        lost = text[self.begin : self.end].count(b"\n") - self.now.count("\n")
        return text[: self.begin] + self.now.encode() + b"\n" * lost + text[self.end :]


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
    said = set(_only_said(tree))
    for node in ast.walk(tree):
        if node in said:
            continue
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            pair, operator = (node.left, node.comparators[0]), TURNED[type(node.ops[0])]
        elif isinstance(node, ast.BinOp) and type(node.op) in TURNED:
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


def _only_said(tree: ast.AST) -> Iterator[ast.AST]:
    """What no test asks for: types, ``frozen=True`` and its like over a class, and that zipped lists are of a length."""
    for node in ast.walk(tree):
        types = (getattr(node, "annotation", None), getattr(node, "returns", None))
        for of in (*types, *getattr(node, "decorator_list", ())):
            yield from ast.walk(of) if of else ()
        if isinstance(node, ast.keyword) and node.arg == "strict":
            yield node.value


def chosen(modules: list[str], count: int, seed: int) -> list[Break]:
    """Return the lines to break: the ideas take turns, each with its lines in an order that the seed gives."""
    each = []
    for idea in IDEAS:
        every = [one for module in idea if module in modules for one in breaks(module)]
        each.append(random.Random(f"{seed} {idea}").sample(every, len(every)))
    return list(islice((one for turn in zip_longest(*each) for one in turn if one), count))
