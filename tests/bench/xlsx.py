"""A province's year as a workbook, every commune by every month, against XlsxWriter writing the same cells."""

from io import BytesIO

import xlsxwriter
from django.http import QueryDict

from reports.asking.pivot import Pivot
from reports.asking.question import read
from reports.catalogue import Catalogue
from reports.tables.table import Table
from reports.tables.xlsx import workbook
from tests.bench.data import World
from tests.bench.measure import Pair

LIMIT = 1.3
INDICATORS = 19  # × 151 units × 13 columns: close to as many cells as one table may hold


def query(world: World) -> str:
    """The question whose answer is exported."""
    codes = ",".join(i.code for i in Catalogue().entered[:INDICATORS])
    return f"province={world.old.code}&span={world.year}&indicator={codes}&rows=place&columns=month"


def table_of(world: World) -> Table:
    """Its answer."""
    return Pivot(read(QueryDict(query(world)), world.viewer, world.now)).table()


def same_cells(table: Table) -> bytes:
    """The floor: the same cells in two formats, and nothing else."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    words, numbers = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "#,##0"})
    sheet = book.add_worksheet()
    for y, row in enumerate(table.rows):
        for x, cell in enumerate(row):
            if isinstance(cell.value, str):
                sheet.write_string(y, x, cell.value, words)
            elif cell.value is None:
                sheet.write_blank(y, x, None, words)
            else:
                sheet.write_number(y, x, cell.value, numbers)
    book.close()
    return buffer.getvalue()


def pair(world: World) -> Pair:
    """The whole table, its figures already there."""
    table = table_of(world)
    assert len(table.rows) * len(table.columns) > 35_000
    return Pair(lambda: workbook([table]), lambda: same_cells(table))
