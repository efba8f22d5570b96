"""A table as csv, for Excel as it is set up in Vietnam."""

import csv
import io
from decimal import Decimal

from communes.register.files import neutral
from reports.tables.table import Cell, Table

MARK = b"\xef\xbb\xbf"  # by which Excel knows UTF-8


def csv_file(table: Table) -> bytes:
    """Return the heads and rows: semicolons between, as the comma is Vietnam's decimal; blanks stay empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([neutral(column.full or column.heading) for column in table.columns])
    writer.writerows([[_plain(cell) for cell in row] for row in table.rows])
    return MARK + text.getvalue().encode()


def _plain(cell: Cell) -> str:
    """A number without dots for thousands, which Excel would take for decimals; text that is no formula."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return neutral(cell.value)
    return str(cell.value).replace(".", ",") if isinstance(cell.value, Decimal) else str(cell.value)
