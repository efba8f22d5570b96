"""Building workbooks, planning and applying them, for tests of the import."""

import io
from datetime import date

import xlsxwriter

from models_registry.importing.planning import CHANGED, NEW, REFUSED, UNCHANGED
from models_registry.importing.runs import IMPORTERS, apply, plan_of, upload
from models_registry.models import (
    RegisterImport,
)
from tests import factories as f

NOW, TODAY = f.NOW, date(2025, 6, 16)


def workbook(*sheets: list[list], names=("Trang 1", "Trang 2", "Trang 3")) -> bytes:
    """An xlsx of these rows; days are written as Excel's dates."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for name, rows in zip(names, sheets, strict=False):
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if value is not None:
                    sheet.write(y, x, value)
    book.close()
    return buffer.getvalue()


def run_of(cast, kind, *sheets, name="danh sách.xlsx") -> RegisterImport:
    content = sheets[0] if isinstance(sheets[0], bytes) else workbook(*sheets)
    return upload(kind, name, content, by=keeper(cast, kind), now=NOW)


def keeper(cast, kind):
    """Who brings in such a list."""
    return cast.hoa if IMPORTERS[kind].of_province else cast.lan


def planned(run):
    plan = plan_of(run, TODAY)
    for _ in plan.work():
        pass
    return plan


def counted(plan):
    return {outcome: plan.count(outcome) for outcome in (NEW, CHANGED, UNCHANGED, REFUSED)}


def do(run, cast, only_good=False):
    apply(run, only_good=only_good, by=keeper(cast, run.kind), now=NOW, today=TODAY)
    return run.change
