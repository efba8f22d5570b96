"""The contracts of pyproject.toml see what they are there to see: imports are planted in a copy of the code."""

import shutil
import subprocess

import pytest

from tests.test_house import APPS, LINT_IMPORTS, ROOT

APPS_IN_LINE = "The apps stand in a line, and nobody imports the wiring BROKEN"
IN_LAYERS = "The rooms of reports stand in layers BROKEN"
NO_CIRCLES = "No circles among neighbours BROKEN"
PLANTED = {
    "an app imports the one above it": ("communes/names.py", "from reports.months import Month", APPS_IN_LINE),
    "an app imports the wiring": ("reports/units.py", "from antq import settings", APPS_IN_LINE),
    "months import models": ("reports/months.py", "from reports.models import MonthlyReport", IN_LAYERS),
    "models import the catalogue": ("reports/models/reports.py", "from reports.catalogue import Catalogue", IN_LAYERS),
    "entry imports totals": ("reports/entry/grid.py", "from reports.totals import summary", IN_LAYERS),
    "totals import what is asked of them": ("reports/totals/rows.py", "from reports.asking import question", IN_LAYERS),
    "tables import charts": ("reports/tables/table.py", "from reports.charts import lines", IN_LAYERS),
    "documents import a page": ("reports/documents/facts.py", "from reports.views import home", IN_LAYERS),
    "a page imports the API": ("reports/views/home.py", "from reports.api import serializers", IN_LAYERS),
    "an import inside a function": ("reports/units.py", "def late():\n    import reports.entry.grid", IN_LAYERS),
    "a room without a place among the layers": ("reports/attic.py", "", IN_LAYERS),
    "neighbours import each other": ("reports/entry/grid.py", "from reports.entry import figures", NO_CIRCLES),
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for app in APPS:
        shutil.copytree(ROOT / app, folder / app, ignore=lambda _, names: {n for n in names if n == "migrations"})
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def contracts(folder):
    command = [LINT_IMPORTS, "--no-logo"]  # it keeps what it read of each file beside the copy
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold_in_the_copy(copied):
    assert contracts(copied).returncode == 0


@pytest.mark.once
@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_import_breaks_a_contract(copied, case):
    name, line, broken = PLANTED[case]
    path = copied / name
    before = path.read_text(encoding="utf-8") if path.exists() else None
    try:
        path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
        ran = contracts(copied)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    assert ran.returncode == 1 and broken in ran.stdout, ran.stdout + ran.stderr
